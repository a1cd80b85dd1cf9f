#ifndef SMP_IMPORT_INTERNAL_H
#define SMP_IMPORT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/import.h"

/* What the files of this room share. */

/* What a column holds. A column of several, such as of a service, is joined. */
enum imp_role {
    IMP_ID,
    IMP_PLAIN_ID, /* the client's, or the appointment's: the rows decide */
    IMP_REF,
    IMP_FIRST,
    IMP_LAST,
    IMP_NAME,
    IMP_WHO, /* "Jo Field (jo@example.org)" */
    IMP_OTHERS,
    IMP_EMAIL,
    IMP_COUNTRY, /* the calling code of the telephone number */
    IMP_PHONE,
    IMP_START,
    IMP_DATE,
    IMP_TIME,
    IMP_SLOT, /* from when to when on the day */
    IMP_END,
    IMP_END_DATE,
    IMP_DURATION,
    IMP_ZONE,
    IMP_STATUS,
    IMP_CANCELLED,
    IMP_NO_SHOW,
    IMP_ARTIST,
    IMP_STUDIO,
    IMP_SERVICE,
    IMP_SUBJECT,
    IMP_ALL_DAY,
    IMP_BLOCK, /* no appointment, if it says yes */
    IMP_MAIL_IN,
    IMP_SMS_IN,
    IMP_BOTH_IN,
    IMP_MAIL_OUT,
    IMP_SMS_OUT,
    IMP_BOTH_OUT,
    IMP_ROLES
};

enum { IMP_JOINED_MAX = 4 };

/* Which columns hold what: numbers from 0, so many of each role. */
struct imp_columns {
    size_t at[IMP_ROLES][IMP_JOINED_MAX];
    size_t count[IMP_ROLES];
    bool guessed[IMP_ROLES]; /* other columns could have been taken */
    const char *format;      /* its name, or NULL */
    enum smp_import_dates dates;
    size_t unread_status; /* a column that looks like one, from 1; 0: none */
};

/* Two columns of one name, of which the first is read. */
struct imp_twins {
    size_t first, other;
    enum imp_role role;
};

/* Cells of one row; not ended by a NUL, without blanks around them. */
struct imp_cell {
    const char *at;
    size_t n;
};

/* What a word means, by the table it stands in. */
enum imp_table {
    IMP_TABLE_WORDS,
    IMP_TABLE_STATUS,
    IMP_TABLE_TRUTH,
    IMP_TABLE_MONTHS,
    IMP_TABLE_FILLERS,
    IMP_TABLE_UNTIL,
    IMP_TABLE_UNITS,
    IMP_TABLE_TOTALS,
    IMP_TABLE_WALK_INS,
    IMP_TABLE_STATUS_LIKE,
    IMP_TABLE_ZONES
};

/* The value of a text in its comparable form, NULL if it is not there. */
const void *smp_imp_look_up(const struct smp_formats *formats,
                            enum imp_table table, const char *text, size_t n);

/* A number of a table that has numbers; -1 if it is not there. */
int smp_imp_number(const struct smp_formats *formats, enum imp_table table,
                   const char *text, size_t n);

/*
 * Puts the comparable form of a text into an empty buffer: without case and
 * accents, words separated by one blank. `header`: also splits startTime.
 */
void smp_imp_comparable(struct smp_buf *out, const char *text, size_t n,
                        bool header);

bool smp_imp_is_status(const struct smp_formats *formats, struct imp_cell cell);

/* A text that is not ended by a NUL, without blanks around it. */
struct imp_cell smp_imp_trim(const char *text, size_t n);

/*
 * Which columns a header has; false if it has no time or nobody's name. `why`
 * says what is missing, for the best that there is; it may be NULL.
 */
bool smp_imp_find_columns(const struct smp_formats *formats,
                          const struct imp_cell *header, size_t count,
                          struct imp_columns *columns, struct smp_buf *why);

/* How many columns it took, to find the best of several readings. */
size_t smp_imp_columns_taken(const struct imp_columns *columns);
extern const char *const smp_imp_role_names[];

/* rows: bytes to cells */

