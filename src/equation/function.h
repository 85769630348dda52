// The built-ins of the equation language, one table row each: it feeds name resolution, the unit
// check, compilation, `help functions` and the tests.
#ifndef EQUATION_FUNCTION_H
#define EQUATION_FUNCTION_H

#include "base/name.h"
#include "equation/expr.h"

enum function_id {
    FUNCTION_OPERATION, // a pure operation of its arguments: `op`
    FUNCTION_PI,
    FUNCTION_INF,
    FUNCTION_TIME,
    FUNCTION_DT,
    FUNCTION_STARTTIME,
    FUNCTION_STOPTIME,
    FUNCTION_SELF,
    FUNCTION_MIN,
    FUNCTION_MAX,
    FUNCTION_SUM,
    FUNCTION_MEAN,
    FUNCTION_STDDEV,
    FUNCTION_SIZE,
    FUNCTION_RANK,
    FUNCTION_STEP,
    FUNCTION_RAMP,
    FUNCTION_PULSE,
    FUNCTION_WINDOW,
    FUNCTION_MIDWINDOW,
    FUNCTION_INIT,
    FUNCTION_PREVIOUS,
    FUNCTION_DELAY,
    FUNCTION_DELAY1,
    FUNCTION_DELAY3,
    FUNCTION_DELAYN,
    FUNCTION_SMTH1,
    FUNCTION_SMTH3,
    FUNCTION_SMTHN,
    FUNCTION_TREND,
    FUNCTION_FORCST,
    FUNCTION_SAFEDIV,
    FUNCTION_LOOKUP,
    FUNCTION_LOOKUP_FORWARD,
    FUNCTION_LOOKUP_BACKWARD,
    FUNCTION_IF_THEN_ELSE,
    FUNCTION_ROUND,
    FUNCTION_PRODUCT,
    FUNCTION_NPV,
    FUNCTION_RANDOM,
    FUNCTION_NORMAL,
    FUNCTION_LOGNORMAL,
    FUNCTION_EXPRND,
    FUNCTION_POISSON,
};

enum { ANY_NUMBER = -1 };

struct function {
    const char *name;      // as the manual writes it
    enum function_id id;   //
    enum operation op;     // FUNCTION_OPERATION only
    int min_args;          //
    int max_args;          // ANY_NUMBER: no limit; 0: written without parentheses
    const char *units;     // one letter an argument, ':', the result; see function.c
    bool takes_arrays;     // arguments may be whole arrays
    const char *signature; // for the manual: "SMTH1(input, averaging_time[, initial])"
    const char *summary;   // one sentence, no full stop
    const char *source;    // "XMILE 3.5.3", or "own" where it is an extension
};

extern const struct function functions[];
extern const int n_functions;

// Returns the built-in whose name has this key, or NULL.
const struct function *function_find(const char *key);

// Whether `function` takes `n` arguments; an error at `position` where it does not.
bool function_check_arity(const struct function *function, int n, struct position position,
                          struct diag *diag);

// Offers every built-in's name to a search for the nearest spelling.
void function_consider(struct nearest *nearest);

#endif
