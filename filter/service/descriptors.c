/* RLIMIT_NOFILE. */
#include "descriptors.h"

#include <sys/resource.h>

/* What every system allows. */
enum { LEAST = 256 };

size_t
descriptors_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return LEAST;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (size_t)limit.rlim_cur : LEAST;
}
