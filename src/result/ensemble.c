// Stage: result. netCDF-4 with CF-style attributes; compressed, in chunks of 64 runs over all
// times.
#include "result/ensemble.h"

#include "base/file.h"

#include <errno.h>
#include <netcdf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_RUNS = 64, MAX_NAME = 200 };

struct ensemble {
    struct arena *arena;
    int file;
    int *variables;    // [n_variables] ids
    int case_variable; // where there are several cases
    const char *path, *temporary;
    long n_times;
    double *row; // [n_times]
};

static bool fail(const struct ensemble *ensemble, int code, struct diag *diag)
{
    if (code == NC_NOERR)
        return false;
    diag_fail(diag, FAULT_ENVIRONMENT, "cannot write '%s': %s", ensemble->path, nc_strerror(code));
    return true;
}

// netCDF names may not hold a slash nor end in a blank.
static const char *plain_name(struct arena *arena, const char *name)
{
    char *copy = arena_copy_text(arena, name, strnlen(name, MAX_NAME));
    for (char *at = copy; *at; at++)
        if (*at == '/')
            *at = '_';
    return copy;
}

static void put_text(int file, int variable, const char *name, const char *value)
{
    nc_put_att_text(file, variable, name, strlen(value), value);
}

// Fills a variable of all runs: with 1, 2 ... where `runs_per_case` is 0, else with the number of
// the case, from 0.
static int number_runs(int file, int variable, uint64_t n_runs, uint64_t runs_per_case)
{
    enum { PIECE = 4096 };
    long long numbers[PIECE];
    int code = NC_NOERR;
    for (size_t first = 0; first < n_runs && !code; first += PIECE) {
        size_t count = n_runs - first < PIECE ? (size_t)n_runs - first : PIECE;
        for (size_t i = 0; i < count; i++)
            numbers[i] = (long long)(runs_per_case ? (first + i) / runs_per_case : first + i + 1);
        code = nc_put_vara_longlong(file, variable, &first, &count, numbers);
    }
    return code;
}

// The variable `case` says by a number which scenario and model a run is of.
static int define_cases(struct ensemble *ensemble, const struct ensemble_spec *spec, int run)
{
    int file = ensemble->file, code;
    int *values = ARENA_NEW_ARRAY(ensemble->arena, int, spec->n_cases);
    const char *meanings = "";
    for (int i = 0; i < spec->n_cases; i++) {
        values[i] = i;
        meanings = arena_format(ensemble->arena, "%s%s%s", meanings, i ? " " : "", spec->cases[i]);
    }
    if ((code = nc_def_var(file, "case", NC_INT, 1, &run, &ensemble->case_variable)) ||
        (code = nc_put_att_int(file, ensemble->case_variable, "flag_values", NC_INT,
                               (size_t)spec->n_cases, values)))
        return code;
    put_text(file, ensemble->case_variable, "long_name", "scenario.model of the run");
    put_text(file, ensemble->case_variable, "flag_meanings", meanings);
    return NC_NOERR;
}

