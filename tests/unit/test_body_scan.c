/* What one pass over a body notes, in whatever pieces it comes. */
#include "mail/body_scan.h"

#include "tap.h"

struct body_case {
    struct slice in;
    uint64_t longest;
    uint64_t eightbit;
    bool nul, bare;
    const char *section;
};

static bool
agrees(const struct body_case *c, size_t first, size_t second)
{
    struct body_scan scan = {0};

    body_scan_add(&scan, slice_first(c->in, first));
    body_scan_add(&scan, slice_first(slice_from(c->in, first), second - first));
    body_scan_add(&scan, slice_from(c->in, second));
    body_scan_end(&scan);
    return scan.size == c->in.len && scan.longest_line == c->longest &&
           scan.eightbit == c->eightbit && scan.nul == c->nul && scan.bare_newline == c->bare;
}

int
main(void)
{
    const struct body_case cases[] = {
        {SLICE(""), 0, 0, false, false, "RFC 5321 4.5.3.1.6"},
        {SLICE("a\r\nbcd\r\n"), 3, 0, false, false, "RFC 5321 4.5.3.1.6"},
        {SLICE("no end"), 6, 0, false, false, "RFC 5321 4.5.3.1.6"},
        {SLICE("\r\n\r\n"), 0, 0, false, false, "RFC 5321 2.3.8"},
        {SLICE("caf\xC3\xA9\r\n"), 5, 2, false, false, "RFC 6152 3"},
        {SLICE("a\0b\r\n"), 3, 0, true, false, "RFC 5322 2.3"},
        {SLICE("a\nb\r\n"), 1, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("a\rb\r\n"), 3, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("a\r\r\n"), 2, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("\n"), 0, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("\r"), 1, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("abc\r"), 4, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("\r\n\n"), 0, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("\n\r"), 1, 0, false, true, "RFC 5321 2.3.8"},
        {SLICE("a line that is longer than one vector, \xE9\xE9\xE9 and a \r in it\r\n"), 56, 3,
         false, true, "RFC 5321 2.3.8"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool all = true;

        for (size_t first = 0; first <= cases[i].in.len; first++)
            for (size_t second = first; second <= cases[i].in.len; second++)
                all = all && agrees(&cases[i], first, second);
        tap_check(all, "%s: body %zu, cut in every way", cases[i].section, i);
    }
    return tap_done();
}
