/* Lists: the forms of items, what is in them, what is said of items without form, and large ones.
 */
#include "values/list.h"

#include <stdio.h>
#include <time.h>

#include "mail/mailbox.h"
#include "tap.h"

static struct arena *arena;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Items as a policy has them, separated by spaces; those in quotes are texts. */
static struct item *
items_of(struct source *source, const char *text)
{
    struct item *first = NULL, **last = &first;
    struct slice rest = slice_of(text), word;

    *source = (struct source){.name = "test", .directory = "", .text = rest};
    while (slice_word(&rest, " ", &word)) {
        struct item *item = ARENA_NEW(arena, struct item);

        item->place = (struct place){source, (size_t)(word.at - text), word.len};
        item->quoted = word.at[0] == '"';
        item->text = item->quoted ? (struct slice){word.at + 1, word.len - 2} : word;
        *last = item;
        last = &item->next;
    }
    return first;
}

static const struct list *
build(const char *text, bool from_file, enum local_case local_case, struct diagnostics *diagnostics)
{
    struct source *source = ARENA_NEW(arena, struct source);

    diagnostics_init(diagnostics, arena);
    return list_build(arena, items_of(source, text), from_file, local_case, diagnostics);
}

static struct value
make(enum value_type type, const char *text)
{
    struct value value = {.type = TYPE_ABSENT};

    if (!value_read(arena, type, slice_of(text), LOCAL_CASE_IGNORE, &value))
        value.type = TYPE_ABSENT;
    return value;
}

static const struct {
    const char *items;
    unsigned forms;
} forms[] = {
    {"", 0},
    {"192.0.2.7", LIST_IP},
    {"192.0.2.0/24 2001:db8::/32 ::1", LIST_IP},
    {"example.com xn--bcher-kva.example b\xc3\xbc"
     "cher.example",
     LIST_DOMAIN},
    {".example.com .test", LIST_SUBDOMAINS},
    {"user@example.com", LIST_ADDRESS},
    {"@example.com @[192.0.2.1]", LIST_AT_DOMAIN},
    {"user@ j\xc3\xb6rg@", LIST_LOCAL_PART},
    {"25 10MB 30s", LIST_NUMBER},
    {"\"a/b\"", LIST_TEXT},
    {"\"localhost\"", LIST_TEXT | LIST_DOMAIN},
    {"\"192.0.2.7\"", LIST_TEXT | LIST_IP},
};

static void
test_forms(void)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct diagnostics diagnostics;
        const struct list *list = build(forms[i].items, false, LOCAL_CASE_IGNORE, &diagnostics);

        tap_check(list_forms(list) == forms[i].forms && diagnostics.errors == 0, "forms of { %s }",
                  forms[i].items);
    }
}

