/* The ladder of keys under which a value is looked up, the same for every driver. Domains in keys
 * are A-labels first; where these aren't found, the whole ladder is asked with U-labels. */
#include <stdio.h>

#include "base/clock.h"
#include "mail/domain.h"
#include "mail/utf8.h"
#include "table_inside.h"

/* A domain above others that is longer than this is in no table. */
enum { STEPS_A_KEY = 50, LONGEST_PARENT = 1024 };

struct question {
    const struct table *table;
    struct arena *arena;
    int64_t deadline_ms;
    struct buffer *tried;
    struct table_answer answer;
};

/* Asks all places for one key; true when the ladder ends here. Patterns are for whole values, whose
 * letters are as they were written; exact.at is NULL for a part of one. */
static bool
ask_for(struct question *question, struct slice key, struct slice exact)
{
    if (!meter_take(arena_meter(question->arena), STEPS_A_KEY + key.len)) {
        question->answer = (struct table_answer){.result = TABLE_COULD_NOT_ASK,
                                                 .reason = "max-message-steps is reached"};
        return true;
    }
    if (question->tried) {
        buffer_add(question->tried, key);
        buffer_octet(question->tried, '\n');
    }
    for (const struct table_place *place = question->table->places; place; place = place->next) {
        struct slice asked = place->whole_keys_only ? exact : key;
        struct table_key both = {key, exact.at ? exact : key};
        struct table_answer answer = {.result = TABLE_NOT_A_KEY};

        if (asked.at)
            answer = table_place_ask(place, question->arena, &both, question->deadline_ms);
        if (answer.result == TABLE_NOT_A_KEY)
            continue;
        question->answer = answer;
        if (answer.result == TABLE_FOUND)
            question->answer.key = arena_copy(question->arena, asked);
        if (answer.result != TABLE_NOT_FOUND)
            return true;
    }
    return false;
}

static bool
ask_whole(struct question *question, struct slice whole)
{
    return ask_for(question, whole, whole);
}

static bool
ask_part(struct question *question, struct slice part)
{
    return ask_for(question, part, (struct slice){0});
}

static bool
ask_folded(struct question *question, struct slice text)
{
    return ask_for(question, table_fold_key(question->arena, text), text);
}

static struct slice
join_key(struct arena *arena, struct slice before, struct slice after)
{
    char *at = arena_alloc(arena, before.len + after.len + 1);

    memcpy(mempcpy(at, before.at, before.len), after.at, after.len);
    return (struct slice){at, before.len + after.len};
}

/* U-labels, folded as keys are; false when they are the same as the A-labels, or when folding makes
 * another domain of them, as it does with a sharp s (RFC 5894 section 7.2). */
static bool
unicode_form(struct arena *arena, struct slice domain, struct slice *unicode_r)
{
    *unicode_r = table_fold_key(arena, domain_unicode(arena, domain));
    return !slice_equal(*unicode_r, domain) && slice_equal(domain_key(arena, *unicode_r), domain);
}

/* A parent's key is the end of the domain's, with the dot before it. */
static bool
ask_domain(struct question *question, struct slice domain)
{
    struct slice parent = domain;

    if (ask_whole(question, domain))
        return true;
    if (domain.len > 0 && domain.at[0] == '[')
        return false;
    while (domain_parent(&parent))
        if (parent.len <= LONGEST_PARENT &&
            ask_part(question, slice_from(domain, domain.len - parent.len - 1)))
            return true;
    return false;
}

static void
ask_domain_forms(struct question *question, struct slice domain)
{
    struct slice unicode;

    if (!ask_domain(question, domain) && unicode_form(question->arena, domain, &unicode))
        ask_domain(question, unicode);
}

/* Names of the mail system, and of mailing lists with a hyphen, have no detail for Postfix. */
static bool
is_never_split(struct slice local, const char *delimiters)
{
    static const char *const whole[] = {"postmaster", "mailer-daemon", "double-bounce"};
    static const char request[] = "-request";
    size_t tail = local.len > strlen(request) ? local.len - strlen(request) : local.len;

    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (slice_equal_nocase(local, slice_of(whole[i])))
            return true;
    return strchr(delimiters, '-') &&
           (slice_starts_nocase(local, SLICE("owner-")) ||
            slice_equal_nocase(slice_from(local, tail), slice_of(request)));
}

/* The local part of a key without its detail; false when there is none. */
static bool
without_detail(struct question *question, struct slice local, struct slice *base_r)
{
    const char *delimiters = question->table->delimiters;
    struct arena *arena = question->arena;
    struct slice base, detail;

    if (delimiters == NULL || is_never_split(local, delimiters) ||
        !local_part_detail(local, delimiters, &base, &detail))
        return false;
    *base_r = table_fold_key(arena, utf8_nfc(arena, local_part_text(arena, base)));
    return true;
}

static bool
is_local(const struct table *table, struct slice domain)
{
    struct slice rest = table->local_domains, word;

    while (slice_word(&rest, " ", &word))
        if (slice_equal(word, domain))
            return true;
    return false;
}

