/* Domains and address literals out of any octets: the judgement, the key and the forms agree. */
#include <stdlib.h>

#include "mail/domain.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

/* Of a domain without defect the key is a domain in ASCII without defect, and so is what it is made
 * from; the form for people leads back. */
static void
examine_good(struct arena *arena, struct slice domain)
{
    struct slice key = domain_key(arena, domain);
    struct slice unicode = domain_unicode(arena, domain);
    struct domain_judgement again = domain_judge(arena, key);

    must(slice_is_ascii(key) && key.len <= 255);
    must(again.lenient == DOMAIN_FINE || domain.at[0] == '[');
    must(slice_equal(domain_key(arena, unicode), key));
}

static void
examine(struct arena *arena, struct slice domain)
{
    struct domain_judgement judgement = domain_judge(arena, domain);
    struct slice key = domain_key(arena, domain);
    struct ip ip;

    must(judgement.lenient < DOMAIN_DEFECTS && judgement.strict < DOMAIN_DEFECTS);
    must(judgement.lenient == DOMAIN_FINE || judgement.strict != DOMAIN_FINE);
    must((judgement.strict == DOMAIN_FINE) == (judgement.all == 0));
    must(judgement.lenient == DOMAIN_FINE || judgement.all >> judgement.lenient & 1);
    must(slice_equal(domain_key(arena, key), key));
    if (judgement.lenient == DOMAIN_FINE)
        examine_good(arena, domain);
    if (domain_literal_parse(domain, &ip))
        must(judgement.lenient == DOMAIN_FINE && !domain_is_valid(domain, true));
    else if (judgement.lenient == DOMAIN_FINE)
        must(domain_is_valid(domain, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);

    examine(arena, (struct slice){(const char *)data, size});
    arena_free(&arena);
    return 0;
}
