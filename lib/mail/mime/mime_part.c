/* What the fields of a part say of it: type, encoding, boundary. Which field counts where there are
 * several, and what holds where there is none. */
#include "mime_part.h"

static bool
has_defect(const struct mime_part *part, enum mime_defect defect)
{
    return part->defects >> defect & 1;
}

static void
find_defect(struct mime_part *part, enum mime_defect defect)
{
    part->defects |= 1u << defect;
}

static struct slice
value_of(struct arena *arena, const struct header_field *field)
{
    struct mime_value value;

    mime_value_parse(arena, header_unfold(arena, field->body), &value);
    return value.value;
}

/* Does every field of this name say the same? Of several encodings the value counts, of several
 * types all of their parameters. */
static bool
all_agree(struct arena *arena, const struct header_field *first, bool with_parameters)
{
    const struct header_field *other = first;

    while ((other = header_find(other->next, first->name)) != NULL) {
        if (!slice_equal(value_of(arena, first), value_of(arena, other)))
            return false;
        if (with_parameters && !slice_equal_nocase(header_unfold(arena, first->body),
                                                   header_unfold(arena, other->body)))
            return false;
    }
    return true;
}

bool
mime_type_is(const struct mime_part *part, const char *type, const char *subtype)
{
    struct slice value = part->type.value;
    size_t slash = slice_find(value, '/');

    return slice_equal(slice_first(value, slash), slice_of(type)) &&
           (subtype[0] == '\0' || slice_equal(slice_from(value, slash + 1), slice_of(subtype)));
}

/* RFC 2046 section 5.1.5: in a digest a part is a message unless it says otherwise. */
static struct slice
default_type(const struct mime_part *part)
{
    return part->parent && mime_type_is(part->parent, "multipart", "digest")
               ? SLICE("message/rfc822")
               : SLICE("text/plain");
}

/* RFC 2045 section 5.2: what can't be read is plain text. */
static void
read_type(struct arena *arena, struct mime_part *part)
{
    const struct header_field *field = header_find(part->header, SLICE("Content-Type"));
    size_t slash;

    part->has_type = field != NULL;
    if (field == NULL) {
        part->type = (struct mime_value){.value = default_type(part)};
        return;
    }
    if (!all_agree(arena, field, true))
        find_defect(part, MIME_REPEATED_TYPE);
    mime_value_parse(arena, header_unfold(arena, field->body), &part->type);
    slash = slice_find(part->type.value, '/');
    if (part->type.malformed)
        find_defect(part, MIME_BAD_TYPE);
    if (slash > 0 && slash + 1 < part->type.value.len)
        return;
    find_defect(part, MIME_BAD_TYPE);
    part->type.value = SLICE("text/plain");
}

static enum mime_encoding
encoding_named(struct slice name)
{
    static const struct {
        const char *name;
        enum mime_encoding encoding;
    } known[] = {
        {"7bit", MIME_7BIT},     {"8bit", MIME_8BIT},
        {"binary", MIME_BINARY}, {"quoted-printable", MIME_QUOTED_PRINTABLE},
        {"base64", MIME_BASE64}, {"", MIME_7BIT},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_equal(slice_of(known[i].name), name))
            return known[i].encoding;
    return MIME_UNKNOWN;
}

static void
read_encoding(struct arena *arena, struct mime_part *part)
{
    const struct header_field *field =
        header_find(part->header, SLICE("Content-Transfer-Encoding"));

    if (field == NULL)
        return;
    part->encoding = encoding_named(value_of(arena, field));
    if (part->encoding == MIME_UNKNOWN)
        find_defect(part, MIME_UNKNOWN_ENCODING);
    if (!all_agree(arena, field, false))
        find_defect(part, MIME_REPEATED_ENCODING);
}

enum { BOUNDARY_MAX = 900 }; /* RFC 2046 section 5.1.1 has 70, of which real mail knows nothing */

static void
read_boundary(struct mime_part *part)
{
    const struct mime_parameter *boundary = mime_value_find(&part->type, SLICE("boundary"));

    if (boundary)
        part->boundary = boundary->value;
    for (const struct mime_parameter *other = boundary; other; other = other->next)
        if (slice_equal(other->name, boundary->name) && !slice_equal(other->value, boundary->value))
            find_defect(part, MIME_UNCLEAR);
    while (part->boundary.len > 0 && ascii_is_space(part->boundary.at[part->boundary.len - 1]))
        part->boundary.len--;
    if (part->boundary.len > BOUNDARY_MAX)
        part->boundary = SLICE("");
    if (part->boundary.len == 0)
        find_defect(part, MIME_NO_BOUNDARY);
    for (const struct mime_part *outer = part->parent; outer; outer = outer->parent)
        if (part->boundary.len > 0 && slice_equal(part->boundary, outer->boundary))
            find_defect(part, MIME_SAME_BOUNDARY);
}

