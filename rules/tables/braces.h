/* What stands between braces in the place of a table, as Postfix has it: items separated by commas
 * and white space, but for those within inner braces. */
#ifndef POSTERN_RULES_TABLES_BRACES_H
#define POSTERN_RULES_TABLES_BRACES_H

#include "base/slice.h"

/* Is the whole text a pair of braces? What stands between them. */
bool braces_inside(struct slice text, struct slice *inside_r);

/* Takes the next item off; false at the end. */
bool braces_item(struct slice *rest, struct slice *item_r);

/* A text that may stand in braces of its own, so that it can begin with white space or hold commas:
 * without them and the white space inside. The reason when the braces don't match, or NULL. */
const char *braces_strip(struct slice text, struct slice *bare_r);

#endif
