/* How names look: scripts, levels of mixing, skeletons. */
#include "mail/looks.h"

#include "tap.h"

static void
test_mixed(struct arena *arena)
{
    static const struct {
        const char *domain;
        bool high, moderate;
        const char *why;
    } cases[] = {
        {"example.com", false, false, "ASCII"},
        {"", false, false, "nothing"},
        {"[192.0.2.1]", false, false, "an address literal"},
        {"bücher.example", false, false, "Latin beyond ASCII"},
        {"пример.example", false, false, "a label of one script, beside Latin ones"},
        {"gооgle.example", true, true, "Latin and Cyrillic in one label"},
        {"xn--ggle-55da.example", true, true, "the same as an A-label"},
        {"XN--GGLE-55DA.example", true, true, "and in upper case"},
        {"aβγ.example", true, true, "Latin and Greek"},
        {"日本abcカナ.example", false, false, "Latin and Japanese"},
        {"中文abc.example", false, false, "Latin and Han"},
        {"한국abc.example", false, false, "Latin and Korean"},
        {"abcไทย.example", true, false, "Latin and Thai"},
        {"аррӏе.example", false, false, "Cyrillic alone: only its skeleton tells"},
        {"a-1.пример1.example", false, false, "digits and hyphens are of no script"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice domain = slice_of(cases[i].domain);

        tap_check(looks_mixed(arena, domain, SCRIPT_HIGHLY_RESTRICTIVE) == cases[i].high &&
                      looks_mixed(arena, domain, SCRIPT_MODERATELY_RESTRICTIVE) ==
                          cases[i].moderate,
                  "UTS #39 5.2: %s: %s", cases[i].domain, cases[i].why);
    }
}

static void
test_scripts(struct arena *arena)
{
    static const struct {
        const char *domain;
        const char *scripts;
    } cases[] = {
        {"example.com", "Latin"},
        {"раypal.example", "Cyrillic Latin"},
        {"xn--ggle-55da.example", "Latin Cyrillic"},
        {"日本カナ.example", "Han Katakana Latin"},
        {"123.456", ""},
        {"[IPv6:2001:db8::1]", ""},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char **name;
        size_t count = looks_scripts(arena, slice_of(cases[i].domain), &name);
        const char *said = "";

        for (size_t k = 0; k < count; k++)
            said = arena_printf(arena, "%s%s%s", said, k ? " " : "", name[k]);
        tap_check(strcmp(said, cases[i].scripts) == 0, "UTS #24: the scripts of %s: %s",
                  cases[i].domain, said);
    }
}

static void
test_skeletons(struct arena *arena)
{
    static const struct {
        const char *a, *b;
        bool alike;
    } cases[] = {
        {"paypal.example", "раypal.example", true},
        {"coca.example", "соса.example", true},
        {"paypal.example", "paypaI.example", true},
        {"paypal.example", "paypa1.example", true},
        {"example.com", "exarnple.com", true},
        {"example.com", "example.org", false},
        {"example.com", "exаmple.com", true},
        {"", "", true},
        {"a", "b", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(slice_equal(looks_skeleton(arena, slice_of(cases[i].a)),
                              looks_skeleton(arena, slice_of(cases[i].b))) == cases[i].alike,
                  "UTS #39 4: %s and %s look %s", cases[i].a, cases[i].b,
                  cases[i].alike ? "alike" : "different");
}

/* A short text may have a long skeleton: U+FDFA's has 18 characters. */
static void
test_growth(struct arena *arena)
{
    char text[3 * 50];
    struct slice skeleton;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "\xEF\xB7\xBA"[i % 3];
    skeleton = looks_skeleton(arena, (struct slice){text, sizeof text});
    tap_check(skeleton.len > 0 && skeleton.len < 10000, "UTS #39 4: a skeleton of %zu octets",
              skeleton.len);
    skeleton = looks_skeleton(arena, SLICE("\xFF\xC0\xAF\0x"));
    tap_check(skeleton.len < 100, "RFC 3629 3: octets that aren't UTF-8 have one too");
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    if (looks_are_known()) {
        test_mixed(arena);
        test_scripts(arena);
        test_skeletons(arena);
        test_growth(arena);
    } else {
        tap_check(!looks_mixed(arena, SLICE("gооgle.example"), SCRIPT_HIGHLY_RESTRICTIVE),
                  "without ICU nothing is found");
    }
    arena_free(&arena);
    return tap_done();
}
