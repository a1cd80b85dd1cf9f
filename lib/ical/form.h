#ifndef SMP_ICAL_FORM_H
#define SMP_ICAL_FORM_H

#include "ical/slot.h"

/*
 * Forms: templates in which the stamps, the sequence and the title are filled
 * in; for template.c. What is left open is the UID, the two bounds, the
 * client's name before the title and what the event is related to. So the
 * events of one rule are copies of one form, whichever client they are for; of
 * a summary that is folded a name is a part, and then its form serves one
 * client.
 *
 * An entry finds its form in two steps. Within a client, the same pointers are
 * the same texts, so that the entries of an item after the first one are known
 * by them alone. Pointers are compared only while forms->client is what it was
 * when the form was used last, for the next client's texts may lie where these
 * did. The first time, an entry finds its form by what it says: a hash of the
 * title names the place, the template compares the other texts, the form the
 * title. Another entry in the same place takes the form over.
 */
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
    struct smp_cut open[SMP_PIECES_MAX]; /* what goes in where, UID first */
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
