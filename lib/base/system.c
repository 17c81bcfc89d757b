/* Linux, and the C libraries of GNU and of musl. */
#include "base/system.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

static pthread_once_t english_once = PTHREAD_ONCE_INIT;
static locale_t english;

static void
system_make_english(void)
{
    english = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* strerror() isn't for threads, and each library has another strerror_r(). */
const char *
system_error(int error)
{
    pthread_once(&english_once, system_make_english);
    return english ? strerror_l(error, english) : "an error without a name";
}

int
system_bell(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/* It fails where the bell has been rung so often that it is readable for long. */
void
system_bell_ring(int bell)
{
    eventfd_write(bell, 1);
}

void
system_bell_mute(int bell)
{
    eventfd_t rung;

    eventfd_read(bell, &rung);
}

void
system_bell_wait(int bell)
{
    struct pollfd waiting = {.fd = bell, .events = POLLIN};

    while (poll(&waiting, 1, -1) <= 0)
        continue;
}

int
system_memory_file(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

bool
system_memory_seal(int file)
{
    return fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0;
}

const char *
system_memory_path(int file, char path[SYSTEM_PATH])
{
    snprintf(path, SYSTEM_PATH, "/proc/self/fd/%d", file);
    return path;
}

int
system_nameless_file(const char *folder)
{
    return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int64_t
system_send_file(int to, int file, int64_t *at, size_t most)
{
    off_t from = *at;
    ssize_t sent = sendfile(to, file, &from, most);

    *at = from;
    return sent;
}

int
system_poll(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static bool
system_poll_control(int poll, int operation, int descriptor, unsigned events, void *of)
{
    struct epoll_event event = {.events = events, .data.ptr = of};

    return epoll_ctl(poll, operation, descriptor, &event) == 0;
}

static unsigned
system_poll_once(enum system_wanted wanted)
{
    return (wanted == SYSTEM_READABLE ? EPOLLIN : EPOLLOUT) | EPOLLONESHOT;
}

bool
system_poll_add(int poll, int descriptor, enum system_wanted wanted, void *of)
{
    return system_poll_control(poll, EPOLL_CTL_ADD, descriptor, system_poll_once(wanted), of);
}

bool
system_poll_again(int poll, int descriptor, enum system_wanted wanted, void *of)
{
    return system_poll_control(poll, EPOLL_CTL_MOD, descriptor, system_poll_once(wanted), of);
}

bool
system_poll_always(int poll, int descriptor, void *of)
{
    return system_poll_control(poll, EPOLL_CTL_ADD, descriptor, EPOLLIN, of);
}

void
system_poll_drop(int poll, int descriptor)
{
    epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, NULL);
}

int
system_poll_wait(int poll, int most_ms, void **of_r)
{
    struct epoll_event event;
    int count = epoll_wait(poll, &event, 1, most_ms);

    if (count > 0)
        *of_r = event.data.ptr;
    return count;
}

/* musl's malloc() has nothing to tune: it keeps little, and has one arena. */
void
system_malloc_tune(int arenas, int own_above, int trim_above)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_MMAP_THRESHOLD, own_above);
    mallopt(M_TRIM_THRESHOLD, trim_above);
#else
    (void)arenas;
    (void)own_above;
    (void)trim_above;
#endif
}

size_t
system_malloc_size(const void *block)
{
    return malloc_usable_size((void *)(uintptr_t)block);
}
