/* Asks an SMTP server what it offers: a short dialogue of bounded time and size. */
#ifndef POSTERN_FILTER_SMTP_CLIENT_H
#define POSTERN_FILTER_SMTP_CLIENT_H

#include "base/arena.h"
#include "mail/ehlo.h"

struct smtp_question {
    const char *host;     /* a name or an address, without brackets */
    const char *port;     /* a number */
    const char *hello;    /* what EHLO says; NULL: the own name, or else the own address */
    int64_t milliseconds; /* that all of it may take, finding the addresses too */
    bool plain;           /* STARTTLS is left alone */
};

struct smtp_answer {
    struct ehlo offers; /* those behind STARTTLS, where that was offered and went well */
    const char *reason; /* why it could not be asked; NULL: it was */
    const char *note;   /* why STARTTLS, though offered, could not be had; NULL otherwise */
};

/* Of several addresses the first that answers at all is asked. Texts live in the arena, are
 * printable ASCII, and go on behind the server's name. SIGPIPE must be ignored. */
void smtp_ask(struct arena *arena, const struct smtp_question *question,
              struct smtp_answer *answer_r);

#endif
