/* One reading of next hops, for facts and for the table that they are looked up in. */
#include "mail/next_hop.h"

#include "tap.h"

static const struct {
    const char *text, *host, *port;
    bool good;
} hops[] = {
    {"relay.example.org", "relay.example.org", "", true},
    {"relay.example.org:25", "relay.example.org", "25", true},
    {"relay.example.org.", "relay.example.org", "", true},
    {"relay.example.org.:25", "relay.example.org", "25", true},
    {"[relay.example.org]", "relay.example.org", "", true},
    {"[relay.example.org.]:26", "relay.example.org", "26", true},
    {"Relay.Example.ORG", "Relay.Example.ORG", "", true},
    {"192.0.2.1:2525", "192.0.2.1", "2525", true},
    {"[192.0.2.1]:2525", "192.0.2.1", "2525", true},
    {"2001:db8::1", "2001:db8::1", "", true},
    {"::1", "::1", "", true},
    {"[2001:db8::1]", "2001:db8::1", "", true},
    {"[IPv6:2001:db8::1]:25", "2001:db8::1", "25", true},
    {"[ipv6:::1]", "::1", "", true},
    {"IPv6:2001:db8::1", "IPv6:2001:db8::1", "", true},
    {"a.example:b.example", "a.example:b.example", "", true},
    {"host:", "host:", "", true},
    {"host:0", "host", "0", true},
    {"host:99999", "host", "99999", true},
    {"host:-1", "host:-1", "", true},
    {"host:25 ", "host:25 ", "", true},
    {"private/dovecot-lmtp", "private/dovecot-lmtp", "", true},
    {":25", "", "25", true},
    {".", ".", "", true},
    {"", "", "", true},
    {"[]", "", "", true},
    {"[", "", "", false},
    {"[broken", "broken", "", false},
    {"[broken.", "broken", "", false},
    {"[192.0.2.1]925", "192.0.2.1", "", false},
    {"[192.0.2.1].", "192.0.2.1", "", false},
    {"[192.0.2.1]:", "192.0.2.1", "", false},
    {"[192.0.2.1]:smtp", "192.0.2.1", "", false},
    {"[192.0.2.1]:25 x", "192.0.2.1", "", false},
    {"[a]:25]", "a", "", false},
};

int
main(void)
{
    for (size_t i = 0; i < sizeof hops / sizeof hops[0]; i++) {
        struct slice host, port;
        bool good = next_hop_read(slice_of(hops[i].text), &host, &port);

        tap_check(good == hops[i].good && slice_equal(host, slice_of(hops[i].host)) &&
                      slice_equal(port, slice_of(hops[i].port)),
                  "\"%s\" is host %.*s, port %.*s%s", hops[i].text, (int)host.len, host.at,
                  (int)port.len, port.at, good ? "" : ", with something amiss");
    }
    return tap_done();
}
