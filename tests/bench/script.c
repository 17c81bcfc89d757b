/* Makes the packets of a session, and cuts them where an MTA waits. */
#include "script.h"

#include <libmilter/mfapi.h>

#include "play/message.h"
#include "policy/scenario.h"

enum { MOST_MACROS = 8, MOST_PACKET = 1 << 20, MOST_BURST = 1 << 30, CHUNK = 65535 };

struct named {
    const char *name;
    struct slice value;
};

/* The bits that keep a command from being sent and from being answered. */
struct command {
    char letter;
    int macros; /* SMFIM_ number, or NO_MACROS */
    uint32_t no;
    uint32_t no_reply;
};

enum { NO_MACROS = -1 };

static const struct command command_connect = {'C', SMFIM_CONNECT, SMFIP_NOCONNECT, SMFIP_NR_CONN};
static const struct command command_helo = {'H', SMFIM_HELO, SMFIP_NOHELO, SMFIP_NR_HELO};
static const struct command command_mail = {'M', SMFIM_ENVFROM, SMFIP_NOMAIL, SMFIP_NR_MAIL};
static const struct command command_rcpt = {'R', SMFIM_ENVRCPT, SMFIP_NORCPT, SMFIP_NR_RCPT};
static const struct command command_data = {'T', SMFIM_DATA, SMFIP_NODATA, SMFIP_NR_DATA};
static const struct command command_header = {'L', NO_MACROS, SMFIP_NOHDRS, SMFIP_NR_HDR};
static const struct command command_header_end = {'N', SMFIM_EOH, SMFIP_NOEOH, SMFIP_NR_EOH};
static const struct command command_body = {'B', NO_MACROS, SMFIP_NOBODY, SMFIP_NR_BODY};
static const struct command command_end = {'E', SMFIM_EOM, 0, 0};

struct maker {
    struct arena *arena; /* of the script; what else is needed goes to scratch */
    struct arena *scratch;
    const struct terms *terms;
    struct script *script;
    struct buffer burst;  /* sent together */
    struct buffer packet; /* what is being made */
    struct named extra[MOST_MACROS];
    size_t extras;
    const struct step *tls, *auth;
};

static void
add_string(struct buffer *buffer, struct slice text)
{
    buffer_add(buffer, text);
    buffer_octet(buffer, '\0');
}

static void
add_packet(struct maker *maker, char letter)
{
    struct slice content = buffer_slice(&maker->packet);
    unsigned char head[WIRE_HEAD];

    wire_put_number(head, (uint32_t)content.len + 1);
    buffer_add(&maker->burst, (struct slice){(const char *)head, sizeof head});
    buffer_octet(&maker->burst, letter);
    buffer_add(&maker->burst, content);
    buffer_clear(&maker->packet);
}

static bool
is_wanted(const struct terms *terms, int stage, const char *name)
{
    struct slice rest, word;

    if (terms->macros[stage] == NULL)
        return true;
    rest = slice_of(terms->macros[stage]);
    while (slice_word(&rest, " ,", &word))
        if (slice_equal(word, slice_of(name)))
            return true;
    return false;
}

static void
add_macro(struct maker *maker, int stage, const char *name, struct slice value)
{
    if (value.len == 0 || !is_wanted(maker->terms, stage, name))
        return;
    add_string(&maker->packet, slice_of(name));
    add_string(&maker->packet, value);
}

/* Postfix sends the macros of a command that it may leave out. */
static void
add_macros(struct maker *maker, const struct command *command, const struct named *macro,
           size_t count)
{
    buffer_octet(&maker->packet, command->letter);
    for (size_t i = 0; i < count; i++)
        add_macro(maker, command->macros, macro[i].name, macro[i].value);
    for (size_t i = 0; i < maker->extras; i++)
        add_macro(maker, command->macros, maker->extra[i].name, maker->extra[i].value);
    maker->extras = 0;
    add_packet(maker, 'D');
}

