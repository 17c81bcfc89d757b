/* From changes to edits. */
#include "edits.h"

#include <stdio.h>

#include "tap.h"

static struct arena *arena;

static const struct {
    const char *value;
    const char *made;
    const char *why;
} values[] = {
    {"plain", "plain", "plain text"},
    {"", "", "nothing"},
    {"a\nBcc: x@example.com", "a\n Bcc: x@example.com", "no new field can be slipped in"},
    {"a\r\nBcc: x@example.com", "a\n Bcc: x@example.com", "nor with CRLF"},
    {"a\rb", "ab", "CR is taken out: MTAs make two of it"},
    {"a\n b\n\tc", "a\n b\n\tc", "folding stays"},
    {"a\n\n\nb", "a\n b", "an empty line would end the header"},
    {"a\n \n \t \n b", "a\n\tb", "and so would one of white space, to some"},
    {"a\n", "a", "a line end at the end"},
    {"\na", "a", "and at the beginning"},
    {"a\tb", "a\tb", "a tab stays"},
    {"\x01"
     "a\x1b\x7f"
     "b",
     "ab", "control characters go"},
    {"J\xc3\xb6rg", "J\xc3\xb6rg", "UTF-8 stays"},
    {"a\n \x01\n b", "a\n b", "a line of white space behind a control character"},
    {"a\n \x7f \n\x02\n\x03 \n\tb", "a\n\tb", "several of them"},
    {"a\n\x01\tb", "a\n\tb", "white space behind a control character folds"},
    {"a\n \x01", "a", "a control character at the end of a line of white space"},
    {"\x01 \n a", "a", "and in the first line"},
    {"\x01\n\x02", "", "nothing but control characters"},
};

static void
check_values(void)
{
    char *large = arena_alloc(arena, 20000);
    const char *cut;

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        tap_check(strcmp(edits_header_value(arena, slice_of(values[i].value)), values[i].made) == 0,
                  "value: %s", values[i].why);
    tap_check(strcmp(edits_header_value(arena, (struct slice){"a\0b", 3}), "ab") == 0,
              "value: NUL is taken out");
    for (size_t i = 0; i + 1 < 20000; i += 2)
        memcpy(large + i, "\xc3\xb6", 2);
    large[0] = 'x';
    memmove(large + 1, large + 2, 19998);
    cut = edits_header_value(arena, (struct slice){large, 19000});
    tap_check(strlen(cut) == EDITS_MAX_VALUE - 1, "value: cut between characters, at %zu",
              strlen(cut));
    memset(large, 'x', 19000);
    memcpy(large + EDITS_MAX_VALUE - 2, "\n y", 3);
    cut = edits_header_value(arena, (struct slice){large, 19000});
    tap_check(strlen(cut) == EDITS_MAX_VALUE - 2, "value: no line of white space where it is cut");
}

/* A message with the fields A: 1, B: 1, a: 2, A: 3, B: 2, to two recipients. */
static struct transaction *
message(void)
{
    static const char *const fields[][2] = {
        {"A", "1"}, {"B", "1"}, {"a", "2"}, {"A", "3"}, {"B", "2"}};
    static const char *const recipients[] = {"<R1@example.com>", "<@hop.example:r2@Example.com>"};
    struct transaction *transaction = ARENA_NEW(arena, struct transaction);
    struct header_field **end = &transaction->header;
    struct recipient **last = &transaction->recipients;

    for (size_t i = 0; i < 5; i++) {
        *end = ARENA_NEW(arena, struct header_field);
        (*end)->name = slice_of(fields[i][0]);
        (*end)->body = slice_of(fields[i][1]);
        end = &(*end)->next;
    }
    for (size_t i = 0; i < 2; i++) {
        *last = ARENA_NEW(arena, struct recipient);
        (*last)->argument = slice_of(recipients[i]);
        address_parse_forward_path(arena, (*last)->argument, &(*last)->address);
        last = &(*last)->next;
    }
    return transaction;
}

static enum match
begins_with(const void *pattern, const struct header_field *field, struct slice unfolded)
{
    (void)field;
    return slice_starts_nocase(unfolded, slice_of(pattern)) ? MATCH_YES : MATCH_NO;
}

#define X60 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* One change a line: its action, name, value, and for remove-header how the values begin. */
struct line {
    enum action_kind kind;
    const char *name;
    const char *value;
    const char *pattern;
};

