/* The parameters of a field as they are written, one between two semicolons, and what becomes of
 * each where its value isn't ASCII. */
#ifndef POSTERN_LIB_MAIL_CONVERT_CONVERT_FIELD_SEGMENTS_H
#define POSTERN_LIB_MAIL_CONVERT_CONVERT_FIELD_SEGMENTS_H

#include "mail/mime_value.h"
#include "mime/parameter_text.h"

struct segment {
    struct slice text;
    struct parameter_text is;
};

struct segments {
    struct segment *at;
    size_t count;
    struct mime_value value; /* the whole field as it is read */
};

enum segment_fate {
    SEGMENT_STAYS,
    SEGMENT_CONVERTS, /* its name needs RFC 2231, and so does it */
    SEGMENT_REPEATS,  /* another one says the same: two of one name, in the form of RFC 2231, would
                         be joined by readers */
    SEGMENT_UNCLEAR,  /* readers don't agree on what it says, or wouldn't */
};

/* body: of the field; parameters_at: where its first semicolon stands. Sections of one name are put
 * in their order (RFC 2231 section 3 has none). False: there are more than anybody reads. */
bool segments_read(struct arena *arena, struct slice body, size_t parameters_at,
                   struct segments *segments_r);

enum segment_fate segments_fate(const struct segments *segments, size_t i);

/* The first of the sections of its value, or the only one, says the charset (RFC 2231 section 4.1).
 */
bool segment_names_charset(const struct segment *segment);

/* What it must name and doesn't, where it converts: as segments_charset() says; else NULL. */
const char *segments_missing_charset(const struct segments *segments, size_t i);

/* Of a value that names none itself: "utf-8", or "unknown-8bit" (RFC 1428). */
const char *segments_charset(struct slice value);

#endif
