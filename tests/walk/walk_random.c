/* Random policies: rules of every kind, over conditions of every form that the language allows. */
#include "walk_words.h"

/* splitmix64: any seed will do, 0 too. */
static uint64_t
next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

unsigned
random_below(struct random *random, unsigned limit)
{
    return (unsigned)(next(random) % limit);
}

bool
random_chance(struct random *random, unsigned percent)
{
    return random_below(random, 100) < percent;
}

const char *
random_from(struct random *random, struct pool pool)
{
    return pool.at[random_below(random, pool.count)];
}

static enum model_fact
random_fact(struct random *random, bool recipient_allowed)
{
    enum model_fact fact;

    do
        fact = random_below(random, MODEL_FACTS);
    while (!recipient_allowed && model_facts[fact].of_recipient);
    return fact;
}

enum literals {
    OF_IP,
    OF_HELO,
    OF_ADDRESS,
    OF_DOMAIN,
    OF_LOCAL,
    OF_HEADER,
    OF_BODY,
    OF_SIZE,
    OF_TRUTH
};

static enum literals
literals_of(enum model_fact fact)
{
    switch (fact) {
    case MODEL_CLIENT_IP:
        return OF_IP;
    case MODEL_HELO:
        return OF_HELO;
    case MODEL_SENDER:
    case MODEL_RCPT:
    case MODEL_RECIPIENTS:
        return OF_ADDRESS;
    case MODEL_SENDER_DOMAIN:
    case MODEL_RCPT_DOMAIN:
    case MODEL_FIRST_RCPT_DOMAIN:
    case MODEL_RECIPIENTS_DOMAIN:
    case MODEL_FROM_DOMAIN:
        return OF_DOMAIN;
    case MODEL_RCPT_LOCAL:
        return OF_LOCAL;
    case MODEL_HEADER_A:
    case MODEL_HEADER_B:
        return OF_HEADER;
    case MODEL_BODY:
        return OF_BODY;
    case MODEL_MAIL_SIZE:
    case MODEL_SIZE:
        return OF_SIZE;
    case MODEL_8BIT:
    case MODEL_FACTS:
        break;
    }
    return OF_TRUTH;
}

static const struct pool equals[] = {
    [OF_IP] = POOL(ips),         [OF_HELO] = POOL(helos),   [OF_ADDRESS] = POOL(addresses),
    [OF_DOMAIN] = POOL(domains), [OF_LOCAL] = POOL(locals), [OF_HEADER] = POOL(header_words),
};

static const struct pool listed[] = {
    [OF_IP] = POOL(ip_items),           [OF_HELO] = POOL(helo_items),
    [OF_ADDRESS] = POOL(address_items), [OF_DOMAIN] = POOL(domain_items),
    [OF_LOCAL] = POOL(locals),          [OF_HEADER] = POOL(header_words),
};

static const char *
random_pattern(struct random *random, enum literals of)
{
    if (of == OF_BODY)
        return PICK(random, body_patterns);
    return of == OF_LOCAL ? PICK(random, local_patterns) : PICK(random, patterns);
}

/* A relation that the language allows for such values, with what it compares. */
static void
random_relation(struct random *random, enum literals of, struct model_expr *test)
{
    bool negative = random_chance(random, 25);
    unsigned form = random_below(random, 4);

    test->unit = "";
    if (of == OF_TRUTH) {
        test->relation = IS_THERE;
    } else if (of == OF_SIZE) {
        test->relation = negative ? IS_LESS : IS_GREATER;
        test->number = 5;
        test->unit = "KB";
    } else if (of == OF_BODY || (form == 0 && (of == OF_HEADER || of == OF_LOCAL))) {
        test->relation = negative ? IS_NO_MATCH : IS_MATCH;
        test->item[0] = random_pattern(random, of);
    } else if (form == 1) {
        test->relation = negative ? IS_NOT_IN_TABLE : IS_IN_TABLE;
        test->table = random_below(random, MODEL_TABLES);
    } else if (form == 2) {
        test->relation = negative ? IS_NOT_IN_ITEMS : IS_IN_ITEMS;
        test->items = 1 + random_below(random, 2);
        for (unsigned i = 0; i < test->items; i++)
            test->item[i] = random_from(random, listed[of]);
    } else {
        test->relation = negative ? IS_NOT_EQUAL : IS_EQUAL;
        test->item[0] = random_from(random, equals[of]);
    }
}

