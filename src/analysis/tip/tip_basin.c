// Stage: analysis. The question `basin`: which start leads where, over the plane of two stocks,
// where the separatrix lies, and how far today's start is from it, stock by stock in its own unit.
#include "analysis/tip/basin.h"
#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "model/resolve.h"
#include "run/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 24,
    ROUNDS_OF_MANY = 3,
    MANY_UNKNOWNS = 30,
    MAX_STOCKS = 6,
    MAX_STOCKS_OF_MANY = 4
};

static bool ask(struct tip *tip, struct diag *diag);

const struct tip_question tip_question_basin = {
    .id = TIP_BASIN,
    .name = "basin",
    .summary = "which start leads where, over the plane of two stocks",
    .run = ask,
};

// How far today's start is from the threshold along one stock, the others being as today.
struct margin {
    struct basin_axis axis;
    double threshold; // NaN: none in the range
};

// What is told about one case.
struct telling {
    struct tip *tip;
    const struct basin *basin;
    const struct margin *margins; // [n]
    int n;
    int today; // rest point that today's start leads to, or NO_END
    struct headline headline;
    enum language language;
    bool in_dutch;
};

static const char *say(const struct telling *telling, const char *dutch, const char *english)
{
    return telling->in_dutch ? dutch : english;
}

struct candidate {
    struct basin_axis axis;
    double spread;
};

static int compare_candidates(const void *a, const void *b)
{
    double left = ((const struct candidate *)a)->spread,
           right = ((const struct candidate *)b)->spread;
    return (right > left) - (right < left);
}

// The stocks in which rest points differ most, at most MAX_STOCKS; returns their number.
static int choose_stocks(const struct rest_set *rest, struct candidate *chosen, struct arena *arena)
{
    const struct frozen *frozen = rest->frozen;
    struct candidate *all = ARENA_NEW_ARRAY(arena, struct candidate, frozen->n_states);
    int n = 0;
    for (int i = 0; i < frozen->n_states; i++) {
        const struct state *state = &frozen->lowered->states.items[i];
        if (frozen->is_stock[i] && frozen->roles[i] == FROZEN_FREE)
            all[n++] = (struct candidate){{.variable = state->variable, .cell = state->cell},
                                          nearbyint(1e6 * rest_spread(rest, i)) -
                                              1e-3 * i}; // of equal ones the first
    }
    qsort(all, (size_t)n, sizeof *all, compare_candidates);
    int most = frozen->m > MANY_UNKNOWNS ? MAX_STOCKS_OF_MANY : MAX_STOCKS;
    n = n < most ? n : most;
    memcpy(chosen, all, (size_t)n * sizeof *all);
    return n;
}

static void add_rows(struct tip *tip, const struct basin *basin)
{
    bool is_plane = basin->n_axes > 1;
    for (int i = 0; i < basin->n; i++)
        for (int k = 0; k < (is_plane ? basin->n : 1); k++) {
            int end = basin->ends[is_plane ? i * basin->n + k : i];
            tip_begin_row(tip, &tip->basin, basin->tip_case);
            sheet_set_number(&tip->basin, basin->axes[0].name, basin_node(basin, 0, i));
            if (is_plane)
                sheet_set_number(&tip->basin, basin->axes[1].name, basin_node(basin, 1, k));
            sheet_set_number(&tip->basin, "basin",
                             end == NO_END      ? NAN
                             : end == ELSEWHERE ? 0
                                                : end + 1);
        }
    size_t at = 0;
    for (size_t part = 0; part < basin->parts.count; part++)
        for (; at < basin->parts.items[part]; at++) {
            tip_begin_row(tip, &tip->separatrix, basin->tip_case);
            sheet_set_number(&tip->separatrix, "part", (double)(part + 1));
            for (int axis = 0; axis < basin->n_axes; axis++)
                sheet_set_number(&tip->separatrix, basin->axes[axis].name,
                                 basin->separatrix.items[at].at[axis]);
        }
}

