#include "tool/message.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/file.h"
#include "base/utf8.h"

void
smp_message(const char *program, const char *format, ...)
{
    struct smp_buf text = {0}, line = {0};
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(&text, format, args);
    va_end(args);
    smp_buf_printf(&line, "%s: ", program);
    smp_utf8_clean(&line, smp_buf_text(&text), text.len);
    smp_buf_putc(&line, '\n');
    smp_write_all(STDERR_FILENO, line.data, line.len);
    smp_buf_release(&text);
    smp_buf_release(&line);
}

int
smp_message_shown(const char *id)
{
    enum { SHOWN = 64 };

    return (int)smp_utf8_valid(id, strnlen(id, SHOWN));
}
