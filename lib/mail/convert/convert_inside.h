/* How a message is converted: what becomes of each part, of its header, of its octets. */
#ifndef POSTERN_LIB_MAIL_CONVERT_CONVERT_INSIDE_H
#define POSTERN_LIB_MAIL_CONVERT_CONVERT_INSIDE_H

#include "mail/convert_message.h"

/* What becomes of the body of a part. */
enum treatment {
    TREAT_NOT,     /* it stays, or its parts are treated */
    TREAT_RELABEL, /* it stays, and is 7bit from now on */
    TREAT_QUOTED,
    TREAT_BASE64,
    TREAT_STRAY,  /* base64 with octets above 127: these go */
    TREAT_REPAIR, /* quoted-printable with octets above 127: these are encoded */
    TREAT_REFUSE,
};

/* Reasons why a message can't be converted, as they are found; behind `most` none is kept. */
struct convert_refusals {
    struct convert_refusal *at;
    size_t most, count;
};

void convert_refuse(struct convert_refusals *refusals, struct convert_refusal refusal);
bool convert_refusals_full(const struct convert_refusals *refusals);

/* What is inside stays as it is: signed (RFC 1847 section 2.1), of a type
 * that most take for octets, or encoded as a whole. */
bool convert_is_closed(const struct mime_part *part, enum treatment treatment);

/* converts: bodies of this message are converted, not labels alone. TREAT_REFUSE: refusals say
 * why. */
enum treatment convert_judge(struct arena *arena, const struct mime_part *part, unsigned what,
                             bool converts, struct convert_refusals *refusals);

/* The fields of a part that change, in their order, and the new ones; fields that go have a name of
 * no octets. False: refusals say why, one a field until they are full. */
bool convert_header(struct arena *arena, const struct mime_part *part, unsigned what,
                    enum treatment treatment, bool converts, struct convert_field **fields_r,
                    struct convert_refusals *refusals);

/* The header of a part with its changes, as it goes out. closes: an empty line ends it, though
 * there was none. */
struct slice convert_header_text(struct arena *arena, const struct mime_part *part,
                                 const struct convert_field *fields, bool closes);

#endif
