/* The names of files that a part gives itself (RFC 2183 section 2.3, RFC 2045 section 5). */
#ifndef POSTERN_MAIL_MIME_FILENAME_H
#define POSTERN_MAIL_MIME_FILENAME_H

#include "mail/mime.h"

/* Every name that a program might take: filename of Content-Disposition and name of Content-Type,
 * each as often as it stands there, in UTF-8 where the charset is known, its encoded words read
 * (RFC 2231, and RFC 2047 against its word, as mailers do). A name that is one of the first few
 * stands once. Returns how many. */
size_t mime_filenames(struct arena *arena, const struct mime_part *part, struct slice **names_r);

#endif
