#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "answer/internal.h"
#include "helpers.h"
#include "protocol/protocol.h"
#include "care/care.h"
#include "answer/answer.h"

/* A protocol and its index, from an overlay's text or NULL. */
struct studio {
    struct smp_protocol *protocol;
    struct smp_index *index;
};

static struct studio
open_studio(const char *overlay)
{
    char *name = overlay ? file_of(overlay) : NULL;
    const char *files[] = {name};
    struct smp_err err = {0};
    struct studio studio;

    studio.protocol =
        smp_protocol_load(NULL, files, overlay ? 1 : 0, NULL, &err);
    if (name)
        file_drop(name);
    if (!studio.protocol)
        fail_msg("%s", smp_buf_text(&err.text));
    studio.index = smp_index_new(studio.protocol);
    return studio;
}

static void
close_studio(struct studio *studio)
{
    smp_index_free(studio->index);
    smp_protocol_free(studio->protocol);
}

/* The id of the best answer, "none" without one. */
static const char *
ask(const struct studio *studio, const char *question)
{
    struct smp_found found;

    return smp_index_ask(studio->index, question, &found, 1) ? found.id
                                                             : "none";
}

/* Questions and the ids they shall get. */
struct expected {
    const char *question, *id;
};

static void
check(const char *overlay, const struct expected *expected, size_t n)
{
    struct studio studio = open_studio(overlay);
    struct smp_buf faults = {0};
    size_t i;

    for (i = 0; i < n; i++) {
        const char *id = ask(&studio, expected[i].question);

        if (strcmp(id, expected[i].id) != 0)
            smp_buf_printf(&faults, "%s: %s, not %s\n", expected[i].question,
                           id, expected[i].id);
    }
    close_studio(&studio);
    assert_none(&faults);
}

#define CHECK(overlay, table) check(overlay, table, COUNT(table))

/* Four answers about boats, and what a client may do on one. */
static const char boats[] =
    "{\"format\":\"smp-protocol/1\",\"id\":\"boats\",\"extends\":null,"
    "\"lang\":\"en\",\"activities\":{"
    "\"swim\":{\"names\":[\"swimming\",\"diving\"],\"is\":[\"wet\"]},"
    "\"wet\":{\"names\":[\"getting wet\"]},"
    "\"fish\":{\"names\":[\"fishing\",\"angling\",\"fish with a net\"]},"
    "\"smoke\":{\"names\":[\"smoking\",\"cigarettes\"]}},"
    "\"rules\":{\"dry\":{\"phase\":\"post\",\"verb\":\"avoid\","
    "\"what\":[\"wet\"],\"during\":\"0d/3d\",\"title\":\"Stay dry\","
    "\"text\":\"Stay dry for three days.\",\"ask\":[\"water\"]}},"
    "\"faq\":{"
    "\"rent\":{\"question\":\"How do I rent a boat?\",\"answer\":\"Ask.\","
    "\"ask\":[\"hire a boat\",\"renting\",\"boat for a day\"]},"
    "\"sails\":{\"question\":\"Which sails does it have?\",\"answer\":\"Two.\","
    "\"ask\":[\"mainsail\",\"the colour of the sails\",\"spinnaker\"]},"
    "\"boathouse\":{\"question\":\"Where is the boathouse?\","
    "\"answer\":\"At the pier.\",\"ask\":[\"pier\",\"where do you keep it\"]}"
    "}}";

/* words */

static void
test_case_accents_and_signs_do_not_matter(void **state)
{
    static const struct expected table[] = {
        {"MAINSAIL", "sails"},
        {"Ma\xc3\xadnsa\xc3\xafl?!", "sails"},
        {"\xef\xbd\x8d\xef\xbd\x81inSail", "sails"},
        {"\xc2\xabthe pier\xe2\x80\x99s\xc2\xbb", "boathouse"},
        {"  hire...a boat  ", "rent"},
    };

    (void)state;
    CHECK(boats, table);
}

static void
test_endings_do_not_matter(void **state)
{
    static const struct expected table[] = {
        {"spinnakers", "sails"}, {"rented", "rent"}, {"piers", "boathouse"}};

    (void)state;
    CHECK(boats, table);
}

static void
test_typing_mistakes_are_understood(void **state)
{
    static const struct expected table[] = {
        {"spinaker", "sails"},
        {"miansail", "sails"},
        {"where is the boathosue", "boathouse"},
        {"how do i rnet a boat", "rent"},
    };

    (void)state;
    CHECK(boats, table);
}

