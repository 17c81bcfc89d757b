/* What `set` statements say, read by the table of settings. */
#include "base/suggest.h"
#include "plan.h"

static void
wrong_value(struct diagnostics *diagnostics, const struct set_statement *set, const char *wanted)
{
    diagnostics_error(diagnostics, set->value_place, "%.*s is %s", (int)set->name.len, set->name.at,
                      wanted);
}

static void
set_word(struct policy *policy, struct diagnostics *diagnostics, const struct set_statement *set,
         const struct setting *row, struct setting_value *value)
{
    struct slice choices = slice_of(row->choices), choice;
    struct slice word = set->value->kind == OPERAND_NAME ? set->value->name : set->value->text;
    int64_t number = 0;

    for (; slice_word(&choices, " ", &choice); number++)
        if (slice_equal(choice, word)) {
            *value = (struct setting_value){.text = choice, .number = number};
            return;
        }
    wrong_value(diagnostics, set, arena_printf(policy->arena, "one of: %s", row->choices));
}

static bool
is_of_kind(const struct operand *value, enum setting_type type)
{
    switch (type) {
    case SETTING_TEXT:
        return value->kind == OPERAND_TEXT;
    case SETTING_WORD:
        return value->kind == OPERAND_NAME || value->kind == OPERAND_TEXT;
    case SETTING_NUMBER:
        return value->kind == OPERAND_NUMBER;
    case SETTING_SIZE:
        return value->kind == OPERAND_SIZE || value->kind == OPERAND_NUMBER;
    case SETTING_TIME:
        return value->kind == OPERAND_TIME;
    case SETTING_TRUTH:
        return value->kind == OPERAND_TRUTH;
    }
    return false;
}

static bool
is_within_bounds(const struct operand *value, const struct setting *row)
{
    return row->type == SETTING_TEXT || row->type == SETTING_TRUTH ||
           (value->number >= row->least && value->number <= row->most);
}

static void
set_value(struct policy *policy, struct diagnostics *diagnostics, const struct set_statement *set,
          const struct setting *row, struct setting_value *value)
{
    static const char *const kinds[] = {
        [SETTING_TEXT] = "a text in quotes",  [SETTING_WORD] = "a word",
        [SETTING_NUMBER] = "a number",        [SETTING_SIZE] = "a size, as in 64KB",
        [SETTING_TIME] = "a time, as in 30s", [SETTING_TRUTH] = "yes or no",
    };
    const char *against;

    if (!is_of_kind(set->value, row->type)) {
        wrong_value(diagnostics, set, kinds[row->type]);
        return;
    }
    if (row->type == SETTING_WORD) {
        set_word(policy, diagnostics, set, row, value);
        return;
    }
    if (!is_within_bounds(set->value, row)) {
        wrong_value(diagnostics, set,
                    arena_printf(policy->arena, "at least %lld and at most %lld%s",
                                 (long long)row->least, (long long)row->most,
                                 row->type == SETTING_TIME   ? ", in ms"
                                 : row->type == SETTING_SIZE ? ", in octets"
                                                             : ""));
        return;
    }
    against = row->law ? row->law(policy->arena, set->value->text) : NULL;
    if (against)
        diagnostics_error(diagnostics, set->value_place, "%s: %s", row->name, against);
    *value = (struct setting_value){.text = set->value->text, .number = set->value->number};
}

static void
unknown_setting(struct policy *policy, struct diagnostics *diagnostics,
                const struct statement *statement)
{
    struct suggestion suggestion = suggest_for(statement->set.name);

    for (int id = 0; id < SETTINGS; id++)
        suggest_offer(&suggestion, slice_of(setting_row((enum setting_id)id)->name));
    diagnostics_error(diagnostics, statement->place, "unknown setting \"%.*s\"%s",
                      (int)statement->set.name.len, statement->set.name.at,
                      suggest_text(policy->arena, &suggestion));
}

/* Each is named as the other may be, so that two names of one place aren't found. */
static void
check_sockets(struct policy *policy, struct diagnostics *diagnostics)
{
    const struct setting_value *socket = &policy->settings.value[SET_SOCKET];
    const struct setting_value *status = &policy->settings.value[SET_STATUS_SOCKET];

    if (status->text.len > 0 && slice_equal(socket->text, status->text))
        diagnostics_error(diagnostics, status->place,
                          "status-socket: the MTA is answered on this socket; whoever asks for the "
                          "status needs another");
}

void
settings_load(struct policy *policy, struct diagnostics *diagnostics)
{
    const struct statement *seen[SETTINGS] = {NULL};
    enum setting_id id;

    for (const struct statement *s = policy->tree.first; s; s = s->next) {
        if (s->kind != STATEMENT_SET)
            continue;
        if (!setting_find(s->set.name, &id)) {
            unknown_setting(policy, diagnostics, s);
            continue;
        }
        if (seen[id])
            diagnostics_error(diagnostics, s->place, "%s is set already, at %s",
                              setting_row(id)->name,
                              diagnostics_place_text(policy->arena, seen[id]->place));
        seen[id] = s;
        set_value(policy, diagnostics, &s->set, setting_row(id), &policy->settings.value[id]);
        policy->settings.value[id].place = s->set.value_place;
    }
    check_sockets(policy, diagnostics);
}
