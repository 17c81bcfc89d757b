/* Tables against Postfix's own: postmap(1) makes the files, and is asked the same keys. */
#include "mail/utf8.h"
#include "table_kit.h"
#include "tap.h"

/* Lines "KEY<tab>VALUE" for the keys of the file "keys" that postmap finds. */
static struct slice
postmap_answers(const char *type, const char *place)
{
    RUN("keys", "postmap", "-q", "-", arena_printf(arena, "%s:%s", type, place));
    return read_file(path_of("out"));
}

/* Numbers that look random and are the same each time. */
static unsigned
draw(unsigned *state, unsigned below)
{
    *state = *state * 1103515245u + 12345u;
    return (*state >> 16) % below;
}

static const char *const locals[] = {
    "alice",
    "Alice",
    "bob+tag",
    "BOB+Tag",
    "carol-x",
    "stra\xc3\x9fze",
    "STRASSZE",
    "\xc3\x9cmit",
    "\xc3\xbcmit",
    "o'neil",
    "first.last",
    "a_b",
    "\xce\xa3\xce\x9f\xce\xa6\xce\x9f\xce\xa3",
    "list",
    "x1",
    "",
};
static const char *const domains[] = {
    "example.com",
    "Example.ORG",
    "sub.example.com",
    "example.net",
    "m\xc3\xb6\xc3\xb6.example",
    "xn--bcher-kva.example",
};

static const char *
draw_address(unsigned *state)
{
    const char *local = locals[draw(state, COUNT(locals))];

    return arena_printf(arena, "%s%s@%s", local, draw(state, 3) && *local ? "" : "9",
                        domains[draw(state, COUNT(domains))]);
}

/* The source of a map, and keys of which it has about half. */
static void
write_map(unsigned seed)
{
    struct buffer *map = ARENA_NEW(arena, struct buffer), *keys = ARENA_NEW(arena, struct buffer);

    buffer_init(map, arena, SIZE_MAX / 4);
    buffer_init(keys, arena, SIZE_MAX / 4);
    for (unsigned i = 0; i < 60; i++)
        buffer_printf(map, "%s login%u,  second%u\n", draw_address(&seed), i, i);
    buffer_text(map, "@example.net everybody\nbare local\n10.0.0 net\nstar all, @$1 *\nlong ");
    for (unsigned i = 0; i < 1500; i++)
        buffer_printf(map, "word%u%s", i, i % 50 == 49 ? "\n  " : " ");
    buffer_text(map, "end\n");
    for (unsigned i = 0; i < 300; i++)
        buffer_printf(keys, "%s\n", draw_address(&seed));
    buffer_text(keys, "@example.net\nbare\nBARE\n10.0.0\n10.0\nlong\nmissing\n");
    write_file("map", buffer_slice(map));
    write_file("keys", buffer_slice(keys));
}

static const char patterns[] = "# patterns\n"
                               "/^alice@(.*)$/ alice at $1\n"
                               "!/@/ no address\n"
                               "if /^(bob|carol)/\n"
                               "/^bob\\+(.*)@(example)\\.(com|org)$/ $1 of ${2}x$(3) for $$5\n"
                               "!/example/ elsewhere\n"
                               "if !/x/\n"
                               "/carol/ never\n"
                               "endif\n"
                               "endif\n"
                               "#/a/ x\n"
                               "/^[a-z]+9@/i lower, nine\n"
                               "/^FIRST/i i switches case on\n"
                               "|^list@|   delimiters,\n"
                               "    continued\n"
                               "/^a_b@(x)?/ [$1]\n"
                               "/^(star)/ all, @$1 *\n";

/* Where values can be listed, a word is found that would be a pattern in a list. */
static bool
lists_patterns(const char *type, const char *map)
{
    const char *reason = "";
    const struct table_place *place = place_of(type, path_of(map), &reason);
    struct slice word;

    return place && table_find_pattern(place, arena, &word) && slice_equal(word, SLICE("@$1"));
}

struct tally {
    unsigned asked, found, different;
};

static void
compare(struct tally *tally, const struct table_place *place, struct slice key,
        struct slice expected, bool has_expected)
{
    /* postmap folds keys for the types that are files of keys, and so does the ladder. */
    struct table_key both = {utf8_fold(arena, key), key};
    struct table_answer answer = table_place_ask(place, arena, &both, INT64_MAX);
    bool found = answer.result == TABLE_FOUND;

