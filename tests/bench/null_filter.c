/* A milter over libmilter whose callbacks do nothing. It negotiates what TERMS holds, the answer of
 * another filter to the same question: the same steps, actions and macros.
 *
 * usage: null_filter SOCKET TERMS */
#include <libmilter/mfapi.h>

#include "wire.h"

static struct terms terms;

static sfsistat
on_negotiate(SMFICTX *context, unsigned long actions, unsigned long steps, unsigned long third,
             unsigned long fourth, unsigned long *actions_r, unsigned long *steps_r,
             unsigned long *third_r, unsigned long *fourth_r)
{
    (void)third, (void)fourth;
    for (int stage = 0; stage < MACRO_STAGES; stage++)
        if (terms.macros[stage])
            smfi_setsymlist(context, stage, (char *)terms.macros[stage]);
    *actions_r = terms.actions & actions;
    *steps_r = terms.steps & steps;
    *third_r = *fourth_r = 0;
    return SMFIS_CONTINUE;
}

static sfsistat
answer(unsigned no_reply)
{
    return terms.steps & no_reply ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *context, char *host, struct sockaddr *address)
{
    (void)context, (void)host, (void)address;
    return answer(SMFIP_NR_CONN);
}

static sfsistat
on_helo(SMFICTX *context, char *argument)
{
    (void)context, (void)argument;
    return answer(SMFIP_NR_HELO);
}

static sfsistat
on_mail(SMFICTX *context, char **argument)
{
    (void)context, (void)argument;
    return answer(SMFIP_NR_MAIL);
}

static sfsistat
on_rcpt(SMFICTX *context, char **argument)
{
    (void)context, (void)argument;
    return answer(SMFIP_NR_RCPT);
}

static sfsistat
on_data(SMFICTX *context)
{
    (void)context;
    return answer(SMFIP_NR_DATA);
}

static sfsistat
on_header(SMFICTX *context, char *name, char *body)
{
    (void)context, (void)name, (void)body;
    return answer(SMFIP_NR_HDR);
}

static sfsistat
on_header_end(SMFICTX *context)
{
    (void)context;
    return answer(SMFIP_NR_EOH);
}

static sfsistat
on_body(SMFICTX *context, unsigned char *piece, size_t size)
{
    (void)context, (void)piece, (void)size;
    return answer(SMFIP_NR_BODY);
}

static sfsistat
on_unknown(SMFICTX *context, const char *command)
{
    (void)context, (void)command;
    return answer(SMFIP_NR_UNKN);
}

static sfsistat
on_rest(SMFICTX *context)
{
    (void)context;
    return SMFIS_CONTINUE;
}

int
main(int argc, char **argv)
{
    static char name[] = "null";

    if (argc != 3)
        give_up("usage: null_filter SOCKET TERMS", argv[0]);
    terms_load(&terms, argv[2]);
    if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register((struct smfiDesc){
                                                   .xxfi_name = name,
                                                   .xxfi_version = SMFI_VERSION,
                                                   .xxfi_flags = terms.actions,
                                                   .xxfi_negotiate = on_negotiate,
                                                   .xxfi_connect = on_connect,
                                                   .xxfi_helo = on_helo,
                                                   .xxfi_envfrom = on_mail,
                                                   .xxfi_envrcpt = on_rcpt,
                                                   .xxfi_data = on_data,
                                                   .xxfi_header = on_header,
                                                   .xxfi_eoh = on_header_end,
                                                   .xxfi_body = on_body,
                                                   .xxfi_eom = on_rest,
                                                   .xxfi_unknown = on_unknown,
                                                   .xxfi_abort = on_rest,
                                                   .xxfi_close = on_rest,
                                               }) != MI_SUCCESS)
        give_up("libmilter doesn't take it", argv[1]);
    return smfi_main() == MI_SUCCESS ? 0 : 1;
}
