/* Reads a pattern for one thing: may a run of one character be shared out in many ways among the
 * repetitions of a group, with something behind it that can fail? Of ASCII alone; what isn't
 * understood matches nothing here. */
#include "regex_cost.h"

/* Characters of ASCII. */
struct set {
    uint64_t low, high;
};

/* What a piece of a pattern may do with a run of one character. */
struct cost_piece {
    bool nullable;       /* it may match nothing */
    bool fails;          /* it may fail */
    bool waits;          /* it explodes once something behind it fails */
    struct set matches;  /* runs that it may match */
    struct set grows;    /* and of any length */
    struct set two_ways; /* in two ways at least */
};

struct cost_reader {
    struct slice rest;
    bool extended, caseless, dotall;
    bool odd; /* it has what isn't read here */
    bool explodes;
};

static const struct set nothing, all = {UINT64_MAX, UINT64_MAX};

static struct set
both(struct set a, struct set b)
{
    return (struct set){a.low & b.low, a.high & b.high};
}

static struct set
either(struct set a, struct set b)
{
    return (struct set){a.low | b.low, a.high | b.high};
}

static bool
is_empty(struct set set)
{
    return (set.low | set.high) == 0;
}

static void
set_add_octet(struct set *set, unsigned octet)
{
    if (octet < 64)
        set->low |= (uint64_t)1 << octet;
    else if (octet < 128)
        set->high |= (uint64_t)1 << (octet - 64);
}

static void
add_range(struct cost_reader *reader, struct set *set, unsigned from, unsigned to)
{
    for (unsigned octet = from; octet <= to && octet < 128; octet++) {
        set_add_octet(set, octet);
        if (reader->caseless && ascii_is_alpha((char)octet))
            set_add_octet(set, octet ^ 0x20);
    }
}

static struct set
without(struct set from, struct set set)
{
    return both(from, (struct set){~set.low, ~set.high});
}

static bool
take_if_next(struct cost_reader *reader, const char *text)
{
    size_t len = strlen(text);

    if (reader->rest.len < len || memcmp(reader->rest.at, text, len) != 0)
        return false;
    reader->rest = slice_from(reader->rest, len);
    return true;
}

static char
next(struct cost_reader *reader)
{
    char c = reader->rest.len > 0 ? reader->rest.at[0] : '\0';

    reader->rest = slice_from(reader->rest, 1);
    return c;
}

/* \d, \w, \s, and their opposites; false for any other letter. */
static bool
class_of_escape(struct cost_reader *reader, char letter, struct set *set_r)
{
    *set_r = nothing;
    switch (ascii_lower(letter)) {
    case 'd':
        add_range(reader, set_r, '0', '9');
        break;
    case 'w':
        add_range(reader, set_r, '0', '9');
        add_range(reader, set_r, 'A', 'Z');
        add_range(reader, set_r, 'a', 'z');
        set_add_octet(set_r, '_');
        break;
    case 's':
        add_range(reader, set_r, '\t', '\r');
        set_add_octet(set_r, ' ');
        break;
    default:
        return false;
    }
    if (letter != ascii_lower(letter))
        *set_r = without(all, *set_r);
    return true;
}

static struct cost_piece
one_of(struct set set)
{
    return (struct cost_piece){.fails = true, .matches = set};
}

/* Something of no width. */
static struct cost_piece
assertion(void)
{
    return (struct cost_piece){.nullable = true, .fails = true};
}

static struct cost_piece
read_escape(struct cost_reader *reader)
{
    char letter = next(reader);
    struct set set = nothing;

    if (class_of_escape(reader, letter, &set))
        return one_of(set);
    if (strchr("bBAZzG", letter) && letter != '\0')
        return assertion();
    if (ascii_is_alnum(letter)) {
        reader->odd = true;
        return assertion();
    }
    set_add_octet(&set, (unsigned char)letter);
    return one_of(set);
}

