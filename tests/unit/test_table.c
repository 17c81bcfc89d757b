/* Tables: the ladder of keys, and what the drivers make of their files. */
#include "base/clock.h"
#include "table_kit.h"
#include "tap.h"

static struct value
make(enum value_type type, const char *text)
{
    struct value value = {.type = TYPE_ABSENT};

    if (!value_read(arena, type, slice_of(text), LOCAL_CASE_EXACT, &value))
        value.type = TYPE_ABSENT;
    return value;
}

static const struct {
    enum value_type type;
    const char *value;
    const char *tried;
    const char *why;
} ladders[] = {
    {TYPE_ADDRESS, "Alice+x@Example.com", "alice+x@example.com\nalice@example.com\n@example.com\n",
     "an address"},
    {TYPE_ADDRESS, "alice@example.com", "alice@example.com\n@example.com\n", "without detail"},
    {TYPE_MAILBOX, "\"alice\"@example.com", "alice@example.com\n@example.com\n",
     "a needless quote"},
    {TYPE_ADDRESS, "\"A  b\"@example.com", "\"a  b\"@example.com\n@example.com\n",
     "white space in quotes is kept"},
    {TYPE_ADDRESS,
     "a@b\xc3\xbc"
     "cher.example",
     "a@xn--bcher-kva.example\n@xn--bcher-kva.example\na@b\xc3\xbc"
     "cher.example\n@b\xc3\xbc"
     "cher.example\n",
     "A-labels, then U-labels"},
    {TYPE_ADDRESS, "a@XN--BCHER-KVA.example",
     "a@xn--bcher-kva.example\n@xn--bcher-kva.example\na@b\xc3\xbc"
     "cher.example\n@b\xc3\xbc"
     "cher.example\n",
     "the same from A-labels"},
    {TYPE_ADDRESS, "a@fa\xc3\x9f.example", "a@xn--fa-hia.example\n@xn--fa-hia.example\n",
     "folding makes no other domain of it (RFC 5894 section 7.2)"},
    {TYPE_ADDRESS, "\xc3\x9f@example.com", "ss@example.com\n@example.com\n", "as postmap folds"},
    {TYPE_ADDRESS, "Postmaster", "postmaster\n", "RFC 5321 section 4.1.1.3"},
    {TYPE_ADDRESS, "<>", "", "the null sender is no key"},
    {TYPE_DOMAIN, "A.b.Example", "a.b.example\n.b.example\n.example\n", "a domain"},
    {TYPE_DOMAIN, "localhost", "localhost\n", "a domain of one label"},
    {TYPE_DOMAIN, "[192.0.2.1]", "[192.0.2.1]\n", "an address literal"},
    {TYPE_IP, "192.0.2.7", "192.0.2.7\n192.0.2\n192.0\n192\n", "IPv4"},
    {TYPE_IP, "2001:db8::1",
     "2001:db8::1\n2001:db8:0:0:0:0:0\n2001:db8:0:0:0:0\n2001:db8:0:0:0\n2001:db8:0:0\n"
     "2001:db8:0\n2001:db8\n2001\n",
     "IPv6"},
    {TYPE_FOLDED, "Alice  Smith", "alice smith\n", "a name"},
    {TYPE_WORD, "PLAIN", "plain\n", "a word"},
    {TYPE_TEXT, "Any Text", "any text\n", "a text"},
    {TYPE_NUMBER, "587", "587\n", "a number"},
    {TYPE_ANSWER, "192.0.2.7", "192.0.2.7\n192.0.2\n192.0\n192\n", "an answer that is an IP"},
    {TYPE_ANSWER, "A@b.example", "a@b.example\n@b.example\n", "an answer that is an address"},
    {TYPE_ANSWER, "Word", "word\n", "another answer"},
};

static void
test_ladders(void)
{
    struct table like = table_of(NULL);
    struct table *empty = table_of_entries(arena, &like, NULL);

    for (size_t i = 0; i < COUNT(ladders); i++) {
        struct value key = make(ladders[i].type, ladders[i].value);
        struct buffer *tried = ARENA_NEW(arena, struct buffer);
        struct table_answer answer;

        buffer_init(tried, arena, 4096);
        answer = table_lookup(empty, arena, &key, tried);
        tap_check(key.type == ladders[i].type &&
                      slice_equal(buffer_slice(tried), slice_of(ladders[i].tried)) &&
                      answer.result == (*ladders[i].tried ? TABLE_NOT_FOUND : TABLE_NOT_A_KEY),
                  "ladder: %s", ladders[i].why);
    }
}

