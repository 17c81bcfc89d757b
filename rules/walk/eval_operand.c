/* Reads operands: facts and their parts, lookups, counts, what names stand for. Each is read once
 * for as long as it can't change. */
#include "base/clock.h"
#include "eval.h"
#include "language/operand.h"

/* Groups in groups, and no deeper. */
enum { NEST_DEPTH = 4, NEST_WORDS = 100 };

#include "base/clock.h"
#include "policy/watch.h"

struct store *
eval_store_new(struct arena *arena, const struct policy *policy, unsigned of)
{
    struct store *store = ARENA_NEW(arena, struct store);

    store->reading = ARENA_ARRAY(arena, policy->slots[of], const struct reading *);
    store->truth = ARENA_ARRAY(arena, policy->nodes[of], unsigned char);
    return store;
}

static struct reading
not_yet(void)
{
    return (struct reading){.state = READ_LATER};
}

/* An unknown command may come at any moment: then what came before it is known, and nothing else.
 */
static bool
known_at_command(const struct eval *eval, enum stage stage)
{
    const struct transaction *transaction = eval->moment.transaction;

    return stage <= STAGE_HELO ||
           (stage == STAGE_MAIL && transaction && transaction->sender_argument.len > 0);
}

static bool
has_arrived(const struct eval *eval, const struct operand *operand)
{
    if (operand->scope & SCOPE_RECIPIENT && eval->moment.recipient == NULL)
        return false;
    if (eval->stage == STAGE_UNKNOWN)
        return known_at_command(eval, operand->stage);
    return operand->stage <= eval->stage;
}

/* The header is gone through once for each fact of it, and what is parsed costs more. */
static void
take_steps(struct eval *eval, const struct operand *operand)
{
    enum { BASE = 4, OCTETS_A_STEP = 8 };
    const struct transaction *transaction = eval->moment.transaction;
    struct meter *meter = eval->meter;

    meter_take(meter, BASE);
    if (operand->fact->flags & FACT_READS_HEADER && transaction)
        meter_take(meter, transaction->header_size / OCTETS_A_STEP);
}

static struct reading
read_fact(struct eval *eval, const struct operand *operand)
{
    struct moment moment = eval->moment;

    if (!has_arrived(eval, operand))
        return not_yet();
    take_steps(eval, operand);
    if (!(operand->scope & SCOPE_RECIPIENT))
        moment.recipient = NULL;
    return fact_read(operand->fact, &moment, operand->fact_index);
}

static const struct table *
table_to_ask(const struct eval *eval, const struct table *table)
{
    for (const struct replacement *r = eval->replacements; r; r = r->next)
        if (r->table == table)
            return r->by;
    return table;
}

static struct reading
answer_words(struct arena *arena, struct slice value, bool patterns)
{
    struct slice *word;
    size_t count = table_words(arena, value, &word);
    struct value *items = ARENA_ARRAY(arena, count, struct value);

    for (size_t i = 0; i < count; i++)
        items[i] = (struct value){.type = TYPE_ANSWER, .text = word[i], .is_pattern = patterns};
    return (struct reading){.state = READ_KNOWN, .item = items, .count = count};
}

struct table_answer
eval_ask(struct eval *eval, const struct operand *operand, const struct value *key)
{
    const struct table *table = operand->table->table;
    const struct policy_watch *watch = eval->policy->watch;
    int64_t began_ns = watch ? clock_ns() : 0;
    struct table_answer answer = table_lookup(table_to_ask(eval, table), eval->arena, key, NULL);

    if (watch)
        watch->looked_up(watch->context, table, answer.result, clock_ns() - began_ns);
    eval_keep_lookup(eval, table, key, &answer);
    if (answer.result != TABLE_COULD_NOT_ASK)
        return answer;
    if (table->options.not_found_on_error)
        answer.result = TABLE_NOT_FOUND;
    answer.reason = arena_printf(eval->arena, "table %.*s: %s", (int)table->name.len,
                                 table->name.at, answer.reason);
    return answer;
}

/* The lookup that an operand stands for, or NULL. */
static const struct operand *
lookup_behind(const struct operand *operand)
{
    while (operand->meaning == MEANS_ALIAS || operand->meaning == MEANS_BOUND)
        operand = operand->meaning == MEANS_ALIAS ? operand->alias : operand->binder->operand;
    return operand->meaning == MEANS_LOOKUP ? operand : NULL;
}

