/* Fills the manual in: reads a page, and writes it with tables and examples in place of the lines
 * .\" @facts@, .\" @parts@, .\" @settings@, .\" @log-fields@, .\" @log-verbs@, .\" @metrics@, and
 * .\" @example FILE@ (beside the page, in examples/). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_form.h"
#include "count/metrics.h"
#include "policy/fact.h"

static const char *const stages[STAGES] = {
    [STAGE_CONNECT] = "Known at connect",
    [STAGE_HELO] = "Known at helo",
    [STAGE_MAIL] = "Known at mail",
    [STAGE_RCPT] = "Known at rcpt, for each recipient",
    [STAGE_DATA] = "Known at data",
    [STAGE_HEADER] = "Known at the end of the header",
    [STAGE_BODY] = "Known at the end of the message",
    [STAGE_UNKNOWN] = "Known at an unknown command",
};

static _Noreturn void
fail(const char *path, const char *reason)
{
    fprintf(stderr, "tables: %s: %s\n", path, reason);
    exit(EXIT_FAILURE);
}

static FILE *
open_page(const char *path)
{
    FILE *page = fopen(path, "r");

    if (page == NULL)
        fail(path, "can't be read");
    return page;
}

/* Octets that roff(7) would take for something else. */
static void
put_octet(char octet)
{
    if (octet == '\\')
        fputs("\\e", stdout);
    else
        putchar(octet);
}

static void
put_text(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        put_octet(*text);
}

/* A help of the catalogue, which is no sentence yet. */
static void
put_sentence(const char *help)
{
    put_octet((char)toupper((unsigned char)*help));
    put_text(help + 1);
    puts(".");
}

/* "an IP address" without its article. */
static const char *
bare_type_name(enum value_type type)
{
    const char *name = value_type_name(type);

    if (strncmp(name, "a ", 2) == 0)
        return name + 2;
    return strncmp(name, "an ", 3) == 0 ? name + 3 : name;
}

static void
put_fact(const struct fact *fact)
{
    printf(".It Ic %s", fact->name);
    if (fact->flags & FACT_NEEDS_INDEX)
        printf("[\\(dq%s\\(dq]", strcmp(fact->name, "macro") == 0 ? "{name}"
                                 : fact->flags & FACT_HAS_RESULTS ? "method"
                                                                  : "Name");
    printf(" Pq %s%s%s%s%s\n", bare_type_name(fact->type), fact->flags & FACT_MANY ? ", many" : "",
           fact->flags & FACT_MAY_BE_ABSENT ? ", may be absent" : "",
           fact->flags & FACT_NEVER_POSTFIX ? ", never from Postfix" : "",
           fact->flags & FACT_NEVER_SENDMAIL ? ", never from Sendmail" : "");
    put_sentence(fact->help);
    if (*fact->macros)
        printf("Macros: %s.\n", fact->macros);
}

/* Those that don't wait, and macros, of which each has its own stage, stand at the end. */
static bool
is_of(const struct fact *fact, enum stage stage)
{
    bool any = fact->flags & FACT_ANY_STAGE || strcmp(fact->name, "macro") == 0;

    return stage == STAGES ? any : !any && fact->stage == stage;
}

static void
put_facts(void)
{
    const struct fact *fact;

    for (int stage = 0; stage <= STAGES; stage++) {
        printf(".Ss %s\n.Bl -tag -width Ds\n",
               stage < STAGES ? stages[stage] : "Known at any stage");
        for (size_t i = 0; (fact = fact_at(i)); i++)
            if (is_of(fact, (enum stage)stage))
                put_fact(fact);
        puts(".El");
    }
}

static void
put_part(const struct fact_part *part)
{
    printf(".It Ic .%s%s Pq %s%s%s%s\n", part->name, part->flags & PART_TAKES_LIST ? "[LIST]" : "",
           bare_type_name(part->type), part->flags & PART_MANY ? ", many" : "",
           part->flags & PART_MAY_BE_ABSENT ? ", may be absent" : "",
           part->flags & PART_NEEDS_ICU   ? ", in builds with ICU"
           : part->flags & PART_NEEDS_PSL ? ", in builds with libpsl"
                                          : "");
    put_sentence(part->help);
}

static void
put_parts(void)
{
    static const struct {
        enum value_type of;
        const char *title;
    } groups[] = {
        {TYPE_ADDRESS, "Of addresses and mailboxes"},
        {TYPE_MAILBOX, "Of mailboxes"},
        {TYPE_DOMAIN, "Of domains"},
        {TYPE_TEXT, "Of header fields"},
        {TYPE_WORD, "Of auth-results"},
    };
    size_t count;
    const struct fact_part *part = fact_parts_all(&count);

    for (size_t group = 0; group < sizeof groups / sizeof groups[0]; group++) {
        printf(".Ss %s\n.Bl -tag -width Ds\n", groups[group].title);
        for (size_t i = 0; i < count; i++)
            if (part[i].of == groups[group].of)
                put_part(&part[i]);
        puts(".El");
    }
}

