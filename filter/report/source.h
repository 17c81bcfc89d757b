/* The lines of a log, wherever it lies: a file, one that gzip(1) made, or standard input. */
#ifndef POSTERN_FILTER_REPORT_SOURCE_H
#define POSTERN_FILTER_REPORT_SOURCE_H

#include <time.h>

#include "base/arena.h"

struct source_file {
    int descriptor; /* of the octets that lines are made of */
    int unpacker;   /* the process that makes them, or 0 */
    const char *name;
    time_t changed; /* 0: nobody knows */
    uint64_t size;  /* of the file as it lies there; 0: nobody knows */
    int own;        /* the file itself, where the unpacker reads it too */
    char *buffer;
    size_t begin, end; /* what of the buffer is not yet read as lines */
    bool skips;        /* a line that is longer than any of ours */
    bool failed;
};

/* "-": standard input. False, and why. */
bool source_open(struct arena *arena, const char *name, struct source_file *file_r,
                 const char **reason_r);

/* The next line, without its end; valid until the next call. False behind the last. */
bool source_line(struct source_file *file, struct slice *line_r);

/* How many octets of `size` are read. */
uint64_t source_position(const struct source_file *file);

/* Why the last lines couldn't be read; NULL: they could. */
const char *source_close(struct source_file *file);

#endif
