/* A whole message that a command reads, and writes converted. */
#ifndef POSTERN_FILTER_MESSAGE_FILE_H
#define POSTERN_FILTER_MESSAGE_FILE_H

#include "mail/convert_message.h"

struct message_file;

/* Reads to the end of the descriptor. Lines end with CRLF; where there is none with LF, and where
 * there is none either with CR; so they do when it is written. NULL, and the reason: it can't be
 * read or kept. Lives in the arena. */
struct message_file *message_file_read(struct arena *arena, int from, const char **reason_r);

const struct mime_message *message_file_mime(const struct message_file *file);

/* False: it can't be converted without loss. */
bool message_file_plan(struct message_file *file, unsigned what, struct convert_refusal *refusal_r);

/* Is anything converted? */
bool message_file_changes(const struct message_file *file);

/* After a plan: writes the message, as it came or converted; false, and the reason, when it can't.
 */
bool message_file_write(struct message_file *file, int to, const char **reason_r);

#endif
