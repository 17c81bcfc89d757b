/* Random transactions, and what their tables answer. */
#include "walk_words.h"

static const char *
random_key(struct random *random)
{
    static const char *const others[] = {"@d0.example", "@d1.example", "r0", "r1"};
    static const struct pool keys[] = {
        POOL(ips),        POOL(helos),   POOL(addresses),    POOL(addresses),
        POOL(recipients), POOL(domains), POOL(header_words), POOL(others),
    };

    return random_from(random, PICK(random, keys));
}

static bool
has_entry(const struct model_mail *mail, const struct model_entry *entry)
{
    for (unsigned i = 0; i < mail->entries; i++)
        if (mail->entry[i].table == entry->table && strcmp(mail->entry[i].key, entry->key) == 0)
            return true;
    return false;
}

/* Several words where one is asked for are an error of the lookup; whether on-error speaks for that
 * one too, DESIGN leaves open, so t1 has single words. */
static void
random_entries(struct random *random, struct model_mail *mail)
{
    static const char *const values[] = {"w0", "w1", "w0 w1", "w1, w0", "W0 * @w1"};
    unsigned wanted = 3 + random_below(random, MAX_ENTRIES - 2);

    while (mail->entries < wanted) {
        struct model_entry entry = {.table = random_below(random, MODEL_TABLES),
                                    .key = random_key(random)};

        if (!random_chance(random, 35))
            entry.value = entry.table == 0 ? PICK(random, values) : PICK(random, words);
        if (!has_entry(mail, &entry))
            mail->entry[mail->entries++] = entry;
    }
}

static unsigned
random_items(struct random *random, const char *const *from, unsigned kinds,
             const char *to[MAX_ITEMS])
{
    unsigned count = random_below(random, 4);

    for (unsigned i = 0; i < count; i++)
        to[i] = from[random_below(random, kinds)];
    return count;
}

struct model_mail *
random_mail(struct arena *arena, struct random *random)
{
    struct model_mail *mail = ARENA_NEW(arena, struct model_mail);
    unsigned offered = 1 + random_below(random, MAX_RECIPIENTS), first = random_below(random, 6);

    mail->client_ip = random_chance(random, 90) ? PICK(random, ips) : NULL;
    mail->helo = random_chance(random, 90) ? PICK(random, helos) : NULL;
    mail->sender = PICK(random, senders);
    mail->size = random_chance(random, 70) ? PICK(random, sizes) : NULL;
    for (unsigned i = 0; i < offered; i++)
        mail->recipient[mail->recipients++] = recipients[(first + i) % 6];
    mail->headers_a = random_items(random, header_words, 3, mail->header_a);
    mail->headers_b = random_items(random, header_words, 3, mail->header_b);
    mail->froms = random_items(random, addresses, 4, mail->from);
    mail->lines = random_items(random, body_lines, 3, mail->body);
    mail->large = random_chance(random, 40);
    random_entries(random, mail);
    return mail;
}
