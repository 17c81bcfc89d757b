/* What an SMTP client says and hears on one connection, within a bounded time. False: what is heard
 * isn't what was expected, or the connection is broken; the reason is printable ASCII, and goes on
 * behind the server's name. SIGPIPE must be ignored. */
#ifndef POSTERN_FILTER_SMTP_TALK_H
#define POSTERN_FILTER_SMTP_TALK_H

#include "base/arena.h"
#include "mail/ehlo.h"

struct smtp_talk;

/* The first of several addresses that answers at all; the talk lives in the arena. NULL, or why
 * there is none. milliseconds: for all that follows, unless another end is set. */
const char *smtp_talk_open(struct arena *arena, const char *host, const char *port,
                           int64_t milliseconds, struct smtp_talk **talk_r);
void smtp_talk_set_end(struct smtp_talk *talk, int64_t milliseconds);

/* The argument of EHLO for who gives no other. */
const char *smtp_talk_own_name(struct smtp_talk *talk);

/* Octets, line ends too. */
bool smtp_talk_say(struct smtp_talk *talk, struct slice octets);

/* The next reply, whatever it says; valid until the next. */
bool smtp_talk_hear(struct smtp_talk *talk);
const struct server_reply *smtp_talk_reply(const struct smtp_talk *talk);

/* The next reply, with this code. answered: "greeted with" and the like, for the reason. */
bool smtp_talk_expect(struct smtp_talk *talk, int code, const char *answered);
bool smtp_talk_hello(struct smtp_talk *talk, const char *hello, struct ehlo *offers_r);

/* STARTTLS, and what is agreed on behind it; or that alone, from the connection's first octet. */
bool smtp_talk_start_tls(struct smtp_talk *talk);
bool smtp_talk_secure(struct smtp_talk *talk);

const char *smtp_talk_reason(const struct smtp_talk *talk);

/* With QUIT, or without a word. */
void smtp_talk_quit(struct smtp_talk **quitted);
void smtp_talk_drop(struct smtp_talk **dropped);

#endif
