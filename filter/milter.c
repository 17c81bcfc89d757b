/* libmilter's callbacks: each puts what the MTA says into the dialogue's terms, and the dialogue's
 * answer into libmilter's. A connection's callbacks may run on one thread after another, never on
 * two at once. */
#include "milter.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdatomic.h>

#include "filter/dialogue.h"
#include "filter/negotiate.h"
#include "gate.h"
#include "milter_apply.h"

#define SAME(ours, theirs) _Static_assert((long)(ours) == (long)(theirs), #theirs)
SAME(PROTOCOL_ADDHDRS, SMFIF_ADDHDRS);
SAME(PROTOCOL_CHGBODY, SMFIF_CHGBODY);
SAME(PROTOCOL_ADDRCPT, SMFIF_ADDRCPT);
SAME(PROTOCOL_DELRCPT, SMFIF_DELRCPT);
SAME(PROTOCOL_CHGHDRS, SMFIF_CHGHDRS);
SAME(PROTOCOL_QUARANTINE, SMFIF_QUARANTINE);
SAME(PROTOCOL_CHGFROM, SMFIF_CHGFROM);
SAME(PROTOCOL_ADDRCPT_PAR, SMFIF_ADDRCPT_PAR);
SAME(PROTOCOL_SETSYMLIST, SMFIF_SETSYMLIST);
SAME(PROTOCOL_ALL_ACTIONS, SMFI_CURR_ACTS);
SAME(PROTOCOL_NOBODY, SMFIP_NOBODY);
SAME(PROTOCOL_NOHDRS, SMFIP_NOHDRS);
SAME(PROTOCOL_NOEOH, SMFIP_NOEOH);
SAME(PROTOCOL_NR_HDR, SMFIP_NR_HDR);
SAME(PROTOCOL_NOUNKNOWN, SMFIP_NOUNKNOWN);
SAME(PROTOCOL_NODATA, SMFIP_NODATA);
SAME(PROTOCOL_SKIP, SMFIP_SKIP);
SAME(PROTOCOL_NR_CONN, SMFIP_NR_CONN);
SAME(PROTOCOL_NR_HELO, SMFIP_NR_HELO);
SAME(PROTOCOL_NR_MAIL, SMFIP_NR_MAIL);
SAME(PROTOCOL_NR_DATA, SMFIP_NR_DATA);
SAME(PROTOCOL_NR_UNKN, SMFIP_NR_UNKN);
SAME(PROTOCOL_NR_EOH, SMFIP_NR_EOH);
SAME(PROTOCOL_ALL_STEPS, SMFI_CURR_PROT);

/* Longer than any line that an MTA takes for a command. */
enum { MAX_COMMAND = 4096 };

/* What belongs to one connection of the MTA. */
struct conversation {
    struct arena *arena;
    struct arena *scratch; /* until the next command */
    struct dialogue *dialogue;
    struct terms terms;
};

static struct policy *present_policy;

static void
write_log(void *context, enum log_level level, const char *line)
{
    (void)context;
    log_write(level, "%s", line);
}

static void
make_scratch(void *of)
{
    struct conversation *conversation = of;

    conversation->scratch = arena_new_child(conversation->arena, SIZE_MAX);
}

static void
conversation_free(struct conversation *conversation)
{
    struct arena *arena = conversation->arena;

    dialogue_free(&conversation->dialogue);
    arena_free(&arena);
}

/* NULL where there is no memory for it. */
static struct conversation *
conversation_new(struct policy *policy)
{
    struct arena *arena = arena_new_counted(SIZE_MAX);
    struct conversation *conversation = arena ? ARENA_NEW(arena, struct conversation) : NULL;

    if (conversation == NULL)
        return NULL;
    conversation->arena = arena;
    conversation->dialogue = dialogue_new(policy, write_log, NULL);
    if (conversation->dialogue && arena_guard(arena, make_scratch, conversation))
        return conversation;
    conversation_free(conversation);
    return NULL;
}

