/* What `downgrade` makes of a message: its fields, its body, and the addresses of its envelope that
 * ASCII can say. */
#include "edits_inside.h"

struct downgrading {
    struct maker *maker;
    unsigned what;
    const struct change *change; /* the first that asks for it */
    const struct change *utf8;   /* the first that asks for fields in ASCII */
    bool done;                   /* something is changed */
};

static void
refuse_change(struct downgrading *downgrading, const struct change *change,
              struct convert_refusal refusal)
{
    struct edits *edits = downgrading->maker->edits;

    edits->refused = true;
    edits->refused_by = change->rule;
    edits->refused_for = NULL;
    edits->refusal = refusal;
}

/* RFC 6531 section 3.5: an address that ASCII can't say. */
static void
refuse_address(struct downgrading *downgrading, const struct change *change, const char *reason)
{
    refuse_change(downgrading, change,
                  (struct convert_refusal){.code = 550, .enhanced = "5.6.7", .reason = reason});
}

/* Both are in the order of the header. */
static struct field *
next_field(struct field *field, const struct header_field *of)
{
    while (field->of != of)
        field++;
    return field;
}

static bool
is_label(struct slice name)
{
    return slice_equal_nocase(name, SLICE("Content-Transfer-Encoding"));
}

/* Is there a field of this name that a rule put in? As the label of a body that is converted it
 * says what holds. */
static bool
is_inserted(struct maker *maker, struct slice name, const char *value)
{
    bool found = false;

    for (struct edit *edit = maker->inserted; edit; edit = edit->next) {
        if (!slice_equal_nocase(slice_of(edit->name), name))
            continue;
        found = true;
        if (is_label(name))
            edit->value = value;
    }
    return found;
}

/* A label that a rule took away stays, for a body that is encoded from now on: once, whoever wrote
 * it. */
static void
change_field(struct downgrading *downgrading, struct field *field,
             const struct convert_field *changed, const char *value)
{
    const char *rule = downgrading->change->rule;

    if (changed->name.len == 0) {
        field->deleted_by = field->deleted_by ? field->deleted_by : rule;
        return;
    }
    if (field->replaced && !is_label(changed->name))
        return;
    field->changed_by = rule;
    field->value = value;
    field->replaced = false;
    if (!is_label(changed->name))
        return;
    if (!is_inserted(downgrading->maker, changed->name, value))
        field->deleted_by = NULL;
    else if (field->deleted_by == NULL)
        field->deleted_by = rule;
}

static void
append_field(struct downgrading *downgrading, const struct convert_field *added, const char *value)
{
    struct maker *maker = downgrading->maker;
    struct edit *edit;

    if (is_inserted(maker, added->name, value))
        return;
    edit = edits_new(maker, EDIT_APPEND_HEADER, downgrading->change, value);
    edit->name = arena_string(maker->arena, added->name);
    edits_append(&maker->appended, edit);
}

static void
change_fields(struct downgrading *downgrading, const struct convert_field *changed)
{
    struct field *field = downgrading->maker->field;

    for (; changed; changed = changed->next) {
        const char *value = arena_string(downgrading->maker->arena, changed->body);

        if (changed->field) {
            field = next_field(field, changed->field);
            change_field(downgrading, field, changed, value);
        } else {
            append_field(downgrading, changed, value);
        }
        downgrading->done = true;
    }
}

/* NULL: it is ASCII, or has no ASCII form, which *refused_r says. */
static const char *
ascii_of(struct arena *arena, const struct address *address, bool *refused_r)
{
    struct slice ascii = SLICE("");

    *refused_r = false;
    if (!address->utf8)
        return NULL;
    *refused_r = !address_ascii(arena, address, &ascii);
    return *refused_r ? NULL : arena_printf(arena, "<%s>", arena_string(arena, ascii));
}

/* An address that a rule wrote. */
static void
convert_edit(struct downgrading *downgrading, struct edit *edit, bool *refused_r)
{
    struct arena *arena = downgrading->maker->arena;
    struct address address;
    const char *value;

    address_parse_forward_path(arena, slice_of(edit->value), &address);
    value = ascii_of(arena, &address, refused_r);
    edit->value = value ? value : edit->value;
}

static void
convert_sender(struct downgrading *downgrading)
{
    struct maker *maker = downgrading->maker;
    const char *value = NULL;
    bool refused;

    if (maker->sender)
        convert_edit(downgrading, maker->sender, &refused);
    else
        value = ascii_of(maker->arena, &maker->transaction->sender, &refused);
    if (refused)
        refuse_address(downgrading, downgrading->utf8, "the sender's address has no ASCII form");
    if (value == NULL)
        return;
    maker->sender = edits_new(maker, EDIT_SENDER, downgrading->utf8, value);
    downgrading->done = true;
}