static void
test_two_words_may_be_one(void **state)
{
    static const struct expected table[] = {
        {"main sail", "sails"}, {"where is the boat house", "boathouse"}};

    (void)state;
    CHECK(boats, table);
}

static void
test_initials_are_one_word(void **state)
{
    static const struct expected table[] = {{"what are A.H.A.s", "post.aha"},
                                            {"S. M. P.", "intro.what"}};

    (void)state;
    CHECK(NULL, table);
}

struct typo {
    const char *word, *meant;
    double trust;
};

static void
test_a_typo_is_near_and_begins_alike(void **state)
{
    static const char *const known[] = {"cap",    "hurt",     "pool",
                                        "shower", "swimming", "tattooing"};
    static const struct typo table[] = {
        {"swiming", "swimming", 1 - 1.0 / 7},
        {"showre", "shower", 1 - 1.0 / 6},
        {"tatooign", "tattooing", 1 - 2.0 / 8},
        {"hrut", "hurt", 1 - 1.0 / 4},
        {"zwimming", NULL, 0},
        {"swinging", "swimming", 1 - 2.0 / 8},
        {"cup", NULL, 0},
        {"bower", NULL, 0},
        {"poool", "pool", 1 - 1.0 / 5},
        {"", NULL, 0},
    };
    struct smp_wordset set = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(known); i++) {
        struct smp_word word = smp_word_of(known[i], strlen(known[i]));

        assert_int_equal(smp_wordset_add(&set, &word), i);
    }
    for (i = 0; i < COUNT(table); i++) {
        struct smp_word word =
            smp_word_of(table[i].word, strlen(table[i].word));
        double trust = 0;
        size_t looks = COUNT(table) * 100;
        uint32_t found = smp_typo_find(&set, &word, &trust, &looks);

        if (!table[i].meant) {
            assert_int_equal(found, SMP_NO_WORD);
            continue;
        }
        assert_string_equal(smp_wordset_word(&set, found).text, table[i].meant);
        assert_true(trust > table[i].trust - 0.001 &&
                    trust < table[i].trust + 0.001);
    }
    smp_wordset_release(&set);
}

static void
test_a_word_set_keeps_each_word_once(void **state)
{
    struct smp_wordset set = {0};
    char text[16];
    uint32_t i;

    (void)state;
    for (i = 0; i < 10000; i++) {
        int n = snprintf(text, sizeof text, "w%u", (unsigned)(i % 5000));
        struct smp_word word = smp_word_of(text, (size_t)n);

        assert_int_equal(smp_wordset_add(&set, &word), i % 5000);
        assert_int_equal(smp_wordset_find(&set, &word), i % 5000);
    }
    assert_int_equal(set.count, 5000);
    assert_int_equal(set.words[7].uses, 2);
    smp_wordset_release(&set);
}

/* what is found */

static void
test_an_id_finds_its_entry_alone(void **state)
{
    struct studio studio = open_studio(NULL);
    struct smp_found found[3];

    (void)state;
    assert_int_equal(smp_index_ask(studio.index, "faq.pain", found, 3), 1);
    assert_string_equal(found[0].id, "faq.pain");
    assert_true(found[0].score >= 1);
    assert_int_equal(smp_index_ask(studio.index, "post.touch", found, 3), 1);
    assert_non_null(found[0].rule);
    close_studio(&studio);
}

static void
test_a_question_in_the_words_of_an_alias_is_sure(void **state)
{
    struct studio studio = open_studio(boats);
    struct smp_found found;

    (void)state;
    assert_int_equal(smp_index_ask(studio.index, "Boat, for a day?", &found, 1),
                     1);
    assert_string_equal(found.id, "rent");
    assert_true(found.score >= 1);
    close_studio(&studio);
}

static void
test_what_the_protocol_does_not_know_has_no_answer(void **state)
{
    static const struct expected table[] = {
        {"what does it cost", "none"},
        {"passport, please", "none"},
        {"which", "none"},
        {"boat insurance premium", "none"},
    };

    (void)state;
    CHECK(boats, table);
}

static void
test_an_activity_without_a_rule_has_no_answer(void **state)
{
    static const struct expected table[] = {
        {"cigarettes", "none"},
        {"may i smoke", "none"},
        {"fish with a net", "none"},
    };

    (void)state;
    CHECK(boats, table);
}

