/* One pass over a message, in pieces of any size, that finds its structure (RFC 2045, RFC 2046). */
#ifndef POSTERN_MAIL_MIME_SCAN_H
#define POSTERN_MAIL_MIME_SCAN_H

#include "mail/mime.h"

struct mime_scan;

/* Past these limits structure is no longer followed, and the message has the defect. */
struct mime_limits {
    unsigned depth;
    unsigned parts;
    size_t header; /* octets of all headers in the stream together */
    size_t field;  /* name and body of a field that is told apart, converted too; 0: any */
};

/* What the scan finds lives in the arena. The stream begins with the message's header, which may
 * begin with the "From " line of a mailbox file. */
struct mime_scan *mime_scan_new(struct arena *arena, const struct mime_limits *limits);

/* Before the first piece: the header was told apart, field by field, and the stream is the body. */
void mime_scan_header(struct mime_scan *scan, const struct header_field *header);

void mime_scan_add(struct mime_scan *scan, struct slice piece);

/* After the last piece; valid as long as the arena. */
const struct mime_message *mime_scan_end(struct mime_scan *scan);

/* What is certain before the end: a header field of a part holds octets above 127 (RFC 6532). */
bool mime_scan_needs_utf8(const struct mime_scan *scan);

#endif
