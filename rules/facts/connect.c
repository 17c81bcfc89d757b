/* Facts of the connection and of HELO. */
#include "facts.h"

#include "mail/domain.h"

/* MTAs say "unknown", or the address in brackets, where a host has no name. */
static struct reading
host_name(const struct moment *moment, struct slice host)
{
    if (host.len == 0 || host.at[0] == '[' || slice_equal_nocase(host, SLICE("unknown")))
        return reading_absent();
    return given_domain(moment, host);
}

struct reading
read_client_ip(const struct moment *moment, UNUSED struct slice index)
{
    return moment->session->has_ip ? given_ip(moment, &moment->session->ip) : reading_absent();
}

struct reading
read_client_name(const struct moment *moment, UNUSED struct slice index)
{
    return host_name(moment, moment->session->host);
}

struct reading
read_client_ptr(const struct moment *moment, UNUSED struct slice index)
{
    return host_name(moment, given_macro(moment, "{client_ptr}"));
}

struct reading
read_client_resolve(const struct moment *moment, UNUSED struct slice index)
{
    return given_word(moment, given_macro(moment, "{client_resolve}"));
}

struct reading
read_client_port(const struct moment *moment, UNUSED struct slice index)
{
    return given_number(moment, given_macro(moment, "{client_port}"));
}

struct reading
read_client_local(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->session->local);
}

struct reading
read_daemon_name(const struct moment *moment, UNUSED struct slice index)
{
    return given_word(moment, given_macro(moment, "{daemon_name}"));
}

/* Sendmail writes its tag before an IPv6 address. */
struct reading
read_daemon_ip(const struct moment *moment, UNUSED struct slice index)
{
    struct slice text = given_macro(moment, "{daemon_addr}");
    struct ip ip;

    if (slice_starts_nocase(text, SLICE("IPv6:")))
        text = slice_from(text, 5);
    return ip_parse(text, &ip) ? given_ip(moment, &ip) : reading_absent();
}

struct reading
read_daemon_port(const struct moment *moment, UNUSED struct slice index)
{
    return given_number(moment, given_macro(moment, "{daemon_port}"));
}

struct reading
read_mta_host(const struct moment *moment, UNUSED struct slice index)
{
    return given_domain(moment, given_macro(moment, "j"));
}

struct reading
read_mta_version(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, given_macro(moment, "v"));
}

/* An empty argument is one, too: it is there, and stands for no. */
struct reading
read_helo(const struct moment *moment, UNUSED struct slice index)
{
    if (!moment->session->has_helo)
        return reading_absent();
    return reading_one(moment->arena, value_word(moment->arena, moment->session->helo));
}

/* RFC 5321 section 4.1.1.1: a domain, or an address literal; RFC 6531 section 3.7.1: in ASCII. */
static const char *
helo_defect(struct slice argument)
{
    struct ip ip;

    if (argument.len == 0)
        return "it is empty";
    if (ip_parse(argument, &ip))
        return "it is an IP address without brackets";
    if (argument.at[0] == '[')
        return domain_literal_parse(argument, &ip) ? NULL : "its address literal is malformed";
    if (!slice_is_ascii(argument))
        return "it isn't ASCII";
    return domain_is_valid(argument, false) ? NULL : "it is no domain name";
}

struct reading
read_helo_error(const struct moment *moment, UNUSED struct slice index)
{
    const char *defect = moment->session->has_helo ? helo_defect(moment->session->helo) : NULL;

    return defect ? given_text(moment, slice_of(defect)) : reading_absent();
}
