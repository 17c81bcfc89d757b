/* Parameters of MAIL and RCPT out of any octets, cut at spaces. */
#include <stdlib.h>

#include "mail/esmtp.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

static void
examine(const struct parameters *p, size_t count)
{
    must(p->count == count && p->defect < PARAMETER_DEFECTS);
    must((p->defect == PARAMETER_FINE) == (p->defective.at == NULL));
    must(!p->has_size || p->size >= 0);
    for (size_t i = 0; i < count && i < 100; i++)
        must(esmtp_find(p, p->item[i].keyword) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice rest = {(const char *)data, size};
    struct slice *words = ARENA_ARRAY(arena, size + 1, struct slice);
    struct parameters parameters;
    struct slice text;
    size_t count = 0;

    while (slice_word(&rest, " ", &words[count]))
        count++;
    esmtp_parse_mail(arena, words, count, &parameters);
    examine(&parameters, count);
    esmtp_parse_rcpt(arena, words, count, &parameters);
    examine(&parameters, count);
    must(esmtp_defect_rcpt(&parameters, true, &text) == parameters.defect);
    must(esmtp_defect_rcpt(&parameters, false, &text) != PARAMETER_FINE ||
         parameters.utf8.len == 0);
    if (esmtp_xtext_decode(arena, (struct slice){(const char *)data, size}, size % 2, &text))
        must(text.len <= size);
    arena_free(&arena);
    return 0;
}
