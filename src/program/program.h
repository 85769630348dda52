// The compiled model: straight-line code over rows of numbers, one row a value, one column (lane)
// a run. Processor-independent; run/kernel binds it to the instructions of one processor.
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include "program/lower.h"

enum binary_form { FORM_AR, FORM_AN, FORM_RA, FORM_NA, FORM_RR, FORM_RN, FORM_NR, N_BINARY_FORMS };

// Opcodes of pure operations are op * N_BINARY_FORMS + form (form 0 for one operand); the others
// follow.
enum opcode {
    OPCODE_FIRST_SPECIAL = N_OPERATIONS * N_BINARY_FORMS - 1,
#define OPCODE(name, algebra) OPCODE_##name,
#include "program/opcodes.def"
#undef OPCODE
    N_OPCODES,
};

struct instruction {
    int opcode; // enum opcode, or an operation in one of its forms
    int a, b;   // rows, numbers, a table or a delay line, as the opcode says
};

// Where a value is: in a row, or the same number for all lanes.
struct operand {
    bool is_number;
    int index; // of the row or number
};

// The parts of the code, by how often they run.
enum section {
    SECTION_RUN,    // once a run: what depends on parameters only, initial values
    SECTION_TIME,   // whenever the time of the stage changes: what depends on time only
    SECTION_FIRST,  // first stage of each step: everything that rates need
    SECTION_LATER,  // the other stages: the same without what is held during the step
    SECTION_OUTPUT, // after FIRST where values are looked at: what only outputs need
    N_SECTIONS,
};

struct code {
    struct instruction *items; // ends with OPCODE_END
    size_t count, capacity;
};

// Fixed places in `numbers`.
enum { NUMBER_TIME, NUMBER_STEP_TIME, N_FIXED_NUMBERS };

struct program_state {
    const char *name;
    struct operand initial; // the state itself is row i; its rate goes to RATE i
    bool is_accumulator;    // only adds up for a metric: no other state depends on it
};

struct program_memory {
    int row; // what PREVIOUS yields during the present step
    struct operand initial, input;
};

struct program_delay_line {
    struct operand initial, input, delay_time;
    bool is_fixed; // the delay time does not change during a run
};

struct program {
    struct arena *arena;
    struct code sections[N_SECTIONS];
    int n_rows;      // rows 0 .. n_states - 1 are the states, the next n_parameters the parameters
    double *numbers; // [n_numbers] N_FIXED_NUMBERS that move with time, then constants
    int n_numbers;
    struct program_state *states; // [n_states]
    int n_states;
    int n_parameters;
    struct program_memory *memories; // [n_memories]
    int n_memories;
    struct program_delay_line *delay_lines; // [n_delay_lines]
    int n_delay_lines;
    const struct table **tables; // [n_tables], not owned
    int n_tables;
    const struct draw *draws; // [n_draws], not owned
    int n_draws;
    uint64_t seed;           // of draws without one of their own
    uint64_t random_run;     // number of the run, for draws: see struct frame
    struct operand *outputs; // [n_outputs], in the order asked for
    int *output_order;       // [n_outputs] indices of outputs in order of dependence
    int n_outputs;
    bool holds_values; // something is held during each step and may jump between steps
    bool holds_time;   // TIME stands still at `held_time` while the run goes on
    double held_time;  //
    struct time_spec time;
};

// A value that runs are to yield: cell `cell` of `variable`.
struct output {
    struct variable *variable;
    int cell;
};

// Compiles `model` for runs that differ in `varied` and yield `outputs`. The program lives in
// `arena`; the model must outlive it. NULL with errors.
struct program *program_build(struct arena *arena, const struct model *model,
                              const struct vary *varied, int n_varied, const struct output *outputs,
                              int n_outputs, struct diag *diag);

// The name of an opcode ("ADD_AR").
const char *opcode_name(struct arena *arena, int opcode);

#endif