    tally->asked++;
    tally->found += found;
    if (found == has_expected && (!found || slice_equal(answer.value, expected)))
        return;
    tally->different++;
    printf("# %.*s: postmap says \"%.*s\", Postern \"%.*s\"\n", (int)key.len, key.at,
           (int)expected.len, expected.at, (int)answer.value.len, answer.value.at);
}

/* Answers come in the order of keys, for those that are found. */
static struct tally
compare_all(const char *type, const char *where)
{
    struct slice answers = postmap_answers(type, where), keys = read_file(path_of("keys")), key;
    struct tally tally = {0, 0, 0};
    const char *reason = "";
    struct table_place *place = place_of(type, where, &reason);

    while (place && slice_word(&keys, "\n", &key)) {
        struct slice line = slice_first(answers, slice_find(answers, '\n'));
        size_t tab = slice_find(line, '\t');
        bool has = slice_equal(slice_first(line, tab), key);

        compare(&tally, place, key, slice_from(line, tab + 1), has);
        if (has)
            answers = slice_from(answers, line.len + 1);
    }
    if (answers.len > 0 || place == NULL)
        tally.different++;
    return tally;
}

static void
test_type(const char *type)
{
    bool is_patterns = strcmp(type, "pcre") == 0 || strcmp(type, "regexp") == 0;
    bool is_source = is_patterns || strcmp(type, "texthash") == 0;

    if (table_driver_find(slice_of(type)) == NULL) {
        tap_skip("this Postern is built without %s", type);
        return;
    }
    if (!postfix_has(type)) {
        tap_skip("Postfix's table type %s isn't installed", type);
        return;
    }
    write_file("patterns", slice_of(patterns));
    for (unsigned seed = 1; seed <= 2; seed++) {
        struct tally tally;

        write_map(seed);
        if (!is_source && !postmap(type, "map"))
            printf("# postmap failed\n");
        tally = compare_all(type, path_of(is_patterns ? "patterns" : "map"));
        tap_check(tally.different == 0 && tally.found > 50 && tally.asked > tally.found + 50,
                  "%s, map %u: %u keys, %u found, %u other than postmap -q", type, seed,
                  tally.asked, tally.found, tally.different);
        tap_check(lists_patterns(type, is_patterns ? "patterns" : "map"), "%s, map %u: is listed",
                  type, seed);
    }
}

/* Tables over tables; D is the directory of the files. */
static const struct {
    const char *type, *place;
} overs[] = {
    {"inline", "{alice@example.com=one, {Bob+Tag@Example.ORG = two, {three}}, list@example.net=four"
               ",, bare=first bare=last, {\"x y\"@example.net = five}, x1@sub.example.com={}}"},
    {"static", "one, two"},
    {"static", "{ one, two }"},
    {"unionmap", "{texthash:D/map,}"},
    {"unionmap", "{texthash:D/map, texthash:D/map2 pcre:D/patterns}"},
    {"unionmap", "{pcre:D/patterns,texthash:D/map}"},
    {"unionmap", "{cidr:D/networks, static:{a, b}, inline:{bare={x}, {BARE = y}}}"},
    {"unionmap", "{unionmap:{texthash:D/map2,static:s},pipemap:{texthash:D/map inline:{local=r}}}"},
    {"pipemap", "{texthash:D/map}"},
    {"pipemap", "{inline:{bare=Alice@Example.com}, pcre:D/patterns}"},
    {"pipemap", "{texthash:D/map texthash:D/second}"},
    {"pipemap", "{texthash:D/map, pcre:D/logins, inline:{login=10.1.2.3}, cidr:D/networks}"},
    {"pipemap", "{regexp:D/logins, unionmap:{texthash:D/map2, texthash:D/second}}"},
    {"pipemap", "{static:BARE, unionmap:{texthash:D/map, static:z}}"},
};

static const char *
with_directory(const char *place)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX / 4);
    for (; *place; place++)
        if (*place == 'D' && place[1] == '/')
            buffer_text(text, directory);
        else
            buffer_octet(text, *place);
    return arena_string(arena, buffer_slice(text));
}

