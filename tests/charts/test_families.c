// Every family of charts, drawn from made-up data with long names, in both languages and in three
// formats: nothing off the page, no text on another, no empty panel; and from data that hold
// nothing: a word that there is nothing, no failure. Greys of the palette stay apart.
#include "unit/support.h"

#include "charts/picture.h"
#include "report/chart.h"
#include "report/diagram.h"
#include "report/graphviz.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

#define LONG "Aandeel van nieuw circulair werk in alle bedrijfstakken samen"
#define TWO_LINES                                                                                  \
    "n_lines = 2\narray line_name[2] = ['Transitie-push met coalities', 'Marktvraag']\n"
#define TEN_NAMES                                                                                  \
    "['Bouw', 'Vastgoed en stedelijke ontwikkeling', 'Meubels en interieur', 'Textiel en mode', "  \
    "'Zorg', 'Elektronica en reparatie', 'Afval en recycling', 'Logistiek', "                      \
    "'Inkoop, financiën en administratie', 'Chemie en techniek']\n"
#define PERIOD                                                                                     \
    "n_periods = 1\narray period_from[1] = [2026]\narray period_until[1] = [2034]\n"               \
    "array period_name[1] = ['publiek geld met geleidelijke afbouw']\n"

enum { MAX_BLOCKS = 40 };

// A block of data: `n` rows of `columns` values, the first running from `from` to `to`.
struct block {
    int n, columns;
    double from, to;
    double (*value)(double x, int column, int block);
};

struct family {
    const char *template;
    const char *preamble; // gnuplot assignments
    int n_blocks;
    struct block block; // the first n_blocks blocks
    struct block last;  // one more; n = 0: none
    bool has_grid;      // `last` is a grid: x, y, value
};

static double rising(double x, int column, int block)
{
    return 0.5 / (1 + exp(-(x - 2035 - block % 7 - column) / 3));
}

static double amount(double x, int column, int block)
{
    return 1e6 * (40 + 10 * column + block) * (1.2 + sin(x / 4 + column));
}

static double band(double x, int column, int block)
{
    return (0.6 + 0.1 * column) * rising(x, block, 2);
}

static double chance(double x, int column, int block)
{
    double p = 1 / (1 + exp(-(x - 300e6 - 1e8 * block) / 6e7));
    return column == 1 ? p : column == 2 ? fmax(0, p - 0.05) : fmin(1, p + 0.05);
}

static double least(double x, int column, int block)
{
    double y = 12e6 + (190e6 + 6e7 * block) / x;
    return column == 1 ? y : column == 2 ? 0.9 * y : 1.15 * y;
}

static double tips(double x, int column, int block)
{
    (void)block;
    return 1 / (1 + exp(-(column * 5e6 - least(x, 1, 0)) / 1.5e7));
}

static double fold(double x, int column, int block)
{
    (void)column, (void)block;
    return 0.35 - 1.9 * x + 5.2 * x * x - 3.6 * x * x * x;
}

static double share(double x, int column, int block)
{
    (void)block;
    double up = exp(-(x - 2036) * (x - 2036) / 30), down = 1 / (1 + exp(-(x - 2042)));
    double parts[] = {up, 0.6 * exp(-(x - 2040) * (x - 2040) / 16), -0.5 * exp(-(x - 2025) / 6),
                      -0.2, -down};
    double sum = 0;
    for (int i = 0; i < 5; i++)
        sum += fabs(parts[i]);
    return parts[column - 1] / sum;
}

static double around(double x, int column, int block)
{
    (void)block;
    return 0.3 + (column == 1 ? -0.25 : 0.2) / (x + 1);
}

static double index_of(double x, int column, int block)
{
    (void)block;
    static const double offsets[] = {0, 0.03, -0.03, 0.1, 0.07, 0.14};
    return 0.4 / (x + 1) + offsets[column - 1];
}

static double path(double x, int column, int block)
{
    (void)column;
    return x * (0.3 + 0.2 * block) + 0.1;
}

static double scattered(double x, int column, int block)
{
    (void)column;
    return fmod(x / 1e6 * 0.037 + 0.1 * block, 0.5);
}

static double bins(double x, int column, int block)
{
    (void)block;
    return column == 1 ? x + 0.05 : 0.2 * exp(-(x - 0.4) * (x - 0.4) / 0.02);
}

