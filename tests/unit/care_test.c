#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "care/care.h"
#include "care/in_force.h"
#include "care/uid.h"
#include "helpers.h"
#include "plan_read.h"
#include "time/zone.h"
#include "plan/plan.h"
#include "protocol/protocol.h"

static struct smp_protocol *protocol; /* the built-in one */
static struct smp_zones zones = {smp_zone_directory, NULL};

static struct smp_protocol *
load(const char *overlay)
{
    char *name = file_of(overlay);
    const char *const files[] = {name};
    struct smp_err err = {0};
    struct smp_protocol *loaded = smp_protocol_load(NULL, files, 1, NULL, &err);

    if (!loaded)
        fail_msg("%s", smp_buf_text(&err.text));
    file_drop(name);
    return loaded;
}

static int
set_up(void **state)
{
    (void)state;
    protocol = load("{}");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    smp_protocol_free(protocol);
    smp_zones_release(&zones);
    return 0;
}

static void
read_plan(struct smp_plan *plan, const char *json)
{
    plan_read(plan, json, &zones, "America/Toronto");
}

/* A plan with both phases of care. */
static void
plan_with(struct smp_plan *plan, const char *json,
          const struct smp_protocol *with)
{
    read_plan(plan, json);
    smp_care_add(plan, with, SMP_PRE, false);
    smp_care_add(plan, with, SMP_POST, false);
}

static const struct smp_item *
find_item(const struct smp_plan *plan, int session, const char *rule)
{
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        if (plan->items[i].session == session &&
            strcmp(plan->items[i].rule, rule) == 0)
            return &plan->items[i];
    return NULL;
}

/* The item of a rule for a session; it must be there. */
static const struct smp_item *
item_of(const struct smp_plan *plan, int session, const char *rule)
{
    const struct smp_item *item = find_item(plan, session, rule);

    if (!item)
        fail_msg("no item: %s", rule);
    return item;
}

static size_t
count_items(const struct smp_plan *plan, int session, enum smp_phase phase)
{
    size_t i, n = 0;

    for (i = 0; i < plan->item_count; i++)
        n += plan->items[i].session == session && plan->items[i].phase == phase;
    return n;
}

static void
add_when(struct smp_buf *out, struct smp_when when)
{
    if (when.kind == SMP_NEVER)
        smp_buf_putc(out, '-');
    else
        smp_when_print(out, when);
    smp_buf_putc(out, ' ');
}

#define ONE "{\"id\":\"c-17\",\"sessions\":[\"2026-12-01T10:00\"]}"

/* identities */

static void
test_identities_are_uuids(void **state)
{
    struct smp_plan plan = {0};
    size_t i, c;

    (void)state;
    plan_with(&plan, ONE, protocol);
    assert_true(plan.item_count > 10);
    for (i = 0; i < plan.item_count; i++) {
        const char *uid = plan.items[i].uid;

        assert_int_equal(strlen(uid), SMP_UID_SIZE - 1);
        for (c = 0; c < SMP_UID_SIZE - 1; c++)
            assert_true(c == 8 || c == 13 || c == 18 || c == 23
                            ? uid[c] == '-'
                            : strchr("0123456789abcdef", uid[c]) != NULL);
        assert_int_equal(uid[14], '8');
        assert_non_null(strchr("89ab", uid[19]));
    }
    smp_plan_release(&plan);
}

static void
test_an_identity_stays_whatever_else_changes(void **state)
{
    static const char *const plans[] = {
        ONE,
        "{\"id\":\"c-17\",\"name\":\"Jo Field\",\"lang\":\"fr\","
        "\"studio\":\"maple\",\"facts\":[\"skin:oily\"],\"feed\":3,"
        "\"sessions\":[\"2026-12-01T10:00\"]}",
        "{\"id\":\"c-17\",\"sessions\":[\"2027-02-09\"]}",
        "{\"id\":\"c-17\",\"timeZone\":\"Asia/Tokyo\","
        "\"sessions\":[\"2026-12-01T10:00\"]}",
        "{\"id\":\"c-17\",\"sessions\":[{\"number\":1,"
        "\"start\":\"2026-12-01T10:00\",\"duration\":\"PT1H\","
        "\"status\":\"done\",\"sequence\":4,\"healed\":\"2026-12-09\","
        "\"created\":\"2026-11-20T09:00:00Z\"}]}",
        "{\"id\":\"c-17\",\"sessions\":[\"2026-12-01T10:00\","
        "\"2027-01-05T10:00\"]}",
        "{\"id\":\"c-17\",\"sessions\":[{\"number\":2,"
        "\"start\":\"2026-11-01\",\"status\":\"cancelled\"},"
        "{\"number\":1,\"start\":\"2026-12-01T10:00\"}]}",
    };
    struct smp_plan plan = {0};
    char uid[SMP_UID_SIZE];
    size_t i;

    (void)state;
    plan_with(&plan, plans[0], protocol);
    strcpy(uid, item_of(&plan, 1, "post.ointment")->uid);
    for (i = 1; i < COUNT(plans); i++) {
        plan_with(&plan, plans[i], protocol);
        assert_string_equal(item_of(&plan, 1, "post.ointment")->uid, uid);
    }
    smp_plan_release(&plan);
}

