// One chart on its way to disk: a gnuplot script made of a preamble, the house style and a
// template of plots/, and the data that it draws.
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "base/diag.h"
#include "base/text.h"
#include "model/model.h"

enum chart_format { FORMAT_SVG, FORMAT_PNG, FORMAT_PDF, N_FORMATS };

struct chart_texts; // what scripts say in the language that is not drawn

// What was drawn, for those who refer to it.
struct chart_list {
    struct drawn_chart {
        const char *name, *template;
        const char *title, *subtitle; // as the picture has them; "" where it has none
    } * items;
    size_t count, capacity;
};

// What all charts of one results folder share.
struct chart_context {
    struct arena *arena;
    const char *folder;       // the results folder; charts go into its folder charts/
    enum language language;   //
    bool formats[N_FORMATS];  // wanted
    const char *run_id;       // for the foot
    const char *source;       // for the foot: where the data come from
    struct chart_list *drawn; // every chart that is drawn is added to it; NULL: not wanted
    struct diag *diag;
    struct chart_texts *texts; // set by charts_in_both_languages(); NULL: scripts in one language
    bool is_rehearsal;         // likewise: texts are kept, nothing is drawn
};

struct chart {
    const struct chart_context *context;
    const char *name;             // base name of its files
    const char *template;         // "timeseries" for plots/timeseries.gp
    const char *title, *subtitle; // of what was set; "" before
    struct text preamble;         // gnuplot assignments
    struct text data;             // blocks of rows
    int n_blocks;
    long n_rows;
};

// Calls `draw` twice, so that the scripts of its charts speak both languages: for the texts of the
// other language, then to draw in the context's. False with errors.
bool charts_in_both_languages(const struct chart_context *context,
                              bool (*draw)(const struct chart_context *context, void *subject),
                              void *subject);

// Starts a chart; end with chart_write() or chart_drop().
struct chart chart_begin(const struct chart_context *context, const char *name,
                         const char *template);

// Assignments of the preamble.
void chart_set_text(struct chart *chart, const char *variable, const char *value);
void chart_set_number(struct chart *chart, const char *variable, double value);
void chart_set_texts(struct chart *chart, const char *variable, const char *const *values, int n);
void chart_set_numbers(struct chart *chart, const char *variable, const double *values, int n);

// Starts the next block of data, then rows of it.
void chart_begin_block(struct chart *chart, const char *remark);
void chart_add_row(struct chart *chart, const double *values, int n);

// Writes script and data and draws the pictures. False with errors: templates or gnuplot missing,
// disk full; what is drawn has no half-made picture.
bool chart_write(struct chart *chart);
void chart_drop(struct chart *chart);

// How a script is to be drawn again; every member may be NULL.
struct chart_look {
    const char *style;    // path of gnuplot commands that change the house style
    const char *language; // "nl" or "en"
    const char *caveat;   // put into the foot, in gnuplot's single quotes
};

// Draws the script `name`.gp in the folder `charts` again, in the given formats.
bool chart_draw(struct arena *arena, const char *charts, const char *name,
                const bool formats[N_FORMATS], const struct chart_look *look, struct diag *diag);

// Whether gnuplot can be started; an error if not.
bool chart_has_gnuplot(struct diag *diag);

// The folder `name` ("plots") that came with the program; NULL where it cannot be found.
const char *shared_folder(struct arena *arena, const char *name);

#endif
