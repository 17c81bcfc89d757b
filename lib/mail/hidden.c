/* Addresses that people read in a mailbox besides its own: in names, comments and names of groups.
 * These are texts without grammar, so an address is what looks like one. */
#include "atext.h"
#include "base/buffer.h"
#include "mail/header.h"
#include "mail/mailbox.h"
#include "mail/utf8.h"

/* Some programs read encoded words in quotes too, where RFC 2047 section 5 has none, and guess at
 * those that are malformed or of a charset unknown to them: name, comments and group are looked
 * through as they are, decoded, and guessed at. */
enum { TEXTS = 12, LITERAL_MAX = 64, CHARSET_NAME_MAX = 60 };

/* From the opening octet to the one behind the `close` that isn't escaped. */
static size_t
skip_enclosed(struct slice s, size_t i, char close)
{
    for (i++; i < s.len && s.at[i] != close; i++)
        i += s.at[i] == '\\';
    return i + 1;
}

/* Appends a comment without its outer brackets, unfolded; the index behind it. */
static size_t
take_comment(struct buffer *said, struct slice s, size_t i)
{
    size_t depth = 0;

    for (; i < s.len; i++) {
        depth += s.at[i] == '(';
        depth -= s.at[i] == ')';
        if (depth == 0)
            return i + 1;
        i += s.at[i] == '\\' && i + 1 < s.len;
        if (s.at[i] != '\r' && s.at[i] != '\n')
            buffer_octet(said, s.at[i]);
    }
    return i;
}

/* What the comments say, parted by their brackets. */
static struct slice
comments_text(struct arena *arena, struct slice s)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);
    size_t i = 0;

    if (slice_find(s, '(') == s.len)
        return SLICE("");
    buffer_init(said, arena, s.len);
    while (i < s.len) {
        if (s.at[i] == '(')
            i = take_comment(said, s, i);
        else if (s.at[i] == '"')
            i = skip_enclosed(s, i, '"');
        else if (s.at[i] == '[')
            i = skip_enclosed(s, i, ']');
        else
            i++;
    }
    return buffer_slice(said);
}

static bool
is_in(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

/* Characters that nobody sees: NUL, soft hyphen, zero width, direction. */
static bool
is_invisible(uint32_t c)
{
    return c == 0 || c == 0xAD || is_in(c, 0x200B, 0x200F) || is_in(c, 0x202A, 0x202E) ||
           is_in(c, 0x2060, 0x206F) || c == 0xFEFF;
}

/* Quotes, brackets and spaces beyond ASCII stand beside addresses, not in them. */
static bool
is_punctuation(uint32_t c)
{
    return is_in(c, 0x80, 0xBF) || is_in(c, 0x2000, 0x206F) || is_in(c, 0x3000, 0x303F) ||
           is_in(c, 0xFF00, 0xFF0F) || is_in(c, 0xFF1A, 0xFF20) || c == 0xFFFD;
}

/* "@" and "." for what is read as these, 0 for what isn't seen. */
static char
plain_octet(uint32_t c)
{
    if (c == 0xFF20 || c == 0xFE6B)
        return '@';
    if (c == 0xFF0E || c == 0xFE52 || c == 0x3002 || c == 0xFF61 || c == 0x2024)
        return '.';
    return is_invisible(c) ? '\0' : ' ';
}

/* The text as it is read: octets beyond ASCII are those of letters alone. */
static struct slice
plain_text(struct arena *arena, struct slice text)
{
    char *to = arena_alloc(arena, text.len + 1);
    struct slice rest = text;
    size_t len = 0;

    while (rest.len > 0) {
        struct slice before = rest;
        uint32_t c = utf8_next(&rest);
        char octet = plain_octet(c);

        if (octet == ' ' && (c < 0x80 || !is_punctuation(c))) {
            memcpy(to + len, before.at, before.len - rest.len);
            len += before.len - rest.len;
        } else if (octet != '\0') {
            to[len++] = octet;
        }
    }
    return (struct slice){to, len};
}

/* Behind "=?": where a word's text begins, and where the "?=" stands that ends it. */
static bool
find_word(struct slice s, size_t *begin_r, size_t *end_r)
{
    size_t charset = slice_find(slice_first(s, CHARSET_NAME_MAX), '?');
    const char *end;

    *begin_r = charset + 3;
    if (s.len < *begin_r || s.at[charset] != '?' || s.at[charset + 2] != '?')
        return false;
    end = memmem(s.at + *begin_r, s.len - *begin_r, "?=", 2);
    *end_r = end ? (size_t)(end - s.at) : s.len;
    return end != NULL;
}

static bool
is_hex(struct slice s, size_t i)
{
    return i < s.len && (ascii_is_digit(s.at[i]) ||
                         (ascii_lower(s.at[i]) >= 'a' && ascii_lower(s.at[i]) <= 'f'));
}

/* The same text, of which nothing is against RFC 2047 section 4. */
static void
add_word(struct buffer *to, char encoding, struct slice text)
{
    bool quoted = ascii_lower(encoding) == 'q';

    buffer_printf(to, "=?iso-8859-1?%c?", quoted ? 'q' : 'b');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (!quoted && (ascii_is_alnum(c) || c == '+' || c == '/'))
            buffer_octet(to, c);
        else if (quoted && (c <= ' ' || c == '?' || c == 127))
            buffer_octet(to, '_');
        else if (quoted && c == '=' && !(is_hex(text, i + 1) && is_hex(text, i + 2)))
            buffer_text(to, "=3D");
        else if (quoted)
            buffer_octet(to, c);
    }
    buffer_text(to, "?=");
}

