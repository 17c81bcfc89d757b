/* Parameters of MIME fields as they are written, octet for octet. */
#ifndef POSTERN_LIB_MAIL_MIME_PARAMETER_TEXT_H
#define POSTERN_LIB_MAIL_MIME_PARAMETER_TEXT_H

#include "base/slice.h"

/* Nobody means more of them, and joining sections looks at each several times. */
enum { PARAMETERS_MAX = 500 };

struct parameter_text {
    struct slice name; /* without section number and asterisk; empty where there is no "=" */
    bool has_section;  /* RFC 2231 section 3 */
    bool odd_section;  /* a number that is none there, but to some programs */
    unsigned section;
    bool extended;      /* RFC 2231 section 4: ends in an asterisk */
    struct slice value; /* with its quotes */
    bool quoted;
    bool malformed;
    bool empty; /* nothing but white space and comments */
};

/* text: from behind a ";" to the next one. Whatever it is, parameter_r is filled. A value without
 * quotes goes on to the end, without the white space and comments there: so real mail is meant. */
void parameter_text_parse(struct slice text, struct parameter_text *parameter_r);

/* A character of a token (RFC 2045 section 5.1). */
bool parameter_is_token(char c);

#endif
