#include "tool/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "tool/message.h"

const struct smp_option smp_options[SMP_OPTIONS] = {
    {SMP_OPT_END, 0, NULL, NULL, NULL, NULL},
#define FORMAT(ID, LETTER, NAME, HELP, ...)                                    \
    {                                                                          \
        SMP_OPT_##ID, LETTER, NAME, NULL, NULL, HELP                           \
    }
    SMP_FORMATS(FORMAT),
    {SMP_OPT_PROTOCOL, 'p', "protocol", "FILE", "FILE",
     "overlay FILE on the built-in protocol"},
    {SMP_OPT_TIME_ZONE, 'z', "time-zone", "ZONE", "ZONE",
     "zone of plans without a zone"},
    {SMP_OPT_NOW, 0, "now", "DATETIME", NULL,
     "use DATETIME as the present time"},
    {SMP_OPT_REJECTS, 0, "rejects", "FILE", "FILE",
     "keep rejected input lines in FILE"},
    {SMP_OPT_LANG, 0, "lang", "LANG", "LANG", "language of what clients read"},
    {SMP_OPT_VERBOSE, 'v', "verbose", NULL, NULL,
     "print a summary to standard error"},
    {SMP_OPT_HELP, 'h', "help", NULL, NULL, "show this help"},
    {SMP_OPT_VERSION, 'V', "version", NULL, NULL, "show the version"},
    {SMP_OPT_ID, 0, "id", "ID", NULL, "the client's id"},
    {SMP_OPT_NAME, 0, "name", "NAME", NULL, "the client's name"},
    {SMP_OPT_EMAIL, 0, "email", "ADDRESS", NULL, "the client's mail address"},
    {SMP_OPT_SESSION, 0, "session", "N", NULL,
     "number of the first SESSION (default 1)"},
    {SMP_OPT_HEALED, 0, "healed", "DATE", NULL,
     "day on which the client had healed completely"},
    {SMP_OPT_ON, 0, "on", "DAY", "today tomorrow", "only what holds that day"},
    {SMP_OPT_FROM, 0, "from", "DAY", "today tomorrow",
     "only what holds on or after DAY"},
    {SMP_OPT_UNTIL, 0, "until", "DAY", "today tomorrow",
     "only what holds on or before DAY"},
    {SMP_OPT_SHEET, 0, "sheet", NULL, NULL, "write the sheet without dates"},
    {SMP_OPT_BY, 0, "by", "change|rule", "change rule",
     "calendar: one entry per change, or per rule"},
    {SMP_OPT_TIMED, 0, "timed", NULL, NULL,
     "calendar: add entries at clock times"},
    {SMP_OPT_ALARM, 0, "alarm", "-P1D|HH:MM|none", "-P1D 09:00 none",
     "calendar: the alarms"},
    {SMP_OPT_LOCAL, 0, "local", NULL, NULL,
     "calendar: local times with their zone, not UTC"},
    {SMP_OPT_COUNT, 'n', "sessions", "SESSIONS", NULL,
     "number of sessions to plan"},
    {SMP_OPT_LENGTH, 0, "length", "LENGTH", NULL,
     "length of a session, such as 3h"},
    {SMP_OPT_LIMIT, 'n', "number", "N", NULL, "give at most N answers"},
    {SMP_OPT_BATCH, 0, "batch", NULL, NULL,
     "answer questions, one a line, as JSON"},
    {SMP_OPT_WHEN, 0, "on", "DATETIME", "today tomorrow",
     "ask about that day or moment (default: now)"},
    {SMP_OPT_DAY, 0, "day", "N", NULL,
     "ask about N days after the session, without dates"},
    {SMP_OPT_HOURS, 0, "hours", "N", NULL,
     "ask about N hours after the session's start"},
    {SMP_OPT_STATE, 0, "healed", "yes|no|DATE", "yes no",
     "whether the client has healed completely, or when"},
    {SMP_OPT_FACT, 0, "fact", "TAG", NULL,
     "a fact about the client, such as skin:oily"},
    {SMP_OPT_WHICH, 0, "session", "N", NULL,
     "which session of the series it is (default 1)"},
    {SMP_OPT_FINAL, 0, "final", NULL, NULL,
     "the last SESSION finishes the series"},
    {SMP_OPT_NEXT, 0, "next", "N", NULL, "the next session is on day N"},
    {SMP_OPT_STUDIOS, 0, "studios", "DIR", "FILE",
     "overlay DIR/NAME.json for studio NAME"},
    {SMP_OPT_OPEN, 0, "open", "HOURS", NULL,
     "opening hours, such as \"Tu-Sa 10:00-18:00\""},
    {SMP_OPT_EARLIEST, 0, "from", "DAY", "today tomorrow",
     "propose nothing before DAY"},
    {SMP_OPT_BUSY, 0, "busy", "FILE", "FILE",
     "a calendar whose events take a chair"},
    {SMP_OPT_CLOSED, 0, "closed", "FILE", "FILE",
     "a calendar whose events close the studio"},
    {SMP_OPT_CLOSED_MATCH, 0, "closed-match", "REGEX", NULL,
     "which events of --closed do"},
    {SMP_OPT_AWAY, 0, "away", "FROM/TO", NULL,
     "days on which there are no sessions"},
    {SMP_OPT_CHAIRS, 0, "chairs", "N", NULL,
     "number of sessions that can run at once"},
    {SMP_OPT_CHOICES, 0, "choices", "N", NULL,
     "offer the N best times for the next session"},
    {SMP_OPT_PICTURE, 0, "picture", "WHEN", "auto always never",
     "auto, always or never: draw the months"},
    {SMP_OPT_FAIR, 0, "fair", NULL, NULL,
     "place the clients with the fewest options first"},
    {SMP_OPT_READY, 0, "ready", "DAY", NULL,
     "begin as late as healing by DAY allows"},
    {SMP_OPT_MATCH, 0, "match", "REGEX", NULL,
     "which appointments are sessions"},
    {SMP_OPT_CLIENT, 0, "client", "REGEX", NULL,
     "which part of a subject is the client"},
    {SMP_OPT_SINCE, 0, "since", "DATE", "today",
     "leave appointments before DATE out"},
    {SMP_OPT_LAYOUT, 0, "format", "NAME|FILE", "list FILE",
     "take the format NAME, or that in FILE"},
    {SMP_OPT_DATES, 0, "dates", "us|eu", "us eu",
     "12/01 or 01/12 for the first of December"},
    {SMP_OPT_STATUS, 0, "status", "WORD=STATUS", NULL,
     "what a status of the export means"},
    {SMP_OPT_STUDIO, 0, "studio", "NAME", NULL, "the studio of all plans"},
    {SMP_OPT_ID_KEY, 0, "key", "FILE", "FILE",
     "unguessable ids, derived from FILE"},
    {SMP_OPT_OUTPUT, 'o', "output", "FILE", "FILE",
     "replace FILE by the result"},
    {SMP_OPT_GONE, 0, "gone", "keep|cancelled", "keep cancelled",
     "merge: what becomes of vanished sessions"},
    {SMP_OPT_GONE_FROM, 0, "from", "DAY", "today tomorrow",
     "merge: cancel nothing before DAY"},
    {SMP_OPT_GONE_UNTIL, 0, "until", "DAY", "today tomorrow",
     "merge: cancel nothing after DAY"},
    {SMP_OPT_MOST, 0, "most", "N", NULL, "merge: cancel at most N percent"},
    {SMP_OPT_DECLINED, 0, "declined", "cancelled|noted", "cancelled noted",
     "merge: what a declined invitation means"},
    {SMP_OPT_REKEY, 0, "rekey", NULL, NULL,
     "merge: give old plans the new ids"},
    {SMP_OPT_DISCREET, 0, "discreet", "[=full]", "full",
     "calendar: titles (=full: all) reveal nothing"},
    {SMP_OPT_METHOD, 0, "method", "METHOD", "publish request cancel",
     "publish, request or cancel: for mail"},
    {SMP_OPT_REPORT, 't', "text", NULL, NULL,
     "report what has changed, as text for people"},
    {SMP_OPT_DRY_RUN, 0, "dry-run", NULL, NULL,
     "write nothing, report what would change"},
    {SMP_OPT_KEY, 0, "key", "FILE", "FILE",
     "unguessable feed names, derived from FILE"},
    {SMP_OPT_WAIT, 0, "wait", NULL, NULL, "wait for another run to end"},
    {SMP_OPT_PROPOSED, 0, "proposed", NULL, NULL,
     "show proposed and optional sessions too"},
    {SMP_OPT_CARE_PROPOSED, 0, "proposed", NULL, NULL,
     "the care of proposed sessions too"},
    {SMP_OPT_ONLY, 0, "only", "pre|post", "pre post",
     "publish only the care of this phase"},
    {SMP_OPT_PRUNE, 0, "prune", "[=now]", "now",
     "withdraw feeds of clients not in --clients"},
    {SMP_OPT_PAGES, 0, "pages", "URL", NULL,
     "keep a page beside each feed; URL is that of DIR"},
    {SMP_OPT_CLIENTS, 0, "clients", "FILE", "FILE",
     "ids of all clients, one a line"},
    {SMP_OPT_WITHDRAW, 0, "withdraw", "FILE", "FILE",
     "remove the feeds of these ids now, one a line"},
    {SMP_OPT_NEVER, 0, "never", "SENTENCE", NULL,
     "check: prove that this is never permitted"},
    {SMP_OPT_AS, 0, "as", "FORM", "mail json",
     "write mails, or lines of JSON for a gateway"},
    {SMP_OPT_SHARE, 0, "most", "N", NULL,
     "write nothing if more than N percent get one"},
    {SMP_OPT_BEGIN, 0, "begin", NULL, NULL,
     "note today's care as told, write no message"},
    {SMP_OPT_INVITE, 0, "invite", NULL, NULL,
     "write invitations to sessions instead"},
    {SMP_OPT_ADOPT, 0, "adopt", "DIR", NULL,
     "take over the notes of mail-sessions"},
    {SMP_OPT_TOLD, 0, "told", "ID", NULL, "show what a client was told"},
    {SMP_OPT_TOLD_ON, 0, "on", "DAY", "today tomorrow",
     "with --told: the last message by DAY"},
    {SMP_OPT_KEEP, 0, "keep", "DAYS", NULL,
     "days until texts and addresses are removed"},
    {SMP_OPT_FORGET, 0, "forget", "ID", NULL,
     "remove all files about a client"},
    {SMP_OPT_QUIETLY, 0, "discreet", NULL, NULL,
     "neither subject nor first line reveal anything"},
};

