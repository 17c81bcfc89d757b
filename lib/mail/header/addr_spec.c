/* Words and dots go to `part`, which an "@" makes the local part. Nothing is refused: what the
 * grammar has no place for is kept, and said. */
#include "addr_spec.h"

static void
addr_form_take_word(struct addr_form *form, enum token_kind kind)
{
    bool literal = kind == TOKEN_LITERAL;

    form->bad = form->bad || form->after_word || form->literal;
    if (form->at)
        form->bad = form->bad || kind == TOKEN_QUOTED || (literal && form->begun);
    else
        form->bad = form->bad || literal;
    form->literal = literal;
    form->after_word = form->begun = true;
}

void
addr_form_take(struct addr_form *form, const struct token *token)
{
    bool at = token_is_special(token, "@");

    if (token->kind != TOKEN_SPECIAL) {
        addr_form_take_word(form, token->kind);
        return;
    }
    form->bad = form->bad || !form->after_word || form->literal ||
                (at ? form->at : token->special != '.');
    form->at = form->at || at;
    form->begun = !at;
    form->after_word = false;
}

bool
addr_form_is_local(const struct addr_form *form)
{
    return !form->bad && !form->at && form->after_word;
}

bool
addr_form_is_address(const struct addr_form *form)
{
    return !form->bad && form->at && form->after_word;
}

struct spec {
    char *local;
    size_t local_len;
    char *part;
    size_t part_len;
    struct addr_form form;
};

static void
spec_take_at(struct spec *spec)
{
    if (spec->form.at)
        spec->local[spec->local_len++] = '@';
    memcpy(spec->local + spec->local_len, spec->part, spec->part_len);
    spec->local_len += spec->part_len;
    spec->part_len = 0;
}

/* A domain literal loses its white space (section 4.4), a quoted string its quotes. */
static void
spec_append(struct spec *spec, const struct token *token)
{
    char *to = spec->part + spec->part_len;

    if (token->kind == TOKEN_QUOTED) {
        spec->part_len += token_unquote_to(to, token->text);
        return;
    }
    for (size_t i = 0; i < token->text.len; i++)
        if (!ascii_is_space(token->text.at[i]))
            spec->part[spec->part_len++] = token->text.at[i];
}

static void
spec_take(struct spec *spec, const struct token *token)
{
    if (token_is_special(token, "@")) {
        spec_take_at(spec);
    } else if (token->kind == TOKEN_SPECIAL) {
        spec->part[spec->part_len++] = token->special;
    } else {
        if (spec->form.after_word && token->gap.len > 0)
            spec->part[spec->part_len++] = ' ';
        spec_append(spec, token);
    }
    addr_form_take(&spec->form, token);
}

/* Obsolete forms are understood, and never passed on (section 4.4). */
static void
spec_address(struct arena *arena, struct slice raw, const struct spec *spec,
             struct address *address_r)
{
    struct slice part = {spec->part, spec->part_len};
    struct slice local = spec->form.at ? (struct slice){spec->local, spec->local_len} : part;
    struct slice written = local_part_text(arena, local);
    struct slice domain = spec->form.at ? part : SLICE("");
    char *path = arena_alloc(arena, written.len + domain.len + 2);

    memcpy(path, written.at, written.len);
    path[written.len] = '@';
    memcpy(path + written.len + 1, domain.at, domain.len);
    address_parse_mailbox(
        arena, (struct slice){path, spec->form.at ? written.len + 1 + domain.len : written.len},
        address_r);
    address_r->raw = raw;
    address_r->local = local;
    address_r->domain = domain;
    if (!addr_form_is_address(&spec->form) && address_r->defect == ADDRESS_FINE)
        address_r->defect = ADDRESS_BAD_LOCAL;
}

const char *
addr_spec_parse(struct arena *arena, struct slice text, struct address *address_r)
{
    struct spec spec = {0};
    struct slice rest = text;
    struct token token;

    if (text.len == 0) {
        address_parse_mailbox(arena, SLICE(""), address_r);
        address_r->raw = text;
        return "an address is empty";
    }
    spec.local = arena_alloc(arena, text.len + 1);
    spec.part = arena_alloc(arena, text.len + 1);
    while (token = token_next_word(&rest), token.kind != TOKEN_END)
        spec_take(&spec, &token);
    spec_address(arena, text, &spec, address_r);
    if (!spec.form.at)
        return "an address has no domain";
    return addr_form_is_address(&spec.form) ? NULL : "an address is malformed";
}
