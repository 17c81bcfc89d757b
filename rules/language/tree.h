/* A policy as its text says it. The parser builds it, the resolver fills in what names mean, the
 * checker and the evaluator read it. Everything lives in the policy's arena and keeps its place. */
#ifndef POSTERN_RULES_LANGUAGE_TREE_H
#define POSTERN_RULES_LANGUAGE_TREE_H

#include "base/diagnostics.h"
#include "policy/fact.h"
#include "policy/table.h"
#include "policy/verdict.h"
#include "values/list.h"

struct expr;
struct list;
struct list_looks;
struct regex;

enum operand_kind {
    OPERAND_NAME,
    OPERAND_ELSE, /* the first of those in `index` that is there */
    OPERAND_TEXT,
    OPERAND_NUMBER,
    OPERAND_SIZE,
    OPERAND_TIME,
    OPERAND_TRUTH,
    OPERAND_CAPTURE, /* {1}, in texts alone */
};

/* What a name was found to mean. */
enum meaning {
    MEANS_NOTHING, /* not resolved, or not a name */
    MEANS_FACT,
    MEANS_LIST,
    MEANS_TABLE,  /* the table itself, behind `in` */
    MEANS_LOOKUP, /* TABLE[key] */
    MEANS_COUNT,  /* count[operand] */
    MEANS_ALIAS,  /* a `let` that is an operand */
    MEANS_LET,    /* a `let` that is a condition */
    MEANS_BOUND,  /* what `as` bound */
    MEANS_ELSE,   /* operand else operand */
};

/* Of what a value hangs, as bits: how long what was read of it may be kept, and whether a table
 * must be asked for it. None: of the message. */
enum scope { SCOPE_RECIPIENT = 1, SCOPE_BINDING = 2, SCOPE_TABLE = 4 };

struct operand {
    enum operand_kind kind;
    struct place place;
    struct slice name;          /* NAME: as written, dots included */
    struct operand *index;      /* those in brackets, by `next`; of ELSE the two */
    bool indexed;
    bool compared;              /* behind == and its like, where texts are written bare */
    struct slice parts;         /* behind the brackets, without the first dot: "domain" */
    struct slice text;          /* TEXT: its octets, escapes read */
    int64_t number;             /* NUMBER, SIZE in octets, TIME in ms, TRUTH, CAPTURE */
    struct operand *next;

    /* By the resolver: */
    enum meaning meaning;
    const struct fact *fact;
    struct slice fact_index;    /* the text in a fact's brackets */
    const struct fact_part *part[3]; /* to be taken of each item, one after the other */
    unsigned part_count;
    const struct operand *whole; /* FACT: the fact without its parts, where it has some; or NULL */
    const struct list_looks *looks; /* of the lists in a part's brackets */
    struct slice property;          /* of a part that is told its name */
    const struct list_statement *list;
    const struct table_statement *table;
    const struct operand *alias;
    struct expr *let;
    const struct expr *binder;  /* BOUND: the quantified condition that binds it */
    enum value_type type;
    bool many, may_be_absent;
    unsigned scope;
    enum stage stage;           /* from when on it is known */
    unsigned flags;             /* of the facts in it, keys of lookups included */
    unsigned slot; /* where what was read is kept, from 1, the same for equal ones; 0: nowhere */
    struct value constant;      /* what a literal stands for */
};

enum relation {
    RELATION_NONE, /* the operand stands alone */
    RELATION_EQUAL,
    RELATION_NOT_EQUAL,
    RELATION_LESS,
    RELATION_LESS_EQUAL,
    RELATION_GREATER,
    RELATION_GREATER_EQUAL,
    RELATION_IN,
    RELATION_NOT_IN,
    RELATION_MATCHES,
    RELATION_NOT_MATCHES,
};

enum expr_kind {
    EXPR_OR,   /* of its children */
    EXPR_AND,
    EXPR_NOT,  /* of its one child */
    EXPR_TEST, /* [any|every] operand [relation] */
    EXPR_BIND, /* any|every operand as NAME: its one child */
};

enum quantifier { QUANTIFIER_NONE, QUANTIFIER_ANY, QUANTIFIER_EVERY };

struct pattern {
    struct place place; /* with slashes and flags */
    struct slice text;  /* between the slashes, "\/" read as "/" */
    struct slice flags;
    const struct regex *regex; /* by the checker */
};

struct expr {
    enum expr_kind kind;
    struct place place;
    struct expr *child; /* by `next` */
    struct expr *next;
    enum quantifier quantifier;
    struct operand *operand;
    enum relation relation;
    struct operand *right;
    bool right_is_items;
    struct item *items;
    struct pattern pattern;
    struct slice bound; /* BIND: the name */

    /* By the resolver: */
    const struct list *list; /* of `items`, or of the list behind `in` */
    unsigned scope;
    unsigned node;           /* where its truth is kept, from 1; 0: not kept */
    unsigned tests;          /* in it, lets counted as what they stand for */
    unsigned lets;           /* how deep they stand in each other */
    enum value_type bound_type; /* BIND: of one item */

