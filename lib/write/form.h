#ifndef SMP_WRITE_FORM_H
#define SMP_WRITE_FORM_H

#include "write/values.h"

/*
 * A template filled in with a summary and stamps; for template.c. What is left
 * open is the UID, the two bounds, the client's name and what the event is
 * related to: events of one rule are copies of a form, whichever client they
 * are for. A summary that is folded has the name in it: if there is one, its
 * form is one client's, and is not kept for long. The entries of one client
 * find theirs by where their texts are, at first by what they say.
 */
enum { SMP_OPEN_MAX = 8, SMP_OPEN_KINDS = SMP_VALUE_RELATED + 1 };

struct smp_form {
    unsigned long client;            /* that it was used for last */
    const struct smp_template *from; /* or NULL */
    unsigned long made;              /* when that was made */
    struct smp_entry of;             /* the last one: all but UID and times */
    const struct smp_zone *zone;
    bool local, folded;
    struct smp_buf title; /* the summary without the name */
    size_t title_size;    /* octets of it, escaped */
    struct smp_buf text;
    struct smp_cut open[SMP_OPEN_MAX]; /* what goes in where, UID first */
    size_t open_count;
    size_t start, end; /* of the bounds, counted from the UID's place */
    size_t related;    /* octets of what the last one is related to */
};

enum { SMP_FORMS = 512 };

struct smp_forms {
    unsigned long client, made;
    struct smp_form *of[SMP_FORMS]; /* or NULL; first what is folded */
    struct smp_form *last;          /* that was used, or NULL */
    struct smp_dates dates;
    const char *name_of; /* the client's name that was escaped last */
    unsigned long name_client;
    struct smp_buf name;
    bool name_fits; /* it can be escaped in a line */
};

/* The form in the place where that of such an entry is or is to be. */
struct smp_form *smp_form_place(struct smp_forms *forms,
                                const struct smp_entry *entry);

/* Whether it was used for the same texts of the same client. */
bool smp_form_says(const struct smp_forms *forms, const struct smp_form *form,
                   const struct smp_entry *entry, const struct smp_zone *zone,
                   bool local);

/*
 * Whether the form says what an entry of any client does, if its template is
 * right; then it is used for that client from now on.
 */
bool smp_form_take(struct smp_forms *forms, struct smp_form *form,
                   const struct smp_entry *entry, const struct smp_zone *zone);

/* Makes it anew. */
void smp_form_fill(struct smp_forms *forms, struct smp_form *form,
                   const struct smp_template *from,
                   const struct smp_entry *entry, const struct smp_zone *zone);

/* Appends the event of an entry whose UID has n octets. */
void smp_form_put(struct smp_forms *forms, const struct smp_form *form,
                  struct smp_buf *out, const struct smp_entry *entry, size_t n);

void smp_form_release(struct smp_form *form);
void smp_forms_release(struct smp_forms *forms);

#endif
