/* Whether this Postfix calls a policy, and what in main.cf, master.cf and the rights of its socket
 * keeps it from there. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/policy.h"
#include "policy/table_driver.h"
#include "import_inside.h"
#include "service/privileges.h"

struct connection {
    const struct postfix *postfix;
    const struct policy *policy;
    struct socket_name socket; /* of the policy */
    struct map *said;          /* what several services have in common is said once */
    bool is_called;            /* some service calls the policy */
    size_t wrong;
};

/* Who names a setting: main.cf, or one service in master.cf. */
struct naming {
    const struct postfix_listener *service; /* NULL: cleanup(8), for mail of this machine's own */
    const char *setting;
    const char *where; /* "smtpd_milters", "smtpd_milters of submission/inet" */
    struct slice value;
    bool in_chroot;
};

__attribute__((format(printf, 2, 3))) static void
tell_wrong(struct connection *connection, const char *format, ...)
{
    static char once;
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = arena_vprintf(connection->postfix->arena, format, arguments);
    va_end(arguments);
    if (!map_add(connection->said, slice_of(text), &once))
        return;
    puts(text);
    connection->wrong++;
}

static struct naming
name_setting(const struct connection *connection, const struct postfix_listener *service,
             const char *setting)
{
    const struct postfix *postfix = connection->postfix;
    struct naming naming = {service, setting, setting, import_value(postfix, service, setting),
                            service ? service->in_chroot : postfix->cleanup_in_chroot};

    if (service && !slice_equal(naming.value, import_value(postfix, NULL, setting)))
        naming.where = arena_printf(postfix->arena, "%s of %.*s", setting, (int)service->name.len,
                                    service->name.at);
    return naming;
}

static size_t
count_ours(const struct connection *connection, const struct naming *naming)
{
    struct slice rest = naming->value, item;
    struct socket_name place;
    size_t ours = 0;

    while (import_next_item(&rest, &item))
        ours += import_milter_read(connection->postfix, naming->in_chroot, item, &place) == NULL &&
                import_sockets_are_one(&place, &connection->socket);
    return ours;
}

static bool
is_called(const struct connection *connection)
{
    for (const struct postfix_listener *at = connection->postfix->listeners; at; at = at->next) {
        struct naming naming = name_setting(connection, at, "smtpd_milters");

        if (count_ours(connection, &naming) > 0)
            return true;
    }
    return false;
}

/* In a chroot nothing outside of the queue is found. A service beside others that call the policy
 * may be meant to call another. */
static void
tell_other_socket(struct connection *connection, const struct naming *naming)
{
    struct arena *arena = connection->postfix->arena;
    struct slice queue = import_value(connection->postfix, NULL, "queue_directory");
    struct slice socket = policy_settings(connection->policy)->value[SET_SOCKET].text;
    const char *name = import_milter_name(connection->postfix, &connection->socket);
    bool hidden =
        naming->in_chroot && connection->socket.kind == SOCKET_UNIX &&
        slice_equal(slice_of(name),
                    slice_of(arena_printf(arena, "unix:%.*s", (int)connection->socket.path.len,
                                          connection->socket.path.at)));

    if (hidden)
        tell_wrong(connection,
                   "%s: %.*s runs in a chroot, where \"%.*s\" can't be found; put the socket below "
                   "the queue: set socket \"unix:%.*s/postern/postern.sock\", and %s = "
                   "unix:postern/postern.sock",
                   naming->where, (int)(naming->service ? naming->service->name.len : 7),
                   naming->service ? naming->service->name.at : "cleanup", (int)socket.len,
                   socket.at, (int)queue.len, queue.at, naming->setting);
    else if (connection->is_called)
        printf("Note: %s names \"%.*s\", and not this policy\n", naming->where,
               (int)naming->value.len, naming->value.at);
    else
        tell_wrong(connection,
                   "%s names \"%.*s\", and this policy's socket is \"%.*s\"; write: %s = %s",
                   naming->where, (int)naming->value.len, naming->value.at, (int)socket.len,
                   socket.at, naming->setting, name);
}

static void
check_milters(struct connection *connection, const struct naming *naming)
{
    struct slice rest = naming->value, item;
    struct socket_name place;
    size_t ours = count_ours(connection, naming), wrong = 0;

    while (import_next_item(&rest, &item)) {
        struct slice text = import_milter_text(item);
        const char *reason =
            import_milter_read(connection->postfix, naming->in_chroot, item, &place);

        if (reason)
            tell_wrong(connection, "%s: \"%.*s\": %s", naming->where, (int)text.len, text.at,
                       reason);
        wrong += reason != NULL;
    }
    if (ours == 0 && wrong == 0)
        tell_other_socket(connection, naming);
    else if (ours > 1)
        tell_wrong(connection,
                   "%s names this policy %zu times, and each message is judged as often",
                   naming->where, ours);
}

static void
check_protocol(struct connection *connection, const struct postfix_listener *service)
{
    struct naming naming = name_setting(connection, service, "milter_protocol");
    int64_t version;

    if (slice_number(slice_first(naming.value, 1), &version) && version < 6)
        tell_wrong(connection,
                   "%s is %.*s, and Postfix then leaves out what was added to the protocol since; "
                   "write: milter_protocol = 6",
                   naming.where, (int)naming.value.len, naming.value.at);
}