enum imp_encoding { IMP_UTF8, IMP_UTF16LE, IMP_UTF16BE, IMP_WINDOWS };

struct imp_rows {
    int fd;
    enum imp_encoding encoding;
    bool started, at_end, dirty; /* dirty: some of it is not UTF-8 */
    char separator, newline; /* with tabs, quotes within a cell are letters */
    char odd[4];             /* octets of a character that is not whole yet */
    size_t odd_count;
    struct smp_buf text; /* decoded; the row begins at `begin` */
    size_t begin, end;
    unsigned long line, next_line;
    struct imp_cell *cells;
    struct imp_place *places;
    size_t count, room;
    struct smp_buf plain; /* cells without their doubled quotes */
    bool unterminated;    /* the row, the last one, had no newline */
    bool last_is_open;    /* ... nor a closing quote */
    size_t expected;      /* cells that a row has, 0: any number */
    size_t again;         /* octets that were looked at more than once */
    long long taken;
    /* Whether a line inside of quotes is a row of its own. */
    bool (*is_row)(void *context, const struct imp_cell *cells, size_t count);
    void *context;
    const char *wrong; /* the row is none: why, or NULL */
};

/* The next row: 1, 0 at the end, -1 with an error. */
int smp_imp_rows_next(struct imp_rows *rows, struct smp_err *err);

/* Reads on until there are n decoded octets from `begin` on, or the end. */
bool smp_imp_rows_peek(struct imp_rows *rows, size_t n, struct smp_err *err);

void smp_imp_rows_release(struct imp_rows *rows);

/* times: a cell to a date, a time of day, or both */

enum { IMP_NO_TIME = -1, IMP_NO_OFFSET = INT32_MIN };

struct imp_moment {
    int16_t year; /* 0: no date */
    uint8_t month, day;
    bool swappable;    /* month and day may be the other way round ... */
    bool decided;      /* ... and only one of both is a date */
    int32_t time, end; /* seconds of the day, IMP_NO_TIME: none */
    int32_t offset;    /* of the time, IMP_NO_OFFSET: none */
    char zone[40];     /* a name in the cell, such as America/Toronto or EST */
};

/* False if it is not understood; an empty cell is a moment with nothing. */
bool smp_imp_moment(const struct smp_formats *formats, const char *text,
                    size_t n, struct imp_moment *moment);

/* A length in seconds; 0 if it is none. `unit`: seconds of a bare number, 0 if
 * it is not known. */
int64_t smp_imp_length(const struct smp_formats *formats, const char *text,
                       size_t n, int64_t unit);

/* The day; `eu`: day before month if it is swappable. False: no such day. */
bool smp_imp_day(const struct imp_moment *moment, bool eu, int32_t *day);

/* gather: rows to appointments */

/* One way in which a client is named: a row's id, address and name. */
struct imp_person {
    const char *id, *email, *name; /* NULL: none */
    const char *phone;             /* of its last row with one; NULL */
    uint64_t hash;
    size_t client; /* once clients are known */
    unsigned long line;
    bool walk_in;
    bool rejected; /* a row of it is left out */
};

enum imp_consent { IMP_UNSAID, IMP_OPTED_OUT, IMP_OPTED_IN };

struct imp_appointment {
    size_t person, client;
    unsigned long line;
    size_t order;
    struct imp_moment_kept {
        int16_t year;
        uint8_t month, day;
        bool swappable;
        int32_t time, offset;
    } from, to; /* as they were read; both known once the table has ended */
    int64_t start, end; /* instants; end 0: not known */
    int32_t day;
    bool all_day;
    unsigned char status;    /* enum smp_status */
    unsigned char mail, sms; /* enum imp_consent */
    int32_t length;
    const struct smp_zone *zone;              /* NULL: the defaults' */
    const char *ref, *said, *artist, *studio; /* NULL: none */
    bool ref_is_plain;                        /* from a column "id" */
    int sequence;
    bool has_created;
    int64_t created;
};

/* An answer to an invitation, and who gives it. */
struct imp_reply {
    size_t person;
    struct smp_reply reply;
};

/* An unknown status, and how many rows have it. */
struct imp_word {
    char *text;
    unsigned long count, line;
};

