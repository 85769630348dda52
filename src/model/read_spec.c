// Stage: model. Groups of libconfig files -> the small structs that models and scenarios share.
#include "model/read_spec.h"

#include "base/array.h"
#include "base/name.h"
#include "model/time.h"

#include <math.h>
#include <string.h>

static const struct field time_fields[] = {
    {"start", FIELD_NUMBER, offsetof(struct time_spec, start), false, NULL},
    {"stop", FIELD_NUMBER, offsetof(struct time_spec, stop), false, NULL},
    {"step", FIELD_NUMBER, offsetof(struct time_spec, step), false, NULL},
    {"save_every", FIELD_NUMBER, offsetof(struct time_spec, save_every), false, NULL},
    {"tolerance", FIELD_NUMBER, offsetof(struct time_spec, tolerance), false, NULL},
    {"unit", FIELD_STRING, offsetof(struct time_spec, unit), false, NULL},
    {"method", FIELD_STRING, offsetof(struct time_spec, method), false, NULL},
};

void time_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct time_spec *time)
{
    *time = time_spec_empty();
    time->position = setting_position(cfg, setting);
    fields_read(cfg, setting, time_fields, ARRAY_COUNT(time_fields), time, "'time'");
}

static void read_better(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct metric_spec *metric = object;
    metric->better = string_read(cfg, setting);
    if (metric->better && strcmp(metric->better, "high") != 0 && strcmp(metric->better, "low") != 0)
        diag_error(cfg->diag, setting_position(cfg, setting), "'better' must be high or low");
}

static const struct field metric_fields[] = {
    {"name", FIELD_STRING, offsetof(struct metric_spec, name), true, NULL},
    {"expression", FIELD_POSITION, offsetof(struct metric_spec, expression), true, NULL},
    {"unit", FIELD_STRING, offsetof(struct metric_spec, unit_text), false, NULL},
    {"better", FIELD_CUSTOM, 0, false, read_better},
    {"title", FIELD_TEXT, offsetof(struct metric_spec, title), false, NULL},
};

void metric_specs_read(struct cfg_reader *cfg, config_setting_t *setting,
                       struct metric_spec_list *metrics)
{
    if (!config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'metrics' must be a list ( { name = \"...\"; expression = \"...\"; } )");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct metric_spec *metric = &ARRAY_PUSH(cfg->arena, metrics);
        *metric = (struct metric_spec){.position = setting_position(cfg, entry)};
        fields_read(cfg, entry, metric_fields, ARRAY_COUNT(metric_fields), metric, "metric");
        for (size_t k = 0; k + 1 < metrics->count && metric->name; k++)
            if (metrics->items[k].name && strcmp(metrics->items[k].name, metric->name) == 0)
                diag_error(cfg->diag, metric->position, "duplicate metric '%s'", metric->name);
    }
}

static void read_listed_setting(struct cfg_reader *cfg, config_setting_t *entry,
                                struct setting_list *settings)
{
    static const struct field fields[] = {
        {"name", FIELD_STRING, offsetof(struct setting, name), true, NULL},
        {"value", FIELD_NUMBER, offsetof(struct setting, value), true, NULL},
    };
    struct setting setting = {.position = setting_position(cfg, entry)};
    fields_read(cfg, entry, fields, ARRAY_COUNT(fields), &setting, "setting");
    if (setting.name)
        ARRAY_PUSH(cfg->arena, settings) = setting;
}

void settings_read(struct cfg_reader *cfg, config_setting_t *setting, struct setting_list *settings)
{
    if (!config_setting_is_group(setting) && !config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'%s' must be a group { name = number; }", config_setting_name(setting));
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        if (config_setting_is_list(setting)) {
            read_listed_setting(cfg, entry, settings);
            continue;
        }
        double value;
        if (number_read(cfg, entry, &value))
            ARRAY_PUSH(cfg->arena, settings) =
                (struct setting){arena_copy_string(cfg->arena, config_setting_name(entry)), value,
                                 setting_position(cfg, entry)};
    }
}

void references_read(struct cfg_reader *cfg, config_setting_t *setting,
                     struct reference **references, int *count)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
        *references = ARENA_NEW(cfg->arena, struct reference);
        **references =
            (struct reference){string_read(cfg, setting), setting_position(cfg, setting), NULL};
        *count = 1;
        return;
    }
    if (!is_sequence(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting), "'%s' must be a list of names",
                   config_setting_name(setting));
        diag_hint(cfg->diag, "for example %s = ( \"name\", \"name\" );",
                  config_setting_name(setting));
        return;
    }
    int length = config_setting_length(setting), n = 0;
    *references = ARENA_NEW_ARRAY(cfg->arena, struct reference, length);
    for (int i = 0; i < length; i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        const char *name = string_read(cfg, entry);
        if (name)
            (*references)[n++] = (struct reference){name, setting_position(cfg, entry), NULL};
    }
    *count = n;
}

