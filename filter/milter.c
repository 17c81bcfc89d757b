/* The engine libmilter: its callbacks put what the MTA says into the words of a conversation, and
 * the conversation's words into libmilter's. A connection's callbacks may run on one thread after
 * another, never on two at once. */
#include "milter_inside.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <stdatomic.h>

#include "base/system.h"
#include "conversation.h"

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

static struct engine_needs needs;
static atomic_size_t sessions_open, sessions_total;

/* No status of a callback: libmilter ends the connection for it. One that knew it not would say
 * nothing, until the MTA has waited long enough. */
enum { MILTER_HANG_UP = 21 };

/* In the place of a conversation that there is no memory for. */
static char no_conversation;

static struct conversation *
conversation_of(SMFICTX *context)
{
    void *mine = smfi_getpriv(context);

    return mine == &no_conversation ? NULL : mine;
}

static const char *
milter_macro(void *context, const char *name)
{
    return smfi_getsymval(context, (char *)name);
}

/* False: there is no memory. */
static bool
macros_ask_for(SMFICTX *context, struct conversation *conversation)
{
    static const int places[STAGES] = {
        [STAGE_CONNECT] = SMFIM_CONNECT, [STAGE_HELO] = SMFIM_HELO, [STAGE_MAIL] = SMFIM_ENVFROM,
        [STAGE_RCPT] = SMFIM_ENVRCPT,    [STAGE_DATA] = SMFIM_DATA, [STAGE_HEADER] = SMFIM_EOH,
        [STAGE_BODY] = SMFIM_EOM,        [STAGE_UNKNOWN] = -1,
    };

    for (size_t i = 0; i < STAGES; i++) {
        const char *names;

        if (!conversation_macro_names(conversation, (enum stage)i, &names))
            return false;
        if (names && places[i] >= 0)
            smfi_setsymlist(context, places[i], (char *)names);
    }
    return true;
}

/* A connection has one session, from when it negotiates. */
static void
session_end(SMFICTX *context)
{
    struct conversation *conversation = conversation_of(context);

    if (smfi_getpriv(context) == NULL)
        return;
    conversation_free(&conversation);
    smfi_setpriv(context, NULL);
    atomic_fetch_sub(&sessions_open, 1);
}

static struct conversation *
session_begin(SMFICTX *context)
{
    bool beyond = atomic_fetch_add(&sessions_open, 1) >= needs.most_sessions;
    struct policy *policy = needs.policy(needs.of);
    struct conversation *conversation =
        beyond ? conversation_new_beyond(policy) : conversation_new(policy, milter_macro, context);

    policy_unref(&policy);
    atomic_fetch_add(&sessions_total, 1);
    smfi_setpriv(context, conversation ? (void *)conversation : &no_conversation);
    return conversation;
}

/* Never refused, since what milter_default_action says would then decide. A connection that there
 * is no memory for is answered 4xx, command by command. */
static sfsistat
on_negotiate(SMFICTX *context, unsigned long actions, unsigned long steps, unsigned long f2,
             unsigned long f3, unsigned long *actions_r, unsigned long *steps_r,
             unsigned long *f2_r, unsigned long *f3_r)
{
    struct conversation *conversation;
    const struct terms *terms;

    (void)f2, (void)f3;
    session_end(context);
    conversation = session_begin(context);
    terms = conversation_negotiate(conversation, actions, steps);
    if (terms == NULL || !macros_ask_for(context, conversation)) {
        conversation_free(&conversation);
        smfi_setpriv(context, &no_conversation);
        return SMFIS_ALL_OPTS;
    }
    *actions_r = terms->actions;
    *steps_r = terms->steps;
    *f2_r = *f3_r = 0;
    return SMFIS_CONTINUE;
}

static void
reply_set(SMFICTX *context, const struct reply *reply)
{
    const char *const *l = reply->line;

    if (reply->lines == 1)
        smfi_setreply(context, (char *)reply->code, (char *)reply->enhanced, (char *)l[0]);
    else
        smfi_setmlreply(context, reply->code, reply->enhanced, l[0], l[1], l[2], l[3], l[4], l[5],
                        l[6], l[7], l[8], l[9], l[10], l[11], l[12], l[13], l[14], l[15], l[16],
                        l[17], l[18], l[19], l[20], l[21], l[22], l[23], l[24], l[25], l[26], l[27],
                        l[28], l[29], l[30], l[31], NULL);
}

static sfsistat
said_tell(SMFICTX *context, struct said said)
{
    static const sfsistat statuses[] = {
        [WORD_GO_ON] = SMFIS_CONTINUE,   [WORD_ACCEPT] = SMFIS_ACCEPT,
        [WORD_REJECT] = SMFIS_REJECT,    [WORD_TEMPFAIL] = SMFIS_TEMPFAIL,
        [WORD_DISCARD] = SMFIS_DISCARD,  [WORD_SKIP] = SMFIS_SKIP,
        [WORD_NOTHING] = SMFIS_NOREPLY,  [WORD_CHANGE] = SMFIS_TEMPFAIL,
        [WORD_HANG_UP] = MILTER_HANG_UP,
    };

    if (said.reply)
        reply_set(context, said.reply);
    return statuses[said.word];
}