static const struct {
    struct line line[6];
    const char *made; /* edits, notes that are no success, and "fatal" */
    const char *why;
} cases[] = {
    {{{0}}, "", "no changes"},
    {{{ACTION_ADD_HEADER, "X-A", "1", NULL}, {ACTION_ADD_HEADER, "X-B", "2", NULL}},
     "insert X-B: 2|insert X-A: 1|",
     "file order reads from the top down"},
    {{{ACTION_REMOVE_HEADER, "a", "", NULL}},
     "delete A 3|delete a 2|delete A 1|",
     "deletions from the highest index down, without regard to case"},
    {{{ACTION_REMOVE_HEADER, "A", "", "2"}}, "delete a 2|", "only those that match"},
    {{{ACTION_REMOVE_HEADER, "A", "", "2"}, {ACTION_REMOVE_HEADER, "A", "", NULL}},
     "delete A 3|delete a 2|delete A 1|",
     "indexes are those of the message as it came"},
    {{{ACTION_REMOVE_HEADER, "B", "", NULL}, {ACTION_REMOVE_HEADER, "A", "", "3"}},
     "delete B 2|delete A 3|delete B 1|",
     "two names"},
    {{{ACTION_REPLACE_HEADER, "B", "new", NULL}},
     "delete B 2|change B 1: new|",
     "replace: the first in place, the others go"},
    {{{ACTION_REPLACE_HEADER, "a", "x", NULL}, {ACTION_REPLACE_HEADER, "A", "y", NULL}},
     "delete A 3|delete a 2|change A 1: y|",
     "replaced twice"},
    {{{ACTION_REPLACE_HEADER, "B", "new", NULL}, {ACTION_REMOVE_HEADER, "B", "", "new"}},
     "delete B 2|delete B 1|",
     "what was replaced goes by what it is now"},
    {{{ACTION_REMOVE_HEADER, "B", "", "1"}, {ACTION_REPLACE_HEADER, "B", "new", NULL}},
     "change B 2: new|delete B 1|",
     "the first that is still there"},
    {{{ACTION_REMOVE_HEADER, "B", "", NULL}, {ACTION_REPLACE_HEADER, "B", "new", NULL}},
     "delete B 2|delete B 1|insert B: new|",
     "none is there any more"},
    {{{ACTION_REPLACE_HEADER, "A", "caf\xc3\xa9", NULL}},
     "delete A 3|delete a 2|change A 1: =?utf-8?b?Y2Fmw6k=?=|",
     "RFC 2047: what rules write is ASCII"},
    {{{ACTION_ADD_HEADER, "To", "J\xc3\xb6rg <a@b\xc3\xbc" "cher.example>", NULL}},
     "insert To: =?utf-8?b?SsO2cmc=?= <a@xn--bcher-kva.example>|",
     "RFC 5890: names are encoded, domains become A-labels"},
    {{{ACTION_ADD_HEADER, "To", "<j\xc3\xb6rg@example.com>", NULL}},
     "refused r 554 5.6.9 the field To that a rule writes has no ASCII form|",
     "a local part has no ASCII form"},
    {{{ACTION_ADD_HEADER, "X", X60 " " X60 " x " X60, NULL}},
     "insert X: " X60 "\n " X60 " x\n " X60 "|",
     "RFC 5322 2.1.1: lines are folded"},
    {{{ACTION_ADD_HEADER, "X", X60 "\n " X60 " y " X60, NULL}},
     "insert X: " X60 "\n " X60 " y\n " X60 "|",
     "folds of the text stay"},
    {{{ACTION_ADD_HEADER, "To", X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60,
       NULL}},
     "refused r 554 5.6.9 ",
     "a line above 998 octets that can't be folded"},
    {{{ACTION_REPLACE_HEADER, "New", "1", NULL}}, "insert New: 1|", "replace what isn't there"},
    {{{ACTION_ADD_HEADER, "X", "1", NULL}, {ACTION_REPLACE_HEADER, "x", "2", NULL}},
     "insert x: 2|",
     "what a rule put there goes too"},
    {{{ACTION_ADD_HEADER, "X", "1", NULL},
      {ACTION_REMOVE_HEADER, "X", "", NULL},
      {ACTION_ADD_HEADER, "X", "2", NULL}},
     "insert X: 2|",
     "file order decides"},
    {{{ACTION_ADD_HEADER, "X Bad", "1", NULL}, {ACTION_ADD_HEADER, "X", "1", NULL}},
     "insert X: 1|failed \"X Bad\" can't be the name of a header field|",
     "a bad name is left out"},
    {{{ACTION_ADD_HEADER, "X", "1\nBcc: y", NULL}}, "insert X: 1\n Bcc: y|", "no injection"},
    {{{ACTION_SET_SENDER, "a@example.com", "", NULL}}, "sender <a@example.com>|", "sender"},
    {{{ACTION_SET_SENDER, "<a@example.com>", "", NULL}, {ACTION_SET_SENDER, "<>", "", NULL}},
     "sender <>|",
     "the last sender counts; it may be null"},
    {{{ACTION_SET_SENDER, "", "", NULL}}, "failed there is no address|", "no sender at all"},
    {{{ACTION_SET_SENDER, "a b@example.com", "", NULL}}, "failed ", "a sender that is none"},
    {{{ACTION_SET_SENDER, "<a@example.com> SIZE=1", "", NULL}}, "failed ", "nor may text follow"},
    {{{ACTION_ADD_RECIPIENT, "a@example.com", "", NULL},
      {ACTION_ADD_RECIPIENT, "<A@EXAMPLE.com>", "", NULL}},
     "add <a@example.com>|",
     "each address once"},
    {{{ACTION_ADD_RECIPIENT, "r1@example.com", "", NULL}}, "", "not one who has it already"},
    {{{ACTION_ADD_RECIPIENT, "nobody", "", NULL}, {ACTION_ADD_HEADER, "X", "1", NULL}},
     "fatal ",
     "a recipient that can't be added would be mail lost"},
    {{{ACTION_ADD_RECIPIENT, "", "", NULL}}, "fatal ", "nor can nobody"},
    {{{ACTION_REMOVE_RECIPIENT, "1", "", NULL}},
     "off <r2@Example.com>|",
     "as the client wrote him, but for the route that Postfix forgets"},
    {{{ACTION_ADD_RECIPIENT, "x@example.com", "", NULL}, {ACTION_DISCARD, "0", "", NULL}},
     "off <R1@example.com>|add <x@example.com>|",
     "those who go, then those who come"},
    {{{ACTION_REMOVE_RECIPIENT, "0", "", NULL}, {ACTION_DISCARD, "0", "", NULL}},
     "off <R1@example.com>|",
     "nobody goes twice"},
    {{{ACTION_QUARANTINE, "why\r\nnot", "", NULL}, {ACTION_QUARANTINE, "also", "", NULL}},
     "hold why??not|",
     "one quarantine, on one line"},
    {{{ACTION_QUARANTINE, "", "", NULL}}, "hold quarantined|", "an MTA wants a reason"},
};

