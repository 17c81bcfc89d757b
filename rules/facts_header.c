/* Facts of the header. Fields of one name are read together, however many there are. */
#include "facts.h"

#include "mail/header.h"
#include "mail/utf8.h"

static size_t
count_named(const struct moment *moment, struct slice name)
{
    const struct header_field *field = header_find(moment->transaction->header, name);
    size_t count = 0;

    for (; field; field = header_find(field->next, name))
        count++;
    return count;
}

struct reading
read_header(const struct moment *moment, struct slice index)
{
    const struct header_field *field = header_find(moment->transaction->header, index);
    struct value *items;
    size_t count = 0;

    if (field == NULL)
        return reading_absent();
    items = ARENA_ARRAY(moment->arena, count_named(moment, index), struct value);
    for (; field; field = header_find(field->next, index))
        items[count++] = value_text(header_unfold(moment->arena, field->body));
    return given_items(items, count);
}

static struct reading
mailboxes_of(const struct moment *moment, const struct mailboxes *found, size_t fields,
             size_t count)
{
    enum local_case local_case = settings_local_case(moment->settings);
    struct value *items = ARENA_ARRAY(moment->arena, count, struct value);
    size_t at = 0;

    for (size_t i = 0; i < fields; i++)
        for (const struct mailbox *box = found[i].first; box; box = box->next)
            items[at++] = value_mailbox(moment->arena, box, local_case);
    return given_items(items, at);
}

static struct reading
read_mailboxes(const struct moment *moment, struct slice name)
{
    const struct header_field *field = header_find(moment->transaction->header, name);
    struct mailboxes *found;
    size_t fields = 0, count = 0;

    if (field == NULL)
        return reading_absent();
    found = ARENA_ARRAY(moment->arena, count_named(moment, name), struct mailboxes);
    for (; field; field = header_find(field->next, name)) {
        mailboxes_parse(moment->arena, field->body, &found[fields]);
        count += found[fields++].count;
    }
    return mailboxes_of(moment, found, fields, count);
}

struct reading
read_header_from(const struct moment *moment, UNUSED struct slice index)
{
    return read_mailboxes(moment, SLICE("From"));
}

struct reading
read_header_sender(const struct moment *moment, UNUSED struct slice index)
{
    return read_mailboxes(moment, SLICE("Sender"));
}

struct reading
read_header_reply_to(const struct moment *moment, UNUSED struct slice index)
{
    return read_mailboxes(moment, SLICE("Reply-To"));
}

struct reading
read_header_resent_from(const struct moment *moment, UNUSED struct slice index)
{
    return read_mailboxes(moment, SLICE("Resent-From"));
}

struct reading
read_header_resent_sender(const struct moment *moment, UNUSED struct slice index)
{
    return read_mailboxes(moment, SLICE("Resent-Sender"));
}

size_t
header_count(const struct moment *moment)
{
    size_t count = 0;

    for (const struct header_field *f = moment->transaction->header; f; f = f->next)
        count++;
    return count;
}

struct reading
read_header_count(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena, value_number(TYPE_NUMBER, (int64_t)header_count(moment)));
}

struct reading
read_header_size(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena,
                       value_number(TYPE_SIZE, (int64_t)moment->transaction->header_size));
}

static bool
has_8bit(const struct header_field *field)
{
    while (field && slice_is_ascii(field->name) && slice_is_ascii(field->body))
        field = field->next;
    return field != NULL;
}

static bool
is_utf8(const struct header_field *field)
{
    while (field && utf8_is_valid(field->name) && utf8_is_valid(field->body))
        field = field->next;
    return field == NULL;
}

struct reading
read_header_8bit(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(has_8bit(moment->transaction->header));
}

struct reading
read_header_utf8(const struct moment *moment, UNUSED struct slice index)
{
    const struct header_field *header = moment->transaction->header;

    return given_truth(has_8bit(header) && is_utf8(header));
}