static void
test_an_identity_stays_when_the_rule_changes(void **state)
{
    struct smp_protocol *other =
        load("{\"id\":\"ours\",\"rules\":{\"pre.rest\":null,\"post.ointment\":"
             "{\"during\":\"0d/4d\",\"text\":\"x\",\"verb\":\"may\","
             "\"what\":[\"rub\"]}}}");
    struct smp_plan plan = {0};
    char uid[SMP_UID_SIZE];

    (void)state;
    plan_with(&plan, ONE, protocol);
    strcpy(uid, item_of(&plan, 1, "post.ointment")->uid);
    plan_with(&plan, ONE, other);
    assert_string_equal(item_of(&plan, 1, "post.ointment")->uid, uid);
    smp_plan_release(&plan);
    smp_protocol_free(other);
}

static void
test_identities_differ_by_client_session_and_rule(void **state)
{
    struct smp_plan plan = {0}, other = {0};
    size_t i, k;

    (void)state;
    plan_with(&plan,
              "{\"id\":\"c-17\",\"sessions\":[\"2026-12-01\",\"2027-01-05\"]}",
              protocol);
    plan_with(&other,
              "{\"id\":\"c-18\",\"sessions\":[\"2026-12-01\",\"2027-01-05\"]}",
              protocol);
    for (i = 0; i < plan.item_count; i++) {
        for (k = 0; k < i; k++)
            assert_string_not_equal(plan.items[i].uid, plan.items[k].uid);
        for (k = 0; k < other.item_count; k++)
            assert_string_not_equal(plan.items[i].uid, other.items[k].uid);
    }
    smp_plan_release(&plan);
    smp_plan_release(&other);
}

static void
test_a_session_with_a_uid_keeps_its_identities(void **state)
{
    struct smp_plan plan = {0};
    char uid[SMP_UID_SIZE];

    (void)state;
    plan_with(&plan,
              "{\"id\":\"c-17\",\"sessions\":[{\"number\":1,\"uid\":\"s@x\","
              "\"start\":\"2026-12-01\"}]}",
              protocol);
    strcpy(uid, item_of(&plan, 1, "post.rub")->uid);
    plan_with(&plan,
              "{\"id\":\"c-17\",\"sessions\":[{\"number\":2,\"uid\":\"s@x\","
              "\"start\":\"2026-12-24\"},{\"number\":1,\"uid\":\"t@x\","
              "\"start\":\"2026-11-01\"}]}",
              protocol);
    assert_string_equal(item_of(&plan, 2, "post.rub")->uid, uid);
    assert_string_not_equal(item_of(&plan, 1, "post.rub")->uid, uid);
    smp_plan_release(&plan);
}

static void
test_parts_of_an_identity_are_kept_apart(void **state)
{
    struct smp_uid_key key = smp_uid_key("c-17"), other = smp_uid_key("c-1");
    struct smp_plan plan = {.id = "c-17"};
    char a[SMP_UID_SIZE], b[SMP_UID_SIZE];

    (void)state;
    smp_uid(a, &key, &plan, 1, "rule", "ab");
    smp_uid(b, &key, &plan, 1, "rulea", "b");
    assert_string_not_equal(a, b);
    smp_uid(b, &key, &plan, 11, "rule", "ab");
    assert_string_not_equal(a, b);
    smp_uid(b, &other, &plan, 1, "rule", "ab");
    assert_string_not_equal(a, b);
    smp_uid(b, &key, &plan, 1, "rule", "ab");
    assert_string_equal(a, b);
}

/* items */

