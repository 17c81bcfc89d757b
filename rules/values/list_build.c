/* Builds lists: tells the form of each item, and what was meant by one that has none. */
#include "list_inside.h"

#include "mail/domain.h"
#include "mail/utf8.h"

struct builder {
    struct arena *arena;
    struct list *list;
    bool from_file;
    struct diagnostics *diagnostics;
};

static void
add_key(struct builder *builder, enum key_kind kind, struct slice key)
{
    map_add(builder->list->keys[kind], key, builder->list);
    if (key.len > builder->list->longest)
        builder->list->longest = key.len;
}

/* Items with one key, which differ in letters or normal form, are kept in a chain. */
static void
add_written(struct builder *builder, struct slice text)
{
    struct map *keys = builder->list->keys[KEY_WRITTEN];
    struct written_item *item = ARENA_NEW(builder->arena, struct written_item);
    struct slice key = utf8_fold(builder->arena, text);
    struct written_item *same = map_find(keys, key);

    item->text = text;
    if (same) {
        item->next = same->next;
        same->next = item;
        return;
    }
    map_add(keys, key, item);
    if (key.len > builder->list->longest)
        builder->list->longest = key.len;
}

static struct slice
number_key(struct arena *arena, int64_t number)
{
    return arena_copy(arena, (struct slice){(const char *)&number, sizeof number});
}

/* A number, or a size in octets; times are kept apart. */
static bool
add_number(struct builder *builder, struct slice text)
{
    struct value value;

    if (value_read(builder->arena, TYPE_SIZE, text, builder->list->local_case, &value))
        add_key(builder, KEY_NUMBER, number_key(builder->arena, value.number));
    else if (value_read(builder->arena, TYPE_TIME, text, builder->list->local_case, &value))
        add_key(builder, KEY_TIME, number_key(builder->arena, value.number));
    else
        return false;
    builder->list->forms |= LIST_NUMBER;
    return true;
}

static bool
add_block(struct builder *builder, struct slice text)
{
    struct ip_block block;

    if (ip_block_parse(text, &block) != IP_FINE)
        return false;
    blocks_add(builder->list->blocks, &block, 0);
    builder->list->forms |= LIST_IP;
    return true;
}

/* An item that is a domain has two labels or more, and its last isn't a number: 192.0.2 is a
 * mistake. In quotes one label is enough. */
static bool
is_domain(struct slice text, bool quoted)
{
    struct slice last = slice_from(text, slice_find_last(text, '.') + 1);
    int64_t number;

    if (!domain_is_valid(text, true))
        return false;
    return quoted || (last.len > 0 && !slice_number(last, &number));
}

static bool
add_domain(struct builder *builder, struct slice text, bool quoted)
{
    bool below = text.len > 0 && text.at[0] == '.';
    struct slice domain = slice_from(text, below);

    if (!is_domain(domain, quoted || below))
        return false;
    builder->list->forms |= below ? LIST_SUBDOMAINS : LIST_DOMAIN;
    add_key(builder, below ? KEY_BELOW : KEY_DOMAIN, domain_key(builder->arena, domain));
    return true;
}

/* local@domain with what is missing filled in, split where its key has the "@". */
static bool
read_list_address(struct builder *builder, const char *format, struct slice text,
                  struct address *address_r, struct slice *local_r, struct slice *domain_r)
{
    const char *whole = arena_printf(builder->arena, format, (int)text.len, text.at);
    struct slice key;
    size_t at;

    address_parse_mailbox(builder->arena, slice_of(whole), address_r);
    if (!address_is_valid(address_r))
        return false;
    key = address_key(builder->arena, address_r, builder->list->local_case);
    at = slice_find_last(key, '@');
    *local_r = slice_first(key, at);
    *domain_r = slice_from(key, at + 1);
    return true;
}

static bool
add_address(struct builder *builder, struct slice text)
{
    struct slice local, domain;
    struct address address;
    bool no_local = text.len > 1 && text.at[0] == '@';
    bool no_domain = text.len > 1 && text.at[text.len - 1] == '@';
    const char *format = no_local ? "x%.*s" : no_domain ? "%.*sexample.com" : "%.*s";

    if (text.len > INT16_MAX || slice_find(text, '\0') < text.len ||
        slice_find(text, '@') == text.len ||
        !read_list_address(builder, format, text, &address, &local, &domain))
        return false;
    if (no_local) {
        add_key(builder, KEY_AT, domain);
        builder->list->forms |= LIST_AT_DOMAIN;
    } else if (no_domain) {
        add_key(builder, KEY_LOCAL, local);
        builder->list->forms |= LIST_LOCAL_PART;
    } else {
        add_key(builder, KEY_ADDRESS,
                address_key(builder->arena, &address, builder->list->local_case));
        add_key(builder, KEY_LOGIN, address_key(builder->arena, &address, LOCAL_CASE_IGNORE));
        builder->list->forms |= LIST_ADDRESS;
    }
    return true;
}

