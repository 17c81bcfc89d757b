/* What the header of a part says of it. */
#ifndef POSTERN_LIB_MAIL_MIME_MIME_PART_H
#define POSTERN_LIB_MAIL_MIME_MIME_PART_H

#include "mail/mime.h"

/* Reads type, encoding and boundary from part->header, and sets kind and defects. What the type is
 * where none is said depends on the parent. */
void mime_part_read(struct arena *arena, struct mime_part *part);

#endif