static const struct family families[] = {
    {"timeseries",
     TWO_LINES PERIOD "n_panels = 4\narray panel_title[4] = ['" LONG "', 'Opgeleide', 'b', 'c']\n"
                      "array panel_percent[4] = [1, 1, 1, 1]\n",
     4,
     {40, 3, 2025, 2050, rising},
     {0},
     false},
    {"compare",
     TWO_LINES PERIOD "n_panels = 3\nis_percent = 1\nlevel = 0.2\nlevel_name = 'kantelpunt 20%'\n"
                      "array panel_title[3] = ['Gefaseerde mix van publiek geld', 'b', 'c']\n",
     3,
     {40, 3, 2025, 2050, rising},
     {0},
     false},
    {"fan",
     "n_groups = 3\nn_quantiles = 3\narray quantile[3] = [0.05, 0.5, 0.95]\n"
     "array group_name[3] = ['Transitie-push', 'Marktvraag', 'Omschakelen van push naar vraag']\n"
     "array panel_title[1] = ['" LONG "']\narray panel_percent[1] = [1]\n",
     3,
     {40, 4, 2025, 2050, band},
     {0},
     false},
    {"funding",
     PERIOD "n_panels = 2\nn_sources = 3\narray panel_title[2] = ['Transitie-push', 'Marktvraag']\n"
            "array source_name[3] = ['publiek geld', 'bedrijven', 'sectorfondsen']\n",
     2,
     {40, 4, 2025, 2050, amount},
     {0},
     false},
    {"histogram",
     "n_panels = 2\narray panel_title[2] = ['Transitie-push', 'Marktvraag']\narray panel_note[2] = "
     "['90% van de runs tussen 2% en 45%', 'x']\narray median[2] = [0.4, 0.5]\nx_title = '" LONG
     "'\nx_percent = 1\n",
     2,
     {19, 3, 0, 0.9, bins},
     {0},
     false},
    {"scatter",
     "n_groups = 2\narray group_name[2] = ['Transitie-push', 'Marktvraag']\nx_title = 'publiek "
     "geld'\nx_unit = 'euro'\ny_title = '" LONG "'\nis_percent = 1\n",
     2,
     {200, 2, 0, 400e6, scattered},
     {0},
     false},
    {"heatmap",
     "x_title = 'duur'\nx_unit = 'jaar'\ny_title = 'bedrag'\ny_unit = 'euro per jaar'\nz_title = "
     "'" LONG "'\nz_percent = 1\ncontour = 0.5\ncontour_name = 'kantelpunt'\n",
     0,
     {0},
     {20, 16, 1, 20, tips},
     true},
    {"costeffect",
     "n_panels = 2\narray panel_title[2] = ['Transitie-push', 'Marktvraag']\n"
     "x_title = 'publiek geld tot 2050'\nx_unit = 'euro'\ny_title = '" LONG
     "'\nis_percent = 1\nlevel = 0.2\nlevel_name = 'kantelpunt 20%'\narray point_name[20]\ndo for "
     "[i=1:20] { point_name[i] = 'Omschakelen van push naar vraag '.i }\n",
     2,
     {10, 2, 1e6, 400e6, scattered},
     {0},
     false},
    {"sectors",
     TWO_LINES PERIOD
     "n_rows = 10\nn_measures = 4\narray row_name[10] = " TEN_NAMES
     "array measure_title[4] = ['Nieuw circulair aandeel', 'Vraag', 'Opgeleide "
     "professionals', 'LLO-aanbod']\narray measure_unit[4] = ['', 'euro per jaar', "
     "'personen', 'plaatsen']\n",
     40,
     {30, 3, 2025, 2050, amount},
     {0},
     false},
    {"tornado",
     "n_bars = 10\narray bar_name[10] = " TEN_NAMES
     "array bar_low[10]\narray bar_high[10]\ndo for [i=1:10] { bar_low[i] = '€ 1.500'; bar_high[i] "
     "= '0,75 jaar' }\nbase = 0.3\nbase_name = 'zoals aangenomen: 30%'\nlevel = 0.29\nlevel_name = "
     "'kantelpunt 29%'\nx_title = '" LONG "'\nx_percent = 1\n",
     1,
     {10, 2, 0, 9, around},
     {0},
     false},
    {"sobol",
     "n_bars = 10\narray bar_name[10] = " TEN_NAMES,
     1,
     {10, 6, 0, 9, index_of},
     {0},
     false},
    {"loops",
     PERIOD
     "n_loops = 5\narray loop_name[5] = ['R1 kip en ei', 'R4 koplopers', 'B3 lineaire "
     "concurrentie', 'B1 vacatures', 'B7 verzadiging van de markt']\n"
     "n_phases = 2\narray phase_from[2] = [2025, 2032]\narray phase_until[2] = [2032, 2050]\n"
     "array phase_name[2] = ['B3 lineaire concurrentie', 'R1 kip en ei']\n",
     1,
     {100, 6, 2025, 2050, share},
     {0},
     false},
    {"phase",
     "n_points = 0\nn_paths = 3\narray path_name[3] = ['Transitie-push', 'Marktvraag', "
     "'Omschakelen "
     "van push naar vraag']\nhas_basin = 1\nx_title = 'vraag'\ny_title = '" LONG "'\n",
     3,
     {60, 2, 1, 19, path},
     {20, 16, 1, 20, tips},
     true},
    {"bifurcation",
     "n_branches = 1\narray branch_stable[1] = [1]\narray branch_name[1] = ['opgesloten']\nn_folds "
     "= 1\nnow = 0.6\nnow_name = 'zoals het nu is: 60%'\nx_title = 'prijsverschil'\nx_percent = "
     "1\ny_title = '" LONG "'\n",
     1,
     {60, 2, 0, 1, fold},
     {1, 2, 0.245, 0.245, fold},
     false},
    {"frontier",
     "n_groups = 2\narray group_name[2] = ['Transitie-push', 'Marktvraag']\nhas_band = 1\nbest_x = "
     "9\nbest_y = 33e6\nbest_name = 'goedkoopst: € 300 miljoen'\nn_marks = 1\narray mark_at_x[1] = "
     "[12]\narray mark_at_y[1] = [15e6]\narray mark_name[1] = ['aangekondigd budget']\n",
     2,
     {40, 4, 2, 20, least},
     {0},
     false},
    {"budget",
     "n_groups = 2\narray group_name[2] = ['Transitie-push', 'Marktvraag']\nn_budgets = 1\narray "
     "budget_at[1] = [8e7]\narray budget_name[1] = ['aangekondigd € 80 miljoen']\n",
     2,
     {40, 4, 0, 600e6, chance},
     {0},
     false},
};

