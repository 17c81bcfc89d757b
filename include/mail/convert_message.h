/* A message made fit for a next hop that takes less, without loss: 8-bit octets in bodies encoded
 * (RFC 6152 section 3, RFC 2045 section 6), header fields with UTF-8 said in ASCII (RFC 6532, RFC
 * 2047, RFC 2231). All that changes is planned first, from the structure that a scan found; then
 * the stream runs through once more, in pieces of any size. */
#ifndef POSTERN_MAIL_CONVERT_MESSAGE_H
#define POSTERN_MAIL_CONVERT_MESSAGE_H

#include "base/buffer.h"
#include "mail/mime.h"

enum convert_what {
    CONVERT_8BIT = 1, /* bodies, and labels of ASCII as 8-bit, which a next hop may encode; a
                         header field with octets above 127 is then refused */
    CONVERT_UTF8 = 2, /* header fields, at any depth */
};

/* Why a message can't be converted: the reply (RFC 3463 section 3.7, RFC 6531 section 3.5). */
struct convert_refusal {
    int code;             /* 554, or 550 for an address */
    const char *enhanced; /* "5.6.2" */
    const char *reason;   /* "part 2 (message/partial) may only be 7bit ..." */
    bool of_header;       /* a header field is the reason */
};

/* What becomes of one field of a header that was told apart. */
struct convert_field {
    const struct header_field *field; /* NULL: a new one, to be put at the end */
    struct slice name;
    struct slice body; /* folded with "\n" */
    struct convert_field *next;
};

struct convert_plan {
    const struct convert_field *fields; /* in the order of the header */
    bool body;                          /* the stream changes */
    const char *summary;                /* what is converted, for the log; "" for nothing */
    struct convert_state *state;
};

/* what: CONVERT_ bits. False: refusal_r says why, and nothing may be changed. All lives in the
 * arena of the message. */
bool convert_plan(struct arena *arena, const struct mime_message *message, unsigned what,
                  struct convert_plan *plan_r, struct convert_refusal *refusal_r);

/* Why it can't be converted, by the same judgement, and with nothing written: as many reasons as
 * there are, one a body and one a header field, but `most` at the most; returns how many. None
 * exactly where convert_plan() can do it. */
size_t convert_refusals(struct arena *arena, const struct mime_message *message, unsigned what,
                        size_t most, struct convert_refusal *refusals_r);

/* Takes what stands where the converted octets go to. */
typedef bool convert_sink(void *context, struct slice piece);

/* The stream's next piece, and what is due behind the last one; false when the sink said so. Begins
 * at the stream's beginning, each time anew after an end. */
bool convert_add(struct convert_plan *plan, struct slice piece, convert_sink *sink, void *context);
bool convert_end(struct convert_plan *plan, convert_sink *sink, void *context);

#endif
