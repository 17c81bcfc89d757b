/* One transaction going through a policy: at each stage the open rules are walked in file order,
 * for the message and for each recipient, until a verdict is certain. */
#ifndef POSTERN_POLICY_WALK_H
#define POSTERN_POLICY_WALK_H

#include "mail/reply.h"
#include "policy/policy.h"

struct walk;

/* What a stage gave. */
struct finding {
    enum verdict verdict;      /* NONE: nothing to say yet */
    const char *rule;          /* its name */
    const struct reply *reply; /* REJECT, TEMPFAIL */
    const char *reason;        /* DISCARD: its text, or ""; a tempfail that an error made: why */
    const struct recipient *recipient; /* whose verdict it is, where it is one recipient's */
};

enum event_kind {
    EVENT_LOG,   /* a `log` action: text */
    EVENT_AUDIT, /* what an audit rule would have done: verdict or action, with its text; in mode
                    audit too what a rule behind the verdict would have */
    EVENT_ERROR, /* a rule without verdict that couldn't be decided, and so didn't act; with why */
    EVENT_OFF,   /* a recipient was taken off, by `discard` or `remove-recipient` */
};

/* Something to be logged; several may come from one stage. */
struct event {
    enum event_kind kind;
    const char *rule;
    enum action_kind action;
    const struct reply *reply; /* AUDIT of reject and tempfail */
    const char *text;          /* beside a reply: why the rule couldn't be decided, or "" */
    const char *after;         /* mode audit: the rule that decided before it, or NULL */
    const struct recipient *recipient;
    struct event *next;
};

enum match { MATCH_NO, MATCH_YES, MATCH_UNDECIDED };

/* A change to the message, made at its end if it is accepted. */
struct change {
    enum action_kind kind; /* QUARANTINE to REMOVE_RECIPIENT, or DISCARD: takes a recipient off */
    const char *rule;
    struct slice name;  /* header name, address, or quarantine's reason */
    struct slice value; /* header value */
    /* REMOVE_HEADER ~ and forged; else NULL. field: as it came, or NULL for one that a rule wrote;
     * unfolded: its body as rules before left it. */
    enum match (*matches)(const void *pattern, const struct header_field *field,
                          struct slice unfolded);
    const void *pattern;
    bool utf8; /* DOWNGRADE: of header fields, else of bodies */
    /* Who is taken off, or whom DOWNGRADE is for; ADD_RECIPIENT: whose rule it is, or NULL. */
    const struct recipient *recipient;
    struct change *next;
};

/* Begins with the connection's facts alone (transaction NULL), or with a transaction. The walk
 * lives in the arena of what it was begun with, and the records outlive it. */
struct walk *walk_begin(const struct policy *policy, const struct session *session,
                        struct transaction *transaction);

/* Walks one stage. At STAGE_RCPT `recipient` is the one offered, and the finding is for him alone:
 * a DISCARD there means that he is let in and taken off at the end. Else it is NULL, and the
 * finding is for the message: DISCARD when nobody is left, ACCEPT when every recipient's walk ended
 * in accept. At STAGE_BODY what is still open after the walk is accepted with no rule: NONE. */
struct finding walk_stage(struct walk *walk, enum stage stage, struct recipient *recipient);

/* Mode audit, where the walk goes on behind a verdict, so that events tell what other rules would
 * have said. walk_stage() decides the message with its reject, tempfail or discard; the caller does
 * with an answer of its own (by: a rule's name, or "-"). From then on it finds nothing more. */
void walk_decide(struct walk *walk, const char *by);

/* By whom; NULL while nothing is decided, and in other modes. */
const char *walk_decided_by(const struct walk *walk);

/* Mode audit: everybody was refused, and the MTA goes on all the same. The refused are the
 * transaction's recipients again, and decided is the message by what refused the first of them. */
void walk_go_on_with_refused(struct walk *walk);

/* The events since the last call, oldest first. */
const struct event *walk_events(struct walk *walk);

/* Does a rule that is still open read the body, or one that acted convert it? */
bool walk_needs_body(const struct walk *walk);

/* After STAGE_BODY, if the message is accepted: the changes in file order. */
const struct change *walk_changes(struct walk *walk);

/* The rule at which max-message-steps was reached, or NULL: then nothing more is known, and the
 * message must wait. */
const char *walk_spent_by(const struct walk *walk);

/* Has this recipient been taken off? */
bool walk_recipient_is_off(const struct recipient *recipient);

/* Whether a table answers from memory instead: `table NAME KEY VALUE` of a test. */
void walk_replace_table(struct walk *walk, const struct table *table, const struct table *by);

/* A lookup as it was answered; kept in the arena of the walk. */
struct lookup {
    const struct table *table;
    struct slice key; /* the one that was found, else the whole value that was asked for */
    enum table_result result;
    struct slice value; /* TABLE_FOUND */
    struct lookup *next;
};

/* Before its first stage: from now on lookups are kept. */
void walk_keep_lookups(struct walk *walk);

/* Those that were made, oldest first. */
const struct lookup *walk_lookups(const struct walk *walk);

#endif
