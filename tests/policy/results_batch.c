/* What the parser makes of fields Authentication-Results, for a script that makes and judges them:
 * each comes on standard input as its length (4 octets, the highest first) and itself. The answer
 * is a line of JSON: null where the field has no authserv-id, or [id, [method, result, reason,
 * [value of each property asked for]] ...], null standing for what isn't there.
 *
 * usage: results_batch PROPERTY... */
#include <stdlib.h>

#include "mail/auth_results.h"
#include "policy/json.h"

static void
write_string(bool there, struct slice text)
{
    if (there)
        json_write_string(stdout, text);
    else
        fputs("null", stdout);
}

static void
write_result(struct arena *arena, const struct auth_result *result, char **property)
{
    struct slice text;

    fputs(", [", stdout);
    json_write_string(stdout, result->method);
    fputs(", ", stdout);
    json_write_string(stdout, result->result);
    fputs(", ", stdout);
    write_string(auth_result_reason(arena, result, &text), text);
    fputs(", [", stdout);
    for (; *property; property++) {
        write_string(auth_result_property(arena, result, slice_of(*property), &text), text);
        fputs(property[1] ? ", " : "", stdout);
    }
    fputs("]]", stdout);
}

static void
answer(struct slice field, char **properties)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct auth_results results;
    struct auth_result result;

    if (auth_results_begin(arena, field, &results)) {
        putchar('[');
        json_write_string(stdout, results.id);
        while (auth_results_next(&results, &result))
            write_result(arena, &result, properties);
        puts("]");
    } else {
        puts("null");
    }
    fflush(stdout);
    arena_free(&arena);
}

static bool
read_octets(void *to, size_t size)
{
    return fread(to, 1, size, stdin) == size;
}

int
main(int argc, char **argv)
{
    unsigned char head[4];

    (void)argc;
    while (read_octets(head, sizeof head)) {
        size_t size =
            (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        char *text = malloc(size ? size : 1); /* by itself, so that a sanitizer sees its end */

        if (text == NULL || !read_octets(text, size))
            return EXIT_FAILURE;
        answer((struct slice){text, size}, argv + 1);
        free(text);
    }
    return EXIT_SUCCESS;
}
