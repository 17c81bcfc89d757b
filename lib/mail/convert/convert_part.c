/* The header of a part that is converted: the label of its body, what MIME wants besides, and UTF-8
 * said in ASCII. */
#include "convert_inside.h"
#include "mail/charset.h"
#include "mail/convert_field.h"
#include "mail/utf8.h"

struct rewriting {
    struct arena *arena;
    const struct mime_part *part;
    struct convert_field **end;
    struct convert_refusals *refusals;
    const char *label; /* of the body from now on; NULL: as it is */
    bool labelled;
};

static void
change(struct rewriting *rewriting, const struct header_field *field, struct slice name,
       struct slice body)
{
    struct convert_field *changed = ARENA_NEW(rewriting->arena, struct convert_field);

    *changed = (struct convert_field){.field = field, .name = name, .body = body};
    *rewriting->end = changed;
    rewriting->end = &changed->next;
}

static void
add_field(struct rewriting *rewriting, const char *name, const char *body)
{
    change(rewriting, NULL, slice_of(name), slice_of(body));
}

static bool
refuse_header(struct rewriting *rewriting, int code, const char *enhanced,
              const struct header_field *field, const char *text)
{
    const char *reason = arena_printf(rewriting->arena, "the field %s of %s %s",
                                      mime_printable(rewriting->arena, field->name),
                                      mime_part_name(rewriting->arena, rewriting->part), text);

    convert_refuse(rewriting->refusals,
                   (struct convert_refusal){
                       .of_header = true, .code = code, .enhanced = enhanced, .reason = reason});
    return false;
}

static bool
holds_ascii(struct arena *arena, struct charsets *charsets, struct slice charset)
{
    struct slice plain = SLICE("from:a-Z0 \"1\" <@>\n ,\\~"), utf8;

    return charset_decode(arena, charsets, charset, plain, &utf8) && slice_equal(utf8, plain);
}

/* What is no UTF-8 is taken for the charset of the text below, where it is valid in it, as its
 * writer's program and most readers do. */
static struct slice
in_utf8(struct arena *arena, const struct mime_part *part, struct slice body)
{
    const struct mime_parameter *charset = mime_value_find(&part->type, SLICE("charset"));
    struct charsets *charsets;
    struct slice utf8 = body;

    if (charset == NULL || utf8_is_valid(body))
        return body;
    charsets = charsets_new(arena);
    if (!holds_ascii(arena, charsets, charset->value) ||
        !charset_decode(arena, charsets, charset->value, body, &utf8))
        utf8 = body;
    charsets_close(charsets);
    return utf8;
}

/* RFC 6531 section 3.5. */
static bool
say_in_ascii(struct rewriting *rewriting, const struct header_field *field, unsigned what)
{
    const char *newline = rewriting->part->header_text.len > 0 ? "\r\n" : "\n";
    struct slice body;

    if (!(what & CONVERT_UTF8))
        return refuse_header(rewriting, 554, "5.6.9", field, "holds 8-bit octets");
    if (field->name.len == 0)
        return refuse_header(rewriting, 554, "5.6.9", field, "is no field, and holds 8-bit octets");
    body = in_utf8(rewriting->arena, rewriting->part, field->body);
    switch (convert_field(rewriting->arena, field->name, body, newline, &body)) {
    case HEADER_NO_ASCII_FORM:
        return refuse_header(rewriting, 550, "5.6.7", field,
                             "holds an address that has no ASCII form");
    case HEADER_UNDECIDABLE:
        return refuse_header(rewriting, 554, "5.6.9", field,
                             "holds 8-bit octets where ASCII can't say the same");
    case HEADER_IS_ASCII:
    case HEADER_CONVERTED:
        break;
    }
    change(rewriting, field, field->name, body);
    return true;
}

/* The first label says what holds, others go (RFC 2045 section 6.1). */
static void
relabel(struct rewriting *rewriting, const struct header_field *field)
{
    if (rewriting->labelled)
        change(rewriting, field, SLICE(""), SLICE(""));
    else
        change(rewriting, field, field->name, slice_of(rewriting->label));
    rewriting->labelled = true;
}

static bool
rewrite_field(struct rewriting *rewriting, const struct header_field *field, unsigned what)
{
    if (rewriting->label && slice_equal_nocase(field->name, SLICE("Content-Transfer-Encoding"))) {
        relabel(rewriting, field);
        return true;
    }
    if (header_field_is_ascii(field))
        return true;
    return say_in_ascii(rewriting, field, what);
}

static bool
is_message_header(const struct mime_part *part)
{
    return part->parent == NULL || part->parent->kind == MIME_MESSAGE;
}