static void
test_a_rule_speaks_of_what_its_activities_are(void **state)
{
    static const struct expected table[] = {
        {"swimming", "dry"}, {"diving", "dry"}, {"get wet", "dry"}};

    (void)state;
    CHECK(boats, table);
}

static void
test_answers_come_best_first_and_bounded(void **state)
{
    struct studio studio = open_studio(NULL);
    const char *question = "can I shower and may I swim in a pool";
    struct smp_found found[4], again[4];
    size_t n = smp_index_ask(studio.index, question, found, 4), i;

    (void)state;
    assert_true(n >= 2);
    for (i = 1; i < n; i++)
        assert_true(found[i].score <= found[i - 1].score);
    assert_int_equal(smp_index_ask(studio.index, question, again, 4), n);
    for (i = 0; i < n; i++)
        assert_string_equal(found[i].id, again[i].id);
    assert_int_equal(smp_index_ask(studio.index, question, again, 1), 1);
    assert_int_equal(smp_index_ask(studio.index, question, again, 0), 0);
    assert_int_equal(smp_index_ask(studio.index, "faq.pain", again, 0), 0);
    close_studio(&studio);
}

static void
test_all_entries_are_listed_in_order(void **state)
{
    struct studio studio = open_studio(boats);
    struct smp_found found[9];

    (void)state;
    assert_int_equal(smp_index_size(studio.index), 4);
    assert_int_equal(smp_index_all(studio.index, found, 9), 4);
    assert_string_equal(found[0].id, "rent");
    assert_string_equal(found[3].id, "dry");
    assert_int_equal(smp_index_all(studio.index, found, 2), 2);
    close_studio(&studio);
}

/* what is asked, and of what time */

struct asked {
    const char *question, *said;
};

/* "leave when before -5d..-3d", as far as it is so. */
static void
describe(struct smp_buf *out, const struct smp_asking *asking)
{
    static const char *const sides[] = {"", " before", " after"};

    smp_buf_puts(out, asking->leave ? "leave" : "open");
    smp_buf_puts(out, asking->when ? " when" : "");
    smp_buf_puts(out, sides[asking->side]);
    if (asking->exact)
        smp_buf_printf(out, " %d%s..%d%s",
                       (int)(asking->first.thousandths / 1000),
                       smp_unit_name(asking->first.unit),
                       (int)(asking->last.thousandths / 1000),
                       smp_unit_name(asking->last.unit));
}

static void
check_asked(const char *lang, const struct asked *table, size_t n)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(lang, NULL, 0, NULL, &err);
    struct smp_index *index = smp_index_new(protocol);
    struct smp_buf faults = {0}, said = {0};
    size_t i;

    for (i = 0; i < n; i++) {
        struct smp_query query;
        struct smp_asking asking;

        smp_query_read(&query, &index->terms, table[i].question);
        smp_asking_read(&asking, index, &query);
        smp_buf_cut(&said, 0);
        describe(&said, &asking);
        if (strcmp(smp_buf_text(&said), table[i].said) != 0)
            smp_buf_printf(&faults, "%s: %s, not %s\n", table[i].question,
                           smp_buf_text(&said), table[i].said);
    }
    smp_buf_release(&said);
    smp_index_free(index);
    smp_protocol_free(protocol);
    assert_none(&faults);
}

static void
test_what_asks_leave(void **state)
{
    static const struct asked table[] = {
        {"can I swim", "leave"},
        {"Hello, is it ok to swim?", "leave"},
        {"sauna", "leave"},
        {"I swam. Is that bad?", "leave"},
        {"should I not swim", "leave"},
        {"what if I swim", "leave"},
        {"when can I swim again", "leave when"},
        {"how long until I can swim", "leave when"},
        {"what can I use against the sun", "open"},
        {"will the sun fade my pigment", "open"},
        {"why can't I swim", "open"},
        {"my scalp is dry, how can I help it", "open"},
        {"the pigment gets lighter every summer from the sun", "open"},
    };

    (void)state;
    check_asked("en", table, COUNT(table));
}

