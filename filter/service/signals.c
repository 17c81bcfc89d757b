/* Handlers that note a signal and wake the main thread, which has them unblocked all the time: what
 * it didn't want just then, libmilter's own thread would get. */
#include "signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/system.h"

static const struct {
    int number;
    unsigned means;
} signals[] = {{SIGTERM, SIGNALS_END},
               {SIGINT, SIGNALS_END},
               {SIGHUP, SIGNALS_RELOAD},
               {SIGCHLD, SIGNALS_CHILD}};

enum { TAKEN = sizeof signals / sizeof signals[0] };

static atomic_uint seen;
static int bell = -1;

/* Safe in a handler. */
static void
signals_note(unsigned means)
{
    int before = errno;

    atomic_fetch_or(&seen, means);
    system_bell_ring(bell);
    errno = before;
}

static void
signals_handle(int number)
{
    for (size_t i = 0; i < TAKEN; i++)
        if (signals[i].number == number)
            signals_note(signals[i].means);
}

void
signals_wake(void)
{
    signals_note(SIGNALS_WOKEN);
}

/* SA_NODEFER: the main thread wants the next signal while it handles this one. */
bool
signals_take(void)
{
    struct sigaction action = {.sa_handler = signals_handle, .sa_flags = SA_RESTART | SA_NODEFER};

    if (bell >= 0)
        close(bell);
    bell = system_bell();
    if (bell < 0)
        return false;
    atomic_store(&seen, 0);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < TAKEN; i++)
        sigaction(signals[i].number, &action, NULL);
    return true;
}

struct start {
    void *(*run)(void *of);
    void *of;
    sem_t main_is_ready;
};

static void *
start_thread(void *of)
{
    struct start *start = of;
    void *(*run)(void *of) = start->run;
    void *run_of = start->of;

    while (sem_wait(&start->main_is_ready) != 0)
        continue;
    return run(run_of);
}

/* The thread waits until the main thread wants signals again. */
bool
signals_start_thread(void *(*run)(void *of), void *of)
{
    static struct start start;
    pthread_t thread;
    sigset_t blocked, before;
    bool started;

    start = (struct start){.run = run, .of = of};
    sem_init(&start.main_is_ready, 0, 0);
    sigemptyset(&blocked);
    for (size_t i = 0; i < TAKEN; i++)
        sigaddset(&blocked, signals[i].number);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    started = pthread_create(&thread, NULL, start_thread, &start) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sem_post(&start.main_is_ready);
    return started;
}

/* A thread that waits for a signal is shown as not blocking it. */
static bool
task_waits(int tasks, const char *task)
{
    char path[64], text[4096] = "";
    const char *blocked;
    int file;

    snprintf(path, sizeof path, "%s/status", task);
    file = openat(tasks, path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    if (read(file, text, sizeof text - 1) < 0)
        text[0] = '\0';
    close(file);
    blocked = strstr(text, "\nSigBlk:");
    return blocked && !(strtoull(blocked + strlen("\nSigBlk:"), NULL, 16) >> (SIGTERM - 1) & 1);
}

bool
signals_have_rival(void)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *task;
    char own[16];
    bool waits = tasks == NULL;

    snprintf(own, sizeof own, "%d", (int)getpid());
    while (tasks && !waits && (task = readdir(tasks)) != NULL)
        waits = task->d_name[0] != '.' && strcmp(task->d_name, own) != 0 &&
                task_waits(dirfd(tasks), task->d_name);
    if (tasks)
        closedir(tasks);
    return waits;
}

unsigned
signals_wait(const struct pollfd *also, size_t count, int64_t timeout_ms)
{
    struct pollfd waiting[1 + SIGNALS_ALSO] = {{.fd = bell, .events = POLLIN}};

    if (count > 0)
        memcpy(waiting + 1, also, count * sizeof *also);
    if (atomic_load(&seen) == 0)
        poll(waiting, 1 + count, (int)timeout_ms);
    system_bell_mute(bell);
    return atomic_exchange(&seen, 0);
}
