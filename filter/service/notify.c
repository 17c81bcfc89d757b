/* The protocol of NOTIFY_SOCKET: datagrams of lines "NAME=value". */
#include "notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int notify_socket = -1;
static struct sockaddr_un notify_address = {.sun_family = AF_UNIX};
static socklen_t notify_length;

/* A name that begins with "@" is an abstract one. */
void
notify_open(void)
{
    const char *name = getenv("NOTIFY_SOCKET");
    size_t length = name ? strlen(name) : 0;

    if (length > 1 && length < sizeof notify_address.sun_path &&
        (name[0] == '/' || name[0] == '@')) {
        memcpy(notify_address.sun_path, name, length);
        if (name[0] == '@')
            notify_address.sun_path[0] = '\0';
        notify_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
        notify_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    unsetenv("NOTIFY_SOCKET");
}

void
notify_close(void)
{
    if (notify_socket >= 0)
        close(notify_socket);
    notify_socket = -1;
}

static void
notify_send(const char *lines)
{
    if (notify_socket >= 0)
        sendto(notify_socket, lines, strlen(lines), MSG_NOSIGNAL, (const void *)&notify_address,
               notify_length);
}

void
notify_ready(void)
{
    notify_send("READY=1");
}

void
notify_reloading(void)
{
    char lines[64];
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(lines, sizeof lines, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    notify_send(lines);
}

void
notify_stopping(void)
{
    notify_send("STOPPING=1");
}