static void
test_an_item_has_the_bounds_of_its_rule(void **state)
{
    static const struct {
        const char *rule, *bounds; /* start, latest, end at the earliest, end */
    } table[] = {
        {"post.ointment", "2026-12-01 - 2026-12-08 2026-12-12 "},
        {"post.sunblock", "2026-12-08 2026-12-12 - - "},
        {"post.aha", "2026-12-01 - - - "},
        {"post.touchup", "2026-12-31 - - 2027-01-16 "},
        {"pre.razor", "2026-11-30T10:00:00 - - 2026-12-01T10:00:00 "},
        {"pre.hairpiece", "2026-11-24 2026-11-26 - 2026-12-01T10:00:00 "},
        {"pre.wash", "2026-11-24 - - 2026-12-01T10:00:00 "},
    };
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    plan_with(&plan, ONE, protocol);
    for (i = 0; i < COUNT(table); i++) {
        const struct smp_item *item = item_of(&plan, 1, table[i].rule);
        struct smp_buf out = {0};

        add_when(&out, item->start);
        add_when(&out, item->start_latest);
        add_when(&out, item->end_earliest);
        add_when(&out, item->end);
        assert_string_equal(out.data, table[i].bounds);
        smp_buf_release(&out);
    }
    smp_plan_release(&plan);
}

static void
test_an_item_carries_its_rule(void **state)
{
    struct smp_plan plan = {0};
    const struct smp_item *item;

    (void)state;
    plan_with(&plan, ONE, protocol);
    item = item_of(&plan, 1, "post.ointment");
    assert_int_equal(item->phase, SMP_POST);
    assert_int_equal(item->verb, SMP_DO);
    assert_true(smp_strings_have(&item->what, "ointment"));
    assert_string_equal(item->every, "2/d");
    assert_string_equal(item->end_on, "healed");
    assert_null(item->start_on);
    assert_null(strchr(item->text, '{'));
    assert_string_equal(item_of(&plan, 1, "post.sunblock")->start_on, "healed");
    smp_plan_release(&plan);
}

static void
test_each_rule_gives_one_item_a_session(void **state)
{
    struct smp_plan plan = {0};
    size_t r;

    (void)state;
    plan_with(&plan,
              "{\"id\":\"c\",\"sessions\":[\"2026-12-01\",\"2027-01-05\"]}",
              protocol);
    assert_int_equal(plan.item_count, 2 * protocol->rule_count);
    for (r = 0; r < protocol->rule_count; r++) {
        item_of(&plan, 1, protocol->rules[r].id);
        item_of(&plan, 2, protocol->rules[r].id);
    }
    smp_plan_release(&plan);
}

#define HAS(status)                                                            \
    "{\"id\":\"c\",\"sessions\":[{\"start\":\"2026-12-01\","                   \
    "\"status\":\"" status "\"},\"2027-01-05\"]}"

static void
test_sessions_yield_care_by_status(void **state)
{
    static const struct {
        const char *plan;
        bool care;
    } table[] = {{HAS("booked"), true},
                 {HAS("proposed"), true},
                 {HAS("done"), true},
                 {HAS("cancelled"), false}};
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        plan_with(&plan, table[i].plan, protocol);
        assert_int_equal(count_items(&plan, 1, SMP_PRE) > 0, table[i].care);
        assert_int_equal(count_items(&plan, 1, SMP_POST) > 0, table[i].care);
        assert_true(count_items(&plan, 2, SMP_PRE) > 0);
    }
    smp_plan_release(&plan);
}

#define KNOWS(facts)                                                           \
    "{\"id\":\"c\",\"facts\":" facts ",\"sessions\":[\"2026-12-01\"]}"

static void
test_conditions_are_held_against_the_facts(void **state)
{
    static const struct {
        const char *plan;
        bool both, oily, unless;
    } table[] = {
        {KNOWS("[]"), false, false, true},
        {KNOWS("[\"skin:oily\"]"), false, true, true},
        {KNOWS("[\"skin:oily\",\"ok:doctor\"]"), true, true, false},
        {KNOWS("[\"ok:doctor\"]"), false, false, false},
        {KNOWS("\"skin:oil\""), false, false, true},
    };
    struct smp_protocol *with =
        load("{\"rules\":{"
             "\"both\":{\"phase\":\"post\",\"verb\":\"do\","
             "\"if\":[\"skin:oily\",\"ok:doctor\"]},"
             "\"oily\":{\"phase\":\"post\",\"verb\":\"do\","
             "\"if\":\"skin:oily\"},"
             "\"unless\":{\"phase\":\"post\",\"verb\":\"do\","
             "\"unless\":[\"ok:doctor\",\"ok:other\"]}}}");
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        plan_with(&plan, table[i].plan, with);
        assert_int_equal(find_item(&plan, 1, "both") != NULL, table[i].both);
        assert_int_equal(find_item(&plan, 1, "oily") != NULL, table[i].oily);
        assert_int_equal(find_item(&plan, 1, "unless") != NULL,
                         table[i].unless);
    }
    smp_plan_release(&plan);
    smp_protocol_free(with);
}

