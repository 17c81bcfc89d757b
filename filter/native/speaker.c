/* What an MTA says on one connection. */
#include "speaker.h"

#include "base/log.h"
#include "change.h"
#include "macros_said.h"
#include "packet.h"
#include "peer.h"

/* libmilter stands in for an MTA that can't do without these answers, and so do we. */
static const unsigned no_replies = PROTOCOL_NR_CONN | PROTOCOL_NR_HELO | PROTOCOL_NR_MAIL |
                                   PROTOCOL_NR_DATA | PROTOCOL_NR_UNKN | PROTOCOL_NR_HDR |
                                   PROTOCOL_NR_EOH;

/* How far the MTA is. */
enum order {
    ORDER_BEGUN,
    ORDER_NEGOTIATED,
    ORDER_CONNECTED,
    ORDER_GREETED,
    ORDER_MAIL,
    ORDER_RCPT,
    ORDER_DATA,
    ORDER_HEADER,
    ORDER_EOH,
    ORDER_BODY,
    ORDER_ENDED,
    ORDERS,
};

/* Which commands may follow. A step that the MTA was asked to leave out can be taken for done. */
static const struct {
    const char *next;
    unsigned left_out;
    const char *name; /* for the log */
} orders[ORDERS] = {
    [ORDER_BEGUN] = {"O", 0, "the beginning"},
    [ORDER_NEGOTIATED] = {"CU", 0, "OPTNEG"},
    [ORDER_CONNECTED] = {"HMU", 0, "CONNECT"},
    [ORDER_GREETED] = {"HMU", 0, "HELO"},
    [ORDER_MAIL] = {"RAU", 0, "MAIL"},
    [ORDER_RCPT] = {"RTLNBEAU", 0, "RCPT"},
    [ORDER_DATA] = {"LNA", PROTOCOL_NODATA, "DATA"},
    [ORDER_HEADER] = {"LNA", PROTOCOL_NOHDRS, "HEADER"},
    [ORDER_EOH] = {"BEA", PROTOCOL_NOEOH, "EOH"},
    [ORDER_BODY] = {"BEA", PROTOCOL_NOBODY, "BODY"},
    [ORDER_ENDED] = {"MU", 0, "BODYEOB"},
};

/* What a command that is answered leads to. */
struct step {
    char command;
    enum order order;
    unsigned no_reply; /* the MTA doesn't wait for an answer under this bit */
    bool stays;        /* a refusal is of this command alone */
};

static const struct step command_steps[] = {
    {PACKET_BODY, ORDER_BODY, 0, false},
    {PACKET_BODYEOB, ORDER_ENDED, 0, false},
    {PACKET_CONNECT, ORDER_CONNECTED, PROTOCOL_NR_CONN, false},
    {PACKET_DATA, ORDER_DATA, PROTOCOL_NR_DATA, false},
    {PACKET_EOH, ORDER_EOH, PROTOCOL_NR_EOH, false},
    {PACKET_HEADER, ORDER_HEADER, PROTOCOL_NR_HDR, false},
    {PACKET_HELO, ORDER_GREETED, PROTOCOL_NR_HELO, false},
    {PACKET_MAIL, ORDER_MAIL, PROTOCOL_NR_MAIL, false},
    {PACKET_RCPT, ORDER_RCPT, 0, true},
    {PACKET_UNKNOWN, ORDERS, PROTOCOL_NR_UNKN, true}, /* anywhere, and leads nowhere */
};

enum { STEPS = sizeof command_steps / sizeof command_steps[0] };

struct speaker {
    struct policy *policy;
    int descriptor;
    struct speaker_count *count;
    enum order order;
    uint32_t offered_actions, offered_steps; /* no steps: the MTA hasn't negotiated */
    struct conversation *conversation; /* NULL: it didn't negotiate, or there is no memory */
    uint32_t actions, steps;           /* agreed on */
    struct macros_said macros;
    bool broken;   /* what it should hear can't be written */
    bool lost_end; /* of a message, out of order: it came, and was logged */
};

struct beginning {
    struct arena *arena;
    struct speaker *speaker;
};

static void
speaker_make(void *of)
{
    struct beginning *beginning = of;

    beginning->speaker = ARENA_NEW(beginning->arena, struct speaker);
}

struct speaker *
speaker_begin(struct arena *arena, struct policy *policy, int descriptor,
              struct speaker_count *count)
{
    struct beginning beginning = {.arena = arena};
    struct speaker *speaker;

