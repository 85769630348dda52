// How fast sweeps are, against C written by hand and compiled in the same build.
//   bench FOLDER [ROUNDS [MILLISECONDS [SCENARIO...]]]
// FOLDER holds heavy-sweep.cfg and light-sweep.cfg. For other scenarios with a sweep, whose models
// nobody wrote by hand in C, the first model is translated to C and compiled here. Every variant
// computes for about MILLISECONDS of CPU time in each round, the variants taking turns, so that
// whatever else the machine does strikes all alike; what is shown is the median over rounds of the
// speed relative to scalar C in the same round. First all variants must agree on the results.
#include "analysis/sweep/sweep.h"
#include "analysis/sweep/sweep_files.h"
#include "base/array.h"
#include "kantelpunt.h"
#include "translate.h"
#include "workload.h"

#include <dlfcn.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 99, MAX_VARIANTS = 16, MAX_THREADS = 2 };

yardstick heavy_scalar, heavy_euler, heavy_vectorised, light_scalar, light_euler, light_vectorised;

// One way to compute runs.
struct variant {
    const char *name;
    yardstick *by_hand;                        // or NULL: a sweep
    struct sweep *sweep;                       //
    struct sweep_worker *workers[MAX_THREADS]; // [n_threads]
    int n_threads;                             //
    bool has_text;                             // tables are formatted too, as for the disk
    double tolerance;                          // relative difference from scalar C with RK4
    long n_blocks;                             // in a slice
    double ratios[MAX_ROUNDS], seconds[MAX_ROUNDS];
};

struct bench {
    struct arena *arena;
    struct unit_system *units;
    struct diag diag;
    struct variant variants[MAX_VARIANTS];
    int n_variants;
    double *inputs, *results; // [N_INPUTS], [N_STOCKS][SWEEP_BLOCK]
};

static double thread_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void stop_at_errors(const struct bench *bench)
{
    for (size_t i = 0; i < bench->diag.count; i++)
        fprintf(stderr, "%s\n", bench->diag.items[i].text);
    if (bench->diag.n_errors)
        exit(1);
}

static struct variant *add_variant(struct bench *bench, const char *name, double tolerance)
{
    struct variant *variant = &bench->variants[bench->n_variants++];
    *variant = (struct variant){.name = name, .tolerance = tolerance, .n_threads = 1};
    return variant;
}

static void add_yardstick(struct bench *bench, const char *name, yardstick *by_hand,
                          double tolerance)
{
    add_variant(bench, name, tolerance)->by_hand = by_hand;
}

static void add_sweep(struct bench *bench, const char *path, const char *method, const char *kernel,
                      int n_threads, bool has_text)
{
    if (kernel && !kernel_find(kernel))
        return;
    double tolerance = strcmp(method, "euler") == 0 ? 0.01 : 1e-10;
    struct sweep_options options = {.kernel = kernel};
    options.cases.time = time_spec_empty();
    options.cases.time.method = method;
    struct sweep *sweep = sweep_read(bench->arena, path, &options, bench->units, &bench->diag);
    stop_at_errors(bench);
    struct variant *variant =
        add_variant(bench,
                    arena_format(bench->arena, "sweep, %s, %s%s", method, sweep->kernel->name,
                                 has_text        ? ", with text"
                                 : n_threads > 1 ? ", 2 threads"
                                                 : ""),
                    tolerance);
    variant->sweep = sweep;
    variant->has_text = has_text;
    variant->n_threads = n_threads;
    for (int i = 0; i < n_threads; i++)
        variant->workers[i] = sweep_worker_create(sweep);
}

// Computes blocks as a sweep does; returns the CPU time of the slowest thread.
static double compute_sweep(const struct variant *variant, long n_blocks)
{
    double slowest = 0;
#pragma omp parallel num_threads(variant->n_threads) reduction(max : slowest)
    {
        struct sweep_worker *worker = variant->workers[omp_get_thread_num()];
        struct sweep_text text = {0};
        double start = thread_seconds();
        for (long i = 0; i < n_blocks; i++) {
            long index = i * variant->n_threads + omp_get_thread_num();
            const struct sweep_block *block = sweep_compute(worker, (uint64_t)index, NULL);
            if (variant->has_text)
                sweep_text_format(&text, variant->sweep, block);
        }
        slowest = thread_seconds() - start;
        sweep_text_clear(&text);
    }
    return slowest;
}

