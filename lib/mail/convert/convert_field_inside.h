/* Kinds of header fields, each with its way into ASCII. */
#ifndef POSTERN_LIB_MAIL_CONVERT_CONVERT_FIELD_INSIDE_H
#define POSTERN_LIB_MAIL_CONVERT_CONVERT_FIELD_INSIDE_H

#include "header/tokens.h"
#include "header_writer.h"
#include "mail/convert_field.h"

/* What may be done to a token that isn't ASCII. */
enum convert_role {
    ROLE_FIXED,     /* nothing */
    ROLE_LOCAL,     /* nothing, since it is a local part */
    ROLE_PHRASE,    /* it is a word of text */
    ROLE_DONE,      /* it is said in ASCII already */
    ROLE_ELSEWHERE, /* it is written in another place */
};

struct convert_token {
    struct token is;
    enum convert_role role;
};

struct convert_tokens {
    struct convert_token *at;
    size_t count;
    struct slice trailing; /* white space at the end */
};

/* All are ROLE_FIXED. Cuts the white space off the front of text, and gives it. */
struct slice convert_gap(struct slice *text);
void convert_tokens_read(struct arena *arena, struct slice text, struct convert_tokens *tokens_r);

/* Says each token's role. HEADER_CONVERTED stands for "so far, so good" in all of these. */
enum convert_result convert_addresses(struct arena *arena, struct convert_tokens *tokens);

/* Of the domain whose tokens stand at first to last, those that aren't ASCII as A-labels. */
enum convert_result convert_domain(struct arena *arena, struct convert_token *first,
                                   struct convert_token *last);

/* Writes what the roles allow. */
enum convert_result convert_write(struct header_writer *writer,
                                  const struct convert_tokens *tokens);

/* Writes fields with parameters; all of body but the white space at its end, which is given. */
enum convert_result convert_parameters(struct header_writer *writer, struct slice body,
                                       struct slice *trailing_r);

/* What a field name asks for. */
enum convert_kind {
    CONVERT_TEXT,
    CONVERT_ADDRESSES,
    CONVERT_PHRASES, /* words outside of <> are text */
    CONVERT_PARAMETERS,
    CONVERT_RECEIVED,
    CONVERT_URIS,
    CONVERT_COMMENTS, /* nothing but comments is text */
};

enum convert_kind convert_kind_of(struct slice name);

#endif