// Measures how far each stock is from its threshold; adds the answers.
static bool measure(struct tip *tip, const struct basin *basin, struct margin *margins, int n,
                    struct diag *diag)
{
    for (int i = 0; i < n; i++) {
        struct basin line = {.axes = {margins[i].axis}, .n_axes = 1};
        bool is_good = basin_open(&line, tip, basin->tip_case, basin->rest, diag) &&
                       basin_threshold(&line, &margins[i].threshold);
        basin_close(&line);
        if (!is_good)
            return false;
        margins[i].axis = line.axes[0];
        const char *unit = variable_unit_text(line.axes[0].variable);
        tip_answer(tip, basin->tip_case, &tip_question_basin,
                   arena_format(tip->arena, "threshold %s", line.axes[0].name),
                   margins[i].threshold, NAN, NAN, unit);
        tip_answer(tip, basin->tip_case, &tip_question_basin,
                   arena_format(tip->arena, "margin %s", line.axes[0].name),
                   margins[i].threshold - line.axes[0].today, NAN, NAN, unit);
    }
    return true;
}

static const char *tell_end(const struct telling *telling, int end)
{
    const struct rest_point *point = &telling->basin->rest->items[end];
    struct arena *arena = telling->tip->arena;
    return arena_format(
        arena, say(telling, "rustpunt %d (%s %s)", "rest point %d (%s %s)"), end + 1,
        variable_in_words(arena, telling->headline.variable, telling->headline.cell,
                          telling->language),
        amount_in_words(arena, telling->headline.variable,
                        headline_value(&telling->headline, point), telling->language));
}

// The point of the separatrix nearest to today's start, in shares of the map; NULL: there is none.
static const struct basin_point *nearest_border(const struct basin *basin)
{
    const struct basin_point *nearest = NULL;
    double least = INFINITY;
    for (size_t i = 0; i < basin->separatrix.count && basin->n_axes > 1; i++) {
        const struct basin_point *point = &basin->separatrix.items[i];
        double distance = 0;
        for (int a = 0; a < 2; a++)
            distance = hypot(distance, (point->at[a] - basin->axes[a].today) /
                                           (basin->axes[a].high - basin->axes[a].low));
        if (distance < least) {
            least = distance;
            nearest = point;
        }
    }
    return nearest;
}

static void add_border(struct tip *tip, const struct basin *basin)
{
    const struct basin_point *border = nearest_border(basin);
    for (int a = 0; a < 2 && border; a++)
        tip_answer(tip, basin->tip_case, &tip_question_basin,
                   arena_format(tip->arena, "border %s", basin->axes[a].name), border->at[a], NAN,
                   NAN, variable_unit_text(basin->axes[a].variable));
}

static const char *tell_border(const struct telling *telling)
{
    const struct basin *basin = telling->basin;
    const struct basin_point *border = nearest_border(basin);
    struct arena *arena = telling->tip->arena;
    const char *places[2];
    if (!border)
        return "";
    for (int a = 0; a < 2; a++)
        places[a] = arena_format(
            arena, "%s %s",
            variable_in_words(arena, basin->axes[a].variable, basin->axes[a].cell,
                              telling->language),
            amount_in_words(arena, basin->axes[a].variable, border->at[a], telling->language));
    return arena_format(arena,
                        say(telling, " Op het vlak van beide ligt de grens het dichtst bij %s.",
                            " On the plane of both the border is nearest at %s."),
                        list_in_words(arena, places, 2, telling->language));
}

// "firms from 1,700 to 9,900 (8,200 more)".
static const char *tell_margin(const struct telling *telling, const struct margin *margin)
{
    struct arena *arena = telling->tip->arena;
    const struct variable *stock = margin->axis.variable;
    double today = margin->axis.today, gap = margin->threshold - today;
    const char *more = gap > 0 ? say(telling, "erbij", "more") : say(telling, "eraf", "less");
    return arena_format(arena,
                        say(telling, "%s van %s naar %s (%s %s)", "%s from %s to %s (%s %s)"),
                        variable_in_words(arena, stock, margin->axis.cell, telling->language),
                        amount_in_words(arena, stock, today, telling->language),
                        amount_in_words(arena, stock, margin->threshold, telling->language),
                        amount_in_words(arena, stock, fabs(gap), telling->language), more);
}

