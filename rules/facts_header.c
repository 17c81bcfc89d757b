/* Facts of the header. Fields of one name are read together, however many there are. */
#include "facts.h"

#include "mail/header.h"
#include "mail/utf8.h"

static const char *const mailbox_fields[] = {"From", "Sender", "Reply-To", "Resent-From",
                                             "Resent-Sender"};

enum { FROM, SENDER, REPLY_TO }; /* the first of them */
enum { MAILBOX_FIELDS = sizeof mailbox_fields / sizeof mailbox_fields[0] };

/* The next field of this name from `field` on. */
static const struct header_field *
next_named(const struct header_field *field, struct slice name)
{
    while (field && !slice_equal_nocase(field->name, name))
        field = field->next;
    return field;
}

static size_t
count_named(const struct moment *moment, struct slice name)
{
    const struct header_field *field = next_named(moment->transaction->header, name);
    size_t count = 0;

    for (; field; field = next_named(field->next, name))
        count++;
    return count;
}

struct reading
read_header(const struct moment *moment, struct slice index)
{
    const struct header_field *field = next_named(moment->transaction->header, index);
    struct value *items;
    size_t count = 0;

    if (field == NULL)
        return reading_absent();
    items = ARENA_ARRAY(moment->arena, count_named(moment, index), struct value);
    for (; field; field = next_named(field->next, index))
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
    const struct header_field *field = next_named(moment->transaction->header, name);
    struct mailboxes *found;
    size_t fields = 0, count = 0;

    if (field == NULL)
        return reading_absent();
    found = ARENA_ARRAY(moment->arena, count_named(moment, name), struct mailboxes);
    for (; field; field = next_named(field->next, name)) {
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

/* What was seen of each of the mailbox fields. */
struct seen {
    const struct moment *moment;
    size_t fields[MAILBOX_FIELDS];
};

/* Sender names one mailbox, and several authors need one (RFC 5322 section 3.6.2). */
static const char *
count_defect(const struct moment *moment, size_t which, size_t mailboxes)
{
    if (mailboxes < 2)
        return NULL;
    if (which == SENDER)
        return arena_printf(moment->arena, "it names %zu mailboxes instead of one", mailboxes);
    if (which == FROM && !next_named(moment->transaction->header, SLICE("Sender")))
        return arena_printf(moment->arena, "it names %zu mailboxes, and there is no Sender",
                            mailboxes);
    return NULL;
}

/* "From: what is wrong", or NULL. Fields of resending may stand there again (section 3.6.6). */
static const char *
field_defect(struct seen *seen, const struct header_field *field)
{
    const struct moment *moment = seen->moment;
    struct mailboxes mailboxes;
    const char *defect;
    size_t i = 0;

    while (i < MAILBOX_FIELDS && !slice_equal_nocase(field->name, slice_of(mailbox_fields[i])))
        i++;
    if (i == MAILBOX_FIELDS)
        return NULL;
    mailboxes_parse(moment->arena, field->body, &mailboxes);
    defect = mailboxes.defect;
    if (++seen->fields[i] > 1 && i <= REPLY_TO)
        defect = "it stands there more than once";
    if (defect == NULL)
        defect = count_defect(moment, i, mailboxes.count);
    return defect ? arena_printf(moment->arena, "%s: %s", mailbox_fields[i], defect) : NULL;
}

static size_t
count_fields(const struct moment *moment)
{
    size_t count = 0;

    for (const struct header_field *f = moment->transaction->header; f; f = f->next)
        count++;
    return count;
}

struct reading
read_header_error(const struct moment *moment, UNUSED struct slice index)
{
    struct seen seen = {.moment = moment};
    struct value *items = ARENA_ARRAY(moment->arena, count_fields(moment) + 1, struct value);
    size_t count = 0;

    for (const struct header_field *f = moment->transaction->header; f; f = f->next) {
        const char *defect = field_defect(&seen, f);

        if (defect)
            items[count++] = value_text(slice_of(defect));
    }
    if (seen.fields[FROM] == 0)
        items[count++] = value_text(SLICE("From: it is missing"));
    return given_items(items, count);
}

struct reading
read_header_count(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena, value_number(TYPE_NUMBER, (int64_t)count_fields(moment)));
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
