// Stage: run. Chooses among the kernels that were compiled in, the fastest first.
#include "run/kernel.h"

#include "base/array.h"

#include <string.h>

#ifdef HAS_X86_KERNELS
extern const struct kernel kernel_avx512, kernel_avx2;
#endif
extern const struct kernel kernel_generic;

static const struct kernel *const kernels[] = {
#ifdef HAS_X86_KERNELS
    &kernel_avx512, &kernel_avx2,
#endif
    &kernel_generic};

const struct kernel *kernel_best(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
        if (kernels[i]->is_usable())
            return kernels[i];
    return &kernel_generic;
}

const struct kernel *kernel_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
        if (strcmp(kernels[i]->name, name) == 0 && kernels[i]->is_usable())
            return kernels[i];
    return NULL;
}
