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
