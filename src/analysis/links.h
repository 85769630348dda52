// The causal links of a model and how strong each was when: link scores of Loops That Matter
// (Schoenberg, Davidsen & Eberlein, System Dynamics Review 36(2), 2020; revised 2023).
#ifndef ANALYSIS_LINKS_H
#define ANALYSIS_LINKS_H

#include "base/graph.h"
#include "run/integrate.h"

enum vertex_kind {
    VERTEX_NONE,   // a cell that does not change or has no value: no links
    VERTEX_VALUE,  // computed from others
    VERTEX_STOCK,  // a cell of a stock, from its flows
    VERTEX_RATE,   // what changes a stage of a delay or smooth
    VERTEX_STAGE,  // the stage
    VERTEX_MEMORY, // what PREVIOUS yields
    VERTEX_DELAY,  // what DELAY yields
};

struct link_vertex {
    enum vertex_kind kind;
    const char *name;                // of the cell, or "SMTH3 in x, stage 2"; NULL: VERTEX_RATE
    const struct variable *variable; // of cells, else NULL
    int index;                       // of the cell, state, memory or delay line
    int root;                        // node that it is computed by, or -1
};

struct link_graph {
    struct arena *arena;
    const struct model *model;
    const struct lowered *lowered; // each cell by itself
    struct link_vertex *vertices;  // [n_vertices] the cells of the model, then the others
    int n_vertices;
    int first_stage, first_memory, first_delay; // vertices; a stage is a rate and a level
    struct graph graph;                         // over vertices; its edges are the links
};

// The links of the resolved `model`; NULL with errors where it cannot be compiled.
struct link_graph *links_build(struct arena *arena, const struct model *model, struct diag *diag);

// Scores over a run. The interval of a row starts at its time and lasts one step.
struct link_scores {
    int n_rows;
    double *times;  // [n_rows] saved times but for the last one
    double *scores; // [n_rows][n_links]; 0 where nothing changed
    long n_mismatches; // values that were not those of their equation: 0, or the library is wrong
    struct run_ending ending;
};

// Runs the model and scores every link at each saved time. NULL with errors where it cannot be
// compiled.
struct link_scores *links_run(const struct link_graph *links, const volatile sig_atomic_t *cancel,
                              struct diag *diag);

#endif
