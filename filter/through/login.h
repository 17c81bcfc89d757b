/* What a client says to log in. */
#ifndef POSTERN_FILTER_THROUGH_LOGIN_H
#define POSTERN_FILTER_THROUGH_LOGIN_H

#include "options.h"

const char *login_base64(struct arena *arena, struct slice octets);

/* The initial response of PLAIN (RFC 4616). */
const char *login_plain(struct arena *arena, const struct through_options *options);

#endif