static void
test_the_plan_says_which_protocol_it_was(void **state)
{
    struct smp_plan plan = {0};
    struct smp_buf wanted = {0};

    (void)state;
    smp_buf_printf(&wanted, "smp@%s", protocol->hash);
    read_plan(&plan, ONE);
    smp_care_add(&plan, protocol, SMP_POST, false);
    assert_null(plan.care[SMP_PRE]);
    assert_string_equal(plan.care[SMP_POST], wanted.data);
    smp_buf_release(&wanted);
    smp_plan_release(&plan);
}

/* adding again */

/* Who only tells it gets the same items without what records need. */
static void
test_words_are_those_of_records(void **state)
{
    struct smp_plan whole = {0}, words = {0};
    size_t i;

    (void)state;
    plan_with(&whole, ONE, protocol);
    read_plan(&words, ONE);
    smp_care_add_words(&words, protocol, SMP_PRE, false);
    smp_care_add_words(&words, protocol, SMP_POST, false);
    assert_int_equal(words.item_count, whole.item_count);
    for (i = 0; i < words.item_count; i++) {
        const struct smp_item *item = &words.items[i];

        assert_string_equal(item->uid, "");
        assert_int_equal(item->at_count, 0);
        assert_string_equal(item->rule, whole.items[i].rule);
        assert_int_equal(item->start.seconds, whole.items[i].start.seconds);
        assert_int_equal(item->end.seconds, whole.items[i].end.seconds);
    }
    smp_plan_release(&whole);
    smp_plan_release(&words);
}

static void
test_adding_twice_does_not_double(void **state)
{
    struct smp_plan plan = {0};
    struct smp_buf once = {0}, twice = {0};

    (void)state;
    plan_with(&plan, ONE, protocol);
    smp_plan_format(&once, &plan);
    smp_care_add(&plan, protocol, SMP_PRE, false);
    smp_care_add(&plan, protocol, SMP_POST, false);
    smp_plan_format(&twice, &plan);
    assert_string_equal(twice.data, once.data);
    assert_int_equal(plan.item_count, protocol->rule_count);
    /* nor does a second program that reads what the first has printed */
    once.data[once.len - 1] = '\0'; /* the newline */
    plan_with(&plan, once.data, protocol);
    once.data[once.len - 1] = '\n';
    smp_buf_cut(&twice, 0);
    smp_plan_format(&twice, &plan);
    assert_string_equal(twice.data, once.data);
    smp_buf_release(&once);
    smp_buf_release(&twice);
    smp_plan_release(&plan);
}

static void
test_own_items_follow_the_plan(void **state)
{
    struct smp_plan plan = {0};

    (void)state;
    plan_with(&plan, ONE, protocol);
    plan.sessions[0].start = smp_when_day(smp_day_of(2027, 1, 5));
    smp_care_add(&plan, protocol, SMP_POST, false);
    assert_int_equal(smp_day_at(item_of(&plan, 1, "post.rub")->start.seconds),
                     smp_day_of(2027, 1, 5));
    plan.sessions[0].status = SMP_CANCELLED;
    smp_care_add(&plan, protocol, SMP_POST, false);
    assert_int_equal(count_items(&plan, 1, SMP_POST), 0);
    assert_true(count_items(&plan, 1, SMP_PRE) > 0);
    smp_plan_release(&plan);
}

static void
test_items_of_a_rule_that_is_gone_go(void **state)
{
    struct smp_protocol *without = load("{\"rules\":{\"post.rub\":null}}");
    struct smp_plan plan = {0};

    (void)state;
    plan_with(&plan, ONE, protocol);
    smp_care_add(&plan, without, SMP_POST, false);
    assert_null(find_item(&plan, 1, "post.rub"));
    assert_int_equal(plan.item_count, protocol->rule_count - 1);
    smp_plan_release(&plan);
    smp_protocol_free(without);
}

static void
test_items_of_others_stay(void **state)
{
    struct smp_plan plan = {0};

    (void)state;
    plan_with(&plan,
              "{\"id\":\"c-17\",\"sessions\":[\"2026-12-01\"],\"items\":["
              "{\"uid\":\"u1\",\"rule\":\"lab.test\",\"phase\":\"post\","
              "\"session\":1,\"start\":\"2026-12-02\"},"
              "{\"uid\":\"u2\",\"phase\":\"pre\",\"session\":1,\"start\":"
              "\"2026-11-02\"}]}",
              protocol);
    assert_int_equal(plan.item_count, protocol->rule_count + 2);
    assert_string_equal(plan.items[0].uid, "u1");
    assert_string_equal(plan.items[1].uid, "u2");
    smp_plan_release(&plan);
}

