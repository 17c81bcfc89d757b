/* One request over one connection, whose end is the end of the answer. */
#include "status_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "policy/socket_name.h"

enum { PATIENCE_MS = 10 * 1000, MOST_ANSWER = 64 << 20 };

const char status_client_forbidden[] =
    "the milter tells that to root and the user who serves alone, and only by a unix status-socket";

struct status_talk {
    struct arena *arena;
    int descriptor;
    int64_t end_ms;
    const char *reason;
};

static bool
talk_fails_with(struct status_talk *talk, const char *what)
{
    talk->reason = arena_printf(talk->arena, "%s: %m", what);
    return false;
}

static socklen_t
inet_address(struct arena *arena, const struct socket_name *name, struct sockaddr_storage *at_r)
{
    struct sockaddr_in *in = (void *)at_r;
    struct sockaddr_in6 *in6 = (void *)at_r;
    const char *host = arena_string(arena, name->host);
    int64_t port = 0;

    slice_number(name->port, &port);
    if (name->kind == SOCKET_INET) {
        *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        inet_pton(AF_INET, host, &in->sin_addr);
        return sizeof *in;
    }
    *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    inet_pton(AF_INET6, host, &in6->sin6_addr);
    return sizeof *in6;
}

static socklen_t
status_address(struct arena *arena, const struct socket_name *name, struct sockaddr_storage *at_r)
{
    struct sockaddr_un *un = (void *)at_r;

    *at_r = (struct sockaddr_storage){0};
    if (name->kind != SOCKET_UNIX)
        return inet_address(arena, name, at_r);
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, name->path.at, name->path.len);
    return sizeof *un;
}

static bool
talk_begin(struct status_talk *talk, const char *socket_text)
{
    struct socket_name name;
    struct sockaddr_storage at;
    socklen_t size;

    talk->reason = socket_name_read(talk->arena, slice_of(socket_text), &name);
    if (talk->reason)
        return false;
    size = status_address(talk->arena, &name, &at);
    talk->descriptor = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (talk->descriptor < 0)
        return talk_fails_with(talk, "socket");
    if (connect(talk->descriptor, (const void *)&at, size) < 0)
        return talk_fails_with(talk, socket_text);
    return true;
}

static bool
talk_say(struct status_talk *talk, const char *path)
{
    const char *request = arena_printf(
        talk->arena, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    size_t len = strlen(request);

    if (send(talk->descriptor, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        return talk_fails_with(talk, "send");
    return true;
}

static bool
talk_wait(struct status_talk *talk)
{
    struct pollfd one = {talk->descriptor, POLLIN, 0};
    int64_t left_ms = talk->end_ms - clock_ms();

    if (left_ms > 0 && poll(&one, 1, (int)left_ms) > 0)
        return true;
    talk->reason = "the milter doesn't answer in time";
    return false;
}

static bool
talk_hear(struct status_talk *talk, struct buffer *heard)
{
    char piece[65536];
    ssize_t got;

    do {
        if (!talk_wait(talk))
            return false;
        got = recv(talk->descriptor, piece, sizeof piece, 0);
        if (got < 0)
            return talk_fails_with(talk, "recv");
        buffer_add(heard, (struct slice){piece, (size_t)got});
    } while (got > 0 && !heard->over);
    return true;
}

/* What stands behind the head, if that says that all is well. */
static bool
answer_read(struct slice heard, struct slice *answer_r)
{
    const char *end = memmem(heard.at, heard.len, "\r\n\r\n", 4);

    if (end == NULL || !slice_equal(slice_first(heard, 12), SLICE("HTTP/1.1 200")))
        return false;
    *answer_r = slice_from(heard, (size_t)(end - heard.at) + 4);
    return true;
}

bool
status_client_ask(struct arena *arena, const char *socket, const char *path, struct slice *answer_r,
                  const char **reason_r)
{
    struct status_talk talk = {
        .arena = arena, .descriptor = -1, .end_ms = clock_ms() + PATIENCE_MS};
    struct buffer *heard = ARENA_NEW(arena, struct buffer);
    bool is_heard;

    buffer_init(heard, arena, MOST_ANSWER);
    is_heard = talk_begin(&talk, socket) && talk_say(&talk, path) && talk_hear(&talk, heard);
    if (talk.descriptor >= 0)
        close(talk.descriptor);
    *reason_r = talk.reason;
    if (is_heard && answer_read(buffer_slice(heard), answer_r))
        return true;
    if (is_heard && slice_equal(slice_first(buffer_slice(heard), 12), SLICE("HTTP/1.1 403")))
        *reason_r = status_client_forbidden;
    else if (is_heard)
        *reason_r = "what answers there is no milter of ours";
    return false;
}
