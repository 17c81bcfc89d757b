/* A policy from the inside: what the resolver, the checker and the planner make of its tree, for
 * the evaluator to run. */
#ifndef POSTERN_RULES_COMPILE_PLAN_H
#define POSTERN_RULES_COMPILE_PLAN_H

#include <stdatomic.h>

#include "base/map.h"
#include "language/tree.h"
#include "policy/policy.h"
#include "policy/truth.h"
#include "values/bits.h"

/* Sets of rules by their numbers (values/bits.h), so that a walk needn't go through them all. */
struct rule_sets {
    uint64_t *all;
    uint64_t *command;         /* they read `command` */
    uint64_t *body;            /* they need the body */
    uint64_t *changing;        /* not audit: they ask for changes, or take a recipient off */
    uint64_t *adding;          /* not audit: add-recipient */
    uint64_t *converting;      /* downgrade */
    uint64_t *ending[ENDINGS]; /* not audit: by how they end a walk */
    uint64_t *news[STAGES];    /* something that they wait for can be known at this stage */
};

struct policy {
    struct arena *arena;
    atomic_uint references;
    struct tree tree;
    struct settings settings;
    struct map *names; /* lists, tables and lets, by name */
    struct rule **rules; /* those that are not off, in file order */
    size_t rule_count;
    struct rule_sets sets;
    unsigned slots[2];    /* one above the highest operand.slot: of the message, of a recipient */
    unsigned nodes[2];    /* one above the highest expr.node, likewise */
    bool reads_recipient; /* some rule must be walked for each recipient */
    struct needs needs;
    const struct expr **parts; /* of conditions; number 1 stands first */
    size_t part_count;
    const struct test *tests;
    const struct policy_watch *watch; /* or NULL */
};

/* Reads `set` statements into policy->settings. */
void settings_load(struct policy *policy, struct diagnostics *diagnostics);

/* Says what every name means: builds lists, opens tables, types operands, and gives slots and
 * nodes. */
void resolve_policy(struct policy *policy, struct diagnostics *diagnostics);

/* The laws of the language, for conditions and for actions, and what can't be meant. Regexes are
 * compiled. */
void check_conditions(struct policy *policy, struct diagnostics *diagnostics);
void check_actions(struct policy *policy, struct diagnostics *diagnostics);
void check_needed(struct policy *policy, struct diagnostics *diagnostics);
void check_names(struct policy *policy, struct diagnostics *diagnostics);
void check_warnings(struct policy *policy, struct diagnostics *diagnostics);
void check_costs(struct policy *policy, struct diagnostics *diagnostics);

/* What each rule reads and when it can be certain; must come before check_actions(). */
void plan_rules(struct policy *policy);

/* Disabled, or behind a `let` that says no. */
bool plan_rule_is_off(const struct rule *rule);

/* What the policy itself says of a condition, as with a let that is set to no, or a list without
 * items: a switch that is off. Later: nothing. */
enum truth plan_fixed_truth(const struct expr *expr);

/* Numbers the parts of conditions. */
void plan_parts(struct policy *policy);

/* What all of them together ask of the MTA. */
void plan_needs(struct policy *policy);

/* Calls `see` for every operand of a rule, in its condition, through lets, and in its texts; those
 * in brackets too. */
typedef void operand_visitor(void *context, const struct operand *operand);
void plan_visit_rule(const struct rule *rule, operand_visitor *see, void *context);
void plan_visit_expr(const struct expr *expr, operand_visitor *see, void *context);
void plan_visit_action(const struct action *action, operand_visitor *see, void *context);

#endif
