#ifndef SMP_HTML_HTML_H
#define SMP_HTML_HTML_H

#include "sheet/sheet.h"

/*
 * Sheets as one HTML page for screens and paper, an article for each client. It
 * needs no script and fetches nothing. If no sheet is set, nothing is written.
 */
extern const struct smp_setter smp_html;

#endif
