/* Asks lists: which forms a value may have in them, and whether it is there. */
#include "list_inside.h"

#include "base/buffer.h"
#include "mail/domain.h"
#include "mail/utf8.h"

unsigned
list_forms(const struct list *list)
{
    return list->forms;
}

struct slice
list_first(const struct list *list)
{
    return list->items ? list->items->text : SLICE("");
}

unsigned
list_forms_for(enum value_type type)
{
    switch (type) {
    case TYPE_NUMBER:
    case TYPE_SIZE:
    case TYPE_TIME:
        return LIST_NUMBER;
    case TYPE_TEXT:
    case TYPE_TLS:
        return LIST_TEXT;
    case TYPE_WORD:
        return LIST_TEXT | LIST_DOMAIN | LIST_SUBDOMAINS;
    case TYPE_FOLDED:
        return LIST_TEXT | LIST_ADDRESS;
    case TYPE_DOMAIN:
        return LIST_DOMAIN | LIST_SUBDOMAINS;
    case TYPE_IP:
        return LIST_IP;
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
        return LIST_OF_ADDRESSES | LIST_SUBDOMAINS;
    case TYPE_ANSWER:
        return LIST_IP | LIST_DOMAIN | LIST_SUBDOMAINS | LIST_ADDRESS | LIST_AT_DOMAIN |
               LIST_LOCAL_PART | LIST_TEXT | LIST_NUMBER;
    case TYPE_ABSENT:
    case TYPE_TRUTH:
    case TYPES:
        break;
    }
    return 0;
}

static bool
find_entry(const struct list *list, enum key_kind kind, struct slice key)
{
    return map_find(list->keys[kind], key) != NULL;
}

/* Texts compare with items as written, of whatever form: the login first.last looks like a domain.
 */
static bool
has_written(const struct list *list, struct arena *arena, const struct value *value)
{
    struct slice key = utf8_fold(arena, value->text);
    const struct written_item *item = map_find(list->keys[KEY_WRITTEN], key);

    for (; item; item = item->next) {
        struct value written = value_text(item->text);

        if (value_equal(arena, value, &written))
            return true;
    }
    return false;
}

/* Is it below a domain whose item begins with a dot? */
static bool
has_below(const struct list *list, struct slice domain)
{
    while (list->forms & LIST_SUBDOMAINS && domain_parent(&domain))
        if (domain.len <= list->longest && find_entry(list, KEY_BELOW, domain))
            return true;
    return false;
}

static bool
has_domain(const struct list *list, struct slice domain)
{
    return domain.len > 0 && (find_entry(list, KEY_DOMAIN, domain) || has_below(list, domain));
}

static bool
has_address(const struct list *list, struct slice key)
{
    size_t at = slice_find_last(key, '@');
    struct slice domain = slice_from(key, at + 1);

    if (key.len == 0)
        return false;
    if (find_entry(list, KEY_ADDRESS, key) || find_entry(list, KEY_LOCAL, slice_first(key, at)))
        return true;
    return at < key.len && (find_entry(list, KEY_AT, domain) || has_below(list, domain));
}

static bool
has_ip(const struct list *list, const struct ip *ip)
{
    size_t number;

    return list->forms & LIST_IP && blocks_find(list->blocks, ip, &number);
}

static bool
has_number(const struct list *list, enum key_kind kind, int64_t number)
{
    return find_entry(list, kind, (struct slice){(const char *)&number, sizeof number});
}

/* A login that is an address is in a list of addresses whatever way it is written. */
static bool
has_login(const struct list *list, struct arena *arena, const struct value *login)
{
    struct value address;

    return list->forms & LIST_ADDRESS && slice_find(login->text, '@') < login->text.len &&
           value_read(arena, TYPE_ADDRESS, login->text, LOCAL_CASE_IGNORE, &address) &&
           find_entry(list, KEY_LOGIN, address.key);
}

/* A word of a lookup is whatever it can be read as. */
static bool
has_answer(const struct list *list, struct arena *arena, const struct value *answer)
{
    static const enum value_type as[] = {TYPE_FOLDED, TYPE_DOMAIN, TYPE_ADDRESS,
                                         TYPE_IP,     TYPE_SIZE,   TYPE_TIME};
    struct value value;

    for (size_t i = 0; i < sizeof as / sizeof as[0]; i++)
        if (value_read(arena, as[i], answer->text, list->local_case, &value) &&
            list_contains(list, arena, &value))
            return true;
    return false;
}

bool
list_contains(const struct list *list, struct arena *arena, const struct value *value)
{
    switch (value->type) {
    case TYPE_NUMBER:
    case TYPE_SIZE:
        return has_number(list, KEY_NUMBER, value->number);
    case TYPE_TIME:
        return has_number(list, KEY_TIME, value->number);
    case TYPE_TEXT:
    case TYPE_TLS:
        return has_written(list, arena, value);
    case TYPE_WORD:
        return has_written(list, arena, value) || has_domain(list, domain_key(arena, value->text));
    case TYPE_FOLDED:
        return has_written(list, arena, value) || has_login(list, arena, value);
    case TYPE_DOMAIN:
        return has_domain(list, value->key);
    case TYPE_IP:
        return has_ip(list, &value->ip);
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
        return has_address(list, value->key);
    case TYPE_ANSWER:
        return has_answer(list, arena, value);
    case TYPE_ABSENT:
    case TYPE_TRUTH:
    case TYPES:
        break;
    }
    return false;
}

struct slice
list_print(struct arena *arena, const struct list *list)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX / 4);
    for (const struct item *item = list->items; item; item = item->next) {
        if (item != list->items)
            buffer_text(text, ", ");
        buffer_add(text, item->text);
    }
    return buffer_slice(text);
}
