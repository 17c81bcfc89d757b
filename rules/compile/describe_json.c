/* `check --json`: the rules, lists and tables of a policy for programs, as doc/check.schema.json
 * describes them. */
#include "language/print.h"
#include "plan.h"
#include "policy/json.h"

/* The names of one array, each once. */
struct json_names {
    FILE *to;
    struct arena *arena;
    struct map *seen;
    enum meaning of;
    const char *separator;
};

void
policy_write_place(FILE *to, struct place place)
{
    unsigned line, column;

    if (place.source == NULL)
        return;
    diagnostics_position(place, &line, &column);
    fputs(",\"file\":", to);
    json_write_string(to, slice_of(place.source->name));
    fprintf(to, ",\"line\":%u,\"column\":%u", line, column);
}

static bool
is_new_name(struct json_names *names, struct slice name)
{
    if (!map_add(names->seen, name, names))
        return false;
    fputs(names->separator, names->to);
    names->separator = ",";
    return true;
}

static void
write_operand_fact(struct json_names *names, const struct operand *operand)
{
    const char *text = print_operand_text(names->arena, operand);

    if (!is_new_name(names, slice_of(text)))
        return;
    fputs("{\"name\":", names->to);
    json_write_string(names->to, slice_of(text));
    if (!(operand->fact->flags & FACT_ANY_STAGE))
        fprintf(names->to, ",\"stage\":\"%s\"",
                stage_name(operand->fact->stage == STAGE_UNKNOWN ? STAGE_UNKNOWN : operand->stage));
    putc('}', names->to);
}

static void
write_operand_name(void *context, const struct operand *operand)
{
    struct json_names *names = context;
    bool is_table = operand->meaning == MEANS_TABLE || operand->meaning == MEANS_LOOKUP;

    if ((is_table ? MEANS_TABLE : operand->meaning) != names->of)
        return;
    if (operand->meaning == MEANS_FACT)
        write_operand_fact(names, operand);
    else if (is_new_name(names, operand->name))
        json_write_string(names->to, operand->name);
}

static void
write_reads(FILE *to, const char *member, const struct rule *rule, enum meaning of)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct json_names names = {
        .to = to, .arena = arena, .seen = map_new(arena), .of = of, .separator = ""};

    fprintf(to, ",\"%s\":[", member);
    plan_visit_rule(rule, write_operand_name, &names);
    putc(']', to);
    arena_free(&arena);
}

static void
write_active_rule(FILE *to, const struct policy *policy, const struct rule *rule)
{
    enum stage earliest = settings_earliest_verdict(&policy->settings);
    const char *separator = "";

    fputs(",\"actions\":[", to);
    for (const struct action *action = rule->actions; action; action = action->next) {
        fprintf(to, "%s\"%s\"", separator, action_name(action->kind));
        separator = ",";
    }
    fprintf(to, "],\"certain\":\"%s\",\"each-recipient\":%s,\"unknown-command\":%s",
            stage_name(rule->needs > earliest ? rule->needs : earliest),
            rule->reads_recipient ? "true" : "false", rule->reads_command ? "true" : "false");
    write_reads(to, "facts", rule, MEANS_FACT);
    write_reads(to, "lists", rule, MEANS_LIST);
    write_reads(to, "tables", rule, MEANS_TABLE);
}

static void
json_write_rule(FILE *to, const struct policy *policy, const struct statement *statement)
{
    const struct rule *rule = &statement->rule;
    bool off = plan_rule_is_off(rule);
    const char *state = rule->disabled ? "disabled" : off ? "off" : rule->audit ? "audit" : "acts";

    fputs("{\"rule\":", to);
    json_write_string(to, rule->name);
    policy_write_place(to, rule->place);
    fprintf(to, ",\"state\":\"%s\"", state);
    if (!off)
        write_active_rule(to, policy, rule);
    putc('}', to);
}

static void
write_list(FILE *to, const struct policy *policy, const struct statement *statement)
{
    size_t items = 0;

    (void)policy;
    for (const struct item *item = statement->list.items; item; item = item->next)
        items++;
    fputs("{\"list\":", to);
    json_write_string(to, statement->list.name);
    policy_write_place(to, statement->place);
    if (statement->list.from_file) {
        fputs(",\"from\":", to);
        json_write_string(to, statement->list.file);
    }
    fprintf(to, ",\"items\":%zu}", items);
}

static void
write_table(FILE *to, const struct policy *policy, const struct statement *statement)
{
    const char *separator = "";

    (void)policy;
    fputs("{\"table\":", to);
    json_write_string(to, statement->table.name);
    policy_write_place(to, statement->place);
    fputs(",\"sources\":[", to);
    for (const struct table_source *s = statement->table.sources; s; s = s->next) {
        fputs(separator, to);
        json_write_string(to, s->text);
        separator = ",";
    }
    fputs("]}", to);
}

typedef void statement_writer(FILE *to, const struct policy *policy,
                              const struct statement *statement);

/* Those that count, in file order. */
static void
write_statements(FILE *to, const struct policy *policy, const char *member,
                 enum statement_kind kind, statement_writer *write)
{
    const char *separator = "";

    fprintf(to, ",\"%s\":[", member);
    for (const struct statement *s = policy->tree.first; s; s = s->next) {
        if (s->kind != kind || s->overridden)
            continue;
        fputs(separator, to);
        write(to, policy, s);
        separator = ",";
    }
    putc(']', to);
}

void
policy_write_json(const struct policy *policy, FILE *to)
{
    write_statements(to, policy, "rules", STATEMENT_RULE, json_write_rule);
    write_statements(to, policy, "lists", STATEMENT_LIST, write_list);
    write_statements(to, policy, "tables", STATEMENT_TABLE, write_table);
}
