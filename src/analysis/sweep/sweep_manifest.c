// Stage: analysis. The identity of a sweep is a text of lines "what: value"; two sweeps differ in
// the lines that differ, which is what the message of a refused folder says.
#include "analysis/sweep/sweep_manifest.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "result/manifest.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_line(struct text *text, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_line(struct text *text, const char *what, const char *format, ...)
{
    char buffer[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    text_append_format(text, "%s: %s\n", what, buffer);
}

static void add_inputs(struct text *text, const struct sweep *sweep)
{
    for (int i = 0; i < sweep->design.n_inputs; i++) {
        const struct sample_input *input = &sweep->design.inputs[i];
        const struct distribution *d = &input->distribution;
        if (sweep->design.kind == DESIGN_POINTS)
            add_line(text, "input", "%s", input->name);
        else
            add_line(text, "input", "%s %s %.17g %.17g %.17g %.17g cut %.17g %.17g levels %d",
                     input->name, distribution_kind_name(d->kind), d->a, d->b, d->c, d->d, d->low,
                     d->high, input->n_levels);
        for (int k = 0; k < d->n; k++)
            add_line(text, "value", "%.17g to %.17g", d->values[k], d->weights[k]);
    }
    size_t n = (size_t)sweep->design.n_inputs;
    for (size_t i = 0; sweep->design.cholesky && i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (sweep->design.cholesky[i * n + k] != 0)
                add_line(text, "correlation", "%zu %zu %.17g", i, k,
                         sweep->design.cholesky[i * n + k]);
}

// The SHA-256 of file `index` of the sweep.
static const char *file_hash(const struct sweep *sweep, size_t index, struct diag *diag)
{
    size_t length = 0;
    char hash[HASH_TEXT_SIZE] = "unreadable";
    struct arena *scratch = arena_create();
    const char *bytes =
        file_read(scratch, sweep->files.items[index], (size_t)1 << 31, &length, diag);
    if (bytes)
        hash_bytes(bytes, length, hash);
    arena_free(scratch);
    return arena_copy_string(sweep->arena, hash);
}

const char *sweep_identity(const struct sweep *sweep, struct diag *diag)
{
    struct text text = {0};
    const struct time_spec *time = &sweep->cases[0].program->time;
    add_line(&text, "version", "%s", KANTELPUNT_VERSION);
    for (size_t i = 0; i < sweep->files.count; i++)
        add_line(&text, "file", "%s %.16s", path_base(sweep->files.items[i]),
                 file_hash(sweep, i, diag));
    for (int i = 0; i < sweep->n_cases; i++)
        add_line(&text, "case", "%s with %s, tolerance %.17g", sweep->cases[i].source.label,
                 sweep->cases[i].method->name, sweep->cases[i].program->time.tolerance);
    add_line(&text, "time", "%.17g to %.17g by %.17g", time->start, time->stop, time->step);
    add_line(&text, "design", "%s", design_kind_name(sweep->design.kind));
    add_line(&text, "points", "%llu", (unsigned long long)sweep->design.n_points);
    add_line(&text, "seed", "%llu", (unsigned long long)sweep->seed);
    add_inputs(&text, sweep);
    for (size_t i = 0; i < sweep->options.cases.settings.count; i++)
        add_line(&text, "set", "%s=%.17g", sweep->options.cases.settings.items[i].name,
                 sweep->options.cases.settings.items[i].value);
    for (int i = 0; i < sweep->n_metrics; i++)
        add_line(&text, "metric", "%s", sweep->metric_names[i]);
    for (int i = 0; i < sweep->n_bands; i++)
        add_line(&text, "band", "%s every %ld steps", sweep->band_names[i], sweep->band_steps);
    for (int i = 0; i < sweep->n_kept; i++)
        add_line(&text, "series", "%s every %ld steps", sweep->kept_names[i], sweep->kept_steps);
    const char *copy = arena_copy_string(sweep->arena, text_string(&text));
    text_clear(&text);
    return copy;
}

const char *sweep_id(const struct sweep *sweep, const char *identity)
{
    char hash[HASH_TEXT_SIZE];
    hash_bytes(identity, strlen(identity), hash);
    return arena_copy_text(sweep->arena, hash, 8);
}

static const char *manifest_path(struct arena *arena, const char *folder)
{
    return path_join(arena, folder, "manifest.json");
}

static json_t *strings_json(const char *const *strings, int n)
{
    json_t *array = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(array, json_string(strings[i]));
    return array;
}

static json_t *number_or_null(double number)
{
    return isnan(number) ? json_null() : json_real(number);
}

// The options that lead to the same sweep again.
static json_t *options_json(const struct sweep *sweep)
{
    const struct sweep_options *options = &sweep->options;
    const struct time_spec *time = &options->cases.time;
    json_t *settings = json_array();
    for (size_t i = 0; i < options->cases.settings.count; i++)
        json_array_append_new(settings,
                              json_pack("{s:s, s:f}", "name", options->cases.settings.items[i].name,
                                        "value", options->cases.settings.items[i].value));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:I, s:s, s:I, s:o}", "set", settings,
                     "from", number_or_null(time->start), "to", number_or_null(time->stop), "dt",
                     number_or_null(time->step), "save_every", number_or_null(time->save_every),
                     "tolerance", number_or_null(time->tolerance), "method", time->method, "runs",
                     (json_int_t)sweep->design.n_points, "design",
                     design_kind_name(sweep->design.kind), "seed", (json_int_t)sweep->seed,
                     "keep_series", strings_json(sweep->kept_names, sweep->n_kept));
}

