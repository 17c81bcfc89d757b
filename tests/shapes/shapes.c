/* Plays shapes of messages through a dialogue, each alone, and says what they cost.
 *
 * usage: shapes FOLDER count POLICY OCTETS [SHAPE...]
 *        shapes FOLDER time POLICY [SHAPE...]
 *
 * FOLDER holds POLICY.rules; to those of facts come rules that read every fact. count plays a shape
 * empty, with up to OCTETS, and twice as large, with nothing cut short by a limit, and prints a
 * line each: policy, shape, octets, instructions, the most memory that arenas took. It counts
 * instructions under callgrind alone, from the dumps that this makes below SHAPES_DUMPS. time plays
 * it as large as the limits let it be: seconds of CPU, memory in MB, octets, the code of the last
 * answer, policy, shape. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS
#endif

#include "base/pool.h"
#include "filter/dialogue.h"
#include "play/message.h"
#include "shape.h"

#include "../unit/every_fact.h"

enum { MOST_WORDS = 100000, PIECE = 65535, LARGEST_BODY = 1 << 20, LARGEST_LINE = 8192 };

static const char doing[] = "X-Do: 8bit utf8 replace remove quarantine\r\n";

static const char boundless[] = "set max-transaction-memory 1GB\n"
                                "set max-message-steps 1000000000000\n";

/* A shape in pieces as an MTA tells it. */
struct telling {
    const struct shape *shape;
    struct slice text;
    size_t octets;
    struct play_message message;
    struct slice *word;
    size_t words;
};

static struct policy *
load(const char *folder, const char *name, bool counts)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;
    struct buffer text;

    diagnostics_init(&diagnostics, arena);
    buffer_init(&text, arena, 1 << 20);
    buffer_printf(&text, "%sinclude \"%s/%s.rules\"\n", counts ? boundless : "", folder, name);
    if (strcmp(name, "facts") == 0) {
        every_fact_write(&text, 2);
        every_action_write(&text);
    }
    policy = policy_load_text(name, buffer_slice(&text), &diagnostics);
    if (policy == NULL) {
        diagnostics_print(&diagnostics, stderr);
        exit(EXIT_FAILURE);
    }
    arena_free(&arena);
    return policy;
}

static void
cut_words(struct arena *arena, struct telling *telling, const char *separators)
{
    struct slice rest = telling->text;

    telling->word = ARENA_ARRAY(arena, MOST_WORDS, struct slice);
    while (telling->words < MOST_WORDS &&
           slice_word(&rest, separators, &telling->word[telling->words]))
        telling->words++;
}

static void
prepare(struct arena *arena, const struct shape *shape, unsigned times, struct telling *telling_r)
{
    struct slice text = shape_text(arena, shape, times);
    struct slice message = SLICE("From: alice@example.org\r\n\r\ntext\r\n");

    *telling_r = (struct telling){.shape = shape, .text = text, .octets = text.len};
    if (shape->place == SHAPE_MESSAGE)
        message = text;
    else
        cut_words(arena, telling_r, shape->place == SHAPE_RECIPIENTS ? "\n" : " ");
    message = slice_of(arena_printf(arena, "%s%.*s", doing, (int)message.len, message.at));
    play_message_split(arena, message, &telling_r->message);
}

