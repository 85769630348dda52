// Which feedback loops drive the behaviour of a model, and when (Loops That Matter).
#ifndef ANALYSIS_LOOPS_H
#define ANALYSIS_LOOPS_H

#include "analysis/links.h"
#include "model/case.h"

enum loop_polarity {
    LOOP_REINFORCING,
    LOOP_BALANCING,
    LOOP_CHANGING, // one at some times and the other at others
    LOOP_INACTIVE, // never had an effect
    N_LOOP_POLARITIES,
};

// "reinforcing", "balancing", "changing", "inactive".
const char *loop_polarity_name(enum loop_polarity polarity);

struct loop {
    const char *id; // "R1", "B2", "C1", "I1": by polarity, then by mean share
    enum loop_polarity polarity;
    const int *edges;      // [n_edges] the links that it goes through
    int n_edges;           //
    const char *path;      // "demand > firms > demand"
    struct localized name; // its stocks, by their titles; "via" what sets it apart from its like
    int set;               // the set of stocks that hang together, from 0
    double mean_share;     // mean over time of |relative score|
    double *relative;      // [n_rows] score / sum of |scores| of its set; 0 where nothing moves
};

// A stretch of rows in which the same polarity is the stronger one in a set, and the same loop the
// strongest of that polarity. Its loops: by their mean share in it, until they reach half of all.
struct loop_phase {
    int set;
    int first, last; // rows, both included
    int *loops;      // [n_loops] strongest first; none: nothing moves
    int n_loops;
    bool is_balancing;
    double share; // of these loops together, mean over the stretch
};

struct loop_analysis {
    struct arena *arena;
    struct run_case source;
    struct link_graph *links;
    struct link_scores *scores;
    struct loop *loops; // [n_loops] by set, then by mean share
    int n_loops;
    int n_stocks;     // of the model
    int n_sets;       // larger sets first
    bool is_complete; // every loop was found; else only the strongest at each saved time
    struct {
        struct loop_phase *items;
        size_t count, capacity;
    } phases; // by set, then by time
};

// Runs the resolved model of `source`, finds its loops and scores them; above `max_loops` loops in
// a set it looks for the strongest at each saved time only. NULL with errors.
struct loop_analysis *loops_analyse(struct arena *arena, const struct run_case *source,
                                    int max_loops, const volatile sig_atomic_t *cancel,
                                    struct diag *diag);

// The product of the link scores of a loop in row `row`.
double loop_score(const struct loop_analysis *analysis, int loop, int row);

// Whether loop `loop` goes through a variable or element called one of `names` [n].
bool loop_passes(const struct loop_analysis *analysis, int loop, const char *const *names, int n);

#endif
