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

/* The whole, in pieces, without holding more than one of them; false when it can't be had, or when
 * `take` said so. */
bool spool_pass(struct spool *spool, bool (*take)(void *context, struct slice piece),
                void *context);

/* After a false of the spool's own: why. */
const char *spool_reason(const struct spool *spool);

/* Where files of spools are. */
const char *spool_directory(void);

/* A file without a name, where spools have theirs; -1 with errno. */
int spool_file(struct arena *arena);

/* NULL, or why no spool could have a file, now. */
const char *spool_problem(struct arena *arena);

#endif
