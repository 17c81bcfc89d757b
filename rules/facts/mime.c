/* Facts of a message's structure: its parts, and what is wrong with them. */
#include "facts_inside.h"

#include "mail/convert_message.h"
#include "mail/mime_filename.h"

/* Beyond these a message has one that says so. */
enum { MAX_ERRORS = 100 };

static const struct slice more = SLICE("and there may be more");

/* None where the body didn't come. */
static const struct mime_part *
first_part(const struct moment *moment)
{
    const struct mime_message *mime = moment->transaction->mime;

    return mime ? mime->first : NULL;
}

static size_t
count_parts(const struct moment *moment)
{
    const struct mime_message *mime = moment->transaction->mime;

    return mime ? mime->parts : 0;
}

static struct reading
read_message_signed(const struct moment *moment, UNUSED struct slice index)
{
    const struct mime_message *mime = moment->transaction->mime;

    return given_truth(mime && mime_is_signed(mime));
}

static struct reading
read_message_needs_smtputf8(const struct moment *moment, UNUSED struct slice index)
{
    const struct mime_scan *scan = moment->transaction->scan;

    return given_truth(scan && mime_scan_needs_utf8(scan));
}

static size_t
add_errors(const struct moment *moment, const struct mime_part *part, struct value *items,
           size_t count)
{
    for (unsigned defect = 0; defect < MIME_DEFECTS && count < MAX_ERRORS; defect++)
        if (part->defects >> defect & 1)
            items[count++] = value_text(
                slice_of(arena_printf(moment->arena, "%s %s", mime_part_name(moment->arena, part),
                                      mime_defect_text((enum mime_defect)defect))));
    return count;
}

static struct reading
read_message_mime_error(const struct moment *moment, UNUSED struct slice index)
{
    struct value *items = ARENA_ARRAY(moment->arena, MAX_ERRORS + 1, struct value);
    size_t count = 0;

    for (const struct mime_part *part = first_part(moment); part; part = part->next)
        count = add_errors(moment, part, items, count);
    if (count == MAX_ERRORS)
        items[count++] = value_text(more);
    return given_items(items, count);
}

/* A header with octets above 127 is gone through as if it were converted. */
static uint64_t
steps_to_judge(const struct moment *moment)
{
    enum { A_PART = 20, AN_OCTET = 4 };
    uint64_t steps = 0;

    for (const struct mime_part *part = first_part(moment); part; part = part->next) {
        uint64_t size = part->parent ? part->header_text.len : moment->transaction->header_size;

        steps += A_PART + (part->header_8bit ? size * AN_OCTET : 0);
    }
    return steps;
}

/* Why it can't be converted, by whom converts. What a field costs depends on its kind: the clock
 * shows what wasn't counted. */
static struct reading
read_refusals(const struct moment *moment, unsigned what)
{
    const struct mime_message *mime = moment->transaction->mime;
    struct meter *meter = arena_meter(moment->arena);
    struct convert_refusal *refusal;
    struct value *items;
    size_t count;

    if (mime == NULL)
        return given_items(NULL, 0);
    meter_watch(meter);
    meter_take(meter, steps_to_judge(moment));
    refusal = ARENA_ARRAY(moment->arena, MAX_ERRORS, struct convert_refusal);
    items = ARENA_ARRAY(moment->arena, MAX_ERRORS + 1, struct value);
    count = convert_refusals(moment->arena, mime, what, MAX_ERRORS, refusal);
    meter_look(meter);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(slice_of(refusal[i].reason));
    if (count == MAX_ERRORS)
        items[count++] = value_text(more);
    return given_items(items, count);
}

static struct reading
read_message_no_ascii_form(const struct moment *moment, UNUSED struct slice index)
{
    return read_refusals(moment, CONVERT_UTF8);
}

static struct reading
read_message_no_7bit_form(const struct moment *moment, UNUSED struct slice index)
{
    return read_refusals(moment, CONVERT_8BIT | CONVERT_UTF8);
}

static struct reading
read_part_type(const struct moment *moment, UNUSED struct slice index)
{
    struct value *items = ARENA_ARRAY(moment->arena, count_parts(moment), struct value);
    size_t count = 0;

    for (const struct mime_part *part = first_part(moment); part; part = part->next)
        items[count++] = value_word(moment->arena, part->type.value);
    return given_items(items, count);
}

