/* Policies beside exactly what is asked of an MTA for them. */
#include "filter/negotiate.h"
#include "tap.h"

#define QUIET "NR_CONN NR_HELO NR_MAIL"
#define LOG_MACROS "macros at connect: j v\n" MAIL_MACROS
#define MAIL_MACROS                                                                                \
    "macros at mail: j i {auth_type} {auth_authen}\n"                                              \
    "macros at rcpt: j i\n"
#define END_MACROS "macros at body: j i"

struct asked {
    const char *what;
    const char *policy;
    const char *steps;
    const char *actions;
    const char *macros;
};

/* Of an MTA that offers everything. */
static const struct asked asked[] = {
    {"no rule", "", "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST",
     LOG_MACROS END_MACROS},
    {"client, at RCPT", "rule r if client.ip == \"192.0.2.1\" reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST", LOG_MACROS END_MACROS},
    {"client, at connect",
     "set earliest-verdict connect rule r if client.ip == \"192.0.2.1\" reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN NR_HELO", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"HELO", "set earliest-verdict helo rule r if helo == \"x\" reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN NR_CONN", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"sender, at MAIL", "set earliest-verdict mail rule r if sender.null reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN NR_CONN NR_HELO", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"sender, at DATA", "rule r at data if sender.null reject",
     "NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST",
     LOG_MACROS "macros at data: j i\n" END_MACROS},
    {"recipients", "rule r if count[recipients] > 5 reject", "NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET,
     "SETSYMLIST", LOG_MACROS "macros at data: j i\n" END_MACROS},
    {"a log line at DATA", "rule r if count[recipients] > 5 log \"many\"",
     "NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET " NR_DATA", "SETSYMLIST",
     LOG_MACROS "macros at data: j i\n" END_MACROS},
    {"a header field", "rule r if any header[\"Subject\"] == \"x\" reject",
     "NODATA NOBODY NOUNKNOWN " QUIET " NR_HDR", "SETSYMLIST",
     LOG_MACROS "macros at header: j i\n" END_MACROS},
    {"a header field in a log line", "rule r log \"{header['Subject']}\"",
     "NODATA NOBODY NOUNKNOWN " QUIET " NR_HDR NR_EOH", "SETSYMLIST",
     LOG_MACROS "macros at header: j i\n" END_MACROS},
    {"the body", "rule r if any body ~ /x/ reject", "NODATA NOHDRS NOEOH NOUNKNOWN " QUIET " SKIP",
     "SETSYMLIST", LOG_MACROS END_MACROS},
    {"a property of the body", "rule r if message.nul reject",
     "NODATA NOHDRS NOEOH NOUNKNOWN " QUIET " SKIP", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"a fact of parts", "rule r if any part.type == \"text/html\" reject",
     "NODATA NOEOH NOUNKNOWN " QUIET " NR_HDR SKIP", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"a fact of parts in a list without items",
     "list none = {} rule r if not client.local and any part.type in none reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST", LOG_MACROS END_MACROS},
    {"what is not in a list without items",
     "list none = {} rule r if every part.type not in none reject",
     "NODATA NOEOH NOUNKNOWN " QUIET " NR_HDR SKIP", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"an unknown command", "rule r if command.verb == \"TURN\" reject",
     "NODATA NOHDRS NOEOH NOBODY " QUIET, "SETSYMLIST", LOG_MACROS END_MACROS},
    {"an unknown command in the log", "rule r if command.verb == \"TURN\" log \"{command}\"",
     "NODATA NOHDRS NOEOH NOBODY " QUIET " NR_UNKN", "SETSYMLIST", LOG_MACROS END_MACROS},
    {"who logged in", "rule r if auth.user == \"x\" reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST",
     "macros at connect: j v\nmacros at mail: j i {auth_type} {auth_authen} v\n"
     "macros at rcpt: j i\n" END_MACROS},
    {"the next hop", "rule r if rcpt.host == \"example.net\" reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST",
     "macros at connect: j v\nmacros at mail: j i {auth_type} {auth_authen}\n"
     "macros at rcpt: j i {rcpt_host}\n" END_MACROS},
    {"the daemon's port", "rule r if daemon.port == 25 reject",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST",
     "macros at connect: j v {daemon_port}\n" MAIL_MACROS END_MACROS},
    {"add-header", "rule r add-header \"X-A\" \"b\"", "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET,
     "ADDHDRS SETSYMLIST", LOG_MACROS END_MACROS},
    {"replace-header", "rule r replace-header \"X-A\" \"b\"",
     "NODATA NOEOH NOBODY NOUNKNOWN " QUIET " NR_HDR", "ADDHDRS CHGHDRS SETSYMLIST",
     LOG_MACROS END_MACROS},
    {"remove-header", "rule r remove-header \"X-A\"",
     "NODATA NOEOH NOBODY NOUNKNOWN " QUIET " NR_HDR", "CHGHDRS SETSYMLIST", LOG_MACROS END_MACROS},
    {"quarantine", "rule r quarantine \"x\"", "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET,
     "QUARANTINE SETSYMLIST", LOG_MACROS END_MACROS},
    {"set-sender", "rule r set-sender \"a@example.com\"",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "CHGFROM SETSYMLIST", LOG_MACROS END_MACROS},
    {"add-recipient", "rule r add-recipient \"a@example.com\"",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "ADDRCPT SETSYMLIST", LOG_MACROS END_MACROS},
    {"remove-recipient", "rule r if rcpt == \"a@example.com\" remove-recipient",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "DELRCPT SETSYMLIST", LOG_MACROS END_MACROS},
    {"discard", "rule r if rcpt == \"a@example.com\" discard",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "DELRCPT SETSYMLIST", LOG_MACROS END_MACROS},
    {"a disabled rule", "rule r if message.8bit replace-header \"X-A\" \"b\" disable r",
     "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN " QUIET, "SETSYMLIST", LOG_MACROS END_MACROS},
    {"an audit rule", "rule r audit if message.8bit replace-header \"X-A\" \"b\"",
     "NODATA NOHDRS NOEOH NOUNKNOWN " QUIET " SKIP", "SETSYMLIST", LOG_MACROS END_MACROS},
};

