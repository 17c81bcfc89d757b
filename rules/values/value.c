/* Values of facts: how each type is read, compared and printed. Knows the forms by which things are
 * compared; makes no rule of them. */
#include "policy/value.h"

#include <inttypes.h>

#include "mail/domain.h"
#include "mail/utf8.h"
#include "measure.h"

static const struct {
    const char *name;
    bool ordered;
} types[TYPES] = {
    [TYPE_ABSENT] = {"nothing", false},
    [TYPE_TRUTH] = {"yes or no", false},
    [TYPE_NUMBER] = {"a number", true},
    [TYPE_SIZE] = {"a size", true},
    [TYPE_TIME] = {"a time", true},
    [TYPE_TEXT] = {"a text", false},
    [TYPE_WORD] = {"a word", false},
    [TYPE_TLS] = {"a TLS version", true},
    [TYPE_FOLDED] = {"a name", false},
    [TYPE_DOMAIN] = {"a domain", false},
    [TYPE_IP] = {"an IP address", false},
    [TYPE_ADDRESS] = {"an address", false},
    [TYPE_MAILBOX] = {"a mailbox", false},
    [TYPE_ANSWER] = {"a word of a lookup", true},
};

const char *
value_type_name(enum value_type type)
{
    return types[type].name;
}

bool
value_type_is_ordered(enum value_type type)
{
    return types[type].ordered;
}

static bool
type_is_address(enum value_type type)
{
    return type == TYPE_ADDRESS || type == TYPE_MAILBOX;
}

static bool
type_is_text(enum value_type type)
{
    return type == TYPE_TEXT || type == TYPE_WORD || type == TYPE_FOLDED;
}

static bool
are_types(enum value_type a, enum value_type b, enum value_type one, enum value_type other)
{
    return (a == one && b == other) || (a == other && b == one);
}

bool
value_types_compare(enum value_type a, enum value_type b)
{
    if (a == TYPE_ABSENT || b == TYPE_ABSENT)
        return false;
    if (a == b || a == TYPE_ANSWER || b == TYPE_ANSWER)
        return true;
    if (type_is_text(a) && type_is_text(b))
        return true;
    return (type_is_address(a) && type_is_address(b)) || (type_is_address(a) && b == TYPE_FOLDED) ||
           (type_is_address(b) && a == TYPE_FOLDED) || are_types(a, b, TYPE_NUMBER, TYPE_SIZE) ||
           are_types(a, b, TYPE_WORD, TYPE_DOMAIN) || are_types(a, b, TYPE_WORD, TYPE_TLS) ||
           are_types(a, b, TYPE_TEXT, TYPE_TLS);
}

struct value
value_truth(bool truth)
{
    return (struct value){.type = TYPE_TRUTH, .text = SLICE(""), .number = truth};
}

struct value
value_number(enum value_type type, int64_t number)
{
    return (struct value){.type = type, .text = SLICE(""), .number = number};
}

struct value
value_text(struct slice text)
{
    return (struct value){.type = TYPE_TEXT, .text = text, .key = text};
}

static struct slice
lower_word(struct arena *arena, struct slice word)
{
    size_t upper = 0;
    char *lower;

    while (upper < word.len && ascii_lower(word.at[upper]) == word.at[upper])
        upper++;
    if (upper == word.len)
        return word;
    lower = arena_string(arena, word);
    for (size_t i = upper; i < word.len; i++)
        lower[i] = ascii_lower(lower[i]);
    return (struct slice){lower, word.len};
}

struct value
value_word(struct arena *arena, struct slice word)
{
    return (struct value){.type = TYPE_WORD, .text = word, .key = lower_word(arena, word)};
}

/* 1 + 1000 * major + minor, SSL below TLS; 0 for what is no version. */
static int64_t
tls_rank(struct slice version)
{
    int64_t major, minor = 0, family = 0;
    struct slice digits;
    size_t dot;

    if (slice_starts_nocase(version, SLICE("TLSv")))
        family = 1000000;
    else if (!slice_starts_nocase(version, SLICE("SSLv")))
        return 0;
    digits = slice_from(version, 4);
    dot = slice_find(digits, '.');
    if (dot < digits.len && !slice_number(slice_from(digits, dot + 1), &minor))
        return 0;
    if (!slice_number(slice_first(digits, dot), &major) || major > 999 || minor > 999)
        return 0;
    return 1 + family + 1000 * major + minor;
}

struct value
value_tls(struct slice version)
{
    return (struct value){
        .type = TYPE_TLS, .text = version, .key = version, .number = tls_rank(version)};
}

struct value
value_folded(struct arena *arena, struct slice text)
{
    return (struct value){.type = TYPE_FOLDED, .text = text, .key = utf8_fold(arena, text)};
}

