/* Reads lists of mailboxes as RFC 5322 section 3.4 writes them, with what section 4.4 still allows.
 * It goes on behind a fault, so that no mailbox hides behind one. Comments are counted, not
 * descended into; every octet is looked at a fixed number of times. */
#include "mail/mailbox.h"

#include "atext.h"
#include "base/buffer.h"
#include "lexical.h"
#include "mail/header.h"
#include "mail/utf8.h"

enum { MAILBOXES_MAX = 10000 };

enum token_kind { TOKEN_END, TOKEN_ATOM, TOKEN_QUOTED, TOKEN_LITERAL, TOKEN_SPECIAL };

struct token {
    enum token_kind kind;
    char special;      /* of TOKEN_SPECIAL: the octet */
    bool spaced;       /* white space or a comment before it */
    struct slice text; /* as written */
};

struct lexer {
    struct slice rest;
    const char *defect; /* the first one */
};

struct parser {
    struct arena *arena;
    struct lexer lexer;
    struct mailboxes *mailboxes;
    struct mailbox **end;
    struct mailbox *last;
    const char *unclaimed; /* what stands from here on is around no mailbox yet */
    size_t claimed;        /* mailboxes that have what is around them */
    struct slice group;    /* its name */
    bool in_group;
    bool any_group;
    bool complete; /* behind ">" or a group: a comma must come first */
};

/* What stands between two delimiters. */
struct span {
    struct slice text;
    size_t tokens;
    bool has_at;
    bool odd; /* something that no phrase holds unquoted */
};

static void
fault(struct lexer *lexer, bool wrong, const char *defect)
{
    if (wrong && lexer->defect == NULL)
        lexer->defect = defect;
}

static bool
skip_space(struct lexer *lexer)
{
    size_t before = lexer->rest.len;
    bool closed = true;

    while (lexer->rest.len > 0) {
        size_t len = 1;

        if (lexer->rest.at[0] == '(')
            len = lexical_comment(lexer->rest, &closed);
        else if (!ascii_is_space(lexer->rest.at[0]))
            break;
        lexer->rest = slice_from(lexer->rest, len);
    }
    fault(lexer, !closed, "a comment has no end");
    return lexer->rest.len < before;
}

static size_t
enclosed_length(struct lexer *lexer, char close)
{
    bool closed;
    size_t len = lexical_enclosed(lexer->rest, close, &closed);

    fault(lexer, !closed, close == '"' ? "a quoted string has no end" : "\"[\" has no \"]\"");
    return len;
}

static size_t
atom_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len && is_atext(s.at[i]))
        i++;
    return i;
}

static struct token
next_token(struct lexer *lexer)
{
    struct token token = {.kind = TOKEN_SPECIAL, .spaced = skip_space(lexer)};
    struct slice s = lexer->rest;
    size_t len = 1;

    token.text = slice_first(s, 0);
    if (s.len == 0) {
        token.kind = TOKEN_END;
        return token;
    }
    token.special = s.at[0];
    if (s.at[0] == '"') {
        token.kind = TOKEN_QUOTED;
        len = enclosed_length(lexer, '"');
    } else if (s.at[0] == '[') {
        token.kind = TOKEN_LITERAL;
        len = enclosed_length(lexer, ']');
    } else if (is_atext(s.at[0])) {
        token.kind = TOKEN_ATOM;
        len = atom_length(s);
    }
    token.text = slice_first(s, len);
    lexer->rest = slice_from(s, len);
    return token;
}

static bool
is_special(const struct token *token, const char *set)
{
    return token->kind == TOKEN_SPECIAL && token->special != '\0' && strchr(set, token->special);
}

/* Reads up to one of `delimiters` or the end, and gives that. */
static struct token
take_span(struct lexer *lexer, const char *delimiters, struct span *span_r)
{
    *span_r = (struct span){.text = SLICE("")};
    for (;;) {
        struct token token = next_token(lexer);

        if (token.kind == TOKEN_END || is_special(&token, delimiters))
            return token;
        if (span_r->tokens++ == 0)
            span_r->text.at = token.text.at;
        span_r->text.len = (size_t)(token.text.at + token.text.len - span_r->text.at);
        span_r->has_at = span_r->has_at || is_special(&token, "@");
        span_r->odd = span_r->odd || token.kind == TOKEN_LITERAL ||
                      (token.kind == TOKEN_SPECIAL && !is_special(&token, "."));
    }
}

/* Appends a word's octets; of a quoted string its contents, unfolded (RFC 5322 section 3.2.4). */
static void
append_word(char *to, size_t *len, const struct token *token)
{
    struct slice s = token->text;
    bool pairs = token->kind == TOKEN_QUOTED;

    if (pairs) {
        s = slice_from(s, 1);
        if (s.len > 0 && s.at[s.len - 1] == '"')
            s.len--;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (pairs && s.at[i] == '\\' && i + 1 < s.len)
            i++;
        if (token->kind == TOKEN_LITERAL ? !ascii_is_space(s.at[i])
                                         : s.at[i] != '\r' && s.at[i] != '\n')
            to[(*len)++] = s.at[i];
    }
}