static const struct change *
make_changes(const struct line *line, const struct transaction *transaction)
{
    struct change *first = NULL, **end = &first;

    for (; line->name; line++) {
        struct change *change = ARENA_NEW(arena, struct change);

        change->kind = line->kind;
        change->rule = "r";
        change->name = slice_of(line->name);
        change->value = slice_of(line->value);
        change->pattern = line->pattern;
        change->matches = line->pattern ? begins_with : NULL;
        if (line->kind == ACTION_REMOVE_RECIPIENT || line->kind == ACTION_DISCARD)
            change->recipient =
                line->name[0] == '0' ? transaction->recipients : transaction->recipients->next;
        *end = change;
        end = &change->next;
    }
    return first;
}

static void
write_edit(struct buffer *to, const struct edit *edit)
{
    static const char *const verbs[] = {
        [EDIT_DELETE_HEADER] = "delete", [EDIT_INSERT_HEADER] = "insert",
        [EDIT_SENDER] = "sender",        [EDIT_ADD_RECIPIENT] = "add",
        [EDIT_DELETE_RECIPIENT] = "off", [EDIT_QUARANTINE] = "hold",
        [EDIT_CHANGE_HEADER] = "change",
    };

    buffer_text(to, verbs[edit->kind]);
    if (edit->kind == EDIT_DELETE_HEADER)
        buffer_printf(to, " %s %u|", edit->name, edit->index);
    else if (edit->kind == EDIT_CHANGE_HEADER)
        buffer_printf(to, " %s %u: %s|", edit->name, edit->index, edit->value);
    else
        buffer_printf(to, " %s%s%s|", edit->name ? edit->name : "", edit->name ? ": " : "",
                      edit->value);
}

static struct slice
write_edits(const struct edits *edits)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 10000);
    if (edits->fatal) {
        buffer_printf(text, "fatal %s|", edits->fatal->text);
        return buffer_slice(text);
    }
    if (edits->refused) {
        buffer_printf(text, "refused %s %d %s %s|", edits->refused_by, edits->refusal.code,
                      edits->refusal.enhanced, edits->refusal.reason);
        return buffer_slice(text);
    }
    for (const struct edit *edit = edits->first; edit; edit = edit->next)
        write_edit(text, edit);
    for (const struct edit_note *note = edits->notes; note; note = note->next)
        if (note->failed)
            buffer_printf(text, "failed %s|", note->text);
    return buffer_slice(text);
}