/* One character of a class; true when it is a single one. */
static bool
read_member(struct cost_reader *reader, struct set *set, unsigned *octet_r)
{
    char c = next(reader);
    struct set of_escape;

    *octet_r = (unsigned char)c;
    if (c == '[' && reader->rest.len > 0 && strchr(":.=", reader->rest.at[0]))
        reader->odd = true;
    if (c != '\\')
        return true;
    c = next(reader);
    if (class_of_escape(reader, c, &of_escape)) {
        *set = either(*set, of_escape);
        return false;
    }
    if (ascii_is_alnum(c))
        reader->odd = true;
    *octet_r = (unsigned char)c;
    return true;
}

static struct cost_piece
read_class(struct cost_reader *reader)
{
    bool negated = take_if_next(reader, "^"), first = true;
    struct set set = nothing;
    unsigned from, to;

    for (; reader->rest.len > 0 && (first || !take_if_next(reader, "]")); first = false) {
        if (!read_member(reader, &set, &from))
            continue;
        to = from;
        if (reader->rest.len > 1 && reader->rest.at[0] == '-' && reader->rest.at[1] != ']') {
            next(reader);
            if (!read_member(reader, &set, &to))
                reader->odd = true;
        }
        add_range(reader, &set, from, to);
    }
    return one_of(negated ? without(all, set) : set);
}

static struct cost_piece read_alternatives(struct cost_reader *reader);

/* Behind "(?": what begins a group with a name, without one, or one that looks around. */
static bool
read_group_kind(struct cost_reader *reader, bool *looks_r)
{
    *looks_r = take_if_next(reader, "?=") || take_if_next(reader, "?!") ||
               take_if_next(reader, "?<=") || take_if_next(reader, "?<!");
    if (*looks_r || take_if_next(reader, "?:"))
        return true;
    if (take_if_next(reader, "?P<") || take_if_next(reader, "?<") || take_if_next(reader, "?'")) {
        while (reader->rest.len > 0 && !take_if_next(reader, ">") && !take_if_next(reader, "'"))
            next(reader);
        return true;
    }
    return reader->rest.len > 0 && reader->rest.at[0] != '?' && reader->rest.at[0] != '*';
}

static struct cost_piece
read_group(struct cost_reader *reader)
{
    struct cost_piece inner;
    bool looks;

    if (!read_group_kind(reader, &looks)) {
        reader->odd = true;
        return assertion();
    }
    inner = read_alternatives(reader);
    next(reader);
    return looks ? assertion() : inner;
}

static struct cost_piece
read_atom(struct cost_reader *reader)
{
    char c = next(reader);
    struct set set = nothing;

    switch (c) {
    case '(':
        return read_group(reader);
    case '[':
        return read_class(reader);
    case '\\':
        return read_escape(reader);
    case '^':
    case '$':
        return assertion();
    case '.':
        set_add_octet(&set, '\n');
        return one_of(reader->dotall ? all : without(all, set));
    default:
        add_range(reader, &set, (unsigned char)c, (unsigned char)c);
        return one_of(set);
    }
}

/* {2}, {2,} or {2,5}; a brace of any other form is a character. */
static bool
read_braces(struct cost_reader *reader, int64_t *least_r, int64_t *most_r)
{
    size_t end = slice_find(reader->rest, '}'), comma;
    struct slice inner;

    if (reader->rest.len == 0 || reader->rest.at[0] != '{' || end == reader->rest.len)
        return false;
    inner = slice_from(slice_first(reader->rest, end), 1);
    comma = slice_find(inner, ',');
    if (!slice_number(slice_first(inner, comma), least_r))
        return false;
    *most_r = *least_r;
    if (comma < inner.len && comma + 1 == inner.len)
        *most_r = INT64_MAX;
    else if (comma < inner.len && !slice_number(slice_from(inner, comma + 1), most_r))
        return false;
    reader->rest = slice_from(reader->rest, end + 1);
    return true;
}

