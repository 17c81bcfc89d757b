/* A test as a client of the MTA plays it: its sessions and transactions, and what became of them.
 */
#ifndef POSTERN_FILTER_THROUGH_LIVE_H
#define POSTERN_FILTER_THROUGH_LIVE_H

#include "turn.h"

struct live {
    struct arena *arena;
    const struct through_options *options;
    bool contents; /* messages may be sent: the MTA takes none without an answer */

    const char *unplayed; /* why none of it can be, or NULL */
    const char *broken;   /* why there was no session, or NULL */
    struct turn *turns;

    /* The next transaction needs these. */
    const struct step *connect, *helo, *tls, *auth;
    struct through_session *session;
    bool fresh;                     /* the session has had no transaction */
    struct turn **turns_end, *turn; /* under way, or NULL */
};

/* Plays it all, but for what no client can. */
void live_play(struct live *live, const struct step *steps);

/* Begins it, up to the nonce of its first transaction; NULL: there is none. The session is left to
 * live_end(). */
struct turn *live_prove(struct live *live, const struct step *steps);

/* As turn_fail(), within that transaction. */
const char *live_fail(struct live *live, const struct step *steps);
void live_end(struct live *live);

/* What only the milter is told: the lines `table` and `time`, as they stand in a test. */
struct slice live_lines(struct arena *arena, const struct step *steps);

/* What a step MESSAGE sends, from that sender's step or, NULL, the one by default. NULL, or why it
 * can't be read. */
const char *live_text(struct arena *arena, const struct step *mail, const struct step *message,
                      struct slice *text_r);

#endif
