/* A dialogue from the inside. Memory by lifetime: the connection, what came since the last HELO,
 * the transaction, and the answer to one call. */
#ifndef POSTERN_FILTER_DIALOGUE_INSIDE_H
#define POSTERN_FILTER_DIALOGUE_INSIDE_H

#include "audit.h"
#include "edits.h"
#include "filter/dialogue.h"
#include "spool.h"

struct replacement {
    const struct table *table;
    const struct table *by;
    struct replacement *next;
};

/* A refusal of Postern's own. */
struct refusal {
    int code;
    const char *enhanced;
    const char *text;
    const char *reason; /* for the log */
    enum log_level level;
    const char *bound; /* the setting whose limit is passed, or NULL */
};

struct dialogue {
    struct policy *policy;
    const struct settings *settings;
    const struct needs *needs;
    dialogue_log *log;
    void *context;
    enum mode mode;
    uint64_t (*next_number)(void *context); /* NULL: counted here */
    uint64_t counted;

    struct arena *own;            /* the dialogue itself, and what the connection told */
    struct macros connect_macros; /* those that a second HELO leaves */
    struct replacement *replacements;
    bool has_time;
    time_t time;
    bool played; /* the transaction is a test's, which `test --through` plays through the MTA */

    struct session session; /* its own arena is `scratch`: a walk of it ends with its answer */
    struct arena *greeting; /* macros of HELO, of which each begins anew; NULL: none */
    char *helo;             /* has room for helo_room */
    size_t helo_room;
    bool connection_logged; /* mode audit: the log said already what was withheld */

    char id[ID_SIZE];                /* of the transaction that began last */
    struct transaction *transaction; /* in its own arena; NULL while the client rests */
    struct macros pending; /* of a command that hasn't been told yet; in the transaction's arena */
    bool open;
    bool in_content;       /* no recipient may come any more */
    bool over;             /* its end was told: its memory is given back at the next call */
    bool decided;          /* nothing more of the message is looked at */
    struct answer settled; /* and so this is the answer from now on */
    bool accept_logged;
    bool discard_logged;            /* of somebody */
    bool header_full;               /* past a limit: no field is kept any more */
    struct walk *walk;              /* of the transaction */
    struct buffer *remembered_body; /* the first of it, where verdicts are remembered; or NULL */
    struct slice command;           /* at an unknown command */
    struct spool *spool;            /* NULL: no rule reads the body's text */
    struct convert_plan *downgrade; /* of the body, once it is planned */
    bool lost_session;              /* what the connection or HELO told couldn't be kept */
    struct refusal failure;         /* code 0: none; spoken where an answer is next due */
    const struct refusal *passed;   /* mode audit: a limit of the header, which the log says next */
    const char *lost_after;         /* mode audit: what had decided the message that was lost */

    struct arena *scratch;  /* the answer to one call; NULL while the client rests */
    struct walk *last_walk; /* for explain */
    const struct recipient *last_recipient;
    const struct event *events;
    struct finding finding;
};

extern const struct refusal refusal_no_transaction;
extern const struct refusal refusal_no_memory;
extern const struct refusal refusal_no_memory_at_all;

/* What the last call gave is valid until now. */
void dialogue_begin_call(struct dialogue *dialogue);

/* One stage of the message. What was settled is said again; where the MTA waits for no answer, a
 * refusal of Postern's own is kept for later. */
struct answer dialogue_walk_message(struct dialogue *dialogue, enum stage stage);

/* Is the body larger than what is kept so that it can be converted? */
bool dialogue_holds_too_much(const struct dialogue *dialogue);

/* Walks one stage, logs what there is to be logged, and says what the MTA is to be told. */
struct answer answer_stage(struct dialogue *dialogue, struct walk *walk, enum stage stage,
                           struct recipient *recipient);

/* Mode audit: the rule that decided the message, or "-" for Postern itself; else NULL. What comes
 * is only looked at for the log. */
const char *answer_after(const struct dialogue *dialogue);

/* Postern's own refusal, logged. */
struct answer answer_refusal(struct dialogue *dialogue, enum stage stage,
                             const struct recipient *recipient, const struct refusal *refusal);

/* Mode audit: logs what would have been refused; the message goes on. */
void answer_withheld(struct dialogue *dialogue, enum stage stage, const struct refusal *refusal);

/* Postern's own refusal, because of a rule of which the change can't be made. */
struct answer answer_failed_rule(struct dialogue *dialogue, const char *rule, const char *reason);

/* The end of a message that no rule refused: its changes, or a refusal where they can't be made. */
struct answer answer_accepted(struct dialogue *dialogue, struct answer answer,
                              const struct edit **edits_r);

#endif
