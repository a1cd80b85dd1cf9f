/* Protocols: what is loaded is, as its effective text, loaded as the same. */
#include <stdio.h>

#include "door.h"
#include "protocol/protocol.h"

static struct smp_protocol *
load(const uint8_t *data, size_t size)
{
    char name[32];
    const char *files[] = {name};
    struct smp_err err = {0};
    struct smp_protocol *protocol;

    snprintf(name, sizeof name, "/dev/fd/%d", input_file(data, size));
    protocol = smp_protocol_load(NULL, files, 1, NULL, &err);
    expect(!protocol == err.failed);
    smp_err_release(&err);
    return protocol;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smp_protocol *protocol = load(data, size), *again;

    if (protocol) {
        again = load((const uint8_t *)protocol->json, strlen(protocol->json));
        expect(again && strcmp(protocol->hash, again->hash) == 0);
        smp_protocol_free(again);
    }
    smp_protocol_free(protocol);
    return 0;
}