struct value
value_domain(struct arena *arena, struct slice domain)
{
    meter_take(arena_meter(arena), domain.len);
    return (struct value){.type = TYPE_DOMAIN, .text = domain, .key = domain_key(arena, domain)};
}

struct value
value_ip(struct arena *arena, const struct ip *ip)
{
    char text[IP_TEXT_SIZE];
    struct slice copy = arena_copy(arena, slice_of(ip_text(ip, text)));

    return (struct value){.type = TYPE_IP, .text = copy, .key = copy, .ip = *ip};
}

struct value
value_address(struct arena *arena, const struct address *address, enum local_case local_case)
{
    enum { BASE = 10, STEPS_AN_OCTET = 2 };
    struct value value = {.type = TYPE_ADDRESS, .text = address->path, .address = address};

    meter_take(arena_meter(arena), BASE + STEPS_AN_OCTET * address->path.len);
    value.key = value.exact = address_key(arena, address, LOCAL_CASE_EXACT);
    if (local_case != LOCAL_CASE_EXACT && !slice_is_folded(value.exact))
        value.key = address_key(arena, address, local_case);
    return value;
}

struct value
value_mailbox(struct arena *arena, const struct mailbox *mailbox, enum local_case local_case)
{
    struct value value = value_address(arena, &mailbox->address, local_case);

    value.type = TYPE_MAILBOX;
    value.mailbox = mailbox;
    return value;
}

/* A size may come without a unit, a time may not. */
static bool
read_number(enum value_type type, struct slice text, struct value *value_r)
{
    enum measure kind;

    *value_r = value_number(type, 0);
    if (!measure_parse(text, &kind, &value_r->number))
        return false;
    if (type == TYPE_TIME)
        return kind == MEASURE_TIME;
    return kind == MEASURE_NUMBER || (kind == MEASURE_SIZE && type == TYPE_SIZE);
}

/* A domain as people write it, or an address literal, which may stand behind "@" too. */
static bool
read_domain(struct arena *arena, struct slice text, struct value *value_r)
{
    bool literal = text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';

    *value_r = value_domain(arena, text);
    return literal || domain_is_valid(text, true);
}

/* "<>" and "postmaster" are what an envelope may hold without a domain. */
static bool
read_address(struct arena *arena, enum value_type type, struct slice text,
             enum local_case local_case, struct value *value_r)
{
    struct mailbox *mailbox = ARENA_NEW(arena, struct mailbox);

    if (slice_equal(text, SLICE("<>")))
        address_parse_reverse_path(arena, text, &mailbox->address);
    else if (slice_equal_nocase(text, SLICE("postmaster")))
        address_parse_forward_path(arena, SLICE("<postmaster>"), &mailbox->address);
    else
        address_parse_mailbox(arena, text, &mailbox->address);
    mailbox->name = SLICE("");
    *value_r = value_mailbox(arena, mailbox, local_case);
    value_r->type = type;
    return address_is_valid(&mailbox->address);
}

static bool
read_ip(struct arena *arena, struct slice text, struct value *value_r)
{
    struct ip ip;

    if (!ip_parse(text, &ip))
        return false;
    *value_r = value_ip(arena, &ip);
    return true;
}

bool
value_read(struct arena *arena, enum value_type type, struct slice text, enum local_case local_case,
           struct value *value_r)
{
    switch (type) {
    case TYPE_ABSENT:
        return false;
    case TYPE_TRUTH:
        *value_r = value_truth(slice_equal(text, SLICE("yes")));
        return value_r->number || slice_equal(text, SLICE("no"));
    case TYPE_NUMBER:
    case TYPE_SIZE:
    case TYPE_TIME:
        return read_number(type, text, value_r);
    case TYPE_TEXT:
        *value_r = value_text(text);
        return true;
    case TYPE_WORD:
        *value_r = value_word(arena, text);
        return true;
    case TYPE_TLS:
        *value_r = value_tls(text);
        return value_r->number != 0;
    case TYPE_FOLDED:
        *value_r = value_folded(arena, text);
        return true;
    case TYPE_DOMAIN:
        return read_domain(arena, text, value_r);
    case TYPE_IP:
        return read_ip(arena, text, value_r);
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
        return read_address(arena, type, text, local_case, value_r);
    case TYPE_ANSWER:
        *value_r = (struct value){.type = TYPE_ANSWER, .text = text, .key = text};
        return true;
    case TYPES:
        break;
    }
    return false;
}

/* Logins carry realms: one that is an address is compared as an address, too. */
static bool
folded_is_address(struct arena *arena, const struct value *folded, const struct value *address)
{
    struct value login;

    if (address->address->null || address->text.len == 0)
        return false;
    if (slice_equal(folded->key, utf8_fold(arena, address->text)))
        return true;
    return slice_find(folded->text, '@') < folded->text.len &&
           value_read(arena, TYPE_ADDRESS, folded->text, LOCAL_CASE_IGNORE, &login) &&
           slice_equal(login.key, address_key(arena, address->address, LOCAL_CASE_IGNORE));
}