static void
append(const char ***list, size_t *count, const char *text)
{
    *list = smp_realloc(*list, (*count + 1) * sizeof **list);
    (*list)[(*count)++] = text;
}

static void
add_protocol(struct smp_given *given, const char *file)
{
    append(&given->protocols, &given->protocol_count, file);
}

/* The files of SMP_PROTOCOL, which come before those of -p. */
static void
add_environment(struct smp_given *given)
{
    const char *list = getenv("SMP_PROTOCOL");
    char *at, *rest = NULL;

    if (!list || !*list)
        return;
    given->environment = smp_strdup(list);
    for (at = strtok_r(given->environment, ":", &rest); at;
         at = strtok_r(NULL, ":", &rest))
        add_protocol(given, at);
}

static void
take(struct smp_given *given, enum smp_option_id id, const char *value)
{
    given->value[id] = value ? value : "";
    if (id < SMP_OPT_PROTOCOL)
        given->format = id;
    if (id == SMP_OPT_REPORT)
        given->format = SMP_OPT_TEXT;
    if (id == SMP_OPT_PROTOCOL)
        add_protocol(given, value);
    append(&given->all[id].at, &given->all[id].count, given->value[id]);
}

/* getopt_long's two forms of a program's options; long ones return the id. */
struct forms {
    char letters[4 * SMP_OPTIONS];
    struct option longs[SMP_OPTIONS];
    enum smp_option_id by_letter[128];
};

