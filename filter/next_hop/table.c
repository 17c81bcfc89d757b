/* Lines of the table of next hops, in the format of postmap(1). */
#include "table.h"

#include "mail/domain.h"
#include "mail/next_hop.h"

static const char white[] = " \t\v\f\r";

static bool
begins_white(struct slice line)
{
    return line.len > 0 && slice_find(slice_of(white), line.at[0]) < sizeof white - 1;
}

/* Resolvers know names that mail doesn't, as those with "_". */
static bool
may_be_name(struct slice host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!ascii_is_alnum(host.at[i]) && strchr("-_.", host.at[i]) == NULL &&
            (unsigned char)host.at[i] < 128)
            return false;
    return host.len > 0 && host.at[0] != '.' && host.at[0] != '-';
}

bool
next_hop_parse(struct arena *arena, const char *text, struct next_hop *hop_r)
{
    struct slice host, port;
    int64_t number;
    struct ip ip;

    *hop_r = (struct next_hop){0};
    if (!next_hop_read(slice_of(text), &host, &port))
        return false;
    if (port.len == 0)
        port = SLICE("25");
    if (!slice_number(port, &number) || number < 1 || number > 65535)
        return false;
    if (!ip_parse(host, &ip) && !may_be_name(host))
        return false;
    hop_r->key = domain_key(arena, host);
    hop_r->host = arena_string(arena, hop_r->key);
    hop_r->port = arena_string(arena, port);
    return true;
}

static void
append_word(struct buffer *to, struct slice word)
{
    buffer_octet(to, ' ');
    buffer_add(to, word);
}

static void
print_offers(struct buffer *to, const struct next_hop *hop)
{
    buffer_add(to, hop->key);
    buffer_octet(to, ' ');
    if (!hop->offers.eightbitmime)
        append_word(to, SLICE("no-8bitmime"));
    if (!hop->offers.smtputf8)
        append_word(to, SLICE("no-smtputf8"));
    if (hop->offers.eightbitmime && hop->offers.smtputf8)
        append_word(to, SLICE("full"));
}

void
next_hop_print(struct buffer *to, const struct next_hop *hop)
{
    if (hop->asked) {
        print_offers(to, hop);
        buffer_octet(to, '\n');
        return;
    }
    buffer_text(to, "# ");
    buffer_add(to, hop->key);
    buffer_printf(to, ": %s\n", hop->reason);
}

static bool
is_ours(struct slice word)
{
    return slice_has_word_nocase("no-8bitmime no-smtputf8 full", word);
}

/* A line with its "\n"; the last one may lack that. */
static bool
cut_line(struct slice *rest, struct slice *line_r)
{
    *line_r = slice_first(*rest, slice_find(*rest, '\n') + 1);
    *rest = slice_from(*rest, line_r->len);
    return line_r->len > 0;
}

struct merge {
    struct arena *arena;
    const struct next_hop *hops;
    size_t count;
    bool *there; /* of each hop: it had a line */
    struct buffer *to;
};

static size_t
find_hop(const struct merge *merge, struct slice key)
{
    size_t at = 0;

    key = domain_key(merge->arena, key);
    while (at < merge->count && !slice_equal(merge->hops[at].key, key))
        at++;
    return at;
}

/* An entry is a line and those that continue it, beginning with white space; lines that say
 * nothing stand anywhere. */
static bool
says_nothing(struct slice line)
{
    struct slice trimmed = slice_trim(line), word;

    return trimmed.len == 0 || trimmed.at[0] == '#' || !slice_word(&trimmed, white, &word);
}

static bool
is_continued(struct slice rest)
{
    struct slice line;

    while (cut_line(&rest, &line))
        if (!says_nothing(line))
            return begins_white(line);
    return false;
}

static void
append_line(struct buffer *to, struct slice line)
{
    buffer_add(to, line);
    if (line.at[line.len - 1] != '\n')
        buffer_octet(to, '\n');
}

static void
add_foreign_words(struct buffer *to, struct slice line)
{
    struct slice word;

    while (slice_word(&line, ", \t\v\f\r\n", &word))
        if (!is_ours(word))
            append_word(to, word);
}

/* Exchanges one entry, of which `line` is the first; what says nothing inside it comes behind it.
 * An entry of a key that had one before answers nothing, and goes. */
static void
exchange_entry(struct merge *merge, size_t at, struct slice line, struct slice *rest)
{
    struct buffer *silent = ARENA_NEW(merge->arena, struct buffer);
    struct slice words = line, key;

    buffer_init(silent, merge->arena, SIZE_MAX);
    slice_word(&words, white, &key);
    if (!merge->there[at])
        print_offers(merge->to, &merge->hops[at]);
    for (;;) {
        if (says_nothing(line))
            append_line(silent, line);
        else if (!merge->there[at])
            add_foreign_words(merge->to, words);
        if (!is_continued(*rest) || !cut_line(rest, &line))
            break;
        words = line;
    }
    if (!merge->there[at])
        buffer_octet(merge->to, '\n');
    buffer_add(merge->to, buffer_slice(silent));
}

static void
merge_line(struct merge *merge, struct slice line, struct slice *rest)
{
    struct slice words = line, key = {0};
    size_t at = merge->count;

    if (!says_nothing(line) && !begins_white(line) &&
        slice_word(&words, " \t\v\f\r\n", &key))
        at = find_hop(merge, key);
    if (at < merge->count && merge->hops[at].asked)
        exchange_entry(merge, at, line, rest);
    else
        append_line(merge->to, line);
    if (at < merge->count)
        merge->there[at] = true;
}

size_t
next_hops_merge(struct arena *arena, struct slice table, const struct next_hop *hops, size_t count,
                struct buffer *to)
{
    struct merge merge = {arena, hops, count, ARENA_ARRAY(arena, count, bool), to};
    struct slice line;
    size_t lacking = 0;

    while (cut_line(&table, &line))
        merge_line(&merge, line, &table);
    for (size_t i = 0; i < count; i++) {
        if (!merge.there[i] && hops[i].asked)
            next_hop_print(to, &hops[i]);
        lacking += !merge.there[i] && !hops[i].asked;
    }
    return lacking;
}
