/* Parameters of MAIL and RCPT, row by row: what a server that offers SIZE, 8BITMIME, SMTPUTF8, DSN
 * and AUTH has to answer. */
#include "mail/address.h"
#include "mail/esmtp.h"

#include "../unit/tap.h"

enum { MOST_WORDS = 8 };

/* SMTPUTF8 was declared in the MAIL command before this RCPT. */
enum command { MAIL, RCPT, RCPT_UTF8 };

#define DIGITS_20 "99999999999999999999"
#define E "\xC3\xA9"
#define O "\xC3\xB6"

static const struct {
    const char *row;
    enum command command;
    const char *text; /* path and parameters, as a milter gets them, with one blank between */
    int code;         /* 0: nothing is wrong */
    const char *enhanced;
    const char *section;
} rows[] = {
    {"01", MAIL, "<a@b.example> BODY=8BITMIME", 0, "", "RFC 6152 3"},
    {"02", MAIL, "<a@b.example> body=8bitmime", 0, "", "RFC 5321 2.4"},
    {"03", MAIL, "<a@b.example> BODY=7BIT", 0, "", "RFC 6152 2"},
    {"04", MAIL, "<a@b.example> BODY=8BIT", 501, "5.5.4", "RFC 6152 2"},
    {"05", MAIL, "<a@b.example> BODY=", 501, "5.5.4", "RFC 5321 4.1.2"},
    {"06", MAIL, "<a@b.example> BODY", 501, "5.5.4", "RFC 6152 2"},
    {"07", MAIL, "<a@b.example> BODY=7BIT BODY=8BITMIME", 501, "5.5.4", "RFC 6152 3"},
    {"08", MAIL, "<a@b.example> BODY=BINARYMIME", 555, "5.5.4", "RFC 5321 4.1.1.11"},
    {"09", MAIL, "<a@b.example> BODY==8BITMIME", 501, "5.5.4", "RFC 5321 4.1.2"},
    {"10", MAIL, "<a@b.example> SMTPUTF8", 0, "", "RFC 6531 3.6"},
    {"11", MAIL, "<a@b.example> smtputf8", 0, "", "RFC 5321 2.4"},
    {"12", MAIL, "<a@b.example> SMTPUTF8=", 501, "5.5.4", "RFC 6531 3.4"},
    {"12", MAIL, "<a@b.example> SMTPUTF8=1", 501, "5.5.4", "RFC 6531 3.4"},
    {"13", MAIL, "<a@b.example> SMTPUTF8 SMTPUTF8", 501, "5.5.4", "RFC 6531 3.4"},
    {"14", RCPT, "<a@b.example> SMTPUTF8", 555, "5.5.4", "RFC 6531 3.1"},
    {"15", MAIL, "<> SMTPUTF8 BODY=8BITMIME", 0, "", "RFC 6531 3.6"},
    {"16", MAIL, "<" E "@b.example>", 550, "5.6.7", "RFC 6531 3.5"},
    {"17", MAIL, "<" E "@b.example> BODY=8BITMIME", 550, "5.6.7", "RFC 6531 3.4"},
    {"18", RCPT_UTF8, "<" E "@b.example>", 0, "", "RFC 6531 3.4"},
    {"19", RCPT, "<" E "@b.example>", 553, "5.6.7", "RFC 6531 3.5"},
    {"20", MAIL, "<a@b.example> SIZE=1000", 0, "", "RFC 1870 6"},
    {"21", MAIL, "<a@b.example> SIZE=0", 0, "", "RFC 1870 6"},
    {"22", MAIL, "<a@b.example> SIZE=-1", 501, "5.5.4", "RFC 1870 3"},
    {"22", MAIL, "<a@b.example> SIZE=1k", 501, "5.5.4", "RFC 1870 3"},
    {"22", MAIL, "<a@b.example> SIZE=0x10", 501, "5.5.4", "RFC 1870 3"},
    {"22", MAIL, "<a@b.example> SIZE=+1", 501, "5.5.4", "RFC 1870 3"},
    {"23", MAIL, "<a@b.example> SIZE=0" DIGITS_20, 501, "5.5.4", "RFC 1870 3"},
    {"24", MAIL, "<a@b.example> SIZE=" DIGITS_20, 552, "5.3.4", "RFC 1870 6.1"},
    {"25", MAIL, "<a@b.example> SIZE=1 SIZE=2", 501, "5.5.4", "RFC 1870 6"},
    {"26", MAIL, "<a@b.example> AUTH=<>", 0, "", "RFC 4954 5"},
    {"27", MAIL, "<a@b.example> AUTH=e+3Dmc2@example.com", 0, "", "RFC 4954 5.1"},
    {"28", MAIL, "<a@b.example> AUTH=e=mc2@example.com", 501, "5.5.4", "RFC 4954 8"},
    {"29", MAIL, "<a@b.example> AUTH=a+b@c.example", 501, "5.5.4", "RFC 4954 8"},
    {"30", MAIL, "<a@b.example> AUTH=a+2bb@c.example", 0, "", "RFC 4954 8"},
    {"31", MAIL, "<a@b.example> AUTH=a+0D+0A@c.example", 501, "5.5.4", "RFC 4954 8"},
    {"32", MAIL, "<a@b.example> AUTH=user", 501, "5.5.4", "RFC 4954 8"},
    {"33", MAIL, "<a@b.example> AUTH=+C3+A9@c.example", 0, "", "RFC 4954 8"},
    {"34", MAIL, "<a@b.example> AUTH=" E "@c.example", 501, "5.5.4", "RFC 6531 3.3"},
    {"34", MAIL, "<a@b.example> AUTH=" E "@c.example SMTPUTF8", 0, "", "RFC 6531 3.3"},
    {"35", MAIL, "<a@b.example> AUTH=a@c.example AUTH=<>", 501, "5.5.4", "RFC 4954 5"},
    {"36", MAIL, "<a@b.example> AUTH=\"a b\"@c.example", 501, "5.5.4", "RFC 4954 8"},
    {"36", MAIL, "<a@b.example> AUTH=\"a+20b\"@c.example", 0, "", "RFC 4954 8"},
    {"37", MAIL, "<a@b.example> RET=FULL ENVID=QQ314159", 0, "", "RFC 3461 4.3"},
    {"38", MAIL, "<a@b.example> RET=BODY", 501, "5.5.4", "RFC 3461 4.3"},
    {"39", MAIL, "<a@b.example> ENVID=a+0Ab", 501, "5.5.4", "RFC 3461 4.4"},
    {"40", RCPT, "<a@b.example> NOTIFY=NEVER,FAILURE", 501, "5.5.4", "RFC 3461 4.1"},
    {"41", RCPT, "<a@b.example> NOTIFY=SUCCESS,FAILURE,DELAY", 0, "", "RFC 3461 4.1"},
    {"42", RCPT, "<a@b.example> NOTIFY=", 501, "5.5.4", "RFC 3461 4.1"},
    {"43", RCPT, "<a@b.example> ORCPT=rfc822;Carol@Ivory.EDU", 0, "", "RFC 3461 4.2"},
    {"44", RCPT, "<a@b.example> ORCPT=Carol@Ivory.EDU", 501, "5.5.4", "RFC 3461 4.2"},
    {"45", RCPT, "<a@b.example> ORCPT=utf-8;j\\x{F6}rg@x.example", 0, "", "RFC 6533 3"},
    {"46", RCPT_UTF8, "<a@b.example> ORCPT=utf-8;j" O "rg@x.example", 0, "", "RFC 6533 3"},
    {"47", RCPT, "<a@b.example> ORCPT=utf-8;j" O "rg@x.example", 501, "5.5.4", "RFC 6533 3"},
    {"48", RCPT, "<a@b.example> ORCPT=utf-8;a\\x{D800}b@x.example", 501, "5.5.4", "RFC 6533 3"},
    {"49", RCPT, "<a@b.example> ORCPT=utf-8;a+b@x.example", 501, "5.5.4", "RFC 6533 3"},
    {"50", RCPT, "<a@b.example> ORCPT=utf-8;a\\x{2B}b@x.example", 0, "", "RFC 6533 3"},
    {"51", MAIL, "<a@b.example> REQUIRETLS", 555, "5.5.4", "RFC 8689 2"},
    {"52", MAIL, "<a@b.example> MT-PRIORITY=10", 501, "5.5.4", "RFC 6710 5"},
    {"53", MAIL, "<a@b.example> BY=120;R", 555, "5.5.4", "RFC 2852 4, where it isn't offered"},
    {"54", MAIL, "<a@b.example> HOLDFOR=60 HOLDUNTIL=2027-01-01T00:00:00Z", 501, "5.5.4",
     "RFC 4865 5"},
    {"55", MAIL, "<a@b.example> FOO", 555, "5.5.4", "RFC 5321 4.1.1.11"},
    {"55", MAIL, "<a@b.example> FOO=bar", 555, "5.5.4", "RFC 5321 4.1.1.11"},
    {"56", MAIL, "<a@b.example> -FOO=x", 501, "5.5.4", "RFC 5321 4.1.2"},
    {"57", MAIL, "<a@b.example> ALT-ADDRESS=a@b.example", 555, "5.5.4", "RFC 6531 1.2"},
    {"57", RCPT, "<a@b.example> ALT-ADDRESS=a@b.example", 555, "5.5.4", "RFC 6531 1.2"},
};

