#ifndef SMP_TOOL_PRODUCT_H
#define SMP_TOOL_PRODUCT_H

/* PRODID of what programs write, and of what is to tell nothing. */
#define SMP_PRODUCT "-//smp-care//smp-care " SMP_VERSION "//EN"
#define SMP_PRODUCT_DISCREET "-//calendar//entries//EN"

#endif