/* The keys of these two types; any other value is made one. */
static struct slice
as_folded(struct arena *arena, const struct value *value)
{
    return value->type == TYPE_FOLDED ? value->key : utf8_fold(arena, value->text);
}

static struct slice
as_domain(struct arena *arena, const struct value *value)
{
    return value->type == TYPE_DOMAIN ? value->key : domain_key(arena, value->text);
}

static bool
texts_equal(struct arena *arena, const struct value *a, const struct value *b)
{
    if (a->type == TYPE_FOLDED || b->type == TYPE_FOLDED)
        return slice_equal(as_folded(arena, a), as_folded(arena, b));
    if (a->type == TYPE_TEXT && b->type == TYPE_TEXT)
        return slice_equal(a->text, b->text);
    return slice_equal_nocase(a->text, b->text);
}

/* An answer takes the type of what it is compared with; two answers compare as tables' keys do. */
static bool
answer_equals(struct arena *arena, const struct value *answer, const struct value *other)
{
    struct value read;

    if (other->type == TYPE_ANSWER)
        return slice_equal(utf8_fold(arena, answer->text), utf8_fold(arena, other->text));
    return value_read(arena, other->type, answer->text, LOCAL_CASE_IGNORE, &read) &&
           value_equal(arena, &read, other);
}

static bool
same_type_equal(const struct value *a, const struct value *b)
{
    switch (a->type) {
    case TYPE_TRUTH:
    case TYPE_NUMBER:
    case TYPE_SIZE:
    case TYPE_TIME:
        return a->number == b->number;
    case TYPE_TLS:
        return a->number && b->number ? a->number == b->number
                                      : slice_equal_nocase(a->text, b->text);
    case TYPE_IP:
        return ip_equal(&a->ip, &b->ip);
    default:
        return slice_equal(a->key, b->key);
    }
}

bool
value_equal(struct arena *arena, const struct value *a, const struct value *b)
{
    if (!value_types_compare(a->type, b->type))
        return false;
    if (a->type == TYPE_ANSWER)
        return answer_equals(arena, a, b);
    if (b->type == TYPE_ANSWER)
        return answer_equals(arena, b, a);
    if (a->type == b->type || (type_is_address(a->type) && type_is_address(b->type)))
        return same_type_equal(a, b);
    if (type_is_address(a->type))
        return folded_is_address(arena, b, a);
    if (type_is_address(b->type))
        return folded_is_address(arena, a, b);
    if (a->type == TYPE_NUMBER || a->type == TYPE_SIZE)
        return a->number == b->number;
    if (a->type == TYPE_DOMAIN || b->type == TYPE_DOMAIN)
        return slice_equal(as_domain(arena, a), as_domain(arena, b));
    return texts_equal(arena, a, b);
}

/* Reading one of the ordered types takes no memory. */
static int64_t
rank_of(const struct value *value, enum value_type as)
{
    struct value read;

    if (value->type != TYPE_ANSWER)
        return value->number;
    if (as == TYPE_ANSWER)
        as = TYPE_NUMBER;
    return value_read(NULL, as, value->text, LOCAL_CASE_IGNORE, &read) ? read.number : 0;
}

int
value_order(const struct value *a, const struct value *b)
{
    int64_t left = rank_of(a, b->type);
    int64_t right = rank_of(b, a->type);

    return (left > right) - (left < right);
}

bool
value_holds(const struct value *value)
{
    int64_t number;

    switch (value->type) {
    case TYPE_ABSENT:
        return false;
    case TYPE_TRUTH:
    case TYPE_NUMBER:
    case TYPE_SIZE:
    case TYPE_TIME:
        return value->number != 0;
    case TYPE_IP:
        return true;
    case TYPE_ANSWER:
        if (slice_number(value->text, &number))
            return number != 0;
        return value->text.len > 0 && !slice_equal(value->text, SLICE("no"));
    default:
        return value->text.len > 0;
    }
}

static struct slice
measure_text(struct arena *arena, enum measure kind, int64_t number)
{
    const char *unit;
    int64_t scaled = measure_scale(kind, number, &unit);

    return slice_of(arena_printf(arena, "%" PRId64 "%s", scaled, unit));
}

struct slice
value_print(struct arena *arena, const struct value *value)
{
    switch (value->type) {
    case TYPE_TRUTH:
        return value->number ? SLICE("yes") : SLICE("no");
    case TYPE_NUMBER:
        return slice_of(arena_printf(arena, "%" PRId64, value->number));
    case TYPE_SIZE:
        return measure_text(arena, MEASURE_SIZE, value->number);
    case TYPE_TIME:
        return measure_text(arena, MEASURE_TIME, value->number);
    case TYPE_ABSENT:
        return SLICE("");
    default:
        return value->text;
    }
}