static void
check_default_action(struct connection *connection, const struct postfix_listener *service)
{
    static const char *const known[] = {"accept", "reject", "tempfail", "quarantine"};
    struct naming naming = name_setting(connection, service, "milter_default_action");

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_equal(naming.value, slice_of(known[i])))
            return;
    tell_wrong(connection,
               "%s is \"%.*s\", which Postfix doesn't know: while the policy is away all is "
               "answered 451 4.3.5; write: milter_default_action = tempfail",
               naming.where, (int)naming.value.len, naming.value.at);
}

static bool
place_is_slow(const struct table_place *place)
{
    for (; place; place = place->next)
        if ((place->driver && place->driver->may_be_slow) || place_is_slow(place->inner))
            return true;
    return false;
}

static void
check_timeout(struct connection *connection, const struct postfix_listener *service,
              const char *setting)
{
    struct naming naming = name_setting(connection, service, setting);
    int64_t patience_ms = import_time_ms(naming.value);
    const struct table *table;

    for (size_t i = 0; (table = policy_table_at(connection->policy, i)) != NULL; i++)
        if (patience_ms >= 0 && place_is_slow(table->places) &&
            table->options.timeout_ms >= patience_ms)
            tell_wrong(connection,
                       "%s is %.*s, and a lookup in the table %.*s may take %gs: Postfix gives up "
                       "before; write: %s = 30s",
                       naming.where, (int)naming.value.len, naming.value.at, (int)table->name.len,
                       table->name.at, (double)table->options.timeout_ms / 1000, setting);
}

/* Who may connect, by the mode and the group of the socket. */
static void
check_rights(struct connection *connection)
{
    enum { GROUP_WRITES = 0020, OTHERS_WRITE = 0002, OCTAL = 8 };
    struct arena *arena = connection->postfix->arena;
    const struct settings *settings = policy_settings(connection->policy);
    const char *mode = arena_string(arena, settings->value[SET_SOCKET_MODE].text);
    struct slice named = settings->value[SET_SOCKET_GROUP].text;
    const char *group = named.len > 0 ? arena_string(arena, named) : "postfix";
    const char *user = arena_string(arena, import_value(connection->postfix, NULL, "mail_owner"));
    unsigned long bits = strtoul(mode, NULL, OCTAL);

    if (connection->socket.kind != SOCKET_UNIX || bits & OTHERS_WRITE)
        return;
    if (!(bits & GROUP_WRITES))
        tell_wrong(connection,
                   "socket-mode is %s: the user %s, as whom Postfix connects, may not; write: set "
                   "socket-mode \"0660\"",
                   mode, user);
    else if (!privileges_are_of_group(user, group))
        tell_wrong(connection,
                   "the user %s, as whom Postfix connects, isn't in the group %s of the socket "
                   "(socket-group); run: adduser %s %s",
                   user, group, user, group);
}

static void
check_service(struct connection *connection, const struct postfix_listener *service)
{
    struct naming naming = name_setting(connection, service, "smtpd_milters");

    if (service->loose_option.len > 0)
        tell_wrong(connection,
                   "master.cf: %.*s has white space within \"-o %.*s\", and doesn't start; write: "
                   "-o %.*s=VALUE",
                   (int)service->name.len, service->name.at, (int)service->loose_option.len,
                   service->loose_option.at, (int)service->loose_option.len,
                   service->loose_option.at);
    if (naming.value.len == 0)
        return;
    check_milters(connection, &naming);
    check_protocol(connection, service);
    check_default_action(connection, service);
    check_timeout(connection, service, "milter_command_timeout");
    check_timeout(connection, service, "milter_content_timeout");
}

static bool
reads_login(const struct policy *policy)
{
    const char *const *macros = policy_needs(policy)->macros[STAGE_MAIL];

    for (; macros && *macros; macros++)
        if (strcmp(*macros, "{auth_authen}") == 0)
            return true;
    return false;
}

/* No mistake where nobody is to log in. */
static void
note_logins(const struct connection *connection)
{
    const struct postfix_listener *at = connection->postfix->listeners;

    while (at && !slice_equal(import_value(connection->postfix, at, "smtpd_sasl_auth_enable"),
                              SLICE("yes")))
        at = at->next;
    if (at == NULL && reads_login(connection->policy))
        puts("Note: the policy reads who has logged in, and no service of this Postfix takes "
             "logins (smtpd_sasl_auth_enable)");
}

size_t
import_check_connection(const struct postfix *postfix, const struct policy *policy)
{
    struct connection connection = {
        .postfix = postfix, .policy = policy, .said = map_new(postfix->arena)};
    struct slice socket = policy_settings(policy)->value[SET_SOCKET].text;
    struct naming own = name_setting(&connection, NULL, "non_smtpd_milters");

    if (socket_name_read(postfix->arena, socket, &connection.socket) != NULL)
        return 0;
    connection.is_called = is_called(&connection);
    if (!import_is_connected(postfix))
        tell_wrong(&connection, "no service calls a milter; add to main.cf: smtpd_milters = %s",
                   import_milter_name(postfix, &connection.socket));
    for (const struct postfix_listener *at = postfix->listeners; at; at = at->next)
        check_service(&connection, at);
    if (own.value.len > 0)
        check_milters(&connection, &own);
    check_rights(&connection);
    note_logins(&connection);
    return connection.wrong;
}