static void
random_lookup_relation(struct random *random, struct model_expr *test)
{
    static const enum model_relation relation[] = {IS_THERE, IS_EQUAL, IS_NOT_EQUAL,
                                                   HAS_WORD, HAS_WORD, HAS_NOT_WORD};
    struct random aside;

    test->quantifier = PLAIN;
    test->operand.table = random_below(random, MODEL_TABLES);
    test->relation = PICK(random, relation);
    test->item[0] = PICK(random, words);
    aside = *random;
    if (test->relation != IS_THERE && random_chance(&aside, 30))
        test->operand.otherwise = PICK(&aside, words);
}

/* A domain against one that is known by then: later ones would say when they stop to matter. */
static bool
random_comparison(struct random *random, struct model_expr *test)
{
    if (literals_of(test->operand.fact) != OF_DOMAIN || test->operand.fact == MODEL_SENDER_DOMAIN ||
        test->operand.form != FORM_FACT || !random_chance(random, 30))
        return false;
    test->relation = random_chance(random, 50) ? IS_SAME : IS_NOT_SAME;
    test->other = MODEL_SENDER_DOMAIN;
    if (test->operand.fact == MODEL_RCPT_DOMAIN && random_chance(random, 50))
        test->other = MODEL_FIRST_RCPT_DOMAIN;
    return true;
}

/* What the expression may read: names in force, recipients, and the lets before it. */
struct bounds {
    bool recipient_allowed;
    unsigned lets;
    unsigned bound;
    enum literals bound_of[2];
};

static bool
can_be_key(enum literals of)
{
    return of != OF_SIZE && of != OF_TRUTH && of != OF_BODY;
}

static void
random_fact_test(struct random *random, const struct bounds *bounds, struct model_expr *test)
{
    enum model_fact fact = random_fact(random, bounds->recipient_allowed);
    enum literals of = literals_of(fact);
    unsigned form = random_below(random, 8);

    test->operand.fact = fact;
    test->operand.form = form == 0 ? FORM_ALIAS : FORM_FACT;
    if (model_facts[fact].many && fact != MODEL_BODY && form <= 2) {
        test->operand.form = FORM_COUNT;
        test->relation = random_chance(random, 50) ? IS_GREATER : IS_LESS;
        test->number = 1 + random_below(random, 2);
        test->unit = "";
    } else if (model_facts[fact].many && fact != MODEL_BODY && form == 3) {
        test->relation = IS_THERE;
    } else if (model_facts[fact].many) {
        test->quantifier = random_chance(random, 50) ? ANY : EVERY;
        if (!random_comparison(random, test))
            random_relation(random, of, test);
    } else if (can_be_key(of) && form <= 3) {
        test->operand.form = FORM_LOOKUP;
        random_lookup_relation(random, test);
    } else if (!random_comparison(random, test)) {
        random_relation(random, of, test);
    }
}

static void
random_bound_test(struct random *random, const struct bounds *bounds, struct model_expr *test)
{
    test->operand.depth = random_below(random, bounds->bound);
    test->operand.form = random_chance(random, 40) ? FORM_BOUND_LOOKUP : FORM_BOUND;
    if (test->operand.form == FORM_BOUND_LOOKUP)
        random_lookup_relation(random, test);
    else
        random_relation(random, bounds->bound_of[test->operand.depth], test);
}

static struct model_expr *random_expr(struct arena *arena, struct random *random,
                                      struct bounds bounds, unsigned depth);

static void
random_bind(struct arena *arena, struct random *random, struct bounds bounds, unsigned depth,
            struct model_expr *bind)
{
    static const enum model_fact many[] = {MODEL_RECIPIENTS, MODEL_RECIPIENTS_DOMAIN,
                                           MODEL_HEADER_A, MODEL_HEADER_B, MODEL_FROM_DOMAIN};

