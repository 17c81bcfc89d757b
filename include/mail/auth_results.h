/* Authentication-Results (RFC 8601 section 2.2): what a filter found out about a message. Comments
 * and quoted strings are read as such. Values may hold more than tokens do, such as the "/" and "="
 * of base64, which many filters write without quotes. */
#ifndef POSTERN_MAIL_AUTH_RESULTS_H
#define POSTERN_MAIL_AUTH_RESULTS_H

#include "base/arena.h"

/* Slices point into the field, or where quotes were taken off into the arena. */
struct auth_results {
    struct slice id;   /* the authserv-id, as text */
    struct slice rest; /* results that weren't read yet */
};

struct auth_result {
    struct slice method; /* without its version */
    struct slice result;
    struct slice details; /* reason and properties, as written */
};

/* The authserv-id that a field begins with, whatever comes behind; empty where it has none. */
struct slice auth_results_id(struct arena *arena, struct slice field);

/* Begins with a field; false where no authserv-id stands at its front, or one of another version
 * than 1. */
bool auth_results_begin(struct arena *arena, struct slice field, struct auth_results *results_r);

/* The next result, in the order of the field; false behind the last. One that is malformed is left
 * out, whole. Each octet is looked at a fixed number of times, and no memory is taken. */
bool auth_results_next(struct auth_results *results, struct auth_result *result_r);

/* Its reason, or the first property of this name ("header.d"), case ignored; false: it has none. */
bool auth_result_reason(struct arena *arena, const struct auth_result *result,
                        struct slice *reason_r);
bool auth_result_property(struct arena *arena, const struct auth_result *result, struct slice name,
                          struct slice *value_r);

/* Could this be a method, or one word of a property's name: letters, digits, hyphens and such? */
bool auth_results_keyword_is_valid(struct slice word);

#endif
