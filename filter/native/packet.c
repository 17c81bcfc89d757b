/* Packets of the milter protocol. */
#include "packet.h"

/* What an MTA of the first version had, which offers nothing by name. */
enum { FIRST_ACTIONS = 0xf, FIRST_STEPS = 0x3f };

/* The data of each command. */
typedef bool packet_reader(struct slice data, struct packet *packet_r);

static uint32_t
packet_number(const char *at)
{
    const unsigned char *octet = (const unsigned char *)at;

    return (uint32_t)octet[0] << 24 | (uint32_t)octet[1] << 16 | (uint32_t)octet[2] << 8 | octet[3];
}

bool
packet_next_string(struct slice *strings, struct slice *string_r)
{
    size_t end = slice_find(*strings, '\0');

    if (strings->len == 0)
        return false;
    *string_r = slice_first(*strings, end);
    *strings = slice_from(*strings, end + 1);
    return true;
}

static bool
packet_ends(struct slice data)
{
    return data.len > 0 && data.at[data.len - 1] == '\0';
}

static bool
packet_read_nothing(struct slice data, struct packet *packet_r)
{
    (void)data, (void)packet_r;
    return true;
}

static bool
packet_read_terms(struct slice data, struct packet *packet_r)
{
    if (data.len < 12)
        return false;
    packet_r->version = packet_number(data.at);
    packet_r->actions = packet_number(data.at + 4);
    packet_r->steps = packet_number(data.at + 8);
    if (packet_r->actions == 0)
        packet_r->actions = FIRST_ACTIONS;
    if (packet_r->steps == 0)
        packet_r->steps = FIRST_STEPS;
    return packet_r->version >= PACKET_OLDEST_VERSION && packet_r->version <= INT32_MAX;
}

static bool
packet_read_words(struct slice data, struct packet *packet_r)
{
    packet_r->strings = data;
    if (!packet_ends(data))
        return false;
    for (; data.len > 0; data = slice_from(data, strlen(data.at) + 1))
        packet_r->count++;
    return true;
}

static bool
packet_read_macros(struct slice data, struct packet *packet_r)
{
    if (data.len == 0)
        return false;
    packet_r->macros_of = data.at[0];
    data = slice_from(data, 1);
    return data.len == 0 || (packet_read_words(data, packet_r) && packet_r->count % 2 == 0);
}

/* Sendmail marks addresses of IPv6 as RFC 5321 section 4.1.3 does. */
static bool
packet_read_ip(char family, struct slice address, struct packet *packet_r)
{
    struct slice mark = SLICE("IPv6:");

    if (family == '6' && slice_starts_nocase(address, mark))
        address = slice_from(address, mark.len);
    packet_r->has_ip = ip_parse(address, &packet_r->ip);
    return packet_r->has_ip;
}

static bool
packet_read_connect(struct slice data, struct packet *packet_r)
{
    struct slice address;
    char family;

    packet_next_string(&data, &packet_r->first);
    if (data.len == 0)
        return false;
    family = data.at[0];
    if (family == 'U')
        return true;
    if (family != '4' && family != '6' && family != 'L')
        return false;
    if (data.len < 4 || !packet_ends(data))
        return false;
    packet_r->port = (unsigned)(unsigned char)data.at[1] << 8 | (unsigned char)data.at[2];
    data = slice_from(data, 3);
    packet_next_string(&data, &address);
    return family == 'L' || packet_read_ip(family, address, packet_r);
}

static bool
packet_read_text(struct slice data, struct packet *packet_r)
{
    return packet_ends(data) && packet_next_string(&data, &packet_r->first);
}

static bool
packet_read_header(struct slice data, struct packet *packet_r)
{
    return packet_ends(data) && packet_next_string(&data, &packet_r->first) &&
           packet_r->first.len > 0 && packet_next_string(&data, &packet_r->second);
}

static bool
packet_read_piece(struct slice data, struct packet *packet_r)
{
    packet_r->first = data;
    return true;
}

static packet_reader *
packet_reader_of(char letter)
{
    switch ((enum packet_command)letter) {
    case PACKET_ABORT:
    case PACKET_DATA:
    case PACKET_EOH:
    case PACKET_QUIT:
    case PACKET_QUIT_NC:
        return packet_read_nothing;
    case PACKET_BODY:
    case PACKET_BODYEOB:
        return packet_read_piece;
    case PACKET_CONNECT:
        return packet_read_connect;
    case PACKET_HEADER:
        return packet_read_header;
    case PACKET_HELO:
    case PACKET_UNKNOWN:
        return packet_read_text;
    case PACKET_MACRO:
        return packet_read_macros;
    case PACKET_MAIL:
    case PACKET_RCPT:
        return packet_read_words;
    case PACKET_OPTNEG:
        return packet_read_terms;
    }
    return NULL;
}

enum packet_state
packet_read(struct slice octets, struct packet *packet_r, size_t *length_r)
{
    packet_reader *reader;
    uint32_t length;

    if (octets.len < PACKET_HEAD)
        return PACKET_PARTIAL;
    length = packet_number(octets.at);
    if (length == 0)
        return PACKET_EMPTY;
    if (length > PACKET_LONGEST - PACKET_HEAD)
        return PACKET_TOO_LONG;
    if (octets.len == PACKET_HEAD)
        return PACKET_PARTIAL;
    reader = packet_reader_of(octets.at[PACKET_HEAD]);
    if (reader == NULL)
        return PACKET_STRANGE;
    if (octets.len - PACKET_HEAD < length)
        return PACKET_PARTIAL;
    *packet_r = (struct packet){.command = (enum packet_command)octets.at[PACKET_HEAD]};
    if (!reader((struct slice){octets.at + PACKET_HEAD + 1, length - 1}, packet_r))
        return PACKET_MALFORMED;
    *length_r = PACKET_HEAD + length;
    return PACKET_WHOLE;
}

