// The engine's inner loops, compiled several times for different processors from one source
// (kernel_body.c) and chosen when the program starts. All give the same bits.
#ifndef RUN_KERNEL_H
#define RUN_KERNEL_H

#include "program/lookup.h"
#include "program/program.h"

#include <stdint.h>

struct frame;

// What went into a pipeline delay, one row of lanes a step.
struct delay_buffer {
    double *inputs;  // [capacity][lanes] ring
    double *initial; // [lanes]
    long capacity;   // steps that are kept
};

// What one thread computes with: a block of lanes side by side.
struct frame {
    double *rows;                        // [n_rows][lanes]
    double *numbers;                     // [n_numbers]
    const struct lookup *const *lookups; // [n_tables]
    struct delay_buffer *delays;         // [n_delay_lines]
    long step;                           // number of the present step
    double time_step;                    // DT
};

struct bound; // an instruction of one kernel

// The states' share in one stage of a Runge-Kutta method; each array is a list of rows.
struct stage_update {
    double *states;             // [n][lanes], what the code sees
    double *saved;              // [n][lanes] at the start of the step; the first stage fills it in
    double *sum;                // [n][lanes] weighted sum of rates; NULL: not kept
    const double *const *rates; // [n] rows of this stage's rates
    int n;                      //
    double weight;              // of this stage's rates in the sum
    bool is_first;              // first stage of the step
    bool is_last;               // states = saved + factor * sum (where kept), else + factor * rates
    double factor;
};

struct kernel {
    const char *name; // "avx512", "avx2", "generic"
    int lanes;        // runs side by side in one block
    bool (*is_usable)(void);

    // Returns `code` of `program` with its operands as addresses for this kernel, in `arena`.
    struct bound *(*bind)(struct arena *arena, const struct program *program,
                          const struct code *code);

    // Runs bound code over all lanes.
    void (*execute)(const struct bound *code, struct frame *frame);

    // Moves the states on by one stage. After the last one, returns a bit for each lane in which a
    // state is not finite.
    uint64_t (*update)(const struct stage_update *update);

    // Returns a bit for each lane in which one of `n` rows is not finite.
    uint64_t (*find_nonfinite)(const double *rows, int n);
};

enum { MAX_LANES = 64 };

// The best kernel for this processor.
const struct kernel *kernel_best(void);

// The kernel of that name if it exists here and the processor can run it, else NULL.
const struct kernel *kernel_find(const char *name);

#endif