static double compute(const struct bench *bench, const struct variant *variant, long n_blocks)
{
    if (variant->sweep)
        return compute_sweep(variant, n_blocks);
    double start = thread_seconds();
    for (long i = 0; i < n_blocks; i++)
        variant->by_hand(bench->inputs, bench->results, SWEEP_BLOCK, 0, SWEEP_BLOCK);
    return thread_seconds() - start;
}

// Largest relative difference of the results of the first block from `expected`.
static double difference(struct bench *bench, const struct variant *variant, const double *expected)
{
    double largest = 0;
    const double *found = bench->results;
    if (variant->sweep)
        found = sweep_compute(variant->workers[0], 0, NULL)->metrics;
    else
        compute(bench, variant, 1);
    for (int i = 0; i < N_STOCKS * SWEEP_BLOCK; i++)
        largest = fmax(largest, fabs(found[i] - expected[i]) / (1e-6 + fabs(expected[i])));
    return largest;
}

// Leaves the first block's inputs for the yardsticks and checks that all variants agree.
static void check_agreement(struct bench *bench)
{
    double expected[N_STOCKS * SWEEP_BLOCK];
    for (int i = 0; i < bench->n_variants; i++)
        if (bench->variants[i].sweep)
            memcpy(bench->inputs, sweep_compute(bench->variants[i].workers[0], 0, NULL)->inputs,
                   sizeof(double) * N_INPUTS * SWEEP_BLOCK);
    compute(bench, &bench->variants[0], 1);
    memcpy(expected, bench->results, sizeof expected);
    for (int i = 0; i < bench->n_variants; i++) {
        const struct variant *variant = &bench->variants[i];
        double largest = difference(bench, variant, expected);
        if (!(largest <= variant->tolerance)) {
            fprintf(stderr, "%s differs from %s by %g\n", variant->name, bench->variants[0].name,
                    largest);
            exit(1);
        }
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, int n)
{
    double sorted[MAX_ROUNDS];
    memcpy(sorted, values, (size_t)n * sizeof *values);
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    return sorted[n / 2];
}

static double run_seconds(const struct variant *variant, double seconds)
{
    return seconds / (double)(variant->n_blocks * variant->n_threads * SWEEP_BLOCK);
}

static void measure(struct bench *bench, int n_rounds, double slice)
{
    for (int i = 0; i < bench->n_variants; i++) {
        struct variant *variant = &bench->variants[i];
        double once = compute(bench, variant, 1);
        variant->n_blocks = once > 0 && once < slice ? lround(slice / once) : 1;
    }
    for (int round = 0; round < n_rounds; round++)
        for (int i = 0; i < bench->n_variants; i++) {
            struct variant *variant = &bench->variants[i];
            variant->seconds[round] =
                run_seconds(variant, compute(bench, variant, variant->n_blocks));
            variant->ratios[round] = bench->variants[0].seconds[round] / variant->seconds[round];
        }
}

static void print_table(const struct bench *bench, const char *workload, int n_rounds)
{
    printf("\n%-34s %11s %22s\n", workload, "us a run", "times scalar C, RK4");
    for (int i = 0; i < bench->n_variants; i++) {
        const struct variant *variant = &bench->variants[i];
        double sorted[MAX_ROUNDS];
        memcpy(sorted, variant->ratios, sizeof sorted);
        qsort(sorted, (size_t)n_rounds, sizeof *sorted, compare);
        printf("%-34s %11.2f %8.2f  (%.2f to %.2f)\n", variant->name,
               1e6 * median(variant->seconds, n_rounds), sorted[n_rounds / 2], sorted[n_rounds / 4],
               sorted[3 * n_rounds / 4]);
    }
}

static void clear_variants(struct bench *bench)
{
    for (int i = 0; i < bench->n_variants; i++)
        for (int k = 0; k < MAX_THREADS; k++)
            sweep_worker_free(bench->variants[i].workers[k]);
    bench->n_variants = 0;
}

static void run_workload(struct bench *bench, const char *folder, const char *workload,
                         yardstick *const by_hand[3], int n_rounds, double slice)
{
    static const char *const kernels[] = {"avx512", "avx2", "generic"};
    const char *path = arena_format(bench->arena, "%s/%s-sweep.cfg", folder, workload);
    add_yardstick(bench, "scalar C, rk4", by_hand[0], 0);
    add_yardstick(bench, "scalar C, euler", by_hand[1], 0.01);
    add_yardstick(bench, "vectorised by hand, libmvec, rk4", by_hand[2], 1e-10);
    for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
        add_sweep(bench, path, "rk4", kernels[i], 1, false);
    for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
        add_sweep(bench, path, "euler", kernels[i], 1, false);
    add_sweep(bench, path, "rk4", NULL, 2, false);
    add_sweep(bench, path, "euler", NULL, 2, false);
    add_sweep(bench, path, "rk4", NULL, 1, true);
    add_sweep(bench, path, "euler", NULL, 1, true);
    check_agreement(bench);
    measure(bench, n_rounds, slice);
    print_table(bench, workload, n_rounds);
    clear_variants(bench);
}

// What the first block of a sweep puts into the parameters of its first case: [n_parameters].
static void set_parameters(const struct variant *variant, double *parameters)
{
    const struct sweep_case *sweep_case = &variant->sweep->cases[0];
    const struct sweep_block *block = sweep_compute(variant->workers[0], 0, NULL);
    for (int i = 0; i < variant->sweep->design.n_inputs; i++)
        for (int k = 0; k < sweep_case->n_targets[i]; k++) {
            const struct sweep_target *target = &sweep_case->targets[i][k];
            for (int place = 0; place < SWEEP_BLOCK; place++) {
                double value = block->inputs[i * SWEEP_BLOCK + (place % block->n_runs)];
                parameters[target->parameter * SWEEP_BLOCK + place] =
                    target->is_scale ? target->base * value : value;
            }
        }
}

// The states at the end of the runs of the first block, by the engine: [n_states][SWEEP_BLOCK].
static void integrate_block(const struct variant *variant, const double *parameters,
                            double *results)
{
    const struct program *program = variant->sweep->cases[0].program;
    const struct kernel *kernel = kernel_best();
    struct workspace *workspace =
        workspace_create(program, kernel, variant->sweep->cases[0].method);
    double *lanes = calloc((size_t)(program->n_parameters + 1) * MAX_LANES, sizeof *lanes);
    struct run_ending endings[MAX_LANES];
    for (int first = 0; first < SWEEP_BLOCK; first += kernel->lanes) {
        for (int i = 0; i < program->n_parameters; i++)
            memcpy(lanes + i * kernel->lanes, parameters + i * SWEEP_BLOCK + first,
                   (size_t)kernel->lanes * sizeof *lanes);
        struct integration integration = {.workspace = workspace,
                                          .parameters = lanes,
                                          .n_lanes = kernel->lanes,
                                          .endings = endings};
        integrate(&integration);
        for (int i = 0; i < program->n_states; i++)
            memcpy(results + i * SWEEP_BLOCK + first, workspace_state(workspace, i),
                   (size_t)kernel->lanes * sizeof *lanes);
    }
    free(lanes);
    workspace_free(workspace);
}

// Compiles the translation in `folder` with `flags`; the program ends where that fails.
static yardstick *compile(const struct bench *bench, const char *folder, const char *name,
                          const char *flags)
{
    const char *library = arena_format(bench->arena, "%s/%s.so", folder, name);
    const char *command = arena_format(
        bench->arena, "cc -std=c17 -O3 -march=native %s -shared -fPIC %s/model.c -o %s -lmvec -lm",
        flags, folder, library);
    void *handle = system(command) == 0 ? dlopen(library, RTLD_NOW) : NULL;
    yardstick *function = NULL;
    if (handle)
        *(void **)&function = dlsym(handle, "yardstick");
    if (!function) {
        fprintf(stderr, "this failed: %s\n", command);
        exit(1);
    }
    return function;
}

// Two yardsticks of the model of `variant`; false where it cannot be translated.
static bool add_translations(struct bench *bench, const struct program *program, const char *path)
{
    char folder[] = "/tmp/kantelpunt-bench-XXXXXX";
    const char *problem = "nothing: there is no temporary folder";
    if (mkdtemp(folder)) {
        FILE *file = fopen(arena_format(bench->arena, "%s/model.c", folder), "w");
        problem = file ? translate(program, file) : problem;
        if (file)
            fclose(file);
    }
    if (problem) {
        printf("\n%s: no yardstick: it holds %s\n", path, problem);
    } else {
        add_yardstick(bench, "scalar C, rk4 (translated)",
                      compile(bench, folder, "scalar", "-ffp-contract=off"), 1e-7);
        add_yardstick(bench, "vectorised C, libmvec (translated)",
                      compile(bench, folder, "vectorised",
                              "-DLANES=64 -ffast-math -fopenmp-simd -mprefer-vector-width=512"),
                      1e-6);
    }
    system(arena_format(bench->arena, "rm -rf %s", folder));
    return !problem;
}

// Translations must end where the engine does.
static void check_translations(struct bench *bench, const struct variant *engine, int n_states)
{
    size_t n = (size_t)n_states * SWEEP_BLOCK;
    double *expected = ARENA_NEW_ARRAY(bench->arena, double, n);
    integrate_block(engine, bench->inputs, expected);
    for (int i = 0; i < 2; i++) {
        const struct variant *variant = &bench->variants[i];
        compute(bench, variant, 1);
        for (size_t k = 0; k < n; k++)
            if (fabs(bench->results[k] - expected[k]) >
                variant->tolerance * (1e-3 + fabs(expected[k]))) {
                fprintf(stderr, "%s: state %zu of run %zu is %g, not %g\n", variant->name,
                        k / SWEEP_BLOCK, k % SWEEP_BLOCK, bench->results[k], expected[k]);
                exit(1);
            }
    }
}

static void run_scenario(struct bench *bench, const char *path, int n_rounds, double slice)
{
    struct sweep_options options = {0};
    options.cases.time = time_spec_empty();
    options.cases.time.method = "rk4";
    struct sweep *sweep = sweep_read(bench->arena, path, &options, bench->units, &bench->diag);
    stop_at_errors(bench);
    const struct program *program = sweep->cases[0].program;
    double *inputs = bench->inputs, *results = bench->results;
    bench->inputs = ARENA_NEW_ARRAY(bench->arena, double, program->n_parameters *SWEEP_BLOCK);
    bench->results = ARENA_NEW_ARRAY(bench->arena, double, program->n_states *SWEEP_BLOCK);
    if (add_translations(bench, program, path)) {
        static const char *const kernels[] = {"avx512", "avx2", "generic"};
        for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
            add_sweep(bench, path, "rk4", kernels[i], 1, false);
        add_sweep(bench, path, "euler", NULL, 1, false);
        add_sweep(bench, path, "rk4", NULL, 2, false);
        set_parameters(&bench->variants[2], bench->inputs);
        check_translations(bench, &bench->variants[2], program->n_states);
        measure(bench, n_rounds, slice);
        print_table(bench,
                    arena_format(bench->arena, "%s (%d states)", sweep->cases[0].source.label,
                                 program->n_states),
                    n_rounds);
    }
    clear_variants(bench);
    bench->inputs = inputs;
    bench->results = results;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "bench FOLDER [ROUNDS [MILLISECONDS [SCENARIO...]]]\n");
        return 2;
    }
    int n_rounds = argc > 2 ? atoi(argv[2]) : 21;
    n_rounds = n_rounds < 1 ? 1 : n_rounds > MAX_ROUNDS ? MAX_ROUNDS : n_rounds;
    double slice = argc > 3 ? 1e-3 * atof(argv[3]) : 0.05;
    struct bench bench = {.arena = arena_create()};
    gsl_set_error_handler_off();
    diag_init(&bench.diag, bench.arena);
    bench.units = unit_system_create(&bench.diag);
    stop_at_errors(&bench);
    bench.inputs = ARENA_NEW_ARRAY(bench.arena, double, N_INPUTS *SWEEP_BLOCK);
    bench.results = ARENA_NEW_ARRAY(bench.arena, double, N_STOCKS *SWEEP_BLOCK);
    curves_set();
    printf(
        "CPU time of one core (threads: of the slowest), %d rounds in turn; median (quartiles)\n",
        n_rounds);
    run_workload(&bench, argv[1], "heavy",
                 (yardstick *const[]){heavy_scalar, heavy_euler, heavy_vectorised}, n_rounds,
                 slice);
    run_workload(&bench, argv[1], "light",
                 (yardstick *const[]){light_scalar, light_euler, light_vectorised}, n_rounds,
                 slice);
    for (int i = 4; i < argc; i++)
        run_scenario(&bench, argv[i], n_rounds, slice);
    arena_free(bench.arena);
    return 0;
}
