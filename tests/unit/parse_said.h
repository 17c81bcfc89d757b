/* What the parser said, in one text, for comparisons. */
#ifndef POSTERN_TESTS_PARSE_SAID_H
#define POSTERN_TESTS_PARSE_SAID_H

#include <string.h>

#include "base/buffer.h"
#include "base/diagnostics.h"

/* A line each: "line:column: text", with "name:" in front where `named`. */
static inline const char *
parse_said(struct arena *arena, const struct diagnostics *diagnostics, bool named)
{
    const char *said = "";

    for (const struct diagnostic *entry = diagnostics->first; entry; entry = entry->next) {
        const char *place = "";
        unsigned line, column;

        if (entry->place.source) {
            diagnostics_position(entry->place, &line, &column);
            place = arena_printf(arena, "%s%s%u:%u: ", named ? entry->place.source->name : "",
                                 named ? ":" : "", line, column);
        }
        said = arena_printf(arena, "%s%s%s%s", said, *said ? "\n" : "", place, entry->text);
    }
    return said;
}

#endif
