/* Header fields: unfolding (RFC 5322 section 2.2.3) and encoded words (RFC 2047). */
#ifndef POSTERN_MAIL_HEADER_H
#define POSTERN_MAIL_HEADER_H

#include "base/arena.h"

struct header_field {
    struct slice name; /* without white space around it */
    struct slice body; /* folded as it came, without the one space behind the colon */
    struct slice raw;  /* the whole field with its line end, where a text was read; else nothing */
    struct header_field *next;
};

/* Line ends before white space taken out, surrounding white space trimmed. Text without line end is
 * returned as it is, trimmed. */
struct slice header_unfold(struct arena *arena, struct slice body);

/* Encoded words read, as UTF-8; white space between two of them dropped (RFC 2047 section 6.2).
 * What isn't a well-formed encoded word in a known charset stays as it is. */
struct slice header_decode(struct arena *arena, struct slice unfolded);

/* Field name: printable ASCII without colon (RFC 5322 section 2.2). */
bool header_name_is_valid(struct slice name);

/* Does a field begin in this line: a valid name, white space (RFC 5322 section 4.5), a colon? */
bool header_line_is_field(struct slice line);

/* Cuts a field off the front of rest, which isn't empty: its line and those that begin with white
 * space behind it, with their line ends. */
struct slice header_take(struct slice *rest);

/* Such a field, cut at its first colon, whatever its name holds. */
struct header_field header_cut(struct slice raw);

/* The fields of a text of which each line begins a field, goes on with one, or is none (an empty
 * line, the "From " line of a mailbox file): a field without name then stands for it. */
struct header_field *header_split(struct arena *arena, struct slice text);

/* The first field of this name, from `field` on, case ignored; NULL when there is none. */
const struct header_field *header_find(const struct header_field *field, struct slice name);

/* How many of this name there are, from `field` on. */
size_t header_count_named(const struct header_field *field, struct slice name);

/* Its name too, which an MTA may let through with octets above 127. */
bool header_field_is_ascii(const struct header_field *field);

#endif
