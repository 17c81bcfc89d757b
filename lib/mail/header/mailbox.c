/* Reads lists of mailboxes as RFC 5322 section 3.4 writes them, with what section 4.4 still allows.
 * It goes on behind a fault, so that no mailbox hides behind one. Every octet is looked at a fixed
 * number of times.
 *
 * Which readings programs differ in can't be listed. So the skeleton of the field is an allow-list:
 * an item that is more than an address, or a name and an address in <>, is ambiguous. What a name
 * may say is another matter, see hidden.c. */
#include "mail/mailbox.h"

#include "addr_spec.h"
#include "base/buffer.h"
#include "mail/header.h"
#include "mail/utf8.h"
#include "text/atext.h"
#include "tokens.h"

static const struct slice author_fields[AUTHOR_FIELDS] = {
    [AUTHOR_FROM] = SLICE("From"),
    [AUTHOR_SENDER] = SLICE("Sender"),
    [AUTHOR_REPLY_TO] = SLICE("Reply-To"),
    [AUTHOR_RESENT_FROM] = SLICE("Resent-From"),
    [AUTHOR_RESENT_SENDER] = SLICE("Resent-Sender"),
};

static const char address_for_name[] = "an address stands where a name must be";

struct parser {
    struct arena *arena; /* NULL: mailboxes are counted, and nothing is kept of them */
    size_t most;         /* mailboxes */
    struct slice rest;
    struct mailboxes *mailboxes;
    struct mailbox **end;
    struct mailbox *last;
    struct mailbox_doubt **doubts_end;
    const char *doubt;     /* why the item at hand is ambiguous */
    const char *unclaimed; /* what stands from here on is around no mailbox yet */
    size_t claimed;        /* mailboxes that have what is around them */
    struct slice group;    /* its name */
    struct slice group_phrase;
    bool in_group;
    bool any_group;
    bool complete; /* behind ">" or a group: a comma must come first */
};

/* What stands between two delimiters. */
struct span {
    struct slice text;
    size_t tokens;
    bool has_at;
    bool glued;  /* an "@" between two words, no white space beside it */
    bool dotted; /* and a dot behind that */
    bool odd;    /* something that no phrase holds unquoted */
    bool escape; /* a backslash before what would be no text otherwise */
};

/* Against the grammar, and yet with one reading. */
static void
note_fault(struct parser *parser, bool wrong, const char *defect)
{
    if (wrong && parser->mailboxes->defect == NULL)
        parser->mailboxes->defect = defect;
}

/* With more than one reading, whatever the grammar says. */
static void
note_doubt(struct parser *parser, bool wrong, const char *doubt)
{
    if (wrong && parser->doubt == NULL)
        parser->doubt = doubt;
}

static void
note_both(struct parser *parser, bool wrong, const char *defect)
{
    note_fault(parser, wrong, defect);
    note_doubt(parser, wrong, defect);
}

static void
end_doubt(struct parser *parser)
{
    if (parser->doubt && parser->arena) {
        *parser->doubts_end = ARENA_NEW(parser->arena, struct mailbox_doubt);
        (*parser->doubts_end)->reason = parser->doubt;
        parser->doubts_end = &(*parser->doubts_end)->next;
    }
    parser->doubt = NULL;
}

static void
span_take(struct span *span, const struct token *token, const struct token *before,
          const struct token *before_that)
{
    bool apart = token->gap.len > 0;

    if (span->tokens++ == 0)
        span->text.at = token->text.at;
    span->text.len = (size_t)(token->text.at + token->text.len - span->text.at);
    span->has_at = span->has_at || token_is_special(token, "@");
    span->dotted = span->dotted || (span->glued && token_is_special(token, "."));
    span->glued = span->glued || (!apart && token->kind != TOKEN_SPECIAL &&
                                  token_is_special(before, "@") && before->gap.len == 0 &&
                                  before_that->text.len > 0 && before_that->kind != TOKEN_SPECIAL);
    span->odd = span->odd || token->kind == TOKEN_LITERAL ||
                (token->kind == TOKEN_SPECIAL && !token_is_special(token, "."));
}

/* Reads up to one of `delimiters` or the end, and gives that. */
static struct token
take_span(struct parser *parser, struct slice *rest, const char *delimiters, struct span *span_r)
{
    struct token before = {0}, before_that = {0};

    *span_r = (struct span){.text = SLICE("")};
    for (;;) {
        struct token token = token_next_word(rest);

        note_both(parser, token.defect != NULL, token.defect);
        span_r->escape = span_r->escape || (token_is_special(&before, "\\") && token.gap.len == 0 &&
                                            token.kind > TOKEN_ATOM);
        if (token.kind == TOKEN_END || token_is_special(&token, delimiters))
            return token;
        span_take(span_r, &token, &before, &before_that);
        before_that = before;
        before = token;
    }
}

/* A display name. Quoted strings are taken as they are: encoded words don't count in them (RFC 2047
 * section 5). Comments are left out. */
