// Stage: run. GSL's methods that choose their own steps within each DT: one run at a time, in
// lane 0. What is held during a step (PULSE, PREVIOUS, DELAY, WINDOW) stays held for one DT, so a
// run means the same with every method. The Jacobian of the stiff method comes from one batch
// evaluation: each lane has one state displaced.
#include "run/method.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <stdlib.h>

struct adaptive {
    struct workspace *workspace;
    gsl_odeiv2_system system;
    gsl_odeiv2_driver *driver;
    double *state;     // [n_states]
    double *scale;     // [n_states] of the absolute tolerance; sums for metrics do not count
    bool is_nonfinite; // the latest rates were
};

// Puts `state` into all lanes of the state rows.
static void spread(struct workspace *workspace, const double *state)
{
    for (int i = 0; i < workspace->program->n_states; i++)
        for (int lane = 0; lane < workspace->lanes; lane++)
            workspace_state(workspace, i)[lane] = state[i];
}

static int find_rates(double time, const double state[], double rates[], void *context)
{
    struct adaptive *adaptive = context;
    struct workspace *workspace = adaptive->workspace;
    spread(workspace, state);
    workspace_stage(workspace, 1, time, true);
    adaptive->is_nonfinite = false;
    for (int i = 0; i < workspace->program->n_states; i++) {
        rates[i] = workspace_rate(workspace, i)[0];
        adaptive->is_nonfinite |= !isfinite(rates[i]);
    }
    return adaptive->is_nonfinite ? GSL_EBADFUNC : GSL_SUCCESS;
}

// Forward differences, `lanes - 1` states at a time.
static int find_jacobian(double time, const double state[], double *jacobian, double time_rates[],
                         void *context)
{
    struct workspace *workspace = ((struct adaptive *)context)->workspace;
    int n = workspace->program->n_states, lanes = workspace->lanes;
    for (int first = 0; first < n; first += lanes - 1) {
        int count = n - first < lanes - 1 ? n - first : lanes - 1;
        double displacements[MAX_LANES];
        spread(workspace, state);
        for (int k = 0; k < count; k++) {
            double *cell = &workspace_state(workspace, first + k)[k + 1];
            *cell += 1e-7 * fmax(fabs(*cell), 1e-3);
            displacements[k] = *cell - state[first + k];
        }
        workspace_stage(workspace, 1, time, true);
        for (int i = 0; i < n; i++)
            for (int k = 0; k < count; k++)
                jacobian[i * n + first + k] =
                    (workspace_rate(workspace, i)[k + 1] - workspace_rate(workspace, i)[0]) /
                    displacements[k];
    }
    double h = 1e-6 * workspace->frame.time_step;
    double *rates = malloc((size_t)n * sizeof *rates);
    if (!rates)
        return GSL_ENOMEM;
    spread(workspace, state);
    workspace_stage(workspace, 1, time, true);
    for (int i = 0; i < n; i++)
        rates[i] = workspace_rate(workspace, i)[0];
    workspace_stage(workspace, 1, time + h, true);
    for (int i = 0; i < n; i++)
        time_rates[i] = (workspace_rate(workspace, i)[0] - rates[i]) / h;
    free(rates);
    return GSL_SUCCESS;
}

static void *create(struct workspace *workspace, const gsl_odeiv2_step_type *type)
{
    struct adaptive *adaptive = calloc(1, sizeof *adaptive);
    int n = workspace->program->n_states;
    if (!adaptive)
        abort();
    adaptive->workspace = workspace;
    adaptive->system =
        (gsl_odeiv2_system){find_rates, find_jacobian, (size_t)(n ? n : 1), adaptive};
    adaptive->state = calloc((size_t)(n ? n : 1), sizeof(double));
    adaptive->scale = calloc((size_t)(n ? n : 1), sizeof(double));
    if (!adaptive->state || !adaptive->scale)
        abort();
    for (int i = 0; i < n; i++)
        adaptive->scale[i] = workspace->program->states[i].is_accumulator ? 1e100 : 1;
    double tolerance = workspace->program->time.tolerance;
    adaptive->driver =
        gsl_odeiv2_driver_alloc_scaled_new(&adaptive->system, type, workspace->frame.time_step / 4,
                                           tolerance, tolerance, 1, 0, adaptive->scale);
    if (!adaptive->driver)
        abort();
    gsl_odeiv2_driver_set_hmin(adaptive->driver, workspace->frame.time_step * 1e-10);
    gsl_odeiv2_driver_set_hmax(adaptive->driver, workspace->frame.time_step);
    return adaptive;
}

static void free_adaptive(void *kept)
{
    struct adaptive *adaptive = kept;
    gsl_odeiv2_driver_free(adaptive->driver);
    free(adaptive->state);
    free(adaptive->scale);
    free(adaptive);
}

static enum run_end advance(struct workspace *workspace)
{
    struct adaptive *adaptive = workspace->method_kept;
    int n = workspace->program->n_states;
    double time = workspace_time(workspace, workspace->step);
    double end = workspace_time(workspace, workspace->step + 1);
    workspace_remember(workspace);
    if (n == 0)
        return RUN_COMPLETE;
    adaptive->is_nonfinite = false;
    for (int i = 0; i < n; i++)
        adaptive->state[i] = workspace_state(workspace, i)[0];
    if (workspace->program->holds_values) // they may jump from one DT to the next
        gsl_odeiv2_driver_reset_hstart(adaptive->driver, workspace->frame.time_step / 4);
    int status = gsl_odeiv2_driver_apply(adaptive->driver, &time, end, adaptive->state);
    spread(workspace, adaptive->state);
    workspace_finish_step(workspace, STATES_HOME);
    if (status == GSL_SUCCESS)
        return RUN_COMPLETE;
    return adaptive->is_nonfinite ? RUN_NONFINITE : RUN_STEP_TOO_SMALL;
}

static void *create_rkf45(struct workspace *workspace)
{
    return create(workspace, gsl_odeiv2_step_rkf45);
}

static void *create_rk8pd(struct workspace *workspace)
{
    return create(workspace, gsl_odeiv2_step_rk8pd);
}

static void *create_msbdf(struct workspace *workspace)
{
    return create(workspace, gsl_odeiv2_step_msbdf);
}

#define STORE_RATES                                                                                \
    {                                                                                              \
        RATE_STORE, STATES_HOME, STATES_HOME, STATES_SUM, 0, 0                                     \
    }

const struct method method_rkf45 = {
    .name = "rkf45",
    .summary = "Runge-Kutta-Fehlberg: steps chosen by the difference of orders 4 and 5",
    .source = "Fehlberg (1969); GSL",
    .is_adaptive = true,
    .stages = {STORE_RATES, STORE_RATES},
    .n_stages = 2,
    .advance = advance,
    .create = create_rkf45,
    .free = free_adaptive,
};

const struct method method_rk8pd = {
    .name = "rk8pd",
    .summary = "Runge-Kutta by Prince and Dormand, orders 8 and 9: for high accuracy",
    .source = "Prince & Dormand (1981); GSL",
    .is_adaptive = true,
    .stages = {STORE_RATES, STORE_RATES},
    .n_stages = 2,
    .advance = advance,
    .create = create_rk8pd,
    .free = free_adaptive,
};

const struct method method_msbdf = {
    .name = "msbdf",
    .summary = "backward differentiation, orders 1 to 5: for stiff models",
    .source = "Byrne & Hindmarsh (1975); GSL",
    .is_adaptive = true,
    .stages = {STORE_RATES, STORE_RATES},
    .n_stages = 2,
    .advance = advance,
    .create = create_msbdf,
    .free = free_adaptive,
};
