// Stage: report. The dashboard of sectors: a row for each element of a dimension, a column for each
// variable over it. Rows stand in the order in which the sectors end, the furthest on top, by the
// first variable.
#include "report/study_sectors.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 24, MAX_MEASURES = 5 };

struct dashboard {
    const struct group *group;
    const struct dimension *dimension;
    const struct variable *measures[MAX_MEASURES];
    int n_measures;
    int n_lines;
    struct row {
        int element;
        double end;                   // of the first measure, the highest of the models
        const struct study_case *who; // that ends there
    } rows[MAX_ROWS];
    int n_rows;
};

// The column of `measure` for an element.
static const char *cell_of(const struct dashboard *board, int measure, int element)
{
    return cell_name(board->group->context->arena, board->measures[measure], element);
}

static const char *element_title(const struct dashboard *board, int element)
{
    const struct chart_context *context = board->group->context;
    return element_in_words(context->arena, board->dimension, element, context->language);
}

// Variables of the spec that the series hold and that run over one dimension, the first one's.
static void find_measures(struct dashboard *board, const struct chart_spec *spec)
{
    for (int i = 0; i < spec->n_variables && board->n_measures < MAX_MEASURES; i++) {
        struct arena *arena = board->group->context->arena;
        const char *name = spec->variables[i].name;
        const struct variable *variable = model_find_variable(case_model(board->group->cases[0]),
                                                              name_key(arena, name, strlen(name)));
        if (!variable || variable->n_dimensions != 1 ||
            !group_variable(board->group, cell_name(arena, variable, 0)))
            continue;
        if (!board->dimension)
            board->dimension = variable->dimensions[0];
        if (variable->dimensions[0] == board->dimension)
            board->measures[board->n_measures++] = variable;
    }
}

static int compare_rows(const void *a, const void *b)
{
    double first = ((const struct row *)a)->end, second = ((const struct row *)b)->end;
    if (isnan(first) || isnan(second))
        return isnan(first) - isnan(second);
    return (first < second) - (first > second);
}

static void order_rows(struct dashboard *board)
{
    for (int i = 0; i < board->dimension->n_elements && i < MAX_ROWS; i++) {
        struct row row = {.element = i, .end = NAN};
        for (int line = 0; line < board->n_lines; line++) {
            double end = case_last_value(board->group->cases[line], cell_of(board, 0, i));
            if (isnan(row.end) || end > row.end)
                row = (struct row){i, end, board->group->cases[line]};
        }
        board->rows[board->n_rows++] = row;
    }
    qsort(board->rows, (size_t)board->n_rows, sizeof *board->rows, compare_rows);
}

// Which sector ends highest and which lowest.
static const char *ranking_in_words(const struct dashboard *board)
{
    const struct group *group = board->group;
    struct arena *arena = group->context->arena;
    bool in_dutch = group->context->language == LANGUAGE_NL;
    const struct row *first = &board->rows[0], *last = &board->rows[0];
    for (int i = 0; i < board->n_rows; i++)
        if (!isnan(board->rows[i].end))
            last = &board->rows[i];
    const char *what = group_words(group, &board->measures[0]->title,
                                   spaced_name(arena, board->measures[0]->name));
    if (isnan(first->end))
        return arena_format(arena, in_dutch ? "%s: geen uitkomst" : "%s: no outcome", what);
    const char *high = group_value_text(group, cell_of(board, 0, first->element), first->end);
    const char *low = group_value_text(group, cell_of(board, 0, last->element), last->end);
    if (strcmp(high, low) == 0)
        return arena_format(
            arena, in_dutch ? "%s: alle sectoren eindigen op %s" : "%s: every sector ends at %s",
            what, high);
    return arena_format(arena,
                        in_dutch ? "%s: %s eindigt het hoogst (%s), %s het laagst (%s)"
                                 : "%s: %s ends highest (%s), %s lowest (%s)",
                        what, element_title(board, first->element), high,
                        element_title(board, last->element), low);
}

// Whether a measure is shown in percent, over all its cells.
static bool measure_in_percent(const struct dashboard *board, int measure)
{
    for (int i = 0; i < board->n_rows; i++)
        if (!group_is_share(board->group, cell_of(board, measure, board->rows[i].element)))
            return false;
    return true;
}

static void set_measures(const struct dashboard *board, struct chart *chart)
{
    const char *titles[MAX_MEASURES], *units[MAX_MEASURES];
    double in_percent[MAX_MEASURES], is_shared[MAX_MEASURES];
    for (int m = 0; m < board->n_measures; m++) {
        const struct variable *variable = board->measures[m];
        titles[m] = group_words(board->group, &variable->title,
                                spaced_name(board->group->context->arena, variable->name));
        units[m] = group_unit_words(board->group, cell_of(board, m, 0));
        in_percent[m] = measure_in_percent(board, m);
        is_shared[m] = in_percent[m]; // sectors differ in size: amounts have an axis each
    }
    chart_set_number(chart, "n_measures", board->n_measures);
    chart_set_texts(chart, "measure_title", titles, board->n_measures);
    chart_set_texts(chart, "measure_unit", units, board->n_measures);
    chart_set_numbers(chart, "measure_percent", in_percent, board->n_measures);
    chart_set_numbers(chart, "shared_scale", is_shared, board->n_measures);
}

static void set_rows(const struct dashboard *board, struct chart *chart)
{
    const char *names[MAX_ROWS], *same[MAX_LINES];
    for (int i = 0; i < board->n_rows; i++) {
        names[i] = element_title(board, board->rows[i].element);
        for (int m = 0; m < board->n_measures; m++) {
            for (int line = 0; line < board->n_lines; line++)
                same[line] = cell_of(board, m, board->rows[i].element);
            chart_add_cases(chart, same[0], board->group->cases, same, board->n_lines);
        }
    }
    chart_set_number(chart, "n_rows", board->n_rows);
    chart_set_texts(chart, "row_name", names, board->n_rows);
}

bool draw_sectors(const struct group *group, const struct chart_spec *spec, const char *chart_name,
                  const char *subtitle)
{
    struct dashboard board = {.group = group,
                              .n_lines = group->n_cases < MAX_LINES ? group->n_cases : MAX_LINES};
    find_measures(&board, spec);
    if (!board.n_measures)
        return true;
    order_rows(&board);
    struct chart chart = chart_begin(group->context, chart_name, "sectors");
    set_measures(&board, &chart);
    set_rows(&board, &chart);
    group_set_lines(&chart, group);
    chart_set_text(&chart, "title", ranking_in_words(&board));
    chart_set_text(&chart, "subtitle", subtitle);
    struct period_list periods = {0};
    periods_add(&periods, group, group->cases[0], 0);
    chart_set_periods(&chart, &periods);
    group_set_caveat(&chart, group);
    return chart_write(&chart);
}
