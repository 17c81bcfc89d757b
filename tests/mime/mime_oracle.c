/* Compares two messages by what a decoder of its own finds in them. */
#include "mime_oracle.h"

#include <iconv.h>

#include "base/buffer.h"
#include "mail/convert_message.h"
#include "mail/domain.h"
#include "mail/header.h"
#include "mail/mime_value.h"
#include "mail/utf8.h"

#include "mime_convert.h"
#include "mime_decode.h"

enum { LINE_MAX_OCTETS = 998 };

/* An encoded word (RFC 2047 section 2) at the front: what it holds, and its length; 0 for none.
 * Charsets whose octets aren't UTF-8's stay as they are, since converters write none. */
static size_t
take_word(struct arena *arena, struct slice s, struct slice *octets_r)
{
    size_t charset, text, end;
    struct slice name, encoded;
    char how;

    if (!slice_starts_nocase(s, SLICE("=?")))
        return 0;
    charset = slice_find(slice_from(s, 2), '?') + 2;
    if (charset + 3 >= s.len || s.at[charset + 2] != '?')
        return 0;
    how = ascii_lower(s.at[charset + 1]);
    text = charset + 3;
    end = slice_find(slice_from(s, text), '?') + text;
    if (end + 1 >= s.len || s.at[end + 1] != '=' || (how != 'q' && how != 'b'))
        return 0;
    name = slice_from(slice_first(s, charset), 2);
    if (!slice_equal_nocase(name, SLICE("utf-8")) &&
        !slice_equal_nocase(name, SLICE("unknown-8bit")))
        return 0;
    encoded = slice_from(slice_first(s, end), text);
    for (size_t i = 0; i < encoded.len; i++)
        if (encoded.at[i] <= 32 || encoded.at[i] >= 127)
            return 0;
    if (how == 'q') {
        char *spaces = arena_string(arena, encoded);

        for (char *at = spaces; *at; at++)
            *at = *at == '_' ? ' ' : *at;
        /* "=20" at the end is a space that means something. */
        encoded = slice_of(arena_printf(arena, "%s=", spaces));
    }
    *octets_r = mime_decode_octets(arena, encoded,
                                   how == 'q' ? SLICE("quoted-printable") : SLICE("base64"));
    return end + 2;
}

static bool
is_left_out(char c)
{
    return ascii_is_space(c) || c == '"' || c == '\\';
}

/* "xn--" and what goes on with it: an A-label, and how many octets it is; 0 for none. */
static size_t
take_a_label(struct arena *arena, struct slice s, struct slice *unicode_r)
{
    size_t len = 4;

    if (!slice_starts_nocase(s, SLICE("xn--")))
        return 0;
    while (len < s.len && (ascii_is_alnum(s.at[len]) || s.at[len] == '-'))
        len++;
    *unicode_r = domain_unicode(arena, slice_first(s, len));
    return len;
}

/* White space between two encoded words isn't text (RFC 2047 section 6.2). */
static struct slice
read_words(struct arena *arena, struct slice body)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    size_t parted = 0; /* what was kept, when a word and nothing but white space came last */
    struct slice octets;

    buffer_init(to, arena, SIZE_MAX);
    while (body.len > 0) {
        size_t len = take_word(arena, body, &octets);

        if (len > 0) {
            to->len = parted ? parted : to->len;
            buffer_add(to, octets);
            parted = to->len;
        } else {
            len = 1;
            buffer_add(to, slice_first(body, 1));
            parted = ascii_is_space(body.at[0]) ? parted : 0;
        }
        body = slice_from(body, len);
    }
    return buffer_slice(to);
}

/* What looks like a word inside of quotes is none, but becomes text of a word when it is converted:
 * so words are read until there are none. */
static struct slice
read_all_words(struct arena *arena, struct slice body)
{
    struct slice read = read_words(arena, body);

    for (unsigned i = 0; i < 4 && !slice_equal(read, body); i++) {
        body = read;
        read = read_words(arena, body);
    }
    return read;
}

