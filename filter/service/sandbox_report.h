/* What the sandbox of a process says of its end, in memory that outlives it. */
#ifndef POSTERN_FILTER_SERVICE_SANDBOX_REPORT_H
#define POSTERN_FILTER_SERVICE_SANDBOX_REPORT_H

#include <stdatomic.h>

struct sandbox_report {
    _Atomic int syscall; /* the number of a system call that it was ended for, or 0 */
};

#endif
