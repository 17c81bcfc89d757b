/* Turns changes into edits: knows how fields of one name are counted, what a value may hold, and in
 * which order MTAs must be told. */
#include "edits_inside.h"

#include <stdio.h>

#include "mail/header.h"

enum { MAX_REASON = 512 };

static struct edit_note *
change_fail(struct maker *maker, const struct change *change, const char *text)
{
    struct edit_note *made = edits_note(maker, change, text);

    made->failed = true;
    return made;
}

/* The text of a reason: one line, printable. */
static const char *
one_line(struct arena *arena, struct slice text, const char *if_empty)
{
    char *line = arena_string(arena, slice_first(text, MAX_REASON));
    size_t len = text.len < MAX_REASON ? text.len : MAX_REASON;

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < 32 || (unsigned char)line[i] > 126)
            line[i] = '?';
    return len > 0 ? line : if_empty;
}

/* A field that would be cut short is rather not touched at all. */
static bool
check_field(struct maker *maker, const struct change *change)
{
    if (change->value.len > EDITS_MAX_VALUE) {
        change_fail(maker, change, "the value is too long for a header field");
        return false;
    }
    if (header_name_is_valid(change->name))
        return true;
    change_fail(maker, change,
                arena_printf(maker->arena, "\"%s\" can't be the name of a header field",
                             one_line(maker->arena, change->name, "")));
    return false;
}

static void
insert_header(struct maker *maker, const struct change *change)
{
    struct edit *edit = edits_new(maker, EDIT_INSERT_HEADER, change,
                                  edits_header_value(maker->arena, change->value));

    edit->name = arena_string(maker->arena, change->name);
    edit->next = maker->inserted;
    maker->inserted = edit;
    edits_note(maker, change, arena_printf(maker->arena, "%s: %s", edit->name, edit->value));
}

/* Whether a field stays mustn't depend on a regex that gave up: the message must wait. */
static bool
value_matches(struct maker *maker, const struct change *change, const struct header_field *field,
              struct slice value)
{
    enum match match = MATCH_YES;

    if (change->matches)
        match = change->matches(change->pattern, field, header_unfold(maker->arena, value));
    if (match == MATCH_UNDECIDED && maker->edits->fatal == NULL)
        maker->edits->fatal =
            change_fail(maker, change, "the regular expression gave up on a field");
    return match == MATCH_YES;
}

/* Fields that a rule before put on top go too. */
static unsigned
remove_inserted(struct maker *maker, const struct change *change)
{
    unsigned removed = 0;

    for (struct edit **at = &maker->inserted; *at;) {
        struct edit *edit = *at;

        if (slice_equal_nocase(slice_of(edit->name), change->name) &&
            value_matches(maker, change, NULL, slice_of(edit->value))) {
            *at = edit->next;
            removed++;
        } else {
            at = &edit->next;
        }
    }
    return removed;
}

/* As a rule before left it. */
static struct slice
field_body(const struct field *field)
{
    return field->changed_by ? slice_of(field->value) : field->of->body;
}

static unsigned
remove_fields(struct maker *maker, const struct change *change)
{
    unsigned removed = 0;

    for (size_t i = 0; i < maker->fields; i++) {
        struct field *field = &maker->field[i];

        if (!slice_equal_nocase(field->of->name, change->name))
            continue;
        if (field->deleted_by || !value_matches(maker, change, field->of, field_body(field)))
            continue;
        field->deleted_by = change->rule;
        removed++;
    }
    return removed + remove_inserted(maker, change);
}

static void
add_header(struct maker *maker, const struct change *change)
{
    if (check_field(maker, change))
        insert_header(maker, change);
}

/* NULL: there is none, or rules took them all away. */
static struct field *
first_field(const struct maker *maker, struct slice name)
{
    for (size_t i = 0; i < maker->fields; i++)
        if (maker->field[i].deleted_by == NULL &&
            slice_equal_nocase(maker->field[i].of->name, name))
            return &maker->field[i];
    return NULL;
}

static void
replace_header(struct maker *maker, const struct change *change)
{
    struct field *field;

    if (!check_field(maker, change))
        return;
    field = first_field(maker, change->name);
    remove_fields(maker, change);
    if (field == NULL) {
        insert_header(maker, change);
        return;
    }
    field->deleted_by = NULL;
    field->changed_by = change->rule;
    field->value = edits_header_value(maker->arena, change->value);
    field->replaced = true;
    edits_note(maker, change,
               arena_printf(maker->arena, "%.*s: %s", (int)field->of->name.len, field->of->name.at,
                            field->value));
}

static void
remove_header(struct maker *maker, const struct change *change)
{
    unsigned removed = remove_fields(maker, change);

    if (removed > 0)
        edits_note(maker, change,
                   arena_printf(maker->arena, "%.*s (%u)", (int)change->name.len, change->name.at,
                                removed));
}

/* NULL, or what is wrong with an address that a rule wrote. Brackets may be left out. */
static const char *
address_problem(struct maker *maker, const struct change *change, const struct address *address)
{
    enum address_defect defect =
        address->defect == ADDRESS_NO_BRACKETS ? ADDRESS_FINE : address->defect;

    if (change->name.len == 0)
        return "there is no address";
    if (defect == ADDRESS_FINE)
        return NULL;
    return arena_printf(maker->arena, "\"%s\" is no address: %s",
                        one_line(maker->arena, change->name, ""), address_defect_text(defect));
}

const char *
edits_in_brackets(struct arena *arena, const struct address *address)
{
    return arena_printf(arena, "<%.*s>", (int)address->path.len, address->path.at);
}

