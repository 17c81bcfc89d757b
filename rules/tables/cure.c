/* What is most likely meant where a table can't be opened by its name: which file lies beside it,
 * and what kind a file is, by its first octets. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "table_inside.h"

enum { HEAD = 512, LINK_ROOM = 4096 };

/* What postmap(1) makes, each beside what it is made of. */
static const struct {
    const char *type, *suffix;
} made[] = {{"hash", ".db"}, {"btree", ".db"}, {"lmdb", ".lmdb"}, {"cdb", ".cdb"}};

enum { MADE = sizeof made / sizeof made[0] };

static bool
file_is_there(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0;
}

static bool
slice_ends(struct slice s, const char *end)
{
    struct slice wanted = slice_of(end);

    return s.len > wanted.len && slice_equal(slice_from(s, s.len - wanted.len), wanted);
}

static struct slice
without_suffix(struct slice name)
{
    for (size_t i = 0; i < MADE; i++)
        if (slice_ends(name, made[i].suffix))
            return slice_first(name, name.len - strlen(made[i].suffix));
    return name;
}

/* A link to nothing; NULL: it is none. */
static const char *
cure_of_link(struct arena *arena, const char *path)
{
    char *to = arena_alloc(arena, LINK_ROOM);
    ssize_t len = readlink(path, to, LINK_ROOM);

    return len <= 0
               ? NULL
               : arena_printf(arena, "it is a link to \"%.*s\", which isn't there", (int)len, to);
}

/* What somebody may expect to be replaced or taken off, and nobody does. */
static const char *
cure_of_name(struct arena *arena, struct slice name)
{
    size_t comma = slice_find(name, ',');

    if (name.len > 0 && (name.at[0] == ' ' || name.at[name.len - 1] == ' '))
        return "white space around a name is a part of it";
    if (slice_find(name, '$') < name.len)
        return "\"$\" stands for itself here: write the whole name";
    if (slice_starts_nocase(name, SLICE("~/")))
        return "\"~\" stands for itself here: write the whole name";
    if (comma < name.len && slice_find(slice_from(name, comma), ':') < name.len - comma)
        return arena_printf(arena, "each of several tables stands in quotes of its own, with a "
                                   "comma between them");
    return NULL;
}

const char *
table_making(struct arena *arena, const char *type, struct slice source)
{
    int len = (int)source.len;

    if (strcmp(type, "hash") == 0 || strcmp(type, "btree") == 0)
        return arena_printf(arena, "postmap %s:%.*s (Sendmail: makemap %s %.*s <%.*s)", type, len,
                            source.at, type, len, source.at, len, source.at);
    return arena_printf(arena, "postmap %s:%.*s", type, len, source.at);
}

/* path: what postmap(1) would have made. */
static const char *
cure_of_unmade(struct arena *arena, const char *type, const char *suffix, struct slice name,
               const char *path)
{
    struct slice source = slice_first(slice_of(path), strlen(path) - strlen(suffix));

    if (slice_ends(name, suffix) && file_is_there(arena_string(arena, source)))
        return arena_printf(arena, "%s is added to the name: write \"%s:%.*s\"", suffix, type,
                            (int)(name.len - strlen(suffix)), name.at);
    for (size_t i = 0; i < MADE; i++) {
        const char *other =
            arena_printf(arena, "%.*s%s", (int)source.len, source.at, made[i].suffix);

        if (strcmp(made[i].suffix, suffix) != 0 && file_is_there(other))
            return arena_printf(arena, "%s is there: write \"%s:%.*s\", or run: %s", other,
                                made[i].type, (int)name.len, name.at,
                                table_making(arena, type, source));
    }
    if (file_is_there(arena_string(arena, source)))
        return arena_printf(arena, "to make it, run: %s", table_making(arena, type, source));
    return NULL;
}

static const char *
cure_of_missing(struct arena *arena, const char *type, const char *suffix, struct slice name,
                const char *path)
{
    const char *cure = cure_of_link(arena, path);

    if (cure == NULL && suffix[0])
        cure = cure_of_unmade(arena, type, suffix, name, path);
    return cure ? cure : cure_of_name(arena, name);
}

static uint32_t
head_number(struct slice head, size_t at)
{
    uint32_t number;

    memcpy(&number, head.at + at, sizeof number);
    return number;
}

/* The type of tables that such files are; NULL: nothing that is known here. */
static const char *
type_of_head(struct slice head)
{
    static const struct {
        const char *type;
        size_t at;
        uint32_t number;
    } magics[] = {{"hash", 12, 0x061561}, {"btree", 12, 0x053162}, {"lmdb", 16, 0xBEEFC0DE}};

    if (slice_equal(slice_first(head, 15), SLICE("SQLite format 3")))
        return "sqlite";
    for (size_t i = 0; head.len == HEAD && i < sizeof magics / sizeof magics[0]; i++) {
        uint32_t number = head_number(head, magics[i].at);

        if (number == magics[i].number || __builtin_bswap32(number) == magics[i].number)
            return magics[i].type;
    }
    return NULL;
}

static bool
head_is_utf16(struct slice head)
{
    struct slice mark = slice_first(head, 2);

    return slice_equal(mark, SLICE("\xFF\xFE")) || slice_equal(mark, SLICE("\xFE\xFF"));
}

static bool
head_is_text(struct slice head)
{
    return head.len > 0 && slice_find(head, '\0') == head.len && !head_is_utf16(head);
}

static struct slice
read_head(struct arena *arena, const char *path)
{
    char *at = arena_alloc(arena, HEAD);
    int descriptor = file_open(path, FILE_PLAIN);
    ssize_t len = descriptor < 0 ? -1 : read(descriptor, at, HEAD);

    if (descriptor >= 0)
        close(descriptor);
    return (struct slice){at, len < 0 ? 0 : (size_t)len};
}

/* It can be read, and isn't what its type says. */
static const char *
cure_of_wrong(struct arena *arena, const char *type, const char *suffix, struct slice name,
              const char *path)
{
    struct slice head = read_head(arena, path), bare = without_suffix(name);
    const char *really = type_of_head(head);

    if (really && strcmp(really, "sqlite") == 0)
        return strcmp(type, really) == 0
                   ? "it is a database: the table names a file that says dbpath and query"
                   : "it is a database of SQLite, for tables of type sqlite";
    if (really && strcmp(really, type) != 0)
        return arena_printf(arena, "it is a file of type %s: write \"%s:%.*s\"", really, really,
                            (int)bare.len, bare.at);
    if (suffix[0] == '\0' && head_is_utf16(head))
        return "it is in UTF-16; save it as UTF-8";
    if (really && suffix[0])
        return arena_printf(arena, "to make it anew, remove it and run: %s",
                            table_making(arena, type, bare));
    if (suffix[0] && head_is_text(head))
        return arena_printf(arena, "it is a text; move it to %.*s, and run: %s", (int)bare.len,
                            bare.at, table_making(arena, type, bare));
    return NULL;
}

const char *
table_cure(struct arena *arena, const struct table_driver *driver, struct slice name,
           const char *path)
{
    if (!file_is_there(path))
        return errno == ENOENT
                   ? cure_of_missing(arena, driver->type, driver->file_suffix, name, path)
                   : NULL;
    return cure_of_wrong(arena, driver->type, driver->file_suffix, name, path);
}
