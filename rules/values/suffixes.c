/* Asks libpsl, which has the list built in and takes a newer one of the system in its place. It is
 * asked for A-labels alone, as the list has both forms. */
#include "suffixes.h"

#ifdef HAVE_PSL

#include <libpsl.h>
#include <pthread.h>

#include "mail/domain.h"

/* RFC 1035 section 2.3.4, without the root. */
enum { LONGEST_NAME = 253 };

static psl_ctx_t *suffix_list;

static void
suffixes_load(void)
{
    suffix_list = psl_latest(NULL);
}

const char *
suffixes_unknown(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, suffixes_load);
    return suffix_list ? NULL
                       : "libpsl finds no public suffix list (on Debian: apt-get install "
                         "publicsuffix)";
}

static bool
is_plain_name(struct slice key)
{
    struct slice rest = key;
    struct ip ip;

    if (key.len > LONGEST_NAME || !slice_is_ascii(key) || slice_find(key, '\0') < key.len ||
        slice_find(key, '[') < key.len || ip_parse(key, &ip))
        return false;
    do {
        if (slice_find(rest, '.') == 0 || rest.len == 0)
            return false;
    } while (domain_parent(&rest));
    return true;
}

/* The end of the domain that means this key, or the key itself. */
static struct slice
written_end(struct arena *arena, struct slice domain, struct slice key)
{
    struct slice end = domain;

    do {
        if (slice_equal(domain_key(arena, end), key))
            return end;
    } while (domain_parent(&end));
    return key;
}

struct slice
suffixes_registered(struct arena *arena, struct slice domain)
{
    struct slice key = domain_key(arena, domain);
    const char *registered;

    if (suffixes_unknown() || !is_plain_name(key))
        return SLICE("");
    registered = psl_registrable_domain(suffix_list, arena_string(arena, key));
    return registered ? written_end(arena, domain, slice_of(registered)) : SLICE("");
}

#else

const char *
suffixes_unknown(void)
{
    return "this build has no libpsl";
}

struct slice
suffixes_registered(struct arena *arena, struct slice domain)
{
    (void)arena, (void)domain;
    return SLICE("");
}

#endif
