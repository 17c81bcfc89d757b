/* Finds the parts of a message line by line: in headers every line is looked at, in bodies only
 * those that might be a delimiter (RFC 2046 section 5.1.1), so that the rest passes at the speed of
 * counting octets. A line ends with LF, whatever stands before it. */
#include "mail/mime_scan.h"

#include "base/buffer.h"
#include "mail/utf8.h"
#include "mime_part.h"

/* The longest line that is taken for a delimiter, with the white space behind it. */
enum { DELIMITER_MAX = 1000 };

struct mime_scan {
    struct arena *arena;
    struct mime_limits limits;
    struct mime_message message;
    struct mime_part **end; /* of the list of parts */

    struct mime_part *current; /* the part that what comes belongs to */
    bool in_header;
    bool watches; /* a delimiter of an open multipart may come */
    bool lost;    /* there are too many parts: nothing is looked for any more */
    bool needs_utf8;

    uint64_t at;          /* octets that are settled: all but the line kept */
    struct buffer line;   /* the beginning of a line that must be seen whole */
    struct buffer header; /* lines of the header under way */
    size_t header_room;
    bool line_start;   /* the octet at `at` begins a line */
    unsigned line_end; /* octets of the line end before it */
    char last;         /* octet before `at` */
};

static void
find_defect(struct mime_part *part, enum mime_defect defect)
{
    part->defects |= 1u << defect;
}

static bool
part_is_open(const struct mime_part *part)
{
    return part->kind == MIME_MULTIPART && !part->closed;
}

static void
set_current(struct mime_scan *scan, struct mime_part *part)
{
    const struct mime_part *outer = part;

    scan->current = part;
    while (outer && !part_is_open(outer))
        outer = outer->parent;
    scan->watches = outer != NULL && !scan->lost;
}

static void
begin_part(struct mime_scan *scan, struct mime_part *parent)
{
    struct mime_part *part;

    if (parent && scan->message.parts >= scan->limits.parts) {
        find_defect(parent, MIME_TOO_MANY);
        scan->lost = true;
        set_current(scan, parent);
        return;
    }
    part = ARENA_NEW(scan->arena, struct mime_part);
    part->parent = parent;
    part->depth = parent ? parent->depth + 1 : 0;
    part->number = ++scan->message.parts;
    part->header_at = part->body_at = scan->at;
    part->last = part;
    for (struct mime_part *outer = parent; outer; outer = outer->parent)
        outer->last = part;
    *scan->end = part;
    scan->end = &part->next;
    scan->in_header = true;
    set_current(scan, part);
}

struct mime_scan *
mime_scan_new(struct arena *arena, const struct mime_limits *limits)
{
    struct mime_scan *scan = ARENA_NEW(arena, struct mime_scan);

    scan->arena = arena;
    scan->limits = *limits;
    scan->end = &scan->message.first;
    scan->header_room = limits->header;
    scan->line_start = true;
    buffer_init(&scan->line, arena, SIZE_MAX);
    buffer_init(&scan->header, arena, SIZE_MAX);
    begin_part(scan, NULL);
    return scan;
}

static void
read_part_header(struct mime_scan *scan, struct mime_part *part, const struct header_field *header)
{
    part->header = header;
    for (const struct header_field *field = header; field; field = field->next) {
        if (header_field_is_ascii(field))
            continue;
        part->header_8bit = true;
        scan->needs_utf8 = scan->needs_utf8 || utf8_is_valid(field->body);
    }
    mime_part_read(scan->arena, part);
}

/* What is too deep is a leaf, and a message begins with its header. */
static void
enter_part(struct mime_scan *scan, struct mime_part *part)
{
    if (part->kind != MIME_LEAF && part->depth >= scan->limits.depth) {
        find_defect(part, MIME_TOO_DEEP);
        part->kind = MIME_LEAF;
    }
    set_current(scan, part);
    if (part->kind == MIME_MESSAGE && !scan->lost)
        begin_part(scan, part);
}

void
mime_scan_header(struct mime_scan *scan, const struct header_field *header)
{
    scan->in_header = false;
    scan->message.header_apart = true;
    scan->message.field_max = scan->limits.field;
    scan->current->header_closed = true;
    read_part_header(scan, scan->current, header);
    enter_part(scan, scan->current);
}

bool
mime_scan_needs_utf8(const struct mime_scan *scan)
{
    return scan->needs_utf8;
}

