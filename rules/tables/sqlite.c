/* Queries of a SQLite database, as Postfix's sqlite_table(5) describes them in a file. */
#ifdef HAVE_SQLITE

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/system.h"
#include "lines.h"
#include "table_inside.h"
#include "template.h"

enum { MOST_SETTINGS = 1 << 20, BUSY_MS = 1000, STEPS_A_LOOK = 1000, BOUND_LABELS = 4, LABELS = 9 };

/* An open database, for one thread at a time. */
struct sqlite_link {
    struct arena *arena;
    sqlite3 *database;
    sqlite3_stmt *query;
    struct stat file;
    struct sqlite_link *next;
};

struct sqlite_table {
    const char *path; /* of the settings */
    struct slice dbpath, query, form, domains;
    int64_t limit; /* of results; 0: none */
    struct template_wants wants;
    const char *database, *sql;
    bool has_wal; /* then its readers, too, write to files beside it */
    pthread_mutex_t mutex; /* of what nobody uses now */
    struct sqlite_link *idle;
};

static void
sqlite_close(struct sqlite_link *link)
{
    struct arena *arena = link->arena;

    sqlite3_finalize(link->query);
    sqlite3_close(link->database);
    arena_free(&arena);
}

static void
sqlite_end(void *of)
{
    struct sqlite_table *table = of;

    while (table->idle) {
        struct sqlite_link *link = table->idle;

        table->idle = link->next;
        sqlite_close(link);
    }
    pthread_mutex_destroy(&table->mutex);
}

