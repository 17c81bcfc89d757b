/* Header fields into ASCII out of any octets: the first octet chooses the field. */
#include <stdlib.h>

#include "mail/convert_field.h"
#include "mail/header.h"
#include "mail/mime_value.h"
#include "mail/utf8.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

static const char *const names[] = {
    "Subject", "From",     "Content-Type", "Content-Disposition", "Received",
    "Date",    "Keywords", "List-Post",    "References",          "ARC-Seal",
};

/* Line ends that fold nothing are text where they are encoded, and nothing where they aren't. */
static bool
has_line_end(struct slice s)
{
    return slice_find(s, '\r') < s.len || slice_find(s, '\n') < s.len;
}

/* What is no encoded word to header_decode() may be one to others, and is then treated as one. */
static bool
is_plain(struct slice s)
{
    return utf8_is_valid(s) && memmem(s.at, s.len, "=?", 2) == NULL && !has_line_end(s);
}

static void
examine_text(struct arena *arena, struct slice body, struct slice out)
{
    struct slice unfolded = header_unfold(arena, body);
    struct slice decoded = header_decode(arena, unfolded);

    if (is_plain(body))
        must(slice_equal(decoded, header_decode(arena, header_unfold(arena, out))));
}

/* What is said twice may be said once. */
static const struct mime_parameter *
without_repeats(const struct mime_value *value, const struct mime_parameter *parameter)
{
    for (; parameter; parameter = parameter->next) {
        const struct mime_parameter *p = value->first;

        while (p != parameter && !(slice_equal(p->name, parameter->name) &&
                                   slice_equal(p->value, parameter->value)))
            p = p->next;
        if (p == parameter)
            break;
    }
    return parameter;
}

static void
examine_parameters(struct arena *arena, struct slice body, struct slice out)
{
    struct mime_value before, after;
    const struct mime_parameter *a, *b;

    if (has_line_end(body))
        return;
    mime_value_parse(arena, header_unfold(arena, body), &before);
    mime_value_parse(arena, header_unfold(arena, out), &after);
    must(slice_equal(before.value, after.value));
    for (a = before.first, b = after.first; a && b;
         a = without_repeats(&before, a->next), b = without_repeats(&after, b->next))
        must(slice_equal(a->name, b->name) && slice_equal(a->value, b->value));
    must(a == NULL && b == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    size_t choice = size ? data[0] % (sizeof names / sizeof names[0]) : 0;
    struct slice name = slice_of(names[choice]);
    struct slice body = {(const char *)data + (size > 0), size - (size > 0)};
    struct slice out, again;

    if (convert_field(arena, name, body, "\r\n", &out) == HEADER_CONVERTED) {
        must(slice_is_ascii(out));
        must(convert_field(arena, name, out, "\n", &again) == HEADER_IS_ASCII);
        if (choice == 0)
            examine_text(arena, body, out);
        if (choice == 2 || choice == 3)
            examine_parameters(arena, body, out);
    } else {
        must(out.at == body.at && out.len == body.len);
    }
    arena_free(&arena);
    return 0;
}
