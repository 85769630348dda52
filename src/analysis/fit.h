// Fitting: which values of chosen parameters make the models of a scenario reproduce its data, how
// well they do, and how sure that makes us of the values.
#ifndef ANALYSIS_FIT_H
#define ANALYSIS_FIT_H

#include "analysis/sweep/sweep.h"

// A parameter that is fitted. NaN: not known.
struct fit_parameter {
    const char *name, *unit;
    double value;        // best
    double lower, upper; // 95 % confidence interval by linearisation, cut off at the ends
    double least, most;  // ends between which it was looked for
    bool is_at_end;      // the best value is one of them
    bool is_open;        // other values, far away, fit as well
};

// Observations of one variable beside what the fitted model yields.
struct fit_series {
    const char *name, *unit;
    int n;
    double *times, *observed, *fitted; // [n]
    double error;                      // by which residuals are divided
    double rms_error, r_squared;
    // Shares of the mean square error (Theil; Sterman 2000, section 21.4.6): by a wrong level, by a
    // wrong size of the swings, by the rest.
    double bias, variation, covariation;
};

// The fit of one model.
struct fit_case {
    const struct sweep_case *source;
    struct fit_parameter *parameters; // [n_inputs]
    struct fit_series *series;        // [n_series]
    double sum;                       // of the squared residuals at the best point
    int n_searches, n_agreeing;       // that were made; that ended as good as the best
    double *best;                     // [n_inputs] the best point, in probabilities
};

struct fit {
    struct arena *arena;
    struct sweep *sweep;    // its inputs are the parameters, its metrics the observations
    struct fit_case *cases; // [sweep->n_cases]
    int n_series;           //
    int n_observations;     // over all series
    int n_outside;          // observations before the start or after the stop, left out
    uint64_t n_starts;      // points from which the best were taken to search from
    long n_runs;            // made so far
};

// Reads the scenario `path` with its groups `data` and `fit`. NULL with errors.
struct fit *fit_read(struct arena *arena, const char *path, const struct sweep_options *options,
                     struct unit_system *units, struct diag *diag);

// Searches. False with errors, or where cancelled.
bool fit_run(struct fit *fit, const volatile sig_atomic_t *cancel, struct diag *diag);

// Writes fit.csv (run,parameter,value,lower,upper,least,most,unit,note) and fit_quality.csv
// (run,variable,observations,rms_error,r_squared,bias,variation,covariation,unit) into `folder`.
bool fit_write(const struct fit *fit, const char *folder, struct diag *diag);

// What there is to say of a parameter, in a few words; "" where nothing.
const char *fit_note(const struct fit_parameter *parameter, enum language language);

#endif
