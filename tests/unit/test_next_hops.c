/* The table of next hops: keys of hosts as they are written, and lines exchanged in a text. */
#include "next_hop/table.h"

#include <stdio.h>

#include "tap.h"

static void
test_hosts(void)
{
    const struct {
        const char *in;
        const char *key; /* NULL: no host */
        const char *port;
    } cases[] = {
        {"mx.example.com", "mx.example.com", "25"},
        {"MX.Example.COM.", "mx.example.com", "25"},
        {"mx.example.com:587", "mx.example.com", "587"},
        {"[mx.example.com]", "mx.example.com", "25"},
        {"[mx.example.com]:2525", "mx.example.com", "2525"},
        {"192.0.2.7", "192.0.2.7", "25"},
        {"192.0.2.7:26", "192.0.2.7", "26"},
        {"[192.0.2.7]", "192.0.2.7", "25"},
        {"[192.0.2.7]:26", "192.0.2.7", "26"},
        {"::1", "::1", "25"},
        {"2001:DB8::25", "2001:db8::25", "25"},
        {"[::1]", "::1", "25"},
        {"[::1]:26", "::1", "26"},
        {"[IPv6:2001:db8::1]", "2001:db8::1", "25"},
        {"[ipv6:2001:db8::1]:26", "2001:db8::1", "26"},
        {"localhost", "localhost", "25"},
        {"mail_relay", "mail_relay", "25"},
        {"b\xC3\xBC" "cher.example", "xn--bcher-kva.example", "25"},
        {"", NULL, NULL},
        {".", NULL, NULL},
        {"mx.example.com:", NULL, NULL},
        {"mx.example.com:0", NULL, NULL},
        {"mx.example.com:65536", NULL, NULL},
        {"mx.example.com:smtp", NULL, NULL},
        {"[::1", NULL, NULL},
        {"[::1]26", NULL, NULL},
        {"[::1]:", NULL, NULL},
        {"[]", NULL, NULL},
        {"[::1]:26 x", NULL, NULL},
        {"a b", NULL, NULL},
        {"#mx", NULL, NULL},
        {"-mx", NULL, NULL},
        {"a\nb", NULL, NULL},
        {"inet:192.0.2.7", NULL, NULL},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct next_hop hop;
        bool good = next_hop_parse(arena, cases[i].in, &hop);

        tap_check(good ? cases[i].key && slice_equal(hop.key, slice_of(cases[i].key)) &&
                             strcmp(hop.port, cases[i].port) == 0
                       : cases[i].key == NULL,
                  "host \"%s\"", i < 32 ? cases[i].in : "...");
    }
    arena_free(&arena);
}

static struct next_hop
hop_of(const char *key, bool asked, bool eightbitmime, bool smtputf8)
{
    return (struct next_hop){.key = slice_of(key),
                             .asked = asked,
                             .offers = {.eightbitmime = eightbitmime, .smtputf8 = smtputf8},
                             .reason = asked ? NULL : "did not answer in time"};
}

static void
test_lines(void)
{
    const struct {
        struct next_hop hop;
        const char *line;
    } cases[] = {
        {hop_of("a.example", true, true, true), "a.example  full\n"},
        {hop_of("a.example", true, false, true), "a.example  no-8bitmime\n"},
        {hop_of("a.example", true, true, false), "a.example  no-smtputf8\n"},
        {hop_of("::1", true, false, false), "::1  no-8bitmime no-smtputf8\n"},
        {hop_of("a.example", false, true, true), "# a.example: did not answer in time\n"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer text;

        buffer_init(&text, arena, SIZE_MAX);
        next_hop_print(&text, &cases[i].hop);
        tap_check(slice_equal(buffer_slice(&text), slice_of(cases[i].line)), "line %zu", i);
        arena_reset(arena);
    }
    arena_free(&arena);
}

static void
test_merge(void)
{
    const struct {
        const char *before, *after;
        size_t lacking;
        const char *what;
    } cases[] = {
        {"", "a.example  no-smtputf8\nb.example  full\n", 1, "an empty table"},
        {"# ours\n\nother.example x\n", "# ours\n\nother.example x\n"
         "a.example  no-smtputf8\nb.example  full\n", 1, "other lines"},
        {"a.example full\nz.example y\nb.example full\n",
         "a.example  no-smtputf8\nz.example y\nb.example  full\n", 1, "lines in their places"},
        {"dead.example  full\n", "dead.example  full\na.example  no-smtputf8\nb.example  full\n", 0,
         "the old line of who can't be asked"},
        {"dead.example full\n # why\n  more\n",
         "dead.example full\n # why\n  more\na.example  no-smtputf8\nb.example  full\n", 0,
         "all of the old line of who can't be asked"},
        {"A.Example full", "a.example  no-smtputf8\nb.example  full\n", 1,
         "a key in upper case, and no line end"},
        {"a.example no-requiretls, no-8bitmime,lmtp\n",
         "a.example  no-smtputf8 no-requiretls lmtp\nb.example  full\n", 1, "words of others"},
        {"a.example no-8bitmime\n  no-requiretls\n# note\n\tNO-SMTPUTF8 x\n# end\nz y\n",
         "a.example  no-smtputf8 no-requiretls x\n# note\n# end\nz y\nb.example  full\n", 1,
         "a line continued, with comments in it and behind it"},
        {"a.example x\na.example y\nz w\n", "a.example  no-smtputf8 x\nz w\nb.example  full\n", 1,
         "a second line of a key"},
        {"z.example a.example\n  b.example\n",
         "z.example a.example\n  b.example\na.example  no-smtputf8\nb.example  full\n", 1,
         "a host that is a word of another line"},
        {"# a.example: x\n#b.example y\n",
         "# a.example: x\n#b.example y\na.example  no-smtputf8\nb.example  full\n", 1,
         "comments that name hosts"},
        {"a.example\n", "a.example  no-smtputf8\nb.example  full\n", 1, "a key without value"},
    };
    const struct next_hop hops[] = {
        hop_of("a.example", true, true, false),
        hop_of("dead.example", false, false, false),
        hop_of("b.example", true, true, true),
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer first, again;
        size_t lacking;

        buffer_init(&first, arena, SIZE_MAX);
        buffer_init(&again, arena, SIZE_MAX);
        lacking = next_hops_merge(arena, slice_of(cases[i].before), hops, 3, &first);
        tap_check(slice_equal(buffer_slice(&first), slice_of(cases[i].after)) &&
                      lacking == cases[i].lacking,
                  "merge: %s", cases[i].what);
        if (!slice_equal(buffer_slice(&first), slice_of(cases[i].after)))
            printf("# seen: \"%s\", %zu\n", buffer_slice(&first).at, lacking);
        next_hops_merge(arena, buffer_slice(&first), hops, 3, &again);
        tap_check(slice_equal(buffer_slice(&again), buffer_slice(&first)), "merge: %s, twice",
                  cases[i].what);
        arena_reset(arena);
    }
    arena_free(&arena);
}

int
main(void)
{
    test_hosts();
    test_lines();
    test_merge();
    return tap_done();
}