static void
end_header(struct mime_scan *scan, bool closed)
{
    struct mime_part *part = scan->current;

    part->header_text = arena_copy(scan->arena, buffer_slice(&scan->header));
    part->header_closed = closed;
    part->body_at = scan->at;
    buffer_clear(&scan->header);
    scan->in_header = false;
    read_part_header(scan, part, header_split(scan->arena, part->header_text));
}

/* Nothing of the text is looked at but its line end. */
static void
settle(struct mime_scan *scan, struct slice text)
{
    char before = text.len > 1 ? text.at[text.len - 2] : scan->last;

    scan->at += text.len;
    scan->last = text.at[text.len - 1];
    scan->line_start = scan->last == '\n';
    scan->line_end = before == '\r' ? 2 : 1;
}

static void
pass_text(struct mime_scan *scan, struct slice text)
{
    body_scan_add(&scan->current->body, text);
    if (scan->current->encoding == MIME_BASE64)
        base64_scan_add(&scan->current->base64, text);
    settle(scan, text);
}

static void
judge_body(struct mime_part *part)
{
    body_scan_end(&part->body);
    part->is_base64 = part->encoding == MIME_BASE64 && base64_scan_end(&part->base64);
    if (part->body.eightbit == 0)
        return;
    part->eightbit = true;
    if (part->kind == MIME_MULTIPART)
        find_defect(part, MIME_8BIT_PREAMBLE);
    else if (part->encoding == MIME_7BIT)
        find_defect(part, MIME_MISLABELLED);
    else if (part->encoding == MIME_QUOTED_PRINTABLE || part->encoding == MIME_BASE64)
        find_defect(part, MIME_8BIT_ENCODED);
}

/* Without a body it is the header whose last line end belongs to the delimiter. */
static void
give_line_end(struct mime_part *part, uint64_t end)
{
    uint64_t given = part->body_at - end;

    part->header_text.len -= given < part->header_text.len ? given : part->header_text.len;
    part->body_at = end;
    if (part->header_at > end)
        part->header_at = end;
}

static void
end_part(struct mime_scan *scan, struct mime_part *part, uint64_t end)
{
    if (part->body_at > end)
        give_line_end(part, end);
    part->end = end;
    judge_body(part);
    if (part_is_open(part))
        find_defect(part, part->last == part ? MIME_NO_DELIMITER : MIME_NO_CLOSE);
    scan->message.defects |= part->defects;
    if (part->parent)
        part->parent->eightbit |= part->eightbit || part->header_8bit;
}

/* The current part and all it is in, below `outer`. None ends before the outermost begins: what
 * follows a delimiter at once has no octets. */
static void
end_parts(struct mime_scan *scan, const struct mime_part *outer, uint64_t end)
{
    const struct mime_part *outermost = scan->current;

    if (scan->in_header)
        end_header(scan, false);
    while (outermost != outer && outermost->parent != outer)
        outermost = outermost->parent;
    if (outermost != outer && end < outermost->header_at)
        end = outermost->header_at;
    for (struct mime_part *part = scan->current; part != outer; part = part->parent)
        end_part(scan, part, end);
}

/* "--", the boundary, "--" for the last one, white space, line end. */
static bool
is_delimiter(struct slice line, struct slice boundary, bool *closes_r)
{
    struct slice rest = slice_from(line, 2 + boundary.len);

    if (line.len < 2 + boundary.len || memcmp(line.at + 2, boundary.at, boundary.len) != 0)
        return false;
    *closes_r = slice_starts_nocase(rest, SLICE("--"));
    return slice_trim(slice_from(rest, *closes_r ? 2 : 0)).len == 0;
}

/* The open multipart whose delimiter the line is, from the innermost outwards (RFC 2046 section
 * 5.1.2). */
static struct mime_part *
find_delimited(const struct mime_scan *scan, struct slice line, bool *closes_r)
{
    if (!scan->watches || line.len > DELIMITER_MAX || !slice_starts_nocase(line, SLICE("--")))
        return NULL;
    for (struct mime_part *part = scan->current; part; part = part->parent)
        if (part_is_open(part) && is_delimiter(line, part->boundary, closes_r))
            return part;
    return NULL;
}

static void
take_delimiter(struct mime_scan *scan, struct mime_part *of, bool closes, struct slice line)
{
    uint64_t end = scan->at - (scan->at > 0 ? scan->line_end : 0);

    end_parts(scan, of, end);
    settle(scan, line);
    of->closed = closes;
    if (closes)
        set_current(scan, of);
    else
        begin_part(scan, of);
}

