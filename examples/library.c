/*
 * library DAY ACTIVITY <PLANS: what each client can be told about a day, by the
 * library of smp-care. See smp(3).
 *
 *     cc -o library library.c $(pkg-config --cflags --libs --static smp)
 *     echo '{"id": "jo", "timeZone": "UTC", "sessions": ["2026-12-01T10:00"]}'
 * |
 *         ./library 2026-12-05 swimming
 */
#include <stdio.h>
#include <unistd.h>

#include <smp.h>

struct day {
    const struct smp_protocol *protocol;
    struct smp_rivals rivals;
    struct smp_judge *judge;
    const char *activity; /* its id */
    int32_t number;
};

static void
print_next(const struct smp_plan *plan)
{
    struct smp_buf start = {0};
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status == SMP_PROPOSED) {
            smp_when_print(&start, plan->sessions[i].start);
            printf("  next: %s\n", smp_buf_text(&start));
            break;
        }
    smp_buf_release(&start);
}

/* One plan: proposes sessions, adds the care around them, and looks at a day.
 */
static bool
tell(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct day *day = context;
    const struct smp_series_wanted wanted = {.chairs = 1};
    struct smp_question question =
        smp_question_of_day(day->activity, day->number);
    struct smp_ruling ruling;

    smp_series_complete(plan, day->protocol, &wanted);
    smp_care_add(plan, day->protocol, SMP_PRE, false);
    smp_care_add(plan, day->protocol, SMP_POST, false);
    if (!smp_plan_check_limits(plan, err))
        return false;
    smp_care_note_day(plan, day->protocol, &day->rivals, false, day->number, 0);
    ruling = smp_judge_ask(day->judge, plan, &question);
    printf("%s: %s\n%s\n", plan->id, plan->day.title, plan->day.text);
    printf("  %s: %s\n", day->activity, smp_verdict_names[ruling.verdict]);
    print_next(plan);
    return true;
}

static void
complain(void *context, unsigned long line, struct smp_plan *plan,
         const char *what)
{
    (void)context;
    (void)plan;
    fprintf(stderr, "library: line %lu: %s\n", line, what);
}

static int
run(struct day *day, struct smp_err *err)
{
    struct smp_zones zones = {.directory = smp_zone_directory};
    struct smp_stream stream = {
        .fd = STDIN_FILENO,
        .rejects = -1,
        .defaults = {.zones = &zones, .time_zone = "UTC"},
        .plan = tell,
        .rejected = complain,
        .context = day,
    };

    day->judge = smp_judge_new(day->protocol);
    smp_stream_run(&stream, err);
    smp_judge_free(day->judge);
    smp_rivals_release(&day->rivals);
    smp_zones_release(&zones);
    return err->failed ? 4 : stream.rejected_count ? 3 : 0;
}

/* Reads the operands; the protocol has the activity under any of its names. */
static bool
read_operands(struct day *day, int argc, char **argv, struct smp_err *err)
{
    const struct smp_activity *activity;
    const char *nearest;

    if (argc != 3)
        return smp_fail(err, "usage: library DAY ACTIVITY <PLANS");
    activity = smp_protocol_find_activity(day->protocol, argv[2], &nearest);
    if (!activity)
        return smp_fail(err, "no such activity: %s", argv[2]);
    day->activity = activity->id;
    return smp_day_parse(argv[1], 0, &day->number, err);
}

int
main(int argc, char **argv)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(NULL, NULL, 0, NULL, &err);
    struct day day = {.protocol = protocol};
    int status = protocol ? 2 : 4;

    if (protocol && read_operands(&day, argc, argv, &err))
        status = run(&day, &err);
    if (err.failed)
        fprintf(stderr, "library: %s\n", smp_buf_text(&err.text));
    smp_err_release(&err);
    smp_protocol_free(protocol);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("library: stdout");
    return 4;
}
