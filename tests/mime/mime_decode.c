/* Reads messages as RFC 2045 and RFC 2046 have it, without streaming and without speed. */
#include "mime_decode.h"

#include <stdlib.h>

#include "base/buffer.h"

struct decoding {
    struct arena *arena;
    unsigned depth;
    struct decoded_part **end;
};

static struct slice
lower(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);

    for (size_t i = 0; i < s.len; i++)
        to[i] = ascii_lower(s.at[i]);
    return (struct slice){to, s.len};
}

/* With its line end. */
static struct slice
first_line(struct slice s)
{
    return slice_first(s, slice_find(s, '\n') + 1);
}

static bool
is_empty_line(struct slice line)
{
    return slice_equal(line, SLICE("\n")) || slice_equal(line, SLICE("\r\n"));
}

static struct slice
without_line_end(struct slice s)
{
    if (s.len > 0 && s.at[s.len - 1] == '\n')
        s.len--;
    if (s.len > 0 && s.at[s.len - 1] == '\r')
        s.len--;
    return s;
}

/* RFC 5322 sections 2.2 and 4.5. */
static bool
is_field(struct slice line)
{
    size_t colon = slice_find(line, ':');
    struct slice name = slice_trim(slice_first(line, colon));

    if (colon == line.len || name.len == 0 || name.at != line.at)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] <= 32 || name.at[i] >= 127)
            return false;
    return true;
}

/* A line, and all that go on with it (RFC 5322 section 2.2.3). */
static size_t
folded_length(struct slice s)
{
    size_t len = first_line(s).len;

    while (len < s.len && (s.at[len] == ' ' || s.at[len] == '\t'))
        len += first_line(slice_from(s, len)).len;
    return len;
}

/* The line above a message in a mailbox file, and white space alone, which folds nothing. */
static bool
is_above_header(struct slice line)
{
    return (line.len >= 5 && memcmp(line.at, "From ", 5) == 0) ||
           (slice_trim(line).len == 0 && !is_empty_line(line) && line.len > 0);
}

/* The header's fields; what is behind them in rest_r. */
static const struct decoded_field *
read_header(struct arena *arena, struct slice text, bool outermost, struct slice *rest_r)
{
    struct decoded_field *first = NULL, **end = &first;
    struct slice rest = text;

    if (outermost && !is_field(first_line(rest)) && is_above_header(first_line(rest)))
        rest = slice_from(rest, folded_length(rest));
    while (is_field(first_line(rest))) {
        size_t len = folded_length(rest);
        size_t colon = slice_find(rest, ':');

        *end = ARENA_NEW(arena, struct decoded_field);
        (*end)->name = slice_trim(slice_first(rest, colon));
        (*end)->body = without_line_end(slice_from(slice_first(rest, len), colon + 1));
        end = &(*end)->next;
        rest = slice_from(rest, len);
    }
    if (is_empty_line(first_line(rest)))
        rest = slice_from(rest, first_line(rest).len);
    *rest_r = rest;
    return first;
}

const struct decoded_field *
mime_decode_field(const struct decoded_field *field, const char *name)
{
    while (field && !slice_equal_nocase(field->name, slice_of(name)))
        field = field->next;
    return field;
}

/* The comment's end, RFC 5322 section 3.2.2; the text's where it has none. */
static size_t
skip_comment(struct slice s, size_t at)
{
    unsigned deep = 0;

    for (; at < s.len; at++) {
        if (s.at[at] == '\\')
            at++;
        else if (s.at[at] == '(')
            deep++;
        else if (s.at[at] == ')' && --deep == 0)
            return at + 1;
    }
    return s.len + 1;
}

/* One piece up to a semicolon, without comments and quotes. Fine is one word, or what is in quotes
 * as a whole. */
