/* Four-valued truth of random conditions over a random transaction, seen from a stage: by table and
 * by definition, keeping nothing, sharing no code with the evaluator. */
#include "walk_model.h"

#include <stdlib.h>

const struct model_fact_row model_facts[MODEL_FACTS] = {
    [MODEL_CLIENT_IP] = {"client.ip", "client.ip", STAGE_CONNECT, false, false, true},
    [MODEL_HELO] = {"helo", "helo", STAGE_HELO, false, false, true},
    [MODEL_SENDER] = {"sender", NULL, STAGE_MAIL, false, false, false},
    [MODEL_SENDER_DOMAIN] = {"sender.domain", "sender.domain", STAGE_MAIL, false, false, true},
    [MODEL_MAIL_SIZE] = {"mail.size", NULL, STAGE_MAIL, false, false, true},
    [MODEL_RCPT] = {"rcpt", NULL, STAGE_RCPT, false, true, false},
    [MODEL_RCPT_DOMAIN] = {"rcpt.domain", "rcpt.domain", STAGE_RCPT, false, true, true},
    [MODEL_RCPT_LOCAL] = {"rcpt.local", "rcpt.local", STAGE_RCPT, false, true, false},
    [MODEL_FIRST_RCPT_DOMAIN] = {"first-rcpt.domain", NULL, STAGE_RCPT, false, true, true},
    [MODEL_RECIPIENTS] = {"recipients", "recipients", STAGE_DATA, true, false, true},
    [MODEL_RECIPIENTS_DOMAIN] = {"recipients.domain", NULL, STAGE_DATA, true, false, true},
    [MODEL_HEADER_A] = {"header[\"X-A\"]", "header['X-A']", STAGE_HEADER, true, false, true},
    [MODEL_HEADER_B] = {"header[\"X-B\"]", "header['X-B']", STAGE_HEADER, true, false, true},
    [MODEL_FROM_DOMAIN] = {"header.from.domain", "header.from.domain", STAGE_HEADER, true, false,
                           true},
    [MODEL_BODY] = {"body", NULL, STAGE_BODY, true, false, true},
    [MODEL_8BIT] = {"message.8bit", NULL, STAGE_BODY, false, false, false},
    [MODEL_SIZE] = {"message.size", NULL, STAGE_BODY, false, false, false},
};

/* What an operand reads: no item is absent; an item that is NULL is the missing part of one of
 * several. */
struct items {
    enum truth4 state; /* LATER, ERROR, or TRUE: known */
    const char *at[MAX_ITEMS];
    unsigned count;
};

static enum truth4
truth_of(bool holds)
{
    return holds ? IS_TRUE : IS_FALSE;
}

static enum truth4
negate(enum truth4 truth)
{
    if (truth == IS_TRUE)
        return IS_FALSE;
    return truth == IS_FALSE ? IS_TRUE : truth;
}

