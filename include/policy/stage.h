/* The stages of an SMTP transaction at which facts arrive and verdicts fall. */
#ifndef POSTERN_POLICY_STAGE_H
#define POSTERN_POLICY_STAGE_H

#include "base/slice.h"

enum stage {
    STAGE_CONNECT,
    STAGE_HELO,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_HEADER,  /* end of the header */
    STAGE_BODY,    /* end of the message */
    STAGE_UNKNOWN, /* a command that the MTA doesn't know; outside the order of the others */
    STAGES,
};

/* "connect", "helo" ... as the language writes them. */
const char *stage_name(enum stage stage);

/* "CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END-OF-HEADER", "END-OF-MESSAGE", "UNKNOWN" as logs
 * write them. */
const char *stage_log_name(enum stage stage);

bool stage_find(struct slice name, enum stage *stage_r);

#endif
