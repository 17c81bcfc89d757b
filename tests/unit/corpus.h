/* Test material that others wrote, in the folder that $POSTERN_CORPORA names (../shared/corpora,
 * seen from srcdir): lines with columns between tabs. */
#ifndef POSTERN_TESTS_CORPUS_H
#define POSTERN_TESTS_CORPUS_H

#include <stdio.h>

#include "base/arena.h"

/* The file, to be closed; NULL where it isn't there, which counts as one test skipped. */
FILE *corpus_open(const char *name);

/* How many columns the line has, up to `most`, and what stands in them. */
size_t corpus_cut(struct slice line, struct slice *column, size_t most);

/* The octets that stand there in hexadecimal. */
struct slice corpus_octets(struct arena *arena, struct slice hex);

#endif
