/* Why a stage ended as it did, as data: what became of each rule, and what made it so. */
#ifndef POSTERN_POLICY_EXPLAIN_H
#define POSTERN_POLICY_EXPLAIN_H

#include "policy/truth.h"
#include "policy/value.h"
#include "policy/walk.h"

/* What became of a rule in one pass over the open rules. */
enum outcome {
    OUTCOME_FALSE,
    OUTCOME_OPEN,
    OUTCOME_UNDECIDED, /* error in a rule that then doesn't act */
    OUTCOME_AUDIT,     /* true or error, but only watched */
    OUTCOME_ACTS,      /* true, without verdict */
    OUTCOME_WAITS,     /* true, without verdict, behind an open rule that has one */
    OUTCOME_HELD,      /* its verdict is held back by an open rule */
    OUTCOME_DECIDES,
};

/* "false", "held-back" ... */
const char *walk_outcome_name(enum outcome outcome);

struct explained_value {
    struct slice text;
    bool absent;  /* an item of a many-valued part that has none */
    bool literal; /* a table's word that would be a pattern, were it one of a list */
};

/* What a fact, a lookup or an item of `any ... as` was. */
struct explained_fact {
    const char *name; /* as the policy writes it */
    enum reading_state state;
    enum stage stage;   /* LATER: when it comes */
    const char *reason; /* ERROR: why */
    const struct explained_value *value;
    size_t values; /* KNOWN; 0: it is absent */
    bool cut;      /* there were more values, or longer ones */
};

/* A part of a condition that was asked. */
struct explained_part {
    size_t number; /* policy_part(); 0: it is the same for every mail */
    enum truth truth;
};

struct explained {
    size_t number; /* policy_rule() */
    const char *rule;
    enum truth truth;
    enum outcome outcome;
    enum verdict verdict; /* that it brings, or would; NONE with takes_off: remove-recipient */
    bool takes_off;
    const char *behind; /* WAITS, HELD: behind which open rule; else NULL */
    const char *reason; /* of an error; else NULL */
    bool waits_at;      /* it is open since its `at` has not come */
    enum stage at;
    const struct explained_part *part; /* those that were asked, in their order; each once as true,
                                          and once as false */
    size_t parts;
    const char *decided; /* the part that settled it, as the policy writes it; NULL: none did */
    struct place decided_at;
    enum truth decided_truth;
    const struct explained_fact *fact;
    size_t facts;
};

/* Gets the rules of a stage one after the other. */
typedef void explain_see(void *context, const struct explained *explained);

/* Calls `see` for each rule that the last walk_stage() passed for this recipient (NULL: for the
 * message, before it has any), in file order; for none before the earliest verdict. What is told
 * lives in the arena, which must outlive the walk. */
void walk_explain(const struct walk *walk, const struct recipient *recipient, struct arena *arena,
                  explain_see *see, void *context);

/* Rules that are not off, numbered from 0 in file order. */
struct policy_rule {
    const char *name;
    struct place place; /* of the name */
};

/* How many there are. */
size_t policy_rules(const struct policy *policy);
struct policy_rule policy_rule(const struct policy *policy, struct arena *arena, size_t number);

/* A part of a condition: one test, such as stands between `and`, `or`, `not` and parentheses, and
 * behind the colon of `any ... as`. The parts of a `let` count once, whoever reads it. What reads
 * nothing of the mail is none. They are numbered from 1 on, as the rules come to them. */
struct policy_part {
    const char *text; /* as `check --print` writes it */
    struct place place;
};

/* How many there are. */
size_t policy_parts(const struct policy *policy);
struct policy_part policy_part(const struct policy *policy, struct arena *arena, size_t number);

#endif