static const struct {
    const char *items;
    enum value_type type;
    const char *value;
    bool in;
} members[] = {
    {"192.0.2.7", TYPE_IP, "192.0.2.7", true},
    {"192.0.2.7", TYPE_IP, "192.0.2.8", false},
    {"192.0.2.0/24", TYPE_IP, "192.0.2.255", true},
    {"192.0.2.0/24", TYPE_IP, "192.0.3.0", false},
    {"0.0.0.0/0", TYPE_IP, "203.0.113.9", true},
    {"0.0.0.0/0", TYPE_IP, "2001:db8::1", false},
    {"::/0", TYPE_IP, "2001:db8::1", true},
    {"::/0", TYPE_IP, "192.0.2.1", false},
    {"192.0.2.0/24", TYPE_IP, "::ffff:192.0.2.1", true},
    {"2001:db8::/33", TYPE_IP, "2001:db8:7fff::1", true},
    {"2001:db8::/33", TYPE_IP, "2001:db8:8000::1", false},
    {"10.0.0.0/8 10.1.2.3 ::1", TYPE_IP, "::1", true},
    {"example.com", TYPE_DOMAIN, "EXAMPLE.com", true},
    {"example.com", TYPE_DOMAIN, "mail.example.com", false},
    {"example.com", TYPE_ADDRESS, "a@example.com", false},
    {".example.com", TYPE_DOMAIN, "mail.example.com", true},
    {".example.com", TYPE_DOMAIN, "a.b.example.com", true},
    {".example.com", TYPE_DOMAIN, "example.com", false},
    {".example.com", TYPE_DOMAIN, "badexample.com", false},
    {".example.com", TYPE_ADDRESS, "a@mail.example.com", true},
    {".example.com", TYPE_ADDRESS, "a@b.Mail.EXAMPLE.com", true},
    {".example.com", TYPE_ADDRESS, "a@example.com", false},
    {".example.com", TYPE_ADDRESS, "mail.example.com@example.net", false},
    {".example.com", TYPE_ADDRESS, "<>", false},
    {".example.com", TYPE_ADDRESS, "postmaster", false},
    {".xn--bcher-kva.example", TYPE_MAILBOX,
     "a@x.b\xc3\xbc"
     "cher.example",
     true},
    {".example.com", TYPE_FOLDED, "alice@mail.example.com", false},
    {"b\xc3\xbc"
     "cher.example",
     TYPE_DOMAIN, "xn--bcher-kva.example", true},
    {"xn--bcher-kva.example", TYPE_DOMAIN,
     "b\xc3\xbc"
     "cher.example",
     true},
    {"\"localhost\"", TYPE_DOMAIN, "localhost", true},
    {"\"example.com\"", TYPE_DOMAIN, "example.com", true},
    {"user@example.com", TYPE_ADDRESS, "USER@Example.Com", true},
    {"user@example.com", TYPE_ADDRESS, "user+x@example.com", false},
    {"@example.com", TYPE_ADDRESS, "any@example.com", true},
    {"@example.com", TYPE_ADDRESS, "any@sub.example.com", false},
    {"@example.com", TYPE_DOMAIN, "example.com", false},
    {"@b\xc3\xbc"
     "cher.example",
     TYPE_MAILBOX, "a@xn--bcher-kva.example", true},
    {"user@", TYPE_ADDRESS, "User@anywhere.example", true},
    {"user@", TYPE_ADDRESS, "other@anywhere.example", false},
    {"postmaster@", TYPE_ADDRESS, "postmaster", true},
    {"postmaster@", TYPE_ADDRESS, "Postmaster@example.com", true},
    {"@example.com user@ a@b.example", TYPE_ADDRESS, "<>", false},
    {"\"backup\" \"ticketing\"", TYPE_FOLDED, "Backup", true},
    {"\"backup\"", TYPE_FOLDED, "backups", false},
    {"alice@example.com", TYPE_FOLDED, "Alice@EXAMPLE.com", true},
    {"alice@b\xc3\xbc"
     "cher.example",
     TYPE_FOLDED, "alice@xn--bcher-kva.example", true},
    {"@example.com", TYPE_FOLDED, "alice@example.com", false},
    {"first.last", TYPE_FOLDED, "First.Last", true},
    {"\"Abc\"", TYPE_TEXT, "Abc", true},
    {"\"Abc\"", TYPE_TEXT, "abc", false},
    {"\"PLAIN\"", TYPE_WORD, "plain", true},
    {"example.com .example.net", TYPE_WORD, "Example.COM", true},
    {"example.com .example.net", TYPE_WORD, "a.example.net", true},
    {"\"TLSv1.2\"", TYPE_TLS, "TLSv1.2", true},
    {"25 587", TYPE_NUMBER, "587", true},
    {"25 587", TYPE_NUMBER, "465", false},
    {"10MB", TYPE_SIZE, "10240KB", true},
    {"30s", TYPE_TIME, "30000ms", true},
    {"30s", TYPE_NUMBER, "30000", false},
    {"@example.com", TYPE_ANSWER, "a@example.com", true},
    {"192.0.2.0/24", TYPE_ANSWER, "192.0.2.1", true},
    {"\"x\"", TYPE_ANSWER, "X", true},
    {"example.com", TYPE_ANSWER, "other.example", false},
    {"", TYPE_DOMAIN, "example.com", false},
    {"", TYPE_IP, "192.0.2.1", false},
};

static void
test_members(void)
{
    for (size_t i = 0; i < COUNT(members); i++) {
        struct diagnostics diagnostics;
        const struct list *list = build(members[i].items, false, LOCAL_CASE_IGNORE, &diagnostics);
        struct value value = make(members[i].type, members[i].value);

        tap_check(
            value.type == members[i].type && list_contains(list, arena, &value) == members[i].in,
            "%s %s { %s }", members[i].value, members[i].in ? "in" : "not in", members[i].items);
    }
}

static void
test_exact_case(void)
{
    struct diagnostics diagnostics;
    const struct list *list =
        build("User@example.com Info@", false, LOCAL_CASE_EXACT, &diagnostics);
    static const struct {
        const char *address;
        bool in;
    } cases[] = {
        {"User@EXAMPLE.com", true},
        {"user@example.com", false},
        {"Info@a.example", true},
        {"info@a.example", false},
    };
    struct value login = value_folded(arena, SLICE("USER@example.com"));

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct value value;

        value_read(arena, TYPE_ADDRESS, slice_of(cases[i].address), LOCAL_CASE_EXACT, &value);
        tap_check(list_contains(list, arena, &value) == cases[i].in, "local-part-case exact: %s %s",
                  cases[i].address, cases[i].in ? "in" : "not in");
    }
    tap_check(list_contains(list, arena, &login), "a login ignores case all the same");
}