/* An address as a key, its local part in front of "@domain": as it is written, as keys have it, and
 * without detail (empty: it has none). */
struct address_forms {
    struct slice exact, whole, base;
    struct slice at_domain;
};

/* What was joined already is the key itself. */
static struct slice
join_forms(struct arena *arena, struct slice local, const struct address_forms *forms)
{
    if (local.at + local.len == forms->at_domain.at)
        return (struct slice){local.at, local.len + forms->at_domain.len};
    return join_key(arena, local, forms->at_domain);
}

static bool
ask_address(struct question *question, const struct address_forms *forms)
{
    struct arena *arena = question->arena;
    struct slice domain = slice_from(forms->at_domain, 1);

    if (ask_for(question, join_forms(arena, forms->whole, forms),
                join_forms(arena, forms->exact, forms)))
        return true;
    if (forms->base.len > 0 && ask_part(question, join_forms(arena, forms->base, forms)))
        return true;
    if (is_local(question->table, domain) &&
        (ask_part(question, forms->whole) ||
         (forms->base.len > 0 && ask_part(question, forms->base))))
        return true;
    return ask_part(question, forms->at_domain);
}

/* Keys of tables are folded whatever local-part-case says, since postmap(1) folds them. */
static void
ask_address_forms(struct question *question, const struct value *value)
{
    struct arena *arena = question->arena;
    struct slice key = value->exact, unicode;
    size_t at = slice_find_last(key, '@');
    struct address_forms forms = {.exact = slice_first(key, at), .at_domain = slice_from(key, at)};

    if (key.len == 0)
        return;
    forms.whole = table_fold_key(arena, forms.exact);
    without_detail(question, value->address->local, &forms.base);
    if (forms.at_domain.len <= 1) {
        ask_for(question, forms.whole, forms.exact);
        return;
    }
    if (ask_address(question, &forms) ||
        !unicode_form(arena, slice_from(forms.at_domain, 1), &unicode))
        return;
    forms.at_domain = join_key(arena, SLICE("@"), unicode);
    ask_address(question, &forms);
}

/* 192.0.2.7, 192.0.2, 192.0, 192. */
static void
ask_ip4(struct question *question, const struct ip *ip)
{
    char text[IP_TEXT_SIZE];
    struct slice key = slice_of(ip_text(ip, text));

    if (ask_whole(question, key))
        return;
    for (size_t octets = 3; octets > 0; octets--) {
        key = slice_first(key, slice_find_last(key, '.'));
        if (ask_part(question, key))
            return;
    }
}

/* 2001:db8::1, then its first seven groups down to one, zeros written: 2001:db8:0:0. */
static void
ask_ip6(struct question *question, const struct ip *ip)
{
    char text[IP_TEXT_SIZE];
    size_t end[8] = {0}, len = 0;

    if (ask_whole(question, slice_of(ip_text(ip, text))))
        return;
    for (size_t i = 0; i < 7; i++) {
        unsigned group = (unsigned)ip->octet[2 * i] << 8 | ip->octet[2 * i + 1];

        len += (size_t)snprintf(text + len, sizeof text - len, i ? ":%x" : "%x", group);
        end[i] = len;
    }
    for (size_t i = 7; i > 0; i--)
        if (ask_part(question, (struct slice){text, end[i - 1]}))
            return;
}

static void
ask_ip(struct question *question, const struct ip *ip)
{
    if (ip->family == 4)
        ask_ip4(question, ip);
    else
        ask_ip6(question, ip);
}

/* A word of another lookup is a key by its form. */
static void
ask_answer(struct question *question, struct slice word)
{
    struct value value;

    if (value_read(question->arena, TYPE_IP, word, LOCAL_CASE_IGNORE, &value))
        ask_ip(question, &value.ip);
    else if (slice_find(word, '@') < word.len &&
             value_read(question->arena, TYPE_ADDRESS, word, LOCAL_CASE_IGNORE, &value))
        ask_address_forms(question, &value);
    else
        ask_folded(question, word);
}

static void
climb(struct question *question, const struct value *key)
{
    switch (key->type) {
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
        ask_address_forms(question, key);
        return;
    case TYPE_DOMAIN:
        ask_domain_forms(question, key->key);
        return;
    case TYPE_IP:
        ask_ip(question, &key->ip);
        return;
    case TYPE_FOLDED:
        ask_for(question, key->key, key->text);
        return;
    case TYPE_ANSWER:
        ask_answer(question, key->text);
        return;
    default:
        ask_folded(question, value_print(question->arena, key));
    }
}

struct table_answer
table_lookup(const struct table *table, struct arena *arena, const struct value *key,
             struct buffer *tried_r)
{
    struct question question = {
        .table = table, .arena = arena, .tried = tried_r, .answer.result = TABLE_NOT_A_KEY};

    if (key->type == TYPE_ABSENT)
        return question.answer;
    question.deadline_ms = clock_ms() + table->options.timeout_ms;
    climb(&question, key);
    return question.answer;
}
