/* Random header fields into ASCII: a reader of its own gets the same text from both. */
#include "base/buffer.h"
#include "mail/convert_field.h"
#include "mail/domain.h"
#include "mail/header.h"
#include "mail/mailbox.h"
#include "mail/mime_value.h"

#include "header/tokens.h"
#include "tap.h"

enum { ROUNDS = 10000, ROUNDS_LONG = 300000, PARTS = 24, LINE_GOOD = 76, LINE_LONGEST = 998 };

static uint64_t
next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *const text_parts[] = {
    "a",
    "bc",
    "\xC3\xB6",
    "M\xC3\xBCller",
    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
    "\xF0\x9F\x90\x88",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\n ",
    "\r\n\t",
    "=?utf-8?q?x=20?=",
    "=?us-ascii?b?YWI=?=",
    "=?",
    "?=",
    "=?x?=",
    "=",
    "_",
    "(",
    ")",
    "\"",
    "\\",
    ",",
    ".",
    "\x01",
    "\xF6",
    "fr\xF6sche",
    "1234567890123456789012345678901234567890123456789012345678901234567890123456789",
};

static const char *const address_parts[] = {
    "a",
    "bc",
    "\xC3\xB6",
    "M\xC3\xBCller",
    "\"\xC3\xB6 \\\"x\"",
    "\"q q\"",
    "(c \xC3\xBC)",
    "(\xC3\xB6(y))",
    " ",
    " ",
    " ",
    " \n ",
    ",",
    ", ",
    "<a@b>",
    "<a@b\xC3\xBC"
    "cher.example>",
    "<a.b@c>,",
    "<a@b>, ",
    "c@d",
    "e@b\xC3\xBC"
    "cher.example,",
    ":",
    ";",
    ".",
    "\xE6\x97\xA5\xE6\x9C\xAC",
    "=?utf-8?q?x?=",
    "<@r:a@b>",
};

/* Of lists that keep to no grammar. */
static const char *const list_parts[] = {
    "a", "\xC3\xB6", "\"\xC3\xB6\"", "\"q q\"", "(\xC3\xBC)", " ", " ", "@", "@", ".", ",",
    "<", ">", ":", ";", "\\", "[1]", "[\xC3\xB6]", "<a@b>", "<a@b>", "@d", "j.m\xC3\xBC",
    ("b\xC3\xBC" "cher.example"),
};

static const char *const parameter_parts[] = {
    "a/b",
    ";",
    "; ",
    ";\n\t",
    "name=",
    "u*0=",
    "u*1=",
    "u*2*=",
    "v*=",
    "\"\xC3\xB6\"",
    "\"q \\\" ;\"",
    "\xE6\x97\xA5\xE6\x9C\xAC.doc",
    "x",
    " ",
    "(c \xC3\xBC)",
    "utf-8''%41",
    "\"\xF6\"",
    "name*0=\"y\";",
    ("; f=\"M\xC3\xBCller M\xC3\xBCller M\xC3\xBCller M\xC3\xBCller M\xC3\xBCller "
     "M\xC3\xBCller.txt\""),
};

static struct slice
make(struct arena *arena, uint64_t *state, const char *const *parts, size_t count)
{
    struct buffer *field = ARENA_NEW(arena, struct buffer);
    size_t left = 1 + next_random(state) % PARTS;

    buffer_init(field, arena, SIZE_MAX);
    while (left-- > 0)
        buffer_text(field, parts[next_random(state) % count]);
    return buffer_slice(field);
}

static int
value_of(char c, const char *digits)
{
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)(found - digits) : -1;
}

static void
add_decoded(struct buffer *to, char encoding, struct slice s)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, have = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (encoding == 'q' && s.at[i] == '=') {
            buffer_octet(to, (char)(value_of(s.at[i + 1], hex) * 16 + value_of(s.at[i + 2], hex)));
            i += 2;
        } else if (encoding == 'q') {
            buffer_octet(to, s.at[i] == '_' ? ' ' : s.at[i]);
        } else if (s.at[i] != '=') {
            bits = (bits << 6 | (unsigned)value_of(s.at[i], base64)) & 0xFFFF;
            have += 6;
            if (have >= 8)
                buffer_octet(to, (char)(bits >> (have -= 8)));
        }
    }
}