/* SQLite's result of a new link, which is to be closed in any case. */
static int
sqlite_open_link(const struct sqlite_table *table, struct sqlite_link **link_r)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct sqlite_link *link = ARENA_NEW(arena, struct sqlite_link);
    const char *rest = "";
    int result;

    *link_r = link;
    link->arena = arena;
    if (stat(table->database, &link->file) < 0)
        return SQLITE_CANTOPEN;
    result = sqlite3_open_v2(table->database, &link->database,
                             SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(link->database, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_prepare_v2(link->database, table->sql, -1, &link->query, &rest);
    if (result == SQLITE_OK && table_trim(slice_of(rest)).len > 0)
        result = SQLITE_MISUSE;
    return result;
}

/* One that waits, if its file is still the one of that name. */
static struct sqlite_link *
sqlite_take_idle(struct sqlite_table *table)
{
    struct sqlite_link *link;
    struct stat now;

    pthread_mutex_lock(&table->mutex);
    link = table->idle;
    if (link)
        table->idle = link->next;
    pthread_mutex_unlock(&table->mutex);
    if (link && (stat(table->database, &now) < 0 || now.st_dev != link->file.st_dev ||
                 now.st_ino != link->file.st_ino)) {
        sqlite_close(link);
        link = NULL;
    }
    return link;
}

static void
sqlite_give_back(struct sqlite_table *table, struct sqlite_link *link)
{
    sqlite3_reset(link->query);
    sqlite3_clear_bindings(link->query);
    sqlite3_progress_handler(link->database, 0, NULL, NULL);
    pthread_mutex_lock(&table->mutex);
    link->next = table->idle;
    table->idle = link;
    pthread_mutex_unlock(&table->mutex);
}

static int
sqlite_is_late(void *deadline_ms)
{
    return clock_ms() > *(const int64_t *)deadline_ms;
}

static void
sqlite_bind(sqlite3_stmt *query, int at, struct slice text)
{
    if (at <= sqlite3_bind_parameter_count(query))
        sqlite3_bind_text64(query, at, text.len ? text.at : "", text.len, SQLITE_STATIC,
                            SQLITE_UTF8);
}

struct sqlite_asking {
    const struct sqlite_table *table;
    struct sqlite_link *link;
    struct arena *arena;
    struct template_text key;
    struct table_answer answer;
};

static void
sqlite_bind_key(const struct sqlite_asking *asking)
{
    sqlite3_stmt *query = asking->link->query;

    sqlite_bind(query, 1, asking->key.whole);
    sqlite_bind(query, 2, asking->key.user);
    sqlite_bind(query, 3, asking->key.domain);
    for (int i = 0; i < LABELS; i++)
        sqlite_bind(query, BOUND_LABELS + i,
                    template_label(asking->key.domain, (size_t)i + 1));
}

static struct slice
sqlite_result(sqlite3_stmt *query)
{
    const unsigned char *text = sqlite3_column_text(query, 0);

    return (struct slice){(const char *)text, text ? (size_t)sqlite3_column_bytes(query, 0) : 0};
}

static struct table_answer
sqlite_failed(const struct sqlite_table *table, struct arena *arena, const char *reason)
{
    return (struct table_answer){.result = TABLE_COULD_NOT_ASK,
                                 .reason = arena_printf(arena, "%s: %s", table->path, reason)};
}

static void
sqlite_ask_guarded(void *of)
{
    struct sqlite_asking *asking = of;
    const struct sqlite_table *table = asking->table;
    struct buffer *all = ARENA_NEW(asking->arena, struct buffer);
    int64_t count = 0;
    int result;

    buffer_init(all, asking->arena, SIZE_MAX);
    sqlite_bind_key(asking);
    while ((result = sqlite3_step(asking->link->query)) == SQLITE_ROW &&
           (table->limit == 0 || count <= table->limit))
        count += template_add(all, table->form, &table->wants, sqlite_result(asking->link->query),
                              &asking->key);
    if (table->limit > 0 && count > table->limit)
        asking->answer = sqlite_failed(table, asking->arena,
                                       "there are more results than its expansion_limit allows");
    else if (result != SQLITE_DONE)
        asking->answer =
            sqlite_failed(table, asking->arena, sqlite3_errmsg(asking->link->database));
    else
        asking->answer = (struct table_answer){
            .result = count > 0 ? TABLE_FOUND : TABLE_NOT_FOUND, .value = buffer_slice(all)};
}

static bool
sqlite_is_asked_for(const struct sqlite_table *table, const struct template_text *key)
{
    struct slice rest = table->domains, domain;
    bool is_listed = table->domains.len == 0;

    while (!is_listed && key->user.len > 0 && slice_word(&rest, ", \t\r\n", &domain))
        is_listed = key->has_at && slice_equal_nocase(domain, key->domain);
    return is_listed && template_fits_key(&table->wants, key);
}

static struct table_answer
sqlite_find(void *of, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    struct sqlite_table *table = of;
    struct sqlite_asking asking = {.table = table, .arena = arena, .key = template_text(key)};
    int64_t wait_ms = deadline_ms - clock_ms();
    int result = SQLITE_OK;

    if (!sqlite_is_asked_for(table, &asking.key))
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    asking.link = sqlite_take_idle(table);
    if (asking.link == NULL)
        result = sqlite_open_link(table, &asking.link);
    if (result != SQLITE_OK) {
        sqlite_close(asking.link);
        return sqlite_failed(table, arena, sqlite3_errstr(result));
    }
    sqlite3_busy_timeout(asking.link->database, (int)(wait_ms < BUSY_MS ? wait_ms : BUSY_MS));
    sqlite3_progress_handler(asking.link->database, STEPS_A_LOOK, sqlite_is_late, &deadline_ms);
    if (!arena_guard(arena, sqlite_ask_guarded, &asking))
        asking.answer = (struct table_answer){.result = TABLE_COULD_NOT_ASK,
                                              .reason = "there is no memory left"};
    sqlite_give_back(table, asking.link);
    return asking.answer;
}

static const char *
sqlite_limit(struct sqlite_table *table, struct slice value)
{
    return slice_number(value, &table->limit) && table->limit >= 0
               ? NULL
               : "its expansion_limit is no number";
}

/* What the file says of one setting; the reason when it can't. */
static const char *
sqlite_set(struct arena *arena, struct sqlite_table *table, struct slice name, struct slice value)
{
    const struct {
        const char *name;
        struct slice *to;
    } texts[] = {{"dbpath", &table->dbpath},
                 {"query", &table->query},
                 {"result_format", &table->form},
                 {"domain", &table->domains}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (slice_equal(name, slice_of(texts[i].name))) {
            *texts[i].to = arena_copy(arena, value);
            return NULL;
        }
    if (slice_equal(name, SLICE("expansion_limit")))
        return sqlite_limit(table, value);
    return arena_printf(arena,
                        "\"%.*s\" is not known here; known are dbpath, query, result_format, "
                        "expansion_limit and domain",
                        (int)name.len, name.at);
}

static const char *
sqlite_read(struct arena *arena, struct sqlite_table *table, struct slice text)
{
    struct table_lines *lines = ARENA_NEW(arena, struct table_lines);
    const char *reason = NULL;
    struct slice line;

    table_lines_begin(lines, arena, text);
    while (reason == NULL && table_lines_next(lines, &line)) {
        size_t equals = slice_find(line, '=');
        struct slice name = table_trim(slice_first(line, equals));

        reason = equals == line.len || name.len == 0
                     ? "a line is NAME = VALUE"
                     : sqlite_set(arena, table, name, table_trim(slice_from(line, equals + 1)));
        if (reason)
            reason = arena_printf(arena, "line %u: %s", lines->number, reason);
    }
    return reason;
}

/* Whether all that is set makes sense. */
static const char *
sqlite_check(struct arena *arena, struct sqlite_table *table)
{
    const char *reason = NULL;

    if (table->dbpath.len == 0)
        return "it doesn't say which database is asked: dbpath = /PATH";
    if (table->dbpath.at[0] != '/')
        return "its dbpath doesn't begin with \"/\"";
    if (table->query.len == 0)
        return "it has no query, as in: query = SELECT login FROM owners WHERE address = '%s'";
    if (!template_read(table->query, true, &table->wants))
        return "behind \"%\" its query has another than s u d S U D 1 to 9 and %";
    if (table->form.len == 0 || !template_read(table->form, false, &table->wants))
        return "behind \"%\" its result_format has another than s u d S U D 1 to 9 and %";
    for (size_t i = 0; i < table->domains.len; i++)
        if (strchr("/:!", table->domains.at[i]))
            return "its domain has another than names of domains";
    table->database = arena_string(arena, table->dbpath);
    table->sql = template_sql(arena, table->query, &reason);
    return reason;
}

static bool
sqlite_has_wal(sqlite3 *database)
{
    sqlite3_stmt *query = NULL;
    bool has = sqlite3_prepare_v2(database, "PRAGMA journal_mode", -1, &query, NULL) == SQLITE_OK &&
               sqlite3_step(query) == SQLITE_ROW &&
               slice_equal(sqlite_result(query), SLICE("wal"));

    sqlite3_finalize(query);
    return has;
}

/* A database that is busy now is no mistake. */
static const char *
sqlite_try(struct arena *arena, struct sqlite_table *table)
{
    struct sqlite_link *link;
    int result = sqlite_open_link(table, &link);
    const char *reason = NULL;

    if (result == SQLITE_OK && (link->query == NULL || sqlite3_column_count(link->query) == 0 ||
                                !sqlite3_stmt_readonly(link->query)))
        reason = "its query is no SELECT";
    else if (result == SQLITE_MISUSE)
        reason = "something stands behind its query";
    else if (result != SQLITE_OK && result != SQLITE_BUSY)
        reason =
            arena_printf(arena, "%s: %s", table->database,
                         link->database ? sqlite3_errmsg(link->database) : system_error(errno));
    else
        table->has_wal = result == SQLITE_OK && sqlite_has_wal(link->database);
    if (result == SQLITE_OK && reason == NULL)
        sqlite_give_back(table, link);
    else
        sqlite_close(link);
    return reason;
}

static void *
sqlite_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    struct sqlite_table *table = ARENA_NEW(arena, struct sqlite_table);
    struct slice text;
    const char *reason = file_read(arena, opening->path, FILE_PLAIN, MOST_SETTINGS, &text);

    table->path = opening->path;
    table->form = SLICE("%s");
    pthread_mutex_init(&table->mutex, NULL);
    arena_on_end(arena, sqlite_end, table);
    if (reason == NULL)
        reason = sqlite_read(arena, table, text);
    if (reason == NULL)
        reason = sqlite_check(arena, table);
    if (reason == NULL)
        reason = sqlite_try(arena, table);
    if (reason)
        *reason_r = arena_printf(arena, "%s: %s", opening->path, reason);
    return reason ? NULL : table;
}

static const char *
sqlite_remark(void *of, struct arena *arena)
{
    const struct sqlite_table *table = of;

    if (slice_find(table->query, '%') < table->query.len)
        return NULL;
    return arena_printf(arena,
                        "%s: its query has no '%%s' where the key goes, so that each key gets "
                        "the same answer",
                        table->path);
}

static const char *
sqlite_also_opens(const void *of, bool *writes_r)
{
    const struct sqlite_table *table = of;

    *writes_r = table->has_wal;
    return table->database;
}

const struct table_driver table_sqlite = {
    .type = "sqlite",
    .file_suffix = "",
    .open = sqlite_open,
    .find = sqlite_find,
    .may_be_slow = true,
    .remark = sqlite_remark,
    .also_opens = sqlite_also_opens,
};

#endif