static void
test_each_phase_leaves_the_other_alone(void **state)
{
    struct smp_plan plan = {0};
    size_t pre;

    (void)state;
    read_plan(&plan, ONE);
    smp_care_add(&plan, protocol, SMP_PRE, false);
    pre = plan.item_count;
    assert_int_equal(count_items(&plan, 1, SMP_PRE), pre);
    smp_care_add(&plan, protocol, SMP_POST, false);
    assert_int_equal(count_items(&plan, 1, SMP_PRE), pre);
    assert_int_equal(count_items(&plan, 1, SMP_POST),
                     protocol->rule_count - pre);
    smp_plan_release(&plan);
}

/* what is in force */

/* The rules of the items, in their order. */
static void
add_rules(struct smp_buf *out, const struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->item_count; i++)
        smp_buf_printf(out, "%s ", plan->items[i].rule);
}

/* Windows that differ by the day; the session is on 1 December. */
static const char days_text[] =
    "{\"format\":\"smp-protocol/1\",\"extends\":null,\"id\":\"days\","
    "\"milestones\":{\"healed\":\"7d..10d\"},\"rules\":{"
    "\"before\":{\"phase\":\"pre\",\"verb\":\"do\",\"during\":\"-2d/0\"},"
    "\"hours\":{\"phase\":\"pre\",\"verb\":\"do\",\"during\":\"-20h/0\"},"
    "\"four\":{\"phase\":\"post\",\"verb\":\"do\",\"during\":\"0d/4d\"},"
    "\"night\":{\"phase\":\"post\",\"verb\":\"do\","
    "\"during\":\"1d/2d@night\"},"
    "\"heal\":{\"phase\":\"post\",\"verb\":\"avoid\","
    "\"during\":\"0d/healed\"},"
    "\"then\":{\"phase\":\"post\",\"verb\":\"may\",\"during\":\"healed/\"}}}";

static void
test_what_is_in_force_is_selected(void **state)
{
    static const struct {
        const char *from, *until, *rules;
    } table[] = {
        {"2026-11-28", "2026-11-28", ""},
        {"2026-11-28", "2026-11-29", "before "},
        {"2026-11-30", "2026-11-30", "before hours "},
        {"2026-12-01", "2026-12-01", "before hours four heal "},
        {"2026-12-02", "2026-12-02", "four night heal "},
        {"2026-12-03", "2026-12-03", "four night heal "},
        {"2026-12-04", "2026-12-04", "four heal "},
        {"2026-12-05", "2026-12-05", "heal "},
        {"2026-12-07", "2026-12-07", "heal "},
        {"2026-12-08", "2026-12-08", "heal then "},
        {"2026-12-11", "2026-12-11", "heal then "},
        {"2026-12-12", "2026-12-12", "then "},
        {"2027-12-12", "2027-12-12", "then "},
        {"2026-11-01", "2027-12-12", "before hours four night heal then "},
    };
    struct smp_protocol *with = load(days_text);
    struct smp_rivals rivals = {0};
    struct smp_plan plan = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf rules = {0};
        struct smp_err err = {0};
        int32_t from, until;

        assert_true(smp_day_parse(table[i].from, 0, &from, &err));
        assert_true(smp_day_parse(table[i].until, 0, &until, &err));
        plan_with(&plan, ONE, with);
        smp_care_select(&plan, with, &rivals, false, from, until);
        add_rules(&rules, &plan);
        assert_string_equal(smp_buf_text(&rules), table[i].rules);
        assert_true(plan.partial);
        smp_buf_release(&rules);
    }
    smp_rivals_release(&rivals);
    smp_plan_release(&plan);
    smp_protocol_free(with);
}

static void
test_items_of_others_are_selected_too(void **state)
{
    struct smp_rivals rivals = {0};
    struct smp_plan plan = {0};

    (void)state;
    read_plan(&plan, "{\"id\":\"c\",\"sessions\":[],\"items\":["
                     "{\"uid\":\"u1\",\"phase\":\"pre\",\"session\":1,"
                     "\"start\":\"2026-12-02\","
                     "\"end\":\"2026-12-03\"},"
                     "{\"uid\":\"u2\",\"phase\":\"post\",\"session\":1,"
                     "\"start\":\"2026-12-03\"}]}");
    assert_false(plan.partial);
    smp_care_select(&plan, protocol, &rivals, false, smp_day_of(2026, 12, 3),
                    smp_day_of(2026, 12, 3));
    smp_rivals_release(&rivals);
    assert_int_equal(plan.item_count, 1);
    assert_string_equal(plan.items[0].uid, "u2");
    smp_plan_release(&plan);
}

