/* The texts that were remembered last, in memory that processes share and that outlives each of
 * them. Writers wait for nobody: one that is killed in the middle of a text holds nobody up, and
 * what isn't whole is never read. */
#ifndef POSTERN_FILTER_COUNT_RECALL_H
#define POSTERN_FILTER_COUNT_RECALL_H

#include "base/arena.h"
#include "base/slice.h"

/* The most that a text may have. */
enum { RECALL_LONGEST = 64000 };

/* What texts are of: verdicts of real mail, and tests that are played through an MTA, which thus
 * push no verdict out. */
enum recall_of { RECALL_VERDICTS, RECALL_PLAYS, RECALL_KINDS };

/* Makes room for so many texts, once, before processes and threads are that share it. False: there
 * is no memory. */
bool recall_make(enum recall_of of, size_t texts);
bool recall_is_made(enum recall_of of);

/* Remembers a text of at most RECALL_LONGEST octets under an id: digits and letters of base 36. The
 * oldest one gives way. */
void recall_keep(enum recall_of of, struct slice id, struct slice text);

/* The texts under this id, oldest first, each with RECALL_END behind it; the last few where there
 * are many. Empty where there is none. */
#define RECALL_END "\f\n"
struct slice recall_find(struct arena *arena, enum recall_of of, struct slice id);

#endif
