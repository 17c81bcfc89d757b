/* TLS of a client that doesn't ask who the server is, as MTAs do it where TLS is an opportunity.
 * The socket stays its owner's, and doesn't block. */
#ifndef POSTERN_FILTER_TLS_H
#define POSTERN_FILTER_TLS_H

#include "base/arena.h"

enum tls_result {
    TLS_DONE,
    TLS_WANTS_READ, /* the same again, once the socket can be read */
    TLS_WANTS_WRITE,
    TLS_CLOSED,
    TLS_FAILED,
};

/* False where this program was built without OpenSSL: tls_begin() then never succeeds. */
bool tls_is_there(void);

/* NULL: there is no memory or no configuration for it. It ends with the arena, or by tls_end(). */
struct tls *tls_begin(struct arena *arena, int socket);

/* To be called until it is done. */
enum tls_result tls_handshake(struct tls *tls);

/* Done: at least one octet went. */
enum tls_result tls_read(struct tls *tls, char *at, size_t room, size_t *count_r);
enum tls_result tls_write(struct tls *tls, struct slice octets, size_t *count_r);

/* Why the last call failed; in the arena. */
const char *tls_reason(struct tls *tls);

/* Tells the other side, as far as that goes without waiting. */
void tls_end(struct tls **tls);

#endif