static json_t *inputs_json(const struct sweep *sweep, struct diag *diag)
{
    json_t *array = json_array();
    for (size_t i = 0; i < sweep->files.count; i++)
        json_array_append_new(array, json_pack("{s:s, s:s}", "path", sweep->files.items[i],
                                               "sha256", file_hash(sweep, i, diag)));
    return array;
}

// The models under their scenarios, in the order of the runs.
static json_t *cases_json(const struct sweep *sweep)
{
    json_t *array = json_array();
    for (int i = 0; i < sweep->n_cases; i++)
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:f}", "run", sweep->cases[i].source.label,
                                        "method", sweep->cases[i].method->name, "dt",
                                        sweep->cases[i].program->time.step));
    return array;
}

// Where the paths of the manifest start from; "" where that is not known.
static const char *working_folder(struct arena *arena)
{
    char *folder = getcwd(NULL, 0);
    const char *copy = arena_copy_string(arena, folder ? folder : "");
    free(folder);
    return copy;
}

bool sweep_manifest_write(const struct sweep *sweep, const char *folder, const char *command,
                          const char *identity, const struct sweep_progress *progress,
                          struct diag *diag)
{
    json_t *ends = json_object();
    for (int i = 0; i < N_RUN_ENDS; i++)
        if (progress->n_ends[i])
            json_object_set_new(ends, run_end_name((enum run_end)i),
                                json_integer((json_int_t)progress->n_ends[i]));
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:I, s:I, s:I, s:o, s:f, s:f, s:o, "
        "s:s, "
        "s:s}",
        "program", "kantelpunt", "version", KANTELPUNT_VERSION, "id", sweep_id(sweep, identity),
        "command", command, "state", progress->state, "scenario", sweep->scenario->path,
        "directory", working_folder(sweep->arena), "inputs", inputs_json(sweep, diag), "cases",
        cases_json(sweep), "design", design_kind_name(sweep->design.kind), "seed",
        (json_int_t)sweep->seed, "runs", (json_int_t)sweep_n_runs(sweep), "runs_done",
        (json_int_t)progress->n_runs_done, "endings", ends, "band_rank_error", progress->band_error,
        "wall_seconds", progress->seconds, "options", options_json(sweep), "kernel",
        sweep->kernel->name, "identity", identity);
    char *json = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!json)
        return false;
    const char *text = arena_format(sweep->arena, "%s\n", json);
    free(json);
    return file_write(sweep->arena, manifest_path(sweep->arena, folder), text, diag);
}

static json_t *load(struct arena *arena, const char *folder, struct diag *diag)
{
    const char *path = manifest_path(arena, folder);
    size_t length;
    const char *text = file_read(arena, path, 1 << 26, &length, diag);
    if (!text)
        return NULL;
    json_error_t error;
    json_t *root = json_loadb(text, length, 0, &error);
    if (!root)
        diag_error(diag, (struct position){.file = path, .line = error.line},
                   "this is not a manifest: %s", error.text);
    else if (!json_is_string(json_object_get(root, "identity"))) {
        diag_error(diag, (struct position){.file = path}, "this is not the manifest of a sweep");
        json_decref(root);
        root = NULL;
    }
    return root;
}

