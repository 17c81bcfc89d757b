/* Knows what programs forgive in encoded words, and how characters look. What is read here counts
 * for nothing but the search for addresses: no conversion and no comparison may use it. */
#include "generous.h"

#include "base/buffer.h"
#include "mail/charset.h"
#include "mail/header.h"
#include "mail/unicode.h"
#include "mail/utf8.h"
#include "tokens.h"

enum { REPLACEMENT = 0xFFFD };

/* What looks like an encoded word, well-formed or not. */
struct loose_word {
    struct slice before; /* the text in front of it */
    struct slice charset;
    char encoding; /* 'q', 'b', or NUL for anything else */
    struct slice text;
    struct slice behind;
};

/* s: from "=?" on. What names another encoding, or none, some programs read as it stands. */
static bool
loose_word_read(struct slice s, struct loose_word *word)
{
    struct slice rest = slice_from(s, 2);
    struct slice encoding;
    const char *end;

    word->charset = slice_first(rest, slice_find(rest, '?'));
    rest = slice_from(rest, word->charset.len + 1);
    word->charset = slice_first(word->charset, slice_find(word->charset, '*'));
    encoding = slice_first(rest, slice_find(rest, '?'));
    if (encoding.len == rest.len)
        return false;
    word->encoding = encoding.len == 1 ? ascii_lower(encoding.at[0]) : '\0';
    if (word->encoding != 'q' && word->encoding != 'b')
        word->encoding = '\0';
    rest = slice_from(rest, encoding.len + 1);
    end = memmem(rest.at, rest.len, "?=", 2);
    word->text = slice_first(rest, end ? (size_t)(end - rest.at) : rest.len);
    word->behind = slice_from(rest, word->text.len + 2);
    return true;
}

/* The first one in s; false where there is none. One without end goes on to the end. One of an
 * encoding that is none gives way to one of a real encoding that begins in it. */
static bool
loose_word_find(struct slice s, struct loose_word *word_r)
{
    struct slice rest = s;
    struct loose_word word;
    bool found = false;
    const char *start;

    while ((start = memmem(rest.at, rest.len, "=?", 2)) != NULL &&
           (!found || start < word_r->behind.at)) {
        rest = slice_from(rest, (size_t)(start - rest.at));
        word.before = slice_first(s, (size_t)(start - s.at));
        if (loose_word_read(rest, &word) && (!found || word.encoding != '\0')) {
            *word_r = word;
            found = true;
            if (word.encoding != '\0')
                return true;
        }
        rest = slice_from(rest, 1);
    }
    return found;
}

static bool
is_hex_pair(struct slice s, size_t i)
{
    return i + 1 < s.len && ascii_hex(s.at[i]) >= 0 && ascii_hex(s.at[i + 1]) >= 0;
}

/* The text of a word, of which then nothing is against RFC 2047 section 4. */
static void
loose_text_add(struct buffer *to, char encoding, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (encoding == 'b' && (ascii_is_alnum(c) || c == '+' || c == '/'))
            buffer_octet(to, c);
        else if (encoding == 'q' && (c <= ' ' || c == '?' || c == 127))
            buffer_octet(to, '_');
        else if (encoding == 'q' && c == '=' && !is_hex_pair(text, i + 1))
            buffer_text(to, "=3D");
        else if (encoding == 'q')
            buffer_octet(to, c);
    }
}

static void
loose_word_add(struct buffer *to, const struct loose_word *word, struct slice charset)
{
    if (word->encoding == '\0') {
        buffer_add(to, word->text);
        return;
    }
    buffer_printf(to, "=?%.*s?%c?", (int)charset.len, charset.at, word->encoding);
    loose_text_add(to, word->encoding, word->text);
}

static void
loose_word_end(struct buffer *to, const struct loose_word *word)
{
    if (word->encoding != '\0')
        buffer_text(to, "?=");
}

/* What is left of encoded words is read as ISO 8859-1, which gives each octet a character, and has
 * ASCII's where nearly all charsets have them. glued: it goes on into what stands beside it. */
