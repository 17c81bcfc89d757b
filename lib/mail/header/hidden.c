/* Addresses that people read where none counts: in names, comments, names of groups and quoted
 * local parts. These are texts without grammar, so an address is what looks like one. */
#include "base/buffer.h"
#include "generous.h"
#include "mail/mailbox.h"
#include "mail/unicode.h"
#include "mail/utf8.h"
#include "text/atext.h"
#include "tokens.h"

enum {
    SAID = 6,
    LITERAL_MAX = 64,
    LEFT_TO_RIGHT_MARK = 0x200E,
    FOUND_COMPARED = 64,
    FOUND_MAX = 500, /* nobody means more of them in one name */
};

/* What the comments say, parted by commas. */
static struct slice
comments_text(struct arena *arena, struct slice s)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);
    struct token token;

    if (slice_find(s, '(') == s.len)
        return SLICE("");
    buffer_init(said, arena, 2 * s.len);
    while (token = token_next(&s), token.kind != TOKEN_END) {
        if (token.kind != TOKEN_COMMENT)
            continue;
        buffer_octet(said, ',');
        buffer_add(said, token_unquote(arena, token.text));
    }
    return buffer_slice(said);
}

/* A phrase without its quotes; encoded words stay as they are, in quotes too. apart: with white
 * space around quoted strings. */
static struct slice
phrase_said(struct arena *arena, struct slice phrase, bool apart)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);
    struct token token;
    bool gap = false;

    buffer_init(said, arena, 4 * phrase.len);
    while (token = token_next_word(&phrase), token.kind != TOKEN_END) {
        bool quoted = token.kind == TOKEN_QUOTED;

        if (gap || token.gap.len > 0 || (apart && quoted))
            buffer_octet(said, ' ');
        buffer_add(said, quoted ? token_unquote(arena, token.text) : token.text);
        gap = apart && quoted;
    }
    return buffer_slice(said);
}

/* Behind an "@" that isn't in quotes some programs read a domain, and leave out all white space,
 * comments and brackets; empty where there is none. */
static struct slice
phrase_as_address(struct arena *arena, struct slice phrase)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);
    struct token token;
    bool at = false;

    buffer_init(said, arena, 2 * phrase.len);
    while (token = token_next_word(&phrase), token.kind != TOKEN_END) {
        if (!at && token.gap.len > 0)
            buffer_octet(said, ' ');
        if (token.kind == TOKEN_LITERAL)
            buffer_add(said, phrase_as_address(arena, token_unquote(arena, token.text)));
        else
            buffer_add(said, token.text);
        at = at || token_is_special(&token, "@") || token.kind == TOKEN_LITERAL;
    }
    return at ? buffer_slice(said) : SLICE("");
}

/* All that a mailbox says to people beside its address. */
static void
said_in(struct arena *arena, const struct mailbox *mailbox, struct slice said_r[SAID])
{
    struct slice raw = mailbox->address.raw;
    struct slice local = slice_first(raw, slice_find_last(raw, '@'));
    bool odd = slice_find(local, '@') < local.len;

    said_r[0] = phrase_said(arena, mailbox->phrase, false);
    said_r[1] = phrase_said(arena, mailbox->phrase, true);
    said_r[2] = phrase_as_address(arena, mailbox->phrase);
    said_r[3] = comments_text(arena, mailbox->around);
    said_r[4] = phrase_said(arena, mailbox->group_phrase, false);
    said_r[5] = odd ? phrase_said(arena, local, true) : SLICE("");
    for (size_t i = 1; i < 3; i++)
        if (slice_equal(said_r[i], said_r[0]))
            said_r[i] = SLICE("");
}

static bool
is_letter(char c)
{
    return ascii_is_alnum(c) || (unsigned char)c > 127;
}

/* Where the local part begins that ends in front of `at`; `at` itself where there is none. */
static size_t
local_start(struct slice s, size_t at)
{
    size_t i = at;

    if (at > 1 && s.at[at - 1] == '"') {
        for (i = at - 1; i > 0 && s.at[i - 1] != '"'; i--)
            continue;
        return i > 0 ? i - 1 : at;
    }
    while (i > 0 && (is_atext(s.at[i - 1]) || s.at[i - 1] == '.'))
        i--;
    while (i < at && !is_letter(s.at[i]) && s.at[i] != '_')
        i++;
    return i;
}

static size_t
domain_end(struct slice s, size_t at)
{
    size_t i = at + 1;

    if (i < s.len && s.at[i] == '[') {
        struct slice literal = slice_first(slice_from(s, i), LITERAL_MAX);
        size_t len = slice_find(literal, ']');

        return len < literal.len ? i + len + 1 : at;
    }
    while (i < s.len && (is_letter(s.at[i]) || s.at[i] == '.' || s.at[i] == '-' || s.at[i] == '_'))
        i++;
    while (i > at + 1 && !is_letter(s.at[i - 1]))
        i--;
    return i > at + 1 && is_letter(s.at[at + 1]) ? i : at;
}

/* Beyond ASCII a domain of one label is none: "Jörg @ Büro" is a name. */
static bool
is_address_at(struct slice s, size_t at)
{
    struct slice domain = slice_from(s, at + 1);

    return slice_is_ascii(s) || slice_find(domain, '.') < domain.len || domain.at[0] == '[';
}