/* What a field tells, without white space, quotes, backslashes and case; A-labels are read. */
static struct slice
told(struct arena *arena, struct slice body)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    struct slice label;

    body = read_all_words(arena, body);
    buffer_init(to, arena, SIZE_MAX);
    while (body.len > 0) {
        size_t len = take_a_label(arena, body, &label);

        if (len > 0)
            buffer_add(to, label);
        else if (!is_left_out(body.at[0]))
            buffer_octet(to, body.at[0]);
        body = slice_from(body, len > 0 ? len : 1);
    }
    return utf8_fold(arena, buffer_slice(to));
}

/* What is said twice may be said once. */
static const struct decoded_parameter *
without_repeats(const struct decoded_parameter *first, const struct decoded_parameter *parameter)
{
    for (; parameter; parameter = parameter->next) {
        const struct decoded_parameter *p = first;

        while (p != parameter && !(slice_equal(p->name, parameter->name) &&
                                   slice_equal(p->value, parameter->value)))
            p = p->next;
        if (p == parameter)
            break;
    }
    return parameter;
}

static bool
same_parameters(struct arena *arena, struct slice a, struct slice b)
{
    struct decoded_parameter *first, *other_first;
    const struct decoded_parameter *before, *after;
    struct slice value, other;

    if (!mime_decode_parameters(arena, a, &value, &first))
        return true;
    mime_decode_parameters(arena, b, &other, &other_first);
    before = first;
    after = other_first;
    while (before && after && slice_equal(before->name, after->name) &&
           slice_equal(told(arena, before->value), told(arena, after->value))) {
        before = without_repeats(first, before->next);
        after = without_repeats(other_first, after->next);
    }
    return !before && !after && slice_equal(told(arena, value), told(arena, other));
}

/* What ASCII can't say of a trace goes into a comment. */
static struct slice
without_parentheses(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '(' && s.at[i] != ')')
            to[len++] = s.at[i];
    return (struct slice){to, len};
}

static bool
same_field(struct arena *arena, const struct decoded_field *a, const struct decoded_field *b)
{
    if (!slice_equal_nocase(a->name, b->name))
        return false;
    if (slice_equal(a->body, b->body))
        return true;
    if (slice_equal_nocase(a->name, SLICE("Content-Type")) ||
        slice_equal_nocase(a->name, SLICE("Content-Disposition")))
        return same_parameters(arena, a->body, b->body);
    if (slice_equal_nocase(a->name, SLICE("Received")))
        return slice_equal(without_parentheses(arena, told(arena, a->body)),
                           without_parentheses(arena, told(arena, b->body)));
    return slice_equal(told(arena, a->body), told(arena, b->body));
}

static bool
convert(const char *charset, struct slice from, struct slice *to)
{
    iconv_t open = iconv_open("utf-8", charset);
    char *in = (char *)(uintptr_t)from.at, *out = (char *)(uintptr_t)to->at;
    size_t left = from.len, room = to->len;
    bool done;

    if (open == (iconv_t)-1)
        return false;
    done = iconv(open, &in, &left, &out, &room) != (size_t)-1 && left == 0;
    iconv_close(open);
    to->len -= room;
    return done;
}

/* What is no UTF-8, in the charset that the part names. */
static struct decoded_field
in_charset(struct arena *arena, const struct decoded_field *fields, struct decoded_field field)
{
    const struct mime_parameter *charset = NULL;
    struct slice utf8 = {arena_alloc(arena, 4 * field.body.len + 1), 4 * field.body.len};
    struct mime_value type;

    while (fields && !slice_equal_nocase(fields->name, SLICE("Content-Type")))
        fields = fields->next;
    if (fields) {
        mime_value_parse(arena, header_unfold(arena, fields->body), &type);
        charset = mime_value_find(&type, SLICE("charset"));
    }
    if (charset && !utf8_is_valid(field.body) &&
        convert(arena_string(arena, charset->value), field.body, &utf8))
        field.body = utf8;
    return field;
}

static bool
same_in_charset(struct arena *arena, const struct decoded_part *part, const struct decoded_field *a,
                const struct decoded_field *b)
{
    struct decoded_field decoded = in_charset(arena, part->fields, *a);

    return same_field(arena, a, b) || same_field(arena, &decoded, b);
}

