/* What the files of facts share: from what the MTA said to readings. */
#ifndef POSTERN_RULES_FACTS_GIVEN_H
#define POSTERN_RULES_FACTS_GIVEN_H

#include "policy/fact.h"

#define UNUSED __attribute__((unused))

/* The newest value of a macro: of the recipient, of the transaction, of the connection. */
bool given_find_macro(const struct moment *moment, struct slice name, struct slice *value_r);

/* The same; empty when there is none, for an empty one says no more. */
struct slice given_macro(const struct moment *moment, const char *name);

/* From octets that the MTA gave to a reading: absent when they are empty, or no such value. */
struct reading given_text(const struct moment *moment, struct slice text);
struct reading given_word(const struct moment *moment, struct slice word);
struct reading given_domain(const struct moment *moment, struct slice domain);
struct reading given_number(const struct moment *moment, struct slice digits);
struct reading given_ip(const struct moment *moment, const struct ip *ip);
struct reading given_address(const struct moment *moment, const struct address *address);
struct reading given_truth(bool truth);
struct reading given_items(const struct value *items, size_t count);

/* What is wrong with an address, for the place where it stands. */
enum address_defect given_address_defect(const struct moment *moment,
                                         const struct address *address);

/* The number of header fields. */
size_t header_count(const struct moment *moment);

/* From what a macro says to a value of this type; absent when it is empty, or no such value. */
struct reading given_typed(const struct moment *moment, enum value_type type, struct slice text);

/* The fields that claim to be results of the site's filters where none of these can have put them,
 * in their order; how many there are. */
size_t auth_results_forged(const struct moment *moment, const struct header_field ***forged_r);

/* Parts of such results. */
struct value auth_results_reason(const struct moment *moment, const struct value *of);
struct value auth_results_property(const struct moment *moment, const struct value *of,
                                   const struct fact_part *part, struct slice name);

/* What a transaction keeps for the facts of authors. */
void *authors_new(struct arena *arena);

#endif