static struct policy *
load(struct arena *arena, const char *text)
{
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("test", slice_of(text), &diagnostics);
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    return policy;
}

static void
test_asked(const struct asked *row)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load(arena, row->policy);
    const char *expected =
        arena_printf(arena, "steps: %s\nactions: %s\n%s", row->steps, row->actions, row->macros);
    struct terms terms = {0};
    const char *seen = "no policy";

    if (policy) {
        negotiate(arena, policy_needs(policy), PROTOCOL_ALL_ACTIONS, PROTOCOL_ALL_STEPS, &terms);
        seen = negotiate_terms_text(arena, &terms);
    }
    tap_check(strcmp(seen, expected) == 0 && terms.missing == NULL, "%s", row->what);
    if (strcmp(seen, expected) != 0)
        printf("# seen:\n%s\n# expected:\n%s\n", seen, expected);
    policy_unref(&policy);
    arena_free(&arena);
}

/* What is left of it where the MTA can do less. */
static const struct offered {
    const char *what;
    const char *policy;
    unsigned long actions, steps;
    unsigned long agreed_actions, agreed_steps;
    const char *missing;
} offered[] = {
    {"an MTA of protocol version 2", "", 0x3f, 0x7f, 0,
     PROTOCOL_NOBODY | PROTOCOL_NOHDRS | PROTOCOL_NOEOH, NULL},
    {"an MTA that offers nothing", "rule r if message.nul reject", 0, 0, 0, 0, NULL},
    {"header fields can't be left out", "", PROTOCOL_ALL_ACTIONS, PROTOCOL_NR_HDR,
     PROTOCOL_SETSYMLIST, PROTOCOL_NR_HDR, NULL},
    {"DATA can't be left out", "", PROTOCOL_ALL_ACTIONS, PROTOCOL_NR_DATA | PROTOCOL_SKIP,
     PROTOCOL_SETSYMLIST, PROTOCOL_NR_DATA | PROTOCOL_SKIP, NULL},
    {"header fields can't be changed", "rule r replace-header \"X-A\" \"b\"", PROTOCOL_ADDHDRS, 0,
     PROTOCOL_ADDHDRS, 0, "it doesn't offer CHGHDRS (a Postfix does with milter_protocol = 6)"},
    {"macros can't be asked for", "rule r if tls.cipher == \"x\" reject",
     PROTOCOL_ALL_ACTIONS & ~PROTOCOL_SETSYMLIST, 0, 0, 0,
     "it doesn't offer SETSYMLIST (a Postfix does with milter_protocol = 6)"},
    {"unknown commands aren't told of", "rule r if command ~ /^EXPN/ log \"x\"",
     PROTOCOL_ALL_ACTIONS, PROTOCOL_NR_HDR, PROTOCOL_SETSYMLIST, PROTOCOL_NR_HDR,
     "it doesn't tell of commands that it doesn't know (a Postfix does with milter_protocol = 6)"},
};

static void
test_offered(const struct offered *row)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load(arena, row->policy);
    struct terms terms = {.missing = "no policy"};

    if (policy)
        negotiate(arena, policy_needs(policy), row->actions, row->steps, &terms);
    tap_check(terms.actions == row->agreed_actions, "%s: actions %#lx", row->what, terms.actions);
    tap_check(terms.steps == row->agreed_steps, "%s: steps %#lx", row->what, terms.steps);
    tap_check(row->missing ? terms.missing && strcmp(terms.missing, row->missing) == 0
                           : terms.missing == NULL,
              "%s: missing: %s", row->what, terms.missing ? terms.missing : "nothing");
    policy_unref(&policy);
    arena_free(&arena);
}

/* Sendmail refuses all mail of an MTA that is asked for more than 50 macros at a stage. */
static void
test_many_macros(void)
{
    static const char *names[61];
    struct arena *arena = arena_new(SIZE_MAX);
    struct needs needs = {.macros[STAGE_MAIL] = names};
    struct terms terms;
    size_t count = 0;

    for (size_t i = 0; i < 60; i++)
        names[i] = arena_printf(arena, "{name%zu}", i);
    negotiate(arena, &needs, PROTOCOL_ALL_ACTIONS, PROTOCOL_ALL_STEPS, &terms);
    while (terms.macros[STAGE_MAIL][count])
        count++;
    tap_check(count < 40, "%zu macros are asked for at MAIL", count);
    tap_check(terms.missing != NULL, "too many: %s", terms.missing ? terms.missing : "not said");
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        test_asked(&asked[i]);
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
        test_offered(&offered[i]);
    test_many_macros();
    return tap_done();
}
