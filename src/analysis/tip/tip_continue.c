// Stage: analysis. The question `continue`: how rest points move with a parameter or input, where
// they vanish, and how far the two thresholds of a hysteresis are apart. Without --continue every
// funded input is followed from its default to twice what the scenario gives; in a bare model every
// parameter with a range.
#include "analysis/tip/tip_continue.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHOSEN = 24, MAX_CHOSEN_UNKNOWNS = 20, MAX_CHOSEN_OF_LARGE = 4 };

static bool ask(struct tip *tip, struct diag *diag);

const struct tip_question tip_question_continue = {
    .id = TIP_CONTINUE,
    .name = "continue",
    .summary = "how rest points move with a parameter or input, and where they vanish",
    .run = ask,
};

// The cell that a range means in a model; NULL with an error where it cannot be varied.
static struct variable *find_target(const struct tip_case *tip_case, const struct tip_range *range,
                                    int *cell, struct diag *diag)
{
    int count;
    struct variable *variable =
        model_find_cells(tip_case->source.model, range->name, range->position, cell, &count, diag);
    if (!variable)
        return NULL;
    if (variable->kind == VARIABLE_STOCK || variable->kind == VARIABLE_TABLE) {
        diag_error(diag, range->position,
                   "'%s' is %s; parameters, inputs and what equations give can be followed",
                   range->name, variable_kind_phrase(variable->kind));
        return NULL;
    }
    if (count == 1)
        return variable;
    diag_error(diag, range->position, "'%s' is an array: name one of its elements", range->name);
    return NULL;
}

int continuation_count_stable(const struct branch_set *set, double value)
{
    int n = 0;
    for (size_t b = 0; b < set->branches.count; b++) {
        const struct branch *branch = &set->branches.items[b];
        for (size_t i = 0; i + 1 < branch->count; i++) {
            const struct branch_point *a = &branch->items[i], *c = &branch->items[i + 1];
            bool is_between = (a->value <= value) != (c->value <= value);
            const struct branch_point *near =
                fabs(a->value - value) < fabs(c->value - value) ? a : c;
            n += is_between && near->rest.stability == REST_STABLE;
        }
    }
    return n;
}

static int compare_numbers(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

// Two stable states: the widest stretch of the parameter between points where their number changes.
static void find_bistable(struct tip_continuation *following, struct arena *arena)
{
    const struct branch_set *set = following->set;
    int n = (int)set->events.count + 2;
    double *values = ARENA_NEW_ARRAY(arena, double, n), start = NAN;
    values[0] = set->low;
    values[1] = set->high;
    for (size_t i = 0; i < set->events.count; i++)
        values[i + 2] = set->events.items[i].value;
    qsort(values, (size_t)n, sizeof *values, compare_numbers);
    following->low = following->high = NAN;
    for (int i = 0; i + 1 < n; i++) {
        double width = values[i + 1] - values[i];
        if (width < 1e-9 * (set->high - set->low))
            continue;
        bool is_double = continuation_count_stable(set, values[i] + 0.4987 * width) >= 2;
        if (is_double && isnan(start))
            start = values[i];
        double until = is_double ? values[i + 1] : NAN;
        if (is_double && !(until - start <= following->high - following->low)) {
            following->low = start;
            following->high = until;
        }
        if (!is_double)
            start = NAN;
    }
}

static void set_stocks(struct sheet *sheet, const struct tip_continuation *following,
                       const struct rest_point *point)
{
    const struct frozen *frozen = following->set->frozen;
    for (int k = 0; k < frozen->n_states; k++)
        if (frozen->is_stock[k] && frozen->roles[k] != FROZEN_GROWS)
            sheet_set_number(sheet, frozen->names[k], point->unknowns[k]);
    const struct headline *headline = &following->headline;
    if (headline->variable && headline->unknown < 0)
        sheet_set_number(sheet, cell_name(frozen->arena, headline->variable, headline->cell),
                         point->watched);
}

static void set_parameter(struct sheet *sheet, const struct tip_continuation *following,
                          double value)
{
    sheet_set_text(sheet, "parameter", following->name);
    sheet_set_number(sheet, "value", value);
    if (following->is_asked_for)
        sheet_set_number(sheet, following->name, value);
}

static void set_second(const struct tip *tip, struct sheet *sheet,
                       const struct tip_continuation *following, double value)
{
    if (following->second)
        sheet_set_number(sheet, cell_name(tip->arena, following->second, following->second_cell),
                         value);
}

static void add_branches(struct tip *tip, const struct tip_continuation *following)
{
    const struct branch_set *set = following->set;
    struct sheet *sheet = &tip->branch;
    static const char *const columns[] = {"branch", "parameter", "value"};
    if (tip->n_cases > 1)
        sheet_add_column(sheet, "model");
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++) // also where there are none
        sheet_add_column(sheet, columns[i]);
    for (size_t b = 0; b < set->branches.count; b++)
        for (size_t i = 0; i < set->branches.items[b].count; i++) {
            const struct branch_point *point = &set->branches.items[b].items[i];
            tip_begin_row(tip, sheet, following->tip_case);
            sheet_set_number(sheet, "branch", (double)(b + 1));
            set_parameter(sheet, following, point->value);
            sheet_set_text(sheet, "stability", rest_stability_name(point->rest.stability));
            sheet_set_number(sheet, "eigenvalue_max_real", point->rest.eigenvalue_max_real);
            set_stocks(sheet, following, &point->rest);
        }
}

