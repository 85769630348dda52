// Stage: command line. `kantelpunt show`: what is in a model.
#include "cli/command.h"
#include "cli/results.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "model/macro.h"
#include "model/print.h"
#include "model/resolve.h"
#include "program/listing.h"
#include "report/causal.h"
#include "report/diagram.h"
#include "run/simulate.h"

#include <string.h>

static const char *const headings[N_VARIABLE_KINDS] = {"parameters",  "stocks", "flows",
                                                       "auxiliaries", "tables", "inputs"};

static const char *print_copy(struct arena *arena, const struct expr *tree)
{
    struct text text = {0};
    expr_print(&text, arena, tree);
    const char *copy = arena_copy_string(arena, text_string(&text));
    text_clear(&text);
    return copy;
}

// The equation or value of cell `cell`, as the file has it.
static const char *definition(struct arena *arena, const struct variable *variable, int cell)
{
    char buffer[NUMBER_TEXT_SIZE];
    if (variable->n_equations) {
        const struct equation *equation =
            &variable->equations[variable->n_equations == 1 ? 0 : cell];
        if (equation->position.excerpt)
            return equation->position.excerpt;
        if (equation->tree->kind == EXPR_NUMBER)
            return arena_copy_string(arena, number_text(equation->tree->number, buffer));
        return variable->kind == VARIABLE_INPUT ? "set by the scenario"
                                                : print_copy(arena, equation->tree);
    }
    if (variable->values)
        return arena_copy_string(arena, number_text(variable->values[cell], buffer));
    return "";
}

static const char *points_text(struct arena *arena, const struct table *table)
{
    struct text text = {0};
    for (int i = 0; i < table->n_points; i++) {
        text_append(&text, i ? ", (" : "(");
        text_append_number(&text, table->x[i]);
        text_append(&text, ", ");
        text_append_number(&text, table->y[i]);
        text_append(&text, ")");
    }
    const char *copy = arena_copy_string(arena, text_string(&text));
    text_clear(&text);
    return copy;
}

static const char *flows_text(struct arena *arena, const struct variable *stock)
{
    const char *text = "";
    for (int i = 0; i < stock->n_inflows; i++)
        text = arena_format(arena, "%s +%s", text, stock->inflows[i].name);
    for (int i = 0; i < stock->n_outflows; i++)
        text = arena_format(arena, "%s -%s", text, stock->outflows[i].name);
    return text;
}

// Where a number comes from, and how sure it is.
static const char *origin_text(struct arena *arena, const struct variable *variable)
{
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    const char *text = "";
    if (variable->spread.has_range)
        text = arena_format(arena, "  range %s to %s", number_text(variable->spread.low, low),
                            number_text(variable->spread.high, high));
    if (variable->source)
        text = arena_format(arena, "%s  source: %s", text, variable->source);
    if (variable->quality)
        text = arena_format(arena, "%s  quality: %s", text, variable->quality);
    return text;
}

static void print_cell(struct arena *arena, const struct variable *variable, int cell)
{
    bool is_stock = variable->kind == VARIABLE_STOCK;
    printf("  %s [%s]", cell_name(arena, variable, cell),
           variable->unit_text ? variable->unit_text : "?");
    const char *text = definition(arena, variable, cell);
    if (*text)
        printf(" = %s%s", text, is_stock ? " at the start;" : "");
    if (is_stock)
        fputs(flows_text(arena, variable), stdout);
    if (variable->kind == VARIABLE_TABLE)
        printf(" through %s", points_text(arena, variable->table));
    printf("%s\n", origin_text(arena, variable));
}

static void print_variable(struct session *session, const struct variable *variable)
{
    struct arena *arena = session->arena;
    const char *doc = localized_text(&variable->doc, session->options.language, NULL);
    bool is_same = variable->n_equations == 1 && variable->n_dimensions;
    if (is_same) {
        const char *dimensions = "";
        for (int d = 0; d < variable->n_dimensions; d++)
            dimensions = arena_format(arena, "%s%s%s", dimensions, d ? "," : "",
                                      variable->dimensions[d]->name);
        printf("  %s[%s] [%s] = %s%s%s\n", variable->name, dimensions,
               variable->unit_text ? variable->unit_text : "?", definition(arena, variable, 0),
               variable->kind == VARIABLE_STOCK ? " at the start;" : "",
               variable->kind == VARIABLE_STOCK ? flows_text(arena, variable) : "");
    }
    for (int cell = 0; !is_same && cell < variable->n_cells; cell++)
        print_cell(arena, variable, cell);
    if (doc)
        printf("      %s\n", doc);
}

