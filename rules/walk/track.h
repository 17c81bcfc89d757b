/* The way of one recipient (or, before there is one, of the message) through the rules: what is
 * kept of it from stage to stage. */
#ifndef POSTERN_RULES_WALK_TRACK_H
#define POSTERN_RULES_WALK_TRACK_H

#include "eval.h"
#include "policy/walk.h"
#include "policy/watch.h"

struct track {
    const struct recipient *recipient; /* NULL: of the message */
    struct store *store;               /* of this recipient, or NULL */
    uint64_t *open;                    /* by rule.number: those that may still decide or act */
    uint64_t *acted;                   /* those that acted */
    size_t again;        /* from this one on open rules are asked again, whether or not anything is
                            new: true ones that wait, and those behind a verdict held back */
    enum stage stage;    /* of the last pass */
    bool ended;          /* a verdict, or taken off */
    bool off;            /* taken off: by `discard` or `remove-recipient` */
    bool reported;       /* its verdict was found, or is an event */
    bool may_reject;     /* open: a rule may still bring that */
    enum ending ending;  /* NONE while open */
    const struct rule *rule; /* that ended it */
    const struct rule *told_of; /* mode audit: the last that would end it, found before its time */
    const struct reply *reply;
    const char *reason;
};

struct observed;
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
    uint64_t *later; /* by rule.number: rules of the message that at this stage wait for a fact */
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
    const struct policy_watch *watch; /* or NULL */
    unsigned until_sample;            /* rules to be asked before the time of one is taken */
    struct lookups *lookups;          /* or NULL: they aren't kept */
    track_observer *observer;
    void *observer_context;
};

/* All rules are open. */
struct track *track_new(struct walk *walk, const struct recipient *recipient);

/* An unknown command's track: of the rules that read it. */
struct track *track_of_command(struct walk *walk);

/* A recipient's own, which begins where the message's stands, or where no rule reads the recipient
 * that of the message. */
struct track *walk_track_of(struct walk *walk, struct recipient *recipient);

struct eval track_eval(struct walk *walk, const struct track *track);

/* The same for the texts of a rule that holds: what its condition bound stands for the items that
 * held. */
struct eval track_eval_texts(struct walk *walk, const struct track *track, const struct rule *rule);

/* What the rule comes to on this track, and how it then ends it: an error may end it in a tempfail.
 */
enum truth track_truth(struct walk *walk, const struct track *track, struct eval *eval,
                       const struct rule *rule);
enum ending track_ending(const struct rule *rule, enum truth truth);

/* Tells whoever watches the policy that the rule was decided. */
static inline void
track_tell(const struct walk *walk, const struct rule *rule, enum truth truth)
{
    if (walk->watch)
        walk->watch->decided(walk->watch->context, rule->number, truth);
}

/* Closed for this track; a rule of the message that is false, for all. */
void track_close(struct walk *walk, struct track *track, const struct rule *rule, bool is_false);

/* Closes what was false for all by another one's track. */
void track_catch_up(struct walk *walk, struct track *track);

/* At this stage the rule waits for a fact; one of the message does so for everybody. */
void track_waits(struct walk *walk, const struct rule *rule);

/* Whether one of these rules is open, or acted. */
bool track_has_open(const struct walk *walk, const struct track *track, const uint64_t *rules);
bool track_has_acted(const struct walk *walk, const struct track *track, const uint64_t *rules);

/* Whether max-message-steps is reached, by this rule unless one before it did it. */
bool walk_is_spent(struct walk *walk, const struct rule *rule);

#endif
