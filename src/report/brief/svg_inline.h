// Pictures inside a page.
#ifndef REPORT_BRIEF_SVG_INLINE_H
#define REPORT_BRIEF_SVG_INLINE_H

#include "base/arena.h"

// Returns the SVG document `svg` as an element for an HTML page that holds other pictures as well:
// its ids start with `prefix`, its titles of parts are gone, it scales to the width it is given and
// is read aloud as `label` (plain text). NULL where it is no SVG.
const char *svg_inline(struct arena *arena, const char *svg, const char *prefix, const char *label);

#endif
