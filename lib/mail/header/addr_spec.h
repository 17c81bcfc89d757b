/* One address of a header field as it is written (RFC 5322 section 3.4.1, with what section 4.4
 * still allows: white space, comments and quoted words between its dots). */
#ifndef POSTERN_LIB_MAIL_HEADER_ADDR_SPEC_H
#define POSTERN_LIB_MAIL_HEADER_ADDR_SPEC_H

#include "mail/address.h"
#include "tokens.h"

/* How an address is written, token by token but for comments: words with dots between them, then
 * "@", then atoms with dots between them or one literal. Zero before the first token. */
struct addr_form {
    bool bad; /* the grammar has no place for what came */
    bool at;
    bool begun; /* something came, since "@" where there is one */
    bool after_word;
    bool literal;
};

void addr_form_take(struct addr_form *form, const struct token *token);

/* Was all that came a local part, or an address? */
bool addr_form_is_local(const struct addr_form *form);
bool addr_form_is_address(const struct addr_form *form);

/* Always fills address_r, in the form that an envelope would have. Returns what is wrong with the
 * writing, or NULL. */
const char *addr_spec_parse(struct arena *arena, struct slice text, struct address *address_r);

#endif