static struct slice
take_piece(struct arena *arena, struct slice s, size_t *at, bool *fine)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    bool quoted = false, was_quoted = false, has_equals = false, has_bare = false;
    struct slice piece, word, rest;

    buffer_init(to, arena, SIZE_MAX);
    for (; *at < s.len && (quoted || s.at[*at] != ';'); ++*at) {
        char c = s.at[*at];

        if (c == '"') {
            was_quoted = true;
            quoted = !quoted;
        } else if (c == '(' && !quoted) {
            *at = skip_comment(s, *at) - 1;
            *fine = *fine && *at < s.len;
        } else if (c == '\\' && quoted && *at + 1 < s.len) {
            buffer_octet(to, s.at[++*at]);
        } else if (c != '\n' && c != '\r') {
            has_bare = has_bare || (has_equals && !quoted && !ascii_is_space(c));
            has_equals = has_equals || c == '=';
            buffer_octet(to, c);
        }
    }
    ++*at;
    piece = slice_trim(buffer_slice(to));
    rest = slice_from(piece, slice_find(piece, '=') + 1);
    slice_word(&rest, " \t", &word);
    *fine = *fine && !quoted && (was_quoted ? !has_bare : slice_trim(rest).len == 0);
    return piece;
}

static struct slice
percent_decode(struct arena *arena, struct slice s)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);

    buffer_init(to, arena, SIZE_MAX);
    for (size_t i = 0; i < s.len; i++) {
        char hex[3] = {0}, *end = hex;
        unsigned long octet = 0;

        if (s.at[i] == '%' && i + 2 < s.len) {
            memcpy(hex, s.at + i + 1, 2);
            octet = strtoul(hex, &end, 16);
        }
        if (end == hex + 2 && ascii_is_alnum(hex[0])) {
            buffer_octet(to, (char)octet);
            i += 2;
        } else {
            buffer_octet(to, s.at[i]);
        }
    }
    return buffer_slice(to);
}

/* Sections come in their order, which is all that converters and the tests write. */
static void
add_parameter(struct arena *arena, struct slice name, struct slice value,
              struct decoded_parameter **first)
{
    size_t star = slice_find(name, '*');
    bool encoded = star < name.len && name.at[name.len - 1] == '*';
    bool goes_on = star + 1 < name.len && name.at[star + 1] != '0' && name.at[star + 1] != '*';
    struct slice base = lower(arena, slice_first(name, star));
    struct decoded_parameter **end = first;
    struct buffer *joined = ARENA_NEW(arena, struct buffer);

    if (encoded && goes_on) {
        value = percent_decode(arena, value);
    } else if (encoded) {
        size_t quote = slice_find(value, '\'');
        struct slice behind = slice_from(value, quote + 1);

        value = percent_decode(arena, slice_from(behind, slice_find(behind, '\'') + 1));
    }
    while (*end && !(goes_on && slice_equal((*end)->name, base)))
        end = &(*end)->next;
    if (!*end) {
        *end = ARENA_NEW(arena, struct decoded_parameter);
        (*end)->name = base;
        (*end)->value = value;
        return;
    }
    buffer_init(joined, arena, SIZE_MAX);
    buffer_add(joined, (*end)->value);
    buffer_add(joined, value);
    (*end)->value = buffer_slice(joined);
}

/* A token (RFC 2045 section 5.1), and an asterisk only where RFC 2231 has one. */
static bool
is_parameter_name(struct slice name)
{
    struct slice star = slice_from(name, slice_find(name, '*'));

    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] <= 32 || name.at[i] >= 127 || strchr("()<>@,;:\\\"/[]?=", name.at[i]))
            return false;
    for (size_t i = 1; i < star.len; i++)
        if (!ascii_is_digit(star.at[i]) && !(star.at[i] == '*' && i > 1 && i + 1 == star.len))
            return false;
    return name.len > star.len;
}

bool
mime_decode_parameters(struct arena *arena, struct slice body, struct slice *value_r,
                       struct decoded_parameter **first_r)
{
    bool fine = true;
    size_t at = 0;

