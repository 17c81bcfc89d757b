/* Readers drop white space between two encoded words (RFC 2047 section 6.2), so where two come to
 * stand side by side it is carried inside one of them. */
#include "header_writer.h"

#include "base/buffer.h"
#include "header/encoded_word.h"
#include "mail/utf8.h"

/* LINE_MAX of RFC 2047 section 2, and of RFC 5322 section 2.1.1. ROOM_MIN: with less than this an
 * encoded word rather begins a new line. */
enum { LINE_GOOD = 76, LINE_LONGEST = 998, ROOM_MIN = 32, TAIL_MAX = 16 };

void
header_writer_init(struct header_writer *writer, struct arena *arena, struct slice name,
                   const char *newline)
{
    *writer = (struct header_writer){.arena = arena, .newline = newline, .column = name.len + 1};
}

static struct piece *
add_piece(struct header_writer *writer, struct slice gap, struct slice text)
{
    struct piece *piece = ARENA_NEW(writer->arena, struct piece);

    piece->gap = gap;
    piece->text = text;
    piece->one_space = writer->one_space;
    if (writer->last)
        writer->last->next = piece;
    else
        writer->first = piece;
    writer->last = piece;
    return piece;
}

struct piece *
header_writer_raw(struct header_writer *writer, struct slice gap, struct slice text)
{
    return add_piece(writer, gap, text);
}

void
header_writer_encode(struct header_writer *writer, struct slice gap, struct slice text)
{
    add_piece(writer, gap, text)->encode = true;
}

/* Index of the next encoded word, or s.len. */
static size_t
find_encoded(struct slice s, struct encoded_word *word_r)
{
    size_t i = 0;

    while (i < s.len) {
        const char *found = memmem(s.at + i, s.len - i, "=?", 2);

        if (found == NULL)
            return s.len;
        i = (size_t)(found - s.at);
        if (encoded_word_parse(slice_from(s, i), word_r))
            return i;
        i += 2;
    }
    return s.len;
}

static void
add_plain(struct header_writer *writer, struct slice gap, struct slice word)
{
    struct piece *piece = add_piece(writer, gap, word);
    struct slice rest = word;
    struct encoded_word encoded;
    size_t i;

    piece->begins_encoded = encoded_word_parse(word, &encoded);
    piece->begins_base64 = piece->begins_encoded && encoded.encoding == 'b';
    while (i = find_encoded(rest, &encoded), i < rest.len) {
        rest = slice_from(rest, i + encoded.len);
        piece->ends_encoded = rest.len == 0;
        piece->ends_base64 = piece->ends_encoded && encoded.encoding == 'b';
    }
}

void
header_writer_word(struct header_writer *writer, struct slice gap, struct slice word, bool encode)
{
    struct encoded_word encoded;
    size_t i;

    if (!slice_is_ascii(word))
        word = encoded_word_escape(writer->arena, word);
    if (slice_is_ascii(word) && !encode) {
        add_plain(writer, gap, word);
        return;
    }
    while (i = find_encoded(word, &encoded), i < word.len) {
        if (i > 0)
            header_writer_encode(writer, gap, slice_first(word, i));
        add_plain(writer, i > 0 ? SLICE("") : gap, slice_first(slice_from(word, i), encoded.len));
        word = slice_from(word, i + encoded.len);
        gap = SLICE("");
    }
    if (word.len > 0)
        header_writer_encode(writer, gap, word);
}

static void
put_unfolded(char *to, size_t *len, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '\r' && s.at[i] != '\n')
            to[(*len)++] = s.at[i];
}

static void
put_carried(char *to, size_t *len, const struct piece *piece)
{
    if (piece->one_space && piece->gap.len > 0)
        to[(*len)++] = ' ';
    else
        put_unfolded(to, len, piece->gap);
}

/* Makes one piece of those that are to be encoded side by side, in one charset. carry: it takes
 * over the white space before it. */
static void
join_run(struct header_writer *writer, struct piece *run, bool carry)
{
    bool utf8 = utf8_is_valid(run->text);
    size_t room = run->gap.len + run->text.len;
    struct piece *end = run->next;
    size_t len = 0;
    char *to;

    for (; end && end->encode && utf8_is_valid(end->text) == utf8; end = end->next)
        room += end->gap.len + end->text.len;
    to = arena_alloc(writer->arena, room + (end ? end->gap.len : 0) + 1);
    if (carry) {
        put_carried(to, &len, run);
        run->gap = SLICE(" ");
    }
    memcpy(to + len, run->text.at, run->text.len);
    len += run->text.len;
    for (struct piece *p = run->next; p != end; p = p->next) {
        put_carried(to, &len, p);
        memcpy(to + len, p->text.at, p->text.len);
        len += p->text.len;
    }
    if (end && (end->encode || end->begins_encoded)) {
        put_carried(to, &len, end);
        end->gap = SLICE(" ");
    } else if (end && end->gap.len == 0 && !end->may_touch_before) {
        end->gap = SLICE(" ");
    }
    run->text = (struct slice){to, len};
    run->next = end;
}

