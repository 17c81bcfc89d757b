/* The catalogue of facts is sound: rows, their parts, the stages of macros, and the list of macros.
 */
#include "policy/fact.h"

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const char *name;
    int stage; /* -1: none is known */
} macros[] = {
    {"j", STAGE_CONNECT},
    {"{client_ptr}", STAGE_CONNECT},
    {"{auth_authen}", STAGE_MAIL},
    {"{tls_version}", STAGE_MAIL},
    {"{rcpt_host}", STAGE_RCPT},
    {"{nrcpts}", STAGE_RCPT},
    {"i", STAGE_DATA},
    {"{msg_id}", STAGE_BODY},
    {"auth_authen", -1},
    {"{rcpt_}", -1},
    {"", -1},
};

static void
test_macro_stages(void)
{
    for (size_t i = 0; i < COUNT(macros); i++) {
        enum stage stage = STAGES;
        bool known = fact_macro_stage(slice_of(macros[i].name), &stage);

        tap_check(known == (macros[i].stage >= 0) && (!known || (int)stage == macros[i].stage),
                  "macro \"%s\" is %s", macros[i].name, known ? stage_name(stage) : "unknown");
    }
}

static const struct fact *
row_named(const char *name)
{
    const struct fact *fact;

    for (size_t i = 0; (fact = fact_at(i)); i++)
        if (strcmp(fact->name, name) == 0)
            return fact;
    return NULL;
}

static bool
stage_is_right(const struct fact *fact)
{
    bool recipient = fact->flags & FACT_OF_RECIPIENT;
    bool header = fact->flags & FACT_READS_HEADER, body = fact->flags & FACT_READS_BODY;
    struct slice rest = slice_of(fact->macros), name;
    enum stage stage;

    while (slice_word(&rest, " ", &name))
        if (!fact_macro_stage(name, &stage) ||
            (stage > fact->stage && !(fact->flags & FACT_ANY_STAGE)))
            return false;
    return recipient == (fact->stage == STAGE_RCPT) && body == (fact->stage == STAGE_BODY) &&
           (!header || fact->stage >= STAGE_HEADER) && (header || fact->stage != STAGE_HEADER) &&
           (body || !(fact->flags & FACT_HOLDS_BODY));
}

/* The same name twice: once with brackets, once without. */
static bool
is_alone(const struct fact *fact)
{
    const struct fact *other;

    for (size_t i = 0; (other = fact_at(i)); i++)
        if (other != fact && strcmp(other->name, fact->name) == 0 &&
            !(other->flags & FACT_NEEDS_INDEX) == !(fact->flags & FACT_NEEDS_INDEX))
            return false;
    return true;
}

static void
test_catalogue(void)
{
    const struct fact *fact;

    for (size_t i = 0; (fact = fact_at(i)); i++) {
        bool shown = fact->presence == NULL || row_named(fact->presence);
        size_t len = strlen(fact->help);

        tap_check(stage_is_right(fact), "%s: stage, flags and macros fit", fact->name);
        tap_check(shown && is_alone(fact) && len > 0 && fact->help[len - 1] != '.',
                  "%s: its name is its own, and it has its help", fact->name);
    }
}

static void
test_parts(void)
{
    size_t count;
    const struct fact_part *part = fact_parts_all(&count);

    for (size_t i = 0; i < count; i++)
        tap_check(fact_part_find(part[i].of, slice_of(part[i].name)) == &part[i] && part[i].help[0],
                  ".%s is found, and has its help", part[i].name);
    tap_check(fact_part_find(TYPE_MAILBOX, SLICE("domain")) != NULL,
              "mailboxes have the parts of addresses");
    tap_check(fact_part_find(TYPE_ADDRESS, SLICE("name")) == NULL &&
                  fact_part_find(TYPE_NUMBER, SLICE("domain")) == NULL &&
                  fact_part_find(TYPE_ADDRESS, SLICE("")) == NULL,
              "other types have no such parts");
}

static const struct {
    const char *name;
    bool indexed;
    const char *fact; /* NULL: none is found */
    const char *rest;
} finds[] = {
    {"sender", false, "sender", ""},
    {"sender.domain", false, "sender", "domain"},
    {"header.from.domain", false, "header.from", "domain"},
    {"header.reply-to", false, "header.reply-to", ""},
    {"mail.params", false, "mail.params", ""},
    {"mail.params", true, "mail.params", ""},
    {"header", true, "header", ""},
    {"header", false, NULL, ""},
    {"header.from", true, NULL, ""},
    {"header.frum", false, NULL, ""},
    {"header.frum", true, NULL, ""},
    {"macro", true, "macro", ""},
    {"sender", true, NULL, ""},
    {"senders", false, NULL, ""},
    {"Sender", false, NULL, ""},
    {"sende", false, NULL, ""},
    {"", false, NULL, ""},
};

static void
test_finding(void)
{
    for (size_t i = 0; i < COUNT(finds); i++) {
        struct slice rest = SLICE("");
        const struct fact *fact = fact_find(slice_of(finds[i].name), finds[i].indexed, &rest);
        bool same = fact && finds[i].fact && strcmp(fact->name, finds[i].fact) == 0;

        tap_check((same || (!fact && !finds[i].fact)) &&
                      slice_equal(rest, slice_of(finds[i].rest)) &&
                      (!fact || !(fact->flags & FACT_NEEDS_INDEX) == !finds[i].indexed),
                  "\"%s\"%s is %s", finds[i].name, finds[i].indexed ? "[...]" : "",
                  finds[i].fact ? finds[i].fact : "no fact");
    }
}

/* The MTA sends its macros again with each command. */
static void
test_macros(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct macros list = {0};
    struct slice value = SLICE("");

    tap_check(!macros_find(&list, SLICE("i"), &value), "no macro in an empty list");
    macros_set(arena, &list, SLICE("i"), SLICE("4F1"));
    macros_set(arena, &list, SLICE("{auth_type}"), SLICE("PLAIN"));
    macros_set(arena, &list, SLICE("i"), SLICE("4F2"));
    macros_set(arena, &list, SLICE("{auth_type}"), SLICE("PLAIN"));
    tap_check(macros_find(&list, SLICE("i"), &value) && slice_equal(value, SLICE("4F2")),
              "the newest value wins");
    tap_check(macros_find(&list, SLICE("{auth_type}"), &value) &&
                  slice_equal(value, SLICE("PLAIN")),
              "others stay");
    tap_check(list.first && list.first->next && list.first->next->next == NULL, "each stands once");
    tap_check(!macros_find(&list, SLICE("auth_type"), &value), "braces belong to the name");
    arena_free(&arena);
}

int
main(void)
{
    test_catalogue();
    test_parts();
    test_finding();
    test_macro_stages();
    test_macros();
    return tap_done();
}