// The imaginary part belongs to the pair that crosses only where no other eigenvalue is unstable.
static double period_of(const struct branch_event *event)
{
    bool has_period = event->kind == EVENT_HOPF && event->rest.frequency > 0;
    return has_period ? 2 * acos(-1) / event->rest.frequency : NAN;
}

static void add_events(struct tip *tip, const struct tip_continuation *following)
{
    const struct branch_set *set = following->set;
    struct sheet *sheet = &tip->folds;
    sheet_add_column(sheet, "kind"); // also where nothing folds
    for (size_t i = 0; i < set->events.count; i++) {
        const struct branch_event *event = &set->events.items[i];
        tip_begin_row(tip, sheet, following->tip_case);
        sheet_set_text(sheet, "kind", branch_event_name(event->kind));
        sheet_set_number(sheet, "branch", event->branch + 1);
        set_parameter(sheet, following, event->value);
        set_second(tip, sheet, following, set->frozen->parameters[1]);
        sheet_set_number(sheet, "period", period_of(event));
        set_stocks(sheet, following, &event->rest);
    }
    for (size_t i = 0; i < set->folds.count; i++) {
        const struct plane_point *point = &set->folds.items[i];
        tip_begin_row(tip, sheet, following->tip_case);
        sheet_set_text(sheet, "kind", plane_kind_name(point->kind));
        sheet_set_number(sheet, "branch", point->curve + 1);
        set_parameter(sheet, following, point->value);
        set_second(tip, sheet, following, point->second);
        set_stocks(sheet, following, &point->rest);
    }
}

static void add_answers(struct tip *tip, const struct tip_continuation *following, bool is_alone)
{
    const struct branch_set *set = following->set;
    const char *unit = variable_unit_text(following->variable);
    const char *before = is_alone ? "" : arena_format(tip->arena, "%s ", following->name);
    for (size_t i = 0; i < set->events.count; i++)
        tip_answer(
            tip, following->tip_case, &tip_question_continue,
            arena_format(tip->arena, "%s%s", before, branch_event_name(set->events.items[i].kind)),
            set->events.items[i].value, NAN, NAN, unit);
    for (size_t i = 0; i < set->folds.count; i++) {
        const struct plane_point *point = &set->folds.items[i];
        const char *kind = plane_kind_name(point->kind);
        if (point->kind == PLANE_FOLD || point->kind == PLANE_HOPF)
            continue;
        tip_answer(tip, following->tip_case, &tip_question_continue,
                   arena_format(tip->arena, "%s %s", kind, following->name), point->value, NAN, NAN,
                   unit);
        tip_answer(tip, following->tip_case, &tip_question_continue,
                   arena_format(tip->arena, "%s %s", kind,
                                cell_name(tip->arena, following->second, following->second_cell)),
                   point->second, NAN, NAN, variable_unit_text(following->second));
    }
    if (!isnan(following->low))
        tip_answer(tip, following->tip_case, &tip_question_continue,
                   arena_format(tip->arena, "%shysteresis-width", before),
                   following->high - following->low, following->low, following->high, unit);
}

