/* Any octets as lines of a scenario, and those that are some played to the end: whatever a client
 * says, what is logged is printable. */
#include <stdlib.h>

#include "play/play.h"

#include "printable.h"

enum { CEILING = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy_text[] =
    "set log-accept yes\n"
    "table owners = \"none:\"\n"
    "rule turn if command.verb == \"TURN\" reject 502 5.5.1 \"no {command}\"\n"
    "rule owner if auth.user and every header.from as f: auth.user not in owners[f]\n"
    "    reject 550 5.7.1 \"{auth.user}\" \"{header.from}\"\n"
    "rule greeting audit if helo.error reject \"{helo} {client.name}\"\n"
    "rule reverse if sender.error and mail.error tempfail \"{sender} {mail.params}\"\n"
    "rule sink if rcpt.domain == \"example.org\" discard \"{rcpt}\"\n"
    "rule say log \"{sender} {client.name} {time} {tls.cipher} {macro['i']}\"\n"
    "rule tag add-header \"X\" \"{header['Subject']}\"\n"
    "rule subject if header[\"Subject\"] replace-header \"Subject\" \"{sender} "
    "{header['Subject']}\"\n"
    "rule received remove-header \"Received\" ~ /x/i\n"
    "rule author if header[\"Y\"] set-sender \"{header['Y']}\"\n"
    "rule others if header[\"Z\"] add-recipient \"{header['Z']}\"\n"
    "rule words if any body ~ /secret/ quarantine \"{header['Subject']}\"\n";

static struct policy *
load(void)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("fuzz", slice_of(policy_text), &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    if (policy == NULL)
        abort();
    arena_free(&arena);
    return policy;
}

/* Files of the machine don't belong here. */
static bool
reads_file(const struct step *steps)
{
    for (const struct step *step = steps; step; step = step->next)
        if (step->kind == STEP_MESSAGE && step->words > 0)
            return true;
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy *policy;
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    const struct step *steps;
    struct play_result result;

    if (policy == NULL)
        policy = load();
    diagnostics_init(&diagnostics, arena);
    steps = scenario_line(
        arena, "#\n", arena_string(arena, (struct slice){(const char *)data, size}), &diagnostics);
    if (!reads_file(steps)) {
        play_steps(arena, policy, steps, true, NULL, NULL, &result);
        for (const struct play_line *line = result.log; line; line = line->next)
            printable_or_abort(line->text);
    }
    arena_free(&arena);
    return 0;
}
