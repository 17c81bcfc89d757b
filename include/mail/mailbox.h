/* Mailboxes of header fields: From, Sender, Reply-To and their like (RFC 5322 section 3.4 with the
 * obsolete forms of section 4.4, RFC 6532 section 3.2, RFC 6854). */
#ifndef POSTERN_MAIL_MAILBOX_H
#define POSTERN_MAIL_MAILBOX_H

#include "mail/address.h"

struct mailbox {
    struct slice name;      /* the display name as text, its encoded words decoded; may be empty */
    struct address address; /* never decoded: RFC 2047 section 5 forbids encoded words in it */
    struct mailbox *next;
};

struct mailboxes {
    struct mailbox *first;
    size_t count;
    const char *defect; /* what is wrong with the field, or NULL; mailboxes found before it stay */
};

/* field: the body of a field, folded or not. */
void mailboxes_parse(struct arena *arena, struct slice field, struct mailboxes *mailboxes_r);

#endif