/* A key is made once, with its value: every lookup asks for it and for its ends. */
static void
test_keys_are_made_once(void)
{
    static const char *const plain[] = {"alice@host.example.com", "host.a.example.com"};
    static struct table_entry entry = {.key = SLICE("@example.com"), .value = SLICE("x")};
    struct table like = table_of(NULL), *table = table_of_entries(arena, &like, &entry);

    for (size_t i = 0; i < COUNT(plain); i++) {
        struct value key = make(i == 0 ? TYPE_ADDRESS : TYPE_DOMAIN, plain[i]);
        size_t before = arena_used(arena);

        table_lookup(table, arena, &key, NULL);
        tap_check(arena_used(arena) == before, "%s: nothing is made to look it up", plain[i]);
    }
}

/* With local-domains "example.com", and two delimiters. */
static const struct {
    const char *value;
    const char *tried;
    const char *why;
} local_ladders[] = {
    {"a+x-y@example.com", "a+x-y@example.com\na@example.com\na+x-y\na\n@example.com\n", "local"},
    {"a-x+y@example.net", "a-x+y@example.net\na@example.net\n@example.net\n", "not local"},
    {"a@example.com", "a@example.com\na\n@example.com\n", "without detail"},
    {"a+@Example.COM", "a+@example.com\na@example.com\na+\na\n@example.com\n", "empty detail"},
    {"+a@example.net", "+a@example.net\n@example.net\n", "nothing before the delimiter"},
    {"a@sub.example.com", "a@sub.example.com\n@sub.example.com\n", "below a local domain"},
    {"owner-x@example.net", "owner-x@example.net\n@example.net\n", "owner- has no detail"},
    {"x-Request@example.net", "x-request@example.net\n@example.net\n", "nor has -request"},
    {"-request@example.net", "-request@example.net\n@example.net\n", "of that name alone"},
    {"MAILER-DAEMON@example.net", "mailer-daemon@example.net\n@example.net\n", "the daemon"},
};

static void
test_local_ladders(void)
{
    struct table like = table_of(NULL);
    struct table *table = table_of_entries(arena, &like, NULL);

    table->delimiters = "+-";
    table->local_domains = SLICE("example.org example.com ");
    for (size_t i = 0; i < COUNT(local_ladders); i++) {
        struct value key = make(TYPE_ADDRESS, local_ladders[i].value);
        struct buffer *tried = ARENA_NEW(arena, struct buffer);

        buffer_init(tried, arena, 4096);
        table_lookup(table, arena, &key, tried);
        tap_check(slice_equal(buffer_slice(tried), slice_of(local_ladders[i].tried)),
                  "ladder: %s: %s", local_ladders[i].why, local_ladders[i].value);
    }
}

static const struct {
    enum value_type type;
    const char *value;
    enum table_result result;
    const char *found, *under;
} lookups[] = {
    {TYPE_ADDRESS, "alice+tag@example.com", TABLE_FOUND, "tagged", "alice+tag@example.com"},
    {TYPE_ADDRESS, "alice+other@example.com", TABLE_FOUND, "alice", "alice@example.com"},
    {TYPE_ADDRESS, "carol@example.com", TABLE_FOUND, "everybody", "@example.com"},
    {TYPE_ADDRESS, "carol@sub.example.com", TABLE_NOT_FOUND, "", ""},
    {TYPE_ADDRESS,
     "x@b\xc3\xbc"
     "cher.example",
     TABLE_FOUND, "U",
     "@b\xc3\xbc"
     "cher.example"},
    {TYPE_ADDRESS, "y@xn--mller-kva.example", TABLE_FOUND, "A", "@xn--mller-kva.example"},
    {TYPE_ADDRESS, "y@m\xc3\xbcller.example", TABLE_FOUND, "A", "@xn--mller-kva.example"},
    {TYPE_ADDRESS, "broken+x@example.com", TABLE_COULD_NOT_ASK, "", ""},
    {TYPE_DOMAIN, "a.b.example.net", TABLE_FOUND, "below", ".example.net"},
    {TYPE_DOMAIN, "example.net", TABLE_NOT_FOUND, "", ""},
    {TYPE_IP, "192.0.2.9", TABLE_FOUND, "net", "192.0.2"},
    {TYPE_IP, "2001:db8::9", TABLE_FOUND, "net6", "2001:db8"},
};

