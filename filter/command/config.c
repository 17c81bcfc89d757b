/* `postern config`: the settings that are in effect. */
#include <stdio.h>
#include <sysexits.h>

#include "base/suggest.h"
#include "command.h"
#include "input.h"

static int config_run(int argc, char **argv);

static const struct command_option config_options[] = {
    {'d', NULL, NULL, "the defaults, whatever a policy sets", OPTION_FREE},
    {'n', NULL, NULL, "only what the policy sets", OPTION_FREE},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_config = {
    .name = "config",
    .operands = "[SETTING...]",
    .help = "print the settings in effect, as a policy sets them",
    .options = config_options,
    .examples = {"config -n", "config socket user"},
    .run = config_run,
};

struct config {
    const char *path;
    bool defaults, only_set;
    const struct settings *settings; /* NULL: the defaults alone are asked for */
};

static void
print_setting(const struct config *config, enum setting_id id)
{
    const struct setting *row = setting_row(id);
    struct place place = config->settings ? config->settings->value[id].place : (struct place){0};
    struct slice value = slice_of(row->initial);

    if (place.source)
        value = slice_first(slice_from(place.source->text, place.offset), place.length);
    else if (config->only_set)
        return;
    printf("set %s %.*s\n", row->name, (int)value.len, value.at);
}

static int
fail_unknown_setting(const char *name)
{
    struct suggestion suggestion = suggest_for(slice_of(name));
    struct arena *arena = arena_new(SIZE_MAX);
    int status;

    for (unsigned id = 0; id < SETTINGS; id++)
        suggest_offer(&suggestion, slice_of(setting_row((enum setting_id)id)->name));
    status = command_fail(&command_config, EX_DATAERR, "there is no setting \"%s\"%s", name,
                          suggest_text(arena, &suggestion));
    arena_free(&arena);
    return status;
}

static int
print_named(const struct config *config, char **names)
{
    for (; *names; names++) {
        enum setting_id id;

        if (!setting_find(slice_of(*names), &id))
            return fail_unknown_setting(*names);
        print_setting(config, id);
    }
    return EX_OK;
}

static int
print_settings(const struct config *config, char **names)
{
    if (*names)
        return print_named(config, names);
    for (int id = 0; id < SETTINGS; id++)
        print_setting(config, (enum setting_id)id);
    return EX_OK;
}

static bool
read_config_options(struct config *config, int argc, char **argv)
{
    int option;

    while ((option = command_option(&command_config, argc, argv)) != -1) {
        if (option == 'c')
            config->path = optarg;
        else if (option == 'd')
            config->defaults = true;
        else if (option == 'n')
            config->only_set = true;
        else
            return false;
    }
    return !(config->defaults && config->only_set);
}

static int
config_run(int argc, char **argv)
{
    struct config config = {.path = command_default_policy()};
    struct policy *policy = NULL;
    int status = EX_OK;

    if (!read_config_options(&config, argc, argv))
        return EX_USAGE;
    if (!config.defaults)
        status = input_policy(config.path, &policy);
    if (policy)
        config.settings = policy_settings(policy);
    if (status == EX_OK)
        status = print_settings(&config, argv + optind);
    policy_unref(&policy);
    return status;
}
