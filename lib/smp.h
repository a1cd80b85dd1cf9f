#ifndef SMP_H
#define SMP_H

/*
 * The library of smp-care: plans of sessions of scalp micropigmentation and the
 * care around them. smp(3) is its manual. What is not declared here is not part
 * of it, and libsmp.a does not export it.
 */

/* First, outside of extern "C": C++ has templates in some of these. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "base/base.h"
#include "time/civil.h"
#include "time/zone.h"
#include "time/window.h"
#include "protocol/protocol.h"
#include "plan/plan.h"
#include "care/care.h"
#include "series/series.h"
#include "studio/studio.h"
#include "answer/answer.h"
#include "ical/calendar.h"
#include "sheet/sheet.h"
#include "text/text.h"
#include "publish/publish.h"

#ifdef __cplusplus
}
#endif

#endif
