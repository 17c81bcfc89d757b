/* What main.cf says, as the first lines of a policy. */
#include <stdio.h>

#include "mail/ip.h"
#include "policy/table_driver.h"
#include "import_inside.h"

bool
import_network(struct arena *arena, struct slice item, struct slice *network_r)
{
    size_t closed = slice_find(item, ']');
    struct ip_block block;

    if (item.len > 0 && item.at[0] == '[' && closed < item.len)
        item = slice_of(arena_printf(arena, "%.*s%.*s", (int)closed - 1, item.at + 1,
                                     (int)(item.len - closed - 1), item.at + closed + 1));
    *network_r = item;
    return ip_block_parse(item, &block) == IP_FINE;
}

static void
print_socket(const struct postfix *postfix)
{
    struct slice queue = import_value(postfix, NULL, "queue_directory");

    printf("set socket \"unix:%.*s/postern/postern.sock\"   # below the queue, where a chrooted\n"
           "                                                # Postfix reaches it\n",
           (int)queue.len, queue.at);
    puts("set mode audit   # change to enforce when the log reads well");
}

static void
print_delimiter(const struct postfix *postfix)
{
    struct slice delimiter = import_value(postfix, NULL, "recipient_delimiter");

    printf("set recipient-delimiter \"%.*s\"   # recipient_delimiter\n", (int)delimiter.len,
           delimiter.at);
}

/* For addresses there Postfix asks login maps for the local part alone, too. */
static void
print_local_domains(const struct postfix *postfix)
{
    struct slice rest = import_value(postfix, NULL, "mydestination"), item;
    const char *between = "";

    fputs("set local-domains \"", stdout);
    while (import_next_item(&rest, &item))
        if (import_is_domain(item) && item.at[0] != '.') {
            printf("%s%.*s", between, (int)item.len, item.at);
            between = " ";
        }
    puts("\"   # mydestination");
}

/* What several parameters name is printed once. */
static void
print_list_item(struct map *seen, struct slice item, const char *parameter)
{
    static char once;

    if (map_add(seen, item, &once))
        printf("    %.*s,   # %s\n", (int)item.len, item.at, parameter);
}

/* A name there stands for all names below it, too. */
static bool
matches_below(const struct postfix *postfix, const char *parameter)
{
    struct slice rest = import_value(postfix, NULL, "parent_domain_matches_subdomains"), item;

    while (import_next_item(&rest, &item))
        if (slice_equal(item, slice_of(parameter)))
            return true;
    return false;
}

static void
print_domains_of(const struct postfix *postfix, struct map *seen, const char *name)
{
    struct slice rest = import_value(postfix, NULL, name), item;
    bool below = matches_below(postfix, name);

    while (import_next_item(&rest, &item))
        if (import_is_domain(item)) {
            print_list_item(seen, item, name);
            if (below && item.at[0] != '.')
                printf("    # .%.*s,   # %s: these too, by parent_domain_matches_subdomains\n",
                       (int)item.len, item.at, name);
        } else if (import_is_left_out(item))
            printf("    # %s leaves out %.*s\n", name, (int)item.len - 1, item.at + 1);
        else if (import_is_table(item))
            printf("    # %s also names %.*s: add the domains that are its keys\n", name,
                   (int)item.len, item.at);
}

static void
print_our_domains(const struct postfix *postfix)
{
    struct map *seen = map_new_nocase(postfix->arena);

    puts("list our-domains = {");
    for (size_t i = 0; import_domains[i]; i++)
        print_domains_of(postfix, seen, import_domains[i]);
    puts("}");
}

static void
print_exempt(const struct postfix *postfix)
{
    struct slice rest = import_value(postfix, NULL, "mynetworks"), item, network;
    struct map *seen = map_new(postfix->arena);

    puts("list exempt = {   # who needs no login");
    while (import_next_item(&rest, &item))
        if (import_network(postfix->arena, item, &network))
            print_list_item(seen, network, "mynetworks");
        else
            printf("    # %.*s can't stand here: write the networks that it means\n", (int)item.len,
                   item.at);
    puts("}");
}

/* Whether this build can ask it; a name of a table without type has Postfix's default type. */
static bool
is_askable(struct slice place)
{
    if (slice_starts_nocase(place, SLICE("proxy:")))
        place = slice_from(place, SLICE("proxy:").len);
    return table_driver_find(slice_first(place, slice_find(place, ':'))) != NULL;
}

static void
print_place(struct slice place)
{
    putchar('"');
    for (size_t i = 0; i < place.len; i++) {
        if (place.at[i] == '"' || place.at[i] == '\\')
            putchar('\\');
        putchar(place.at[i]);
    }
    putchar('"');
}

static size_t
count_askable(struct slice maps)
{
    struct slice item;
    size_t count = 0;

    while (import_next_item(&maps, &item))
        count += is_askable(item);
    return count;
}

static void
print_owners(const struct postfix *postfix)
{
    struct slice maps = import_login_maps(postfix);
    struct slice rest = maps, item;
    const char *between = "table owners = ";

    if (count_askable(maps) == 0)
        puts("# table owners = \"TYPE:PLACE\"   # address -> the logins that may send as it");
    while (import_next_item(&rest, &item))
        if (is_askable(item)) {
            fputs(between, stdout);
            print_place(item);
            between = ", ";
        }
    if (count_askable(maps) > 0)
        puts("   # smtpd_sender_login_maps");
    rest = maps;
    while (import_next_item(&rest, &item))
        if (!is_askable(item))
            printf("# smtpd_sender_login_maps also names %.*s, a type that isn't built in here\n",
                   (int)item.len, item.at);
}

void
import_print_policy(const struct postfix *postfix)
{
    printf("# From main.cf and master.cf in %s.\n", postfix->directory);
    print_socket(postfix);
    print_delimiter(postfix);
    print_local_domains(postfix);
    print_our_domains(postfix);
    print_exempt(postfix);
    print_owners(postfix);
    if (!import_says_yes(postfix, "smtputf8_enable"))
        puts("# smtputf8_enable is no: Postfix takes no SMTPUTF8, and rules on it have nothing to "
             "do");
}