static void
test_of_what_time_a_question_speaks(void **state)
{
    static const struct asked table[] = {
        {"can I swim afterwards", "leave after"},
        {"can I swim before my session", "leave before"},
        {"can I swim on day 5", "leave after 5d..5d"},
        {"can I swim on day five", "leave after 5d..5d"},
        {"swim 5 days after", "leave after 5d..5d"},
        {"swim five days later", "leave after 5d..5d"},
        {"swim a week later", "leave after 1w..1w"},
        {"can I swim after 5 to 7 days", "leave after 5d..7d"},
        {"can I swim in week 2", "leave after 7d..13d"},
        {"razor 24h before", "leave before -24h..-24h"},
        {"razor the night before", "leave before -1d..-1d"},
        {"wig 5-7 days before my appointment", "leave before -7d..-5d"},
        {"sauna the next day", "leave after 1d..1d"},
        {"sauna the same day", "leave 0d..0d"},
        {"my session was 3 days ago, can I swim", "leave after 3d..3d"},
        {"my session is in 2 days, can I shave", "leave before -2d..-2d"},
        {"my session is tomorrow, can I shave", "leave before"},
        {"can I swim while it heals", "leave after"},
        /* of other events, or of both sides */
        {"vaseline before bathing", "leave"},
        {"can I swim after a hair transplant", "leave"},
        {"how long before I can swim", "leave when"},
        {"can I swim before and after my session", "leave"},
        {"can I swim if I use vaseline before", "leave"},
        {"can I swim in 5 days", "leave"},
    };

    (void)state;
    check_asked("en", table, COUNT(table));
}

static void
test_times_in_other_languages(void **state)
{
    static const struct asked french[] = {
        {"je peux nager 5 jours apr\xc3\xa8s", "leave after 5d..5d"},
        {"piscine \xc3\xa0 J+5", "leave after 5d..5d"},
        {"rasoir la veille", "leave before -1d..-1d"},
        {"piscine le lendemain", "leave after 1d..1d"},
        {"sauna au bout d'une semaine", "leave after 1w..1w"},
        {"la vaseline avant le bain", "leave"},
        {"que faire la veille", "open before -1d..-1d"},
    };
    static const struct asked spanish[] = {
        {"puedo nadar a los 5 d\xc3\xad"
         "as",
         "leave after 5d..5d"},
        {"mi sesi\xc3\xb3n fue hace 5 d\xc3\xad"
         "as, puedo nadar",
         "leave after 5d..5d"},
        {"cuchilla la noche antes", "leave before -1d..-1d"},
        {"piscina al d\xc3\xad"
         "a siguiente",
         "leave after 1d..1d"},
        {"qu\xc3\xa9 hago la noche anterior", "open before -1d..-1d"},
        {"puedo hacer cuchillas si uso visita de retoque", "leave"},
    };

    (void)state;
    check_asked("fr", french, COUNT(french));
    check_asked("es", spanish, COUNT(spanish));
}

/* bans first */

/* A ban, permissions beside it, one that lifts it, and an exception. */
static const char pond[] =
    "{\"format\":\"smp-protocol/1\",\"id\":\"pond\",\"extends\":null,"
    "\"lang\":\"en\",\"activities\":{"
    "\"swim\":{\"names\":[\"swimming\"],\"is\":[\"wet\"]},"
    "\"wet\":{\"names\":[\"getting wet\"]},"
    "\"rain\":{\"names\":[\"walk in the rain\"],\"is\":[\"wet\"]},"
    "\"hat\":{\"names\":[\"hat\",\"rain hat\"]},"
    "\"steam\":{\"names\":[\"steam bath\"]},"
    "\"balm\":{\"names\":[\"balm\"]},"
    "\"hands\":{\"names\":[\"hands\"]},"
    "\"wine\":{\"names\":[\"wine\"]}},"
    "\"rules\":{"
    "\"dry\":{\"phase\":\"post\",\"verb\":\"avoid\","
    "\"what\":[\"wet\"],\"during\":\"0d/5d\",\"ask\":[\"water\"]},"
    "\"rainy\":{\"phase\":\"post\",\"verb\":\"may\","
    "\"what\":[\"rain\"],\"during\":\"0d/\"},"
    "\"steamed\":{\"phase\":\"post\",\"verb\":\"avoid\","
    "\"what\":[\"steam\"],\"during\":\"6d/8d\"},"
    "\"hatted\":{\"phase\":\"post\",\"verb\":\"may\","
    "\"what\":[\"hat\"],\"during\":\"0d/\"},"
    "\"balmed\":{\"phase\":\"post\",\"verb\":\"do\","
    "\"what\":[\"balm\"],\"during\":\"0d/9d\"},"
    "\"handsoff\":{\"phase\":\"post\",\"verb\":\"avoid\","
    "\"what\":[\"hands\"],\"during\":\"0d/9d\","
    "\"except\":\"hands to put on the balm\"},"
    "\"sober\":{\"phase\":\"pre\",\"verb\":\"avoid\","
    "\"what\":[\"wine\"],\"during\":\"-2d/0\"}}}";

