/* Encodes octet by octet where something must be decided, and copies the runs between. */
#include "quoted_printable.h"

#include "text/octets.h"

enum { LINE = 76 };

/* What stands for itself within a line: RFC 2045 section 6.7, rules 2 and 3. */
static bool
is_plain(char c)
{
    return (c >= ' ' && c <= '~' && c != '=') || c == '\t';
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void
put_encoded(struct quoted_printable *state, char c, struct outlet *to)
{
    static const char digits[] = "0123456789ABCDEF";
    char *at = outlet_room(to, 3);

    at[0] = '=';
    at[1] = digits[(unsigned char)c >> 4];
    at[2] = digits[c & 15];
    outlet_took(to, 3);
    state->column += 3;
}

static void
put_break(struct quoted_printable *state, bool soft, struct outlet *to)
{
    outlet_put(to, soft ? SLICE("=\r\n") : SLICE("\r\n"));
    state->column = 0;
    state->soft = soft;
}

static bool
is_newline(struct slice text)
{
    return text.len > 1 && text.at[0] == '\r' && text.at[1] == '\n';
}

/* What may stand within a line, but not at its beginning. */
static bool
is_bad_start(const struct quoted_printable *state, struct slice text)
{
    switch (text.at[0]) {
    case '.':
        return true;
    case 'F':
        return slice_equal(slice_first(text, 5), SLICE("From "));
    case '-':
        return state->soft && text.len > 1 && text.at[1] == '-';
    default:
        return false;
    }
}

/* One octet, or a line end. Returns how many were taken. */
static size_t
encode_one(struct quoted_printable *state, struct slice text, struct outlet *to)
{
    bool ends = text.len == 1 || is_newline(slice_from(text, 1));
    bool plain = is_plain(text.at[0]) && !(ends && is_blank(text.at[0]));
    size_t limit = ends ? LINE : LINE - 1;

    if (is_newline(text)) {
        put_break(state, false, to);
        return 2;
    }
    if (plain && state->column == 0)
        plain = !is_bad_start(state, text);
    if (state->column + (plain ? 1 : 3) > limit) {
        put_break(state, true, to);
        return 0;
    }
    if (!plain) {
        put_encoded(state, text.at[0], to);
        return 1;
    }
    *outlet_room(to, 1) = text.at[0];
    outlet_took(to, 1);
    state->column++;
    return 1;
}

/* Of a run in the middle of a line all but the last octet, which may stand before a line end. */
static size_t
copy_run(struct quoted_printable *state, struct slice text, struct outlet *to)
{
    size_t most = LINE - 1 - state->column;
    size_t len;

    if (state->column == 0 || state->column >= LINE - 1)
        return 0;
    len = octets_count_text(slice_first(text, most));
    if (len < 2)
        return 0;
    memcpy(outlet_room(to, LINE), text.at, len - 1);
    outlet_took(to, len - 1);
    state->column += len - 1;
    return len - 1;
}

/* Encodes what begins before `end`; of what follows as much may be seen as decides. */
static size_t
encode_until(struct quoted_printable *state, struct slice text, size_t end, struct outlet *to)
{
    size_t at = 0;

    while (at < end) {
        size_t copied = copy_run(state, slice_first(slice_from(text, at), end - at), to);

        at += copied > 0 ? copied : encode_one(state, slice_from(text, at), to);
    }
    return at;
}

/* How many octets have all in sight that decides. */
static size_t
count_decided(size_t len, bool last)
{
    if (last)
        return len;
    return len < QUOTED_LOOK ? 0 : len - (QUOTED_LOOK - 1);
}

/* What was kept, with as much of the piece as it needs to see. Returns what of the piece is done
 * with. */
static size_t
encode_kept(struct quoted_printable *state, struct slice piece, bool last, struct outlet *to)
{
    char joined[2 * QUOTED_LOOK];
    struct slice more = slice_first(piece, QUOTED_LOOK);
    struct slice text = {joined, state->keeps + more.len};
    size_t end = count_decided(text.len, last && more.len == piece.len), done;

    memcpy(joined, state->kept, state->keeps);
    memcpy(joined + state->keeps, more.at, more.len);
    done = encode_until(state, text, end < state->keeps ? end : state->keeps, to);
    if (done >= state->keeps) {
        done -= state->keeps;
        state->keeps = 0;
        return done;
    }
    state->keeps = text.len - done;
    memcpy(state->kept, joined + done, state->keeps);
    return more.len;
}

void
quoted_printable_encode(struct quoted_printable *state, struct slice piece, bool last,
                        struct outlet *to)
{
    size_t done;

    if (state->keeps > 0)
        piece = slice_from(piece, encode_kept(state, piece, last, to));
    done = encode_until(state, piece, count_decided(piece.len, last), to);
    if (last) {
        *state = (struct quoted_printable){0};
    } else if (done < piece.len) {
        state->keeps = piece.len - done;
        memcpy(state->kept, piece.at + done, state->keeps);
    }
}

/* Beyond which a line is broken in any case: RFC 5322 section 2.1.1 ends at 998. */
enum { REPAIR_LINE = 900 };

/* May a line that goes on like this become longer than it was? What stood before the last break is
 * what it may grow by. */
static bool
must_break(const struct quoted_printable *state)
{
    return state->column > 0 &&
           (state->column > REPAIR_LINE || (state->breaks && state->added + 2 > state->broken_at));
}

static void
repair_octet(struct quoted_printable *state, char c, struct outlet *to)
{
    if (must_break(state)) {
        put_break(state, true, to);
        state->broken_at = state->line;
        state->added = 0;
    }
    put_encoded(state, c, to);
    state->added += 2;
    state->line++;
}

static void
note_octet(struct quoted_printable *state, char c)
{
    state->column++;
    state->line++;
    if (c == '\n')
        state->column = state->line = state->broken_at = state->added = 0;
}

void
quoted_printable_repair(struct quoted_printable *state, struct slice piece, bool last,
                        struct outlet *to)
{
    while (piece.len > 0) {
        size_t len = 0;

        while (len < piece.len && !(piece.at[len] & 0x80))
            note_octet(state, piece.at[len++]);
        outlet_put(to, slice_first(piece, len));
        if (len < piece.len)
            repair_octet(state, piece.at[len], to);
        piece = slice_from(piece, len + 1);
    }
    if (last)
        *state = (struct quoted_printable){0};
}
