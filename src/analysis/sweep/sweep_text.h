// The rows of a sweep's tables as text.
#ifndef ANALYSIS_SWEEP_SWEEP_TEXT_H
#define ANALYSIS_SWEEP_SWEEP_TEXT_H

#include "analysis/sweep/sweep.h"
#include "base/text.h"

enum sweep_table_kind {
    SWEEP_TABLE_DESIGN,
    SWEEP_TABLE_METRICS,
    SWEEP_TABLE_FAILED,
    N_SWEEP_TABLES
};

// A block as text, made by the thread that computed it.
struct sweep_text {
    struct text design, metrics, failed;
};

void sweep_text_format(struct sweep_text *text, const struct sweep *sweep,
                       const struct sweep_block *block);
void sweep_text_clear(struct sweep_text *text);

// Appends the header of a table.
void sweep_text_header(struct text *text, const struct sweep *sweep, enum sweep_table_kind kind);

// Whether the run of a row of metrics.csv completed.
bool sweep_text_is_complete(const char *metrics_row, const struct sweep *sweep);

#endif