static const char *tell_today(const struct telling *telling)
{
    const struct rest_set *rest = telling->basin->rest;
    if (telling->today >= 0)
        return arena_format(telling->tip->arena,
                            say(telling, "Vanaf vandaag leidt het model zonder steun naar %s.",
                                "From today, without support, the model leads to %s."),
                            tell_end(telling, telling->today));
    if (telling->today == NO_END)
        return say(telling, "De run vanaf vandaag kon niet worden gemaakt.",
                   "The run from today could not be made.");
    if (!rest->n_fates[FATE_SWINGS])
        return say(telling, "Vanaf vandaag groeit het model zonder steun zonder grens.",
                   "From today, without support, the model grows without bound.");
    return say(telling, "Vanaf vandaag komt het model zonder steun niet tot rust.",
               "From today the model does not come to rest without support.");
}

static const char *tell(struct telling *telling, enum language language)
{
    struct arena *arena = telling->tip->arena;
    const char *items[MAX_STOCKS + 2];
    int n = 0;
    telling->language = language;
    telling->in_dutch = language == LANGUAGE_NL;
    for (int i = 0; i < telling->n; i++)
        if (!isnan(telling->margins[i].threshold))
            items[n++] = tell_margin(telling, &telling->margins[i]);
    const char *start = tell_today(telling);
    if (!n)
        return arena_format(
            arena, "%s%s%s", start,
            say(telling,
                " Geen enkele voorraad alleen brengt het binnen het bekeken bereik over de "
                "drempel.",
                " No stock by itself takes it over the threshold within the range that was looked "
                "at."),
            tell_border(telling));
    const char *margins = arena_format(
        arena,
        say(telling, " Over de drempel is het als een van deze voorraden anders was: %s.",
            " It would be past the threshold if one of these stocks were different: %s."),
        list_in_words(arena, items, n, language));
    return arena_format(arena, "%s%s%s", start, margins, tell_border(telling));
}

// The course of the case's own run, for the chart.
static const struct simulation *own_run(struct tip *tip, const struct basin *basin,
                                        struct diag *diag)
{
    static const struct metric_list no_metrics = {0};
    const char *names[2];
    for (int i = 0; i < basin->n_axes; i++)
        names[i] = basin->axes[i].name;
    const struct selection selection = {names, basin->n_axes, false};
    return simulate(tip->arena, basin->tip_case->source.model, &selection, &no_metrics, 0,
                    tip->options.cancel, diag);
}

// Maps the plane, measures the margins and tells both.
static bool explore(struct tip *tip, struct basin *basin, struct margin *margins, int n,
                    struct diag *diag)
{
    const struct rest_set *rest = basin->rest;
    struct basin_point today;
    struct telling telling = {.tip = tip, .basin = basin, .margins = margins, .n = n};
    bool is_many = rest->frozen->m > MANY_UNKNOWNS;
    if (!basin_open(basin, tip, basin->tip_case, rest, diag))
        return false;
    for (int i = 0; i < 2; i++)
        today.at[i] = basin->axes[i].today;
    bool is_good = basin_map(basin, is_many ? ROUNDS_OF_MANY : ROUNDS) &&
                   basin_run(basin, &today, 1, &telling.today);
    basin_close(basin);
    if (!is_good || !measure(tip, basin, margins, n, diag))
        return false;
    basin->path = own_run(tip, basin, diag);
    add_rows(tip, basin);
    add_border(tip, basin);
    telling.headline = headline_of(basin->tip_case, rest);
    const char *dutch = tell(&telling, LANGUAGE_NL), *english = tell(&telling, LANGUAGE_EN);
    tip_say(tip, basin->tip_case, &tip_question_basin, dutch, english);
    ARRAY_PUSH(tip->arena, &tip->basins) = basin;
    return true;
}

// Puts the stocks asked for first among those whose margins are measured.
static bool take_plane(const struct tip *tip, struct basin *basin, struct margin *margins, int *n,
                       struct diag *diag)
{
    *n = 0;
    for (int i = 0; i < 2 && tip->options.plane[i]; i++) {
        if (!basin_find_axis(basin->tip_case, tip->options.plane[i], &basin->axes[i], diag))
            return false;
        margins[(*n)++].axis = basin->axes[i];
    }
    basin->n_axes = *n;
    if (*n == 2 && basin->axes[0].variable == basin->axes[1].variable &&
        basin->axes[0].cell == basin->axes[1].cell) {
        diag_fail(diag, FAULT_USAGE, "--basin names '%s' twice", tip->options.plane[0]);
        return false;
    }
    return true;
}

