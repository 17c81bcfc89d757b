/* From what a policy needs to what is asked of the MTA: protocol steps, actions, macros. What no
 * rule reads isn't asked for, and where no verdict can fall no answer is waited for. Knows the bits
 * of the milter protocol, and nothing of libmilter. */
#include "filter/negotiate.h"

#include "policy/json.h"

#define NAMED(name) PROTOCOL_##name, #name

struct named_bit {
    unsigned bit;
    const char *name;
};

static const struct named_bit action_names[] = {
    {NAMED(ADDHDRS)}, {NAMED(CHGHDRS)},    {NAMED(CHGBODY)},
    {NAMED(CHGFROM)}, {NAMED(ADDRCPT)},    {NAMED(ADDRCPT_PAR)},
    {NAMED(DELRCPT)}, {NAMED(QUARANTINE)}, {NAMED(SETSYMLIST)},
};

static const struct named_bit step_names[] = {
    {NAMED(NODATA)},  {NAMED(NOHDRS)},  {NAMED(NOEOH)},   {NAMED(NOBODY)},  {NAMED(NOUNKNOWN)},
    {NAMED(NR_CONN)}, {NAMED(NR_HELO)}, {NAMED(NR_MAIL)}, {NAMED(NR_DATA)}, {NAMED(NR_HDR)},
    {NAMED(NR_EOH)},  {NAMED(NR_UNKN)}, {NAMED(SKIP)},
};

enum {
    ACTION_NAMES = sizeof action_names / sizeof action_names[0],
    STEP_NAMES = sizeof step_names / sizeof step_names[0]
};

/* `discard` for one recipient takes him off. */
static const struct {
    enum action_kind kind;
    unsigned asks;
} actions[] = {
    {ACTION_DISCARD, PROTOCOL_DELRCPT},
    {ACTION_QUARANTINE, PROTOCOL_QUARANTINE},
    {ACTION_ADD_HEADER, PROTOCOL_ADDHDRS},
    {ACTION_REPLACE_HEADER, PROTOCOL_ADDHDRS | PROTOCOL_CHGHDRS},
    {ACTION_REMOVE_HEADER, PROTOCOL_CHGHDRS},
    {ACTION_SET_SENDER, PROTOCOL_CHGFROM},
    {ACTION_ADD_RECIPIENT, PROTOCOL_ADDRCPT},
    {ACTION_REMOVE_RECIPIENT, PROTOCOL_DELRCPT},
    {ACTION_DOWNGRADE, PROTOCOL_ADDHDRS | PROTOCOL_CHGHDRS | PROTOCOL_CHGBODY | PROTOCOL_CHGFROM |
                           PROTOCOL_ADDRCPT | PROTOCOL_ADDRCPT_PAR | PROTOCOL_DELRCPT},
};

/* Connection, HELO, MAIL and RCPT always come, for the log. RCPT always gets an answer, since there
 * may be too many recipients; what is wrong with a single header field is said at the end of the
 * header or of the message. */
