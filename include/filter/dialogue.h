/* One SMTP session as Postern takes part in it: it keeps the records, walks the policy at each
 * stage, logs, says what the MTA is to be told. The milter, `test` and `explain` speak to it. */
#ifndef POSTERN_FILTER_DIALOGUE_H
#define POSTERN_FILTER_DIALOGUE_H

#include "base/log.h"
#include "mail/convert_message.h"
#include "policy/walk.h"

struct dialogue;

/* What the MTA is to be told. */
struct answer {
    enum verdict verdict;      /* NONE: go on */
    const struct reply *reply; /* REJECT, TEMPFAIL; valid until the next call */
    const struct finding *finding; /* where it was the walk; also where mode audit withheld it */
    bool nothing_more; /* ACCEPT: no rule, no change can follow, and nothing more is looked at */
};

enum edit_kind {
    EDIT_DELETE_HEADER, /* the index-th field of this name, from 1 */
    EDIT_CHANGE_HEADER, /* the same */
    EDIT_INSERT_HEADER, /* on top */
    EDIT_APPEND_HEADER, /* behind all others */
    EDIT_SENDER,
    EDIT_ADD_RECIPIENT,
    EDIT_DELETE_RECIPIENT, /* as the client wrote him */
    EDIT_BODY,             /* what dialogue_write_body() gives takes its place */
    EDIT_QUARANTINE,
};

/* A call, in their order: of one name the highest index first, since MTAs renumber or don't. */
struct edit {
    enum edit_kind kind;
    const char *name;
    unsigned index;
    const char *value;
    const char *parameters; /* ADD_RECIPIENT: of the ESMTP command, or NULL */
    const char *rule;       /* that wants it */
    bool converts;          /* CHANGE_HEADER: into another form */
    struct edit *next;
};

/* log_write() in the milter. */
typedef void dialogue_log(void *context, enum log_level level, const char *line);

/* Keeps a reference to the policy. NULL where there is no memory for it; a transaction that a later
 * call has no memory for is answered 4xx. */
struct dialogue *dialogue_new(struct policy *policy, dialogue_log *log, void *context);
void dialogue_free(struct dialogue **dialogue);

/* Lives as long as the dialogue does, and what is taken of it. */
struct arena *dialogue_arena(const struct dialogue *dialogue);

/* Before connect: what gives this session and each of its transactions a number, below IDS and
 * never the same twice; it gets the context of the log. Else they count from 0, the session's. */
void dialogue_set_numbers(struct dialogue *dialogue, uint64_t (*next)(void *context));

/* Whether under such a policy the body of a message is kept until its end. */
bool dialogue_keeps_bodies(const struct needs *needs);

/* Macros that come with a command are set before the command is told. */
void dialogue_macro(struct dialogue *dialogue, enum stage stage, struct slice name,
                    struct slice value);

/* ip: NULL where the connection has none. */
struct answer dialogue_connect(struct dialogue *dialogue, struct slice host, const struct ip *ip,
                               unsigned port);

/* A HELO, the first or another: an open transaction ends, and what TLS told is forgotten. */
struct answer dialogue_helo(struct dialogue *dialogue, struct slice argument);

/* argument[0] is the path, the others are parameters. */
struct answer dialogue_mail(struct dialogue *dialogue, const struct slice *argument, size_t count);
struct answer dialogue_rcpt(struct dialogue *dialogue, const struct slice *argument, size_t count);
struct answer dialogue_data(struct dialogue *dialogue);
struct answer dialogue_header(struct dialogue *dialogue, struct slice name, struct slice body);
struct answer dialogue_header_end(struct dialogue *dialogue);
struct answer dialogue_body(struct dialogue *dialogue, struct slice piece);

/* True when the rest of the body needn't come. */
bool dialogue_body_is_unneeded(const struct dialogue *dialogue);

/* The end of the message. Unless it is refused or discarded, edits_r says what to change, in order;
 * they are valid until the next call. The transaction is over. */
struct answer dialogue_end(struct dialogue *dialogue, const struct edit **edits_r);

/* Once its end was answered and the edits made: gives back what it took. */
void dialogue_forget(struct dialogue *dialogue);

struct answer dialogue_unknown(struct dialogue *dialogue, struct slice command);

/* The transaction, which has only begun, is a test's: mode enforce, no log; lines: table, time. */
bool dialogue_played(struct dialogue *dialogue, struct slice lines);

/* RSET, or a connection that ended in mid-transaction. */
void dialogue_abort(struct dialogue *dialogue);

/* After an EDIT_BODY: the new body, piece by piece; false when it or the sink failed. */
bool dialogue_write_body(struct dialogue *dialogue, convert_sink *sink, void *context);

/* A change that the MTA didn't take: the answer is then a tempfail of ours. */
struct answer dialogue_edit_failed(struct dialogue *dialogue, const struct edit *edit);

/* For `test` and `explain`: the walk of the transaction (or of the connection), its records, and
 * the recipient of the last call, refused or not, or NULL. */
struct walk *dialogue_walk(const struct dialogue *dialogue);
const struct transaction *dialogue_transaction(const struct dialogue *dialogue);
const struct recipient *dialogue_recipient(const struct dialogue *dialogue);
void dialogue_set_time(struct dialogue *dialogue, time_t time);

/* Plays as in mode enforce, whatever the policy says. */
void dialogue_enforce(struct dialogue *dialogue);

/* The events of the last call; valid until the transaction is over and the next call is made. */
const struct event *dialogue_events(const struct dialogue *dialogue);
void dialogue_replace_table(struct dialogue *dialogue, const struct table *table,
                            const struct table *by);

#endif
