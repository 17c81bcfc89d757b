/* Reads a table's file, and notices when it was replaced. A snapshot is counted, and goes when the
 * last lookup that uses it has ended; one thread reads the new file, others use the old one. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/system.h"
#include "table_inside.h"

/* Offsets into the text are of 32 bits, and a file of this size is a mistake. */
#define LARGEST_FILE ((size_t)1 << 30)

/* How often a lock is tried for before a file is read for the first time, and how far apart. */
enum { LOCK_TRIES = 20, LOCK_PAUSE = 50 * 1000 * 1000 };

/* What tells one state of a file from another; error is that of stat(). */
struct signature {
    int error;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec written, changed;
};

struct table_file {
    const char *path;
    const struct table_file_form *form;
    enum value_type as;    /* what each value is to be; TYPE_ABSENT: anything */
    pthread_mutex_t mutex; /* guards all below */
    struct snapshot *current;
    struct signature seen;
    int64_t looked; /* by clock_ms(), in seconds */
    bool reading;  /* a thread is at it; what follows is for that thread alone */
    bool had_entries;
};

static struct signature
look(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return (struct signature){.error = errno};
    return (struct signature){0, st.st_dev, st.st_ino, st.st_size, st.st_mtim, st.st_ctim};
}

static bool
same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
same_signature(const struct signature *a, const struct signature *b)
{
    return a->error == b->error && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && same_time(a->written, b->written) &&
           same_time(a->changed, b->changed);
}

static int64_t
file_now(void)
{
    return clock_ms() / 1000;
}

/* Written within the last second: whoever writes it in place may not be done. */
static bool
is_hot(const struct signature *seen)
{
    struct timespec time;
    int64_t age;

    clock_gettime(CLOCK_REALTIME, &time);
    age = (time.tv_sec - seen->written.tv_sec) * INT64_C(1000000000) + time.tv_nsec -
          seen->written.tv_nsec;
    return seen->error == 0 && age >= 0 && age < 1000000000;
}

/* postmap(1) holds a lock while it writes in place. Where locks can't be had, none is needed. */
static bool
keep_writers_off(int fd, unsigned tries)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

    while (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        if (errno != EAGAIN && errno != EACCES)
            return true;
        if (--tries == 0)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE}, NULL);
    }
    return true;
}

static const char being_written[] = "is being written";

/* NULL, or the reason. The file is read, not mapped: whoever cuts off a mapped one, as an editor or
 * a copy over it does, would end this process with SIGBUS. */
static const char *
read_text(struct arena *arena, int fd, unsigned tries, struct slice *text_r)
{
    if (!keep_writers_off(fd, tries))
        return being_written;
    return file_read_open(arena, fd, FILE_PLAIN, LARGEST_FILE, text_r);
}

struct file_reading {
    const struct table_file *file;
    int fd;
    int error; /* errno where there is none */
    unsigned tries;
    struct snapshot *snapshot;
    struct arena *arena;
};

static void
read_guarded(void *of)
{
    struct file_reading *reading = of;
    const struct table_file *file = reading->file;
    struct arena *arena = reading->arena;
    struct arena *source = arena_new_child(arena, SIZE_MAX);
    struct snapshot *snapshot = ARENA_NEW(arena, struct snapshot);
    struct slice text;
    const char *reason = reading->fd < 0 ? system_error(reading->error)
                                         : read_text(source, reading->fd, reading->tries, &text);

    snapshot->arena = arena;
    snapshot->is_early = reason == being_written;
    snapshot->users = 1;
    if (reason == NULL) {
        snapshot->contents = file->form->build(arena, text, &reason);
        snapshot->is_wrong = snapshot->contents == NULL;
    }
    if (snapshot->contents == NULL)
        snapshot->reason = arena_printf(arena, "%s: %s", file->path, reason);
    arena_free(&source);
    reading->snapshot = snapshot;
}

