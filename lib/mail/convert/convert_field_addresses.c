/* Which tokens of a list of addresses are names, local parts and domains (RFC 5322 section 3.4 with
 * the obsolete forms of section 4.4). What the grammar has no place for is read as text where it
 * can't be an address. */
#include "convert_field_inside.h"
#include "header/addr_spec.h"
#include "mail/domain.h"

static bool
is_dot(const struct convert_token *token)
{
    return token_is_special(&token->is, ".");
}

/* Which no label has, whatever libraries make of it. */
static bool
has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 127)
            return true;
    return false;
}

enum convert_result
convert_domain(struct arena *arena, struct convert_token *first, struct convert_token *last)
{
    struct slice domain = {NULL, 0};
    struct domain_judgement judgement;
    bool ascii = true;
    size_t room = 1;
    char *to;

    for (struct convert_token *t = first; t <= last; t++) {
        room += t->is.text.len;
        ascii = ascii && (t->is.kind == TOKEN_COMMENT || slice_is_ascii(t->is.text));
    }
    if (ascii)
        return HEADER_CONVERTED;
    domain.at = to = arena_alloc(arena, room);
    for (struct convert_token *t = first; t <= last; t++) {
        if (t->is.kind == TOKEN_COMMENT)
            continue;
        memcpy(to + domain.len, t->is.text.at, t->is.text.len);
        domain.len += t->is.text.len;
    }
    if (has_control(domain))
        return HEADER_NO_ASCII_FORM;
    judgement = domain_judge(arena, domain);
    if (judgement.lenient != DOMAIN_FINE && !domain_defect_is_doubt(judgement.lenient))
        return HEADER_NO_ASCII_FORM;
    for (struct convert_token *t = first; t <= last; t++) {
        if (t->is.kind == TOKEN_COMMENT || slice_is_ascii(t->is.text))
            continue;
        t->is.text = domain_key(arena, t->is.text);
        if (!slice_is_ascii(t->is.text))
            return HEADER_NO_ASCII_FORM;
        t->role = ROLE_DONE;
    }
    return HEADER_CONVERTED;
}

/* The next token from `from` on in that direction that is no comment; `end` where there is none. */
static size_t
seek(const struct convert_tokens *tokens, size_t from, size_t end)
{
    while (from != end && tokens->at[from].is.kind == TOKEN_COMMENT)
        from = from < end ? from + 1 : from - 1;
    return from;
}

/* Atoms with dots between, to its right. */
static enum convert_result
mark_domain(struct arena *arena, struct convert_tokens *tokens, size_t at, size_t end)
{
    size_t first = seek(tokens, at + 1, end);
    size_t last = first;
    size_t next;

    if (first == end)
        return HEADER_CONVERTED;
    if (tokens->at[first].is.kind != TOKEN_ATOM) {
        tokens->at[first].role = ROLE_LOCAL;
        return HEADER_CONVERTED;
    }
    while (next = seek(tokens, last + 1, end), next != end && is_dot(&tokens->at[next])) {
        next = seek(tokens, next + 1, end);
        if (next == end || tokens->at[next].is.kind != TOKEN_ATOM)
            break;
        last = next;
    }
    for (size_t i = first; i <= last; i++)
        if (tokens->at[i].is.kind != TOKEN_COMMENT)
            tokens->at[i].role = ROLE_DONE;
    return convert_domain(arena, &tokens->at[first], &tokens->at[last]);
}

static void
mark(struct convert_tokens *tokens, size_t first, size_t end, enum convert_role role)
{
    for (size_t i = first; i < end; i++)
        tokens->at[i].role = role;
}

/* What stands before each "@" whose role is ROLE_DONE then: white space alone parts a local part
 * from a name that careless programs put there. */
static void
mark_locals(struct convert_tokens *tokens, size_t first, size_t end)
{
    struct addr_form form = {0};
    size_t begin = first, marked = first;

    for (size_t i = first; i < end; i++) {
        const struct token *token = &tokens->at[i].is;
        bool delimits = token_is_special(token, ",;:<>");

        if (token->kind == TOKEN_COMMENT)
            continue;
        addr_form_take(&form, token);
        if (delimits || (form.bad && token->gap.len > 0)) {
            form = (struct addr_form){0};
            begin = i + delimits;
            if (!delimits)
                addr_form_take(&form, token);
        }
        if (token_is_special(token, "@")) {
            mark(tokens, begin > marked ? begin : marked, i, ROLE_LOCAL);
            tokens->at[i].role = ROLE_DONE;
            marked = i;
        }
    }
}

static enum convert_result
mark_addresses(struct arena *arena, struct convert_tokens *tokens, size_t first, size_t end)
{
    enum convert_result result = HEADER_CONVERTED;

    mark_locals(tokens, first, end);
    for (size_t i = first; i < end && result == HEADER_CONVERTED; i++)
        if (tokens->at[i].role == ROLE_DONE && token_is_special(&tokens->at[i].is, "@"))
            result = mark_domain(arena, tokens, i, end);
    return result;
}

/* An item without <>: an address, beside which careless programs put a name. What is written as a
 * local part may be one, of an address to be completed; several words can't. */
static enum convert_result
mark_plain(struct arena *arena, struct convert_tokens *tokens, size_t first, size_t end)
{
    struct addr_form form = {0};
    size_t words = 0;

    for (size_t i = first; i < end; i++) {
        words += token_is_word(&tokens->at[i].is);
        if (tokens->at[i].is.kind != TOKEN_COMMENT)
            addr_form_take(&form, &tokens->at[i].is);
    }
    mark(tokens, first, end,
         form.at || (words > 1 && !addr_form_is_local(&form)) ? ROLE_PHRASE : ROLE_LOCAL);
    return mark_addresses(arena, tokens, first, end);
}

static size_t
find_special(const struct convert_tokens *tokens, size_t i, const char *set)
{
    while (i < tokens->count && !token_is_special(&tokens->at[i].is, set))
        i++;
    return i;
}

enum convert_result
convert_addresses(struct arena *arena, struct convert_tokens *tokens)
{
    enum convert_result result = HEADER_CONVERTED;

    for (size_t first = 0; first < tokens->count && result == HEADER_CONVERTED;) {
        size_t end = find_special(tokens, first, ",;:<>");
        const struct token *delimiter = end < tokens->count ? &tokens->at[end].is : NULL;

        if (delimiter && token_is_special(delimiter, "<:"))
            mark(tokens, first, end, ROLE_PHRASE);
        else
            result = mark_plain(arena, tokens, first, end);
        first = end + 1;
        if (delimiter && delimiter->special == '<' && result == HEADER_CONVERTED) {
            end = find_special(tokens, first, ">");
            mark(tokens, first, end, ROLE_LOCAL);
            result = mark_addresses(arena, tokens, first, end);
            first = end + 1;
        }
    }
    return result;
}
