// Stage: analysis. Scenario or bare model -> cases -> questions -> answers, sentences and tables.
// Nothing here knows what a question asks: each is a file of its own with a descriptor in the list
// below.
#include "analysis/tip/tip.h"

#include "analysis/tip/rest.h"

#include "base/array.h"
#include "base/file.h"
#include "model/resolve.h"

#include <math.h>
#include <string.h>

extern const struct tip_question tip_question_equilibria, tip_question_continue, tip_question_basin;

const struct tip_question *const tip_questions[] = {&tip_question_equilibria,
                                                    &tip_question_continue,
                                                    &tip_least,
                                                    &tip_safe_stop,
                                                    &tip_frontier,
                                                    &tip_question_basin,
                                                    &tip_budget,
                                                    &tip_switch,
                                                    NULL};

const double tip_no_support = -1e9, tip_full_support = 1e9;

const char *variable_unit_text(const struct variable *variable)
{
    return variable->unit_text ? variable->unit_text : "";
}

static void add_file(struct tip *tip, const char *path)
{
    for (size_t i = 0; i < tip->files.count; i++)
        if (strcmp(tip->files.items[i], path) == 0)
            return;
    ARRAY_PUSH(tip->arena, &tip->files) = path;
}

static void collect_files(struct tip *tip)
{
    const struct scenario *scenario = tip->scenario;
    for (size_t i = 0; scenario && i < scenario->files.count; i++)
        add_file(tip, scenario->files.items[i]);
    for (size_t i = 0; scenario && i < scenario->data.count; i++)
        add_file(tip, scenario->data.items[i].path);
    for (int i = 0; i < tip->n_cases; i++) {
        const struct model *model = tip->cases[i].source.model;
        for (size_t k = 0; k < model->files.count; k++)
            add_file(tip, model->files.items[k]);
    }
}

static double given_or(double option, double key)
{
    return isnan(option) ? key : option;
}

// What the scenario's group `tip` says, as far as no option says otherwise.
static void take_keys(struct tip_options *options, const struct scenario *scenario)
{
    const struct tip_spec *spec = &scenario->tip;
    if (!scenario->tip.position.file)
        return;
    bool is_other = options->variable && spec->variable &&
                    strcmp(options->variable, spec->variable) != 0; // then the level means nothing
    if (isnan(options->above) && !is_other) {
        options->above = spec->above;
        options->is_below = !isnan(spec->below);
    }
    options->variable = options->variable ? options->variable : spec->variable;
    options->settle = given_or(options->settle, spec->settle);
    options->least = options->least ? options->least : spec->streams;
    if (!options->cost && spec->cost) {
        options->cost = spec->cost;
        options->cost_position = spec->position;
    }
    options->discount = given_or(options->discount, spec->discount);
    options->support_from = given_or(options->support_from, spec->from);
    options->support_until = given_or(options->support_until, spec->until);
    if (isnan(options->amount_high)) {
        options->amount_low = spec->amount_low;
        options->amount_high = spec->amount_high;
    }
    if (isnan(options->duration_high)) {
        options->duration_low = spec->duration_low;
        options->duration_high = spec->duration_high;
    }
    if (!options->runs && !isnan(spec->runs))
        options->runs = (uint64_t)spec->runs;
    options->overlap = given_or(options->overlap, spec->overlap);
}

// What options and scenario say about being tipped; false with errors.
static bool read_target(const struct tip_options *options, struct tip_case *tip_case,
                        struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    const struct scenario *scenario = tip_case->source.scenario;
    const char *key = scenario ? scenario->tip.variable : NULL;
    struct tip_target *target = &tip_case->target;
    struct position position = {.file = "--variable", .is_option = true};
    *target = (struct tip_target){.above = options->above, .settle = options->settle};
    if (!options->variable)
        return true;
    if (key && strcmp(options->variable, key) == 0)
        position = scenario->tip.position;
    int first, count;
    struct variable *variable =
        model_find_cells(tip_case->source.model, options->variable, position, &first, &count, diag);
    if (variable && count > 1)
        diag_error(diag, position, "'%s' is an array: name one of its elements", options->variable);
    if (!variable)
        return false;
    target->output = (struct output){variable, first};
    target->name = options->variable;
    target->unit = variable_unit_text(variable);
    target->is_given = !isnan(target->above) && !isnan(target->settle);
    return diag->n_errors == n_errors;
}

