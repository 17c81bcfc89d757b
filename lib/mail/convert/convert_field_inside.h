/* Kinds of header fields, each with its way into ASCII. */
#ifndef POSTERN_LIB_MAIL_CONVERT_CONVERT_FIELD_INSIDE_H
#define POSTERN_LIB_MAIL_CONVERT_CONVERT_FIELD_INSIDE_H

#include "header/tokens.h"
#include "header_writer.h"
#include "mail/convert_field.h"

/* What may be done to a token that isn't ASCII. */
enum downgrade_role {
    ROLE_FIXED,     /* nothing */
    ROLE_LOCAL,     /* nothing, since it is a local part */
    ROLE_PHRASE,    /* it is a word of text */
    ROLE_DONE,      /* it is said in ASCII already */
    ROLE_ELSEWHERE, /* it is written in another place */
};

struct downgrade_token {
    struct token is;
    enum downgrade_role role;
};

struct downgrade_tokens {
    struct downgrade_token *at;
    size_t count;
    struct slice trailing; /* white space at the end */
};

/* All are ROLE_FIXED. Cuts the white space off the front of text, and gives it. */
struct slice downgrade_gap(struct slice *text);
void downgrade_tokens_read(struct arena *arena, struct slice text,
                           struct downgrade_tokens *tokens_r);

/* Says each token's role. HEADER_CONVERTED stands for "so far, so good" in all of these. */
enum header_downgrade downgrade_addresses(struct arena *arena, struct downgrade_tokens *tokens);

/* Of the domain whose tokens stand at first to last, those that aren't ASCII as A-labels. */
enum header_downgrade downgrade_domain(struct arena *arena, struct downgrade_token *first,
                                       struct downgrade_token *last);

/* Writes what the roles allow. */
enum header_downgrade downgrade_write(struct header_writer *writer,
                                      const struct downgrade_tokens *tokens);

/* Writes fields with parameters; all of body but the white space at its end, which is given. */
enum header_downgrade downgrade_parameters(struct header_writer *writer, struct slice body,
                                           struct slice *trailing_r);

/* What a field name asks for. */
enum downgrade_field {
    DOWNGRADE_TEXT,
    DOWNGRADE_ADDRESSES,
    DOWNGRADE_PHRASES, /* words outside of <> are text */
    DOWNGRADE_PARAMETERS,
    DOWNGRADE_RECEIVED,
    DOWNGRADE_URIS,
    DOWNGRADE_COMMENTS, /* nothing but comments is text */
};

enum downgrade_field downgrade_field_of(struct slice name);

#endif
