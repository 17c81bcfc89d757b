/* Writes rules from the tables of facts and parts, so that a new one is among them by itself. */
#include "every_fact.h"

#include <stdio.h>

#include "policy/fact.h"

enum { LONGEST = 256 };

struct writer {
    struct buffer *to;
    unsigned rules;
};

static const char *
index_of(const struct fact *fact)
{
    static const char *const known[][2] = {
        {"auth-results", "dkim"}, {"macro", "i"},           {"mail.params", "AUTH"},
        {"part", "Content-Type"}, {"rcpt.params", "ORCPT"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i][0], fact->name) == 0)
            return known[i][1];
    return fact->flags & FACT_OF_AUTHORS ? "From" : "Subject";
}

/* Texts in texts have other quotes. */
static void
write_log_rule(struct writer *writer, const char *operand)
{
    buffer_printf(writer->to, "rule r%u log \"{", ++writer->rules);
    for (; *operand; operand++)
        buffer_octet(writer->to, *operand == '"' ? '\'' : *operand);
    buffer_text(writer->to, "}\"\n");
}

static bool
is_key(enum value_type type)
{
    return type >= TYPE_TEXT;
}

static bool
has_text(enum value_type type)
{
    return type >= TYPE_TEXT && type != TYPE_IP;
}

static void
write_rules(struct writer *writer, const char *operand, enum value_type type, bool many)
{
    const char *any = many ? "any " : "";

    write_log_rule(writer, operand);
    buffer_printf(writer->to, "rule r%u if %s%s", ++writer->rules, any, operand);
    if (is_key(type))
        buffer_printf(writer->to, " in owners");
    if (has_text(type))
        buffer_printf(writer->to, " or %s%s ~ /(\\d|[a-f]+@)x?\\b/i", any, operand);
    buffer_printf(writer->to, " log \"%s\"\n", has_text(type) ? "{1}" : "it holds");
}

static bool
fits(const struct fact_part *part, enum value_type type)
{
    return part->of == type || (part->of == TYPE_ADDRESS && type == TYPE_MAILBOX);
}

static void
write_all(struct writer *writer, const char *operand, enum value_type type, bool split, bool many,
          unsigned depth)
{
    size_t count;
    const struct fact_part *part = fact_parts_all(&count);

    write_rules(writer, operand, type, many);
    for (size_t i = 0; i < count && depth > 0; i++) {
        const char *list = part[i].flags & PART_TAKES_LIST ? "[some-domains]" : "";
        char whole[LONGEST];

        if (!fits(&part[i], type) || ((type == TYPE_TEXT || type == TYPE_WORD) && !split))
            continue;
        if (*list && strchr(operand, '[')) /* one pair of brackets is all there may be */
            continue;
#ifndef HAVE_ICU
        if (part[i].flags & PART_NEEDS_ICU)
            continue;
#endif
#ifndef HAVE_PSL
        if (part[i].flags & PART_NEEDS_PSL)
            continue;
#endif
        snprintf(whole, sizeof whole, "%s.%s%s", operand, part[i].name, list);
        write_all(writer, whole, part[i].type, false, many || part[i].flags & PART_MANY, depth - 1);
    }
}

void
every_fact_write(struct buffer *to, unsigned depth)
{
    struct writer writer = {.to = to};
    const struct fact *fact;

    for (size_t i = 0; (fact = fact_at(i)); i++) {
        char name[LONGEST];

        snprintf(name, sizeof name, "%s", fact->name);
        if (fact->flags & FACT_NEEDS_INDEX)
            snprintf(name, sizeof name, "%s[\"%s\"]", fact->name, index_of(fact));
        write_all(&writer, name, fact->type, fact->flags & (FACT_HAS_PARTS | FACT_HAS_RESULTS),
                  fact->flags & FACT_MANY, depth);
    }
    buffer_text(to, "default list some-domains = { example.com, .example.net, alice@example.org }\n"
                    "default table owners = \"none:\"\n");
}

/* Those that end the walk for all come last. */
void
every_action_write(struct buffer *to)
{
    buffer_text(
        to,
        "rule a-watched audit if header.size > 100 reject \"{header['Subject']}\"\n"
        "rule a-quarantine if any header[\"X-Do\"] ~ /quarantine/ quarantine \"{sender}\"\n"
        "rule a-add if any header[\"X-Do\"] ~ /add/ add-header \"X-Added\" "
        "\"{header['Subject']}\"\n"
        "rule a-replace if any header[\"X-Do\"] ~ /replace/\n"
        "    replace-header \"Subject\" \"{header['Subject'].decoded}\"\n"
        "rule a-remove if any header[\"X-Do\"] ~ /remove/\n"
        "    remove-header \"Received\" ~ /(x|y)+z/i remove-header \"X-Gone\"\n"
        "rule a-sender if any header[\"X-Do\"] ~ /sender/ set-sender \"{header['X-Sender']}\"\n"
        "rule a-recipient if any header[\"X-Do\"] ~ /recipient/\n"
        "    add-recipient \"{header['X-Recipient']}\" add-recipient \"{rcpt.local}@example.com\"\n"
        "rule a-off if rcpt.local == \"off\" remove-recipient\n"
        "rule a-8bit if any header[\"X-Do\"] ~ /8bit/ downgrade 8bit\n"
        "rule a-utf8 if any header[\"X-Do\"] ~ /utf8/ downgrade utf8\n"
        "rule a-gone if rcpt.local == \"gone\" discard \"{rcpt}\"\n"
        "rule a-no if rcpt.local == \"no\" reject 550 5.1.1 \"{rcpt}\" \"{helo}\"\n"
        "rule a-later if any header[\"X-Do\"] ~ /tempfail/ tempfail \"{header['Subject']}\"\n"
        "rule a-reject if any header[\"X-Do\"] ~ /reject/ reject \"{header.from.hidden}\"\n"
        "rule a-discard if any header[\"X-Do\"] ~ /discard/ discard \"{part.filename}\"\n"
        "rule a-body if any body ~ /reject/ reject \"{body}\"\n"
        "rule a-command if command.verb == \"TURN\" reject 502 5.5.1 \"{command}\"\n"
        "rule a-accept if any header[\"X-Do\"] ~ /accept/ accept\n");
}