/* NULL where there is no memory for it. The file is closed wherever memory ends. */
static struct snapshot *
read_file(const struct table_file *file, unsigned tries)
{
    struct file_reading reading = {
        .file = file, .tries = tries, .arena = arena_try_new(SIZE_MAX)};
    bool done;

    if (reading.arena == NULL)
        return NULL;
    reading.fd = file_open(file->path, FILE_PLAIN);
    reading.error = errno;
    done = arena_guard(reading.arena, read_guarded, &reading);
    if (reading.fd >= 0)
        close(reading.fd);
    if (!done)
        arena_free(&reading.arena);
    return done ? reading.snapshot : NULL;
}

/* The mutex is held. */
static void
snapshot_release(struct snapshot *snapshot)
{
    if (--snapshot->users == 0) {
        struct arena *arena = snapshot->arena;

        arena_free(&arena);
    }
}

static void
file_close(void *of)
{
    struct table_file *file = of;

    snapshot_release(file->current);
    pthread_mutex_destroy(&file->mutex);
}

static bool
has_entries(const struct table_file *file, const struct snapshot *snapshot)
{
    return snapshot->contents && file->form->is_empty && !file->form->is_empty(snapshot->contents);
}

struct table_file *
table_file_open(struct arena *arena, const struct table_opening *opening,
                const struct table_file_form *form, const char **reason_r)
{
    struct table_file *file = ARENA_NEW(arena, struct table_file);

    file->path = opening->path;
    file->form = form;
    file->as = opening->options.as;
    file->seen = look(file->path);
    file->looked = file_now();
    file->current = read_file(file, LOCK_TRIES);
    *reason_r = "there is no memory left";
    if (file->current == NULL)
        return NULL;
    file->had_entries = has_entries(file, file->current);
    pthread_mutex_init(&file->mutex, NULL);
    arena_on_end(arena, file_close, file);
    if (file->current->contents)
        return file;
    *reason_r = file->current->reason;
    return NULL;
}

struct failing {
    const struct table_file *file;
    struct snapshot *fresh;
    bool stays;
};

static void
log_guarded(void *of)
{
    const struct failing *failing = of;
    struct arena *arena = failing->fresh->arena;
    struct buffer *line = ARENA_NEW(arena, struct buffer);
    const char *reason = failing->fresh->reason;

    if (reason == NULL)
        reason = arena_printf(arena, "%s: has no entries any more", failing->file->path);
    buffer_init(line, arena, SIZE_MAX);
    log_escape(line, slice_of(reason));
    log_write(LOG_LEVEL_ERROR, "table file %s; %s", buffer_slice(line).at,
              failing->stays ? "what was read before goes on to count"
                             : "its table can't be asked");
}

static void
log_failure(const struct table_file *file, struct snapshot *fresh, bool stays)
{
    struct failing failing = {.file = file, .fresh = fresh, .stays = stays};

    if (!arena_guard(fresh->arena, log_guarded, &failing))
        log_write(LOG_LEVEL_ERROR,
                  "a table file can't be used, and there is no memory to say more");
}

/* At the start the policy's check tells of it. */
static void
log_unreadable_guarded(void *of)
{
    const struct failing *failing = of;
    const struct table_file *file = failing->file;
    struct arena *arena = failing->fresh->arena;
    struct buffer *line = ARENA_NEW(arena, struct buffer);
    struct table_search search = {.arena = arena, .as = file->as, .path = file->path};

    file->form->walk(failing->fresh->contents, table_search_unreadable, &search);
    if (search.found.value.at == NULL)
        return;
    buffer_init(line, arena, SIZE_MAX);
    log_escape(line, slice_of(table_unreadable_text(arena, &search.found, file->as)));
    log_write(LOG_LEVEL_ERROR, "table file %s; its lookup is an error", buffer_slice(line).at);
}

/* Does it take the place of what was read before? What can't be used is logged, once for each
 * change of the file; an empty one, too, is what a writer that failed leaves behind. Only the
 * thread that reads replaces what is current, so that no lock is needed. */
