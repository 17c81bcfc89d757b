/* Mailboxes of header fields: From, Sender, Reply-To and their like (RFC 5322 section 3.4 with the
 * obsolete forms of section 4.4, RFC 6532 section 3.2, RFC 6854). */
#ifndef POSTERN_MAIL_MAILBOX_H
#define POSTERN_MAIL_MAILBOX_H

#include "mail/address.h"

struct mailbox {
    struct slice name;      /* the display name as text, its encoded words decoded; may be empty */
    struct address address; /* never decoded: RFC 2047 section 5 forbids encoded words in it */
    struct slice around;    /* the field's text from the mailbox in front of it to its own end */
    struct slice group;     /* the name of the group that it stands in, as text */
    bool in_group;
    struct mailbox *next;
};

struct mailboxes {
    struct mailbox *first;
    size_t count;
    const char *defect; /* what is wrong with the field, or NULL; mailboxes found before it stay */
};

/* field: the body of a field, folded or not. */
void mailboxes_parse(struct arena *arena, struct slice field, struct mailboxes *mailboxes_r);

/* Addresses that people read in a mailbox besides its own: in its name, its comments and the name
 * of its group, behind encoded words too. */
size_t mailbox_hidden(struct arena *arena, const struct mailbox *mailbox,
                      struct address **hidden_r);

#endif
