/* Questions: whatever is asked, scores are in order and answers have words. */
#include "answer/answer.h"
#include "door.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 5 };
    static struct smp_protocol *protocol;
    static struct smp_index *index;
    char *text = input_text(data, size);
    const char *nearest;
    struct smp_found found[MOST];
    const struct smp_activity *activities[MOST];
    struct smp_buf out = {0};
    size_t count;

    if (!index) {
        protocol = smp_protocol_load(NULL, NULL, 0, NULL, NULL);
        index = smp_index_new(protocol);
    }
    count = smp_index_ask(index, text, found, MOST);
    expect(count <= MOST);
    for (size_t i = 0; i < count; i++) {
        smp_buf_cut(&out, 0);
        smp_found_text(&out, protocol, &found[i]);
        expect(out.len && found[i].score >= 0 && found[i].score <= 1 &&
               (!i || found[i].score <= found[i - 1].score));
    }
    smp_protocol_find_activity(protocol, text, &nearest);
    expect(smp_index_activities(index, text, activities, MOST) <= MOST);
    smp_buf_release(&out);
    free(text);
    return 0;
}
