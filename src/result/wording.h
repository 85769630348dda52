// Numbers, units and names as people read them, in Dutch and English.
#ifndef RESULT_WORDING_H
#define RESULT_WORDING_H

#include "model/model.h"

// A unit in words of `language`: "person/year" is "personen per jaar", "1" is "".
const char *unit_in_words(struct arena *arena, const char *unit, enum language language);

// "12%", "3,4 duizend personen" ... `in_percent`: the value is a share.
const char *value_in_words(struct arena *arena, double value, const char *unit, bool in_percent,
                           enum language language);

// "€ 1,2 miljoen".
const char *money_in_words(struct arena *arena, double money, enum language language);

// A name with blanks for underscores.
const char *spaced_name(struct arena *arena, const char *name);

// The title of element `element` (from 0) of a dimension; its number where it has no name.
const char *element_in_words(struct arena *arena, const struct dimension *dimension, int element,
                             enum language language);

// The title of `variable` under the name `name` ("x", "x[a]", "x[a,b]"): "Courses (construction,
// public)"; blanks for underscores where there is none.
const char *title_in_words(struct arena *arena, const struct variable *variable, const char *name,
                           enum language language);

// A title as it stands inside a sentence: "Public money" is "public money", "LLO" stays.
const char *title_in_sentence(struct arena *arena, const char *title);

// Whether numbers of this unit between `low` and `high` are shown in percent.
bool is_shown_in_percent(const char *unit, double low, double high);

// "1.5 GB".
const char *bytes_in_words(struct arena *arena, double bytes);

#endif