/* What is left of encoded words is read as ISO 8859-1, which gives each octet a character, and has
 * ASCII's where nearly all charsets have them; it goes on into what stands beside it. */
static struct slice
guess_words(struct arena *arena, struct slice s)
{
    struct buffer *guess = ARENA_NEW(arena, struct buffer);
    size_t start = slice_find(s, '='), begin, end;

    buffer_init(guess, arena, SIZE_MAX / 4);
    for (; start + 1 < s.len; start = slice_find(s, '=')) {
        struct slice behind = slice_from(s, start + 2);

        if (s.at[start + 1] != '?' || !find_word(behind, &begin, &end)) {
            buffer_add(guess, slice_first(s, start + 1));
            s = slice_from(s, start + 1);
            continue;
        }
        buffer_add(guess, slice_trim(slice_first(s, start)));
        add_word(guess, behind.at[begin - 2], slice_first(slice_from(behind, begin), end - begin));
        s = slice_trim(slice_from(behind, end + 2));
    }
    buffer_add(guess, s);
    return header_decode(arena, buffer_slice(guess));
}

/* Octets that stand for nothing in the charset that a word names are no letters of a domain. */
static struct slice
ascii_text(struct arena *arena, struct slice s)
{
    char *to = arena_string(arena, s);

    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)to[i] > 127)
            to[i] = ' ';
    return (struct slice){to, s.len};
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
    return i > at + 1 ? i : at;
}

static size_t
count_ats(struct slice s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += s.at[i] == '@';
    return count;
}

/* What is found is put behind each other; its number. */
static size_t
find_in(struct arena *arena, struct slice s, struct address *found)
{
    size_t count = 0, last = 0;

    for (size_t i = slice_find(s, '@'); i < s.len; i += slice_find(slice_from(s, i), '@')) {
        size_t start = last + local_start(slice_from(s, last), i - last);
        size_t end = domain_end(s, i);

        if (start < i && end > i)
            address_parse_mailbox(arena, (struct slice){s.at + start, end - start},
                                  &found[count++]);
        last = ++i;
    }
    return count;
}

size_t
mailbox_hidden(struct arena *arena, const struct mailbox *mailbox, struct address **hidden_r)
{
    struct slice said[] = {mailbox->name, comments_text(arena, mailbox->around), mailbox->group};
    struct slice text[TEXTS];
    size_t texts = 0, room = 0, count = 0;

    for (size_t i = 0; i < TEXTS / 4; i++) {
        struct slice decoded = header_decode(arena, said[i]);

        text[texts++] = plain_text(arena, said[i]);
        if (!slice_equal(decoded, said[i]))
            text[texts++] = plain_text(arena, decoded);
        if (memmem(decoded.at, decoded.len, "=?", 2)) {
            text[texts] = plain_text(arena, guess_words(arena, decoded));
            text[texts + 1] = ascii_text(arena, text[texts]);
            texts += slice_is_ascii(text[texts]) ? 1 : 2;
        }
    }
    for (size_t i = 0; i < texts; i++)
        room += count_ats(text[i]);
    *hidden_r = ARENA_ARRAY(arena, room, struct address);
    for (size_t i = 0; i < texts; i++)
        count += find_in(arena, text[i], *hidden_r + count);
    return count;
}