    /* By the planner: */
    unsigned part; /* TEST: its number as a part of conditions; 0: it is none. Else: 1 when seen */

    /* By the checker: a text of the policy, read as the type of what stands on the other side */
    const struct value *left_constant, *right_constant;
};

/* A text with {facts} in it: literal pieces and operands in turn. */
struct text_piece {
    struct slice literal; /* where operand is NULL */
    struct operand *operand;
    struct text_piece *next;
};

struct text {
    struct place place;
    struct slice written; /* the octets of the string, escapes read, braces as they stand */
    struct text_piece *pieces;
    struct text *next; /* several strings: a multi-line reply */
};

struct action {
    enum action_kind kind;
    struct place place;
    int64_t code;          /* 0: none given */
    struct slice enhanced; /* empty: none given */
    struct place code_place, enhanced_place;
    struct text *text;     /* reply lines, reason, header name, address */
    struct text *value;    /* header value */
    bool has_pattern, downgrade_utf8;
    struct pattern pattern; /* remove-header */
    bool forged;            /* remove-header */
    struct action *next;
};

struct rule {
    struct slice name;
    struct place place; /* of the name */
    bool audit;         /* says `audit` itself, or an `audit` statement names it */
    bool written_audit; /* says it itself */
    bool disabled, has_at;
    enum stage at;
    struct expr *condition; /* NULL: always */
    struct action *actions;
    unsigned number;        /* in the order of the policy, from 0 */

    /* By the planner: */
    const char *label; /* the name, for whoever tells of the rule */
    enum verdict verdict;
    const struct action *verdict_action;
    bool reads_recipient;
    bool reads_command;
    enum ending ending;
    bool error_defers;  /* where it can't be decided, that is a tempfail */
    unsigned changes;   /* that it asks for: enum action_changes */
    unsigned news;      /* stages at which something that it waits for can be known, a bit each */
    enum stage needs;   /* the latest stage of its facts, texts included; with `at` */
    unsigned flags;     /* of all its facts together: FACT_READS_HEADER ... */
    const struct expr *capture; /* the one condition with a regex, for {1} */
    struct rule *next;
};

struct set_statement {
    struct slice name;
    struct place value_place;
    struct operand *value; /* TEXT, NUMBER, SIZE, TIME, TRUTH, or NAME for a bare word */
};

struct list_statement {
    struct slice name;
    bool from_file;
    struct slice file, file_text; /* its name as written; by the resolver: what is in it */
    struct place file_place;
    struct item *items;     /* of the braces, or of the file */
    const struct list *list; /* by the resolver */
    const struct list_looks *looks, *near; /* by the resolver, where a part wants one */
    bool used;
    bool in_default;        /* by the resolver: a policy reads it that gives it a default */
};

struct table_option {
    struct slice name; /* cache, timeout, on-error, patterns, nested, as */
    struct place place;
    struct operand *value; /* of patterns and nested NULL */
    struct table_option *next;
};

struct table_source {
    struct slice text; /* TYPE:PLACE as written */
    struct place place;
    const struct table_file_name *files; /* by the resolver: the names of files in the text */
    struct table_source *next;
};

struct table_statement {
    struct slice name;
    struct table_source *sources;
    struct table_option *options;
    const struct table_option *inherited; /* by the resolver: of the default that it replaces */
    struct table *table;
    bool used;
    bool looked_up;      /* what it answers is read, and not only whether it knows a key */
};

struct let_statement {
    struct slice name;
    struct expr *expr;
    bool used, resolving, resolved; /* the last two to find circles */
};

/* `disable` and `audit`: names, a trailing * allowed. */
struct names_statement {
    struct item *names;
};

struct test_line {
    struct place place; /* of the line without its indent */
    struct slice text;  /* without indent and line end */
    unsigned indent;    /* columns */
    struct test_line *next;
};

struct test_statement {
    struct slice name;
    struct place name_place;
    struct test_line *lines; /* blank lines inside are kept, with empty text */
};

enum statement_kind {
    STATEMENT_SET,
    STATEMENT_LIST,
    STATEMENT_TABLE,
    STATEMENT_LET,
    STATEMENT_RULE,
    STATEMENT_DISABLE,
    STATEMENT_AUDIT,
    STATEMENT_TEST,
};

/* Includes are not kept: what they bring stands in their place. */
struct statement {
    enum statement_kind kind;
    struct place place; /* of the name, or of the first word */
    bool is_default;    /* `default list`, `default table`, `default let` */
    bool overridden;    /* by the resolver: a default that the policy defines elsewhere */
    struct slice needed;      /* of a default that a policy must replace: by what; else NULL */
    struct place included_at; /* of such a one, the name of its file; without source: the first */
    union {
        struct set_statement set;
        struct list_statement list;
        struct table_statement table;
        struct let_statement let;
        struct rule rule;
        struct names_statement names;
        struct test_statement test;
    };
    struct statement *next;
};

struct tree {
    struct arena *arena;
    struct statement *first;
    const struct source *source; /* the file that the policy begins with */
    const struct source_file *files; /* all of its text, by `next`, the one read last first */
};

#endif