static void
test_what_is_forbidden_comes_first(void **state)
{
    static const struct expected table[] = {
        {"can I go swimming with a hat on", "dry"},
        {"can I wear a hat and go swimming", "dry"},
        {"is it ok to put balm on and swim", "dry"},
        {"hat, swimming?", "dry"},
        {"can I wear a hat without swimming", "hatted"},
        {"can I wear a hat instead of getting wet", "hatted"},
        {"can I wear a rain hat", "hatted"},
        {"can I walk in the rain", "rainy"},
        {"can I put the balm on with my hands", "balmed"},
        {"can I use my hands", "handsoff"},
        {"can I wear a hat with my hands", "handsoff"},
        {"can I swim on day 3 with a hat", "dry"},
        {"can I swim on day 8 with a hat", "dry"},
        {"can I drink wine on day 1", "none"},
        {"can I drink wine the night before", "sober"},
        {"can I swim before my session", "none"},
        {"can I drink wine with a hat on", "sober"},
    };

    (void)state;
    CHECK(pond, table);
}

static void
test_every_ban_that_is_named_is_told(void **state)
{
    struct studio studio = open_studio(pond);
    struct smp_found found[9];
    size_t n = smp_index_ask(
        studio.index, "can I swim, touch it with my hands and wear a hat",
        found, 9);

    (void)state;
    assert_true(n >= 3);
    assert_true(found[0].rule->verb == SMP_AVOID);
    assert_true(found[1].rule->verb == SMP_AVOID);
    assert_true(found[2].rule->verb == SMP_MAY);
    close_studio(&studio);
}

static void
test_a_time_has_a_verdict(void **state)
{
    static const struct {
        const char *question;
        enum smp_verdict verdict;
    } table[] = {
        {"can I swim on day 3", SMP_VERDICT_NO},
        {"can I swim on day 8", SMP_VERDICT_NO_RULE},
        {"can I swim 3 to 8 days after", SMP_VERDICT_NO},
        {"can I swim on day 3 or on day 8", SMP_VERDICT_NO},
        {"can I swim on day 8 or on day 3", SMP_VERDICT_NO},
        {"can I swim until day 8", SMP_VERDICT_NO},
        {"can I swim before day 8", SMP_VERDICT_NO},
        {"can I swim less than 8 days after", SMP_VERDICT_NO},
        {"can I take a steam bath 3 to 20 days after", SMP_VERDICT_NO},
        {"balm on day 3", SMP_VERDICT_DO},
        {"can I walk in the rain on day 3", SMP_VERDICT_YES},
    };
    struct studio studio = open_studio(pond);
    struct smp_found found;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        assert_int_equal(
            smp_index_ask(studio.index, table[i].question, &found, 1), 1);
        assert_non_null(found.activity);
        assert_int_equal(found.ruling.verdict, table[i].verdict);
    }
    assert_int_equal(smp_index_ask(studio.index, "can I swim", &found, 1), 1);
    assert_null(found.activity);
    close_studio(&studio);
}

/* The ids of the activities that words are about. */
static const char *
activities(const struct studio *studio, const char *words)
{
    static char ids[128];
    const struct smp_activity *found[4];
    size_t n = smp_index_activities(studio->index, words, found, COUNT(found));
    size_t i;

    ids[0] = '\0';
    for (i = 0; i < n; i++) {
        strcat(ids, i ? " " : "");
        strcat(ids, found[i]->id);
    }
    return ids;
}

static void
test_words_have_an_activity(void **state)
{
    struct studio studio = open_studio(pond);

    (void)state;
    assert_string_equal(activities(&studio, "go swimming with a hat"),
                        "swim hat");
    assert_string_equal(activities(&studio, "water"), "wet");
    assert_string_equal(activities(&studio, "swiming"), "");
    assert_string_equal(activities(&studio, "flying"), "");
    close_studio(&studio);
}

/* studios */

