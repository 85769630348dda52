// Basins: which start leads to which stable rest point, over one stock or the plane of two, all
// support off; the separatrix between them, and how far a start is from it.
#ifndef ANALYSIS_TIP_BASIN_H
#define ANALYSIS_TIP_BASIN_H

#include "analysis/tip/rest.h"

// A stock whose start varies.
struct basin_axis {
    struct variable *variable;
    int cell;
    const char *name;
    double low, high; // of the map
    double today;     // at the start of the model's own run
};

// Where a start leads if not to a rest point.
enum {
    NO_END = -1,    // its run could not be made
    ELSEWHERE = -2, // it never comes to rest: it swings, or grows without bound
};

struct simulation;

struct basin_point {
    double at[2]; // on the axes
};

struct basin {
    struct tip *tip;
    const struct tip_case *tip_case;
    const struct rest_set *rest;
    struct basin_axis axes[2];
    int n_axes;
    int n;     // nodes along each axis
    int *ends; // [n][n], or [n]: rest point (from 0) that node leads to, NO_END or ELSEWHERE; first
               // axis slowest
    bool has_elsewhere; // some runs never come to rest
    double *reach;      // [rest points] a run this near, in sizes, is there
    int *sides;         // [rest points] on which side of the separatrix each is
    struct {
        struct basin_point *items;
        size_t count, capacity;
    } separatrix; // one part after the other
    struct {
        size_t *items;
        size_t count, capacity;
    } parts;                       // where each part ends
    const struct simulation *path; // the case's own run, of the axes' stocks; NULL: not made
    struct batch *batch;
    double *parameters; // [n_parameters] of the batch
    int first;          // parameter that is the start of the first axis
};

// Finds the stock called `name` (of --basin); false with an error where there is none.
bool basin_find_axis(const struct tip_case *tip_case, const char *name, struct basin_axis *axis,
                     struct diag *diag);

// The sides that there can be a border between: stable rest points, and never coming to rest.
int basin_count_sides(const struct rest_set *rest);

// Prepares a map over `n_axes` axes whose variables are set; sets their ranges and where they are
// today. False with errors. Close it with basin_close().
bool basin_open(struct basin *basin, struct tip *tip, const struct tip_case *tip_case,
                const struct rest_set *rest, struct diag *diag);
void basin_close(struct basin *basin);

// Where runs from `n` starts end. False where cancelled.
bool basin_run(struct basin *basin, const struct basin_point *starts, long n, int *ends);

// Fills the map, and the separatrix, closed in on to `rounds` halvings of a node's distance.
bool basin_map(struct basin *basin, int rounds);

// The threshold on the first axis nearest to today's start, the other stocks at today's values; NaN
// where there is none in the range. False where cancelled.
bool basin_threshold(struct basin *basin, double *threshold);

// The value of an axis at node `i`.
double basin_node(const struct basin *basin, int axis, int i);

#endif
