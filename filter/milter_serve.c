/* The engine libmilter as the process sees it: how libmilter comes to listen on a socket that it
 * didn't make, and to accept nobody any more, neither of which it can do. */
#include "milter.h"

#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/system.h"
#include "milter_inside.h"
#include "service/descriptors.h"
#include "service/signals.h"

/* Looked through for libmilter's socket, which is one of the first that are opened. */
enum { FIRST_DESCRIPTORS = 256 };

static int milter_listening = -1; /* the descriptor that libmilter accepts on */
static int milter_nowhere = -1;   /* what stands there after a stop, and is never ready */

static bool
milter_listen(const char *name)
{
    return smfi_setconn((char *)name) == MI_SUCCESS && smfi_opensocket(false) == MI_SUCCESS;
}

static bool
is_listening(int descriptor)
{
    int listens = 0;
    socklen_t size = sizeof listens;

    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

/* In a folder that is there for a moment. */
static bool
milter_listen_unix(void)
{
    char folder[] = P_tmpdir "/postern-XXXXXX", name[sizeof folder + sizeof "unix:/s"];
    bool listens;

    if (mkdtemp(folder) == NULL)
        return false;
    snprintf(name, sizeof name, "unix:%s/s", folder);
    listens = milter_listen(name);
    unlink(name + strlen("unix:"));
    rmdir(folder);
    return listens;
}

/* libmilter minds the family of its socket. */
static bool
milter_listen_alike(int listening)
{
    struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof at;

    getsockname(listening, (void *)&at, &size);
    switch (at.ss_family) {
    case AF_INET:
        return milter_listen("inet:0@127.0.0.1");
    case AF_INET6:
        return milter_listen("inet6:0@::1");
    default:
        return milter_listen_unix();
    }
}

/* A libmilter that takes no descriptor makes a socket of its own, in whose place ours is put.
 * Returns that descriptor, or -1. */
static int
milter_listen_in_place(int listening)
{
    if (!milter_listen_alike(listening))
        return -1;
    for (int descriptor = 0; descriptor < FIRST_DESCRIPTORS; descriptor++)
        if (descriptor != listening && is_listening(descriptor))
            return dup2(listening, descriptor);
    return -1;
}

static int
milter_listen_on(int listening)
{
    char name[sizeof "fd:2147483647"];
    int copy = fcntl(listening, F_DUPFD_CLOEXEC, 0);

    if (copy < 0)
        return -1;
    snprintf(name, sizeof name, "fd:%d", copy);
    if (milter_listen(name))
        return copy;
    close(copy);
    return milter_listen_in_place(listening);
}

static const char *
milter_take(const struct engine_needs *needs)
{
    if (!milter_register(needs))
        return "libmilter can't be set up";
    milter_listening = milter_listen_on(needs->listening);
    if (milter_listening < 0)
        return "libmilter doesn't take the socket";
    milter_nowhere = system_bell();
    return milter_nowhere < 0 ? "no descriptor is left for a stop" : NULL;
}

static size_t
milter_most_sessions(size_t descriptors)
{
    size_t kept = DESCRIPTORS_KEPT + descriptors / 4;

    return descriptors > kept ? descriptors - kept : 1;
}

static bool
milter_serve(void)
{
    return smfi_main() == MI_SUCCESS;
}

/* smfi_stop() would cut off every open session. libmilter waits on the old socket for up to five
 * seconds more, and where a connection comes in that time, it fails to accept it once. */
static void
milter_stop_accepting(void)
{
    dup2(milter_nowhere, milter_listening);
}

/* smfi_stop() would wait for up to five seconds; with the process all of it ends. */
static void
milter_end(void)
{
}

const struct engine engine_libmilter = {
    .name = "libmilter",
    .most_sessions = milter_most_sessions,
    .take = milter_take,
    .serve = milter_serve,
    .is_serving = signals_have_rival,
    .stop_accepting = milter_stop_accepting,
    .sessions = milter_sessions,
    .end = milter_end,
};
