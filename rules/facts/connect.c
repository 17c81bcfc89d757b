/* Facts of the connection and of HELO. */
#include "facts_inside.h"

#include "mail/domain.h"

/* MTAs say "unknown", or the address in brackets, where a host has no name. */
static struct reading
host_name(const struct moment *moment, struct slice host)
{
    if (host.len == 0 || host.at[0] == '[' || slice_equal_nocase(host, SLICE("unknown")))
        return reading_absent();
    return given_domain(moment, host);
}

static struct reading
read_client_ip(const struct moment *moment, UNUSED struct slice index)
{
    return moment->session->has_ip ? given_ip(moment, &moment->session->ip) : reading_absent();
}

/* What one customer or one host is given: a /24 of IPv4, a /64 of IPv6 (RFC 6177 section 2). */
static struct reading
read_client_network(const struct moment *moment, UNUSED struct slice index)
{
    const struct session *session = moment->session;
    unsigned bits = session->ip.family == 4 ? 24 : 64;
    char text[IP_TEXT_SIZE];
    struct ip base;

    if (!session->has_ip)
        return reading_absent();
    base = ip_network(&session->ip, bits);
    return given_text(moment,
                      slice_of(arena_printf(moment->arena, "%s/%u", ip_text(&base, text), bits)));
}

static struct reading
read_client_name(const struct moment *moment, UNUSED struct slice index)
{
    return host_name(moment, moment->session->host);
}

static struct reading
read_client_ptr(const struct moment *moment, UNUSED struct slice index)
{
    return host_name(moment, given_macro(moment, "{client_ptr}"));
}

static struct reading
read_client_local(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->session->local);
}

/* Sendmail writes its tag before an IPv6 address. */
static struct reading
read_daemon_ip(const struct moment *moment, UNUSED struct slice index)
{
    struct slice text = given_macro(moment, "{daemon_addr}");
    struct ip ip;

    if (slice_starts_nocase(text, SLICE("IPv6:")))
        text = slice_from(text, 5);
    return ip_parse(text, &ip) ? given_ip(moment, &ip) : reading_absent();
}

/* An empty argument is one, too: it is there, and stands for no. */
static struct reading
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

static struct reading
read_helo_error(const struct moment *moment, UNUSED struct slice index)
{
    const char *defect = moment->session->has_helo ? helo_defect(moment->session->helo) : NULL;

    return defect ? given_text(moment, slice_of(defect)) : reading_absent();
}

static const struct fact connect_rows[] = {
    {"client.ip", TYPE_IP, STAGE_CONNECT, ABSENT, "", NULL, read_client_ip,
     .help = "the client's IP address"},
    {"client.ip.network", TYPE_TEXT, STAGE_CONNECT, ABSENT, "", "client.ip", read_client_network,
     .help = "the network that it is in, as a text: 192.0.2.0/24, 2001:db8:1:2::/64"},
    {"client.name", TYPE_DOMAIN, STAGE_CONNECT, ABSENT, "", NULL, read_client_name,
     .help = "the client's host name, where the MTA found one that leads back to its address"},
    {"client.ptr", TYPE_DOMAIN, STAGE_CONNECT, ABSENT, "{client_ptr}", NULL, read_client_ptr,
     .help = "the name that DNS has for the client's address, whether it leads back or not"},
    {"client.resolve", TYPE_WORD, STAGE_CONNECT, ABSENT, "{client_resolve}", NULL, NULL,
     .help = "how the search for the client's name ended: OK, FAIL, FORGED or TEMP",
     .words = "OK FAIL FORGED TEMP"},
    {"client.port", TYPE_NUMBER, STAGE_CONNECT, ABSENT, "{client_port}", NULL, NULL,
     .help = "the client's TCP port"},
    {"client.local", TYPE_TRUTH, STAGE_CONNECT, 0, "", NULL, read_client_local,
     .help = "whether the message is handed in on the MTA's own machine, not by SMTP; refusing it "
             "makes a bounce"},
    {"daemon.name", TYPE_WORD, STAGE_CONNECT, ABSENT, "{daemon_name}", NULL, NULL,
     .help = "the name of the MTA's listening service"},
    {"daemon.ip", TYPE_IP, STAGE_CONNECT, ABSENT, "{daemon_addr}", NULL, read_daemon_ip,
     .help = "the address at which the MTA took the connection"},
    {"daemon.port", TYPE_NUMBER, STAGE_CONNECT, ABSENT, "{daemon_port}", NULL, NULL,
     .help = "the port at which the MTA took the connection, which tells submission from relay"},
    {"mta.host", TYPE_DOMAIN, STAGE_CONNECT, ABSENT, "j", NULL, NULL,
     .help = "the MTA's own host name"},
    {"mta.version", TYPE_TEXT, STAGE_CONNECT, ABSENT, "v", NULL, NULL,
     .help = "the MTA's version, as in \"Postfix 3.7.11\""},
    {"helo", TYPE_WORD, STAGE_HELO, ABSENT, "", NULL, read_helo,
     .help = "the argument of HELO or EHLO; absent where none was said"},
    {"helo.error", TYPE_TEXT, STAGE_HELO, ABSENT, "", NULL, read_helo_error,
     .help = "why that argument is neither a domain name nor an address literal; absent when it is "
             "one"},
};

const struct fact_rows facts_connect = {connect_rows, sizeof connect_rows / sizeof connect_rows[0]};
