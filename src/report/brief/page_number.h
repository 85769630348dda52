// Numbers as running text has them, in Dutch and English.
#ifndef REPORT_BRIEF_PAGE_NUMBER_H
#define REPORT_BRIEF_PAGE_NUMBER_H

#include "model/model.h"
#include "report/brief/facts.h"

// A way to print a cell, as templates name it behind "|".
struct page_format {
    const char *name;
    const char *summary;
    bool takes_text; // it works on texts (else on numbers)
    // Returns the cell in words; never NULL. NULL member: a switch, see page_number_in_words().
    const char *(*print)(struct arena *arena, const struct fact *fact, enum language language);
};

extern const struct page_format page_formats[];
extern const int n_page_formats;

// Returns the format `name`, or NULL.
const struct page_format *page_format_find(const char *name);

// The format that suits a number of this unit: of the columns of tables ("share", "date",
// "duration"), or a unit as models have them.
const struct page_format *page_format_of_unit(const struct fact *fact);

// A text for HTML, with & < > and quotes escaped.
const char *html_text(struct arena *arena, const char *text);

#endif