static void
test_overs(void)
{
    unsigned found = 0;

    write_map(3);
    write_file("map2", read_file(path_of("map")));
    write_map(4);
    write_file("second", SLICE("local LOCAL, here\nalice@example.com again\nbare b\nnine n\n"));
    write_file("logins", SLICE("/^(login)[0-9]+,/ $1\n/^(local)$/ $1\n/^(bare)$/ $1\n"));
    write_file("networks", SLICE("10.0.0.0/8 ten\n"));
    for (size_t i = 0; i < COUNT(overs); i++) {
        const char *type = overs[i].type;
        struct tally tally;

        if (!postfix_has(type)) {
            tap_skip("Postfix's table type %s isn't installed", type);
            continue;
        }
        tally = compare_all(type, with_directory(overs[i].place));
        found += tally.found;
        tap_check(tally.different == 0 && tally.found > 0, "%s:%s: %u found, %u other", type,
                  overs[i].place, tally.found, tally.different);
    }
    tap_check(found > 1000, "%u found in all", found);
}

/* The lines behind dbpath; %% is one sign here. */
static const char *const settings[] = {
    "query = SELECT v FROM o WHERE k = '%s' ORDER BY v\n",
    "query = SELECT v FROM o WHERE k = '%u@%d'\n  ORDER BY v\nresult_format = <%s>%u:%S%%\n",
    "query = SELECT v || '@' || k FROM o WHERE k = '%s'\nresult_format = %d %u %U %D\n",
    "query = SELECT v FROM o WHERE k LIKE '%%.%2.%1' OR k = '%S' ORDER BY k, v\n",
    "query = SELECT v FROM o WHERE k = '%s'\n# x\ndomain = example.com, Example.ORG example.net\n",
    "query = SELECT v FROM o WHERE k = '%u' || '@' || 'example.com'\nexpansion_limit = 0\n",
    "query = SELECT v FROM o WHERE k LIKE '%U%%' AND k != 'o''neil%%' LIMIT 3\n",
    "query = SELECT v FROM o WHERE '@%d' = k OR k = '%s'\nresult_format = %1 %2 of %S\n",
    "query = SELECT NULLIF(v, 'login7') FROM o WHERE k = '%s'\nresult_format = all\n",
};

static bool
write_database(void)
{
    struct buffer *sql = ARENA_NEW(arena, struct buffer);
    unsigned seed = 5;

    buffer_init(sql, arena, SIZE_MAX / 4);
    buffer_text(sql, "CREATE TABLE o (k TEXT, v TEXT);\nINSERT INTO o VALUES ('@example.net', ''), "
                     "('@example.net', 'some'), ('bare', 'local'), ('bare', NULL);\n");
    for (unsigned i = 0; i < 90; i++) {
        struct slice key = utf8_fold(arena, slice_of(draw_address(&seed)));
        size_t quote = slice_find(key, '\'');

        buffer_printf(sql, "INSERT INTO o VALUES ('%.*s%s", (int)quote, key.at,
                      quote < key.len ? "''" : "");
        buffer_add(sql, slice_from(key, quote + 1));
        buffer_printf(sql, "', 'login%u');\n", i);
    }
    write_file("sql", buffer_slice(sql));
    unlink(path_of("database"));
    return RUN("sql", "sqlite3", path_of("database")) == 0;
}

static void
test_sqlite(void)
{
    if (table_driver_find(SLICE("sqlite")) == NULL || !postfix_has("sqlite") || !write_database()) {
        tap_skip("sqlite isn't built, or Postfix or the machine has none");
        return;
    }
    write_map(5);
    for (size_t i = 0; i < COUNT(settings); i++) {
        const char *text =
            arena_printf(arena, "dbpath = %s\n%s", path_of("database"), settings[i]);
        const char *path = write_file("cf", slice_of(text));
        struct tally tally = compare_all("sqlite", path);

        tap_check(tally.different == 0 && tally.found > 50 && tally.asked > tally.found,
                  "sqlite %zu: %u keys, %u found, %u other than postmap -q", i, tally.asked,
                  tally.found, tally.different);
    }
}

/* How sites put such maps together: with docker-mailserver, in main.cf alone, and in a database, as
 * PostfixAdmin and similar guides have it. */
