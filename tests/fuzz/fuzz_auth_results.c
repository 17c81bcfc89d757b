/* Authentication-Results out of any octets, and the fields that are read beside it: Received and
 * Date. */
#include <stdlib.h>

#include "mail/auth_results.h"
#include "mail/date.h"
#include "mail/received.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

static bool
lies_in(struct slice part, struct slice whole)
{
    return part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

/* A result that stands alone is the same, with the same details. */
static void
read_again(struct arena *arena, const struct auth_result *result)
{
    const char *text = arena_printf(arena, "x; %.*s/1=%.*s%.*s", (int)result->method.len,
                                    result->method.at, (int)result->result.len, result->result.at,
                                    (int)result->details.len, result->details.at);
    struct slice before, after;
    struct auth_results again;
    struct auth_result alone;
    bool had;

    if (slice_find(result->details, '\0') < result->details.len)
        return;
    must(auth_results_begin(arena, slice_of(text), &again) && auth_results_next(&again, &alone));
    must(slice_equal(alone.method, result->method) && slice_equal(alone.result, result->result));
    had = auth_result_property(arena, result, SLICE("header.d"), &before);
    must(had == auth_result_property(arena, &alone, SLICE("HEADER.D"), &after));
    must(!had || slice_equal(before, after));
    had = auth_result_reason(arena, result, &before);
    must(had == auth_result_reason(arena, &alone, &after));
    must(!had || slice_equal(before, after));
    must(!auth_results_next(&again, &alone));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice field = {(const char *)data, size};
    struct received received = received_parse(field);
    struct auth_results results;
    struct auth_result result;
    size_t count = 0;
    int64_t seconds;

    date_parse(field, &seconds);
    must(lies_in(received.by, field) && lies_in(received.id, field));
    if (auth_results_begin(arena, field, &results)) {
        must(results.id.len > 0 && slice_equal(results.id, auth_results_id(arena, field)));
        while (auth_results_next(&results, &result)) {
            must(auth_results_keyword_is_valid(result.method));
            must(auth_results_keyword_is_valid(result.result) && lies_in(result.details, field));
            read_again(arena, &result);
            count++;
        }
        must(count < size);
    }
    arena_free(&arena);
    return 0;
}
