/* Writes that the kernel never makes wait. A descriptor that others share is left as it is. */
#include "base/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void
channel_begin(struct channel *channel, int descriptor, char end)
{
    memset(&channel->reader, 0, sizeof channel->reader);
    channel->descriptor = descriptor;
    channel->stream = -1;
    channel->end = end;
    channel->torn = false;
    channel->len = 0;
}

void
channel_open_socket(struct channel *channel, const char *path)
{
    channel_begin(channel, socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), '\0');
    channel->reader.sun_family = AF_UNIX;
    snprintf(channel->reader.sun_path, sizeof channel->reader.sun_path, "%s", path);
}

/* A pipe or a terminal that is opened anew has flags of its own. A file never waits for a reader,
 * and its descriptor knows where the next line goes. */
static int
own_descriptor(mode_t mode)
{
    int own = -1;

    if (S_ISFIFO(mode) || S_ISCHR(mode))
        own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return own < 0 ? STDERR_FILENO : own;
}

void
channel_open_standard_error(struct channel *channel)
{
    struct stat status = {0};

    fstat(STDERR_FILENO, &status);
    channel_begin(channel, own_descriptor(status.st_mode), '\n');
    if (S_ISSOCK(status.st_mode))
        channel->stream = STDERR_FILENO;
}

static void
close_own(int descriptor)
{
    if (descriptor > STDERR_FILENO)
        close(descriptor);
}

void
channel_close(struct channel *channel)
{
    close_own(channel->descriptor);
    close_own(channel->stream);
    channel->descriptor = channel->stream = -1;
}

void
channel_forget(struct channel *channel)
{
    if (channel->stream > STDERR_FILENO) {
        close(channel->stream);
        channel->stream = -1;
    }
    channel->len = 0;
    channel->torn = false;
}

bool
channel_add(struct channel *channel, const char *line, size_t len)
{
    if (len >= CHANNEL_ROOM - channel->len)
        return false;
    memcpy(channel->kept + channel->len, line, len);
    channel->len += len;
    channel->kept[channel->len++] = channel->end;
    return true;
}

static ssize_t
write_now(int descriptor, const char *text, size_t len)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};

    if (poll(&ready, 1, 0) > 0)
        return write(descriptor, text, len);
    errno = EAGAIN;
    return -1;
}

/* Each names its reader, so that one that has come again needs no new socket. */
static ssize_t
send_datagram(const struct channel *channel, const char *line, size_t len)
{
    ssize_t sent = sendto(channel->descriptor, line, len - 1, MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&channel->reader, sizeof channel->reader);

    return sent < 0 ? -1 : (ssize_t)len;
}

/* How much of the line, with its end, could be written; -1 and errno. */
static ssize_t
put_line(const struct channel *channel, const char *line, size_t len)
{
    if (channel->stream >= 0)
        return send(channel->stream, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (channel->reader.sun_path[0])
        return send_datagram(channel, line, len);
    return write_now(channel->descriptor, line, len);
}

void
channel_write_past(const struct channel *channel, const char *line, size_t len)
{
    int before = errno;

    put_line(channel, line, len);
    errno = before;
}

static size_t
line_length(const struct channel *channel, size_t at)
{
    const char *line = channel->kept + at;

    return (size_t)((const char *)memchr(line, channel->end, channel->len - at) + 1 - line);
}

static void
forget(struct channel *channel, size_t count)
{
    channel->len -= count;
    memmove(channel->kept, channel->kept + count, channel->len);
}

/* False: some are left, and errno says why. */
static bool
put_lines(struct channel *channel)
{
    size_t at = 0;
    ssize_t sent = 0;

    while (at < channel->len) {
        size_t len = line_length(channel, at);

        sent = put_line(channel, channel->kept + at, len);
        if (sent < 0)
            break;
        channel->torn = (size_t)sent < len;
        at += (size_t)sent;
    }
    forget(channel, at);
    return channel->len == 0;
}

/* The next reader gets no half line. */
static void
close_stream(struct channel *channel)
{
    close(channel->stream);
    channel->stream = -1;
    if (channel->torn)
        forget(channel, line_length(channel, 0));
    channel->torn = false;
}

static bool
open_stream(struct channel *channel)
{
    channel->stream = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (channel->stream < 0)
        return false;
    if (connect(channel->stream, (struct sockaddr *)&channel->reader, sizeof channel->reader) == 0)
        return true;
    close_stream(channel);
    return false;
}

/* A reader that went away may come again as the other kind. */
bool
channel_flush(struct channel *channel)
{
    if (put_lines(channel))
        return true;
    if (!channel->reader.sun_path[0] || errno == EAGAIN)
        return false;
    if (channel->stream >= 0) {
        close_stream(channel);
        if (put_lines(channel))
            return true;
    }
    return errno == EPROTOTYPE && open_stream(channel) && put_lines(channel);
}
