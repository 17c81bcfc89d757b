/* Reads and writes messages as files have them: inside, lines end with CRLF, as MTAs send them. */
#include "message_file.h"

#include <errno.h>
#include <unistd.h>

#include "base/system.h"
#include "mail/mime_scan.h"
#include "spool.h"
#include "write_all.h"

enum { PIECE = 65536, MEMORY = 1 << 20 };

/* Beyond what mail has, and what a command may take its time for. */
static const struct mime_limits limits = {.depth = 100, .parts = 100000, .header = 64 << 20};

struct message_file {
    struct arena *arena;
    bool has_crlf, has_lf, has_cr; /* line ends that are in it */
    bool after_cr;
    struct spool *spool; /* as it came */
    struct mime_scan *scan;
    const struct mime_message *mime;
    struct convert_plan plan;
    int to;
    int error;
    bool owes_cr; /* in writing: a CR came whose next octet hasn't */
};

static void
note_line_ends(struct message_file *file, struct slice piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        bool lf = piece.at[i] == '\n';

        file->has_crlf = file->has_crlf || (lf && file->after_cr);
        file->has_lf = file->has_lf || lf;
        file->after_cr = piece.at[i] == '\r';
        file->has_cr = file->has_cr || file->after_cr;
    }
}

/* The octet that ends a line where CRLF doesn't; 0: CRLF does. */
static char
line_end_octet(const struct message_file *file)
{
    if (file->has_crlf)
        return '\0';
    return file->has_lf ? '\n' : file->has_cr ? '\r' : '\0';
}

typedef bool taker(struct message_file *file, struct slice piece);

/* Hands the piece on with CRLF at the ends of lines. */
static bool
take_with_crlf(struct message_file *file, struct slice piece, taker *take)
{
    char end = line_end_octet(file);

    if (end == '\0')
        return take(file, piece);
    while (piece.len > 0) {
        size_t len = slice_find(piece, end);

        if (len > 0 && !take(file, slice_first(piece, len)))
            return false;
        if (len < piece.len && !take(file, SLICE("\r\n")))
            return false;
        piece = slice_from(piece, len + 1);
    }
    return true;
}

static bool
scan_text(struct message_file *file, struct slice piece)
{
    mime_scan_add(file->scan, piece);
    return true;
}

static bool
scan_piece(void *context, struct slice piece)
{
    return take_with_crlf(context, piece, scan_text);
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

static bool
message_read_all(struct message_file *file, int from, const char **reason_r)
{
    char *piece = arena_alloc(file->arena, PIECE);
    ssize_t got;

    while ((got = read_piece(from, piece, PIECE)) > 0) {
        note_line_ends(file, (struct slice){piece, (size_t)got});
        if (!spool_add(file->spool, (struct slice){piece, (size_t)got})) {
            *reason_r = spool_reason(file->spool);
            return false;
        }
    }
    if (got < 0)
        *reason_r = arena_printf(file->arena, "the message can't be read: %s", system_error(errno));
    return got == 0;
}

struct message_file *
message_file_read(struct arena *arena, int from, const char **reason_r)
{
    struct message_file *file = ARENA_NEW(arena, struct message_file);

    file->arena = arena;
    file->spool = spool_new(arena, MEMORY);
    file->scan = mime_scan_new(arena, &limits);
    if (!message_read_all(file, from, reason_r))
        return NULL;
    if (!spool_pass(file->spool, scan_piece, file)) {
        *reason_r = spool_reason(file->spool);
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
message_file_plan(struct message_file *file, unsigned what, struct convert_refusal *refusal_r)
{
    return convert_plan(file->arena, file->mime, what, &file->plan, refusal_r);
}

bool
message_file_changes(const struct message_file *file)
{
    return file->plan.body;
}

static bool
write_out(struct message_file *file, struct slice piece)
{
    bool written = write_all(file->to, piece);

    if (!written)
        file->error = errno;
    return written;
}

enum { LINES = 4096 };

/* CRLF becomes the file's own line end again. */
static bool
write_lines(struct message_file *file, struct slice piece, char end)
{
    char to[2 * LINES];
    size_t len = 0;

    for (size_t i = 0; i < piece.len; i++) {
        bool ends = file->owes_cr && piece.at[i] == '\n';

        if (file->owes_cr)
            to[len++] = ends ? end : '\r';
        file->owes_cr = piece.at[i] == '\r';
        if (!ends && !file->owes_cr)
            to[len++] = piece.at[i];
    }
    return write_out(file, (struct slice){to, len});
}

static bool
write_piece(void *context, struct slice piece)
{
    struct message_file *file = context;
    char end = line_end_octet(file);

    if (end == '\0')
        return write_out(file, piece);
    while (piece.len > 0) {
        if (!write_lines(file, slice_first(piece, LINES), end))
            return false;
        piece = slice_from(piece, LINES);
    }
    return true;
}

static bool
convert_text(struct message_file *file, struct slice piece)
{
    return convert_add(&file->plan, piece, write_piece, file);
}

static bool
convert_piece(void *context, struct slice piece)
{
    return take_with_crlf(context, piece, convert_text);
}

bool
message_file_write(struct message_file *file, int to, const char **reason_r)
{
    bool done;

    file->to = to;
    file->error = 0;
    file->owes_cr = false;
    done = spool_pass(file->spool, convert_piece, file);
    done = convert_end(&file->plan, write_piece, file) && done;
    if (done && file->owes_cr)
        done = write_out(file, SLICE("\r"));
    if (!done)
        *reason_r = file->error ? arena_printf(file->arena, "the message can't be written: %s",
                                               system_error(file->error))
                                : spool_reason(file->spool);
    return done;
}
