/* Between the two halves of resolving: what the policy defines, and what the names in its
 * conditions mean. */
#ifndef POSTERN_RULES_COMPILE_RESOLVE_INSIDE_H
#define POSTERN_RULES_COMPILE_RESOLVE_INSIDE_H

#include "base/suggest.h"
#include "plan.h"

/* Lets are made from lets: no deeper, and of no more tests in all. */
enum { MAX_LET_DEPTH = 100, MAX_TESTS = 10000 };

/* A name that `as` bound, seen from inside. */
struct binding {
    const struct expr *binder;
    const struct binding *outer;
};

struct resolver {
    struct policy *policy;
    struct diagnostics *diagnostics;
    struct map *slots; /* operands as printed */
    const struct binding *bindings;
    enum stage rule_stage; /* `at STAGE` of the rule under way */
    unsigned let_depth;    /* lets being resolved */
};

/* Lists, tables, lets and rules of the policy, by name; lists are built, tables opened. */
void declare_names(struct resolver *resolver);

/* Offers every name of a list, table or let as what a misspelt one may mean, in file order. */
void declare_offer_names(const struct resolver *resolver, struct suggestion *suggestion);

/* `disable` and `audit`. */
void declare_names_statements(struct resolver *resolver);

void resolve_expr(struct resolver *resolver, struct expr *expr);
void resolve_operand(struct resolver *resolver, struct operand *operand);

/* Gives an operand with `else` its type, when both halves are resolved; false after an error. */
bool resolve_else(struct resolver *resolver, struct operand *operand);

/* Takes the parts of these names, which dots separate; after an error the operand means nothing.
 * What stands in its brackets is resolved. */
void resolve_parts(struct resolver *resolver, struct operand *operand, struct slice names);

/* Reads the text in the brackets of a fact into fact_index; false after an error. */
bool resolve_fact_index(struct resolver *resolver, struct operand *operand);

/* "; did you mean NAME?", or another hint, for a name that nobody knows, and for a part that values
 * of this type don't have; "" where nothing is near. */
const char *resolve_suggest_name(struct resolver *resolver, const struct operand *operand);
const char *resolve_suggest_part(struct resolver *resolver, const struct operand *operand,
                                 struct slice name);

/* Resolves it when it is first read, so that lets may stand in any order; false when it is made
 * from itself. place: where it is read. */
bool resolve_let(struct resolver *resolver, struct let_statement *let, struct place place);

#endif
