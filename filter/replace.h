/* Reads a file whole, and puts another in its place. */
#ifndef POSTERN_FILTER_REPLACE_H
#define POSTERN_FILTER_REPLACE_H

#include "base/arena.h"

/* NULL, with the text, which is empty where there is no such file; or the reason. */
const char *replace_read(struct arena *arena, const char *path, struct slice *text_r);

/* Nobody ever sees half of the new text: it is written beside the file, with that file's owner and
 * mode as far as that is allowed (0644 for a new one), and renamed. A symbolic link stays, and what
 * it leads to is replaced. NULL, or the reason. */
const char *replace_write(struct arena *arena, const char *path, struct slice text);

#endif
