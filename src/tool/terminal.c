#include "tool/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool utf8;

    if (!locale)
        return false;
    utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

static bool
has_color(void)
{
    const char *no_color = getenv("NO_COLOR"); /* no-color.org */
    const char *terminal = getenv("TERM");

    return !(no_color && *no_color) && terminal &&
           strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

void
smp_tool_see_terminal(struct smp_tool *tool)
{
    tool->writer.options.ascii = !is_utf8();
    tool->writer.options.color = has_color();
}
