# The mutants: a name, the file, what stands there, and what is put in its place.

mutant 'and: an error beats later' rules/values/truth.c \
    'if (a == TRUTH_LATER || b == TRUTH_LATER)' \
    'if (a != TRUTH_ERROR && b != TRUTH_ERROR && (a == TRUTH_LATER || b == TRUTH_LATER))'

mutant 'and: an error beats false' rules/values/truth.c \
    'if (a == TRUTH_FALSE || b == TRUTH_FALSE)' \
    'if (a != TRUTH_ERROR && b != TRUTH_ERROR && (a == TRUTH_FALSE || b == TRUTH_FALSE))'

mutant 'and: later beats false' rules/values/truth.c \
    'if (a == TRUTH_FALSE || b == TRUTH_FALSE)' \
    'if (a != TRUTH_LATER && b != TRUTH_LATER && (a == TRUTH_FALSE || b == TRUTH_FALSE))'

mutant 'and: true beats an error' rules/values/truth.c \
    'if (a == TRUTH_ERROR || b == TRUTH_ERROR)' \
    'if (a == TRUTH_ERROR && b == TRUTH_ERROR)'

mutant 'or: an error beats true' rules/values/truth.c \
    '    return truth_not(truth_and(truth_not(a), truth_not(b)));' \
    '    if (a == TRUTH_ERROR || b == TRUTH_ERROR)
        return TRUTH_ERROR;
    return truth_not(truth_and(truth_not(a), truth_not(b)));'

mutant 'or: false beats later' rules/values/truth.c \
    '    return truth_not(truth_and(truth_not(a), truth_not(b)));' \
    '    return truth_of(a == TRUTH_TRUE || b == TRUTH_TRUE);'

mutant 'not: an error becomes true' rules/values/truth.h \
    'if (a == TRUTH_LATER || a == TRUTH_ERROR)' \
    'if (a == TRUTH_ERROR)
        return TRUTH_TRUE;
    if (a == TRUTH_LATER)'

mutant 'every of nothing is true' rules/walk/eval.c \
    'return truth_of(expr->quantifier == QUANTIFIER_NONE && is_negative(expr->relation));' \
    'return truth_of(expr->quantifier == QUANTIFIER_EVERY ||
                        (expr->quantifier == QUANTIFIER_NONE && is_negative(expr->relation)));'

mutant 'every ... as of nothing is true' rules/walk/eval.c \
    'eval->bound = bound.outer;
    return count == 0 ? TRUTH_FALSE : truth;' \
    'eval->bound = bound.outer;
    return truth;'

mutant 'an absent fact fails a negative relation' rules/walk/eval.c \
    'return truth_of(expr->quantifier == QUANTIFIER_NONE && is_negative(expr->relation));' \
    'return TRUTH_FALSE;'

mutant 'a missing part of an item passes every relation' rules/walk/eval.c \
    '    if (item->type == TYPE_ABSENT)
        return truth_of(is_negative(expr->relation));' \
    '    if (item->type == TYPE_ABSENT)
        return TRUTH_TRUE;'

mutant 'later is taken for false' rules/walk/pass.c \
    'return OUTCOME_OPEN; /*' \
    'return OUTCOME_FALSE; /*'

mutant 'later is remembered as if it were final' rules/walk/eval.c \
    'if (kept && (truth == TRUTH_TRUE || truth == TRUTH_FALSE))' \
    'if (kept && truth != TRUTH_ERROR)'

mutant 'open rules hold back nothing of another kind' rules/walk/pass.c \
    'return open != brought;' \
    'return open != brought && brought == ENDING_NONE;'

mutant 'open rules hold back their own kind' rules/walk/pass.c \
    'return open != brought;' \
    'return true;'

mutant 'at RCPT an open reject holds back a tempfail' rules/walk/pass.c \
    'if (stage == STAGE_RCPT && open' \
    'if (stage > STAGE_UNKNOWN && open'

mutant 'after DATA an open reject holds back no tempfail' rules/walk/pass.c \
    'if (stage == STAGE_RCPT && open' \
    'if (stage >= STAGE_RCPT && open'

mutant 'before RCPT an open reject holds back no tempfail' rules/walk/pass.c \
    'if (stage == STAGE_RCPT && open' \
    'if (stage <= STAGE_RCPT && open'

mutant 'at RCPT an open discard holds back no tempfail' rules/walk/pass.c \
    'open == ENDING_REJECT && brought' \
    '(open == ENDING_REJECT || open == ENDING_DISCARD) && brought'

mutant 'an accept passes open rules without verdict' rules/walk/pass.c \
    'if (brought == ENDING_ACCEPT || brought == ENDING_REMOVE)' \
    'if (brought == ENDING_REMOVE)'