    *first_r = NULL;
    *value_r = lower(arena, take_piece(arena, body, &at, &fine));
    while (at < body.len) {
        struct slice piece = take_piece(arena, body, &at, &fine);
        size_t equals = slice_find(piece, '=');
        struct slice name = slice_trim(slice_first(piece, equals));

        if (equals < piece.len && name.len > 0)
            add_parameter(arena, name, slice_trim(slice_from(piece, equals + 1)), first_r);
        fine = fine && equals < piece.len && is_parameter_name(name);
    }
    return fine;
}

/* RFC 2045 section 5.2. */
static bool
is_type(struct slice value)
{
    size_t slash = slice_find(value, '/');

    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] <= 32 || value.at[i] >= 127 || strchr("()<>@,;:\\\"[]?=", value.at[i]))
            return false;
    return slash > 0 && slash + 1 < value.len && slice_find_last(value, '/') == slash;
}

static struct slice
read_type(struct decoding *decoding, struct decoded_part *part, bool in_digest)
{
    const struct decoded_field *field = mime_decode_field(part->fields, "Content-Type");
    struct decoded_parameter *parameter = NULL;
    struct slice none = SLICE("");

    part->type = in_digest ? SLICE("message/rfc822") : SLICE("text/plain");
    part->has_type = field != NULL;
    if (!field)
        return none;
    part->malformed =
        !mime_decode_parameters(decoding->arena, field->body, &part->type, &parameter) ||
        mime_decode_field(field->next, "Content-Type");
    if (!is_type(part->type)) {
        part->malformed = true;
        part->type = SLICE("text/plain");
        return none;
    }
    while (parameter && !slice_equal(parameter->name, SLICE("boundary")))
        parameter = parameter->next;
    return parameter ? parameter->value : none;
}

static struct slice
read_encoding(struct arena *arena, const struct decoded_field *fields)
{
    const struct decoded_field *field =
        mime_decode_field(fields, "Content-Transfer-Encoding");
    bool fine = true;
    size_t at = 0;

    return field ? lower(arena, take_piece(arena, field->body, &at, &fine)) : SLICE("7bit");
}

/* RFC 2046 section 5.1.1: 1 for a delimiter, 2 for the last one, else 0. */
static int
is_delimiter(struct slice line, struct slice boundary)
{
    int kind = 1;

    if (line.len < boundary.len + 2 || memcmp(line.at, "--", 2) != 0 ||
        memcmp(line.at + 2, boundary.at, boundary.len) != 0)
        return 0;
    line = slice_from(line, boundary.len + 2);
    if (line.len >= 2 && memcmp(line.at, "--", 2) == 0) {
        line = slice_from(line, 2);
        kind = 2;
    }
    return slice_trim(line).len == 0 ? kind : 0;
}

static void decode_part(struct decoding *decoding, struct slice text, const char *path,
                        const struct decoded_part *parent, bool in_digest);

/* What is between two delimiters, without the line end that belongs to the second. */
static void
decode_parts(struct decoding *decoding, const struct decoded_part *part)
{
    struct slice body = part->body;
    bool in_digest = slice_equal(part->type, SLICE("multipart/digest"));
    size_t begins = SIZE_MAX, at = 0;
    unsigned count = 0;
    int kind = 0;

    for (; at < body.len && kind != 2; at += first_line(slice_from(body, at)).len) {
        struct slice line = first_line(slice_from(body, at));

        kind = is_delimiter(line, part->boundary);
        if (kind == 0)
            continue;
        if (begins != SIZE_MAX)
            decode_part(decoding,
                        without_line_end(slice_from(slice_first(body, at), begins)),
                        arena_printf(decoding->arena, "%s.%u", part->path, ++count), part,
                        in_digest);
        begins = at + line.len;
    }
    if (kind != 2 && begins != SIZE_MAX)
        decode_part(decoding, slice_from(body, begins),
                    arena_printf(decoding->arena, "%s.%u", part->path, ++count), part, in_digest);
}

