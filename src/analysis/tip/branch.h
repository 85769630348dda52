// Branches of rest points over a parameter, with the places where they fold, begin to swing or meet
// others; and curves of folds over two parameters.
#ifndef ANALYSIS_TIP_BRANCH_H
#define ANALYSIS_TIP_BRANCH_H

#include "analysis/tip/rest.h"

enum branch_event_kind {
    EVENT_FOLD,  // a stable and an unstable rest point meet and vanish
    EVENT_HOPF,  // a pair of eigenvalues crosses the imaginary axis: swings begin
    EVENT_CROSS, // branches cross or exchange stability
    EVENT_KINK,  // stability changes with a jump, where MIN, MAX or a table bends
    EVENT_END,   // the rest point vanishes where the equations jump
    N_EVENT_KINDS,
};

// "fold", "hopf", "branch", "kink", "end".
const char *branch_event_name(enum branch_event_kind kind);

struct branch_point {
    double value; // of the parameter
    struct rest_point rest;
};

struct branch_event {
    enum branch_event_kind kind;
    int branch; // from 0
    double value;
    double margin; // length along the branch within which it is known
    struct rest_point rest;
};

// Why a branch goes no further.
enum branch_ending_kind {
    ENDS_AT_RANGE, // of the parameter
    ENDS_AT_START, // it is closed
    ENDS_AT_BOUND, // a stock would fall below its least
    ENDS_AT_JUMP,  // the equations jump: IF, STEP-like tables
    ENDS_AT_GAP,   // the equations have no finite value beyond: a division by 0
    ENDS_FAR,      // it runs off without bound
    ENDS_LOST,     // it could not be followed on
};

struct branch_ending {
    enum branch_ending_kind kind;
    double value; // of the parameter there
};

struct branch {
    struct branch_point *items; // in order along the branch
    size_t count, capacity;
    struct branch_ending ends[2];
};

// What a point over two parameters is.
enum plane_kind {
    PLANE_FOLD,            // on a curve of folds
    PLANE_CUSP,            // two folds meet and vanish
    PLANE_BOGDANOV_TAKENS, // a fold meets a Hopf point
    PLANE_HOPF,            // on a curve of Hopf points
};

// "fold-curve", "cusp", "bogdanov-takens", "hopf-curve".
const char *plane_kind_name(enum plane_kind kind);

struct plane_point {
    enum plane_kind kind;
    int curve; // from 0
    double value, second;
    struct rest_point rest;
};

struct branch_set {
    struct frozen *frozen;
    int parameter; // of the frozen case
    double low, high;
    double *scale; // [m] how large each z is among the rest points
    struct {
        struct branch *items;
        size_t count, capacity;
    } branches;
    struct {
        struct branch_event *items;
        size_t count, capacity;
    } events;
    struct {
        struct plane_point *items; // in order along each curve
        size_t count, capacity;
    } folds;            // of fold_trace() and hopf_trace()
    int n_curves;       // of those
    int n_not_followed; // folds from which no curve was found: at corners
    bool has_gap;       // a state was left out because the equations divide by zero there
    bool has_untraced;  // from a rest point no branch could be followed, not even a little
    bool is_capped;     // there are more branches
};

// Follows all branches that pass through one of a few values of parameter `parameter` of `frozen`
// between `low` and `high`; where `is_quick` through one of fewer. `present` are the rest points of
// the same case at the present values (NULL: they are searched). NULL where it was cancelled.
struct branch_set *branch_trace(struct frozen *frozen, int parameter, double low, double high,
                                const struct rest_set *present, bool is_quick);

// Follows the folds of `set` over parameter `second` between `low` and `high` as well, and those at
// other values of it; the results go to set->folds. False where it was cancelled.
bool fold_trace(struct branch_set *set, int second, double low, double high);

// Likewise the Hopf points of `set`, where there are not too many unknowns.
bool hopf_trace(struct branch_set *set, int second, double low, double high);

#endif