static void print_model(struct session *session, const struct model *model)
{
    enum language language = session->options.language;
    printf("%s: %s\n", model->name, localized_text(&model->title, language, model->name));
    const char *doc = localized_text(&model->doc, language, NULL);
    if (doc)
        printf("%s\n", doc);
    printf("time: %.10g to %.10g %s, step %.10g, %s\n", model->time.start, model->time.stop,
           model->time.unit, model->time.step, model->time.method);
    for (size_t i = 0; i < model->dimensions.count; i++) {
        const struct dimension *dimension = model->dimensions.items[i];
        printf("dimension %s:", dimension->name);
        for (int k = 0; k < dimension->n_elements; k++)
            printf("%s %s", k ? "," : "", dimension->elements[k].name);
        putchar('\n');
    }
    for (int kind = 0; kind < N_VARIABLE_KINDS; kind++) {
        bool has_heading = false;
        for (size_t i = 0; i < model->variables.count; i++) {
            const struct variable *variable = model->variables.items[i];
            if ((int)variable->kind != kind || variable->is_hidden)
                continue;
            if (!has_heading)
                printf("\n%s\n", headings[kind]);
            has_heading = true;
            print_variable(session, variable);
        }
    }
    for (size_t i = 0; i < model->macros.count; i++) {
        const struct macro *macro = model->macros.items[i];
        printf("%s  %s = %s\n", i ? "" : "\nfunctions\n", macro_signature(macro, session->arena),
               macro->equation.position.excerpt ? macro->equation.position.excerpt : "a number");
        doc = localized_text(&macro->doc, language, NULL);
        if (doc)
            printf("      %s\n", doc);
    }
    for (size_t i = 0; i < model->checks.count; i++)
        printf("%s  %s: %s\n", i ? "" : "\nchecks\n", model->checks.items[i].name,
               model->checks.items[i].expression.excerpt);
}

static json_t *string_or_null(const char *string)
{
    return string ? json_string(string) : json_null();
}

static json_t *variable_json(struct arena *arena, const struct variable *variable, int cell)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(cell_name(arena, variable, cell)));
    json_object_set_new(object, "kind", json_string(variable_kind_name(variable->kind)));
    json_object_set_new(object, "unit", string_or_null(variable->unit_text));
    json_object_set_new(object, "definition", json_string(definition(arena, variable, cell)));
    json_object_set_new(object, "source", string_or_null(variable->source));
    json_object_set_new(object, "quality", string_or_null(variable->quality));
    if (variable->spread.has_range)
        json_object_set_new(object, "range",
                            json_pack("[f, f]", variable->spread.low, variable->spread.high));
    for (int i = 0; i < N_LANGUAGES; i++)
        json_object_set_new(object, i == LANGUAGE_NL ? "title_nl" : "title_en",
                            string_or_null(variable->title.text[i]));
    return object;
}

static void print_json(const struct session *session, const struct model *model)
{
    json_t *variables = json_array();
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        for (int cell = 0; cell < variable->n_cells && !variable->is_hidden; cell++)
            json_array_append_new(variables, variable_json(session->arena, variable, cell));
    }
    json_t *root =
        json_pack("{s:s, s:{s:f, s:f, s:f, s:s, s:s}, s:o}", "name", model->name, "time", "start",
                  model->time.start, "stop", model->time.stop, "step", model->time.step, "unit",
                  model->time.unit, "method", model->time.method, "variables", variables);
    results_print_json(root);
}

static void print_code(struct session *session, const struct model *model)
{
    struct output_list outputs = {0};
    if (!select_outputs(model, NULL, session->arena, &outputs, &session->diag))
        return;
    const struct program *program = program_build(session->arena, model, NULL, 0, outputs.items,
                                                  (int)outputs.count, &session->diag);
    if (program)
        program_print(program, session->arena, stdout);
}

