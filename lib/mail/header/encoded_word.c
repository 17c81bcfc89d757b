/* Reads the shape of encoded words, and writes them. */
#include "encoded_word.h"

#include "mail/utf8.h"

enum { CHARSET_NAME_MAX = 60, WORD_MAX = 75 };

/* Length of the printable ASCII at the front that holds no "?". */
static size_t
part_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len && s.at[i] > ' ' && s.at[i] < 127 && s.at[i] != '?')
        i++;
    return i;
}

/* The search for the parts ends at a space and at the first "?", so that no octet is looked at more
 * than a few times. */
bool
encoded_word_parse(struct slice s, struct encoded_word *word_r)
{
    struct slice rest = slice_from(s, 2);
    size_t len = part_length(slice_first(rest, CHARSET_NAME_MAX));

    if (!slice_starts_nocase(s, SLICE("=?")) || len == 0 || len + 3 > rest.len)
        return false;
    word_r->charset = slice_first(rest, len);
    word_r->charset = slice_first(word_r->charset, slice_find(word_r->charset, '*'));
    word_r->encoding = ascii_lower(rest.at[len + 1]);
    if (rest.at[len] != '?' || rest.at[len + 2] != '?' ||
        (word_r->encoding != 'q' && word_r->encoding != 'b'))
        return false;
    rest = slice_from(rest, len + 3);
    len = part_length(rest);
    if (len + 2 > rest.len || rest.at[len] != '?' || rest.at[len + 1] != '=')
        return false;
    word_r->text = slice_first(rest, len);
    word_r->len = (size_t)(rest.at + len + 2 - s.at);
    return true;
}

/* What may stand in a phrase, RFC 2047 section 5 (3), is good everywhere. */
static bool
is_literal_octet(char c)
{
    return ascii_is_alnum(c) || (c != '\0' && strchr("!*+-/", c) != NULL);
}

static size_t
q_length(struct slice s)
{
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++)
        len += is_literal_octet(s.at[i]) || s.at[i] == ' ' ? 1 : 3;
    return len;
}

static size_t
encoded_length(char encoding, struct slice s)
{
    return encoding == 'q' ? q_length(s) : (s.len + 2) / 3 * 4;
}

struct encoder
encoder_begin(struct slice text)
{
    struct encoder encoder = {.rest = text, .utf8 = utf8_is_valid(text)};

    encoder.encoding = encoded_length('q', text) <= encoded_length('b', text) ? 'q' : 'b';
    return encoder;
}

static size_t
first_length(const struct encoder *encoder, struct slice s)
{
    struct slice rest = s;

    if (!encoder->utf8)
        return 1;
    utf8_next(&rest);
    return s.len - rest.len;
}

static size_t
fitting_q(const struct encoder *encoder, size_t room)
{
    struct slice rest = encoder->rest;
    size_t used = 0;

    while (rest.len > 0) {
        size_t len = first_length(encoder, rest);

        used += q_length(slice_first(rest, len));
        if (used > room)
            break;
        rest = slice_from(rest, len);
    }
    return encoder->rest.len - rest.len;
}

/* Some readers join words before they decode them: none but the last one may be padded. */
static size_t
fitting_b(const struct encoder *encoder, size_t room)
{
    struct slice rest = encoder->rest;
    size_t taken = 0, whole = 0;

    while (rest.len > 0) {
        size_t len = first_length(encoder, rest);

        if (encoded_length('b', slice_first(encoder->rest, taken + len)) > room)
            return whole;
        taken += len;
        rest = slice_from(rest, len);
        if (taken % 3 == 0)
            whole = taken;
    }
    return taken;
}

/* The longest beginning that takes at most `room` octets. One character by itself is Q where base64
 * would have to be padded. */