static const struct {
    enum stage stage;
    unsigned leave_out;
    unsigned no_reply;
} steps[] = {
    {STAGE_CONNECT, 0, PROTOCOL_NR_CONN},
    {STAGE_HELO, 0, PROTOCOL_NR_HELO},
    {STAGE_MAIL, 0, PROTOCOL_NR_MAIL},
    {STAGE_DATA, PROTOCOL_NODATA, PROTOCOL_NR_DATA},
    {STAGE_HEADER, PROTOCOL_NOEOH, PROTOCOL_NR_EOH},
    {STAGE_UNKNOWN, PROTOCOL_NOUNKNOWN, PROTOCOL_NR_UNKN},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

/* For the log: the queue id where an MTA may know it, and who logged in, which MTAs write in ways
 * of their own. */
static const char *const log_macros[STAGES][4] = {
    [STAGE_CONNECT] = {"v"}, [STAGE_MAIL] = {"i", "{auth_type}", "{auth_authen}"},
    [STAGE_RCPT] = {"i"},    [STAGE_DATA] = {"i"},
    [STAGE_HEADER] = {"i"},  [STAGE_BODY] = {"i"},
};

static bool
has_stage(unsigned stages, enum stage stage)
{
    return stages >> stage & 1;
}

/* A step that isn't needed and can be left out is; else `otherwise` is asked, where that is
 * offered. */
static unsigned long
step_to_ask(bool needed, unsigned leave_out, unsigned otherwise, unsigned long offered)
{
    return !needed && leave_out & offered ? leave_out : otherwise & offered;
}

static unsigned long
steps_for(const struct needs *needs, unsigned long offered)
{
    bool header = needs->flags & FACT_READS_HEADER;
    bool body = needs->flags & (FACT_READS_BODY | FACT_HOLDS_BODY);
    unsigned long asked = step_to_ask(header, PROTOCOL_NOHDRS, PROTOCOL_NR_HDR, offered) |
                          step_to_ask(body, PROTOCOL_NOBODY, PROTOCOL_SKIP, offered);

    for (size_t i = 0; i < STEPS; i++)
        if (!has_stage(needs->verdict_stages, steps[i].stage))
            asked |= step_to_ask(has_stage(needs->read_stages, steps[i].stage), steps[i].leave_out,
                                 steps[i].no_reply, offered);
    return asked;
}

static bool
is_left_out(enum stage stage, unsigned long asked)
{
    for (size_t i = 0; i < STEPS; i++)
        if (steps[i].stage == stage)
            return steps[i].leave_out & asked;
    return false;
}

bool
negotiate_macros(const struct needs *needs, unsigned long agreed, enum stage stage,
                 const char *const *lists_r[2])
{
    static const char *const none[] = {NULL};

    lists_r[0] = log_macros[stage];
    lists_r[1] = needs->macros[stage] ? needs->macros[stage] : none;
    return !is_left_out(stage, agreed);
}

static unsigned
actions_for(const struct needs *needs)
{
    unsigned asked = PROTOCOL_SETSYMLIST;

    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (needs->actions >> actions[i].kind & 1)
            asked |= actions[i].asks;
    return asked;
}

/* Adds a macro unless it is there; false when there are too many. */
static bool
add_macro(const char **list, const char *name)
{
    size_t count = 0;

    for (; list[count]; count++)
        if (strcmp(list[count], name) == 0)
            return true;
    if (count == PROTOCOL_MAX_MACROS)
        return false;
    list[count] = name;
    return true;
}

static size_t
macros_count(const char *const *list)
{
    size_t count = 0;

    while (list && list[count])
        count++;
    return count < PROTOCOL_MAX_MACROS ? count : PROTOCOL_MAX_MACROS;
}

/* The list of one stage, or NULL where nothing is wanted. Clears fits_r when it can't hold all. An
 * MTA's own name, j, is on each: it is never unset, and libmilter ignores an empty list, so that
 * the login of one transaction would be left for the next. */
static const char *const *
macros_for(struct arena *arena, const struct needs *needs, enum stage stage, bool *fits_r)
{
    const char *const *needed = needs->macros[stage];
    size_t most = macros_count(log_macros[stage]) + macros_count(needed);
    const char **list;

    if (most == 0)
        return NULL;
    list = ARENA_ARRAY(arena, most + 2, const char *);
    add_macro(list, "j");
    for (size_t i = 0; log_macros[stage][i]; i++)
        add_macro(list, log_macros[stage][i]);
    for (; needed && *needed; needed++)
        *fits_r = add_macro(list, *needed) && *fits_r;
    return list;
}

static bool
needs_macros(const struct needs *needs)
{
    for (size_t i = 0; i < STAGES; i++)
        if (needs->macros[i] && needs->macros[i][0])
            return true;
    return false;
}

static void
write_names(struct buffer *to, const char *title, const struct named_bit *names, size_t count,
            unsigned long bits)
{
    buffer_text(to, title);
    for (size_t i = 0; i < count; i++)
        if (bits & names[i].bit)
            buffer_printf(to, " %s", names[i].name);
}

/* What an MTA can't leave out, it doesn't know: a rule that reads `command` never holds then. */
static bool
commands_are_missing(const struct needs *needs, unsigned long offered_steps)
{
    return has_stage(needs->read_stages, STAGE_UNKNOWN) && !(offered_steps & PROTOCOL_NOUNKNOWN);
}

/* All of it but what is too much for any MTA is there in version 6 of the protocol. */
static const char *
missing_text(struct arena *arena, unsigned long unoffered, bool commands, bool macros_fit)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    if (!unoffered && !commands && macros_fit)
        return NULL;
    buffer_init(text, arena, 1000);
    if (unoffered)
        write_names(text, "it doesn't offer", action_names, ACTION_NAMES, unoffered);
    if (commands)
        buffer_printf(text, "%sit doesn't tell of commands that it doesn't know",
                      unoffered ? ", and " : "");
    if (unoffered || commands)
        buffer_text(text, " (a Postfix does with milter_protocol = 6)");
    if (!macros_fit)
        buffer_printf(text, "%sa stage has no more than %d macros",
                      unoffered || commands ? ", and " : "", PROTOCOL_MAX_MACROS);
    return arena_string(arena, buffer_slice(text));
}

