/* Reads the paths of MAIL and RCPT. Nothing is repaired: what is wrong is named, and as much is
 * told apart as can be. */
#include "address_inside.h"
#include "mail/utf8.h"
#include "text/atext.h"

enum { PATH_MAX_WITH_BRACKETS = 256 };

static void
check_path_octets(struct address *address, struct slice s)
{
    bool control = false;

    if (slice_is_folded(s))
        return;
    address->utf8 = !slice_is_ascii(s);
    address_note(address, address->utf8 && !utf8_is_valid(s), ADDRESS_BAD_UTF8);
    for (size_t i = 0; i < s.len; i++)
        control = control || is_control(s.at[i]);
    address_note(address, control, ADDRESS_CONTROL);
}

/* Index of the first, or last, `wanted` outside quotes, or s.len. */
static size_t
find_unquoted(struct slice s, char wanted, bool last)
{
    size_t found = s.len;
    bool quoted = false;

    if (slice_find(s, '"') == s.len && slice_find(s, '\\') == s.len)
        return last ? slice_find_last(s, wanted) : slice_find(s, wanted);
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '\\')
            i++;
        else if (s.at[i] == '"')
            quoted = !quoted;
        else if (s.at[i] == wanted && !quoted) {
            found = i;
            if (!last)
                break;
        }
    }
    return found;
}

/* What stands between "<" and ">"; without them the whole. */
static struct slice
take_brackets(struct address *address, struct slice s)
{
    size_t open = find_unquoted(s, '<', false);
    size_t close;

    if (open == s.len) {
        address_note(address, find_unquoted(s, '>', false) < s.len, ADDRESS_UNBALANCED);
        return s;
    }
    address_note(address, open > 0, ADDRESS_UNBALANCED);
    s = slice_from(s, open + 1);
    close = find_unquoted(s, '>', false);
    if (close == s.len) {
        /* A quote that nobody closes hides the ">". */
        bool hidden = s.len > 0 && s.at[s.len - 1] == '>';

        address_note(address, true, hidden ? ADDRESS_BAD_QUOTING : ADDRESS_UNBALANCED);
        return slice_first(s, s.len - hidden);
    }
    address_note(address, find_unquoted(slice_first(s, close), '<', false) < close,
                 ADDRESS_UNBALANCED);
    if (close + 1 < s.len)
        address_note(address, true,
                     s.at[close + 1] == '>' ? ADDRESS_UNBALANCED : ADDRESS_TRAILING_TEXT);
    return slice_first(s, close);
}

/* "@" domain, several separated by commas (RFC 5321 section 4.1.2, A-d-l). */
static bool
route_is_valid(struct slice route)
{
    for (;;) {
        size_t comma = slice_find(route, ',');

        if (comma < 2 || route.at[0] != '@')
            return false;
        if (!domain_is_valid(slice_from(slice_first(route, comma), 1), true))
            return false;
        if (comma == route.len)
            return true;
        route = slice_from(route, comma + 1);
    }
}

static struct slice
skip_route(struct address *address, struct slice path)
{
    size_t colon = slice_find(path, ':');

    if (path.len == 0 || path.at[0] != '@' || colon == path.len)
        return path;
    address_note(address, !route_is_valid(slice_first(path, colon)), ADDRESS_BAD_ROUTE);
    return slice_from(path, colon + 1);
}

static void
read_mailbox(struct arena *arena, struct address *address, struct slice text)
{
    size_t at = find_unquoted(text, '@', true);

    address->path = text;
    if (at == text.len)
        at = slice_find_last(text, '@');
    address_note(address, at == text.len, ADDRESS_NO_DOMAIN);
    address_read_local(arena, address, slice_first(text, at));
    if (at < text.len)
        address_read_domain(arena, address, slice_from(text, at + 1));
}

/* Of a path, the mailbox in it; empty for <>. */
static struct slice
begin_path(struct address *address, struct slice arg)
{
    struct slice inner, mailbox;

    *address =
        (struct address){.raw = arg, .path = SLICE(""), .local = SLICE(""), .domain = SLICE("")};
    check_path_octets(address, arg);
    inner = take_brackets(address, arg);
    mailbox = skip_route(address, inner);
    address_note(address, mailbox.len == 0 && inner.len > 0, ADDRESS_EMPTY);
    return mailbox;
}

/* The defects that matter least are noted last, for only the first is kept. */
static void
end_path(struct address *address)
{
    bool brackets = address->raw.len > 0 && address->raw.at[0] == '<';
    size_t len = address->raw.len + (brackets ? 0 : 2);

    address_note(address, len > PATH_MAX_WITH_BRACKETS, ADDRESS_PATH_TOO_LONG);
    address_note(address, !brackets, ADDRESS_NO_BRACKETS);
}

void
address_parse_reverse_path(struct arena *arena, struct slice arg, struct address *address_r)
{
    struct slice mailbox = begin_path(address_r, arg);

    if (mailbox.len > 0)
        read_mailbox(arena, address_r, mailbox);
    else
        address_r->null = true;
    end_path(address_r);
}

void
address_parse_forward_path(struct arena *arena, struct slice arg, struct address *address_r)
{
    struct slice mailbox = begin_path(address_r, arg);

    if (slice_equal_nocase(mailbox, SLICE("postmaster"))) {
        address_r->postmaster = true;
        address_r->path = address_r->local = mailbox;
    } else if (mailbox.len > 0) {
        read_mailbox(arena, address_r, mailbox);
    }
    address_note(address_r, mailbox.len == 0, ADDRESS_EMPTY);
    end_path(address_r);
}

void
address_parse_mailbox(struct arena *arena, struct slice text, struct address *address_r)
{
    *address_r =
        (struct address){.raw = text, .path = text, .local = SLICE(""), .domain = SLICE("")};
    check_path_octets(address_r, text);
    address_note(address_r, text.len == 0, ADDRESS_EMPTY);
    if (text.len > 0)
        read_mailbox(arena, address_r, text);
    address_note(address_r, text.len + 2 > PATH_MAX_WITH_BRACKETS, ADDRESS_PATH_TOO_LONG);
}
