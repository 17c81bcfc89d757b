/* What a Sendmail's .mc file says, as the first lines of a policy. */
#include "import_inside.h"

#include <stdio.h>

static void
print_words(struct slice words, const char *from)
{
    struct slice word;

    while (slice_word(&words, " \t,", &word))
        if (slice_find(word, '.') < word.len)
            printf("    %.*s,   # %s\n", (int)word.len, word.at, from);
}

static void
print_domains(struct slice text)
{
    static const char *const names[] = {"LOCAL_DOMAIN", "MASQUERADE_AS", "MASQUERADE_DOMAIN",
                                        "VIRTUSER_DOMAIN", "GENERICS_DOMAIN"};
    struct slice line;
    struct m4_call call;

    puts("list our-domains = {");
    while (slice_word(&text, "\n", &line))
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (import_m4_call(line, names[i], &call))
                print_words(call.first, names[i]);
    puts("    # add those of class w, as FEATURE(`use_cw_file') reads them: "
         "/etc/mail/local-host-names\n"
         "}");
}

/* Names of hosts and domains, and the first numbers of networks. */
static void
print_exempt(struct slice text)
{
    struct slice line, word;
    struct m4_call call;

    puts("list exempt = {   # who needs no login: relay-domains, and RELAY in the access map\n"
         "    127.0.0.0/8,\n"
         "    ::1,");
    while (slice_word(&text, "\n", &line)) {
        if (!import_m4_call(line, "RELAY_DOMAIN", &call))
            continue;
        while (slice_word(&call.first, " \t,", &word))
            printf("    # RELAY_DOMAIN names %.*s: write here which networks of yours that are\n",
                   (int)word.len, word.at);
    }
    puts("}");
}

static bool
has_call(struct slice text, const char *name, const char *first)
{
    struct slice line;
    struct m4_call call;

    while (slice_word(&text, "\n", &line))
        if (import_m4_call(line, name, &call) && slice_equal(call.first, slice_of(first)))
            return true;
    return false;
}

void
import_print_sendmail(struct arena *arena, struct slice text)
{
    puts("# From a configuration of Sendmail in m4.\n"
         "set socket \"unix:/run/postern/postern.sock\"\n"
         "set mode audit   # change to enforce when the log reads well");
    print_domains(text);
    print_exempt(text);
    puts("# table owners = \"TYPE:PLACE\"   # address -> the logins that may send as it");
    if (import_note_filters(arena, text) == 0)
        puts("# To connect this Sendmail, add to its .mc file:\n"
             "#   INPUT_MAIL_FILTER(`postern', `S=unix:/run/postern/postern.sock, F=T, "
             "T=C:5s;S:10s;R:30s;E:5m')");
    if (!has_call(text, "FEATURE", "no_default_msa") && has_call(text, "FEATURE", "msp"))
        puts("# Note: this is a configuration of the submission program: it has no filters.");
    if (has_call(text, "FEATURE", "always_add_domain"))
        puts("# Note: an author without domain becomes one of ours (always_add_domain).");
    if (has_call(text, "FEATURE", "allmasquerade") ||
        has_call(text, "FEATURE", "masquerade_envelope"))
        puts("# Note: addresses are rewritten behind the milter (masquerading).");
}
