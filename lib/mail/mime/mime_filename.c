/* Reads names of files wherever a mailer might find one. */
#include "mail/mime_filename.h"

#include "mail/charset.h"

/* Names of which each is looked for among the others: many would take their time. */
enum { COMPARED = 8 };

struct names {
    struct arena *arena;
    struct slice *name;
    size_t count, room;
};

static struct slice
read_filename(struct arena *arena, const struct mime_parameter *parameter)
{
    struct charsets charsets = {0};
    struct slice name = parameter->value;

    if (parameter->charset.len == 0)
        return header_decode(arena, name);
    if (!charset_decode(arena, &charsets, parameter->charset, name, &name))
        name = parameter->value;
    charsets_close(&charsets);
    return name;
}

static void
names_make_room(struct names *names)
{
    struct slice *name;

    if (names->count < names->room)
        return;
    names->room = names->room ? 2 * names->room : COMPARED;
    name = ARENA_ARRAY(names->arena, names->room, struct slice);
    for (size_t i = 0; i < names->count; i++)
        name[i] = names->name[i];
    names->name = name;
}

static void
add_name(struct names *names, struct slice name)
{
    for (size_t i = 0; i < names->count && i < COMPARED; i++)
        if (slice_equal(names->name[i], name))
            return;
    names_make_room(names);
    names->name[names->count++] = name;
}

/* The field as if each of its segments were a parameter: where the value is left out, the first one
 * stands in its place, and mailers take it. */
static struct slice
all_parameters(struct arena *arena, const struct header_field *field)
{
    struct slice body = header_unfold(arena, field->body);
    char *text = arena_alloc(arena, body.len + 1);

    text[0] = ';';
    memcpy(text + 1, body.at, body.len);
    return (struct slice){text, body.len + 1};
}

static void
add_names(struct names *names, const struct mime_part *part, const char *field_name,
          const char *parameter_name)
{
    const struct header_field *field = header_find(part->header, slice_of(field_name));

    for (; field; field = header_find(field->next, slice_of(field_name))) {
        struct mime_value value;

        mime_value_parse(names->arena, all_parameters(names->arena, field), &value);
        for (const struct mime_parameter *p = value.first; p; p = p->next)
            if (slice_equal(p->name, slice_of(parameter_name)))
                add_name(names, read_filename(names->arena, p));
    }
}

size_t
mime_filenames(struct arena *arena, const struct mime_part *part, struct slice **names_r)
{
    struct names names = {.arena = arena};

    add_names(&names, part, "Content-Disposition", "filename");
    add_names(&names, part, "Content-Type", "name");
    *names_r = names.name;
    return names.count;
}