static bool open_case(const struct tip_options *options, struct tip_case *tip_case,
                      const struct run_case *source, struct diag *diag)
{
    struct model *model = source->model;
    *tip_case = (struct tip_case){.source = *source};
    tip_case->method = method_find(model->time.method, model->time.position, diag);
    if (!resolve_model(model, diag) || !units_check(model, diag) || !tip_case->method)
        return false;
    tip_case->support_until = model_find_variable(model, SUPPORT_UNTIL);
    return read_target(options, tip_case, diag);
}

struct tip *tip_read(struct arena *arena, const char *path, const struct tip_options *options,
                     struct unit_system *units, struct diag *diag)
{
    struct tip *tip = ARENA_NEW(arena, struct tip);
    *tip = (struct tip){.arena = arena, .options = *options};
    tip->options.cases.ends_support = true;
    struct case_list cases = {0};
    if (!cases_read(arena, path, &tip->options.cases, units, &cases, diag) ||
        !cases_check(&cases, &tip->options.cases, diag))
        return NULL;
    tip->n_cases = (int)cases.count;
    tip->cases = ARENA_NEW_ARRAY(arena, struct tip_case, tip->n_cases);
    bool is_good = true;
    tip->scenario = cases.items[0].scenario;
    if (tip->scenario)
        take_keys(&tip->options, tip->scenario);
    for (int i = 0; i < tip->n_cases; i++)
        is_good &= open_case(&tip->options, &tip->cases[i], &cases.items[i], diag);
    if (!is_good)
        return NULL;
    struct sheet *const sheets[] = {&tip->equilibria, &tip->branch,  &tip->folds,
                                    &tip->frontier,   &tip->basin,   &tip->separatrix,
                                    &tip->contour,    &tip->streams, &tip->paths,
                                    &tip->chances,    &tip->handover};
    for (size_t i = 0; i < ARRAY_COUNT(sheets); i++)
        sheet_init(sheets[i], arena);
    collect_files(tip);
    return tip;
}

// Frees what questions have computed with; what they have found stays.
static void close_cases(struct tip *tip)
{
    tip_support_close(tip);
    for (int i = 0; i < tip->n_cases; i++)
        if (tip->cases[i].at_rest)
            frozen_close(tip->cases[i].at_rest->frozen);
}

bool tip_run(struct tip *tip, struct diag *diag)
{
    const volatile sig_atomic_t *cancel = tip->options.cancel;
    bool is_good = true;
    for (int i = 0; tip_questions[i] && !(cancel && *cancel); i++)
        if (!tip->options.asked || tip->options.asked & 1u << tip_questions[i]->id)
            is_good &= tip_questions[i]->run(tip, diag);
    close_cases(tip);
    return is_good && !(cancel && *cancel);
}

static bool write_answers(const struct tip *tip, const char *folder, struct diag *diag)
{
    struct sheet sheet;
    sheet_init(&sheet, tip->arena);
    for (size_t i = 0; i < tip->answers.count; i++) {
        const struct tip_answer *answer = &tip->answers.items[i];
        tip_begin_row(tip, &sheet, answer->tip_case);
        sheet_set_text(&sheet, "question", answer->question);
        sheet_set_text(&sheet, "metric", answer->metric);
        sheet_set_number(&sheet, "value", answer->value);
        sheet_set_number(&sheet, "lower", answer->lower);
        sheet_set_number(&sheet, "upper", answer->upper);
        sheet_set_text(&sheet, "unit", answer->unit);
    }
    return !sheet.rows.count ||
           sheet_write_csv(&sheet, path_join(tip->arena, folder, "tipping.csv"), diag);
}