/* The packet that was made goes out; where it is answered, the burst ends. */
static void
add_command(struct maker *maker, const struct command *command)
{
    struct script *script = maker->script;

    if (maker->terms->steps & command->no) {
        buffer_clear(&maker->packet);
        return;
    }
    add_packet(maker, command->letter);
    if (maker->terms->steps & command->no_reply)
        return;
    script->move[script->moves++] = (struct move){
        arena_copy(maker->arena, buffer_slice(&maker->burst)),
        command->letter,
    };
    buffer_clear(&maker->burst);
}

static struct slice
word_of(const struct step *step, size_t word, struct slice otherwise)
{
    return step && step->words > word ? step->word[word] : otherwise;
}

static struct slice
path_of(struct slice path)
{
    return path.len > 2 ? slice_first(slice_from(path, 1), path.len - 2) : SLICE("");
}

static struct slice
domain_of(struct slice path)
{
    struct slice address = path_of(path);

    return slice_from(address, slice_find_last(address, '@') + 1);
}

#define MACROS(maker, command, ...)                                                                \
    add_macros(maker, &(command), (const struct named[]){__VA_ARGS__},                             \
               sizeof((const struct named[]){__VA_ARGS__}) / sizeof(struct named))

static void
make_connect(struct maker *maker, const struct step *step)
{
    struct slice address = word_of(step, 0, SLICE("192.0.2.1"));
    struct slice name = word_of(step, 1, SLICE("unknown"));
    unsigned char port[] = {50000 >> 8, 50000 & 255};

    MACROS(maker, command_connect, {"j", SLICE("mx.example.com")}, {"v", SLICE("Postfix")},
           {"{daemon_name}", SLICE("mx.example.com")}, {"{daemon_addr}", SLICE("192.0.2.25")},
           {"{client_addr}", address}, {"{client_name}", name}, {"{client_ptr}", name},
           {"{client_port}", SLICE("50000")}, {"{client_resolve}", SLICE("OK")});
    add_string(&maker->packet, name);
    buffer_octet(&maker->packet, slice_find(address, ':') < address.len ? '6' : '4');
    buffer_add(&maker->packet, (struct slice){(const char *)port, sizeof port});
    add_string(&maker->packet, address);
    add_command(maker, &command_connect);
}

static void
make_helo(struct maker *maker, const struct step *step)
{
    MACROS(maker, command_helo, {"j", SLICE("mx.example.com")},
           {"{tls_version}", word_of(maker->tls, 0, SLICE(""))},
           {"{cipher}", maker->tls ? SLICE("TLS_AES_256_GCM_SHA384") : SLICE("")},
           {"{cipher_bits}", maker->tls ? SLICE("256") : SLICE("")});
    add_string(&maker->packet, step->word[0]);
    add_command(maker, &command_helo);
}

static void
add_words(struct maker *maker, const struct step *step)
{
    for (size_t i = 0; i < step->words; i++)
        add_string(&maker->packet, step->word[i]);
}

static void
make_mail(struct maker *maker, const struct step *step)
{
    struct script *script = maker->script;
    struct slice login = word_of(maker->auth, 0, SLICE(""));

    script->message[script->messages++] = (struct message){.first = script->moves};
    MACROS(maker, command_mail, {"j", SLICE("mx.example.com")}, {"{auth_authen}", login},
           {"{auth_type}", login.len ? word_of(maker->auth, 1, SLICE("PLAIN")) : SLICE("")},
           {"{mail_addr}", path_of(step->word[0])}, {"{mail_host}", domain_of(step->word[0])},
           {"{mail_mailer}", SLICE("smtp")});
    add_words(maker, step);
    add_command(maker, &command_mail);
}

static void
make_rcpt(struct maker *maker, const struct step *step)
{
    maker->script->message[maker->script->messages - 1].recipients++;
    MACROS(maker, command_rcpt, {"j", SLICE("mx.example.com")},
           {"{rcpt_addr}", path_of(step->word[0])}, {"{rcpt_host}", domain_of(step->word[0])},
           {"{rcpt_mailer}", SLICE("smtp")});
    add_words(maker, step);
    add_command(maker, &command_rcpt);
}