struct found {
    struct arena *arena;
    struct arena *work; /* of the texts that are looked through */
    struct found_address {
        struct address address;
        struct found_address *next;
    } * first, **end;
    size_t count;
};

/* Different readings mostly say the same: what was found among the first isn't told again. */
static void
found_add(struct found *found, struct slice text)
{
    struct found_address *each = found->first;

    for (size_t i = 0; each && i < FOUND_COMPARED; i++, each = each->next)
        if (slice_equal(each->address.raw, text))
            return;
    if (found->count++ >= FOUND_MAX)
        return;
    *found->end = ARENA_NEW(found->arena, struct found_address);
    address_parse_mailbox(found->arena, arena_copy(found->arena, text), &(*found->end)->address);
    found->end = &(*found->end)->next;
}

static void
find_in(struct slice s, struct found *found)
{
    size_t last = 0;

    for (size_t i = slice_find(s, '@'); i < s.len; i += slice_find(slice_from(s, i), '@')) {
        size_t start = last + local_start(slice_from(s, last), i - last);
        size_t end = domain_end(s, i);
        struct slice text = {s.at + start, end - start};

        if (start < i && end > i && is_address_at(text, i - start))
            found_add(found, text);
        last = ++i;
    }
}

/* Each way of looking at a reading, but for those that change nothing; a long one is looked at as
 * it stands. */
static void
find_in_reading(struct slice reading, struct found *found)
{
    struct slice text[GENEROUS_WAYS];
    unsigned most = reading.len > 4 * GENEROUS_TEXT_MAX ? 1 : GENEROUS_WAYS;
    size_t count = 0;

    for (unsigned ways = 0; ways < most && generous_has_at(reading); ways++) {
        bool same = false;

        text[count] = generous_plain(found->work, reading, ways);
        for (size_t i = 0; i < count; i++)
            same = same || slice_equal(text[i], text[count]);
        if (!same)
            find_in(text[count++], found);
    }
}

/* The number of all; no more than FOUND_MAX are kept. */
static size_t
find_all(struct found *found, const struct mailbox *mailbox)
{
    struct slice said[SAID], reading[GENEROUS_READINGS];

    found->end = &found->first;
    said_in(found->work, mailbox, said);
    for (size_t i = 0; i < SAID; i++) {
        size_t readings = said[i].len > 0 ? generous_readings(found->work, said[i], reading) : 0;

        for (size_t k = 0; k < readings; k++)
            find_in_reading(reading[k], found);
    }
    return found->count;
}

size_t
mailbox_hidden(struct arena *arena, const struct mailbox *mailbox, struct address **hidden_r)
{
    struct found found = {.arena = arena, .work = arena_new_child(arena, ARENA_OF_PARENT)};
    size_t count = find_all(&found, mailbox);
    const struct found_address *each = found.first;

    arena_free(&found.work);
    count = count < FOUND_MAX ? count : FOUND_MAX;
    *hidden_r = ARENA_ARRAY(arena, count, struct address);
    for (size_t i = 0; i < count; i++, each = each->next)
        (*hidden_r)[i] = each->address;
    return count;
}

/* Of the marks of direction only those that turn what follows are told from letters; beside an "@"
 * all but the left-to-right mark are, which change the order in which its two sides are seen. */
static bool
turns_writing(struct slice text)
{
    bool at = generous_has_at(text);

    while (text.len > 0) {
        uint32_t c = utf8_next(&text);

        if (unicode_is_override(c) || (at && c != LEFT_TO_RIGHT_MARK && unicode_is_direction(c)))
            return true;
    }
    return false;
}

static bool
says_too_much(struct arena *work, const struct mailbox *mailbox)
{
    struct slice said[SAID];
    bool much = false;

    said_in(work, mailbox, said);
    for (size_t i = 0; i < SAID; i++)
        much = much || said[i].len > GENEROUS_TEXT_MAX;
    return much;
}

static bool
name_turns_writing(struct arena *work, const struct mailbox *mailbox)
{
    struct slice said[SAID], reading[GENEROUS_READINGS];

    said_in(work, mailbox, said);
    for (size_t i = 0; i < SAID; i++) {
        size_t readings = said[i].len > 0 ? generous_readings(work, said[i], reading) : 0;

        for (size_t k = 0; k < readings; k++)
            if (!slice_is_ascii(reading[k]) && turns_writing(reading[k]))
                return true;
    }
    return false;
}

const char *
mailbox_doubt(struct arena *arena, const struct mailbox *mailbox)
{
    struct arena *work = arena_new_child(arena, ARENA_OF_PARENT);
    struct found found = {.arena = work, .work = work};
    const char *doubt = generous_doubt(work, mailbox->around);

    if (says_too_much(work, mailbox))
        doubt = "a name is longer than is looked at";
    else if (name_turns_writing(work, mailbox))
        doubt = "a name turns the direction of writing";
    else if (doubt == NULL && find_all(&found, mailbox) > FOUND_MAX)
        doubt = "a name holds more addresses than are looked at";
    arena_free(&work);
    return doubt;
}
