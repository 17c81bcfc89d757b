/* Base64 as encoders write it; what is less regular might be text under a wrong label. */
#include "mail/base64_scan.h"

#include "text/octets.h"

/* Encoders break lines at 60 octets or more; who breaks none, at 998 at most. */
enum { LINE_LEAST = 60, LINE_MOST = 998 };

enum class { JUNK, DATA, PAD, BLANK, LINE_END, HIGH };

static int
value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static enum class
class_of(char c)
{
    switch (c) {
    case '=':
        return PAD;
    case ' ':
    case '\t':
    case '\r':
        return BLANK;
    case '\n':
        return LINE_END;
    default:
        return c & 0x80 ? HIGH : value_of(c) < 0 ? JUNK : DATA;
    }
}

static void
end_line(struct base64_scan *scan)
{
    if (scan->line > 0 && scan->first == 0)
        scan->first = scan->line;
    if (scan->line > scan->first)
        scan->refuted = true;
    if (scan->line > 0 && scan->line < scan->first)
        scan->ended = true;
    scan->size += scan->line;
    scan->line = 0;
    scan->gap = false;
}

static void
take_octet(struct base64_scan *scan, char c)
{
    switch (class_of(c)) {
    case DATA:
        scan->refuted = scan->refuted || scan->gap || scan->ended || scan->pads > 0;
        scan->last = c;
        scan->line++;
        break;
    case PAD:
        scan->refuted = scan->refuted || scan->gap || scan->ended;
        scan->pads++;
        scan->line++;
        break;
    case BLANK:
        scan->gap = true;
        break;
    case LINE_END:
        end_line(scan);
        break;
    case HIGH:
        break;
    case JUNK:
        scan->refuted = true;
        break;
    }
}

/* Lines like the first one, as nearly all are. */
static size_t
take_lines(struct base64_scan *scan, struct slice text)
{
    size_t len = 0;

    if (scan->line == 0 && !scan->gap && !scan->ended && scan->pads == 0)
        len = octets_count_base64(text, (size_t)scan->first);
    if (len == 0)
        return 0;
    scan->size += len / (scan->first + 2) * scan->first;
    scan->last = text.at[len - 3];
    return len;
}

void
base64_scan_add(struct base64_scan *scan, struct slice piece)
{
    while (piece.len > 0 && !scan->refuted) {
        size_t taken = take_lines(scan, piece);

        if (taken == 0) {
            take_octet(scan, piece.at[0]);
            taken = 1;
        }
        piece = slice_from(piece, taken);
    }
}

/* Bits that are no octet's are zero (RFC 4648 section 3.5). */
static bool
is_padded_well(const struct base64_scan *scan)
{
    return scan->size % 4 == 0 && scan->pads <= 2 &&
           value_of(scan->last) % (1 << 2 * scan->pads) == 0;
}

bool
base64_scan_end(struct base64_scan *scan)
{
    bool one_line;

    end_line(scan);
    one_line = scan->size == scan->first;
    if (scan->refuted || scan->size <= scan->pads || scan->first % 4 != 0 ||
        scan->first > LINE_MOST || !is_padded_well(scan))
        return false;
    return scan->first >= LINE_LEAST || (one_line && scan->pads > 0);
}
