/* A way for lines out of the process on which nobody waits: what can't be written at once is kept
 * for later, up to a limit. Not for several threads at once. */
#ifndef POSTERN_BASE_CHANNEL_H
#define POSTERN_BASE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

enum { CHANNEL_ROOM = 256 * 1024 };

struct channel {
    int descriptor; /* for datagrams, or standard error */
    int stream;     /* -1: there is none */
    struct sockaddr_un reader;
    char end;  /* of a line */
    bool torn; /* the first line kept has gone out in part */
    size_t len;
    char kept[CHANNEL_ROOM];
};

/* To whoever listens there, now or later, as at /dev/log: for datagrams, or for a stream of lines
 * that end in NUL. */
void channel_open_socket(struct channel *channel, const char *path);
void channel_open_standard_error(struct channel *channel);
void channel_close(struct channel *channel);

/* What is kept is for another process to write, with which this one shares the way: it goes on with
 * nothing kept, and with a stream of its own, but for standard error. */
void channel_forget(struct channel *channel);

/* Keeps a line, without its end. False: there is no room for it. */
bool channel_add(struct channel *channel, const char *line, size_t len);

/* Writes one line, with its end, past those that are kept; what can't be written now is lost. Safe
 * in a handler of signals. */
void channel_write_past(const struct channel *channel, const char *line, size_t len);

/* Writes what can be written now. False: something is left. */
bool channel_flush(struct channel *channel);

#endif