static void
test_days_of_an_item_are_known(void **state)
{
    static const struct {
        const char *rule;
        int first, sure, perhaps_ended, ended; /* December; 0: open */
    } table[] = {
        {"heal", 1, 1, 8, 12}, {"then", 8, 12, 0, 0},    {"four", 1, 1, 5, 5},
        {"night", 2, 2, 4, 4}, {"before", -1, -1, 2, 2},
    };
    struct smp_protocol *with = load(days_text);
    struct smp_plan plan = {0};
    int32_t zero = smp_day_of(2026, 11, 30);
    size_t i;

    (void)state;
    plan_with(&plan, ONE, with);
    for (i = 0; i < COUNT(table); i++) {
        struct smp_item_days days =
            smp_item_days(&plan, item_of(&plan, 1, table[i].rule));

        assert_int_equal(days.first, zero + table[i].first);
        assert_int_equal(days.sure, zero + table[i].sure);
        assert_int_equal(days.perhaps_ended, table[i].perhaps_ended
                                                 ? zero + table[i].perhaps_ended
                                                 : SMP_DAY_OPEN);
        assert_int_equal(days.ended,
                         table[i].ended ? zero + table[i].ended : SMP_DAY_OPEN);
    }
    smp_plan_release(&plan);
    smp_protocol_free(with);
}

static void
test_a_day_may_be_uncertain(void **state)
{
    static const struct {
        const char *rule;
        int day; /* December */
        bool in_force, perhaps, unbegun;
    } table[] = {
        {"heal", 7, true, false, false},  {"heal", 8, true, true, false},
        {"heal", 11, true, true, false},  {"heal", 12, false, false, false},
        {"then", 7, false, false, false}, {"then", 8, true, true, true},
        {"then", 11, true, true, true},   {"then", 12, true, false, false},
    };
    struct smp_protocol *with = load(days_text);
    struct smp_rivals rivals = {0};
    struct smp_in_force f;
    struct smp_plan plan = {0};
    size_t i, k;

    (void)state;
    plan_with(&plan, ONE, with);
    smp_in_force_find(&f, &plan, with, &rivals, false);
    for (i = 0; i < COUNT(table); i++) {
        int32_t day = smp_day_of(2026, 12, table[i].day);
        struct smp_state how = {0};

        for (k = 0; strcmp(f.items[k].rule, table[i].rule) != 0;)
            k++;
        assert_int_equal(smp_in_force_on(&f, k, day, &how), table[i].in_force);
        assert_int_equal(how.perhaps, table[i].perhaps);
        assert_int_equal(how.unbegun, table[i].unbegun);
        assert_int_equal(how.begins,
                         table[i].in_force && strcmp(table[i].rule, "then") == 0
                             ? table[i].day == 8
                             : false);
        assert_int_equal(smp_verb_forbids(f.items[k].verb),
                         strcmp(table[i].rule, "heal") == 0);
    }
    smp_rivals_release(&rivals);
    smp_plan_release(&plan);
    smp_protocol_free(with);
}

/* clock times */

/* The clock times of one rule, as instants, of a session so written. */
static void
expect_times(const char *rule, const char *session, const char *zone,
             size_t count, const char *first, const char *last)
{
    struct smp_buf overlay = {0}, json = {0}, got = {0};
    struct smp_protocol *with;
    struct smp_plan plan = {0};
    const struct smp_item *item;

    smp_buf_printf(&overlay, "{\"rules\":{\"t\":{\"verb\":\"do\",%s}}}", rule);
    smp_buf_printf(&json,
                   "{\"id\":\"c\",\"timeZone\":\"%s\","
                   "\"sessions\":[{\"start\":\"%s\",\"final\":true}]}",
                   zone, session);
    with = load(overlay.data);
    plan_with(&plan, json.data, with);
    item = item_of(&plan, 1, "t");
    if (item->at_count != count)
        fail_msg("%s: %zu times, not %zu", rule, item->at_count, count);
    if (count) {
        add_when(&got, (struct smp_when){SMP_INSTANT, item->at[0]});
        add_when(&got, (struct smp_when){SMP_INSTANT, item->at[count - 1]});
        smp_buf_cut(&got, got.len - 1);
        smp_buf_cut(&json, 0);
        smp_buf_printf(&json, "%s %s", first, last);
        assert_string_equal(got.data, json.data);
    }
    smp_buf_release(&overlay);
    smp_buf_release(&json);
    smp_buf_release(&got);
    smp_plan_release(&plan);
    smp_protocol_free(with);
}