// The loops of a model that is small enough to look for them on the way; not for one whose run
// fails.
static void draw_loops(struct session *session, const struct run_case *source, const char *folder)
{
    enum { MAX_STOCKS = 40, MAX_LOOPS = 1000 };
    int n_stocks = 0;
    for (size_t i = 0; i < source->model->variables.count; i++)
        if (source->model->variables.items[i]->kind == VARIABLE_STOCK)
            n_stocks += source->model->variables.items[i]->n_cells;
    if (n_stocks > MAX_STOCKS) {
        diag_note(&session->diag,
                  "kantelpunt explain draws the causal loops of a model this large");
        return;
    }
    struct diag ignored;
    diag_init(&ignored, session->arena);
    struct loop_analysis *analysis =
        loops_analyse(session->arena, source, MAX_LOOPS, session->cancel, &ignored);
    if (!analysis || analysis->scores->ending.end != RUN_COMPLETE)
        return;
    struct chart_context context = results_chart_context(session, folder, "");
    causal_diagram(&context, "causal", analysis);
}

static void draw_diagram(struct session *session, const struct run_case *source)
{
    const struct options *options = &session->options;
    const struct model *model = source->model;
    const char *folder = results_folder(session, model->name);
    if (!folder_create(folder, &session->diag) ||
        !diagram_write(model, folder, options_chart_language(options), options->formats,
                       &session->diag))
        return;
    draw_loops(session, source, folder);
    if (!options->quiet && !session->diag.fault)
        fprintf(stderr, "diagram in %s\n", folder);
}

// What is least sure first: guesses, general knowledge, press, official; then what says nothing.
static int quality_rank(const struct variable *variable)
{
    static const char order[] = "DCBAS";
    const char *at = variable->quality ? strchr(order, *variable->quality) : NULL;
    return at && *at ? (int)(at - order) : (int)sizeof order;
}

static void print_parameter(struct arena *arena, const struct variable *variable)
{
    char low[NUMBER_TEXT_SIZE] = "", high[NUMBER_TEXT_SIZE] = "";
    const struct spread *spread = &variable->spread;
    const char *values = definition(arena, variable, 0);
    if (variable->n_cells > 1)
        values = arena_format(arena, "%s ... (%d)", values, variable->n_cells);
    if (spread->has_range) {
        number_text(spread->low, low);
        number_text(spread->high, high);
    }
    printf(
        "%-7s %-28s %-18s %-14s %-10s %-10s %-12s %s\n", variable->quality ? variable->quality : "",
        variable->name, values, variable->unit_text ? variable->unit_text : "", low, high,
        spread->distribution ? spread->distribution : "", variable->source ? variable->source : "");
}

// Parameters as a table, by how sure they are.
static void print_parameters(struct session *session, const struct model *model)
{
    printf("%-7s %-28s %-18s %-14s %-10s %-10s %-12s %s\n", "quality", "name", "value", "unit",
           "low", "high", "distribution", "source");
    for (int rank = 0; rank <= (int)sizeof "DCBAS"; rank++)
        for (size_t i = 0; i < model->variables.count; i++) {
            const struct variable *variable = model->variables.items[i];
            if (variable->kind == VARIABLE_PARAMETER && !variable->is_hidden &&
                quality_rank(variable) == rank)
                print_parameter(session->arena, variable);
        }
}

static int show(struct session *session)
{
    struct unit_system *units = session_wants_files(session, 1, 1) ? session_units(session) : NULL;
    struct case_list cases = {0};
    const struct options *options = &session->options;
    if (!units ||
        !cases_read(session->arena, options->files[0], &options->cases, units, &cases,
                    &session->diag) ||
        !cases_check(&cases, &options->cases, &session->diag))
        return session_finish(session);
    for (size_t i = 0; i < cases.count; i++) {
        struct model *model = cases.items[i].model;
        if (!resolve_model(model, &session->diag) || !units_check(model, &session->diag))
            continue;
        if (options->diagram)
            draw_diagram(session, &cases.items[i]);
        else if (options->parameters)
            print_parameters(session, model);
        else if (options->code)
            print_code(session, model);
        else if (options->json)
            print_json(session, model);
        else
            print_model(session, model);
    }
    return session_finish(session);
}

const struct command command_show = {
    .name = "show",
    .bit = COMMAND_SHOW,
    .usage = "show [OPTIONS] FILE",
    .summary = "a model's variables, equations, units and sources, or its diagram",
    .text =
        "Lists the variables of a model with units, equations or values, ranges and sources;\n"
        "with --diagram draws stocks and flows and the feedback loops of its run; with --code\n"
        "lists the compiled program; with --parameters tabulates the parameters, guesses first.",
    .run = show,
};
