// A branch under way: what following it, its events and its crossings share.
#ifndef ANALYSIS_TIP_TRACING_H
#define ANALYSIS_TIP_TRACING_H

#include "analysis/tip/branch.h"
#include "analysis/tip/curve.h"

// A place where branches cross, from which the others are looked for.
struct crossing {
    double *u;       // [m + 1]
    double *tangent; // [m + 1] of the branch on which it was found
    double margin;   // length within which it is known
};

// The equations of a frozen case with its parameter as one more unknown: u holds z over the root of
// m and its scale, then the parameter as a share of its range.
struct tracing {
    struct branch_set *set;
    struct frozen *frozen;
    struct arena *scratch;
    struct probe *probe;
    struct curve curve;
    double *parameters;              // [n_parameters]
    double *z, *by_z, *by_parameter; // [m], [m][m], [m]
    double *real, *imaginary;        // [m]
    double root;                     // of m: lengths do not grow with the number of unknowns
    struct {
        struct crossing *items;
        size_t count, capacity;
    } crossings;
};

// A step of length `taken` along the curve with what is known of its two ends.
struct branch_step {
    const struct curve_point *from, *to;
    const struct rest_point *before, *after;
    double taken;
};

double tracing_value(const struct tracing *tracing, const double *u);

// Goes to u and looks at the point: values and stability.
void tracing_fill(struct tracing *tracing, const double *u, struct rest_point *point);

// Whether no unknown is below its least.
bool tracing_is_feasible(const struct frozen *frozen, const double *z);

// Notes the event, if there is one, within a step; a crossing goes to `crossings` as well. Where
// the branch folds outside the range returns the length up to that place, which is `at` then; else
// 0.
double event_find(struct tracing *tracing, const struct branch_step *step, struct curve_point *at);

// Two branches that cross, or one that is born from another, were each seen: one event remains;
// events come in the order of the parameter.
void events_merge(struct branch_set *set);

// Closes in on a crossing within a step over which the orientation changes. False where it is none:
// the curve was lost.
bool crossing_locate(struct tracing *tracing, const struct branch_step *step,
                     struct crossing *crossing);

// Places `seed` [m + 1] on the branch that crosses, on one side (`sign`), and `direction` [m + 1]
// along it. False where none is found.
bool crossing_switch(struct tracing *tracing, const struct crossing *crossing, double sign,
                     double *seed, double *direction);

#endif
