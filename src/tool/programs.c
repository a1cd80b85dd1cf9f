#include "tool/options.h"

#define COMMON                                                                 \
    SMP_OPT_PROTOCOL, SMP_OPT_TIME_ZONE, SMP_OPT_NOW, SMP_OPT_REJECTS,         \
        SMP_OPT_LANG, SMP_OPT_STUDIOS, SMP_OPT_VERBOSE, SMP_OPT_HELP,          \
        SMP_OPT_VERSION

#define FORMATS SMP_FORMATS(SMP_FORMAT_ID)

static const enum smp_option_id care_options[] = {
    FORMATS,         SMP_OPT_ID,       SMP_OPT_NAME,
    SMP_OPT_SESSION, SMP_OPT_HEALED,   SMP_OPT_ON,
    SMP_OPT_FROM,    SMP_OPT_UNTIL,    SMP_OPT_SHEET,
    SMP_OPT_BY,      SMP_OPT_TIMED,    SMP_OPT_ALARM,
    SMP_OPT_LOCAL,   SMP_OPT_DISCREET, SMP_OPT_METHOD,
    SMP_OPT_EMAIL,   SMP_OPT_FINAL,    SMP_OPT_CARE_PROPOSED,
    COMMON,          SMP_OPT_END};

static const enum smp_option_id schedule_options[] = {
    FORMATS,          SMP_OPT_ID,           SMP_OPT_NAME,   SMP_OPT_SESSION,
    SMP_OPT_COUNT,    SMP_OPT_LENGTH,       SMP_OPT_OPEN,   SMP_OPT_BUSY,
    SMP_OPT_CLOSED,   SMP_OPT_CLOSED_MATCH, SMP_OPT_CHAIRS, SMP_OPT_AWAY,
    SMP_OPT_EARLIEST, SMP_OPT_FAIR,         SMP_OPT_READY,  SMP_OPT_CHOICES,
    SMP_OPT_PICTURE,  SMP_OPT_ALARM,        SMP_OPT_LOCAL,  SMP_OPT_DISCREET,
    SMP_OPT_METHOD,   SMP_OPT_EMAIL,        COMMON,         SMP_OPT_END};

static const enum smp_option_id faq_options[] = {SMP_OPT_TEXT,  SMP_OPT_JSON,
                                                 SMP_OPT_LIMIT, SMP_OPT_BATCH,
                                                 COMMON,        SMP_OPT_END};

static const enum smp_option_id protocol_options[] = {
    SMP_OPT_TEXT, SMP_OPT_JSON, SMP_OPT_NEVER, COMMON, SMP_OPT_END};

const struct smp_program smp_program_faq = {
    "smp-faq", "Answer a question about scalp micropigmentation.",
    "[QUESTION...]", NULL, faq_options};

const struct smp_program smp_program_schedule = {
    "smp-schedule", "Plan a series of sessions.", "[SESSION...]", NULL,
    schedule_options};

const struct smp_program smp_program_precare = {
    "smp-precare", "Add what to do before each session to plans.",
    "[SESSION...]", NULL, care_options};

const struct smp_program smp_program_aftercare = {
    "smp-aftercare", "Add what to do after each session to plans.",
    "[SESSION...]", NULL, care_options};

static const enum smp_option_id may_options[] = {
    SMP_OPT_TEXT,  SMP_OPT_JSON, SMP_OPT_WHEN,  SMP_OPT_DAY,   SMP_OPT_HOURS,
    SMP_OPT_STATE, SMP_OPT_FACT, SMP_OPT_WHICH, SMP_OPT_FINAL, SMP_OPT_NEXT,
    SMP_OPT_ID,    SMP_OPT_NAME, COMMON,        SMP_OPT_END};

const struct smp_program smp_program_may = {
    "smp-may", "Answer whether a client may do something at some time.",
    "ACTIVITY [SESSION...]", NULL, may_options};

const struct smp_program smp_program_protocol = {
    "smp-protocol", "Show, check or compare protocol files.",
    "[show|check|diff] [FILE...]", "show check diff", protocol_options};

static const enum smp_option_id publish_options[] = {
    SMP_OPT_REPORT,   SMP_OPT_JSON,     SMP_OPT_DRY_RUN,  SMP_OPT_KEY,
    SMP_OPT_WAIT,     SMP_OPT_ONLY,     SMP_OPT_PRUNE,    SMP_OPT_CLIENTS,
    SMP_OPT_WITHDRAW, SMP_OPT_PROPOSED, SMP_OPT_DISCREET, SMP_OPT_PAGES,
    COMMON,           SMP_OPT_END};

const struct smp_program smp_program_publish = {
    "smp-publish", "Keep a directory of calendar feeds in step with plans.",
    "DIR", NULL, publish_options};

static const enum smp_option_id message_options[] = {
    SMP_OPT_REPORT, SMP_OPT_JSON,    SMP_OPT_ADOPT,   SMP_OPT_AS,
    SMP_OPT_BEGIN,  SMP_OPT_QUIETLY, SMP_OPT_DRY_RUN, SMP_OPT_FORGET,
    SMP_OPT_INVITE, SMP_OPT_KEEP,    SMP_OPT_SHARE,   SMP_OPT_CARE_PROPOSED,
    SMP_OPT_TOLD,   SMP_OPT_TOLD_ON, SMP_OPT_WAIT,    COMMON,
    SMP_OPT_END};

const struct smp_program smp_program_message = {
    "smp-message", "Write messages to clients whose care has changed.",
    "OUTBOX", NULL, message_options};

static const enum smp_option_id import_options[] = {
    SMP_OPT_MATCH, SMP_OPT_CLIENT, SMP_OPT_SINCE,  SMP_OPT_LAYOUT,
    SMP_OPT_DATES, SMP_OPT_STATUS, SMP_OPT_STUDIO, SMP_OPT_ID_KEY,
    COMMON,        SMP_OPT_END};

const struct smp_program smp_program_import = {
    "smp-import", "Turn exports of booking systems and calendars into plans.",
    "[FILE...]", NULL, import_options};

static const enum smp_option_id plan_options[] = {
    SMP_OPT_OUTPUT,     SMP_OPT_GONE, SMP_OPT_GONE_FROM,
    SMP_OPT_GONE_UNTIL, SMP_OPT_MOST, SMP_OPT_DECLINED,
    SMP_OPT_REKEY,      COMMON,       SMP_OPT_END};

const struct smp_program smp_program_plan = {
    "smp-plan", "Merge, change, compare and check plans.",
    "merge|set|diff|check [OPERAND...]", "merge set diff check", plan_options};

const struct smp_moved smp_moved[] = {
    {"smp-schedule", "--match", "an option of smp-import"},
    {"smp-schedule", "--client", "an option of smp-import"},
    {"smp-schedule", "--since", "an option of smp-import"},
    {"smp-schedule", "--set", "smp-plan set ID:N=VALUE"},
    {NULL, NULL, NULL}};

const struct smp_program *const smp_programs[] = {&smp_program_faq,
                                                  &smp_program_schedule,
                                                  &smp_program_precare,
                                                  &smp_program_aftercare,
                                                  &smp_program_may,
                                                  &smp_program_protocol,
                                                  &smp_program_publish,
                                                  &smp_program_import,
                                                  &smp_program_plan,
                                                  &smp_program_message,
                                                  NULL};