// Follows one cell; `second` [0 or 1] more one for curves of folds. False with errors.
static bool follow(struct tip *tip, struct tip_case *tip_case, struct tip_continuation *following,
                   const struct tip_range *range, const struct tip_range *second, struct diag *diag)
{
    const struct rest_set *rest = tip_rest_points(tip, tip_case, diag);
    const struct variable *watched = tip_case->target.output.variable;
    int cell = watched ? watched->first_cell + tip_case->target.output.cell : 0;
    struct vary_list extra = {0};
    tip_vary(tip->arena, &extra, (struct variable *)following->variable, following->cell);
    if (second)
        tip_vary(tip->arena, &extra, (struct variable *)following->second, following->second_cell);
    struct frozen *frozen =
        rest ? frozen_open(tip, tip_case, &extra, &cell, watched ? 1 : 0, diag) : NULL;
    if (!frozen)
        return false;
    following->tip_case = tip_case;
    following->name = cell_name(tip->arena, following->variable, following->cell);
    struct branch_set *set =
        branch_trace(frozen, 0, range->low, range->high, rest, following->is_quick);
    bool is_good = set && (!second || (fold_trace(set, 1, second->low, second->high) &&
                                       hopf_trace(set, 1, second->low, second->high)));
    following->set = set;
    frozen_close(frozen);
    if (!is_good)
        return false;
    following->headline = headline_of(tip_case, rest);
    find_bistable(following, tip->arena);
    return true;
}

static void tell(struct tip *tip, const struct tip_continuation *following)
{
    const char *dutch = continuation_in_words(tip, following, LANGUAGE_NL);
    const char *english = continuation_in_words(tip, following, LANGUAGE_EN);
    tip_say(tip, following->tip_case, &tip_question_continue, dutch, english);
}

static bool keep(struct tip *tip, const struct tip_continuation *following, bool is_alone)
{
    add_branches(tip, following);
    add_events(tip, following);
    add_answers(tip, following, is_alone);
    tell(tip, following);
    struct tip_continuation *kept = ARENA_NEW(tip->arena, struct tip_continuation);
    *kept = *following;
    ARRAY_PUSH(tip->arena, &tip->continuations) = kept;
    return true;
}

// What --continue asks for, in a case that has it.
static bool follow_asked(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    const struct tip_range *ranges = tip->options.ranges;
    const struct tip_range *second = tip->options.n_ranges > 1 ? &ranges[1] : NULL;
    struct tip_continuation following = {.is_asked_for = true};
    following.variable = find_target(tip_case, &ranges[0], &following.cell, diag);
    if (second)
        following.second = find_target(tip_case, second, &following.second_cell, diag);
    if (!following.variable || (second && !following.second))
        return false;
    if (following.variable == following.second && following.cell == following.second_cell) {
        diag_fail(diag, FAULT_USAGE, "--continue names '%s' twice", ranges[1].name);
        return false;
    }
    return follow(tip, tip_case, &following, &ranges[0], second, diag) &&
           keep(tip, &following, true);
}

// The largest value that a stream gives its input.
static double peak_of(const struct stream *stream)
{
    if (!stream->points)
        return stream->shape == SHAPE_PULSE ? NAN : stream->amount;
    double most = 0, amount = isnan(stream->amount) ? 1 : stream->amount;
    for (int i = 0; i < stream->points->n_points; i++)
        most = fmax(most, amount * stream->points->y[i]);
    return most;
}

struct choice {
    const struct variable *variable;
    int cell;
    struct tip_range range;
};

// Adds a cell to what is followed unless it is there, then with the wider range; returns the
// number.
static int add_choice(struct choice *choices, int n, const struct variable *variable, int cell,
                      double low, double high)
{
    for (int i = 0; i < n; i++)
        if (choices[i].variable == variable && choices[i].cell == cell) {
            choices[i].range.high = fmax(choices[i].range.high, high);
            return n;
        }
    if (n == MAX_CHOSEN || !(low < high))
        return n;
    choices[n] = (struct choice){variable, cell, {.low = low, .high = high}};
    return n + 1;
}

