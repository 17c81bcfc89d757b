/* Blocks of IP addresses and a value each, as cidr_table(5) writes them: the first that matches
 * counts; "!" before a block means every other address, and if ... endif encloses lines that are
 * only asked for some. */
#include "file.h"
#include "lines.h"
#include "table_inside.h"
#include "values/blocks.h"

struct line {
    struct ip_block block;
    bool negated;
    bool is_if;
    size_t end;  /* of an `if`: number of the special line behind its `endif` */
    size_t rank; /* in the order of the file */
    struct slice value;
};

/* Plain lines outside any `if` are found through the set; the others, `special`, are walked. */
struct cidr {
    struct blocks *blocks;
    struct slice *value; /* by rank */
    unsigned *number;    /* of their lines in the file, likewise */
    struct line *special;
    size_t specials;
    size_t ranks;
};

enum { MOST_NESTED = 100 };

struct cidr_reader {
    struct arena *arena;
    struct cidr *cidr;
    struct table_lines lines;
    size_t open[MOST_NESTED]; /* the `if` lines around this one, by number of special line */
    unsigned opened_at[MOST_NESTED];
    size_t depth;
    const char *reason;
};

__attribute__((format(printf, 2, 3))) static bool
cidr_fail(struct cidr_reader *reader, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    reader->reason = arena_printf(reader->arena, "line %u: %s", reader->lines.number,
                                  arena_vprintf(reader->arena, format, args));
    va_end(args);
    return false;
}

static struct slice
without_brackets(struct arena *arena, struct slice pattern)
{
    size_t end = slice_find(pattern, ']');

    if (pattern.len == 0 || pattern.at[0] != '[' || end == pattern.len)
        return pattern;
    return slice_of(arena_printf(arena, "%.*s%.*s", (int)end - 1, pattern.at + 1,
                                 (int)(pattern.len - end - 1), pattern.at + end + 1));
}

static bool
read_block(struct cidr_reader *reader, struct slice pattern, struct ip_block *block_r)
{
    char text[IP_TEXT_SIZE];
    struct slice plain = without_brackets(reader->arena, slice_first(pattern, 100));
    const char *shown = arena_string(reader->arena, slice_first(pattern, 100));

    switch (ip_block_parse(plain, block_r)) {
    case IP_FINE:
        return true;
    case IP_NOT_ADDRESS:
        return cidr_fail(
            reader, "\"%s\" is no IP address or block, as 192.0.2.7 and 192.0.2.0/24 are", shown);
    case IP_BAD_LENGTH:
        return cidr_fail(reader, "\"%s\": the length of a block is 0 to 32, or to 128 for IPv6",
                         shown);
    case IP_HOST_BITS:
        return cidr_fail(reader, "\"%s\" has bits set behind its length; the block is %s/%u", shown,
                         ip_text(&block_r->base, text), block_r->bits);
    }
    return false;
}

/* [!]PATTERN and what follows it. */
static bool
cidr_read_pattern(struct cidr_reader *reader, struct slice text, struct line *line_r,
                  struct slice *rest_r)
{
    size_t end = 0;

    *line_r = (struct line){.rank = reader->cidr->ranks};
    while (text.len > 0 && text.at[0] == '!') {
        line_r->negated = !line_r->negated;
        text = table_trim(slice_from(text, 1));
    }
    while (end < text.len && !table_is_space(text.at[end]))
        end++;
    *rest_r = table_trim(slice_from(text, end));
    return read_block(reader, slice_first(text, end), &line_r->block);
}

static bool
cidr_read_if(struct cidr_reader *reader, struct slice condition)
{
    struct cidr *cidr = reader->cidr;
    struct slice rest;
    struct line line;

    if (!cidr_read_pattern(reader, condition, &line, &rest))
        return false;
    if (rest.len > 0)
        return cidr_fail(reader, "behind the block of an \"if\" stands nothing");
    if (reader->depth == MOST_NESTED)
        return cidr_fail(reader, "\"if\" nests deeper than 100");
    line.is_if = true;
    reader->open[reader->depth] = cidr->specials;
    reader->opened_at[reader->depth++] = reader->lines.number;
    cidr->special[cidr->specials++] = line;
    return true;
}

static bool
cidr_read_endif(struct cidr_reader *reader, struct slice rest)
{
    if (rest.len > 0)
        return cidr_fail(reader, "behind \"endif\" stands nothing");
    if (reader->depth == 0)
        return cidr_fail(reader, "\"endif\" without \"if\"");
    reader->cidr->special[reader->open[--reader->depth]].end = reader->cidr->specials;
    return true;
}

