/* What a name that means nothing may have been meant to be, and what there is in its place. */
#include "resolve_inside.h"

static struct suggestion
suggest_name(struct resolver *resolver, struct slice name)
{
    struct suggestion suggestion = suggest_for(name);
    const struct fact *fact;

    for (size_t i = 0; (fact = fact_at(i)); i++)
        suggest_offer(&suggestion, slice_of(fact->name));
    declare_offer_names(resolver, &suggestion);
    for (const struct binding *b = resolver->bindings; b; b = b->outer)
        suggest_offer(&suggestion, b->binder->bound);
    return suggestion;
}

/* What people look for, and what there is instead. */
static const struct {
    const char *words;
    const char *instead;
} missing[] = {
    {"spf", "Postern doesn't check SPF; what another filter found says auth-results[\"spf\"], or "
            "header[\"Received-SPF\"]"},
    {"dkim arc", "Postern checks no signatures; what another filter found says "
                 "auth-results[\"dkim\"], and message.signed whether there is a signature"},
    {"dmarc",
     "Postern doesn't check DMARC; what another filter found says auth-results[\"dmarc\"]"},
    {"country geoip asn",
     "nothing says where a client is, but a table can: \"DE\" in countries[client.ip]"},
    {"dnsbl rbl", "Postern asks no DNS; the MTA can ask such lists, or a table of client.ip"},
    {"subject", "write header[\"Subject\"]"},
    {"recipient to", "the recipient is rcpt, and what the header says is header.to"},
    {"attachment", "names of files are part.filename, and types part.type"},
};

/* One of the words between the dots is enough: client.country, dkim.result. */
static const char *
what_there_is(struct arena *arena, struct slice name)
{
    struct slice word;

    while (slice_word(&name, ".", &word))
        for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++)
            if (slice_has_word_nocase(missing[i].words, word))
                return arena_printf(arena, "; %s", missing[i].instead);
    return NULL;
}

/* A domain or a version that was written bare. */
static bool
is_bare_text(struct slice name)
{
    struct slice last = slice_from(name, slice_find_last(name, '.') + 1);

    return slice_find(name, '.') < name.len && (last.len > 1 || ascii_is_digit(last.at[0]));
}

static const char *
in_quotes(struct arena *arena, struct slice name)
{
    return arena_printf(arena, "; if a text is meant, write it in quotes: \"%.*s\"", (int)name.len,
                        name.at);
}

/* Where the whole of a dotted name is far from any, its first word may be near. */
const char *
resolve_suggest_name(struct resolver *resolver, const struct operand *operand)
{
    struct arena *arena = resolver->policy->arena;
    struct slice name = operand->name;
    const char *instead = what_there_is(arena, name);
    struct suggestion suggestion;

    if (instead)
        return instead;
    suggestion = suggest_name(resolver, name);
    if (suggestion.best.len == 0)
        suggestion = suggest_name(resolver, slice_first(name, slice_find(name, '.')));
    if (suggestion.best.len == 0 && (operand->compared || is_bare_text(name)))
        return in_quotes(arena, name);
    return suggest_text(arena, &suggestion);
}

const char *
resolve_suggest_part(struct resolver *resolver, const struct operand *operand, struct slice name)
{
    struct suggestion suggestion = suggest_for(name);
    size_t count;
    const struct fact_part *part = fact_parts_all(&count);

    for (size_t i = 0; i < count; i++)
        if (fact_part_find(operand->type, slice_of(part[i].name)))
            suggest_offer(&suggestion, slice_of(part[i].name));
    if (suggestion.best.len == 0 && operand->compared)
        return in_quotes(resolver->policy->arena, operand->name);
    return suggest_text(resolver->policy->arena, &suggestion);
}