void
negotiate(struct arena *arena, const struct needs *needs, unsigned long offered_actions,
          unsigned long offered_steps, struct terms *terms_r)
{
    unsigned long wanted = actions_for(needs);
    bool fits = true;

    *terms_r = (struct terms){
        .actions = wanted & offered_actions,
        .steps = steps_for(needs, offered_steps),
    };
    for (size_t i = 0; i < STAGES; i++)
        if (!is_left_out((enum stage)i, terms_r->steps))
            terms_r->macros[i] = macros_for(arena, needs, (enum stage)i, &fits);
    if (!needs_macros(needs))
        wanted &= ~(unsigned long)PROTOCOL_SETSYMLIST;
    terms_r->missing = missing_text(arena, wanted & ~offered_actions,
                                    commands_are_missing(needs, offered_steps), fits);
}

const char *
negotiate_terms_text(struct arena *arena, const struct terms *terms)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 64 * 1024);
    write_names(text, "steps:", step_names, STEP_NAMES, terms->steps);
    write_names(text, "\nactions:", action_names, ACTION_NAMES, terms->actions);
    for (size_t i = 0; i < STAGES; i++) {
        if (terms->macros[i] == NULL)
            continue;
        buffer_printf(text, "\nmacros at %s:", stage_name((enum stage)i));
        for (const char *const *macro = terms->macros[i]; *macro; macro++)
            buffer_printf(text, " %s", *macro);
    }
    return arena_string(arena, buffer_slice(text));
}

static void
json_write_names(FILE *to, const char *member, const struct named_bit *names, size_t count,
                 unsigned long bits)
{
    const char *separator = "";

    fprintf(to, "\"%s\":[", member);
    for (size_t i = 0; i < count; i++) {
        if (!(bits & names[i].bit))
            continue;
        fprintf(to, "%s\"%s\"", separator, names[i].name);
        separator = ",";
    }
    fputs("],", to);
}

static void
json_write_macros(FILE *to, const char *const *macros)
{
    const char *separator = "";

    putc('[', to);
    for (; *macros; macros++) {
        fputs(separator, to);
        json_write_string(to, slice_of(*macros));
        separator = ",";
    }
    putc(']', to);
}

void
negotiate_write_json(const struct terms *terms, FILE *to)
{
    const char *separator = "";

    putc('{', to);
    json_write_names(to, "steps", step_names, STEP_NAMES, terms->steps);
    json_write_names(to, "actions", action_names, ACTION_NAMES, terms->actions);
    fputs("\"macros\":{", to);
    for (size_t i = 0; i < STAGES; i++) {
        if (terms->macros[i] == NULL)
            continue;
        fprintf(to, "%s\"%s\":", separator, stage_name((enum stage)i));
        json_write_macros(to, terms->macros[i]);
        separator = ",";
    }
    fputs("}}", to);
}
