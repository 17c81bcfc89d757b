/* Paths, mailboxes, domains and IP addresses out of any octets. */
#include <stdlib.h>

#include "mail/address.h"
#include "mail/domain.h"
#include "mail/ip.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

/* What holds of every address, and that a key is a key of itself. */
static void
examine(struct arena *arena, struct slice text, const struct address *address)
{
    struct slice key = address_key(arena, address, LOCAL_CASE_IGNORE);
    struct slice base, detail;
    struct address again;

    must(slice_equal(address->raw, text));
    must(address->defect < ADDRESS_DEFECTS);
    must(!address->null || (address->local.len == 0 && address->domain.len == 0));
    must(address->local.len + address->domain.len <= text.len);
    if (local_part_detail(address->local, "+-", &base, &detail))
        must(base.len > 0 && base.len + detail.len + 1 == address->local.len);
    if (address->defect == ADDRESS_FINE && address->strict == ADDRESS_FINE)
        must(address->defects == 0);
    must(address->defect == ADDRESS_FINE || address->defects >> address->defect & 1);
    must(address_defect_of(address, false) == address->defect);
    address_unicode(arena, address);
    if (address->defect != ADDRESS_FINE || address->null || address->postmaster)
        return;
    address_parse_mailbox(arena, key, &again);
    must(slice_equal(address_key(arena, &again, LOCAL_CASE_IGNORE), key));
    address_key(arena, address, LOCAL_CASE_EXACT);
}

static void
examine_domain(struct arena *arena, struct slice text)
{
    struct slice key = domain_key(arena, text);
    struct slice parent = text;
    struct slice unicode = domain_unicode(arena, text);

    must(slice_equal(domain_key(arena, key), key));
    if (domain_is_valid(text, true) && slice_is_ascii(key))
        must(slice_equal(domain_key(arena, unicode), key));
    while (domain_parent(&parent))
        must(parent.len < text.len);
}

static void
examine_ip(struct slice text)
{
    char printed[IP_TEXT_SIZE];
    struct ip_block block;
    struct ip ip, again;

    if (ip_parse(text, &ip))
        must(ip_parse(slice_of(ip_text(&ip, printed)), &again) && ip_equal(&ip, &again));
    if (ip_block_parse(text, &block) == IP_FINE)
        must(ip_in_block(&block.base, &block));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice text = {(const char *)data, size};
    struct address address;

    address_parse_reverse_path(arena, text, &address);
    examine(arena, text, &address);
    address_parse_forward_path(arena, text, &address);
    examine(arena, text, &address);
    address_parse_mailbox(arena, text, &address);
    examine(arena, text, &address);
    examine_domain(arena, text);
    examine_ip(text);
    arena_free(&arena);
    return 0;
}
