/* Nonces: who knows one, for how long, and in which process. */
#include "count/nonces.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

enum { NOW = 1000000 };

static const char *const kinds[] = {
    [NONCE_NONE] = "none", [NONCE_PROOF] = "proof", [NONCE_FAILURE] = "failure"};

static enum nonce_kind
find(int64_t now_ms, const char *text)
{
    struct nonce nonce;

    return nonces_find(now_ms, slice_of(text), &nonce);
}

static void
check_unmade(void)
{
    struct nonce nonce;

    tap_check(!nonces_give(NOW, &nonce), "without memory none is given");
    tap_check(find(NOW, NONCE_PROVES "00000000000000000000000000") == NONCE_NONE,
              "and none is known");
}

static void
check_texts(void)
{
    struct nonce nonce, found;
    char failing[NONCE_WORD_SIZE], text[NONCE_WORD_SIZE + 8];
    struct {
        const char *what, *text;
        enum nonce_kind kind;
    } cases[] = {
        {"as it was given", nonce.word, NONCE_PROOF},
        {"with the other beginning", failing, NONCE_FAILURE},
        {"one octet more", text, NONCE_NONE},
        {"all zeros", NONCE_PROVES "00000000000000000000000000", NONCE_NONE},
        {"an octet that is no digit", NONCE_PROVES "0000000000000-000000000000", NONCE_NONE},
        {"the beginning alone", NONCE_PROVES, NONCE_NONE},
        {"nothing", "", NONCE_NONE},
    };

    tap_check(nonces_give(NOW, &nonce), "one is given");
    memcpy(failing, nonce.word, sizeof failing);
    memcpy(failing, NONCE_FAILS, strlen(NONCE_FAILS));
    snprintf(text, sizeof text, "%s0", nonce.word);
    tap_check(!nonces_was_seen(slice_of(nonce.word)), "it wasn't seen yet");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(find(NOW, cases[i].text) == cases[i].kind, "%s: %s", cases[i].what,
                  kinds[cases[i].kind]);
    tap_check(nonces_was_seen(slice_of(nonce.word)), "then it was seen");
    tap_check(!nonces_was_seen(slice_of(failing)), "with its other beginning nothing was done yet");
    nonces_note_failure(&nonce);
    tap_check(nonces_was_seen(slice_of(failing)), "then it was");
    tap_check(find(NOW, nonce.word) == NONCE_NONE, "and proves nothing any more");
    nonces_give(NOW, &nonce);
    memcpy(text, nonce.word, sizeof nonce.word);
    for (char *at = text; *at; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    tap_check(nonces_find(NOW, slice_of(text), &found) == NONCE_PROOF &&
                  strcmp(found.word, nonce.word) == 0 && strcmp(found.answer, nonce.answer) == 0 &&
                  strcmp(found.id, nonce.id) == 0,
              "an MTA may have changed its case: what is found is what was given");
}

static void
check_age(void)
{
    struct nonce nonce, other, third;

    nonces_give(NOW, &nonce);
    nonces_give(NOW, &other);
    nonces_give(NOW, &third);
    tap_check(strcmp(nonce.word, other.word) != 0 && strcmp(nonce.answer, other.answer) != 0,
              "no two are the same");
    tap_check(find(NOW + NONCE_VALID_MS - 1, nonce.word) == NONCE_PROOF, "valid for a minute");
    tap_check(find(NOW + NONCE_VALID_MS, other.word) == NONCE_NONE, "and no longer");
    tap_check(!nonces_was_seen(slice_of(other.word)), "nor is it seen then");
    memcpy(third.word, NONCE_FAILS, strlen(NONCE_FAILS));
    tap_check(find(NOW + NONCE_VALID_MS, third.word) == NONCE_NONE, "in its other form neither");
}

static void
check_many(void)
{
    struct nonce nonce[NONCES + 1];
    size_t known = 0;

    for (size_t i = 0; i <= NONCES; i++)
        nonces_give(NOW, &nonce[i]);
    tap_check(find(NOW, nonce[0].word) == NONCE_NONE, "the oldest gives way");
    for (size_t i = 1; i <= NONCES; i++)
        known += find(NOW, nonce[i].word) == NONCE_PROOF;
    tap_check(known == NONCES, "%zu are known at once", known);
}

/* One generation gives it out, another is asked by the MTA. */
static void
check_processes(void)
{
    struct nonce nonce;
    int status = 0, to_parent[2];
    pid_t child;

    if (pipe(to_parent) < 0)
        return;
    child = fork();
    if (child == 0) {
        nonces_give(NOW, &nonce);
        _exit(write(to_parent[1], &nonce, sizeof nonce) != sizeof nonce);
    }
    tap_check(read(to_parent[0], &nonce, sizeof nonce) == sizeof nonce &&
                  waitpid(child, &status, 0) == child && status == 0,
              "a process gives one, and ends");
    tap_check(find(NOW, nonce.word) == NONCE_PROOF, "another one knows it");
}

int
main(void)
{
    check_unmade();
    tap_check(nonces_make(), "memory for them");
    check_texts();
    check_age();
    check_many();
    check_processes();
    return tap_done();
}
