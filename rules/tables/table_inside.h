/* The drivers that there are, for the registry, and what they share. */
#ifndef POSTERN_RULES_TABLES_TABLE_INSIDE_H
#define POSTERN_RULES_TABLES_TABLE_INSIDE_H

#include "policy/table_driver.h"

extern const struct table_driver table_none;
extern const struct table_driver table_inline;
extern const struct table_driver table_static;
extern const struct table_driver table_fail;
extern const struct table_driver table_unionmap;
extern const struct table_driver table_pipemap;
extern const struct table_driver table_texthash;
extern const struct table_driver table_cidr;
extern const struct table_driver table_pcre;
extern const struct table_driver table_regexp;
extern const struct table_driver table_hash;
extern const struct table_driver table_btree;
extern const struct table_driver table_mmdb;

/* Built where their library was found. */
extern const struct table_driver table_lmdb;
extern const struct table_driver table_cdb;
extern const struct table_driver table_sqlite;

/* The form in which keys are kept and asked: full case folding, as postmap(1) has it, and NFC.
 * White space is kept, since it can only stand in a quoted local part. */
struct slice table_fold_key(struct arena *arena, struct slice key);

/* What is looked for in the values of a table. */
struct table_search {
    struct arena *arena;
    enum value_type as;
    const char *path;              /* of the file that is gone through */
    struct table_unreadable found; /* value.at is NULL until then */
};

/* A table_visitor: stops at a value that can't be read as search->as. */
bool table_search_unreadable(void *search, struct slice value, unsigned line);

/* What is most likely meant by a file of a table that can't be opened, to stand behind the reason;
 * NULL: nobody knows. name: as the policy writes it. */
const char *table_cure(struct arena *arena, const struct table_driver *driver, struct slice name,
                       const char *path);

/* The command that makes a file of this type of its source. */
const char *table_making(struct arena *arena, const char *type, struct slice source);

#endif
