#include "tool/zone.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "time/zone.h"

const char *
smp_system_zones(void)
{
    const char *directory = getenv("TZDIR");

    return directory && *directory ? directory : smp_zone_directory;
}

/* A file in a directory by its name there; any other path as it is. */
static const char *
name_in(const char *directory, const char *path)
{
    size_t n = strlen(directory);

    return strncmp(path, directory, n) == 0 && path[n] == '/' ? path + n + 1
                                                              : path;
}

static bool
from_environment(struct smp_buf *name)
{
    const char *tz = getenv("TZ");

    if (!tz || !*tz)
        return false;
    tz += *tz == ':';
    if (strcmp(tz, "/etc/localtime") == 0)
        return false;
    tz = name_in(smp_system_zones(), tz);
    smp_buf_puts(name, name_in(smp_zone_directory, tz));
    return true;
}

static bool
from_link(struct smp_buf *name, struct smp_err *err)
{
    static const char link[] = "/etc/localtime", directory[] = "zoneinfo/";
    char target[PATH_MAX];
    ssize_t n = readlink(link, target, sizeof target - 1);
    const char *at;

    if (n < 0 && errno != EINVAL && smp_errno_is_system(errno))
        return smp_fail_errno(err, "%s", link);
    if (n <= 0)
        return false;
    target[n] = '\0';
    at = strstr(target, directory);
    if (!at)
        return false;
    smp_buf_puts(name, at + sizeof directory - 1);
    return true;
}

static bool
from_file(struct smp_buf *name, struct smp_err *err)
{
    struct smp_err why = {0};

    if (!smp_read_file("/etc/timezone", 4096, name, &why) && why.system)
        smp_fail_as(err, &why);
    smp_err_release(&why);
    smp_buf_cut(name, strcspn(smp_buf_text(name), " \t\r\n"));
    return name->len > 0;
}

const char *
smp_system_zone(struct smp_buf *name, struct smp_err *err)
{
    if (!from_environment(name) && !from_link(name, err) &&
        !from_file(name, err))
        smp_buf_puts(name, "UTC");
    return err->failed ? NULL : smp_buf_text(name);
}