/* As much of it as tells which one it is: an error may come for each of many words. */
static void
add_start(struct buffer *text, struct slice s)
{
    enum { MOST = 200 };

    buffer_add(text, slice_first(s, MOST));
    buffer_text(text, s.len > MOST ? "..." : "");
}

static const char *
lookup_origin(struct eval *eval, const struct operand *lookup, const struct reading *words)
{
    enum { MOST_WORDS = 10 };
    struct buffer *text = ARENA_NEW(eval->arena, struct buffer);
    struct reading key = eval_operand(eval, lookup->index);

    buffer_init(text, eval->arena, SIZE_MAX);
    buffer_printf(text, "table %.*s, key '", (int)lookup->name.len, lookup->name.at);
    if (key.state == READ_KNOWN && key.count > 0)
        add_start(text, value_print(eval->arena, &key.item[0]));
    buffer_text(text, "', answer '");
    for (size_t i = 0; words->state == READ_KNOWN && i < words->count && i < MOST_WORDS; i++) {
        buffer_text(text, i > 0 ? " " : "");
        add_start(text, value_print(eval->arena, &words->item[i]));
    }
    buffer_text(text, words->count > MOST_WORDS ? " ...'" : "'");
    return buffer_slice(text).at;
}

const char *
eval_origin(struct eval *eval, const struct operand *operand)
{
    const struct operand *lookup = lookup_behind(operand);
    struct reading words;

    if (lookup == NULL)
        return "a table's answer";
    words = eval_operand(eval, lookup);
    return lookup_origin(eval, lookup, &words);
}

/* The one word of an answer as the type that is wanted; anything else is an error, whose reason
 * doesn't say where the answer is from. */
static struct reading
read_word(struct eval *eval, const struct reading *words, enum value_type type)
{
    struct slice word = words->item[0].text;
    struct value *value = ARENA_NEW(eval->arena, struct value);

    if (words->count > 1)
        return reading_error("several words, where one is wanted");
    if (!value_read(eval->arena, type, word, settings_local_case(&eval->policy->settings), value))
        return reading_error(arena_printf(eval->arena, "'%.*s' is not %s", (int)word.len, word.at,
                                          value_type_name(type)));
    return (struct reading){.state = READ_KNOWN, .item = value, .count = 1};
}

/* The words of an answer, and of those that answer them. */
struct nest {
    struct value item[NEST_WORDS];
    size_t count;
};

/* Adds those that aren't there yet; false when there is no room. */
static bool
nest_add(struct eval *eval, struct nest *nest, const struct reading *words)
{
    for (size_t i = 0; i < words->count; i++) {
        size_t same = 0;

        meter_take(eval->meter, nest->count);
        while (same < nest->count &&
               !table_word_is(eval->arena, nest->item[same].text, words->item[i].text))
            same++;
        if (same == nest->count && nest->count == NEST_WORDS)
            return false;
        if (same == nest->count)
            nest->item[nest->count++] = words->item[i];
    }
    return true;
}

static const char *
nest_overflow(struct eval *eval, const struct operand *operand)
{
    return arena_printf(eval->arena, "table %.*s: more than %d words answer one key",
                        (int)operand->name.len, operand->name.at, NEST_WORDS);
}

/* One level deeper: what answers the words from `from` on. NULL, or why it can't be told. */
static const char *
nest_deepen(struct eval *eval, const struct operand *operand, struct nest *nest, size_t from,
            int64_t deadline_ms)
{
    const struct table *table = operand->table->table;

    for (size_t end = nest->count; from < end; from++) {
        struct table_answer answer = eval_ask(eval, operand, &nest->item[from]);
        struct reading words;

        if (answer.result == TABLE_COULD_NOT_ASK)
            return answer.reason;
        if (clock_ms() > deadline_ms)
            return arena_printf(eval->arena, "table %.*s: the lookups of one answer took too long",
                                (int)table->name.len, table->name.at);
        if (answer.result != TABLE_FOUND)
            continue;
        words = answer_words(eval->arena, answer.value, table->options.patterns);
        if (!nest_add(eval, nest, &words))
            return nest_overflow(eval, operand);
    }
    return NULL;
}

