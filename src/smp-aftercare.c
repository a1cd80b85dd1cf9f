#include "tool/care.h"

int
main(int argc, char **argv)
{
    return smp_care_main(&smp_program_aftercare, SMP_POST, argc, argv);
}