static struct slice
phrase_text(struct arena *arena, struct slice text)
{
    struct slice rest = text;
    struct buffer *name = ARENA_NEW(arena, struct buffer);
    char *plain = arena_alloc(arena, 2 * text.len + 1);
    size_t len = 0;
    struct token token;

    if (text.len == 0)
        return text;
    buffer_init(name, arena, 8 * text.len + 8);
    while (token = token_next_word(&rest), token.kind != TOKEN_END) {
        if (token.gap.len > 0 && (name->len > 0 || len > 0))
            plain[len++] = ' ';
        if (token.kind == TOKEN_QUOTED) {
            buffer_add(name, header_decode(arena, (struct slice){plain, len}));
            buffer_add(name, token_unquote(arena, token.text));
            len = 0;
            continue;
        }
        memcpy(plain + len, token.text.at, token.text.len);
        len += token.text.len;
    }
    buffer_add(name, header_decode(arena, (struct slice){plain, len}));
    return buffer_slice(name);
}

/* Programs that forget to undo a quoted-pair read another local part, where one stands before what
 * needs none. */
static bool
has_idle_escape(struct slice s)
{
    for (size_t i = 0; i + 1 < s.len; i++)
        if (s.at[i] == '\\' && s.at[++i] != '"' && s.at[i] != '\\')
            return true;
    return false;
}

static void
keep_mailbox(struct parser *parser, struct slice phrase, struct slice text)
{
    struct mailbox *mailbox = ARENA_NEW(parser->arena, struct mailbox);
    const char *defect;

    mailbox->phrase = phrase;
    mailbox->name = phrase_text(parser->arena, phrase);
    mailbox->group = parser->group;
    mailbox->group_phrase = parser->group_phrase;
    parser->group_phrase = SLICE("");
    mailbox->in_group = parser->in_group;
    mailbox->around = SLICE("");
    defect = addr_spec_parse(parser->arena, text, &mailbox->address);
    note_both(parser, defect != NULL, defect);
    note_doubt(parser, has_idle_escape(text), "a backslash stands in an address that needs none");
    note_doubt(parser, mailbox->address.defect >= ADDRESS_C1_CONTROL,
               address_defect_text(mailbox->address.defect));
    *parser->end = mailbox;
    parser->end = &mailbox->next;
    parser->last = mailbox;
}

static void
add_mailbox(struct parser *parser, struct slice phrase, struct slice text)
{
    if (parser->mailboxes->count == parser->most)
        return;
    if (parser->arena)
        keep_mailbox(parser, phrase, text);
    if (++parser->mailboxes->count == parser->most)
        note_both(parser, true, "there are too many mailboxes in it");
}

/* Behind "<": the mailbox in it, with an obsolete route left out (RFC 5322 section 4.4). */
static void
parse_angle(struct parser *parser, struct slice phrase)
{
    struct slice ahead = parser->rest;
    struct token first = token_next_word(&ahead);
    struct span span;
    struct token end;

    if (token_is_special(&first, "@,")) {
        end = take_span(parser, &ahead, ":<>", &span);
        if (token_is_special(&end, ":"))
            parser->rest = ahead;
        note_fault(parser, !token_is_special(&end, ":") || span.tokens == 0,
                   "a route is malformed");
        note_doubt(parser, true, "an address has a route before it, as in <@host:address>");
    }
    for (;;) {
        end = take_span(parser, &parser->rest, ",<>;:", &span);
        if (span.tokens > 0 || token_is_special(&end, ">")) {
            add_mailbox(parser, phrase, span.text);
            phrase = SLICE("");
        }
        note_both(parser, !token_is_special(&end, ">"), "\"<\" has no \">\"");
        if (end.kind == TOKEN_END || token_is_special(&end, ">"))
            return;
    }
}

static struct slice
without_single_quotes(struct slice s)
{
    bool quoted = s.len > 1 && s.at[0] == '\'' && s.at[s.len - 1] == '\'';

    return quoted ? slice_first(slice_from(s, 1), s.len - 2) : s;
}

/* A name that repeats the address behind it, in single quotes or not, says nothing else. */
static bool
is_own_address(struct parser *parser, struct slice name)
{
    struct slice rest = parser->rest;
    size_t end = slice_find(rest, '>');

    return slice_equal_nocase(without_single_quotes(name), slice_trim(slice_first(rest, end)));
}

/* An address in the place of a name is a mailbox too: which of the two counts, readers disagree.
 * One whose domain is a single label is what some directories write: a name, but for readers that
 * take it for an address. */
static bool
check_phrase(struct parser *parser, const struct span *phrase, bool own)
{
    note_fault(parser, phrase->has_at, address_for_name);
    note_fault(parser, phrase->odd, "a name holds what must be quoted");
    note_doubt(parser, phrase->glued && phrase->dotted && !own, address_for_name);
    note_doubt(parser, phrase->glued && !own, MAILBOX_DIRECTORY_NAME);
    note_doubt(parser, phrase->escape, "a backslash stands outside of quotes");
    if (!phrase->glued || !phrase->dotted || own)
        return true;
    add_mailbox(parser, SLICE(""), phrase->text);
    return false;
}