/* The names of one part. */
struct part_names {
    struct slice *name;
    size_t count;
};

static struct reading
read_part_filename(const struct moment *moment, UNUSED struct slice index)
{
    struct part_names *of = ARENA_ARRAY(moment->arena, count_parts(moment), struct part_names);
    struct value *items;
    size_t parts = 0, most = 0, count = 0;

    for (const struct mime_part *part = first_part(moment); part; part = part->next, parts++) {
        of[parts].count = mime_filenames(moment->arena, part, &of[parts].name);
        most += of[parts].count;
    }
    items = ARENA_ARRAY(moment->arena, most, struct value);
    for (size_t i = 0; i < parts; i++)
        for (size_t j = 0; j < of[i].count; j++)
            items[count++] = value_text(of[i].name[j]);
    return given_items(items, count);
}

static size_t
count_fields_named(const struct moment *moment, struct slice name)
{
    size_t count = 0;

    for (const struct mime_part *part = first_part(moment); part; part = part->next)
        count += header_count_named(part->header, name);
    return count;
}

/* The message's own header is header[...]. */
static struct reading
read_part(const struct moment *moment, struct slice index)
{
    size_t count = 0, most = count_fields_named(moment, index);
    struct value *items = ARENA_ARRAY(moment->arena, most, struct value);

    for (const struct mime_part *part = first_part(moment); part; part = part->next)
        for (const struct header_field *field = header_find(part->header, index);
             field && part->parent; field = header_find(field->next, index))
            items[count++] = value_text(header_unfold(moment->arena, field->body));
    return given_items(items, count);
}

static const struct fact mime_rows[] = {
    {"message.needs-smtputf8", TYPE_TRUTH, STAGE_BODY, PARTS | STAYS, "", NULL,
     read_message_needs_smtputf8,
     .help = "whether a header field, at the top or of a part at any depth, is UTF-8 beyond ASCII, "
             "so that it takes SMTPUTF8 to send the message, whatever its envelope"},
    {"message.no-ascii-form", TYPE_TEXT, STAGE_BODY, MANY | PARTS | STAYS, "", NULL,
     read_message_no_ascii_form,
     .help = "why its header fields, at the top and of parts at any depth, can't be said in ASCII "
             "without loss: the reasons for which downgrade utf8 would refuse it; none where they "
             "can be"},
    {"message.no-7bit-form", TYPE_TEXT, STAGE_BODY, MANY | PARTS | STAYS, "", NULL,
     read_message_no_7bit_form,
     .help = "why its header fields and bodies can't be said in 7 bits without loss: the reasons "
             "for which downgrade utf8 and downgrade 8bit together would refuse it, as postern "
             "resend does"},
    {"message.signed", TYPE_TRUTH, STAGE_BODY, PARTS | STAYS, "", NULL, read_message_signed,
     .help = "whether it has a signature that a change would break: DKIM, ARC, S/MIME or PGP"},
    {"message.mime-error", TYPE_TEXT, STAGE_BODY, MANY | PARTS | STAYS, "", NULL,
     read_message_mime_error,
     .help = "what is wrong with its structure, as \"part 2 (text/plain) has an unknown "
             "Content-Transfer-Encoding\", or why parts weren't looked into"},
    {"part.type", TYPE_WORD, STAGE_BODY, MANY | PARTS | STAYS, "", NULL, read_part_type,
     .help = "the type of the message and of each part, as \"text/plain\""},
    {"part.filename", TYPE_TEXT, STAGE_BODY, MANY | PARTS | SPLIT | STAYS, "", NULL,
     read_part_filename,
     .help = "the names that parts give to files, decoded: filename of Content-Disposition and "
             "name of Content-Type"},
    {"part", TYPE_TEXT, STAGE_BODY, MANY | INDEX | PARTS | SPLIT | STAYS, "", NULL, read_part,
     .help = "the fields of that name of all parts, unfolded, but for the message's own"},
};

const struct fact_rows facts_mime = {mime_rows, sizeof mime_rows / sizeof mime_rows[0]};
