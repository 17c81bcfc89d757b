/* Looks at text once, whatever pieces it comes in. */
#include "mail/body_scan.h"

#include "octets.h"

static void
add_octets(struct body_scan *scan, size_t count)
{
    scan->line += count;
    if (scan->line > scan->longest_line)
        scan->longest_line = scan->line;
}

/* A CR that no LF followed is an octet of its line. */
static void
settle_cr(struct body_scan *scan)
{
    if (!scan->after_cr)
        return;
    scan->after_cr = false;
    scan->bare_newline = true;
    add_octets(scan, 1);
}

/* Octets of one line, or of its part in this piece, without LF. Returns how many CR stand at its
 * end, where one belongs. */
static size_t
scan_text(struct body_scan *scan, struct slice text)
{
    size_t cr = text.len > 0 && text.at[text.len - 1] == '\r';

    if (text.len == 0)
        return 0;
    settle_cr(scan);
    scan->after_cr = cr > 0;
    add_octets(scan, text.len - cr);
    return cr;
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
    struct octets octets = octets_count(piece);

    scan->size += piece.len;
    scan->eightbit += octets.high;
    scan->nul = scan->nul || octets.nul > 0;
    while (piece.len > 0) {
        size_t end = slice_find(piece, '\n');

        octets.cr -= scan_text(scan, slice_first(piece, end));
        if (end < piece.len)
            end_line(scan);
        piece = slice_from(piece, end + 1);
    }
    scan->bare_newline = scan->bare_newline || octets.cr > 0;
}

void
body_scan_end(struct body_scan *scan)
{
    settle_cr(scan);
}
