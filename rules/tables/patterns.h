/* Tables of patterns: the lines of pcre_table(5) and regexp_table(5), whatever matches them. */
#ifndef POSTERN_RULES_TABLES_PATTERNS_H
#define POSTERN_RULES_TABLES_PATTERNS_H

#include "policy/table_driver.h"
#include "values/regex.h"

enum { MOST_GROUPS = 99 };

struct pattern_engine {
    /* NULL and a reason when the pattern or its flags are wrong; groups_r: how many it has. */
    const void *(*compile)(struct arena *arena, struct slice pattern, struct slice flags,
                           unsigned *groups_r, const char **reason_r);
    /* group: room for `groups` + 1, of which 0 is the whole; each lies within the subject, or is
     * empty. The reason is for REGEX_LIMIT. */
    enum regex_result (*match)(const void *compiled, struct slice subject, struct meter *meter,
                               struct slice *group, unsigned groups, const char **reason_r);
    bool needs_nul; /* a subject must be followed by one */
};

/* A table_file_build but for the engine. */
const void *patterns_build(struct arena *arena, const struct pattern_engine *engine,
                           struct slice text, const char **reason_r);

/* A table_file_find. */
struct table_answer patterns_answer(const void *patterns, struct arena *arena, struct slice key);

/* A table_file_walk. */
void patterns_each(const void *patterns, table_visitor *see, void *context);

#endif
