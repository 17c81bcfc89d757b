/* Keeps what is played, stage by stage, and finds the recipients for whom the rules go one way. */
#include "explain_inside.h"

/* One recipient's rules, as they come. */
struct coming {
    struct arena *arena;
    struct explained *rule;
    size_t rules, room;
};

static void
take_rule(void *context, const struct explained *explained)
{
    struct coming *coming = context;
    const struct explained *old = coming->rule;

    if (coming->rules == coming->room) {
        coming->room = 2 * coming->room + 16;
        coming->rule = ARENA_ARRAY(coming->arena, coming->room, struct explained);
        for (size_t i = 0; i < coming->rules; i++)
            coming->rule[i] = old[i];
    }
    coming->rule[coming->rules++] = *explained;
}

static bool
texts_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
values_equal(const struct explained_fact *a, const struct explained_fact *b)
{
    if (a->values != b->values || a->cut != b->cut)
        return false;
    for (size_t i = 0; i < a->values; i++)
        if (a->value[i].absent != b->value[i].absent ||
            a->value[i].literal != b->value[i].literal ||
            !slice_equal(a->value[i].text, b->value[i].text))
            return false;
    return true;
}

static bool
facts_equal(const struct explained *a, const struct explained *b)
{
    if (a->facts != b->facts)
        return false;
    for (size_t i = 0; i < a->facts; i++)
        if (a->fact[i].state != b->fact[i].state ||
            !texts_equal(a->fact[i].name, b->fact[i].name) ||
            !texts_equal(a->fact[i].reason, b->fact[i].reason) ||
            !values_equal(&a->fact[i], &b->fact[i]))
            return false;
    return true;
}

bool
explained_alike(const struct explained *a, const struct explained *b, bool facts)
{
    if (a->number != b->number || a->truth != b->truth || a->outcome != b->outcome ||
        a->verdict != b->verdict || !texts_equal(a->behind, b->behind))
        return false;
    return !facts || (texts_equal(a->reason, b->reason) && facts_equal(a, b));
}

bool
explained_is_of_interest(const struct explained *explained)
{
    return explained->outcome != OUTCOME_FALSE && explained->outcome != OUTCOME_OPEN;
}

/* Facts count where they are shown. */
static bool
goes_the_way(const struct show *show, const struct shown_walk *walk, const struct coming *coming)
{
    if (walk->rules != coming->rules)
        return false;
    for (size_t i = 0; i < walk->rules; i++)
        if (!explained_alike(&walk->rule[i], &coming->rule[i],
                             show->all || show->json || explained_is_of_interest(&walk->rule[i])))
            return false;
    return true;
}

static void
add_recipient(struct show *show, const struct shown_recipient **list,
              const struct recipient *recipient)
{
    struct shown_recipient *added = ARENA_NEW(show->arena, struct shown_recipient);

    while (*list)
        list = (const struct shown_recipient **)&(*list)->next;
    added->argument = arena_string(show->arena, recipient->argument);
    added->number = recipient->number;
    *list = added;
}

static struct shown_walk *
find_walk(const struct show *show, struct shown_walk *walk, const struct coming *coming,
          const void *way)
{
    for (; walk; walk = walk->next)
        if (coming ? goes_the_way(show, walk, coming) : walk->way == way)
            break;
    return walk;
}

static struct shown_walk *
walk_of(struct show *show, const struct played *played, const struct recipient *recipient,
        struct shown_walk **walks)
{
    struct shown_walk *walk = recipient ? find_walk(show, *walks, NULL, recipient->facts) : NULL;
    struct coming coming = {.arena = show->arena};

    if (walk)
        return walk;
    walk_explain(played->walk, recipient, show->arena, take_rule, &coming);
    walk = find_walk(show, *walks, &coming, NULL);
    if (walk)
        return walk;
    while (*walks)
        walks = &(*walks)->next;
    *walks = walk = ARENA_NEW(show->arena, struct shown_walk);
    walk->rule = coming.rule;
    walk->rules = coming.rules;
    walk->way = recipient ? recipient->facts : NULL;
    return walk;
}

static void
record_recipient(struct show *show, const struct played *played, const struct recipient *recipient,
                 struct shown_walk **walks)
{
    struct shown_walk *walk = walk_of(show, played, recipient, walks);

    if (recipient)
        add_recipient(show, &walk->recipients, recipient);
}

/* Up to RCPT it is one recipient's, or the message's. Once somebody was taken off, his rules don't
 * count any more, unless nobody is left. */
static const struct shown_walk *
record_walks(struct show *show, const struct played *played)
{
    struct shown_walk *walks = NULL;

    if (played->recipient || played->stage <= STAGE_RCPT || played->stage == STAGE_UNKNOWN) {
        record_recipient(show, played, played->recipient, &walks);
        return walks;
    }
    for (const struct recipient *r = played->recipients; r; r = r->next)
        if (!walk_recipient_is_off(r))
            record_recipient(show, played, r, &walks);
    if (walks == NULL)
        record_recipient(show, played, played->recipients, &walks);
    return walks;
}

static const char *
copy_text(struct show *show, const char *text)
{
    return text ? arena_string(show->arena, slice_of(text)) : NULL;
}