#define TORONTO "America/Toronto"
#define BERLIN "Europe/Berlin"
#define TWICE "\"every\":\"2/d\",\"phase\":\"post\","

static void
test_twice_a_day_begins_after_the_session(void **state)
{
    (void)state;
    /* from 13:00 on: night, then ten days of two, until day 10 has ended */
    expect_times(TWICE "\"during\":\"0d/healed\"", "2026-12-01T10:00", TORONTO,
                 21, "2026-12-02T01:00:00Z", "2026-12-12T01:00:00Z");
    /* a date alone begins at 10:00 */
    expect_times(TWICE "\"during\":\"0d/healed\"", "2026-12-01", TORONTO, 21,
                 "2026-12-02T01:00:00Z", "2026-12-12T01:00:00Z");
    /* until 21:30, after the night's hour */
    expect_times(TWICE "\"during\":\"0d/2d\"", "2026-12-01T18:30", TORONTO, 2,
                 "2026-12-02T13:00:00Z", "2026-12-03T01:00:00Z");
    /* until 20:00, the very hour */
    expect_times(TWICE "\"during\":\"0d/1d\"", "2026-12-01T17:00", TORONTO, 1,
                 "2026-12-02T01:00:00Z", "2026-12-02T01:00:00Z");
    /* until 08:00 */
    expect_times(TWICE "\"during\":\"0d/1d\"", "2026-12-01T05:00", TORONTO, 2,
                 "2026-12-01T13:00:00Z", "2026-12-02T01:00:00Z");
}

static void
test_clock_times_end_with_the_window(void **state)
{
    (void)state;
    expect_times(TWICE "\"during\":\"0d/2d@20:00\"", "2026-12-01T10:00",
                 TORONTO, 4, "2026-12-02T01:00:00Z", "2026-12-03T13:00:00Z");
    expect_times(TWICE "\"during\":\"0d/2d@20:01\"", "2026-12-01T10:00",
                 TORONTO, 5, "2026-12-02T01:00:00Z", "2026-12-04T01:00:00Z");
    expect_times(TWICE "\"during\":\"1d@08:00/2d\"", "2026-12-01T10:00",
                 TORONTO, 2, "2026-12-02T13:00:00Z", "2026-12-03T01:00:00Z");
    expect_times(TWICE "\"during\":\"1d@08:01/2d\"", "2026-12-01T10:00",
                 TORONTO, 1, "2026-12-03T01:00:00Z", "2026-12-03T01:00:00Z");
}

static void
test_clock_times_follow_the_clock_of_the_zone(void **state)
{
    (void)state;
    expect_times(TWICE "\"during\":\"0d/2d\"", "2026-10-24T10:00", BERLIN, 3,
                 "2026-10-24T18:00:00Z", "2026-10-25T19:00:00Z");
    expect_times(TWICE "\"during\":\"0d/2d\"", "2027-03-13T10:00", TORONTO, 3,
                 "2027-03-14T01:00:00Z", "2027-03-15T00:00:00Z");
}

static void
test_pre_care_times_end_at_the_session(void **state)
{
    (void)state;
    expect_times("\"phase\":\"pre\",\"every\":\"2/d\",\"during\":\"-1d/0\"",
                 "2026-12-01T10:00", TORONTO, 3, "2026-11-30T13:00:00Z",
                 "2026-12-01T13:00:00Z");
    expect_times("\"phase\":\"pre\",\"every\":\"2/d\",\"during\":\"-1d/1d\"",
                 "2026-12-01T08:00", TORONTO, 2, "2026-11-30T13:00:00Z",
                 "2026-12-01T01:00:00Z");
    expect_times("\"phase\":\"pre\",\"every\":\"2/d\",\"during\":\"-20h/0\"",
                 "2026-12-01T10:00", TORONTO, 2, "2026-12-01T01:00:00Z",
                 "2026-12-01T13:00:00Z");
}

