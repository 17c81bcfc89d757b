/* Parameters of one name: what of them goes by RFC 2231, and what can't since it is there twice. */
#include "convert_field_segments.h"

#include "header/tokens.h"
#include "mail/header.h"
#include "mail/utf8.h"

static bool
is_of_name(const struct segment *segment, struct slice name)
{
    return name.len > 0 && slice_equal_nocase(segment->is.name, name);
}

static bool
is_encoded(const struct segments *segments, struct slice name)
{
    for (size_t i = 0; i < segments->count; i++)
        if (is_of_name(&segments->at[i], name) && !slice_is_ascii(segments->at[i].is.value))
            return true;
    return false;
}

/* Some readers look for the charset in the section that stands first. */
static void
order_sections(struct segments *segments, size_t first)
{
    struct segment *at = segments->at;

    if (!at[first].is.has_section || !is_encoded(segments, at[first].is.name))
        return;
    for (size_t i = first + 1; i < segments->count; i++)
        if (is_of_name(&at[i], at[first].is.name) && at[i].is.has_section &&
            at[i].is.section < at[first].is.section) {
            struct segment later = at[first];

            at[first] = at[i];
            at[i] = later;
        }
}

bool
segments_read(struct arena *arena, struct slice body, size_t parameters_at,
              struct segments *segments_r)
{
    struct slice rest = slice_from(body, parameters_at + 1);

    *segments_r = (struct segments){
        .at = ARENA_ARRAY(arena, PARAMETERS_MAX, struct segment),
    };
    mime_value_parse(arena, header_unfold(arena, body), &segments_r->value);
    for (bool more = parameters_at < body.len; more; segments_r->count++) {
        size_t end = token_find(rest, ';');
        struct segment *segment = &segments_r->at[segments_r->count];

        if (segments_r->count == PARAMETERS_MAX)
            return false;
        segment->text = slice_first(rest, end);
        parameter_text_parse(segment->text, &segment->is);
        more = end < rest.len;
        rest = slice_from(rest, end + 1);
    }
    for (size_t i = 0; i < segments_r->count; i++)
        order_sections(segments_r, i);
    return true;
}

const char *
segments_charset(struct slice value)
{
    return utf8_is_valid(value) ? "utf-8" : "unknown-8bit";
}

static bool
is_same_value(const struct mime_parameter *a, const struct mime_parameter *b)
{
    struct slice charset_a = a->charset.len > 0 ? a->charset : slice_of(segments_charset(a->value));
    struct slice charset_b = b->charset.len > 0 ? b->charset : slice_of(segments_charset(b->value));

    return slice_equal(a->value, b->value) && slice_equal_nocase(charset_a, charset_b);
}

/* Of several parameters of one name some readers take the first, some the last, some the one in the
 * form of RFC 2231. */
static bool
all_say_the_same(const struct segments *segments, struct slice name)
{
    const struct mime_parameter *first = mime_value_find(&segments->value, name);

    for (const struct mime_parameter *other = first; other; other = other->next)
        if (slice_equal(other->name, first->name) && !is_same_value(first, other))
            return false;
    return first != NULL;
}

/* Of this name each number is there, and this segment's once. */
static bool
is_whole(const struct segments *segments, const struct segment *of)
{
    size_t count = 0, same = 0;
    unsigned last = 0;

    for (size_t i = 0; i < segments->count && of->is.has_section; i++) {
        const struct parameter_text *is = &segments->at[i].is;

        if (!is_of_name(&segments->at[i], of->is.name) || !is->has_section)
            continue;
        count++;
        same += is->section == of->is.section;
        last = is->section > last ? is->section : last;
    }
    return !of->is.has_section || (same == 1 && last + 1 == count);
}

static bool
parameter_is_open(const struct parameter_text *parameter)
{
    bool closed = true;

    if (parameter->quoted)
        token_enclosed_length(parameter->value, '"', &closed);
    return !closed;
}

/* What stands first counts: it alone, or with the other sections of its value. */
static bool
is_repeat(const struct segments *segments, size_t i)
{
    const struct segment *segment = &segments->at[i];
    size_t first = 0;

    while (!is_of_name(&segments->at[first], segment->is.name))
        first++;
    return segments->at[first].is.has_section ? !segment->is.has_section : first < i;
}

/* Behind the value, and more than white space and comments. */
static bool
has_junk(const struct segment *segment)
{
    struct slice value = segment->is.value;
    struct slice behind =
        slice_from(segment->text, (size_t)(value.at + value.len - segment->text.at));

    return token_space_length(behind) < behind.len;
}

/* The lines of delimiters have a boundary's own octets, which no parameter can change. */
static bool
is_boundary(struct slice name)
{
    return slice_equal_nocase(name, SLICE("boundary"));
}

static bool
begins_value(const struct segment *segment)
{
    return !segment->is.has_section || segment->is.section == 0;
}

static bool
names_charset(const struct parameter_text *parameter)
{
    struct slice value = parameter->value;
    struct slice rest = slice_from(value, slice_find(value, '\'') + 1);

    return parameter->extended && slice_find(rest, '\'') < rest.len;
}

bool
segment_names_charset(const struct segment *segment)
{
    return begins_value(segment) && names_charset(&segment->is);
}

/* Sections may part a character. */
const char *
segments_missing_charset(const struct segments *segments, size_t i)
{
    const struct segment *segment = &segments->at[i];

    if (!begins_value(segment) || names_charset(&segment->is))
        return NULL;
    return segments_charset(mime_value_find(&segments->value, segment->is.name)->value);
}

enum segment_fate
segments_fate(const struct segments *segments, size_t i)
{
    const struct segment *segment = &segments->at[i];

    if (!is_encoded(segments, segment->is.name))
        return SEGMENT_STAYS;
    if (is_boundary(segment->is.name) || parameter_is_open(&segment->is) ||
        !is_whole(segments, segment) || !all_say_the_same(segments, segment->is.name))
        return SEGMENT_UNCLEAR;
    if (is_repeat(segments, i))
        return has_junk(segment) ? SEGMENT_UNCLEAR : SEGMENT_REPEATS;
    if (slice_is_ascii(segment->is.value) && segments_missing_charset(segments, i) == NULL)
        return SEGMENT_STAYS;
    return SEGMENT_CONVERTS;
}
