// Rest points: where the frozen equations of a case stand still, and which of them are stable.
#ifndef ANALYSIS_TIP_REST_H
#define ANALYSIS_TIP_REST_H

#include "analysis/tip/frozen.h"

enum rest_stability {
    REST_STABLE,   // every small disturbance dies out
    REST_UNSTABLE, // some grow
    REST_MARGINAL, // the largest eigenvalue is 0: undecided, or one of a continuum of rest points
    REST_UNKNOWN,  // not computed: DELAY or PREVIOUS, and no run ended there
    N_REST_STABILITIES,
};

// "stable", "unstable", "marginal", "unknown".
const char *rest_stability_name(enum rest_stability stability);

struct rest_point {
    double *unknowns;           // [n] NaN: left out
    double *z;                  // [m] scaled
    double eigenvalue_max_real; // NaN: not computed
    double frequency;           // imaginary part of that eigenvalue; 0: no swings
    int n_unstable;             // eigenvalues with a positive real part
    enum rest_stability stability;
    int n_kinks;      // MIN, MAX, tables ... that bend right here; eigenvalues are the largest
    const char *kink; // of both sides then. A variable with such a bend
    double watched;   // value of the first watched cell, NaN without
    bool is_end;      // some long run ended there
    int n_ends;       // how many of the first ones did
    bool is_limit;    // some ratio is 0 / 0 right there: the rest point that runs near it show
    double unsettled; // of a limit: how much its run still moved, in sizes
    bool is_jump;     // equations jump there, and push towards it from both sides
    bool is_by_runs;  // stability is by runs nearby, not by eigenvalues
};

// What becomes of a run.
enum fate {
    FATE_RESTS,   // at a rest point
    FATE_HEADS,   // for a rest point, slowly
    FATE_SWINGS,  // up and down, for ever
    FATE_GROWS,   // without bound
    FATE_UNKNOWN, // still moving
    N_FATES,
};

struct run_fate {
    enum fate fate;
    int point;      // of the set, FATE_RESTS and FATE_HEADS; -1: none
    double away;    // FATE_HEADS: distance from it, in sizes
    double length;  // how long it was followed
    double *states; // [n_states] where it was then
};

struct rest_set {
    struct frozen *frozen;
    struct rest_point *items; // in rising order of the watched value, or of the first stock
    size_t count, capacity;
    double own_end;    // watched value where the model's own long run ended; NaN: not watched
    int n_moving;      // long runs that had not come to rest at their end
    bool is_continuum; // rest points lie side by side without a gap; a few are listed
    bool is_full;      // there are more than are listed: those nearest to the start
    // See fate_find():
    int n_fates[N_FATES];   // long runs by what became of them; all 0: not followed
    struct run_fate own;    // of the model's own run
    struct run_fate swings; // of the first that swings, the own run if it does
    double *swing_low;      // [n_states] the least and the most of all that swing, at some moment;
    double *swing_high;     // NULL: none does
};

// Searches the rest points of a frozen case at `parameters` from its samples `first` up to
// `first + n_samples`, from where its long runs ended, and from between those that it found. NULL
// where it was cancelled.
struct rest_set *rest_search(struct frozen *frozen, const double *parameters, int n_samples);

// Fills in values, stability and kinks of a point whose z is set.
void rest_examine(struct rest_set *set, struct probe *probe, const double *parameters,
                  struct rest_point *point);

// Adds the root z [m] as a point and examines it.
struct rest_point *rest_add(struct rest_set *set, struct probe *probe, const double *parameters,
                            const double *z);

// Brings the points in their order.
void rest_sort(struct rest_set *set);

// How far the rest points are apart in unknown `unknown`, in its sizes.
double rest_spread(const struct rest_set *rest, int unknown);

// How many samples rest_search() needs for a case of this size.
int rest_samples(const struct frozen *frozen);

// Fills in values and stability of a point whose z is set; not its kinks.
void rest_fill(const struct frozen *frozen, struct probe *probe, const double *parameters,
               struct rest_point *point);

// Likewise the values only.
void rest_fill_values(const struct frozen *frozen, struct probe *probe, const double *parameters,
                      struct rest_point *point);

// The rest points of a case with all support off (or frozen at the time asked for), searched once.
// NULL with errors, or where cancelled.
const struct rest_set *tip_rest_points(struct tip *tip, struct tip_case *tip_case,
                                       struct diag *diag);

#endif