static void
begin_angle(struct parser *parser, const struct span *phrase)
{
    bool is_name = check_phrase(parser, phrase, is_own_address(parser, phrase->text));

    parse_angle(parser, is_name ? phrase->text : SLICE(""));
    parser->complete = true;
}

static void
begin_group(struct parser *parser, const struct span *phrase)
{
    note_fault(parser, parser->in_group, "a group stands in a group");
    note_fault(parser, phrase->tokens == 0, "a group has no name");
    note_doubt(parser, true, "a group stands in it, as in \"name: address;\"");
    check_phrase(parser, phrase, false);
    if (parser->arena)
        parser->group = phrase_text(parser->arena, phrase->text);
    parser->group_phrase = phrase->text;
    parser->in_group = true;
    parser->any_group = true;
}

static void
end_group(struct parser *parser)
{
    note_both(parser, !parser->in_group, "a \";\" ends no group");
    parser->in_group = false;
    parser->group = parser->group_phrase = SLICE("");
    parser->complete = true;
}

/* An item without mailbox is around the one in front of it or, where there is none, behind it. */
static void
end_item(struct parser *parser)
{
    const char *end = parser->rest.at;

    end_doubt(parser);
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
    struct token end = take_span(parser, &parser->rest, ",;:<>", &span);
    bool plain = end.kind == TOKEN_END || token_is_special(&end, ",;>");
    bool may_follow = end.kind == TOKEN_END || token_is_special(&end, ",") ||
                      (token_is_special(&end, ";") && parser->in_group);

    note_both(parser, parser->complete && (span.tokens > 0 || !may_follow),
              "a comma is missing behind a mailbox or group");
    parser->complete = false;
    if (plain && span.tokens > 0)
        add_mailbox(parser, SLICE(""), span.text);
    note_both(parser, token_is_special(&end, ">"), "\">\" has no \"<\"");
    if (token_is_special(&end, "<"))
        begin_angle(parser, &span);
    else if (token_is_special(&end, ":"))
        begin_group(parser, &span);
    else if (token_is_special(&end, ";"))
        end_group(parser);
    if (end.kind == TOKEN_END || token_is_special(&end, ",;"))
        end_item(parser);
    return end.kind != TOKEN_END && parser->mailboxes->count < parser->most;
}

/* Line ends only fold (RFC 5322 section 2.2.3), and nothing else is a control character but tab. */
static const char *
octets_defect(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len ? s.at[i + 1] : '\0';

        if (s.at[i] == '\r' ? next != '\n' : s.at[i] == '\n' && next != ' ' && next != '\t')
            return "it holds a line end that folds nothing";
        if (is_control(s.at[i]) && !ascii_is_space(s.at[i]))
            return "it holds a control character";
    }
    return NULL;
}

/* Octets that aren't UTF-8 have one reading in ASCII, which is all that an address may be of then.
 */
static void
check_octets(struct parser *parser, struct slice field)
{
    const char *defect = octets_defect(field);

    note_fault(parser, !utf8_is_valid(field), "it isn't valid UTF-8");
    note_both(parser, defect != NULL, defect);
    end_doubt(parser);
}

static struct parser
parser_of(struct arena *arena, struct slice field, size_t most, struct mailboxes *mailboxes)
{
    *mailboxes = (struct mailboxes){0};
    return (struct parser){.arena = arena,
                           .most = most,
                           .mailboxes = mailboxes,
                           .rest = field,
                           .end = &mailboxes->first,
                           .doubts_end = &mailboxes->doubts,
                           .unclaimed = field.at,
                           .group = SLICE(""),
                           .group_phrase = SLICE("")};
}

void
mailboxes_parse_some(struct arena *arena, struct slice field, size_t most,
                     struct mailboxes *mailboxes_r)
{
    enum { STEPS_AN_OCTET = 3 };
    struct parser parser = parser_of(arena, field, most, mailboxes_r);

    meter_take(arena_meter(arena), STEPS_AN_OCTET * field.len);
    check_octets(&parser, field);
    while (parse_item(&parser))
        continue;
    note_fault(&parser, parser.in_group, "a group has no \";\"");
    note_both(&parser, mailboxes_r->count == 0 && !parser.any_group, "there is no mailbox in it");
    end_doubt(&parser);
}

void
mailboxes_parse(struct arena *arena, struct slice field, struct mailboxes *mailboxes_r)
{
    mailboxes_parse_some(arena, field, MAILBOXES_MAX, mailboxes_r);
}

size_t
mailboxes_count(struct slice field, size_t most)
{
    struct mailboxes counted;
    struct parser parser = parser_of(NULL, field, most, &counted);

    while (most > 0 && parse_item(&parser))
        continue;
    return counted.count;
}

enum author_field
mailbox_author_field_of(struct slice name)
{
    int field = 0;

    while (field < AUTHOR_FIELDS && !slice_equal_nocase(name, author_fields[field]))
        field++;
    return (enum author_field)field;
}

const char *
mailbox_author_field_name(enum author_field field)
{
    return author_fields[field].at;
}
