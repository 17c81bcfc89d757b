/* Edits in the making. */
#ifndef POSTERN_FILTER_EDITS_INSIDE_H
#define POSTERN_FILTER_EDITS_INSIDE_H

#include "base/map.h"
#include "edits.h"

struct field {
    const struct header_field *of;
    const char *deleted_by;
    const char *changed_by, *value; /* what its body becomes */
    bool replaced;                  /* by a rule, whatever it held */
    unsigned index;                 /* among fields of its name, from 1 */
};

/* Edits in the order of their making. */
struct chain {
    struct edit *first;
    struct edit **end;
};

struct maker {
    struct arena *arena;
    enum local_case local_case;
    const struct transaction *transaction;
    struct field *field; /* of the message as it came */
    size_t fields;
    struct edit *inserted; /* the newest first, which is the order of the calls */
    struct edit *sender;
    struct edit *quarantine;
    struct edit *body;
    struct chain appended;       /* header fields behind those that there are */
    struct chain added, deleted; /* recipients */
    struct map *known;           /* keys of those that get the message; made when one is added */
    struct copies *copies;       /* made when one is to be deleted */
    size_t addresses;
    struct edit_note **note_end;
    struct edits *edits;
};

struct edit *edits_new(struct maker *maker, enum edit_kind kind, const struct change *change,
                       const char *value);
void edits_append(struct chain *chain, struct edit *edit);
struct edit_note *edits_note(struct maker *maker, const struct change *change, const char *text);
void edits_remove_recipient(struct maker *maker, const struct change *change);
const char *edits_in_brackets(struct arena *arena, const struct address *address);

/* Folds and encodes what rules wrote; what can't be is a reason to refuse the message. */
void edits_write_fields(struct maker *maker, const struct change *changes);

/* The conversion that these changes ask for; what rules put in is converted too. A field that they
 * remove is judged all the same. */
void edits_downgrade(struct maker *maker, const struct change *changes);

#endif
