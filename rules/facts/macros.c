/* Macros as the MTA sent them, the login that one of them holds, and ids. */
#include "policy/record.h"

static struct macro *
macro_find(const struct macros *macros, struct slice name)
{
    struct macro *macro = macros->first;

    while (macro && !slice_equal(macro->name, name))
        macro = macro->next;
    return macro;
}

bool
macros_find(const struct macros *macros, struct slice name, struct slice *value_r)
{
    const struct macro *macro = macro_find(macros, name);

    if (macro)
        *value_r = macro->value;
    return macro != NULL;
}

/* MTAs send the same macros with each command: one that stays as it was costs nothing. */
void
macros_set(struct arena *arena, struct macros *macros, struct slice name, struct slice value)
{
    struct macro *macro = macro_find(macros, name);

    if (macro && slice_equal(macro->value, value))
        return;
    if (macro == NULL) {
        macro = ARENA_NEW(arena, struct macro);
        macro->name = arena_copy(arena, name);
        macro->next = macros->first;
        macros->first = macro;
    }
    macro->value = arena_copy(arena, value);
}

static struct slice
newest(const struct session *session, const struct transaction *transaction, struct slice name)
{
    struct slice value;

    if (transaction && macros_find(&transaction->macros, name, &value))
        return value;
    return macros_find(&session->macros, name, &value) ? value : SLICE("");
}

/* Sendmail hands logins over in xtext (RFC 3461 section 4), Postfix as they are: there "al+2Bice"
 * is another user than "al+ice". A version alone is Sendmail's; Postfix says its name before it. */
bool
record_login(struct arena *arena, const struct session *session,
             const struct transaction *transaction, struct slice *login_r)
{
    struct slice version = newest(session, transaction, SLICE("v")), text;

    *login_r = newest(session, transaction, SLICE("{auth_authen}"));
    if (version.len > 0 && ascii_is_digit(version.at[0]) &&
        esmtp_xtext_decode(arena, *login_r, false, &text))
        *login_r = text;
    return login_r->len > 0;
}

void
record_write_id(uint64_t number, char id_r[ID_SIZE])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    id_r[ID_SIZE - 1] = '\0';
    for (size_t i = ID_SIZE - 1; i > 0; i--, number /= 36)
        id_r[i - 1] = digits[number % 36];
}

const char *
record_id(const struct session *session, const struct transaction *transaction)
{
    return transaction && transaction->id[0] != '\0' ? transaction->id : session->id;
}
