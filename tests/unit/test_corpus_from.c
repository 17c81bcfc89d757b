/* Header fields in which two programs may see two senders: some of our own, and those that others
 * found. Each must be an error, or none of its addresses may be missed. */
#include <stdio.h>
#include <stdlib.h>

#include "policy/fact.h"

#include "corpus.h"
#include "tap.h"

enum { NAME, FROM = 3, OTHERS = 4, COLUMNS = 8 };

static const char *const mailbox_facts[] = {"header.from", "header.sender", "header.resent-from"};

static const struct {
    const char *shows, *from, *others;
} own[] = {
    {"a plain one", "From: Alice <alice@a.example>\r\n", ""},
    {"two authors", "From: alice@a.example, <bob@b.example>\r\n", "Sender: alice@a.example\r\n"},
    {"a group", "From: staff: alice@a.example, bob@b.example;\r\n", ""},
    {"an author and who sent it", "From: alice@a.example\r\n",
     "Sender: bob@b.example\r\nResent-From: carol@c.example\r\n"},
    {"two fields", "From: alice@a.example\r\nFrom: bob@b.example\r\n", ""},
    {"two, of which one has other capitals", "From: alice@a.example\r\nFROM: bob@b.example\r\n",
     ""},
    {"white space before the colon", "From : alice@a.example\r\nFrom: bob@b.example\r\n", ""},
    {"a fold before the colon", "From\r\n : alice@a.example\r\n", "Sender: bob@b.example\r\n"},
    {"white space before the name", " From: alice@a.example\r\nFrom: bob@b.example\r\n", ""},
    {"one behind the brackets", "From: <alice@a.example>bob@b.example\r\n", ""},
    {"two in brackets", "From: <alice@a.example><bob@b.example>\r\n", ""},
    {"brackets in brackets", "From: <alice@a.example<bob@b.example>>\r\n", ""},
    {"a comma in a pair", "From: <alice@a.example>\\,<bob@b.example>\r\n", ""},
    {"an encoded list", "From: =?utf-8?Q?=3Calice=40a=2Eexample=3E?=, <bob@b.example>\r\n", ""},
    {"a quote that doesn't end", "From: \"alice@a.example, <bob@b.example>\r\n", ""},
    {"a comment that doesn't end", "From: <alice@a.example> (bob@b.example\r\n", ""},
    {"a semicolon between", "From: alice@a.example; bob@b.example\r\n", ""},
    {"no comma between", "From: alice@a.example bob@b.example\r\n", ""},
};

/* The escapes of the corpus: \r, \n and \\. */
static struct slice
unescape(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        if (c == '\\' && i + 1 < s.len) {
            c = s.at[++i];
            c = c == 'r' ? '\r' : c == 'n' ? '\n' : c;
        }
        to[len++] = c;
    }
    return (struct slice){to, len};
}

/* Up to a line end that folds nothing, which is left out. */
static struct slice
next_field(struct slice *rest)
{
    struct slice s = *rest;
    size_t i = 0;

    while (i < s.len &&
           !(s.at[i] == '\n' && (i + 1 == s.len || (s.at[i + 1] != ' ' && s.at[i + 1] != '\t'))))
        i++;
    *rest = slice_from(s, i + 1);
    return slice_first(s, i > 0 && s.at[i - 1] == '\r' ? i - 1 : i);
}

/* Every line with a colon is a field, by the most generous reading of its name. */
static struct header_field **
add_fields(struct arena *arena, struct slice text, struct header_field **end)
{
    while (text.len > 0) {
        struct slice line = next_field(&text);
        size_t colon = slice_find(line, ':');

        if (colon == line.len)
            continue;
        *end = ARENA_NEW(arena, struct header_field);
        (*end)->name = slice_trim(slice_first(line, colon));
        (*end)->body = slice_from(line, colon + 1);
        end = &(*end)->next;
    }
    return end;
}

static struct reading
read_fact(const struct moment *moment, const char *name)
{
    struct slice rest;

    return fact_read(fact_find(slice_of(name), false, &rest), moment, SLICE(""));
}

/* Is it the address of a mailbox that a rule sees? */
static bool
is_seen(const struct moment *moment, struct slice address)
{
    struct value wanted, item;

    if (!value_read(moment->arena, TYPE_ADDRESS, address, LOCAL_CASE_IGNORE, &wanted))
        return false;
    for (size_t i = 0; i < sizeof mailbox_facts / sizeof mailbox_facts[0]; i++) {
        struct reading reading = read_fact(moment, mailbox_facts[i]);
        size_t cursor = 0;

        while (reading_next(&reading, &cursor, &item))
            if (slice_equal(item.key, wanted.key))
                return true;
    }
    return false;
}

static size_t
count_missed(const struct moment *moment, struct slice text)
{
    struct slice word;
    size_t missed = 0;

    while (slice_word(&text, " \t\r\n<>,;:()\\", &word))
        missed += slice_find(word, '@') < word.len && !is_seen(moment, word);
    return missed;
}

static void
check(struct arena *arena, struct slice name, struct slice from, struct slice others)
{
    struct settings settings;
    struct transaction transaction = {0};
    struct moment moment = {.settings = &settings, .transaction = &transaction, .arena = arena};
    struct reading errors;
    size_t missed;

    settings_init(&settings);
    add_fields(arena, others, add_fields(arena, from, &transaction.header));
    errors = read_fact(&moment, "header.error");
    missed = count_missed(&moment, from) + count_missed(&moment, others);
    tap_check(errors.count > 0 || missed == 0, "%.*s (%s)", (int)name.len, name.at,
              errors.count ? arena_string(arena, errors.item[0].text) : "every address is seen");
}

static void
check_file(struct arena *arena, FILE *file)
{
    struct slice column[COLUMNS];
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;

    while (getline(&line, &room, file) > 0) {
        struct slice text = {line, strcspn(line, "\n")};

        if (++number > 1 && corpus_cut(text, column, COLUMNS) == COLUMNS)
            check(arena, column[NAME], unescape(arena, column[FROM]),
                  unescape(arena, column[OTHERS]));
        arena_reset(arena);
    }
    tap_check(number > 10, "%u rows", number);
    free(line);
    fclose(file);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    FILE *file;

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        check(arena, slice_of(own[i].shows), slice_of(own[i].from), slice_of(own[i].others));
    file = corpus_open("address/from_ambiguity.tsv");
    if (file)
        check_file(arena, file);
    arena_free(&arena);
    return tap_done();
}
