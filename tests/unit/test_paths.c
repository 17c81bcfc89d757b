/* policy_paths() and policy_hash(): every file that a policy reads, each where it is named, and
 * what tells policies apart. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/policy.h"
#include "policy/table_driver.h"
#include "tap.h"

static const struct {
    const char *name;
    const char *text;
} files[] = {
    {"main.conf", "list ours from \"ours.txt\"\n"
                  "table owners = \"texthash:owners\", \"none:\"\n"
                  "include \"sub/*.rules\"\n"
                  "table again = \"cidr:owners.cidr\",\n"
                  "    \"proxy:unionmap:{static:x, pipemap:{texthash:owners}}\"\n"
                  "rule x if sender in owners and sender in again and sender in theirs\n"
                  "    and sender in deep and sender.domain in ours reject\n"},
    {"ours.txt", "example.com\n"},
    {"owners", "a@example.com alice\n"},
    {"owners.cidr", "192.0.2.0/24 x\n"},
    {"sub/a.rules", "include \"../b.rules\"\n"
                    "default list ours from \"missing.txt\"\n"
                    "default table owners = \"hash:missing\"\n"
                    "default list theirs from \"theirs.txt\"\n"},
    {"sub/theirs.txt", "a@example.net\n"},
    {"sub/z.rules", ""},
    {"b.rules", "default table deep = \"regexp:deep\"\n"},
    {"deep", "/x/ y\n"},
};

static const struct {
    const char *path;
    const char *named_at; /* as diagnostics_place_text() has it */
    bool is_table;
} expected[] = {
    {"main.conf", "policy", false},
    {"sub/a.rules", "main.conf:3", false},
    {"sub/../b.rules", "sub/a.rules:1", false},
    {"sub/z.rules", "main.conf:3", false},
    {"ours.txt", "main.conf:1", false},
    {"owners", "main.conf:2", true},
    {"sub/../deep", "sub/../b.rules:1", true},
    {"sub/theirs.txt", "sub/a.rules:4", false},
    {"owners.cidr", "main.conf:4", true},
    {"owners", "main.conf:5", true},
};

enum { FILES = sizeof files / sizeof files[0], EXPECTED = sizeof expected / sizeof expected[0] };

static void
write_file(const char *name, const char *text, const char *more)
{
    FILE *file = fopen(name, "w");

    fputs(text, file);
    fputs(more, file);
    fclose(file);
}

static void
write_files(void)
{
    mkdir("sub", 0700);
    for (size_t i = 0; i < FILES; i++)
        write_file(files[i].name, files[i].text, "");
}

static uint64_t
hash_of_main(struct diagnostics *diagnostics)
{
    char path[4096];
    struct policy *policy = policy_load(realpath("main.conf", path), diagnostics);
    uint64_t hash = policy ? policy_hash(policy) : 0;

    policy_unref(&policy);
    return hash;
}

/* With something more in one file after the other, and under its path as a whole. */
static void
check_hash(struct diagnostics *diagnostics, uint64_t before)
{
    tap_check(hash_of_main(diagnostics) == before, "a hash doesn't depend on how a file is named");
    for (size_t i = 0; i < FILES; i++) {
        bool is_table = strcmp(files[i].name, "owners") == 0 ||
                        strcmp(files[i].name, "owners.cidr") == 0 ||
                        strcmp(files[i].name, "deep") == 0;

        write_file(files[i].name, files[i].text, "# more\n");
        tap_check((hash_of_main(diagnostics) == before) == is_table,
                  "the hash with a comment more in %s", files[i].name);
        write_file(files[i].name, files[i].text, "");
    }
    tap_check(hash_of_main(diagnostics) == before, "the hash as it was");
}

static void
check_paths(struct arena *arena, const struct policy *policy)
{
    size_t count;
    const struct policy_path *path = policy_paths(policy, arena, &count);

    tap_check(count == EXPECTED, "%zu files", count);
    for (size_t i = 0; i < count && i < EXPECTED; i++) {
        const char *at = diagnostics_place_text(arena, path[i].named_at);

        tap_check(strcmp(path[i].path, expected[i].path) == 0 &&
                      strcmp(at, expected[i].named_at) == 0 &&
                      path[i].is_table == expected[i].is_table,
                  "%s, named at %s%s", path[i].path, at, path[i].is_table ? ", a table" : "");
    }
}

/* What is no file isn't among them. */
static void
check_text(struct arena *arena, struct diagnostics *diagnostics)
{
    struct policy *policy =
        policy_load_text("text", SLICE("table a = \"none:\"\nrule x reject\n"), diagnostics);
    size_t count = 1;

    if (policy)
        policy_paths(policy, arena, &count);
    tap_check(policy && count == 0, "a text reads no file");
    policy_unref(&policy);
}

/* What a driver opens behind the file that the policy names. */
static void
check_database(struct arena *arena, struct diagnostics *diagnostics, const char *directory)
{
    FILE *file = fopen("query", "w");
    struct policy *policy;
    const struct policy_path *path;
    size_t count = 0;

    fprintf(file, "dbpath = %s/database\nquery = SELECT '%%s'\n", directory);
    fclose(file);
    fclose(fopen("database", "w"));
    policy = policy_load_text(
        "text", SLICE("table a = \"unionmap:{sqlite:query}\"\nrule x if sender in a reject\n"),
        diagnostics);
    path = policy ? policy_paths(policy, arena, &count) : NULL;
    tap_check(count == 2 && strcmp(path[0].path, "query") == 0, "a table has a file");
    tap_check(count == 2 &&
                  strcmp(path[1].path, arena_printf(arena, "%s/database", directory)) == 0 &&
                  path[1].is_table && !path[1].writes_beside,
              "and the database that it names");
    policy_unref(&policy);
    unlink("query");
    unlink("database");
}

int
main(void)
{
    char directory[] = "/tmp/test_paths.XXXXXX";
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;

    if (mkdtemp(directory) == NULL || chdir(directory) < 0)
        return 1;
    write_files();
    diagnostics_init(&diagnostics, arena);
    policy = policy_load("main.conf", &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    tap_check(policy != NULL, "the policy is read");
    if (policy)
        check_paths(arena, policy);
    if (policy)
        check_hash(&diagnostics, policy_hash(policy));
    policy_unref(&policy);
    check_text(arena, &diagnostics);
    if (table_driver_find(SLICE("sqlite")))
        check_database(arena, &diagnostics, directory);
    else
        tap_skip("sqlite isn't built");
    for (size_t i = 0; i < FILES; i++)
        unlink(files[i].name);
    rmdir("sub");
    rmdir(directory);
    arena_free(&arena);
    return tap_done();
}
