/* What a conversation begins with: the terms that are agreed on with the MTA, and the macros that
 * it is asked for. */
#include "conversation_inside.h"
#include "lacks.h"

struct offer {
    struct conversation *conversation;
    unsigned long actions, steps;
};

static void
offer_negotiate(void *of)
{
    struct offer *offer = of;
    struct conversation *conversation = offer->conversation;

    conversation->terms = ARENA_NEW(conversation->scratch, struct terms);
    negotiate(conversation->scratch, conversation->needs, offer->actions, offer->steps,
              conversation->terms);
    conversation->steps = conversation->terms->steps;
}

const struct terms *
conversation_negotiate(struct conversation *conversation, unsigned long actions,
                       unsigned long steps)
{
    struct offer offer = {conversation, actions, steps};

    if (conversation && conversation->beyond) {
        conversation->terms->steps = steps & PROTOCOL_NO_STEPS;
        return conversation->terms;
    }
    if (conversation == NULL || !arena_guard(conversation->arena, offer_negotiate, &offer))
        return NULL;
    lacks_tell_terms(conversation->terms);
    return conversation->terms;
}

struct naming {
    struct arena *arena;
    const char *const *name;
    char *names;
};

static void
naming_join(void *of)
{
    struct naming *naming = of;
    size_t room = 1;
    char *end;

    for (const char *const *name = naming->name; *name; name++)
        room += strlen(*name) + 1;
    end = naming->names = ARENA_ARRAY(naming->arena, room, char);
    for (const char *const *name = naming->name; *name; name++) {
        size_t length = strlen(*name);

        memcpy(end, *name, length);
        end += length;
        *end++ = name[1] ? ' ' : '\0';
    }
}

bool
conversation_macro_names(struct conversation *conversation, enum stage stage, const char **names_r)
{
    struct naming naming = {.arena = conversation->scratch,
                            .name = conversation->terms->macros[stage]};

    *names_r = NULL;
    if (naming.name == NULL || !(conversation->terms->actions & PROTOCOL_SETSYMLIST))
        return true;
    if (!arena_guard(conversation->arena, naming_join, &naming))
        return false;
    *names_r = naming.names;
    return true;
}
