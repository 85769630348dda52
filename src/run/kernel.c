// Stage: run. Chooses among the kernels that were compiled in, the fastest first.
#include "run/kernel.h"

#include "base/array.h"

#include <string.h>

#ifdef HAS_X86_KERNELS
extern const struct kernel kernel_avx512, kernel_avx2, kernel_avx512_narrow, kernel_avx2_narrow;
#endif
extern const struct kernel kernel_generic, kernel_generic_narrow;

static const struct kernel *const kernels[] = {
#ifdef HAS_X86_KERNELS
    &kernel_avx512, &kernel_avx2,
#endif
    &kernel_generic};

static const struct kernel *const narrow_kernels[] = {
#ifdef HAS_X86_KERNELS
    &kernel_avx512_narrow, &kernel_avx2_narrow,
#endif
    &kernel_generic_narrow};

static const struct kernel *first_usable(const struct kernel *const *list)
{
    size_t i = 0;
    while (i + 1 < ARRAY_COUNT(kernels) && !list[i]->is_usable())
        i++;
    return list[i];
}

const struct kernel *kernel_best(void)
{
    return first_usable(kernels);
}

const struct kernel *kernel_narrow(void)
{
    return first_usable(narrow_kernels);
}

static const struct kernel *find(const struct kernel *const *list, const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
        if (strcmp(list[i]->name, name) == 0 && list[i]->is_usable())
            return list[i];
    return NULL;
}

const struct kernel *kernel_find(const char *name)
{
    return find(kernels, name);
}

const struct kernel *kernel_find_narrow(const char *name)
{
    return find(narrow_kernels, name);
}
