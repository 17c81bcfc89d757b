/* Whether a message says after a conversion what it said before. */
#ifndef POSTERN_TESTS_MIME_MIME_ORACLE_H
#define POSTERN_TESTS_MIME_MIME_ORACLE_H

#include "base/arena.h"

/* what: CONVERT_ bits. NULL when all is well, or what is wrong. Fields are compared by the text
 * that they tell, with white space and quotes left out; where a Content-Type can be read in two
 * ways, parts aren't compared. */
const char *mime_oracle(struct arena *arena, struct slice before, struct slice after,
                        unsigned what);

#endif