/* The syntax of what this server doesn't offer. */
static const struct {
    enum command command;
    const char *text;
    enum parameter_defect defect;
    const char *section;
} others[] = {
    {MAIL, "BY=120;R", PARAMETER_FINE, "RFC 2852 4"},
    {MAIL, "BY=-120;NT", PARAMETER_FINE, "RFC 2852 4"},
    {MAIL, "BY=-120;R", PARAMETER_BAD_VALUE, "RFC 2852 4"},
    {MAIL, "BY=1234567890;N", PARAMETER_BAD_VALUE, "RFC 2852 4"},
    {MAIL, "MTRK=QWxhZGRpbg==", PARAMETER_BAD_SYNTAX, "RFC 5321 4.1.2"},
    {MAIL, "MTRK=QWxhZGRpbg", PARAMETER_FINE, "RFC 3885 3"},
    {MAIL, "MTRK=QWxhZGRpbg:86400", PARAMETER_FINE, "RFC 3885 3"},
    {MAIL, "MTRK=QWxhZGRpbg:soon", PARAMETER_BAD_VALUE, "RFC 3885 3"},
    {MAIL, "MTRK=:5", PARAMETER_BAD_VALUE, "RFC 3885 3"},
    {MAIL, "TRANSID=<12345@client.example>", PARAMETER_FINE, "RFC 1845 3"},
    {MAIL, "TRANSID=12345", PARAMETER_BAD_VALUE, "RFC 1845 3"},
    {MAIL, "SOLICIT=net.example:ADV,org.example:ADV:ADLT", PARAMETER_FINE, "RFC 3865 2.2"},
    {MAIL, "SOLICIT=net.example:ADV,", PARAMETER_BAD_VALUE, "RFC 3865 2.2"},
    {MAIL, "SOLICIT=1net:ADV", PARAMETER_BAD_VALUE, "RFC 3865 2.2"},
    {MAIL, "SUBMITTER=a+2Bb@c.example", PARAMETER_FINE, "RFC 4405 4"},
    {MAIL, "SUBMITTER=a", PARAMETER_BAD_VALUE, "RFC 4405 4"},
    {MAIL, "HOLDFOR=999999999", PARAMETER_FINE, "RFC 4865 5"},
    {MAIL, "HOLDFOR=1000000000", PARAMETER_BAD_VALUE, "RFC 4865 5"},
    {MAIL, "HOLDFOR=0", PARAMETER_BAD_VALUE, "RFC 4865 5"},
    {MAIL, "HOLDUNTIL=2027-01-01T00:00:00Z", PARAMETER_FINE, "RFC 4865 5"},
    {MAIL, "HOLDUNTIL=2027-01-01t23:59:60.5z", PARAMETER_FINE, "RFC 3339 5.6"},
    {MAIL, "HOLDUNTIL=2027-01-01T00:00:00+01:00", PARAMETER_BAD_VALUE, "RFC 4865 5"},
    {MAIL, "HOLDUNTIL=2027-13-01T00:00:00Z", PARAMETER_BAD_VALUE, "RFC 3339 5.7"},
    {MAIL, "HOLDUNTIL=86400", PARAMETER_BAD_VALUE, "RFC 4865 5"},
    {MAIL, "CONPERM", PARAMETER_FINE, "RFC 4141 4"},
    {MAIL, "CONPERM=yes", PARAMETER_STRAY_VALUE, "RFC 4141 4"},
    {RCPT, "CONNEG", PARAMETER_FINE, "RFC 4141 5"},
    {RCPT, "CONNEG=", PARAMETER_STRAY_VALUE, "RFC 4141 5"},
    {RCPT, "CONPERM", PARAMETER_UNKNOWN, "RFC 4141 4"},
    {MAIL, "MT-PRIORITY=-9", PARAMETER_FINE, "RFC 6710 5"},
    {MAIL, "MT-PRIORITY=0", PARAMETER_FINE, "RFC 6710 5"},
    {MAIL, "MT-PRIORITY=-0", PARAMETER_BAD_VALUE, "RFC 6710 5"},
    {MAIL, "MT-PRIORITY=+3", PARAMETER_BAD_VALUE, "RFC 6710 5"},
    {MAIL, "MT-PRIORITY=03", PARAMETER_BAD_VALUE, "RFC 6710 5"},
    {RCPT, "RRVS=2014-04-03T23:01:00Z", PARAMETER_FINE, "RFC 7293 4"},
    {RCPT, "RRVS=2014-04-03T23:01:00-05:00;R", PARAMETER_FINE, "RFC 7293 4"},
    {RCPT, "RRVS=2014-04-03T23:01:00Z;X", PARAMETER_BAD_VALUE, "RFC 7293 4"},
    {RCPT, "RRVS=2014-04-03", PARAMETER_BAD_VALUE, "RFC 7293 4"},
    {MAIL, "RRVS=2014-04-03T23:01:00Z", PARAMETER_UNKNOWN, "RFC 7293 4"},
    {MAIL, "REQUIRETLS", PARAMETER_FINE, "RFC 8689 2"},
    {MAIL, "REQUIRETLS=", PARAMETER_STRAY_VALUE, "RFC 8689 2"},
    {MAIL, "XVERP", PARAMETER_UNKNOWN, "RFC 5321 2.2.2"},
    {RCPT, "ORCPT=utf-8;a\\x{41}b@x.example", PARAMETER_BAD_VALUE, "RFC 6533 3"},
    {RCPT, "ORCPT=utf-8;a\\x{5C}b@x.example", PARAMETER_BAD_VALUE, "RFC 6533 3"},
    {RCPT, "ORCPT=utf-8;nobody", PARAMETER_BAD_VALUE, "RFC 6533 3"},
    {RCPT, "ORCPT=x400;anything+20at+20all", PARAMETER_FINE, "RFC 3461 4.2"},
    {RCPT, "ORCPT=rfc822;", PARAMETER_BAD_VALUE, "RFC 3461 4.2"},
    {RCPT, "ORCPT=rfc822;" E "@x.example", PARAMETER_BAD_VALUE, "RFC 3461 4.2"},
};

