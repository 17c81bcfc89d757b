/* Addresses that people read where none counts: in names, comments, names of groups and quoted
 * local parts. These are texts without grammar, so an address is what looks like one. */
#include "atext.h"
#include "base/buffer.h"
#include "header/generous.h"
#include "header/tokens.h"
#include "mail/mailbox.h"
#include "mail/unicode.h"
#include "mail/utf8.h"

enum { SAID = 4, TEXTS = SAID * GENEROUS_READINGS * GENEROUS_WAYS, LITERAL_MAX = 64 };

/* What the comments say, parted by their brackets. */
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
        buffer_octet(said, '(');
        buffer_add(said, token_unquote(arena, token.text));
    }
    return buffer_slice(said);
}

/* A phrase without its quotes; encoded words stay as they are, in quotes too. */
static struct slice
phrase_said(struct arena *arena, struct slice phrase)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);
    struct token token;

    buffer_init(said, arena, 2 * phrase.len);
    while (token = token_next_word(&phrase), token.kind != TOKEN_END) {
        if (token.gap.len > 0)
            buffer_octet(said, ' ');
        buffer_add(said,
                   token.kind == TOKEN_QUOTED ? token_unquote(arena, token.text) : token.text);
    }
    return buffer_slice(said);
}

/* All that a mailbox says to people beside its address. */
static void
said_in(struct arena *arena, const struct mailbox *mailbox, struct slice said_r[SAID])
{
    bool odd = slice_find(mailbox->address.local, '@') < mailbox->address.local.len;

    said_r[0] = phrase_said(arena, mailbox->phrase);
    said_r[1] = comments_text(arena, mailbox->around);
    said_r[2] = phrase_said(arena, mailbox->group_phrase);
    said_r[3] = odd ? mailbox->address.local : SLICE("");
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

static size_t
count_ats(struct slice s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += s.at[i] == '@';
    return count;
}

/* Beyond ASCII a domain of one label is none: "Jörg @ Büro" is a name. */
static bool
is_address(struct slice s, size_t at)
{
    struct slice domain = slice_from(s, at + 1);

    return slice_is_ascii(s) || slice_find(domain, '.') < domain.len || domain.at[0] == '[';
}

/* What is found is put behind each other; its number. */
static size_t
find_in(struct arena *arena, struct slice s, struct address *found)
{
    size_t count = 0, last = 0;

    for (size_t i = slice_find(s, '@'); i < s.len; i += slice_find(slice_from(s, i), '@')) {
        size_t start = last + local_start(slice_from(s, last), i - last);
        size_t end = domain_end(s, i);

        if (start < i && end > i &&
            is_address((struct slice){s.at + start, end - start}, i - start))
            address_parse_mailbox(arena, (struct slice){s.at + start, end - start},
                                  &found[count++]);
        last = ++i;
    }
    return count;
}

/* No text that none of the ways changes stands twice. */
static size_t
plain_texts(struct arena *arena, struct slice reading, struct slice *text)
{
    size_t count = 0;

    for (unsigned ways = 0; ways < GENEROUS_WAYS; ways++) {
        bool same = false;

        text[count] = generous_plain(arena, reading, ways);
        for (size_t i = 0; i < count; i++)
            same = same || slice_equal(text[i], text[count]);
        count += !same;
    }
    return count;
}

/* What is said, each way of reading it once. */
static size_t
texts_of(struct arena *arena, const struct mailbox *mailbox, struct slice text_r[TEXTS])
{
    struct slice said[SAID], reading[GENEROUS_READINGS];
    size_t texts = 0;

    said_in(arena, mailbox, said);
    for (size_t i = 0; i < SAID; i++) {
        size_t readings = said[i].len > 0 ? generous_readings(arena, said[i], reading) : 0;

        for (size_t k = 0; k < readings; k++)
            texts += plain_texts(arena, reading[k], text_r + texts);
    }
    return texts;
}

size_t
mailbox_hidden(struct arena *arena, const struct mailbox *mailbox, struct address **hidden_r)
{
    struct slice text[TEXTS];
    size_t texts = texts_of(arena, mailbox, text);
    size_t room = 0, count = 0;

    for (size_t i = 0; i < texts; i++)
        room += count_ats(text[i]);
    *hidden_r = ARENA_ARRAY(arena, room, struct address);
    for (size_t i = 0; i < texts; i++)
        count += find_in(arena, text[i], *hidden_r + count);
    return count;
}

static bool
turns_writing(struct slice text)
{
    while (text.len > 0)
        if (unicode_is_override(utf8_next(&text)))
            return true;
    return false;
}

const char *
mailbox_doubt(struct arena *arena, const struct mailbox *mailbox)
{
    struct slice said[SAID], reading[GENEROUS_READINGS];

    said_in(arena, mailbox, said);
    for (size_t i = 0; i < SAID; i++) {
        size_t readings = said[i].len > 0 ? generous_readings(arena, said[i], reading) : 0;

        for (size_t k = 0; k < readings; k++)
            if (!slice_is_ascii(reading[k]) && turns_writing(reading[k]))
                return "a name turns the direction of writing";
    }
    return generous_doubt(arena, mailbox->around);
}
