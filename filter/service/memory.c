/* The memory of the process has several ends: that of the machine, of the control group and of
 * RLIMIT_AS. Whoever passes the first is killed, or refused. */
#include "memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pool.h"
#include "base/system.h"

enum { FILE_MAX = 65536, SHARE = 4, ARENAS = 2 };

#define MOST_BY_DEFAULT ((size_t)1 << 30)

/* Blocks of arenas above this are maps of their own, which go back to the system at once. */
#define MAP_ABOVE (64 * 1024)
#define TRIM_ABOVE (256 * 1024)

/* What a small file says, without its line end; empty where it can't be read. */
static struct slice
memory_file(struct arena *arena, const char *path)
{
    struct slice text;

    file_read(arena, path, FILE_PLAIN, FILE_MAX, &text);
    return slice_trim(text);
}

static size_t
memory_number(struct arena *arena, const char *path)
{
    int64_t number;

    return slice_number(memory_file(arena, path), &number) ? (size_t)number : SIZE_MAX;
}

static size_t
memory_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of the process's own group and those around it. The line "0::/PATH" is that of version 2. */
static size_t
memory_of_group(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice lines = memory_file(arena, "/proc/self/cgroup"), line;
    size_t least = memory_number(arena, "/sys/fs/cgroup/memory/memory.limit_in_bytes");

    while (slice_word(&lines, "\n", &line)) {
        if (!slice_starts_nocase(line, SLICE("0::/")))
            continue;
        for (line = slice_from(line, 3); line.len > 0;
             line = slice_first(line, slice_find_last(line, '/'))) {
            const char *path =
                arena_printf(arena, "/sys/fs/cgroup%.*s/memory.max", (int)line.len, line.at);

            least = memory_least(least, memory_number(arena, path));
        }
    }
    arena_free(&arena);
    return least;
}

static size_t
memory_of_process(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

static size_t
memory_of_machine(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : SIZE_MAX;
}

void
memory_prepare(const struct settings *settings)
{
    size_t limit = (size_t)settings->value[SET_MAX_MEMORY].number;
    size_t least =
        memory_least(memory_of_machine(), memory_least(memory_of_group(), memory_of_process()));

    if (limit == 0)
        limit = memory_least(least / SHARE, MOST_BY_DEFAULT);
    system_malloc_tune(ARENAS, MAP_ABOVE, TRIM_ABOVE);
    pool_set_limit(limit);
}
