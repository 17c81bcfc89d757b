/* What is wrong, or unclear, about who wrote a message (RFC 5322 sections 3.6.2 and 3.6.6). */
#include "facts.h"

#include "mail/header.h"

/* What was seen of each of the author fields. */
struct seen {
    const struct moment *moment;
    size_t fields[AUTHOR_FIELDS];
};

/* Sender names one mailbox, and several authors need one (RFC 5322 section 3.6.2). */
static const char *
count_defect(const struct moment *moment, enum author_field which, size_t mailboxes)
{
    if (mailboxes < 2)
        return NULL;
    if (which == AUTHOR_SENDER)
        return arena_printf(moment->arena, "it names %zu mailboxes instead of one", mailboxes);
    if (which == AUTHOR_FROM && !header_find(moment->transaction->header, SLICE("Sender")))
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
    enum author_field i = author_field_of(field->name);

    if (i == AUTHOR_FIELDS)
        return NULL;
    mailboxes_parse(moment->arena, field->body, &mailboxes);
    defect = mailboxes.defect;
    if (++seen->fields[i] > 1 && i <= AUTHOR_REPLY_TO)
        defect = "it stands there more than once";
    if (defect == NULL)
        defect = count_defect(moment, i, mailboxes.count);
    return defect ? arena_printf(moment->arena, "%s: %s", author_field_name(i), defect) : NULL;
}

struct reading
read_header_error(const struct moment *moment, UNUSED struct slice index)
{
    struct seen seen = {.moment = moment};
    struct value *items = ARENA_ARRAY(moment->arena, header_count(moment) + 1, struct value);
    size_t count = 0;

    for (const struct header_field *f = moment->transaction->header; f; f = f->next) {
        const char *defect = field_defect(&seen, f);

        if (defect)
            items[count++] = value_text(slice_of(defect));
    }
    if (seen.fields[AUTHOR_FROM] == 0)
        items[count++] = value_text(SLICE("From: it is missing"));
    return given_items(items, count);
}

/* The reasons found in the fields of one name. */
struct doubts {
    const struct moment *moment;
    enum author_field field;
    struct value *items;
    size_t count, room;
};

static void
doubts_add(struct doubts *doubts, const char *reason)
{
    if (doubts->count == doubts->room)
        return;
    doubts->items[doubts->count++] = value_text(slice_of(
        arena_printf(doubts->moment->arena, "%s: %s", author_field_name(doubts->field), reason)));
}

/* By their form; where that is plain, by what their names say. */
static void
doubts_add_items(struct doubts *doubts, const struct mailboxes *mailboxes)
{
    for (const struct mailbox_doubt *doubt = mailboxes->doubts; doubt; doubt = doubt->next)
        doubts_add(doubts, doubt->reason);
    if (mailboxes->doubts)
        return;
    for (const struct mailbox *box = mailboxes->first; box; box = box->next) {
        const char *reason = mailbox_doubt(doubts->moment->arena, box);

        if (reason)
            doubts_add(doubts, reason);
    }
}

/* A field that should stand there once has a reason more for each that follows. */
static void
doubts_add_field(struct doubts *doubts, const struct header_field *field, size_t before)
{
    const char *defect;
    struct mailboxes mailboxes;

    mailboxes_parse(doubts->moment->arena, field->body, &mailboxes);
    doubts_add_items(doubts, &mailboxes);
    defect = count_defect(doubts->moment, doubts->field, mailboxes.count);
    if (before > 0 && doubts->field <= AUTHOR_REPLY_TO)
        doubts_add(doubts, "it stands there more than once");
    else if (defect)
        doubts_add(doubts, defect);
}

struct reading
read_header_ambiguous(const struct moment *moment, struct slice index)
{
    enum { ROOM = 64 };
    const struct header_field *field = header_find(moment->transaction->header, index);
    struct doubts doubts = {.moment = moment, .field = author_field_of(index), .room = ROOM};
    size_t before = 0;

    if (field == NULL)
        return reading_absent();
    doubts.items = ARENA_ARRAY(moment->arena, ROOM, struct value);
    for (; field; field = header_find(field->next, index))
        doubts_add_field(&doubts, field, before++);
    return given_items(doubts.items, doubts.count);
}
