// Shared by read_cfg*.c; nobody else includes it.
#ifndef MODEL_READ_CFG_PRIVATE_H
#define MODEL_READ_CFG_PRIVATE_H

#include "model/model.h"
#include "model/schema.h"

// The model itself, or one of its named parts, in the reading.
struct part_reader {
    struct model *model;
    const char *name; // "" for the model itself
    struct localized title, doc, question;
    bool is_annotation;    // adds to variables that are there already: see model_annotate_cfg()
    struct time_spec time; // annotations: what they say of it
};

// read_cfg_variable.c: an equation, a string or a plain number for short.
void equation_setting_read(struct cfg_reader *cfg, config_setting_t *setting,
                           struct equation *equation);

// read_cfg_variable.c: the sections of variables; `object` is a struct part_reader.
void parameters_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);
void stocks_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);
void flows_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);
void auxiliaries_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);
void tables_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);
void inputs_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);

// read_cfg_dimension.c: the group `dimensions` of a model; likewise.
void dimensions_read(struct cfg_reader *cfg, config_setting_t *setting, void *object);

#endif