/* Is a body in it encoded, for octets above 127 or for what 7bit may not hold? */
static bool
holds_encoded(struct arena *arena, const struct mime_part *part, bool converts)
{
    struct convert_refusals unheard = {0};

    if (part->eightbit)
        return true;
    for (const struct mime_part *inner = part;; inner = inner->next) {
        enum treatment treatment = convert_judge(arena, inner, CONVERT_8BIT, converts, &unheard);

        if (treatment == TREAT_QUOTED || treatment == TREAT_BASE64)
            return true;
        if (inner == part->last)
            return false;
    }
}

/* RFC 2045 section 4; RFC 1428 section 3 where no charset is known. */
static void
add_missing(struct rewriting *rewriting, bool encoded, bool converts)
{
    const struct mime_part *part = rewriting->part;

    if (is_message_header(part) && header_find(part->header, SLICE("MIME-Version")) == NULL &&
        holds_encoded(rewriting->arena, part, converts))
        add_field(rewriting, "MIME-Version", "1.0");
    if (encoded && !part->has_type && part->eightbit)
        add_field(rewriting, "Content-Type", "text/plain; charset=unknown-8bit");
    if (encoded && !rewriting->labelled)
        add_field(rewriting, "Content-Transfer-Encoding", rewriting->label);
}

bool
convert_header(struct arena *arena, const struct mime_part *part, unsigned what,
               enum treatment treatment, bool converts, struct convert_field **fields_r,
               struct convert_refusals *refusals)
{
    static const char *const labels[] = {[TREAT_RELABEL] = "7bit",
                                         [TREAT_QUOTED] = "quoted-printable",
                                         [TREAT_BASE64] = "base64",
                                         [TREAT_REFUSE] = NULL};
    struct rewriting rewriting = {
        .arena = arena, .part = part, .refusals = refusals, .label = labels[treatment]};
    bool encoded, fine = true;

    *fields_r = NULL;
    rewriting.end = fields_r;
    for (const struct header_field *field = part->header; field; field = field->next)
        if (!rewrite_field(&rewriting, field, what)) {
            fine = false;
            if (convert_refusals_full(refusals))
                return false;
        }
    encoded = treatment == TREAT_QUOTED || treatment == TREAT_BASE64;
    if (what & CONVERT_8BIT || encoded)
        add_missing(&rewriting, encoded, converts);
    return fine;
}

static struct slice
line_end_of(struct slice raw)
{
    size_t len = raw.len;

    if (len > 0 && raw.at[len - 1] == '\n')
        len -= len > 1 && raw.at[len - 2] == '\r' ? 2 : 1;
    return slice_from(raw, len);
}

static void
put_field(struct buffer *to, const struct convert_field *changed)
{
    if (changed->name.len == 0)
        return;
    buffer_add(to, changed->name);
    buffer_text(to, changed->body.len > 0 && ascii_is_space(changed->body.at[0]) ? ":" : ": ");
    buffer_add(to, changed->body);
    buffer_add(to, changed->field ? line_end_of(changed->field->raw) : SLICE("\r\n"));
}

static bool
is_empty_line(const struct header_field *field)
{
    return slice_equal(field->raw, SLICE("\r\n")) || slice_equal(field->raw, SLICE("\n"));
}

static void
put_new(struct buffer *to, const struct convert_field *changed)
{
    if (to->len > 0 && to->at[to->len - 1] != '\n')
        buffer_text(to, "\r\n");
    for (; changed; changed = changed->next)
        put_field(to, changed);
}

/* A delimiter's line end may have been taken from the header before it. */
static bool
ends_empty(struct slice header)
{
    size_t len = header.len - line_end_of(header).len;

    return len < header.len && (len == 0 || header.at[len - 1] == '\n');
}

/* New fields stand before the empty line. */
struct slice
convert_header_text(struct arena *arena, const struct mime_part *part,
                    const struct convert_field *fields, bool closes)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);

    buffer_init(to, arena, SIZE_MAX);
    for (const struct header_field *field = part->header; field; field = field->next) {
        if (is_empty_line(field))
            break;
        if (fields && fields->field == field) {
            put_field(to, fields);
            fields = fields->next;
        } else {
            buffer_add(to, field->raw);
        }
    }
    put_new(to, fields);
    if (closes || ends_empty(part->header_text))
        buffer_text(to, "\r\n");
    else if (line_end_of(part->header_text).len == 0)
        to->len -= line_end_of(buffer_slice(to)).len;
    return buffer_slice(to);
}
