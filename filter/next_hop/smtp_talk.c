/* One connection to a server, who may be anybody: what he says is bounded by lib/mail, and when he
 * says it by one end for everything. */
#include "smtp_talk.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/system.h"
#include "own_name.h"
#include "resolve.h"
#include "tls.h"

enum { SHOWN_REPLY = 200, QUIT_MILLISECONDS = 1000 };

struct smtp_talk {
    struct arena *arena;
    int64_t end; /* by clock_ms() */
    int socket;
    struct tls *tls; /* NULL: in plain text */
    bool broken;     /* nothing more can be said */
    const char *reason;
    struct server_reply reply; /* the last one; its text is the beginning of `received` */
    char received[SERVER_REPLY_MAX];
    size_t length;
};

static bool
talk_fail(struct smtp_talk *talk, const char *reason)
{
    talk->broken = true;
    talk->reason = reason;
    return false;
}

static bool
fail_by_system(struct smtp_talk *talk, const char *what, int error)
{
    return talk_fail(talk, arena_printf(talk->arena, "%s: %s", what, system_error(error)));
}

static bool
talk_wait_for(struct smtp_talk *talk, short events)
{
    struct pollfd one = {talk->socket, events, 0};
    int64_t left = talk->end - clock_ms();
    int ready = left > 0 ? poll(&one, 1, (int)left) : 0;

    if (ready == 0)
        return talk_fail(talk, "did not answer in time");
    if (ready < 0 && errno != EINTR)
        return fail_by_system(talk, "poll", errno);
    return true;
}

/* True: what came out like this is worth another try. */
static bool
go_on(struct smtp_talk *talk, enum tls_result result)
{
    int error = errno;

    switch (result) {
    case TLS_WANTS_READ:
        return talk_wait_for(talk, POLLIN);
    case TLS_WANTS_WRITE:
        return talk_wait_for(talk, POLLOUT);
    case TLS_CLOSED:
        return talk_fail(talk, "closed the connection");
    case TLS_FAILED:
        if (talk->tls)
            return talk_fail(talk, arena_printf(talk->arena, "TLS: %s", tls_reason(talk->tls)));
        return fail_by_system(talk, "the connection broke", error);
    case TLS_DONE:
        break;
    }
    return true;
}

static enum tls_result
result_of_count(ssize_t count, enum tls_result wait, size_t *count_r)
{
    *count_r = count > 0 ? (size_t)count : 0;
    if (count > 0)
        return TLS_DONE;
    if (count == 0)
        return TLS_CLOSED;
    return errno == EAGAIN || errno == EINTR ? wait : TLS_FAILED;
}

static enum tls_result
talk_take(struct smtp_talk *talk, char *at, size_t room, size_t *count_r)
{
    if (talk->tls)
        return tls_read(talk->tls, at, room, count_r);
    return result_of_count(recv(talk->socket, at, room, 0), TLS_WANTS_READ, count_r);
}

static enum tls_result
talk_give(struct smtp_talk *talk, struct slice octets, size_t *count_r)
{
    if (talk->tls)
        return tls_write(talk->tls, octets, count_r);
    return result_of_count(send(talk->socket, octets.at, octets.len, MSG_NOSIGNAL), TLS_WANTS_WRITE,
                           count_r);
}

static bool
receive(struct smtp_talk *talk)
{
    enum tls_result result;
    size_t count;

    do {
        result = talk_take(talk, talk->received + talk->length,
                           sizeof talk->received - talk->length, &count);
        if (result == TLS_DONE) {
            talk->length += count;
            return true;
        }
    } while (go_on(talk, result));
    return false;
}

static void
forget_reply(struct smtp_talk *talk)
{
    size_t used = talk->reply.text.len;

    talk->length -= used;
    memmove(talk->received, talk->received + used, talk->length);
    talk->reply = (struct server_reply){0};
}

bool
smtp_talk_hear(struct smtp_talk *talk)
{
    enum server_reply_state state;

    forget_reply(talk);
    do {
        state = ehlo_reply_read((struct slice){talk->received, talk->length}, &talk->reply);
    } while (state == SERVER_REPLY_PARTIAL && receive(talk));
    if (state == SERVER_REPLY_WHOLE)
        return true;
    return talk->broken ? false : talk_fail(talk, ehlo_state_text(state));
}

/* Who says more than he was asked is out of step: one reply would be taken for another. */
static bool
talk_is_in_step(struct smtp_talk *talk)
{
    return talk->length == talk->reply.text.len || talk_fail(talk, "said more than it was asked");
}

bool
smtp_talk_say(struct smtp_talk *talk, struct slice octets)
{
    struct slice rest = octets;

    if (!talk_is_in_step(talk))
        return false;
    while (rest.len > 0) {
        size_t count = 0;
        enum tls_result result = talk_give(talk, rest, &count);

        if (result == TLS_DONE)
            rest = slice_from(rest, count);
        else if (!go_on(talk, result))
            return false;
    }
    return true;
}

