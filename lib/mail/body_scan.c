/* Looks at a body once, whatever pieces it comes in. */
#include "mail/body_scan.h"

static void
add_octets(struct body_scan *scan, size_t count)
{
    scan->line += count;
    if (scan->line > scan->longest_line)
        scan->longest_line = scan->line;
}

static void
settle_cr(struct body_scan *scan)
{
    if (!scan->after_cr)
        return;
    scan->after_cr = false;
    scan->bare_newline = true;
    add_octets(scan, 1);
}

/* Octets of one line, or of its part in this piece, without LF. */
static void
scan_text(struct body_scan *scan, struct slice text)
{
    if (text.len == 0)
        return;
    settle_cr(scan);
    if (text.at[text.len - 1] == '\r') {
        scan->after_cr = true;
        text.len--;
    }
    if (slice_find(text, '\r') < text.len)
        scan->bare_newline = true;
    add_octets(scan, text.len);
}

static void
end_line(struct body_scan *scan)
{
    if (!scan->after_cr)
        scan->bare_newline = true;
    scan->after_cr = false;
    scan->line = 0;
}

void
body_scan_add(struct body_scan *scan, struct slice piece)
{
    scan->size += piece.len;
    scan->eightbit = scan->eightbit || !slice_is_ascii(piece);
    scan->nul = scan->nul || slice_find(piece, '\0') < piece.len;
    while (piece.len > 0) {
        size_t end = slice_find(piece, '\n');

        scan_text(scan, slice_first(piece, end));
        if (end < piece.len)
            end_line(scan);
        piece = slice_from(piece, end + 1);
    }
}

void
body_scan_end(struct body_scan *scan)
{
    settle_cr(scan);
}
