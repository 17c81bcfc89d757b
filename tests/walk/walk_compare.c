/* The law that the walk is held to:
 *
 * Verdict: each recipient's is that of the naive evaluator, and the message's the strictest of
 * theirs. Moment: it is spoken at the first stage at which no open rule before it holds it back.
 * Recipients left, changes, in their order, and log lines are those of the naive evaluator.
 *
 * Freedoms, and why there are no others. At RCPT an open reject holds back no tempfail, so a
 * recipient may be deferred whom that reject would have refused in the end. A rule that is open
 * doesn't hold back verdicts of its own kind (nor, without verdict, any but an accept), and that
 * its lookup may yet fail doesn't count. So where the naive evaluator, which waited, meets that
 * failure first and says tempfail, the verdict that was spoken stands: model_freedoms(). For the
 * same reason such a walk may end before a log line of a rule behind the open one, or write a line
 * that stands behind an open rule without verdict which then fails; accepted messages leave
 * neither. Of several recipients with the same verdict after DATA, any may speak for the message.
 * An accept of the whole message may be said again at later stages, or not. A stage that the MTA
 * isn't asked for says nothing: an accept and a discard can wait, and so can a refusal at MAIL
 * where the client said no HELO at which it would have been spoken. Nothing can be discarded
 * before MAIL, so before that a discard may be said or not. What is certain before there is a
 * recipient is logged once for all of them. */
#include "walk_trial.h"

struct view
trial_view(const struct trial *trial, enum stage stage, int recipient)
{
    struct view view = trial->view;

    view.stage = stage;
    view.recipient = recipient;
    return view;
}

unsigned
trial_endings(const struct trial *trial, int recipient)
{
    struct view view = trial_view(trial, STAGE_BODY, recipient);
    bool passed[MAX_RULES];
    unsigned rule;

    return 1u << model_naive(&view, &rule, passed) | model_freedoms(&view);
}

const struct model_rule *
trial_rule(const struct trial *trial, const char *name)
{
    for (unsigned i = 0; name && i < trial->policy->rules; i++)
        if (strcmp(trial->policy->rule[i].name, name) == 0)
            return &trial->policy->rule[i];
    return NULL;
}

static bool
refuses(enum model_ending ending)
{
    return ending == END_REJECT || ending == END_TEMPFAIL;
}

static const char *
rule_name(const struct trial *trial, unsigned rule)
{
    return rule < trial->policy->rules ? trial->policy->rule[rule].name : "no rule";
}

/* --- verdicts, as the naive evaluator finds them --- */

/* Recipient by recipient: a refusal at RCPT or before, for each whom it hit. */
static bool
refusals_are_right(struct trial *trial)
{
    const struct played *played = trial->played;
    enum model_ending ending =
        played->over <= STAGE_MAIL ? played->stage[played->over].ending : END_NONE;

    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        unsigned allowed = trial_endings(trial, (int)i);

        if (played->over > STAGE_MAIL && played->let_in[i])
            continue;
        if (played->over > STAGE_MAIL)
            ending = played->rcpt[i].ending;
        if (!(allowed & 1u << ending)) {
            trial->what =
                arena_printf(trial->arena, "recipient %u: %s was said, naively allowed are bits %x",
                             i, model_ending_name(ending), allowed);
            return false;
        }
    }
    return true;
}

static bool
is_redirected(const struct trial *trial, unsigned recipient)
{
    struct view view = trial_view(trial, STAGE_BODY, (int)recipient);

    return model_is_redirected(&view);
}

/* The message as a whole, at DATA and later: could its recipients' endings make this one? */
static bool
message_is_right(struct trial *trial)
{
    const struct played *played = trial->played;
    enum model_ending said = played->over < STAGES ? played->stage[played->over].ending : END_NONE;
    unsigned passing = 1u << END_NONE | 1u << END_ACCEPT,
             off = 1u << END_DISCARD | 1u << END_REMOVE;
    bool found = !refuses(said), kept = false;

    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        unsigned allowed = played->let_in[i] ? trial_endings(trial, (int)i) : 0;

        if (!played->let_in[i])
            continue;
        found = found || (allowed & 1u << said);
        kept = kept || !(allowed & off) || is_redirected(trial, i);
        if ((said == END_TEMPFAIL && allowed == 1u << END_REJECT) ||
            (!refuses(said) && !(allowed & (passing | off))) ||
            (said == END_DISCARD && !(allowed & off))) {
            trial->what = arena_printf(trial->arena,
                                       "the message: %s was said, recipient %u has naively bits %x",
                                       model_ending_name(said), i, allowed);
            return false;
        }
    }
    if (!found || (said == END_NONE && !kept)) {
        trial->what =
            arena_printf(trial->arena, "the message: %s was said, and no recipient's walk ends so",
                         model_ending_name(said));
        return false;
    }
    return true;
}

