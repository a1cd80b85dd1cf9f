#include "care/uid.h"

#include <stdlib.h>
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

/* Appends a text, or the length that it has where there is no room yet. */
static size_t
add(char *text, size_t n, const char *what, size_t size)
{
    if (text)
        memcpy(text + n, what, size);
    return n + size;
}

/*
 * What is hashed: the session's uid, else its number, then the kind and the
 * thing, with a NUL between them.
 */
static size_t
spell(char *text, const struct smp_plan *plan, int number, const char *kind,
      const char *thing)
{
    static const char uid[] = "uid ", no[] = "number ";
    const struct smp_session *session = smp_plan_session(plan, number);
    char digits[SMP_DIGITS] = {0};
    size_t n, count = (size_t)(smp_digits(digits, number) - digits);

    if (session && session->uid) {
        n = add(text, 0, uid, sizeof uid - 1);
        n = add(text, n, session->uid, strlen(session->uid) + 1);
    } else {
        n = add(text, 0, no, sizeof no - 1);
        n = add(text, n, digits, count);
        n = add(text, n, "", 1);
    }
    n = add(text, n, kind, strlen(kind) + 1);
    return add(text, n, thing, strlen(thing));
}

void
smp_uid(char uid[SMP_UID_SIZE], const struct smp_uid_key *key,
        const struct smp_plan *plan, int session, const char *kind,
        const char *thing)
{
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    char small[256];
    size_t n = spell(NULL, plan, session, kind, thing);
    char *text = n <= sizeof small ? small : smp_alloc(n);

    spell(text, plan, session, kind, thing);
    crypto_shorthash_siphashx24(hash, (const unsigned char *)text, n,
                                key->bytes);
    if (text != small)
        free(text);
    print_uuid(uid, hash);
}
