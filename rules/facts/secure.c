/* Facts of AUTH and STARTTLS. They come before MAIL, and are asked for with it. */
#include "facts.h"

/* A mechanism makes a login of a name, and ANONYMOUS makes none (RFC 4505). {auth_author} is what
 * the client wrote behind AUTH=, and nobody's identity. */
struct reading
read_auth_user(const struct moment *moment, UNUSED struct slice index)
{
    struct slice mechanism = given_macro(moment, "{auth_type}");
    struct slice login;

    if (mechanism.len == 0 || slice_equal_nocase(mechanism, SLICE("ANONYMOUS")) ||
        !record_login(moment->arena, moment->session, moment->transaction, &login))
        return reading_absent();
    return reading_one(moment->arena, value_folded(moment->arena, login));
}

struct reading
read_auth_mechanism(const struct moment *moment, UNUSED struct slice index)
{
    return given_word(moment, given_macro(moment, "{auth_type}"));
}

struct reading
read_auth_ssf(const struct moment *moment, UNUSED struct slice index)
{
    return given_number(moment, given_macro(moment, "{auth_ssf}"));
}

struct reading
read_tls(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(given_macro(moment, "{tls_version}").len > 0);
}

struct reading
read_tls_version(const struct moment *moment, UNUSED struct slice index)
{
    struct slice version = given_macro(moment, "{tls_version}");

    return version.len > 0 ? reading_one(moment->arena, value_tls(version)) : reading_absent();
}

struct reading
read_tls_cipher(const struct moment *moment, UNUSED struct slice index)
{
    return given_word(moment, given_macro(moment, "{cipher}"));
}

struct reading
read_tls_bits(const struct moment *moment, UNUSED struct slice index)
{
    return given_number(moment, given_macro(moment, "{cipher_bits}"));
}

struct reading
read_tls_subject(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, given_macro(moment, "{cert_subject}"));
}

struct reading
read_tls_issuer(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, given_macro(moment, "{cert_issuer}"));
}

/* Sendmail names the subject of any certificate, and says in {verify} whether it is trusted;
 * Postfix never sends {verify}, and names the subject only of a trusted one. */
struct reading
read_tls_verified(const struct moment *moment, UNUSED struct slice index)
{
    struct slice verify;

    if (find_macro(moment, SLICE("{verify}"), &verify))
        return given_truth(slice_equal_nocase(verify, SLICE("OK")));
    return given_truth(slice_starts_nocase(given_macro(moment, "v"), SLICE("Postfix")) &&
                       given_macro(moment, "{cert_subject}").len > 0);
}
