/* Good files print what stands beside them, and that prints itself; includes, and files that can't
 * be read; lists and tests from files. */
#include "language/parse.h"

#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "language/print.h"
#include "parse_said.h"
#include "policy/table_driver.h"
#include "tap.h"

enum { CEILING = 64 * 1024 * 1024 };

static struct slice
print_of(struct arena *arena, const struct tree *tree)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, CEILING);
    print_tree(text, tree);
    return buffer_slice(text);
}

static struct slice
read_file(struct arena *arena, const char *path)
{
    char *text = arena_alloc(arena, 1 << 20);
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(text, 1, 1 << 20, file) : 0;

    if (file)
        fclose(file);
    return (struct slice){text, len};
}

static const char *
with_ending(struct arena *arena, const char *path, const char *ending)
{
    struct slice all = slice_of(path);

    return arena_printf(arena, "%.*s%s", (int)slice_find_last(all, '.'), path, ending);
}

/* What the resolver does: names of files are then told from the rest of places of tables. */
static void
find_files(struct arena *arena, struct tree *tree)
{
    for (struct statement *s = tree->first; s; s = s->next)
        for (struct table_source *source = s->kind == STATEMENT_TABLE ? s->table.sources : NULL;
             source; source = source->next)
            source->files = table_file_names(arena, source->text);
}

static void
check_good(const char *path)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct slice once, twice;
    struct tree tree;

    diagnostics_init(&diagnostics, arena);
    parse_policy(arena, path, &diagnostics, &tree);
    find_files(arena, &tree);
    once = print_of(arena, &tree);
    tap_check(diagnostics.errors == 0, "%s: parsed: %s", path,
              parse_said(arena, &diagnostics, true));
    tap_check(slice_equal(once, read_file(arena, with_ending(arena, path, ".out"))),
              "%s: printed as beside it", path);
    parse_text(arena, "again", tree.source->directory, once, &diagnostics, &tree);
    find_files(arena, &tree);
    twice = print_of(arena, &tree);
    tap_check(diagnostics.errors == 0 && slice_equal(once, twice), "%s: prints itself", path);
    arena_free(&arena);
}

static void
check_all_good(void)
{
    const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
    struct arena *arena = arena_new(CEILING);
    glob_t found = {0};

    glob(arena_printf(arena, "%s/tests/language/good/*.rules", srcdir), 0, NULL, &found);
    tap_check(found.gl_pathc > 0, "there are good files below %s", srcdir);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check_good(found.gl_pathv[i]);
    globfree(&found);
    arena_free(&arena);
}

/* In a directory of its own, where the test then works. */
static const struct {
    const char *name;
    const char *text;
} files[] = {
    {"one.rules", "rule one accept\n"},
    {"twice.conf", "include \"one.rules\"\nset a 5\ninclude \"./one.rules\"\n"},
    {"itself.conf", "include \"itself.conf\"\nrule x accept\n"},
    {"a.conf", "include \"sub/b.rules\"\n"},
    {"sub/b.rules", "# back again\ninclude \"../c.rules\"\n"},
    {"c.rules", "include \"a.conf\"\nrule x accept\n"},
    {"missing.conf", "include \"nowhere.rules\"\ninclude \"nowhere/*.rules\"\nset a\n"},
    {"directory.conf", "include \"sub\"\ninclude \"fifo\"\ninclude \"large\"\n"},
    {"in-place.conf", "rule first accept\ninclude \"order/*.rules\"\nrule last accept\n"},
    {"order/10.rules", "rule ten accept\n"},
    {"order/9.rules", "rule nine accept\n"},
    {"order/.hidden.rules", "rule hidden accept\n"},
    {"broken.conf", "include \"broken.rules\"\nrule x accpt\n"},
    {"broken.rules", "set a\nset = 5\nrule good accept\n"},
    {"latin1.conf", "include \"latin1.rules\"\nrule y accept\n"},
    {"latin1.rules", "rule x accept # f\xFCr\n"},
    {"[dir]/glob.conf", "include \"p*.rules\"\n"},
    {"[dir]/part.rules", "rule part accept\n"},
    {"only.tests", "test \"a\"\n    mail <>\nrule x accept\ntest \"b\"\ninclude \"only.tests\"\n"},
    {"items.txt", "# items\n\nexample.com   # ours\n  user#1@example.com\r\n\"a # text\" # quoted\n"
                  "\"a b\"@example.com\nany other text\n\"wrong \\x\"\n\"open\nlast"},
};

static void
make_files(void)
{
    int descriptor;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *file = fopen(files[i].name, "w");

        fputs(files[i].text, file);
        fclose(file);
    }
    mkfifo("fifo", 0600);
    descriptor = creat("large", 0600);
    if (ftruncate(descriptor, (16 << 20) + 1) < 0)
        perror("large");
    close(descriptor);
}

static void
remove_files(const char *directory)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        unlink(files[i].name);
    unlink("fifo");
    unlink("large");
    rmdir("sub");
    rmdir("order");
    rmdir("[dir]");
    if (chdir("/") == 0)
        rmdir(directory);
}