struct table *points_read(struct cfg_reader *cfg, config_setting_t *setting)
{
    int length = is_sequence(setting) ? config_setting_length(setting) : 0;
    if (length < 1) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'%s' must be a list of points ( (x, y), (x, y) )",
                   config_setting_name(setting));
        return NULL;
    }
    struct table *table = ARENA_NEW(cfg->arena, struct table);
    table->x = ARENA_NEW_ARRAY(cfg->arena, double, length);
    table->y = ARENA_NEW_ARRAY(cfg->arena, double, length);
    for (int i = 0; i < length; i++) {
        config_setting_t *point = config_setting_get_elem(setting, (unsigned)i);
        int count = 0;
        const double *xy = is_sequence(point) ? numbers_read(cfg, point, &count) : NULL;
        if (!xy || count != 2) {
            diag_error(cfg->diag, setting_position(cfg, point), "point %d must be (x, y)", i + 1);
            return NULL;
        }
        if (i && xy[0] <= table->x[i - 1]) {
            diag_error(cfg->diag, setting_position(cfg, point),
                       "the x of point %d is not above that of the point before it", i + 1);
            return NULL;
        }
        table->x[i] = xy[0];
        table->y[i] = xy[1];
    }
    table->n_points = length;
    return table;
}

static void read_run_settings(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct check_run *run = object;
    settings_read(cfg, setting, &run->settings);
}

static void read_run_time(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct check_run *run = object;
    time_spec_read(cfg, setting, &run->time);
}

#define RUN_FIELDS                                                                                 \
    {"scenario", FIELD_STRING, offsetof(struct check_run, scenario), false, NULL},                 \
        {"model", FIELD_STRING, offsetof(struct check_run, model), false, NULL},                   \
        {"set", FIELD_CUSTOM, 0, false, read_run_settings},                                        \
    {                                                                                              \
        "time", FIELD_CUSTOM, 0, false, read_run_time                                              \
    }

static const struct field run_fields[] = {RUN_FIELDS};

static struct check_run new_run(struct position position)
{
    return (struct check_run){.time = time_spec_empty(), .position = position};
}

// A check in the reading: its own run first, so that the fields of a run can fill it.
struct check_reader {
    struct check_run run;
    struct check_spec check;
};

static void read_check_run(struct cfg_reader *cfg, config_setting_t *group, void *object)
{
    struct check_reader *reader = object;
    struct check_run *run = &reader->check.runs[reader->check.n_runs++];
    *run = new_run(setting_position(cfg, group));
    run->alias = arena_copy_string(cfg->arena, config_setting_name(group));
    fields_read(cfg, group, run_fields, ARRAY_COUNT(run_fields), run,
                arena_format(cfg->arena, "run '%s'", run->alias));
}

