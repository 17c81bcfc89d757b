/* Where a policy says other than main.cf. */
#include <stdio.h>

#include "mail/ip.h"
#include "policy/policy.h"
#include "import_inside.h"

static size_t
compare_delimiter(const struct postfix *postfix, const struct policy *policy)
{
    struct slice theirs = import_value(postfix, NULL, "recipient_delimiter");
    struct slice ours = policy_settings(policy)->value[SET_RECIPIENT_DELIMITER].text;

    if (slice_equal(theirs, ours))
        return 0;
    printf("recipient-delimiter is \"%.*s\" in the policy, \"%.*s\" in main.cf\n", (int)ours.len,
           ours.at, (int)theirs.len, theirs.at);
    return 1;
}

static size_t
compare_item(const struct policy *policy, const char *list, enum value_type type, struct slice item,
             const char *parameter)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice one = item;
    struct value value;
    bool fits;

    if (type == TYPE_DOMAIN && item.at[0] == '.') /* all below it, for which one of them stands */
        one = slice_of(arena_printf(arena, "x%.*s", (int)item.len, item.at));
    fits = value_read(arena, type, one, LOCAL_CASE_IGNORE, &value) &&
           policy_list_has(policy, arena, slice_of(list), &value);

    arena_free(&arena);
    if (fits)
        return 0;
    printf("%.*s of %s isn't in the list %s\n", (int)item.len, item.at, parameter, list);
    return 1;
}

static size_t
compare_domains(const struct postfix *postfix, const struct policy *policy, const char *parameter)
{
    struct slice rest = import_value(postfix, NULL, parameter), item;
    size_t differ = 0;

    while (import_next_item(&rest, &item))
        if (import_is_domain(item))
            differ += compare_item(policy, "our-domains", TYPE_DOMAIN, item, parameter);
    return differ;
}

/* The first address of each network stands for all of it. */
static size_t
compare_networks(const struct postfix *postfix, const struct policy *policy)
{
    struct slice rest = import_value(postfix, NULL, "mynetworks"), item, network;
    size_t differ = 0;

    while (import_next_item(&rest, &item)) {
        struct ip_block block;
        char text[IP_TEXT_SIZE];

        if (!import_network(postfix->arena, item, &network) ||
            ip_block_parse(network, &block) != IP_FINE)
            continue;
        differ += compare_item(policy, "exempt", TYPE_IP, slice_of(ip_text(&block.base, text)),
                               "mynetworks");
    }
    return differ;
}

/* Postfix leaves out the ".db" of files that postmap(1) makes. */
static bool
is_place_of(const struct table *table, struct slice path)
{
    for (const struct table_place *place = table->places; place; place = place->next) {
        struct slice opened = slice_of(place->path ? place->path : "");
        struct slice rest = slice_from(opened, path.len);

        if (slice_equal(slice_first(opened, path.len), path) &&
            (rest.len == 0 || rest.at[0] == '.'))
            return true;
    }
    return false;
}

/* By the files: TYPE:/PATH. A table over others has none that could be compared. */
static size_t
compare_owners(const struct postfix *postfix, const struct policy *policy)
{
    const struct table *owners = policy_table(policy, SLICE("owners"));
    struct slice rest = import_login_maps(postfix), item;
    size_t differ = 0;

    while (import_next_item(&rest, &item)) {
        struct slice path = slice_from(item, slice_find(item, '/'));

        if (slice_find(item, '{') < item.len || path.len == 0 ||
            (owners && is_place_of(owners, path)))
            continue;
        printf("%.*s of smtpd_sender_login_maps isn't in the table owners\n", (int)item.len,
               item.at);
        differ++;
    }
    return differ;
}

size_t
import_compare(const struct postfix *postfix, const struct policy *policy)
{
    size_t differ = compare_delimiter(postfix, policy);

    if (policy_has_list(policy, SLICE("our-domains")))
        for (size_t i = 0; import_domains[i]; i++)
            differ += compare_domains(postfix, policy, import_domains[i]);
    if (policy_has_list(policy, SLICE("exempt")))
        differ += compare_networks(postfix, policy);
    if (policy_table(policy, SLICE("owners")))
        differ += compare_owners(postfix, policy);
    return differ + import_check_connection(postfix, policy);
}
