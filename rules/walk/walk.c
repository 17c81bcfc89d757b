/* A transaction's way through the policy, stage by stage: which tracks are walked, and how their
 * verdicts make one answer. */
#include "behind.h"
#include "facts/given.h"
#include "pass.h"

/* What is walked for one transaction is charged to one meter, the answers to unknown commands too.
 */
static void
begin_meter(struct arena *arena)
{
    if (arena_meter(arena) == NULL)
        arena_set_meter(arena, ARENA_NEW(arena, struct meter));
}

/* What may be taken grows with the message, so that a large one is no fault. */
static void
allow_steps(struct walk *walk)
{
    enum { STEPS_AN_OCTET = 16, STEPS_A_RECIPIENT = 20000 };
    const struct transaction *transaction = walk->transaction;
    struct meter *meter = arena_meter(walk->arena);

    meter_resume(meter);
    meter->most = (uint64_t)walk->policy->settings.value[SET_MAX_MESSAGE_STEPS].number;
    if (transaction)
        meter->most += STEPS_AN_OCTET * (transaction->header_size + transaction->body.size) +
                       STEPS_A_RECIPIENT * transaction->recipient_count;
}

struct walk *
walk_begin(const struct policy *policy, const struct session *session,
           struct transaction *transaction)
{
    struct arena *arena = transaction ? transaction->arena : session->arena;
    struct walk *walk = ARENA_NEW(arena, struct walk);

    walk->policy = policy;
    walk->arena = arena;
    walk->session = session;
    walk->transaction = transaction;
    walk->store = eval_store_new(arena, policy, 0);
    walk->message = track_new(walk, NULL);
    walk->later = bits_new(arena, policy->rule_count);
    walk->said = ARENA_ARRAY(arena, policy->rule_count, bool);
    walk->goes_on = settings_mode(&policy->settings) == MODE_AUDIT;
    walk->spoken = ARENA_ARRAY(arena, policy->rule_count, bool);
    walk->events_end = &walk->events;
    walk->watch = policy->watch;
    if (walk->watch)
        walk->until_sample = walk->watch->first_sample(walk->watch->context);
    if (transaction && transaction->authors == NULL)
        transaction->authors = authors_new(arena);
    begin_meter(arena);
    return walk;
}

static struct finding
finding_of(struct walk *walk, struct track *track)
{
    struct finding finding = {.verdict = ending_verdict(track->ending)};

    if (finding.verdict == VERDICT_NONE)
        return finding;
    walk->speaker = track;
    finding.rule = track->rule->label;
    finding.reply = track->reply;
    finding.reason = track->reason;
    finding.recipient = track->rule->reads_recipient ? track->recipient : NULL;
    return finding;
}

static struct finding
walk_recipient(struct walk *walk, struct recipient *recipient)
{
    struct track *track = walk_track_of(walk, recipient);
    struct finding finding;

    pass_walk(walk, track);
    finding = finding_of(walk, track);
    if (finding.verdict != VERDICT_NONE)
        finding.recipient = recipient;
    return finding;
}

/* How strict an ending is for a message that several recipients share; who is taken off has no say.
 */
static int
strictness(enum ending ending)
{
    static const int ranks[ENDINGS] = {
        [ENDING_ACCEPT] = 1,
        [ENDING_TEMPFAIL] = 2,
        [ENDING_REJECT] = 3,
    };

    return ranks[ending];
}

/* What the recipients that are left say together. */
struct vote {
    struct track *strictest; /* that has a verdict */
    struct track *off;
    bool open;            /* somebody is undecided */
    bool may_be_rejected; /* and may still be rejected */
};

static void
count_vote(struct vote *vote, struct track *track)
{
    if (track->off) {
        vote->off = vote->off ? vote->off : track;
        return;
    }
    if (!track->ended) {
        vote->open = true;
        vote->may_be_rejected |= track->may_reject;
    } else if (vote->strictest == NULL ||
               strictness(track->ending) > strictness(vote->strictest->ending)) {
        vote->strictest = track;
    }
}

/* A rule that removes a recipient and adds another one sends the message elsewhere: somebody is
 * left. */
static bool
is_redirected(const struct walk *walk)
{
    for (const struct recipient *r = walk->transaction->recipients; r; r = r->next) {
        const struct track *track = r->facts;

        if (track->ending != ENDING_DISCARD &&
            track_has_acted(walk, track, walk->policy->sets.adding))
            return true;
    }
    return false;
}

