#ifndef SMP_TOOL_PROTOCOLS_H
#define SMP_TOOL_PROTOCOLS_H

struct smp_err;
struct smp_plan;
struct smp_tool;

/*
 * The protocol that holds for a plan: with --studios that of its studio, and in
 * its language; loaded when it is first wanted and kept for the next plans, the
 * last SMP_PROTOCOLS_KEPT of them. If there is no translation, which is
 * reported once, it stays in its own language. NULL with an error if the
 * studio's file is missing or broken. It is good until the next plan asks.
 */
enum { SMP_PROTOCOLS_KEPT = 256 };

const struct smp_protocol *smp_tool_protocol_for(struct smp_tool *tool,
                                                 const struct smp_plan *plan,
                                                 struct smp_err *err);

/* As smp_tool_protocol_for(), but NULL if that would print a message. */
const struct smp_protocol *smp_tool_protocol_quiet(struct smp_tool *tool,
                                                   const struct smp_plan *plan);

/* Has plans that name no zone take the one of their studio. */
void smp_tool_ask_studios_for_zones(struct smp_tool *tool);

void smp_tool_free_protocols(struct smp_tool *tool);

#endif