/* False: neither IPv4 nor IPv6. */
static bool
sockaddr_read(const struct sockaddr *address, struct ip *ip_r, unsigned *port_r)
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
    struct ip ip;
    unsigned port;
    bool has_ip = sockaddr_read(address, &ip, &port);

    return said_tell(context, conversation_connect(conversation_of(context), slice_of(host),
                                                   has_ip ? &ip : NULL, port));
}

static sfsistat
on_helo(SMFICTX *context, char *argument)
{
    return said_tell(context, conversation_helo(conversation_of(context), slice_of(argument)));
}

/* NULL where there is no memory for them. */
static const struct slice *
argument_words(struct conversation *conversation, char **argument, size_t *count_r)
{
    struct slice *words;

    for (*count_r = 0; argument[*count_r];)
        ++*count_r;
    words = conversation_words(conversation, *count_r);
    for (size_t i = 0; words && i < *count_r; i++)
        words[i] = slice_of(argument[i]);
    return words;
}

static sfsistat
on_mail(SMFICTX *context, char **argument)
{
    struct conversation *conversation = conversation_of(context);
    size_t count;
    const struct slice *words = argument_words(conversation, argument, &count);

    return said_tell(context, conversation_mail(conversation, words, count));
}

static sfsistat
on_rcpt(SMFICTX *context, char **argument)
{
    struct conversation *conversation = conversation_of(context);
    size_t count;
    const struct slice *words = argument_words(conversation, argument, &count);

    return said_tell(context, conversation_rcpt(conversation, words, count));
}

static sfsistat
on_data(SMFICTX *context)
{
    return said_tell(context, conversation_data(conversation_of(context)));
}

static sfsistat
on_header(SMFICTX *context, char *name, char *body)
{
    return said_tell(context,
                     conversation_header(conversation_of(context), slice_of(name), slice_of(body)));
}

static sfsistat
on_header_end(SMFICTX *context)
{
    return said_tell(context, conversation_header_end(conversation_of(context)));
}

static sfsistat
on_body(SMFICTX *context, unsigned char *piece, size_t size)
{
    return said_tell(context, conversation_body(conversation_of(context),
                                                (struct slice){(const char *)piece, size}));
}

static bool
body_replace(void *context, struct slice piece)
{
    return smfi_replacebody(context, (unsigned char *)(uintptr_t)piece.at, (int)piece.len) ==
           MI_SUCCESS;
}

static int
change_make(SMFICTX *context, struct conversation *conversation, const struct edit *change)
{
    char *name = (char *)change->name;
    char *value = (char *)change->value;

    switch (change->kind) {
    case EDIT_DELETE_HEADER:
        return smfi_chgheader(context, name, (int)change->index, NULL);
    case EDIT_CHANGE_HEADER:
        return smfi_chgheader(context, name, (int)change->index, value);
    case EDIT_INSERT_HEADER:
        return smfi_insheader(context, 0, name, value);
    case EDIT_APPEND_HEADER:
        return smfi_addheader(context, name, value);
    case EDIT_SENDER:
        return smfi_chgfrom(context, value, NULL);
    case EDIT_ADD_RECIPIENT:
        if (change->parameters)
            return smfi_addrcpt_par(context, value, (char *)change->parameters);
        return smfi_addrcpt(context, value);
    case EDIT_BODY:
        return conversation_write_body(conversation, body_replace, context) ? MI_SUCCESS
                                                                            : MI_FAILURE;
    case EDIT_DELETE_RECIPIENT:
        return smfi_delrcpt(context, value);
    case EDIT_QUARANTINE:
        return smfi_quarantine(context, value);
    }
    return MI_FAILURE;
}

static sfsistat
on_message_end(SMFICTX *context)
{
    struct conversation *conversation = conversation_of(context);
    struct said said = conversation_end(conversation);

    while (said.word == WORD_CHANGE) {
        bool made = change_make(context, conversation, said.change) == MI_SUCCESS;

        said = conversation_changed(conversation, made);
    }
    return said_tell(context, said);
}

/* libmilter hands on the packet that it read into a block of malloc(), without its length, and
 * doesn't see to a NUL at its end as it does elsewhere. So nothing is read behind that block, which
 * may be a few octets larger than the packet. */
static struct slice
unknown_command(const char *command)
{
    size_t most = system_malloc_size(command);

    return (struct slice){command, strnlen(command, most < MAX_COMMAND ? most : MAX_COMMAND)};
}

static sfsistat
on_unknown(SMFICTX *context, const char *command)
{
    return said_tell(context,
                     conversation_unknown(conversation_of(context), unknown_command(command)));
}

static sfsistat
on_abort(SMFICTX *context)
{
    conversation_abort(conversation_of(context));
    return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *context)
{
    session_end(context);
    return SMFIS_CONTINUE;
}

struct engine_sessions
milter_sessions(void)
{
    return (struct engine_sessions){.open = sessions_open, .total = sessions_total};
}

bool
milter_register(const struct engine_needs *given)
{
    static char name[] = "postern";

    needs = *given;
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