static void
put_bounds(const struct setting *row)
{
    static const enum value_type types[] = {
        [SETTING_NUMBER] = TYPE_NUMBER, [SETTING_SIZE] = TYPE_SIZE, [SETTING_TIME] = TYPE_TIME};
    struct arena *arena = arena_new(SIZE_MAX);
    struct value least, most;

    if (row->least < row->most) {
        least = value_number(types[row->type], row->least);
        most = value_number(types[row->type], row->most);
        printf("From %s to %s.\n", arena_string(arena, value_print(arena, &least)),
               arena_string(arena, value_print(arena, &most)));
    }
    arena_free(&arena);
}

/* Words separated by spaces become words separated by commas; NULL: any value will do. */
static void
put_choices(const char *choices)
{
    if (choices == NULL)
        return;
    fputs("One of\n.Cm ", stdout);
    for (; *choices; choices++) {
        if (*choices == ' ')
            fputs(" ,", stdout);
        putchar(*choices);
    }
    puts(" .");
}

static void
put_default(const char *initial)
{
    fputs("Default:\n.Li ", stdout);
    for (; *initial; initial++) {
        if (*initial == '"')
            fputs("\\(dq", stdout);
        else
            putchar(*initial);
    }
    puts(" .");
}

static void
put_settings(void)
{
    static const char *const types[] = {
        [SETTING_TEXT] = "text", [SETTING_WORD] = "word", [SETTING_NUMBER] = "number",
        [SETTING_SIZE] = "size", [SETTING_TIME] = "time", [SETTING_TRUTH] = "yes | no",
    };

    puts(".Bl -tag -width Ds");
    for (int id = 0; id < SETTINGS; id++) {
        const struct setting *row = setting_row((enum setting_id)id);

        printf(".It Ic set %s Ar %s\n%s\n", row->name, types[row->type], row->help);
        put_choices(row->choices);
        put_bounds(row);
        put_default(row->initial);
    }
    puts(".El");
}

static void
put_log_fields(void)
{
    puts(".Bl -tag -width Ds");
    for (int field = 0; field < AUDIT_FIELDS; field++) {
        const struct audit_form *form = audit_form((enum audit_field)field);

        printf(".It Li %s\n%s\n", form->name, form->help);
    }
    puts(".El");
}

static void
put_log_verbs(void)
{
    const struct audit_verb *verb;

    puts(".Bl -tag -width Ds");
    for (size_t i = 0; (verb = audit_verb(i)); i++)
        printf(".It Li %s\n%s\n", verb->name, verb->help);
    puts(".El");
}

/* Words separated by spaces, each with what stands before it, separated by commas. */
static void
put_words(const char *macro, const char *words)
{
    const char *end;

    for (; *words; words = *end ? end + 1 : end) {
        end = strchrnul(words, ' ');
        printf("%s %.*s%s\n", macro, (int)(end - words), words, *end ? " ," : " .");
    }
}

static void
put_metric(const struct metric_row *row)
{
    const char *last = row->labels ? strrchr(row->labels, ' ') : NULL;

    printf(".It Va %s Pq %s\n", row->name, metric_type_name(row->type));
    put_sentence(row->help);
    if (row->labels) {
        puts("Labels:");
        put_words(".Va", row->labels);
    }
    if (row->values) {
        printf("The\n.Va %s\nis one of\n", last ? last + 1 : row->labels);
        put_words(".Li", row->values);
    }
}

static void
put_metrics(void)
{
    puts(".Bl -tag -width Ds");
    for (int metric = 0; metric < METRICS; metric++)
        put_metric(metric_row((enum metric)metric));
    puts(".El");
}

/* Line for line, as the file has it. */
static void
put_example(const char *page, const char *name)
{
    const char *slash = strrchr(page, '/');
    char path[4096], line[4096];
    FILE *example;

    snprintf(path, sizeof path, "%.*sexamples/%s", slash ? (int)(slash - page + 1) : 0, page, name);
    example = open_page(path);
    puts(".Bd -literal");
    while (fgets(line, sizeof line, example))
        put_text(line);
    puts(".Ed");
    fclose(example);
}

static void
put_marked(const char *page, const char *mark)
{
    char name[256];

    if (strcmp(mark, "facts@\n") == 0)
        put_facts();
    else if (strcmp(mark, "parts@\n") == 0)
        put_parts();
    else if (strcmp(mark, "settings@\n") == 0)
        put_settings();
    else if (strcmp(mark, "log-fields@\n") == 0)
        put_log_fields();
    else if (strcmp(mark, "log-verbs@\n") == 0)
        put_log_verbs();
    else if (strcmp(mark, "metrics@\n") == 0)
        put_metrics();
    else if (sscanf(mark, "example %255[^@]@", name) == 1)
        put_example(page, name);
    else
        fail(page, mark);
}

int
main(int argc, char **argv)
{
    static const char mark[] = ".\\\" @";
    char line[4096];
    FILE *page;

    if (argc != 2)
        fail("usage", "tables PAGE.in");
    page = open_page(argv[1]);
    while (fgets(line, sizeof line, page)) {
        if (strncmp(line, mark, sizeof mark - 1) == 0)
            put_marked(argv[1], line + sizeof mark - 1);
        else
            fputs(line, stdout);
    }
    fclose(page);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
