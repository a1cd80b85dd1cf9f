#include "tool/care.h"

#include "protocol/protocol.h"
#include "tool/options.h"

int
main(int argc, char **argv)
{
    return smp_care_main(&smp_program_aftercare, SMP_POST, argc, argv);
}
