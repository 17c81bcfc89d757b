/* The normal form, case by case: what a text is printed as, and that this prints itself. */
#include "language/print.h"

#include "language/parse.h"
#include "parse_said.h"
#include "tap.h"

enum { CEILING = 64 * 1024 * 1024 };

static const struct {
    const char *text;
    const char *normal;
} cases[] = {
    /* Brackets only where they are needed. */
    {"let x = (a)", "let x = a\n"},
    {"let x = ((a or b) or c) or (d or (e or f))", "let x = a or b or c or d or e or f\n"},
    {"let x = (a and b) and (c and d)", "let x = a and b and c and d\n"},
    {"let x = (a and b) or (c and d)", "let x = a and b or c and d\n"},
    {"let x = (a or b) and (c or d)", "let x = (a or b) and (c or d)\n"},
    {"let x = not (a)", "let x = not a\n"},
    {"let x = not (a and b)", "let x = not (a and b)\n"},
    {"let x = (not a) and b", "let x = not a and b\n"},
    {"let x = not (a == b)", "let x = not a == b\n"},
    {"let x = not (not (a in b))", "let x = not not a in b\n"},
    {"let x = not a not in b", "let x = not a not in b\n"},

    /* `as` reaches as far right as it can. */
    {"let x = any a as b: c or d", "let x = any a as b: c or d\n"},
    {"let x = (any a as b: c) or d", "let x = (any a as b: c) or d\n"},
    {"let x = d or (any a as b: c)", "let x = d or any a as b: c\n"},
    {"let x = (d and any a as b: c) or e", "let x = d and (any a as b: c) or e\n"},
    {"let x = not (any a as b: c) and d", "let x = not (any a as b: c) and d\n"},
    {"let x = (not any a as b: (every c as d: e)) and f",
     "let x = not (any a as b: every c as d: e) and f\n"},
    {"let x = any a as b: ((every c as d: e) and f)",
     "let x = any a as b: (every c as d: e) and f\n"},

    /* Relations and operands. */
    {"let x=a==b and a!=b and a<b and a<=b and a>b and a>=b",
     "let x = a == b and a != b and a < b and a <= b and a > b and a >= b\n"},
    {"let x=any a~/b/ and every c!~/d/i", "let x = any a ~ /b/ and every c !~ /d/i\n"},
    {"let x = a ~ /\\/\\\\\\/[\\/]\\d#\"/", "let x = a ~ /\\/\\\\\\/[\\/]\\d#\"/\n"},
    {"let x = a in{b,\"c\",}and a not  in\nd", "let x = a in { b, \"c\" } and a not in d\n"},
    {"let x = a[b,c[\"d\"] , 5] . e.f == yes", "let x = a[b, c[\"d\"], 5].e.f == yes\n"},
    {"let x = a == 1024KB or a == 1025KB or a == 0GB or a == 0 or a == 007",
     "let x = a == 1MB or a == 1025KB or a == 0KB or a == 0 or a == 7\n"},
    {"let x = a == 1000ms or a == 90s or a == 3600s or a == 24h or a == 36h or a == 0min",
     "let x = a == 1s or a == 90s or a == 1h or a == 1d or a == 36h or a == 0s\n"},
    {"let x = \"a\\\"b\\\\c\\nd\te\"", "let x = \"a\\\"b\\\\c\\nd\te\"\n"},
    {"let x = \"{a}\"", "let x = \"{a}\"\n"},

    /* Texts of actions. */
    {"rule x log \"{ a }{{b}} {c['d\\\\'].e} {1}} \\\"\\n\"",
     "rule x\n    log \"{a}{{b}} {c['d\\\\'].e} {1}} \\\"\\n\"\n"},
    {"rule x log \"\" log \"{{{a}\" log \"{a['}']}\"",
     "rule x\n    log \"\"\n    log \"{{{a}\"\n    log \"{a['}']}\"\n"},
    {"rule x downgrade 8bit downgrade utf8", "rule x\n    downgrade 8bit\n    downgrade utf8\n"},
    {"rule x reject 0 \"a\"", "rule x\n    reject 0 \"a\"\n"},
    {"rule x audit at unknown if a reject 550 5.7.1 \"b\" \"c\" log \"d\"",
     "rule x audit at unknown\n    if a\n    reject 550 5.7.1\n        \"b\"\n        \"c\"\n"
     "    log \"d\"\n"},

    /* Statements: those of one kind stand together. */
    {"set a 5 set b c list d={}list e={} audit f audit g,h* disable * rule i accept rule j accept",
     "set a 5\nset b c\n\nlist d = { }\nlist e = { }\n\naudit f\naudit g, h*\n\ndisable *\n\n"
     "rule i\n    accept\n\nrule j\n    accept\n"},
    {"default table a=\"b:c\",\"d:e\"on-error not-found cache 5s default let f=no",
     "default table a = \"b:c\", \"d:e\" on-error not-found cache 5s\n\ndefault let f = no\n"},
    {"rule a accept audit b", "rule a\n    accept\n\naudit b\n"},
    {"", ""},

    /* Tests go by lines. */
    {"test \"a\"\n\n  b\n\tc  \n\n\n d\n\n", "test \"a\"\n    b\n    c\n\n\n    d\n"},
    {"test \"a\"\n  message  \n\n     b \n      c\n    d\n   e\n  f",
     "test \"a\"\n    message\n\n          b \n           c\n         d\n        e\n    f\n"},
    {"test \"a\"\n  message # here\n    b: c\n  message x\n    d\n",
     "test \"a\"\n    message # here\n        b: c\n    message x\n    d\n"},
    {"test \"a\"\n  messages\n    b\ntest \"c\"\nset d 5",
     "test \"a\"\n    messages\n    b\n\ntest \"c\"\n\nset d 5\n"},
};

static struct slice
print_of(struct arena *arena, struct slice text, struct diagnostics *diagnostics)
{
    struct buffer *printed = ARENA_NEW(arena, struct buffer);
    struct tree tree;

    buffer_init(printed, arena, CEILING);
    parse_text(arena, "test", "", text, diagnostics, &tree);
    print_tree(printed, &tree);
    return buffer_slice(printed);
}

static void
check(const char *text, const char *normal)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct slice once, twice;
    bool same, stable;

    diagnostics_init(&diagnostics, arena);
    once = print_of(arena, slice_of(text), &diagnostics);
    twice = print_of(arena, once, &diagnostics);
    same = slice_equal(once, slice_of(normal));
    stable = diagnostics.errors == 0 && slice_equal(once, twice);
    tap_check(same && stable, "%.*s", (int)slice_find(slice_of(text), '\n'), text);
    if (!same || !stable)
        printf("# once:\n%s# twice:\n%s# said: %s\n", once.at, twice.at,
               parse_said(arena, &diagnostics, false));
    arena_free(&arena);
}

static void
check_width(void)
{
    static const char policy[] =
        "rule x if aaaaaaaaaaaaaaaaaaaaaaaaaa and (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
        "or ccccccccccccccccccccccccccccccccccccccccccccccccc or (d and eeeeeeeeeeeeee)) and f "
        "accept";
    static const char normal[] =
        "rule x\n"
        "    if aaaaaaaaaaaaaaaaaaaaaaaaaa\n"
        "        and (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
        "            or ccccccccccccccccccccccccccccccccccccccccccccccccc\n"
        "            or d and eeeeeeeeeeeeee)\n"
        "        and f\n"
        "    accept\n";

    check(policy, normal);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i].text, cases[i].normal);
    check_width();
    return tap_done();
}
