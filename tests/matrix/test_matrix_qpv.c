/* The quoted-printable encoding (RFC 2045 section 6.7) of each vector QPV-01 to QPV-25. The encoder
 * is the greedy one: a line is broken only where the next octet would not fit any more.
 *
 * A vector is the end of a text, behind a line with octets above 127, since ASCII alone is not
 * encoded, and enough ASCII, since a text with little of it becomes base64. */
#include <stdio.h>

#include "../mime/mime_convert.h"
#include "../unit/tap.h"

#define X5 "xxxxx"
#define X15 X5 X5 X5
#define X70 X15 X15 X15 X15 X5 X5
#define E5 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
#define E5_QP "=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9"
#define VECTOR(name, plain, encoded) {name, SLICE(plain), SLICE(encoded)}

struct vector {
    const char *name;
    struct slice plain;
    struct slice encoded;
};

/* QPV-23 is about data that is no text: such leaves become base64, so no CR or LF of theirs is ever
 * encoded so. */
static const struct vector vectors[] = {
    VECTOR("QPV-01", "caf\xC3\xA9\r\n", "caf=C3=A9\r\n"),
    VECTOR("QPV-02", "a=b\r\n", "a=3Db\r\n"),
    VECTOR("QPV-03", "trail \r\n", "trail=20\r\n"),
    VECTOR("QPV-04", "tab\t\r\n", "tab=09\r\n"),
    VECTOR("QPV-05", " \r\n", "=20\r\n"),
    VECTOR("QPV-06", ".\r\n", "=2E\r\n"),
    VECTOR("QPV-07", "..x\r\n", "=2E.x\r\n"),
    VECTOR("QPV-08", "From me\r\n", "=46rom me\r\n"),
    VECTOR("QPV-09", ">From me\r\n", ">From me\r\n"),
    VECTOR("QPV-10", "Fromage\r\n", "Fromage\r\n"),
    VECTOR("QPV-11", "no newline \xE9", "no newline =E9"),
    VECTOR("QPV-12", "bare\rcr\r\n", "bare=0Dcr\r\n"),
    VECTOR("QPV-13", "bare\nlf\r\n", "bare=0Alf\r\n"),
    VECTOR("QPV-14", "nul\0\r\n", "nul=00\r\n"),
    VECTOR("QPV-15", "\f\r\n", "=0C\r\n"),
    VECTOR("QPV-16", X70 X5 "x\r\n", X70 X5 "x\r\n"),
    VECTOR("QPV-17", X70 X5 "xx\r\n", X70 X5 "=\r\nxx\r\n"),
    VECTOR("QPV-18", X70 X5 "\xE9\r\n", X70 X5 "=\r\n=E9\r\n"),
    VECTOR("QPV-19", X70 "xxxx \r\n", X70 "xxxx=\r\n=20\r\n"),
    VECTOR("QPV-20", X70 X5 " y\r\n", X70 X5 "=\r\n y\r\n"),
    VECTOR("QPV-21", "\r\n\r\n", "\r\n\r\n"),
    VECTOR("QPV-22", "", ""),
    VECTOR("QPV-24", E5 E5 E5 E5 E5 E5 "\r\n",
           E5_QP E5_QP "=C3=A9=C3=A9=C3=\r\n=A9" E5_QP E5_QP "=C3=A9=C3=A9=\r\n" E5_QP "\r\n"),
    VECTOR("QPV-25", X70 X5 "--outer\xE9\r\n", X70 X5 "=\r\n=2D-outer=E9\r\n"),
};

static struct slice
message(struct arena *arena, const char *encoding, struct slice first, struct slice vector)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    buffer_printf(text,
                  "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n"
                  "--outer\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: %s\r\n\r\n",
                  encoding);
    for (unsigned i = 0; i < 40; i++)
        buffer_text(text, "This is a line of ASCII, so that most of it is.\r\n");
    buffer_add(text, first);
    buffer_add(text, vector);
    buffer_text(text, "\r\n--outer--\r\n");
    return buffer_slice(text);
}

static void
show(const char *what, struct slice text)
{
    printf("#   %s: ", what);
    for (size_t i = 0; i < text.len; i++)
        printf(text.at[i] > 32 && text.at[i] < 127 ? "%c" : "\\x%02X", (unsigned char)text.at[i]);
    putchar('\n');
}

static void
check_vector(struct arena *arena, const struct vector *vector)
{
    struct slice before = message(arena, "8bit", SLICE("\xC3\xA9\r\n"), vector->plain);
    struct slice after = message(arena, "quoted-printable", SLICE("=C3=A9\r\n"), vector->encoded);
    struct mime_converted seen = mime_convert(arena, before, CONVERT_8BIT, 0);
    bool ok = seen.done && slice_equal(seen.said, after);

    for (uint32_t seed = 1; ok && seed < 50; seed++)
        ok = slice_equal(mime_convert(arena, before, CONVERT_8BIT, seed).said, after);
    tap_check(ok, "%s", vector->name);
    if (ok)
        return;
    show("seen", slice_from(seen.said, after.len > 300 ? after.len - 300 : 0));
    show("wanted", slice_from(after, after.len > 300 ? after.len - 300 : 0));
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        check_vector(arena, &vectors[i]);
    arena_free(&arena);
    return tap_done();
}