static struct slice
guess_words(struct arena *arena, struct slice s, bool glued)
{
    struct buffer *guess = ARENA_NEW(arena, struct buffer);
    struct loose_word word;

    buffer_init(guess, arena, SIZE_MAX / 4);
    for (; loose_word_find(s, &word); s = glued ? slice_trim(word.behind) : word.behind) {
        buffer_add(guess, glued ? slice_trim(word.before) : word.before);
        loose_word_add(guess, &word, SLICE("iso-8859-1"));
        loose_word_end(guess, &word);
    }
    buffer_add(guess, s);
    return header_decode(arena, buffer_slice(guess));
}

static bool
is_padded(const struct loose_word *word)
{
    return word->encoding == 'b' && word->text.len > 0 && word->text.at[word->text.len - 1] == '=';
}

static bool
word_continues(const struct loose_word *word, const struct loose_word *next)
{
    return slice_trim(next->before).len == 0 && word->encoding != '\0' && !is_padded(word) &&
           word->encoding == next->encoding && slice_equal_nocase(word->charset, next->charset);
}

/* Words of one charset that follow each other as one, so that a character, or four digits of
 * base64, may be cut in two; padding ends what is one in base64. */
static struct slice
join_loose_words(struct arena *arena, struct slice s)
{
    struct buffer *joined = ARENA_NEW(arena, struct buffer);
    struct loose_word word, next;

    buffer_init(joined, arena, SIZE_MAX / 4);
    for (bool more = loose_word_find(s, &word); more; word = next) {
        buffer_add(joined, word.before);
        loose_word_add(joined, &word, word.charset);
        while ((more = loose_word_find(word.behind, &next)) && word_continues(&word, &next)) {
            loose_text_add(joined, word.encoding, next.text);
            word = next;
        }
        loose_word_end(joined, &word);
        s = word.behind;
    }
    buffer_add(joined, s);
    return buffer_slice(joined);
}