/* and: false, later, error, true; the first of these that occurs. */
static enum truth4
both(enum truth4 a, enum truth4 b)
{
    static const enum truth4 order[] = {IS_FALSE, IS_LATER, IS_ERROR, IS_TRUE};

    for (unsigned i = 0; i < 4; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    abort();
}

/* or: true, later, error, false. */
static enum truth4
either(enum truth4 a, enum truth4 b)
{
    return negate(both(negate(a), negate(b)));
}

static const char *
domain_of(const char *address)
{
    const char *at = strchr(address, '@');

    return at ? at + 1 : NULL;
}

static void
put(struct items *items, const char *item)
{
    items->at[items->count++] = item;
}

static void
put_all(struct items *items, const char *const *from, unsigned count, bool domains)
{
    for (unsigned i = 0; i < count; i++)
        put(items, domains ? domain_of(from[i]) : from[i]);
}

static void
put_recipients(struct items *items, const struct view *view, bool domains)
{
    for (unsigned i = 0; i < view->mail->recipients; i++)
        if (view->let_in[i])
            put_all(items, &view->mail->recipient[i], 1, domains);
}

static void
put_present(struct items *items, const char *item)
{
    if (item)
        put(items, item);
}

static bool
is_8bit(const struct model_mail *mail)
{
    for (unsigned i = 0; i < mail->lines; i++)
        if (!slice_is_ascii(slice_of(mail->body[i])))
            return true;
    return false;
}

static const char *
local_of(struct arena *arena, const char *address)
{
    return arena_string(arena, slice_first(slice_of(address), strcspn(address, "@")));
}

/* The domain of the first that was let in, for those behind him. */
static void
put_first(struct items *items, const struct view *view)
{
    int first = 0;

    while (first < view->recipient && !view->let_in[first])
        first++;
    if (first < view->recipient)
        put_present(items, domain_of(view->mail->recipient[first]));
}

static void
put_of_recipient(struct items *items, const struct view *view, enum model_fact fact)
{
    const char *rcpt = view->mail->recipient[view->recipient];

    if (fact == MODEL_RCPT)
        put(items, rcpt);
    else if (fact == MODEL_RCPT_DOMAIN)
        put_present(items, domain_of(rcpt));
    else if (fact == MODEL_RCPT_LOCAL)
        put(items, local_of(view->arena, rcpt));
    else
        put_first(items, view);
}

static struct items
read_fact(const struct view *view, enum model_fact fact)
{
    const struct model_mail *mail = view->mail;
    struct items items = {.state = IS_TRUE};

    if (model_facts[fact].stage > view->stage)
        return (struct items){.state = IS_LATER};
    switch (fact) {
    case MODEL_CLIENT_IP:
        put_present(&items, mail->client_ip);
        break;
    case MODEL_HELO:
        put_present(&items, mail->helo);
        break;
    case MODEL_SENDER:
        put(&items, mail->sender);
        break;
    case MODEL_SENDER_DOMAIN:
        put_present(&items, domain_of(mail->sender));
        break;
    case MODEL_MAIL_SIZE:
        put_present(&items, mail->size);
        break;
    case MODEL_RCPT:
    case MODEL_RCPT_DOMAIN:
    case MODEL_RCPT_LOCAL:
    case MODEL_FIRST_RCPT_DOMAIN:
        put_of_recipient(&items, view, fact);
        break;
    case MODEL_RECIPIENTS:
    case MODEL_RECIPIENTS_DOMAIN:
        put_recipients(&items, view, fact == MODEL_RECIPIENTS_DOMAIN);
        break;
    case MODEL_HEADER_A:
        put_all(&items, mail->header_a, mail->headers_a, false);
        break;
    case MODEL_HEADER_B:
        put_all(&items, mail->header_b, mail->headers_b, false);
        break;
    case MODEL_FROM_DOMAIN:
        put_all(&items, mail->from, mail->froms, true);
        break;
    case MODEL_BODY:
        put_all(&items, mail->body, mail->lines, false);
        put_present(&items, mail->large ? MODEL_PADDING : NULL);
        break;
    case MODEL_8BIT:
        put(&items, is_8bit(mail) ? "yes" : "no");
        break;
    case MODEL_SIZE:
        put(&items, mail->large ? "20000" : "200");
        break;
    case MODEL_FACTS:
        abort();
    }
    return items;
}

static const struct model_entry *
find_entry(const struct model_mail *mail, unsigned table, const char *key)
{
    for (unsigned i = 0; i < mail->entries; i++)
        if (mail->entry[i].table == table && strcmp(mail->entry[i].key, key) == 0)
            return &mail->entry[i];
    return NULL;
}

/* An address is asked whole and then as "@domain"; anything else whole. */
static struct items
look_up(const struct view *view, unsigned table, const char *key)
{
    const struct model_entry *entry = key ? find_entry(view->mail, table, key) : NULL;
    struct items words = {.state = IS_TRUE};
    struct slice rest, word;

    if (key && view->tables_wait)
        return (struct items){.state = IS_LATER};
    if (!entry && key && strchr(key, '@'))
        entry = find_entry(view->mail, table, strchr(key, '@'));
    if (entry && !entry->value) {
        words.state = table == 0 ? IS_ERROR : IS_TRUE;
        return words;
    }
    rest = slice_of(entry ? entry->value : "");
    while (slice_word(&rest, " ,", &word))
        put(&words, arena_string(view->arena, word));
    return words;
}

static struct items
read_operand(const struct view *view, const struct model_operand *operand)
{
    struct items items = {.state = IS_TRUE};

    if (operand->form == FORM_BOUND)
        put(&items, view->bound[operand->depth]);
    else if (operand->form == FORM_BOUND_LOOKUP)
        return look_up(view, operand->table, view->bound[operand->depth]);
    else
        items = read_fact(view, operand->fact);
    if (items.state != IS_TRUE)
        return items;
    if (operand->form == FORM_LOOKUP)
        return look_up(view, operand->table, items.count ? items.at[0] : NULL);
    if (operand->form == FORM_COUNT) {
        items.at[0] = arena_printf(view->arena, "%u", items.count);
        items.count = 1;
    }
    return items;
}

static bool
is_in(const char *value, const char *item)
{
    size_t len = strlen(item), value_len = strlen(value);

    if (strcmp(item, "192.0.2.0/24") == 0)
        return strncmp(value, "192.0.2.", 8) == 0;
    if (item[0] == '@')
        return strchr(value, '@') && strcmp(strchr(value, '@'), item) == 0;
    if (item[0] == '.')
        return value_len > len && strcmp(value + value_len - len, item) == 0;
    if (item[len - 1] == '@')
        return strncmp(value, item, len) == 0;
    return strcmp(value, item) == 0;
}

static bool
is_in_items(const char *value, const struct model_expr *test)
{
    for (unsigned i = 0; i < test->items; i++)
        if (is_in(value, test->item[i]))
            return true;
    return false;
}

static bool
is_something(const char *value)
{
    return value[0] != '\0' && strcmp(value, "no") != 0 && strcmp(value, "0") != 0;
}

static unsigned long
limit_of(const struct model_expr *test)
{
    return test->number * (strcmp(test->unit, "KB") == 0 ? 1024UL : 1);
}

static bool
is_same(const struct view *view, const char *item, enum model_fact fact)
{
    struct items other = read_fact(view, fact);

    return other.count > 0 && item && strcmp(item, other.at[0]) == 0;
}

/* One item, or NULL for absent: it equals nothing, matches nothing, is in nothing, and is neither
 * more nor less than anything. */
static enum truth4
relate(const struct view *view, const struct model_expr *test, const char *item)
{
    struct items found;

    switch (test->relation) {
    case IS_THERE:
        return truth_of(item && is_something(item));
    case IS_EQUAL:
        return truth_of(item && strcmp(item, test->item[0]) == 0);
    case IS_NOT_EQUAL:
        return truth_of(!item || strcmp(item, test->item[0]) != 0);
    case IS_LESS:
        return truth_of(item && strtoul(item, NULL, 10) < limit_of(test));
    case IS_GREATER:
        return truth_of(item && strtoul(item, NULL, 10) > limit_of(test));
    case IS_IN_ITEMS:
        return truth_of(item && is_in_items(item, test));
    case IS_NOT_IN_ITEMS:
        return truth_of(!item || !is_in_items(item, test));
    case IS_MATCH:
        return truth_of(item && strstr(item, test->item[0]));
    case IS_NO_MATCH:
        return truth_of(!item || !strstr(item, test->item[0]));
    case IS_IN_TABLE:
    case IS_NOT_IN_TABLE:
        found = look_up(view, test->table, item);
        if (found.state != IS_TRUE)
            return found.state;
        return truth_of((found.count > 0) == (test->relation == IS_IN_TABLE));
    case IS_SAME:
    case IS_NOT_SAME:
        return truth_of(is_same(view, item, test->other) == (test->relation == IS_SAME));
    case HAS_WORD:
    case HAS_NOT_WORD:
        break;
    }
    abort();
}

static enum truth4
relate_lookup(const struct view *view, const struct model_expr *test, const struct items *words)
{
    bool has = false;

    if (test->relation == IS_THERE)
        return truth_of(words->count > 0);
    if (test->relation == HAS_WORD || test->relation == HAS_NOT_WORD) {
        for (unsigned i = 0; i < words->count; i++)
            has = has || strcasecmp(words->at[i], test->item[0]) == 0;
        return truth_of(has == (test->relation == HAS_WORD));
    }
    if (words->count > 1)
        return IS_ERROR;
    return relate(view, test, words->count ? words->at[0] : NULL);
}

static enum truth4
judge_test(const struct view *view, const struct model_expr *test)
{
    const struct model_operand *operand = &test->operand;
    struct items items = read_operand(view, operand);
    enum truth4 truth;

    if (items.state != IS_TRUE)
        return items.state;
    if (operand->otherwise && items.count == 0)
        put(&items, operand->otherwise);
    if (operand->form == FORM_LOOKUP || operand->form == FORM_BOUND_LOOKUP)
        return relate_lookup(view, test, &items);
    if (test->quantifier == PLAIN && test->relation == IS_THERE && items.count &&
        operand->form <= FORM_ALIAS && model_facts[operand->fact].many)
        return IS_TRUE;
    if (test->quantifier == PLAIN)
        return relate(view, test, items.count ? items.at[0] : NULL);
    if (items.count == 0)
        return IS_FALSE;
    truth = test->quantifier == ANY ? IS_FALSE : IS_TRUE;
    for (unsigned i = 0; i < items.count; i++)
        truth = test->quantifier == ANY ? either(truth, relate(view, test, items.at[i]))
                                        : both(truth, relate(view, test, items.at[i]));
    return truth;
}

static enum truth4 judge(const struct view *view, const struct model_expr *expr);

static enum truth4
judge_bind(const struct view *view, const struct model_expr *bind)
{
    struct items items = read_operand(view, &bind->operand);
    struct view inner = *view;
    bool any = bind->quantifier == ANY;
    enum truth4 truth = any ? IS_FALSE : IS_TRUE;

    if (items.state != IS_TRUE)
        return items.state;
    if (items.count == 0)
        return IS_FALSE;
    for (unsigned i = 0; i < items.count; i++) {
        inner.bound[bind->operand.depth] = items.at[i];
        truth = any ? either(truth, judge(&inner, bind->child[0]))
                    : both(truth, judge(&inner, bind->child[0]));
    }
    return truth;
}

static enum truth4
judge(const struct view *view, const struct model_expr *expr)
{
    enum truth4 truth;

    switch (expr->kind) {
    case MODEL_NOT:
        return negate(judge(view, expr->child[0]));
    case MODEL_TEST:
        return judge_test(view, expr);
    case MODEL_BIND:
        return judge_bind(view, expr);
    case MODEL_LET:
        return judge(view, view->policy->let[expr->let]);
    case MODEL_OR:
    case MODEL_AND:
        break;
    }
    truth = judge(view, expr->child[0]);
    for (unsigned i = 1; i < expr->children; i++)
        truth = expr->kind == MODEL_AND ? both(truth, judge(view, expr->child[i]))
                                        : either(truth, judge(view, expr->child[i]));
    return truth;
}

/* Before its `at` a rule is false or not yet decided, and its tables are not asked. */
static enum truth4
truth_before(const struct view *view, const struct model_rule *rule)
{
    struct view before = *view;

    before.tables_wait = true;
    if (rule->condition && judge(&before, rule->condition) == IS_FALSE)
        return IS_FALSE;
    return IS_LATER;
}

enum truth4
model_truth(const struct view *view, const struct model_rule *rule)
{
    enum truth4 truth = IS_TRUE;

    if (rule->has_at && view->stage < rule->at)
        return truth_before(view, rule);
    if (rule->condition)
        truth = judge(view, rule->condition);
    if (truth != IS_TRUE)
        return truth;
    for (unsigned i = 0; i < rule->actions; i++)
        if (rule->action[i].text.reads)
            truth = both(truth, read_operand(view, &rule->action[i].text.operand).state);
    return truth;
}

const char *
model_render(const struct view *view, const struct model_text *text)
{
    struct items items;
    const char *whole = text->before;

    if (!text->reads)
        return whole;
    items = read_operand(view, &text->operand);
    for (unsigned i = 0; i < items.count; i++)
        whole = arena_printf(view->arena, "%s%s%s", whole, i ? ", " : "",
                             items.at[i] ? items.at[i] : "");
    return whole;
}