static bool
is_taken(struct table_file *file, struct snapshot *fresh)
{
    bool has = has_entries(file, fresh), is_there = file->current->contents != NULL;
    bool lost_all = fresh->contents && file->had_entries && !has;
    bool stays = lost_all || (fresh->is_wrong && file->form->old_stays && is_there);

    if (stays || fresh->contents == NULL)
        log_failure(file, fresh, stays && is_there);
    file->had_entries = file->had_entries || has;
    if (file->as && file->form->walk && !stays && fresh->contents)
        arena_guard(fresh->arena, log_unreadable_guarded,
                    &(struct failing){.file = file, .fresh = fresh});
    return !stays;
}

/* The mutex is held, but for the reading itself. What comes too early, or finds no memory, is asked
 * for again. */
static void
read_again(struct table_file *file, const struct signature *seen)
{
    struct snapshot *fresh;
    bool taken;

    file->reading = true;
    pthread_mutex_unlock(&file->mutex);
    fresh = read_file(file, 1);
    taken = fresh && !fresh->is_early && is_taken(file, fresh);
    pthread_mutex_lock(&file->mutex);
    file->reading = false;
    if (fresh == NULL)
        return;
    if (!fresh->is_early)
        file->seen = *seen;
    if (taken) {
        struct snapshot *old = file->current;

        file->current = fresh;
        fresh = old;
    }
    snapshot_release(fresh);
}

struct snapshot *
table_file_take(struct table_file *file)
{
    struct snapshot *taken;

    pthread_mutex_lock(&file->mutex);
    if (!file->reading && file_now() != file->looked) {
        struct signature seen = look(file->path);

        file->looked = file_now();
        if (!same_signature(&seen, &file->seen) && !is_hot(&seen))
            read_again(file, &seen);
    }
    taken = file->current;
    taken->users++;
    pthread_mutex_unlock(&file->mutex);
    return taken;
}

void
table_file_give_back(struct table_file *file, struct snapshot *snapshot)
{
    pthread_mutex_lock(&file->mutex);
    snapshot_release(snapshot);
    pthread_mutex_unlock(&file->mutex);
}

struct asking {
    const struct table_file *file;
    const struct snapshot *snapshot;
    struct arena *arena;
    struct slice key;
    struct table_answer answer;
};

static void
ask_guarded(void *of)
{
    struct asking *asking = of;
    const struct snapshot *snapshot = asking->snapshot;
    struct table_answer answer = {.result = TABLE_COULD_NOT_ASK};

    if (snapshot->contents)
        answer = asking->file->form->find(snapshot->contents, asking->arena, asking->key);
    else
        answer.reason = arena_string(asking->arena, slice_of(snapshot->reason));
    if (snapshot->contents && answer.result == TABLE_COULD_NOT_ASK)
        answer.reason = arena_printf(asking->arena, "%s: %s", asking->file->path, answer.reason);
    asking->answer = answer;
}

/* The snapshot is given back wherever memory ends. */
struct table_answer
table_file_answer(void *of, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    struct table_file *file = of;
    struct snapshot *snapshot = table_file_take(file);
    struct asking asking = {file, snapshot, arena, key, {.result = TABLE_COULD_NOT_ASK}};

    (void)deadline_ms;
    if (!arena_guard(arena, ask_guarded, &asking))
        asking.answer = (struct table_answer){.result = TABLE_COULD_NOT_ASK,
                                              .reason = "there is no memory left"};
    table_file_give_back(file, snapshot);
    return asking.answer;
}

void
table_file_each(void *of, table_visitor *see, void *context)
{
    struct table_file *file = of;
    struct snapshot *snapshot = table_file_take(file);

    if (snapshot->contents)
        file->form->walk(snapshot->contents, see, context);
    table_file_give_back(file, snapshot);
}

const char *
table_file_remark(void *of, struct arena *arena)
{
    struct table_file *file = of;
    struct snapshot *snapshot = table_file_take(file);
    const char *remark = NULL;

    if (snapshot->contents && file->form->remark)
        remark = file->form->remark(snapshot->contents);
    if (remark)
        remark = arena_printf(arena, "%s: %s", file->path, remark);
    table_file_give_back(file, snapshot);
    return remark;
}
