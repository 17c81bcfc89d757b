/* Counts up, from where chance has put this process: of all numbers there are so many that those of
 * two processes don't meet, and in one process none comes twice. */
#include "serial.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "policy/record.h"

static pthread_once_t serial_begun = PTHREAD_ONCE_INIT;
static uint64_t serial_first;
static _Atomic uint64_t serial_count;

/* A kernel without random numbers has the time, to the nanosecond, and who is asking. */
static void
serial_begin(void)
{
    struct timespec now;

    if (getrandom(&serial_first, sizeof serial_first, 0) == (ssize_t)sizeof serial_first)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    serial_first = ((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec) ^
                   (uint64_t)getpid() << 40;
}

uint64_t
serial_next(void *unused)
{
    (void)unused;
    pthread_once(&serial_begun, serial_begin);
    return (serial_first % IDS + atomic_fetch_add(&serial_count, 1)) % IDS;
}