/* The strictest verdict, as soon as nobody could bring a stricter one. */
static bool
is_certain(const struct vote *vote)
{
    if (vote->strictest == NULL)
        return false;
    if (vote->strictest->ending == ENDING_REJECT || !vote->open)
        return true;
    return vote->strictest->ending == ENDING_TEMPFAIL && !vote->may_be_rejected;
}

static struct finding
discard_of(struct walk *walk, struct track *off)
{
    walk->speaker = off;
    return (struct finding){.verdict = VERDICT_DISCARD,
                            .rule = off->rule->label,
                            .reason = off->reason,
                            .recipient = off->rule->reads_recipient ? off->recipient : NULL};
}

static struct finding
walk_message(struct walk *walk)
{
    struct vote vote = {0};

    for (struct recipient *r = walk->transaction->recipients; r; r = r->next) {
        struct track *track = walk_track_of(walk, r);

        pass_walk(walk, track);
        count_vote(&vote, track);
    }
    if (vote.off && vote.strictest == NULL && !vote.open && !is_redirected(walk))
        return discard_of(walk, vote.off);
    if (is_certain(&vote))
        return finding_of(walk, vote.strictest);
    return (struct finding){.verdict = VERDICT_NONE};
}

/* An unknown command is answered for itself: the first rule that reads it and holds. */
static struct finding
walk_command(struct walk *walk)
{
    struct track *track = track_of_command(walk);

    pass_walk(walk, track);
    if (walk->goes_on)
        walk_behind_command(walk, track);
    if (track->ending != ENDING_REJECT && track->ending != ENDING_TEMPFAIL)
        return (struct finding){.verdict = VERDICT_NONE};
    return finding_of(walk, track);
}

static struct finding
walk_now(struct walk *walk, struct recipient *recipient)
{
    if (walk->decided_by)
        return (struct finding){.verdict = VERDICT_NONE};
    if (recipient)
        return walk_recipient(walk, recipient);
    if (walk->stage > STAGE_RCPT)
        return walk_message(walk);
    pass_walk(walk, walk->message);
    return finding_of(walk, walk->message);
}

struct finding
walk_stage(struct walk *walk, enum stage stage, struct recipient *recipient)
{
    struct finding finding;

    if (stage != walk->stage)
        bits_clear(walk->later, walk->policy->rule_count);
    walk->stage = stage;
    walk->speaker = NULL;
    allow_steps(walk);
    if (stage == STAGE_UNKNOWN)
        return walk_command(walk);
    if (stage < settings_earliest_verdict(&walk->policy->settings))
        return (struct finding){.verdict = VERDICT_NONE};
    finding = walk_now(walk, recipient);
    if (walk->goes_on)
        walk_behind(walk, recipient);
    return finding;
}

const struct event *
walk_events(struct walk *walk)
{
    const struct event *events = walk->events;

    walk->events = NULL;
    walk->events_end = &walk->events;
    return events;
}

static bool
track_needs_body(const struct walk *walk, const struct track *track)
{
    const struct rule_sets *sets = &walk->policy->sets;
    bool goes_on = !track->ended || walk->goes_on;

    return (goes_on && track_has_open(walk, track, sets->body)) ||
           track_has_acted(walk, track, sets->converting);
}

static bool
any_needs_body(const struct walk *walk, const struct recipient *first)
{
    for (const struct recipient *r = first; r; r = r->next)
        if (r->facts == NULL || track_needs_body(walk, r->facts))
            return true;
    return false;
}

bool
walk_needs_body(const struct walk *walk)
{
    if (!(walk->policy->needs.flags & FACT_READS_BODY))
        return false;
    return any_needs_body(walk, walk->transaction->recipients) ||
           (walk->goes_on && any_needs_body(walk, walk->transaction->refused));
}

const char *
walk_spent_by(const struct walk *walk)
{
    return walk->spent_by ? walk->spent_by->label : NULL;
}

bool
walk_recipient_is_off(const struct recipient *recipient)
{
    const struct track *track = recipient->facts;

    return track && track->off;
}

void
walk_replace_table(struct walk *walk, const struct table *table, const struct table *by)
{
    struct replacement *replacement = ARENA_NEW(walk->arena, struct replacement);

    *replacement = (struct replacement){table, by, walk->replacements};
    walk->replacements = replacement;
}