static struct chart_context context_of(struct world *world, enum language language)
{
    struct chart_context context = {.arena = world->arena,
                                    .folder = world->folder,
                                    .language = language,
                                    .formats = {[FORMAT_SVG] = true},
                                    .run_id = "0123abcd",
                                    .source = "test",
                                    .diag = &world->diag};
    return context;
}

static void add_block(struct chart *chart, const struct block *block, int index, bool is_grid,
                      bool is_empty)
{
    chart_begin_block(chart, "made up");
    for (int i = 0; i < block->n; i++) {
        double row[32];
        row[0] = block->n > 1 ? block->from + i * (block->to - block->from) / (block->n - 1)
                              : block->from;
        for (int c = 1; c < block->columns; c++)
            row[c] = is_empty ? NAN : block->value(row[0], c, index);
        for (int c = 1; c < block->columns && is_grid; c++)
            chart_add_row(chart, (const double[]){row[0], 5e6 * c, row[c]}, 3);
        if (is_grid)
            text_append(&chart->data, "\n");
        else
            chart_add_row(chart, row, block->columns);
    }
}

// Tornado and Sobol rows have no axis of their own in the data.
static void add_rows(struct chart *chart, const struct block *block, bool is_empty)
{
    chart_begin_block(chart, "made up");
    for (int i = 0; i < block->n; i++) {
        double row[32];
        for (int c = 0; c < block->columns; c++)
            row[c] = is_empty ? NAN : block->value(i, c + 1, 0);
        chart_add_row(chart, row, block->columns);
    }
}

