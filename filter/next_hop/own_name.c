/* The argument of an EHLO of our own. */
#include "own_name.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mail/domain.h"

static const char *
address_literal(struct arena *arena, int socket)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    char text[NI_MAXHOST];

    if (getsockname(socket, (void *)&own, &size) < 0 ||
        getnameinfo((const void *)&own, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
        return "[127.0.0.1]";
    text[slice_find(slice_of(text), '%')] = '\0';
    return arena_printf(arena, own.ss_family == AF_INET6 ? "[IPv6:%s]" : "[%s]", text);
}

const char *
own_name(struct arena *arena, int socket)
{
    char name[256] = "";

    if (gethostname(name, sizeof name - 1) == 0 && strchr(name, '.') &&
        domain_is_valid(slice_of(name), false))
        return arena_string(arena, slice_of(name));
    return address_literal(arena, socket);
}
