/* Parameters of MAIL and RCPT: one row for each that is registered, with what its value may be. */
#include "mail/esmtp.h"

#include "atext.h"
#include "mail/address.h"
#include "mail/utf8.h"

enum command { COMMAND_MAIL, COMMAND_RCPT };

struct reading {
    struct arena *arena;
    struct parameters *parameters;
    bool utf8; /* octets above 127 may stand in values */
};

struct registered {
    const char *keyword;
    enum command command;
    bool valueless;
    /* NULL: any value that the grammar allows. */
    bool (*read)(struct reading *reading, struct slice value);
};

static const char *const defect_texts[PARAMETER_DEFECTS] = {
    [PARAMETER_FINE] = "",
    [PARAMETER_BAD_SYNTAX] = "is no parameter",
    [PARAMETER_UNKNOWN] = "is unknown here",
    [PARAMETER_REPEATED] = "appears twice",
    [PARAMETER_NO_VALUE] = "lacks its value",
    [PARAMETER_STRAY_VALUE] = "takes no value",
    [PARAMETER_BAD_VALUE] = "has a value that it can't have",
};

const char *
parameter_defect_text(enum parameter_defect defect)
{
    return defect < PARAMETER_DEFECTS ? defect_texts[defect] : "";
}

static int
hex_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
xtext_decode(struct arena *arena, struct slice xtext, bool utf8, struct slice *text_r)
{
    char *to = arena_alloc(arena, xtext.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < xtext.len; i++) {
        char c = xtext.at[i];

        if (is_control(c) || c == ' ' || c == '=' || (!utf8 && (unsigned char)c > 127))
            return false;
        if (c == '+') {
            int high = i + 2 < xtext.len ? hex_value(xtext.at[i + 1]) : -1;
            int low = i + 2 < xtext.len ? hex_value(xtext.at[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[len++] = c;
    }
    *text_r = (struct slice){to, len};
    return true;
}

static bool
is_word_of(struct slice value, const char *words)
{
    struct slice rest = slice_of(words);
    struct slice word;

    while (slice_word(&rest, " ", &word))
        if (slice_equal_nocase(value, word))
            return true;
    return false;
}

/* RFC 1870 section 3: up to 20 digits. */
static bool
read_size(struct reading *reading, struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!ascii_is_digit(value.at[i]))
            return false;
    if (value.len > 20)
        return false;
    reading->parameters->has_size = true;
    if (!slice_number(value, &reading->parameters->size))
        reading->parameters->size = INT64_MAX;
    return true;
}

static bool
read_body(struct reading *reading, struct slice value)
{
    if (!is_word_of(value, "7BIT 8BITMIME BINARYMIME"))
        return false;
    reading->parameters->body = value;
    return true;
}

static bool
read_smtputf8(struct reading *reading, struct slice value)
{
    (void)value;
    reading->parameters->smtputf8 = true;
    return true;
}

/* A mailbox, or the two characters <>. */
static bool
read_auth(struct reading *reading, struct slice value)
{
    struct address address;
    struct slice text;

    if (!xtext_decode(reading->arena, value, reading->utf8, &text))
        return false;
    if (slice_equal(text, SLICE("<>"))) {
        text = SLICE("");
    } else {
        address_parse_mailbox(reading->arena, text, &address);
        if (address.defect != ADDRESS_FINE && address.defect < ADDRESS_LOCAL_TOO_LONG)
            return false;
    }
    reading->parameters->has_auth = true;
    reading->parameters->auth = text;
    return true;
}

static bool
read_ret(struct reading *reading, struct slice value)
{
    if (!is_word_of(value, "FULL HDRS"))
        return false;
    reading->parameters->ret = value;
    return true;
}

/* At most 100 characters as sent, printable ASCII once decoded. */
static bool
read_envid(struct reading *reading, struct slice value)
{
    struct slice text;

    if (value.len > 100 || !xtext_decode(reading->arena, value, false, &text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((is_control(text.at[i]) && text.at[i] != '\t') || (unsigned char)text.at[i] > 127)
            return false;
    reading->parameters->envid = text;
    return true;
}

/* NEVER stands alone. */
static bool
read_notify(struct reading *reading, struct slice value)
{
    struct slice rest = value;

    if (!slice_equal_nocase(value, SLICE("NEVER"))) {
        for (;;) {
            size_t comma = slice_find(rest, ',');

            if (!is_word_of(slice_first(rest, comma), "SUCCESS FAILURE DELAY"))
                return false;
            if (comma == rest.len)
                break;
            rest = slice_from(rest, comma + 1);
        }
    }
    reading->parameters->notify = value;
    return true;
}

/* Behind a backslash, "x{" hexadecimal digits "}": the length, or 0. The number has no needless
 * zeros above two digits, and is no surrogate (RFC 6533 section 3, HEXPOINT). */
static size_t
embedded_character(struct slice s)
{
    uint32_t number = 0;
    size_t digits = 0;

    if (s.len < 2 || s.at[0] != 'x' || s.at[1] != '{')
        return 0;
    for (size_t i = 2; i < s.len && i < 8 && hex_value(s.at[i]) >= 0; i++, digits++)
        number = number * 16 + (uint32_t)hex_value(s.at[i]);
    if (digits < 2 || digits + 2 >= s.len || s.at[digits + 2] != '}')
        return 0;
    if ((digits > 2 && s.at[2] == '0') || number > 0x10FFFF ||
        (number >= 0xD800 && number <= 0xDFFF))
        return 0;
    return digits + 3;
}

/* utf-8-addr-unitext of RFC 6533 section 3, which isn't xtext: "+" never stands in it. */
static bool
is_unitext(struct slice s)
{
    while (s.len > 0) {
        char c = s.at[0];
        size_t taken = 1;

        if (is_control(c) || c == ' ' || c == '+' || c == '=')
            return false;
        if (c == '\\') {
            taken = embedded_character(slice_from(s, 1));
            if (taken++ == 0)
                return false;
        }
        s = slice_from(s, taken);
    }
    return true;
}

static bool
read_orcpt(struct reading *reading, struct slice value)
{
    struct slice type = slice_first(value, slice_find(value, ';'));
    struct slice address = slice_from(value, type.len + 1);
    struct slice text;

    if (value.len > 500 || type.len == 0 || type.len == value.len)
        return false;
    for (size_t i = 0; i < type.len; i++)
        if (!is_atext(type.at[i]) || (unsigned char)type.at[i] > 127)
            return false;
    if (slice_equal_nocase(type, SLICE("utf-8"))
            ? !is_unitext(address)
            : !xtext_decode(reading->arena, address, false, &text))
        return false;
    reading->parameters->orcpt = value;
    return true;
}

/* RFC 2852 section 4: seconds, ";", N or R, perhaps T; what is to be returned needs time. */
static bool
read_by(struct reading *reading, struct slice value)
{
    struct slice seconds = slice_first(value, slice_find(value, ';'));
    struct slice mode = slice_from(value, seconds.len + 1);
    bool negative = seconds.len > 0 && seconds.at[0] == '-';
    int64_t number;

    (void)reading;
    if (seconds.len > 0 && (negative || seconds.at[0] == '+'))
        seconds = slice_from(seconds, 1);
    if (seconds.len > 9 || !slice_number(seconds, &number) || !is_word_of(mode, "N NT R RT"))
        return false;
    return ascii_lower(mode.at[0]) == 'n' || (!negative && number > 0);
}

/* RFC 4865 section 5: 1 to 9 digits. */
static bool
read_holdfor(struct reading *reading, struct slice value)
{
    int64_t number;

    (void)reading;
    return value.len <= 9 && value.at[0] != '0' && slice_number(value, &number);
}

/* RFC 6710 section 5: -9 to 9, no "+", no leading zero. */
static bool
read_priority(struct reading *reading, struct slice value)
{
    (void)reading;
    if (value.len == 2 && value.at[0] == '-')
        return value.at[1] >= '1' && value.at[1] <= '9';
    return value.len == 1 && ascii_is_digit(value.at[0]);
}

static const struct registered registered[] = {
    {"SIZE", COMMAND_MAIL, false, read_size},            /* RFC 1870 */
    {"BODY", COMMAND_MAIL, false, read_body},            /* RFC 6152, RFC 3030 */
    {"SMTPUTF8", COMMAND_MAIL, true, read_smtputf8},     /* RFC 6531 */
    {"AUTH", COMMAND_MAIL, false, read_auth},            /* RFC 4954 */
    {"RET", COMMAND_MAIL, false, read_ret},              /* RFC 3461 */
    {"ENVID", COMMAND_MAIL, false, read_envid},          /* RFC 3461 */
    {"NOTIFY", COMMAND_RCPT, false, read_notify},        /* RFC 3461 */
    {"ORCPT", COMMAND_RCPT, false, read_orcpt},          /* RFC 3461, RFC 6533 */
    {"BY", COMMAND_MAIL, false, read_by},                /* RFC 2852 */
    {"MTRK", COMMAND_MAIL, false, NULL},                 /* RFC 3885 */
    {"TRANSID", COMMAND_MAIL, false, NULL},              /* RFC 1845 */
    {"SOLICIT", COMMAND_MAIL, false, NULL},              /* RFC 3865 */
    {"SUBMITTER", COMMAND_MAIL, false, NULL},            /* RFC 4405 */
    {"HOLDFOR", COMMAND_MAIL, false, read_holdfor},      /* RFC 4865 */
    {"HOLDUNTIL", COMMAND_MAIL, false, NULL},            /* RFC 4865 */
    {"CONPERM", COMMAND_MAIL, true, NULL},               /* RFC 4141 */
    {"CONNEG", COMMAND_RCPT, true, NULL},                /* RFC 4141 */
    {"MT-PRIORITY", COMMAND_MAIL, false, read_priority}, /* RFC 6710 */
    {"RRVS", COMMAND_RCPT, false, NULL},                 /* RFC 7293 */
    {"REQUIRETLS", COMMAND_MAIL, true, NULL},            /* RFC 8689 */
};

enum { REGISTERED = sizeof registered / sizeof registered[0] };

/* Its index, or REGISTERED. */
static unsigned
find_registered(enum command command, struct slice keyword)
{
    unsigned i = 0;

    while (i < REGISTERED && (registered[i].command != command ||
                              !slice_equal_nocase(slice_of(registered[i].keyword), keyword)))
        i++;
    return i;
}

static bool
keyword_is_valid(struct slice keyword)
{
    if (keyword.len == 0 || keyword.at[0] == '-')
        return false;
    for (size_t i = 0; i < keyword.len; i++)
        if (!ascii_is_alnum(keyword.at[i]) && keyword.at[i] != '-')
            return false;
    return true;
}

/* RFC 5321 section 4.1.2, esmtp-value, and RFC 6531 section 3.3. */
static bool
value_is_valid(struct slice value, bool utf8)
{
    for (size_t i = 0; i < value.len; i++)
        if (is_control(value.at[i]) || value.at[i] == ' ' || value.at[i] == '=')
            return false;
    return slice_is_ascii(value) || (utf8 && utf8_is_valid(value));
}

static void
split_word(struct slice word, struct parameter *parameter_r)
{
    size_t equals = slice_find(word, '=');

    parameter_r->keyword = slice_first(word, equals);
    parameter_r->value = slice_from(word, equals + 1);
    parameter_r->has_value = equals < word.len;
}

/* `seen`: a bit for each registered parameter that was there before. */
static enum parameter_defect
read_parameter(struct reading *reading, enum command command, const struct parameter *parameter,
               uint32_t *seen)
{
    unsigned index = find_registered(command, parameter->keyword);
    const struct registered *row = &registered[index];

    if (!keyword_is_valid(parameter->keyword))
        return PARAMETER_BAD_SYNTAX;
    if (index == REGISTERED)
        return PARAMETER_UNKNOWN;
    if (*seen & 1u << index)
        return PARAMETER_REPEATED;
    *seen |= 1u << index;
    if (row->valueless && parameter->has_value)
        return PARAMETER_STRAY_VALUE;
    if (!row->valueless && parameter->value.len == 0)
        return PARAMETER_NO_VALUE;
    if (!value_is_valid(parameter->value, reading->utf8))
        return slice_find(parameter->value, '=') < parameter->value.len ? PARAMETER_BAD_SYNTAX
                                                                        : PARAMETER_BAD_VALUE;
    if (row->read && !row->read(reading, parameter->value))
        return PARAMETER_BAD_VALUE;
    return PARAMETER_FINE;
}

static void
parse(struct reading *reading, enum command command, const struct slice *words, size_t count)
{
    struct parameters *parameters = reading->parameters;
    uint32_t seen = 0;

    parameters->item = ARENA_ARRAY(reading->arena, count, struct parameter);
    parameters->count = count;
    for (size_t i = 0; i < count; i++) {
        enum parameter_defect defect;

        split_word(words[i], &parameters->item[i]);
        defect = read_parameter(reading, command, &parameters->item[i], &seen);
        if (defect == PARAMETER_FINE || parameters->defect != PARAMETER_FINE)
            continue;
        parameters->defect = defect;
        parameters->defective = words[i];
    }
}

static bool
declares_utf8(const struct slice *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(words[i], SLICE("SMTPUTF8")))
            return true;
    return false;
}

void
parameters_parse_mail(struct arena *arena, const struct slice *words, size_t count,
                      struct parameters *parameters_r)
{
    struct reading reading = {arena, parameters_r, declares_utf8(words, count)};

    *parameters_r = (struct parameters){0};
    parse(&reading, COMMAND_MAIL, words, count);
}

/* Whether SMTPUTF8 was declared stands in the MAIL command, so that here UTF-8 is let through. */
void
parameters_parse_rcpt(struct arena *arena, const struct slice *words, size_t count,
                      struct parameters *parameters_r)
{
    struct reading reading = {arena, parameters_r, true};

    *parameters_r = (struct parameters){0};
    parse(&reading, COMMAND_RCPT, words, count);
}

const struct parameter *
parameters_find(const struct parameters *parameters, struct slice keyword)
{
    for (size_t i = 0; i < parameters->count; i++)
        if (slice_equal_nocase(parameters->item[i].keyword, keyword))
            return &parameters->item[i];
    return NULL;
}
