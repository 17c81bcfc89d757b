/* Replies: codes, escapes, wrapping, ceilings. */
#include "mail/reply.h"

#include "tap.h"

static void
test_codes(void)
{
    const struct {
        int64_t code;
        bool valid;
    } cases[] = {{400, true},  {450, true},   {550, true},       {599, true},
                 {421, false}, {399, false},  {600, false},      {250, false},
                 {354, false}, {-550, false}, {INT64_MAX, false}};
    const struct {
        const char *text;
        bool valid;
    } enhanced[] = {{"5.7.1", true},     {"4.999.999", true}, {"5.0.0", true},   {"2.0.0", false},
                    {"5.7", false},      {"5.7.", false},     {"5..1", false},   {"5.7.1.2", false},
                    {"5.7777.1", false}, {"5.07.1", false},   {"5.7.01", false}, {"", false},
                    {"5", false},        {"5.7.1 ", false},   {"55.7.1", false}, {"5.-7.1", false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(reply_code_is_valid(cases[i].code) == cases[i].valid, "RFC 5321 4.2.1: %lld",
                  (long long)cases[i].code);
    for (size_t i = 0; i < sizeof enhanced / sizeof enhanced[0]; i++)
        tap_check(reply_enhanced_is_valid(slice_of(enhanced[i].text)) == enhanced[i].valid,
                  "RFC 3463 2: \"%s\"", enhanced[i].text);
}

static void
test_texts(void)
{
    const struct {
        struct slice texts[3];
        size_t count;
        const char *out;
        const char *section;
    } cases[] = {
        {{SLICE("no")}, 1, "550 5.7.1 no", "RFC 5321 4.2"},
        {{SLICE("one"), SLICE("two"), SLICE("three")},
         3,
         "550-5.7.1 one\n550-5.7.1 two\n550 5.7.1 three",
         "RFC 2034 4"},
        {{SLICE("")}, 1, "550 5.7.1", "RFC 5321 4.2"},
        {{SLICE("")}, 0, "550 5.7.1", "RFC 5321 4.2"},
        {{SLICE("100% sure")}, 1, "550 5.7.1 100% sure", "RFC 5321 4.2"},
        {{SLICE("a\r\nb\tc\0\x7F")},
         1,
         "550 5.7.1 a\\x{0D}\\x{0A}b\\x{09}c\\x{00}\\x{7F}",
         "RFC 5321 4.2"},
        {{SLICE("<\xC3\xBC@d.example>")},
         1,
         "550 5.7.1 <\\x{C3}\\x{BC}@d.example>",
         "RFC 6531 3.7.4"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply reply;

        reply_build(arena, 550, "5.7.1", cases[i].texts, cases[i].count, &reply);
        tap_check(strcmp(reply_text(arena, &reply), cases[i].out) == 0, "%s: %s", cases[i].section,
                  reply_text(arena, &reply));
    }
    arena_free(&arena);
}

/* The longest line as the client gets it, with CRLF; or as libmilter does, if that is longer. */
static size_t
longest(const struct reply *reply)
{
    size_t most = 0;

    for (size_t i = 0; i < reply->lines; i++) {
        size_t len = strlen(reply->line[i]) + strlen(reply->code) + strlen(reply->enhanced) + 4;

        for (const char *at = reply->line[i]; *at; at++)
            len += *at == '%';
        most = len > most ? len : most;
    }
    return most;
}

static void
test_wrapping(void)
{
    const struct {
        const char *unit;
        size_t times;
        size_t lines;
        const char *end;
        const char *section;
    } cases[] = {
        {"a", 500, 1, "aaa", "RFC 5321 4.5.3.1.5"},
        {"a", 501, 2, "a", "RFC 5321 4.5.3.1.5"},
        {"word ", 100, 1, "word ", "RFC 5321 4.5.3.1.5"},
        {"word ", 300, 3, "word ", "RFC 5321 4.5.3.1.5"},
        {"%", 251, 2, "%", "RFC 5321 4.5.3.1.5"},
        {"\xC3", 84, 2, "\\x{C3}", "RFC 5321 4.5.3.1.5"},
        {"a", 500 * 32, 32, "aaa", "RFC 5321 4.2.1"},
        {"a", 500 * 32 + 1, 32, "aaa...", "RFC 5321 4.2.1"},
        {"many words ", 5000, 32, "...", "RFC 5321 4.2.1"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t unit = strlen(cases[i].unit);
        char *octets = arena_alloc(arena, unit * cases[i].times);
        struct slice text = {octets, unit * cases[i].times};
        struct reply reply;
        const char *last;

        for (size_t k = 0; k < cases[i].times; k++)
            memcpy(octets + k * unit, cases[i].unit, unit);
        reply_build(arena, 550, "5.7.1", &text, 1, &reply);
        last = reply.line[reply.lines - 1];
        tap_check(reply.lines == cases[i].lines && longest(&reply) <= REPLY_MAX_LINE &&
                      strlen(last) >= strlen(cases[i].end) &&
                      strcmp(last + strlen(last) - strlen(cases[i].end), cases[i].end) == 0,
                  "%s: %zu times \"%s\": %zu lines, longest %zu", cases[i].section, cases[i].times,
                  cases[i].unit, reply.lines, longest(&reply));
    }
    arena_free(&arena);
}

static void
test_many_texts(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice texts[40];
    struct reply reply;

    for (size_t i = 0; i < 40; i++)
        texts[i] = SLICE("line");
    reply_build(arena, 451, "4.3.0", texts, 32, &reply);
    tap_check(reply.lines == 32 && strcmp(reply.line[31], "line") == 0, "RFC 5321 4.2.1: 32 texts");
    reply_build(arena, 451, "4.3.0", texts, 33, &reply);
    tap_check(reply.lines == 32 && strcmp(reply.line[31], "line...") == 0,
              "RFC 5321 4.2.1: 33 texts");
    arena_free(&arena);
}

/* RFC 5321 section 4.2.1: a first digit of 4 says try again; 421 would close the connection. */
static void
test_softened(void)
{
    const struct {
        int code;
        const char *enhanced, *out;
    } cases[] = {
        {550, "5.7.1", "450-4.7.1 a\n450 4.7.1 5 b"},
        {554, "5.6.2", "454-4.6.2 a\n454 4.6.2 5 b"},
        {552, "5.3.4", "452-4.3.4 a\n452 4.3.4 5 b"},
        {553, "5.1.7", "453-4.1.7 a\n453 4.1.7 5 b"},
        {521, "5.3.2", "451-4.3.2 a\n451 4.3.2 5 b"},
        {556, "5.1.10", "456-4.1.10 a\n456 4.1.10 5 b"},
        {599, "5.255.5", "499-4.255.5 a\n499 4.255.5 5 b"},
        {450, "4.5.5", "450-4.5.5 a\n450 4.5.5 5 b"},
        {500, "", "400- a\n400  5 b"},
    };
    const struct slice texts[] = {SLICE("a"), SLICE("5 b")};
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply reply;
        const char *hard, *soft;

        reply_build(arena, cases[i].code, cases[i].enhanced, texts, 2, &reply);
        hard = reply_text(arena, &reply);
        soft = reply_text(arena, reply_soften(arena, &reply));
        tap_check(strcmp(soft, cases[i].out) == 0 && strcmp(hard, reply_text(arena, &reply)) == 0,
                  "RFC 5321 4.2.1: %d %s softened: %s", cases[i].code, cases[i].enhanced, soft);
    }
    arena_free(&arena);
}

int
main(void)
{
    test_codes();
    test_texts();
    test_wrapping();
    test_many_texts();
    test_softened();
    return tap_done();
}