static const char *draw_family(struct world *world, const struct family *family,
                               const struct chart_context *context, bool is_empty)
{
    struct chart chart = chart_begin(context, family->template, family->template);
    bool has_rows =
        strcmp(family->template, "tornado") == 0 || strcmp(family->template, "sobol") == 0;
    chart_set_text(&chart, "title", LONG " haalt 43% in 2050 voor € 310 miljoen");
    chart_set_text(&chart, "subtitle", "Gefaseerde mix van publiek geld, alle bedrijfstakken");
    text_append(&chart.preamble, family->preamble);
    if (has_rows)
        add_rows(&chart, &family->block, is_empty);
    for (int i = 0; i < family->n_blocks && !has_rows; i++)
        add_block(&chart, &family->block, i, false, is_empty);
    if (family->last.n)
        add_block(&chart, &family->last, 0, family->has_grid, is_empty);
    if (!chart_write(&chart))
        fail_msg("%s: %s", family->template, world_messages(world));
    return arena_format(world->arena, "%s/charts/%s.svg", context->folder, family->template);
}

static void every_family_is_drawn_clearly(void **state)
{
    struct world *world = *state;
    static const char *const feet[N_LANGUAGES] = {"Bron: test · run 0123abcd",
                                                  "Source: test · run 0123abcd"};
    struct text faults = {0};
    for (int language = 0; language < N_LANGUAGES; language++) {
        struct chart_context context = context_of(world, (enum language)language);
        for (size_t i = 0; i < ARRAY_COUNT(families); i++) {
            const char *picture = draw_family(world, &families[i], &context, false);
            struct text texts = {0};
            picture_check(picture, &faults);
            assert_true(picture_texts(picture, &texts));
            if (!strstr(text_string(&texts), feet[language]) ||
                !strstr(text_string(&texts), "310 miljoen"))
                text_append_format(&faults, "%s lacks title or foot\n", families[i].template);
            text_clear(&texts);
        }
    }
    assert_string_equal(text_string(&faults), "");
    text_clear(&faults);
}

static void nothing_to_draw_is_said(void **state)
{
    struct world *world = *state;
    struct chart_context context = context_of(world, LANGUAGE_NL);
    for (size_t i = 0; i < ARRAY_COUNT(families); i++) {
        struct text texts = {0};
        assert_true(picture_texts(draw_family(world, &families[i], &context, true), &texts));
        bool says_so = strstr(text_string(&texts), "geen gegevens") ||
                       strstr(text_string(&texts), "geen uitkomst");
        text_clear(&texts);
        if (!says_so)
            fail_msg("%s does not say that there is nothing to draw", families[i].template);
    }
}

// The size in the head of a picture of each format.
static void read_size(const char *path, enum chart_format format, double *width, double *height)
{
    FILE *file = fopen(path, "rb");
    static unsigned char bytes[1 << 16];
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[n] = '\0';
    if (format == FORMAT_PNG) {
        *width = bytes[18] * 256 + bytes[19];
        *height = bytes[22] * 256 + bytes[23];
    } else if (format == FORMAT_SVG)
        assert_int_equal(
            sscanf(strstr((char *)bytes, "viewBox"), "viewBox=\"0 0 %lf %lf", width, height), 2);
    else {
        const char *at = NULL;
        for (size_t i = 0; i + 9 < n && !at; i++)
            at = memcmp(bytes + i, "/MediaBox", 9) == 0 ? (char *)bytes + i : NULL;
        assert_non_null(at);
        assert_int_equal(sscanf(at, "/MediaBox [ 0 0 %lf %lf", width, height), 2);
    }
}

static void the_formats_agree(void **state)
{
    struct world *world = *state;
    struct chart_context context = context_of(world, LANGUAGE_EN);
    static const char *const endings[N_FORMATS] = {"svg", "png", "pdf"};
    context.formats[FORMAT_PNG] = context.formats[FORMAT_PDF] = true;
    for (size_t i = 0; i < ARRAY_COUNT(families); i++) {
        double width, height, ratio = 0;
        draw_family(world, &families[i], &context, false);
        for (int format = 0; format < N_FORMATS; format++) {
            read_size(arena_format(world->arena, "%s/charts/%s.%s", world->folder,
                                   families[i].template, endings[format]),
                      (enum chart_format)format, &width, &height);
            ratio = ratio ? ratio : width / height;
            assert_close(width / height, ratio, 0.01, 0);
        }
    }
}

