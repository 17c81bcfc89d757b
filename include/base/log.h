/* Where the process says what happened: syslog, or standard error with `serve -f`, there with a
 * priority before it as sd-daemon(3) has them, unless that is a terminal. A line that can't be
 * written at once is dropped; how many were, the log says when it can, once a second at
 * most. What is logged must already be printable: log_escape() makes it so, in ASCII alone. */
#ifndef POSTERN_BASE_LOG_H
#define POSTERN_BASE_LOG_H

#include "base/buffer.h"

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* facility: a name that syslog.conf(5) knows ("mail"); name is kept, not copied. socket: of who
 * reads the log, NULL for standard error. Before there are threads; from then on syslog(3) is mute.
 */
void log_open(const char *name, const char *facility, const char *socket);

/* Goes on under another name; the name is kept, not copied. */
void log_rename(const char *name, const char *facility);

/* In a process that was forked: what the other one has kept is for it to write. */
void log_after_fork(void);

bool log_facility_known(const char *facility);
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether lines go to a socket by its name, so that one may be made and connected anew. */
bool log_has_reader(void);

/* A line at once, past those that are kept; lost where that can't be. For a handler of a signal
 * that comes of a system call: what was interrupted may hold the log's lock. */
void log_past(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Before there are threads. In JSON each line is an object: {"level":"info","message":"..."}, on
 * standard error without the name. */
void log_set_format(enum log_format format);

/* A line that is in the format already: in JSON an object that isn't empty, and gets its level. */
void log_write_made(enum log_level level, const char *line);

/* Is told of each line that is dropped, and must not log. Before there are threads. */
void log_on_drop(void (*told)(void));

/* Writes what is kept, as far as that goes now, which log_write() does too. False: some is left. */
bool log_flush(void);

/* Octets that are control or not ASCII become \x{HH}; a backslash is doubled. */
void log_escape(struct buffer *to, struct slice s);

#endif
