/* Parameters of MAIL and RCPT: takes them apart, and names what is wrong with them. */
#include "mail/esmtp.h"

#include "esmtp_inside.h"
#include "mail/utf8.h"
#include "text/atext.h"

struct esmtp_reading {
    struct value_reading value;
    enum parameter_command command;
    bool utf8;     /* octets above 127 may stand in values */
    uint32_t seen; /* a bit for each registered parameter that was there before */
};

static const struct {
    const char *text;
    int code;
    const char *enhanced;
} defects[PARAMETER_DEFECTS] = {
    [PARAMETER_FINE] = {"", 0, ""},
    [PARAMETER_BAD_SYNTAX] = {"is no parameter", 501, "5.5.4"},
    [PARAMETER_UNKNOWN] = {"is unknown here", 555, "5.5.4"},
    [PARAMETER_REPEATED] = {"appears twice", 501, "5.5.4"},
    [PARAMETER_NO_VALUE] = {"lacks its value", 501, "5.5.4"},
    [PARAMETER_STRAY_VALUE] = {"takes no value", 501, "5.5.4"},
    [PARAMETER_BAD_VALUE] = {"has a value that it can't have", 501, "5.5.4"},
    [PARAMETER_UNDECLARED_UTF8] = {"holds UTF-8, which takes SMTPUTF8", 501, "5.5.4"},
    [PARAMETER_EXCLUDED] = {"can't stand beside another one", 501, "5.5.4"},
    [PARAMETER_TOO_LARGE] = {"is more than any host can take", 552, "5.3.4"},
};

const char *
esmtp_defect_text(enum parameter_defect defect)
{
    return defect < PARAMETER_DEFECTS ? defects[defect].text : "";
}

void
esmtp_defect_reply(enum parameter_defect defect, int *code_r, const char **enhanced_r)
{
    *code_r = defects[defect].code;
    *enhanced_r = defects[defect].enhanced;
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
static enum parameter_defect
judge_octets(struct slice value, bool utf8)
{
    if (slice_find(value, '=') < value.len)
        return PARAMETER_BAD_SYNTAX;
    for (size_t i = 0; i < value.len; i++)
        if (is_control(value.at[i]) || value.at[i] == ' ')
            return PARAMETER_BAD_VALUE;
    if (slice_is_ascii(value))
        return PARAMETER_FINE;
    if (!utf8_is_valid(value))
        return PARAMETER_BAD_VALUE;
    return utf8 ? PARAMETER_FINE : PARAMETER_UNDECLARED_UTF8;
}

static void
split_word(struct slice word, struct parameter *parameter_r)
{
    size_t equals = slice_find(word, '=');

    parameter_r->keyword = slice_first(word, equals);
    parameter_r->value = slice_from(word, equals + 1);
    parameter_r->has_value = equals < word.len;
}

static enum parameter_defect
judge_value(struct esmtp_reading *reading, const struct parameter_row *row,
            const struct parameter *parameter)
{
    enum parameter_defect defect = judge_octets(parameter->value, reading->utf8);

    if (row->valueless && parameter->has_value)
        return PARAMETER_STRAY_VALUE;
    if (!row->valueless && parameter->value.len == 0)
        return PARAMETER_NO_VALUE;
    if (defect != PARAMETER_FINE)
        return defect;
    reading->value.defect = PARAMETER_FINE;
    if (row->read && !row->read(&reading->value, parameter->value))
        return PARAMETER_BAD_VALUE;
    return reading->value.defect;
}

static enum parameter_defect
judge_parameter(struct esmtp_reading *reading, const struct parameter *parameter)
{
    unsigned number = 0;
    const struct parameter_row *row = esmtp_row_find(reading->command, parameter->keyword, &number);

    if (!keyword_is_valid(parameter->keyword))
        return PARAMETER_BAD_SYNTAX;
    if (row == NULL)
        return PARAMETER_UNKNOWN;
    if (reading->seen & 1u << number)
        return PARAMETER_REPEATED;
    reading->seen |= 1u << number;
    return judge_value(reading, row, parameter);
}

/* The first one stays, but what is merely unknown hides nothing: a site may know it. */
static void
note_parameter_defect(struct parameters *parameters, enum parameter_defect defect,
                      struct slice word)
{
    if (defect == PARAMETER_FINE ||
        (parameters->defect != PARAMETER_FINE &&
         (parameters->defect != PARAMETER_UNKNOWN || defect == PARAMETER_UNKNOWN)))
        return;
    parameters->defect = defect;
    parameters->defective = word;
}

/* RFC 4865 section 5: one of them. */
static void
note_excluded(struct parameters *parameters)
{
    const struct parameter *until = esmtp_find(parameters, SLICE("HOLDUNTIL"));

    if (until && esmtp_find(parameters, SLICE("HOLDFOR")))
        note_parameter_defect(parameters, PARAMETER_EXCLUDED, until->keyword);
}

static void
parse(struct esmtp_reading *reading, const struct slice *words, size_t count)
{
    struct parameters *parameters = reading->value.parameters;

    *parameters = (struct parameters){0};
    parameters->item = ARENA_ARRAY(reading->value.arena, count, struct parameter);
    parameters->count = count;
    for (size_t i = 0; i < count; i++) {
        split_word(words[i], &parameters->item[i]);
        note_parameter_defect(parameters, judge_parameter(reading, &parameters->item[i]), words[i]);
        if (parameters->utf8.len == 0 && !slice_is_ascii(words[i]))
            parameters->utf8 = words[i];
    }
    note_excluded(parameters);
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
esmtp_parse_mail(struct arena *arena, const struct slice *words, size_t count,
                 struct parameters *parameters_r)
{
    struct esmtp_reading reading = {
        {arena, parameters_r, PARAMETER_FINE}, COMMAND_MAIL, declares_utf8(words, count), 0};

    parse(&reading, words, count);
}

void
esmtp_parse_rcpt(struct arena *arena, const struct slice *words, size_t count,
                 struct parameters *parameters_r)
{
    struct esmtp_reading reading = {{arena, parameters_r, PARAMETER_FINE}, COMMAND_RCPT, true, 0};

    parse(&reading, words, count);
}

enum parameter_defect
esmtp_defect_rcpt(const struct parameters *parameters, bool smtputf8, struct slice *defective_r)
{
    bool undeclared = !smtputf8 && parameters->utf8.len > 0;
    bool worse = parameters->defect == PARAMETER_FINE || parameters->defect == PARAMETER_UNKNOWN;

    *defective_r = undeclared && worse ? parameters->utf8 : parameters->defective;
    return undeclared && worse ? PARAMETER_UNDECLARED_UTF8 : parameters->defect;
}

const struct parameter *
esmtp_find(const struct parameters *parameters, struct slice keyword)
{
    for (size_t i = 0; i < parameters->count; i++)
        if (slice_equal_nocase(parameters->item[i].keyword, keyword))
            return &parameters->item[i];
    return NULL;
}