/* The name of a queue file comes with all that follows. */
static void
make_bare_command(struct maker *maker, const struct command *command)
{
    MACROS(maker, *command, {"j", SLICE("mx.example.com")}, {"i", SLICE("4XYZabcdefz1")});
    add_command(maker, command);
}

static struct slice
text_of(struct maker *maker, const struct step *step)
{
    struct slice text = step->text;
    const char *reason;

    if (step->words > 0 && !play_message_read(maker->scratch, step->word[0].at, &text, &reason))
        give_up(reason, step->word[0].at);
    return text.len > 0 ? text : play_message_default(maker->scratch, SLICE(""));
}

static void
make_message(struct maker *maker, const struct step *step)
{
    struct play_message split;
    struct slice body;

    play_message_split(maker->scratch, text_of(maker, step), &split);
    make_bare_command(maker, &command_data);
    for (struct header_field *field = split.header; field; field = field->next) {
        add_string(&maker->packet, field->name);
        if (maker->terms->steps & SMFIP_HDR_LEADSPC)
            buffer_octet(&maker->packet, ' ');
        add_string(&maker->packet, field->body);
        add_command(maker, &command_header);
    }
    make_bare_command(maker, &command_header_end);
    for (body = split.body; body.len > 0; body = slice_from(body, CHUNK)) {
        buffer_add(&maker->packet, slice_first(body, CHUNK));
        add_command(maker, &command_body);
    }
    make_bare_command(maker, &command_end);
    maker->script->message[maker->script->messages - 1].end = maker->script->moves;
}

static void
make_step(struct maker *maker, const struct step *step)
{
    static void (*const made[STEP_EXPECT + 1])(struct maker *, const struct step *) = {
        [STEP_CONNECT] = make_connect, [STEP_HELO] = make_helo,       [STEP_MAIL] = make_mail,
        [STEP_RCPT] = make_rcpt,       [STEP_MESSAGE] = make_message,
    };

    if (made[step->kind])
        made[step->kind](maker, step);
    else if (step->kind == STEP_TLS)
        maker->tls = step;
    else if (step->kind == STEP_AUTH)
        maker->auth = step;
    else if (step->kind == STEP_MACRO && maker->extras < MOST_MACROS)
        maker->extra[maker->extras++] =
            (struct named){arena_string(maker->scratch, step->word[0]), step->word[1]};
}

static size_t
count_lines(struct slice text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == '\n';
    return count;
}

/* No more moves than these: each field of a header may be one. */
static size_t
count_moves(struct maker *maker, const struct test *test)
{
    size_t count = 0;

    for (const struct step *step = test->steps; step; step = step->next) {
        count += 4;
        if (step->kind == STEP_MESSAGE)
            count += count_lines(text_of(maker, step)) + text_of(maker, step).len / CHUNK;
    }
    return count;
}

struct script *
script_make(struct arena *arena, const struct test *test, const struct terms *terms)
{
    struct maker maker = {.arena = arena, .scratch = arena_new(SIZE_MAX), .terms = terms};
    size_t most = count_moves(&maker, test);

    maker.script = ARENA_NEW(arena, struct script);
    maker.script->move = ARENA_ARRAY(arena, most, struct move);
    maker.script->message = ARENA_ARRAY(arena, most, struct message);
    buffer_init(&maker.burst, maker.scratch, MOST_BURST);
    buffer_init(&maker.packet, maker.scratch, MOST_PACKET);
    for (const struct step *step = test->steps; step; step = step->next)
        make_step(&maker, step);
    arena_free(&maker.scratch);
    if (maker.script->messages == 0 || maker.script->message[0].recipients == 0 ||
        maker.script->message[0].end == 0)
        give_up("each session needs a whole message", "load");
    return maker.script;
}