/* Words with white space around each, which between two of them counts for nothing. */
static struct slice
space_words(struct arena *arena, struct slice s)
{
    struct buffer *spaced = ARENA_NEW(arena, struct buffer);
    struct loose_word word;

    buffer_init(spaced, arena, SIZE_MAX / 4);
    for (; loose_word_find(s, &word); s = word.behind) {
        size_t before = word.before.len;

        buffer_add(spaced, word.before);
        buffer_octet(spaced, ' ');
        buffer_add(spaced, slice_first(slice_from(s, before), s.len - before - word.behind.len));
        buffer_octet(spaced, ' ');
    }
    buffer_add(spaced, s);
    return buffer_slice(spaced);
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

struct readings {
    struct slice *at;
    size_t count;
};

static void
readings_add(struct readings *readings, struct slice s)
{
    for (size_t i = 0; i < readings->count; i++)
        if (slice_equal(readings->at[i], s))
            return;
    readings->at[readings->count++] = s;
}

/* Decoded, and what is left of words then guessed at, as often as programs decode: ten readings at
 * most. */
static void
readings_decode(struct arena *arena, struct readings *readings, struct slice text)
{
    enum { TIMES = 2 };
    struct slice decoded = header_decode(arena, text);
    struct loose_word word;

    readings_add(readings, decoded);
    for (unsigned glued = 0; glued < 2; glued++) {
        struct slice guess = decoded;

        for (unsigned time = 0; time < TIMES && loose_word_find(guess, &word); time++) {
            if (time > 0 && !glued)
                guess = space_words(arena, guess);
            guess = guess_words(arena, guess, glued);
            readings_add(readings, guess);
            readings_add(readings, ascii_text(arena, guess));
        }
    }
}

size_t
generous_readings(struct arena *arena, struct slice text, struct slice reading_r[GENEROUS_READINGS])
{
    struct readings readings = {.at = reading_r};

    readings_add(&readings, text);
    if (memmem(text.at, text.len, "=?", 2) == NULL)
        return readings.count;
    if (text.len > GENEROUS_TEXT_MAX) {
        readings_add(&readings, header_decode(arena, text));
        return readings.count;
    }
    readings_decode(arena, &readings, text);
    readings_decode(arena, &readings, join_loose_words(arena, text));
    readings_decode(arena, &readings, space_words(arena, text));
    return readings.count;
}

/* "@" and "." for what is read as these; else the character. */
static uint32_t
plain_delimiter(uint32_t c)
{
    static const uint32_t dots[] = {0x660,  0x6D4,  0x701,  0x702,  0x2024,
                                    0x3002, 0xA4F8, 0xFE52, 0xFF0E, 0xFF61};

    if (c == 0xFF20 || c == 0xFE6B)
        return '@';
    for (size_t i = 0; c > 127 && i < sizeof dots / sizeof dots[0]; i++)
        if (c == dots[i])
            return '.';
    return c;
}

bool
generous_has_at(struct slice reading)
{
    while (reading.len > 0)
        if (plain_delimiter(utf8_next(&reading)) == '@')
            return true;
    return false;
}

struct plain {
    struct buffer *to;
    unsigned ways;
    bool gap; /* white space that isn't written yet */
};

static bool
plain_drops_space(const struct plain *plain, char beside)
{
    return beside == '@' || (beside == '.' && (plain->ways & GENEROUS_DOTS));
}

static void
plain_put(struct plain *plain, struct slice character)
{
    struct buffer *to = plain->to;

    if (plain->gap && to->len > 0 && !plain_drops_space(plain, to->at[to->len - 1]) &&
        !plain_drops_space(plain, character.at[0]))
        buffer_octet(to, ' ');
    plain->gap = false;
    buffer_add(to, character);
}

/* What some programs show nothing of, and others as something. */
static bool
plain_is_droppable(uint32_t c)
{
    return c == '\\' || c == REPLACEMENT ||
           (unicode_is_control(c) && !(c < 0x80 && ascii_is_space((char)c)));
}

static void
plain_character(struct plain *plain, uint32_t c)
{
    char octets[4];

    c = plain_delimiter(c);
    if (unicode_is_invisible(c) || (plain->ways & GENEROUS_OCTETS && plain_is_droppable(c)))
        return;
    if (c < 0x80 ? c <= ' ' || c == 0x7F : !unicode_is_letter_or_digit(c)) {
        plain->gap = true;
        return;
    }
    plain_put(plain, (struct slice){octets, utf8_put(octets, c)});
}

static struct slice
without_comments(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    bool closed = true;

    while (s.len > 0 && closed) {
        size_t comment = s.at[0] == '(' ? token_comment_length(s, &closed) : 0;

        if (comment == 0 || !closed)
            to[len++] = s.at[0];
        s = slice_from(s, comment > 0 && closed ? comment : 1);
    }
    memcpy(to + len, s.at, s.len);
    return (struct slice){to, len + s.len};
}

struct slice
generous_plain(struct arena *arena, struct slice reading, unsigned ways)
{
    bool forms = (ways & GENEROUS_FORMS) && !slice_is_ascii(reading);
    struct plain plain = {.to = ARENA_NEW(arena, struct buffer), .ways = ways};
    struct slice rest = ways & GENEROUS_COMMENTS ? without_comments(arena, reading) : reading;

    buffer_init(plain.to, arena, SIZE_MAX / 4);
    while (rest.len > 0) {
        uint32_t c = utf8_next(&rest);
        uint32_t form[UTF8_COMPATIBLE_MAX];
        size_t count = forms && c > 127 ? utf8_compatible(c, form) : 0;

        if (count == 0)
            plain_character(&plain, c);
        for (size_t i = 0; i < count; i++)
            plain_character(&plain, form[i]);
    }
    return buffer_slice(plain.to);
}

const char *
generous_doubt(struct arena *arena, struct slice text)
{
    struct charsets *charsets = NULL;
    struct loose_word word;

    for (; loose_word_find(text, &word); text = word.behind) {
        struct slice guess;

        if (charsets == NULL)
            charsets = charsets_new(arena);
        if (charset_is_read(charsets, word.charset))
            continue;
        if (charset_is_unlike_ascii(word.charset))
            return "a name is in a charset that programs read in different ways";
        guess = guess_words(arena, slice_first(text, (size_t)(word.behind.at - text.at)), true);
        if (slice_find(guess, '@') < guess.len)
            return "an address may stand in a name whose charset isn't known";
    }
    return NULL;
}
