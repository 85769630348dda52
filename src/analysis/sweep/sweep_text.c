// Stage: analysis. A block of runs -> rows of three tables, and what a row of metrics.csv says.
#include "analysis/sweep/sweep_text.h"

#include "base/csv.h"

#include <string.h>

// "17", or "17,scenario,model" where there are several cases.
static void append_run(struct text *text, const struct sweep *sweep,
                       const struct sweep_block *block, int place)
{
    text_append_format(text, "%llu", (unsigned long long)block->first_run + (unsigned)place);
    if (sweep->n_cases == 1)
        return;
    const struct run_case *source = &sweep->cases[block->case_index].source;
    text_append(text, ",");
    csv_append_field(text, source->scenario->name);
    text_append(text, ",");
    csv_append_field(text, source->model->name);
}

static void append_failure(struct text *text, const struct sweep *sweep,
                           const struct sweep_block *block, int place)
{
    const struct run_ending *ending = &block->endings[place];
    const struct program *program = sweep->cases[block->case_index].program;
    append_run(text, sweep, block, place);
    text_append_format(text, ",%s", run_end_name(ending->end));
    csv_append_number(text, ending->time);
    text_append(text, ",");
    if (ending->state >= 0)
        csv_append_field(text, program->states[ending->state].name);
    text_append(text, "\r\n");
}

void sweep_text_format(struct sweep_text *text, const struct sweep *sweep,
                       const struct sweep_block *block)
{
    text->design.length = text->metrics.length = text->failed.length = 0;
    text_append(&text->failed, "");
    for (int place = 0; place < block->n_runs; place++) {
        append_run(&text->design, sweep, block, place);
        for (int i = 0; i < sweep->design.n_inputs; i++)
            csv_append_number(&text->design, block->inputs[i * SWEEP_BLOCK + place]);
        text_append(&text->design, "\r\n");
        append_run(&text->metrics, sweep, block, place);
        text_append_format(&text->metrics, ",%s", run_end_name(block->endings[place].end));
        for (int i = 0; i < sweep->n_metrics; i++)
            csv_append_number(&text->metrics, block->metrics[i * SWEEP_BLOCK + place]);
        text_append(&text->metrics, "\r\n");
        if (block->endings[place].end != RUN_COMPLETE)
            append_failure(&text->failed, sweep, block, place);
    }
}

void sweep_text_clear(struct sweep_text *text)
{
    text_clear(&text->design);
    text_clear(&text->metrics);
    text_clear(&text->failed);
}

static void append_name(struct text *text, const char *name)
{
    text_append(text, ",");
    csv_append_field(text, name);
}

void sweep_text_header(struct text *text, const struct sweep *sweep, enum sweep_table_kind kind)
{
    text_append(text, sweep->n_cases == 1 ? "run" : "run,scenario,model");
    if (kind != SWEEP_TABLE_DESIGN)
        text_append(text, ",end");
    for (int i = 0; i < sweep->design.n_inputs && kind == SWEEP_TABLE_DESIGN; i++)
        append_name(text, sweep->design.inputs[i].name);
    for (int i = 0; i < sweep->n_metrics && kind == SWEEP_TABLE_METRICS; i++)
        append_name(text, sweep->metric_names[i]);
    if (kind == SWEEP_TABLE_FAILED)
        text_append(text, ",time,variable");
    text_append(text, "\r\n");
}

// The start of the field after this one; commas in quotes do not count.
static const char *next_field(const char *at)
{
    bool is_quoted = false;
    for (; *at && (is_quoted || *at != ','); at++)
        if (*at == '"')
            is_quoted = !is_quoted;
    return *at ? at + 1 : at;
}

bool sweep_text_is_complete(const char *metrics_row, const struct sweep *sweep)
{
    int n_before = sweep->n_cases == 1 ? 1 : 3;
    for (int i = 0; i < n_before; i++)
        metrics_row = next_field(metrics_row);
    const char *complete = run_end_name(RUN_COMPLETE);
    return strncmp(metrics_row, complete, strlen(complete)) == 0;
}
