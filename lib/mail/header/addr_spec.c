/* Words and dots go to `part`, which an "@" makes the local part. Nothing is refused: what the
 * grammar has no place for is kept, and said. */
#include "addr_spec.h"

#include "tokens.h"

struct spec {
    char *local;
    size_t local_len;
    char *part;
    size_t part_len;
    bool at;
    bool after_word;
    bool literal;
    bool good;
};

static void
spec_take_at(struct spec *spec)
{
    spec->good = spec->good && spec->after_word && !spec->at && !spec->literal;
    if (spec->at)
        spec->local[spec->local_len++] = '@';
    memcpy(spec->local + spec->local_len, spec->part, spec->part_len);
    spec->local_len += spec->part_len;
    spec->part_len = 0;
    spec->at = true;
    spec->after_word = false;
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
spec_take_word(struct spec *spec, const struct token *token)
{
    bool literal = token->kind == TOKEN_LITERAL;

    if (spec->after_word && token->gap.len > 0)
        spec->part[spec->part_len++] = ' ';
    spec->good = spec->good && !spec->after_word && !spec->literal;
    if (spec->at)
        spec->good = spec->good && token->kind != TOKEN_QUOTED && (!literal || spec->part_len == 0);
    else
        spec->good = spec->good && !literal;
    spec->literal = literal;
    spec->after_word = true;
    spec_append(spec, token);
}

static void
spec_take(struct spec *spec, const struct token *token)
{
    if (token->kind != TOKEN_SPECIAL) {
        spec_take_word(spec, token);
    } else if (token->special == '@') {
        spec_take_at(spec);
    } else {
        spec->good = spec->good && token->special == '.' && spec->after_word && !spec->literal;
        spec->part[spec->part_len++] = token->special;
        spec->after_word = false;
    }
}

/* Obsolete forms are understood, and never passed on (section 4.4). */
static void
spec_address(struct arena *arena, struct slice raw, const struct spec *spec,
             struct address *address_r)
{
    struct slice part = {spec->part, spec->part_len};
    struct slice local = spec->at ? (struct slice){spec->local, spec->local_len} : part;
    struct slice written = local_part_text(arena, local);
    struct slice domain = spec->at ? part : SLICE("");
    char *path = arena_alloc(arena, written.len + domain.len + 2);

    memcpy(path, written.at, written.len);
    path[written.len] = '@';
    memcpy(path + written.len + 1, domain.at, domain.len);
    address_parse_mailbox(
        arena, (struct slice){path, spec->at ? written.len + 1 + domain.len : written.len},
        address_r);
    address_r->raw = raw;
    address_r->local = local;
    address_r->domain = domain;
    if (!spec->good && address_r->defect == ADDRESS_FINE)
        address_r->defect = ADDRESS_BAD_LOCAL;
}

const char *
addr_spec_parse(struct arena *arena, struct slice text, struct address *address_r)
{
    struct spec spec = {.good = true};
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
    spec.good = spec.good && spec.at && spec.after_word;
    spec_address(arena, text, &spec, address_r);
    if (!spec.at)
        return "an address has no domain";
    return spec.good ? NULL : "an address is malformed";
}
