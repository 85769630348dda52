// Searches for the least of something that tips for good: bracketed from both sides by runs, many
// searches side by side.
#ifndef ANALYSIS_TIP_SUPPORT_SEARCH_H
#define ANALYSIS_TIP_SUPPORT_SEARCH_H

#include "analysis/tip/support.h"

enum search_end {
    SEARCH_FOUND,     // between `lower`, which does not tip, and `upper`, which does; in a thorough
                      // search `lower` falls back for sure
    SEARCH_NEVER,     // nothing in the range tips
    SEARCH_ALWAYS,    // the low end tips already
    SEARCH_FAILED,    // not a single run of the range came to a verdict
    SEARCH_CANCELLED, // interrupted
};

// Where more of x changes what comes of it once more, above the least that tips.
struct search_window {
    bool is_undone;      // tips below, no longer above; else the other way round
    double lower, upper; // runs on either side
};

enum { MAX_WINDOWS = 8 };

// One search of several. `x` is whatever it looks for the least of.
struct search_result {
    enum search_end end;
    double lower, upper;                       // NaN: none
    struct support_outcome at_lower, at_upper; // what came of these two runs
    double sure;                               // the highest below `upper` that falls back
    struct support_outcome at_sure;            //
    double not_yet;                            // runs from `lower` up to here are undecided; NaN:
                                               // none is
    int n_windows;                             // of which those above MAX_WINDOWS are not kept
    struct search_window windows[MAX_WINDOWS]; // in rising order
    long n_runs, n_failed, n_wavering;         //
    double least_failed;                       // smallest x whose run failed, NaN: none
};

struct search {
    struct support *support;
    enum support_way way;
    uint64_t costed;
    int n;            // searches
    double low, high; // the range
    int n_scan;       // runs over the range at first, both ends included; at least 2
    int n_inner;      // runs between the brackets in each further round
    double tolerance; // brackets this near to each other are good, as a share of the range
    bool is_thorough; // looks at very small x too, and finds where undecided runs begin and how
                      // far windows reach; else windows are as wide as the scan
    // Fills in trial `x` of search `index`: plans [n_levers] are as scheduled before.
    void (*plan)(void *context, int index, double x, struct lever_plan *plans,
                 const double **point);
    void *context;
};

// Results [n]. False where it was cancelled.
bool search_run(const struct search *search, struct search_result *results);

#endif
