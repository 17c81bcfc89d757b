/* A colon is before a port only where digits alone follow the first one: in an IPv6 address others
 * do. */
#include "mail/next_hop.h"

static bool
next_hop_read_brackets(struct slice text, struct slice *host_r, struct slice *port_r)
{
    size_t close = slice_find(text, ']');
    struct slice behind = slice_from(text, close + 1);
    int64_t number;

    *host_r = slice_from(slice_first(text, close), 1);
    if (slice_starts_nocase(*host_r, SLICE("IPv6:")))
        *host_r = slice_from(*host_r, 5);
    if (behind.len == 0)
        return close < text.len;
    if (behind.at[0] != ':' || !slice_number(slice_from(behind, 1), &number))
        return false;
    *port_r = slice_from(behind, 1);
    return true;
}

bool
next_hop_read(struct slice text, struct slice *host_r, struct slice *port_r)
{
    struct slice behind = slice_from(text, slice_find(text, ':') + 1);
    bool good = true;
    int64_t number;

    *host_r = text;
    *port_r = SLICE("");
    if (text.len > 0 && text.at[0] == '[') {
        good = next_hop_read_brackets(text, host_r, port_r);
    } else if (slice_number(behind, &number)) {
        *host_r = slice_first(text, text.len - behind.len - 1);
        *port_r = behind;
    }
    if (host_r->len > 1 && host_r->at[host_r->len - 1] == '.')
        host_r->len--;
    return good;
}
