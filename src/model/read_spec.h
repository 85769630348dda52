// The entries that model and scenario files share: time axis, metrics, settings, checks.
#ifndef MODEL_READ_SPEC_H
#define MODEL_READ_SPEC_H

#include "model/model.h"
#include "model/schema.h"

// time: { start; stop; step; unit; method; save_every; }
void time_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct time_spec *time);

// metrics: ( { name; expression; unit; title; }, ... )
void metric_specs_read(struct cfg_reader *cfg, config_setting_t *setting,
                       struct metric_spec_list *metrics);

// { name = number; ... } for --set and its like; arrays elements as a list of { name; value; }.
void settings_read(struct cfg_reader *cfg, config_setting_t *setting,
                   struct setting_list *settings);

// points = ( (x, y), ... ) with rising x; NULL with errors. The kind of the table is not set.
struct table *points_read(struct cfg_reader *cfg, config_setting_t *setting);

// checks: { name: { scenario; expect; source; title; set; time; runs; }; ... }
void check_specs_read(struct cfg_reader *cfg, config_setting_t *setting,
                      struct check_spec_list *checks);

// charts: ( { name; kind; variables = ( ... ); title; }, ... )
void chart_specs_read(struct cfg_reader *cfg, config_setting_t *setting,
                      struct chart_spec_list *charts);

// tip: { variable; above; settle; ... }
struct tip_spec;
void tip_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct tip_spec *tip);

// One name in quotes, or a list of them.
void references_read(struct cfg_reader *cfg, config_setting_t *setting,
                     struct reference **references, int *count);

#endif
