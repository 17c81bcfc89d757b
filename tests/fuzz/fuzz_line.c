/* Lines of a log out of any octets; and what strangers may send, written to the log as text and as
 * JSON: it is read back from both alike, and is no other field. */
#include <stdlib.h>

#include "audit.h"
#include "report/line.h"

enum { PIECE = 40 };

static void
must(bool held)
{
    if (!held)
        abort();
}

static bool
lies_in(struct slice part, const char *begin, size_t size)
{
    return part.at >= begin && part.at + part.len <= begin + size;
}

static void
examine_line(struct line_reader *reader, struct slice in)
{
    struct line line;

    if (!line_read(reader, in, &line))
        return;
    must(line.value[AUDIT_VERB].at && line.value[AUDIT_RULE].at && line.value[AUDIT_ID].at);
    for (int field = 0; field < AUDIT_FIELDS; field++)
        must(line.value[field].at == NULL || lies_in(line.value[field], in.at, in.len) ||
             lies_in(line.value[field], reader->scratch, LINE_SCRATCH));
}

/* The next piece of the input: empty behind its end. */
static struct slice
piece(struct slice *rest)
{
    struct slice next = slice_first(*rest, PIECE);

    *rest = slice_from(*rest, PIECE);
    return next;
}

/* What strangers say, and then the rule's text and the reason. */
struct said {
    struct session session;
    struct transaction transaction;
    struct recipient recipient;
    struct audit_entry entry;
};

static void
say(struct arena *arena, struct slice rest, struct said *said)
{
    struct transaction *transaction = &said->transaction;

    *said = (struct said){.session.arena = arena,
                          .session.id = "AAAAAAAAAAAA",
                          .session.has_helo = true,
                          .transaction.id = "BBBBBBBBBBBB"};
    said->session.helo = piece(&rest);
    said->session.host = piece(&rest);
    transaction->session = &said->session;
    transaction->queue_id = slice_first(piece(&rest), 8);
    transaction->sender_argument = piece(&rest);
    address_parse_reverse_path(arena, transaction->sender_argument, &transaction->sender);
    address_parse_forward_path(arena, piece(&rest), &said->recipient.address);
    transaction->recipients = &said->recipient;
    transaction->recipient_count = 1;
    macros_set(arena, &transaction->macros, SLICE("{auth_authen}"), piece(&rest));
    said->entry = (struct audit_entry){.verb = "log", .stage = STAGE_MAIL, .rule = "r"};
    said->entry.text = arena_string(arena, piece(&rest));
    said->entry.reason = arena_string(arena, piece(&rest));
}

static void
examine_said(struct arena *arena, struct slice in)
{
    struct settings settings;
    struct said *said = ARENA_NEW(arena, struct said);
    struct line_reader *reader[2];
    struct line line[2];

    say(arena, in, said);
    settings_init(&settings);
    for (int i = 0; i < 2; i++) {
        const char *written;

        settings.value[SET_LOG_FORMAT].number = i;
        written = audit_line(arena, &settings, &said->session, &said->transaction, &said->entry);
        reader[i] = ARENA_NEW(arena, struct line_reader);
        reader[i]->name = "postern";
        if (i == LOG_FORMAT_JSON)
            written = arena_printf(arena, "{\"level\":\"info\",%s", written + 1);
        else
            written = arena_printf(arena, "postern: %s", written);
        must(strpbrk(written, "\r\n") == NULL);
        must(line_read(reader[i], slice_of(written), &line[i]));
        must(slice_equal(line[i].value[AUDIT_RULE], SLICE("r")));
        must(slice_equal(line[i].value[AUDIT_ID], SLICE("BBBBBBBBBBBB")));
    }
    for (int field = 0; field < AUDIT_FIELDS; field++) {
        must((line[0].value[field].at == NULL) == (line[1].value[field].at == NULL));
        must(line[0].value[field].at == NULL ||
             slice_equal(line[0].value[field], line[1].value[field]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct line_reader *reader = ARENA_NEW(arena, struct line_reader);
    struct slice in = arena_copy(arena, (struct slice){(const char *)data, size});

    reader->name = "postern";
    if (in.len < 1 << 16)
        examine_line(reader, in);
    examine_said(arena, in);
    arena_free(&arena);
    return 0;
}