static void
join_pieces(struct header_writer *writer)
{
    const struct piece *before = NULL;

    for (struct piece *p = writer->first; p; before = p, p = p->next) {
        bool carry = before && before->ends_encoded;

        if (!p->encode)
            continue;
        if (before && !carry && p->gap.len == 0 && !before->may_touch_after)
            p->gap = SLICE(" ");
        join_run(writer, p, carry);
    }
}

struct output {
    struct header_writer *writer;
    struct buffer *to;
    size_t column;
};

static void
put_text(struct output *output, struct slice s)
{
    buffer_add(output->to, s);
    output->column += s.len;
}

static void
put_line_end(struct output *output)
{
    buffer_text(output->to, output->writer->newline);
    output->column = 0;
}

/* Text that may hold folds of its own. */
static void
put_raw(struct output *output, struct slice s)
{
    while (s.len > 0) {
        size_t end = slice_find(s, '\n');
        bool folded = end < s.len;

        put_text(output, slice_first(s, end - (folded && end > 0 && s.at[end - 1] == '\r')));
        if (folded)
            put_line_end(output);
        s = slice_from(s, end + 1);
    }
}

/* White space: its first fold is kept, a new one made where `need` octets don't fit any more. No
 * line may hold nothing but white space (RFC 5322 section 3.2.2). */
static void
put_gap(struct output *output, struct slice gap, size_t need, bool may_fold)
{
    size_t fold = slice_find(gap, '\n');
    char *plain = arena_alloc(output->writer->arena, gap.len + 2);
    size_t len = 0;

    if (fold < gap.len) {
        put_text(output, slice_first(gap, fold - (fold > 0 && gap.at[fold - 1] == '\r')));
        put_line_end(output);
        gap = slice_from(gap, fold + 1);
        put_unfolded(plain, &len, gap);
        if (len == 0)
            plain[len++] = ' ';
    } else {
        put_unfolded(plain, &len, gap);
        if (may_fold && output->column + len + need > LINE_GOOD) {
            put_line_end(output);
            if (len == 0)
                plain[len++] = ' ';
        }
    }
    put_text(output, (struct slice){plain, len});
}

/* Octets from the piece on up to where a line may end. */
static size_t
unit_length(const struct piece *piece)
{
    size_t len = 0;

    do {
        size_t line = slice_find(piece->text, '\n');

        len += piece->encode ? ROOM_MIN : line;
        if (piece->encode || line < piece->text.len)
            break;
        piece = piece->next;
    } while (piece && piece->gap.len == 0 && len <= LINE_GOOD);
    return len;
}

/* beside: an encoded word of base64 stands beside it, which readers would join with another. */
static void
put_encoded_piece(struct output *output, const struct piece *piece, bool beside)
{
    struct encoder encoder = encoder_begin(piece->text);
    bool touched = piece->next && piece->next->gap.len == 0;
    size_t tail = touched ? unit_length(piece->next) : 0;
    struct slice word;

    tail = tail <= TAIL_MAX ? tail : 0;
    encoder.encoding = beside ? 'q' : encoder.encoding;
    while (encoder.rest.len > 0) {
        size_t used = output->column + tail;

        if (!encoder_next(output->writer->arena, &encoder, used < LINE_GOOD ? LINE_GOOD - used : 0,
                          &word) &&
            !encoder_next(output->writer->arena, &encoder, ROOM_MIN, &word))
            return;
        put_text(output, word);
        if (encoder.rest.len > 0) {
            bool full = output->column + 1 + tail + ROOM_MIN > LINE_GOOD;

            put_gap(output, SLICE(" "), full ? LINE_GOOD : 0, true);
        }
    }
}

static bool
lines_fit(const struct output *output, size_t column)
{
    struct slice rest = buffer_slice(output->to);

    while (rest.len > 0) {
        size_t end = slice_find(rest, '\n');

        if (column + end > LINE_LONGEST)
            return false;
        column = 0;
        rest = slice_from(rest, end + 1);
    }
    return true;
}

bool
header_writer_end(struct header_writer *writer, struct slice trailing, struct slice *body_r)
{
    struct output output = {.writer = writer, .column = writer->column};
    char *plain = arena_alloc(writer->arena, trailing.len + 1);
    const struct piece *before = NULL;
    size_t len = 0;

    output.to = ARENA_NEW(writer->arena, struct buffer);
    buffer_init(output.to, writer->arena, SIZE_MAX);
    join_pieces(writer);
    for (const struct piece *p = writer->first; p; before = p, p = p->next) {
        bool first = p == writer->first;
        bool beside = (before && before->ends_base64) || (p->next && p->next->begins_base64);

        put_gap(&output, p->gap, unit_length(p), first ? p->encode : p->gap.len > 0);
        if (p->encode)
            put_encoded_piece(&output, p, beside);
        else
            put_raw(&output, p->text);
    }
    put_unfolded(plain, &len, trailing);
    put_text(&output, (struct slice){plain, len});
    *body_r = buffer_slice(output.to);
    return lines_fit(&output, writer->column);
}
