// Stage: run. The list of methods, and how a file's wording finds one.
#include "run/method.h"

#include "base/array.h"
#include "base/name.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

extern const struct method method_euler, method_rk2, method_rk4, method_rkf45, method_rk8pd,
    method_msbdf;

const struct method *const methods[] = {&method_euler, &method_rk2,   &method_rk4,
                                        &method_rkf45, &method_rk8pd, &method_msbdf};
const int n_methods = (int)ARRAY_COUNT(methods);

// Names that other programs give to these methods.
static const struct {
    const char *alias;
    const struct method *method;
} aliases[] = {
    {"rk45", &method_rkf45},
    {"rkf", &method_rkf45},
    {"gear", &method_msbdf},
    {"bdf", &method_msbdf},
};

static const struct method *find_one(const char *name, size_t length)
{
    for (int i = 0; i < n_methods; i++)
        if (strlen(methods[i]->name) == length && strncasecmp(methods[i]->name, name, length) == 0)
            return methods[i];
    for (size_t i = 0; i < ARRAY_COUNT(aliases); i++)
        if (strlen(aliases[i].alias) == length && strncasecmp(aliases[i].alias, name, length) == 0)
            return aliases[i].method;
    return NULL;
}

const struct method *method_find(const char *name, struct position position, struct diag *diag)
{
    for (const char *at = name; *at;) {
        size_t length = strcspn(at, ",; ");
        const struct method *method = length ? find_one(at, length) : NULL;
        if (method)
            return method;
        at += length + (at[length] != '\0');
    }
    diag_error(diag, position, "unknown method '%s': euler, rk2, rk4, rkf45, rk8pd or msbdf", name);
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < n_methods; i++)
        nearest_consider(&nearest, methods[i]->name, methods[i]->name);
    diag_suggest(diag, nearest.best);
    return NULL;
}
