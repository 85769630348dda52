// Stage: model. A libconfig file -> struct scenario.
#include "base/array.h"
#include "base/file.h"
#include "model/read_spec.h"
#include "model/scenario.h"
#include "model/time.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MEMBER(key, type, member)                                                                  \
    {                                                                                              \
        key, type, offsetof(struct scenario, member), false, NULL                                  \
    }
#define CUSTOM(key, read)                                                                          \
    {                                                                                              \
        key, FIELD_CUSTOM, 0, false, read                                                          \
    }

static void read_models(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    int length = is_sequence(setting) ? config_setting_length(setting) : 0;
    if (!length) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'models' must be a list of model files ( \"file.cfg\", ... )");
        return;
    }
    scenario->models = ARENA_NEW_ARRAY(cfg->arena, struct reference, length);
    for (int i = 0; i < length; i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        const char *name = string_read(cfg, entry);
        if (name)
            scenario->models[scenario->n_models++] =
                (struct reference){name, setting_position(cfg, entry), NULL};
    }
}

static void read_time(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    time_spec_read(cfg, setting, &scenario->time);
}

static void read_parameters(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    settings_read(cfg, setting, &scenario->settings);
}

static void read_metrics(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    metric_specs_read(cfg, setting, &scenario->metrics);
}

static void read_shape(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    static const char *const names[N_STREAM_SHAPES] = {"constant", "taper",  "ramp",
                                                       "pulse",    "points", "steps"};
    struct stream *stream = object;
    const char *name = string_read(cfg, setting);
    if (!name)
        return;
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < N_STREAM_SHAPES; i++) {
        if (strcmp(name, names[i]) == 0) {
            stream->shape = (enum stream_shape)i;
            return;
        }
        nearest_consider(&nearest, names[i], names[i]);
    }
    diag_error(cfg->diag, setting_position(cfg, setting),
               "unknown shape '%s': constant, taper, ramp, pulse, points or steps", name);
    diag_suggest(cfg->diag, nearest.best);
}

static void read_stream_points(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct stream *stream = object;
    stream->points = points_read(cfg, setting);
    if (stream->shape == SHAPE_CONSTANT)
        stream->shape = SHAPE_POINTS;
}

#define STREAM_NUMBER(key)                                                                         \
    {                                                                                              \
#key, FIELD_NUMBER, offsetof(struct stream, key), false, NULL                              \
    }

static const struct field stream_fields[] = {
    {"stream", FIELD_STRING, offsetof(struct stream, name), true, NULL},
    STREAM_NUMBER(from),
    STREAM_NUMBER(until),
    STREAM_NUMBER(amount),
    STREAM_NUMBER(full_from),
    STREAM_NUMBER(full_until),
    STREAM_NUMBER(every),
    CUSTOM("shape", read_shape),
    CUSTOM("points", read_stream_points),
};

static void check_stream(struct cfg_reader *cfg, struct stream *stream)
{
    bool has_points = stream->shape == SHAPE_POINTS || stream->shape == SHAPE_STEPS;
    if (has_points && !stream->points)
        diag_error(cfg->diag, stream->position, "stream '%s' needs 'points'", stream->name);
    if (!has_points && isnan(stream->amount))
        diag_error(cfg->diag, stream->position, "stream '%s' has no 'amount'", stream->name);
    if (stream->from > stream->until)
        diag_error(cfg->diag, stream->position, "stream '%s' ends at %g, before it starts at %g",
                   stream->name, stream->until, stream->from);
    if (stream->shape == SHAPE_TAPER && (isnan(stream->from) || isnan(stream->until)))
        diag_error(cfg->diag, stream->position, "a taper needs 'from' and 'until'");
    if (stream->shape == SHAPE_RAMP &&
        (isnan(stream->from) || (isnan(stream->until) && isnan(stream->full_from))))
        diag_error(cfg->diag, stream->position, "a ramp needs 'from', and 'until' or 'full_from'");
    if (stream->shape == SHAPE_PULSE && isnan(stream->from))
        diag_error(cfg->diag, stream->position, "a pulse needs 'from'");
}

