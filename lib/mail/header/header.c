/* Header fields as text: folding, and encoded words. */
#include "mail/header.h"

#include "encoded_word.h"
#include "mail/charset.h"
#include "tokens.h"

bool
header_name_is_valid(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] < 33 || name.at[i] > 126 || name.at[i] == ':')
            return false;
    return name.len > 0;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice
trim_end(struct slice s)
{
    while (s.len > 0 && ascii_is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

bool
header_line_is_field(struct slice line)
{
    size_t colon = slice_find(line, ':');

    return colon < line.len && header_name_is_valid(trim_end(slice_first(line, colon)));
}

struct slice
header_take(struct slice *rest)
{
    struct slice field;
    size_t len = 0;

    do
        len += slice_find(slice_from(*rest, len), '\n') + 1;
    while (len < rest->len && is_blank(rest->at[len]));
    field = slice_first(*rest, len);
    *rest = slice_from(*rest, field.len);
    return field;
}

struct header_field
header_cut(struct slice raw)
{
    size_t colon = slice_find(raw, ':');
    struct header_field field = {.raw = raw};

    field.name = slice_trim(slice_first(raw, colon));
    field.body = slice_from(raw, colon + 1);
    if (field.body.len > 0 && field.body.at[field.body.len - 1] == '\n')
        field.body.len--;
    if (field.body.len > 0 && field.body.at[field.body.len - 1] == '\r')
        field.body.len--;
    if (field.body.len > 0 && field.body.at[0] == ' ')
        field.body = slice_from(field.body, 1);
    return field;
}

struct header_field *
header_split(struct arena *arena, struct slice text)
{
    struct header_field *first = NULL, **end = &first;

    while (text.len > 0) {
        struct slice raw = header_take(&text);
        bool is_field = header_line_is_field(slice_first(raw, slice_find(raw, '\n')));

        *end = ARENA_NEW(arena, struct header_field);
        **end = is_field ? header_cut(raw) : (struct header_field){.raw = raw};
        end = &(*end)->next;
    }
    return first;
}

const struct header_field *
header_find(const struct header_field *field, struct slice name)
{
    while (field && !slice_equal_nocase(field->name, name))
        field = field->next;
    return field;
}

size_t
header_count_named(const struct header_field *field, struct slice name)
{
    size_t count = 0;

    for (field = header_find(field, name); field; field = header_find(field->next, name))
        count++;
    return count;
}

bool
header_field_is_ascii(const struct header_field *field)
{
    return slice_is_ascii(field->name) && slice_is_ascii(field->body) && slice_is_ascii(field->raw);
}

/* Length of a line end before white space, or 0. */
static size_t
fold_length(struct slice s)
{
    size_t len = s.len > 1 && s.at[0] == '\r' && s.at[1] == '\n' ? 2 : s.at[0] == '\n';

    return len > 0 && len < s.len && is_blank(s.at[len]) ? len : 0;
}

struct slice
header_unfold(struct arena *arena, struct slice body)
{
    char *to;
    size_t len = 0;

    if (slice_find(body, '\n') == body.len)
        return slice_trim(body);
    to = arena_alloc(arena, body.len + 1);
    while (body.len > 0) {
        size_t fold = fold_length(body);

        if (fold == 0)
            to[len++] = body.at[0];
        body = slice_from(body, fold ? fold : 1);
    }
    return slice_trim((struct slice){to, len});
}

/* RFC 2047 section 4.2. */
static bool
decode_q(struct slice s, char *to, size_t *len_r)
{
    *len_r = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i] == '_' ? ' ' : s.at[i];

        if (c == '=') {
            int high = i + 2 < s.len ? ascii_hex(s.at[i + 1]) : -1;
            int low = i + 2 < s.len ? ascii_hex(s.at[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[(*len_r)++] = c;
    }
    return true;
}

static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (ascii_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 2047 section 4.1; missing padding is forgiven. */
static bool
decode_b(struct slice s, char *to, size_t *len_r)
{
    uint32_t bits = 0;

    *len_r = 0;
    for (int padding = 0; padding < 2 && s.len > 0 && s.at[s.len - 1] == '='; padding++)
        s.len--;
    for (size_t i = 0; i < s.len; i++) {
        int value = base64_value(s.at[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 > 0)
            to[(*len_r)++] = (char)(bits >> (6 - 2 * (i % 4)));
    }
    return s.len % 4 != 1;
}

static bool
decode_word(struct arena *arena, struct charsets *charsets, struct slice s, size_t *len_r,
            struct slice *text_r)
{
    struct encoded_word word;
    size_t len;
    char *octets;

    if (!encoded_word_parse(s, &word))
        return false;
    octets = arena_alloc(arena, word.text.len + 1);
    if (word.encoding == 'q' ? !decode_q(word.text, octets, &len)
                             : !decode_b(word.text, octets, &len))
        return false;
    if (!charset_decode(arena, charsets, word.charset, (struct slice){octets, len}, text_r))
        return false;
    *len_r = word.len;
    return true;
}

/* Index of the next "=?", or s.len. */
static size_t
find_start(struct slice s)
{
    const char *found = memmem(s.at, s.len, "=?", 2);

    return found ? (size_t)(found - s.at) : s.len;
}

static bool
is_white(struct slice s)
{
    return slice_trim(s).len == 0;
}

/* The longest that charsets make of what stands in an encoded word. */
enum { GROWTH = 4 };

struct slice
header_decode(struct arena *arena, struct slice unfolded)
{
    struct charsets *charsets;
    struct slice rest = unfolded;
    bool after_word = false;
    char *to;
    size_t len = 0;

    if (unfolded.len == 0 || find_start(unfolded) == unfolded.len)
        return unfolded;
    meter_take(arena_meter(arena), unfolded.len);
    charsets = charsets_new(arena);
    to = arena_alloc(arena, GROWTH * unfolded.len + 1);
    while (rest.len > 0) {
        size_t start = find_start(rest);
        struct slice text = slice_first(rest, start);
        size_t taken = 0;
        struct slice word = SLICE("");
        bool decoded = start < rest.len &&
                       decode_word(arena, charsets, slice_from(rest, start), &taken, &word);

        /* What looked like a beginning is text, of which "=?" is taken. */
        if (!decoded)
            text = slice_first(rest, start + 2);
        if (!(decoded && after_word && is_white(text))) {
            memcpy(to + len, text.at, text.len);
            len += text.len;
        }
        if (decoded) {
            memcpy(to + len, word.at, word.len);
            len += word.len;
        }
        after_word = decoded;
        rest = slice_from(rest, text.len + taken);
    }
    charsets_close(charsets);
    return (struct slice){to, len};
}
