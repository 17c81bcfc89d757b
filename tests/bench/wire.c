/* Sockets and packets, for both ends. */
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, TERMS_NUMBERS = WIRE_HEAD + 1 + 3 * 4 };

void
give_up(const char *what, const char *of)
{
    fprintf(stderr, "%s: %s\n", of, what);
    exit(EXIT_FAILURE);
}

union endpoint {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in inet;
};

static socklen_t
read_endpoint(const char *name, union endpoint *endpoint_r)
{
    char *host;

    *endpoint_r = (union endpoint){.any.sa_family = AF_UNIX};
    if (strncmp(name, "unix:", 5) == 0 && strlen(name + 5) < sizeof endpoint_r->local.sun_path) {
        memcpy(endpoint_r->local.sun_path, name + 5, strlen(name + 5) + 1);
        return sizeof endpoint_r->local;
    }
    if (strncmp(name, "inet:", 5) != 0)
        give_up("a socket is unix:PATH or inet:PORT@HOST", name);
    endpoint_r->inet.sin_family = AF_INET;
    endpoint_r->inet.sin_port = htons((uint16_t)strtoul(name + 5, &host, 10));
    if (*host != '@' || inet_pton(AF_INET, host + 1, &endpoint_r->inet.sin_addr) != 1)
        give_up("a socket is unix:PATH or inet:PORT@HOST", name);
    return sizeof endpoint_r->inet;
}

static int
make_socket(const union endpoint *endpoint)
{
    int made = socket(endpoint->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    if (made >= 0 && endpoint->any.sa_family == AF_INET)
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return made;
}

int
wire_listen(const char *name)
{
    union endpoint endpoint;
    socklen_t len = read_endpoint(name, &endpoint);
    int listening = make_socket(&endpoint);

    if (bind(listening, &endpoint.any, len) != 0 || listen(listening, BACKLOG) != 0)
        give_up("can't listen there", name);
    return listening;
}

int
wire_connect(const char *name)
{
    union endpoint endpoint;
    socklen_t len = read_endpoint(name, &endpoint);
    int connected = make_socket(&endpoint);

    if (connect(connected, &endpoint.any, len) != 0)
        give_up("can't connect", name);
    return connected;
}

void
wire_put_number(unsigned char *to, uint32_t number)
{
    for (int i = 0; i < WIRE_HEAD; i++)
        to[i] = (unsigned char)(number >> (24 - 8 * i));
}

uint32_t
wire_number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool
terms_parse(struct terms *terms)
{
    const unsigned char *at = terms->packet + TERMS_NUMBERS, *end = terms->packet + terms->len;

    if (terms->len < TERMS_NUMBERS || wire_number(terms->packet) != terms->len - WIRE_HEAD ||
        terms->packet[WIRE_HEAD] != 'O')
        return false;
    terms->actions = wire_number(terms->packet + WIRE_HEAD + 1 + 4);
    terms->steps = wire_number(terms->packet + WIRE_HEAD + 1 + 8);
    while (end - at > 4) {
        uint32_t stage = wire_number(at);
        const unsigned char *nul = memchr(at + 4, 0, (size_t)(end - at - 4));

        if (nul == NULL || stage >= MACRO_STAGES)
            return false;
        terms->macros[stage] = (const char *)at + 4;
        at = nul + 1;
    }
    return true;
}

void
terms_load(struct terms *terms, const char *path)
{
    FILE *file = fopen(path, "re");

    *terms = (struct terms){0};
    if (file == NULL)
        give_up("can't be read", path);
    terms->len = fread(terms->packet, 1, sizeof terms->packet, file);
    fclose(file);
    if (!terms_parse(terms))
        give_up("holds no answer to a negotiation", path);
}
