/* Questions, and how their answers are read. */
#include "asking.h"

#include "count/nonces.h"
#include "count/recall.h"
#include "status/plays.h"
#include "status/status_client.h"

/* The value on the line of this name, or NULL. */
static const char *
asked_value(struct arena *arena, struct slice answer, struct slice name)
{
    struct slice word;

    while (answer.len > 0) {
        size_t len = slice_find(answer, '\n');
        struct slice line = slice_first(answer, len);

        answer = slice_from(answer, len + 1);
        if (slice_word(&line, " ", &word) && slice_equal(word, name) &&
            slice_word(&line, " ", &word))
            return arena_string(arena, word);
    }
    return NULL;
}

bool
asking_nonce(struct arena *arena, const char *socket, struct slice lines,
             struct asked_nonce *nonce_r, const char **reason_r)
{
    const char *path = arena_printf(arena, PLAYS_PATH "nonce/%s", plays_write_lines(arena, lines));
    struct slice answer;

    if (strlen(path) > HTTP_LONGEST - 200) {
        *reason_r = "its lines \"table\" are too long to be told to the milter";
        return false;
    }
    if (!status_client_ask(arena, socket, path, &answer, reason_r))
        return false;
    nonce_r->word = asked_value(arena, answer, SLICE("nonce"));
    nonce_r->answer = asked_value(arena, answer, SLICE("answer"));
    nonce_r->hash = asked_value(arena, answer, SLICE("hash"));
    *reason_r = "the milter gives out no nonce; is it of another version?";
    if (nonce_r->word == NULL || nonce_r->answer == NULL || nonce_r->hash == NULL ||
        strlen(nonce_r->word) < strlen(NONCE_PROVES))
        return false;
    nonce_r->fails = arena_printf(arena, "%s%s", NONCE_FAILS, nonce_r->word + strlen(NONCE_PROVES));
    return true;
}

bool
asking_whether_seen(struct arena *arena, const char *socket, const char *word)
{
    const char *path = arena_printf(arena, PLAYS_PATH "seen/%s", word), *reason;
    struct slice answer;

    return status_client_ask(arena, socket, path, &answer, &reason) &&
           slice_equal(answer, SLICE("yes"));
}

/* One text for each stage, of which the last has all. */
struct slice
asking_told(struct arena *arena, const char *socket, const char *id)
{
    const char *path = arena_printf(arena, PLAYS_PATH "%s", id), *reason, *end;
    struct slice answer, last = {0};

    if (!status_client_ask(arena, socket, path, &answer, &reason))
        return last;
    while ((end = memmem(answer.at, answer.len, RECALL_END, strlen(RECALL_END)))) {
        last = slice_first(answer, (size_t)(end - answer.at));
        answer = slice_from(answer, last.len + strlen(RECALL_END));
    }
    return last;
}