/* The connection's conversation, told the macros of this stage. NULL: the MTA never negotiated. */
static struct conversation *
begin(SMFICTX *context, enum stage stage)
{
    struct conversation *conversation = smfi_getpriv(context);
    const char *const *name = conversation ? conversation->terms.macros[stage] : NULL;

    if (conversation)
        arena_reset(conversation->scratch);
    for (; name && *name; name++) {
        const char *value = smfi_getsymval(context, (char *)*name);

        if (value)
            dialogue_macro(conversation->dialogue, stage, slice_of(*name), slice_of(value));
    }
    return conversation;
}

struct answering {
    SMFICTX *context;
    const struct conversation *conversation;
    enum stage stage;
    const struct answer *answer;
    sfsistat status;
};

static void
give_answer(void *of)
{
    struct answering *answering = of;

    answering->status = milter_answer(answering->context, answering->conversation->scratch,
                                      answering->stage, answering->answer);
}

/* no_reply: the bit under which the MTA doesn't wait for an answer to this command. */
static sfsistat
answer_with(SMFICTX *context, const struct conversation *conversation, enum stage stage,
            unsigned no_reply, struct answer answer)
{
    struct answering answering = {context, conversation, stage, &answer, SMFIS_TEMPFAIL};

    if (conversation->terms.steps & no_reply)
        return SMFIS_NOREPLY;
    arena_guard(conversation->arena, give_answer, &answering);
    return answering.status;
}

/* A command's words. */
struct words {
    struct arena *arena;
    char **argument;
    struct slice *slices;
    size_t count;
};

static void
read_words(void *of)
{
    struct words *words = of;
    size_t count = 0;

    while (words->argument[count])
        count++;
    words->slices = ARENA_ARRAY(words->arena, count, struct slice);
    for (size_t i = 0; i < count; i++)
        words->slices[i] = slice_of(words->argument[i]);
    words->count = count;
}

/* False where there is no memory for them. */
static bool
take_words(const struct conversation *conversation, char **argument, struct words *words_r)
{
    *words_r = (struct words){.arena = conversation->scratch, .argument = argument};
    return arena_guard(conversation->arena, read_words, words_r);
}

/* Said once, at the first connection that shows it. */
static void
tell_shortcomings(const struct terms *terms)
{
    static atomic_flag missing_told = ATOMIC_FLAG_INIT;
    static atomic_flag gate_told = ATOMIC_FLAG_INIT;

    if (terms->missing && !atomic_flag_test_and_set(&missing_told))
        log_write(LOG_LEVEL_WARNING, "the MTA can't do all that the policy asks for: %s",
                  terms->missing);
    if (gate_count() == 0 && !atomic_flag_test_and_set(&gate_told))
        log_write(LOG_LEVEL_ERROR, "connections can't be counted: a stop will cut them off");
}

static void
ask_for_macros(SMFICTX *context, struct arena *arena, const struct terms *terms)
{
    static const int places[STAGES] = {
        [STAGE_CONNECT] = SMFIM_CONNECT, [STAGE_HELO] = SMFIM_HELO, [STAGE_MAIL] = SMFIM_ENVFROM,
        [STAGE_RCPT] = SMFIM_ENVRCPT,    [STAGE_DATA] = SMFIM_DATA, [STAGE_HEADER] = SMFIM_EOH,
        [STAGE_BODY] = SMFIM_EOM,        [STAGE_UNKNOWN] = -1,
    };

    for (size_t i = 0; i < STAGES; i++) {
        char *names = arena_string(arena, SLICE(""));

        if (terms->macros[i] == NULL || places[i] < 0)
            continue;
        for (const char *const *name = terms->macros[i]; *name; name++)
            names = arena_printf(arena, "%s%s%s", names, *names ? " " : "", *name);
        smfi_setsymlist(context, places[i], names);
    }
}

struct negotiation {
    SMFICTX *context;
    struct conversation *conversation;
    unsigned long actions, steps;
};

