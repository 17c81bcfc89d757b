/* What the parts of the checker share. */
#ifndef POSTERN_RULES_COMPILE_CHECK_INSIDE_H
#define POSTERN_RULES_COMPILE_CHECK_INSIDE_H

#include "plan.h"

/* What is looked for in a list that has a name. */
struct list_reader {
    const struct list_statement *list;
    const struct operand *operand;
    struct list_reader *next;
};

/* The items between the braces behind an operand: false, and an error, for each that it can't be.
 */
bool check_items(struct policy *policy, struct diagnostics *diagnostics,
                 const struct operand *operand, const struct item *items);

/* The items of all lists that have names. */
void check_lists(struct policy *policy, struct diagnostics *diagnostics,
                 const struct list_reader *readers);

/* What a table holds and can't mean. */
void check_table(struct policy *policy, struct diagnostics *diagnostics,
                 const struct table_statement *table);

/* Keys of a test that none of its tables ever has. */
void check_table_keys(struct policy *policy, struct diagnostics *diagnostics,
                      const struct expr *test);

#endif