static void
test_entries(void)
{
    static struct table_entry entries[] = {
        {SLICE("alice+tag@example.com"), SLICE("tagged"), false, NULL},
        {SLICE("Alice@Example.com"), SLICE("alice"), false, NULL},
        {SLICE("@example.com"), SLICE("everybody"), false, NULL},
        {SLICE("@B\xc3\x9c"
               "CHER.example"),
         SLICE("U"), false, NULL},
        {SLICE("@xn--mller-kva.example"), SLICE("A"), false, NULL},
        {SLICE("broken@example.com"), SLICE(""), true, NULL},
        {SLICE(".example.net"), SLICE("below"), false, NULL},
        {SLICE("192.0.2"), SLICE("net"), false, NULL},
        {SLICE("2001:DB8"), SLICE("net6"), false, NULL},
    };
    struct table like = table_of(NULL), *table;

    for (size_t i = 0; i + 1 < COUNT(entries); i++)
        entries[i].next = &entries[i + 1];
    table = table_of_entries(arena, &like, entries);
    for (size_t i = 0; i < COUNT(lookups); i++) {
        struct value key = make(lookups[i].type, lookups[i].value);
        struct table_answer answer = table_lookup(table, arena, &key, NULL);
        bool found = answer.result == TABLE_FOUND;

        tap_check(answer.result == lookups[i].result &&
                      (!found || (slice_equal(answer.value, slice_of(lookups[i].found)) &&
                                  slice_equal(answer.key, slice_of(lookups[i].under)))) &&
                      (answer.result != TABLE_COULD_NOT_ASK ||
                       strcmp(answer.reason, "the test says so") == 0),
                  "%s under \"%s\"", lookups[i].value, lookups[i].under);
    }
}

static const struct {
    const char *value;
    size_t count;
    const char *words[3];
} answers[] = {
    {"", 0, {0}},
    {" , ,\t", 0, {0}},
    {"alice", 1, {"alice"}},
    {"alice,bob  carol", 3, {"alice", "bob", "carol"}},
    {" alice\r\n bob,", 2, {"alice", "bob"}},
};

static void
test_words(void)
{
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct slice *words;
        size_t count = table_words(arena, slice_of(answers[i].value), &words);
        bool same = count == answers[i].count;

        for (size_t j = 0; same && j < count; j++)
            same = slice_equal(words[j], slice_of(answers[i].words[j]));
        tap_check(same, "answer %zu has %zu words", i, answers[i].count);
    }
}

static void
test_registry(void)
{
    const char *reason = NULL;

    tap_check(strncmp(table_driver_names(arena), "none, texthash, cidr, pcre, regexp", 34) == 0,
              "names of drivers: %s", table_driver_names(arena));
    tap_check(table_driver_find(SLICE("nis")) == NULL, "an unknown driver");
    tap_check(place_of("none", "", &reason) != NULL, "none:");
    tap_check(place_of("none", "x", &reason) == NULL && reason, "none:x");
    for (size_t i = 0; i < 2; i++) {
        static const char *const types[] = {"texthash", "cidr"};

        tap_check(place_of(types[i], path_of("missing"), &reason) == NULL &&
                      strstr(reason, "missing: No such file"),
                  "%s: %s", types[i], reason);
        tap_check(place_of(types[i], directory, &reason) == NULL &&
                      strstr(reason, "it is a directory"),
                  "%s: %s", types[i], reason);
    }
}

static void
test_not_built(void)
{
    static const char *const types[] = {"socketmap", "ldap", "mysql", "pgsql", "redis"};

    for (size_t i = 0; i < COUNT(types); i++) {
        const char *said = arena_printf(arena, "tables of type \"%s\" are not built; built in are ",
                                        types[i]);
        const char *reason = "";

        tap_check(place_of(types[i], "x", &reason) == NULL &&
                      strncmp(reason, said, strlen(said)) == 0 &&
                      strstr(reason, table_driver_names(arena)),
                  "%s: %s", types[i], reason);
    }
}

/* What a driver was told, and when. */
static struct {
    int64_t deadline_ms[8];
    size_t asked;
} told;

