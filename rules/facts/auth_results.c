/* What filters before Postern found out (RFC 8601). Anybody can write such a field, so those alone
 * count that bear an authserv-id of the site's, above what a stranger can have written: filters put
 * theirs on top, and hosts their Received. */
#include "facts_inside.h"

#include "mail/auth_results.h"
#include "mail/received.h"

/* No message has more of a method; thousands would only cost memory. */
enum { MOST_RESULTS = 1000 };

static const struct slice field_name = {"Authentication-Results", 22};

static bool
same_domain(struct arena *arena, struct slice a, struct slice b)
{
    return a.len > 0 && slice_equal(domain_key(arena, a), domain_key(arena, b));
}

static bool
is_our_id(const struct moment *moment, struct slice id)
{
    struct slice rest = moment->settings->value[SET_AUTHSERV_ID].text, ours;

    while (slice_word(&rest, ", \t\r\n", &ours))
        if (same_domain(moment->arena, id, ours))
            return true;
    return false;
}

/* Milters mostly don't see what their MTA has written itself, whose queue id nobody could have
 * known before. By what the MTA found out of the client the field of the host before it is known.
 */
static bool
is_our_received(const struct moment *moment, struct slice field, bool *handed_on)
{
    struct received received = received_parse(field);
    struct slice queue_id = moment->transaction->queue_id;

    if (queue_id.len > 0 && slice_equal(received.id, queue_id) &&
        same_domain(moment->arena, received.by, given_macro(moment, "j")))
        return true;
    if (*handed_on || !is_our_id(moment, received.by) ||
        !same_domain(moment->arena, received.by, moment->session->host))
        return false;
    *handed_on = true;
    return true;
}

/* The first field that a stranger has written, or NULL. */
static const struct header_field *
strangers_part(const struct moment *moment)
{
    const struct header_field *field = moment->transaction->header;
    bool handed_on = false;

    while ((field = header_find(field, SLICE("Received"))) &&
           is_our_received(moment, field->body, &handed_on))
        field = field->next;
    return field;
}

static bool
is_unset(const struct moment *moment)
{
    return moment->settings->value[SET_AUTHSERV_ID].text.len == 0;
}

struct taking {
    const struct moment *moment;
    struct slice method;
    struct value *items; /* NULL: they are counted */
    size_t count;
};

static void
take_results(struct taking *taking, struct slice field)
{
    struct arena *arena = taking->moment->arena;
    struct auth_results results;
    struct auth_result result;

    if (!auth_results_begin(arena, field, &results) || !is_our_id(taking->moment, results.id))
        return;
    while (taking->count < MOST_RESULTS && auth_results_next(&results, &result)) {
        struct auth_result *kept;

        if (!slice_equal_nocase(result.method, taking->method))
            continue;
        if (taking->items) {
            kept = ARENA_NEW(arena, struct auth_result);
            *kept = result;
            taking->items[taking->count] = value_word(arena, result.result);
            taking->items[taking->count].result = kept;
        }
        taking->count++;
    }
}

static size_t
go_through(struct taking *taking, const struct header_field *end)
{
    enum { STEPS_AN_OCTET = 3 };
    const struct header_field *field = taking->moment->transaction->header;

    taking->count = 0;
    for (; field != end; field = field->next)
        if (slice_equal_nocase(field->name, field_name)) {
            meter_take(arena_meter(taking->moment->arena), STEPS_AN_OCTET * field->body.len);
            take_results(taking, field->body);
        }
    return taking->count;
}

static struct reading
read_auth_results(const struct moment *moment, struct slice index)
{
    struct taking taking = {.moment = moment, .method = index};
    const struct header_field *end;

    if (is_unset(moment))
        return reading_absent();
    end = strangers_part(moment);
    taking.items = ARENA_ARRAY(moment->arena, go_through(&taking, end), struct value);
    return given_items(taking.items, go_through(&taking, end));
}

struct value
auth_results_reason(const struct moment *moment, const struct value *of)
{
    struct slice reason;

    if (of->result == NULL || !auth_result_reason(moment->arena, of->result, &reason))
        return (struct value){.type = TYPE_ABSENT, .text = SLICE("")};
    return value_text(reason);
}

/* Of "example.com" and "@example.com" the domain alone is known. */
static struct value
result_address(const struct moment *moment, struct slice text)
{
    struct address *address = ARENA_NEW(moment->arena, struct address);
    size_t at = slice_find_last(text, '@');

    if (at > 0 && at < text.len)
        address_parse_mailbox(moment->arena, text, address);
    else
        *address = (struct address){.raw = text,
                                    .path = text,
                                    .local = SLICE(""),
                                    .domain = slice_from(text, at < text.len)};
    return value_address(moment->arena, address, settings_local_case(moment->settings));
}

struct value
auth_results_property(const struct moment *moment, const struct value *of,
                      const struct fact_part *part, struct slice name)
{
    struct value value = {.type = TYPE_ABSENT, .text = SLICE("")};
    struct slice text;
    struct ip ip;

    if (of->result == NULL)
        return value;
    meter_take(arena_meter(moment->arena), of->result->details.len);
    if (!auth_result_property(moment->arena, of->result, name, &text))
        return value;
    if (part->type == TYPE_IP)
        return ip_parse(text, &ip) ? value_ip(moment->arena, &ip) : value;
    if (part->type == TYPE_ADDRESS)
        return result_address(moment, text);
    if (part->type == TYPE_DOMAIN)
        return value_domain(moment->arena, slice_from(text, slice_find_last(text, '@') < text.len
                                                                ? slice_find_last(text, '@') + 1
                                                                : 0));
    return value_text(text);
}

static bool
is_forged(const struct moment *moment, const struct header_field *field)
{
    return slice_equal_nocase(field->name, field_name) &&
           is_our_id(moment, auth_results_id(moment->arena, field->body));
}

size_t
auth_results_forged(const struct moment *moment, const struct header_field ***forged_r)
{
    const struct header_field *field = is_unset(moment) ? NULL : strangers_part(moment);
    size_t count = 0;

    *forged_r = ARENA_ARRAY(moment->arena, header_count_named(field, field_name),
                            const struct header_field *);
    for (; field; field = field->next)
        if (is_forged(moment, field))
            (*forged_r)[count++] = field;
    return count;
}

static struct reading
read_forged(const struct moment *moment, UNUSED struct slice index)
{
    const struct header_field **forged;

    return given_truth(auth_results_forged(moment, &forged) > 0);
}

static const struct fact auth_results_rows[] = {
    {"auth-results", TYPE_WORD, STAGE_HEADER, MANY | INDEX | HEADER | RESULTS, "i j", NULL,
     read_auth_results,
     .help = "what filters of the site found out by this method, as dkim, spf or dmarc, in the "
             "order of the fields Authentication-Results: pass, fail, none and so on"},
    {"auth-results.forged", TYPE_TRUTH, STAGE_HEADER, HEADER, "i j", NULL, read_forged,
     .help = "whether a field Authentication-Results bears the site's authserv-id where only a "
             "stranger can have written it"},
};

const struct fact_rows facts_auth_results = {auth_results_rows, sizeof auth_results_rows /
                                                                    sizeof auth_results_rows[0]};