mutant 'remove-recipient passes open rules' rules/walk/pass.c \
    'if (brought == ENDING_ACCEPT || brought == ENDING_REMOVE)' \
    'if (brought == ENDING_ACCEPT)'

mutant 'an open remove-recipient holds nothing back' rules/compile/plan.c \
    'bits_add(sets->ending[rule->ending], rule->number);' \
    'bits_add(sets->ending[rule->verdict], rule->number);'

mutant 'a walk goes on behind a verdict that is held back' rules/walk/pass.c \
    '    case OUTCOME_HELD:
        pass->stopped = true;' \
    '    case OUTCOME_HELD:'

mutant 'a closed rule holds back as if it were open' rules/walk/pass.c \
    '    case OUTCOME_FALSE:
        break;' \
    '    case OUTCOME_FALSE:
        return;'

mutant 'a rule that acted acts again' rules/walk/pass.c \
    '        effects_act(walk, track, seen->rule);
        break;' \
    '        effects_act(walk, track, seen->rule);
        stays = true;
        break;'

mutant 'a rule acts behind an open verdict' rules/walk/pass.c \
    'return seen->by ? OUTCOME_WAITS : OUTCOME_ACTS;' \
    'return OUTCOME_ACTS;'

mutant 'a rule that waits is forgotten' rules/walk/pass.c \
    '    case OUTCOME_WAITS:
        stays = true;' \
    '    case OUTCOME_WAITS:'

mutant 'an open audit rule holds back' rules/compile/plan.c \
    '    if (rule->audit)
        return;
    if (rule->changes' \
    '    if (rule->changes'

mutant 'an audit rule acts' rules/walk/pass.c \
    'if (seen->rule->audit)' \
    'if (seen->rule->audit && seen->rule->ending == ENDING_NONE)'

mutant 'at STAGE is ignored' rules/walk/track.c \
    'eval->tables_wait = rule->has_at && walk->stage < rule->at;' \
    'eval->tables_wait = false;'

mutant 'a false rule stays open until its STAGE' rules/walk/track.c \
    'return truth == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_LATER;' \
    'return TRUTH_LATER;'

mutant 'a true rule acts before its STAGE' rules/walk/track.c \
    'return truth == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_LATER;' \
    'return truth;'

mutant 'a table is asked for a key before STAGE' rules/walk/eval.c \
    '    if (eval->tables_wait)
        return TRUTH_LATER;' \
    ''

mutant 'a table is asked for its words before STAGE' rules/walk/eval_operand.c \
    '    if (eval->tables_wait)
        return not_yet();' \
    ''

mutant 'a rule closes before its STAGE by the truth of a shared let' rules/walk/eval.c \
    'store->truth[expr->node] && !eval_must_wait(eval, expr->scope))' \
    'store->truth[expr->node])'

mutant 'a rule closes before its STAGE by words that were kept' rules/walk/eval_operand.c \
    'store->reading[operand->slot] &&
        !eval_must_wait(eval, operand->scope))' \
    'store->reading[operand->slot])'

mutant 'facts in texts are not waited for' rules/walk/track.c \
    'return truth == TRUTH_TRUE ? eval_texts_are_ready(eval, rule) : truth;' \
    'return truth;'

mutant 'an error of a verdict is passed over' rules/values/action.c \
    '.ending = ENDING_REJECT, .error_defers = true' \
    '.ending = ENDING_REJECT'

mutant 'an error of a quarantine is passed over' rules/values/action.c \
    '.changes = CHANGES_QUEUE, .error_defers = true' \
    '.changes = CHANGES_QUEUE'

mutant 'an error of a header field that is removed is passed over' rules/values/action.c \
    '{"remove-header", .changes = CHANGES_HEADER, .error_defers = true' \
    '{"remove-header", .changes = CHANGES_HEADER, .error_defers = false'

mutant 'an error of a header field that is replaced is passed over' rules/values/action.c \
    '                               .error_defers = true, .needs' \
    '                               .needs'

mutant 'an error of a header field that is added defers' rules/values/action.c \
    '{"add-header", .changes' \
    '{"add-header", .error_defers = true, .changes'

mutant 'an error of an added recipient is passed over' rules/values/action.c \
    '.makes_address = true,
                              .error_defers = true}' \
    '.makes_address = true}'

mutant 'an error of a lookup is the verdict of its rule' rules/walk/track.c \
    'return rule->error_defers ? ENDING_TEMPFAIL : ENDING_NONE;' \
    'return rule->ending != ENDING_NONE || !rule->error_defers ? rule->ending : ENDING_TEMPFAIL;'