static struct reading
read_nested(struct eval *eval, const struct operand *operand, const struct reading *words)
{
    int64_t deadline_ms = clock_ms() + operand->table->table->options.timeout_ms;
    struct nest *nest = ARENA_NEW(eval->arena, struct nest);
    const char *reason = NULL;
    size_t from = 0;

    if (!nest_add(eval, nest, words))
        reason = nest_overflow(eval, operand);
    for (unsigned depth = 1; reason == NULL && depth < NEST_DEPTH && from < nest->count; depth++) {
        size_t before = nest->count;

        reason = nest_deepen(eval, operand, nest, from, deadline_ms);
        from = before;
    }
    if (reason)
        return reading_error(reason);
    return (struct reading){.state = READ_KNOWN, .item = nest->item, .count = nest->count};
}

/* A lookup under an absent key finds nothing; under several words of another lookup, it is an
 * error. */
static struct reading
read_lookup(struct eval *eval, const struct operand *operand)
{
    struct reading key = eval_operand(eval, operand->index), words, word;
    struct table_answer answer;

    if (key.state != READ_KNOWN || key.count == 0)
        return key;
    if (key.count > 1)
        return reading_error(arena_printf(
            eval->arena, "%s: several words, where one is wanted as a key of table %.*s",
            eval_origin(eval, operand->index), (int)operand->name.len, operand->name.at));
    if (eval->tables_wait)
        return not_yet();
    answer = eval_ask(eval, operand, &key.item[0]);
    if (answer.result == TABLE_COULD_NOT_ASK)
        return reading_error(answer.reason);
    if (answer.result != TABLE_FOUND)
        return reading_absent();
    words = answer_words(eval->arena, answer.value, operand->table->table->options.patterns);
    if (operand->table->table->options.nested)
        return read_nested(eval, operand, &words);
    if (operand->type == TYPE_ANSWER || words.count == 0)
        return words;
    word = read_word(eval, &words, operand->type);
    if (word.state == READ_ERROR)
        word.reason =
            arena_printf(eval->arena, "%s: %s", lookup_origin(eval, operand, &words), word.reason);
    return word;
}

/* A word of a lookup, and a text of the policy, as what the whole is. */
static struct reading
read_as(struct eval *eval, const struct operand *operand, const struct operand *from,
        struct reading reading)
{
    enum value_type type = reading.count > 0 ? reading.item[0].type : TYPE_ABSENT;

    if (operand_is_words(operand))
        return type == TYPE_TEXT ? answer_words(eval->arena, reading.item[0].text, false) : reading;
    if (type != TYPE_ANSWER && type != TYPE_TEXT)
        return reading;
    reading = read_word(eval, &reading, operand->type);
    if (reading.state == READ_ERROR)
        reading.reason =
            arena_printf(eval->arena, "%s: %s", eval_origin(eval, from), reading.reason);
    return reading;
}

static struct reading
read_else(struct eval *eval, const struct operand *operand)
{
    const struct operand *from = operand->index;
    struct reading reading = eval_operand(eval, from);

    if (reading.state == READ_KNOWN && reading.count == 0) {
        from = from->next;
        reading = eval_operand(eval, from);
    }
    return reading.state == READ_KNOWN ? read_as(eval, operand, from, reading) : reading;
}

static struct reading
read_count(struct eval *eval, const struct operand *operand)
{
    struct reading of = eval_operand(eval, operand->index);
    struct value item;
    size_t cursor = 0;
    int64_t count = 0;

    if (of.state != READ_KNOWN)
        return of;
    meter_take(eval->meter, of.count / 4 + of.lines.len / 16);
    while (reading_next(&of, &cursor, &item))
        count++;
    return reading_one(eval->arena, value_number(TYPE_NUMBER, count));
}

static struct reading
read_bound(struct eval *eval, const struct operand *operand)
{
    for (const struct bound *bound = eval->bound; bound; bound = bound->outer)
        if (bound->binder == operand->binder) {
            if (bound->value.type == TYPE_ABSENT)
                return reading_absent();
            return (struct reading){.state = READ_KNOWN, .item = &bound->value, .count = 1};
        }
    return reading_absent();
}

/* Texts are decoded, addresses and domains parsed and taken apart. */
static uint64_t
steps_of_parts(const struct reading *whole)
{
    enum { OF_TEXT = 4, OF_ADDRESS = 20, AN_OCTET = 4 };
    uint64_t steps = 0;

    for (size_t i = 0; i < whole->count; i++)
        steps += whole->item[i].type == TYPE_TEXT ? OF_TEXT + whole->item[i].text.len / AN_OCTET
                                                  : OF_ADDRESS + whole->item[i].text.len * AN_OCTET;
    return steps;
}

