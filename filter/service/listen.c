/* Making and giving up the listening socket. */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/system.h"
#include "policy/socket_name.h"

static const int on = 1;

static const char *
system_reason(struct arena *arena, const char *what)
{
    return arena_printf(arena, "%s: %m", what);
}

/* What the system's words leave open, of an address and port. */
static const char *
bind_reason(struct arena *arena, int error)
{
    const char *meant = error == EADDRINUSE ? "; another program has this port: ss -tlnp names it"
                        : error == EADDRNOTAVAIL ? "; no interface of this machine has this address"
                        : error == EACCES        ? "; who isn't root has no port below 1024"
                                                 : "";

    return arena_printf(arena, "bind: %s%s", system_error(error), meant);
}

/* Non-blocking, since a worker of libmilter would sleep in accept() with a lock in its hand. */
static int
stream_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* TCP_NODELAY goes over to accepted connections: a change and the answer behind it are two writes,
 * of which the second would wait for the delayed acknowledgement of the first. */
static const char *
bind_inet(struct arena *arena, const struct addrinfo *at, int *descriptor_r)
{
    int descriptor = stream_socket(at->ai_family);

    *descriptor_r = descriptor;
    if (descriptor < 0)
        return system_reason(arena, "socket");
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
        return system_reason(arena, "setsockopt");
    if (bind(descriptor, at->ai_addr, at->ai_addrlen) < 0)
        return bind_reason(arena, errno);
    return NULL;
}

static const char *
open_inet(struct arena *arena, const struct socket_name *name, struct listening *listening_r)
{
    struct addrinfo hints = {.ai_family = name->kind == SOCKET_INET6 ? AF_INET6 : AF_INET,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE};
    const char *port = arena_string(arena, name->port);
    const char *host = name->host.len > 0 ? arena_string(arena, name->host) : NULL;
    struct addrinfo *found;
    const char *reason;
    int failure;

    failure = getaddrinfo(host, port, &hints, &found);
    if (failure != 0)
        return arena_printf(arena, "%s: %s", host ? host : port, gai_strerror(failure));
    reason = bind_inet(arena, found, &listening_r->descriptor);
    freeaddrinfo(found);
    return reason;
}

/* A socket file outlives the process that made it: it is taken away only when nobody serves it. */
static const char *
remove_stale(struct arena *arena, const struct sockaddr_un *at)
{
    struct stat status;
    int probe;
    bool served;

    if (lstat(at->sun_path, &status) < 0)
        return errno == ENOENT ? NULL : system_reason(arena, at->sun_path);
    if (!S_ISSOCK(status.st_mode))
        return arena_printf(arena, "%s is there, and is no socket", at->sun_path);
    probe = stream_socket(AF_UNIX);
    if (probe < 0)
        return system_reason(arena, "socket");
    served = connect(probe, (const void *)at, sizeof *at) == 0 || errno != ECONNREFUSED;
    close(probe);
    if (served)
        return arena_printf(arena, "%s: another process serves it", at->sun_path);
    return unlink(at->sun_path) < 0 ? system_reason(arena, at->sun_path) : NULL;
}

/* The lock file stays behind: taking it away would let two processes hold "the" lock. */
static const char *
take_lock(struct arena *arena, const char *path, int *lock_r)
{
    const char *name = arena_printf(arena, "%s.lock", path);

    *lock_r = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*lock_r < 0)
        return system_reason(arena, name);
    if (flock(*lock_r, LOCK_EX | LOCK_NB) < 0)
        return arena_printf(arena, "%s: another process holds it; is a postern running already?",
                            name);
    return NULL;
}

static bool
give_socket(const char *path, uid_t owner, const struct listen_access *may)
{
    return lchown(path, owner, may->group) == 0 || lchown(path, owner, may->otherwise) == 0;
}

/* Who may connect may enter; a socket that is made in it gets its group, whoever makes it. */
static mode_t
folder_mode(mode_t socket_mode)
{
    return S_ISGID | S_IRWXU | (socket_mode & S_IWGRP ? S_IRGRP | S_IXGRP : 0) |
           (socket_mode & S_IWOTH ? S_IROTH | S_IXOTH : 0);
}