static void
negotiate_terms(void *of)
{
    struct negotiation *n = of;
    struct conversation *c = n->conversation;

    negotiate(c->arena, policy_needs(present_policy), n->actions, n->steps, &c->terms);
    if (c->terms.actions & PROTOCOL_SETSYMLIST)
        ask_for_macros(n->context, c->scratch, &c->terms);
}

/* A connection that there is no memory for is answered 4xx, command by command. */
static sfsistat
on_negotiate(SMFICTX *context, unsigned long actions, unsigned long steps, unsigned long f2,
             unsigned long f3, unsigned long *actions_r, unsigned long *steps_r,
             unsigned long *f2_r, unsigned long *f3_r)
{
    struct conversation *c = conversation_new(present_policy);
    struct negotiation negotiation = {context, c, actions, steps};

    (void)f2, (void)f3;
    if (c == NULL)
        return SMFIS_ALL_OPTS;
    if (!arena_guard(c->arena, negotiate_terms, &negotiation)) {
        conversation_free(c);
        return SMFIS_ALL_OPTS;
    }
    tell_shortcomings(&c->terms);
    *actions_r = c->terms.actions;
    *steps_r = c->terms.steps;
    *f2_r = *f3_r = 0;
    return smfi_setpriv(context, c) == MI_SUCCESS ? SMFIS_CONTINUE : SMFIS_REJECT;
}

/* False: neither IPv4 nor IPv6. */
static bool
read_address(const struct sockaddr *address, struct ip *ip_r, unsigned *port_r)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    bool mapped =
        address && address->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);

    *ip_r = (struct ip){.family = 4};
    *port_r = 0;
    if (address == NULL || (address->sa_family != AF_INET && address->sa_family != AF_INET6))
        return false;
    *port_r = ntohs(address->sa_family == AF_INET ? in->sin_port : in6->sin6_port);
    if (address->sa_family == AF_INET) {
        memcpy(ip_r->octet, &in->sin_addr, 4);
    } else if (mapped) {
        memcpy(ip_r->octet, in6->sin6_addr.s6_addr + 12, 4);
    } else {
        ip_r->family = 6;
        memcpy(ip_r->octet, in6->sin6_addr.s6_addr, 16);
    }
    return true;
}

static sfsistat
on_connect(SMFICTX *context, char *host, struct sockaddr *address)
{
    struct conversation *c = begin(context, STAGE_CONNECT);
    struct ip ip;
    unsigned port;
    bool has_ip = read_address(address, &ip, &port);

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_CONNECT, PROTOCOL_NR_CONN,
                       dialogue_connect(c->dialogue, slice_of(host), has_ip ? &ip : NULL, port));
}

static sfsistat
on_helo(SMFICTX *context, char *argument)
{
    struct conversation *c = begin(context, STAGE_HELO);

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_HELO, PROTOCOL_NR_HELO,
                       dialogue_helo(c->dialogue, slice_of(argument)));
}

static sfsistat
on_mail(SMFICTX *context, char **argument)
{
    struct conversation *c = begin(context, STAGE_MAIL);
    struct words words;

    if (c == NULL || !take_words(c, argument, &words))
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_MAIL, PROTOCOL_NR_MAIL,
                       dialogue_mail(c->dialogue, words.slices, words.count));
}

static sfsistat
on_rcpt(SMFICTX *context, char **argument)
{
    struct conversation *c = begin(context, STAGE_RCPT);
    struct words words;

    if (c == NULL || !take_words(c, argument, &words))
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_RCPT, 0,
                       dialogue_rcpt(c->dialogue, words.slices, words.count));
}

static sfsistat
on_data(SMFICTX *context)
{
    struct conversation *c = begin(context, STAGE_DATA);

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_DATA, PROTOCOL_NR_DATA, dialogue_data(c->dialogue));
}

static sfsistat
on_header(SMFICTX *context, char *name, char *body)
{
    struct conversation *c = smfi_getpriv(context);

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_HEADER, PROTOCOL_NR_HDR,
                       dialogue_header(c->dialogue, slice_of(name), slice_of(body)));
}

