/* The names of files that a part gives itself (RFC 2183 section 2.3, RFC 2045 section 5). */
#ifndef POSTERN_MAIL_MIME_FILENAME_H
#define POSTERN_MAIL_MIME_FILENAME_H

#include "mail/mime.h"

enum { MIME_FILENAMES_MAX = 8 };

/* Every name that a program might take: filename of Content-Disposition and name of Content-Type,
 * each as often as it stands there, in UTF-8 where the charset is known, its encoded words read
 * (RFC 2231, and RFC 2047 against its word, as mailers do). Names that are the same stand once.
 * Returns how many. */
size_t mime_filenames(struct arena *arena, const struct mime_part *part,
                      struct slice names_r[MIME_FILENAMES_MAX]);

#endif