static const struct {
    const char *site, *type, *place;
} sites[] = {
    {"docker-mailserver", "unionmap",
     "{ texthash:D/virtual, hash:D/aliases, pcre:D/sender_login_maps.pcre, pcre:D/regexp }"},
    {"docker-mailserver, rewritten", "pipemap", "{texthash:D/virtual, regexp:D/rewrite}"},
    {"a small site", "inline",
     "{ {user1@example.com = alice, bob}, {User2@Example.com = bob} @example.org=carol, user3=dave "
     "}"},
    {"a small site with a file", "unionmap",
     "{inline:{user1@example.com=alice, {user5+tag@example.net = bob}}, texthash:D/virtual}"},
    {"one login for all", "static", "{alice@example.com, bob}"},
    {"no address but these", "unionmap", "{texthash:D/virtual, static:nobody}"},
    {"PostfixAdmin", "unionmap",
     "{sqlite:D/mailbox.cf, sqlite:D/alias.cf, sqlite:D/alias_domain.cf}"},
    {"ISPmail", "sqlite", "D/ispmail.cf"},
    {"a database before a file", "unionmap", "{sqlite:D/mailbox.cf texthash:D/virtual}"},
    {"logins by number", "pipemap", "{sqlite:D/number.cf, sqlite:D/login.cf}"},
};

static const char site_database[] =
    "CREATE TABLE mailbox (id INTEGER, username TEXT, active INTEGER);\n"
    "CREATE TABLE alias (address TEXT, goto TEXT, active INTEGER);\n"
    "CREATE TABLE alias_domain (alias_domain TEXT, target_domain TEXT, active INTEGER);\n"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 60)\n"
    "  INSERT INTO mailbox SELECT i, 'user' || i || '@example.com', i % 5 > 0 FROM n;\n"
    "INSERT INTO alias SELECT username, username, 1 FROM mailbox WHERE id % 2;\n"
    "INSERT INTO alias SELECT 'user' || id || '@example.org', username || ',bob', id % 3 > 0\n"
    "  FROM mailbox WHERE id % 4 > 0;\n"
    "INSERT INTO alias VALUES ('@example.org', 'catchall@example.com', 1);\n"
    "INSERT INTO alias_domain VALUES ('example.net', 'example.com', 1),\n"
    "  ('off.example', 'example.com', 0);\n";

static const struct {
    const char *name, *query;
} site_queries[] = {
    {"mailbox.cf", "SELECT username FROM mailbox WHERE username = '%s' AND active = 1"},
    {"alias.cf", "SELECT goto FROM alias WHERE address = '%s' AND active = 1"},
    {"alias_domain.cf",
     "SELECT goto FROM alias, alias_domain WHERE alias_domain.alias_domain = '%d'"
     "\n  AND alias.address = '%u' || '@' || alias_domain.target_domain AND "
     "alias.active = 1 AND alias_domain.active = 1"},
    {"ispmail.cf", "SELECT username FROM mailbox WHERE username='%s' UNION SELECT goto FROM alias "
                   "WHERE address='%s' ORDER BY 1"},
    {"number.cf", "SELECT id FROM mailbox WHERE username = '%s'"},
    {"login.cf", "SELECT 'login' || id FROM mailbox WHERE id = '%s' AND active = 1"},
};

/* A thousand keys, of which a map has some: other cases, details, domains and bare names among
 * them. */
static void
write_site_keys(void)
{
    static const char *const names[] = {"user", "User", "USER", "u'ser", "user"};
    static const char *const ends[] = {"@example.com",
                                       "@example.org",
                                       "@Example.net",
                                       "@off.example",
                                       "",
                                       "@",
                                       "@example.com",
                                       "@example.org",
                                       "+tag@example.com",
                                       "+Tag@example.net",
                                       "%@example.com"};
    struct buffer *keys = ARENA_NEW(arena, struct buffer);
    unsigned state = 26;

    buffer_init(keys, arena, SIZE_MAX / 4);
    buffer_text(keys, "@example.org\n@example.com\nroot\nRoot\npostmaster@example.com\nuser3\n");
    for (unsigned i = 0; i < 994; i++) {
        const char *name = names[draw(&state, COUNT(names))];
        unsigned number = draw(&state, 70);

        buffer_printf(keys, "%s%u%s\n", name, number, ends[draw(&state, COUNT(ends))]);
    }
    write_file("keys", buffer_slice(keys));
}

