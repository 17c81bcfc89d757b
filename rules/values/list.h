/* Lists: items typed by their form, asked in constant time. */
#ifndef POSTERN_RULES_VALUES_LIST_H
#define POSTERN_RULES_VALUES_LIST_H

#include "base/diagnostics.h"
#include "policy/value.h"

struct list;

/* One item of a list: bare, or a text in quotes. */
struct item {
    struct place place;
    struct slice text;
    bool quoted;
    unsigned forms; /* when its list was built: bits of enum list_form; 0: it has none */
    struct item *next;
};

/* The forms that a list's items have, as bits. */
enum list_form {
    LIST_IP = 1,          /* 192.0.2.7, 192.0.2.0/24 */
    LIST_DOMAIN = 2,      /* example.com */
    LIST_SUBDOMAINS = 4,  /* .example.com: everything below it, addresses too */
    LIST_ADDRESS = 8,     /* user@example.com */
    LIST_AT_DOMAIN = 16,  /* @example.com: any address there */
    LIST_LOCAL_PART = 32, /* user@: that local part anywhere */
    LIST_TEXT = 64,       /* in quotes; in a list file, any other line */
    LIST_NUMBER = 128,    /* 25, 10MB, 30s */
    LIST_OF_ADDRESSES = LIST_ADDRESS | LIST_AT_DOMAIN | LIST_LOCAL_PART,
};

/* Sets the forms of each item. from_file: a line of no known form is a text; elsewhere it is an
 * error that says to quote it. */
const struct list *list_build(struct arena *arena, struct item *items, bool from_file,
                              enum local_case local_case, struct diagnostics *diagnostics);

/* The same items as texts, without the dot that some begin with: ".exe" for what has none. */
const struct list *list_without_dots(struct arena *arena, const struct list *list);

/* Its first item as written; empty for an empty list. */
struct slice list_first(const struct list *list);

/* Forms of its items together; 0 for an empty list. */
unsigned list_forms(const struct list *list);

/* The forms by which a value of this type can be in a list. */
unsigned list_forms_for(enum value_type type);

bool list_contains(const struct list *list, struct arena *arena, const struct value *value);

/* The items as written, joined by ", ". */
struct slice list_print(struct arena *arena, const struct list *list);

#endif
