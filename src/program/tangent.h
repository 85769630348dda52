// The equations of a model at one point, with exact derivatives: what analyses of rest points and
// branches evaluate. Time stands still, so whatever remembers has settled: what PREVIOUS and DELAY
// yield are unknowns of their own, equal to what goes in.
#ifndef PROGRAM_TANGENT_H
#define PROGRAM_TANGENT_H

#include "program/lower.h"

struct tangent;

// Prepares `lowered` for evaluation; `watched` [n_watched] are cells (of all cells of the model)
// whose values are wanted beside the rates. Holds what one thread needs; lives in `arena`.
struct tangent *tangent_create(struct arena *arena, const struct lowered *lowered,
                               const int *watched, int n_watched);

// Unknowns: the states in order, then what each PREVIOUS and each DELAY yields.
int tangent_n_unknowns(const struct tangent *tangent);

// Writes the unknowns at the start of a run to `unknowns`.
void tangent_start(struct tangent *tangent, const double *parameters, double time,
                   double *unknowns);

// After tangent_start(): derivatives of those by parameter `parameter`, [n_unknowns].
void tangent_start_slopes(struct tangent *tangent, int parameter, double *by_parameter);

// Goes to a point. The residuals [n_unknowns] are the rates of the states, and for what PREVIOUS
// and DELAY yield what goes in less that.
void tangent_evaluate(struct tangent *tangent, const double *unknowns, const double *parameters,
                      double time, double *residuals);

// The derivatives of the residuals at the point evaluated last: [n_unknowns][n_unknowns] by the
// unknowns, and [n_unknowns] by parameter `parameter` (by_parameter NULL: not wanted). At a kink
// they are those of the side that the engine takes.
void tangent_differentiate(struct tangent *tangent, double *by_unknowns, int parameter,
                           double *by_parameter);

// The value of watched cell `i` at the point evaluated last.
double tangent_watched(const struct tangent *tangent, int i);

// The value of node `node` of the graph there; 0 for one that no residual needs.
double tangent_node_value(const struct tangent *tangent, int node);

// Whether residual `i` depends on unknown `k` at all, by the structure of the equations.
bool tangent_depends(const struct tangent *tangent, int i, int k);

// Kinks (MIN, MAX, ABS, IF, bends of tables) on which the point evaluated last lies, within a
// relative `margin`: how many, and into `*first` the name of a variable that has the first.
int tangent_kinks(const struct tangent *tangent, double margin, const char **first);

#endif
