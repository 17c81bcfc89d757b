/* A policy for fuzz targets that read whole sessions. */
#include "tight_policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "../unit/every_fact.h"

enum { CEILING = 64 * 1024 * 1024 };

static const char limits_text[] = "set log-accept yes\n"
                                  "set max-header-bytes 2KB\n"
                                  "set max-recipients 5\n"
                                  "set max-body-memory 128\n"
                                  "set max-body-held 1KB\n"
                                  "set max-mime-depth 4\n"
                                  "set max-mime-parts 8\n";

struct policy *
tight_policy_load(const char *settings, unsigned depth)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct policy *policy;
    struct buffer text;

    diagnostics_init(&diagnostics, arena);
    buffer_init(&text, arena, CEILING);
    buffer_text(&text, settings);
    buffer_text(&text, limits_text);
    every_fact_write(&text, depth);
    every_action_write(&text);
    policy = policy_load_text("fuzz", buffer_slice(&text), &diagnostics);
    if (policy == NULL) {
        diagnostics_print(&diagnostics, stderr);
        abort();
    }
    arena_free(&arena);
    return policy;
}