const char *
packet_state_text(enum packet_state state)
{
    static const char *const texts[PACKET_STATES] = {
        [PACKET_WHOLE] = "a packet",
        [PACKET_PARTIAL] = "half a packet",
        [PACKET_EMPTY] = "a packet without a command",
        [PACKET_TOO_LONG] = "a packet that is too long",
        [PACKET_STRANGE] = "a packet of an unknown command",
        [PACKET_MALFORMED] = "a malformed packet",
    };

    return texts[state];
}

static void
packet_put_number(struct buffer *to, uint32_t number)
{
    const char octets[] = {(char)(number >> 24), (char)(number >> 16), (char)(number >> 8),
                           (char)number};

    buffer_add(to, (struct slice){octets, sizeof octets});
}

static void
packet_put_head(struct buffer *to, char letter, size_t data)
{
    packet_put_number(to, (uint32_t)(data + 1));
    buffer_octet(to, letter);
}

static void
packet_put_string(struct buffer *to, const char *string)
{
    buffer_add(to, (struct slice){string, strlen(string) + 1});
}

void
packet_put(struct buffer *to, enum packet_reply reply)
{
    packet_put_head(to, (char)reply, 0);
}

bool
packet_put_strings(struct buffer *to, enum packet_reply reply, const char *first,
                   const char *second)
{
    size_t data = strlen(first) + 1 + (second ? strlen(second) + 1 : 0);

    if (data > PACKET_MOST_DATA)
        return false;
    packet_put_head(to, (char)reply, data);
    packet_put_string(to, first);
    if (second)
        packet_put_string(to, second);
    return true;
}

bool
packet_put_field(struct buffer *to, enum packet_reply reply, uint32_t index, const char *name,
                 const char *value)
{
    size_t data = 4 + strlen(name) + 1 + strlen(value) + 1;

    if (data > PACKET_MOST_DATA)
        return false;
    packet_put_head(to, (char)reply, data);
    packet_put_number(to, index);
    packet_put_string(to, name);
    packet_put_string(to, value);
    return true;
}

void
packet_put_body(struct buffer *to, struct slice piece)
{
    while (piece.len > 0) {
        struct slice part = slice_first(piece, PACKET_MOST_DATA);

        packet_put_head(to, PACKET_REPLACE_BODY, part.len);
        buffer_add(to, part);
        piece = slice_from(piece, part.len);
    }
}

void
packet_put_reply_code(struct buffer *to, const struct reply *reply)
{
    size_t around = strlen(reply->code) + 1 + strlen(reply->enhanced) + 1 + strlen("\r\n");
    size_t data = 0;

    for (size_t i = 0; i < reply->lines; i++)
        data += around + strlen(reply->line[i]);
    packet_put_head(to, PACKET_REPLY_CODE, data - strlen("\r\n") + 1);
    for (size_t i = 0; i < reply->lines; i++) {
        bool last = i + 1 == reply->lines;

        buffer_text(to, reply->code);
        buffer_octet(to, last ? ' ' : '-');
        buffer_text(to, reply->enhanced);
        buffer_octet(to, ' ');
        buffer_text(to, reply->line[i]);
        buffer_add(to, last ? (struct slice){"", 1} : SLICE("\r\n"));
    }
}

int
packet_place(char command)
{
    static const char places[PACKET_PLACES] = {
        PACKET_CONNECT, PACKET_HELO,    PACKET_MAIL, PACKET_RCPT,
        PACKET_DATA,    PACKET_BODYEOB, PACKET_EOH,
    };
    const char *at = memchr(places, command, sizeof places);

    return at ? (int)(at - places) : -1;
}

/* Of a list that isn't empty: its names with a space or the NUL behind each. */
static size_t
packet_names_length(const char *const *name)
{
    size_t length = 0;

    for (; *name; name++)
        length += strlen(*name) + 1;
    return length;
}

static void
packet_put_names(struct buffer *to, const char *const *name)
{
    for (; *name; name++) {
        buffer_text(to, *name);
        buffer_octet(to, name[1] ? ' ' : '\0');
    }
}

static bool
packet_asks(const struct packet_terms *terms, size_t place)
{
    return terms->macros[place] && terms->macros[place][0];
}

bool
packet_put_terms(struct buffer *to, const struct packet_terms *terms)
{
    size_t data = 12;

    for (size_t i = 0; i < PACKET_PLACES; i++)
        if (packet_asks(terms, i))
            data += 4 + packet_names_length(terms->macros[i]);
    if (data > PACKET_MOST_DATA)
        return false;
    packet_put_head(to, PACKET_OPTNEG, data);
    packet_put_number(to, terms->version);
    packet_put_number(to, terms->actions);
    packet_put_number(to, terms->steps);
    for (size_t i = 0; i < PACKET_PLACES; i++) {
        if (!packet_asks(terms, i))
            continue;
        packet_put_number(to, (uint32_t)i);
        packet_put_names(to, terms->macros[i]);
    }
    return true;
}
