// Functions that a model defines itself, which XMILE calls macros (XMILE v1.0, 4.8). A call is
// replaced by the macro's equation with the arguments in the place of the parameters, so that
// arrays, units and delays work in it as in any equation. A macro with variables of its own gets a
// copy of them for each call, in a scope of their own.
#ifndef MODEL_MACRO_H
#define MODEL_MACRO_H

#include "model/model.h"

struct macro {
    const char *name;
    const char *key;
    struct localized doc;
    struct reference *parameters; // [n_parameters] names only
    int n_parameters;
    int n_needed;                // the first ones, which a call must give; the others have defaults
    struct equation *defaults;   // [n_parameters] over parameters before it; NULL: none has one
    const char **parameter_keys; // [n_parameters] set by macros_check()
    struct equation equation;    // over parameters, variables, built-ins and other macros
    struct variable_list variables; // of its own, never part of the model themselves
    struct position position;
    bool is_checked, is_open; // for macros_check()
};

// Adds a macro called `name`; NULL with an error where the name is taken.
struct macro *model_add_macro(struct model *model, const char *name, struct position position,
                              struct diag *diag);

// Returns the macro with that key, or NULL.
struct macro *model_find_macro(const struct model *model, const char *key);

// Adds a variable of kind `kind` to the macro; NULL with an error where the name is taken.
struct variable *macro_add_variable(struct macro *macro, struct arena *arena, const char *name,
                                    enum variable_kind kind, struct position position,
                                    struct diag *diag);

// Parses all macros and checks what they use; false with errors. Macros that call themselves,
// whether or not through others, are errors.
bool macros_check(struct model *model, struct diag *diag);

// "name(a, b)", as it has to be called.
const char *macro_signature(const struct macro *macro, struct arena *arena);

// The equation of `macro` for the arguments of `call`, which must fit; new nodes but for the
// arguments, and all with the position of the call.
struct expr *macro_expand(const struct macro *macro, const struct expr *call, struct arena *arena);

// Gives `call` the default arguments that it leaves out.
void macro_fill_defaults(const struct macro *macro, struct expr *call, struct arena *arena);

// Adds a copy of the variables of `macro` to the model for `call`, which stands in the equation
// `position` of `caller`, and turns the call into the name of the copy's result. Each copy has the
// dimensions of the caller. False with an error where there are too many.
bool macro_instantiate(struct model *model, const struct macro *macro, struct expr *call,
                       const struct variable *caller, struct position position, struct diag *diag);

#endif
