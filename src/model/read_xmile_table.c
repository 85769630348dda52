// Stage: model. Graphical functions of an XMILE file (XMILE v1.0, 4.1.3).
#include "model/read_xmile_private.h"

#include "base/array.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

struct number_list {
    double *items;
    size_t count, capacity;
};

// Reads the numbers of <xpts> or <ypts>, `sep` between them; false with an error.
static bool read_points(struct xmile_reader *reader, const xmlNode *node, struct number_list *list)
{
    const char *separator = xml_attribute(reader->file, node, "sep");
    struct position position = xml_text_position(reader->file, node);
    const char *text = position.excerpt, *at = text;
    char ends[] = {separator && *separator ? *separator : ',', '\0'};
    while (*at) {
        size_t length = strcspn(at, ends), skip = strspn(at, " \t\r\n");
        const char *next = at + length + (at[length] != '\0');
        while (length > skip && strchr(" \t\r\n", at[length - 1]))
            length--;
        const char *item =
            length > skip ? arena_copy_text(reader->arena, at + skip, length - skip) : "";
        double number;
        if (*item && !number_parse(item, &number)) {
            diag_error(reader->diag,
                       position_mark(position, (int)(at + skip - text), (int)(length - skip)),
                       "'%s' is not a number", item);
            return false;
        }
        if (*item)
            ARRAY_PUSH(reader->arena, list) = number;
        at = next;
    }
    return true;
}

// Whether both ends of the x axis are given by <xscale min="..." max="..."/>.
static bool read_scale(struct xmile_reader *reader, const xmlNode *gf, double *low, double *high)
{
    const xmlNode *scale = xml_child(gf, "xscale");
    const char *min = scale ? xml_attribute(reader->file, scale, "min") : NULL;
    const char *max = scale ? xml_attribute(reader->file, scale, "max") : NULL;
    return min && max && number_parse(min, low) && number_parse(max, high);
}

static enum table_kind read_kind(struct xmile_reader *reader, const xmlNode *gf)
{
    static const char *const names[] = {"continuous", "extrapolate", "discrete"};
    const char *type = xml_attribute(reader->file, gf, "type");
    const char *discrete = xml_attribute(reader->file, gf, "discrete"); // drafts
    for (int i = 0; type && i < (int)ARRAY_COUNT(names); i++)
        if (strcasecmp(type, names[i]) == 0)
            return (enum table_kind)i;
    if (type)
        diag_error(reader->diag, xml_position(reader->file, gf),
                   "unknown type '%s' of a graphical function: continuous, extrapolate or discrete",
                   type);
    return discrete && strcasecmp(discrete, "true") == 0 ? TABLE_DISCRETE : TABLE_CONTINUOUS;
}

// Spreads the points evenly over the x axis.
static void spread_points(struct xmile_reader *reader, size_t n, double low, double high,
                          struct number_list *x)
{
    for (size_t i = 0; i < n; i++) {
        double share = n > 1 ? (double)i / (double)(n - 1) : 0;
        ARRAY_PUSH(reader->arena, x) = i + 1 == n && n > 1 ? high : low + share * (high - low);
    }
}

static bool check_points(struct xmile_reader *reader, const xmlNode *gf,
                         const struct number_list *x, const struct number_list *y)
{
    struct position position = xml_position(reader->file, gf);
    if (!y->count) {
        diag_error(reader->diag, position, "a graphical function has no points <ypts>");
        return false;
    }
    if (x->count != y->count) {
        diag_error(reader->diag, position, "%zu points <xpts> for %zu points <ypts>", x->count,
                   y->count);
        return false;
    }
    for (size_t i = 1; i < x->count; i++)
        if (x->items[i] < x->items[i - 1]) {
            diag_error(reader->diag, position,
                       "the points <xpts> of a graphical function must rise: %g follows on %g",
                       x->items[i], x->items[i - 1]);
            return false;
        }
    return true;
}

// Whether <gf name="..."/> only names a function that stands elsewhere.
static bool borrow(struct xmile_reader *reader, const xmlNode *gf, struct variable *variable)
{
    const char *name = xml_attribute(reader->file, gf, "name");
    if (!name || xml_child(gf, NULL))
        return false;
    ARRAY_PUSH(reader->arena, &reader->borrowed) =
        (struct borrowed_table){variable, name, xml_position(reader->file, gf)};
    return true;
}

struct table *xmile_read_table(struct xmile_reader *reader, const xmlNode *gf,
                               struct variable *variable)
{
    const xmlNode *xpts = xml_child(gf, "xpts"), *ypts = xml_child(gf, "ypts");
    struct number_list x = {0}, y = {0};
    double low, high;
    if (borrow(reader, gf, variable))
        return NULL;
    if ((xpts && !read_points(reader, xpts, &x)) || (ypts && !read_points(reader, ypts, &y)))
        return NULL;
    if (!x.count && !read_scale(reader, gf, &low, &high)) {
        diag_error(reader->diag, xml_position(reader->file, gf),
                   "a graphical function needs either <xpts> or <xscale min=\"...\" max=\"...\"/>");
        return NULL;
    }
    if (!x.count)
        spread_points(reader, y.count, low, high, &x);
    enum table_kind kind = read_kind(reader, gf);
    if (!check_points(reader, gf, &x, &y))
        return NULL;
    struct table *table = ARENA_NEW(reader->arena, struct table);
    *table = (struct table){kind, (int)x.count, x.items, y.items};
    return table;
}
