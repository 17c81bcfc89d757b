/* The files that a policy is made of. */
#ifndef POSTERN_RULES_LANGUAGE_SOURCE_H
#define POSTERN_RULES_LANGUAGE_SOURCE_H

#include <sys/types.h>

#include "base/diagnostics.h"

struct source_file {
    struct source source;
    dev_t device;
    ino_t inode; /* 0: a text that is no file */
    struct place named_at;
    const struct source_file *included_by; /* NULL: the first one */
    struct source_file *next;
};

/* A text without file. Its octets are still to be checked. */
struct source_file *source_of_text(struct arena *arena, const char *name, const char *directory,
                                   struct slice text);

/* Reads a file; NULL and an error at `named_at` when that can't be done. */
struct source_file *source_read(struct arena *arena, const char *path, struct place named_at,
                                struct diagnostics *diagnostics);

/* An error at the first octet that can't be in a policy: control characters, what isn't UTF-8. */
bool source_check(const struct source *source, struct diagnostics *diagnostics);

/* Is `inner` a file that `outer` includes, or that one of those does? Both are source_file.source.
 */
bool source_is_below(const struct source *inner, const struct source *outer);

bool source_same_file(const struct source_file *a, const struct source_file *b);

/* Paths that an include names, in the order of their names; false after an error. */
bool source_find(struct arena *arena, const struct source *from, struct slice name,
                 struct place named_at, struct diagnostics *diagnostics, const char ***paths_r,
                 size_t *count_r);

#endif
