/* Which words a value can be: by its type, and of some facts one of a few. */
#include "value_words.h"

#include "language/operand.h"
#include "language/print.h"
#include "mail/domain.h"
#include "values/list.h"

/* What a value comes from: behind a let that is a value, and what `as` bound. */
static const struct operand *
origin_of(const struct operand *operand)
{
    while (operand->part_count == 0) {
        if (operand->meaning == MEANS_ALIAS)
            operand = operand->alias;
        else if (operand->meaning == MEANS_BOUND)
            operand = operand->binder->operand;
        else
            break;
    }
    return operand;
}

bool
words_drop_dot(const struct operand *operand)
{
    operand = origin_of(operand);
    return operand->part_count > 0 &&
           operand->part[operand->part_count - 1]->flags & PART_BEHIND_DOT;
}

struct slice
words_without_dot(const struct operand *operand, struct slice word)
{
    bool has_dot = word.len > 1 && word.at[0] == '.';

    return has_dot && words_drop_dot(operand) ? slice_from(word, 1) : word;
}

/* Separated by spaces; NULL where any word is possible. */
static const char *
all_words(const struct operand *operand)
{
    operand = origin_of(operand);
    return operand->meaning == MEANS_FACT && operand->part_count == 0 ? operand->fact->words
                                                                      : NULL;
}

/* "a, b or c" */
static const char *
join_words(struct arena *arena, const char *words)
{
    struct slice rest = slice_of(words), word;
    const char *joined = "";

    while (slice_word(&rest, " ", &word))
        joined = arena_printf(arena, "%s%s%.*s", joined,
                              word.at == words ? ""
                              : rest.len > 0   ? ", "
                                               : " or ",
                              (int)word.len, word.at);
    return joined;
}

static bool
is_address(enum value_type type)
{
    return type == TYPE_ADDRESS || type == TYPE_MAILBOX;
}

static bool
is_star_address(const struct operand *operand, struct slice word)
{
    return is_address(operand->type) && word.len > 2 && word.at[0] == '*' && word.at[1] == '@';
}

static bool
is_possible(const struct operand *operand, struct slice word)
{
    const char *words = all_words(operand);

    if (words)
        return slice_has_word_nocase(words, word);
    word = words_without_dot(operand, word);
    return !words_drop_dot(operand) || slice_find(word, '.') == word.len;
}

const char *
words_refusal(struct arena *arena, const struct operand *operand, struct slice word)
{
    const char *left = print_operand_text(arena, operand), *words = all_words(operand);
    struct slice last = slice_from(word, slice_find_last(word, '.') + 1);

    if (is_star_address(operand, word))
        return arena_printf(arena,
                            "\"%.*s\" is the address of somebody called *; for any address there "
                            "write: %s in { %.*s }",
                            (int)word.len, word.at, left, (int)word.len - 1, word.at + 1);
    if (is_possible(operand, word))
        return NULL;
    if (words)
        return arena_printf(arena, "%s is %s, and never \"%.*s\"", left, join_words(arena, words),
                            (int)word.len, word.at);
    return arena_printf(arena,
                        "%s is what stands behind the last dot, and never \"%.*s\"; write "
                        "\"%.*s\"",
                        left, (int)word.len, word.at, (int)last.len, last.at);
}

/* In quotes a word is a text whatever its form; bare, @example.com and user@ stand for addresses.
 */
static bool
is_text_item(const struct item *item)
{
    return item->quoted || !(item->forms & (LIST_AT_DOMAIN | LIST_LOCAL_PART));
}

bool
words_can_be(struct arena *arena, const struct operand *operand, const struct item *item)
{
    enum value_type type = operand->type;
    struct value value;

    if (operand_is_literal(operand))
        return true;
    switch (type) {
    case TYPE_NUMBER:
    case TYPE_SIZE:
        return value_read(arena, TYPE_SIZE, item->text, LOCAL_CASE_IGNORE, &value);
    case TYPE_TIME:
    case TYPE_TLS:
        return value_read(arena, type, item->text, LOCAL_CASE_IGNORE, &value);
    case TYPE_WORD:
        return is_text_item(item) && is_possible(operand, item->text);
    case TYPE_FOLDED:
        return is_text_item(item);
    case TYPE_DOMAIN:
    case TYPE_IP:
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
        return item->forms & list_forms_for(type);
    case TYPE_ABSENT:
    case TYPE_TRUTH:
    case TYPE_TEXT:
    case TYPE_ANSWER:
    case TYPES:
        break;
    }
    return true;
}

/* Of two labels or more, and no IP address. */
static bool
word_is_domain(struct slice word)
{
    size_t dot = slice_find_last(word, '.');
    int64_t number;

    return dot < word.len && !slice_number(slice_from(word, dot + 1), &number) &&
           domain_is_valid(word, true);
}

static bool
is_made_of(struct slice word, const char *set)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] == '\0' || strchr(set, word.at[i]) == NULL)
            return false;
    return word.len > 0;
}

static const char *
advise_ip(struct arena *arena, const char *left, struct slice word, bool in_list)
{
    struct ip_block block;

    if (!in_list && ip_block_parse(word, &block) == IP_FINE)
        return arena_printf(arena, "; a block stands in a list: %s in { %.*s }", left,
                            (int)word.len, word.at);
    if (is_made_of(word, "0123456789."))
        return "; an IP address has four numbers, each from 0 to 255";
    if (word.at[0] == '[')
        return "; an IP address stands without brackets";
    if (strcmp(left, "client.ip") == 0 && word_is_domain(slice_from(word, word.at[0] == '.')))
        return "; the client's host name is client.name";
    return "";
}