static sfsistat
on_header_end(SMFICTX *context)
{
    struct conversation *c = begin(context, STAGE_HEADER);

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_HEADER, PROTOCOL_NR_EOH, dialogue_header_end(c->dialogue));
}

static sfsistat
on_body(SMFICTX *context, unsigned char *piece, size_t size)
{
    struct conversation *c = smfi_getpriv(context);
    sfsistat status;

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    status = answer_with(context, c, STAGE_BODY, 0,
                         dialogue_body(c->dialogue, (struct slice){(const char *)piece, size}));
    if (status == SMFIS_CONTINUE && c->terms.steps & PROTOCOL_SKIP &&
        dialogue_body_is_unneeded(c->dialogue))
        return SMFIS_SKIP;
    return status;
}

static sfsistat
on_message_end(SMFICTX *context)
{
    struct conversation *c = begin(context, STAGE_BODY);
    const struct edit *edit = NULL;
    struct answer answer;
    sfsistat status;

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    answer = dialogue_end(c->dialogue, &edit);
    while (edit && milter_edit(context, c->dialogue, edit))
        edit = edit->next;
    if (edit)
        answer = dialogue_edit_failed(c->dialogue, edit);
    status = answer_with(context, c, STAGE_BODY, 0, answer);
    dialogue_forget(c->dialogue);
    return status;
}

/* libmilter hands on the packet that it read into a block of malloc(), without its length, and
 * doesn't see to a NUL at its end as it does elsewhere. So nothing is read behind that block, which
 * may be a few octets larger than the packet. */
static struct slice
read_command(const char *command)
{
    size_t most = malloc_usable_size((void *)(uintptr_t)command);

    return (struct slice){command, strnlen(command, most < MAX_COMMAND ? most : MAX_COMMAND)};
}

static sfsistat
on_unknown(SMFICTX *context, const char *command)
{
    struct conversation *c = begin(context, STAGE_UNKNOWN);

    if (c == NULL)
        return SMFIS_TEMPFAIL;
    return answer_with(context, c, STAGE_UNKNOWN, PROTOCOL_NR_UNKN,
                       dialogue_unknown(c->dialogue, read_command(command)));
}

static sfsistat
on_abort(SMFICTX *context)
{
    struct conversation *c = smfi_getpriv(context);

    if (c)
        dialogue_abort(c->dialogue);
    return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *context)
{
    struct conversation *c = smfi_getpriv(context);

    if (c)
        conversation_free(c);
    smfi_setpriv(context, NULL);
    return SMFIS_CONTINUE;
}

bool
milter_register(struct policy *policy)
{
    static char name[] = "postern";

    present_policy = policy;
    return smfi_register((struct smfiDesc){
               .xxfi_name = name,
               .xxfi_version = SMFI_VERSION,
               .xxfi_negotiate = on_negotiate,
               .xxfi_connect = on_connect,
               .xxfi_helo = on_helo,
               .xxfi_envfrom = on_mail,
               .xxfi_envrcpt = on_rcpt,
               .xxfi_data = on_data,
               .xxfi_header = on_header,
               .xxfi_eoh = on_header_end,
               .xxfi_body = on_body,
               .xxfi_eom = on_message_end,
               .xxfi_unknown = on_unknown,
               .xxfi_abort = on_abort,
               .xxfi_close = on_close,
           }) == MI_SUCCESS;
}

bool
milter_take_descriptor(int listening)
{
    char name[sizeof "fd:2147483647"];

    snprintf(name, sizeof name, "fd:%d", listening);
    return smfi_setconn(name) == MI_SUCCESS && smfi_opensocket(false) == MI_SUCCESS;
}

bool
milter_make_socket(const char *name)
{
    return smfi_setconn((char *)name) == MI_SUCCESS && smfi_opensocket(false) == MI_SUCCESS;
}

bool
milter_run(void)
{
    return smfi_main() == MI_SUCCESS;
}