// The lightness of "#RRGGBB" in grey, by the weights of ITU-R BT.709 over linear light, as CIE L*.
static double lightness(const char *colour)
{
    unsigned rgb[3];
    double weights[] = {0.2126, 0.7152, 0.0722}, y = 0;
    assert_int_equal(sscanf(colour, "#%2x%2x%2x", &rgb[0], &rgb[1], &rgb[2]), 3);
    for (int i = 0; i < 3; i++) {
        double c = rgb[i] / 255.0;
        y += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return y > 0.008856 ? 116 * cbrt(y) - 16 : 903.3 * y;
}

// Reads the colours of "array NAME[...] = ['#...', ...]" in the house style.
static int read_palette(struct world *world, const char *name, char colours[][8])
{
    const char *folder = shared_folder(world->arena, "plots");
    assert_non_null(folder);
    const char *style = file_read(world->arena, path_join(world->arena, folder, "style.gp"),
                                  1 << 20, NULL, &world->diag);
    const char *at = strstr(style, arena_format(world->arena, "\narray %s[", name));
    assert_non_null(at);
    int n = 0;
    for (const char *end = strchr(at + 1, '\n'); (at = strchr(at, '#')) && at < end; at++)
        snprintf(colours[n++], 8, "%s", at);
    return n;
}

static void greys_stay_apart(void **state)
{
    struct world *world = *state;
    char areas[16][8], inks[16][8], lines[16][8];
    int n_areas = read_palette(world, "area", areas), n_inks = read_palette(world, "ink", inks);
    assert_int_equal(n_areas, 9);
    assert_int_equal(n_inks, 10);
    assert_int_equal(read_palette(world, "colour", lines), 10);
    for (int i = 1; i < 6; i++) // neighbours in a stack
        assert_true(fabs(lightness(areas[i]) - lightness(areas[i - 1])) > 8);
    for (int i = 0; i < n_areas; i++) // black names on areas, inks on white
        assert_true(lightness(areas[i]) > 60);
    for (int i = 0; i < n_inks; i++)
        assert_true(lightness(inks[i]) < 55);
    assert_true(fabs(lightness(lines[0]) - lightness(lines[1])) > 20); // the two solid wide lines
}

// A model with many flows in two parts.
static const char *large_model(struct world *world)
{
    struct arena *arena = world->arena;
    const char *text = "parts: {";
    for (int part = 0; part < 2; part++) {
        const char *stocks = "", *flows = "";
        for (int i = 0; i < 14; i++) {
            stocks = arena_format(arena,
                                  "%s s%d_%d: { unit = '1'; initial = 1; inflows = ('f%d_%d'); };",
                                  stocks, part, i, part, i);
            flows = arena_format(arena, "%s f%d_%d: { unit = '1'; equation = 's%d_%d'; };", flows,
                                 part, i, 1 - part, i);
        }
        text = arena_format(arena, "%s part%d: { stocks: { %s }; flows: { %s }; };", text, part,
                            stocks, flows);
    }
    return arena_format(arena, "%s };", text);
}

static void large_models_are_drawn_in_parts(void **state)
{
    struct world *world = *state;
    static const bool formats[N_FORMATS] = {[FORMAT_SVG] = true};
    if (!dot_is_there("the diagram", &world->diag))
        skip();
    struct model *model = world_model(world, model_text(world, NULL, large_model(world)));
    assert_non_null(model);
    assert_true(diagram_write(model, world->folder, LANGUAGE_NL, formats, &world->diag));
    static const char *const files[] = {"diagram.svg", "diagram-part0.svg", "diagram-part1.svg"};
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        assert_true(file_exists(world_path(world, files[i])));
    const char *overview =
        file_read(world->arena, world_path(world, "diagram.dot"), 1 << 20, NULL, &world->diag);
    assert_non_null(strstr(overview, "p0 -> p1"));
    assert_non_null(strstr(overview, "+ 12"));
    assert_null(strstr(overview, "⋈"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(every_family_is_drawn_clearly),
        WORLD_TEST(nothing_to_draw_is_said),
        WORLD_TEST(the_formats_agree),
        WORLD_TEST(greys_stay_apart),
        WORLD_TEST(large_models_are_drawn_in_parts),
    };
    struct arena *arena = arena_create();
    struct diag diag;
    diag_init(&diag, arena);
    bool can_draw = chart_has_gnuplot(&diag);
    arena_free(arena);
    if (!can_draw) {
        puts("skipped: gnuplot is not there");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