static bool write_sentences(const struct tip *tip, const char *folder, struct diag *diag)
{
    struct sheet sheet;
    sheet_init(&sheet, tip->arena);
    for (size_t i = 0; i < tip->sentences.count; i++) {
        const struct tip_sentence *sentence = &tip->sentences.items[i];
        tip_begin_row(tip, &sheet, sentence->tip_case);
        sheet_set_text(&sheet, "question", sentence->question);
        sheet_set_text(&sheet, "nl", sentence->text.text[LANGUAGE_NL]);
        sheet_set_text(&sheet, "en", sentence->text.text[LANGUAGE_EN]);
    }
    return !sheet.rows.count ||
           sheet_write_csv(&sheet, path_join(tip->arena, folder, "sentences.csv"), diag);
}

bool tip_write(const struct tip *tip, const char *folder, struct diag *diag)
{
    const struct {
        const char *name;
        const struct sheet *sheet;
    } tables[] = {{"equilibria.csv", &tip->equilibria}, {"branch.csv", &tip->branch},
                  {"folds.csv", &tip->folds},           {"frontier.csv", &tip->frontier},
                  {"basin.csv", &tip->basin},           {"separatrix.csv", &tip->separatrix},
                  {"frontier-line.csv", &tip->contour}, {"frontier-streams.csv", &tip->streams},
                  {"safe-stop.csv", &tip->paths},       {"budget.csv", &tip->chances},
                  {"handover.csv", &tip->handover}};
    bool is_good = true;
    for (size_t i = 0; i < ARRAY_COUNT(tables) && is_good; i++)
        if (tables[i].sheet->columns.count)
            is_good = sheet_write_csv(tables[i].sheet,
                                      path_join(tip->arena, folder, tables[i].name), diag);
    return is_good && write_answers(tip, folder, diag) && write_sentences(tip, folder, diag);
}

void tip_answer(struct tip *tip, const struct tip_case *tip_case,
                const struct tip_question *question, const char *metric, double value, double lower,
                double upper, const char *unit)
{
    ARRAY_PUSH(tip->arena, &tip->answers) =
        (struct tip_answer){tip_case, question->name, metric, value, lower, upper, unit};
}

void tip_say(struct tip *tip, const struct tip_case *tip_case, const struct tip_question *question,
             const char *dutch, const char *english)
{
    ARRAY_PUSH(tip->arena, &tip->sentences) =
        (struct tip_sentence){tip_case, question->name, {{dutch, english}}};
}

void tip_begin_row(const struct tip *tip, struct sheet *sheet, const struct tip_case *tip_case)
{
    sheet_begin_row(sheet);
    if (tip->n_cases > 1)
        sheet_set_text(sheet, "model", tip_case ? tip_case->source.model->name : "");
}

int tip_vary(struct arena *arena, struct vary_list *varied, struct variable *variable, int cell)
{
    ARRAY_PUSH(arena, varied) = (struct vary){variable, cell};
    return (int)varied->count - 1;
}

int tip_vary_support(struct arena *arena, struct vary_list *varied, const struct tip_case *tip_case)
{
    return tip_case->support_until ? tip_vary(arena, varied, tip_case->support_until, 0) : -1;
}

struct program *tip_compile(const struct tip *tip, const struct tip_case *tip_case,
                            const struct vary_list *varied, const struct output_list *outputs,
                            double settle, struct diag *diag)
{
    struct program *program =
        program_build(tip->arena, tip_case->source.model, varied->items, (int)varied->count,
                      outputs->items, (int)outputs->count, diag);
    if (program) // STOPTIME in equations stays what it is
        program->time.stop += ceil(settle / program->time.step) * program->time.step;
    return program;
}

struct batch *tip_batch(const struct tip *tip, const struct tip_case *tip_case,
                        const struct program *program)
{
    return batch_create(program, tip_case->method, tip->options.n_threads, tip->options.cancel);
}

bool tip_batch_run(struct tip *tip, struct batch *batch, long n_runs, const double *parameters,
                   double *last, struct run_ending *endings)
{
    bool is_complete = batch_run(batch, n_runs, parameters, last, endings);
    for (long i = 0; i < n_runs; i++)
        tip->n_ends[endings[i].end]++;
    return is_complete;
}