static const struct {
    const char *path;
    const char *said;
    const char *printed; /* what could be read */
} policies[] = {
    {"one.rules", "", "rule one\n    accept\n"},
    {"twice.conf",
     "twice.conf:3:9: \"./one.rules\" is included twice, first at twice.conf:1; it would define "
     "its names twice",
     "rule one\n    accept\n\nset a 5\n"},
    {"itself.conf",
     "itself.conf:1:9: includes go in a circle: \"itself.conf\" includes \"itself.conf\"",
     "rule x\n    accept\n"},
    {"a.conf",
     "sub/../c.rules:1:9: includes go in a circle: \"a.conf\" includes \"sub/b.rules\" includes "
     "\"sub/../c.rules\" includes \"sub/../a.conf\"",
     "rule x\n    accept\n"},
    {"c.rules",
     "sub/b.rules:2:9: includes go in a circle: \"c.rules\" includes \"a.conf\" includes "
     "\"sub/b.rules\" includes \"sub/../c.rules\"",
     "rule x\n    accept\n"},
    {"missing.conf",
     "missing.conf:1:9: can't read \"nowhere.rules\": No such file or directory; it is looked for "
     "beside missing.conf\n"
     "missing.conf:3:6: the end of the file stands where the value of the setting belongs",
     ""},
    {"directory.conf",
     "directory.conf:1:9: can't read \"sub\": it is a directory; to include what is in it, "
     "write \"sub/*.rules\"\n"
     "directory.conf:2:9: can't read \"fifo\": it is no plain file\n"
     "directory.conf:3:9: can't read \"large\": it is larger than 16MB",
     ""},
    {"in-place.conf", "",
     "rule first\n    accept\n\nrule ten\n    accept\n\nrule nine\n    accept\n\n"
     "rule last\n    accept\n"},
    {"broken.conf",
     "broken.rules:2:1: \"set\" stands where the value of the setting belongs\n"
     "broken.rules:2:5: \"=\" stands where the name of a setting belongs\n"
     "broken.conf:2:8: \"accpt\" stands where \"if\" or an action belongs; did you mean "
     "\"accept\"?",
     "rule good\n    accept\n"},
    {"latin1.conf",
     "latin1.rules:1:18: octet 0xFC isn't UTF-8; this file must be written in UTF-8",
     "rule y\n    accept\n"},
    {"[dir]/glob.conf", "", "rule part\n    accept\n"},
    {"nowhere.conf", "can't read \"nowhere.conf\": No such file or directory", ""},
};

static void
check_policy(size_t i)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct tree tree;
    const char *said;

    diagnostics_init(&diagnostics, arena);
    parse_policy(arena, policies[i].path, &diagnostics, &tree);
    said = parse_said(arena, &diagnostics, true);
    tap_check(strcmp(said, policies[i].said) == 0, "%s: said", policies[i].path);
    if (strcmp(said, policies[i].said) != 0)
        printf("# said:     %s\n# expected: %s\n", said, policies[i].said);
    tap_check(slice_equal(print_of(arena, &tree), slice_of(policies[i].printed)), "%s: printed",
              policies[i].path);
    arena_free(&arena);
}

static void
check_tests_alone(void)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct tree tree;

    diagnostics_init(&diagnostics, arena);
    parse_tests(arena, "only.tests", &diagnostics, &tree);
    tap_check(strcmp(parse_said(arena, &diagnostics, true),
                     "only.tests:3:1: \"rule\" stands where a test belongs\n"
                     "only.tests:5:1: \"include\" stands where a test belongs") == 0,
              "a file of tests holds nothing else");
    tap_check(slice_equal(print_of(arena, &tree),
                          SLICE("test \"a\"\n    mail <>\n\ntest \"b\"\n")),
              "its tests are there");
    arena_free(&arena);
}

static void
check_list_file(void)
{
    static const struct {
        const char *text;
        bool quoted;
        unsigned line, column;
    } expected[] = {
        {"example.com", false, 3, 1},        {"user#1@example.com", false, 4, 3},
        {"a # text", true, 5, 1},            {"\"a b\"@example.com", false, 6, 1},
        {"any other text", false, 7, 1},     {"\"open", false, 9, 1},
        {"last", false, 10, 1},
    };
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    const struct item *item;
    struct slice text;
    unsigned line, column;

    diagnostics_init(&diagnostics, arena);
    item = parse_list_file(arena, "items.txt", &diagnostics, (struct place){0}, &text);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0] && item; i++, item = item->next) {
        diagnostics_position(item->place, &line, &column);
        tap_check(slice_equal(item->text, slice_of(expected[i].text)) &&
                      item->quoted == expected[i].quoted && line == expected[i].line &&
                      column == expected[i].column,
                  "item %zu of a list file: %s", i, expected[i].text);
    }
    tap_check(item == NULL, "no more items");
    tap_check(strcmp(parse_said(arena, &diagnostics, true),
                     "items.txt:8:8: no such escape; in a text \\\", \\\\ and \\n can be "
                     "written") == 0,
              "%s", parse_said(arena, &diagnostics, true));
    arena_free(&arena);
}

int
main(void)
{
    char directory[] = "/tmp/test_parse.XXXXXX";

    check_all_good();
    if (mkdtemp(directory) == NULL || chdir(directory) < 0)
        return 1;
    mkdir("sub", 0700);
    mkdir("order", 0700);
    mkdir("[dir]", 0700);
    make_files();
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        check_policy(i);
    check_tests_alone();
    check_list_file();
    remove_files(directory);
    return tap_done();
}
