/* The body of one message, kept until its end: in memory up to a limit, beyond it in a temporary
 * file that has no name. */
#ifndef POSTERN_FILTER_SPOOL_H
#define POSTERN_FILTER_SPOOL_H

#include "base/buffer.h"

struct spool;

/* Lives in the arena, and is closed with it. memory: octets that are kept without a file. */
struct spool *spool_new(struct arena *arena, size_t memory);

/* False when the piece couldn't be kept (disk full, say); from then on nothing is. */
bool spool_add(struct spool *spool, struct slice piece);

/* The whole, valid as long as the arena; false when it can't be had. */
bool spool_text(struct spool *spool, struct slice *text_r);

/* After a false: why. */
const char *spool_reason(const struct spool *spool);

/* A file without a name, where spools have theirs; -1 with errno. */
int spool_file(struct arena *arena);

#endif
