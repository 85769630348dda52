// Designs: which values the inputs of a sweep take in each of its points.
#ifndef ANALYSIS_SWEEP_SAMPLE_H
#define ANALYSIS_SWEEP_SAMPLE_H

#include "analysis/sweep/distribution.h"

#include <stdint.h>

struct sample_input {
    const char *name;
    struct distribution distribution; // not used by DESIGN_POINTS
    int n_levels;                     // DESIGN_GRID
    double nominal;                   // DESIGN_ONE_AT_A_TIME: its value as it stands
};

// What points are made of; shared by threads.
struct sample_design {
    enum design_kind kind;
    struct sample_input *inputs; // [n_inputs]
    int n_inputs;
    uint64_t n_points;
    uint64_t seed;
    double *cholesky;     // [n_inputs][n_inputs] lower triangle, or NULL: inputs are independent
    const double *points; // [n_points][n_inputs] of DESIGN_POINTS (values) and DESIGN_MAXIMIN (u)
    struct sample_design *base; // DESIGN_SALTELLI: the two samples side by side
};

// Points of DESIGN_SALTELLI stand in groups, one for each point of the two samples A and B:
// A, B, then A with input 0 from B, with input 1 from B ...; of DESIGN_MORRIS in trajectories of
// n_inputs + 1; of DESIGN_ONE_AT_A_TIME: all as they stand, then low and high of each input.
uint64_t sample_group_size(enum design_kind kind, int n_inputs);

// The low and the high end of an input in DESIGN_ONE_AT_A_TIME: those of its distribution, or its
// 5 % and 95 % quantiles where it has none.
void sample_ends(const struct distribution *distribution, double ends[2]);

// Sets up a design of `n_points` points (0: as the design says) over `inputs`. False with errors
// at `position`: too many inputs for a Sobol sequence, correlations that cannot be, a grid too
// large. The design keeps the pointers.
bool sample_design_build(struct sample_design *design, struct arena *arena,
                         const struct sweep_spec *spec, struct sample_input *inputs, int n_inputs,
                         uint64_t n_points, uint64_t seed, struct diag *diag);

// Reads the points of DESIGN_POINTS: a column for each input, and perhaps one called run.
bool sample_points_read(struct sample_design *design, struct arena *arena, const char *path,
                        struct diag *diag);

// One thread's way through a design: points in any order, rising ones fastest.
struct sampler;

struct sampler *sampler_create(const struct sample_design *design);
void sampler_free(struct sampler *sampler);

// Writes the values of the inputs in point `point` (from 0) to `values` [n_inputs].
void sampler_take(struct sampler *sampler, uint64_t point, double *values);

// Likewise the place in the unit cube, before distributions: not for DESIGN_POINTS and
// DESIGN_ONE_AT_A_TIME.
void sampler_take_unit(struct sampler *sampler, uint64_t point, double *unit);

#endif