static int choose_streams(const struct tip_case *tip_case, struct choice *choices,
                          struct diag *diag)
{
    const struct scenario *scenario = tip_case->source.scenario;
    int n = 0;
    for (size_t i = 0; scenario && i < scenario->streams.count; i++) {
        const struct stream *stream = &scenario->streams.items[i];
        int first, count;
        if (!model_find_named(tip_case->source.model, stream->name))
            continue;
        const struct variable *input = model_find_cells(tip_case->source.model, stream->name,
                                                        stream->position, &first, &count, diag);
        for (int k = 0; input && k < count; k++)
            n = add_choice(choices, n, input, first + k, input->values[first + k],
                           input->values[first + k] + 2 * peak_of(stream));
    }
    return n;
}

static int choose_parameters(const struct tip_case *tip_case, struct choice *choices)
{
    const struct model *model = tip_case->source.model;
    int n = 0;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        if (variable->kind == VARIABLE_PARAMETER && variable->spread.has_range &&
            variable->n_cells == 1 && !variable->is_hidden)
            n = add_choice(choices, n, variable, 0, variable->spread.low, variable->spread.high);
    }
    return n;
}

// Which inputs were left for the user to ask for.
static void tell_left(struct tip *tip, const struct tip_case *tip_case,
                      const struct choice *choices, int n)
{
    const char *text[N_LANGUAGES];
    for (int language = 0; language < N_LANGUAGES; language++) {
        const char *names[MAX_CHOSEN];
        for (int i = 0; i < n; i++)
            names[i] = cell_name(tip->arena, choices[i].variable, choices[i].cell);
        const char *list = list_in_words(tip->arena, names, n, language);
        text[language] =
            arena_format(tip->arena,
                         language == LANGUAGE_NL
                             ? "Niet gevolgd, want dat duurt in dit model lang: %s (--continue "
                               "NAAM=LAAG:HOOG volgt er een)."
                             : "Not followed, as it takes long in this model: %s (--continue "
                               "NAME=LOW:HIGH follows one).",
                         list);
    }
    tip_say(tip, tip_case, &tip_question_continue, text[LANGUAGE_NL], text[LANGUAGE_EN]);
}

// What is chosen where nothing is asked for: of parameters, those over which something happens.
static bool follow_chosen(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct choice choices[MAX_CHOSEN];
    int n = choose_streams(tip_case, choices, diag), n_told = 0;
    bool are_parameters = n == 0;
    const struct rest_set *rest = tip_rest_points(tip, tip_case, diag);
    if (!rest)
        return false;
    bool is_large = rest->frozen->m > MAX_CHOSEN_UNKNOWNS;
    int n_all = n;
    if (is_large) // each takes long: others are followed when asked for
        n = n < MAX_CHOSEN_OF_LARGE ? n : MAX_CHOSEN_OF_LARGE;
    else if (are_parameters)
        n = choose_parameters(tip_case, choices);
    for (int i = 0; i < n; i++) {
        struct tip_continuation following = {.variable = choices[i].variable,
                                             .cell = choices[i].cell,
                                             .is_quick = is_large && i > 0};
        if (!follow(tip, tip_case, &following, &choices[i].range, NULL, diag))
            return false;
        if (are_parameters && !following.set->events.count)
            continue;
        keep(tip, &following, false);
        n_told++;
    }
    if (n < n_all)
        tell_left(tip, tip_case, choices + n, n_all - n);
    if (n_told)
        return true;
    sheet_add_column(&tip->folds, "kind");
    tip_say(
        tip, tip_case, &tip_question_continue,
        n ? "Geen enkele parameter met een bereik laat binnen dat bereik een rustpunt "
            "verdwijnen of van stabiliteit wisselen."
          : "Noem wat er gevolgd moet worden: --continue NAAM=LAAG:HOOG.",
        n ? "No parameter with a range makes a rest point vanish or change its stability within "
            "that range."
          : "Name what is to be followed: --continue NAME=LOW:HIGH.");
    return true;
}

static bool ask(struct tip *tip, struct diag *diag)
{
    bool is_good = true;
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = tip->options.n_ranges ? follow_asked(tip, &tip->cases[i], diag)
                                        : follow_chosen(tip, &tip->cases[i], diag);
    return is_good;
}