static bool
is_blank_line(struct slice line)
{
    return slice_equal(line, SLICE("\r\n")) || slice_equal(line, SLICE("\n"));
}

/* The line above a message in a mailbox file, or one of white space, which is none to most. */
static bool
is_above_header(struct slice line)
{
    return slice_equal(slice_first(line, 5), SLICE("From ")) || slice_trim(line).len == 0;
}

/* A field, what goes on with one, or what may stand above a message. */
static bool
is_header_line(struct mime_scan *scan, struct slice line)
{
    bool first = scan->header.len == 0;

    if (first && scan->current->parent == NULL && is_above_header(line))
        return true;
    if (line.at[0] == ' ' || line.at[0] == '\t')
        return !first;
    return header_line_is_field(line);
}

static void judge_line(struct mime_scan *scan, struct slice line);

/* The line isn't of the header: a body begins with it. */
static void
break_header(struct mime_scan *scan, enum mime_defect defect, struct slice line)
{
    struct mime_part *part = scan->current;

    end_header(scan, false);
    find_defect(part, defect);
    enter_part(scan, part);
    judge_line(scan, line);
}

static void
take_header_line(struct mime_scan *scan, struct slice line)
{
    bool blank = is_blank_line(line);

    if (line.len > scan->header_room) {
        break_header(scan, MIME_HEADER_TOO_LARGE, line);
        return;
    }
    if (!blank && !is_header_line(scan, line)) {
        break_header(scan, MIME_BAD_HEADER, line);
        return;
    }
    buffer_add(&scan->header, line);
    scan->header_room -= line.len;
    settle(scan, line);
    if (blank) {
        struct mime_part *part = scan->current;

        end_header(scan, true);
        enter_part(scan, part);
    }
}

static void
judge_line(struct mime_scan *scan, struct slice line)
{
    bool closes = false;
    struct mime_part *of = find_delimited(scan, line, &closes);

    if (of)
        take_delimiter(scan, of, closes, line);
    else if (scan->in_header)
        take_header_line(scan, line);
    else
        pass_text(scan, line);
}

/* Seen whole or not, what is kept is judged now. */
static void
judge_kept(struct mime_scan *scan)
{
    struct slice line = buffer_slice(&scan->line);

    if (line.len > 0)
        judge_line(scan, line);
    buffer_clear(&scan->line);
}

/* A line that must be seen whole, or the next piece of it. Returns how much was taken. */
static size_t
take_whole_line(struct mime_scan *scan, struct slice piece)
{
    size_t end = slice_find(piece, '\n');
    struct slice line = slice_first(piece, end + 1);
    size_t most =
        scan->in_header && scan->header_room > DELIMITER_MAX ? scan->header_room : DELIMITER_MAX;
    bool whole = end < piece.len;

    if (whole && scan->line.len == 0) {
        judge_line(scan, line);
        return line.len;
    }
    buffer_add(&scan->line, line);
    if (whole || scan->line.len > most)
        judge_kept(scan);
    return line.len;
}

/* Where the next line begins that might be a delimiter; "-" at the end might begin one. */
static size_t
find_candidate(struct slice text)
{
    size_t at = 0;

    while (at < text.len) {
        at += slice_find(slice_from(text, at), '-');
        if (at > 0 && at < text.len && text.at[at - 1] == '\n' &&
            (at + 1 == text.len || text.at[at + 1] == '-'))
            return at;
        at++;
    }
    return text.len;
}

void
mime_scan_add(struct mime_scan *scan, struct slice piece)
{
    while (piece.len > 0) {
        bool may_delimit = scan->watches && scan->line_start && piece.at[0] == '-';
        size_t taken;

        if (scan->in_header || scan->line.len > 0 || may_delimit) {
            taken = take_whole_line(scan, piece);
        } else {
            taken = scan->watches ? find_candidate(piece) : piece.len;
            pass_text(scan, slice_first(piece, taken));
        }
        piece = slice_from(piece, taken);
    }
}

const struct mime_message *
mime_scan_end(struct mime_scan *scan)
{
    judge_kept(scan);
    end_parts(scan, NULL, scan->at);
    scan->message.size = scan->at;
    scan->message.ends_line = scan->line_start && scan->at > 0;
    return &scan->message;
}
