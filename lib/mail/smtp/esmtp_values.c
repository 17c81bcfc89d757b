/* What the value of each registered parameter of MAIL and RCPT may be: one row for each parameter,
 * one reader for each syntax. */
#include "esmtp_inside.h"

#include "mail/address.h"
#include "mail/utf8.h"
#include "text/atext.h"

enum { LONGEST_ENVID = 100, LONGEST_ORCPT = 500, LONGEST_SOLICIT = 1000 };

static int
hex_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
esmtp_xtext_decode(struct arena *arena, struct slice xtext, bool utf8, struct slice *text_r)
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

/* RFC 1870 section 3: up to 20 digits, which may say more than 63 bits can. */
static bool
read_size(struct value_reading *reading, struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!ascii_is_digit(value.at[i]))
            return false;
    if (value.len > 20)
        return false;
    reading->parameters->has_size = true;
    if (!slice_number(value, &reading->parameters->size)) {
        reading->parameters->size = INT64_MAX;
        reading->defect = PARAMETER_TOO_LARGE;
    }
    return true;
}

static bool
read_body(struct value_reading *reading, struct slice value)
{
    if (!slice_has_word_nocase("7BIT 8BITMIME BINARYMIME", value))
        return false;
    reading->parameters->body = value;
    return true;
}

static bool
read_smtputf8(struct value_reading *reading, struct slice value)
{
    (void)value;
    reading->parameters->smtputf8 = true;
    return true;
}

/* Is it a mailbox by the grammar? Lengths are the next host's care. */
static bool
is_mailbox(struct arena *arena, struct slice text)
{
    struct address address;

    address_parse_mailbox(arena, text, &address);
    return address.defect == ADDRESS_FINE || address.defect >= ADDRESS_LOCAL_TOO_LONG;
}

/* A mailbox, or the two characters <>. */
static bool
read_auth(struct value_reading *reading, struct slice value)
{
    struct slice text;

    if (!esmtp_xtext_decode(reading->arena, value, true, &text))
        return false;
    if (slice_equal(text, SLICE("<>")))
        text = SLICE("");
    else if (!is_mailbox(reading->arena, text))
        return false;
    reading->parameters->has_auth = true;
    reading->parameters->auth = text;
    return true;
}

/* RFC 4405 section 4. */
static bool
read_submitter(struct value_reading *reading, struct slice value)
{
    struct slice text;

    return esmtp_xtext_decode(reading->arena, value, false, &text) &&
           is_mailbox(reading->arena, text);
}

static bool
read_ret(struct value_reading *reading, struct slice value)
{
    if (!slice_has_word_nocase("FULL HDRS", value))
        return false;
    reading->parameters->ret = value;
    return true;
}

