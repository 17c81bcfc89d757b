/* What the sandbox leaves open, and in what order it is shut. */
#include "sandbox.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "filter/dialogue.h"
#include "mail/charset.h"
#include "mail/looks.h"
#include "sandbox_inside.h"
#include "spool.h"

static void
sandbox_add(struct arena *arena, struct sandbox_place **places, const char *path, bool writes)
{
    struct sandbox_place *place = ARENA_NEW(arena, struct sandbox_place);

    *place = (struct sandbox_place){path, writes, *places};
    *places = place;
}

/* A file that is replaced is another file of that name: so its directory counts, and that of the
 * file which a link leads to. */
static void
sandbox_add_table(struct arena *arena, struct sandbox_place **places,
                  const struct policy_path *table)
{
    char target[PATH_MAX];
    bool leads = realpath(table->path, target) != NULL;

    sandbox_add(arena, places, dirname(arena_string(arena, slice_of(table->path))),
                table->writes_beside);
    if (leads)
        sandbox_add(arena, places, dirname(arena_string(arena, slice_of(target))),
                    table->writes_beside);
}

/* The C library may look again what time it is here; and libmilter's threads are looked at when
 * they begin. */
static const struct sandbox_place *
sandbox_places(struct arena *arena, const struct policy *policy, struct sandbox_calls *calls)
{
    static const char *const always[] = {"/etc/localtime", "/usr/share/zoneinfo",
                                         "/proc/self/task"};
    struct sandbox_place *places = NULL;
    size_t count;
    const struct policy_path *path = policy_paths(policy, arena, &count);

    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        sandbox_add(arena, &places, always[i], false);
    for (size_t i = 0; i < count; i++) {
        if (path[i].is_table)
            sandbox_add_table(arena, &places, &path[i]);
        calls->changes_files |= path[i].writes_beside;
    }
    if (calls->makes_files)
        sandbox_add(arena, &places, spool_directory(), true);
    return places;
}

/* Charsets are modules of the C library, and ICU has its tables in files. */
static void
sandbox_warm_up(struct arena *arena)
{
    struct slice mixed = SLICE("a\xD0\xB1.example");
    const char **scripts;

    charsets_open_all(charsets_new(arena));
    looks_mixed(arena, mixed, SCRIPT_HIGHLY_RESTRICTIVE);
    looks_scripts(arena, mixed, &scripts);
    looks_skeleton(arena, mixed);
}

static void
sandbox_tell(const char *files, int version, const char *calls)
{
    if (files)
        log_write(LOG_LEVEL_WARNING,
                  "sandbox: which files may be opened isn't limited beyond the user's rights: %s",
                  files);
    if (calls)
        log_write(LOG_LEVEL_WARNING, "sandbox: which system calls may be made isn't limited: %s",
                  calls);
    if (files == NULL && calls == NULL)
        log_write(LOG_LEVEL_INFO, "sandbox: closed by seccomp and Landlock (ABI %d)", version);
}

void
sandbox_close(struct arena *arena, const struct policy *policy, struct sandbox_report *report,
              bool tell)
{
    struct sandbox_calls calls = {.makes_files = dialogue_keeps_bodies(policy_needs(policy)),
                                  .connects = log_has_reader()};
    const struct sandbox_place *places;
    const char *files_failed, *calls_failed;
    int version;

    if (!policy_settings(policy)->value[SET_SANDBOX].number)
        return;
    sandbox_warm_up(arena);
    places = sandbox_places(arena, policy, &calls);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    files_failed = sandbox_landlock(arena, places, &version);
    calls_failed = sandbox_seccomp(arena, &calls, report);
    if (tell)
        sandbox_tell(files_failed, version, calls_failed);
}
