/* Parameters of MAIL and RCPT (RFC 5321 section 4.1.1.11, and the RFC of each extension). */
#ifndef POSTERN_MAIL_ESMTP_H
#define POSTERN_MAIL_ESMTP_H

#include "base/arena.h"

struct parameter {
    struct slice keyword;
    struct slice value;
    bool has_value; /* there was a "=" */
};

enum parameter_defect {
    PARAMETER_FINE,
    PARAMETER_BAD_SYNTAX, /* not keyword[=value] */
    PARAMETER_UNKNOWN,    /* no registered parameter of this command: 555 5.5.4 */
    PARAMETER_REPEATED,   /* RFC 6152 section 3, RFC 1870 section 6: only one */
    PARAMETER_NO_VALUE,
    PARAMETER_STRAY_VALUE,
    PARAMETER_BAD_VALUE,
    PARAMETER_DEFECTS,
};

/* The parameters of one command. The fields below are those of the first parameter of each keyword,
 * empty where it is missing or its value can't be read. */
struct parameters {
    struct parameter *item;
    size_t count;
    enum parameter_defect defect; /* the first one found */
    struct slice defective;       /* the parameter that has it, as sent */

    bool has_size;
    int64_t size;      /* MAIL, RFC 1870; INT64_MAX where 20 digits say more */
    struct slice body; /* MAIL, RFC 6152, RFC 3030 */
    bool smtputf8;     /* MAIL, RFC 6531 section 3.4 */
    bool has_auth;
    struct slice auth;   /* MAIL, RFC 4954 section 5; xtext decoded; empty for <> */
    struct slice ret;    /* MAIL, RFC 3461 section 4.3 */
    struct slice envid;  /* MAIL, RFC 3461 section 4.4; xtext decoded */
    struct slice notify; /* RCPT, RFC 3461 section 4.1 */
    struct slice orcpt; /* RCPT, RFC 3461 section 4.2, RFC 6533 section 3; "type;address" as sent */
};

/* "BODY=FOO: its value is none that RFC 6152 knows" in the manner of "appears twice"; "" for fine.
 */
const char *parameter_defect_text(enum parameter_defect defect);

/* words: the arguments behind the path, one each. */
void parameters_parse_mail(struct arena *arena, const struct slice *words, size_t count,
                           struct parameters *parameters_r);
void parameters_parse_rcpt(struct arena *arena, const struct slice *words, size_t count,
                           struct parameters *parameters_r);

/* The first parameter with this keyword, case ignored; NULL when there is none. */
const struct parameter *parameters_find(const struct parameters *parameters, struct slice keyword);

/* RFC 3461 section 4 xtext; false for "+" without two hexadecimal digits, "=", or anything that
 * isn't printable ASCII; with octets above 127 let through where utf8 says so. */
bool xtext_decode(struct arena *arena, struct slice xtext, bool utf8, struct slice *text_r);

#endif
