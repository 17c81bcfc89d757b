/* A policy for fuzz targets that read whole sessions. */
#ifndef POSTERN_TESTS_TIGHT_POLICY_H
#define POSTERN_TESTS_TIGHT_POLICY_H

#include "policy/policy.h"

/* Every fact, with its parts as every_fact_write() has it of this depth, every action, and limits
 * small enough to be met. settings: more of them, as text. Aborts where that is no policy. */
struct policy *tight_policy_load(const char *settings, unsigned depth);

#endif
