/* Messages of a scenario: from a file, or by default; cut into header fields and body as an MTA
 * does. */
#ifndef POSTERN_FILTER_PLAY_MESSAGE_H
#define POSTERN_FILTER_PLAY_MESSAGE_H

#include "mail/header.h"

struct play_message {
    struct header_field *header;
    struct slice body;
};

/* Reads a message; line ends are made CRLF unless the file has some already. False and a reason
 * when it can't be read. */
bool play_message_read(struct arena *arena, const char *path, struct slice *text_r,
                       const char **reason_r);

/* A harmless message from this sender. */
struct slice play_message_default(struct arena *arena, struct slice sender);

void play_message_split(struct arena *arena, struct slice text, struct play_message *message_r);

#endif
