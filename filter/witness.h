/* What a process that serves is doing, in memory that outlives it: whoever started it can say
 * whose sessions it served when it died. Written by the conversations, a few stores a command. */
#ifndef POSTERN_FILTER_WITNESS_H
#define POSTERN_FILTER_WITNESS_H

#include <stdatomic.h>

#include "mail/ip.h"
#include "policy/stage.h"

enum { WITNESS_SESSIONS = 65536, WITNESS_HOST = 64 };

/* One session. */
struct witness_session {
    atomic_bool taken;
    atomic_bool served; /* a thread is at work on it */
    atomic_bool within; /* a message: from MAIL to what it is answered at its end */
    atomic_int stage;   /* enum stage: the last command */
    char host[WITNESS_HOST];
    char address[IP_TEXT_SIZE];
};

struct witness {
    atomic_size_t open, total;      /* sessions */
    atomic_size_t within;           /* sessions within a message */
    atomic_int_least64_t within_ms; /* when the last of them ended, by clock_ms() */
    atomic_size_t next;             /* where to look for a free one */
    struct witness_session session[WITNESS_SESSIONS];
};

/* Memory that a process shares with those that it forks, all zero, of which only what is written
 * is taken. NULL: there is none. */
struct witness *witness_new(void);
void witness_free(struct witness **witness);

/* From now on this process writes there; before it has threads. */
void witness_use(struct witness *witness);

/* Nothing is written without witness_use(): begin() then gives NULL, and so it does when there are
 * too many sessions to be told apart. All others take NULL. */
struct witness_session *witness_begin(void);
void witness_end(struct witness_session *session);

/* ip: NULL where there is none. */
void witness_peer(struct witness_session *session, struct slice host, const struct ip *ip);

/* A thread begins to serve a command, and has its answer, with which a message goes on or not. */
void witness_enter(struct witness_session *session, enum stage stage);
void witness_answered(struct witness_session *session, enum stage stage, bool goes_on);

/* A message begins, or is over; it may have been so before. */
void witness_message(struct witness_session *session, bool within);

/* No session of this process is within a message, and what the last one was answered has had so
 * much time to be written. */
bool witness_is_quiet(int64_t for_ms);

#endif
