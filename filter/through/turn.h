/* One transaction that is played through the MTA, from MAIL on. It is proven first: its first
 * recipient is a nonce, and goes on only where that is refused as Postern alone can refuse it. */
#ifndef POSTERN_FILTER_THROUGH_TURN_H
#define POSTERN_FILTER_THROUGH_TURN_H

#include "asking.h"
#include "policy/scenario.h"
#include "session.h"

/* What the MTA said to a command. */
struct turn_reply {
    const struct step *step; /* that the command is of; NULL: no line asked for it */
    int code;
    const char *text; /* as session_reply_text() has it */
    bool seen;        /* Postern was told of it */
    const char *said; /* what Postern refused it with, "CODE ENHANCED TEXT", or NULL */
    struct turn_reply *next;
};

/* DOUBTED: the nonce was taken, so that Postern isn't asked. TAKEN: a message was taken, which must
 * never be. */
enum turn_state { TURN_PLAYED, TURN_NOT_PLAYED, TURN_DOUBTED, TURN_TAKEN };

struct turn {
    const struct step *begin; /* the step that it begins with */
    enum turn_state state;
    const char *over; /* why nothing more is said, or NULL */
    bool has_tls, logged_in;
    bool new_session;
    struct asked_nonce nonce;
    const char *id;    /* of the transaction; NULL: it isn't proven */
    struct slice told; /* what Postern was told */
    size_t told_recipients;
    struct turn_reply *mail, *end; /* NULL: not said */
    struct turn_reply *recipients, **recipients_end;
    size_t taken; /* recipients */
    bool in_data; /* DATA was answered with 354: what comes now is content */
    struct turn *next;
};

struct turn_needs {
    struct arena *arena;
    const struct through_options *options;
    struct through_session *session;
    struct slice domain; /* where the nonce's address is */
    struct slice lines;  /* that go with the nonce */
};

/* MAIL, and the nonce. */
void turn_begin(const struct turn_needs *needs, const struct step *mail, struct turn *turn);

/* Makes the milter hang up, and looks how the MTA answers then. NULL: it takes nothing; or what it
 * does. */
const char *turn_fail(const struct turn_needs *needs, struct turn *turn);

/* rcpt: NULL for a recipient that no line names. */
void turn_rcpt(const struct turn_needs *needs, const struct step *rcpt, struct turn *turn);
void turn_data(const struct turn_needs *needs, const struct step *step, struct turn *turn);
void turn_message(const struct turn_needs *needs, const struct step *step, struct slice text,
                  struct turn *turn);

/* RSET. */
void turn_end(const struct turn_needs *needs, struct turn *turn);

#endif
