/* Reads and writes messages as files have them: inside, lines end with CRLF, as MTAs send them. */
#include "message_file.h"

#include <errno.h>
#include <unistd.h>

#include "mail/mime_scan.h"
#include "spool.h"

enum { PIECE = 65536, MEMORY = 1 << 20 };

/* Beyond what mail has, and what a command may take its time for. */
static const struct mime_limits limits = {.depth = 100, .parts = 100000, .header = 64 << 20};

enum line_end { LINE_END_UNKNOWN, LINE_END_CRLF, LINE_END_LF, LINE_END_CR };

struct message_file {
    struct arena *arena;
    enum line_end line_end;
    bool after_cr; /* while the first line end is looked for */
    struct spool *spool;
    struct mime_scan *scan;
    const struct mime_message *mime;
    struct downgrade plan;
    int to;
    int error;
    bool write_failed;
    bool owes_cr; /* in writing: a CR came whose next octet hasn't */
};

static bool
keep(struct message_file *file, struct slice piece)
{
    mime_scan_add(file->scan, piece);
    return spool_add(file->spool, piece);
}

/* With each octet that ends a line turned into CRLF. */
static bool
keep_lines(struct message_file *file, struct slice piece, char end)
{
    while (piece.len > 0) {
        size_t len = slice_find(piece, end);

        if (!keep(file, slice_first(piece, len)))
            return false;
        if (len < piece.len && !keep(file, SLICE("\r\n")))
            return false;
        piece = slice_from(piece, len + 1);
    }
    return true;
}

/* What the first line end is, if it is in sight. A CR at the end of the piece waits. */
static void
look_for_line_end(struct message_file *file, struct slice piece)
{
    for (size_t i = 0; i < piece.len && file->line_end == LINE_END_UNKNOWN; i++) {
        bool lf = piece.at[i] == '\n';

        if (file->after_cr)
            file->line_end = lf ? LINE_END_CRLF : LINE_END_CR;
        else if (lf)
            file->line_end = LINE_END_LF;
        file->after_cr = piece.at[i] == '\r';
    }
}

static bool
take_piece(struct message_file *file, struct slice piece)
{
    if (file->line_end == LINE_END_UNKNOWN)
        look_for_line_end(file, piece);
    switch (file->line_end) {
    case LINE_END_LF:
        return keep_lines(file, piece, '\n');
    case LINE_END_CR:
        return keep_lines(file, piece, '\r');
    case LINE_END_UNKNOWN:
    case LINE_END_CRLF:
        break;
    }
    return keep(file, piece);
}

static ssize_t
read_piece(int from, char *piece, size_t size)
{
    ssize_t got;

    do
        got = read(from, piece, size);
    while (got < 0 && errno == EINTR);
    return got;
}

struct message_file *
message_file_read(struct arena *arena, int from, const char **reason_r)
{
    struct message_file *file = ARENA_NEW(arena, struct message_file);
    char *piece = arena_alloc(arena, PIECE);
    ssize_t got;

    file->arena = arena;
    file->spool = spool_new(arena, MEMORY);
    file->scan = mime_scan_new(arena, &limits);
    while ((got = read_piece(from, piece, PIECE)) > 0)
        if (!take_piece(file, (struct slice){piece, (size_t)got})) {
            *reason_r = spool_reason(file->spool);
            return NULL;
        }
    if (got < 0) {
        *reason_r = arena_printf(arena, "the message can't be read: %s", strerrordesc_np(errno));
        return NULL;
    }
    file->mime = mime_scan_end(file->scan);
    return file;
}

const struct mime_message *
message_file_mime(const struct message_file *file)
{
    return file->mime;
}

bool
message_file_plan(struct message_file *file, unsigned what, struct downgrade_refusal *refusal_r)
{
    return downgrade_plan(file->arena, file->mime, what, &file->plan, refusal_r);
}

bool
message_file_changes(const struct message_file *file)
{
    return file->plan.body;
}

static bool
write_out(struct message_file *file, struct slice piece)
{
    while (piece.len > 0) {
        ssize_t written = write(file->to, piece.at, piece.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            file->error = written < 0 ? errno : ENOSPC;
            return false;
        }
        piece = slice_from(piece, (size_t)written);
    }
    return true;
}

/* The runs between CRLFs, and the file's own line end in their place. */
static bool
write_lines(struct message_file *file, struct slice piece, struct slice end)
{
    char *to = arena_alloc(file->arena, piece.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < piece.len; i++) {
        char c = piece.at[i];

        if (file->owes_cr)
            to[len++] = c == '\n' ? end.at[0] : '\r';
        if (c != '\r' && !(file->owes_cr && c == '\n'))
            to[len++] = c;
        file->owes_cr = c == '\r';
    }
    return write_out(file, (struct slice){to, len});
}

static bool
write_piece(void *context, struct slice piece)
{
    struct message_file *file = context;

    if (file->line_end == LINE_END_LF)
        return write_lines(file, piece, SLICE("\n"));
    if (file->line_end == LINE_END_CR)
        return write_lines(file, piece, SLICE("\r"));
    return write_out(file, piece);
}

static bool
convert_piece(void *context, struct slice piece)
{
    struct message_file *file = context;

    return downgrade_add(&file->plan, piece, write_piece, file);
}

bool
message_file_write(struct message_file *file, int to, const char **reason_r)
{
    bool done;

    file->to = to;
    file->error = 0;
    file->owes_cr = false;
    done = spool_pass(file->spool, convert_piece, file);
    done = downgrade_end(&file->plan, write_piece, file) && done;
    if (done && file->owes_cr)
        done = write_out(file, SLICE("\r"));
    if (!done)
        *reason_r = file->error ? arena_printf(file->arena, "the message can't be written: %s",
                                               strerrordesc_np(file->error))
                                : spool_reason(file->spool);
    return done;
}