static bool
is_made_of(struct slice text, const char *set)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\0' || strchr(set, text.at[i]) == NULL)
            return false;
    return text.len > 0;
}

/* A block with a mistake is never meant as a text. True when it was one. */
static bool
refuse_block(struct builder *builder, const struct item *item)
{
    char text[IP_TEXT_SIZE];
    struct ip_block block;

    switch (ip_block_parse(item->text, &block)) {
    case IP_HOST_BITS:
        diagnostics_error(builder->diagnostics, item->place,
                          "\"%.*s\" has bits set behind its length; the block is %s/%u",
                          (int)item->text.len, item->text.at, ip_text(&block.base, text),
                          block.bits);
        return true;
    case IP_BAD_LENGTH:
        diagnostics_error(builder->diagnostics, item->place,
                          "\"%.*s\": the length of a block is 0 to 32, or to 128 for IPv6",
                          (int)item->text.len, item->text.at);
        return true;
    case IP_FINE:
    case IP_NOT_ADDRESS:
        break;
    }
    return false;
}

/* What was likely meant by an item that has none of the forms. */
static const char *
advice(struct builder *builder, struct slice text)
{
    struct slice domain = slice_first(text, text.len - 1);

    if (is_made_of(text, "0123456789.*/") && slice_find(text, '.') < text.len)
        return "an IP address has four numbers, and a block is written 192.0.2.0/24";
    if (text.at[0] == '[')
        return "an IP address stands without brackets";
    if (text.at[0] == '<')
        return "an address stands without \"<\" and \">\"";
    if (text.at[text.len - 1] == '.' && is_domain(domain, true))
        return "a domain has no dot at its end";
    if (text.len > 2 && text.at[0] == '*' && text.at[1] == '.')
        return arena_printf(builder->arena, "everything below a domain is written %.*s",
                            (int)text.len - 1, text.at + 1);
    if (is_domain(text, true))
        return arena_printf(builder->arena,
                            "a text, and a domain of one label, stands in quotes: \"%.*s\"",
                            (int)text.len, text.at);
    return "a text stands in quotes";
}

static void
refuse_item(struct builder *builder, const struct item *item)
{
    struct slice shown = slice_first(item->text, 200);

    if (item->text.len == 0)
        return;
    diagnostics_error(builder->diagnostics, item->place,
                      "\"%.*s\" is no IP address, block, domain, address or number; %s",
                      (int)shown.len, shown.at, advice(builder, item->text));
}

static void
warn_of_star(struct builder *builder, const struct item *item)
{
    if (item->text.len < 3 || item->quoted || !slice_starts_nocase(item->text, SLICE("*@")))
        return;
    diagnostics_warning(builder->diagnostics, item->place,
                        "\"%.*s\" is the address of somebody called *; any address there is "
                        "written %.*s",
                        (int)item->text.len, item->text.at, (int)item->text.len - 1,
                        item->text.at + 1);
}

/* What stands in quotes is a text, and besides what it would be without them, as a value that is no
 * text can only mean that. */
static void
add_item(struct builder *builder, struct item *item)
{
    struct slice text = item->text;
    unsigned before = builder->list->forms;
    bool has_form;

    if (!item->quoted && refuse_block(builder, item))
        return;
    builder->list->forms = 0;
    has_form = add_number(builder, text) || add_block(builder, text) ||
               add_domain(builder, text, item->quoted) || add_address(builder, text);
    if (item->quoted || (!has_form && builder->from_file))
        builder->list->forms |= LIST_TEXT;
    else if (!has_form)
        refuse_item(builder, item);
    item->forms = builder->list->forms;
    builder->list->forms |= before;
    warn_of_star(builder, item);
    add_written(builder, text);
}

const struct list *
list_build(struct arena *arena, struct item *items, bool from_file, enum local_case local_case,
           struct diagnostics *diagnostics)
{
    struct list *list = ARENA_NEW(arena, struct list);
    struct builder builder = {
        .arena = arena, .list = list, .from_file = from_file, .diagnostics = diagnostics};

    list->items = items;
    list->local_case = local_case;
    for (size_t i = 0; i < KEY_KINDS; i++)
        list->keys[i] = map_new(arena);
    list->blocks = blocks_new(arena);
    for (struct item *item = items; item; item = item->next)
        add_item(&builder, item);
    return list;
}

const struct list *
list_without_dots(struct arena *arena, const struct list *list)
{
    struct item *first = NULL, **last = &first;

    for (const struct item *item = list->items; item; item = item->next) {
        bool has_dot = item->text.len > 1 && item->text.at[0] == '.';

        *last = ARENA_NEW(arena, struct item);
        (*last)->place = item->place;
        (*last)->text = slice_from(item->text, has_dot);
        (*last)->quoted = true;
        last = &(*last)->next;
    }
    return list_build(arena, first, true, list->local_case, NULL);
}