enum { LONG_BASE = 1000 };

bool
smp_option_is_optional(const struct smp_option *option)
{
    return option->argument && *option->argument == '[';
}

static int
takes(const struct smp_option *option)
{
    if (!option->argument)
        return no_argument;
    return smp_option_is_optional(option) ? optional_argument
                                          : required_argument;
}

static void
make_forms(const struct smp_program *program, struct forms *forms)
{
    const enum smp_option_id *id;
    char *letter = forms->letters;
    size_t n = 0;

    *letter++ = ':'; /* tell a missing argument from an unknown option */
    for (id = program->options; *id; id++) {
        const struct smp_option *option = &smp_options[*id];

        forms->longs[n++] = (struct option){option->name, takes(option), NULL,
                                            LONG_BASE + (int)*id};
        if (!option->letter)
            continue;
        forms->by_letter[(unsigned char)option->letter] = *id;
        *letter++ = option->letter;
        if (option->argument)
            *letter++ = ':';
    }
}

/* Says what does the same now, if the program had the option once. */
static bool
has_moved(const struct smp_program *program, const char *option)
{
    const struct smp_moved *moved;
    size_t n = strcspn(option, "=");

    for (moved = smp_moved; moved->program; moved++)
        if (strcmp(moved->program, program->name) == 0 &&
            strlen(moved->option) == n &&
            strncmp(moved->option, option, n) == 0) {
            smp_message(program->name, "%s is now %s", moved->option,
                        moved->successor);
            return true;
        }
    return false;
}