static void
test_a_studio_adds_an_answer(void **state)
{
    static const char overlay[] =
        "{\"faq\":{\"maple.price\":{\"question\":\"What does it cost?\","
        "\"answer\":\"From 500.\",\"ask\":[\"price\",\"how much is it\","
        "\"payment\",\"credit card\"]},"
        "\"maple.place\":{\"question\":\"Where are you?\","
        "\"answer\":\"1 High Street.\","
        "\"ask\":[\"address\",\"parking\",\"how do i get there\"]}}}";
    static const struct expected table[] = {
        {"prices?", "maple.price"},
        {"how much does a treatment cost", "maple.price"},
        {"can i pay by credit card", "maple.price"},
        {"Is there parking near you?", "maple.place"},
        {"what is your adress", "maple.place"},
        {"does it hurt", "faq.pain"},
        {"how many sessions do i need", "faq.sessions"},
        {"What are your opening hours?", "none"},
    };

    (void)state;
    CHECK(overlay, table);
}

static void
test_an_answer_claims_the_names_of_an_activity(void **state)
{
    static const char overlay[] =
        "{\"faq\":{\"maple.drink\":{\"question\":\"May I drink?\","
        "\"answer\":\"Not on the day.\",\"ask\":[\"alcohol\"]}}}";
    static const struct expected table[] = {
        {"alcohol", "maple.drink"},
        {"Can I have a glass of wine?", "maple.drink"},
        {"beer", "maple.drink"},
        {"when can I go back to the gym", "none"},
    };

    (void)state;
    CHECK(overlay, table);
}

static void
test_a_studio_adds_an_alias(void **state)
{
    static const char overlay[] =
        "{\"faq\":{\"faq.pain\":{\"ask\":{\"ouchometer\":true}}}}";
    static const struct expected table[] = {
        {"ouchometer", "faq.pain"},
        {"what does the ouchometer say", "faq.pain"},
        {"is it painful", "faq.pain"},
    };

    (void)state;
    CHECK(overlay, table);
}

static void
test_french_has_french_endings(void **state)
{
    static const char overlay[] =
        "{\"format\":\"smp-protocol/1\",\"id\":\"fr\",\"extends\":null,"
        "\"lang\":\"fr-CA\",\"faq\":{"
        "\"douleur\":{\"question\":\"Est-ce que \xc3\xa7"
        "a fait mal ?\",\"answer\":\"Peu.\","
        "\"ask\":[\"douloureux\",\"piq\xc3\xbbre\",\"j'ai peur d'avoir mal\"]},"
        "\"prix\":{\"question\":\"Combien \xc3\xa7"
        "a co\xc3\xbbte ?\",\"answer\":\"500.\","
        "\"ask\":[\"tarif\",\"payer en plusieurs fois\"]},"
        "\"bain\":{\"question\":\"Quand nager ?\",\"answer\":\"Apr\xc3\xa8s.\","
        "\"ask\":[\"piscine\",\"se baigner\",\"l'eau chlor\xc3\xa9"
        "e\"]}}}";
    static const struct expected table[] = {
        {"douloureuses", "douleur"},
        {"Les piqures", "douleur"},
        {"tarifs", "prix"},
        {"puis-je payer en plusieurs fois", "prix"},
        {"piscines", "bain"},
        {"L\xe2\x80\x99"
         "EAU CHLOREE",
         "bain"},
        {"piscnie", "bain"},
        {"Quels sont vos horaires ?", "none"},
    };

    (void)state;
    CHECK(overlay, table);
}

static void
test_a_language_without_a_stemmer_has_words_as_they_are(void **state)
{
    static const char overlay[] =
        "{\"format\":\"smp-protocol/1\",\"id\":\"x\",\"extends\":null,"
        "\"lang\":\"tlh\",\"faq\":{\"a\":{\"question\":\"nuq\","
        "\"answer\":\"?\",\"ask\":[\"qapla batlh\"]}}}";
    static const struct expected table[] = {
        {"Qapla' batlh", "a"}, {"nuq", "a"}, {"ghobe", "none"}};

    (void)state;
    CHECK(overlay, table);
}

static void
test_a_protocol_may_be_empty(void **state)
{
    static const char overlay[] =
        "{\"format\":\"smp-protocol/1\",\"id\":\"x\",\"extends\":null}";
    static const struct expected table[] = {{"anything", "none"}};
    struct studio studio = open_studio(overlay);
    struct smp_found found;

    (void)state;
    assert_int_equal(smp_index_size(studio.index), 0);
    assert_int_equal(smp_index_all(studio.index, &found, 1), 0);
    close_studio(&studio);
    CHECK(overlay, table);
}