static void choose_plane(struct basin *basin, struct margin *margins, int *n, struct arena *arena)
{
    struct candidate chosen[MAX_STOCKS];
    *n = choose_stocks(basin->rest, chosen, arena);
    for (int i = 0; i < *n; i++)
        margins[i].axis = chosen[i].axis;
    basin->n_axes = *n < 2 ? *n : 2;
    for (int i = 0; i < basin->n_axes; i++)
        basin->axes[i] = chosen[i].axis;
}

// Why there is nothing to draw.
static const char *tell_no_border(const struct rest_set *rest, enum language language)
{
    static const char *const texts[][N_LANGUAGES] = {
        {"Rustpunten liggen aaneengesloten: er zijn geen gebieden met een grens.",
         "Rest points lie side by side: there are no basins with a border."},
        {"Er is geen tweede stabiele toestand gevonden, en dus geen grens: runs vanaf allerlei "
         "beginpunten eindigen in dezelfde toestand.",
         "No second stable state was found, and so no border: runs from all over the place end in "
         "the same state."},
        {"Er is geen stabiele toestand gevonden, en dus geen grens tussen wat ernaartoe leidt en "
         "wat niet.",
         "No stable state was found, and so no border between what leads there and what does "
         "not."}};
    int n = basin_count_sides(rest), n_stable = 0;
    for (size_t i = 0; i < rest->count; i++)
        n_stable += rest->items[i].stability == REST_STABLE;
    return texts[rest->is_continuum ? 0 : n == 1 && n_stable == 1 ? 1 : 2][language];
}

static bool ask_case(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    const struct rest_set *rest = tip_rest_points(tip, tip_case, diag);
    struct basin *basin = ARENA_NEW(tip->arena, struct basin);
    struct margin *margins = ARENA_NEW_ARRAY(tip->arena, struct margin, MAX_STOCKS + 2);
    int n;
    if (!rest)
        return false;
    basin->tip_case = tip_case;
    basin->rest = rest;
    if (tip->options.plane[0] && !take_plane(tip, basin, margins, &n, diag))
        return false;
    if (rest->is_continuum || basin_count_sides(rest) < 2) {
        sheet_add_column(&tip->basin, "basin");
        tip_say(tip, tip_case, &tip_question_basin, tell_no_border(rest, LANGUAGE_NL),
                tell_no_border(rest, LANGUAGE_EN));
        return true;
    }
    if (!tip->options.plane[0])
        choose_plane(basin, margins, &n, tip->arena);
    return explore(tip, basin, margins, n, diag);
}

// Whether a model has all stocks asked for, as far as their names go.
static bool has_plane(const struct tip *tip, const struct tip_case *tip_case)
{
    bool has_all = true;
    for (int i = 0; i < 2 && tip->options.plane[i]; i++) {
        const char *name = tip->options.plane[i], *bracket = strchr(name, '[');
        size_t length = bracket ? (size_t)(bracket - name) : strlen(name);
        const struct variable *variable = model_find_variable(
            tip_case->source.model, arena_format(tip->arena, "%.*s", (int)length, name));
        has_all &= variable && variable->kind == VARIABLE_STOCK;
    }
    return has_all;
}

// Checks what is asked for before anything is computed. False with errors.
static bool check_planes(const struct tip *tip, bool is_anywhere, struct diag *diag)
{
    bool is_good = true;
    for (int i = 0; i < tip->n_cases && is_good; i++) {
        struct basin basin = {.tip_case = &tip->cases[i]};
        struct margin margins[2];
        int n;
        if (!is_anywhere || has_plane(tip, basin.tip_case))
            is_good = take_plane(tip, &basin, margins, &n, diag);
    }
    return is_good;
}

static bool ask(struct tip *tip, struct diag *diag)
{
    bool is_anywhere = false;
    for (int i = 0; i < tip->n_cases; i++)
        is_anywhere |= has_plane(tip, &tip->cases[i]);
    bool is_good = check_planes(tip, is_anywhere, diag);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        if (has_plane(tip, &tip->cases[i]))
            is_good = ask_case(tip, &tip->cases[i], diag);
        else
            tip_say(tip, &tip->cases[i], &tip_question_basin,
                    "Dit model heeft niet alle voorraden waarnaar wordt gevraagd.",
                    "This model does not have all stocks that are asked for.");
    return is_good;
}