/* Length of the encoded word at the front, or 0. Charsets are not asked for. */
static size_t
word_at(struct slice s, char *encoding_r, struct slice *text_r)
{
    static const char *const starts[] = {"=?utf-8?", "=?us-ascii?", "=?unknown-8bit?"};

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct slice start = slice_of(starts[i]);
        size_t end;

        if (!slice_starts_nocase(s, start) || s.len < start.len + 4)
            continue;
        *encoding_r = s.at[start.len];
        *text_r = slice_from(s, start.len + 2);
        end = slice_find(*text_r, '?');
        if (end + 1 >= text_r->len || text_r->at[end + 1] != '=')
            return 0;
        *text_r = slice_first(*text_r, end);
        return start.len + 2 + end + 2;
    }
    return 0;
}

static struct slice
decode(struct arena *arena, struct slice s)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    size_t behind_word = SIZE_MAX; /* length of the text then */
    bool white = false;

    buffer_init(to, arena, SIZE_MAX);
    while (s.len > 0) {
        char encoding;
        struct slice text;
        size_t len = word_at(s, &encoding, &text);

        if (len > 0) {
            if (white)
                to->len = behind_word;
            add_decoded(to, encoding, text);
            behind_word = to->len;
        } else {
            buffer_octet(to, s.at[0]);
            len = 1;
        }
        white = behind_word != SIZE_MAX &&
                slice_trim(slice_from(buffer_slice(to), behind_word)).len == 0;
        s = slice_from(s, len);
    }
    return buffer_slice(to);
}

/* No line that could be broken is longer than 76. */
static bool
lines_fit(struct slice name, struct slice body)
{
    size_t column = name.len + 1;

    while (body.len > 0) {
        size_t end = slice_find(body, '\n');
        struct slice line = slice_trim(slice_first(body, end));
        struct slice word;
        size_t words = 0;

        if (line.len == 0 && body.len > end && column == 0)
            return false;
        if (column + end > LINE_LONGEST)
            return false;
        for (struct slice rest = line; slice_word(&rest, " \t", &word);)
            words++;
        if (words > 1 && column + line.len > LINE_GOOD)
            return false;
        column = 0;
        body = slice_from(body, end + 1);
    }
    return true;
}

struct trial {
    struct arena *arena;
    struct slice in, out;
};

static bool
same_text(const struct trial *trial)
{
    return slice_equal(decode(trial->arena, header_unfold(trial->arena, trial->in)),
                       decode(trial->arena, header_unfold(trial->arena, trial->out))) &&
           lines_fit(SLICE("Subject"), trial->out);
}

/* Where a comment parts two encoded words they aren't adjacent (RFC 2047 section 6.2), but readers
 * that take comments out first drop the space: there only all else is compared. */
static bool
same_name(struct arena *arena, struct slice a, struct slice b, bool comments)
{
    struct slice *s[] = {&a, &b};

    for (size_t i = 0; i < 2 && comments; i++) {
        char *to = arena_alloc(arena, s[i]->len + 1);
        size_t len = 0;

        for (size_t k = 0; k < s[i]->len; k++)
            if (s[i]->at[k] != ' ')
                to[len++] = s[i]->at[k];
        *s[i] = (struct slice){to, len};
    }
    return slice_equal(a, b);
}

static bool
same_addresses(const struct trial *trial)
{
    bool comments = slice_find(trial->in, '(') < trial->in.len;
    struct mailboxes in, out;
    const struct mailbox *a, *b;

    mailboxes_parse(trial->arena, trial->in, &in);
    mailboxes_parse(trial->arena, trial->out, &out);
    if (in.defect != NULL)
        return true;
    for (a = in.first, b = out.first; a && b; a = a->next, b = b->next)
        if (!same_name(trial->arena, a->name, b->name, comments) ||
            !same_name(trial->arena, a->group, b->group, comments) ||
            !slice_equal(a->address.local, b->address.local) ||
            !slice_equal(domain_key(trial->arena, a->address.domain),
                         domain_key(trial->arena, b->address.domain)))
            return false;
    return out.defect == NULL && a == NULL && b == NULL;
}

/* Words with dots between, and behind an "@" such atoms or a literal. */
static bool
is_well_written(struct slice address)
{
    bool at = false, after_word = false;
    struct token token;

    while (token = token_next_word(&address), token.kind != TOKEN_END) {
        bool sign = token_is_special(&token, "@");
        bool word = token_is_word(&token) && !(at && token.kind == TOKEN_QUOTED);

        if (at && !after_word && token.kind == TOKEN_LITERAL)
            return token_next_word(&address).kind == TOKEN_END;
        if (after_word ? word || !(sign ? !at : token_is_special(&token, ".")) : !word)
            return false;
        at = at || sign;
        after_word = word;
    }
    return after_word;
}

