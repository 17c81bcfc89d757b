/* The one table of what a line of the log holds. A field that is added stands behind the others,
 * since people's programs read these lines. */
#include "audit_form.h"

/* In octets as they are written: together they fit into a line. */
enum { MOST_TEXT = 1200, MOST_VALUE = 400, MOST_NAME = 255, MOST_ID = 64 };

static const struct audit_form fields[AUDIT_FIELDS] = {
    [AUDIT_QUEUE_ID] = {"queue_id", "", "", " :;=<>[]", MOST_ID,
                        "The queue id, or\n"
                        ".Li NOQUEUE\n"
                        "before the MTA has given one.\n"
                        "Postfix gives it with the first recipient that is accepted."},
    [AUDIT_VERB] = {"verb", ": ", "", "", MOST_NAME,
                    "What was done, see\n"
                    ".Sx Verbs ."},
    [AUDIT_STAGE] = {"stage", ": ", "", "", MOST_NAME,
                     "Where:\n"
                     ".Li CONNECT , EHLO , MAIL , RCPT , DATA , END-OF-HEADER , END-OF-MESSAGE\n"
                     "or\n"
                     ".Li UNKNOWN ."},
    [AUDIT_CLIENT] = {"client", " from ", "", " :;=<>[]", MOST_NAME,
                      "The client's name, or\n"
                      ".Li unknown ."},
    [AUDIT_IP] = {"ip", "[", "]", "", MOST_NAME,
                  "Its address.\n"
                  "A client without one, on the machine itself, has no brackets either."},
    [AUDIT_TEXT] = {"text", ": ", "", "", MOST_TEXT,
                    "The reply as the client saw it, code first; or the text of the rule, or what\n"
                    "was changed."},
    [AUDIT_RULE] = {"rule", AUDIT_SEPARATOR, "", "", MOST_NAME,
                    "The name of the rule, or\n"
                    ".Li -\n"
                    "where\n"
                    ".Xr postern 8\n"
                    "itself answers, as at a limit."},
    [AUDIT_ID] =
        {"id", " id=", "", "", MOST_ID,
         "The fact\n"
         ".Ic transaction.id :\n"
         "12 of 0\\(en9 and A\\(enZ.\n"
         "Each MAIL has a new one, and no two are the same, whichever process or machine\n"
         "gave them; before MAIL it is that of the connection.\n"
         "So it finds all lines of a transaction, also those from before there was a queue\n"
         "id."},
    [AUDIT_AFTER] = {"after", " after=", "", "", MOST_NAME,
                     "Where the verb ends in\n"
                     ".Li -also :\n"
                     "the rule that decided, or\n"
                     ".Li - ."},
    [AUDIT_REASON] = {"reason", " reason=\"", "\"", "\";=<>", MOST_VALUE,
                      "Why something could not be decided or done."},
    [AUDIT_FROM] = {"from", " from=<", ">", " <>;", MOST_VALUE,
                    "The envelope sender, as the client wrote it; empty for the null sender."},
    [AUDIT_TO] = {"to", " to=<", ">", " <>;", MOST_VALUE,
                  "The recipient.\n"
                  "Without\n"
                  ".Li nrcpt\n"
                  "the line is about this one alone."},
    [AUDIT_NRCPT] =
        {"nrcpt", " nrcpt=", "", "", MOST_ID,
         "A number, where the line is about so many recipients: after DATA a refusal is\n"
         "for all recipients of the message, and so are changes to it.\n"
         "Then\n"
         ".Li to\n"
         "has the one whose rule it was, or, where the rule reads no recipient, the\n"
         "first.\n"
         "Those who were taken off before are not counted."},
    [AUDIT_HELO] = {"helo", " helo=<", ">", " <>;", MOST_VALUE, "The argument of HELO or EHLO."},
    [AUDIT_LOGIN] = {"sasl_username", " sasl_username=", "", " ;=<>", MOST_NAME,
                     "The login, where there is one."},
};

static const struct audit_verb verbs[] = {
    {"reject", "Refused for good."},
    {"soft-reject", "In mode soft, a\n"
                    ".Ic reject\n"
                    "that was spoken as 4xx: the reply is as the client saw it."},
    {"tempfail", "Refused for now."},
    {"discard", "Taken, and thrown away: the message, or one recipient's.\n"
                "A rule that discards the message for all recipients at once has one line."},
    {"accept", "Let pass by a rule, or, at the end of the message, by all of them: only where the\n"
               "policy says\n"
               ".Ic set log-accept yes ,\n"
               "and once nothing can undo it; where a rule may change the message, at its end."},
    {"remove-recipient",
     "Somebody was taken off.\n"
     "When nobody is left, the message is discarded: if each had a line, no other\n"
     "follows, but for one\n"
     ".Li discard\n"
     "where all were removed."},
    {"quarantine", "A change to the message, as it was made; so are the next five."},
    {"add-header", "The field, as it was added."},
    {"replace-header", "The field, as it is now."},
    {"remove-header", "The name of the field."},
    {"set-sender", "The new envelope sender."},
    {"add-recipient", "The new recipient."},
    {"downgrade", "The message was converted: which parts and which fields, and into what; a\n"
                  "warning where this breaks a signature."},
    {"log", "What a rule has to say by its\n"
            ".Ic log ."},
    {"error", "A rule that could not be decided, and so didn't act, or a change that could\n"
              "not be made."},
};

const struct audit_form *
audit_form(enum audit_field field)
{
    return &fields[field];
}

const struct audit_verb *
audit_verb(size_t number)
{
    return number < sizeof verbs / sizeof verbs[0] ? &verbs[number] : NULL;
}
