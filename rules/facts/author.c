/* Who wrote a message, and what is wrong or unclear about that (RFC 5322 sections 3.6.2 and 3.6.6);
 * and to whom it says it is. Its fields are read once a transaction, however many facts ask. */
#include "facts_inside.h"

#include "mail/header.h"

/* Behind those of authors, the fields of section 3.6.3. */
enum { FIELD_TO = AUTHOR_FIELDS, FIELD_CC, FIELD_BCC, FIELDS };

/* The fields of one name. */
struct authors {
    bool known;
    struct mailboxes *field; /* in their order */
    size_t fields;
    bool listed;
    struct reading mailboxes; /* of all of them */
};

void *
authors_new(struct arena *arena)
{
    return ARENA_ARRAY(arena, FIELDS, struct authors);
}

static const char *
field_name(unsigned which)
{
    static const char *const addressees[] = {"To", "Cc", "Bcc"};

    if (which < AUTHOR_FIELDS)
        return mailbox_author_field_name((enum author_field)which);
    return addressees[which - FIELD_TO];
}

/* Nobody counts addressees before they are kept: no more than one field could name. */
static void
authors_read(const struct moment *moment, unsigned which, struct authors *authors)
{
    struct slice name = slice_of(field_name(which));
    const struct header_field *field = header_find(moment->transaction->header, name);
    size_t count = header_count_named(field, name), room = MAILBOXES_MAX;

    authors->field = ARENA_ARRAY(moment->arena, count, struct mailboxes);
    for (; field && room > 0; field = header_find(field->next, name)) {
        struct mailboxes *mailboxes = &authors->field[authors->fields++];

        mailboxes_parse_some(moment->arena, field->body, room, mailboxes);
        room -= mailboxes->count;
    }
    authors->known = true;
}

/* Kept with the transaction, where that can keep them. */
static struct authors *
authors_of(const struct moment *moment, unsigned which)
{
    struct authors *kept = moment->transaction->authors;
    struct authors *authors = kept ? &kept[which] : ARENA_NEW(moment->arena, struct authors);

    if (!authors->known)
        authors_read(moment, which, authors);
    return authors;
}

static struct reading
list_mailboxes(const struct moment *moment, const struct authors *authors)
{
    enum local_case local_case = settings_local_case(moment->settings);
    struct value *items;
    size_t count = 0, at = 0;

    for (size_t i = 0; i < authors->fields; i++)
        count += authors->field[i].count;
    items = ARENA_ARRAY(moment->arena, count, struct value);
    for (size_t i = 0; i < authors->fields; i++)
        for (const struct mailbox *box = authors->field[i].first; box; box = box->next)
            items[at++] = value_mailbox(moment->arena, box, local_case);
    return given_items(items, at);
}

/* Of the fields that the row names. */
static struct reading
read_mailboxes(const struct moment *moment, struct slice field)
{
    unsigned which = 0;
    struct authors *authors;

    while (!slice_equal(field, slice_of(field_name(which))))
        which++;
    authors = authors_of(moment, which);
    if (authors->fields == 0)
        return reading_absent();
    if (!authors->listed)
        authors->mailboxes = list_mailboxes(moment, authors);
    authors->listed = true;
    return authors->mailboxes;
}

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
    const struct mailboxes *mailboxes;
    const char *defect;
    enum author_field i = mailbox_author_field_of(field->name);

    if (i == AUTHOR_FIELDS)
        return NULL;
    mailboxes = &authors_of(moment, i)->field[seen->fields[i]];
    defect = mailboxes->defect;
    if (++seen->fields[i] > 1 && i <= AUTHOR_REPLY_TO)
        defect = "it stands there more than once";
    if (defect == NULL)
        defect = count_defect(moment, i, mailboxes->count);
    return defect ? arena_printf(moment->arena, "%s: %s", mailbox_author_field_name(i), defect)
                  : NULL;
}

static struct reading
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
    struct value *items; /* NULL: none yet */
    size_t count;
};

static void
doubts_add(struct doubts *doubts, const char *reason)
{
    enum { ROOM = 64 };

    if (doubts->count == ROOM)
        return;
    if (doubts->items == NULL)
        doubts->items = ARENA_ARRAY(doubts->moment->arena, ROOM, struct value);
    doubts->items[doubts->count++] = value_text(slice_of(arena_printf(
        doubts->moment->arena, "%s: %s", mailbox_author_field_name(doubts->field), reason)));
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
doubts_add_field(struct doubts *doubts, const struct mailboxes *mailboxes, size_t before)
{
    const char *defect = count_defect(doubts->moment, doubts->field, mailboxes->count);

    doubts_add_items(doubts, mailboxes);
    if (before > 0 && doubts->field <= AUTHOR_REPLY_TO)
        doubts_add(doubts, "it stands there more than once");
    else if (defect)
        doubts_add(doubts, defect);
}

static struct reading
read_header_ambiguous(const struct moment *moment, struct slice index)
{
    struct doubts doubts = {.moment = moment, .field = mailbox_author_field_of(index)};
    const struct authors *authors = authors_of(moment, doubts.field);

    for (size_t i = 0; i < authors->fields; i++)
        doubts_add_field(&doubts, &authors->field[i], i);
    return given_items(doubts.items, doubts.count);
}

static const struct fact author_rows[] = {
    {"header.from", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_mailboxes,
     .of = "From", .help = "the mailboxes of all From fields"},
    {"header.sender", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_mailboxes,
     .of = "Sender", .help = "the mailboxes of all Sender fields"},
    {"header.reply-to", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_mailboxes,
     .of = "Reply-To", .help = "the mailboxes of all Reply-To fields"},
    {"header.to", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_mailboxes,
     .of = "To", .help = "the mailboxes of all To fields, of which 10000 are read"},
    {"header.cc", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_mailboxes,
     .of = "Cc", .help = "the mailboxes of all Cc fields, likewise"},
    {"header.bcc", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_mailboxes,
     .of = "Bcc", .help = "the mailboxes of all Bcc fields, likewise"},
    {"header.resent-from", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL,
     read_mailboxes, .of = "Resent-From", .help = "the mailboxes of all Resent-From fields"},
    {"header.resent-sender", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL,
     read_mailboxes, .of = "Resent-Sender", .help = "the mailboxes of all Resent-Sender fields"},
    {"header.error", TYPE_TEXT, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_header_error,
     .help = "what is wrong with From, Sender, Reply-To, Resent-From and Resent-Sender fields, "
             "each with its name: malformed, there again, missing, or more mailboxes than may be"},
    {"header.ambiguous", TYPE_TEXT, STAGE_HEADER, MANY | INDEX | HEADER | AUTHORS | STAYS, "", NULL,
     read_header_ambiguous,
     .help = "why the fields of that name, one of From, Sender, Reply-To, Resent-From and "
             "Resent-Sender, have more than one reading: a reason for each field or item"},
};

const struct fact_rows facts_author = {author_rows, sizeof author_rows / sizeof author_rows[0]};
