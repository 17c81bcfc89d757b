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
    PARAMETER_UNDECLARED_UTF8, /* RFC 6531 section 3.3: only with SMTPUTF8 */
    PARAMETER_EXCLUDED,        /* RFC 4865 section 5: by another one */
    PARAMETER_TOO_LARGE,       /* a SIZE above 63 bits: 552 5.3.4 */
    PARAMETER_DEFECTS,
};

/* The parameters of one command. The fields below are those of the first parameter of each keyword,
 * empty where it is missing or its value can't be read. */
struct parameters {
    struct parameter *item;
    size_t count;
    /* The first one found; that a parameter is unknown counts only where nothing else is wrong. */
    enum parameter_defect defect;
    struct slice defective;       /* the parameter that has it, as sent */
    struct slice utf8;            /* the first one with octets above 127, as sent */

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

/* "appears twice" and the like, to be said behind the parameter; "" for fine. */
const char *esmtp_defect_text(enum parameter_defect defect);

/* The reply that fits (RFC 5321 section 4.1.1.11, RFC 1870 section 6.1, RFC 3463); 0 and "" for
 * fine. */
void esmtp_defect_reply(enum parameter_defect defect, int *code_r, const char **enhanced_r);

/* words: the arguments behind the path, one each. */
void esmtp_parse_mail(struct arena *arena, const struct slice *words, size_t count,
                      struct parameters *parameters_r);
void esmtp_parse_rcpt(struct arena *arena, const struct slice *words, size_t count,
                      struct parameters *parameters_r);

/* Whether SMTPUTF8 was declared stands in the MAIL command, and esmtp_parse_rcpt() lets UTF-8
 * through; this says what is wrong with that in mind. */
enum parameter_defect esmtp_defect_rcpt(const struct parameters *parameters, bool smtputf8,
                                        struct slice *defective_r);

/* The first parameter with this keyword, case ignored; NULL when there is none. */
const struct parameter *esmtp_find(const struct parameters *parameters, struct slice keyword);

/* RFC 3461 section 4 xtext; false for "+" without two hexadecimal digits, "=", or anything that
 * isn't printable ASCII; with octets above 127 let through where utf8 says so. */
bool esmtp_xtext_decode(struct arena *arena, struct slice xtext, bool utf8, struct slice *text_r);

#endif
