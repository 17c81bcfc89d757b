/* Diagnostics as lines of the log. */
#include "complaints.h"

#include "base/log.h"

static const char *
complaint_text(struct arena *arena, const struct diagnostic *entry)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    unsigned line, column;

    buffer_init(text, arena, 4000);
    if (entry->place.source) {
        diagnostics_position(entry->place, &line, &column);
        log_escape(text, slice_of(entry->place.source->name));
        buffer_printf(text, ":%u:%u: ", line, column);
    }
    log_escape(text, slice_of(entry->text));
    return buffer_slice(text).at;
}

void
complaints_log(const struct diagnostics *diagnostics)
{
    for (const struct diagnostic *entry = diagnostics->first; entry; entry = entry->next)
        log_write(entry->severity == SEVERITY_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s",
                  complaint_text(diagnostics->arena, entry));
}

const char *
complaints_first(const struct diagnostics *diagnostics)
{
    for (const struct diagnostic *entry = diagnostics->first; entry; entry = entry->next)
        if (entry->severity == SEVERITY_ERROR)
            return complaint_text(diagnostics->arena, entry);
    return "";
}
