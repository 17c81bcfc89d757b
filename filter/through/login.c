/* Base64 (RFC 4648 section 4), on one line. */
#include "login.h"

#include "base/buffer.h"

const char *
login_base64(struct arena *arena, struct slice octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    for (size_t i = 0; i < octets.len; i += 3) {
        uint32_t group = 0;

        for (size_t j = i; j < i + 3; j++)
            group = group << 8 | (j < octets.len ? (unsigned char)octets.at[j] : 0);
        for (size_t j = 0; j < 4; j++)
            buffer_octet(text, i + j > octets.len ? '=' : digits[group >> (18 - 6 * j) & 63]);
    }
    return buffer_slice(text).at;
}

const char *
login_plain(struct arena *arena, const struct through_options *options)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    buffer_octet(text, '\0');
    buffer_text(text, options->user);
    buffer_octet(text, '\0');
    buffer_add(text, options->password);
    return login_base64(arena, buffer_slice(text));
}
