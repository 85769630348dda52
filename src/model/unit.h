// Units of measurement: UDUNITS-2 with the base units of the labour market added.
#ifndef MODEL_UNIT_H
#define MODEL_UNIT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/name.h"

#include <stdbool.h>

struct unit;        // one unit; owned by its system
struct unit_system; // all units known to one run of the program

// Reads the unit database; NULL with an error in `diag` where UDUNITS-2 has none. Free it with
// unit_system_free() after all models that use it.
struct unit_system *unit_system_create(struct diag *diag);
void unit_system_free(struct unit_system *system);

// Makes `name` a base unit of its own, with plural `name`s; fine where it is known already.
void unit_define(struct unit_system *system, const char *name);

// Makes `alias` another word for the unit `name`; fine where the word is known already.
void unit_alias(struct unit_system *system, const char *alias, const char *name);

// The form of a unit's name that UDUNITS-2 takes for one word: blanks as '_'.
const char *unit_name(struct arena *arena, const char *name);

enum unit_strictness {
    UNIT_STRICT,  // a word that is almost a known unit is an error, another new one a warning
    UNIT_LENIENT, // words that are not known become base units in silence
};

// Returns the unit that `text` ("person/year", "1") means; NULL with an error at `position` where
// it means none.
const struct unit *unit_parse(struct unit_system *system, const char *text,
                              enum unit_strictness strictness, struct position position,
                              struct diag *diag);

const struct unit *unit_one(struct unit_system *system); // pure numbers

// Products, quotients, whole powers and roots; NULL where UDUNITS-2 refuses (degrees Celsius).
const struct unit *unit_multiply(struct unit_system *system, const struct unit *a,
                                 const struct unit *b);
const struct unit *unit_divide(struct unit_system *system, const struct unit *a,
                               const struct unit *b);
const struct unit *unit_raise(struct unit_system *system, const struct unit *a, int power);
const struct unit *unit_root(struct unit_system *system, const struct unit *a, int root);

// Whether both measure the same thing on the same scale; the same thing on any scale.
bool unit_equal(const struct unit *a, const struct unit *b);
bool unit_convertible(const struct unit *a, const struct unit *b);

// How many of `b` one `a` is; both must be convertible.
double unit_factor(const struct unit *a, const struct unit *b);

// The unit in words that a reader of the model knows: a text it was parsed from where there is one.
const char *unit_text(struct unit_system *system, struct arena *arena, const struct unit *unit);

#endif
