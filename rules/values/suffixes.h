/* Under which domains people register theirs: the public suffix list of the system. */
#ifndef POSTERN_RULES_VALUES_SUFFIXES_H
#define POSTERN_RULES_VALUES_SUFFIXES_H

#include "base/arena.h"

/* NULL where the list is known, or why it isn't: "this build has no libpsl". Reads it when it is
 * first asked, for the whole process; a new process has a new list. */
const char *suffixes_unknown(void);

/* The domain that was registered: one label below a public suffix. It is the end of `domain` as
 * that is written. Empty for a public suffix itself, for what isn't below one, for address
 * literals and what is too long for DNS, and where the list isn't known. */
struct slice suffixes_registered(struct arena *arena, struct slice domain);

#endif
