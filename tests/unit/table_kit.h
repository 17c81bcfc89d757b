/* What the tests of tables share: files in a directory of their own, and questions. */
#ifndef POSTERN_TESTS_TABLE_KIT_H
#define POSTERN_TESTS_TABLE_KIT_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "policy/table_driver.h"

static struct arena *arena;
static char directory[] = "/tmp/test_table.XXXXXX";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline const char *
path_of(const char *name)
{
    return arena_printf(arena, "%s/%s", directory, name);
}

/* Written aside and renamed, as an administrator should, and as old as a file that was there
 * before. */
static inline const char *
write_file(const char *name, struct slice text)
{
    const char *path = path_of(name), *aside = path_of("aside");
    struct timespec times[2] = {{.tv_sec = time(NULL) - 60}, {.tv_sec = time(NULL) - 60}};
    FILE *file = fopen(aside, "w");

    if (text.len > 0)
        fwrite(text.at, text.len, 1, file);
    fclose(file);
    utimensat(AT_FDCWD, aside, times, 0);
    rename(aside, path);
    return path;
}

static inline bool
open_place(struct arena *own, const char *type, const char *path, struct table_place *place_r,
           const char **reason_r)
{
    static const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};

    return table_place_open(own, slice_of(arena_printf(own, "%s:%s", type, path)),
                            (struct place){0}, &options, place_r, reason_r);
}

static inline struct table_place *
place_of(const char *type, const char *path, const char **reason_r)
{
    struct table_place *place = ARENA_NEW(arena, struct table_place);

    return open_place(arena, type, path, place, reason_r) ? place : NULL;
}

static inline struct table_answer
find_in(const struct table_place *place, struct arena *own, struct slice key)
{
    return table_place_ask(place, own, &(struct table_key){key, key}, INT64_MAX);
}

static inline struct table
table_of(struct table_place *places)
{
    return (struct table){.name = SLICE("t"),
                          .places = places,
                          .options.timeout_ms = TABLE_TIMEOUT_MS,
                          .delimiters = "+"};
}

static inline struct table_answer
ask(const struct table *table, const char *text)
{
    struct value key = value_text(slice_of(text));

    return table_lookup(table, arena, &key, NULL);
}

static inline bool
finds(const struct table *table, const char *key, const char *value)
{
    struct table_answer answer = ask(table, key);

    return answer.result == TABLE_FOUND && slice_equal(answer.value, slice_of(value));
}

static inline struct slice
read_file(const char *path)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    FILE *file = fopen(path, "r");
    char part[4096];
    size_t got;

    buffer_init(text, arena, SIZE_MAX / 4);
    while (file && (got = fread(part, 1, sizeof part, file)) > 0)
        buffer_add(text, (struct slice){part, got});
    if (file)
        fclose(file);
    return buffer_slice(text);
}

/* Its exit status; 127 when there is no such program. stdin comes from the file "in", or nowhere;
 * stdout goes to the file "out". */
static inline int
run_program(const char *in, const char *const *argv)
{
    const char *from = in ? path_of(in) : "/dev/null", *to = path_of("out");
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        int none = open("/dev/null", O_WRONLY | O_CLOEXEC);
        int input = open(from, O_RDONLY | O_CLOEXEC);
        int output = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(none, 2) == 2)
            execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

#define RUN(in, ...) run_program(in, (const char *const[]){__VA_ARGS__, NULL})

/* Does the Postfix here have this type of table? */
static inline bool
postfix_has(const char *type)
{
    struct slice types, word;

    if (RUN(NULL, "postconf", "-m") != 0)
        return false;
    types = read_file(path_of("out"));
    while (slice_word(&types, "\n", &word))
        if (slice_equal(word, slice_of(type)))
            return true;
    return false;
}

static inline bool
postmap(const char *type, const char *name)
{
    return RUN(NULL, "postmap", arena_printf(arena, "%s:%s", type, path_of(name))) == 0;
}

/* From here on what is logged goes to the file "log", of which log_lines() takes what is there;
 * then it goes to standard error again. */
static inline int
log_to_file(void)
{
    int before = dup(2), log = open(path_of("log"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    dup2(log, 2);
    close(log);
    return before;
}

/* How many lines were logged; 100 is added for one that doesn't hold this text. */
static inline unsigned
log_lines(int before, const char *text)
{
    struct slice rest, line;
    unsigned count = 0;

    dup2(before, 2);
    close(before);
    rest = read_file(path_of("log"));
    while (slice_word(&rest, "\n", &line))
        count += memmem(line.at, line.len, text, strlen(text)) ? 1 : 101;
    unlink(path_of("log"));
    return count;
}

static inline void
remove_files(const char *const *names)
{
    for (; *names; names++)
        unlink(path_of(*names));
    rmdir(directory);
}

#endif
