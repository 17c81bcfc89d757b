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
    '    else if (seen->truth == TRUTH_LATER)
        seen->outcome = OUTCOME_OPEN;' \
    '    else if (seen->truth == TRUTH_LATER)
        seen->outcome = OUTCOME_FALSE;'

mutant 'later is remembered as if it were final' rules/walk/eval.c \
    'if (kept && (truth == TRUTH_TRUE || truth == TRUTH_FALSE))' \
    'if (kept && truth != TRUTH_ERROR)'

mutant 'open rules hold back nothing of another kind' rules/walk/pass.c \
    'return open != (int)verdict;' \
    'return open != (int)verdict && verdict == VERDICT_NONE;'

mutant 'open rules hold back their own kind' rules/walk/pass.c \
    'return open != (int)verdict;' \
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
    'open == VERDICT_REJECT && verdict' \
    '(open == VERDICT_REJECT || open == VERDICT_DISCARD) && verdict'

mutant 'an accept passes open rules without verdict' rules/walk/pass.c \
    'if (verdict == VERDICT_ACCEPT || verdict == VERDICT_NONE)' \
    'if (verdict == VERDICT_NONE)'

mutant 'remove-recipient passes open rules' rules/walk/pass.c \
    'if (verdict == VERDICT_ACCEPT || verdict == VERDICT_NONE)' \
    'if (verdict == VERDICT_ACCEPT)'

mutant 'an open remove-recipient holds nothing back' rules/walk/pass.c \
    'rule->takes_off && rule->verdict == VERDICT_NONE ? OFF : (int)rule->verdict;' \
    '(int)rule->verdict;'

mutant 'a walk goes on behind a verdict that is held back' rules/walk/pass.c \
    '    case OUTCOME_HELD:
        pass->stopped = true;' \
    '    case OUTCOME_HELD:'

mutant 'a closed rule holds back as if it were open' rules/walk/pass.c \
    '    case OUTCOME_FALSE:
        return false;' \
    '    case OUTCOME_FALSE:
        stay_open(pass, seen->rule);
        return true;'

mutant 'a rule that acted acts again' rules/walk/pass.c \
    '        act(walk, track, seen->rule);
        return false;' \
    '        act(walk, track, seen->rule);
        return true;'

mutant 'a rule acts behind an open verdict' rules/walk/pass.c \
    'seen->outcome = seen->by ? OUTCOME_WAITS : OUTCOME_ACTS;' \
    'seen->outcome = OUTCOME_ACTS;'

mutant 'a rule that waits is forgotten' rules/walk/pass.c \
    '    case OUTCOME_WAITS:
        return true;' \
    '    case OUTCOME_WAITS:
        return false;'

mutant 'an open audit rule holds back' rules/walk/pass.c \
    '    if (rule->audit)
        return;' \
    ''

mutant 'an audit rule acts' rules/walk/pass.c \
    'else if (rule->audit)' \
    'else if (rule->audit && rule->verdict == VERDICT_NONE && !rule->takes_off)'

mutant 'at STAGE is ignored' rules/walk/pass.c \
    'eval->tables_wait = rule->has_at && walk->stage < rule->at;' \
    'eval->tables_wait = false;'

mutant 'a false rule stays open until its STAGE' rules/walk/pass.c \
    'return truth == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_LATER;' \
    'return TRUTH_LATER;'

mutant 'a true rule acts before its STAGE' rules/walk/pass.c \
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

mutant 'facts in texts are not waited for' rules/walk/pass.c \
    'return truth == TRUTH_TRUE ? eval_texts_are_ready(eval, rule) : truth;' \
    'return truth;'

mutant 'an error of a verdict is passed over' rules/walk/pass.c \
    '    case ACTION_ACCEPT:
    case ACTION_REJECT:
    case ACTION_TEMPFAIL:
    case ACTION_DISCARD:
    case ACTION_QUARANTINE:' \
    '    case ACTION_ACCEPT:
    case ACTION_REJECT:
    case ACTION_TEMPFAIL:
    case ACTION_DISCARD:
        return false;
    case ACTION_QUARANTINE:'

mutant 'an error of a quarantine is passed over' rules/walk/pass.c \
    '    case ACTION_QUARANTINE:' \
    '        return true;
    case ACTION_QUARANTINE:
        return false;'

mutant 'an error of a header field that is removed is passed over' rules/walk/pass.c \
    '    case ACTION_REMOVE_HEADER:' \
    '        return true;
    case ACTION_REMOVE_HEADER:
        return false;'

