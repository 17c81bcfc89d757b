/* Reads the text that the milter kept. */
#include "told.h"

static struct told_command *
told_place(struct told *told, const struct step *step)
{
    switch (step->kind) {
    case STEP_CONNECT:
    case STEP_LOCAL:
        return &told->connect;
    case STEP_HELO:
        return &told->helo;
    case STEP_MAIL:
        return &told->mail;
    case STEP_RCPT:
        return &told->recipient[told->recipients++];
    case STEP_DATA:
    case STEP_MESSAGE:
        return &told->content;
    case STEP_TLS:
        told->tls = step;
        break;
    case STEP_AUTH:
        told->auth = step;
        break;
    case STEP_STARTTLS:
    case STEP_RSET:
    case STEP_COMMAND:
    case STEP_MACRO:
    case STEP_TABLE:
    case STEP_TIME:
    case STEP_EXPECT:
        break;
    }
    return NULL;
}

static size_t
count_steps(const struct step *steps)
{
    size_t count = 0;

    for (; steps; steps = steps->next)
        count++;
    return count;
}

/* The text behind "# not sent at ", or false. */
static bool
told_next_remark(struct slice *text, struct slice *line_r)
{
    while (text->len > 0) {
        size_t len = slice_find(*text, '\n');
        struct slice line = slice_first(*text, len);

        *text = slice_from(*text, len + 1);
        if (line.len > 2 && line.at[0] == '#') {
            *line_r = slice_from(line, 2);
            return true;
        }
    }
    return false;
}

static void
told_read_remarks(struct arena *arena, struct slice text, struct told *told)
{
    static const struct slice not_sent = {"not sent at ", 12};
    const char **unsent = ARENA_ARRAY(arena, text.len / not_sent.len + 1, const char *);
    struct slice line;
    size_t count = 0;

    told->unsent = unsent;
    while (told_next_remark(&text, &line)) {
        told->cut |= slice_equal(line, SLICE("cut"));
        told->other_octets |= slice_equal(line, SLICE("other octets"));
        if (slice_starts_nocase(line, not_sent) && memmem(line.at, line.len, ": ", 2))
            unsent[count++] = arena_string(arena, slice_from(line, not_sent.len));
    }
}

bool
told_read(struct arena *arena, struct slice text, struct told *told_r)
{
    struct diagnostics diagnostics;
    const struct step *steps, *macros = NULL;
    size_t count = 0;

    *told_r = (struct told){0};
    diagnostics_init(&diagnostics, arena);
    steps = scenario_text(arena, "what the MTA told", text, &diagnostics);
    if (diagnostics.errors > 0 || steps == NULL)
        return false;
    told_r->recipient = ARENA_ARRAY(arena, count_steps(steps), struct told_command);
    for (const struct step *step = steps; step; step = step->next) {
        struct told_command *place = told_place(told_r, step);

        if (step->kind == STEP_MACRO && count++ == 0)
            macros = step;
        if (place) {
            *place = (struct told_command){macros, count, step};
            count = 0;
        }
    }
    told_read_remarks(arena, text, told_r);
    return told_r->connect.step && told_r->connect.step->words > 0 && told_r->mail.step;
}
