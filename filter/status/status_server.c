/* One thread and one poll(2). Who is slow or says nothing is waited for a short time, and where as
 * many are there as may be, the one who has had most of it makes room. */
#include "status_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/system.h"
#include "count/recall.h"
#include "http.h"
#include "plays.h"

/* PATIENCE_MS: for a request and its answer. REST_MS: where nobody can be accepted. */
enum { CLIENTS = 8, PATIENCE_MS = 5000, REST_MS = 1000, MOST_MEMORY = 64 << 20 };

/* Of the descriptors that are waited for; clients stand behind. */
enum { POLL_STOP, POLL_LISTENING, POLL_CLIENTS };

struct status_client {
    int descriptor; /* -1: the place is free */
    int64_t end_ms;
    char request[HTTP_LONGEST];
    size_t len;
    struct arena *arena; /* of the answer; NULL: there is none yet */
    struct slice left;   /* of it */
};

struct status_server {
    int listening; /* -1: it was stopped */
    int stop; /* readable once it is to stop */
    struct exposition_about about;
    int64_t rest_end_ms;
    struct status_client client[CLIENTS];
};

struct status_server *
status_server_new(struct arena *arena, int listening, const struct exposition_about *about)
{
    struct status_server *server = ARENA_NEW(arena, struct status_server);

    server->about = *about;
    server->listening = fcntl(listening, F_DUPFD_CLOEXEC, 0);
    server->stop = system_bell();
    for (size_t i = 0; i < CLIENTS; i++)
        server->client[i].descriptor = -1;
    return server->listening < 0 || server->stop < 0 ? NULL : server;
}

void
status_server_stop(struct status_server *server)
{
    system_bell_ring(server->stop);
}

static void
client_close(struct status_client *client)
{
    close(client->descriptor);
    client->descriptor = -1;
    arena_free(&client->arena);
}

static void
client_send(struct status_client *client)
{
    ssize_t sent =
        send(client->descriptor, client->left.at, client->left.len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent > 0)
        client->left = slice_from(client->left, (size_t)sent);
    if (client->left.len == 0 || (sent < 0 && errno != EAGAIN && errno != EINTR))
        client_close(client);
}

struct answering {
    const struct status_server *server;
    struct status_client *client;
    struct http_request request;
    enum http_status status;
};

/* Root, or who serves: the system says so of a unix socket, and of no other. */
static bool
client_may_play(const struct status_client *client)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t size = sizeof peer;

    return getsockopt(client->descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static void
answer_plays(struct answering *answering, struct slice *content_r)
{
    struct slice path = slice_from(answering->request.path, strlen(PLAYS_PATH));

    answering->status = client_may_play(answering->client)
                            ? plays_answer(answering->client->arena,
                                           answering->server->about.policy, path, content_r)
                            : HTTP_FORBIDDEN;
}

/* Guarded. */
static void
make_answer(void *of)
{
    struct answering *answering = of;
    struct arena *arena = answering->client->arena;
    const struct exposition_about *about = &answering->server->about;
    const char *type = "text/plain; charset=utf-8";
    struct slice content = {0};

    if (answering->status == HTTP_OK && slice_equal(answering->request.path, SLICE("/metrics"))) {
        type = "text/plain; version=0.0.4; charset=utf-8";
        content = exposition_metrics(arena, about);
    } else if (answering->status == HTTP_OK &&
               slice_equal(answering->request.path, SLICE("/rules"))) {
        content = exposition_rules(arena, about);
    } else if (answering->status == HTTP_OK &&
               slice_starts_nocase(answering->request.path, SLICE("/why/"))) {
        content = recall_find(arena, RECALL_VERDICTS,
                              slice_from(answering->request.path, strlen("/why/")));
    } else if (answering->status == HTTP_OK &&
               slice_starts_nocase(answering->request.path, SLICE(PLAYS_PATH))) {
        answer_plays(answering, &content);
    } else if (answering->status == HTTP_OK) {
        answering->status = HTTP_NOT_FOUND;
    }
    answering->client->left =
        http_answer(arena, answering->status, type, content, answering->request.head);
}

static void
client_answer(const struct status_server *server, struct status_client *client,
              const struct http_request *request, enum http_status status)
{
    struct answering answering = {server, client, *request, status};

    client->arena = arena_try_new(MOST_MEMORY);
    if (client->arena && arena_guard(client->arena, make_answer, &answering))
        client_send(client);
    else
        client_close(client);
}

static void
client_read(const struct status_server *server, struct status_client *client)
{
    ssize_t got = recv(client->descriptor, client->request + client->len,
                       sizeof client->request - client->len, MSG_DONTWAIT);
    struct http_request request;
    enum http_status status;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        client_close(client);
        return;
    }
    client->len += (size_t)got;
    status = http_read((struct slice){client->request, client->len}, &request);
    if (status != HTTP_NOT_YET)
        client_answer(server, client, &request, status);
}