static void
set_sender(struct maker *maker, const struct change *change)
{
    struct address address;
    const char *problem, *value;

    address_parse_reverse_path(maker->arena, change->name, &address);
    problem = address_problem(maker, change, &address);
    if (problem) {
        change_fail(maker, change, problem);
        return;
    }
    value = edits_in_brackets(maker->arena, &address);
    maker->sender = edits_new(maker, EDIT_SENDER, change, value);
    edits_note(maker, change, value);
}

/* False when it was known before. */
static bool
make_known(struct maker *maker, const struct address *address)
{
    return map_add(maker->known, address_key(maker->arena, address, maker->local_case), maker);
}

static void
know_recipients(struct maker *maker)
{
    if (maker->known)
        return;
    maker->known = map_new(maker->arena);
    for (const struct recipient *r = maker->transaction->recipients; r; r = r->next)
        if (!walk_recipient_is_off(r))
            make_known(maker, &r->address);
}

static void
recipient_add(struct maker *maker, const struct change *change)
{
    struct address address;
    const char *problem, *value;

    address_parse_forward_path(maker->arena, change->name, &address);
    problem = address_problem(maker, change, &address);
    if (problem) {
        struct edit_note *failed = change_fail(maker, change, problem);

        if (maker->edits->fatal == NULL)
            maker->edits->fatal = failed;
        return;
    }
    know_recipients(maker);
    if (!make_known(maker, &address))
        return;
    value = edits_in_brackets(maker->arena, &address);
    edits_append(&maker->added, edits_new(maker, EDIT_ADD_RECIPIENT, change, value));
    edits_note(maker, change, value);
}

static void
quarantine(struct maker *maker, const struct change *change)
{
    const char *reason = one_line(maker->arena, change->name, "quarantined");

    edits_note(maker, change, reason);
    if (maker->quarantine == NULL)
        maker->quarantine = edits_new(maker, EDIT_QUARANTINE, change, reason);
}

static void
make_change(struct maker *maker, const struct change *change)
{
    static void (*const makers[ACTIONS])(struct maker * maker, const struct change *change) = {
        [ACTION_QUARANTINE] = quarantine,
        [ACTION_ADD_HEADER] = add_header,
        [ACTION_REPLACE_HEADER] = replace_header,
        [ACTION_REMOVE_HEADER] = remove_header,
        [ACTION_SET_SENDER] = set_sender,
        [ACTION_ADD_RECIPIENT] = recipient_add,
        [ACTION_REMOVE_RECIPIENT] = edits_remove_recipient,
        [ACTION_DISCARD] = edits_remove_recipient,
    };

    if (makers[change->kind])
        makers[change->kind](maker, change);
}

static void
count_fields(struct maker *maker)
{
    size_t count = 0;

    for (const struct header_field *of = maker->transaction->header; of; of = of->next)
        count++;
    maker->field = ARENA_ARRAY(maker->arena, count, struct field);
    for (const struct header_field *of = maker->transaction->header; of; of = of->next)
        maker->field[maker->fields++].of = of;
}

static bool
is_edited(const struct field *field)
{
    return field->deleted_by || field->changed_by;
}

/* Gives each field of a name that is edited its number among those of its name, from 1. */
static void
number_fields(struct maker *maker)
{
    struct map *edited = map_new_nocase(maker->arena);

    for (size_t i = 0; i < maker->fields; i++)
        if (is_edited(&maker->field[i]) && !map_find(edited, maker->field[i].of->name))
            map_add(edited, maker->field[i].of->name, ARENA_NEW(maker->arena, unsigned));
    for (size_t i = 0; i < maker->fields && map_count(edited) > 0; i++) {
        unsigned *count = map_find(edited, maker->field[i].of->name);

        if (count)
            maker->field[i].index = ++*count;
    }
}

/* From the end of the header upwards, so the highest index of each name comes first. */
static void
add_field_edits(struct maker *maker, struct chain *all)
{
    number_fields(maker);
    for (size_t i = maker->fields; i > 0; i--) {
        const struct field *field = &maker->field[i - 1];
        struct edit *edit;

        if (!is_edited(field))
            continue;
        edit = ARENA_NEW(maker->arena, struct edit);
        edit->kind = field->deleted_by ? EDIT_DELETE_HEADER : EDIT_CHANGE_HEADER;
        edit->name = arena_string(maker->arena, field->of->name);
        edit->index = field->index;
        edit->value = field->deleted_by ? NULL : field->value;
        edit->rule = field->deleted_by ? field->deleted_by : field->changed_by;
        edit->converts = edit->value && !field->replaced;
        edits_append(all, edit);
    }
}

static void
add_all(struct chain *all, struct edit *edits)
{
    *all->end = edits;
    while (*all->end)
        all->end = &(*all->end)->next;
}

void
edits_make(struct arena *arena, const struct transaction *transaction, enum local_case local_case,
           const struct change *changes, struct edits *edits_r)
{
    struct maker maker = {
        .arena = arena, .local_case = local_case, .transaction = transaction, .edits = edits_r};
    struct edit_note *notes = NULL;
    struct chain all = {0};

    *edits_r = (struct edits){0};
    all.end = &all.first;
    maker.added.end = &maker.added.first;
    maker.deleted.end = &maker.deleted.first;
    maker.appended.end = &maker.appended.first;
    maker.note_end = &notes;
    count_fields(&maker);
    for (const struct change *change = changes; change; change = change->next)
        make_change(&maker, change);
    edits_write_fields(&maker, changes);
    edits_downgrade(&maker, changes);
    add_field_edits(&maker, &all);
    add_all(&all, maker.inserted);
    add_all(&all, maker.appended.first);
    add_all(&all, maker.sender);
    add_all(&all, maker.deleted.first);
    add_all(&all, maker.added.first);
    add_all(&all, maker.body);
    add_all(&all, maker.quarantine);
    edits_r->first = all.first;
    edits_r->notes = notes;
}