static bool
bad_option(const struct smp_program *program, int found, char **argv)
{
    const char *at = argv[optind - 1];

    if (has_moved(program, at))
        return false;
    if (optopt && optopt < LONG_BASE)
        smp_message(program->name,
                    found == ':' ? "option -%c needs an argument"
                                 : "unknown option -%c",
                    optopt);
    else
        smp_message(program->name,
                    found == ':' ? "option %s needs an argument"
                                 : "unknown option, or unexpected argument: %s",
                    at);
    smp_message(program->name, "see %s --help", program->name);
    return false;
}

bool
smp_options_parse(const struct smp_program *program, int argc, char **argv,
                  struct smp_given *given)
{
    struct forms forms = {.letters = ""};
    int found;

    *given = (struct smp_given){.format = SMP_OPT_TEXT};
    add_environment(given);
    make_forms(program, &forms);
    opterr = 0;
    while ((found = getopt_long(argc, argv, forms.letters, forms.longs,
                                NULL)) != -1) {
        if (found == '?' || found == ':')
            return bad_option(program, found, argv);
        if (found >= LONG_BASE)
            take(given, (enum smp_option_id)(found - LONG_BASE), optarg);
        else
            take(given, forms.by_letter[found & 127], optarg);
    }
    given->operands = argv + optind;
    given->operand_count = (size_t)(argc - optind);
    return true;
}

void
smp_given_release(struct smp_given *given)
{
    size_t i;

    for (i = 0; i < SMP_OPTIONS; i++)
        free(given->all[i].at);
    free(given->protocols);
    free(given->environment);
}

static void
help_line(struct smp_buf *out, const struct smp_option *option)
{
    size_t start = out->len;

    if (option->letter)
        smp_buf_printf(out, "  -%c, ", option->letter);
    else
        smp_buf_puts(out, "      ");
    smp_buf_printf(out, "--%s", option->name);
    if (option->argument)
        smp_buf_printf(out, smp_option_is_optional(option) ? "%s" : " %s",
                       option->argument);
    if (out->len - start > 29) {
        smp_buf_putc(out, '\n');
        start = out->len;
    }
    smp_buf_spaces(out, 31 - (out->len - start));
    smp_buf_printf(out, "%s\n", option->help);
}

void
smp_options_help(const struct smp_program *program, struct smp_buf *out)
{
    const enum smp_option_id *id;

    smp_buf_printf(out, "usage: %s [OPTION...] %s\n%s\n\n", program->name,
                   program->operands, program->job);
    for (id = program->options; *id; id++)
        help_line(out, &smp_options[*id]);
    smp_buf_printf(out, "\nManual: man %s, man smp-care\n", program->name);
}
