/* One session with the MTA: connection, greeting, TLS, login, and then command after command. */
#ifndef POSTERN_FILTER_THROUGH_SESSION_H
#define POSTERN_FILTER_THROUGH_SESSION_H

#include "mail/ehlo.h"
#include "options.h"

struct session_wish {
    const char *hello;
    bool tls, login;
};

struct through_session;

/* NULL, or why there is none: printable ASCII. It lives in the arena until it is ended. */
const char *session_begin(struct arena *arena, const struct through_options *options,
                          const struct session_wish *wish, struct through_session **session_r);

bool session_has_tls(const struct through_session *session);

/* MTAs wait before each reply to a client who has made many mistakes, and then hang up: whether the
 * next transaction had better have a session of its own. */
bool session_is_worn(const struct through_session *session);

/* A line without its end; the reply lives until the next. False: the connection is broken. */
bool session_say(struct through_session *session, const char *line, struct server_reply *reply_r);

/* The content of a message, and its end. */
bool session_send(struct through_session *session, struct slice text, struct server_reply *reply_r);

/* What is under way is forgotten, and the connection closed; unfinished: without a word, as behind
 * DATA a word would be content. NULL stays NULL. */
void session_end(struct through_session **session, bool unfinished);

/* Its first line, printable; code and text. */
const char *session_reply_text(struct arena *arena, const struct server_reply *reply);

#endif