/* An addr-spec as it is read: words and dots go to `part`, which an "@" makes the local part. */
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
take_at(struct spec *spec)
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

static void
take_word(struct spec *spec, const struct token *token)
{
    bool literal = token->kind == TOKEN_LITERAL;

    if (spec->after_word && token->spaced)
        spec->part[spec->part_len++] = ' ';
    spec->good = spec->good && !spec->after_word && !spec->literal;
    if (spec->at)
        spec->good = spec->good && token->kind != TOKEN_QUOTED && (!literal || spec->part_len == 0);
    else
        spec->good = spec->good && !literal;
    spec->literal = literal;
    spec->after_word = true;
    append_word(spec->part, &spec->part_len, token);
}

static void
take_token(struct spec *spec, const struct token *token)
{
    if (token->kind != TOKEN_SPECIAL) {
        take_word(spec, token);
    } else if (token->special == '@') {
        take_at(spec);
    } else {
        spec->good = spec->good && token->special == '.' && spec->after_word && !spec->literal;
        spec->part[spec->part_len++] = token->special;
        spec->after_word = false;
    }
}

/* The address in the form that an envelope would have (RFC 5322 section 4.4: obsolete forms are
 * understood, and never passed on). */
static void
make_address(struct arena *arena, struct slice raw, const struct spec *spec,
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

static void
parse_spec(struct parser *parser, struct slice text, struct address *address_r)
{
    struct lexer lexer = {.rest = text};
    struct spec spec = {.good = true};
    struct token token;

    spec.local = arena_alloc(parser->arena, text.len + 1);
    spec.part = arena_alloc(parser->arena, text.len + 1);
    while (token = next_token(&lexer), token.kind != TOKEN_END)
        take_token(&spec, &token);
    spec.good = spec.good && spec.at && spec.after_word;
    if (text.len > 0) {
        make_address(parser->arena, text, &spec, address_r);
    } else {
        address_parse_mailbox(parser->arena, SLICE(""), address_r);
        address_r->raw = text;
    }
    fault(&parser->lexer, text.len == 0, "an address is empty");
    fault(&parser->lexer, !spec.at, "an address has no domain");
    fault(&parser->lexer, !spec.good, "an address is malformed");
}

static void
add_mailbox(struct parser *parser, struct slice name, struct slice text)
{
    struct mailbox *mailbox;

    if (parser->mailboxes->count == MAILBOXES_MAX)
        return;
    mailbox = ARENA_NEW(parser->arena, struct mailbox);
    mailbox->name = name;
    mailbox->group = parser->group;
    mailbox->in_group = parser->in_group;
    mailbox->around = SLICE("");
    parse_spec(parser, text, &mailbox->address);
    *parser->end = mailbox;
    parser->end = &mailbox->next;
    parser->last = mailbox;
    if (++parser->mailboxes->count == MAILBOXES_MAX)
        fault(&parser->lexer, true, "there are too many mailboxes in it");
}

static struct slice
quoted_text(struct arena *arena, const struct token *token)
{
    char *to = arena_alloc(arena, token->text.len + 1);
    size_t len = 0;

    append_word(to, &len, token);
    return (struct slice){to, len};
}

/* A display name. Quoted strings are taken as they are: encoded words don't count in them (RFC 2047
 * section 5). Comments are left out. */
static struct slice
phrase_text(struct arena *arena, struct slice text)
{
    struct lexer lexer = {.rest = text};
    struct buffer *name = ARENA_NEW(arena, struct buffer);
    char *plain = arena_alloc(arena, 2 * text.len + 1);
    size_t len = 0;
    struct token token;

    buffer_init(name, arena, 8 * text.len + 8);
    while (token = next_token(&lexer), token.kind != TOKEN_END) {
        if (token.spaced && (name->len > 0 || len > 0))
            plain[len++] = ' ';
        if (token.kind == TOKEN_QUOTED) {
            buffer_add(name, header_decode(arena, (struct slice){plain, len}));
            buffer_add(name, quoted_text(arena, &token));
            len = 0;
            continue;
        }
        memcpy(plain + len, token.text.at, token.text.len);
        len += token.text.len;
    }
    buffer_add(name, header_decode(arena, (struct slice){plain, len}));
    return buffer_slice(name);
}

/* Behind "<": the mailbox in it, with an obsolete route left out (RFC 5322 section 4.4). */
static void
parse_angle(struct parser *parser, struct slice name)
{
    struct lexer *lexer = &parser->lexer;
    struct lexer ahead = *lexer;
    struct token first = next_token(&ahead);
    struct span span;
    struct token end;

    if (is_special(&first, "@,")) {
        end = take_span(&ahead, ":<>", &span);
        if (is_special(&end, ":"))
            *lexer = ahead;
        fault(lexer, !is_special(&end, ":") || span.tokens == 0, "a route is malformed");
    }
    for (;;) {
        end = take_span(lexer, ",<>;:", &span);
        if (span.tokens > 0 || is_special(&end, ">"))
            add_mailbox(parser, name, span.text);
        fault(lexer, !is_special(&end, ">"), "\"<\" has no \">\"");
        if (end.kind == TOKEN_END || is_special(&end, ">"))
            return;
    }
}

/* An address in the place of a name is a mailbox too: which of the two counts, readers disagree. */
static void
check_phrase(struct parser *parser, const struct span *phrase)
{
    fault(&parser->lexer, phrase->has_at, "an address stands where a name must be");
    fault(&parser->lexer, phrase->odd, "a name holds what must be quoted");
    if (phrase->has_at)
        add_mailbox(parser, SLICE(""), phrase->text);
}

static void
begin_angle(struct parser *parser, const struct span *phrase)
{
    struct slice name = SLICE("");

    check_phrase(parser, phrase);
    if (phrase->tokens > 0 && !phrase->has_at)
        name = phrase_text(parser->arena, phrase->text);
    parse_angle(parser, name);
    parser->complete = true;
}

static void
begin_group(struct parser *parser, const struct span *phrase)
{
    fault(&parser->lexer, parser->in_group, "a group stands in a group");
    fault(&parser->lexer, phrase->tokens == 0, "a group has no name");
    check_phrase(parser, phrase);
    parser->group = phrase_text(parser->arena, phrase->text);
    parser->in_group = true;
    parser->any_group = true;
}

static void
end_group(struct parser *parser)
{
    fault(&parser->lexer, !parser->in_group, "a \";\" ends no group");
    parser->in_group = false;
    parser->group = SLICE("");
    parser->complete = true;
}

/* An item without mailbox is around the one in front of it or, where there is none, behind it. */
static void
end_item(struct parser *parser)
{
    const char *end = parser->lexer.rest.at;

    if (parser->last == NULL)
        return;
    if (parser->mailboxes->count > parser->claimed)
        parser->last->around.at = parser->unclaimed;
    parser->last->around.len = (size_t)(end - parser->last->around.at);
    parser->claimed = parser->mailboxes->count;
    parser->unclaimed = end;
}

/* One item of the list with its delimiter; false behind the last one. */
static bool
parse_item(struct parser *parser)
{
    struct span span;
    struct token end = take_span(&parser->lexer, ",;:<>", &span);
    bool plain = end.kind == TOKEN_END || is_special(&end, ",;>");
    bool may_follow = end.kind == TOKEN_END || is_special(&end, ",") ||
                      (is_special(&end, ";") && parser->in_group);

    fault(&parser->lexer, parser->complete && (span.tokens > 0 || !may_follow),
          "a comma is missing behind a mailbox or group");
    parser->complete = false;
    if (plain && span.tokens > 0)
        add_mailbox(parser, SLICE(""), span.text);
    fault(&parser->lexer, is_special(&end, ">"), "\">\" has no \"<\"");
    if (is_special(&end, "<"))
        begin_angle(parser, &span);
    else if (is_special(&end, ":"))
        begin_group(parser, &span);
    else if (is_special(&end, ";"))
        end_group(parser);
    if (end.kind == TOKEN_END || is_special(&end, ",;"))
        end_item(parser);
    return end.kind != TOKEN_END && parser->mailboxes->count < MAILBOXES_MAX;
}

/* Line ends only fold (RFC 5322 section 2.2.3), and nothing else is a control character but tab. */
static const char *
octets_defect(struct slice s)
{
    if (!utf8_is_valid(s))
        return "it isn't valid UTF-8";
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len ? s.at[i + 1] : '\0';

        if (s.at[i] == '\r' ? next != '\n' : s.at[i] == '\n' && next != ' ' && next != '\t')
            return "it holds a line end that folds nothing";
        if (is_control(s.at[i]) && !ascii_is_space(s.at[i]))
            return "it holds a control character";
    }
    return NULL;
}

void
mailboxes_parse(struct arena *arena, struct slice field, struct mailboxes *mailboxes_r)
{
    struct parser parser = {.arena = arena, .mailboxes = mailboxes_r};

    *mailboxes_r = (struct mailboxes){0};
    parser.end = &mailboxes_r->first;
    parser.unclaimed = field.at;
    parser.group = SLICE("");
    parser.lexer = (struct lexer){field, octets_defect(field)};
    while (parse_item(&parser))
        continue;
    fault(&parser.lexer, parser.in_group, "a group has no \";\"");
    fault(&parser.lexer, mailboxes_r->count == 0 && !parser.any_group, "there is no mailbox in it");
    mailboxes_r->defect = parser.lexer.defect;
}
