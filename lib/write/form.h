#ifndef SMP_WRITE_FORM_H
#define SMP_WRITE_FORM_H

#include "write/values.h"

/*
 * An event in which all is filled in but its UID and its two bounds; for
 * template.c. Forms are those of one client: they are found by where the texts
 * of an entry are, not by what they say.
 */
struct smp_form {
    unsigned long client;
    const struct smp_template *from; /* or NULL */
    struct smp_entry of;             /* all but the UID and the times */
    const struct smp_zone *zone;
    bool local;
    struct smp_buf text;
    size_t uid;        /* where it goes */
    size_t start, end; /* where they are, counted from there */
};

enum { SMP_FORMS = 64 };

struct smp_forms {
    unsigned long client;
    struct smp_form *of[SMP_FORMS]; /* or NULL */
    struct smp_dates dates;
};

/* The form in the place where that of such an entry is or is to be. */
struct smp_form *smp_form_place(struct smp_forms *forms,
                                const struct smp_entry *entry);

/* Whether the form is that of the entry. */
bool smp_form_is_for(const struct smp_forms *forms, const struct smp_form *form,
                     const struct smp_entry *entry, const struct smp_zone *zone,
                     bool local);

/* Appends the event of an entry whose UID has n octets. */
void smp_form_put(struct smp_forms *forms, const struct smp_form *form,
                  struct smp_buf *out, const struct smp_entry *entry, size_t n);

void smp_forms_release(struct smp_forms *forms);

#endif