/* Of sender.domain: sender; empty for another name. */
static struct slice
whole_address(const char *left)
{
    struct slice name = slice_of(left), part = SLICE(".domain");
    size_t len = name.len > part.len ? name.len - part.len : 0;

    return slice_equal(slice_from(name, len), part) ? slice_first(name, len) : SLICE("");
}

/* Of an address the domain counts alone. */
static const char *
advise_domain_of(struct arena *arena, const char *left, struct slice word)
{
    struct slice domain = slice_from(word, slice_find_last(word, '@') + 1);
    struct slice address = word.at[0] == '@' ? SLICE("") : whole_address(left);
    const char *ask = address.len > 0 ? arena_printf(arena, "ask for the address: %.*s",
                                                     (int)address.len, address.at)
                                      : "";

    if (!word_is_domain(domain))
        return address.len > 0 ? arena_printf(arena, "; %s", ask) : "";
    return arena_printf(arena, "; write the domain alone, %.*s%s%s", (int)domain.len, domain.at,
                        address.len > 0 ? ", or " : "", ask);
}

static const char *
advise_domain(struct arena *arena, const char *left, struct slice word, bool in_list)
{
    struct slice below = slice_from(word, word.at[0] == '*');
    bool one_label = slice_find(word, '.') == word.len;

    if (slice_find(word, '@') < word.len)
        return advise_domain_of(arena, left, word);
    if (below.len > 1 && below.at[0] == '.' && domain_is_valid(slice_from(below, 1), true))
        return arena_printf(arena,
                            in_list ? "; everything below a domain is written %.*s"
                                    : "; everything below a domain is in { %.*s }",
                            (int)below.len, below.at);
    if (word.len > 1 && word.at[word.len - 1] == '.')
        return "; a domain has no dot at its end";
    if (in_list && word.at[0] == '[')
        return arena_printf(arena, "; an address literal is compared: %s == \"%.*s\"", left,
                            (int)word.len, word.at);
    if (in_list && one_label && domain_is_valid(word, true))
        return arena_printf(arena, "; a domain of one label stands in quotes: \"%.*s\"",
                            (int)word.len, word.at);
    return "";
}

static const char *
advise_address(struct arena *arena, const char *left, struct slice word, bool in_list)
{
    if (word.len > 1 && word.at[0] == '.' && domain_is_valid(slice_from(word, 1), true))
        return arena_printf(arena, "; everything below a domain: %s in { %.*s }", left,
                            (int)word.len, word.at);
    if (word_is_domain(word))
        return arena_printf(arena,
                            in_list ? "; any address there is written @%.*s, or ask for "
                                      "%s.domain"
                                    : "; any address there is in { @%.*s }, or ask for "
                                      "%s.domain",
                            (int)word.len, word.at, left);
    if (!in_list && word.len > 1 && (word.at[0] == '@' || word.at[word.len - 1] == '@'))
        return arena_printf(arena, "; write: %s in { %.*s }", left, (int)word.len, word.at);
    if (slice_equal(word, SLICE("<>")))
        return arena_printf(arena, "; the null sender is %s.null", left);
    if (word.at[0] == '<')
        return "; an address stands without \"<\" and \">\"";
    if (in_list && slice_find(word, '.') == word.len && domain_is_valid(word, true))
        return arena_printf(arena, "; a local part, whatever the domain, is written %.*s@",
                            (int)word.len, word.at);
    return "";
}

/* The pattern for all that ends in this, its dots taken for dots. */
static const char *
advise_ending(struct arena *arena, struct slice word)
{
    const char *pattern = "";
    struct slice rest = word, label;

    while (slice_word(&rest, ".", &label))
        pattern = arena_printf(arena, "%s%s%.*s", pattern, label.at == word.at ? "" : "\\.",
                               (int)label.len, label.at);
    return arena_printf(
        arena, "; all names that end so match ~ /%s$/i, and in quotes it is one name", pattern);
}

const char *
words_advice(struct arena *arena, const struct operand *operand, struct slice word, bool in_list)
{
    const char *left = print_operand_text(arena, operand);

    if (word.len == 0)
        return "";
    if (operand->type == TYPE_IP)
        return advise_ip(arena, left, word, in_list);
    if (operand->type == TYPE_DOMAIN)
        return advise_domain(arena, left, word, in_list);
    if (is_address(operand->type))
        return advise_address(arena, left, word, in_list);
    if (operand->type == TYPE_TLS)
        return "; a version is written as in \"TLSv1.2\"";
    if (operand->type == TYPE_NUMBER)
        return "; a number is written in digits";
    if (operand->type == TYPE_SIZE)
        return "; a size is written in digits and KB, MB or GB: 64KB";
    if (operand->type == TYPE_TIME)
        return "; a time is written in digits and ms, s, min, h or d: 30s";
    if (in_list && operand->type == TYPE_FOLDED && word.at[0] == '@')
        return advise_ending(arena, word);
    if (in_list && (operand->type == TYPE_WORD || operand->type == TYPE_FOLDED))
        return arena_printf(arena, "; if it is a text, write it in quotes: \"%.*s\"", (int)word.len,
                            word.at);
    return "";
}