static size_t
fitting(const struct encoder *encoder, size_t room, char *encoding_r)
{
    size_t taken = encoder->encoding == 'b' ? fitting_b(encoder, room) : 0;
    size_t first = first_length(encoder, encoder->rest);

    *encoding_r = taken > 0 ? 'b' : 'q';
    if (encoder->encoding == 'q')
        return fitting_q(encoder, room);
    if (taken == 0 && q_length(slice_first(encoder->rest, first)) <= room)
        return first;
    return taken;
}

static size_t
put_q(char *to, struct slice s)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (is_literal_octet(s.at[i]) || c == ' ') {
            to[len++] = c == ' ' ? '_' : s.at[i];
            continue;
        }
        to[len++] = '=';
        to[len++] = digits[c >> 4];
        to[len++] = digits[c & 15];
    }
    return len;
}

static size_t
put_b(char *to, struct slice s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = 0;

    for (size_t i = 0; i < s.len; i += 3) {
        uint32_t bits = (uint32_t)(unsigned char)s.at[i] << 16;

        if (i + 1 < s.len)
            bits |= (uint32_t)(unsigned char)s.at[i + 1] << 8;
        if (i + 2 < s.len)
            bits |= (unsigned char)s.at[i + 2];
        to[len++] = digits[bits >> 18];
        to[len++] = digits[bits >> 12 & 63];
        to[len++] = i + 1 < s.len ? digits[bits >> 6 & 63] : '=';
        to[len++] = i + 2 < s.len ? digits[bits & 63] : '=';
    }
    return len;
}

bool
encoder_next(struct arena *arena, struct encoder *encoder, size_t room, struct slice *word_r)
{
    struct slice start = encoder->utf8 ? SLICE("=?utf-8?") : SLICE("=?unknown-8bit?");
    size_t around = start.len + strlen("q?"
                                       "?=");
    struct slice text;
    size_t taken;
    char encoding;
    char *to;

    room = room < WORD_MAX ? room : WORD_MAX;
    taken = room > around ? fitting(encoder, room - around, &encoding) : 0;
    if (taken == 0)
        return false;
    text = slice_first(encoder->rest, taken);
    encoder->rest = slice_from(encoder->rest, taken);
    to = arena_alloc(arena, around + encoded_length(encoding, text) + 1);
    memcpy(to, start.at, start.len);
    to[start.len] = encoding;
    to[start.len + 1] = '?';
    word_r->at = to;
    word_r->len = start.len + 2;
    word_r->len += encoding == 'q' ? put_q(to + word_r->len, text) : put_b(to + word_r->len, text);
    memcpy(to + word_r->len, "?=", 2);
    word_r->len += 2;
    return true;
}

/* Up to the end of the text of a Q word that may hold octets above 127; 0 where there is none. */
static size_t
raw_length(struct slice s)
{
    size_t charset = part_length(slice_first(slice_from(s, 2), CHARSET_NAME_MAX));
    size_t i = charset + 5;

    if (charset == 0 || i > s.len || s.at[i - 3] != '?' || ascii_lower(s.at[i - 2]) != 'q' ||
        s.at[i - 1] != '?')
        return 0;
    while (i < s.len && (unsigned char)s.at[i] > ' ' && s.at[i] != 127 && s.at[i] != '?')
        i++;
    return i + 1 < s.len && s.at[i] == '?' && s.at[i + 1] == '=' ? i : 0;
}

struct slice
encoded_word_escape(struct arena *arena, struct slice s)
{
    static const char digits[] = "0123456789ABCDEF";
    char *to = arena_alloc(arena, 3 * s.len + 1);
    size_t len = 0, end = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (i >= end && slice_starts_nocase(slice_from(s, i), SLICE("=?")))
            end = i + raw_length(slice_from(s, i));
        if (c > 127 && i < end) {
            to[len++] = '=';
            to[len++] = digits[c >> 4];
            to[len++] = digits[c & 15];
        } else {
            to[len++] = s.at[i];
        }
    }
    return (struct slice){to, len};
}
