/* A million strings that nobody meant, through everything that reads a command's arguments: random
 * octets, octets that such arguments are made of, and real arguments with octets changed. */
#include "mail/address.h"
#include "mail/domain.h"
#include "mail/esmtp.h"
#include "tap.h"

enum { STRINGS = 1000000, STRINGS_LONG = 10000000, LONGEST = 80 };

static uint64_t state = 20231;

static uint64_t
next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static const char *const seeds[] = {
    "<alice@example.com>",
    "<@a.example,@b.example:\"q\\\" s\"@example.com>",
    ("<j\xC3\xB6rg@b\xC3\xBC"
     "cher.example>"),
    "<a@[IPv6:2001:db8::192.0.2.1]>",
    "<a@xn--bcher-kva.example>",
    "SIZE=10240",
    "AUTH=e+3Dmc2@example.com",
    "ORCPT=utf-8;b\\x{FC}@d.example",
    "NOTIFY=SUCCESS,FAILURE,DELAY",
    "RRVS=2014-04-03T23:01:00Z;C",
    "BY=120;RT",
};

static size_t
change(char *text)
{
    const char *seed = seeds[next() % (sizeof seeds / sizeof seeds[0])];
    size_t len = strlen(seed);

    memcpy(text, seed, len);
    for (uint64_t n = next() % 4; n > 0; n--)
        text[next() % len] = (char)next();
    return next() % 4 ? len : next() % (len + 1);
}

static size_t
make(char *text, const char *octets)
{
    size_t len = next() % LONGEST, count = octets ? strlen(octets) : 256;

    for (size_t i = 0; i < len; i++)
        text[i] = octets ? octets[next() % count] : (char)next();
    return len;
}

static void
read_all(struct arena *arena, struct slice text)
{
    struct address address;
    struct parameters parameters;

    address_parse_reverse_path(arena, text, &address);
    address_key(arena, &address, LOCAL_CASE_IGNORE);
    address_parse_forward_path(arena, text, &address);
    address_parse_mailbox(arena, text, &address);
    esmtp_parse_mail(arena, &text, 1, &parameters);
    esmtp_parse_rcpt(arena, &text, 1, &parameters);
    domain_key(arena, text);
    arena_reset(arena);
}

int
main(void)
{
    struct arena *arena = arena_new(1 << 20);
    unsigned strings = tap_times(STRINGS, STRINGS_LONG);
    char text[LONGEST];

    for (unsigned i = 0; i < strings; i++) {
        size_t len = i % 3 == 0   ? make(text, NULL)
                     : i % 3 == 1 ? make(text, "<>@.:,;[]\"\\=+- aZ9\xC3\xBC\xD7\x90\xE2\x80\x8D")
                                  : change(text);

        read_all(arena, (struct slice){text, len});
    }
    tap_check(true, "%u strings are read, and nothing is found under the sanitizers", strings);
    arena_free(&arena);
    return tap_done();
}
