/* Answers and changes as libmilter takes them, and what each verdict means to an MTA at each stage.
 */
#include "milter_apply.h"

#include <libmilter/mfapi.h>

/* Replies are formats to Sendmail and Postfix: a single percent sign is eaten, or the reply with
 * it. */
static char *
double_percent(struct arena *arena, const char *text)
{
    char *doubled = arena_alloc(arena, 2 * strlen(text) + 1);
    char *to = doubled;

    for (; *text; text++) {
        if (*text == '%')
            *to++ = '%';
        *to++ = *text;
    }
    return doubled;
}

static void
set_reply(SMFICTX *context, struct arena *scratch, const struct reply *reply)
{
    char *code = arena_string(scratch, slice_of(reply->code));
    char *enhanced = arena_string(scratch, slice_of(reply->enhanced));
    char *l[REPLY_MAX_LINES] = {NULL};

    for (size_t i = 0; i < reply->lines && i < REPLY_MAX_LINES; i++)
        l[i] = double_percent(scratch, reply->line[i]);
    if (reply->lines == 1)
        smfi_setreply(context, code, enhanced, l[0]);
    else
        smfi_setmlreply(context, code, enhanced, l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7],
                        l[8], l[9], l[10], l[11], l[12], l[13], l[14], l[15], l[16], l[17], l[18],
                        l[19], l[20], l[21], l[22], l[23], l[24], l[25], l[26], l[27], l[28], l[29],
                        l[30], l[31], NULL);
}

int
milter_answer(SMFICTX *context, struct arena *scratch, enum stage stage,
              const struct answer *answer)
{
    if (answer->reply && (answer->verdict == VERDICT_REJECT || answer->verdict == VERDICT_TEMPFAIL))
        set_reply(context, scratch, answer->reply);
    switch (answer_spoken(answer, stage)) {
    case VERDICT_REJECT:
        return SMFIS_REJECT;
    case VERDICT_TEMPFAIL:
        return SMFIS_TEMPFAIL;
    case VERDICT_DISCARD:
        return SMFIS_DISCARD;
    case VERDICT_ACCEPT:
        return SMFIS_ACCEPT;
    case VERDICT_NONE:
    case VERDICTS:
        break;
    }
    return SMFIS_CONTINUE;
}

static bool
replace_body(void *context, struct slice piece)
{
    return smfi_replacebody(context, (unsigned char *)(uintptr_t)piece.at, (int)piece.len) ==
           MI_SUCCESS;
}

bool
milter_edit(SMFICTX *context, struct dialogue *dialogue, const struct edit *edit)
{
    char *name = (char *)edit->name;
    char *value = (char *)edit->value;

    switch (edit->kind) {
    case EDIT_DELETE_HEADER:
        return smfi_chgheader(context, name, (int)edit->index, NULL) == MI_SUCCESS;
    case EDIT_CHANGE_HEADER:
        return smfi_chgheader(context, name, (int)edit->index, value) == MI_SUCCESS;
    case EDIT_INSERT_HEADER:
        return smfi_insheader(context, 0, name, value) == MI_SUCCESS;
    case EDIT_APPEND_HEADER:
        return smfi_addheader(context, name, value) == MI_SUCCESS;
    case EDIT_SENDER:
        return smfi_chgfrom(context, value, NULL) == MI_SUCCESS;
    case EDIT_ADD_RECIPIENT:
        if (edit->parameters)
            return smfi_addrcpt_par(context, value, (char *)edit->parameters) == MI_SUCCESS;
        return smfi_addrcpt(context, value) == MI_SUCCESS;
    case EDIT_BODY:
        return dialogue_write_body(dialogue, replace_body, context);
    case EDIT_DELETE_RECIPIENT:
        return smfi_delrcpt(context, value) == MI_SUCCESS;
    case EDIT_QUARANTINE:
        return smfi_quarantine(context, value) == MI_SUCCESS;
    }
    return false;
}