/* A message in a real encoding is octets like others; so is one in an unknown encoding. */
static bool
is_message(const struct mime_part *part)
{
    return (mime_type_is(part, "message", "rfc822") || mime_type_is(part, "message", "global") ||
            mime_type_is(part, "message", "news")) &&
           part->encoding <= MIME_BINARY;
}

/* RFC 2045 section 6.4, and the exception of RFC 6532 section 3.5. */
static bool
may_not_be_encoded(const struct mime_part *part)
{
    return mime_type_is(part, "multipart", "") ||
           (mime_type_is(part, "message", "") &&
            !slice_starts_nocase(part->type.value, SLICE("message/global")));
}

/* A name, a boundary may be behind what isn't read. */
static void
look_at_parameters(struct arena *arena, struct mime_part *part, const char *name)
{
    const struct header_field *field = header_find(part->header, slice_of(name));

    for (; field; field = header_find(field->next, slice_of(name))) {
        struct mime_value value;

        mime_value_parse(arena, header_unfold(arena, field->body), &value);
        if (value.unclear)
            find_defect(part, MIME_UNCLEAR);
    }
}

void
mime_part_read(struct arena *arena, struct mime_part *part)
{
    read_type(arena, part);
    look_at_parameters(arena, part, "Content-Type");
    look_at_parameters(arena, part, "Content-Disposition");
    read_encoding(arena, part);
    part->kind = MIME_LEAF;
    if (mime_type_is(part, "multipart", "")) {
        read_boundary(part);
        part->kind = has_defect(part, MIME_NO_BOUNDARY) ? MIME_LEAF : MIME_MULTIPART;
    } else if (is_message(part)) {
        part->kind = MIME_MESSAGE;
    }
    if (part->encoding > MIME_BINARY && may_not_be_encoded(part))
        find_defect(part, MIME_ENCODED_COMPOSITE);
}

enum { SHOWN = 60 };

const char *
mime_printable(struct arena *arena, struct slice text)
{
    char *shown = arena_string(arena, slice_first(text, SHOWN));

    for (size_t i = 0; i < text.len && i < SHOWN; i++)
        if (shown[i] < ' ' || shown[i] > '~')
            shown[i] = '?';
    return shown;
}

const char *
mime_part_name(struct arena *arena, const struct mime_part *part)
{
    if (part->parent == NULL)
        return "the message";
    return arena_printf(arena, "part %u (%s)", part->number,
                        mime_printable(arena, part->type.value));
}

const char *
mime_defect_text(enum mime_defect defect)
{
    static const char *const texts[MIME_DEFECTS] = {
        [MIME_NO_BOUNDARY] = "names no boundary",
        [MIME_SAME_BOUNDARY] = "names the boundary of a multipart that it is in",
        [MIME_NO_DELIMITER] = "holds no part, since its boundary never comes",
        [MIME_NO_CLOSE] = "is never closed",
        [MIME_BAD_TYPE] = "has a Content-Type that can't be read",
        [MIME_REPEATED_TYPE] = "has several Content-Type fields that differ",
        [MIME_UNCLEAR] = "has parameters that are too many or too torn to be looked into",
        [MIME_REPEATED_ENCODING] = "has several Content-Transfer-Encoding fields that differ",
        [MIME_UNKNOWN_ENCODING] = "has an unknown Content-Transfer-Encoding",
        [MIME_ENCODED_COMPOSITE] = "is labelled as encoded, which a multipart or message can't be",
        [MIME_MISLABELLED] = "holds 8-bit octets under a label of 7bit, or none",
        [MIME_8BIT_ENCODED] = "holds 8-bit octets under quoted-printable or base64",
        [MIME_8BIT_PREAMBLE] = "holds 8-bit octets before its first part or behind its last",
        [MIME_BAD_HEADER] = "has a header that ends in a line which is no field",
        [MIME_TOO_DEEP] = "is nested too deeply to be looked into",
        [MIME_TOO_MANY] = "holds too many parts to be looked into",
        [MIME_HEADER_TOO_LARGE] = "has a header too large to be looked into",
    };

    return texts[defect];
}

/* DKIM (RFC 6376 section 3.5), ARC (RFC 8617 section 4.1), and what came before. */
static bool
has_signature_field(const struct header_field *header)
{
    static const char *const names[] = {"DKIM-Signature", "ARC-Message-Signature",
                                        "DomainKey-Signature"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (header_find(header, slice_of(names[i])))
            return true;
    return false;
}

/* RFC 8551 section 3.2: opaque S/MIME, which need not say what it holds. */
static bool
is_smime(const struct mime_part *part)
{
    return mime_type_is(part, "application", "pkcs7-mime") ||
           mime_type_is(part, "application", "x-pkcs7-mime");
}

bool
mime_is_signed(const struct mime_message *message)
{
    if (has_signature_field(message->first->header))
        return true;
    for (const struct mime_part *part = message->first; part; part = part->next)
        if (mime_type_is(part, "multipart", "signed") || is_smime(part))
            return true;
    return false;
}