// Says in which line two identities differ first.
static void report_difference(const char *folder, const char *before, const char *now,
                              struct diag *diag)
{
    while (*before && *before == *now) {
        size_t a = strcspn(before, "\n"), b = strcspn(now, "\n");
        if (a != b || strncmp(before, now, a) != 0)
            break;
        before += a + (before[a] != '\0');
        now += b + (now[b] != '\0');
    }
    diag_fail(diag, FAULT_FILE,
              "the folder '%s' holds another sweep: it has '%.*s', this one '%.*s'", folder,
              (int)strcspn(before, "\n"), before, (int)strcspn(now, "\n"), now);
    diag_hint(diag, "choose another folder with -o, or remove that one");
}

bool sweep_manifest_matches(const struct sweep *sweep, const char *folder, const char *identity,
                            double *seconds, const char **state, struct diag *diag)
{
    json_t *root = load(sweep->arena, folder, diag);
    if (!root)
        return false;
    const char *before = json_string_value(json_object_get(root, "identity"));
    bool is_same = strcmp(before, identity) == 0;
    if (!is_same)
        report_difference(folder, arena_copy_string(sweep->arena, before), identity, diag);
    const char *text = json_string_value(json_object_get(root, "state"));
    *state = arena_copy_string(sweep->arena, text ? text : "running");
    *seconds = json_number_value(json_object_get(root, "wall_seconds"));
    json_decref(root);
    return is_same;
}

static double read_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void read_settings(struct arena *arena, const json_t *array, struct setting_list *settings)
{
    size_t i;
    json_t *entry;
    json_array_foreach(array, i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (name)
            ARRAY_PUSH(arena, settings) = (struct setting){
                arena_copy_string(arena, name), read_number(entry, "value"), {.file = "--set"}};
    }
}

bool sweep_manifest_read(struct arena *arena, const char *folder, const char **scenario_path,
                         struct sweep_options *options, struct diag *diag)
{
    json_t *root = load(arena, folder, diag);
    if (!root)
        return false;
    const json_t *stored = json_object_get(root, "options");
    const char *method = json_string_value(json_object_get(stored, "method"));
    const char *design = json_string_value(json_object_get(stored, "design"));
    const char *scenario = json_string_value(json_object_get(root, "scenario"));
    const char *directory = json_string_value(json_object_get(root, "directory"));
    *scenario_path = arena_copy_string(arena, scenario ? scenario : "");
    if (!file_exists(*scenario_path) && directory)
        *scenario_path = path_join(arena, directory, *scenario_path);
    *options = (struct sweep_options){
        .runs = (uint64_t)json_integer_value(json_object_get(stored, "runs")),
        .design = arena_copy_string(arena, design),
        .seed = (uint64_t)json_integer_value(json_object_get(stored, "seed")),
        .has_seed = true};
    bool has_own_number = design && (strcmp(design, design_kind_name(DESIGN_GRID)) == 0 ||
                                     strcmp(design, design_kind_name(DESIGN_POINTS)) == 0);
    if (has_own_number)
        options->runs = 0;
    options->cases.time = (struct time_spec){.start = read_number(stored, "from"),
                                             .stop = read_number(stored, "to"),
                                             .step = read_number(stored, "dt"),
                                             .save_every = read_number(stored, "save_every"),
                                             .tolerance = read_number(stored, "tolerance"),
                                             .method = arena_copy_string(arena, method),
                                             .position = {.file = "manifest.json"}};
    read_settings(arena, json_object_get(stored, "set"), &options->cases.settings);
    const json_t *kept = json_object_get(stored, "keep_series");
    options->n_keep = (int)json_array_size(kept);
    options->keep = ARENA_NEW_ARRAY(arena, const char *, options->n_keep);
    for (int i = 0; i < options->n_keep; i++)
        options->keep[i] =
            arena_copy_string(arena, json_string_value(json_array_get(kept, (size_t)i)));
    json_decref(root);
    return true;
}
