#include "care/uid.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/base.h"
#include "plan/plan.h"

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
    struct smp_uid_key *key = plan->uid_key;

    if (!key) {
        plan->uid_key = key = smp_arena_take(&plan->arena, sizeof *key);
        *key = smp_uid_key(plan->id);
    }
    return *key;
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

static char *
print_octets(char *at, const unsigned char *octets, size_t n)
{
    static const char hex[] = "0123456789abcdef";

    for (; n; n--, octets++) {
        *at++ = hex[*octets >> 4];
        *at++ = hex[*octets & 0x0f];
    }
    return at;
}

static void
print_uuid(char uid[SMP_UID_SIZE], unsigned char b[16])
{
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x80); /* version 8 */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant */
    uid = print_octets(uid, b, 4);
    *uid++ = '-';
    uid = print_octets(uid, b + 4, 2);
    *uid++ = '-';
    uid = print_octets(uid, b + 6, 2);
    *uid++ = '-';
    uid = print_octets(uid, b + 8, 2);
    *uid++ = '-';
    uid = print_octets(uid, b + 10, 6);
    *uid = '\0';
}

static char *
add(char *at, const char *what, size_t n)
{
    memcpy(at, what, n);
    return at + n;
}

/*
 * What is hashed: the session's uid, else its number, then the kind and the
 * thing, with a NUL between them.
 */
void
smp_uid(char uid[SMP_UID_SIZE], const struct smp_uid_key *key,
        const struct smp_plan *plan, int session, const char *kind,
        const char *thing)
{
    enum { USUAL = 256, NUMBERS = sizeof "number " + SMP_DIGITS + 2 };
    const struct smp_session *its = smp_plan_session(plan, session);
    const char *own = its ? its->uid : NULL;
    size_t own_size = own ? strlen(own) + 1 : 0, kind_size = strlen(kind) + 1;
    size_t size = strlen(thing), most = NUMBERS + own_size + kind_size + size;
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    char usual[USUAL];
    char *text = most <= USUAL ? usual : smp_alloc(most), *at = text;

    if (own) {
        at = add(at, "uid ", 4);
        at = add(at, own, own_size);
    } else {
        at = smp_digits(add(at, "number ", 7), session);
        *at++ = '\0';
    }
    at = add(at, kind, kind_size);
    at = add(at, thing, size);
    crypto_shorthash_siphashx24(hash, (const unsigned char *)text,
                                (size_t)(at - text), key->bytes);
    if (text != usual)
        free(text);
    print_uuid(uid, hash);
}