/* Of each item one. One that is absent among many stays an item, so that `every` fails on it. */
static struct reading
take_one(struct eval *eval, const struct operand *operand, const struct fact_part *part,
         struct reading whole)
{
    struct value *items = ARENA_ARRAY(eval->arena, whole.count, struct value);

    meter_take(eval->meter, steps_of_parts(&whole));
    for (size_t i = 0; i < whole.count; i++)
        if (whole.item[i].type == TYPE_ABSENT)
            items[i] = whole.item[i];
        else if (part->flags & PART_TAKES_LIST)
            items[i] = part->take.with(&eval->moment, &whole.item[i], operand->looks);
        else if (part->flags & PART_NAMED)
            items[i] = part->take.named(&eval->moment, &whole.item[i], part, operand->property);
        else
            items[i] = part->take.one(&eval->moment, &whole.item[i]);
    whole.item = items;
    return whole;
}

/* Those of all items, one behind the other. */
static struct reading
take_many(struct eval *eval, const struct fact_part *part, struct reading whole)
{
    struct reading *taken = ARENA_ARRAY(eval->arena, whole.count, struct reading);
    struct value *items;
    size_t count = 0, to = 0;

    meter_take(eval->meter, steps_of_parts(&whole));
    for (size_t i = 0; i < whole.count; i++) {
        taken[i] = (struct reading){.item = &whole.item[i], .count = 1};
        if (whole.item[i].type != TYPE_ABSENT)
            taken[i] = part->take.many(&eval->moment, &whole.item[i]);
        count += taken[i].count;
    }
    items = ARENA_ARRAY(eval->arena, count, struct value);
    for (size_t i = 0; i < whole.count; i++)
        for (size_t k = 0; k < taken[i].count; k++)
            items[to++] = taken[i].item[k];
    return (struct reading){.state = READ_KNOWN, .item = items, .count = count};
}

static bool
whole_is_many(const struct operand *operand)
{
    if (operand->meaning == MEANS_ALIAS)
        return operand->alias->many;
    return operand->meaning == MEANS_FACT && operand->fact->flags & FACT_MANY;
}

static struct reading
read_parts(struct eval *eval, const struct operand *operand, struct reading reading)
{
    for (unsigned i = 0; i < operand->part_count; i++) {
        const struct fact_part *part = operand->part[i];

        if (reading.state != READ_KNOWN || reading.count == 0)
            return reading;
        if (part->flags & PART_MANY)
            reading = take_many(eval, part, reading);
        else
            reading = take_one(eval, operand, part, reading);
        if (!whole_is_many(operand) && reading.count == 1 && reading.item[0].type == TYPE_ABSENT)
            return reading_absent();
    }
    return reading;
}

static struct reading
read_whole_operand(struct eval *eval, const struct operand *operand)
{
    switch (operand->meaning) {
    case MEANS_FACT:
        return operand->whole ? eval_operand(eval, operand->whole) : read_fact(eval, operand);
    case MEANS_LOOKUP:
        return read_lookup(eval, operand);
    case MEANS_COUNT:
        return read_count(eval, operand);
    case MEANS_ALIAS:
        return eval_operand(eval, operand->alias);
    case MEANS_BOUND:
        return read_bound(eval, operand);
    case MEANS_ELSE:
        return read_else(eval, operand);
    case MEANS_LET:
    case MEANS_LIST:
    case MEANS_TABLE:
    case MEANS_NOTHING:
        break;
    }
    return reading_absent();
}

static void
keep_reading(struct eval *eval, const struct reading **at, struct reading reading)
{
    struct reading *kept = ARENA_NEW(eval->arena, struct reading);

    *kept = reading;
    *at = kept;
}

struct reading
eval_operand(struct eval *eval, const struct operand *operand)
{
    struct store *store = eval->store[operand->scope & SCOPE_RECIPIENT];
    struct reading reading;

    if (operand_is_literal(operand))
        return (struct reading){.state = READ_KNOWN, .item = &operand->constant, .count = 1};
    if (operand->slot && store && store->reading[operand->slot] &&
        !eval_must_wait(eval, operand->scope))
        return *store->reading[operand->slot];
    reading = read_parts(eval, operand, read_whole_operand(eval, operand));
    if (operand->slot && store && reading.state != READ_LATER)
        keep_reading(eval, &store->reading[operand->slot], reading);
    return reading;
}
