/* Conditions over what is known at a stage. */
#ifndef POSTERN_RULES_WALK_EVAL_H
#define POSTERN_RULES_WALK_EVAL_H

#include "compile/plan.h"
#include "policy/walk.h"
#include "values/regex.h"
#include "values/truth.h"

/* What was read and decided already of a message, or of one recipient. */
struct store {
    const struct reading **reading; /* by operand.slot */
    unsigned char *truth; /* by expr.node: a truth plus one, only if no more can change it */
    unsigned given_up;    /* regexes that passed their limit; counted in the message's alone */
};

/* What `any ... as NAME` stands for just now. */
struct bound {
    const struct expr *binder;
    struct value value;
    const struct bound *outer;
};

/* A table that a test answers from memory. */
struct replacement {
    const struct table *table;
    const struct table *by;
    struct replacement *next;
};

/* That are kept, in order. */
struct lookups {
    struct lookup *first;
    struct lookup **end;
};

struct eval {
    const struct policy *policy;
    struct arena *arena;
    struct meter *meter; /* the arena's */
    enum stage stage;
    struct moment moment;
    struct store *store[2]; /* of the message; of the recipient, or NULL */
    const struct replacement *replacements;
    struct lookups *lookups; /* or NULL */
    const struct bound *bound;
    bool tables_wait;   /* a rule before its `at`: whatever hangs of a table comes later */
    const char *reason; /* why the last error was one */
};

struct store *eval_store_new(struct arena *arena, const struct policy *policy, unsigned of);

/* The reason of an error where max-message-steps is reached. */
extern const char eval_is_spent[];

/* Must this wait, even if another rule has had its table asked? So order alone decides. */
static inline bool
eval_must_wait(const struct eval *eval, unsigned scope)
{
    return eval->tables_wait && scope & SCOPE_TABLE;
}

/* What a regex may cost. */
static inline struct regex_bounds
eval_bounds(const struct eval *eval)
{
    int64_t limit = eval->policy->settings.value[SET_REGEX_MATCH_LIMIT].number;

    return (struct regex_bounds){(uint32_t)limit, eval->meter};
}

/* What an operand is just now; kept where it can't change. */
struct reading eval_operand(struct eval *eval, const struct operand *operand);

/* Asks the operand's table. COULD_NOT_ASK only where the table's on-error doesn't say not-found;
 * its reason names the table. */
struct table_answer eval_ask(struct eval *eval, const struct operand *operand,
                             const struct value *key);

/* Where lookups are kept. */
void eval_keep_lookup(struct eval *eval, const struct table *table, const struct value *key,
                      const struct table_answer *answer);

/* Names the table, the key and the answer that an operand's words come from, for the reason of an
 * error. */
const char *eval_origin(struct eval *eval, const struct operand *operand);

/* TRUTH_ERROR leaves its reason in eval->reason. */
enum truth eval_expr(struct eval *eval, const struct expr *expr);

/* Later or error, if an operand in one of the texts is; else true. */
enum truth eval_texts_are_ready(struct eval *eval, const struct rule *rule);

/* Binds every name that `as` bound in a condition that holds to the first item that held. */
void eval_bind_witnesses(struct eval *eval, const struct expr *expr);

/* The text with its facts; before it, eval_bind_witnesses(). */
struct slice eval_text(struct eval *eval, const struct rule *rule, const struct text *text);

/* The first text of an action, "" where it has none. Where it makes an address, the local part is
 * quoted if it must be. */
struct slice eval_action_text(struct eval *eval, const struct rule *rule,
                              const struct action *action);

/* The words of a lookup that an action's first text is, and nothing else; absent where it isn't. */
struct reading eval_action_words(struct eval *eval, const struct action *action);

#endif