/* An "@" in what stands before "<" or ":" is in a name, which may be encoded. */
static bool
has_at_in_name(struct slice field)
{
    bool at = false;
    struct token token;

    while (token = token_next_word(&field), token.kind != TOKEN_END) {
        if (at && token_is_special(&token, "<:"))
            return true;
        at = token_is_special(&token, "@") || (at && !token_is_special(&token, ",;>"));
    }
    return false;
}

/* What is a local part or a domain to who judges addresses stays one, whatever is wrong beside. */
static bool
same_addresses_in_any_list(const struct trial *trial)
{
    struct mailboxes in, out;
    const struct mailbox *a, *b;

    if (has_at_in_name(trial->in))
        return true;
    mailboxes_parse(trial->arena, trial->in, &in);
    mailboxes_parse(trial->arena, trial->out, &out);
    for (a = in.first, b = out.first; a && b; a = a->next, b = b->next)
        if (is_well_written(a->address.raw) &&
            (!slice_equal(a->address.local, b->address.local) ||
             !slice_equal(domain_key(trial->arena, a->address.domain),
                          domain_key(trial->arena, b->address.domain))))
            return false;
    return a == NULL && b == NULL;
}

static bool
is_parameter_of(const struct mime_parameter *parameter, const struct mime_value *value)
{
    for (const struct mime_parameter *p = value->first; p; p = p->next)
        if (slice_equal(p->name, parameter->name) && slice_equal(p->value, parameter->value))
            return true;
    return false;
}

static bool
holds_parameters(const struct mime_value *value, const struct mime_value *other)
{
    for (const struct mime_parameter *p = value->first; p; p = p->next)
        if (!is_parameter_of(p, other))
            return false;
    return true;
}

/* What is said twice may be said once; what a reader finds first stays so. */
static bool
same_parameters(const struct trial *trial)
{
    struct mime_value in, out;

    mime_value_parse(trial->arena, header_unfold(trial->arena, trial->in), &in);
    mime_value_parse(trial->arena, header_unfold(trial->arena, trial->out), &out);
    if (!slice_equal(in.value, out.value) || !holds_parameters(&in, &out) ||
        !holds_parameters(&out, &in))
        return false;
    for (const struct mime_parameter *p = in.first; p; p = p->next)
        if (!slice_equal(mime_value_find(&in, p->name)->value,
                         mime_value_find(&out, p->name)->value))
            return false;
    return true;
}

static void
test_kind(const char *name, const char *const *parts, size_t count,
          bool (*same)(const struct trial *trial))
{
    struct arena *arena = arena_new(SIZE_MAX);
    uint64_t state = 0x9E3779B97F4A7C15;
    unsigned rounds = tap_times(ROUNDS, ROUNDS_LONG), wrong = 0, converted = 0;

    for (unsigned i = 0; i < rounds; i++) {
        struct trial trial = {.arena = arena, .in = make(arena, &state, parts, count)};
        struct slice again;
        bool good = true;

        if (convert_field(arena, slice_of(name), trial.in, "\n", &trial.out) == HEADER_CONVERTED) {
            converted++;
            good = slice_is_ascii(trial.out) && same(&trial) &&
                   convert_field(arena, slice_of(name), trial.out, "\n", &again) == HEADER_IS_ASCII;
        } else {
            good = slice_equal(trial.in, trial.out);
        }
        if (!good && wrong++ < 5)
            tap_check(false, "%s: {%.*s} is {%.*s}", name, (int)trial.in.len, trial.in.at,
                      (int)trial.out.len, trial.out.at);
        arena_reset(arena);
    }
    tap_check(wrong == 0, "%s: %u random fields, %u wrong", name, rounds, wrong);
    tap_check(converted > rounds / 20, "%s: %u converted", name, converted);
    arena_free(&arena);
}

#define PARTS_OF(parts) parts, sizeof parts / sizeof parts[0]

int
main(void)
{
    test_kind("Subject", PARTS_OF(text_parts), same_text);
    test_kind("To", PARTS_OF(address_parts), same_addresses);
    test_kind("From", PARTS_OF(list_parts), same_addresses_in_any_list);
    test_kind("Content-Type", PARTS_OF(parameter_parts), same_parameters);
    return tap_done();
}
