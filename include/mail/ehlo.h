/* What an SMTP server answers: a reply of one or several lines (RFC 5321 section 4.2.1), and what
 * the one to EHLO offers (section 4.1.1.1). */
#ifndef POSTERN_MAIL_EHLO_H
#define POSTERN_MAIL_EHLO_H

#include "base/slice.h"

/* RFC 5321 section 4.5.3.1.5 allows a line 512 octets, unless an extension wants more. */
enum { SERVER_LINE_MAX = 2048, SERVER_REPLY_MAX = 16384 };

enum server_reply_state {
    SERVER_REPLY_WHOLE,
    SERVER_REPLY_PARTIAL,
    SERVER_REPLY_NO_CODE, /* three digits, of which the first is 2 to 5, and a space or hyphen */
    SERVER_REPLY_CODES_DIFFER,
    SERVER_REPLY_LINE_TOO_LONG,
    SERVER_REPLY_TOO_LONG,
    SERVER_REPLY_STATES,
};

struct server_reply {
    int code;
    struct slice text; /* all its lines as they came, codes and line ends too */
};

/* Looks for a reply at the beginning of what was received; reply_r is set for a whole one. PARTIAL
 * never comes of SERVER_REPLY_MAX octets or more. A line may end in LF alone. */
enum server_reply_state ehlo_reply_read(struct slice received, struct server_reply *reply_r);

/* "began a line without a code" and the like, to be said of the server; "" for a good state. */
const char *ehlo_state_text(enum server_reply_state state);

struct ehlo {
    bool eightbitmime; /* RFC 6152 */
    bool smtputf8;     /* RFC 6531 */
    bool starttls;     /* RFC 3207 */
    bool auth_plain;   /* RFC 4954 */
    bool auth_login;
};

/* reply: the text of a whole reply to EHLO. Its first line names the server, and offers nothing. */
struct ehlo ehlo_read(struct slice reply);

#endif
