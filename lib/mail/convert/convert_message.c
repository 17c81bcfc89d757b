/* A conversion as a list of patches to the stream: planned part by part, applied piece by piece.
 * What no patch names stays octet for octet. */
#include "mail/convert_message.h"

#include "base64.h"
#include "convert_inside.h"
#include "outlet.h"
#include "quoted_printable.h"

struct patch {
    uint64_t from, to;
    enum treatment treatment; /* TREAT_NOT: `text` takes the place */
    struct slice text;
    bool ends_line; /* a line end is due behind it */
    bool breaks;    /* its lines may become too long */
    struct patch *next;
};

struct convert_state {
    struct patch *first;
    struct patch *next; /* where the stream is, or that it comes to next */
    uint64_t at;
    struct base64 base64;
    struct quoted_printable quoted;
    struct outlet outlet;
};

struct planner {
    struct arena *arena;
    const struct mime_message *message;
    unsigned what;
    bool converts; /* bodies */
    struct convert_plan *plan;
    struct convert_refusals refusals;
    struct patch **end;
    struct convert_field **fields_end;
    struct buffer *summary;
};

enum { SUMMARY_MAX = 400 };

static struct patch *
add_patch(struct planner *planner, uint64_t from, uint64_t to, enum treatment treatment)
{
    struct patch *patch = ARENA_NEW(planner->arena, struct patch);

    *patch = (struct patch){.from = from, .to = to, .treatment = treatment};
    *planner->end = patch;
    planner->end = &patch->next;
    planner->plan->body = true;
    return patch;
}

static void
summarize(struct planner *planner, const char *text, const char *into)
{
    buffer_printf(planner->summary, "%s%s to %s", planner->summary->len > 0 ? ", " : "", text,
                  into);
}

static void
summarize_fields(struct planner *planner, const struct convert_field *fields)
{
    for (; fields; fields = fields->next)
        if (fields->field && !slice_is_ascii(fields->field->body))
            summarize(planner, mime_printable(planner->arena, fields->name), "ASCII");
}

/* A header that was told apart changes field by field, one in the stream as text. */
static void
plan_header(struct planner *planner, const struct mime_part *part, struct convert_field *fields,
            bool closes)
{
    summarize_fields(planner, fields);
    if (part->parent == NULL && planner->message->header_apart) {
        planner->plan->fields = fields;
    } else if (fields || closes) {
        struct patch *patch = add_patch(planner, part->header_at, part->body_at, TREAT_NOT);

        patch->text = convert_header_text(planner->arena, part, fields, closes);
    }
}

static void
plan_body(struct planner *planner, const struct mime_part *part, enum treatment treatment)
{
    static const char *const into[] = {[TREAT_QUOTED] = "quoted-printable",
                                       [TREAT_BASE64] = "base64",
                                       [TREAT_STRAY] = "base64 without 8-bit octets",
                                       [TREAT_REPAIR] = "quoted-printable without 8-bit octets",
                                       [TREAT_RELABEL] = "7bit by its label",
                                       [TREAT_REFUSE] = NULL};
    struct patch *patch;

    if (into[treatment] == NULL)
        return;
    summarize(planner, mime_part_name(planner->arena, part), into[treatment]);
    if (treatment == TREAT_RELABEL)
        return;
    patch = add_patch(planner, part->body_at, part->end, treatment);
    patch->breaks = 3 * part->body.longest_line > MIME_LINE_MAX;
    patch->ends_line = treatment == TREAT_BASE64 && part->end == planner->message->size &&
                       planner->message->ends_line;
}

/* What follows a header without an empty line begins with a line that is no field. Repaired it
 * might be one, and so might be the fields that a message inside gets; fields that change may end
 * in another way. */
static bool
needs_closing(const struct mime_part *part, const struct convert_field *fields,
              enum treatment treatment)
{
    return !part->header_closed && (part->parent == NULL || part->body_at < part->end) &&
           (fields || treatment == TREAT_REPAIR || treatment == TREAT_STRAY ||
            part->kind == MIME_MESSAGE);
}

