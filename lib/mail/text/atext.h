/* Characters of atoms, as envelope and header fields share them. */
#ifndef POSTERN_LIB_MAIL_TEXT_ATEXT_H
#define POSTERN_LIB_MAIL_TEXT_ATEXT_H

#include "base/slice.h"

/* RFC 5322 section 3.2.3; octets above 127 by RFC 6532 section 3.2 and RFC 6531 section 3.3. */
static inline bool
is_atext(char c)
{
    return ascii_is_alnum(c) || (unsigned char)c > 127 ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static inline bool
is_control(char c)
{
    return (unsigned char)c < 32 || c == 127;
}

#endif