static bool
verdicts_are_right(struct trial *trial)
{
    if (!refusals_are_right(trial))
        return false;
    return trial->played->over <= STAGE_RCPT || message_is_right(trial);
}

/* --- the moment at which they are spoken --- */

static bool
differs(struct trial *trial, const char *where, struct said said, struct certainty certain,
        bool freely)
{
    bool same = said.ending == certain.ending ||
                (certain.ending == END_REMOVE && said.ending == END_DISCARD) ||
                (certain.ending == END_REMOVE && said.ending == END_NONE) ||
                (freely && said.ending == END_NONE);

    if (same && said.ending != END_NONE && certain.rule < trial->policy->rules &&
        (!said.rule || strcmp(said.rule, rule_name(trial, certain.rule)) != 0))
        same = false;
    if (!same)
        trial->what =
            arena_printf(trial->arena, "%s: %s by %s was said, certain is %s by %s", where,
                         model_ending_name(said.ending), said.rule ? said.rule : "no rule",
                         model_ending_name(certain.ending), rule_name(trial, certain.rule));
    return !same;
}

/* Only what can wait for the next stage may fall where the MTA isn't asked, or waits for no answer.
 */
static bool
is_unheard(struct trial *trial, enum stage stage, enum model_ending ending)
{
    if (!refuses(ending) || trial->played->answers[stage] ||
        (stage == STAGE_MAIL && !trial->mail->helo))
        return false;
    trial->what = arena_printf(trial->arena, "%s: %s is certain, and the MTA waits for no answer",
                               stage_name(stage), model_ending_name(ending));
    return true;
}

/* Before DATA: the connection and MAIL for all, RCPT for one. */
static bool
early_moments_are_right(struct trial *trial)
{
    const struct played *played = trial->played;
    struct view view = trial_view(trial, STAGE_CONNECT, NOBODY);
    struct certainty certain;
    bool accepted;

    for (; view.stage <= STAGE_MAIL && view.stage <= played->over; view.stage++) {
        if (view.stage == STAGE_HELO && !trial->mail->helo)
            continue;
        certain = model_certain(&view);
        if (is_unheard(trial, view.stage, certain.ending))
            return false;
        if (differs(trial, stage_name(view.stage), played->stage[view.stage], certain,
                    view.stage < STAGE_MAIL && certain.ending == END_DISCARD))
            return false;
    }
    accepted = played->stage[STAGE_MAIL].ending == END_ACCEPT;
    for (unsigned i = 0; played->over >= STAGE_RCPT && i < trial->mail->recipients; i++) {
        view = trial_view(trial, STAGE_RCPT, (int)i);
        certain = model_certain(&view);
        if (differs(trial, arena_printf(trial->arena, "rcpt %u", i), played->rcpt[i], certain,
                    accepted))
            return false;
    }
    return true;
}

/* What a stage behind DATA must say of the message, and which rules may say it: bits by number. */
struct answer {
    enum model_ending ending;
    unsigned rules;
};

static struct answer
answer_at(const struct trial *trial, enum stage stage)
{
    unsigned by[6] = {0}, open = 0;
    bool could_reject = false, redirected = false;

    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        struct view view = trial_view(trial, stage, (int)i);
        struct certainty certain;

        if (!trial->played->let_in[i])
            continue;
        certain = model_certain(&view);
        open += certain.ending == END_NONE;
        could_reject = could_reject || certain.could_reject;
        if (certain.ending != END_NONE)
            by[certain.ending] |= 1u << certain.rule;
        redirected = redirected || (certain.ending == END_REMOVE && is_redirected(trial, i));
    }
    if (by[END_REJECT])
        return (struct answer){END_REJECT, by[END_REJECT]};
    if (by[END_TEMPFAIL] && !could_reject)
        return (struct answer){END_TEMPFAIL, by[END_TEMPFAIL]};
    if (by[END_TEMPFAIL] || open)
        return (struct answer){END_NONE, 0};
    if (by[END_ACCEPT])
        return (struct answer){END_ACCEPT, by[END_ACCEPT]};
    if (redirected)
        return (struct answer){END_NONE, 0};
    return (struct answer){END_DISCARD, by[END_DISCARD] | by[END_REMOVE]};
}

static bool
rule_is_among(const struct trial *trial, const char *name, unsigned rules)
{
    for (unsigned i = 0; name && i < trial->policy->rules; i++)
        if ((rules & 1u << i) && strcmp(trial->policy->rule[i].name, name) == 0)
            return true;
    return false;
}