    bind->kind = MODEL_BIND;
    bind->quantifier = random_chance(random, 50) ? ANY : EVERY;
    bind->operand.fact = PICK(random, many);
    bind->operand.depth = bounds.bound;
    bounds.bound_of[bounds.bound++] = literals_of(bind->operand.fact);
    bind->children = 1;
    bind->child[0] = random_expr(arena, random, bounds, depth + 1);
}

static struct model_expr *
random_expr(struct arena *arena, struct random *random, struct bounds bounds, unsigned depth)
{
    struct model_expr *expr = ARENA_NEW(arena, struct model_expr);
    unsigned form = random_below(random, 100);

    if (depth < 3 && form < 34) {
        expr->kind = form < 17 ? MODEL_AND : MODEL_OR;
        expr->children = 2 + (form % 5 == 0);
        for (unsigned i = 0; i < expr->children; i++)
            expr->child[i] = random_expr(arena, random, bounds, depth + 1);
        return expr;
    }
    if (depth < 3 && form < 44) {
        expr->kind = MODEL_NOT;
        expr->children = 1;
        expr->child[0] = random_expr(arena, random, bounds, depth + 1);
        return expr;
    }
    if (depth < 3 && form < 52 && bounds.bound < 2) {
        random_bind(arena, random, bounds, depth, expr);
        return expr;
    }
    expr->kind = MODEL_TEST;
    if (bounds.bound && form < 75) {
        random_bound_test(random, &bounds, expr);
    } else if (bounds.lets && form < 64) {
        expr->kind = MODEL_LET;
        expr->let = random_below(random, bounds.lets);
    } else {
        random_fact_test(random, &bounds, expr);
    }
    return expr;
}

static struct model_text
random_text(struct random *random, const char *before, unsigned percent, bool recipient_allowed)
{
    struct model_text text = {.before = before, .reads = random_chance(random, percent)};
    enum model_fact fact;

    do
        fact = random_fact(random, recipient_allowed);
    while (!model_facts[fact].braced);
    text.operand.fact = fact;
    if (!model_facts[fact].many && random_chance(random, 40)) {
        text.operand.form = FORM_LOOKUP;
        text.operand.table = random_below(random, MODEL_TABLES);
    }
    return text;
}

static struct model_action
random_verdict(struct random *random, const char *rule)
{
    static const enum action_kind kind[] = {ACTION_ACCEPT,   ACTION_ACCEPT, ACTION_REJECT,
                                            ACTION_REJECT,   ACTION_REJECT, ACTION_TEMPFAIL,
                                            ACTION_TEMPFAIL, ACTION_DISCARD};
    struct model_action action = {.kind = PICK(random, kind)};

    if (action.kind != ACTION_ACCEPT)
        action.text = random_text(random, rule, 15, true);
    return action;
}

/* An action that is no verdict; `takes_off`: remove-recipient is one of them. */
static struct model_action
random_act(struct arena *arena, struct random *random, const char *rule, bool takes_off)
{
    static const enum action_kind kind[] = {ACTION_LOG,           ACTION_LOG,
                                            ACTION_ADD_HEADER,    ACTION_REPLACE_HEADER,
                                            ACTION_REMOVE_HEADER, ACTION_QUARANTINE,
                                            ACTION_SET_SENDER,    ACTION_ADD_RECIPIENT,
                                            ACTION_ADD_RECIPIENT, ACTION_REMOVE_RECIPIENT,
                                            ACTION_DOWNGRADE};
    struct model_action action = {.kind = takes_off ? ACTION_REMOVE_RECIPIENT : PICK(random, kind)};

    if (action.kind == ACTION_ADD_HEADER || action.kind == ACTION_REPLACE_HEADER ||
        action.kind == ACTION_REMOVE_HEADER)
        action.name = random_chance(random, 50) ? "X-Seen" : "X-Note";
    else if (action.kind == ACTION_DOWNGRADE)
        action.name = random_chance(random, 50) ? "8bit" : "utf8";
    if (action.kind == ACTION_ADD_HEADER || action.kind == ACTION_REPLACE_HEADER)
        action.text = random_text(random, rule, 30, false);
    else if (action.kind == ACTION_LOG)
        action.text = random_text(random, rule, 30, true);
    else if (action.kind == ACTION_QUARANTINE)
        action.text = random_text(random, rule, 20, false);
    else if (action.kind == ACTION_SET_SENDER)
        action.text = (struct model_text){.before = arena_printf(arena, "%s@new.example", rule)};
    else if (action.kind == ACTION_ADD_RECIPIENT)
        action.text =
            (struct model_text){.before = random_chance(random, 50) ? "all@copy.example" : "some+",
                                .operand.fact = MODEL_RCPT_LOCAL};
    if (action.kind == ACTION_ADD_RECIPIENT && action.text.before[0] == 's')
        action.text.reads = true;
    return action;
}

