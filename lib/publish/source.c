#include <string.h>

#include <sodium.h>

#include "base/hash.h"
#include "publish/internal.h"
#include "time/civil.h"
#include "time/zone.h"
#include "protocol/protocol.h"
#include "plan/plan.h"

#define DAY UINT64_C(0xffff)

_Static_assert(sizeof((struct smp_source *)NULL)->key ==
                   crypto_shorthash_KEYBYTES,
               "a key of SipHash");

void
smp_source_set_key(struct smp_source *source, const struct smp_feed_key *key,
                   const char *options)
{
    struct smp_buf text = {0};

    smp_buf_printf(&text, "source%c%s%c%s", 0, SMP_VERSION, 0, options);
    crypto_generichash(source->key, sizeof source->key,
                       (const unsigned char *)text.data, text.len,
                       key->there ? key->bytes : NULL,
                       key->there ? sizeof key->bytes : 0);
    source->keyed = true;
    smp_buf_release(&text);
}

/* The octets of a number, lowest first, on every machine. */
static void
spell(unsigned char octets[8], uint64_t number)
{
    int i;

    for (i = 0; i < 8; i++, number >>= 8)
        octets[i] = (unsigned char)number;
}

static uint64_t
number_of(const unsigned char octets[8])
{
    uint64_t number = 0;
    int i;

    for (i = 7; i >= 0; i--)
        number = number << 8 | octets[i];
    return number;
}

void
smp_source_set(struct smp_source *source, const char *line, size_t n)
{
    const char *protocol = source->protocol->hash;
    unsigned char octets[8], hash[crypto_shorthash_BYTES];
    uint64_t seed = smp_zone_hash(source->head.zone);

    seed = smp_hash(protocol, strlen(protocol), seed);
    spell(octets, smp_hash(line, n, seed));
    crypto_shorthash(hash, octets, sizeof octets, source->key);
    source->value = number_of(hash) & ~DAY;
}

uint64_t
smp_source_noted(const struct smp_source *source, bool kept, int64_t now)
{
    int32_t day = smp_day_at(now) + 1;

    if (!kept || !source->value)
        return source->value;
    return day > 0 && (uint64_t)day <= DAY ? source->value | (uint64_t)day : 0;
}

bool
smp_source_holds(const struct smp_source *source, uint64_t noted, int64_t now)
{
    uint64_t day = noted & DAY;

    return source->value && (noted & ~DAY) == source->value &&
           (!day || smp_day_at(now) >= (int32_t)day);
}

static bool
are_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

void
smp_source_verify(struct smp_source *source, const struct smp_plan *plan,
                  const struct smp_protocol *protocol)
{
    const struct smp_plan *head = &source->head;

    if (!source->value || protocol != source->protocol ||
        plan->zone != head->zone || plan->feed != head->feed ||
        !are_same(plan->id, head->id) || !are_same(plan->lang, head->lang) ||
        !are_same(plan->studio, head->studio))
        source->value = 0;
}

void
smp_source_release(struct smp_source *source)
{
    smp_plan_release(&source->head);
    *source = (struct smp_source){0};
}
