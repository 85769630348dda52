// The engine's inner loops, compiled several times for different processors from one source
// (kernel_body.c) and chosen when the program starts. All give the same bits.
#ifndef RUN_KERNEL_H
#define RUN_KERNEL_H

#include "program/lookup.h"
#include "program/program.h"

#include <stddef.h>
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
    double *reciprocals;                 // [n_numbers] of the constants among them
    const struct lookup *const *lookups; // [n_tables]
    struct delay_buffer *delays;         // [n_delay_lines]
    const struct draw *draws;            // [n_draws]
    uint64_t seed;                       // of draws without one of their own
    uint64_t first_run, run_stride;      // lane l draws as run first_run + l * run_stride
    long step;                           // number of the present step
    double time_step;                    // DT
    struct stage {                       // what RATE works with: see enum rate_use
        double factor, weight;           //
        ptrdiff_t to_written, to_sum;    // bytes from the row of a state's start to those rows
    } stage;
};

struct bound; // an instruction of one kernel

// What the instruction RATE does with the rate of a state, by the stage of a Runge-Kutta method;
// `start` is the state at the start of the step, `sum` the weighted sum of rates.
enum rate_use {
    RATE_STORE,  // written = rate
    RATE_ONLY,   // written = start + factor * rate
    RATE_FIRST,  // sum = weight * rate; written = start + factor * rate
    RATE_MIDDLE, // sum = sum + weight * rate; written = start + factor * rate
    RATE_LAST,   // written = start + factor * (sum + weight * rate)
};

// How a stage uses states: first rows of lists of n_states rows each.
struct stage_rows {
    enum rate_use use;
    int read;  // states that the code sees
    int start; // states at the start of the step
};

struct kernel {
    const char *name; // "avx512", "avx2", "generic"
    int lanes;        // runs side by side in one block
    bool (*is_usable)(void);

    // Returns `code` of `program` with its operands as addresses for this kernel and its rates used
    // as `rows` says, in `arena`.
    struct bound *(*bind)(struct arena *arena, const struct program *program,
                          const struct code *code, struct stage_rows rows);

    // Runs bound code over all lanes.
    void (*execute)(const struct bound *code, struct frame *frame);

    // Returns a bit for each lane in which one of `n` rows is not finite.
    uint64_t (*find_nonfinite)(const double *rows, int n);
};

enum { MAX_LANES = 64 };

// The best kernel for this processor; the best of those with few lanes, for a run or a few.
const struct kernel *kernel_best(void);
const struct kernel *kernel_narrow(void);

// The kernel of that name if it exists here and the processor can run it, else NULL.
const struct kernel *kernel_find(const char *name);
const struct kernel *kernel_find_narrow(const char *name);

#endif
