/* LISTEN_PID says whether LISTEN_FDS is meant for this process; its descriptors begin at 3. */
#include "handed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HANDED_FIRST = 3 };

/* How many; processes that are started later don't see that. */
static int64_t
handed_count(void)
{
    const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    int64_t meant = 0, handed = 0;

    if (process && count && slice_number(slice_of(process), &meant) && meant == getpid())
        slice_number(slice_of(count), &handed);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return handed;
}

static bool
handed_is_stream_that_listens(int descriptor)
{
    int type = 0, listens = 0;
    socklen_t size = sizeof type;

    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
           getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

static const char *
handed_inet_name(struct arena *arena, const struct sockaddr_storage *at)
{
    const struct sockaddr_in *in = (const void *)at;
    const struct sockaddr_in6 *in6 = (const void *)at;
    char text[INET6_ADDRSTRLEN] = "";

    if (at->ss_family == AF_INET)
        return arena_printf(arena, "inet:%u@%s", (unsigned)ntohs(in->sin_port),
                            inet_ntop(AF_INET, &in->sin_addr, text, sizeof text));
    return arena_printf(arena, "inet6:%u@%s", (unsigned)ntohs(in6->sin6_port),
                        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text));
}

/* As a policy would name it; NULL: it is of no family that MTAs reach. */
static const char *
handed_name(struct arena *arena, int descriptor)
{
    struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
    const struct sockaddr_un *un = (const void *)&at;
    socklen_t size = sizeof at;

    getsockname(descriptor, (void *)&at, &size);
    if (at.ss_family == AF_UNIX)
        return arena_printf(arena, "unix:%s", un->sun_path);
    return at.ss_family == AF_INET || at.ss_family == AF_INET6 ? handed_inet_name(arena, &at)
                                                               : NULL;
}

/* What a manager may have left as it likes. */
static bool
handed_prepare(int descriptor, const char *name)
{
    static const int on = 1;

    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 &&
           (strncmp(name, "inet", 4) != 0 ||
            setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

bool
handed_take(struct arena *arena, struct listening *listening_r, const char **reason_r)
{
    int64_t count = handed_count();
    const char *name;

    *reason_r = NULL;
    if (count == 0)
        return false;
    *listening_r = (struct listening){.descriptor = HANDED_FIRST, .lock = -1};
    name = handed_name(arena, HANDED_FIRST);
    if (count != 1)
        *reason_r =
            arena_printf(arena, "%lld are handed over, and one is served", (long long)count);
    else if (name == NULL || !handed_is_stream_that_listens(HANDED_FIRST))
        *reason_r = "what is handed over is no stream socket that listens";
    else if (!handed_prepare(HANDED_FIRST, name))
        *reason_r = arena_printf(arena, "%m");
    listening_r->name = name;
    return *reason_r == NULL;
}
