/* Facts of AUTH and STARTTLS. They come before MAIL, and are asked for with it. */
#include "facts_inside.h"

/* A mechanism makes a login of a name, and ANONYMOUS makes none (RFC 4505). {auth_author} is what
 * the client wrote behind AUTH=, and nobody's identity. */
static struct reading
read_auth_user(const struct moment *moment, UNUSED struct slice index)
{
    struct slice mechanism = given_macro(moment, "{auth_type}");
    struct slice login;

    if (mechanism.len == 0 || slice_equal_nocase(mechanism, SLICE("ANONYMOUS")) ||
        !record_login(moment->arena, moment->session, moment->transaction, &login))
        return reading_absent();
    return reading_one(moment->arena, value_folded(moment->arena, login));
}

static struct reading
read_tls(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(given_macro(moment, "{tls_version}").len > 0);
}

/* Sendmail names the subject of any certificate, and says in {verify} whether it is trusted;
 * Postfix never sends {verify}, and names the subject only of a trusted one. */
static struct reading
read_tls_verified(const struct moment *moment, UNUSED struct slice index)
{
    struct slice verify;

    if (given_find_macro(moment, SLICE("{verify}"), &verify))
        return given_truth(slice_equal_nocase(verify, SLICE("OK")));
    return given_truth(slice_starts_nocase(given_macro(moment, "v"), SLICE("Postfix")) &&
                       given_macro(moment, "{cert_subject}").len > 0);
}

static const struct fact secure_rows[] = {
    {"auth.user", TYPE_FOLDED, STAGE_MAIL, ABSENT, "{auth_type} {auth_authen} v", NULL,
     read_auth_user,
     .help = "the login of the client; absent for one who didn't log in, or as ANONYMOUS"},
    {"auth.mechanism", TYPE_WORD, STAGE_MAIL, ABSENT, "{auth_type}", "auth.user", NULL,
     .help = "the SASL mechanism of the login"},
    {"auth.ssf", TYPE_NUMBER, STAGE_MAIL, ABSENT | NO_POSTFIX, "{auth_ssf}", "auth.user", NULL,
     .help = "the strength, in bits, of the encryption that the login brought"},
    {"tls", TYPE_TRUTH, STAGE_MAIL, 0, "{tls_version}", NULL, read_tls,
     .help = "whether the connection is encrypted by TLS"},
    {"tls.version", TYPE_TLS, STAGE_MAIL, ABSENT, "{tls_version}", "tls", NULL,
     .help = "the version of TLS; versions are ordered"},
    {"tls.cipher", TYPE_WORD, STAGE_MAIL, ABSENT, "{cipher}", "tls", NULL,
     .help = "the cipher suite"},
    {"tls.bits", TYPE_NUMBER, STAGE_MAIL, ABSENT, "{cipher_bits}", "tls", NULL,
     .help = "the length of the cipher's key in bits"},
    {"tls.subject", TYPE_TEXT, STAGE_MAIL, ABSENT, "{cert_subject}", NULL, NULL,
     .help = "the subject of the client's certificate, on Postfix its common name; only "
             "tls.verified says whether to believe it"},
    {"tls.issuer", TYPE_TEXT, STAGE_MAIL, ABSENT, "{cert_issuer}", NULL, NULL,
     .help = "the issuer of the client's certificate, on Postfix its common name"},
    {"tls.verified", TYPE_TRUTH, STAGE_MAIL, 0, "{verify} {cert_subject} v", NULL,
     read_tls_verified, .help = "whether the MTA trusts the client's certificate"},
};

const struct fact_rows facts_secure = {secure_rows, sizeof secure_rows / sizeof secure_rows[0]};