/* A place that is free, or is from now on. */
static struct status_client *
server_place(struct status_server *server)
{
    struct status_client *first = &server->client[0];

    for (struct status_client *client = first; client < server->client + CLIENTS; client++) {
        if (client->descriptor < 0)
            return client;
        first = client->end_ms < first->end_ms ? client : first;
    }
    client_close(first);
    return first;
}

/* What is asked has often come with the connection. */
static void
server_accept(struct status_server *server)
{
    int descriptor = accept4(server->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct status_client *client;

    if (descriptor < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            server->rest_end_ms = clock_ms() + REST_MS;
        return;
    }
    client = server_place(server);
    client->descriptor = descriptor;
    client->end_ms = clock_ms() + PATIENCE_MS;
    client->len = 0;
    client_read(server, client);
}

/* How long nothing needs to be done unless something comes; -1: for ever. */
static int
server_wait_ms(const struct status_server *server, int64_t now_ms)
{
    int64_t first_ms = INT64_MAX;

    for (size_t i = 0; i < CLIENTS; i++)
        if (server->client[i].descriptor >= 0 && server->client[i].end_ms < first_ms)
            first_ms = server->client[i].end_ms;
    if (server->rest_end_ms > now_ms && server->rest_end_ms < first_ms)
        first_ms = server->rest_end_ms;
    if (first_ms == INT64_MAX)
        return -1;
    return first_ms > now_ms ? (int)(first_ms - now_ms) : 0;
}

static void
server_wait(const struct status_server *server, struct pollfd wanted[POLL_CLIENTS + CLIENTS])
{
    int64_t now_ms = clock_ms();

    wanted[POLL_STOP] =
        (struct pollfd){.fd = server->listening < 0 ? -1 : server->stop, .events = POLLIN};
    wanted[POLL_LISTENING] = (struct pollfd){
        .fd = server->rest_end_ms > now_ms ? -1 : server->listening, .events = POLLIN};
    for (size_t i = 0; i < CLIENTS; i++)
        wanted[POLL_CLIENTS + i] =
            (struct pollfd){.fd = server->client[i].descriptor,
                            .events = server->client[i].arena ? POLLOUT : POLLIN};
    if (poll(wanted, POLL_CLIENTS + CLIENTS, server_wait_ms(server, now_ms)) < 0)
        for (size_t i = 0; i < POLL_CLIENTS + CLIENTS; i++)
            wanted[i].revents = 0;
}

static void
server_go_on(struct status_server *server, struct status_client *client, bool is_ready)
{
    if (client->descriptor < 0)
        return;
    if (is_ready && client->arena)
        client_send(client);
    else if (is_ready)
        client_read(server, client);
    if (client->descriptor >= 0 && clock_ms() >= client->end_ms)
        client_close(client);
}

static bool
server_has_clients(const struct status_server *server)
{
    size_t i = 0;

    while (i < CLIENTS && server->client[i].descriptor < 0)
        i++;
    return i < CLIENTS;
}

static void
server_stop_accepting(struct status_server *server)
{
    close(server->listening);
    server->listening = -1;
}

void *
status_server_run(void *of)
{
    struct status_server *server = of;
    struct pollfd wanted[POLL_CLIENTS + CLIENTS];

    while (server->listening >= 0 || server_has_clients(server)) {
        server_wait(server, wanted);
        for (size_t i = 0; i < CLIENTS; i++)
            server_go_on(server, &server->client[i], wanted[POLL_CLIENTS + i].revents != 0);
        if (wanted[POLL_STOP].revents)
            server_stop_accepting(server);
        else if (wanted[POLL_LISTENING].revents)
            server_accept(server);
    }
    return NULL;
}
