/* IP addresses and blocks: what is read, and how it is printed. */
#include "mail/ip.h"

#include "tap.h"

static void
test_addresses(void)
{
    const struct {
        struct slice in;
        const char *out; /* NULL: no address */
        const char *section;
    } cases[] = {
        {SLICE("192.0.2.7"), "192.0.2.7", "RFC 5321 4.1.3"},
        {SLICE("0.0.0.0"), "0.0.0.0", "RFC 5321 4.1.3"},
        {SLICE("255.255.255.255"), "255.255.255.255", "RFC 5321 4.1.3"},
        {SLICE("01.002.3.4"), "1.2.3.4", "RFC 5321 4.1.3"},
        {SLICE("256.1.1.1"), NULL, "RFC 5321 4.1.3"},
        {SLICE("1.2.3"), NULL, "RFC 5321 4.1.3"},
        {SLICE("1.2.3.4.5"), NULL, "RFC 5321 4.1.3"},
        {SLICE("1.2.3."), NULL, "RFC 5321 4.1.3"},
        {SLICE("1..2.3"), NULL, "RFC 5321 4.1.3"},
        {SLICE("0001.2.3.4"), NULL, "RFC 5321 4.1.3"},
        {SLICE("0x1.2.3.4"), NULL, "RFC 5321 4.1.3"},
        {SLICE("1.2.3.4\0"), NULL, "RFC 5321 4.1.3"},
        {SLICE(""), NULL, "RFC 5321 4.1.3"},
        {SLICE("::"), "::", "RFC 4291 2.2"},
        {SLICE("::1"), "::1", "RFC 4291 2.2"},
        {SLICE("1::"), "1::", "RFC 4291 2.2"},
        {SLICE("2001:DB8:0:0:8:800:200C:417A"), "2001:db8::8:800:200c:417a", "RFC 5952 4"},
        {SLICE("2001:db8::0:1"), "2001:db8::1", "RFC 5952 4.2.1"},
        {SLICE("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1", "RFC 5952 4.2.2"},
        {SLICE("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1", "RFC 5952 4.2.3"},
        {SLICE("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1", "RFC 5952 4.2.3"},
        {SLICE("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0", "RFC 4291 2.2"},
        {SLICE("::2:3:4:5:6:7:8"), "0:2:3:4:5:6:7:8", "RFC 4291 2.2"},
        {SLICE("64:ff9b::192.0.2.33"), "64:ff9b::c000:221", "RFC 4291 2.2"},
        {SLICE("1:2:3:4:5:6:1.2.3.4"), "1:2:3:4:5:6:102:304", "RFC 4291 2.2"},
        {SLICE("::ffff:192.0.2.7"), "192.0.2.7", "RFC 4291 2.5.5.2"},
        {SLICE("::FFFF:c000:207"), "192.0.2.7", "RFC 4291 2.5.5.2"},
        {SLICE("1:2:3:4:5:6:7:8:9"), NULL, "RFC 4291 2.2"},
        {SLICE("1:2:3:4:5:6:7:8::"), NULL, "RFC 4291 2.2"},
        {SLICE("1:2:3:4:5:6:7:1.2.3.4"), NULL, "RFC 4291 2.2"},
        {SLICE("1.2.3.4::"), NULL, "RFC 4291 2.2"},
        {SLICE("1::2::3"), NULL, "RFC 4291 2.2"},
        {SLICE(":::"), NULL, "RFC 4291 2.2"},
        {SLICE(":1"), NULL, "RFC 4291 2.2"},
        {SLICE("1:"), NULL, "RFC 4291 2.2"},
        {SLICE("1:2:3:4:5:6:7:"), NULL, "RFC 4291 2.2"},
        {SLICE("12345::1"), NULL, "RFC 4291 2.2"},
        {SLICE("fe80::1%eth0"), NULL, "RFC 4291 2.2"},
        {SLICE("[::1]"), NULL, "RFC 4291 2.2"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[IP_TEXT_SIZE] = "";
        struct ip ip = {0};
        bool good = ip_parse(cases[i].in, &ip);

        if (good)
            ip_text(&ip, text);
        tap_check(good == (cases[i].out != NULL) && (!good || strcmp(text, cases[i].out) == 0),
                  "%s: %.*s gives %s", cases[i].section, (int)cases[i].in.len, cases[i].in.at,
                  text);
    }
}

static void
test_blocks(void)
{
    const struct {
        const char *in;
        enum ip_defect defect;
        const char *base;
        unsigned bits;
    } cases[] = {
        {"192.0.2.0/24", IP_FINE, "192.0.2.0", 24},
        {"192.0.2.7", IP_FINE, "192.0.2.7", 32},
        {"::1", IP_FINE, "::1", 128},
        {"0.0.0.0/0", IP_FINE, "0.0.0.0", 0},
        {"::/0", IP_FINE, "::", 0},
        {"2001:db8::/32", IP_FINE, "2001:db8::", 32},
        {"::ffff:192.0.2.0/120", IP_FINE, "192.0.2.0", 24},
        {"192.0.2.7/24", IP_HOST_BITS, "192.0.2.0", 24},
        {"10.1.255.1/15", IP_HOST_BITS, "10.0.0.0", 15},
        {"192.0.2.0/33", IP_BAD_LENGTH, NULL, 0},
        {"2001:db8::/129", IP_BAD_LENGTH, NULL, 0},
        {"::ffff:192.0.2.0/24", IP_BAD_LENGTH, NULL, 0},
        {"192.0.2.0/", IP_BAD_LENGTH, NULL, 0},
        {"192.0.2.0/-1", IP_BAD_LENGTH, NULL, 0},
        {"192.0.2.0/255.255.255.0", IP_BAD_LENGTH, NULL, 0},
        {"192.0.2/24", IP_NOT_ADDRESS, NULL, 0},
        {"example.com", IP_NOT_ADDRESS, NULL, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ip_block block = {0};
        char text[IP_TEXT_SIZE] = "";
        enum ip_defect defect = ip_block_parse(slice_of(cases[i].in), &block);
        bool same = defect == cases[i].defect;

        if (same && cases[i].base)
            same = strcmp(ip_text(&block.base, text), cases[i].base) == 0 &&
                   block.bits == cases[i].bits;
        tap_check(same, "RFC 4632 3.1: block %s", cases[i].in);
    }
}

static void
test_membership(void)
{
    const struct {
        const char *ip, *block;
        bool in;
    } cases[] = {
        {"192.0.2.7", "192.0.2.0/24", true},
        {"192.0.3.7", "192.0.2.0/24", false},
        {"192.0.2.127", "192.0.2.0/25", true},
        {"192.0.2.128", "192.0.2.0/25", false},
        {"10.9.8.7", "0.0.0.0/0", true},
        {"::1", "0.0.0.0/0", false},
        {"2001:db8::1", "2001:db8::/32", true},
        {"2001:db9::1", "2001:db8::/32", false},
        {"::ffff:192.0.2.7", "192.0.2.0/24", true},
        {"192.0.2.7", "::/0", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ip ip;
        struct ip_block block;

        ip_parse(slice_of(cases[i].ip), &ip);
        ip_block_parse(slice_of(cases[i].block), &block);
        tap_check(ip_in_block(&ip, &block) == cases[i].in, "RFC 4632 3.1: %s in %s: %d",
                  cases[i].ip, cases[i].block, cases[i].in);
    }
}

int
main(void)
{
    test_addresses();
    test_blocks();
    test_membership();
    return tap_done();
}
