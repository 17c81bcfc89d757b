/* A change of a message, as packets. */
#include "change.h"

#include "packet.h"

static unsigned
change_action(const struct edit *change)
{
    switch (change->kind) {
    case EDIT_INSERT_HEADER:
    case EDIT_APPEND_HEADER:
        return PROTOCOL_ADDHDRS;
    case EDIT_DELETE_HEADER:
    case EDIT_CHANGE_HEADER:
        return PROTOCOL_CHGHDRS;
    case EDIT_SENDER:
        return PROTOCOL_CHGFROM;
    case EDIT_ADD_RECIPIENT:
        return change->parameters ? PROTOCOL_ADDRCPT_PAR : PROTOCOL_ADDRCPT;
    case EDIT_DELETE_RECIPIENT:
        return PROTOCOL_DELRCPT;
    case EDIT_BODY:
        return PROTOCOL_CHGBODY;
    case EDIT_QUARANTINE:
        return PROTOCOL_QUARANTINE;
    }
    return PROTOCOL_ALL_ACTIONS;
}

static bool
change_put_body(void *of, struct slice piece)
{
    struct outflow *to = of;

    while (piece.len > 0) {
        struct slice part = slice_first(piece, PACKET_MOST_DATA);

        packet_put_body(&to->buffer, part);
        if (to->buffer.len >= OUTFLOW_MUCH && !to->relieve(to))
            return false;
        piece = slice_from(piece, part.len);
    }
    return true;
}

bool
change_put(struct conversation *conversation, const struct edit *change, unsigned long actions,
           struct outflow *to)
{
    struct buffer *buffer = &to->buffer;
    const char *value = change->value;

    if (change_action(change) & ~actions)
        return false;
    switch (change->kind) {
    case EDIT_DELETE_HEADER:
        return packet_put_field(buffer, PACKET_CHANGE_HEADER, change->index, change->name, "");
    case EDIT_CHANGE_HEADER:
        return packet_put_field(buffer, PACKET_CHANGE_HEADER, change->index, change->name, value);
    case EDIT_INSERT_HEADER:
        return packet_put_field(buffer, PACKET_INSERT_HEADER, 0, change->name, value);
    case EDIT_APPEND_HEADER:
        return packet_put_strings(buffer, PACKET_ADD_HEADER, change->name, value);
    case EDIT_SENDER:
        return packet_put_strings(buffer, PACKET_CHANGE_SENDER, value, NULL);
    case EDIT_ADD_RECIPIENT:
        return packet_put_strings(
            buffer, change->parameters ? PACKET_ADD_RECIPIENT_WITH : PACKET_ADD_RECIPIENT, value,
            change->parameters);
    case EDIT_DELETE_RECIPIENT:
        return packet_put_strings(buffer, PACKET_DELETE_RECIPIENT, value, NULL);
    case EDIT_BODY:
        return conversation_write_body(conversation, change_put_body, to);
    case EDIT_QUARANTINE:
        return packet_put_strings(buffer, PACKET_QUARANTINE, value, NULL);
    }
    return false;
}