static bool
late_moments_are_right(struct trial *trial)
{
    bool accepted = trial->played->stage[STAGE_MAIL].ending == END_ACCEPT;

    for (enum stage stage = STAGE_DATA; stage <= STAGE_BODY && stage <= trial->played->over;
         stage++) {
        struct answer answer = answer_at(trial, stage);
        struct said said = trial->played->stage[stage];
        bool freely = (accepted && said.ending == END_NONE && answer.ending == END_ACCEPT) ||
                      !trial->played->walked[stage];

        if (is_unheard(trial, stage, answer.ending))
            return false;
        if (!freely && (said.ending != answer.ending ||
                        (refuses(said.ending) && !rule_is_among(trial, said.rule, answer.rules)))) {
            trial->what = arena_printf(
                trial->arena, "%s: %s by %s was said, certain is %s by rules of bits %x",
                stage_name(stage), model_ending_name(said.ending),
                 said.rule ? said.rule : "no rule",
                model_ending_name(answer.ending), answer.rules);
            return false;
        }
        accepted = accepted || answer.ending == END_ACCEPT;
    }
    return true;
}

static bool
moments_are_right(struct trial *trial)
{
    return early_moments_are_right(trial) &&
           (trial->played->over <= STAGE_RCPT || late_moments_are_right(trial));
}

/* --- replies --- */

/* The rule's own text as one of these recipients reads it, or 451 4.3.0 where it couldn't be
 * decided. */
static bool
reply_fits(struct trial *trial, struct said said, enum stage stage, int recipient)
{
    const struct model_rule *rule = trial_rule(trial, said.rule);
    struct view view = trial_view(trial, stage, recipient);
    enum truth4 truth = rule ? model_truth(&view, rule) : IS_FALSE;

    if (!rule || !said.reply)
        return false;
    if (truth == IS_ERROR)
        return said.ending == END_TEMPFAIL && strcmp(said.reply->code, "451") == 0 &&
               strcmp(said.reply->enhanced, "4.3.0") == 0;
    return truth == IS_TRUE && rule->action[0].text.before &&
           said.reply->code[0] == (said.ending == END_REJECT ? '5' : '4') &&
           strcmp(said.reply->line[0], model_render(&view, &rule->action[0].text)) == 0;
}

static bool
message_reply_fits(struct trial *trial, enum stage stage)
{
    struct said said = trial->played->stage[stage];

    if (!refuses(said.ending) || (stage < STAGE_RCPT && reply_fits(trial, said, stage, NOBODY)))
        return true;
    for (unsigned i = 0; stage > STAGE_RCPT && i < trial->mail->recipients; i++)
        if (trial->played->let_in[i] && reply_fits(trial, said, stage, (int)i))
            return true;
    trial->what =
        arena_printf(trial->arena, "%s: the reply of %s doesn't fit", stage_name(stage), said.rule);
    return false;
}

static bool
replies_are_right(struct trial *trial)
{
    const struct played *played = trial->played;

    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        if (!refuses(played->rcpt[i].ending) ||
            reply_fits(trial, played->rcpt[i], STAGE_RCPT, (int)i))
            continue;
        trial->what = arena_printf(trial->arena, "rcpt %u: the reply of %s doesn't fit", i,
                                   played->rcpt[i].rule);
        return false;
    }
    for (enum stage stage = STAGE_CONNECT; stage <= STAGE_BODY; stage++)
        if (stage <= played->over && !message_reply_fits(trial, stage))
            return false;
    return true;
}

enum disagreement
compare(struct arena *arena, const struct model_policy *policy, const struct model_mail *mail,
        const struct played *played, const char **what_r)
{
    struct trial trial = {.arena = arena, .policy = policy, .mail = mail, .played = played};
    enum disagreement found = AGREES;

    trial.view = (struct view){
        .arena = arena, .policy = policy, .mail = mail, .stage = STAGE_BODY, .recipient = NOBODY};
    memcpy(trial.view.let_in, played->let_in, sizeof trial.view.let_in);
    if (!verdicts_are_right(&trial))
        found = WRONG_VERDICT;
    else if (!moments_are_right(&trial))
        found = WRONG_MOMENT;
    else if (!replies_are_right(&trial))
        found = WRONG_REPLY;
    else if (played->over == STAGES && !recipients_are_right(&trial))
        found = WRONG_RECIPIENTS;
    else if (played->over == STAGES && !changes_are_right(&trial))
        found = WRONG_CHANGES;
    else if (!log_is_right(&trial))
        found = WRONG_LOG;
    else if (!watching_is_right(&trial))
        found = WRONG_AUDIT;
    *what_r = trial.what;
    return found;
}
