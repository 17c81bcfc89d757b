/* Converts many messages in one process, for scripts that make and check them: each comes on
 * standard input as its length (4 octets, the highest first), what is to be converted (1 octet of
 * CONVERT_ bits) and a number that the sizes of pieces follow from (4 octets), then itself. The
 * answer on standard output is a letter and a length (4 octets) with that many octets: 'c' and the
 * message, 'r' and the refusal, or 'w' and what no conversion may do: two ways to cut the same
 * message into pieces that differ, reasons that a refusal doesn't have or a conversion has, or a
 * second pass that changes something. */
#include <stdio.h>
#include <stdlib.h>

#include "../mime/mime_convert.h"

static char
judge(struct arena *arena, struct slice text, unsigned what, uint32_t seed, struct slice *said_r)
{
    struct mime_converted whole = mime_convert(arena, text, what, 0);
    struct mime_converted pieces = mime_convert(arena, text, what, seed | 1);
    struct mime_converted again;

    *said_r = whole.said;
    if (!mime_converted_equal(&whole, &pieces)) {
        *said_r = SLICE("pieces of another size give something else");
        return 'w';
    }
    if (!whole.reasons_hold) {
        *said_r = SLICE("the reasons against it are others than that of its refusal");
        return 'w';
    }
    if (!whole.done)
        return 'r';
    again = mime_convert(arena, whole.said, what, 0);
    if (again.done && slice_equal(again.said, whole.said))
        return 'c';
    *said_r = SLICE("a second pass changes it");
    return 'w';
}

static bool
read_octets(void *to, size_t size)
{
    return fread(to, 1, size, stdin) == size;
}

static uint32_t
number_at(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void
answer(char letter, struct slice said)
{
    unsigned char head[5] = {(unsigned char)letter, (unsigned char)(said.len >> 24),
                             (unsigned char)(said.len >> 16), (unsigned char)(said.len >> 8),
                             (unsigned char)said.len};

    fwrite(head, 1, sizeof head, stdout);
    fwrite(said.at, 1, said.len, stdout);
    fflush(stdout);
}

int
main(void)
{
    unsigned char head[9];

    while (read_octets(head, sizeof head)) {
        struct arena *arena = arena_new(SIZE_MAX);
        size_t size = number_at(head);
        char *text = malloc(size ? size : 1); /* by itself, so that a sanitizer sees its end */
        struct slice said;
        char letter;

        if (text == NULL || !read_octets(text, size))
            return EXIT_FAILURE;
        letter = judge(arena, (struct slice){text, size}, head[4], number_at(head + 5), &said);
        answer(letter, said);
        free(text);
        arena_free(&arena);
    }
    return EXIT_SUCCESS;
}
