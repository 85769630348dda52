// Stage: model. Group `tip` of a scenario file -> struct tip_spec: what counts as tipped, and what
// the questions of tipping analysis look at. Each key but `variable`, `above`, `below` and `settle`
// has an option of `kantelpunt tip` that goes before it.
#include "base/array.h"
#include "model/read_spec.h"
#include "model/scenario.h"

#include <math.h>

#define NUMBER(key, member)                                                                        \
    {                                                                                              \
        key, FIELD_NUMBER, offsetof(struct tip_spec, member), false, NULL                          \
    }

// ( low, high ) with low below high.
static void read_range(struct cfg_reader *cfg, config_setting_t *setting, double *low, double *high)
{
    int count;
    const double *ends = numbers_read(cfg, setting, &count);
    if (!ends)
        return;
    if (count != 2 || !(ends[0] < ends[1])) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'%s' must be two numbers, the lower one first", config_setting_name(setting));
        return;
    }
    *low = ends[0];
    *high = ends[1];
}

static void read_amount(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct tip_spec *tip = object;
    read_range(cfg, setting, &tip->amount_low, &tip->amount_high);
}

static void read_duration(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct tip_spec *tip = object;
    read_range(cfg, setting, &tip->duration_low, &tip->duration_high);
    if (tip->duration_low < 0)
        diag_error(cfg->diag, setting_position(cfg, setting), "a duration is at least 0");
}

// One name, or a list of names, as --least takes them: with commas.
static void read_streams(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct tip_spec *tip = object;
    struct reference *names;
    int count;
    references_read(cfg, setting, &names, &count);
    for (int i = 0; i < count; i++)
        tip->streams = tip->streams ? arena_format(cfg->arena, "%s,%s", tip->streams, names[i].name)
                                    : names[i].name;
}

static const struct field fields[] = {
    {"variable", FIELD_STRING, offsetof(struct tip_spec, variable), false, NULL},
    NUMBER("above", above),
    NUMBER("below", below),
    NUMBER("settle", settle),
    {"streams", FIELD_CUSTOM, 0, false, read_streams},
    NUMBER("from", from),
    NUMBER("until", until),
    {"amount", FIELD_CUSTOM, 0, false, read_amount},
    {"duration", FIELD_CUSTOM, 0, false, read_duration},
    {"cost", FIELD_STRING, offsetof(struct tip_spec, cost), false, NULL},
    NUMBER("discount", discount),
    NUMBER("runs", runs),
    NUMBER("overlap", overlap),
};

// What is wrong with the numbers; NaN: not given.
static void check(struct cfg_reader *cfg, const struct tip_spec *tip)
{
    struct diag *diag = cfg->diag;
    if (tip->settle < 0)
        diag_error(diag, tip->position, "'settle' must not be negative, it is %g", tip->settle);
    if (!isnan(tip->above) && !isnan(tip->below))
        diag_error(diag, tip->position, "'above' and 'below' exclude each other");
    if (!tip->variable && (!isnan(tip->above) || !isnan(tip->below)))
        diag_error(diag, tip->position, "'%s' needs a 'variable'",
                   isnan(tip->above) ? "below" : "above");
    if (tip->from >= tip->until)
        diag_error(diag, tip->position, "support ends at %g, not after it starts at %g", tip->until,
                   tip->from);
    if (tip->discount < 0 || tip->discount >= 1)
        diag_error(diag, tip->position,
                   "'discount' is a rate a year from 0 to 1, such as 0.0225, not %g",
                   tip->discount);
    bool is_count = tip->runs >= 1 && tip->runs <= 1e9 && tip->runs == floor(tip->runs);
    if (!isnan(tip->runs) && !is_count)
        diag_error(diag, tip->position, "'runs' must be a whole number from 1, it is %g",
                   tip->runs);
    if (tip->overlap < 0)
        diag_error(diag, tip->position, "'overlap' must not be negative, it is %g", tip->overlap);
}

void tip_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct tip_spec *tip)
{
    *tip = (struct tip_spec){.above = NAN,
                             .below = NAN,
                             .settle = NAN,
                             .from = NAN,
                             .until = NAN,
                             .amount_low = NAN,
                             .amount_high = NAN,
                             .duration_low = NAN,
                             .duration_high = NAN,
                             .discount = NAN,
                             .runs = NAN,
                             .overlap = NAN,
                             .position = setting_position(cfg, setting)};
    fields_read(cfg, setting, fields, ARRAY_COUNT(fields), tip, "'tip'");
    check(cfg, tip);
    if (!isnan(tip->below))
        tip->above = tip->below;
}
