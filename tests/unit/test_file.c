/* Files that are read whole: how much is in them, and what is said of those that can't be read. */
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define MB ((size_t)1 << 20)

static void
write_file(const char *name, size_t len)
{
    FILE *file = fopen(name, "w");

    for (size_t i = 0; i < len; i++)
        putc((int)('a' + i % 23), file);
    fclose(file);
}

static bool
is_written(struct slice text, size_t len)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != (char)('a' + i % 23))
            return false;
    return text.len == len && (len == 0 || text.at[len] == '\0');
}

/* Around the room that is taken at first, and the most that is allowed. */
static void
test_sizes(struct arena *arena)
{
    static const struct {
        size_t len, most;
        const char *reason;
    } cases[] = {
        {0, 0, NULL},
        {0, 100, NULL},
        {1, 0, "it is larger than 0 octets"},
        {99, 100, NULL},
        {100, 100, NULL},
        {101, 100, "it is larger than 100 octets"},
        {4095, 4095, NULL},
        {4096, 4096, NULL},
        {4097, 4096, "it is larger than 4KB"},
        {4096, SIZE_MAX, NULL},
        {100000, MB, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice text;
        const char *reason;

        write_file("sized", cases[i].len);
        reason = file_read(arena, "sized", FILE_PLAIN, cases[i].most, &text);
        if (cases[i].reason)
            tap_check(reason && strcmp(reason, cases[i].reason) == 0 && text.len == 0,
                      "%zu of %zu: %s", cases[i].len, cases[i].most, reason ? reason : "read");
        else
            tap_check(reason == NULL && is_written(text, cases[i].len), "%zu of %zu: %s",
                      cases[i].len, cases[i].most, reason ? reason : "read");
    }
}

static void
test_limits(struct arena *arena)
{
    static const struct {
        size_t most;
        const char *reason;
    } cases[] = {
        {16 * MB, "it is larger than 16MB"},
        {1024 * MB, "it is larger than 1GB"},
        {1025, "it is larger than 1025 octets"},
        {1025 * 1024, "it is larger than 1025KB"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice text;
        const char *reason;

        write_file("large", 0);
        if (truncate("large", (off_t)cases[i].most + 1) < 0)
            tap_check(false, "a file without contents");
        reason = file_read(arena, "large", FILE_PLAIN, cases[i].most, &text);
        tap_check(reason && strcmp(reason, cases[i].reason) == 0, "%s", reason ? reason : "read");
    }
}

static void
test_kinds(struct arena *arena)
{
    static const struct {
        const char *path;
        enum file_kind kind;
        const char *reason;
    } cases[] = {
        {"missing", FILE_PLAIN, "No such file or directory"},
        {"missing", FILE_ANY, "No such file or directory"},
        {"directory", FILE_PLAIN, "it is a directory"},
        {"directory", FILE_ANY, "it is a directory"},
        {"fifo", FILE_PLAIN, "it is no plain file"},
        {"/dev/null", FILE_PLAIN, "it is no plain file"},
        {"/dev/null", FILE_ANY, NULL},
        {"link", FILE_PLAIN, NULL},
    };

    mkdir("directory", 0700);
    mkfifo("fifo", 0600);
    write_file("sized", 10);
    if (symlink("sized", "link") < 0)
        tap_check(false, "a link");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice text;
        const char *reason = file_read(arena, cases[i].path, cases[i].kind, 100, &text);

        tap_check(cases[i].reason ? reason && strcmp(reason, cases[i].reason) == 0 : !reason,
                  "%s: %s", cases[i].path, reason ? reason : "read");
    }
}

/* Nothing says how much will come: from a pipe in pieces, from /proc all at once. */
static void
test_unknown_size(struct arena *arena)
{
    struct slice text;
    const char *reason;
    int ends[2];

    if (pipe(ends) < 0)
        return;
    if (fork() == 0) {
        for (size_t i = 0; i < 50000; i++)
            dprintf(ends[1], "%c", (int)('a' + i % 23));
        _exit(0);
    }
    close(ends[1]);
    reason = file_read(arena, arena_printf(arena, "/dev/fd/%d", ends[0]), FILE_ANY, MB, &text);
    close(ends[0]);
    tap_check(reason == NULL && is_written(text, 50000), "a pipe: %zu octets", text.len);
    reason = file_read(arena, "/proc/self/smaps", FILE_PLAIN, 16 * MB, &text);
    tap_check(reason == NULL && text.len > 4096, "/proc/self/smaps: %zu octets", text.len);
    reason = file_read(arena, "/proc/self/smaps", FILE_PLAIN, 1000, &text);
    tap_check(reason && strcmp(reason, "it is larger than 1000 octets") == 0, "or too many");
}

int
main(void)
{
    char directory[] = "/tmp/test_file.XXXXXX";
    static const char *const names[] = {"sized", "large", "fifo", "link"};
    struct arena *arena = arena_new(SIZE_MAX);

    if (mkdtemp(directory) == NULL || chdir(directory) < 0)
        return 1;
    test_sizes(arena);
    test_limits(arena);
    test_kinds(arena);
    test_unknown_size(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
    rmdir("directory");
    rmdir(directory);
    arena_free(&arena);
    return tap_done();
}
