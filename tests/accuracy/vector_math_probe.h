// The elementary functions of the engine over arrays, one probe an instruction set.
#ifndef TESTS_VECTOR_MATH_PROBE_H
#define TESTS_VECTOR_MATH_PROBE_H

enum probed_function {
    PROBE_EXP,
    PROBE_LOG,
    PROBE_LOG10,
    PROBE_SIN,
    PROBE_COS,
    PROBE_SQRT,
    PROBE_FLOOR,
    PROBE_POW,
    PROBE_DIVIDE,
    N_PROBED_FUNCTIONS
};

// results[i] = function(x[i]) or, of two arguments, function(x[i], y[i]).
typedef void probe(enum probed_function function, const double *x, const double *y, double *results,
                   long n);

#endif