static int define(struct ensemble *ensemble, const struct ensemble_spec *spec)
{
    int file = ensemble->file, run, time, time_variable, run_variable, code;
    size_t n_times = (size_t)(spec->n_times ? spec->n_times : 1);
    if ((code = nc_def_dim(file, "run", (size_t)spec->n_runs, &run)) ||
        (code = nc_def_dim(file, "time", n_times, &time)) ||
        (code = nc_def_var(file, "run", NC_INT64, 1, &run, &run_variable)) ||
        (code = nc_def_var(file, "time", NC_DOUBLE, 1, &time, &time_variable)))
        return code;
    put_text(file, NC_GLOBAL, "title", spec->title);
    put_text(file, NC_GLOBAL, "source", "kantelpunt " KANTELPUNT_VERSION);
    put_text(file, NC_GLOBAL, "id", spec->id);
    put_text(file, NC_GLOBAL, "Conventions", "CF-1.8");
    put_text(file, time_variable, "units", spec->time_unit);
    put_text(file, time_variable, "axis", "T");
    put_text(file, time_variable, "long_name", "model time");
    put_text(file, run_variable, "long_name", "number of the run in design.csv and metrics.csv");
    const int dimensions[] = {run, time};
    const size_t chunks[] = {spec->n_runs < CHUNK_RUNS ? (size_t)spec->n_runs : CHUNK_RUNS,
                             n_times};
    for (int i = 0; i < spec->n_variables; i++) {
        int *id = &ensemble->variables[i];
        const char *name = plain_name(ensemble->arena, spec->names[i]);
        const double fill = NC_FILL_DOUBLE;
        if ((code = nc_def_var(file, name, NC_DOUBLE, 2, dimensions, id)) ||
            (code = nc_def_var_chunking(file, *id, NC_CHUNKED, chunks)) ||
            (code = nc_def_var_deflate(file, *id, 1, 1, 4)) ||
            (code = nc_put_att_double(file, *id, "_FillValue", NC_DOUBLE, 1, &fill)))
            return code;
        put_text(file, *id, "units", spec->units[i]);
        put_text(file, *id, "long_name", spec->titles[i]);
    }
    if (spec->n_cases > 1 && (code = define_cases(ensemble, spec, run)))
        return code;
    if ((code = nc_enddef(file)) || (code = nc_put_var_double(file, time_variable, spec->times)))
        return code;
    if ((code = number_runs(file, run_variable, spec->n_runs, 0)) || spec->n_cases <= 1)
        return code;
    return number_runs(file, ensemble->case_variable, spec->n_runs,
                       spec->n_runs / (uint64_t)spec->n_cases);
}

struct ensemble *ensemble_create(struct arena *arena, const char *path,
                                 const struct ensemble_spec *spec, struct diag *diag)
{
    struct ensemble *ensemble = ARENA_NEW(arena, struct ensemble);
    *ensemble = (struct ensemble){.arena = arena, .path = path, .n_times = spec->n_times};
    ensemble->temporary = arena_format(arena, "%s.part", path);
    ensemble->variables = ARENA_NEW_ARRAY(arena, int, spec->n_variables);
    ensemble->row = ARENA_NEW_ARRAY(arena, double, (size_t)spec->n_times *CHUNK_RUNS);
    if (fail(ensemble, nc_create(ensemble->temporary, NC_NETCDF4 | NC_CLOBBER, &ensemble->file),
             diag))
        return NULL;
    if (fail(ensemble, define(ensemble, spec), diag)) {
        nc_abort(ensemble->file);
        unlink(ensemble->temporary);
        return NULL;
    }
    return ensemble;
}

bool ensemble_write(struct ensemble *ensemble, int variable, uint64_t first, int n,
                    const double *values, long stride, struct diag *diag)
{
    const size_t start[] = {(size_t)first, 0};
    const size_t count[] = {(size_t)n, (size_t)ensemble->n_times};
    for (int run = 0; run < n; run++)
        for (long time = 0; time < ensemble->n_times; time++) {
            double value = values[time * stride + run];
            ensemble->row[run * ensemble->n_times + time] = value == value ? value : NC_FILL_DOUBLE;
        }
    return !fail(ensemble,
                 nc_put_vara_double(ensemble->file, ensemble->variables[variable], start, count,
                                    ensemble->row),
                 diag);
}

bool ensemble_finish(struct ensemble *ensemble, struct diag *diag)
{
    if (fail(ensemble, nc_close(ensemble->file), diag)) {
        unlink(ensemble->temporary);
        return false;
    }
    if (rename(ensemble->temporary, ensemble->path) == 0)
        return true;
    diag_fail(diag, FAULT_ENVIRONMENT, "cannot write '%s': %s", ensemble->path, strerror(errno));
    return false;
}
