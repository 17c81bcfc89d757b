/* Whether a file is what LMDB would have written. liblmdb trusts its pages: a damaged one can make
 * it read anywhere, or abort. */
#ifndef POSTERN_RULES_TABLES_LMDB_CHECK_H
#define POSTERN_RULES_TABLES_LMDB_CHECK_H

#include "base/arena.h"

/* Every page that a lookup can reach is looked at, and the order of all keys. The reason when
 * something is wrong, or NULL. */
const char *lmdb_check(struct slice text);

#endif
