/* Slices, arenas, buffers, diagnostics, and what may be written into a log. */
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/diagnostics.h"
#include "base/log.h"
#include "base/pool.h"
#include "tap.h"

static void
test_slice_words(void)
{
    const struct {
        const char *text;
        size_t count;
        const char *last;
    } cases[] = {
        {"", 0, ""},           {" ,, ", 0, ""},           {"one", 1, "one"},
        {"one two", 2, "two"}, {",one,,two ,", 2, "two"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice rest = slice_of(cases[i].text);
        struct slice word = SLICE("");
        size_t count = 0;

        while (slice_word(&rest, ", ", &word))
            count++;
        tap_check(count == cases[i].count && slice_equal(word, slice_of(cases[i].last)),
                  "words of \"%s\"", cases[i].text);
    }
}

static void
test_slice_has_word(void)
{
    const struct {
        const char *words, *word;
        bool has;
    } cases[] = {
        {"", "", false},           {"a", "", false},         {"7BIT 8BITMIME", "8bitmime", true},
        {" one  two ", "two", true}, {"one two", "tw", false}, {"one two", "one two", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(slice_has_word_nocase(cases[i].words, slice_of(cases[i].word)) == cases[i].has,
                  "\"%s\" among \"%s\"", cases[i].word, cases[i].words);
}

static void
test_slice_number(void)
{
    const struct {
        const char *text;
        bool good;
        int64_t number;
    } cases[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {"1k", false, 0},
        {" 1", false, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t number = 0;
        bool good = slice_number(slice_of(cases[i].text), &number);

        tap_check(good == cases[i].good && (!good || number == cases[i].number), "number \"%s\"",
                  cases[i].text);
    }
}

/* Each octet at each place, in texts of up to two words. */
static void
test_hash_nocase(void)
{
    size_t wrong = 0;

    for (size_t len = 1; len <= 17; len++)
        for (size_t i = 0; i < len * 256; i++) {
            char text[17] = "aaaaaaaaaaaaaaaa", lower[17];

            text[i / 256] = (char)(i % 256);
            for (size_t j = 0; j < len; j++)
                lower[j] = ascii_lower(text[j]);
            wrong += slice_hash_nocase((struct slice){text, len}) !=
                     slice_hash((struct slice){lower, len});
        }
    tap_check(wrong == 0, "without case A to Z are a to z, and all else is itself");
}

/* The key and the text of the SipHash paper, appendix A. */
static void
test_hash(void)
{
    static const struct hash_key key = {{0x0706050403020100u, 0x0F0E0D0C0B0A0908u}};
    struct slice text = SLICE("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16");

    tap_check(slice_hash_under(&key, text) == 0xA129CA6149BE45E5u, "SipHash");
    tap_check(slice_hash(text) != slice_hash_under(&key, text), "another key in this process");
    tap_check(slice_hash(SLICE("a")) != slice_hash(SLICE("b")), "hash");
    test_hash_nocase();
}

static void
test_slice(void)
{
    struct slice s = SLICE("a\0b");

    tap_check(s.len == 3 && slice_find(s, '\0') == 1 && slice_find(s, 'b') == 2, "NUL is an octet");
    tap_check(slice_find(s, 'x') == 3 && slice_find_last(SLICE("a.b.c"), '.') == 3, "find");
    tap_check(slice_from(s, 9).len == 0 && slice_first(s, 9).len == 3, "no part beyond the end");
    tap_check(slice_equal_nocase(SLICE("MiXed"), SLICE("mIxED")), "ASCII case ignored");
    tap_check(!slice_equal_nocase(SLICE("\xC3\x84"), SLICE("\xC3\xA4")), "other letters exact");
    tap_check(slice_starts_nocase(SLICE("IPv6:x"), SLICE("ipV6:")), "prefix");
    tap_check(slice_compare(SLICE("a"), SLICE("ab")) < 0 &&
                  slice_compare(SLICE("b"), SLICE("ab")) > 0 &&
                  slice_compare(SLICE("ab"), SLICE("ab")) == 0,
              "order");
    tap_check(slice_equal(slice_trim(SLICE(" \t\r\n a b \n")), SLICE("a b")), "trim");
    tap_check(slice_trim(SLICE("  ")).len == 0, "trim of nothing else");
    tap_check(slice_is_ascii(SLICE("a\x7F")) && !slice_is_ascii(SLICE("\x80")), "ASCII");
    test_hash();
}

static char order[8];

static void
note_cleanup(void *of)
{
    const char *mark = of;

    order[strlen(order)] = *mark;
}

static void
test_arena(void)
{
    struct arena *arena = arena_new(1000);
    char first = '1', second = '2';
    char *taken;

    arena_on_end(arena, note_cleanup, &first);
    arena_on_end(arena, note_cleanup, &second);
    taken = arena_alloc(arena, 100);
    tap_check(taken[0] == 0 && taken[99] == 0 && (uintptr_t)taken % _Alignof(max_align_t) == 0,
              "zeroed and aligned");
    tap_check(!arena_over(arena) && arena_used(arena) >= 100, "below the ceiling");
    taken = arena_alloc(arena, 1000 * 1000);
    taken[1000 * 1000 - 1] = 1;
    tap_check(arena_over(arena), "over the ceiling, and still served");
    arena_reset(arena);
    tap_check(strcmp(order, "21") == 0, "cleanups run, newest first");
    tap_check(!arena_over(arena) && arena_used(arena) == 0, "empty again");
    taken = arena_resize(arena, NULL, 0, 1001);
    tap_check(arena_over(arena), "octets held elsewhere count");
    arena_resize(arena, taken, 1001, 0);
    arena_free(&arena);
    tap_check(arena == NULL, "freed and nulled");
    arena_free(&arena);
    tap_check(strcmp(order, "21") == 0, "cleanups run once");
}

/* What one takes of the pool: little for little, and no more when it is used again. */
static void
test_arena_size(void)
{
    size_t before = pool_used(), empty, kept;
    struct arena *arena = arena_new_counted(SIZE_MAX, 0);

    empty = pool_used() - before;
    tap_check(empty <= 128, "an empty arena takes %zu octets", empty);
    arena_alloc(arena, 100);
    tap_check(pool_used() - before <= 512, "for 100 octets it takes %zu", pool_used() - before);
    for (int i = 0; i < 30; i++)
        arena_alloc(arena, 100);
    tap_check(pool_used() - before <= 10 * 1024, "for 3,100 it takes %zu", pool_used() - before);
    arena_alloc(arena, 100 * 1000);
    arena_reset(arena);
    kept = pool_used();
    tap_check(kept - before <= 4096 + 256, "behind a reset it keeps %zu", kept - before);
    for (int i = 0; i < 10; i++)
        arena_alloc(arena, 100);
    tap_check(pool_used() == kept, "which are enough for the next 1,000");
    arena_give_back(arena);
    tap_check(pool_used() - before == empty, "all of it can be given back");
    arena_free(&arena);
    arena = arena_new_counted(SIZE_MAX, 5000);
    kept = pool_used();
    arena_alloc(arena, 5000);
    tap_check(pool_used() == kept, "the first octets are there");
    arena_free(&arena);
    tap_check(pool_used() == before, "and nothing is left");
}

static void
test_arena_copies(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice copy = arena_copy(arena, SLICE("a\0b"));

    tap_check(copy.len == 3 && memcmp(copy.at, "a\0b", 4) == 0, "copy ends in NUL");
    tap_check(strcmp(arena_printf(arena, "%d-%s", 7, "x"), "7-x") == 0, "printf");
    tap_check(arena_string(arena, (struct slice){NULL, 0})[0] == '\0', "copy of nothing");
    for (int i = 0; i < 1000; i++)
        memset(ARENA_ARRAY(arena, 100, int), 1, 100 * sizeof(int));
    tap_check(memcmp(copy.at, "a\0b", 4) == 0, "earlier memory stays");
    arena_free(&arena);
}

static void
test_buffer(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer buffer;

    buffer_init(&buffer, arena, 600);
    tap_check(buffer_slice(&buffer).len == 0, "empty");
    for (int i = 0; i < 100; i++)
        buffer_text(&buffer, "12345");
    buffer_octet(&buffer, '\0');
    buffer_printf(&buffer, "%03d", 7);
    tap_check(buffer_slice(&buffer).len == 504 && memcmp(buffer_slice(&buffer).at + 500,
                                                         "\0"
                                                         "007",
                                                         5) == 0,
              "grows, ends in NUL");
    buffer_printf(&buffer, "%0100d", 0);
    tap_check(buffer.over && buffer_slice(&buffer).len == 504,
              "what doesn't fit is left out whole");
    buffer_octet(&buffer, 'x');
    tap_check(buffer.over && buffer_slice(&buffer).len == 505, "what fits goes in still");
    buffer_clear(&buffer);
    tap_check(!buffer.over && buffer_slice(&buffer).len == 0, "clear");
    arena_free(&arena);
}

static const struct source example = {
    .name = "a.conf",
    .directory = "",
    .text = {"first\n\tsec\xC3\xB6nd bad\nthird", 22},
};

static void
test_positions(void)
{
    const struct {
        size_t offset;
        unsigned line, column;
    } cases[] = {{0, 1, 1},  {4, 1, 5},  {5, 1, 6},  {6, 2, 1},
                 {10, 2, 5}, {12, 2, 6}, {15, 2, 9}, {19, 3, 1}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned line, column;

        diagnostics_position((struct place){&example, cases[i].offset, 1}, &line, &column);
        tap_check(line == cases[i].line && column == cases[i].column,
                  "octet %zu is %u:%u, got %u:%u", cases[i].offset, cases[i].line, cases[i].column,
                  line, column);
    }
}

/* Lines are counted once where a source asks for that; up to its very end. */
static void
test_counted_lines(void)
{
    enum { OCTETS = 1 << 14, STEP = 7 };
    struct arena *arena = arena_new(SIZE_MAX);
    char *text = arena_alloc(arena, OCTETS + 1);
    struct source source = {.name = "long", .directory = "", .text = {text, OCTETS}};
    size_t wrong = 0;

    for (size_t i = 0; i < OCTETS; i++)
        text[i] = i % STEP == STEP - 1 || i == OCTETS - 1 ? '\n' : 'x';
    diagnostics_count_lines(arena, &source);
    for (size_t i = 0; i <= OCTETS; i++) {
        unsigned line, column, expected = (unsigned)(i / STEP) + 1 + (i == OCTETS);

        diagnostics_position((struct place){&source, i, 1}, &line, &column);
        wrong += line != expected || column != (i == OCTETS ? 1 : i % STEP + 1);
    }
    tap_check(wrong == 0, "%zu places have another position", wrong);
    arena_free(&arena);
}

static char *
printed(const struct diagnostics *diagnostics)
{
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    diagnostics_print(diagnostics, to);
    fclose(to);
    return text;
}

static void
test_diagnostics(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    char *text;

    diagnostics_init(&diagnostics, arena);
    diagnostics_error(&diagnostics, (struct place){&example, 15, 3}, "\"%s\" is bad", "bad");
    diagnostics_warning(&diagnostics, (struct place){0}, "about the whole");
    text = printed(&diagnostics);
    tap_check(strcmp(text, "a.conf:2:9: error: \"bad\" is bad\n"
                           "     sec\xC3\xB6nd bad\n"
                           "            ^~~\n"
                           "warning: about the whole\n") == 0,
              "line and caret:\n%s", text);
    free(text);
    tap_check(strcmp(diagnostics_place_text(arena, (struct place){&example, 15, 3}), "a.conf:2") ==
                  0,
              "for logs");
    for (int i = 0; i < DIAGNOSTICS_MAX_ERRORS + 1; i++)
        diagnostics_error(&diagnostics, (struct place){0}, "more");
    text = printed(&diagnostics);
    tap_check(strstr(text, "and 2 more errors\n") != NULL, "the rest is counted");
    tap_check(diagnostics.errors == DIAGNOSTICS_MAX_ERRORS + 2 && diagnostics.warnings == 1,
              "counts");
    free(text);
    arena_free(&arena);
}

static void
test_log_escape(void)
{
    const struct {
        struct slice in;
        const char *out;
    } cases[] = {
        {SLICE("plain text 100%"), "plain text 100%"},
        {SLICE("a\r\nb\0c\x7F"), "a\\x{0D}\\x{0A}b\\x{00}c\\x{7F}"},
        {SLICE("\xC3\xA9"), "\\x{C3}\\x{A9}"},
        {SLICE("\\x{0A}"), "\\\\x{0A}"},
    };
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer buffer;

    buffer_init(&buffer, arena, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buffer_clear(&buffer);
        log_escape(&buffer, cases[i].in);
        tap_check(strcmp(buffer_slice(&buffer).at, cases[i].out) == 0, "log %s", cases[i].out);
    }
    tap_check(log_facility_known("mail") && log_facility_known("local7") &&
                  !log_facility_known("x"),
              "facilities");
    arena_free(&arena);
}

static void
test_clock(void)
{
    int64_t begun = clock_ms(), took;

    nanosleep(&(struct timespec){.tv_nsec = 30 * 1000 * 1000}, NULL);
    took = clock_ms() - begun;
    tap_check(took >= 29 && took < 30 * 1000, "30 ms are 30 ms, or some more: %lld",
              (long long)took);
}

int
main(void)
{
    test_slice_words();
    test_slice_has_word();
    test_slice_number();
    test_slice();
    test_arena();
    test_arena_size();
    test_arena_copies();
    test_buffer();
    test_positions();
    test_counted_lines();
    test_diagnostics();
    test_log_escape();
    test_clock();
    return tap_done();
}