/* RFC 3461 section 4.4: at most 100 characters as sent, printable ASCII once decoded. */
static bool
read_envid(struct value_reading *reading, struct slice value)
{
    struct slice text;

    if (value.len > LONGEST_ENVID || !esmtp_xtext_decode(reading->arena, value, false, &text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((is_control(text.at[i]) && text.at[i] != '\t') || (unsigned char)text.at[i] > 127)
            return false;
    reading->parameters->envid = text;
    return true;
}

/* RFC 3461 section 4.1: NEVER stands alone. */
static bool
read_notify(struct value_reading *reading, struct slice value)
{
    struct slice rest = value;

    if (!slice_equal_nocase(value, SLICE("NEVER"))) {
        for (;;) {
            size_t comma = slice_find(rest, ',');

            if (!slice_has_word_nocase("SUCCESS FAILURE DELAY", slice_first(rest, comma)))
                return false;
            if (comma == rest.len)
                break;
            rest = slice_from(rest, comma + 1);
        }
    }
    reading->parameters->notify = value;
    return true;
}

/* RFC 6533 section 3, HEXPOINT: no needless zeros above two digits, no surrogate, and of ASCII only
 * what can't stand for itself. Of the controls its grammar forgets some. */
static bool
is_hexpoint(uint32_t number, size_t digits, bool leading_zero)
{
    if (digits < 2 || (digits > 2 && leading_zero) || number > 0x10FFFF ||
        (number >= 0xD800 && number <= 0xDFFF))
        return false;
    return number <= 0x20 || number >= 0x7F || number == '+' || number == '=' || number == '\\';
}

static size_t
put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Takes "x{" hexadecimal digits "}" off the front, behind a backslash. */
static bool
take_embedded(struct slice *rest, uint32_t *number_r)
{
    struct slice s = *rest;
    size_t digits = 0;

    *number_r = 0;
    if (s.len < 2 || s.at[0] != 'x' || s.at[1] != '{')
        return false;
    for (size_t i = 2; i < s.len && i < 8 && hex_value(s.at[i]) >= 0; i++, digits++)
        *number_r = *number_r * 16 + (uint32_t)hex_value(s.at[i]);
    if (digits + 2 >= s.len || s.at[digits + 2] != '}')
        return false;
    *rest = slice_from(s, digits + 3);
    return is_hexpoint(*number_r, digits, s.at[2] == '0');
}

/* utf-8-addr-unitext of RFC 6533 section 3, which isn't xtext: "+" never stands in it. */
static bool
unitext_decode(struct arena *arena, struct slice s, struct slice *text_r)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    uint32_t number;

    while (s.len > 0) {
        char c = s.at[0];

        if (is_control(c) || c == ' ' || c == '+' || c == '=')
            return false;
        s = slice_from(s, 1);
        if (c != '\\')
            to[len++] = c;
        else if (take_embedded(&s, &number))
            len += put_utf8(to + len, number);
        else
            return false;
    }
    *text_r = (struct slice){to, len};
    return true;
}

/* RFC 3461 section 4.2: what an address of another type than utf-8 says is the business of whoever
 * made it; of that one RFC 6533 section 3 says that it is a mailbox. */
static bool
read_orcpt(struct value_reading *reading, struct slice value)
{
    struct slice type = slice_first(value, slice_find(value, ';'));
    struct slice address = slice_from(value, type.len + 1);
    struct slice text;

    if (value.len > LONGEST_ORCPT || type.len == 0 || address.len == 0)
        return false;
    for (size_t i = 0; i < type.len; i++)
        if (!is_atext(type.at[i]) || (unsigned char)type.at[i] > 127)
            return false;
    if (slice_equal_nocase(type, SLICE("utf-8"))
            ? !unitext_decode(reading->arena, address, &text) || !is_mailbox(reading->arena, text)
            : !esmtp_xtext_decode(reading->arena, address, false, &text))
        return false;
    reading->parameters->orcpt = value;
    return true;
}

/* RFC 2852 section 4: seconds, ";", N or R, perhaps T; what is to be returned needs time. */
static bool
read_by(struct value_reading *reading, struct slice value)
{
    struct slice seconds = slice_first(value, slice_find(value, ';'));
    struct slice mode = slice_from(value, seconds.len + 1);
    bool negative = seconds.len > 0 && seconds.at[0] == '-';
    int64_t number;

    (void)reading;
    if (seconds.len > 0 && (negative || seconds.at[0] == '+'))
        seconds = slice_from(seconds, 1);
    if (seconds.len > 9 || !slice_number(seconds, &number) ||
        !slice_has_word_nocase("N NT R RT", mode))
        return false;
    return ascii_lower(mode.at[0]) == 'n' || (!negative && number > 0);
}

/* RFC 4865 section 5: 1 to 9 digits. */
static bool
read_holdfor(struct value_reading *reading, struct slice value)
{
    int64_t number;

    (void)reading;
    return value.len <= 9 && value.at[0] != '0' && slice_number(value, &number);
}

/* Takes so many digits off the front, whose number is at least `least` and at most `most`. */
static bool
take_digits(struct slice *rest, size_t digits, int64_t least, int64_t most)
{
    int64_t number;

    if (rest->len < digits || !slice_number(slice_first(*rest, digits), &number) ||
        number < least || number > most)
        return false;
    *rest = slice_from(*rest, digits);
    return true;
}

static bool
take_octet(struct slice *rest, char wanted)
{
    if (rest->len == 0 || ascii_lower(rest->at[0]) != wanted)
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

static bool
take_fraction(struct slice *rest)
{
    if (!take_octet(rest, '.'))
        return true;
    if (!take_digits(rest, 1, 0, 9))
        return false;
    while (take_digits(rest, 1, 0, 9))
        ;
    return true;
}

/* RFC 3339 section 5.6 date-time, up to its offset. */
static bool
take_local_time(struct slice *rest)
{
    return take_digits(rest, 4, 0, 9999) && take_octet(rest, '-') && take_digits(rest, 2, 1, 12) &&
           take_octet(rest, '-') && take_digits(rest, 2, 1, 31) && take_octet(rest, 't') &&
           take_digits(rest, 2, 0, 23) && take_octet(rest, ':') && take_digits(rest, 2, 0, 59) &&
           take_octet(rest, ':') && take_digits(rest, 2, 0, 60) && take_fraction(rest);
}

static bool
take_offset(struct slice *rest)
{
    if (take_octet(rest, 'z'))
        return true;
    return (take_octet(rest, '+') || take_octet(rest, '-')) && take_digits(rest, 2, 0, 23) &&
           take_octet(rest, ':') && take_digits(rest, 2, 0, 59);
}

/* RFC 4865 section 5: in UTC. */
static bool
read_holduntil(struct value_reading *reading, struct slice value)
{
    (void)reading;
    return take_local_time(&value) && take_octet(&value, 'z') && value.len == 0;
}

/* RFC 7293 section 4: a time, and perhaps what is to be done if the mailbox changed hands. */
static bool
read_rrvs(struct value_reading *reading, struct slice value)
{
    (void)reading;
    if (!take_local_time(&value) || !take_offset(&value))
        return false;
    return value.len == 0 || (take_octet(&value, ';') && slice_has_word_nocase("C R", value));
}

/* RFC 3885 section 3: a certifier in base64, perhaps with a number of seconds. */
static bool
read_mtrk(struct value_reading *reading, struct slice value)
{
    struct slice certifier = slice_first(value, slice_find(value, ':'));
    struct slice seconds = slice_from(value, certifier.len + 1);
    int64_t number;

    (void)reading;
    for (size_t i = 0; i < certifier.len; i++)
        if (!ascii_is_alnum(certifier.at[i]) && certifier.at[i] != '+' && certifier.at[i] != '/')
            return false;
    if (certifier.len == 0 || certifier.len == value.len)
        return certifier.len > 0;
    return seconds.len <= 9 && slice_number(seconds, &number);
}

/* RFC 1845 section 3: an identifier in the manner of a Message-ID. */
static bool
read_transid(struct value_reading *reading, struct slice value)
{
    (void)reading;
    return value.len > 2 && value.at[0] == '<' && value.at[value.len - 1] == '>';
}

static bool
is_solicitation(struct slice word)
{
    if (word.len == 0 || !ascii_is_alnum(word.at[0]) || ascii_is_digit(word.at[0]))
        return false;
    for (size_t i = 0; i < word.len; i++)
        if (!ascii_is_alnum(word.at[i]) && slice_find(SLICE(".-_:"), word.at[i]) == 4)
            return false;
    return true;
}

/* RFC 3865 section 2.2: words with commas between them. */
static bool
read_solicit(struct value_reading *reading, struct slice value)
{
    (void)reading;
    if (value.len > LONGEST_SOLICIT)
        return false;
    for (;;) {
        size_t comma = slice_find(value, ',');

        if (!is_solicitation(slice_first(value, comma)))
            return false;
        if (comma == value.len)
            return true;
        value = slice_from(value, comma + 1);
    }
}

/* RFC 6710 section 5: -9 to 9, no "+", no leading zero. */
static bool
read_priority(struct value_reading *reading, struct slice value)
{
    (void)reading;
    if (value.len == 2 && value.at[0] == '-')
        return value.at[1] >= '1' && value.at[1] <= '9';
    return value.len == 1 && ascii_is_digit(value.at[0]);
}

static const struct parameter_row rows[] = {
    {"SIZE", COMMAND_MAIL, false, read_size},            /* RFC 1870 */
    {"BODY", COMMAND_MAIL, false, read_body},            /* RFC 6152, RFC 3030 */
    {"SMTPUTF8", COMMAND_MAIL, true, read_smtputf8},     /* RFC 6531 */
    {"AUTH", COMMAND_MAIL, false, read_auth},            /* RFC 4954 */
    {"RET", COMMAND_MAIL, false, read_ret},              /* RFC 3461 */
    {"ENVID", COMMAND_MAIL, false, read_envid},          /* RFC 3461 */
    {"NOTIFY", COMMAND_RCPT, false, read_notify},        /* RFC 3461 */
    {"ORCPT", COMMAND_RCPT, false, read_orcpt},          /* RFC 3461, RFC 6533 */
    {"BY", COMMAND_MAIL, false, read_by},                /* RFC 2852 */
    {"MTRK", COMMAND_MAIL, false, read_mtrk},            /* RFC 3885 */
    {"TRANSID", COMMAND_MAIL, false, read_transid},      /* RFC 1845 */
    {"SOLICIT", COMMAND_MAIL, false, read_solicit},      /* RFC 3865 */
    {"SUBMITTER", COMMAND_MAIL, false, read_submitter},  /* RFC 4405 */
    {"HOLDFOR", COMMAND_MAIL, false, read_holdfor},      /* RFC 4865 */
    {"HOLDUNTIL", COMMAND_MAIL, false, read_holduntil},  /* RFC 4865 */
    {"CONPERM", COMMAND_MAIL, true, NULL},               /* RFC 4141 */
    {"CONNEG", COMMAND_RCPT, true, NULL},                /* RFC 4141 */
    {"MT-PRIORITY", COMMAND_MAIL, false, read_priority}, /* RFC 6710 */
    {"RRVS", COMMAND_RCPT, false, read_rrvs},            /* RFC 7293 */
    {"REQUIRETLS", COMMAND_MAIL, true, NULL},            /* RFC 8689 */
};

const struct parameter_row *
esmtp_row_find(enum parameter_command command, struct slice keyword, unsigned *number_r)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].command == command && slice_equal_nocase(slice_of(rows[i].keyword), keyword)) {
            *number_r = i;
            return &rows[i];
        }
    return NULL;
}
