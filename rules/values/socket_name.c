/* Names of sockets, read without asking the machine. */
#include "policy/socket_name.h"

#include "mail/ip.h"

/* Of sockaddr_un, without its NUL. */
enum { LONGEST_PATH = 107, LONGEST_HOST = 253, LONGEST_LABEL = 63 };

static const char *
socket_read_unix(struct arena *arena, struct slice path, struct socket_name *name_r)
{
    if (path.len == 0 || path.at[0] != '/')
        return arena_printf(arena,
                            "\"%.*s\" is no path of a socket; it begins with \"/\", as in "
                            "\"unix:/run/postern/postern.sock\"",
                            (int)path.len, path.at);
    if (path.at[path.len - 1] == '/')
        return arena_printf(arena, "\"%.*s\" is a directory; the socket in it has a name",
                            (int)path.len, path.at);
    if (path.len > LONGEST_PATH)
        return arena_printf(arena, "this path has %zu octets; a unix socket's has %d at most",
                            path.len, LONGEST_PATH);
    name_r->path = path;
    return NULL;
}

/* A label of a host's name; "_" is in none by RFC 1123, but containers have it. */
static bool
socket_is_label(struct slice label)
{
    for (size_t i = 0; i < label.len; i++)
        if (!ascii_is_alnum(label.at[i]) && label.at[i] != '-' && label.at[i] != '_')
            return false;
    return label.len > 0 && label.len <= LONGEST_LABEL && label.at[0] != '-';
}

/* Names whose last label is a number are addresses with a mistake. */
static bool
socket_is_host_name(struct slice name)
{
    struct slice rest = name, label;
    int64_t number;
    size_t dot;

    do {
        dot = slice_find(rest, '.');
        label = slice_first(rest, dot);
        if (!socket_is_label(label))
            return false;
        rest = slice_from(rest, dot + 1);
    } while (label.at + label.len < name.at + name.len);
    return name.len <= LONGEST_HOST && !slice_number(label, &number);
}

/* An interface may stand behind an IPv6 address: fe80::1%eth0. */
static const char *
socket_read_host(struct arena *arena, struct slice host, struct socket_name *name_r)
{
    int family = name_r->kind == SOCKET_INET6 ? 6 : 4;
    int written = slice_find(host, ':') < host.len ? 6 : 4;
    struct slice address = family == 6 ? slice_first(host, slice_find(host, '%')) : host;
    struct ip ip;

    name_r->host = host;
    if (ip_parse(address, &ip) && written == family)
        return NULL;
    if (ip_parse(address, &ip))
        return arena_printf(arena, "\"%.*s\" is an IPv%d address, and belongs to \"%s\"",
                            (int)host.len, host.at, written, written == 6 ? "inet6" : "inet");
    if (host.len > 0 && host.at[0] == '[')
        return "an IP address stands without brackets";
    if (socket_is_host_name(host))
        return NULL;
    return arena_printf(arena,
                        "\"%.*s\" is no host; an IPv%d address or a name belongs behind \"@\"",
                        (int)host.len, host.at, family);
}

/* HOST:PORT, as Postfix writes it. */
static const char *
socket_order(struct arena *arena, struct slice where, enum socket_kind kind)
{
    size_t colon = slice_find_last(where, ':');
    struct slice host = slice_first(where, colon), port;
    int64_t number;

    if (colon == where.len || slice_find(where, '@') < where.len)
        return NULL;
    port = slice_from(where, colon + 1);
    if (!slice_number(port, &number))
        return NULL;
    return arena_printf(arena, "the port stands first here: \"%s:%.*s@%.*s\"",
                        kind == SOCKET_INET6 ? "inet6" : "inet", (int)port.len, port.at,
                        (int)host.len, host.at);
}

static const char *
socket_read_inet(struct arena *arena, struct slice where, struct socket_name *name_r)
{
    size_t at = slice_find(where, '@');
    const char *order = socket_order(arena, where, name_r->kind);
    int64_t port;

    if (order)
        return order;
    name_r->port = slice_first(where, at);
    if (!slice_number(name_r->port, &port) || port < 1 || port > 65535)
        return arena_printf(arena, "\"%.*s\" is no port; a number from 1 to 65535 belongs there",
                            (int)name_r->port.len, name_r->port.at);
    return at < where.len ? socket_read_host(arena, slice_from(where, at + 1), name_r) : NULL;
}

const char *
socket_name_read(struct arena *arena, struct slice text, struct socket_name *name_r)
{
    static const struct {
        const char *word;
        enum socket_kind kind;
    } kinds[] = {{"unix", SOCKET_UNIX},
                 {"local", SOCKET_UNIX},
                 {"inet", SOCKET_INET},
                 {"inet6", SOCKET_INET6}};
    size_t colon = slice_find(text, ':');
    struct slice where = slice_from(text, colon + 1);

    for (size_t i = 0; colon < text.len && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!slice_equal(slice_first(text, colon), slice_of(kinds[i].word)))
            continue;
        *name_r = (struct socket_name){.kind = kinds[i].kind};
        return kinds[i].kind == SOCKET_UNIX ? socket_read_unix(arena, where, name_r)
                                            : socket_read_inet(arena, where, name_r);
    }
    return arena_printf(arena,
                        "\"%.*s\" is no socket; it is written \"unix:/PATH\", \"inet:PORT@HOST\" "
                        "or \"inet6:PORT@HOST\"",
                        (int)text.len, text.at);
}

bool
socket_name_is_unix(struct arena *arena, struct slice text)
{
    struct socket_name name;

    return socket_name_read(arena, text, &name) == NULL && name.kind == SOCKET_UNIX;
}
