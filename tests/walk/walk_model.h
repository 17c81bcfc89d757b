/* A policy and a transaction as the property test of the walk makes them up, and what DESIGN says
 * of them: read from that page alone, without a line of the evaluator. */
#ifndef POSTERN_TESTS_WALK_WALK_MODEL_H
#define POSTERN_TESTS_WALK_WALK_MODEL_H

#include <stdio.h>

#include "base/arena.h"
#include "policy/stage.h"
#include "policy/verdict.h"

enum {
    MAX_RULES = 8,
    MAX_LETS = 3,
    MAX_RECIPIENTS = 4,
    MAX_ITEMS = 4,
    MAX_ENTRIES = 10,
    MAX_EXPECTED = 96,
    MODEL_TABLES = 2, /* t0 answers an error with tempfail, t1 with not-found */
};

enum model_fact {
    MODEL_CLIENT_IP,
    MODEL_HELO,
    MODEL_SENDER,
    MODEL_SENDER_DOMAIN,
    MODEL_MAIL_SIZE,
    MODEL_RCPT,
    MODEL_RCPT_DOMAIN,
    MODEL_RCPT_LOCAL,
    MODEL_FIRST_RCPT_DOMAIN,
    MODEL_RECIPIENTS,
    MODEL_RECIPIENTS_DOMAIN,
    MODEL_HEADER_A,
    MODEL_HEADER_B,
    MODEL_FROM_DOMAIN,
    MODEL_BODY,
    MODEL_8BIT,
    MODEL_SIZE,
    MODEL_FACTS,
};

struct model_fact_row {
    const char *text;   /* as an expression writes it */
    const char *braced; /* as a text writes it; NULL: not used there */
    enum stage stage;
    bool many, of_recipient, may_be_absent;
};

extern const struct model_fact_row model_facts[MODEL_FACTS];

/* A large body ends in lines of this kind; the model counts them as one, which no relation can
 * tell. */
#define MODEL_PADDING "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"

/* What stands on the left of a relation. */
enum operand_form {
    FORM_FACT,
    FORM_ALIAS,        /* the fact through a `let` of its own */
    FORM_COUNT,        /* count[fact] */
    FORM_LOOKUP,       /* table[fact] */
    FORM_BOUND,        /* a name that `as` bound */
    FORM_BOUND_LOOKUP, /* table[name] */
};

enum model_relation {
    IS_THERE,
    IS_EQUAL,
    IS_NOT_EQUAL,
    IS_LESS,
    IS_GREATER,
    IS_IN_ITEMS,
    IS_NOT_IN_ITEMS,
    IS_MATCH, /* a regex without special characters */
    IS_NO_MATCH,
    IS_IN_TABLE,
    IS_NOT_IN_TABLE,
    IS_SAME, /* as the value of another, single-valued fact that comes no later */
    IS_NOT_SAME,
    HAS_WORD, /* "word" in table[...] */
    HAS_NOT_WORD,
};

enum model_quantifier { PLAIN, ANY, EVERY };

struct model_operand {
    enum operand_form form;
    enum model_fact fact;
    unsigned table;
    unsigned depth; /* BOUND: which of the names in force, b0 outermost */
    const char *otherwise; /* of a lookup: the word behind else, or NULL */
};

enum model_kind { MODEL_OR, MODEL_AND, MODEL_NOT, MODEL_TEST, MODEL_BIND, MODEL_LET };

struct model_expr {
    enum model_kind kind;
    struct model_expr *child[3];
    unsigned children;
    enum model_quantifier quantifier;
    struct model_operand operand; /* BIND: a many-valued fact */
    enum model_relation relation;
    const char *item[2]; /* what it is compared with, without quotes */
    unsigned items;
    unsigned number; /* LESS, GREATER: in the unit that `unit` names */
    const char *unit;
    unsigned table;        /* IN_TABLE */
    enum model_fact other; /* SAME */
    unsigned let;
};

/* "before{fact}": where `reads`, otherwise `before` alone. */
struct model_text {
    const char *before;
    bool reads;
    struct model_operand operand;
};

