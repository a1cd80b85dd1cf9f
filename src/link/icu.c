/*
 * libical's recurrences compute with ICU, which takes longer to load than a
 * program here to run. If libical is linked statically, these functions stand
 * for what it calls of ICU, so only a program that reads a recurrence pays.
 * Without ICU the program ends, because no recurrence may silently be lost.
 */
#include <libical/ical.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "link/forward.h"

#define LIBRARY "libicui18n.so." U_ICU_VERSION_SHORT

SMP_FORWARD_NOTE("recurrences", "Events that repeat, in calendars to read")

SMP_FORWARD(UCalendar *, return, ucal_open,
            (const UChar *zone, int32_t n, const char *locale,
             UCalendarType type, UErrorCode *status),
            (zone, n, locale, type, status))
SMP_FORWARD(void, , ucal_close, (UCalendar * calendar), (calendar))
SMP_FORWARD(int32_t, return, ucal_get,
            (const UCalendar *calendar, UCalendarDateFields field,
             UErrorCode *status),
            (calendar, field, status))
SMP_FORWARD(void, , ucal_set,
            (UCalendar * calendar, UCalendarDateFields field, int32_t value),
            (calendar, field, value))
SMP_FORWARD(void, , ucal_add,
            (UCalendar * calendar, UCalendarDateFields field, int32_t amount,
             UErrorCode *status),
            (calendar, field, amount, status))
SMP_FORWARD(int32_t, return, ucal_getLimit,
            (const UCalendar *calendar, UCalendarDateFields field,
             UCalendarLimitType type, UErrorCode *status),
            (calendar, field, type, status))
SMP_FORWARD(UDate, return, ucal_getMillis,
            (const UCalendar *calendar, UErrorCode *status), (calendar, status))
SMP_FORWARD(void, , ucal_setMillis,
            (UCalendar * calendar, UDate time, UErrorCode *status),
            (calendar, time, status))
SMP_FORWARD(void, , ucal_setDate,
            (UCalendar * calendar, int32_t year, int32_t month, int32_t day,
             UErrorCode *status),
            (calendar, year, month, day, status))
SMP_FORWARD(void, , ucal_setDateTime,
            (UCalendar * calendar, int32_t year, int32_t month, int32_t day,
             int32_t hour, int32_t minute, int32_t second, UErrorCode *status),
            (calendar, year, month, day, hour, minute, second, status))
SMP_FORWARD(void, , ucal_setAttribute,
            (UCalendar * calendar, UCalendarAttribute attribute, int32_t value),
            (calendar, attribute, value))
SMP_FORWARD(UEnumeration *, return, ucal_getKeywordValuesForLocale,
            (const char *key, const char *locale, UBool common,
             UErrorCode *status),
            (key, locale, common, status))
SMP_FORWARD(const char *, return, uenum_next,
            (UEnumeration * list, int32_t *n, UErrorCode *status),
            (list, n, status))
SMP_FORWARD(void, , uenum_close, (UEnumeration * list), (list))
SMP_FORWARD(int32_t, return, uloc_setKeywordValue,
            (const char *name, const char *value, char *buffer, int32_t room,
             UErrorCode *status),
            (name, value, buffer, room, status))
SMP_FORWARD(UChar *, return, u_strFromUTF8Lenient,
            (UChar * out, int32_t room, int32_t *length, const char *text,
             int32_t n, UErrorCode *status),
            (out, room, length, text, n, status))

/*
 * libical's table of what may stand in a component is half of what a start has
 * to relocate. Nothing here asks for it: components are read with more doubt
 * and written by a profile. It must not silently find nothing wrong either.
 */
int
icalrestriction_check(icalcomponent *component)
{
    (void)component;
    smp_forward_end("components are not checked by libical here");
}
