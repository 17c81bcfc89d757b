/* Asks postconf(1), and takes its answers apart. */
#include <string.h>
#include <unistd.h>

#include "mail/domain.h"
#include "handover.h"
#include "import_inside.h"

const char *const import_domains[] = {"mydestination", "virtual_mailbox_domains",
                                      "virtual_alias_domains", "relay_domains", NULL};

static const char *
ask_postconf(struct postfix *postfix, const char *option, struct slice *said_r)
{
    static const char place[] = "/usr/sbin/postconf"; /* which isn't in everybody's PATH */
    const char *name = access(place, X_OK) == 0 ? place : "postconf";
    const char *arguments[] = {name, "-c", postfix->directory, option, NULL};
    const char *reason;

    return handover_ask(postfix->arena, arguments, said_r, &postfix->complaints, &reason) ? NULL
                                                                                          : reason;
}

static void
keep_parameter(struct postfix *postfix, struct slice line)
{
    struct slice *value = ARENA_NEW(postfix->arena, struct slice);
    size_t equals = slice_find(line, '=');

    *value = slice_trim(slice_from(line, equals + 1));
    if (equals < line.len)
        map_add(postfix->parameters, slice_trim(slice_first(line, equals)), value);
}

static bool
slice_word_is(struct slice word, const char *text)
{
    return slice_equal(word, slice_of(text));
}

/* Behind -o stands one word, or one in braces. */
static struct slice
find_loose_option(struct slice arguments)
{
    struct slice word;

    while (import_next_item(&arguments, &word))
        if (slice_word_is(word, "-o") && import_next_item(&arguments, &word) &&
            slice_find(word, '=') == word.len)
            return word;
    return SLICE("");
}

/* name type private unprivileged chroot wakeup maxproc command */
static void
keep_service(struct postfix *postfix, struct slice line, struct postfix_listener ***end)
{
    enum { CHROOT = 4, COMMAND = 7 };
    struct slice word[COMMAND + 1];

    for (size_t i = 0; i <= COMMAND; i++)
        if (!slice_word(&line, " \t", &word[i]))
            return;
    if (slice_word_is(word[COMMAND], "postscreen"))
        postfix->has_postscreen = true;
    if (slice_word_is(word[COMMAND], "cleanup"))
        postfix->cleanup_in_chroot = slice_word_is(word[CHROOT], "y");
    if (!slice_word_is(word[COMMAND], "smtpd"))
        return;
    **end = ARENA_NEW(postfix->arena, struct postfix_listener);
    (**end)->name = slice_of(arena_printf(postfix->arena, "%.*s/%.*s", (int)word[0].len, word[0].at,
                                          (int)word[1].len, word[1].at));
    (**end)->loose_option = find_loose_option(line);
    (**end)->in_chroot = slice_word_is(word[CHROOT], "y");
    *end = &(**end)->next;
}

const char *
import_read(struct arena *arena, const char *directory, struct postfix *postfix_r)
{
    struct postfix_listener **end = &postfix_r->listeners;
    struct slice main_cf, services, overrides, own, line;
    const char *reason;

    *postfix_r =
        (struct postfix){.arena = arena, .directory = directory, .parameters = map_new(arena)};
    reason = ask_postconf(postfix_r, "-x", &main_cf);
    if (reason == NULL)
        reason = ask_postconf(postfix_r, "-M", &services);
    if (reason == NULL)
        reason = ask_postconf(postfix_r, "-xP", &overrides);
    /* What it complains of then is all that it has to complain of. */
    if (reason == NULL)
        reason = ask_postconf(postfix_r, "-n", &own);
    if (reason)
        return reason;
    while (slice_word(&main_cf, "\n", &line))
        keep_parameter(postfix_r, line);
    while (slice_word(&overrides, "\n", &line))
        keep_parameter(postfix_r, line);
    while (slice_word(&services, "\n", &line))
        keep_service(postfix_r, line, &end);
    return NULL;
}

struct slice
import_value(const struct postfix *postfix, const struct postfix_listener *service,
             const char *name)
{
    const struct slice *value = NULL;

    if (service)
        value = map_find(postfix->parameters,
                         slice_of(arena_printf(postfix->arena, "%.*s/%s", (int)service->name.len,
                                               service->name.at, name)));
    if (value == NULL)
        value = map_find(postfix->parameters, slice_of(name));
    return value ? *value : SLICE("");
}

bool
import_says_yes(const struct postfix *postfix, const char *name)
{
    return slice_equal(import_value(postfix, NULL, name), SLICE("yes"));
}

static bool
is_submission(struct slice service)
{
    static const char *const names[] = {"submission/", "587/", "submissions/", "smtps/", "465/"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_starts_nocase(service, slice_of(names[i])))
            return true;
    return false;
}

struct slice
import_login_maps(const struct postfix *postfix)
{
    static const char name[] = "smtpd_sender_login_maps";
    struct slice general = import_value(postfix, NULL, name);

    for (const struct postfix_listener *at = postfix->listeners; at; at = at->next) {
        struct slice own = import_value(postfix, at, name);

        if (is_submission(at->name) && own.len > 0 && !slice_equal(own, general))
            return own;
    }
    return general;
}

bool
import_next_item(struct slice *rest, struct slice *item_r)
{
    size_t begin = 0, end, depth = 0;

    while (begin < rest->len && strchr(", \t", rest->at[begin]))
        begin++;
    for (end = begin; end < rest->len; end++) {
        char octet = rest->at[end];

        if (depth == 0 && strchr(", \t", octet))
            break;
        depth += octet == '{';
        depth -= octet == '}' && depth > 0;
    }
    *item_r = slice_first(slice_from(*rest, begin), end - begin);
    *rest = slice_from(*rest, end);
    return item_r->len > 0;
}

bool
import_is_left_out(struct slice item)
{
    return item.len > 0 && item.at[0] == '!';
}

bool
import_is_table(struct slice item)
{
    size_t colon = slice_find(item, ':');

    if (import_is_left_out(item))
        return false;
    if (item.len > 0 && item.at[0] == '/')
        return true;
    if (colon == item.len || colon == 0)
        return false;
    for (size_t i = 0; i < colon; i++)
        if (item.at[i] < 'a' || item.at[i] > 'z')
            return false;
    return colon + 1 < item.len && item.at[colon + 1] != ':';
}

bool
import_is_domain(struct slice item)
{
    if (item.len > 0 && item.at[0] == '.')
        item = slice_from(item, 1);
    return slice_find(item, '.') < item.len && domain_is_valid(item, true);
}