/* The next field that a conversion may not set. */
static const struct decoded_field *
next_told(const struct decoded_field *field, bool without_type)
{
    while (field && (slice_equal_nocase(field->name, SLICE("Content-Transfer-Encoding")) ||
                     slice_equal_nocase(field->name, SLICE("MIME-Version")) ||
                     (without_type && slice_equal_nocase(field->name, SLICE("Content-Type")))))
        field = field->next;
    return field;
}

static bool
same_fields(struct arena *arena, const struct decoded_part *a, const struct decoded_part *b)
{
    bool added = !a->has_type && b->has_type;
    const struct decoded_field *before = next_told(a->fields, false);
    const struct decoded_field *after = next_told(b->fields, added);

    while (before && after && same_in_charset(arena, a, before, after)) {
        before = next_told(before->next, false);
        after = next_told(after->next, added);
    }
    return !before && !after;
}

static struct slice
with_lf(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++)
        if (!(s.at[i] == '\r' && i + 1 < s.len && s.at[i + 1] == '\n'))
            to[len++] = s.at[i];
    return (struct slice){to, len};
}

/* Text under base64 has CRLF, whatever the message's own lines end with (RFC 2049 section 4). */
static const char *
compare_leaves(struct arena *arena, const struct decoded_part *a, const struct decoded_part *b,
               unsigned what)
{
    const char *wrong;

    if (slice_equal(a->octets, b->octets) ||
        slice_equal(with_lf(arena, a->octets), with_lf(arena, b->octets)))
        return NULL;
    /* RFC 6532 section 3.7: the fields of a message/global may have been converted one by one. */
    if (!slice_starts_nocase(a->type, SLICE("message/global")))
        return "other octets";
    wrong = mime_oracle(arena, a->octets, b->octets, what);
    return wrong ? arena_printf(arena, "inside: %s", wrong) : NULL;
}

static const char *
compare_parts(struct arena *arena, const struct decoded_part *a, const struct decoded_part *b,
              unsigned what)
{
    if (strcmp(a->path, b->path) != 0 || a->leaf != b->leaf || !slice_equal(a->type, b->type))
        return "another part";
    if (!same_fields(arena, a, b))
        return "other fields";
    if (what & CONVERT_UTF8 && !slice_is_ascii(b->header))
        return "a header that isn't ASCII";
    if (slice_equal(a->type, SLICE("multipart/signed")) && !slice_equal(a->body, b->body))
        return "signed octets";
    return a->leaf ? compare_leaves(arena, a, b, what) : NULL;
}

static size_t
longest_line(struct slice s)
{
    size_t longest = 0;

    while (s.len > 0) {
        size_t end = slice_find(s, '\n');
        bool crlf = end > 0 && end < s.len && s.at[end - 1] == '\r';
        size_t len = crlf ? end - 1 : end;

        longest = len > longest ? len : longest;
        s = slice_from(s, end + 1);
    }
    return longest;
}

static bool
is_malformed(const struct decoded_part *part)
{
    while (part && !part->malformed)
        part = part->next;
    return part != NULL;
}

const char *
mime_oracle(struct arena *arena, struct slice before, struct slice after, unsigned what)
{
    const struct decoded_part *a, *b;
    size_t longest;

    if (slice_is_ascii(before) && !(what & CONVERT_8BIT))
        return slice_equal(before, after) ? NULL : "it was 7-bit, and has changed";
    if (what & CONVERT_8BIT && !slice_is_ascii(after))
        return "it isn't 7-bit";
    longest = longest_line(before);
    if (longest_line(after) > (longest > LINE_MAX_OCTETS ? longest : LINE_MAX_OCTETS))
        return "a line is too long";
    a = mime_decode(arena, before, MIME_CONVERT_DEPTH);
    b = mime_decode(arena, after, MIME_CONVERT_DEPTH);
    if (is_malformed(a))
        return NULL;
    for (; a && b; a = a->next, b = b->next) {
        const char *wrong = compare_parts(arena, a, b, what);

        if (wrong)
            return arena_printf(arena, "part %s: %s", a->path, wrong);
    }
    return a || b ? "another number of parts" : NULL;
}