static void
test_of_a_long_answer_the_beginning_is_read(void **state)
{
    struct smp_buf overlay = {0};
    struct expected table[] = {{"qword1a", "long"}, {"zword", "none"}};
    unsigned i;

    (void)state;
    smp_buf_puts(&overlay, "{\"format\":\"smp-protocol/1\",\"id\":\"x\","
                           "\"extends\":null,\"faq\":{\"long\":{"
                           "\"question\":\"qword1a\",\"answer\":\"");
    for (i = 0; i < 6000; i++)
        smp_buf_printf(&overlay, "qword%ua ", i);
    smp_buf_puts(&overlay, "zword\"}}}");
    CHECK(smp_buf_text(&overlay), table);
    smp_buf_release(&overlay);
}

/* hostile questions */

static void
test_strange_questions_have_no_answer(void **state)
{
    static const struct expected table[] = {
        {"", "none"},           {" \t\r\n", "none"},
        {"?!...,;:--", "none"}, {"\x01\x02\x7f", "none"},
        {"\xff\xfe", "none"},   {"\xc3(", "none"},
        {"1 2 3 44", "none"},   {"\xe3\x81\x93\xe3\x82\x8c", "none"},
        {"%s%n%d", "none"},     {"\xef\xbf\xbd", "none"},
    };

    (void)state;
    CHECK(NULL, table);
}

static void
test_what_is_not_read_to_its_end_has_no_answer(void **state)
{
    static const struct expected table[] = {
        {"can I wear a hat \xff and swim", "none"},
        {"\xff does it hurt", "none"}};

    (void)state;
    CHECK(NULL, table);
}

/* A question of n octets: the text again and again. */
static char *
repeated(const char *text, size_t n)
{
    size_t length = strlen(text), i;
    char *all = smp_alloc(n + 1);

    for (i = 0; i < n; i++)
        all[i] = text[i % length];
    all[n] = '\0';
    return all;
}

static void
test_a_question_that_is_too_long_has_no_answer(void **state)
{
    static const char *const texts[] = {
        "x", "touch my head. ", "a ", "\xc3\xa9", "\xff", "qwxzyv ", "'"};
    struct studio studio = open_studio(NULL);
    struct smp_query question;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(texts); i++) {
        char *text = repeated(texts[i], 1 << 20);
        struct smp_found found[3];

        assert_int_equal(smp_index_ask(studio.index, text, found, 3), 0);
        free(text);
    }
    {
        struct smp_terms terms;
        struct smp_numbers words = {0};
        char *text = repeated("touch it ", 1 << 20);

        smp_terms_init(&terms, "en");
        smp_terms_learn(&terms, "touch it", &words);
        smp_terms_stem(&terms);
        smp_query_read(&question, &terms, text);
        assert_int_equal(question.count, 2);
        assert_true(question.complete);
        free(text);
        free(words.at);
        smp_terms_release(&terms);
    }
    close_studio(&studio);
}

static void
test_many_words_are_bounded(void **state)
{
    struct studio studio = open_studio(NULL);
    struct smp_buf text = {0};
    struct smp_query question;
    unsigned i;

    (void)state;
    for (i = 0; i < 60000; i++)
        smp_buf_printf(&text, "q%uz ", i);
    assert_string_equal(ask(&studio, smp_buf_text(&text)), "none");
    smp_buf_cut(&text, 0);
    for (i = 0; i < 1000; i++)
        smp_buf_puts(&text, "zzz ");
    {
        struct smp_terms terms;

        smp_terms_init(&terms, NULL);
        smp_terms_stem(&terms);
        smp_query_read(&question, &terms, smp_buf_text(&text));
        assert_int_equal(question.count, 0);
        assert_true(question.unknown <= SMP_QUERY_WORDS);
        smp_terms_release(&terms);
    }
    smp_buf_release(&text);
    close_studio(&studio);
}

