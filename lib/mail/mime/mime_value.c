/* Values with parameters: joins and decodes what RFC 2231 lets senders take apart. */
#include "mail/mime_value.h"

#include "header/tokens.h"
#include "parameter_text.h"

struct parameter_reading {
    struct arena *arena;
    struct parameter_text *text; /* their names in lower case */
    uint64_t *hash;              /* of each name */
    size_t count;
    bool *taken;                           /* belongs to a parameter that is there already */
    const struct parameter_text **section; /* by number, of the parameter at hand; else NULL */
    bool malformed, unclear;
};

/* It counts as junk too. */
static void
find_unclear(struct parameter_reading *reading)
{
    reading->malformed = reading->unclear = true;
}

static struct slice
lower(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);

    for (size_t i = 0; i < s.len; i++)
        to[i] = ascii_lower(s.at[i]);
    return (struct slice){to, s.len};
}

/* Without comments and white space. Between two words nothing but "/" may stand. */
static struct slice
read_plain_value(struct parameter_reading *reading, struct slice s)
{
    char *to = arena_alloc(reading->arena, s.len + 1);
    size_t len = 0;
    bool spaced = false;

    for (size_t i = 0; i < s.len;) {
        size_t space = token_space_length(slice_from(s, i));

        i += space;
        spaced = spaced || space > 0;
        if (i == s.len)
            break;
        if (!parameter_is_token(s.at[i]) && s.at[i] != '/')
            reading->malformed = true;
        if (spaced && len > 0 && s.at[i] != '/' && to[len - 1] != '/')
            reading->malformed = true;
        spaced = false;
        to[len++] = ascii_lower(s.at[i++]);
    }
    return (struct slice){to, len};
}

static size_t
decode_percent(struct parameter_reading *reading, struct slice s, char *to)
{
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        int high = i + 2 < s.len ? ascii_hex(s.at[i + 1]) : -1;
        int low = i + 2 < s.len ? ascii_hex(s.at[i + 2]) : -1;

        to[len] = s.at[i];
        if (s.at[i] == '%' && high >= 0 && low >= 0) {
            to[len] = (char)(high * 16 + low);
            i += 2;
        } else if (s.at[i] == '%') {
            reading->malformed = true;
        }
        len++;
    }
    return len;
}

/* Cuts "charset'language'" off (RFC 2231 section 4). */
static struct slice
cut_charset(struct parameter_reading *reading, struct slice *value)
{
    size_t first = slice_find(*value, '\'');
    struct slice rest = slice_from(*value, first + 1);
    size_t second = slice_find(rest, '\'');
    struct slice charset = slice_first(*value, first);

    if (second == rest.len) {
        reading->malformed = true;
        return SLICE("");
    }
    *value = slice_from(rest, second + 1);
    return charset;
}

/* Behind what is there; the memory for it is there too. */
static void
append_section(struct parameter_reading *reading, const struct parameter_text *text, char *to,
               struct mime_parameter *parameter)
{
    struct slice value = text->quoted ? token_unquote(reading->arena, text->value) : text->value;

    if (text->extended && text->section == 0)
        parameter->charset = cut_charset(reading, &value);
    if (text->extended)
        value.len = decode_percent(reading, value, to + parameter->value.len);
    else
        memcpy(to + parameter->value.len, value.at, value.len);
    parameter->value = (struct slice){to, parameter->value.len + value.len};
}

/* Has it sections of this parameter? */
static bool
is_section(const struct parameter_reading *reading, size_t i, size_t of)
{
    return reading->text[i].has_section && reading->hash[i] == reading->hash[of] &&
           slice_equal(reading->text[i].name, reading->text[of].name);
}

/* Takes the sections of the parameter that begins with `of`, of two of one number the first; how
 * many octets they have. With a number that none of them can have, others are missing. */
static size_t
take_sections(struct parameter_reading *reading, size_t of)
{
    size_t octets = 0;

    for (size_t i = of; i < reading->count; i++) {
        const struct parameter_text *text = &reading->text[i];

        if (!is_section(reading, i, of))
            continue;
        reading->taken[i] = true;
        octets += text->value.len;
        if (text->section >= reading->count || reading->section[text->section])
            find_unclear(reading);
        else
            reading->section[text->section] = text;
    }
    return octets;
}

