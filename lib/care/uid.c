#include "care/uid.h"

#include <string.h>

#include <sodium.h>

struct smp_uid_key
smp_uid_key(const char *client)
{
    static const unsigned char salt[] = "smp-care client 1";
    struct smp_uid_key key;

    crypto_generichash(key.bytes, sizeof key.bytes,
                       (const unsigned char *)client, strlen(client), salt,
                       sizeof salt - 1);
    return key;
}

struct smp_uid_key
smp_uid_key_of(struct smp_plan *plan)
{
    struct smp_uid_key key;

    if (!plan->uid_key) {
        key = smp_uid_key(plan->id);
        plan->uid_key = smp_arena_alloc(&plan->arena, sizeof key);
        memcpy(plan->uid_key, &key, sizeof key);
    }
    memcpy(&key, plan->uid_key, sizeof key);
    return key;
}

size_t
smp_uid_opaque(const char *uid)
{
    static const uint64_t opaque[2] = {UINT64_C(0x03ff600000000000),
                                       UINT64_C(0x07fffffe87ffffff)};
    const unsigned char *at = (const unsigned char *)uid;

    while (*at < 0x80 && (opaque[*at >> 6] >> (*at & 63) & 1))
        at++;
    return (size_t)((const char *)at - uid);
}

/* What identifies a session: its uid, else its number. */
static void
add_session(struct smp_buf *text, const struct smp_plan *plan, int number)
{
    const struct smp_session *session = smp_plan_session(plan, number);

    if (session && session->uid) {
        smp_buf_puts(text, "uid ");
        smp_buf_puts(text, session->uid);
    } else {
        smp_buf_puts(text, "number ");
        smp_buf_digits(text, number, 1);
    }
}

static void
print_uuid(char uid[SMP_UID_SIZE], unsigned char b[16])
{
    static const char hex[] = "0123456789abcdef";
    size_t i;

    b[6] = (unsigned char)((b[6] & 0x0f) | 0x80); /* version 8 */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant */
    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *uid++ = '-';
        *uid++ = hex[b[i] >> 4];
        *uid++ = hex[b[i] & 0x0f];
    }
    *uid = '\0';
}

void
smp_uid(char uid[SMP_UID_SIZE], const struct smp_uid_key *key,
        const struct smp_plan *plan, int session, const char *kind,
        const char *thing)
{
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    struct smp_buf text = {0};

    add_session(&text, plan, session);
    smp_buf_putc(&text, '\0');
    smp_buf_puts(&text, kind);
    smp_buf_putc(&text, '\0');
    smp_buf_puts(&text, thing);
    crypto_shorthash_siphashx24(hash, (const unsigned char *)text.data,
                                text.len, key->bytes);
    smp_buf_release(&text);
    print_uuid(uid, hash);
}