/* One rule, and at most one recipient of his own taken off: only by a rule that reads recipients.
 */
static void
random_rule(struct arena *arena, struct random *random, const struct model_policy *policy,
            unsigned number, struct model_rule *rule)
{
    static const enum stage stages[] = {STAGE_MAIL, STAGE_RCPT, STAGE_DATA, STAGE_HEADER,
                                        STAGE_BODY};
    struct bounds bounds = {.recipient_allowed = random_chance(random, 70), .lets = policy->lets};
    unsigned form = random_below(random, 100);

    const char *name = arena_printf(arena, "r%u", number);

    snprintf(rule->name, sizeof rule->name, "%s", name);
    if (!random_chance(random, 5))
        rule->condition = random_expr(arena, random, bounds, random_chance(random, 50) ? 2 : 0);
    rule->audit = random_chance(random, 8);
    rule->disabled = random_chance(random, 4);
    rule->has_at = random_chance(random, 12);
    rule->at = PICK(random, stages);
    if (form < 60)
        rule->action[rule->actions++] = random_verdict(random, name);
    if (form >= 60 || (rule->action[0].kind == ACTION_ACCEPT && random_chance(random, 40)))
        rule->action[rule->actions++] = random_act(arena, random, name, false);
    if (form >= 80)
        rule->action[rule->actions++] = random_act(arena, random, name, false);
}

static bool
has_action(const struct model_rule *rule, enum action_kind kind)
{
    for (unsigned i = 0; i < rule->actions; i++)
        if (rule->action[i].kind == kind)
            return true;
    return false;
}

/* What `check` refuses: remove-recipient beside a verdict, twice, or in a rule that reads no
 * recipient. */
static bool
is_refused(const struct model_policy *policy, const struct model_rule *rule)
{
    if (!has_action(rule, ACTION_REMOVE_RECIPIENT))
        return false;
    return has_action(rule, ACTION_ACCEPT) || !model_reads_recipient(policy, rule) ||
           (rule->actions == 2 && rule->action[0].kind == rule->action[1].kind);
}

struct model_policy *
random_policy(struct arena *arena, struct random *random)
{
    static const enum stage earliest[] = {STAGE_RCPT,    STAGE_RCPT, STAGE_RCPT, STAGE_RCPT,
                                          STAGE_CONNECT, STAGE_HELO, STAGE_MAIL, STAGE_DATA,
                                          STAGE_HEADER,  STAGE_BODY};
    struct model_policy *policy = ARENA_NEW(arena, struct model_policy);
    unsigned rules = 1 + random_below(random, MAX_RULES);

    policy->earliest = PICK(random, earliest);
    while (policy->lets < MAX_LETS) {
        struct bounds bounds = {.recipient_allowed = policy->lets > 0, .lets = policy->lets};

        policy->let[policy->lets] = random_expr(arena, random, bounds, 1);
        policy->lets++;
    }
    while (policy->rules < rules) {
        struct model_rule rule = {0};

        random_rule(arena, random, policy, policy->rules, &rule);
        if (!is_refused(policy, &rule))
            policy->rule[policy->rules++] = rule;
    }
    policy->soft = random_chance(random, 50);
    return policy;
}