mutant 'an error of a header field that is replaced is passed over' rules/walk/pass.c \
    '    case ACTION_REPLACE_HEADER:' \
    '        return true;
    case ACTION_REPLACE_HEADER:
        return false;'

mutant 'an error of a header field that is added defers' rules/walk/pass.c \
    '    case ACTION_ADD_HEADER:' \
    '    case ACTION_ADD_HEADER:
        return true;'

mutant 'an error of an added recipient is passed over' rules/walk/pass.c \
    '    case ACTION_ADD_RECIPIENT:' \
    '        return true;
    case ACTION_ADD_RECIPIENT:
        return false;'

mutant 'an error of a lookup is the verdict of its rule' rules/walk/pass.c \
    'return error_defers(rule) ? VERDICT_TEMPFAIL : VERDICT_NONE;' \
    'return rule->verdict != VERDICT_NONE || !error_defers(rule) ? rule->verdict : VERDICT_TEMPFAIL;'

mutant 'on-error not-found is ignored' rules/walk/eval_operand.c \
    'if (table->options.not_found_on_error)' \
    'if (table->options.not_found_on_error && eval->stage > STAGE_UNKNOWN)'

mutant 'words of a lookup are patterns, whatever its table says' rules/walk/eval_operand.c \
    'words_of(eval->arena, answer.value, operand->table->table->options.patterns)' \
    'words_of(eval->arena, answer.value, true)'

mutant 'earliest-verdict is ignored' rules/walk/walk.c \
    'if (stage < settings_earliest_verdict(&walk->policy->settings))' \
    'if (stage > STAGE_UNKNOWN)'

mutant 'the first answer of several recipients, not the strictest' rules/walk/walk.c \
    'strictness(track->verdict) > strictness(vote->strictest->verdict)' \
    'strictness(track->verdict) > VERDICTS'

mutant 'a tempfail is as strict as a reject' rules/walk/walk.c \
    '[VERDICT_TEMPFAIL] = 2, [VERDICT_REJECT] = 3' \
    '[VERDICT_TEMPFAIL] = 3, [VERDICT_REJECT] = 3'

mutant "a recipient's accept is taken for all" rules/walk/walk.c \
    'if (vote->strictest->verdict == VERDICT_REJECT || !vote->open)' \
    'if (vote->strictest->verdict == VERDICT_REJECT || vote->strictest->verdict == VERDICT_ACCEPT ||
        !vote->open)'

mutant 'a tempfail does not wait for a possible reject' rules/walk/walk.c \
    'vote->strictest->verdict == VERDICT_TEMPFAIL && !vote->may_be_rejected' \
    'vote->strictest->verdict == VERDICT_TEMPFAIL'

mutant 'a tempfail waits for everybody' rules/walk/walk.c \
    'vote->strictest->verdict == VERDICT_TEMPFAIL && !vote->may_be_rejected' \
    'vote->strictest->verdict == VERDICT_NONE'

mutant 'a reject that is held back is thought impossible' rules/walk/pass.c \
    '        track->possible |= 1u << seen->verdict;
' ''

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
    'return track->verdict != VERDICT_DISCARD &&' \
    'return !track->off && track->verdict != VERDICT_DISCARD &&'

mutant 'who was discarded asks for changes' rules/walk/walk_changes.c \
    'return track->verdict != VERDICT_DISCARD &&' \
    'return'

mutant 'a change is made as often as it is asked for' rules/walk/walk_changes.c \
    'done = true;' \
    'done = false;'

mutant 'an address is added twice' rules/walk/walk_changes.c \
    'if (is_added_already(changes, added))' \
    'if (is_added_already(changes, added) && added == NULL)'

mutant 'a rule about the message logs for each recipient' rules/walk/pass.c \
    'return walk->said[rule->number] = true;' \
    'return true;'

mutant 'what is true of one recipient is true of all' rules/walk/eval.c \
    'struct store *store = eval->store[expr->scope & SCOPE_RECIPIENT];' \
    'struct store *store = eval->store[0];'

mutant 'a body that rules read is not asked for' rules/walk/walk.c \
    'if (track->open[i]->flags & FACT_READS_BODY)' \
    'if (track->open[i]->flags & FACT_HOLDS_BODY)'

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
    'if (truth == TRUTH_ERROR && verdict == VERDICT_NONE) {' \
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
    'return track_verdict_of(rule, truth) == VERDICT_NONE && track->ended &&' \
    'return track_verdict_of(rule, truth) == VERDICT_NONE && !track->ended &&'
