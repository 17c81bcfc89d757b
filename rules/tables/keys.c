/* The ladder of keys under which a value is looked up, the same for every driver. Domains in keys
 * are A-labels first; where these aren't found, the whole ladder is asked with U-labels. */
#include <stdio.h>

#include "mail/domain.h"
#include "tables/drivers.h"

struct question {
    const struct table *table;
    struct arena *arena;
    struct buffer *tried;
    struct table_answer answer;
};

/* Asks all places for one key; true when the ladder ends here. */
static bool
ask(struct question *question, struct slice key)
{
    if (question->tried) {
        buffer_add(question->tried, key);
        buffer_octet(question->tried, '\n');
    }
    for (const struct table_place *place = question->table->places; place; place = place->next) {
        struct table_answer answer = place->driver->find(place->state, question->arena, key);

        if (answer.result == TABLE_NOT_A_KEY)
            continue;
        question->answer = answer;
        if (answer.result == TABLE_FOUND)
            question->answer.key = arena_copy(question->arena, key);
        if (answer.result != TABLE_NOT_FOUND)
            return true;
    }
    return false;
}

static struct slice
join(struct arena *arena, struct slice before, const char *between, struct slice after)
{
    struct slice joined = {.len = before.len + strlen(between) + after.len};
    char *at = arena_alloc(arena, joined.len + 1);

    joined.at = at;
    at = mempcpy(at, before.len ? before.at : "", before.len);
    at = mempcpy(at, between, strlen(between));
    memcpy(at, after.len ? after.at : "", after.len);
    return joined;
}

/* U-labels, folded as keys are; false when they are the same as the A-labels, or when folding makes
 * another domain of them, as it does with a sharp s (RFC 5894 section 7.2). */
static bool
unicode_form(struct arena *arena, struct slice domain, struct slice *unicode_r)
{
    *unicode_r = table_fold_key(arena, domain_unicode(arena, domain));
    return !slice_equal(*unicode_r, domain) && slice_equal(domain_key(arena, *unicode_r), domain);
}

static bool
ask_domain(struct question *question, struct slice domain)
{
    struct slice parent = domain;

    if (ask(question, domain))
        return true;
    if (domain.len > 0 && domain.at[0] == '[')
        return false;
    while (domain_parent(&parent))
        if (ask(question, join(question->arena, SLICE(""), ".", parent)))
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

/* The local part of a key without its detail; false when there is none. */
static bool
without_detail(struct question *question, const struct address *address, struct slice *local_r)
{
    struct slice base, detail, key;
    struct address plain = *address;

    if (question->table->delimiters == NULL ||
        !local_part_detail(address->local, question->table->delimiters, &base, &detail))
        return false;
    plain.local = base;
    key = address_key(question->arena, &plain, LOCAL_CASE_EXACT);
    *local_r = table_fold_key(question->arena, slice_first(key, slice_find_last(key, '@')));
    return true;
}

static bool
ask_address(struct question *question, const struct address *address, struct slice local,
            struct slice domain)
{
    struct slice base;

    if (ask(question, join(question->arena, local, "@", domain)))
        return true;
    if (without_detail(question, address, &base) &&
        ask(question, join(question->arena, base, "@", domain)))
        return true;
    return ask(question, join(question->arena, SLICE(""), "@", domain));
}

/* Keys of tables are folded whatever local-part-case says, since postmap(1) folds them. */
static void
ask_address_forms(struct question *question, const struct address *address)
{
    struct slice key = address_key(question->arena, address, LOCAL_CASE_EXACT);
    size_t at = slice_find_last(key, '@');
    struct slice local = table_fold_key(question->arena, slice_first(key, at));
    struct slice domain = slice_from(key, at + 1);
    struct slice unicode;

    if (key.len == 0)
        return;
    if (domain.len == 0)
        ask(question, local);
    else if (!ask_address(question, address, local, domain) &&
             unicode_form(question->arena, domain, &unicode))
        ask_address(question, address, local, unicode);
}

/* 192.0.2.7, 192.0.2, 192.0, 192. */
static void
ask_ip4(struct question *question, const struct ip *ip)
{
    char text[IP_TEXT_SIZE];
    struct slice key = slice_of(ip_text(ip, text));

    for (size_t octets = 4; octets > 0 && !ask(question, key); octets--)
        key = slice_first(key, slice_find_last(key, '.'));
}

/* 2001:db8::1, then its first seven groups down to one, zeros written: 2001:db8:0:0. */
static void
ask_ip6(struct question *question, const struct ip *ip)
{
    char text[IP_TEXT_SIZE];
    size_t end[8] = {0}, len = 0;

    if (ask(question, slice_of(ip_text(ip, text))))
        return;
    for (size_t i = 0; i < 7; i++) {
        unsigned group = (unsigned)ip->octet[2 * i] << 8 | ip->octet[2 * i + 1];

        len += (size_t)snprintf(text + len, sizeof text - len, i ? ":%x" : "%x", group);
        end[i] = len;
    }
    for (size_t i = 7; i > 0; i--)
        if (ask(question, (struct slice){text, end[i - 1]}))
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
        ask_address_forms(question, value.address);
    else
        ask(question, table_fold_key(question->arena, word));
}

static void
climb(struct question *question, const struct value *key)
{
    switch (key->type) {
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
        ask_address_forms(question, key->address);
        return;
    case TYPE_DOMAIN:
        ask_domain_forms(question, key->key);
        return;
    case TYPE_IP:
        ask_ip(question, &key->ip);
        return;
    case TYPE_FOLDED:
        ask(question, key->key);
        return;
    case TYPE_ANSWER:
        ask_answer(question, key->text);
        return;
    default:
        ask(question, table_fold_key(question->arena, value_print(question->arena, key)));
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
    climb(&question, key);
    return question.answer;
}
