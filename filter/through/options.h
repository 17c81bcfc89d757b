/* What `test --through` is told on its command line, and what the policy says to it. */
#ifndef POSTERN_FILTER_THROUGH_OPTIONS_H
#define POSTERN_FILTER_THROUGH_OPTIONS_H

#include "policy/policy.h"

/* WANTED: STARTTLS where a test or a login wants it; NEVER: a password goes in plain text. */
enum through_tls { THROUGH_TLS_WANTED, THROUGH_TLS_ALWAYS, THROUGH_TLS_AT_ONCE, THROUGH_TLS_NEVER };

struct through_options {
    const char *host, *port; /* of the MTA */
    const char *hello;       /* of tests that say none; NULL: theirs */
    const char *user;        /* NULL: nobody logs in */
    struct slice password;
    enum through_tls tls;
    struct slice nonce_user;   /* the nonce stands behind it and a "+"; empty: alone */
    struct slice nonce_domain; /* empty: that of the first recipient */
    const char *status_socket; /* of the policy */
};

#endif
