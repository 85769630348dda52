// Stage: model, on the way out. Metrics, checks and charts of a libconfig model.
#include "model/print.h"
#include "model/time.h"
#include "model/write_cfg_private.h"

static void put_metrics(struct cfg_writer *writer)
{
    const struct metric_spec_list *metrics = &writer->model->metrics;
    if (!metrics->count)
        return;
    cfg_line(writer);
    text_append(writer->text, "metrics = (");
    writer->depth++;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric_spec *metric = &metrics->items[i];
        text_append(writer->text, i ? "," : "");
        cfg_line(writer);
        text_append(writer->text, "{");
        cfg_put_string(writer, "name", metric->name);
        cfg_put_string(writer, "expression", metric->expression.excerpt);
        cfg_put_string(writer, "unit", metric->unit_text);
        cfg_put_string(writer, "better", metric->better);
        cfg_put_localized(writer, "title", &metric->title);
        text_append(writer->text, " }");
    }
    writer->depth--;
    text_append(writer->text, " );");
}

static void put_settings(struct cfg_writer *writer, const struct setting_list *settings)
{
    if (!settings->count)
        return;
    text_append(writer->text, " set = (");
    for (size_t i = 0; i < settings->count; i++) {
        text_append(writer->text, i ? ", {" : "{");
        cfg_put_string(writer, "name", settings->items[i].name);
        cfg_put_number(writer, "value", settings->items[i].value);
        text_append(writer->text, " }");
    }
    text_append(writer->text, ");");
}

static void put_run(struct cfg_writer *writer, const struct check_run *run)
{
    const struct time_spec *time = &run->time;
    cfg_put_string(writer, "scenario", run->scenario);
    cfg_put_string(writer, "model", run->model);
    put_settings(writer, &run->settings);
    struct time_spec copy = time_spec_empty();
    if (!time_spec_override(&copy, time))
        return;
    text_append(writer->text, " time: {");
    cfg_put_number(writer, "start", time->start);
    cfg_put_number(writer, "stop", time->stop);
    cfg_put_number(writer, "step", time->step);
    cfg_put_number(writer, "save_every", time->save_every);
    cfg_put_number(writer, "tolerance", time->tolerance);
    cfg_put_string(writer, "unit", time->unit);
    cfg_put_string(writer, "method", time->method);
    text_append(writer->text, " };");
}

static void put_check(struct cfg_writer *writer, const struct check_spec *check)
{
    bool is_name;
    cfg_open(writer, cfg_key(writer, check->name, &is_name));
    cfg_put_string(writer, "expect", check->expression.excerpt);
    cfg_put_string(writer, "source", check->source);
    cfg_put_localized(writer, "title", &check->title);
    if (check->n_runs == 1 && !check->runs[0].alias) {
        put_run(writer, &check->runs[0]);
    } else {
        cfg_open(writer, "runs");
        for (int i = 0; i < check->n_runs; i++) {
            cfg_open(writer, check->runs[i].alias);
            put_run(writer, &check->runs[i]);
            cfg_close(writer);
        }
        cfg_close(writer);
    }
    cfg_close(writer);
}

static void put_charts(struct cfg_writer *writer)
{
    const struct chart_spec_list *charts = &writer->model->charts;
    if (!charts->count)
        return;
    cfg_line(writer);
    text_append(writer->text, "charts = (");
    writer->depth++;
    for (size_t i = 0; i < charts->count; i++) {
        const struct chart_spec *chart = &charts->items[i];
        text_append(writer->text, i ? "," : "");
        cfg_line(writer);
        text_append(writer->text, "{");
        cfg_put_string(writer, "name", chart->name);
        cfg_put_string(writer, "kind", chart_kind_name(chart->kind));
        cfg_put_references(writer, "variables", chart->variables, chart->n_variables);
        cfg_put_localized(writer, "title", &chart->title);
        text_append(writer->text, " }");
    }
    writer->depth--;
    text_append(writer->text, " );");
}

void cfg_put_specs(struct cfg_writer *writer)
{
    put_metrics(writer);
    if (writer->model->checks.count) {
        cfg_open(writer, "checks");
        for (size_t i = 0; i < writer->model->checks.count; i++)
            put_check(writer, &writer->model->checks.items[i]);
        cfg_close(writer);
    }
    put_charts(writer);
}
