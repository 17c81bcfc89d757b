/* Looks at text once, whatever pieces it comes in. Octets are counted in vectors; of lines only
 * those are looked at that might be the longest. */
#include "mail/body_scan.h"

#include "text/octets.h"

static void
add_octets(struct body_scan *scan, size_t count)
{
    scan->line += count;
    if (scan->line > scan->longest_line)
        scan->longest_line = scan->line;
}

/* A CR at the end of a piece waits for what follows it. */
static void
note_newlines(struct body_scan *scan, struct slice piece, bool stray)
{
    bool begins = piece.at[0] == '\n';

    if (stray || scan->after_cr != begins)
        scan->bare_newline = true;
    if (scan->after_cr && !begins)
        add_octets(scan, 1);
    scan->after_cr = piece.at[piece.len - 1] == '\r';
}

/* Lines that end so near can't be longer than the longest: octets up to the end of the last of
 * them. */
static size_t
skip_lines(const struct body_scan *scan, struct slice text)
{
    uint64_t reach = scan->longest_line - scan->line + (scan->bare_newline ? 1 : 2);
    const char *end = memrchr(text.at, '\n', reach < text.len ? (size_t)reach : text.len);

    return end ? (size_t)(end - text.at) + 1 : 0;
}

/* One line, or what has come of it. Returns its octets with LF. */
static size_t
take_line(struct body_scan *scan, struct slice text)
{
    size_t end = slice_find(text, '\n');
    size_t cr = end > 0 && text.at[end - 1] == '\r';

    add_octets(scan, end - cr);
    if (end < text.len)
        scan->line = 0;
    return end + 1;
}

void
body_scan_add(struct body_scan *scan, struct slice piece)
{
    struct octets octets = octets_count(piece);

    if (piece.len == 0)
        return;
    scan->size += piece.len;
    scan->eightbit += octets.high;
    scan->nul = scan->nul || octets.nul;
    note_newlines(scan, piece, octets.stray);
    while (piece.len > 0) {
        size_t skipped = skip_lines(scan, piece);

        if (skipped > 0)
            scan->line = 0;
        piece = slice_from(piece, skipped > 0 ? skipped : take_line(scan, piece));
    }
}

void
body_scan_end(struct body_scan *scan)
{
    if (!scan->after_cr)
        return;
    scan->after_cr = false;
    scan->bare_newline = true;
    add_octets(scan, 1);
}
