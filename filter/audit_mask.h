/* What stands in the log for local parts and logins, where log-mask asks for it. */
#ifndef POSTERN_FILTER_AUDIT_MASK_H
#define POSTERN_FILTER_AUDIT_MASK_H

#include <time.h>

#include "audit_form.h"
#include "base/arena.h"

/* Draws the key, unless there is one: processes that are forked from now on have the same. */
void audit_mask_draw_key(void);

/* Masks the values of a line. What stands for a local part or a login is the same all through a day
 * of the local time zone, whatever its case, and another on the next. In texts and reasons this is
 * done where an address stands, or the line's login as a word. */
void audit_mask(struct arena *arena, time_t when, struct slice value[AUDIT_FIELDS]);

/* The same of a text in which addresses and the login, if there is one, stand. */
struct slice audit_mask_text(struct arena *arena, time_t when, struct slice login,
                             struct slice text);

#endif
