// Words that the answers of tipping analysis share, in Dutch and English.
#ifndef ANALYSIS_TIP_TIP_WORDS_H
#define ANALYSIS_TIP_TIP_WORDS_H

#include "analysis/tip/rest.h"

// "no", "one", ... "twelve", "13".
const char *count_in_words(struct arena *arena, int n, enum language language);

// "a, b and c" of the `n` items.
const char *list_in_words(struct arena *arena, const char *const *items, int n,
                          enum language language);

// The title of a variable in the middle of a sentence: first letter small unless it is a name.
const char *variable_in_words(struct arena *arena, const struct variable *variable, int cell,
                              enum language language);

// A value of it: "0.31", "12%", "3.4 thousand people".
const char *amount_in_words(struct arena *arena, const struct variable *variable, double value,
                            enum language language);

// "With all support off", or "With inputs as they are at 2030".
const char *condition_in_words(const struct tip *tip, const struct tip_case *tip_case,
                               enum language language);

// What people look at: the variable of the scenario's definition of tipped, else the first stock
// in which the rest points differ (nearly) most; its value at a point.
struct headline {
    const struct variable *variable; // NULL: there is none
    int cell;
    int unknown; // index; -1: the watched cell
};
struct headline headline_of(const struct tip_case *tip_case, const struct rest_set *set);
double headline_value(const struct headline *headline, const struct rest_point *point);

#endif
