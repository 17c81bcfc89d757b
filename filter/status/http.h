/* As much of HTTP as it takes to answer a GET: RFC 9110 and RFC 9112. Pure. */
#ifndef POSTERN_FILTER_STATUS_HTTP_H
#define POSTERN_FILTER_STATUS_HTTP_H

#include "base/buffer.h"

enum http_status {
    HTTP_NOT_YET = 0, /* more of the request is to come */
    HTTP_OK = 200,
    HTTP_BAD_REQUEST = 400,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
    HTTP_METHOD_NOT_ALLOWED = 405,
    HTTP_TOO_LARGE = 431,
    HTTP_VERSION_NOT_SUPPORTED = 505,
};

/* The most of a request that is kept. */
enum { HTTP_LONGEST = 8192 };

/* What is asked for, in the octets that came. */
struct http_request {
    struct slice path; /* without a query */
    bool head;         /* HEAD: no content is wanted */
};

/* OK, NOT_YET, or what is wrong with it. */
enum http_status http_read(struct slice octets, struct http_request *request_r);

/* The answer, which is the last on its connection. */
struct slice http_answer(struct arena *arena, enum http_status status, const char *type,
                         struct slice content, bool head);

#endif