static void read_funding(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    if (!config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'funding' must be a list ( { stream = \"...\"; ... }, ... )");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct stream stream = {.from = NAN,
                                .until = NAN,
                                .amount = NAN,
                                .full_from = NAN,
                                .full_until = NAN,
                                .every = NAN,
                                .position = setting_position(cfg, entry)};
        size_t n_errors = cfg->diag->n_errors;
        fields_read(cfg, entry, stream_fields, ARRAY_COUNT(stream_fields), &stream,
                    "funding stream");
        if (cfg->diag->n_errors == n_errors)
            check_stream(cfg, &stream);
        if (stream.name)
            ARRAY_PUSH(cfg->arena, &scenario->streams) = stream;
    }
}

static void read_data(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    if (!config_setting_is_group(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'data' must be a group { name = \"file.csv\"; }");
        return;
    }
    const char *folder = path_folder(cfg->arena, cfg->path);
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        const char *path = string_read(cfg, entry);
        if (path)
            ARRAY_PUSH(cfg->arena, &scenario->data) = (struct data_spec){
                arena_copy_string(cfg->arena, config_setting_name(entry)),
                path_join(cfg->arena, folder, path), setting_position(cfg, entry)};
    }
}

static const struct field period_fields[] = {
    {"from", FIELD_NUMBER, offsetof(struct period, from), true, NULL},
    {"until", FIELD_NUMBER, offsetof(struct period, until), true, NULL},
    {"title", FIELD_TEXT, offsetof(struct period, title), false, NULL},
};

static void read_periods(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    if (!config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'periods' must be a list ( { from = 2026.0; until = 2034.0; }, ... )");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        struct period *period = &ARRAY_PUSH(cfg->arena, &scenario->periods);
        *period = (struct period){0};
        fields_read(cfg, config_setting_get_elem(setting, (unsigned)i), period_fields,
                    ARRAY_COUNT(period_fields), period, "period");
    }
}

static void read_tip(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    tip_spec_read(cfg, setting, &scenario->tip);
}

static void read_sweep(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    sweep_spec_read(cfg, setting, &scenario->sweep);
}

static void read_fit(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    fit_spec_read(cfg, setting, &scenario->fit);
}

static void read_optimize(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct scenario *scenario = object;
    optimize_spec_read(cfg, setting, &scenario->optimize);
}

static const struct field scenario_fields[] = {
    MEMBER("name", FIELD_NAME, name), MEMBER("title", FIELD_TEXT, title),
    MEMBER("doc", FIELD_TEXT, doc),   {"models", FIELD_CUSTOM, 0, true, read_models},
    CUSTOM("time", read_time),        CUSTOM("parameters", read_parameters),
    CUSTOM("funding", read_funding),  CUSTOM("data", read_data),
    CUSTOM("metrics", read_metrics),  CUSTOM("periods", read_periods),
    CUSTOM("tip", read_tip),          CUSTOM("sweep", read_sweep),
    CUSTOM("fit", read_fit),          CUSTOM("optimize", read_optimize),
};

static void read_scenario(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    fields_read(cfg, setting, scenario_fields, ARRAY_COUNT(scenario_fields), object,
                "the scenario");
}

static const struct field root_fields[] = {
    {"scenario", FIELD_CUSTOM, 0, true, read_scenario},
};

struct scenario *scenario_read(struct arena *arena, const char *path, struct diag *diag)
{
    struct cfg_reader cfg;
    size_t n_errors = diag->n_errors;
    struct scenario *scenario = ARENA_NEW(arena, struct scenario);
    scenario->arena = arena;
    scenario->path = arena_copy_string(arena, path);
    scenario->name = path_stem(arena, path);
    scenario->time = time_spec_empty();
    if (cfg_reader_open(&cfg, arena, path, diag)) {
        fields_read(&cfg, config_root_setting(&cfg.config), root_fields, ARRAY_COUNT(root_fields),
                    scenario, "the file");
        for (size_t i = 0; i < cfg.files.count; i++)
            ARRAY_PUSH(arena, &scenario->files) = cfg.files.items[i];
    }
    cfg_reader_clear(&cfg);
    return diag->n_errors == n_errors ? scenario : NULL;
}

bool scenario_is_file(const char *path)
{
    if (!path_has_ending(path, "cfg") || file_is_folder(path))
        return false;
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return false;
    char line[4096];
    bool is_scenario = false;
    while (fgets(line, sizeof line, stream)) {
        const char *at = line;
        while (isspace((unsigned char)*at))
            at++;
        if (strncmp(at, "model", 5) == 0)
            break;
        is_scenario = strncmp(at, "scenario", 8) == 0;
        if (is_scenario)
            break;
    }
    fclose(stream);
    return is_scenario;
}
