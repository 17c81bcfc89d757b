/* What in main.cf and master.cf changes what a policy means, or lets mail pass it. */
#include <stdio.h>
#include <string.h>

#include "import_inside.h"

static void
print_note(const char *format, struct slice value)
{
    fputs("# Note: ", stdout);
    printf(format, (int)value.len, value.at);
    putchar('\n');
}

/* A `From: bob` of such clients becomes bob@myorigin before anybody else sees it, but behind the
 * milter. */
static void
note_bare_authors(const struct postfix *postfix)
{
    struct slice clients = import_value(postfix, NULL, "local_header_rewrite_clients");

    if (!import_says_yes(postfix, "append_at_myorigin") || clients.len == 0 ||
        slice_equal(clients, SLICE("permit_inet_interfaces")))
        return;
    print_note("an author without domain becomes one of %.*s (myorigin),",
               import_value(postfix, NULL, "myorigin"));
    printf("#   for clients of local_header_rewrite_clients (%.*s).\n", (int)clients.len,
           clients.at);
}

static void
note_next_hops(const struct postfix *postfix)
{
    static const char *const names[] = {"content_filter", "transport_maps",
                                        "sender_dependent_default_transport_maps",
                                        "sender_dependent_relayhost_maps", "relayhost"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice value = import_value(postfix, NULL, names[i]);

        if (value.len == 0)
            continue;
        printf("# Note: %s is set (%.*s): rcpt.host is where it sends mail,\n", names[i],
               (int)value.len, value.at);
        puts(strcmp(names[i], "content_filter") == 0
                 ? "#   or what the filter's route says, not the hop behind it."
                 : "#   not the recipient's domain.");
    }
}

static bool
leaves_milters_out(struct slice options)
{
    struct slice option;

    while (import_next_item(&options, &option))
        if (slice_equal(option, SLICE("no_milters")))
            return true;
    return false;
}

/* Who reaches the milter, and what happens without it. */
static void
note_listener(const struct postfix *postfix, const struct postfix_listener *listener)
{
    struct slice milters = import_value(postfix, listener, "smtpd_milters");
    struct slice action = import_value(postfix, listener, "milter_default_action");

    if (leaves_milters_out(import_value(postfix, listener, "receive_override_options")))
        print_note("%.*s leaves milters out: its mail passes unseen (receive_override_options).",
                   listener->name);
    else if (milters.len == 0)
        print_note("%.*s has no milter: its mail passes unseen (smtpd_milters is empty).",
                   listener->name);
    else if (slice_equal(action, SLICE("accept")))
        print_note("%.*s lets mail pass unseen while a milter is away (milter_default_action).",
                   listener->name);
}

/* Who signs stands behind who changes. */
static void
note_order(const struct postfix *postfix)
{
    struct slice milters = import_value(postfix, NULL, "smtpd_milters"), rest = milters, item;
    size_t count = 0;

    while (import_next_item(&rest, &item))
        count++;
    if (count > 1)
        print_note("several milters are called, each sees what those before it have changed: %.*s",
                   milters);
}

bool
import_is_connected(const struct postfix *postfix)
{
    for (const struct postfix_listener *at = postfix->listeners; at; at = at->next)
        if (import_value(postfix, at, "smtpd_milters").len > 0)
            return true;
    return false;
}

static void
print_connection(void)
{
    puts("# To connect this Postfix, add to main.cf:\n"
         "#   smtpd_milters = unix:postern/postern.sock\n"
         "#   non_smtpd_milters = $smtpd_milters\n"
         "#   milter_default_action = tempfail\n"
         "#   milter_protocol = 6");
}

void
import_print_notes(const struct postfix *postfix)
{
    if (!import_is_connected(postfix))
        print_connection();
    else
        for (const struct postfix_listener *at = postfix->listeners; at; at = at->next)
            note_listener(postfix, at);
    if (import_is_connected(postfix) && import_value(postfix, NULL, "non_smtpd_milters").len == 0)
        puts("# Note: mail that programs on this machine hand in passes unseen "
             "(non_smtpd_milters).");
    note_order(postfix);
    if (import_value(postfix, NULL, "smtpd_milter_maps").len > 0)
        print_note("for some clients other milters, or none, are called (smtpd_milter_maps: %.*s).",
                   import_value(postfix, NULL, "smtpd_milter_maps"));
    if (postfix->has_postscreen)
        puts("# Note: postscreen(8) answers before smtpd(8): what it refuses never comes here.");
    note_bare_authors(postfix);
    note_next_hops(postfix);
}
