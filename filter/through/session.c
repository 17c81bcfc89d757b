/* Speaks SMTP with the MTA as a client of its own users would. */
#include "session.h"

#include "base/log.h"
#include "login.h"
#include "next_hop/smtp_talk.h"

/* PATIENCE_MS: for one reply; MTAs wait before some of them (RFC 5321 section 4.5.3.2). */
enum { PATIENCE_MS = 60 * 1000, CONTENT_MS = 300 * 1000, MOST_SHOWN = 300, MOST_REFUSALS = 6 };

struct through_session {
    struct arena *arena;
    struct smtp_talk *talk;
    struct ehlo offers;
    bool has_tls;
    unsigned refusals;
};

bool
session_has_tls(const struct through_session *session)
{
    return session->has_tls;
}

bool
session_is_worn(const struct through_session *session)
{
    return session->refusals >= MOST_REFUSALS;
}

static bool
session_hear(struct through_session *session, struct server_reply *reply_r)
{
    if (!smtp_talk_hear(session->talk))
        return false;
    *reply_r = *smtp_talk_reply(session->talk);
    session->refusals += reply_r->code >= 400;
    return true;
}

bool
session_say(struct through_session *session, const char *line, struct server_reply *reply_r)
{
    const char *whole = arena_printf(session->arena, "%s\r\n", line);

    smtp_talk_set_end(session->talk, PATIENCE_MS);
    return smtp_talk_say(session->talk, slice_of(whole)) && session_hear(session, reply_r);
}

/* RFC 5321 section 4.5.2: a line that begins with a dot gets another. */
bool
session_send(struct through_session *session, struct slice text, struct server_reply *reply_r)
{
    struct buffer *content = ARENA_NEW(session->arena, struct buffer);

    buffer_init(content, session->arena, SIZE_MAX);
    while (text.len > 0) {
        struct slice line = slice_first(text, slice_find(text, '\n') + 1);

        if (line.at[0] == '.')
            buffer_octet(content, '.');
        buffer_add(content, line);
        if (line.at[line.len - 1] != '\n')
            buffer_text(content, "\r\n");
        text = slice_from(text, line.len);
    }
    buffer_text(content, ".\r\n");
    smtp_talk_set_end(session->talk, CONTENT_MS);
    return smtp_talk_say(session->talk, buffer_slice(content)) && session_hear(session, reply_r);
}

void
session_end(struct through_session **session, bool unfinished)
{
    struct smtp_talk *talk = *session ? (*session)->talk : NULL;
    struct server_reply reply;

    if (talk && !unfinished && session_say(*session, "RSET", &reply))
        smtp_talk_quit(&talk);
    else if (talk)
        smtp_talk_drop(&talk);
    *session = NULL;
}

const char *
session_reply_text(struct arena *arena, const struct server_reply *reply)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    struct slice line = slice_first(reply->text, slice_find(reply->text, '\n'));

    buffer_init(text, arena, SIZE_MAX);
    log_escape(text, slice_first(slice_trim(line), MOST_SHOWN));
    return buffer_slice(text).at;
}

static const char *
start_tls(struct through_session *session, const struct through_options *options,
          const struct session_wish *wish)
{
    bool wanted = options->tls == THROUGH_TLS_ALWAYS ||
                  (options->tls == THROUGH_TLS_WANTED && (wish->tls || wish->login));

    if (!wanted ||
        (options->tls == THROUGH_TLS_WANTED && !wish->login && !session->offers.starttls))
        return NULL;
    if (!session->offers.starttls)
        return wish->login ? "offers no STARTTLS, without which no password is sent (--plain)"
                           : "offers no STARTTLS";
    if (!smtp_talk_start_tls(session->talk) ||
        !smtp_talk_hello(session->talk, wish->hello, &session->offers))
        return smtp_talk_reason(session->talk);
    session->has_tls = true;
    return NULL;
}

static const char *
log_in(struct through_session *session, const struct through_options *options)
{
    const char *initial = session->offers.auth_plain ? login_plain(session->arena, options) : NULL;
    struct server_reply reply = {0};
    bool said;

    if (initial) {
        said = session_say(session, arena_printf(session->arena, "AUTH PLAIN %s", initial), &reply);
    } else if (session->offers.auth_login) {
        said =
            session_say(session, "AUTH LOGIN", &reply) && reply.code == 334 &&
            session_say(session, login_base64(session->arena, slice_of(options->user)), &reply) &&
            reply.code == 334 &&
            session_say(session, login_base64(session->arena, options->password), &reply);
    } else {
        return "offers neither AUTH PLAIN nor AUTH LOGIN";
    }
    if (said && reply.code == 235)
        return NULL;
    return reply.code == 0
               ? smtp_talk_reason(session->talk)
               : arena_printf(session->arena, "answered the login of %s with \"%s\"", options->user,
                              session_reply_text(session->arena, &reply));
}

static const char *
session_greet(struct through_session *session, const struct through_options *options,
              const struct session_wish *wish)
{
    const char *reason;

    session->has_tls = options->tls == THROUGH_TLS_AT_ONCE;
    if ((session->has_tls && !smtp_talk_secure(session->talk)) ||
        !smtp_talk_expect(session->talk, 220, "greeted with") ||
        !smtp_talk_hello(session->talk, wish->hello, &session->offers))
        return smtp_talk_reason(session->talk);
    reason = session->has_tls ? NULL : start_tls(session, options, wish);
    return reason == NULL && wish->login ? log_in(session, options) : reason;
}

const char *
session_begin(struct arena *arena, const struct through_options *options,
              const struct session_wish *wish, struct through_session **session_r)
{
    struct through_session *session = ARENA_NEW(arena, struct through_session);
    const char *reason;

    session->arena = arena;
    *session_r = NULL;
    reason = smtp_talk_open(arena, options->host, options->port, PATIENCE_MS, &session->talk);
    if (reason)
        return reason;
    reason = session_greet(session, options, wish);
    if (reason)
        smtp_talk_quit(&session->talk);
    else
        *session_r = session;
    return reason;
}
