/* What rules write in header fields, as it may go out. */
#include "edits_inside.h"

#include "mail/convert_field.h"
#include "mail/utf8.h"

/* Control octets go first, lest one hide a line of white space. */
static struct slice
without_controls(struct arena *arena, struct slice value)
{
    char *text = arena_alloc(arena, value.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];

        if ((c >= 32 && c != 127) || c == '\t' || c == '\n')
            text[len++] = (char)c;
    }
    return slice_trim((struct slice){text, len});
}

/* One line end and the white space behind it become "\n" and that white space, or one space, so
 * that what follows stays part of the field; empty lines vanish. */
static size_t
skip_fold(struct slice value, size_t at, char *white_r)
{
    *white_r = ' ';
    while (at < value.len && ascii_is_space(value.at[at])) {
        if (value.at[at] == '\t')
            *white_r = '\t';
        at++;
    }
    return at;
}

/* No character of UTF-8 is cut in two. */
static size_t
whole_characters(struct slice value, size_t most)
{
    if (value.len <= most)
        return value.len;
    while (most > 0 && ((unsigned char)value.at[most] & 0xC0) == 0x80)
        most--;
    return most;
}

const char *
edits_header_value(struct arena *arena, struct slice value)
{
    struct slice plain = without_controls(arena, value);
    char *text = arena_alloc(arena, 2 * plain.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < plain.len; i++) {
        text[len++] = plain.at[i];
        if (plain.at[i] == '\n')
            i = skip_fold(plain, i, &text[len++]) - 1;
    }
    len = whole_characters((struct slice){text, len}, EDITS_MAX_VALUE);
    while (len > 0 && ascii_is_space(text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* False: it can't be written. */
static bool
write_field(struct maker *maker, struct slice name, const char **value, bool ascii)
{
    struct slice written;
    enum convert_result result =
        convert_write_field(maker->arena, name, slice_of(*value), ascii, &written);

    if (result == HEADER_NO_ASCII_FORM || result == HEADER_UNDECIDABLE)
        return false;
    *value = arena_string(maker->arena, written);
    return true;
}

static void
refuse_field(struct maker *maker, const char *rule, struct slice name)
{
    struct edits *edits = maker->edits;

    if (edits->refused)
        return;
    edits->refused = true;
    edits->refused_by = rule;
    edits->refused_for = "this message can't be passed on as this site has to:";
    edits->refusal = (struct convert_refusal){
        .code = 554,
        .enhanced = "5.6.9",
        .of_header = true,
        .reason = arena_printf(maker->arena, "the field %s that a rule writes has no ASCII form",
                               mime_printable(maker->arena, name))};
}

/* RFC 6532 section 3.2: UTF-8 may stand where it was declared, unless a next hop can't take it. */
static bool
must_be_ascii(const struct maker *maker, const struct change *changes)
{
    if (!maker->transaction->parameters.smtputf8)
        return true;
    for (; changes; changes = changes->next)
        if (changes->kind == ACTION_DOWNGRADE && changes->utf8)
            return true;
    return false;
}

void
edits_write_fields(struct maker *maker, const struct change *changes)
{
    bool ascii = must_be_ascii(maker, changes);

    for (struct edit *edit = maker->inserted; edit; edit = edit->next)
        if (!write_field(maker, slice_of(edit->name), &edit->value, ascii))
            refuse_field(maker, edit->rule, slice_of(edit->name));
    for (size_t i = 0; i < maker->fields; i++) {
        struct field *field = &maker->field[i];

        if (field->replaced && field->deleted_by == NULL &&
            !write_field(maker, field->of->name, &field->value, ascii))
            refuse_field(maker, field->changed_by, field->of->name);
    }
}
