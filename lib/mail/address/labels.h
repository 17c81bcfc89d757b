/* The labels of a domain name. */
#ifndef POSTERN_LIB_MAIL_ADDRESS_LABELS_H
#define POSTERN_LIB_MAIL_ADDRESS_LABELS_H

#include "base/arena.h"

/* RFC 1035 section 2.3.4, RFC 5321 section 4.5.3.1.2. */
enum { LABEL_MAX = 63, DOMAIN_MAX = 255 };

/* Makes the next label of `rest`, without its dot, the label; false behind the last one. */
bool labels_next(struct slice *rest, struct slice *label_r);

/* ASCII letters lowered; a domain without upper case is returned as it is. */
struct slice labels_lower(struct arena *arena, struct slice domain);

#endif
