/* The file of a table, read into memory, and read afresh when it was replaced. */
#ifndef POSTERN_RULES_TABLES_FILE_H
#define POSTERN_RULES_TABLES_FILE_H

#include "policy/table_driver.h"

struct table_file;

/* What the file held when it was read last. */
struct snapshot {
    const void *contents; /* NULL: it couldn't be read */
    const char *reason;   /* then: why, beginning with the name of the file */
    struct arena *arena;
    unsigned users;
    bool is_early; /* the file was being written */
    bool is_wrong; /* it could be read, but not understood */
};

/* Makes contents of the file's text; both live in the arena of the contents. NULL, and a reason
 * without the file's name, when the text is wrong. */
typedef const void *table_file_build(struct arena *arena, struct slice text, const char **reason_r);

/* Asks the contents for a key; a reason is without the file's name. */
typedef struct table_answer table_file_find(const void *contents, struct arena *arena,
                                            struct slice key);

/* Shows the values of the contents. */
typedef void table_file_walk(const void *contents, table_visitor *see, void *context);

struct table_file_form {
    table_file_build *build;
    table_file_find *find;
    table_file_walk *walk; /* NULL: nobody can list its values */
    /* Where the text of a file that is read again is wrong, what was read before goes on to count,
     * until the file is mended. Otherwise nothing can be asked. */
    bool old_stays;
    /* Unless NULL: a file that had entries doesn't become empty by being read again. */
    bool (*is_empty)(const void *contents);
    /* Unless NULL: what in it can't be meant, without the file's name; NULL: all can be. */
    const char *(*remark)(const void *contents);
};

/* NULL and a reason when the file can't be read now. */
struct table_file *table_file_open(struct arena *arena, const struct table_opening *opening,
                                   const struct table_file_form *form, const char **reason_r);

/* The file is looked at once a second at most, and read when it has been quiet for a second. What
 * is taken stays as it is until it is given back, by the same thread or another. */
struct snapshot *table_file_take(struct table_file *file);
void table_file_give_back(struct table_file *file, struct snapshot *snapshot);

/* `remark` of a driver whose state is a struct table_file. */
const char *table_file_remark(void *file, struct arena *arena);

/* `find` and `each` of a driver whose state is a struct table_file. What is in memory needs no
 * deadline; a file that couldn't be read has no values. */
struct table_answer table_file_answer(void *file, struct arena *arena, struct slice key,
                                      int64_t deadline_ms);
void table_file_each(void *file, table_visitor *see, void *context);

#endif