static const struct reply *
copy_reply(struct show *show, const struct reply *reply)
{
    struct reply *copy;

    if (reply == NULL)
        return NULL;
    copy = ARENA_NEW(show->arena, struct reply);
    *copy = *reply;
    for (size_t i = 0; i < reply->lines; i++)
        copy->line[i] = copy_text(show, reply->line[i]);
    return copy;
}

/* After DATA one answer serves all. */
static const struct shown_recipient *
record_struck(struct show *show, const struct played *played, enum verdict verdict)
{
    const struct shown_recipient *struck = NULL;
    const struct recipient *whose = played->answer.finding->recipient;

    if (whose == NULL || played->stage <= STAGE_RCPT || played->stage == STAGE_UNKNOWN ||
        (verdict != VERDICT_REJECT && verdict != VERDICT_TEMPFAIL))
        return NULL;
    for (const struct recipient *r = played->recipients; r; r = r->next)
        if (r != whose && !walk_recipient_is_off(r))
            add_recipient(show, &struck, r);
    return struck;
}

static struct shown_answer
record_answer(struct show *show, const struct played *played)
{
    const struct finding *finding = played->answer.finding;
    struct shown_answer answer = {.verdict = played->answer.verdict,
                                  .reply = copy_reply(show, played->answer.reply)};

    if (finding == NULL)
        return answer;
    if (answer.verdict == VERDICT_NONE)
        answer.verdict = finding->verdict;
    answer.rule = copy_text(show, finding->rule);
    answer.reason = copy_text(show, finding->reason);
    if (finding->recipient)
        answer.recipient = arena_string(show->arena, finding->recipient->argument);
    answer.struck = record_struck(show, played, answer.verdict);
    return answer;
}

static const struct edit *
copy_edits(struct show *show, const struct edit *edits)
{
    struct edit *first = NULL, **end = &first;

    for (const struct edit *edit = edits; edit; edit = edit->next) {
        struct edit *copy = ARENA_NEW(show->arena, struct edit);

        *copy = *edit;
        copy->name = copy_text(show, edit->name);
        copy->value = copy_text(show, edit->value);
        copy->parameters = copy_text(show, edit->parameters);
        copy->rule = copy_text(show, edit->rule);
        *end = copy;
        end = (struct edit **)&copy->next;
    }
    return first;
}

void
explain_begin(struct show *show)
{
    show->stages_end = &show->stages;
}

void
show_record(void *context, const struct played *played)
{
    struct show *show = context;
    struct shown_stage *stage = ARENA_NEW(show->arena, struct shown_stage);

    stage->stage = played->stage;
    stage->command = copy_text(show, played->command);
    stage->by_default = played->by_default;
    if (played->walk)
        stage->walks = record_walks(show, played);
    stage->answer = record_answer(show, played);
    stage->edits = copy_edits(show, played->edits);
    *show->stages_end = stage;
    show->stages_end = &stage->next;
}

static bool
is_refused(const struct shown_stage *stage)
{
    return stage->answer.verdict == VERDICT_REJECT || stage->answer.verdict == VERDICT_TEMPFAIL;
}

/* Of refused recipients one who may be tried again counts for the message. */
static const struct shown_stage *
of_refused(const struct shown_stage *a, const struct shown_stage *b)
{
    return a && a->answer.verdict == VERDICT_TEMPFAIL ? a : b;
}

const struct shown_stage *
explain_deciding(const struct show *show)
{
    const struct shown_stage *deciding = NULL, *refused = NULL;
    bool let_in = false;

    for (const struct shown_stage *stage = show->stages; stage; stage = stage->next) {
        if (stage->stage == STAGE_UNKNOWN)
            continue;
        if (stage->stage == STAGE_MAIL) {
            deciding = refused = NULL;
            let_in = false;
        }
        if (stage->stage == STAGE_RCPT) {
            let_in |= !is_refused(stage);
            if (is_refused(stage))
                refused = of_refused(refused, stage);
        } else if (stage->stage == STAGE_BODY || stage->answer.verdict != VERDICT_NONE) {
            deciding = stage;
        }
    }
    return deciding || let_in ? deciding : refused;
}

const char *
explain_fate(const struct shown_stage *deciding)
{
    static const char *const fates[VERDICTS] = {
        [VERDICT_NONE] = "accepted",     [VERDICT_ACCEPT] = "accepted",
        [VERDICT_REJECT] = "rejected",   [VERDICT_TEMPFAIL] = "deferred",
        [VERDICT_DISCARD] = "discarded",
    };

    return deciding ? fates[deciding->answer.verdict] : "open";
}

static bool
has_recipient(const struct shown_walk *walk, const char *argument)
{
    for (const struct shown_recipient *r = walk->recipients; r; r = r->next)
        if (argument == NULL || strcmp(r->argument, argument) == 0)
            return true;
    return argument == NULL;
}

const struct explained *
explain_rule(const struct shown_stage *stage)
{
    for (const struct shown_walk *walk = stage->walks; walk && stage->answer.rule;
         walk = walk->next)
        for (size_t i = 0; i < walk->rules; i++)
            if (walk->rule[i].outcome == OUTCOME_DECIDES &&
                strcmp(walk->rule[i].rule, stage->answer.rule) == 0 &&
                has_recipient(walk, stage->answer.recipient))
                return &walk->rule[i];
    return NULL;
}
