/* Judges a test by what the living MTA told Postern of it. */
#include "through.h"

#include "merge.h"
#include "spoken.h"
#include "status/exposition.h"
#include "status/status_client.h"

const char *
through_ask(struct arena *arena, const struct through *through)
{
    struct asked_nonce nonce;
    const char *reason, *hash = exposition_hash(arena, through->policy);

    if (!asking_nonce(arena, through->options.status_socket, SLICE(""), &nonce, &reason))
        return reason == status_client_forbidden
                   ? reason
                   : arena_printf(arena, "%s; is the milter running?", reason);
    if (strcmp(nonce.hash, hash) != 0)
        return arena_printf(arena,
                            "the milter serves a policy with hash %s, and this one has %s; reload "
                            "the milter first",
                            nonce.hash, hash);
    return NULL;
}

static struct live
through_live(struct arena *arena, const struct through *through)
{
    return (struct live){
        .arena = arena, .options = &through->options, .contents = through->open == NULL};
}

enum through_path
through_prove(struct arena *arena, struct through *through, const struct test *test,
              const char **reason_r)
{
    struct live live = through_live(arena, through);
    struct turn *turn = live_prove(&live, test->steps);
    enum through_path path = live.broken ? THROUGH_BROKEN : THROUGH_UNKNOWN;

    *reason_r = live.unplayed ? live.unplayed : live.broken;
    if (turn) {
        *reason_r = turn->over;
        if (turn->id)
            path = THROUGH_IN_PATH;
        else if (turn->state == TURN_DOUBTED)
            path = THROUGH_NOT_IN_PATH;
        if (turn->id)
            through->open = live_fail(&live, test->steps);
    }
    live_end(&live);
    return path;
}

static void
through_fail(struct arena *arena, struct through_result *result, const struct test *test,
             const char *text)
{
    struct play_failure *failure = ARENA_NEW(arena, struct play_failure);

    failure->place = test->place;
    failure->text = text;
    result->failures = failure;
    result->failed = true;
}

/* The unplayed ones in one line. */
static const char *
unplayed_text(struct arena *arena, const struct differences *differences)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    for (const struct difference *d = differences->first; d; d = d->next)
        if (d->unplayed)
            buffer_printf(text, "%s%s", buffer_slice(text).len ? "; " : "", d->text);
    return buffer_slice(text).len ? buffer_slice(text).at : "this client has another address";
}

/* With what was told, the test may fail where it can't be played as it is written: so it is judged
 * once more, with that as it is written. */
static void
judge_told(struct arena *arena, const struct through *through, const struct test *test,
           const struct live *live, struct through_result *result)
{
    struct merged merged = {.differences = &result->differences};
    struct spoken spoken;
    struct spoken_result heard;
    struct play_result living, kept;

    merge_test(arena, &through->options, policy_needs(through->policy), test->steps, live->turns,
               &merged);
    spoken_begin(&spoken, arena);
    play_steps(arena, through->policy, merged.living, false, spoken_watch, &spoken, &living);
    spoken_compare(&spoken, live->turns, &heard);
    if (heard.problem)
        through_fail(arena, result, test, heard.problem);
    result->skip = heard.refused;
    if (heard.refused || living.failures == NULL)
        return;
    play_steps(arena, through->policy, merged.kept, false, NULL, NULL, &kept);
    if (kept.failures == NULL) {
        result->skip = unplayed_text(arena, &result->differences);
        return;
    }
    if (heard.problem)
        differ_note(arena, &result->differences, false, "%s", heard.problem);
    result->failed = true;
    result->failures = kept.failures;
    play_steps(arena, through->policy, test->steps, false, NULL, NULL, &kept);
    if (kept.failures)
        differ_note(arena, &result->differences, false, "it fails without the MTA, too");
}

/* Before the nonce nothing proves who refuses: the words have to do. */
static void
judge_unproven(struct arena *arena, const struct through *through, const struct test *test,
               const struct turn *turn, struct through_result *result)
{
    struct spoken spoken;
    struct play_result play;

    result->skip = turn->over;
    if (turn->mail == NULL || turn->mail->code < 400)
        return;
    spoken_begin(&spoken, arena);
    play_steps(arena, through->policy, test->steps, false, spoken_watch, &spoken, &play);
    if (!spoken_has(&spoken, turn->mail))
        return;
    result->skip = NULL;
    result->failures = play.failures;
    result->failed = play.failures != NULL;
}

/* True: it wasn't played to where it can be judged. */
static bool
judge_turns(struct arena *arena, const struct through *through, const struct test *test,
            const struct live *live, struct through_result *result)
{
    for (const struct turn *turn = live->turns; turn; turn = turn->next) {
        if (turn->state == TURN_TAKEN)
            result->fatal = arena_printf(arena, "the MTA took a message: \"%s\"", turn->end->text);
        if (turn->state == TURN_DOUBTED)
            result->fatal = turn->over;
        if (result->fatal) {
            through_fail(arena, result, test, result->fatal);
            return true;
        }
        if (turn->id == NULL) {
            judge_unproven(arena, through, test, turn, result);
            return true;
        }
    }
    return false;
}

static bool
has_content(const struct step *steps)
{
    while (steps && steps->kind != STEP_DATA && steps->kind != STEP_MESSAGE)
        steps = steps->next;
    return steps != NULL;
}

void
through_test(struct arena *arena, const struct through *through, const struct test *test,
             struct through_result *result_r)
{
    struct live live = through_live(arena, through);

    *result_r = (struct through_result){0};
    if (through->open && has_content(test->steps)) {
        result_r->skip = "no message is sent to an MTA that takes mail without Postern's answer";
        return;
    }
    live_play(&live, test->steps);
    result_r->fatal = live.broken;
    if (live.broken)
        through_fail(arena, result_r, test, live.broken);
    result_r->skip = live.unplayed;
    if (live.broken || live.unplayed || judge_turns(arena, through, test, &live, result_r))
        return;
    judge_told(arena, through, test, &live, result_r);
}
