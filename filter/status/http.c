/* Requests and answers as octets. */
#include "http.h"

/* Behind the head, an empty line; a bare LF ends a line too (RFC 9112 section 2.2). */
static bool
http_is_whole(struct slice octets)
{
    return memmem(octets.at, octets.len, "\r\n\r\n", 4) || memmem(octets.at, octets.len, "\n\n", 2);
}

static bool
http_is_version(struct slice word)
{
    return word.len == 8 && slice_equal(slice_first(word, 5), SLICE("HTTP/")) &&
           ascii_is_digit(word.at[5]) && word.at[6] == '.' && ascii_is_digit(word.at[7]);
}

static enum http_status
http_read_line(struct slice line, struct http_request *request_r)
{
    struct slice method, target, version, more;

    if (!slice_word(&line, " \r", &method) || !slice_word(&line, " \r", &target) ||
        !slice_word(&line, " \r", &version) || slice_word(&line, " \r", &more) ||
        target.at[0] != '/' || !http_is_version(version))
        return HTTP_BAD_REQUEST;
    if (version.at[5] != '1')
        return HTTP_VERSION_NOT_SUPPORTED;
    request_r->path = slice_first(target, slice_find(target, '?'));
    request_r->head = slice_equal(method, SLICE("HEAD"));
    return request_r->head || slice_equal(method, SLICE("GET")) ? HTTP_OK : HTTP_METHOD_NOT_ALLOWED;
}

enum http_status
http_read(struct slice octets, struct http_request *request_r)
{
    *request_r = (struct http_request){0};
    if (octets.len > HTTP_LONGEST)
        return HTTP_TOO_LARGE;
    if (!http_is_whole(octets))
        return octets.len == HTTP_LONGEST ? HTTP_TOO_LARGE : HTTP_NOT_YET;
    return http_read_line(slice_first(octets, slice_find(octets, '\n')), request_r);
}

static const char *
http_reason(enum http_status status)
{
    switch (status) {
    case HTTP_OK:
        return "OK";
    case HTTP_BAD_REQUEST:
        return "Bad Request";
    case HTTP_FORBIDDEN:
        return "Forbidden";
    case HTTP_NOT_FOUND:
        return "Not Found";
    case HTTP_METHOD_NOT_ALLOWED:
        return "Method Not Allowed";
    case HTTP_TOO_LARGE:
        return "Request Header Fields Too Large";
    case HTTP_VERSION_NOT_SUPPORTED:
        return "HTTP Version Not Supported";
    case HTTP_NOT_YET:
        break;
    }
    return "";
}

struct slice
http_answer(struct arena *arena, enum http_status status, const char *type, struct slice content,
            bool head)
{
    const char *reason = http_reason(status);
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    struct slice sent = status == HTTP_OK ? content : slice_of(reason);

    buffer_init(to, arena, SIZE_MAX);
    buffer_printf(to, "HTTP/1.1 %d %s\r\n", status, reason);
    if (status == HTTP_METHOD_NOT_ALLOWED)
        buffer_text(to, "Allow: GET, HEAD\r\n");
    buffer_printf(to, "Content-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                  status == HTTP_OK ? type : "text/plain", sent.len);
    if (!head)
        buffer_add(to, sent);
    return buffer_slice(to);
}
