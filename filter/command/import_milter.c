/* A milter as main.cf names it: where Postfix looks for it, and what is wrong with the words. */
#include "import_inside.h"

struct slice
import_milter_text(struct slice item)
{
    if (item.len < 2 || item.at[0] != '{')
        return item;
    item = slice_from(slice_first(item, item.len - 1), 1);
    return slice_trim(slice_first(item, slice_find(item, ',')));
}

static struct slice
without_brackets(struct slice host)
{
    bool closed = host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']';

    return closed ? slice_from(slice_first(host, host.len - 1), 1) : host;
}

/* HOST:PORT. */
static const char *
read_inet(struct arena *arena, struct slice place, struct socket_name *socket_r)
{
    size_t at = slice_find(place, '@'), colon = slice_find_last(place, ':');
    struct slice behind = slice_from(place, at + 1);

    socket_r->kind = SOCKET_INET;
    socket_r->host = without_brackets(slice_first(place, colon));
    socket_r->port = slice_from(place, colon + 1);
    if (at < place.len)
        return arena_printf(arena, "that is Sendmail's order; Postfix has inet:%.*s:%.*s",
                            (int)behind.len, behind.at, (int)at, place.at);
    if (colon == place.len || socket_r->port.len == 0 || socket_r->host.len == 0)
        return "a host and a port belong there, as in inet:127.0.0.1:8891";
    return NULL;
}

/* What isn't whole is seen from the queue, and so is what is whole in a chroot. */
static void
read_unix(const struct postfix *postfix, bool in_chroot, struct slice place,
          struct socket_name *socket_r)
{
    struct slice queue = import_value(postfix, NULL, "queue_directory");
    bool whole = place.len > 0 && place.at[0] == '/';

    socket_r->path =
        whole && !in_chroot
            ? place
            : slice_of(arena_printf(postfix->arena, "%.*s%s%.*s", (int)queue.len, queue.at,
                                    whole ? "" : "/", (int)place.len, place.at));
}

const char *
import_milter_read(const struct postfix *postfix, bool in_chroot, struct slice item,
                   struct socket_name *socket_r)
{
    struct slice text = import_milter_text(item);
    struct slice type = slice_first(text, slice_find(text, ':'));
    struct slice place = slice_from(text, type.len + 1);

    *socket_r = (struct socket_name){.kind = SOCKET_UNIX};
    if (slice_equal(type, SLICE("inet")))
        return read_inet(postfix->arena, place, socket_r);
    if (slice_equal(type, SLICE("inet6")))
        return "Postfix has inet:[ADDRESS]:PORT for IPv6, too";
    if (slice_equal(type, SLICE("unix")) || slice_equal(type, SLICE("local"))) {
        read_unix(postfix, in_chroot, place, socket_r);
        return NULL;
    }
    return "Postfix has unix:PATH and inet:HOST:PORT";
}

static bool
is_loopback(struct slice host)
{
    return slice_equal_nocase(host, SLICE("localhost")) || slice_equal(host, SLICE("127.0.0.1")) ||
           slice_equal(host, SLICE("::1"));
}

bool
import_sockets_are_one(const struct socket_name *one, const struct socket_name *other)
{
    if (one->kind == SOCKET_UNIX || other->kind == SOCKET_UNIX)
        return one->kind == other->kind && slice_equal(one->path, other->path);
    return slice_equal(one->port, other->port) &&
           (one->host.len == 0 || other->host.len == 0 ||
            slice_equal_nocase(one->host, other->host) ||
            (is_loopback(one->host) && is_loopback(other->host)));
}

const char *
import_milter_name(const struct postfix *postfix, const struct socket_name *socket)
{
    struct slice queue = import_value(postfix, NULL, "queue_directory");
    struct slice path = socket->path;
    struct slice host = socket->host.len > 0 ? socket->host : SLICE("127.0.0.1");
    bool six = slice_find(host, ':') < host.len;

    if (socket->kind != SOCKET_UNIX)
        return arena_printf(postfix->arena, "inet:%s%.*s%s:%.*s", six ? "[" : "", (int)host.len,
                            host.at, six ? "]" : "", (int)socket->port.len, socket->port.at);
    if (path.len > queue.len + 1 && slice_equal(slice_first(path, queue.len), queue) &&
        path.at[queue.len] == '/')
        path = slice_from(path, queue.len + 1);
    return arena_printf(postfix->arena, "unix:%.*s", (int)path.len, path.at);
}

int64_t
import_time_ms(struct slice text)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60 * 1000}, {'h', 3600 * 1000}, {'d', 86400 * INT64_C(1000)}};
    int64_t number;

    if (slice_number(text, &number))
        return number * 1000;
    for (size_t i = 0; text.len > 1 && i < sizeof units / sizeof units[0]; i++)
        if (text.at[text.len - 1] == units[i].unit &&
            slice_number(slice_first(text, text.len - 1), &number))
            return number * units[i].ms;
    return -1;
}