/* Cut in two where it is handed on, a field would say something else. */
static bool
fits(struct planner *planner, struct slice name, struct slice body)
{
    if (planner->message->field_max == 0 || name.len + body.len <= planner->message->field_max)
        return true;
    convert_refuse(&planner->refusals,
                   (struct convert_refusal){.of_header = true,
                                            .code = 554,
                                            .enhanced = "5.6.9",
                                            .reason = "a header field would be too long"});
    return false;
}

/* In ASCII a field becomes longer, but for what its comments hold: one that is too long already
 * isn't tried. */
static bool
may_fit(struct planner *planner, const struct mime_part *part)
{
    if (part->parent == NULL)
        for (const struct header_field *field = part->header; field; field = field->next)
            if (!header_field_is_ascii(field) && !fits(planner, field->name, field->body))
                return false;
    return true;
}

static bool
judge_header(struct planner *planner, const struct mime_part *part, enum treatment treatment,
             struct convert_field **fields_r)
{
    if (!may_fit(planner, part) || !convert_header(planner->arena, part, planner->what, treatment,
                                                   planner->converts, fields_r, &planner->refusals))
        return false;
    if (part->parent == NULL)
        for (const struct convert_field *changed = *fields_r; changed; changed = changed->next)
            if (!fits(planner, changed->name, changed->body))
                return false;
    return true;
}

/* False: it can't be converted. */
static bool
judge_part(struct planner *planner, const struct mime_part *part, enum treatment *treatment_r,
           struct convert_field **fields_r)
{
    *treatment_r =
        convert_judge(planner->arena, part, planner->what, planner->converts, &planner->refusals);
    if (*treatment_r == TREAT_REFUSE && convert_refusals_full(&planner->refusals))
        return false;
    return judge_header(planner, part, *treatment_r, fields_r) && *treatment_r != TREAT_REFUSE;
}

/* NULL: it can't be converted. Else the part whose successor comes next. */
static const struct mime_part *
plan_part(struct planner *planner, const struct mime_part *part)
{
    struct convert_field *fields;
    enum treatment treatment;

    if (!judge_part(planner, part, &treatment, &fields))
        return NULL;
    plan_header(planner, part, fields, needs_closing(part, fields, treatment));
    plan_body(planner, part, treatment);
    return convert_is_closed(part, treatment) ? part->last : part;
}

/* A header with octets above 127, or what some readers may take for one. */
static bool
has_utf8_header(const struct mime_message *message)
{
    if (message->first->eightbit && message->defects >> MIME_ENCODED_COMPOSITE & 1)
        return true;
    for (const struct mime_part *part = message->first; part; part = part->next)
        if (part->header_8bit)
            return true;
    return false;
}

/* A part labelled as 8-bit, whatever it holds. */
static bool
has_label(const struct mime_message *message)
{
    for (const struct mime_part *part = message->first; part; part = part->next)
        if (part->encoding == MIME_8BIT || part->encoding == MIME_BINARY)
            return true;
    return false;
}

static bool
converts_bodies(const struct mime_message *message, unsigned what)
{
    return what & CONVERT_8BIT && message->first->eightbit;
}

static bool
needs_conversion(const struct mime_message *message, unsigned what)
{
    return converts_bodies(message, what) || has_utf8_header(message) ||
           (what & CONVERT_8BIT && has_label(message));
}

bool
convert_plan(struct arena *arena, const struct mime_message *message, unsigned what,
             struct convert_plan *plan_r, struct convert_refusal *refusal_r)
{
    struct planner planner = {.arena = arena,
                              .message = message,
                              .what = what,
                              .converts = converts_bodies(message, what),
                              .plan = plan_r,
                              .refusals = {.at = refusal_r, .most = 1}};

    *plan_r = (struct convert_plan){.summary = "", .state = ARENA_NEW(arena, struct convert_state)};
    *refusal_r = (struct convert_refusal){0};
    if (!needs_conversion(message, what))
        return true;
    planner.end = &plan_r->state->first;
    planner.summary = ARENA_NEW(arena, struct buffer);
    buffer_init(planner.summary, arena, SUMMARY_MAX);
    for (const struct mime_part *part = message->first; part; part = part->next) {
        part = plan_part(&planner, part);
        if (part == NULL)
            return false;
    }
    if (planner.summary->over)
        plan_r->summary = arena_printf(arena, "%s and more", buffer_slice(planner.summary).at);
    else
        plan_r->summary = buffer_slice(planner.summary).at;
    plan_r->state->next = plan_r->state->first;
    return true;
}

