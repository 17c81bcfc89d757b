/* What a policy says of many messages that the login alice hands in, for scripts that make and
 * judge them: each comes on standard input as its length (4 octets, the highest first) and itself,
 * with CRLF at its line ends. With -e they come without a login, and before each stand, counted
 * with it, two lines that end in LF: the words of MAIL with tabs between them, and the recipient.
 * The answer on standard output is a letter and a length (4 octets) with that many octets: 'a'
 * where the message is accepted, 'r' and the rule with its reply where it is refused, 't' the same
 * where it is deferred.
 *
 * usage: author_batch [-e] POLICY */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play/play.h"

struct said {
    struct arena *arena;
    char letter;
    struct slice text;
};

static void
keep_verdict(void *context, const struct played *played)
{
    struct said *said = context;
    const struct answer *answer = &played->answer;

    if (answer->verdict != VERDICT_REJECT && answer->verdict != VERDICT_TEMPFAIL)
        return;
    said->letter = answer->verdict == VERDICT_REJECT ? 'r' : 't';
    said->text =
        slice_of(arena_printf(said->arena, "%s\n%s", answer->finding ? answer->finding->rule : "-",
                              reply_text(said->arena, answer->reply)));
}

static struct said
judge(struct arena *arena, struct policy *policy, const struct step *steps)
{
    struct said said = {arena, 'a', SLICE("")};
    struct play_result result;

    play_steps(arena, policy, steps, true, keep_verdict, &said, &result);
    return said;
}

static struct said
judge_login(struct arena *arena, struct policy *policy, struct slice text)
{
    static struct slice login[] = {SLICE("alice")}, version[] = {SLICE("TLSv1.3")};
    static struct slice sender[] = {SLICE("<alice@example.com>")};
    static struct slice recipient[] = {SLICE("<carol@example.net>")};
    struct step message = {.kind = STEP_MESSAGE, .text = text};
    struct step rcpt = {.kind = STEP_RCPT, .word = recipient, .words = 1, .next = &message};
    struct step mail = {.kind = STEP_MAIL, .word = sender, .words = 1, .next = &rcpt};
    struct step auth = {.kind = STEP_AUTH, .word = login, .words = 1, .next = &mail};
    struct step tls = {.kind = STEP_TLS, .word = version, .words = 1, .next = &auth};

    return judge(arena, policy, &tls);
}

static struct slice
take_until(struct slice *rest, char end)
{
    size_t at = slice_find(*rest, end);
    struct slice taken = slice_first(*rest, at);

    *rest = slice_from(*rest, at < rest->len ? at + 1 : at);
    return taken;
}

static struct said
judge_stranger(struct arena *arena, struct policy *policy, struct slice text)
{
    enum { MOST_WORDS = 8 };
    struct slice line = take_until(&text, '\n');
    struct slice recipient = take_until(&text, '\n');
    struct slice word[MOST_WORDS];
    struct step message = {.kind = STEP_MESSAGE, .text = text};
    struct step rcpt = {.kind = STEP_RCPT, .word = &recipient, .words = 1, .next = &message};
    struct step mail = {.kind = STEP_MAIL, .word = word, .next = &rcpt};

    while (line.len > 0 && mail.words < MOST_WORDS)
        word[mail.words++] = take_until(&line, '\t');
    return judge(arena, policy, &mail);
}

static bool
read_octets(void *to, size_t size)
{
    return fread(to, 1, size, stdin) == size;
}

static void
answer(const struct said *said)
{
    struct slice text = said->text;
    unsigned char head[5] = {(unsigned char)said->letter, (unsigned char)(text.len >> 24),
                             (unsigned char)(text.len >> 16), (unsigned char)(text.len >> 8),
                             (unsigned char)text.len};

    fwrite(head, 1, sizeof head, stdout);
    fwrite(text.at, 1, text.len, stdout);
    fflush(stdout);
}

static void
answer_all(struct policy *policy, bool strangers)
{
    unsigned char head[4];

    while (read_octets(head, sizeof head)) {
        size_t size =
            (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        struct arena *arena = arena_new(SIZE_MAX);
        char *text = malloc(size ? size : 1); /* by itself, so that a sanitizer sees its end */
        struct said said;

        if (text == NULL || !read_octets(text, size))
            exit(EXIT_FAILURE);
        said =
            (strangers ? judge_stranger : judge_login)(arena, policy, (struct slice){text, size});
        answer(&said);
        free(text);
        arena_free(&arena);
    }
}

int
main(int argc, char **argv)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy = NULL;
    bool strangers = argc == 3 && strcmp(argv[1], "-e") == 0;

    diagnostics_init(&diagnostics, arena);
    if (argc == 2 + strangers)
        policy = policy_load(argv[argc - 1], &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    if (policy == NULL)
        return EXIT_FAILURE;
    answer_all(policy, strangers);
    policy_unref(&policy);
    arena_free(&arena);
    return EXIT_SUCCESS;
}