static void
forget_line(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

static bool
count_piece(void *context, struct slice piece)
{
    *(size_t *)context += piece.len;
    return true;
}

static void
tell_recipients(struct dialogue *dialogue, const struct telling *telling)
{
    static const struct slice nobody = SLICE("<carol@example.net>");

    if (telling->shape->place == SHAPE_RCPT)
        dialogue_rcpt(dialogue, telling->word, telling->words);
    for (size_t i = 0; telling->shape->place == SHAPE_RECIPIENTS && i < telling->words; i++) {
        struct slice word[8], rest = telling->word[i];
        size_t words = 0;

        while (words < 8 && slice_word(&rest, " ", &word[words]))
            words++;
        dialogue_rcpt(dialogue, word, words);
    }
    dialogue_rcpt(dialogue, &nobody, 1);
}

static void
tell_envelope(struct dialogue *dialogue, const struct telling *telling)
{
    static const struct slice sender = SLICE("<alice@example.org>");
    static const struct ip ip = {4, {192, 0, 2, 1}};
    bool odd_sender = telling->shape->place == SHAPE_MAIL;

    dialogue_connect(dialogue, SLICE("client.example"), &ip, 50000);
    dialogue_helo(dialogue,
                  telling->shape->place == SHAPE_HELO ? telling->text : SLICE("c.example"));
    if (telling->shape->place == SHAPE_COMMAND)
        dialogue_unknown(dialogue, telling->text);
    dialogue_macro(dialogue, STAGE_MAIL, SLICE("{auth_type}"), SLICE("PLAIN"));
    dialogue_macro(dialogue, STAGE_MAIL, SLICE("{auth_authen}"), SLICE("alice"));
    dialogue_mail(dialogue, odd_sender ? telling->word : &sender, odd_sender ? telling->words : 1);
    tell_recipients(dialogue, telling);
    dialogue_macro(dialogue, STAGE_DATA, SLICE("i"), SLICE("4SHAPE"));
    dialogue_data(dialogue);
}

/* Leaves the code of the last answer. */
static void
tell(struct policy *policy, const struct telling *telling, char code_r[4])
{
    struct dialogue *dialogue = dialogue_new(policy, forget_line, NULL);
    const struct edit *edits;
    struct answer answer;
    size_t written = 0;

    tell_envelope(dialogue, telling);
    for (const struct header_field *field = telling->message.header; field; field = field->next)
        dialogue_header(dialogue, field->name, field->body);
    dialogue_header_end(dialogue);
    for (struct slice rest = telling->message.body; rest.len > 0; rest = slice_from(rest, PIECE))
        dialogue_body(dialogue, slice_first(rest, PIECE));
    answer = dialogue_end(dialogue, &edits);
    memcpy(code_r, answer.reply ? answer.reply->code : "250", 4);
    for (const struct edit *edit = edits; edit; edit = edit->next)
        if (edit->kind == EDIT_BODY)
            dialogue_write_body(dialogue, count_piece, &written);
    dialogue_forget(dialogue);
    dialogue_free(&dialogue);
}

/* What callgrind counted since the last dump: it has just written this one. */
static unsigned long long
instructions(void)
{
    static unsigned dumps;
    const char *place = getenv("SHAPES_DUMPS");
    unsigned long long count = 0;
    char name[4096], line[4096];
    FILE *dump;

    if (place == NULL)
        return 0;
    snprintf(name, sizeof name, "%s.%u", place, ++dumps);
    dump = fopen(name, "re");
    while (dump && fgets(line, sizeof line, dump))
        if (strncmp(line, "totals: ", 8) == 0)
            count = strtoull(line + 8, NULL, 10);
    if (count == 0) {
        fprintf(stderr, "%s: no count\n", name);
        exit(EXIT_FAILURE);
    }
    fclose(dump);
    if (getenv("SHAPES_KEEP") == NULL)
        unlink(name);
    return count;
}

static void
count_one(struct policy *policy, const char *name, const struct shape *shape, unsigned times)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct telling telling;
    char code[4];

    prepare(arena, shape, times, &telling);
    pool_forget_peak();
    CALLGRIND_ZERO_STATS;
    tell(policy, &telling, code);
    CALLGRIND_DUMP_STATS;
    printf("%s %s %zu %llu %zu\n", name, shape->name, telling.octets, instructions(), pool_peak());
    fflush(stdout);
    arena_free(&arena);
}

static void
count_shape(struct policy *policy, const char *name, const struct shape *shape, size_t octets)
{
    unsigned times = shape_times(shape, 2 * octets) / 2;

    for (unsigned i = 0; i < 3; i++)
        count_one(policy, name, shape, i * times);
}

static double
cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The most that the limits let pass: a header, a body, or a line of the envelope. */
static size_t
room_for(const struct policy *policy, const struct shape *shape)
{
    size_t header = (size_t)policy_settings(policy)->value[SET_MAX_HEADER_BYTES].number - 1024;
    bool in_body = strstr(shape->head, "\r\n\r\n") || strstr(shape->open, "\r\n\r\n");

    if (shape->place == SHAPE_RECIPIENTS)
        return SIZE_MAX / 2;
    if (shape->place != SHAPE_MESSAGE)
        return LARGEST_LINE;
    return in_body ? LARGEST_BODY : header;
}

static void
time_shape(struct policy *policy, const char *name, const struct shape *shape)
{
    unsigned times = shape_times(shape, room_for(policy, shape));
    struct arena *arena = arena_new(SIZE_MAX);
    struct telling telling;
    double began, took;
    char code[4];

    prepare(arena, shape, times, &telling);
    pool_forget_peak();
    began = cpu_seconds();
    tell(policy, &telling, code);
    took = cpu_seconds() - began;
    printf("%7.3f s %7.2f MB %8zu octets  %s  %s %s\n", took, (double)pool_peak() / (1 << 20),
           telling.octets, code, name, shape->name);
    fflush(stdout);
    arena_free(&arena);
}

static bool
is_wanted(const struct shape *shape, char **names)
{
    if (*names == NULL)
        return true;
    while (*names && strcmp(*names, shape->name) != 0)
        names++;
    return *names != NULL;
}

int
main(int argc, char **argv)
{
    bool counts = argc > 4 && strcmp(argv[2], "count") == 0;
    char **names = argv + (counts ? 5 : 4);
    size_t count;
    const struct shape *shape = shapes_all(&count);
    struct policy *policy;

    if (!counts && (argc < 4 || strcmp(argv[2], "time") != 0)) {
        fputs("usage: shapes FOLDER count POLICY OCTETS [SHAPE...]\n"
              "       shapes FOLDER time POLICY [SHAPE...]\n",
              stderr);
        return EXIT_FAILURE;
    }
    policy = load(argv[1], argv[3], counts);
    for (size_t i = 0; i < count; i++) {
        if (!is_wanted(&shape[i], names))
            continue;
        if (counts)
            count_shape(policy, argv[3], &shape[i], strtoul(argv[4], NULL, 10));
        else
            time_shape(policy, argv[3], &shape[i]);
    }
    policy_unref(&policy);
    return EXIT_SUCCESS;
}
