#include "tool/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The codeset of the locale's name; looking the locale up costs more. */
static bool
is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL, *codeset;
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0] && !(locale && *locale); i++)
        locale = getenv(names[i]);
    codeset = locale ? strchr(locale, '.') : NULL;
    return codeset && (strncasecmp(codeset, ".UTF-8", 6) == 0 ||
                       strncasecmp(codeset, ".utf8", 5) == 0);
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
    tool->writer.ascii = !is_utf8();
    tool->writer.color = has_color();
}
