/* What follows `expect` in a scenario. */
#include "mail/reply.h"
#include "scenario_inside.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct expect_reader {
    struct arena *arena;
    struct scenario_words *words;
    struct place line;
    struct diagnostics *diagnostics;
    struct expectation *expect;
};

static const char *const known[] = {"none",       "accept", "reject",     "tempfail", "discard",
                                    "quarantine", "audit",  "rule",       "text",     "header",
                                    "no-header",  "sender", "recipients", "converted"};

static const struct {
    const char *name;
    enum expected_kind kind;
} kinds[] = {
    {"none", EXPECT_NONE},         {"accept", EXPECT_ACCEPT},   {"reject", EXPECT_REJECT},
    {"tempfail", EXPECT_TEMPFAIL}, {"discard", EXPECT_DISCARD}, {"quarantine", EXPECT_QUARANTINE},
};

static bool
take_text(struct expect_reader *reader, const char *expected, struct slice *text_r)
{
    const struct scenario_word *word =
        scenario_take(reader->words, expected, reader->line, reader->diagnostics);

    if (word)
        *text_r = word->text;
    return word != NULL;
}

static bool
read_rule(struct expect_reader *reader)
{
    return take_text(reader, "the name of a rule", &reader->expect->rule);
}

static bool
read_expected_text(struct expect_reader *reader)
{
    return take_text(reader, "the text", &reader->expect->text);
}

static bool
read_expected_header(struct expect_reader *reader)
{
    return take_text(reader, "the name of a header field", &reader->expect->header_name) &&
           take_text(reader, "the value of the header field", &reader->expect->header_value);
}

static bool
read_no_header(struct expect_reader *reader)
{
    return take_text(reader, "the name of a header field", &reader->expect->no_header);
}

static bool
read_expected_sender(struct expect_reader *reader)
{
    reader->expect->has_sender = true;
    return take_text(reader, "a sender in <>", &reader->expect->sender);
}

static bool
read_converted(struct expect_reader *reader)
{
    reader->expect->converted = true;
    return true;
}

/* As many as there are words in <>: none means that nobody is left. */
static bool
read_expected_recipients(struct expect_reader *reader)
{
    struct scenario_words *words = reader->words;
    struct expectation *expect = reader->expect;

    expect->has_recipients = true;
    expect->recipients = ARENA_ARRAY(reader->arena, words->count, struct slice);
    while (words->next < words->count && words->item[words->next].text.len > 0 &&
           words->item[words->next].text.at[0] == '<')
        expect->recipients[expect->recipient_count++] = words->item[words->next++].text;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct expect_reader *reader);
} details[] = {
    {"rule", read_rule},
    {"text", read_expected_text},
    {"header", read_expected_header},
    {"no-header", read_no_header},
    {"sender", read_expected_sender},
    {"recipients", read_expected_recipients},
    {"converted", read_converted},
};

static bool
starts_with_digit(const struct scenario_words *words)
{
    return words->next < words->count && words->item[words->next].text.len > 0 &&
           ascii_is_digit(words->item[words->next].text.at[0]);
}

static bool
is_code(struct slice text, char class)
{
    int64_t code;

    return text.len == 3 && text.at[0] == class && slice_number(text, &code) &&
           reply_code_is_valid(code);
}

/* [CODE [ENHANCED]] of a reject or a tempfail. */
static bool
read_codes(struct expect_reader *reader)
{
    char class = reader->expect->kind == EXPECT_REJECT ? '5' : '4';
    const struct scenario_word *word;

    if (!starts_with_digit(reader->words))
        return true;
    word = &reader->words->item[reader->words->next++];
    if (!is_code(word->text, class)) {
        diagnostics_error(reader->diagnostics, word->place,
                          "a reply code of three digits that begins with %c is expected", class);
        return false;
    }
    reader->expect->code = word->text;
    if (!starts_with_digit(reader->words))
        return true;
    word = &reader->words->item[reader->words->next++];
    if (!reply_enhanced_is_valid(word->text) || word->text.at[0] != class) {
        diagnostics_error(reader->diagnostics, word->place,
                          "an enhanced status code of class %c is expected, such as %c.7.1", class,
                          class);
        return false;
    }
    reader->expect->enhanced = word->text;
    return true;
}

static bool
read_kind(struct expect_reader *reader)
{
    struct scenario_words *words = reader->words;
    struct expectation *expect = reader->expect;

    expect->kind = EXPECT_ONLY;
    for (size_t i = 0; i < COUNT(kinds) && words->next < words->count; i++)
        if (slice_equal(words->item[words->next].text, slice_of(kinds[i].name))) {
            expect->kind = kinds[i].kind;
            words->next++;
            break;
        }
    return (expect->kind != EXPECT_REJECT && expect->kind != EXPECT_TEMPFAIL) || read_codes(reader);
}

static bool
read_detail(struct expect_reader *reader)
{
    const struct scenario_word *word = &reader->words->item[reader->words->next++];

    for (size_t i = 0; i < COUNT(details); i++)
        if (slice_equal(word->text, slice_of(details[i].name)))
            return details[i].read(reader);
    scenario_unknown(reader->diagnostics, word, "something to expect", known, COUNT(known));
    return false;
}

void
scenario_read_expect(struct arena *arena, struct scenario_words *words, struct place line,
                     struct diagnostics *diagnostics, struct expectation *expect_r)
{
    struct expect_reader reader = {arena, words, line, diagnostics, expect_r};

    *expect_r = (struct expectation){.kind = EXPECT_ONLY};
    if (words->next == words->count) {
        diagnostics_error(diagnostics, line,
                          "`expect` says nothing: none, accept, reject, tempfail, discard "
                          "or quarantine may follow");
        return;
    }
    if (slice_equal(words->item[words->next].text, SLICE("audit"))) {
        expect_r->audit = true;
        words->next++;
    }
    if (!read_kind(&reader))
        return;
    while (words->next < words->count)
        if (!read_detail(&reader))
            return;
    if (expect_r->audit && expect_r->kind == EXPECT_ONLY && expect_r->rule.len == 0)
        diagnostics_error(diagnostics, line,
                          "`expect audit` needs the rule, or what it would have done: "
                          "none, accept, reject, tempfail, discard or quarantine");
}