/* The last status that was read, which the next row mostly has too. */
struct imp_status_memo {
    char text[48];
    size_t n;
    int status;
    const char *said;
};

struct imp_string {
    uint64_t hash;
    const char *text; /* NULL: free */
};

struct imp_strings {
    struct imp_string *at; /* a table of hashes */
    size_t count, room;
};

struct smp_gathered {
    struct smp_arena arena;
    struct imp_strings strings; /* texts that rows share */

    struct imp_appointment *all;
    size_t count, room;
    struct imp_person *persons;
    size_t person_count, person_room;
    uint32_t *slots; /* of persons, by hash; 0: free */
    size_t slot_count;
    struct imp_client *clients;
    size_t client_count;
    bool has_key;
    unsigned char key[32]; /* of ids that are made */
    struct imp_reply *replies;
    size_t reply_count, reply_room;

    /* of the table that is read */
    struct imp_columns columns;
    const char **names;         /* of its columns */
    size_t column_count, first; /* its first appointment */
    struct imp_twins *twins;
    size_t twin_count, twin_room;
    unsigned long us_line, eu_line; /* rows that say which order dates have */
    unsigned long unsure_line;      /* one that could be either */
    char unsure[64];
    struct imp_status_memo statuses[16];
    struct imp_word *words;
    size_t word_count, word_room;
    unsigned long blocks, unmatched;
    unsigned long bad_addresses, bad_address_line; /* rows; the first one */
    bool told_others;
    bool no_titles;    /* each row is an appointment, or wrong */
    bool loose_quotes; /* a stray quote does not show in its row */
    const struct smp_zone *last_zone;
    char last_zone_name[64];
    struct smp_buf text, other;     /* for one cell */
    struct smp_buf name, email, id; /* of one row */

    bool unread; /* rows are left out of which nobody knows whose they are */
};

/* A text that is kept once, however many rows have it; NULL for an empty one.
 */
const char *smp_imp_keep(struct smp_gathered *gathered, const char *text,
                         size_t n);

/* A copy of a text that hardly another row has; NULL for an empty one. */
const char *smp_imp_copy(struct smp_gathered *gathered, const char *text,
                         size_t n);

/* The number of the person, which is made if it is new. */
size_t smp_imp_person(struct smp_gathered *gathered, const char *id,
                      const char *email, const char *name, unsigned long line);

struct imp_appointment *smp_imp_add(struct smp_gathered *gathered);

/* Whether a text is matched; without memory nothing is, and that is no answer.
 */
bool smp_imp_finds(const regex_t *regex, const char *text, size_t n,
                   regmatch_t *groups);

/* Where a subject or summary names the client, by `client`: its first group, or
 * what it matches; else all of the text. */
struct imp_cell smp_imp_client_in(const struct smp_import *import,
                                  const char *subject);

/* Begins a table with these columns. */
void smp_imp_begin_table(struct smp_import *import,
                         const struct imp_columns *columns,
                         const struct imp_cell *header, size_t count);

/* Takes one row of cells; false if it is rejected, after it was said. */
bool smp_imp_take_row(struct smp_import *import, const struct imp_cell *cells,
                      size_t count, unsigned long line);

/* Whether the cell of the appointment's time has one. */
bool smp_imp_has_time(struct smp_import *import, const struct imp_cell *cells,
                      size_t count);

/* Ends it: decides what the rows as a whole say. */
void smp_imp_end_table(struct smp_import *import);

/* The appointments of a calendar. */
bool smp_imp_read_calendar(struct smp_import *import, int fd,
                           struct smp_err *err);

/* Whether a calendar holds answers to invitations; then: these. */
bool smp_imp_are_replies(const struct imp_rows *rows);
bool smp_imp_read_replies(struct smp_import *import, struct imp_rows *rows,
                          struct smp_err *err);

/* The rows of JSON: an array, an object around it, or lines. */
bool smp_imp_read_json(struct smp_import *import, struct imp_rows *rows,
                       struct smp_err *err);

void smp_imp_say(struct smp_import *import, enum smp_import_said kind,
                 unsigned long line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
