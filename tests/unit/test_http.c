/* As much of HTTP as status needs: RFC 9112 sections 2 and 3, RFC 9110 section 15. */
#include "status/http.h"

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    const char *octets;
    enum http_status status;
    const char *path;
    bool head;
} requests[] = {
    {"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", HTTP_OK, "/metrics", false},
    {"GET /metrics HTTP/1.0\r\n\r\n", HTTP_OK, "/metrics", false},
    {"GET /metrics HTTP/1.1\n\n", HTTP_OK, "/metrics", false},
    {"GET /metrics?name=x HTTP/1.1\r\n\r\n", HTTP_OK, "/metrics", false},
    {"HEAD /rules HTTP/1.1\r\n\r\n", HTTP_OK, "/rules", true},
    {"GET / HTTP/1.1\r\n\r\nmore", HTTP_OK, "/", false},
    {"", HTTP_NOT_YET, NULL, false},
    {"GET /metrics HTTP/1.1", HTTP_NOT_YET, NULL, false},
    {"GET /metrics HTTP/1.1\r\nHost: localhost\r\n", HTTP_NOT_YET, NULL, false},
    {"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r", HTTP_NOT_YET, NULL, false},
    {"GET /metrics\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"GET metrics HTTP/1.1\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"GET http://localhost/metrics HTTP/1.1\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"GET /metrics HTTP/1.1 more\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"GET /metrics http/1.1\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"GET /metrics HTTP/1.10\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"\r\n\r\n", HTTP_BAD_REQUEST, NULL, false},
    {"GET /metrics HTTP/2.0\r\n\r\n", HTTP_VERSION_NOT_SUPPORTED, NULL, false},
    {"POST /metrics HTTP/1.1\r\n\r\n", HTTP_METHOD_NOT_ALLOWED, NULL, false},
    {"get /metrics HTTP/1.1\r\n\r\n", HTTP_METHOD_NOT_ALLOWED, NULL, false},
};

static void
reads_requests(void)
{
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct http_request request;
        enum http_status status = http_read(slice_of(requests[i].octets), &request);

        tap_check(status == requests[i].status, "%zu: status %d", i, status);
        if (status == HTTP_OK)
            tap_check(slice_equal(request.path, slice_of(requests[i].path)) &&
                          request.head == requests[i].head,
                      "%zu: asks for %.*s", i, (int)request.path.len, request.path.at);
    }
}

static void
ends_what_has_no_end(void)
{
    static char octets[HTTP_LONGEST];
    struct http_request request;

    memset(octets, 'x', sizeof octets);
    tap_check(http_read((struct slice){octets, sizeof octets - 1}, &request) == HTTP_NOT_YET,
              "one octet less may go on");
    tap_check(http_read((struct slice){octets, sizeof octets}, &request) == HTTP_TOO_LARGE,
              "as many as there may be, without an end");
}

static void
check_answer(enum http_status status, bool head, const char *wanted)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice said = http_answer(arena, status, "text/x", SLICE("content"), head);

    tap_check(slice_equal(said, slice_of(wanted)), "an answer: %.*s", 12, said.at);
    arena_free(&arena);
}

int
main(void)
{
    reads_requests();
    ends_what_has_no_end();
    check_answer(HTTP_OK, false,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 7\r\n"
                 "Connection: close\r\n\r\ncontent");
    check_answer(HTTP_OK, true,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 7\r\n"
                 "Connection: close\r\n\r\n");
    check_answer(HTTP_METHOD_NOT_ALLOWED, false,
                 "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n"
                 "Content-Type: text/plain\r\nContent-Length: 18\r\n"
                 "Connection: close\r\n\r\nMethod Not Allowed");
    return tap_done();
}
