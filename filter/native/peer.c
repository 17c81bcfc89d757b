/* Who is at the other end of a connection. */
#include "peer.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

const char *
peer_text(int descriptor, char text[IP_TEXT_SIZE])
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    const struct sockaddr_in *in = (const void *)&address;
    const struct sockaddr_in6 *in6 = (const void *)&address;
    struct ip ip = {.family = 4};

    if (getpeername(descriptor, (void *)&address, &length) != 0)
        return "unknown";
    if (address.ss_family != AF_INET && address.ss_family != AF_INET6)
        return "local";
    if (address.ss_family == AF_INET6)
        ip.family = 6;
    memcpy(ip.octet, ip.family == 4 ? (const void *)&in->sin_addr : &in6->sin6_addr,
           ip.family == 4 ? 4 : 16);
    return ip_text(&ip, text);
}

bool
peer_speaks_text(struct slice octets)
{
    for (size_t i = 0; i < 4; i++)
        if (octets.len < 4 || octets.at[i] < ' ' || octets.at[i] > '~')
            return false;
    return true;
}
