/* Knows OpenSSL; without it, that there is none. */
#include "tls.h"

#ifdef HAVE_OPENSSL

#include <openssl/err.h>
#include <openssl/ssl.h>

struct tls {
    struct arena *arena;
    SSL_CTX *context;
    SSL *session;
};

bool
tls_is_there(void)
{
    return true;
}

static void
tls_release(void *of)
{
    struct tls *tls = of;

    SSL_free(tls->session);
    SSL_CTX_free(tls->context);
    tls->session = NULL;
    tls->context = NULL;
}

/* What is old and weak is better than plain text, which is what would be spoken else (RFC 7435
 * section 3); a system's stricter configuration would keep us from hops that an MTA speaks to. */
static void
be_lenient(SSL_CTX *context)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_security_level(context, 0);
}

struct tls *
tls_begin(struct arena *arena, int socket)
{
    struct tls *tls = ARENA_NEW(arena, struct tls);

    tls->arena = arena;
    arena_on_end(arena, tls_release, tls);
    tls->context = SSL_CTX_new(TLS_client_method());
    if (tls->context == NULL)
        return NULL;
    be_lenient(tls->context);
    tls->session = SSL_new(tls->context);
    if (tls->session == NULL || SSL_set_fd(tls->session, socket) != 1)
        return NULL;
    return tls;
}

static enum tls_result
result_of(const struct tls *tls, int returned)
{
    switch (SSL_get_error(tls->session, returned)) {
    case SSL_ERROR_NONE:
        return TLS_DONE;
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_CLOSED;
    default:
        return TLS_FAILED;
    }
}

/* SSL_get_error() looks at the queue of errors, which must hold none of an earlier call. */
enum tls_result
tls_handshake(struct tls *tls)
{
    ERR_clear_error();
    return result_of(tls, SSL_connect(tls->session));
}

enum tls_result
tls_read(struct tls *tls, char *at, size_t room, size_t *count_r)
{
    ERR_clear_error();
    return result_of(tls, SSL_read_ex(tls->session, at, room, count_r));
}

enum tls_result
tls_write(struct tls *tls, struct slice octets, size_t *count_r)
{
    ERR_clear_error();
    return result_of(tls, SSL_write_ex(tls->session, octets.at, octets.len, count_r));
}

/* Without an entry in the queue the connection itself broke. */
const char *
tls_reason(struct tls *tls)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());

    return reason ? arena_string(tls->arena, slice_of(reason)) : "the connection broke";
}

void
tls_end(struct tls **tls)
{
    ERR_clear_error();
    SSL_shutdown((*tls)->session);
    tls_release(*tls);
    *tls = NULL;
}

#else

#define UNUSED __attribute__((unused))

bool
tls_is_there(void)
{
    return false;
}

struct tls *
tls_begin(UNUSED struct arena *arena, UNUSED int socket)
{
    return NULL;
}

enum tls_result
tls_handshake(UNUSED struct tls *tls)
{
    return TLS_FAILED;
}

enum tls_result
tls_read(UNUSED struct tls *tls, UNUSED char *at,
         UNUSED size_t room, UNUSED size_t *count_r)
{
    return TLS_FAILED;
}

enum tls_result
tls_write(UNUSED struct tls *tls, UNUSED struct slice octets,
          UNUSED size_t *count_r)
{
    return TLS_FAILED;
}

const char *
tls_reason(UNUSED struct tls *tls)
{
    return "this program was built without OpenSSL";
}

void
tls_end(struct tls **tls)
{
    *tls = NULL;
}

#endif