struct model_action {
    enum action_kind kind;
    struct model_text text; /* header value, reason, address, reply */
    const char *name;       /* of a header field; of what is converted */
};

struct model_rule {
    char name[8];
    bool audit, disabled, has_at;
    enum stage at;
    struct model_expr *condition; /* NULL: always */
    struct model_action action[3];
    unsigned actions;
};

struct model_policy {
    struct model_rule rule[MAX_RULES];
    unsigned rules;
    struct model_expr *let[MAX_LETS];
    unsigned lets;
    enum stage earliest;
    bool audit; /* set mode audit */
    bool soft;  /* set mode soft, which decides as mode enforce does */
};

struct model_entry {
    unsigned table;
    const char *key;
    const char *value; /* NULL: could not be asked */
};

/* The complete transaction. Absent is NULL. */
struct model_mail {
    const char *client_ip, *helo, *sender, *size; /* sender "" is <> */
    const char *recipient[MAX_RECIPIENTS];        /* offered, in order */
    unsigned recipients;
    const char *header_a[MAX_ITEMS], *header_b[MAX_ITEMS], *from[MAX_ITEMS], *body[MAX_ITEMS];
    unsigned headers_a, headers_b, froms, lines;
    bool large;
    struct model_entry entry[MAX_ENTRIES];
    unsigned entries;
};

enum truth4 { IS_FALSE, IS_LATER, IS_ERROR, IS_TRUE };

/* How a recipient's walk ends. REMOVE is remove-recipient, NONE the end of the policy. */
enum model_ending {
    END_NONE,
    END_ACCEPT,
    END_REJECT,
    END_TEMPFAIL,
    END_DISCARD,
    END_REMOVE,
};

enum { NOBODY = -1 };

/* From where the model looks: the stage up to which facts have arrived, and a recipient. */
struct view {
    struct arena *arena;
    const struct model_policy *policy;
    const struct model_mail *mail;
    enum stage stage;
    int recipient;               /* index, or NOBODY */
    bool let_in[MAX_RECIPIENTS]; /* for `recipients`: who wasn't refused at RCPT */
    const char *bound[2];        /* items that `as` bound */
    bool tables_wait;            /* tables are not asked yet */
};

/* What a rule does when it holds; END_NONE for one without verdict. */
enum model_ending model_ending(const struct model_rule *rule);

/* Does an error make it a tempfail? */
bool model_error_is_tempfail(const struct model_rule *rule);
bool model_reads_recipient(const struct model_policy *policy, const struct model_rule *rule);

/* Who was let in: `recipients` and `first-rcpt`. */
bool model_reads_others(const struct model_policy *policy, const struct model_rule *rule);

/* The rule's truth at the view's stage, its texts and its `at` included. */
enum truth4 model_truth(const struct view *view, const struct model_rule *rule);

/* The text as it will read; its facts must be there. */
const char *model_render(const struct view *view, const struct model_text *text);

/* With all facts known: the first rule in file order that holds decides. rule_r: its index, or the
 * number of rules. passed_r[i]: rule i holds, has no verdict, and was come by (the deciding rule
 * too). */
enum model_ending model_naive(const struct view *view, unsigned *rule_r, bool passed_r[MAX_RULES]);

/* Is he removed for others whom he or an earlier rule of his walk adds? Then somebody is left. */
bool model_is_redirected(const struct view *view);

/* How else this recipient's walk may end, since a tempfail was spoken at RCPT although a reject
 * before it was open, or since an earlier rule that was still open when another spoke turns out to
 * be undecidable: bits by ending. */
unsigned model_freedoms(const struct view *view);

/* Whether a verdict is certain at the view's stage, or was at one before. */
struct certainty {
    enum model_ending ending;
    unsigned rule; /* that speaks */
    bool by_error;
    bool past_reject;  /* an open reject stands before it */
    bool could_reject; /* where nothing is certain yet */
};
struct certainty model_certain(const struct view *view);

const char *model_ending_name(enum model_ending ending);

/* The policy in its own language, and the transaction for people. */
void model_print_policy(FILE *to, const struct model_policy *policy);
void model_print_mail(FILE *to, const struct model_mail *mail);

#endif