static bool
cidr_read_entry(struct cidr_reader *reader, struct slice text)
{
    struct cidr *cidr = reader->cidr;
    struct slice value;
    struct line line;

    if (!cidr_read_pattern(reader, text, &line, &value))
        return false;
    if (value.len == 0)
        return cidr_fail(reader, "the block has no result behind it");
    line.value = arena_copy(reader->arena, value);
    cidr->value[cidr->ranks] = line.value;
    cidr->number[cidr->ranks] = reader->lines.number;
    if (line.negated || reader->depth > 0)
        cidr->special[cidr->specials++] = line;
    else
        blocks_add(cidr->blocks, &line.block, line.rank);
    cidr->ranks++;
    return true;
}

static bool
cidr_read_line(struct cidr_reader *reader, struct slice text)
{
    struct slice word, rest;
    size_t end = 0;

    text = table_trim(text);
    while (end < text.len && ascii_is_alpha(text.at[end]))
        end++;
    word = slice_first(text, end);
    rest = table_trim(slice_from(text, end));
    if (slice_equal_nocase(word, SLICE("if")))
        return cidr_read_if(reader, rest);
    if (slice_equal_nocase(word, SLICE("endif")))
        return cidr_read_endif(reader, rest);
    return cidr_read_entry(reader, text);
}

static size_t
cidr_count_lines(struct slice text)
{
    size_t lines = 1;

    for (; text.len > 0; lines++)
        text = slice_from(text, slice_find(text, '\n') + 1);
    return lines;
}

static const void *
cidr_build(struct arena *arena, struct slice text, const char **reason_r)
{
    struct cidr *cidr = ARENA_NEW(arena, struct cidr);
    struct cidr_reader *reader = ARENA_NEW(arena, struct cidr_reader);
    size_t lines = cidr_count_lines(text);
    struct slice line;
    bool fine = true;

    cidr->blocks = blocks_new(arena);
    cidr->value = ARENA_ARRAY(arena, lines, struct slice);
    cidr->number = ARENA_ARRAY(arena, lines, unsigned);
    cidr->special = ARENA_ARRAY(arena, lines, struct line);
    reader->arena = arena;
    reader->cidr = cidr;
    table_lines_begin(&reader->lines, arena, text);
    while (fine && table_lines_next(&reader->lines, &line))
        fine = cidr_read_line(reader, line);
    if (fine && reader->depth > 0) {
        reader->lines.number = reader->opened_at[reader->depth - 1];
        fine = cidr_fail(reader, "\"if\" without \"endif\"");
    }
    *reason_r = reader->reason;
    return fine ? cidr : NULL;
}

/* The value of the first line that matches, be it plain or special. */
static bool
cidr_look_up(const struct cidr *cidr, const struct ip *ip, struct slice *value_r)
{
    size_t best = SIZE_MAX;

    if (!blocks_find(cidr->blocks, ip, &best))
        best = SIZE_MAX;
    for (size_t i = 0; i < cidr->specials && cidr->special[i].rank < best;) {
        const struct line *line = &cidr->special[i];
        bool matches = ip_in_block(ip, &line->block) != line->negated;

        if (matches && !line->is_if)
            best = line->rank;
        i = line->is_if && !matches ? line->end : i + 1;
    }
    if (best == SIZE_MAX)
        return false;
    *value_r = cidr->value[best];
    return true;
}

static struct table_answer
answer_for(const void *contents, struct arena *arena, struct slice key)
{
    struct slice value;
    struct ip ip;

    if (!ip_parse(key, &ip))
        return (struct table_answer){.result = TABLE_NOT_A_KEY};
    if (!cidr_look_up(contents, &ip, &value))
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    return (struct table_answer){.result = TABLE_FOUND, .value = arena_copy(arena, value)};
}

static struct table_answer
cidr_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    struct ip ip;

    if (!ip_parse(key, &ip))
        return (struct table_answer){.result = TABLE_NOT_A_KEY};
    return table_file_answer(state, arena, key, deadline_ms);
}

static void
cidr_each_value(const void *contents, table_visitor *see, void *context)
{
    const struct cidr *cidr = contents;

    for (size_t i = 0; i < cidr->ranks; i++)
        if (see(context, cidr->value[i], cidr->number[i]))
            return;
}

static void *
cidr_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = cidr_build, .find = answer_for, .walk = cidr_each_value};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_cidr = {
    .type = "cidr",
    .file_suffix = "",
    .open = cidr_open,
    .find = cidr_find,
    .whole_keys_only = true,
    .keys_are_ips = true,
    .each = table_file_each,
};
