/* To be loaded before a program: its monotonic clock is as many seconds ahead as a file says, whose
 * name is in LATER. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *seconds;

__attribute__((constructor)) static void
later_open(void)
{
    int file = open(getenv("LATER"), O_RDONLY | O_CLOEXEC);

    seconds = mmap(NULL, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
    if (seconds == MAP_FAILED)
        abort();
    close(file);
}

int
clock_gettime(clockid_t clock, struct timespec *at)
{
    int result = (int)syscall(SYS_clock_gettime, clock, at);

    if (clock == CLOCK_MONOTONIC && seconds)
        at->tv_sec += *seconds;
    return result;
}