/* RFC 3461 section 4: what the client said of him goes along. */
static const char *
dsn_parameters(struct arena *arena, const struct recipient *recipient)
{
    struct slice notify = recipient->parameters.notify, orcpt = recipient->parameters.orcpt;
    const char *parameters = arena_printf(
        arena, "%s%.*s%s%s%.*s", notify.len ? "NOTIFY=" : "", (int)notify.len, notify.at,
        notify.len && orcpt.len ? " " : "", orcpt.len ? "ORCPT=" : "", (int)orcpt.len, orcpt.at);

    return parameters[0] ? parameters : NULL;
}

static void
recipient_exchange(struct downgrading *downgrading, const struct recipient *recipient,
                   const char *value)
{
    struct maker *maker = downgrading->maker;
    struct edit *added = edits_new(maker, EDIT_ADD_RECIPIENT, downgrading->utf8, value);

    added->parameters = dsn_parameters(maker->arena, recipient);
    edits_append(&maker->deleted, edits_new(maker, EDIT_DELETE_RECIPIENT, downgrading->utf8,
                                            edits_recipient(maker->arena, recipient->argument)));
    edits_append(&maker->added, added);
    downgrading->done = true;
}

/* Did a rule ask for fields in ASCII on his behalf? */
static const struct change *
asked_for(const struct change *changes, const struct recipient *recipient)
{
    for (; changes; changes = changes->next)
        if (changes->kind == ACTION_DOWNGRADE && changes->utf8 && changes->recipient == recipient)
            return changes;
    return NULL;
}

/* A U-label is exchanged for its A-label, whoever asked; an address that ASCII can't say is a
 * reason to refuse only where his own next hop can't take it. */
static void
convert_recipients(struct downgrading *downgrading, const struct change *changes)
{
    struct maker *maker = downgrading->maker;
    bool ignored;

    for (struct edit *edit = maker->added.first; edit; edit = edit->next)
        convert_edit(downgrading, edit, &ignored);
    for (const struct recipient *r = maker->transaction->recipients; r; r = r->next) {
        bool refused;
        const char *value = ascii_of(maker->arena, &r->address, &refused);

        if (walk_recipient_is_off(r))
            continue;
        if (refused && asked_for(changes, r))
            refuse_address(downgrading, downgrading->utf8,
                           "a recipient's address has no ASCII form");
        if (value)
            recipient_exchange(downgrading, r, value);
    }
}

static void
note_conversion(struct downgrading *downgrading, const char *summary)
{
    struct maker *maker = downgrading->maker;
    bool breaks = summary[0] && mime_is_signed(maker->transaction->mime);
    const char *text = summary[0] ? summary : "addresses to ASCII";

    if (breaks)
        text = arena_printf(maker->arena, "%s; this breaks its signature", text);
    edits_note(maker, downgrading->change, text)->warns = breaks;
}

static void
convert_all(struct downgrading *downgrading, const struct change *changes)
{
    struct maker *maker = downgrading->maker;
    struct convert_plan *plan = ARENA_NEW(maker->arena, struct convert_plan);
    struct convert_refusal refusal;

    if (!convert_plan(maker->arena, maker->transaction->mime, downgrading->what, plan, &refusal)) {
        refuse_change(downgrading,
                      refusal.of_header && downgrading->utf8 ? downgrading->utf8
                                                             : downgrading->change,
                      refusal);
        return;
    }
    change_fields(downgrading, plan->fields);
    if (downgrading->utf8) {
        convert_sender(downgrading);
        convert_recipients(downgrading, changes);
    }
    if (plan->body) {
        maker->body = edits_new(maker, EDIT_BODY, downgrading->change, plan->summary);
        maker->edits->downgrade = plan;
        downgrading->done = true;
    }
    if (downgrading->done)
        note_conversion(downgrading, plan->summary);
}

void
edits_downgrade(struct maker *maker, const struct change *changes)
{
    struct downgrading downgrading = {.maker = maker};

    for (const struct change *change = changes; change; change = change->next) {
        if (change->kind != ACTION_DOWNGRADE)
            continue;
        downgrading.what |= change->utf8 ? CONVERT_UTF8 : CONVERT_8BIT;
        downgrading.change = downgrading.change ? downgrading.change : change;
        if (change->utf8 && downgrading.utf8 == NULL)
            downgrading.utf8 = change;
    }
    if (downgrading.what && maker->transaction->mime)
        convert_all(&downgrading, changes);
}
