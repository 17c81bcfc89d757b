/* The sandbox of the process that serves: what it may still do once all is loaded. */
#ifndef POSTERN_FILTER_SERVICE_SANDBOX_H
#define POSTERN_FILTER_SERVICE_SANDBOX_H

#include "policy/policy.h"
#include "sandbox_report.h"

/* Shuts the process in for good, unless the policy says "set sandbox no". From now on it may read
 * the directories of tables, write to that of spools, answer MTAs and log; it may start threads,
 * but no program and no process, make no socket but the log's, and make no memory executable. What
 * is tried all the same fails, or ends the process by SIGSYS, with an error in the log and the
 * number of the system call in the report (which may be NULL).
 *
 * Before there are threads. What libraries would read from files when they are first used is read
 * now, and kept in the arena. What this kernel can't hold isn't held; tell: that is logged. */
void sandbox_close(struct arena *arena, const struct policy *policy, struct sandbox_report *report,
                   bool tell);

/* How a system call is called: "socket"; its number where that isn't known. */
const char *sandbox_syscall_name(struct arena *arena, int number);

#endif
