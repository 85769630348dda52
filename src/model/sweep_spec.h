// The design of a sweep as a scenario file describes it.
#ifndef MODEL_SWEEP_SPEC_H
#define MODEL_SWEEP_SPEC_H

#include "model/model.h"
#include "model/schema.h"

enum { MAX_QUANTILES = 63 }; // of the bands over time

enum design_kind {
    DESIGN_GRID,          // every combination of levels
    DESIGN_MONTE_CARLO,   // independent draws
    DESIGN_LATIN,         // Latin hypercube: each input stratified
    DESIGN_MAXIMIN,       // Latin hypercube, improved until near points are far apart
    DESIGN_SOBOL,         // Sobol sequence, scrambled
    DESIGN_POINTS,        // given points from a CSV file
    DESIGN_SALTELLI,      // two samples, and the first with each input from the second in turn
    DESIGN_MORRIS,        // trajectories on which one input after the other moves
    DESIGN_ONE_AT_A_TIME, // all as they stand, then each input alone at its low and its high end
    N_DESIGN_KINDS,
};

const char *design_kind_name(enum design_kind kind);

// Whether the design is made for indices of sensitivity: without `vary` it varies every parameter
// that is uncertain (model/uncertain.h), and it works for bare models too.
bool design_is_for_indices(enum design_kind kind);

enum distribution_kind {
    DISTRIBUTION_UNIFORM,
    DISTRIBUTION_LOGUNIFORM,
    DISTRIBUTION_NORMAL,
    DISTRIBUTION_LOGNORMAL,
    DISTRIBUTION_TRIANGULAR,
    DISTRIBUTION_PERT,
    DISTRIBUTION_BETA,
    DISTRIBUTION_DISCRETE,
    N_DISTRIBUTION_KINDS,
};

const char *distribution_kind_name(enum distribution_kind kind);

// Reads the kind of distribution that `name` means; false where there is none.
bool distribution_kind_find(const char *name, enum distribution_kind *kind);

// How one input varies. Numbers that are not given are NaN.
struct vary_spec {
    const char *name;            // parameter, funding stream, or hidden parameter of a stream
    bool has_distribution;       // `kind` was given; else the model's own spread, else uniform
    enum distribution_kind kind; //
    double min, max;             // ends; of normal and lognormal: where they are cut off
    double mode;                 // triangular, PERT
    double mean, sd;             // normal; lognormal: of the variable itself
    double median, sigma;        // lognormal: of the variable, of its logarithm
    double alpha, beta;          // beta, between min and max (default 0 and 1)
    double *values, *weights;    // discrete: [n_values], weights may be NULL
    int n_values;                //
    bool is_scale;               // the value multiplies what the model or scenario has
    double levels;               // grid: how many
    struct position position;
};

// Rank correlation between two inputs.
struct correlation_spec {
    const char *a, *b;
    double rho; // Spearman's
    struct position position;
};

struct sweep_spec {
    bool is_given;
    double runs; // NaN: not given
    enum design_kind design;
    double seed; // NaN: not given
    struct {
        struct vary_spec *items;
        size_t count, capacity;
    } vary;
    struct {
        struct correlation_spec *items;
        size_t count, capacity;
    } correlations;
    const char *points;               // CSV file of DESIGN_POINTS, or NULL
    struct reference *scenarios;      // [n_scenarios] further scenarios to run the design under
    int n_scenarios;                  //
    struct metric_spec_list metrics;  // none: those of scenario and models
    struct reference *band_variables; // [n_band_variables] quantiles over time of these
    int n_band_variables;             //
    double band_every;                // time between them, NaN: a fiftieth of the run
    double *quantiles;                // [n_quantiles], NULL: 0.05 0.25 0.5 0.75 0.95
    int n_quantiles;                  //
    struct position position;
};

// Which parameters are to be fitted to the scenario's data.
struct fit_spec {
    bool is_given;
    struct sweep_spec search;   // what varies, between which ends; its metrics come from the data
    struct setting_list errors; // standard error of the observations, by variable
    double starts;              // points from which the search may start; NaN: not given
    struct position position;
};

// What must hold of a run that is to be the best one.
struct limit_spec {
    struct position expression; // of a metric
    double least, most;         // NaN: not given
    struct position position;
};

// What is to be made best, by what, within which limits.
struct optimize_spec {
    bool is_given;
    struct sweep_spec search; // what varies, between which ends
    struct position goal;     // expression of a metric; no excerpt: not given
    const char *better;       // "high" or "low"; NULL: high
    struct {
        struct limit_spec *items;
        size_t count, capacity;
    } limits;
    double starts; // points from which the search may start; NaN: not given
    struct position position;
};

// A specification in which nothing is given, and an input of which nothing but its name is.
struct sweep_spec sweep_spec_empty(struct position position);
struct vary_spec vary_spec_empty(const char *name, struct position position);

// Reads the `sweep` group of a scenario.
void sweep_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct sweep_spec *spec);

// Reads the `fit` group of a scenario.
void fit_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct fit_spec *spec);

// Reads the `optimize` group of a scenario.
void optimize_spec_read(struct cfg_reader *cfg, config_setting_t *setting,
                        struct optimize_spec *spec);

#endif
