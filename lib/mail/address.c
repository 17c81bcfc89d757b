/* Reads the paths of MAIL and RCPT. Nothing is repaired: what is wrong is named, and as much is
 * told apart as can be. */
#include "mail/address.h"

#include "atext.h"
#include "mail/domain.h"
#include "mail/utf8.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, PATH_MAX_WITH_BRACKETS = 256 };

static const char *const defect_texts[ADDRESS_DEFECTS] = {
    [ADDRESS_FINE] = "",
    [ADDRESS_NO_BRACKETS] = "it stands without < and >",
    [ADDRESS_UNBALANCED] = "its < and > don't match",
    [ADDRESS_TRAILING_TEXT] = "something stands behind its >",
    [ADDRESS_EMPTY] = "it is empty",
    [ADDRESS_BAD_ROUTE] = "its source route is malformed",
    [ADDRESS_NO_DOMAIN] = "it has no domain",
    [ADDRESS_BAD_LOCAL] = "its local part is malformed",
    [ADDRESS_BAD_QUOTING] = "its local part is badly quoted",
    [ADDRESS_BAD_DOMAIN] = "its domain is malformed",
    [ADDRESS_BAD_LITERAL] = "its address literal is malformed",
    [ADDRESS_BAD_UTF8] = "it isn't valid UTF-8",
    [ADDRESS_CONTROL] = "it holds a control character",
    [ADDRESS_LOCAL_TOO_LONG] = "its local part is longer than 64 octets",
    [ADDRESS_DOMAIN_TOO_LONG] = "its domain is longer than 255 octets",
    [ADDRESS_PATH_TOO_LONG] = "it is longer than 256 octets",
};

const char *
address_defect_text(enum address_defect defect)
{
    return defect < ADDRESS_DEFECTS ? defect_texts[defect] : "";
}

/* The first defect stays. */
static void
note(struct address *address, bool wrong, enum address_defect defect)
{
    if (wrong && address->defect == ADDRESS_FINE)
        address->defect = defect;
}

static void
check_octets(struct address *address, struct slice s)
{
    address->utf8 = !slice_is_ascii(s);
    note(address, address->utf8 && !utf8_is_valid(s), ADDRESS_BAD_UTF8);
    for (size_t i = 0; i < s.len; i++)
        note(address, is_control(s.at[i]), ADDRESS_CONTROL);
}

/* Index of the first, or last, `wanted` outside quotes, or s.len. */
static size_t
find_unquoted(struct slice s, char wanted, bool last)
{
    size_t found = s.len;
    bool quoted = false;

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
        note(address, find_unquoted(s, '>', false) < s.len, ADDRESS_UNBALANCED);
        return s;
    }
    note(address, open > 0, ADDRESS_UNBALANCED);
    s = slice_from(s, open + 1);
    close = find_unquoted(s, '>', false);
    if (close == s.len) {
        /* A quote that nobody closes hides the ">". */
        bool hidden = s.len > 0 && s.at[s.len - 1] == '>';

        note(address, true, hidden ? ADDRESS_BAD_QUOTING : ADDRESS_UNBALANCED);
        return slice_first(s, s.len - hidden);
    }
    note(address, find_unquoted(slice_first(s, close), '<', false) < close, ADDRESS_UNBALANCED);
    if (close + 1 < s.len)
        note(address, true, s.at[close + 1] == '>' ? ADDRESS_UNBALANCED : ADDRESS_TRAILING_TEXT);
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
    note(address, !route_is_valid(slice_first(path, colon)), ADDRESS_BAD_ROUTE);
    return slice_from(path, colon + 1);
}

/* Atoms with single dots between them (RFC 5321 section 4.1.2, Dot-string). */
static bool
is_dot_string(struct slice s)
{
    bool in_atom = false;

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '.' ? !in_atom : !is_atext(s.at[i]))
            return false;
        in_atom = s.at[i] != '.';
    }
    return in_atom;
}

/* The contents of a quoted string, which ends where `s` does; false when it doesn't. */
static bool
unquote(struct arena *arena, struct slice s, struct slice *text_r)
{
    struct slice inner = slice_first(slice_from(s, 1), s.len - 2);
    char *to;
    size_t len = 0;

    if (s.len < 2 || s.at[s.len - 1] != '"')
        return false;
    *text_r = inner;
    if (slice_find(inner, '\\') == inner.len)
        return slice_find(inner, '"') == inner.len;
    to = arena_alloc(arena, inner.len + 1);
    for (size_t i = 0; i < inner.len; i++) {
        bool pair = inner.at[i] == '\\';

        /* RFC 6531 section 3.3 doesn't extend quoted-pair. */
        if (inner.at[i] == '"' || (pair && ++i == inner.len) ||
            (pair && (unsigned char)inner.at[i] > 127))
            return false;
        to[len++] = inner.at[i];
    }
    *text_r = (struct slice){to, len};
    return true;
}