    if (!arena_guard(arena, speaker_make, &beginning)) {
        policy_unref(&policy);
        return NULL;
    }
    speaker = beginning.speaker;
    speaker->macros.arena = arena;
    speaker->policy = policy;
    speaker->descriptor = descriptor;
    speaker->count = count;
    return speaker;
}

void
speaker_end(struct speaker *speaker)
{
    conversation_free(&speaker->conversation);
    macros_said_end(&speaker->macros);
    policy_unref(&speaker->policy);
    if (speaker->offered_steps)
        speaker->count->open--;
}

static const struct terms *
speaker_negotiate(struct speaker *speaker)
{
    const struct terms *terms;

    conversation_free(&speaker->conversation);
    speaker->conversation = conversation_new(speaker->policy, macros_said_find, &speaker->macros);
    terms = conversation_negotiate(speaker->conversation, speaker->offered_actions,
                                   speaker->offered_steps | no_replies);
    if (terms == NULL) {
        conversation_free(&speaker->conversation);
        speaker->actions = speaker->offered_actions;
        speaker->steps = speaker->offered_steps & PROTOCOL_SKIP;
        return NULL;
    }
    speaker->actions = (uint32_t)terms->actions;
    speaker->steps = (uint32_t)terms->steps;
    return terms;
}

static void
speaker_ask_for_macros(const struct terms *terms, struct packet_terms *asked)
{
    static const char commands[STAGES] = {
        [STAGE_CONNECT] = PACKET_CONNECT, [STAGE_HELO] = PACKET_HELO,
        [STAGE_MAIL] = PACKET_MAIL,       [STAGE_RCPT] = PACKET_RCPT,
        [STAGE_DATA] = PACKET_DATA,       [STAGE_HEADER] = PACKET_EOH,
        [STAGE_BODY] = PACKET_BODYEOB,
    };

    for (size_t i = 0; i < STAGES; i++) {
        int place = packet_place(commands[i]);

        if (place >= 0)
            asked->macros[place] = terms->macros[i];
    }
}

static void
speaker_take_offer(struct speaker *speaker, const struct packet *packet, struct outflow *to)
{
    struct packet_terms asked = {.version = packet->version};
    const struct terms *terms;

    speaker->count->open++;
    speaker->count->total++;
    speaker->offered_actions = packet->actions;
    speaker->offered_steps = packet->steps;
    terms = speaker_negotiate(speaker);
    if (asked.version > PACKET_NEWEST_VERSION)
        asked.version = PACKET_NEWEST_VERSION;
    asked.actions = speaker->actions;
    asked.steps = speaker->steps & (speaker->offered_steps | ~no_replies);
    if (terms && terms->actions & PROTOCOL_SETSYMLIST)
        speaker_ask_for_macros(terms, &asked);
    speaker->broken = !packet_put_terms(&to->buffer, &asked);
    speaker->order = ORDER_NEGOTIATED;
}

static const struct step *
step_find(char command)
{
    size_t i = 0;

    while (i < STEPS && command_steps[i].command != command)
        i++;
    return &command_steps[i];
}

static bool
speaker_may_hear(const struct speaker *speaker, char command)
{
    enum order order = speaker->order;

    while (strchr(orders[order].next, command) == NULL)
        if (++order == ORDERS || !(orders[order].left_out & speaker->steps))
            return false;
    return true;
}

/* False: it still is out of order. */
static bool
speaker_put_in_order(struct speaker *speaker, char command)
{
    if (speaker_may_hear(speaker, command))
        return true;
    if (speaker->order >= ORDER_MAIL && speaker->order < ORDER_ENDED)
        conversation_abort(speaker->conversation);
    speaker->order = ORDER_GREETED;
    return speaker_may_hear(speaker, command);
}

/* NULL: there is no conversation, or no memory. */
static const struct slice *
speaker_words(struct speaker *speaker, const struct packet *packet)
{
    struct slice *words = conversation_words(speaker->conversation, packet->count);
    struct slice strings = packet->strings;

    for (size_t i = 0; words && i < packet->count; i++)
        packet_next_string(&strings, &words[i]);
    return words;
}

