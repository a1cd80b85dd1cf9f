#ifndef SMP_PLAN_APPOINTMENTS_H
#define SMP_PLAN_APPOINTMENTS_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct smp_event;
struct smp_plan;
struct smp_plan_defaults;

/*
 * Appointments as plans: the events of a calendar that are sessions, gathered
 * and handed out as one plan a client. The client is the event's attendee, by
 * mail address; else what the first group of `client` takes from the summary;
 * else the summary. Sessions are numbered in the order of time and keep the
 * event's UID, so that one that is moved stays the one it was.
 */
struct smp_appointments {
    const regex_t *match;  /* of the summary or a category */
    const regex_t *client; /* NULL: none */
    int64_t since;         /* instant: what begins before it is left out */

    struct smp_arena arena;
    struct smp_appointment *all;
    size_t count, room;
    struct smp_appointment_client *clients; /* in the order of the calendar */
    size_t client_count;
};

/* Takes an event where it is a session; false with an error where it is one
 * but cannot be planned with. */
bool smp_appointments_add(struct smp_appointments *appointments,
                          const struct smp_event *event, struct smp_err *err);

/*
 * The identity of the session that an event is: its UID, of one of several
 * occurrences with the time at which its rule has it (UID-20261201T150000Z).
 * Nothing for an event without UID.
 */
void smp_appointment_uid(struct smp_buf *out, const struct smp_event *event);

/* After the last event: sorts out the clients, and their number. */
size_t smp_appointments_clients(struct smp_appointments *appointments);

/* The plan of a client, into an empty one; false with an error where it cannot
 * be one. */
bool smp_appointments_plan(const struct smp_appointments *appointments,
                           size_t client,
                           const struct smp_plan_defaults *defaults,
                           struct smp_plan *plan, struct smp_err *err);

/* The line of the client's first event. */
unsigned long smp_appointments_line(const struct smp_appointments *appointments,
                                    size_t client);

void smp_appointments_release(struct smp_appointments *appointments);

#endif