static const struct {
    const char *item;
    const char *said;
} mistakes[] = {
    {"192.0.2.7/24", "\"192.0.2.7/24\" has bits set behind its length; the block is 192.0.2.0/24"},
    {"2001:db8::1/32",
     "\"2001:db8::1/32\" has bits set behind its length; the block is 2001:db8::/32"},
    {"192.0.2.0/33", "\"192.0.2.0/33\": the length of a block is 0 to 32, or to 128 for IPv6"},
    {"localhost", "\"localhost\" is no IP address, block, domain, address or number; a text, and a "
                  "domain of one label, stands in quotes: \"localhost\""},
    {"192.0.2", "\"192.0.2\" is no IP address, block, domain, address or number; an IP address has "
                "four numbers, and a block is written 192.0.2.0/24"},
    {"192.0.2.*", "\"192.0.2.*\" is no IP address, block, domain, address or number; an IP address "
                  "has four numbers, and a block is written 192.0.2.0/24"},
    {"[::1]", "\"[::1]\" is no IP address, block, domain, address or number; an IP address stands "
              "without brackets"},
    {"<a@example.com>",
     "\"<a@example.com>\" is no IP address, block, domain, address or number; an "
     "address stands without \"<\" and \">\""},
    {"example.com.",
     "\"example.com.\" is no IP address, block, domain, address or number; a domain "
     "has no dot at its end"},
    {"*.example.com", "\"*.example.com\" is no IP address, block, domain, address or number; "
                      "everything below a domain is written .example.com"},
    {"a/b", "\"a/b\" is no IP address, block, domain, address or number; a text stands in quotes"},
    {"*@example.com", "\"*@example.com\" is the address of somebody called *; any address there is "
                      "written @example.com"},
};

static void
test_mistakes(void)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct diagnostics diagnostics;
        bool warning = strncmp(mistakes[i].item, "*@", 2) == 0;

        build(mistakes[i].item, false, LOCAL_CASE_IGNORE, &diagnostics);
        tap_check(diagnostics.first && strcmp(diagnostics.first->text, mistakes[i].said) == 0 &&
                      diagnostics.errors == !warning && diagnostics.warnings == warning,
                  "%s: %s", mistakes[i].item,
                  diagnostics.first ? diagnostics.first->text : "nothing said");
    }
}

/* In a list file what has no form is a text; but a block with a mistake is still one. */
static void
test_files(void)
{
    struct diagnostics diagnostics;
    const struct list *list =
        build("alice bob.jones 1001 realm\\carol", true, LOCAL_CASE_IGNORE, &diagnostics);
    static const char *const logins[] = {"Alice", "Bob.Jones", "1001", "REALM\\Carol"};

    tap_check(diagnostics.errors == 0 &&
                  list_forms(list) == (LIST_TEXT | LIST_DOMAIN | LIST_NUMBER),
              "forms of a file of logins");
    for (size_t i = 0; i < COUNT(logins); i++) {
        struct value login = value_folded(arena, slice_of(logins[i]));

        tap_check(list_contains(list, arena, &login), "login %s in a list file", logins[i]);
    }
    build("192.0.2.7/24", true, LOCAL_CASE_IGNORE, &diagnostics);
    tap_check(diagnostics.errors == 1, "host bits are an error in a file too");
}

static void
test_printing(void)
{
    struct diagnostics diagnostics;
    const struct list *list =
        build("example.com @Example.net \"x\"", false, LOCAL_CASE_IGNORE, &diagnostics);

    tap_check(slice_equal(list_print(arena, list), SLICE("example.com, @Example.net, x")),
              "items are printed as written");
    list = build("", false, LOCAL_CASE_IGNORE, &diagnostics);
    tap_check(list_print(arena, list).len == 0, "an empty list prints nothing");
}

static struct item *
many_items(size_t count)
{
    struct item *first = NULL;

    for (size_t i = 0; i < count; i++) {
        struct item *item = ARENA_NEW(arena, struct item);
        const char *text = i % 2 ? arena_printf(arena, "10.%zu.%zu.%zu/%d", i >> 15, i >> 7 & 255,
                                                i << 1 & 255, 31)
                                 : arena_printf(arena, "host%zu.example.com", i);

        *item = (struct item){.text = slice_of(text), .next = first};
        first = item;
    }
    return first;
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
test_large(void)
{
    enum { ITEMS = 100000, QUESTIONS = 100000 };
    struct diagnostics diagnostics;
    const struct list *list;
    struct value inside = make(TYPE_IP, "10.0.0.3"), outside = make(TYPE_IP, "192.0.2.1");
    struct value domain = make(TYPE_DOMAIN, "host99998.example.com");
    double begun = seconds(), built;
    size_t found = 0;

    diagnostics_init(&diagnostics, arena);
    list = list_build(arena, many_items(ITEMS), true, LOCAL_CASE_IGNORE, &diagnostics);
    built = seconds();
    for (size_t i = 0; i < QUESTIONS; i++)
        found += list_contains(list, arena, &inside) + list_contains(list, arena, &outside) +
                 list_contains(list, arena, &domain);
    printf("# %d items in %.3f s, %d questions in %.3f s\n", ITEMS, built - begun, 3 * QUESTIONS,
           seconds() - built);
    tap_check(diagnostics.errors == 0 && found == 2 * QUESTIONS, "a list of 100,000 items");
}

int
main(void)
{
    arena = arena_new(SIZE_MAX);
    test_forms();
    test_members();
    test_exact_case();
    test_mistakes();
    test_files();
    test_printing();
    test_large();
    arena_free(&arena);
    return tap_done();
}