static struct said
speaker_tell(struct speaker *speaker, const struct packet *packet)
{
    struct conversation *conversation = speaker->conversation;

    switch (packet->command) {
    case PACKET_CONNECT:
        return conversation_connect(conversation, packet->first,
                                    packet->has_ip ? &packet->ip : NULL, packet->port);
    case PACKET_HELO:
        return conversation_helo(conversation, packet->first);
    case PACKET_MAIL:
        return conversation_mail(conversation, speaker_words(speaker, packet), packet->count);
    case PACKET_RCPT:
        return conversation_rcpt(conversation, speaker_words(speaker, packet), packet->count);
    case PACKET_DATA:
        return conversation_data(conversation);
    case PACKET_HEADER:
        return conversation_header(conversation, packet->first, packet->second);
    case PACKET_EOH:
        return conversation_header_end(conversation);
    case PACKET_BODY:
        return conversation_body(conversation, packet->first);
    case PACKET_UNKNOWN:
        return conversation_unknown(conversation, packet->first);
    case PACKET_ABORT:
    case PACKET_BODYEOB:
    case PACKET_MACRO:
    case PACKET_OPTNEG:
    case PACKET_QUIT:
    case PACKET_QUIT_NC:
        break;
    }
    return (struct said){.word = WORD_NOTHING};
}

/* It may come with the last piece of the body. */
static struct said
speaker_tell_end(struct speaker *speaker, const struct packet *packet, struct outflow *to)
{
    struct conversation *conversation = speaker->conversation;
    struct said said = {.word = WORD_GO_ON};

    if (packet->first.len > 0)
        said = conversation_body(conversation, packet->first);
    if (said.word != WORD_GO_ON && said.word != WORD_SKIP)
        return said;
    to->slow(to, true);
    said = conversation_end(conversation);
    while (said.word == WORD_CHANGE) {
        bool made = change_put(conversation, said.change, speaker->actions, to);

        speaker->broken = speaker->broken || (to->buffer.len >= OUTFLOW_MUCH && !to->relieve(to));
        said = conversation_changed(conversation, made);
    }
    to->slow(to, false);
    return said;
}

/* Silence is kept where the MTA heeds that it was asked not to wait. */
static void
speaker_say(const struct speaker *speaker, const struct step *step, struct said said,
            struct buffer *to)
{
    static const char replies[] = {
        [WORD_GO_ON] = PACKET_CONTINUE,   [WORD_ACCEPT] = PACKET_ACCEPT,
        [WORD_REJECT] = PACKET_REJECT,    [WORD_TEMPFAIL] = PACKET_TEMPFAIL,
        [WORD_DISCARD] = PACKET_DISCARD,  [WORD_SKIP] = PACKET_SKIP,
        [WORD_NOTHING] = PACKET_CONTINUE, [WORD_CHANGE] = PACKET_TEMPFAIL,
        [WORD_HANG_UP] = PACKET_TEMPFAIL,
    };

    if (speaker->steps & speaker->offered_steps & step->no_reply)
        return;
    if (said.reply)
        packet_put_reply_code(to, said.reply);
    else
        packet_put(to, (enum packet_reply)replies[said.word]);
}

/* A refusal ends the transaction, or what may follow HELO follows. */
static void
speaker_go_on(struct speaker *speaker, const struct step *step, enum word word)
{
    switch (word) {
    case WORD_ACCEPT:
        speaker->order = ORDER_GREETED;
        break;
    case WORD_REJECT:
    case WORD_TEMPFAIL:
    case WORD_DISCARD:
        if (!step->stays)
            speaker->order = ORDER_GREETED;
        break;
    case WORD_GO_ON:
    case WORD_SKIP:
    case WORD_NOTHING:
    case WORD_CHANGE:
    case WORD_HANG_UP:
        break;
    }
}

/* The macros of later stages are forgotten with CONNECT, HELO, MAIL and RCPT. */
static void
speaker_forget_macros(struct speaker *speaker, char command)
{
    int place = packet_place(command);

    if (place >= 0 && place <= packet_place(PACKET_RCPT))
        macros_said_clear(&speaker->macros, (size_t)place + 1);
}

/* Mode audit: the MTA is to go on, whatever comes. */
static bool
speaker_withholds(const struct speaker *speaker)
{
    return settings_mode(policy_settings(speaker->policy)) == MODE_AUDIT;
}

static void
speaker_answer(struct speaker *speaker, const struct packet *packet, bool in_order,
               struct outflow *to)
{
    const struct step *step = step_find((char)packet->command);
    struct said said;

    if (in_order && step->order != ORDERS)
        speaker->order = step->order;
    speaker_forget_macros(speaker, (char)packet->command);
    said = packet->command == PACKET_BODYEOB ? speaker_tell_end(speaker, packet, to)
                                             : speaker_tell(speaker, packet);
    if (!in_order && said.word == WORD_NOTHING && !speaker_withholds(speaker))
        said.word = WORD_TEMPFAIL;
    speaker->broken |= said.word == WORD_HANG_UP;
    if (speaker->broken)
        return;
    speaker_say(speaker, step, said, &to->buffer);
    if (in_order)
        speaker_go_on(speaker, step, said.word);
}

