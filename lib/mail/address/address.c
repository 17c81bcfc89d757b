/* Addresses once they are read: their keys, and their other forms. */
#include "mail/address.h"

#include "address_inside.h"
#include "mail/utf8.h"

static enum address_defect
of_domain(enum domain_defect defect)
{
    return (enum address_defect)((unsigned)ADDRESS_BAD_DOMAIN + (unsigned)defect);
}

void
address_read_domain(struct arena *arena, struct address *address, struct slice domain)
{
    struct domain_judgement judgement = domain_judge(arena, domain);
    bool more = judgement.strict != judgement.lenient;

    address->domain = domain;
    address_note(address, judgement.lenient != DOMAIN_FINE, of_domain(judgement.lenient));
    address->strict = more ? of_domain(judgement.strict) : ADDRESS_FINE;
    address->defects |= (uint64_t)judgement.all << ADDRESS_BAD_DOMAIN;
}

static struct slice
local_form(struct arena *arena, struct slice local, enum local_case local_case)
{
    /* This one name never has a case of its own (RFC 5321 section 4.5.1). */
    if (local_case == LOCAL_CASE_EXACT && slice_equal_nocase(local, SLICE("postmaster")))
        local_case = LOCAL_CASE_IGNORE;
    local = local_part_text(arena, local);
    switch (local_case) {
    case LOCAL_CASE_IGNORE:
        return utf8_fold_case(arena, local);
    case LOCAL_CASE_EXACT:
        return utf8_nfc(arena, local);
    case LOCAL_CASE_UNTOUCHED:
        break;
    }
    return local;
}

/* A key is all lower case; what is shown has the tag as RFC 5321 section 4.1.3 writes it. */
static struct slice
domain_form(struct arena *arena, struct slice domain, enum local_case local_case)
{
    struct slice tag = SLICE("[ipv6:");

    domain = domain_key(arena, domain);
    if (local_case != LOCAL_CASE_UNTOUCHED || !slice_starts_nocase(domain, tag))
        return domain;
    domain = slice_from(domain, tag.len);
    return slice_of(arena_printf(arena, "[IPv6:%.*s", (int)domain.len, domain.at));
}

static struct slice
join_halves(struct arena *arena, struct slice local, struct slice domain)
{
    char *text;

    if (domain.len == 0)
        return local;
    text = arena_alloc(arena, local.len + domain.len + 2);
    memcpy(text, local.at, local.len);
    text[local.len] = '@';
    memcpy(text + local.len + 1, domain.at, domain.len);
    return (struct slice){text, local.len + 1 + domain.len};
}

struct slice
address_key(struct arena *arena, const struct address *address, enum local_case local_case)
{
    struct slice local, domain;

    if (address->null)
        return SLICE("");
    if (address->postmaster)
        return SLICE("postmaster");
    local = local_form(arena, address->local, local_case);
    if (address->domain.len == 0)
        return local;
    domain = domain_form(arena, address->domain, local_case);
    if (local.at == address->path.at && domain.at == address->domain.at &&
        domain.len == address->domain.len && domain.at == local.at + local.len + 1)
        return address->path;
    return join_halves(arena, local, domain);
}

bool
address_ascii(struct arena *arena, const struct address *address, struct slice *text_r)
{
    struct slice domain = domain_form(arena, address->domain, LOCAL_CASE_UNTOUCHED);
    struct slice local = address->null ? SLICE("") : local_part_text(arena, address->local);

    if (!slice_is_ascii(local) || !slice_is_ascii(domain))
        return false;
    *text_r = join_halves(arena, local, domain);
    return true;
}

struct slice
address_unicode(struct arena *arena, const struct address *address)
{
    struct slice local = address->null ? SLICE("") : local_part_text(arena, address->local);

    return join_halves(arena, local, domain_unicode(arena, address->domain));
}
