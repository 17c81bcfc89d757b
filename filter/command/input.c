/* Reads what commands are given. */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/system.h"
#include "command.h"

enum { LONGEST_LINE = 1 << 16 };

const char *
input_path(const char *word)
{
    return strcmp(word, "-") == 0 ? "/dev/stdin" : word;
}

bool
input_line(struct arena *arena, FILE *from, struct slice *line_r)
{
    struct buffer *line = ARENA_NEW(arena, struct buffer);
    int c = getc(from);

    if (c == EOF)
        return false;
    buffer_init(line, arena, LONGEST_LINE);
    for (; c != EOF && c != '\n'; c = getc(from))
        buffer_octet(line, (char)c);
    *line_r = buffer_slice(line);
    return true;
}

int
input_policy(const char *path, struct policy **policy_r)
{
    *policy_r = NULL;
    if (access(path, R_OK) < 0) {
        fprintf(stderr, "postern: %s: %s\n", path, system_error(errno));
        return EX_NOINPUT;
    }
    *policy_r = command_load(path);
    return *policy_r ? EX_OK : EX_DATAERR;
}
