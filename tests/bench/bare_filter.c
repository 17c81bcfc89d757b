/* What no milter can do with less: it reads lengths and letters of packets alone, answers "go on"
 * wherever an answer is awaited, and negotiates what TERMS holds. One thread, one recv a burst, one
 * send for its answers.
 *
 * usage: bare_filter SOCKET TERMS */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

enum { ROOM = 1 << 17, EVENTS = 64, MOST_DESCRIPTORS = 65536 };

/* A packet may be cut anywhere between two bursts. */
struct connection {
    unsigned char head[WIRE_HEAD + 1];
    unsigned head_len;
    size_t rest; /* octets of the packet that aren't read */
};

static struct connection connections[MOST_DESCRIPTORS];
static unsigned char input[ROOM], output[ROOM];
static size_t output_len;
static bool awaited[256];
static struct terms terms;

static void
read_terms(const char *path)
{
    static const struct {
        unsigned char letter;
        uint32_t no_reply;
    } commands[] = {{'C', 0x1000},  {'H', 0x2000},  {'M', 0x4000},  {'R', 0x8000}, {'T', 0x10000},
                    {'U', 0x20000}, {'N', 0x40000}, {'B', 0x80000}, {'L', 0x80},   {'E', 0}};

    terms_load(&terms, path);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        awaited[commands[i].letter] = !(terms.steps & commands[i].no_reply);
}

static void
add_answer(const void *packet, size_t len)
{
    if (output_len + len > sizeof output)
        give_up("too many answers in a burst", "bare_filter");
    memcpy(output + output_len, packet, len);
    output_len += len;
}

/* False when the MTA has quit. */
static bool
answer(unsigned char letter)
{
    if (letter == 'O')
        add_answer(terms.packet, terms.len);
    else if (awaited[letter])
        add_answer("\0\0\0\1c", 5);
    return letter != 'Q';
}

static bool
read_burst(struct connection *connection, const unsigned char *at, size_t len)
{
    bool goes_on = true;

    while (len > 0) {
        size_t taken = connection->rest < len ? connection->rest : len;

        if (connection->rest == 0) {
            connection->head[connection->head_len++] = *at++;
            len--;
            if (connection->head_len < sizeof connection->head)
                continue;
            connection->head_len = 0;
            connection->rest = wire_number(connection->head) - 1;
            goes_on &= answer(connection->head[WIRE_HEAD]);
            continue;
        }
        at += taken;
        len -= taken;
        connection->rest -= taken;
    }
    return goes_on;
}

static void
serve(int descriptor)
{
    ssize_t got = recv(descriptor, input, sizeof input, 0);
    bool goes_on = got > 0 && read_burst(&connections[descriptor], input, (size_t)got);

    if (output_len > 0 && send(descriptor, output, output_len, MSG_NOSIGNAL) < 0)
        goes_on = false;
    output_len = 0;
    if (!goes_on)
        close(descriptor);
}

static void
let_in(int poll, int listening)
{
    int descriptor = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};

    if (descriptor < 0 || descriptor >= MOST_DESCRIPTORS)
        give_up("no descriptor for a connection", "bare_filter");
    connections[descriptor] = (struct connection){0};
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int
main(int argc, char **argv)
{
    struct rlimit limit;
    struct epoll_event event = {.events = EPOLLIN}, events[EVENTS];
    int poll = epoll_create1(EPOLL_CLOEXEC), listening;

    if (argc != 3)
        give_up("usage: bare_filter SOCKET TERMS", argv[0]);
    read_terms(argv[2]);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    listening = event.data.fd = wire_listen(argv[1]);
    epoll_ctl(poll, EPOLL_CTL_ADD, listening, &event);
    for (;;) {
        int count = epoll_wait(poll, events, EVENTS, -1);

        for (int i = 0; i < count; i++)
            if (events[i].data.fd == listening)
                let_in(poll, listening);
            else
                serve(events[i].data.fd);
    }
}
