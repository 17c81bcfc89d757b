/* Options of `postern test --through`, and what is asked of the MTA before any test. */
#include "test_through.h"

#include <signal.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/file.h"
#include "input.h"
#include "mail/domain.h"
#include "next_hop/table.h"

enum { LONGEST_PASSWORD = 4096, MOST_ASKED = 20 };

static bool
test_complain(const struct test_through *through, const char *what, const char *wrong)
{
    command_fail(through->command, EX_USAGE, "\"%s\" %s", what, wrong);
    return false;
}

static bool
read_target(struct arena *arena, struct test_through *through, const char *text)
{
    struct next_hop hop;

    if (!next_hop_parse(arena, text, &hop))
        return test_complain(through, text, "is no MTA: HOST:PORT belongs there");
    through->target = text;
    through->through.options.host = hop.host;
    through->through.options.port = hop.port;
    return true;
}

static bool
read_helo(struct test_through *through, const char *text)
{
    struct ip ip;

    if (!domain_is_valid(slice_of(text), false) && !domain_literal_parse(slice_of(text), &ip))
        return test_complain(through, text,
                             "is no name for EHLO: a domain or [address] belongs there");
    through->through.options.hello = text;
    return true;
}

/* DOMAIN or USER+@DOMAIN */
static bool
read_nonce_to(struct test_through *through, const char *text)
{
    struct slice rest = slice_of(text);
    size_t at = slice_find_last(rest, '@');
    struct slice user = at < rest.len ? slice_first(rest, at) : SLICE("");
    struct slice domain = at < rest.len ? slice_from(rest, at + 1) : rest;

    if (user.len > 0 && user.at[user.len - 1] == '+')
        user.len--;
    else if (user.len > 0)
        return test_complain(through, text,
                             "has no \"+\" before the \"@\", behind which the nonce stands");
    for (size_t i = 0; i < user.len; i++)
        if (!ascii_is_alnum(user.at[i]) && strchr("._-", user.at[i]) == NULL)
            return test_complain(through, text, "is none: DOMAIN or USER+@DOMAIN belongs there");
    if (!domain_is_valid(domain, false))
        return test_complain(through, text, "is none: DOMAIN or USER+@DOMAIN belongs there");
    through->through.options.nonce_user = user;
    through->through.options.nonce_domain = domain;
    return true;
}

bool
test_through_option(struct arena *arena, struct test_through *through, int option,
                    const char *value)
{
    through->has_others |= option != TEST_THROUGH;
    switch (option) {
    case TEST_THROUGH:
        return read_target(arena, through, value);
    case TEST_HELO:
        return read_helo(through, value);
    case TEST_NONCE_TO:
        return read_nonce_to(through, value);
    case TEST_AUTH_USER:
        through->through.options.user = value;
        return true;
    case TEST_AUTH_PASSWORD_FILE:
        through->password_file = value;
        return true;
    case TEST_TLS:
        through->through.options.tls = THROUGH_TLS_ALWAYS;
        return true;
    case TEST_TLS_ON_CONNECT:
        through->through.options.tls = THROUGH_TLS_AT_ONCE;
        return true;
    default:
        through->through.options.tls = THROUGH_TLS_NEVER;
        return true;
    }
}

/* Its first line. */
static int
read_password(struct arena *arena, struct test_through *through)
{
    const char *path = through->password_file;
    struct slice text;
    const char *reason = file_read(arena, input_path(path), FILE_ANY, LONGEST_PASSWORD, &text);

    if (reason)
        return command_fail(through->command, EX_NOINPUT, "%s: %s", path, reason);
    text = slice_first(text, slice_find(text, '\n'));
    if (text.len > 0 && text.at[text.len - 1] == '\r')
        text.len--;
    through->through.options.password = text;
    return EX_OK;
}

int
test_through_check_options(const struct test_through *through)
{
    if (through->target == NULL && through->has_others)
        return command_fail(through->command, EX_USAGE,
                            "options that are about an MTA need --through HOST:PORT");
    if (through->target &&
        (through->through.options.user == NULL) != (through->password_file == NULL))
        return command_fail(through->command, EX_USAGE,
                            "--auth-user and --auth-password-file belong together");
    return EX_OK;
}

int
test_through_prepare(struct arena *arena, struct test_through *through, struct policy *policy)
{
    struct slice socket = policy_settings(policy)->value[SET_STATUS_SOCKET].text;
    const char *reason;
    int status = EX_OK;

    if (through->target == NULL)
        return EX_OK;
    if (socket.len == 0)
        return command_fail(through->command, EX_UNAVAILABLE,
                            "the policy sets no status-socket, which gives out nonces");
    if (through->password_file)
        status = read_password(arena, through);
    if (status != EX_OK)
        return status;
    signal(SIGPIPE, SIG_IGN);
    through->through.options.status_socket = arena_string(arena, socket);
    through->through.policy = policy;
    reason = through_ask(arena, &through->through);
    return reason ? command_fail(through->command, EX_UNAVAILABLE, "%s", reason) : EX_OK;
}

static void
print_check(bool ok, unsigned number, const char *name, bool quiet)
{
    if (!ok || !quiet)
        printf("%sok %u - %s\n", ok ? "" : "not ", number, name);
}

/* The first test that tells; others may be for recipients whom the MTA knows not. Where none does,
 * the reason is the first one's. */
static enum through_path
find_path(struct arena *arena, struct through *through, const struct test *tests,
          const char **reason_r)
{
    enum through_path path = THROUGH_UNKNOWN;
    const char *told = NULL;

    for (unsigned asked = 0; tests && path == THROUGH_UNKNOWN && asked < MOST_ASKED; asked++) {
        const char *reason;

        path = through_prove(arena, through, tests, &reason);
        if (told == NULL || path == THROUGH_NOT_IN_PATH)
            told = reason;
        tests = tests->next;
    }
    *reason_r = told ? told : "there is no test to ask with";
    return path;
}

static void
print_bail_out(enum through_path path, const char *reason)
{
    printf("# %s\n", reason);
    if (path == THROUGH_UNKNOWN)
        puts("# --nonce-to names another address for the nonce.");
    printf("Bail out! %s\n", path == THROUGH_NOT_IN_PATH
                                 ? "Postern isn't in the path: nothing was sent"
                                 : "whether Postern is in the path can't be told");
}

static void
print_open(const char *what)
{
    printf("# %s\n", what);
    puts(
        "# Postfix wants \"milter_default_action = tempfail\", Sendmail F=T in INPUT_MAIL_FILTER.\n"
        "# No message is sent, since one could get out.");
}

bool
test_through_check(struct arena *arena, struct through *through, const struct test *tests,
                   bool quiet, unsigned *failed_r)
{
    const char *reason;
    enum through_path path = find_path(arena, through, tests, &reason);
    bool in_path = path == THROUGH_IN_PATH;
    const char *name =
        arena_printf(arena, "%s:%s asks Postern", through->options.host, through->options.port);

    *failed_r = !in_path || through->open;
    print_check(in_path, 1, name, quiet);
    if (!in_path) {
        print_bail_out(path, reason);
        return false;
    }
    print_check(through->open == NULL, 2, "it takes no mail that Postern doesn't answer for",
                quiet);
    if (through->open)
        print_open(through->open);
    return true;
}
