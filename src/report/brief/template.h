// Text templates: text with marks in double braces that print cells of tables, choose between
// texts and repeat texts for rows. The language is described in plots/brief/README.md. Numbers can
// come from tables only, and each is printed with the cell that it stands in.
#ifndef REPORT_BRIEF_TEMPLATE_H
#define REPORT_BRIEF_TEMPLATE_H

#include "base/text.h"
#include "model/model.h"
#include "report/brief/facts.h"

struct template;

// Reads the template `path` (and what it includes, from its folder) and checks every name in it
// against the descriptors `specs` [n]; NULL with errors (file, line, column).
struct template *template_read(struct arena *arena, const char *path, const struct fact_spec *specs,
                               int n, struct diag *diag);

// What a page adds to the tables.
struct template_page {
    enum language language;
    void *context;
    const char *(*chart)(void *context, const char *name); // the picture as HTML; NULL: none
};

// Appends the template filled in from `facts`. False with errors: a chart that does not exist.
bool template_expand(const struct template *template, const struct facts *facts,
                     const struct template_page *page, struct text *text, struct diag *diag);

#endif