mutant 'on-error not-found is ignored' rules/walk/eval_operand.c \
    'if (table->options.not_found_on_error)' \
    'if (table->options.not_found_on_error && eval->stage > STAGE_UNKNOWN)'

mutant 'words of a lookup are patterns, whatever its table says' rules/walk/eval_operand.c \
    'answer_words(eval->arena, answer.value, operand->table->table->options.patterns)' \
    'answer_words(eval->arena, answer.value, true)'

mutant 'earliest-verdict is ignored' rules/walk/walk.c \
    'if (stage < settings_earliest_verdict(&walk->policy->settings))' \
    'if (stage > STAGE_UNKNOWN)'

mutant 'the first answer of several recipients, not the strictest' rules/walk/walk.c \
    'strictness(track->ending) > strictness(vote->strictest->ending)' \
    'strictness(track->ending) > (int)ENDINGS'

mutant 'a tempfail is as strict as a reject' rules/walk/walk.c \
    '[ENDING_TEMPFAIL] = 2,' \
    '[ENDING_TEMPFAIL] = 3,'

mutant "a recipient's accept is taken for all" rules/walk/walk.c \
    'if (vote->strictest->ending == ENDING_REJECT || !vote->open)' \
    'if (vote->strictest->ending == ENDING_REJECT || vote->strictest->ending == ENDING_ACCEPT ||
        !vote->open)'

mutant 'a tempfail does not wait for a possible reject' rules/walk/walk.c \
    'vote->strictest->ending == ENDING_TEMPFAIL && !vote->may_be_rejected' \
    'vote->strictest->ending == ENDING_TEMPFAIL'

mutant 'a tempfail waits for everybody' rules/walk/walk.c \
    'vote->strictest->ending == ENDING_TEMPFAIL && !vote->may_be_rejected' \
    'vote->strictest->ending == ENDING_NONE'

mutant 'a reject that is held back is thought impossible' rules/walk/pass.c \
    'pass.held == ENDING_REJECT || first_open' \
    'first_open'

mutant 'a message that has nobody left goes on' rules/walk/walk.c \
    'if (vote.off && vote.strictest == NULL && !vote.open' \
    'if (vote.off && vote.strictest == NULL && !vote.open && walk->stage > STAGE_UNKNOWN'

mutant "one recipient's discard drops the message" rules/walk/walk.c \
    'if (vote.off && vote.strictest == NULL && !vote.open && ' \
    'if (vote.off && '

mutant 'a message that goes elsewhere is discarded' rules/walk/walk.c \
    '!vote.open && !is_redirected(walk)' \
    '!vote.open'

mutant 'who was taken off still has a vote' rules/walk/walk.c \
    '        vote->off = vote->off ? vote->off : track;
        return;' \
    '        vote->off = vote->off ? vote->off : track;'

mutant 'remove-recipient drops what was asked for' rules/walk/walk_changes.c \
    'return track->ending != ENDING_DISCARD &&' \
    'return !track->off && track->ending != ENDING_DISCARD &&'

mutant 'who was discarded asks for changes' rules/walk/walk_changes.c \
    'return track->ending != ENDING_DISCARD &&' \
    'return'

mutant 'a change is made as often as it is asked for' rules/walk/walk_changes.c \
    '        add_change(changes, track, rule, action);
        return true;' \
    '        add_change(changes, track, rule, action);
        return false;'

mutant 'an address is added twice' rules/walk/walk_changes.c \
    'if (map_add(changes->added, key, added))' \
    'if (map_add(changes->added, key, added) || key.len > 0)'

mutant 'a rule about the message logs for each recipient' rules/walk/effects.c \
    'return walk->said[rule->number] = true;' \
    'return true;'

mutant 'what is true of one recipient is true of all' rules/walk/eval.c \
    'struct store *store = eval->store[expr->scope & SCOPE_RECIPIENT];' \
    'struct store *store = eval->store[0];'

mutant 'a body that rules read is not asked for' rules/walk/walk.c \
    'track_has_open(walk, track, sets->body)' \
    'track_has_open(walk, track, sets->command)'

mutant 'no answer is waited for where something is read' rules/compile/plan.c \
    '(policy->needs.read_stages & ~before)' \
    '(policy->needs.read_stages & before)'

mutant 'mode audit ends with a verdict' rules/walk/walk.c \
    'walk->goes_on = settings_mode(&policy->settings) == MODE_AUDIT;' \
    'walk->goes_on = false;'

mutant 'mode enforce goes on behind a verdict' rules/walk/walk.c \
    'walk->goes_on = settings_mode(&policy->settings) == MODE_AUDIT;' \
    'walk->goes_on = true;'