static bool
set_mode(const char *folder, mode_t mode)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool set = descriptor >= 0 && fchmod(descriptor, mode) == 0;

    if (descriptor >= 0)
        close(descriptor);
    return set;
}

/* The folder where the socket will be, unless it is there. */
static const char *
make_folder(struct arena *arena, const char *path, const struct listen_access *may)
{
    size_t length = (size_t)(strrchr(path, '/') - path);
    const char *folder = arena_string(arena, (struct slice){path, length});
    mode_t mode = folder_mode(may->mode);

    if (length == 0 || access(folder, F_OK) == 0 || errno != ENOENT)
        return NULL;
    if (geteuid() != 0)
        return arena_printf(arena, "there is no folder %s; made by root: install -d %s -m %o %s",
                            folder, may->install, (unsigned)mode, folder);
    if (mkdir(folder, S_IRWXU) < 0 || !give_socket(folder, may->owner, may) ||
        !set_mode(folder, mode))
        return system_reason(arena, folder);
    return NULL;
}

/* With its mode from the start, and no link is followed: the folder may be that of the user who is
 * served as, and this is done by root. */
static const char *
bind_unix(struct arena *arena, const struct sockaddr_un *at, const struct listen_access *may,
          struct listening *listening_r)
{
    mode_t before;
    bool bound;

    listening_r->descriptor = stream_socket(AF_UNIX);
    if (listening_r->descriptor < 0)
        return system_reason(arena, "socket");
    before = umask(~may->mode & 0777);
    bound = bind(listening_r->descriptor, (const void *)at, sizeof *at) == 0;
    umask(before);
    if (!bound)
        return system_reason(arena, at->sun_path);
    listening_r->path = arena_string(arena, slice_of(at->sun_path));
    return give_socket(at->sun_path, (uid_t)-1, may) ? NULL : system_reason(arena, at->sun_path);
}

static const char *
open_unix(struct arena *arena, struct slice path, const struct listen_access *may,
          struct listening *listening_r)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *reason;

    memcpy(at.sun_path, path.at, path.len);
    reason = make_folder(arena, at.sun_path, may);
    if (reason == NULL)
        reason = take_lock(arena, at.sun_path, &listening_r->lock);
    if (reason == NULL)
        reason = remove_stale(arena, &at);
    return reason ? reason : bind_unix(arena, &at, may, listening_r);
}

static const char *
open_named(struct arena *arena, struct slice name, const struct listen_access *may,
           struct listening *listening_r)
{
    struct socket_name socket_name;
    const char *reason = socket_name_read(arena, name, &socket_name);

    if (reason)
        return reason;
    if (socket_name.kind == SOCKET_UNIX)
        return open_unix(arena, socket_name.path, may, listening_r);
    return open_inet(arena, &socket_name, listening_r);
}

bool
listen_open(struct arena *arena, const char *name, const struct listen_access *may,
            struct listening *listening_r, const char **reason_r)
{
    *listening_r = (struct listening){.descriptor = -1, .lock = -1, .name = name, .made = true};
    *reason_r = open_named(arena, slice_of(name), may, listening_r);
    if (*reason_r == NULL && listen(listening_r->descriptor, SOMAXCONN) < 0)
        *reason_r = system_reason(arena, "listen");
    if (*reason_r == NULL)
        return true;
    if (listening_r->path)
        unlink(listening_r->path);
    if (listening_r->descriptor >= 0)
        close(listening_r->descriptor);
    if (listening_r->lock >= 0)
        close(listening_r->lock);
    return false;
}

void
listen_close(struct listening *listening)
{
    if (listening->path)
        unlink(listening->path);
    close(listening->descriptor);
}

void
listen_end(const struct listening *listening)
{
    if (listening->made)
        shutdown(listening->descriptor, SHUT_RDWR);
}