/* What is inside of a part that can't be converted adds nothing. */
static void
find_refusals(struct planner *planner)
{
    for (const struct mime_part *part = planner->message->first; part; part = part->next) {
        struct convert_field *fields;
        enum treatment treatment;

        judge_part(planner, part, &treatment, &fields);
        if (convert_refusals_full(&planner->refusals))
            return;
        if (treatment == TREAT_REFUSE || convert_is_closed(part, treatment))
            part = part->last;
    }
}

size_t
convert_refusals(struct arena *arena, const struct mime_message *message, unsigned what,
                 size_t most, struct convert_refusal *refusals_r)
{
    struct planner planner = {.arena = arena_new_child(arena, ARENA_OF_PARENT),
                              .message = message,
                              .what = what,
                              .converts = converts_bodies(message, what),
                              .refusals = {.at = refusals_r, .most = most}};

    if (most > 0 && needs_conversion(message, what))
        find_refusals(&planner);
    for (size_t i = 0; i < planner.refusals.count; i++)
        refusals_r[i].reason = arena_string(arena, slice_of(refusals_r[i].reason));
    arena_free(&planner.arena);
    return planner.refusals.count;
}

/* RFC 2045 section 6.8: a decoder ignores them. */
static void
drop_stray(struct slice piece, struct outlet *to)
{
    while (piece.len > 0) {
        size_t len = 0;

        while (len < piece.len && !(piece.at[len] & 0x80))
            len++;
        outlet_put(to, slice_first(piece, len));
        piece = slice_from(piece, len + 1);
    }
}

static void
apply_patch(struct convert_state *state, const struct patch *patch, struct slice piece, bool last)
{
    switch (patch->treatment) {
    case TREAT_QUOTED:
        quoted_printable_encode(&state->quoted, piece, last, &state->outlet);
        break;
    case TREAT_BASE64:
        base64_encode(&state->base64, piece, last, &state->outlet);
        break;
    case TREAT_STRAY:
        drop_stray(piece, &state->outlet);
        break;
    case TREAT_REPAIR:
        state->quoted.breaks = patch->breaks;
        quoted_printable_repair(&state->quoted, piece, last, &state->outlet);
        break;
    case TREAT_NOT:
        outlet_put(&state->outlet, last ? patch->text : SLICE(""));
        break;
    case TREAT_RELABEL:
    case TREAT_REFUSE:
        break;
    }
    if (last && patch->ends_line)
        outlet_put(&state->outlet, SLICE("\r\n"));
}

/* As much of the piece as one patch, or the run before it, takes. A patch of no octets is done with
 * when the stream comes to it. */
static size_t
take_piece(struct convert_state *state, struct slice piece)
{
    struct patch *patch = state->next;
    uint64_t end = patch == NULL ? UINT64_MAX : state->at < patch->from ? patch->from : patch->to;
    struct slice taken =
        slice_first(piece, end - state->at < piece.len ? end - state->at : piece.len);

    if (patch == NULL || state->at < patch->from) {
        outlet_put(&state->outlet, taken);
        state->at += taken.len;
        return taken.len;
    }
    state->at += taken.len;
    apply_patch(state, patch, taken, state->at == patch->to);
    if (state->at == patch->to)
        state->next = patch->next;
    return taken.len;
}

static bool
is_due(const struct convert_state *state)
{
    return state->next && state->next->from == state->at && state->next->to == state->at;
}

bool
convert_add(struct convert_plan *plan, struct slice piece, convert_sink *sink, void *context)
{
    struct convert_state *state = plan->state;

    state->outlet.sink = sink;
    state->outlet.context = context;
    while (piece.len > 0 || is_due(state))
        piece = slice_from(piece, take_piece(state, piece));
    return !state->outlet.failed;
}

bool
convert_end(struct convert_plan *plan, convert_sink *sink, void *context)
{
    struct convert_state *state = plan->state;
    bool done;

    convert_add(plan, SLICE(""), sink, context);
    done = outlet_flush(&state->outlet);
    state->next = state->first;
    state->at = 0;
    state->base64 = (struct base64){0};
    state->quoted = (struct quoted_printable){0};
    state->outlet.failed = false;
    return done;
}
