/* accept(), close() and sigwait() as libmilter finds them: a shared library's calls go to the
 * program's own functions of these names. Every accepted descriptor is marked until it is closed.
 */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Left for tables, spools, the log, and libmilter's own. */
enum { RESERVED = 64 };

static atomic_bool shut;
static atomic_size_t most = SIZE_MAX;
static atomic_size_t inside;
static atomic_size_t total;
static atomic_bool entered[GATE_DESCRIPTORS];

/* <sys/socket.h> declares this with a type of its own for the address. */
struct sockaddr;
int accept(int listening, struct sockaddr *address, unsigned *length);

/* Counted before it is accepted, so that whoever shuts the gate and then counts misses nobody. */
static bool
may_enter(void)
{
    if (atomic_fetch_add(&inside, 1) < most && !shut)
        return true;
    atomic_fetch_sub(&inside, 1);
    return false;
}

/* libmilter asks again at once while a connection waits. */
static void
nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
}

int
accept(int listening, struct sockaddr *address, unsigned *length)
{
    long descriptor;

    if (!may_enter()) {
        nap();
        errno = EAGAIN;
        return -1;
    }
    descriptor = syscall(SYS_accept4, listening, address, length, O_CLOEXEC);
    if (descriptor < 0 || descriptor >= GATE_DESCRIPTORS) {
        atomic_fetch_sub(&inside, 1);
        return (int)descriptor;
    }
    atomic_fetch_add(&total, 1);
    entered[descriptor] = true;
    return (int)descriptor;
}

/* Unmarked before it is closed, since the number may be given out again at once. */
int
close(int descriptor)
{
    bool was_inside = descriptor >= 0 && descriptor < GATE_DESCRIPTORS &&
                      atomic_exchange(&entered[descriptor], false);
    int result = (int)syscall(SYS_close, descriptor);

    if (was_inside)
        atomic_fetch_sub(&inside, 1);
    return result;
}

/* libmilter keeps a thread that takes SIGTERM, SIGINT and SIGHUP for a hard stop. Nothing reaches
 * it here; our own code waits with sigtimedwait(). */
int
sigwait(const sigset_t *set, int *signal_number)
{
    (void)set, (void)signal_number;
    for (;;)
        pause();
}

size_t
gate_limit_descriptors(void)
{
    struct rlimit limit = {.rlim_cur = 1024, .rlim_max = 1024};

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < GATE_DESCRIPTORS ? limit.rlim_max : GATE_DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    most = limit.rlim_cur > 2 * RESERVED ? limit.rlim_cur - RESERVED : limit.rlim_cur / 2;
    return most;
}

void
gate_shut(void)
{
    shut = true;
}

size_t
gate_count(void)
{
    return inside;
}

size_t
gate_total(void)
{
    return total;
}
