/* Mailboxes of header fields: From, Sender, Reply-To and their like (RFC 5322 section 3.4 with the
 * obsolete forms of section 4.4, RFC 6532 section 3.2, RFC 6854). */
#ifndef POSTERN_MAIL_MAILBOX_H
#define POSTERN_MAIL_MAILBOX_H

#include "mail/address.h"

struct mailbox {
    struct slice name;      /* the display name as text, its encoded words decoded; may be empty */
    struct slice phrase;    /* the same as it is written */
    struct address address; /* never decoded: RFC 2047 section 5 forbids encoded words in it */
    struct slice around;    /* the field's text from the mailbox in front of it to its own end */
    struct slice group;     /* the name of the group that it stands in, as text */
    struct slice group_phrase; /* the same as it is written, of the group's first mailbox alone */
    bool in_group;
    struct mailbox *next;
};

/* Why an item of a field has more than one reading: programs take its author to be one or another.
 */
struct mailbox_doubt {
    const char *reason;
    struct mailbox_doubt *next;
};

/* The reason for a name such as Alice/Sales/ACME@ACME that isn't in quotes. */
#define MAILBOX_DIRECTORY_NAME "a name that isn't in quotes holds an @, as a directory writes it"

struct mailboxes {
    struct mailbox *first;
    size_t count;
    const char *defect; /* what is wrong with the field, or NULL; mailboxes found before it stay */
    struct mailbox_doubt *doubts; /* by the form of the field alone, at most one each item */
};

/* field: the body of a field, folded or not. No more than MAILBOXES_MAX are kept. */
enum { MAILBOXES_MAX = 10000 };
void mailboxes_parse(struct arena *arena, struct slice field, struct mailboxes *mailboxes_r);

/* The same, up to `most` of them. */
void mailboxes_parse_some(struct arena *arena, struct slice field, size_t most,
                          struct mailboxes *mailboxes_r);

/* How many mailboxes_parse() would find, up to `most`; takes no memory. */
size_t mailboxes_count(struct slice field, size_t most);

/* The fields that name who wrote a message or sent it (RFC 5322 sections 3.6.2 and 3.6.6). */
enum author_field {
    AUTHOR_FROM,
    AUTHOR_SENDER,
    AUTHOR_REPLY_TO,
    AUTHOR_RESENT_FROM,
    AUTHOR_RESENT_SENDER,
    AUTHOR_FIELDS
};

/* By its name, in any case of letters; AUTHOR_FIELDS for any other. */
enum author_field mailbox_author_field_of(struct slice name);
const char *mailbox_author_field_name(enum author_field field);

/* Addresses that people read in a mailbox besides its own: in its name, its comments, a quoted
 * local part and, of the first in a group, the name of that, as the most generous program shows
 * them: encoded words decoded wherever they stand, invisible characters and white space beside "@"
 * left out. No more than some hundreds are given; mailbox_doubt() tells of a name that holds
 * more. */
size_t mailbox_hidden(struct arena *arena, const struct mailbox *mailbox,
                      struct address **hidden_r);

/* Why its name or comments can't be read with certainty, or NULL. */
const char *mailbox_doubt(struct arena *arena, const struct mailbox *mailbox);

#endif