static bool
write_site(void)
{
    struct buffer *map = ARENA_NEW(arena, struct buffer);

    buffer_init(map, arena, SIZE_MAX / 4);
    for (unsigned i = 0; i < 60; i += 2)
        buffer_printf(map, "user%u@example.com user%u@example.com, login%u\n", i, i, i / 3);
    buffer_text(map, "@example.org\tcatchall\nuser4+tag@example.com bob\n");
    write_file("virtual", buffer_slice(map));
    write_file("aliases", SLICE("root user1@example.com\nuser3 alice\nuser7 bob, carol\n"));
    write_file("sender_login_maps.pcre", SLICE("/^([^ ,]*@.*)$/ $1\n"));
    write_file("regexp", SLICE("/^user[0-4]\\+.*@/ team\n!/@/ local\n"));
    write_file("rewrite", SLICE("/^(user[0-9]+)@[^,]*, /i $1\n"));
    for (size_t i = 0; i < COUNT(site_queries); i++)
        write_file(site_queries[i].name,
                   slice_of(arena_printf(arena, "dbpath = %s\nquery = %s\n", path_of("database"),
                                         site_queries[i].query)));
    write_file("sql", slice_of(site_database));
    write_site_keys();
    unlink(path_of("database"));
    return postmap("hash", "aliases") && RUN("sql", "sqlite3", path_of("database")) == 0;
}

static void
test_sites(void)
{
    if (table_driver_find(SLICE("sqlite")) == NULL || !postfix_has("sqlite") ||
        !postfix_has("pcre") || !write_site()) {
        tap_skip("sqlite isn't built, or Postfix or the machine lacks it, or pcre");
        return;
    }
    for (size_t i = 0; i < COUNT(sites); i++) {
        struct tally tally = compare_all(sites[i].type, with_directory(sites[i].place));

        tap_check(tally.different == 0 && tally.found > 0 && tally.asked == 1000,
                  "%s: %u keys, %u found, %u other than postmap -q", sites[i].site, tally.asked,
                  tally.found, tally.different);
    }
}

/* Sendmail's files have no NULs. Its makemap(8) lowers ASCII letters alone. */
static void
test_makemap(const char *type)
{
    const char *reason = "", *config = write_file("config", SLICE("V10/Berkeley\n"));
    const char *path = path_of("map.db"), *by = "makemap";
    struct table table;
    int status;

    if (table_driver_find(slice_of(type)) == NULL) {
        tap_skip("this Postern is built without %s", type);
        return;
    }
    write_file("map", SLICE("alice@example.com\talice\n@example.org\tall of us\n"));
    write_file("pairs", SLICE("alice@example.com\nalice\n@example.org\nall of us\n"));
    unlink(path);
    status = RUN("map", "makemap", "-C", config, type, path);
    if (status == 127) {
        by = "db5.3_load";
        status = RUN("pairs", "db5.3_load", "-T", "-t", type, path);
    }
    if (status == 127) {
        tap_skip("neither makemap nor db5.3_load is installed");
        return;
    }
    table = table_of(place_of(type, path_of("map"), &reason));
    tap_check(status == 0 && table.places && finds(&table, "Alice@example.com", "alice") &&
                  finds(&table, "@example.org", "all of us") &&
                  ask(&table, "bob").result == TABLE_NOT_FOUND,
              "%s without NULs, by %s", type, by);
}

int
main(void)
{
    static const char *const types[] = {"texthash", "hash", "btree", "lmdb",
                                        "cdb",      "pcre", "regexp"};
    static const char *const files[] = {"map",
                                        "map.db",
                                        "map.lmdb",
                                        "map.cdb",
                                        "keys",
                                        "out",
                                        "pairs",
                                        "patterns",
                                        "config",
                                        "sql",
                                        "database",
                                        "cf",
                                        "map2",
                                        "second",
                                        "logins",
                                        "networks",
                                        "virtual",
                                        "aliases",
                                        "aliases.db",
                                        "regexp",
                                        "rewrite",
                                        "sender_login_maps.pcre",
                                        "mailbox.cf",
                                        "alias.cf",
                                        "alias_domain.cf",
                                        "ispmail.cf",
                                        "number.cf",
                                        "login.cf",
                                        NULL};

    arena = arena_new(SIZE_MAX);
    if (mkdtemp(directory) == NULL)
        return 1;
    for (size_t i = 0; i < COUNT(types); i++)
        test_type(types[i]);
    test_overs();
    test_sqlite();
    test_sites();
    test_makemap("hash");
    test_makemap("btree");
    remove_files(files);
    arena_free(&arena);
    return tap_done();
}
