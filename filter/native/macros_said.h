/* Macros as an MTA said them last, at each place where they come. */
#ifndef POSTERN_FILTER_NATIVE_MACROS_SAID_H
#define POSTERN_FILTER_NATIVE_MACROS_SAID_H

#include "packet.h"

struct macros_said {
    struct arena *arena;
    char *text; /* of one place behind the other: names and values in turn, each with its NUL */
    uint32_t room, wanted;
    uint16_t length[PACKET_PLACES];
};

/* In place of those that came at this place before; an empty list changes nothing, as with
 * libmilter. False: there is no memory. */
bool macros_said_take(struct macros_said *macros, const struct packet *packet);

/* Those of this place and later ones are forgotten. */
void macros_said_clear(struct macros_said *macros, size_t from);

/* Gives back what they take. */
void macros_said_end(struct macros_said *macros);

/* What the conversation wants of an engine; of: the macros. The value that came at the latest place
 * counts, or NULL. */
const char *macros_said_find(void *of, const char *name);

#endif