/* For the next parameter; those behind one that is missing are found here. */
static void
forget_sections(struct parameter_reading *reading, size_t of)
{
    size_t joined = 0;

    for (; joined < reading->count && reading->section[joined]; joined++)
        reading->section[joined] = NULL;
    for (size_t i = of; i < reading->count; i++) {
        unsigned section = reading->text[i].section;

        if (!is_section(reading, i, of) || section < joined || section >= reading->count)
            continue;
        reading->section[section] = NULL;
        find_unclear(reading);
    }
}

/* Sections stand in whatever order (RFC 2231 section 3); behind one that is missing nothing counts.
 */
static void
join_sections(struct parameter_reading *reading, size_t of, struct mime_parameter *parameter)
{
    char *to = arena_alloc(reading->arena, take_sections(reading, of) + 1);

    for (size_t i = 0; i < reading->count && reading->section[i]; i++)
        append_section(reading, reading->section[i], to, parameter);
    forget_sections(reading, of);
}

static void
take_parameter(struct parameter_reading *reading, size_t i, struct mime_parameter *parameter)
{
    const struct parameter_text *text = &reading->text[i];

    parameter->name = text->name;
    parameter->value = parameter->charset = SLICE("");
    if (text->has_section)
        join_sections(reading, i, parameter);
    else
        append_section(reading, text, arena_alloc(reading->arena, text->value.len + 1), parameter);
}

static void
keep_section(struct parameter_reading *reading, struct parameter_text text)
{
    text.name = lower(reading->arena, text.name);
    reading->hash[reading->count] = slice_hash(text.name);
    reading->text[reading->count++] = text;
}

static void
split_parameters(struct parameter_reading *reading, struct slice rest)
{
    size_t most = 1;

    for (size_t i = 0; i < rest.len; i++)
        most += rest.at[i] == ';';
    most = most < PARAMETERS_MAX ? most : PARAMETERS_MAX;
    reading->text = ARENA_ARRAY(reading->arena, most, struct parameter_text);
    reading->taken = ARENA_ARRAY(reading->arena, most, bool);
    reading->hash = ARENA_ARRAY(reading->arena, most, uint64_t);
    reading->section = ARENA_ARRAY(reading->arena, most, const struct parameter_text *);
    while (rest.len > 0) {
        size_t end = token_find(rest, ';');
        struct parameter_text text;

        parameter_text_parse(slice_first(rest, end), &text);
        reading->malformed = reading->malformed || text.malformed;
        reading->unclear = reading->unclear || text.odd_section;
        if (reading->count == PARAMETERS_MAX)
            find_unclear(reading);
        if (text.name.len > 0 && reading->count < most)
            keep_section(reading, text);
        rest = slice_from(rest, end + 1);
    }
}

/* True for a comment or quoted string that has no end. */
static bool
quote_is_open(struct slice s)
{
    bool closed = true;

    for (size_t i = 0; i < s.len && closed;)
        i = token_skip(s, i, &closed);
    return !closed;
}

void
mime_value_parse(struct arena *arena, struct slice unfolded, struct mime_value *value_r)
{
    struct parameter_reading reading = {.arena = arena, .malformed = quote_is_open(unfolded)};
    size_t end = token_find(unfolded, ';');
    struct mime_parameter **last = &value_r->first;

    *value_r = (struct mime_value){.value = read_plain_value(&reading, slice_first(unfolded, end))};
    split_parameters(&reading, slice_from(unfolded, end + 1));
    for (size_t i = 0; i < reading.count; i++) {
        if (reading.taken[i])
            continue;
        *last = ARENA_NEW(arena, struct mime_parameter);
        take_parameter(&reading, i, *last);
        last = &(*last)->next;
    }
    value_r->unclear = reading.unclear;
    value_r->malformed = reading.malformed;
}

const struct mime_parameter *
mime_value_find(const struct mime_value *value, struct slice name)
{
    for (const struct mime_parameter *p = value->first; p; p = p->next)
        if (slice_equal_nocase(p->name, name))
            return p;
    return NULL;
}
