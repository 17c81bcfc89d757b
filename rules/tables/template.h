/* The templates of Postfix's files for databases: %s %u %d %S %U %D %1..%9 in a query, where they
 * are bound and never pasted, and in what is made of a result. */
#ifndef POSTERN_RULES_TABLES_TEMPLATE_H
#define POSTERN_RULES_TABLES_TEMPLATE_H

#include "base/buffer.h"

/* What a query and the form of its results want of a key and of a result. */
struct template_wants {
    bool key_user, key_domain, value_user, value_domain;
    size_t labels; /* of the key's domain */
};

/* A key or a result taken apart at its last "@". */
struct template_text {
    struct slice whole;
    struct slice user; /* the whole where there is no "@" */
    struct slice domain;
    bool has_at;
};

struct template_text template_text(struct slice whole);

/* Adds what it wants; false where "%" stands before anything else. */
bool template_read(struct slice text, bool is_query, struct template_wants *wants);

/* Has the key all that is wanted of it? Where not, nothing is found. */
bool template_fits_key(const struct template_wants *wants, const struct template_text *key);

/* A label of a domain, the last is number 1; empty where there is none. */
struct slice template_label(struct slice domain, size_t number);

/* The SQL of a query, with ?1 for the key, ?2 for its user, ?3 for its domain and ?4 to ?12 for
 * labels; also where they stand within a text in single quotes. NULL and a reason. */
const char *template_sql(struct arena *arena, struct slice query, const char **reason_r);

/* Adds what the form makes of a result, behind a comma if there is something; false when the result
 * hasn't all that is wanted of it. */
bool template_add(struct buffer *to, struct slice form, const struct template_wants *wants,
                  struct slice result, const struct template_text *key);

#endif