static void
test_hours_are_those_of_the_protocol(void **state)
{
    static const char post[] = "\"phase\":\"post\",\"during\":\"1d/2d\",";
    static const struct {
        const char *every;
        size_t count;
        const char *first, *last;
    } table[] = {
        {"1/d", 1, "2026-12-02T13:00:00Z", "2026-12-02T13:00:00Z"},
        {"2/d", 2, "2026-12-02T13:00:00Z", "2026-12-03T01:00:00Z"},
        {"3/d", 3, "2026-12-02T13:00:00Z", "2026-12-03T01:00:00Z"},
        {"3..5/d", 3, "2026-12-02T13:00:00Z", "2026-12-03T01:00:00Z"},
        {"@bed,noon", 2, "2026-12-02T17:00:00Z", "2026-12-03T03:00:00Z"},
        {"@06:30", 1, "2026-12-02T11:30:00Z", "2026-12-02T11:30:00Z"},
        {"2/w", 0, "", ""},
        {"3..4h", 0, "", ""},
        {"as-needed", 0, "", ""},
        {"on:before-bathing", 0, "", ""},
        {"now and then", 0, "", ""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(table); i++) {
        struct smp_buf rule = {0};

        smp_buf_printf(&rule, "%s\"every\":\"%s\"", post, table[i].every);
        expect_times(rule.data, "2026-12-01T10:00", TORONTO, table[i].count,
                     table[i].first, table[i].last);
        smp_buf_release(&rule);
    }
}

static void
test_an_open_window_has_no_times(void **state)
{
    (void)state;
    expect_times(TWICE "\"during\":\"0d/\"", "2026-12-01T10:00", TORONTO, 0, "",
                 "");
    expect_times(TWICE "\"during\":\"0d/last+9d\",\"scope\":\"each\"",
                 "2026-12-01T10:00", TORONTO, 17, "2026-12-02T01:00:00Z",
                 "2026-12-10T01:00:00Z");
}

/* Those more than 120 days on are left out, the others are not. */
static void
test_a_long_window_has_times_for_its_first_days(void **state)
{
    struct smp_protocol *with =
        load("{\"rules\":{\"t\":{\"verb\":\"do\",\"phase\":\"post\","
             "\"during\":\"0d/200d\",\"every\":\"2/d\"}}}");
    struct smp_plan plan = {0};
    size_t count;

    (void)state;
    plan_with(&plan, ONE, with);
    count = item_of(&plan, 1, "t")->at_count;
    smp_plan_release(&plan);
    smp_protocol_free(with);
    assert_true(count >= 2 * 120 - 1);
    assert_true(count <= 2 * 120 + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identities_are_uuids),
        cmocka_unit_test(test_an_identity_stays_whatever_else_changes),
        cmocka_unit_test(test_an_identity_stays_when_the_rule_changes),
        cmocka_unit_test(test_identities_differ_by_client_session_and_rule),
        cmocka_unit_test(test_a_session_with_a_uid_keeps_its_identities),
        cmocka_unit_test(test_parts_of_an_identity_are_kept_apart),
        cmocka_unit_test(test_an_item_has_the_bounds_of_its_rule),
        cmocka_unit_test(test_an_item_carries_its_rule),
        cmocka_unit_test(test_each_rule_gives_one_item_a_session),
        cmocka_unit_test(test_sessions_yield_care_by_status),
        cmocka_unit_test(test_conditions_are_held_against_the_facts),
        cmocka_unit_test(test_the_plan_says_which_protocol_it_was),
        cmocka_unit_test(test_words_are_those_of_records),
        cmocka_unit_test(test_adding_twice_does_not_double),
        cmocka_unit_test(test_own_items_follow_the_plan),
        cmocka_unit_test(test_items_of_a_rule_that_is_gone_go),
        cmocka_unit_test(test_items_of_others_stay),
        cmocka_unit_test(test_each_phase_leaves_the_other_alone),
        cmocka_unit_test(test_what_is_in_force_is_selected),
        cmocka_unit_test(test_items_of_others_are_selected_too),
        cmocka_unit_test(test_days_of_an_item_are_known),
        cmocka_unit_test(test_a_day_may_be_uncertain),
        cmocka_unit_test(test_twice_a_day_begins_after_the_session),
        cmocka_unit_test(test_clock_times_end_with_the_window),
        cmocka_unit_test(test_clock_times_follow_the_clock_of_the_zone),
        cmocka_unit_test(test_pre_care_times_end_at_the_session),
        cmocka_unit_test(test_hours_are_those_of_the_protocol),
        cmocka_unit_test(test_an_open_window_has_no_times),
        cmocka_unit_test(test_a_long_window_has_times_for_its_first_days),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("care", tests, set_up, tear_down);
}
