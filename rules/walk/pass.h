/* The way of one recipient (or, before there is one, of the message) through the rules. */
#ifndef POSTERN_RULES_WALK_PASS_H
#define POSTERN_RULES_WALK_PASS_H

#include "eval.h"
#include "policy/explain.h"

/* A rule that acted for a track, with changes that it asks for. */
struct acted {
    const struct rule *rule;
    const struct acted *before;
};

struct track {
    const struct recipient *recipient; /* NULL: of the message */
    struct store *store;               /* of this recipient, or NULL */
    const struct rule **open;          /* rules that may still decide or act, in file order */
    size_t open_count;
    const struct acted *acted; /* the last one */
    bool ended;                /* a verdict, or taken off */
    bool off;                  /* taken off: by `discard` or `remove-recipient` */
    bool reported;             /* its verdict was found, or is an event */
    enum verdict verdict;      /* NONE while open, and for remove-recipient */
    const struct rule *rule;   /* that ended it */
    const struct reply *reply;
    const char *reason;
    unsigned possible; /* bits by verdict: those that open rules may still bring */
};

/* What became of one rule in a pass over a track; for `explain`. */
struct observed {
    const struct rule *rule;
    enum outcome outcome;
    enum truth truth;
    enum verdict verdict;  /* that it brings, or would */
    const struct rule *by; /* WAITS, HELD: behind which open rule */
    const char *reason;    /* of an error */
};

typedef void track_observer(void *context, struct eval *eval, const struct observed *observed);

struct walk {
    const struct policy *policy;
    struct arena *arena;
    const struct session *session;
    struct transaction *transaction;
    enum stage stage;
    struct store *store; /* of the message */
    struct track *message;
    struct replacement *replacements;
    bool *said; /* by rule.number: a rule of the message has had its say in the log */
    bool goes_on;           /* mode audit: behind a verdict too */
    const char *decided_by; /* the message, in mode audit; or NULL */
    struct track *speaker;  /* whose verdict this stage gave */
    bool *spoken;           /* by rule.number: a rule of the message gave or would have given one */
    struct meter behind;    /* what is walked behind verdicts, so that these fall as ever */
    bool behind_is_spent;
    struct event *events;
    struct event **events_end;
    bool quiet;                  /* nothing is logged, for `explain` */
    const struct rule *spent_by; /* at which max-message-steps was reached */
    track_observer *observer;
    void *observer_context;
};

struct track *track_new(struct walk *walk, const struct recipient *recipient);

/* An unknown command's track: of the rules that read it. */
struct track *track_of_command(struct walk *walk);

/* A recipient's track begins where the message's stands. */
struct track *track_copy(struct walk *walk, const struct track *of,
                         const struct recipient *recipient);

/* His track, or where no rule reads the recipient that of the message. */
struct track *track_of(struct walk *walk, struct recipient *recipient);

/* One pass over the open rules, until a verdict ends the track or, held back, suspends it. */
void track_walk(struct walk *walk, struct track *track);

struct eval track_eval(struct walk *walk, const struct track *track);

/* What the rule comes to on this track, and what it then brings: an error may bring a tempfail. */
enum truth track_truth(struct walk *walk, const struct track *track, struct eval *eval,
                       const struct rule *rule);
enum verdict track_verdict_of(const struct rule *rule, enum truth truth);

/* What an audit rule that holds would have done, an event an action, once where it is of the
 * message; or why it can't be decided. */
void track_watch(struct walk *walk, const struct track *track, const struct rule *rule,
                 enum truth truth, const char *reason);

/* One action of a rule that holds, as an event would tell it. */
struct event track_event(struct walk *walk, const struct track *track, const struct rule *rule,
                         const struct action *action, enum event_kind kind);

/* 451 4.3.0, for what can't be decided. */
const struct reply *track_undecided_reply(struct walk *walk);

/* The reply of a rule's `reject` or `tempfail`. */
const struct reply *track_reply(struct walk *walk, const struct track *track,
                                const struct rule *rule);

/* Whether max-message-steps is reached, by this rule unless one before it did it. */
bool walk_is_spent(struct walk *walk, const struct rule *rule);

void walk_add_event(struct walk *walk, struct event event);

#endif