mutant 'behind a verdict another one falls' rules/walk/walk.c \
    '    if (walk->decided_by)
        return (struct finding){.verdict = VERDICT_NONE};
' ''

mutant 'who was refused is forgotten in mode audit' rules/walk/behind.c \
    '        all_behind(walk, walk->transaction->refused, others);
' ''

mutant 'a rule of the message is told of for each recipient' rules/walk/behind.c \
    'return !rule->reads_recipient && (walk->said[rule->number] || walk->spoken[rule->number]);' \
    'return !rule->reads_recipient && walk->said[rule->number];'

mutant 'a rule of the message is told of before it speaks itself' rules/walk/behind.c \
    'if (rule->reads_recipient || !behind->others_go_on)' \
    'if (rule->reads_recipient || behind->others_go_on)'

mutant "a change that others' mail may yet have is told of" rules/walk/behind.c \
    'return behind->walk->stage != STAGE_RCPT || rule->verdict == VERDICT_NONE;' \
    'return behind->walk->stage != STAGE_RCPT;'

mutant 'who waits for a stricter verdict counts as settled' rules/walk/behind.c \
    '(!track->ended || (refuses(track) && !track->reported))' \
    '!track->ended'

mutant 'a verdict that another one forestalls is lost' rules/walk/behind.c \
    '    if (is_told)
        return;' \
    '    if (!is_told)
        return;'

mutant 'what decides is told of behind itself' rules/walk/behind.c \
    '    track->reported = true;
    walk->spoken' \
    '    walk->spoken'

mutant 'a rule that fails is told of as one that holds' rules/walk/behind.c \
    'if (truth == TRUTH_ERROR && !rule->error_defers) {' \
    'if (truth == TRUTH_ERROR) {'

mutant 'what is open behind a verdict is closed' rules/walk/behind.c \
    'if (is_spent(behind, rule) || truth == TRUTH_LATER)
        return true;' \
    'if (is_spent(behind, rule) || truth == TRUTH_LATER)
        return false;'

mutant 'a body that rules behind a verdict read is not asked for' rules/walk/walk.c \
    'bool goes_on = !track->ended || walk->goes_on;' \
    'bool goes_on = !track->ended;'

mutant 'everybody was refused, and one more verdict falls' rules/walk/behind.c \
    '    walk_decide(walk, arena_string(walk->arena, first->rule->name));
' ''

mutant 'what mode audit walks takes no steps' rules/walk/behind.c \
    '    walk->behind.most = meter->most;
' ''

mutant 'what wanted a change before the verdict is told of behind it' rules/walk/behind.c \
    'return (track->ended && rule->number < track->rule->number)' \
    'return (track->ended && rule->number > track->rule->number)'

mutant 'a rule is not asked again where a fact of it is new' rules/walk/pass.c \
    'for (enum stage stage = track->stage + 1;' \
    'for (enum stage stage = track->stage + 2;'

mutant 'what a rule reads is no news after the header' rules/compile/plan.c \
    'rule->news |= 1u << operand->stage;' \
    'rule->news |= operand->stage <= STAGE_HEADER ? 1u << operand->stage : 0;'

mutant 'its own stage is no news for a rule with at' rules/compile/plan.c \
    'rule->news |= 1u << rule->at;' \
    'rule->news |= 1u;'

mutant 'what is open for one recipient is asked for no other' rules/walk/track.c \
    'if (!rule->reads_recipient && !walk->quiet)' \
    'if (!walk->quiet)'

mutant 'a rule that waits or is held back is not asked again' rules/walk/pass.c \
    'pass->again = seen->rule->number;' \
    'pass->again = seen->rule->number + 1;'

mutant 'what is false for one recipient is closed for all' rules/walk/track.c \
    'if (is_false && !rule->reads_recipient && !walk->quiet' \
    'if (is_false && !walk->quiet'

mutant 'an error of a conversion is passed over' rules/values/action.c \
    '.times = ONCE_EACH_RECIPIENT, .error_defers = true,' \
    '.times = ONCE_EACH_RECIPIENT,'

mutant 'a conversion is for one recipient alone' rules/values/action.c \
    '.times = ONCE_EACH_RECIPIENT,' \
    '.times = ONCE,'

mutant 'header fields are converted where a body was meant' rules/walk/walk_changes.c \
    'change->utf8 = action->downgrade_utf8;' \
    'change->utf8 = true;'

mutant 'mode soft goes on behind a verdict' rules/walk/walk.c \
    'settings_mode(&policy->settings) == MODE_AUDIT;' \
    'settings_mode(&policy->settings) != MODE_ENFORCE;'