static void
decode_part(struct decoding *decoding, struct slice text, const char *path,
            const struct decoded_part *parent, bool in_digest)
{
    struct decoded_part *part = ARENA_NEW(decoding->arena, struct decoded_part);
    unsigned depth = 0;

    *decoding->end = part;
    decoding->end = &part->next;
    part->path = path;
    part->parent = parent;
    for (const char *dot = path; *dot; dot++)
        depth += *dot == '.';
    part->fields = read_header(decoding->arena, text, parent == NULL, &part->body);
    part->header = slice_first(text, text.len - part->body.len);
    part->inside_signed =
        parent && (parent->inside_signed || slice_equal(parent->type, SLICE("multipart/signed")));
    part->boundary = read_type(decoding, part, in_digest);
    for (const struct decoded_part *outer = parent; outer; outer = outer->parent)
        part->malformed |= part->boundary.len > 0 && slice_equal(part->boundary, outer->boundary);
    part->encoding = read_encoding(decoding->arena, part->fields);
    if (depth < decoding->depth && slice_starts_nocase(part->type, SLICE("multipart/")) &&
        part->boundary.len > 0) {
        decode_parts(decoding, part);
    } else if (depth < decoding->depth && slice_equal(part->type, SLICE("message/rfc822"))) {
        decode_part(decoding, part->body, arena_printf(decoding->arena, "%s.1", path), part, false);
    } else {
        part->leaf = true;
        part->octets = mime_decode_octets(decoding->arena, part->body, part->encoding);
    }
}

struct decoded_part *
mime_decode(struct arena *arena, struct slice text, unsigned depth)
{
    struct decoded_part *first = NULL;
    struct decoding decoding = {arena, depth, &first};

    decode_part(&decoding, text, "1", NULL, false);
    return first;
}

static int
hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c ? strchr(digits, ascii_lower(c)) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* One line: white space at its end means nothing (RFC 2045 section 6.7, rule 3). */
static void
decode_line(struct buffer *to, struct slice line)
{
    struct slice text = without_line_end(line);
    struct slice end = slice_from(line, text.len);

    while (text.len > 0 && strchr(" \t", text.at[text.len - 1]) && text.at[text.len - 1])
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '=') {
            buffer_octet(to, text.at[i]);
        } else if (i + 2 < text.len + 0 && hex_digit(text.at[i + 1]) >= 0 &&
                   hex_digit(text.at[i + 2]) >= 0) {
            buffer_octet(to, (char)(hex_digit(text.at[i + 1]) * 16 + hex_digit(text.at[i + 2])));
            i += 2;
        } else if (i + 1 == text.len) {
            return;
        } else {
            buffer_octet(to, '=');
        }
    }
    buffer_add(to, end);
}

static void
decode_base64(struct buffer *to, struct slice encoded)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned held = 0, bits = 0;

    for (size_t i = 0; i < encoded.len && encoded.at[i] != '='; i++) {
        const char *letter = encoded.at[i] ? strchr(letters, encoded.at[i]) : NULL;

        if (!letter)
            continue;
        held = held << 6 | (unsigned)(letter - letters);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buffer_octet(to, (char)(held >> bits & 255));
        }
    }
}

struct slice
mime_decode_octets(struct arena *arena, struct slice encoded, struct slice encoding)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);

    buffer_init(to, arena, SIZE_MAX);
    if (slice_equal(encoding, SLICE("base64"))) {
        decode_base64(to, encoded);
        return buffer_slice(to);
    }
    if (!slice_equal(encoding, SLICE("quoted-printable")))
        return encoded;
    while (encoded.len > 0) {
        struct slice line = first_line(encoded);

        decode_line(to, line);
        encoded = slice_from(encoded, line.len);
    }
    return buffer_slice(to);
}
