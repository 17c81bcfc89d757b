/* From the text of a policy to its tree. */
#ifndef POSTERN_RULES_LANGUAGE_PARSE_H
#define POSTERN_RULES_LANGUAGE_PARSE_H

#include "tree.h"

/* Conditions and brackets nest no deeper. */
enum { PARSE_MAX_DEPTH = 100 };

/* Reads the policy that begins with file `path`, and all it includes (relative to the including
 * file; globs in order of name; a circle is an error, and so is a pattern without wildcard that
 * finds nothing). Problems go to diagnostics; the tree holds what could be read. */
void parse_policy(struct arena *arena, const char *path, struct diagnostics *diagnostics,
                  struct tree *tree_r);

/* The same of a text that is no file, shown under `name`; includes are relative to `directory`. */
void parse_text(struct arena *arena, const char *name, const char *directory, struct slice text,
                struct diagnostics *diagnostics, struct tree *tree_r);

/* A file of tests alone: `test` statements; anything else is an error. */
void parse_tests(struct arena *arena, const char *path, struct diagnostics *diagnostics,
                 struct tree *tree_r);

/* The items of a list file, one a line, # begins a comment; text_r gets all that is in it. */
struct item *parse_list_file(struct arena *arena, const char *path, struct diagnostics *diagnostics,
                             struct place named_at, struct slice *text_r);

#endif