static struct table_answer
told_find(void *state, struct arena *own, struct slice key, int64_t deadline_ms)
{
    (void)state;
    (void)own;
    (void)key;
    told.deadline_ms[told.asked++] = deadline_ms;
    return (struct table_answer){.result = TABLE_NOT_FOUND};
}

/* One deadline for all keys of a ladder. */
static void
test_deadline(void)
{
    static const struct table_driver driver = {.type = "told", .find = told_find};
    struct table_place place = {.driver = &driver};
    struct table table = {.places = &place, .options = {.timeout_ms = 700}, .delimiters = "+"};
    struct value address = make(TYPE_ADDRESS, "a+b@host.example.com");
    int64_t before = clock_ms(), after;
    bool same = true;

    table_lookup(&table, arena, &address, NULL);
    after = clock_ms();
    for (size_t i = 1; i < told.asked; i++)
        same = same && told.deadline_ms[i] == told.deadline_ms[0];
    tap_check(told.asked > 1 && same, "a ladder of %zu keys has one deadline", told.asked);
    tap_check(told.deadline_ms[0] >= before + 700 && told.deadline_ms[0] <= after + 700,
              "which is the timeout from now");
}

/* A file is seen from the source that names it; what is no file has no path. */
static void
test_paths(void)
{
    const struct source source = {.name = "main", .directory = "/nowhere/"};
    const struct {
        const char *text;
        struct place named_at;
        const char *path;
    } cases[] = {
        {"texthash:a", {.source = &source}, "/nowhere/a"},
        {"hash:a", {.source = &source}, "/nowhere/a.db"},
        {"btree:/b", {.source = &source}, "/b.db"},
        {"cidr:a", {0}, "a"},
        {"pcre:d/a", {0}, "d/a"},
        {"none:", {.source = &source}, NULL},
        {"nis:a", {.source = &source}, NULL},
        {"texthash", {.source = &source}, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        static const struct table_options options = {0};
        struct table_place place;
        const char *reason = "";

        table_place_open(arena, slice_of(cases[i].text), cases[i].named_at, &options, &place,
                         &reason);
        tap_check(place.path == cases[i].path ||
                      (place.path && cases[i].path && strcmp(place.path, cases[i].path) == 0),
                  "%s is the file %s (%s)", cases[i].text, place.path ? place.path : "-", reason);
    }
}

/* What postmap(1) of Postfix 3.7 makes of the same lines. */
static const struct {
    const char *key;
    const char *value; /* NULL: not found */
} hashed[] = {
    {"\"a b\"@x", "hello"},
    {"a b@x", NULL},
    {"bob@x", "one  two three"},
    {"BOB@X", "one  two three"},
    {"key", "TAB  end"},
    {"\"q\"", "quoted"},
    {"q", NULL},
    {"lead", NULL},
    {"novalue", NULL},
    {"\"unb", NULL},
    {"c", NULL},
    {"crlf", "line"},
    {"stra\xc3\x9f"
     "e@x",
     "street"},
    {"strasse@x", "street"},
    {"\xc3\xbc@x", "umlaut"},
    {"bad\xff", "octets"},
    {"nul", NULL},
    {"last", "no line end"},
    {"", NULL},
};

static const char texthash_text[] =
    "  lead one\n\"a b\"@x  hello\nBob@X one\n  two\n# c d\n\n three\nbob@x dup\nnovalue\n"
    "key\tTAB  end  \n\"q\" quoted\n\"unb al\n  # not a continuation\ncrlf line\r\n"
    "STRASSE@x street\n\xc3\x9c@x umlaut\nBAD\xff octets\nnul a\0b\nlast no line end";

static void
test_texthash(void)
{
    const char *path = write_file("hash", (struct slice){texthash_text, sizeof texthash_text - 1}),
               *reason;
    struct table table = table_of(place_of("texthash", path, &reason));

    for (size_t i = 0; i < COUNT(hashed); i++)
        tap_check(hashed[i].value ? finds(&table, hashed[i].key, hashed[i].value)
                                  : ask(&table, hashed[i].key).result == TABLE_NOT_FOUND,
                  "texthash: \"%s\" %s", hashed[i].key, hashed[i].value ? "found" : "not found");
    table = table_of(place_of("texthash", write_file("empty", SLICE("")), &reason));
    tap_check(ask(&table, "x").result == TABLE_NOT_FOUND, "an empty file is an empty table");
}

static const char cidr_text[] = "# comment\n"
                                "192.0.2.7 host\n"
                                "192.0.2.0/24\tnet\n"
                                "192.0.2.0/25 hidden by the line before\n"
                                "if 10.0.0.0/8\n"
                                "10.1.0.0/16 ten-one\n"
                                "IF !10.2.0.0/16\n"
                                "10.0.0.0/9 low\n"
                                "endif\n"
                                "!10.2.3.0/24 not-three\n"
                                "endif\n"
                                "10.2.3.4 four\n"
                                "[2001:db8::]/32 six,\n"
                                "   words\n"
                                "!::/0 all IPv4\n";

static const struct {
    const char *key;
    const char *value; /* NULL: not found */
} blocks[] = {
    {"10.1.2.3", "ten-one"},         {"10.3.0.1", "low"},   {"10.200.0.1", "not-three"},
    {"10.2.4.1", "not-three"},       {"10.2.3.4", "four"},  {"10.2.3.5", "all IPv4"},
    {"2001:db8::1", "six,   words"}, {"2001:db9::1", NULL}, {"::ffff:10.1.0.1", "ten-one"},
    {"192.0.2.7", "host"},           {"192.0.2.1", "net"},  {"203.0.113.1", "all IPv4"},
};

static const struct {
    const char *text;
    const char *said;
} cidr_mistakes[] = {
    {"10.0.0.1/24 x\n",
     "line 1: \"10.0.0.1/24\" has bits set behind its length; the block is 10.0.0.0/24"},
    {"# c\n\n10.0.0.0/33 x\n",
     "line 3: \"10.0.0.0/33\": the length of a block is 0 to 32, or to 128 for IPv6"},
    {"example.com x\n", "line 1: \"example.com\" is no IP address or block, as 192.0.2.7 and "
                        "192.0.2.0/24 are"},
    {"10.0.0.0/8\n", "line 1: the block has no result behind it"},
    {"if 10.0.0.0/8\n10.1.0.0/16 x\n", "line 1: \"if\" without \"endif\""},
    {"10.0.0.0/8 x\nendif\n", "line 2: \"endif\" without \"if\""},
    {"if 10.0.0.0/8 x\nendif\n", "line 1: behind the block of an \"if\" stands nothing"},
    {"if 10.0.0.0/8\nendif x\n", "line 2: behind \"endif\" stands nothing"},
    {"if 10.0.0.0/8\n10.1.0.0/16 x\n  endif\n", "line 1: \"if\" without \"endif\""},
};

static void
test_cidr(void)
{
    const char *reason = "";
    struct table table =
        table_of(place_of("cidr", write_file("cidr", slice_of(cidr_text)), &reason));
    struct table_place *plain;

    for (size_t i = 0; i < COUNT(blocks); i++)
        tap_check(blocks[i].value ? finds(&table, blocks[i].key, blocks[i].value)
                                  : ask(&table, blocks[i].key).result == TABLE_NOT_FOUND,
                  "cidr: %s", blocks[i].key);
    tap_check(ask(&table, "alice").result == TABLE_NOT_A_KEY, "cidr: a name is no key");
    for (size_t i = 0; i < COUNT(cidr_mistakes); i++) {
        plain = place_of("cidr", write_file("bad", slice_of(cidr_mistakes[i].text)), &reason);
        tap_check(plain == NULL &&
                      strcmp(reason + strlen(path_of("bad")) + 2, cidr_mistakes[i].said) == 0,
                  "cidr: %s", reason);
    }
}

/* Two places: the first that knows a key answers, key by key; a place that can't be asked ends it.
 */
static void
test_places(void)
{
    const char *reason;
    struct table_place *first =
        place_of("texthash", write_file("one", SLICE("@example.com all\na one\n")), &reason);
    struct table table = table_of(first);
    struct value key = make(TYPE_ADDRESS, "carol@example.com");

    first->next = place_of(
        "texthash", write_file("two", SLICE("carol@example.com carol\na two\nb two\n")), &reason);
    first->next->next = place_of("none", "", &reason);
    tap_check(finds(&table, "a", "one") && finds(&table, "b", "two"), "places in their order");
    tap_check(slice_equal(table_lookup(&table, arena, &key, NULL).value, SLICE("carol")),
              "the first key is asked everywhere before the second");
}

static const char pattern_text[] = "/^(.*)@example\\.com$/ $1 of example\n"
                                   "/^@/ a part\n"
                                   "/^(.*)@example\\.net$/ $1\n"
                                   "if /^K/i\n/./ upper\nendif\n"
                                   "/b\303\274cher/ umlaut\n";

static const struct {
    const char *key;
    const char *value; /* NULL: not found */
} matched[] = {
    {"Alice+X@Example.com", "Alice+X of example"},
    {"x@b\303\274cher.example", "umlaut"},
    {"x@xn--bcher-kva.example", "umlaut"},
    {"x@example.org", NULL},
    {"Kate@example.org", "upper"},
    {"kate@example.org", NULL},
    {"\"boss+ bob,x\"@example.net", "\"boss+\xEF\xBF\xBD"
                                    "bob\xEF\xBF\xBDx\""},
};

static const struct {
    const char *type, *text, *said;
} pattern_mistakes[] = {
    {"pcre", "/(/ x\n", "line 1: octet 1 of the pattern: missing closing parenthesis"},
    {"regexp", "\n/(/ x\n", "line 2: Unmatched ( or \\("},
    {"pcre", "/a/q x\n", "line 1: the flags of a pattern are i, m, s, x, A, E, U and X, not \"q\""},
    {"regexp", "/a/s x\n", "line 1: the flags of a pattern are i, m and x, not \"s\""},
    {"pcre", "/a\\/ x\n", "line 1: the pattern isn't closed"},
    {"pcre", "!\n", "line 1: the pattern isn't closed"},
    {"regexp", "/a/\n", "line 1: the pattern has no result behind it"},
    {"pcre", "/a/ $1\n", "line 1: \"$1\", but the pattern has 0 groups"},
    {"regexp", "!/(a)/ $1\n", "line 1: \"$1\" with a pattern that mustn't match"},
    {"pcre", "/(a)/ $1b\n", "line 1: behind \"$\" stands a number, as in $1 or ${1}, or \"$\""},
    {"pcre", "/(a)/ ${1\n", "line 1: behind \"$\" stands a number, as in $1 or ${1}, or \"$\""},
    {"pcre", "/(a)/ $\n", "line 1: behind \"$\" stands a number, as in $1 or ${1}, or \"$\""},
    {"pcre", "a x\n",
     "line 1: a line begins with a pattern, as in /example/, or is an \"if\" or "
     "\"endif\""},
    {"pcre", "if /a/\n/b/ x\n", "line 1: \"if\" without \"endif\""},
    {"pcre", "endif\n", "line 1: \"endif\" without \"if\""},
    {"pcre", "if /a/ x\n", "line 1: behind the pattern of an \"if\" stands nothing"},
    {"pcre", "if /a/\nendif x\n", "line 2: behind \"endif\" stands nothing"},
};

static void
test_patterns(void)
{
    static const char *const types[] = {"pcre", "regexp"};
    const char *path = write_file("patterns", slice_of(pattern_text)), *reason = "";

    for (size_t i = 0; i < 2 * COUNT(matched); i++) {
        struct table table = table_of(place_of(types[i % 2], path, &reason));
        struct value key = make(TYPE_ADDRESS, matched[i / 2].key);
        struct table_answer answer = table_lookup(&table, arena, &key, NULL);
        const char *value = matched[i / 2].value;

        tap_check(answer.result == (value ? TABLE_FOUND : TABLE_NOT_FOUND) &&
                      (!value || slice_equal(answer.value, slice_of(value))),
                  "%s: %s", types[i % 2], matched[i / 2].key);
    }
    for (size_t i = 0; i < COUNT(pattern_mistakes); i++) {
        path = write_file("bad", slice_of(pattern_mistakes[i].text));
        tap_check(place_of(pattern_mistakes[i].type, path, &reason) == NULL &&
                      strcmp(reason + strlen(path) + 2, pattern_mistakes[i].said) == 0,
                  "%s: %s", pattern_mistakes[i].type, reason);
    }
    path = write_file("bad", SLICE("/^(a+)+$/ x\n"));
    {
        struct table table = table_of(place_of("pcre", path, &reason));
        struct table_answer answer = ask(&table, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

        tap_check(answer.result == TABLE_COULD_NOT_ASK && strstr(answer.reason, "bad: line 1: "),
                  "a pattern that gives up: %s", answer.reason ? answer.reason : "it doesn't");
    }
}

/* Tables that need no file; D is a texthash of "a one", "b two" and "one uno". */
static const struct {
    const char *text, *key;
    const char *value; /* NULL: not found; or then why it couldn't be asked, or opened */
    const char *could_not, *wrong;
} overs[] = {
    {"inline:{a=1, b=2}", "B", "2", NULL, NULL},
    {"inline:{a=1, b=2}", "c", NULL, NULL, NULL},
    {"inline:{A=1, {a = 2, 3}}", "a", "2, 3", NULL, NULL},
    {"inline:{{\"x = y\"@z = 1}}", "\"X = y\"@z", "1", NULL, NULL},
    {"inline:{a}", "a", NULL, NULL, "\"a\": a key, \"=\" and a value are wanted"},
    {"inline:{{a b = c}}", "a", NULL, NULL, "\"{a b = c}\": a key, \"=\" and a value are wanted"},
    {"inline:{a=}", "a", NULL, NULL, "\"a=\": it has no value"},
    {"inline:{=1}", "a", NULL, NULL, "\"=1\": it has no key"},
    {"inline:{{a=1}b}", "a", NULL, NULL, "\"{a=1}b\": something stands behind the \"}\""},
    {"inline:a=1", "a", NULL, NULL,
     "\"inline:\" is written as in \"inline:{alice=sales, bob=sales}\""},
    {"inline:{ }", "a", NULL, NULL,
     "\"inline:{}\" has nothing in it; the empty table is \"none:\""},
    {"static:a, b", "x", "a, b", NULL, NULL},
    {"static:{ a }", "x", "a", NULL, NULL},
    {"static:", "x", NULL, NULL, "\"static:\" has no value, as \"static:yes\" has"},
    {"static:{ }", "x", NULL, NULL, "\"static:\" has no value, as \"static:yes\" has"},
    {"static:{a", "x", NULL, NULL, "\"static:{a\": a \"{\" isn't closed"},
    {"fail:", "x", NULL, "fail: always fails", NULL},
    {"fail:why", "x", NULL, "fail:why always fails", NULL},
    {"proxy:static:a", "x", "a", NULL, NULL},
    {"unionmap:{proxy:texthash:D, static:x}", "a", "one,x", NULL, NULL},
    {"unionmap:{texthash:D inline:{a=2}}", "c", NULL, NULL, NULL},
    {"unionmap:{static:x, fail:y}", "a", NULL, "fail:y always fails", NULL},
    {"unionmap:{}", "a", NULL, NULL, "\"unionmap:{}\" has no tables in it"},
    {"unionmap:static:x", "a", NULL, NULL,
     "\"unionmap:\" is written as in \"unionmap:{texthash:a, texthash:b}\""},
    {"unionmap:{static}", "a", NULL, NULL,
     "\"static\" is not TYPE:PLACE; a table is named as in \"texthash:owners\""},
    {"pipemap:{texthash:D, texthash:D}", "a", "uno", NULL, NULL},
    {"pipemap:{texthash:D, texthash:D}", "b", NULL, NULL, NULL},
    {"pipemap:{texthash:D, fail:}", "x", NULL, NULL, NULL},
    {"pipemap:{texthash:D, fail:}", "a", NULL, "fail: always fails", NULL},
    {"pipemap:{inline:{a=b}, pipemap:{inline:{b=c}, unionmap:{inline:{c=d}, static:e}}}", "a",
     "d,e", NULL, NULL},
    {"unionmap:{pipemap:{unionmap:{pipemap:{unionmap:{pipemap:{unionmap:{pipemap:{static:x}}}}}}}}",
     "a", "x", NULL, NULL},
    {"unionmap:{pipemap:{unionmap:{pipemap:{unionmap:{pipemap:{unionmap:{pipemap:{unionmap:{static:"
     "x}}}}}}}}}",
     "a", NULL, NULL, "tables nest deeper than 8"},
};

/* The text with the name of a file for each D. */
static const char *
with_file(const char *text, const char *file)
{
    const char *at = strstr(text, ":D");

    while (at) {
        text = arena_printf(arena, "%.*s:%s%s", (int)(at - text), text, file, at + 2);
        at = strstr(text, ":D");
    }
    return text;
}

static bool
over_open(const char *text, const char *file, struct table_place *place_r, const char **reason_r)
{
    static const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};

    return table_place_open(arena, slice_of(with_file(text, file)), (struct place){0}, &options,
                            place_r, reason_r);
}

static bool
same_or_none(const char *expected, bool is_there, struct slice got)
{
    return expected ? is_there && slice_equal(got, slice_of(expected)) : !is_there;
}

static void
test_overs(void)
{
    const char *file = write_file("over", SLICE("a one\nb two\none uno\n"));

    for (size_t i = 0; i < COUNT(overs); i++) {
        struct table_place place;
        struct table table = table_of(&place);
        struct table_answer answer = {.result = TABLE_NOT_FOUND};
        const char *reason = NULL;
        bool is_open = over_open(overs[i].text, file, &place, &reason);

        if (is_open)
            answer = ask(&table, overs[i].key);
        tap_check(same_or_none(overs[i].wrong, !is_open, slice_of(is_open ? "" : reason)) &&
                      same_or_none(overs[i].value, answer.result == TABLE_FOUND, answer.value) &&
                      same_or_none(overs[i].could_not, answer.result == TABLE_COULD_NOT_ASK,
                                   slice_of(answer.reason ? answer.reason : "")),
                  "%s asked for %s: %s", overs[i].text, overs[i].key, is_open ? "open" : reason);
    }
}

/* Of an address's ladder: which tables are asked for parts is settled by the first, as Postfix has
 * it. */
static const struct {
    const char *text, *value;
} firsts[] = {
    {"unionmap:{inline:{@example.com=all}, pcre:D}", "all,part"},
    {"unionmap:{pcre:D, inline:{@example.com=all}}", NULL},
    {"pipemap:{inline:{@example.com=@}, pcre:D}", "part"},
    {"unionmap:{pcre:D, inline:{x@example.com=x}}", "x"},
};

static void
test_firsts(void)
{
    const char *file = write_file("over", SLICE("/^@/ part\n"));

    for (size_t i = 0; i < COUNT(firsts); i++) {
        const char *reason = "";
        struct table_place place;
        struct table table = table_of(&place);
        struct value key = make(TYPE_ADDRESS, "x@example.com");
        bool is_open = over_open(firsts[i].text, file, &place, &reason);
        struct table_answer answer = {.result = TABLE_NOT_A_KEY};

        if (is_open)
            answer = table_lookup(&table, arena, &key, NULL);
        tap_check(is_open &&
                      same_or_none(firsts[i].value, answer.result == TABLE_FOUND, answer.value),
                  "%s", firsts[i].text);
    }
}

/* What can be listed: words that look like patterns, and whether there is none. */
static const struct {
    const char *text;
    bool is_empty;
    const char *pattern; /* NULL: there is none */
} listed[] = {
    {"inline:{{a=b @c}}", false, "@c"},
    {"static:.d", false, ".d"},
    {"fail:", false, NULL},
    {"unionmap:{texthash:D, texthash:D}", true, NULL},
    {"unionmap:{texthash:D, inline:{a=*}}", false, "*"},
    {"unionmap:{texthash:D, fail:}", false, NULL},
    {"pipemap:{static:a, texthash:D}", true, NULL},
    {"pipemap:{static:@a, static:b}", false, NULL},
    {"pipemap:{static:b, static:@a}", false, "@a"},
};

static void
test_listed(void)
{
    const char *file = write_file("over", SLICE(""));

    for (size_t i = 0; i < COUNT(listed); i++) {
        const char *reason = "";
        struct table_place place;
        bool is_open = over_open(listed[i].text, file, &place, &reason);
        struct slice word;
        bool has = is_open && table_find_pattern(&place, arena, &word);

        tap_check(is_open && table_is_empty(&place) == listed[i].is_empty &&
                      same_or_none(listed[i].pattern, has, has ? word : SLICE("")),
                  "%s is listed, empty or not %s", listed[i].text, reason);
    }
}

int
main(void)
{
    static const char *const files[] = {"hash", "empty", "cidr",     "bad",
                                        "one",  "two",   "patterns", "over", NULL};

    arena = arena_new(SIZE_MAX);
    if (mkdtemp(directory) == NULL)
        return 1;
    test_ladders();
    test_keys_are_made_once();
    test_local_ladders();
    test_entries();
    test_words();
    test_registry();
    test_not_built();
    test_deadline();
    test_paths();
    test_texthash();
    test_cidr();
    test_places();
    test_patterns();
    test_overs();
    test_firsts();
    test_listed();
    remove_files(files);
    arena_free(&arena);
    return tap_done();
}