static bool
is_as_made(struct slice made, struct slice expected)
{
    if (expected.len > 0 && expected.at[expected.len - 1] == ' ')
        return slice_starts_nocase(made, expected);
    return slice_equal(made, expected);
}

/* So many recipients, two an address if they aren't alone, of whom the first `gone` are taken off:
 * how many edits that makes, and what it costs in octets. */
static size_t
remove_many(size_t count, size_t gone, bool alone, size_t *made_r)
{
    struct arena *own = arena_new(SIZE_MAX);
    struct transaction *transaction = ARENA_NEW(own, struct transaction);
    struct recipient **last = &transaction->recipients;
    struct change *first = NULL, **end = &first;
    struct edits edits;
    size_t before;

    for (size_t i = 0; i < count; i++) {
        size_t number = alone ? i : i / 2;

        *last = ARENA_NEW(own, struct recipient);
        (*last)->argument = slice_of(arena_printf(own, "<@hop.example:r%zu@example.com>", number));
        address_parse_forward_path(own, (*last)->argument, &(*last)->address);
        if (i < gone) {
            *end = ARENA_NEW(own, struct change);
            **end =
                (struct change){.kind = ACTION_REMOVE_RECIPIENT, .rule = "r", .recipient = *last};
            end = &(*end)->next;
        }
        last = &(*last)->next;
    }
    before = arena_used(own);
    edits_make(own, transaction, LOCAL_CASE_IGNORE, first, &edits);
    before = arena_used(own) - before;
    *made_r = 0;
    for (const struct edit *edit = edits.first; edit; edit = edit->next)
        ++*made_r;
    arena_free(&own);
    return before;
}

static void
check_many_recipients(void)
{
    size_t made, once = remove_many(500, 500, true, &made);
    size_t twice = remove_many(1000, 1000, true, &made);

    tap_check(made == 1000, "each of 1,000 recipients is taken off");
    tap_check(twice <= once * 22 / 10, "twice as many cost twice as much (%zu and %zu octets)",
              once, twice);
    remove_many(4, 1, false, &made);
    tap_check(made == 0, "who stays under the same address keeps it");
}

/* Names that would meet in one bucket of a hash that multiplies by 31: "az" and "b[" do, and so
 * does whatever is made of them. */
static struct slice
colliding_name(size_t number)
{
    enum { PAIRS = 14 };
    char *name = arena_alloc(arena, 2 * PAIRS);

    for (size_t i = 0; i < PAIRS; i++)
        memcpy(name + 2 * i, number >> i & 1 ? "az" : "b[", 2);
    return (struct slice){name, 2 * PAIRS};
}

/* Only names that are edited are counted, whatever the others are. */
static void
check_many_names(void)
{
    enum { NAMES = 1 << 14 };
    struct transaction *transaction = message();
    struct header_field *fields = ARENA_ARRAY(arena, NAMES, struct header_field);
    struct line line[6] = {{ACTION_REMOVE_HEADER, "a", "", NULL}};
    size_t before, used;
    struct edits edits;

    for (size_t i = 0; i < NAMES; i++)
        fields[i] =
            (struct header_field){.name = colliding_name(i),
                                  .body = SLICE("x"),
                                  .next = i + 1 < NAMES ? &fields[i + 1] : transaction->header};
    transaction->header = fields;
    before = arena_used(arena);
    edits_make(arena, transaction, LOCAL_CASE_IGNORE, make_changes(line, transaction), &edits);
    used = arena_used(arena) - before;
    tap_check(slice_equal(write_edits(&edits), SLICE("delete A 3|delete a 2|delete A 1|")),
              "indexes among many names");
    tap_check(used < NAMES * 50, "names that aren't edited take no memory: %zu", used);
}

int
main(void)
{
    arena = arena_new(1 << 24);
    check_many_recipients();
    check_values();
    check_many_names();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transaction *transaction = message();
        struct edits edits;
        struct slice made;

        edits_make(arena, transaction, LOCAL_CASE_IGNORE, make_changes(cases[i].line, transaction),
                   &edits);
        made = write_edits(&edits);
        tap_check(is_as_made(made, slice_of(cases[i].made)), "%s", cases[i].why);
        if (!is_as_made(made, slice_of(cases[i].made)))
            printf("# got %s\n", made.at);
    }
    arena_free(&arena);
    return tap_done();
}