static void read_check_runs(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct check_reader *reader = object;
    int length = config_setting_is_group(setting) ? config_setting_length(setting) : 0;
    reader->check.runs = ARENA_NEW_ARRAY(cfg->arena, struct check_run, length);
    groups_read(cfg, setting, "run", read_check_run, reader);
}

static const struct field check_fields[] = {
    RUN_FIELDS,
    {"runs", FIELD_CUSTOM, 0, false, read_check_runs},
    {"expect", FIELD_POSITION, offsetof(struct check_reader, check.expression), true, NULL},
    {"source", FIELD_STRING, offsetof(struct check_reader, check.source), false, NULL},
    {"title", FIELD_TEXT, offsetof(struct check_reader, check.title), false, NULL},
};

static void read_check(struct cfg_reader *cfg, config_setting_t *group, void *object)
{
    struct check_spec_list *checks = object;
    struct position position = setting_position(cfg, group);
    struct check_reader reader = {.run = new_run(position), .check = {.position = position}};
    reader.check.name = arena_copy_string(cfg->arena, config_setting_name(group));
    fields_read(cfg, group, check_fields, ARRAY_COUNT(check_fields), &reader,
                arena_format(cfg->arena, "check '%s'", reader.check.name));
    if (!reader.check.n_runs) {
        reader.check.runs = ARENA_NEW(cfg->arena, struct check_run);
        *reader.check.runs = reader.run;
        reader.check.n_runs = 1;
    } else if (reader.run.scenario || reader.run.model || reader.run.settings.count) {
        diag_error(cfg->diag, position, "check '%s' has both 'runs' and a run of its own",
                   reader.check.name);
        diag_hint(cfg->diag, "move 'scenario', 'model' and 'set' into the runs");
    }
    ARRAY_PUSH(cfg->arena, checks) = reader.check;
}

void check_specs_read(struct cfg_reader *cfg, config_setting_t *setting,
                      struct check_spec_list *checks)
{
    groups_read(cfg, setting, "check", read_check, checks);
}

static void read_chart_kind(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    static const char *const names[N_CHART_KINDS] = {"timeseries", "funding", "compare",
                                                     "cost-effect", "sectors"};
    struct chart_spec *chart = object;
    const char *name = string_read(cfg, setting);
    struct nearest nearest = nearest_start(name ? name : "");
    for (size_t i = 0; name && i < ARRAY_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            chart->kind = (enum chart_kind)i;
            return;
        }
        nearest_consider(&nearest, names[i], names[i]);
    }
    if (!name)
        return;
    diag_error(cfg->diag, setting_position(cfg, setting),
               "unknown kind of chart '%s': timeseries, funding, compare, cost-effect or sectors",
               name);
    diag_suggest(cfg->diag, nearest.best);
}

static void read_chart_variables(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct chart_spec *chart = object;
    references_read(cfg, setting, &chart->variables, &chart->n_variables);
}

static const struct field chart_fields[] = {
    {"name", FIELD_NAME, offsetof(struct chart_spec, name), true, NULL},
    {"kind", FIELD_CUSTOM, 0, true, read_chart_kind},
    {"variables", FIELD_CUSTOM, 0, true, read_chart_variables},
    {"title", FIELD_TEXT, offsetof(struct chart_spec, title), false, NULL},
};

void chart_specs_read(struct cfg_reader *cfg, config_setting_t *setting,
                      struct chart_spec_list *charts)
{
    if (!config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'charts' must be a list ( { name = \"...\"; kind = \"...\"; ... } )");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct chart_spec *chart = &ARRAY_PUSH(cfg->arena, charts);
        *chart = (struct chart_spec){.position = setting_position(cfg, entry)};
        fields_read(cfg, entry, chart_fields, ARRAY_COUNT(chart_fields), chart, "chart");
        if (chart->kind == CHART_COST_EFFECT && chart->variables && chart->n_variables != 2)
            diag_error(cfg->diag, chart->position,
                       "chart '%s' needs two variables, cost and effect, not %d", chart->name,
                       chart->n_variables);
    }
}
