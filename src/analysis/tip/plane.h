// Curves of events over two parameters: what curves of folds and of Hopf points share. Beside the
// rest point's equations a condition holds along them.
#ifndef ANALYSIS_TIP_PLANE_H
#define ANALYSIS_TIP_PLANE_H

#include "analysis/tip/branch.h"
#include "analysis/tip/curve.h"

enum { MAX_PLANE_TESTS = 2 };

// u [m + 2] holds z over the root of m and its scale, then both parameters as shares of their
// ranges.
struct plane {
    struct branch_set *set;
    struct frozen *frozen;
    struct arena *scratch;
    struct probe *probe;
    struct curve curve;
    int second;
    double second_low, second_high;
    double root;                  // of m
    double *parameters;           // [n_parameters]
    double *z, *by_z, *residuals; // [m], [m][m], [m + 1]
    double *by_first, *by_second; // [m]
    double ranges[2];

    // The condition, by whoever follows curves of a kind; `own` is theirs.
    void *own;
    enum plane_kind kind;
    // Its value at u, where the probe is. False where there is none.
    bool (*condition)(struct plane *plane, const double *u, double *value);
    // Its slopes [m + 2] at u.
    void (*condition_slopes)(struct plane *plane, const double *u, double *slopes);
    // Before a curve is followed from its seed. NULL: nothing to do.
    void (*start)(struct plane *plane);
    // Before each step, at its start. NULL: nothing to do. False: the curve ends.
    bool (*renew)(struct plane *plane, const double *u);
    // Functions whose change of sign marks a point of a kind of its own. NaN: not known.
    int n_tests;
    enum plane_kind test_kinds[MAX_PLANE_TESTS];
    void (*test)(struct plane *plane, const double *u, double *values);
};

// Opens a plane over the parameter of `set` and `second`; close with plane_close().
struct plane plane_open(struct branch_set *set, int second, double low, double high);
void plane_close(struct plane *plane);

// Makes the curve ready once the condition is set; `plane` stays where it is from here on.
void plane_begin(struct plane *plane);

// Goes to u; false where the equations have no value there.
bool plane_go(struct plane *plane, const double *u);

// Follows the curve through z at (`value`, `second`) both ways and adds it to set->folds, unless
// one already followed passes there.
void plane_trace(struct plane *plane, const double *z, double value, double second);

#endif
