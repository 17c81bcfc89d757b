/* How names look to people (Unicode Technical Standard #39), through ICU where the build has it. */
#ifndef POSTERN_MAIL_LOOKS_H
#define POSTERN_MAIL_LOOKS_H

#include "base/arena.h"

/* UTS #39 section 5.2; the order is that of the setting script-level. */
enum script_level { SCRIPT_HIGHLY_RESTRICTIVE, SCRIPT_MODERATELY_RESTRICTIVE };

/* Whether this build has ICU. Without it nothing is mixed, has scripts, or looks like anything. */
bool looks_are_known(void);

/* Does a label of the domain mix scripts beyond that level? Each label is judged for itself, in its
 * U-label form. */
bool looks_mixed(struct arena *arena, struct slice domain, enum script_level level);

/* The long names ("Latin", "Cyrillic") of the scripts of a domain, each once, in the order
 * in which they appear; their number. Digits, hyphens and combining marks are of no script. */
size_t looks_scripts(struct arena *arena, struct slice domain, const char ***names_r);

/* UTS #39 section 4: texts with equal skeletons look alike. Case is told apart; A-labels aren't
 * read. */
struct slice looks_skeleton(struct arena *arena, struct slice text);

#endif