static void
speaker_abort(struct speaker *speaker)
{
    conversation_abort(speaker->conversation);
    speaker->order = ORDER_GREETED;
}

/* Another session, under the same terms. */
static void
speaker_begin_anew(struct speaker *speaker)
{
    bool negotiated = speaker->offered_steps != 0;

    macros_said_clear(&speaker->macros, 0);
    if (negotiated)
        speaker_negotiate(speaker);
    speaker->order = negotiated ? ORDER_NEGOTIATED : ORDER_BEGUN;
}

/* A client waits for what becomes of its message. The conversation isn't asked, since it knows of
 * none, or has refused it. */
static void
speaker_answer_lost_end(struct speaker *speaker, struct buffer *to)
{
    bool withholds = speaker_withholds(speaker);
    char text[IP_TEXT_SIZE];

    if (!speaker->lost_end)
        log_write(LOG_LEVEL_WARNING, "MTA %s: the end of a message without its beginning; %s",
                  peer_text(speaker->descriptor, text),
                  withholds ? "mode audit lets it pass" : "it is told to try again later");
    speaker->lost_end = true;
    packet_put(to, withholds ? PACKET_CONTINUE : PACKET_TEMPFAIL);
}

static void
speaker_hear_in_order(struct speaker *speaker, const struct packet *packet, struct outflow *to)
{
    bool in_order = speaker_put_in_order(speaker, (char)packet->command);

    if (!in_order && packet->command == PACKET_BODYEOB)
        speaker_answer_lost_end(speaker, &to->buffer);
    if (!in_order && packet->command != PACKET_RCPT && packet->command != PACKET_DATA)
        return;
    if (packet->command == PACKET_OPTNEG)
        speaker_take_offer(speaker, packet, to);
    else if (packet->command == PACKET_ABORT)
        speaker_abort(speaker);
    else
        speaker_answer(speaker, packet, in_order, to);
}

/* False: the connection is over. */
static bool
speaker_hear(struct speaker *speaker, const struct packet *packet, struct outflow *to)
{
    switch (packet->command) {
    case PACKET_QUIT:
        return false;
    case PACKET_QUIT_NC:
        speaker_begin_anew(speaker);
        return true;
    case PACKET_MACRO:
        return macros_said_take(&speaker->macros, packet);
    case PACKET_ABORT:
    case PACKET_BODY:
    case PACKET_BODYEOB:
    case PACKET_CONNECT:
    case PACKET_DATA:
    case PACKET_EOH:
    case PACKET_HEADER:
    case PACKET_HELO:
    case PACKET_MAIL:
    case PACKET_OPTNEG:
    case PACKET_RCPT:
    case PACKET_UNKNOWN:
        break;
    }
    speaker_hear_in_order(speaker, packet, to);
    return !speaker->broken;
}

/* Once, since the connection is closed then. */
static void
speaker_complain(const struct speaker *speaker, enum packet_state state, struct slice octets)
{
    char text[IP_TEXT_SIZE];

    if (speaker->order == ORDER_BEGUN && peer_speaks_text(octets)) {
        log_write(
            LOG_LEVEL_WARNING,
            "%s begins with \"%.4s\", which is not the milter protocol; this socket belongs in "
            "smtpd_milters or INPUT_MAIL_FILTER alone; the connection is closed",
            peer_text(speaker->descriptor, text), octets.at);
        return;
    }
    log_write(LOG_LEVEL_WARNING, "MTA %s: %s behind %s; the connection is closed",
              peer_text(speaker->descriptor, text), packet_state_text(state),
              orders[speaker->order].name);
}

size_t
speaker_take(struct speaker *speaker, struct slice octets, struct outflow *to)
{
    size_t taken = 0;

    while (to->buffer.len < OUTFLOW_MUCH) {
        struct packet packet;
        size_t length;
        enum packet_state state = packet_read(slice_from(octets, taken), &packet, &length);

        if (state == PACKET_PARTIAL)
            return taken;
        if (state != PACKET_WHOLE)
            speaker_complain(speaker, state, slice_from(octets, taken));
        if (state != PACKET_WHOLE || !speaker_hear(speaker, &packet, to))
            return LOOP_END;
        taken += length;
    }
    return taken;
}
