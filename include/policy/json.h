/* Strings of strangers in JSON (RFC 8259). */
#ifndef POSTERN_POLICY_JSON_H
#define POSTERN_POLICY_JSON_H

#include <stdio.h>

#include "base/slice.h"

/* Writes it in quotes. Octets that aren't UTF-8 become U+FFFD, since JSON has no way to hold them.
 */
void json_write_string(FILE *to, struct slice s);

#endif