static struct cost_piece
repeated(struct cost_piece piece, int64_t least, int64_t most, bool possessive)
{
    struct set ambiguous = either(piece.grows, piece.two_ways);

    if (possessive)
        return (struct cost_piece){.nullable = piece.nullable || least == 0,
                                   .fails = piece.fails && least > 0};
    if (most == INT64_MAX) {
        piece.waits |= !is_empty(ambiguous);
        piece.grows = either(piece.grows, piece.matches);
    }
    piece.nullable |= least == 0;
    piece.fails &= least > 0;
    return piece;
}

static bool
read_quantifier(struct cost_reader *reader, int64_t *least_r, int64_t *most_r)
{
    *least_r = *most_r = 1;
    if (take_if_next(reader, "+")) {
        *most_r = INT64_MAX;
        return true;
    }
    if (take_if_next(reader, "?")) {
        *least_r = 0;
        return true;
    }
    if (!take_if_next(reader, "*"))
        return read_braces(reader, least_r, most_r);
    *least_r = 0;
    *most_r = INT64_MAX;
    return true;
}

static struct cost_piece
read_quantified(struct cost_reader *reader)
{
    struct cost_piece piece = read_atom(reader);
    int64_t least, most;

    if (!read_quantifier(reader, &least, &most))
        return piece;
    if (take_if_next(reader, "?"))
        return repeated(piece, least, most, false);
    return repeated(piece, least, most, take_if_next(reader, "+"));
}

static bool
skip_blank(struct cost_reader *reader)
{
    if (!reader->extended || reader->rest.len == 0)
        return false;
    if (reader->rest.at[0] == '#')
        reader->rest = slice_from(reader->rest, slice_find(reader->rest, '\n'));
    else if (ascii_is_space(reader->rest.at[0]))
        next(reader);
    else
        return false;
    return true;
}

static bool
is_at_end(const struct cost_reader *reader)
{
    return reader->rest.len == 0 || reader->odd || reader->rest.at[0] == '|' ||
           reader->rest.at[0] == ')';
}

static struct cost_piece
read_sequence(struct cost_reader *reader)
{
    struct cost_piece whole = {.nullable = true};
    struct set by_all = all, by_one = nothing, by_one_in_two = nothing;

    while (skip_blank(reader) || !is_at_end(reader)) {
        struct cost_piece piece;

        if (is_at_end(reader) || skip_blank(reader))
            continue;
        piece = read_quantified(reader);
        reader->explodes |= whole.waits && piece.fails;
        whole.waits |= piece.waits;
        whole.fails |= piece.fails;
        whole.nullable &= piece.nullable;
        by_all = both(by_all, piece.nullable ? all : piece.matches);
        by_one = either(by_one, piece.matches);
        by_one_in_two = either(by_one_in_two, piece.two_ways);
        whole.grows = either(whole.grows, piece.grows);
    }
    whole.matches = both(by_all, by_one);
    whole.grows = both(by_all, whole.grows);
    whole.two_ways = both(by_all, by_one_in_two);
    return whole;
}

static struct cost_piece
read_alternatives(struct cost_reader *reader)
{
    struct cost_piece whole = read_sequence(reader);

    while (!reader->odd && take_if_next(reader, "|")) {
        struct cost_piece other = read_sequence(reader);

        whole.two_ways =
            either(either(whole.two_ways, other.two_ways), both(whole.matches, other.matches));
        whole.matches = either(whole.matches, other.matches);
        whole.grows = either(whole.grows, other.grows);
        whole.nullable |= other.nullable;
        whole.fails &= other.fails;
        whole.waits |= other.waits;
    }
    return whole;
}

bool
regex_explodes(struct slice pattern, struct slice flags)
{
    struct cost_reader reader = {
        .rest = pattern,
        .extended = slice_find(flags, 'x') < flags.len,
        .caseless = slice_find(flags, 'i') < flags.len,
        .dotall = slice_find(flags, 's') < flags.len,
    };

    read_alternatives(&reader);
    return reader.explodes && !reader.odd;
}