static void
read_local(struct arena *arena, struct address *address, struct slice written)
{
    address->local = written;
    if (written.len > 0 && written.at[0] == '"')
        note(address, !unquote(arena, written, &address->local), ADDRESS_BAD_QUOTING);
    else if (slice_find(written, '"') < written.len)
        note(address, true, ADDRESS_BAD_QUOTING);
    else
        note(address, !is_dot_string(written), ADDRESS_BAD_LOCAL);
    note(address, written.len > LOCAL_MAX, ADDRESS_LOCAL_TOO_LONG);
}

static void
read_domain(struct address *address, struct slice domain)
{
    struct ip ip;

    address->domain = domain;
    note(address, domain.len > DOMAIN_MAX, ADDRESS_DOMAIN_TOO_LONG);
    if (domain.len > 0 && domain.at[0] == '[')
        note(address, !domain_literal_parse(domain, &ip), ADDRESS_BAD_LITERAL);
    else
        note(address, !domain_is_valid(domain, true), ADDRESS_BAD_DOMAIN);
}

static void
read_mailbox(struct arena *arena, struct address *address, struct slice text)
{
    size_t at = find_unquoted(text, '@', true);

    address->path = text;
    if (at == text.len)
        at = slice_find_last(text, '@');
    note(address, at == text.len, ADDRESS_NO_DOMAIN);
    read_local(arena, address, slice_first(text, at));
    if (at < text.len)
        read_domain(address, slice_from(text, at + 1));
}

/* Of a path, the mailbox in it; empty for <>. */
static struct slice
begin_path(struct address *address, struct slice arg)
{
    struct slice inner, mailbox;

    *address =
        (struct address){.raw = arg, .path = SLICE(""), .local = SLICE(""), .domain = SLICE("")};
    check_octets(address, arg);
    inner = take_brackets(address, arg);
    mailbox = skip_route(address, inner);
    note(address, mailbox.len == 0 && inner.len > 0, ADDRESS_EMPTY);
    return mailbox;
}

/* The defects that matter least are noted last, for only the first is kept. */
static void
end_path(struct address *address)
{
    bool brackets = address->raw.len > 0 && address->raw.at[0] == '<';
    size_t len = address->raw.len + (brackets ? 0 : 2);

    note(address, len > PATH_MAX_WITH_BRACKETS, ADDRESS_PATH_TOO_LONG);
    note(address, !brackets, ADDRESS_NO_BRACKETS);
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
    note(address_r, mailbox.len == 0, ADDRESS_EMPTY);
    end_path(address_r);
}

void
address_parse_mailbox(struct arena *arena, struct slice text, struct address *address_r)
{
    *address_r =
        (struct address){.raw = text, .path = text, .local = SLICE(""), .domain = SLICE("")};
    check_octets(address_r, text);
    note(address_r, text.len == 0, ADDRESS_EMPTY);
    if (text.len > 0)
        read_mailbox(arena, address_r, text);
    note(address_r, text.len + 2 > PATH_MAX_WITH_BRACKETS, ADDRESS_PATH_TOO_LONG);
}

struct slice
local_part_text(struct arena *arena, struct slice local)
{
    char *to;
    size_t len = 0;

    if (is_dot_string(local))
        return local;
    to = arena_alloc(arena, 2 * local.len + 3);
    to[len++] = '"';
    for (size_t i = 0; i < local.len; i++) {
        if (local.at[i] == '"' || local.at[i] == '\\')
            to[len++] = '\\';
        to[len++] = local.at[i];
    }
    to[len++] = '"';
    return (struct slice){to, len};
}

static struct slice
local_key(struct arena *arena, struct slice local, enum local_case local_case)
{
    local = local_part_text(arena, local);
    return local_case == LOCAL_CASE_EXACT ? utf8_nfc(arena, local) : utf8_fold_case(arena, local);
}

struct slice
address_key(struct arena *arena, const struct address *address, enum local_case local_case)
{
    struct slice local, domain;
    char *key;

    if (address->null)
        return SLICE("");
    if (address->postmaster)
        return SLICE("postmaster");
    local = local_key(arena, address->local, local_case);
    if (address->domain.len == 0)
        return local;
    domain = domain_key(arena, address->domain);
    if (local.at == address->path.at && domain.at == address->domain.at &&
        domain.len == address->domain.len && domain.at == local.at + local.len + 1)
        return address->path;
    key = arena_alloc(arena, local.len + domain.len + 2);
    memcpy(key, local.at, local.len);
    key[local.len] = '@';
    memcpy(key + local.len + 1, domain.at, domain.len);
    return (struct slice){key, local.len + 1 + domain.len};
}

bool
local_part_detail(struct slice local, const char *delimiters, struct slice *base_r,
                  struct slice *detail_r)
{
    for (size_t i = 0; i < local.len; i++) {
        if (local.at[i] == '\0' || strchr(delimiters, local.at[i]) == NULL)
            continue;
        *base_r = slice_first(local, i);
        *detail_r = slice_from(local, i + 1);
        return i > 0;
    }
    return false;
}
