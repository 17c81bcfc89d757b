/* Names near a domain of a list, against every string that one edit makes of it. */
#include <stdio.h>

#include "tap.h"
#include "values/list_looks.h"

static struct arena *arena;

static const struct list_looks *
near_of(const char *words)
{
    struct slice rest = slice_of(words), word;
    struct item *items = NULL, **last = &items;
    struct diagnostics diagnostics;

    diagnostics_init(&diagnostics, arena);
    while (slice_word(&rest, " ", &word)) {
        *last = ARENA_NEW(arena, struct item);
        (*last)->text = word;
        (*last)->quoted = true;
        last = &(*last)->next;
    }
    return list_near_new(arena, list_build(arena, items, false, LOCAL_CASE_IGNORE, &diagnostics));
}

static bool
is_near(const struct list_looks *looks, struct slice domain)
{
    struct value value = value_domain(arena, domain);

    return list_is_near(looks, arena, &value);
}

static const struct {
    const char *list;
    const char *domain;
    bool near;
} cases[] = {
    {"example.com", "example.co", true},
    {"example.com", "exemple.com", true},
    {"example.com", "example.com.evil.net", true},
    {"example.com", "EXAMPEL.com", true},
    {"example.com", "mail.exmaple.com", true},
    {"example.com", "login.example.com.evil.net", true},
    {"example.com", "exemple.net", true},
    {"example.com", "example.com", false},
    {"example.com", "Mail.Example.com.", false},
    {"example.com", "example.net", false},
    {"example.com", "example.org.net", false},
    {"example.com", "exmapel.com", false},
    {"example.com", "notexample.com", false},
    {"example.com", "com", false},
    {"example.com", "", false},
    {"example.com", "[192.0.2.1]", false},
    {"example.com exemple.com", "exemple.com", false},
    {".example.com", "exemple.com", true},
    {".example.com", "a.example.com", false},
    {"@example.com", "exemple.com", true},
    {"alice@example.com", "exemple.com", true},
    {"example.co.uk", "www.exampl.co.uk", true},
    {"example.co.uk", "example.co.uk.ru", true},
    {"example.co.uk", "example.co.uj", true},
    {"example.co.uk", "other.co.uk", false},
    {"abc.example", "abd.example", false},
    {"abc.example", "abc.exampel", true},
    {"abcd.example", "abc.example", true},
    {"localhost", "localhos", false},
    {"m\xC3\xBCnchen.example", "munchen.example", true},
    {"m\xC3\xBCnchen.example", "xn--mnchn-kva.example", true},
    {"xn--mnchen-3ya.example", "m\xC3\xBCnchn.example", true},
    {"m\xC3\xBCnchen.example", "xn--mnchen-3ya.example", false},
};

static void
test_cases(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(is_near(near_of(cases[i].list), slice_of(cases[i].domain)) == cases[i].near,
                  "%s is %snear %s", cases[i].domain, cases[i].near ? "" : "not ", cases[i].list);
}

static void
check_all(const struct list_looks *looks, const char *what, char made[][16], size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += strcmp(made[i], "bank.example") == 0 || is_near(looks, slice_of(made[i]));
    tap_check(found == count, "%zu of %zu with a character %s are near", found, count, what);
}

static void
test_edits(void)
{
    static const char label[] = "bank", letters[] = "abkn3z-";
    const struct list_looks *looks = near_of("bank.example");
    char made[64][16];
    size_t count = 0;

    for (int at = 0; at < 4; at++)
        snprintf(made[count++], 16, "%.*s%s.example", at, label, label + at + 1);
    check_all(looks, "less", made, count);
    count = 0;
    for (int at = 0; at <= 4; at++)
        for (const char *letter = letters; *letter; letter++)
            snprintf(made[count++], 16, "%.*s%c%s.example", at, label, *letter, label + at);
    check_all(looks, "more", made, count);
    count = 0;
    for (int at = 0; at < 4; at++)
        for (const char *letter = letters; *letter; letter++)
            snprintf(made[count++], 16, "%.*s%c%s.example", at, label, *letter, label + at + 1);
    check_all(looks, "changed", made, count);
    count = 0;
    for (int at = 0; at < 3; at++)
        snprintf(made[count++], 16, "%.*s%c%c%s.example", at, label, label[at + 1], label[at],
                 label + at + 2);
    check_all(looks, "beside its place", made, count);
}

static void
test_several_lists(void)
{
    const struct list_looks *both = list_looks_beside(
        arena, near_of("example.com"), list_looks_beside(arena, near_of("exemple.com"), NULL));

    tap_check(!is_near(both, SLICE("exemple.com")), "what is in another list is near nothing");
    tap_check(is_near(both, SLICE("exmple.com")), "what is near an item of one is near");
}

int
main(void)
{
    arena = arena_new(SIZE_MAX);
    test_cases();
    test_edits();
    test_several_lists();
    arena_free(&arena);
    return tap_done();
}
