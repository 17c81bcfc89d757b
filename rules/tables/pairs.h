/* Keys and values in memory, for the tables whose files are read whole. */
#ifndef POSTERN_RULES_TABLES_PAIRS_H
#define POSTERN_RULES_TABLES_PAIRS_H

#include "policy/table_driver.h"

struct pairs;

/* has_lines: each has the line of a file that it stands in. */
struct pairs *pairs_new(struct arena *arena, bool has_lines);

/* Neither holds a NUL. Of a key that comes twice the first stays, as in postmap(1). False when it
 * no longer fits into 4 GB. */
bool pairs_add(struct pairs *pairs, struct slice key, struct slice value, unsigned line);

/* How many there are, each key once. */
size_t pairs_count(const struct pairs *pairs);

/* What can't be meant in them: the first is kept. It lives as long as they do. */
void pairs_keep_remark(struct pairs *pairs, const char *remark);
const char *pairs_remark(const void *pairs);

bool pairs_is_empty(const void *pairs);

/* A table_file_find. */
struct table_answer pairs_answer(const void *pairs, struct arena *arena, struct slice key);

/* A table_file_walk. */
void pairs_each(const void *pairs, table_visitor *see, void *context);

#endif