static const struct parameters *
read_words(struct arena *arena, enum command command, const struct slice *words, size_t count)
{
    struct parameters *parameters = ARENA_NEW(arena, struct parameters);

    if (command == MAIL)
        esmtp_parse_mail(arena, words, count, parameters);
    else
        esmtp_parse_rcpt(arena, words, count, parameters);
    return parameters;
}

/* Registered, and not offered by this server. */
static bool
is_unoffered(const struct parameters *parameters)
{
    static const char *const offered[] = {"SIZE", "BODY",  "SMTPUTF8", "AUTH",
                                          "RET",  "ENVID", "NOTIFY",   "ORCPT"};
    size_t known = 0;

    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
        known += esmtp_find(parameters, slice_of(offered[i])) != NULL;
    return known < parameters->count || slice_equal_nocase(parameters->body, SLICE("BINARYMIME"));
}

static void
reply_to(struct arena *arena, enum command command, const char *text, int *code_r,
         const char **enhanced_r)
{
    struct slice words[MOST_WORDS], rest = slice_of(text), defective;
    const struct parameters *parameters;
    enum parameter_defect defect;
    struct address address;
    size_t count = 0;

    while (count < MOST_WORDS && slice_word(&rest, " ", &words[count]))
        count++;
    parameters = read_words(arena, command, words + 1, count - 1);
    defect = command == MAIL ? parameters->defect
                             : esmtp_defect_rcpt(parameters, command == RCPT_UTF8, &defective);
    esmtp_defect_reply(defect, code_r, enhanced_r);
    if (defect == PARAMETER_FINE && is_unoffered(parameters))
        esmtp_defect_reply(PARAMETER_UNKNOWN, code_r, enhanced_r);
    address_parse_forward_path(arena, words[0], &address);
    if (address.utf8 && command != RCPT_UTF8 && !parameters->smtputf8) {
        *code_r = command == MAIL ? 550 : 553;
        *enhanced_r = "5.6.7";
    }
}

static void
test_rows(struct arena *arena)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *enhanced = "";
        int code = 0;

        reply_to(arena, rows[i].command, rows[i].text, &code, &enhanced);
        tap_check(code == rows[i].code && strcmp(enhanced, rows[i].enhanced) == 0,
                  "row %s, %s: %s %s: %d %s", rows[i].row, rows[i].section,
                  rows[i].command == MAIL ? "MAIL" : "RCPT", rows[i].text, code, enhanced);
    }
}

static void
test_others(struct arena *arena)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct slice word = slice_of(others[i].text);
        const struct parameters *parameters = read_words(arena, others[i].command, &word, 1);

        tap_check(parameters->defect == others[i].defect, "%s: %s %s: %s", others[i].section,
                  others[i].command == MAIL ? "MAIL" : "RCPT", others[i].text,
                  esmtp_defect_text(parameters->defect));
    }
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    test_rows(arena);
    test_others(arena);
    arena_free(&arena);
    return tap_done();
}