/* Both find the same, by the same scores but for the last digits. */
static void
check_same(struct smp_index *one, struct smp_index *other, const char *question)
{
    struct smp_found found[3], again[3];
    size_t n = smp_index_ask(one, question, found, 3), i;

    assert_int_equal(smp_index_ask(other, question, again, 3), n);
    for (i = 0; i < n; i++) {
        assert_ptr_equal(found[i].id, again[i].id);
        assert_ptr_equal(found[i].question, again[i].question);
        assert_ptr_equal(found[i].rule, again[i].rule);
        assert_ptr_equal(found[i].answer, again[i].answer);
        assert_true(fabs(found[i].score - again[i].score) < 1e-9);
    }
}

static void
check_texts(struct smp_index *one, struct smp_index *other,
            const struct smp_strings *texts)
{
    size_t i;

    for (i = 0; i < texts->count; i++)
        check_same(one, other, texts->at[i]);
}

static void
test_an_index_made_with_the_library_answers_like_a_new_one(void **state)
{
    static const char *const languages[] = {"en", "fr", "es"};
    size_t i, j;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct smp_err err = {0};
        struct smp_protocol *p =
            smp_protocol_load(languages[i], NULL, 0, NULL, &err);
        struct smp_index *ready = smp_index_new(p), *made = smp_index_make(p);

        assert_ptr_not_equal(ready->phrases, made->phrases);
        for (j = 0; j < p->answer_count; j++) {
            check_same(ready, made, p->answers[j].answer);
            check_texts(ready, made, &p->answers[j].ask);
        }
        for (j = 0; j < p->rule_count; j++) {
            check_same(ready, made, p->rules[j].text);
            check_texts(ready, made, &p->rules[j].ask);
        }
        check_same(ready, made, "swimmming unheardof");
        smp_index_free(ready);
        smp_index_free(made);
        smp_protocol_free(p);
    }
}

static void
test_another_protocol_has_no_ready_index(void **state)
{
    struct studio studio = open_studio("{\"faq\": {\"faq.pain\": null}}");

    const struct smp_index_table *table;

    (void)state;
    for (table = smp_index_tables; table->hash; table++)
        assert_ptr_not_equal(studio.index->phrases, table->index.phrases);
    close_studio(&studio);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_case_accents_and_signs_do_not_matter),
        cmocka_unit_test(test_endings_do_not_matter),
        cmocka_unit_test(test_typing_mistakes_are_understood),
        cmocka_unit_test(test_two_words_may_be_one),
        cmocka_unit_test(test_initials_are_one_word),
        cmocka_unit_test(test_a_typo_is_near_and_begins_alike),
        cmocka_unit_test(test_a_word_set_keeps_each_word_once),
        cmocka_unit_test(test_an_id_finds_its_entry_alone),
        cmocka_unit_test(test_a_question_in_the_words_of_an_alias_is_sure),
        cmocka_unit_test(test_what_the_protocol_does_not_know_has_no_answer),
        cmocka_unit_test(test_an_activity_without_a_rule_has_no_answer),
        cmocka_unit_test(test_a_rule_speaks_of_what_its_activities_are),
        cmocka_unit_test(test_answers_come_best_first_and_bounded),
        cmocka_unit_test(test_all_entries_are_listed_in_order),
        cmocka_unit_test(test_what_asks_leave),
        cmocka_unit_test(test_of_what_time_a_question_speaks),
        cmocka_unit_test(test_times_in_other_languages),
        cmocka_unit_test(test_what_is_forbidden_comes_first),
        cmocka_unit_test(test_every_ban_that_is_named_is_told),
        cmocka_unit_test(test_a_time_has_a_verdict),
        cmocka_unit_test(test_words_have_an_activity),
        cmocka_unit_test(test_a_studio_adds_an_answer),
        cmocka_unit_test(test_an_answer_claims_the_names_of_an_activity),
        cmocka_unit_test(test_a_studio_adds_an_alias),
        cmocka_unit_test(test_french_has_french_endings),
        cmocka_unit_test(
            test_a_language_without_a_stemmer_has_words_as_they_are),
        cmocka_unit_test(test_a_protocol_may_be_empty),
        cmocka_unit_test(test_of_a_long_answer_the_beginning_is_read),
        cmocka_unit_test(test_strange_questions_have_no_answer),
        cmocka_unit_test(test_what_is_not_read_to_its_end_has_no_answer),
        cmocka_unit_test(test_a_question_that_is_too_long_has_no_answer),
        cmocka_unit_test(test_many_words_are_bounded),
        cmocka_unit_test(
            test_an_index_made_with_the_library_answers_like_a_new_one),
        cmocka_unit_test(test_another_protocol_has_no_ready_index),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