/* answered: "greeted with" and the like. */
bool
smtp_talk_expect(struct smtp_talk *talk, int code, const char *answered)
{
    struct buffer *text;
    struct slice line;

    if (!smtp_talk_hear(talk))
        return false;
    if (talk->reply.code == code)
        return true;
    text = ARENA_NEW(talk->arena, struct buffer);
    buffer_init(text, talk->arena, SIZE_MAX);
    line = slice_first(talk->reply.text, slice_find(talk->reply.text, '\n'));
    log_escape(text, slice_first(slice_trim(line), SHOWN_REPLY));
    talk->reason = arena_printf(talk->arena, "%s \"%s\"", answered, buffer_slice(text).at);
    return false;
}

bool
smtp_talk_hello(struct smtp_talk *talk, const char *hello, struct ehlo *offers_r)
{
    if (!smtp_talk_say(talk, slice_of(arena_printf(talk->arena, "EHLO %s\r\n", hello))) ||
        !smtp_talk_expect(talk, 250, "answered EHLO with") || !talk_is_in_step(talk))
        return false;
    *offers_r = ehlo_read(talk->reply.text);
    return true;
}

bool
smtp_talk_secure(struct smtp_talk *talk)
{
    struct tls *tls;
    enum tls_result result;

    if (!tls_is_there()) {
        talk->reason = "this program was built without OpenSSL";
        return false;
    }
    tls = tls_begin(talk->arena, talk->socket);
    if (tls == NULL)
        return talk_fail(talk, "OpenSSL can't be used");
    talk->tls = tls;
    do
        result = tls_handshake(tls);
    while (result != TLS_DONE && go_on(talk, result));
    return result == TLS_DONE;
}

/* What came in plain text behind the answer to STARTTLS may be another's (RFC 3207 section 4.2). */
bool
smtp_talk_start_tls(struct smtp_talk *talk)
{
    if (!tls_is_there()) {
        talk->reason = "this program was built without OpenSSL";
        return false;
    }
    return smtp_talk_say(talk, SLICE("STARTTLS\r\n")) &&
           smtp_talk_expect(talk, 220, "answered STARTTLS with") && talk_is_in_step(talk) &&
           smtp_talk_secure(talk);
}

void
smtp_talk_drop(struct smtp_talk **dropped)
{
    struct smtp_talk *talk = *dropped;

    if (talk->tls)
        tls_end(&talk->tls);
    close(talk->socket);
    *dropped = NULL;
}

/* RFC 5321 section 4.1.1.10: the reply is waited for, but not for long. */
void
smtp_talk_quit(struct smtp_talk **quitted)
{
    struct smtp_talk *talk = *quitted;
    int64_t soon = clock_ms() + QUIT_MILLISECONDS;

    talk->end = soon < talk->end ? soon : talk->end;
    if (!talk->broken && talk->reply.code != 421 && smtp_talk_say(talk, SLICE("QUIT\r\n")))
        smtp_talk_hear(talk);
    smtp_talk_drop(quitted);
}

static bool
finish_connect(struct smtp_talk *talk)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (!talk_wait_for(talk, POLLOUT))
        return false;
    getsockopt(talk->socket, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 || fail_by_system(talk, "can't be reached", error);
}

static bool
connect_to(struct smtp_talk *talk, const struct addrinfo *at)
{
    talk->broken = false;
    talk->socket = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (talk->socket < 0)
        return fail_by_system(talk, "socket", errno);
    if (connect(talk->socket, at->ai_addr, at->ai_addrlen) == 0)
        return true;
    if (errno == EINPROGRESS ? finish_connect(talk)
                             : fail_by_system(talk, "can't be reached", errno))
        return true;
    close(talk->socket);
    return false;
}

/* Each address may take its share of the time that is left, so that a silent one hides no other. */
static bool
connect_to_any(struct smtp_talk *talk, const struct addrinfo *found)
{
    int64_t end = talk->end;
    bool connected = false;
    int count = 0;

    for (const struct addrinfo *at = found; at; at = at->ai_next)
        count++;
    for (const struct addrinfo *at = found; at && !connected; at = at->ai_next) {
        int64_t now = clock_ms();

        talk->end = now + (end - now) / count--;
        connected = connect_to(talk, at);
    }
    talk->end = end;
    return connected;
}

const char *
smtp_talk_open(struct arena *arena, const char *host, const char *port, int64_t milliseconds,
               struct smtp_talk **talk_r)
{
    struct smtp_talk *talk = ARENA_NEW(arena, struct smtp_talk);
    struct addrinfo *found = NULL;
    const char *reason;

    talk->arena = arena;
    smtp_talk_set_end(talk, milliseconds);
    reason = resolve_host(host, port, talk->end, &found);
    if (reason)
        return reason;
    if (!connect_to_any(talk, found))
        reason = talk->reason;
    freeaddrinfo(found);
    *talk_r = reason ? NULL : talk;
    return reason;
}

void
smtp_talk_set_end(struct smtp_talk *talk, int64_t milliseconds)
{
    talk->end = clock_ms() + milliseconds;
}

const char *
smtp_talk_own_name(struct smtp_talk *talk)
{
    return own_name(talk->arena, talk->socket);
}

const struct server_reply *
smtp_talk_reply(const struct smtp_talk *talk)
{
    return &talk->reply;
}

const char *
smtp_talk_reason(const struct smtp_talk *talk)
{
    return talk->reason;
}
