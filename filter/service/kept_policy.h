/* The policy that was served last, kept as text in memory: its file may have got an error since, of
 * which a reload has told, when a generation dies and another has to take its place. */
#ifndef POSTERN_FILTER_SERVICE_KEPT_POLICY_H
#define POSTERN_FILTER_SERVICE_KEPT_POLICY_H

#include "policy/policy.h"

/* Memory to keep one in: a descriptor, or -1. */
int kept_policy_new(void);

void kept_policy_write(int kept, const struct policy *policy);

/* What this process has of it; the memory is there as long as another has it. */
void kept_policy_close(int *kept);

/* NULL: there is none, or it has an error by now, since files that it names are others. */
struct policy *kept_policy_load(int kept, const char *path, struct diagnostics *diagnostics);

#endif
