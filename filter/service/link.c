/* Messages of one size, each sent and received whole. */
#include "link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

bool
link_open(int *supervisor_r, int *generation_r)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
        return false;
    *supervisor_r = ends[0];
    *generation_r = ends[1];
    return true;
}

void
link_send(int link, const struct link_message *message)
{
    while (send(link, message, sizeof *message, MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue;
}

static bool
message_is_whole(const struct link_message *message, size_t length)
{
    return length == sizeof *message && service_settings_are_whole(&message->settings) &&
           memchr(message->reason, '\0', LINK_REASON);
}

enum link_kind
link_receive(int link, struct link_message *message_r)
{
    ssize_t length;

    do
        length = recv(link, message_r, sizeof *message_r, MSG_DONTWAIT);
    while (length < 0 && errno == EINTR);
    if (length < 0 && errno == EAGAIN)
        return LINK_NOTHING;
    if (length <= 0 || !message_is_whole(message_r, (size_t)length))
        return LINK_ENDED;
    return message_r->kind;
}
