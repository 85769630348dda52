// The engine's elementary functions against MPFR: errors in units of the last place over the whole
// range, special values, and the same bits with every instruction set.
#include "unit/support.h"

#include "accuracy/vector_math_probe.h"

#include <float.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

probe probe_generic;
#ifdef HAS_X86_KERNELS
probe probe_avx2, probe_avx512;
#endif

struct instruction_set {
    const char *name; // of the kernel that needs it
    probe *probe;
};

static const struct instruction_set instruction_sets[] = {
    {"generic", probe_generic},
#ifdef HAS_X86_KERNELS
    {"avx2", probe_avx2},
    {"avx512", probe_avx512},
#endif
};

// Arguments of one function.
struct sample {
    double *x, *y;
    long n, room;
};

static void add(struct sample *sample, double x, double y)
{
    if (sample->n == sample->room) {
        sample->room = sample->room ? 2 * sample->room : 1024;
        sample->x = realloc(sample->x, (size_t)sample->room * sizeof(double));
        sample->y = realloc(sample->y, (size_t)sample->room * sizeof(double));
        assert_true(sample->x && sample->y);
    }
    sample->x[sample->n] = x;
    sample->y[sample->n++] = y;
}

static void sample_clear(struct sample *sample)
{
    free(sample->x);
    free(sample->y);
    *sample = (struct sample){0};
}

static uint64_t state_of_random = 20260101;

static uint64_t bits(void)
{
    return next_random(&state_of_random);
}

static double between(double low, double high)
{
    return low + (high - low) * ((double)(bits() >> 11) + 0.5) * 0x1p-53;
}

// Any bit pattern: all sizes, signs, infinities, NaNs.
static double any(void)
{
    uint64_t pattern = bits();
    double x;
    memcpy(&x, &pattern, sizeof x);
    return x;
}

static double any_finite(void)
{
    double x = any();
    while (!isfinite(x))
        x = any();
    return x;
}

// How many numbers of each kind; KANTELPUNT_TEST_DENSITY multiplies it.
static long density(void)
{
    const char *wish = getenv("KANTELPUNT_TEST_DENSITY");
    return 20000 * (wish && atol(wish) > 0 ? atol(wish) : 1);
}

static void sample_exp(struct sample *sample)
{
    for (long i = 0; i < density(); i++) {
        add(sample, between(-746, 710), 0);
        add(sample, between(-1, 1), 0);
        add(sample, ldexp(between(-1, 1), -(int)(bits() % 60)), 0);
        // Where the reduction goes from one step to the next, and where results become subnormal.
        double step = ((double)(bits() % 32768) - 16384 + 0.5) * 0.69314718055994531 / 16;
        add(sample, step * (1 + between(-4, 4) * 0x1p-52), 0);
        add(sample, between(-745.2, -707.9), 0);
        add(sample, between(708, 709.8), 0);
    }
}

static void sample_log(struct sample *sample)
{
    for (long i = 0; i < density(); i++) {
        add(sample, fabs(any_finite()), 0);
        add(sample, between(0.5, 2), 0);
        add(sample, 1 + ldexp(between(-1, 1), -(int)(bits() % 52)), 0);
        add(sample, ldexp(1 + ((double)(bits() % 32) + 0.5) / 32, (int)(bits() % 40) - 20), 0);
        add(sample, fabs(ldexp(between(0.5, 1), -1022 - (int)(bits() % 52))), 0);
    }
}

static void sample_circle(struct sample *sample)
{
    for (long i = 0; i < density(); i++) {
        add(sample, between(-10, 10), 0);
        add(sample, between(-1e6, 1e6), 0);
        add(sample, any_finite(), 0);
        double near = ((double)(bits() % 2000) - 1000) * 1.5707963267948966;
        add(sample, near * (1 + between(-4, 4) * 0x1p-52), 0);
    }
}

static void sample_pow(struct sample *sample)
{
    for (long i = 0; i < density(); i++) {
        double x = fabs(any_finite()), near = 1 + ldexp(between(-1, 1), -(int)(bits() % 50));
        if (x > 0 && x != 1)
            add(sample, x, between(-745, 709.8) / log(x));
        if (near > 0 && near != 1)
            add(sample, near, between(-745, 709.8) / log(near));
        add(sample, between(0, 20), between(-5, 5));
        add(sample, between(0.01, 100), (double)(bits() % 41) / 2 - 10);
        add(sample, -between(0.01, 100), (double)(bits() % 41) - 20);
        add(sample, between(0.9, 1.1), between(-3, 3));
    }
}

static void sample_divide(struct sample *sample)
{
    for (long i = 0; i < density(); i++) {
        add(sample, any_finite(), any_finite());
        add(sample, between(-100, 100), between(-100, 100));
        add(sample, between(1, 2), 1 - ldexp(between(0, 1), -(int)(bits() % 53)));
        add(sample, ldexp(between(1, 2), -1060 + (int)(bits() % 60)), between(0.001, 1000));
        add(sample, (double)(bits() % 1000), (double)(bits() % 1000 + 1));
    }
}

static void sample_square_root(struct sample *sample)
{
    for (long i = 0; i < density(); i++)
        add(sample, fabs(any_finite()), 0);
}

static void sample_any(struct sample *sample)
{
    for (long i = 0; i < density(); i++)
        add(sample, any(), any());
}

struct function_case {
    const char *name;
    enum probed_function function;
    void (*sample)(struct sample *sample);
    int (*exact)(mpfr_t result, const mpfr_t x, mpfr_rnd_t rounding);
    double most; // units of the last place
};

static const struct function_case function_cases[] = {
    {"exp", PROBE_EXP, sample_exp, mpfr_exp, 0.9},
    {"log", PROBE_LOG, sample_log, mpfr_log, 0.8},
    {"log10", PROBE_LOG10, sample_log, mpfr_log10, 0.9},
    {"sin", PROBE_SIN, sample_circle, mpfr_sin, 1.6},
    {"cos", PROBE_COS, sample_circle, mpfr_cos, 1.6},
    {"sqrt", PROBE_SQRT, sample_square_root, mpfr_sqrt, 0.5},
    {"pow", PROBE_POW, sample_pow, NULL, 1.2},
    {"division", PROBE_DIVIDE, sample_divide, NULL, 0.5},
    {"floor", PROBE_FLOOR, sample_any, NULL, 0},
};

enum { N_FUNCTION_CASES = sizeof function_cases / sizeof *function_cases };

// |found - exact| in units of the last place of a double of that size. What is too large for a
// double must be infinite.
static double error_in_units(double found, mpfr_t exact, mpfr_t scratch)
{
    double nearest = mpfr_get_d(exact, MPFR_RNDN);
    if (isinf(nearest) || isinf(found))
        return found == nearest || fabs(found) == DBL_MAX ? 0 : INFINITY;
    if (mpfr_zero_p(exact))
        return found == 0 ? 0 : INFINITY;
    long exponent = mpfr_get_exp(exact) - 53;
    if (exponent < -1074)
        exponent = -1074;
    mpfr_sub_d(scratch, exact, found, MPFR_RNDN);
    mpfr_mul_2si(scratch, scratch, -exponent, MPFR_RNDN);
    return fabs(mpfr_get_d(scratch, MPFR_RNDN));
}

static void compute_exactly(const struct function_case *c, mpfr_t result, mpfr_t x, mpfr_t y)
{
    if (c->exact)
        c->exact(result, x, MPFR_RNDN);
    else if (c->function == PROBE_POW)
        mpfr_pow(result, x, y, MPFR_RNDN);
    else
        mpfr_div(result, x, y, MPFR_RNDN);
}

static void check_errors(const struct function_case *c, const struct sample *sample,
                         const double *found)
{
    mpfr_t x, y, result, scratch;
    mpfr_inits2(53, x, y, (mpfr_ptr)0);
    mpfr_inits2(140, result, scratch, (mpfr_ptr)0);
    double worst = 0, worst_x = 0, worst_y = 0;
    for (long i = 0; i < sample->n; i++) {
        mpfr_set_d(x, sample->x[i], MPFR_RNDN);
        mpfr_set_d(y, sample->y[i], MPFR_RNDN);
        compute_exactly(c, result, x, y);
        if (mpfr_nan_p(result)) {
            assert_true(isnan(found[i]));
            continue;
        }
        double error = error_in_units(found[i], result, scratch);
        if (error > worst) {
            worst = error;
            worst_x = sample->x[i];
            worst_y = sample->y[i];
        }
    }
    mpfr_clears(x, y, result, scratch, (mpfr_ptr)0);
    print_message("%-9s %8ld arguments, at most %.3f units of the last place (at %.17g, %.17g)\n",
                  c->name, sample->n, worst, worst_x, worst_y);
    assert_true(worst <= c->most);
}

static void errors_are_small_everywhere(void **state)
{
    (void)state;
    for (int i = 0; i < N_FUNCTION_CASES; i++) {
        const struct function_case *c = &function_cases[i];
        struct sample sample = {0};
        c->sample(&sample);
        double *found = malloc((size_t)sample.n * sizeof *found);
        assert_non_null(found);
        probe_generic(c->function, sample.x, sample.y, found, sample.n);
        if (c->function == PROBE_FLOOR)
            for (long k = 0; k < sample.n; k++)
                assert_true(found[k] == floor(sample.x[k]) || isnan(sample.x[k]));
        else
            check_errors(c, &sample, found);
        free(found);
        sample_clear(&sample);
    }
    mpfr_free_cache();
}

static void check_same(const struct function_case *c, const struct sample *sample)
{
    size_t size = (size_t)sample->n * sizeof(double);
    double *expected = malloc(size), *found = malloc(size);
    assert_true(expected && found);
    probe_generic(c->function, sample->x, sample->y, expected, sample->n);
    for (size_t i = 1; i < ARRAY_COUNT(instruction_sets); i++) {
        const struct instruction_set *set = &instruction_sets[i];
        if (!kernel_find(set->name)) {
            print_message("this processor has no %s\n", set->name);
            continue;
        }
        set->probe(c->function, sample->x, sample->y, found, sample->n);
        for (long k = 0; k < sample->n; k++)
            if (memcmp(&found[k], &expected[k], sizeof(double)) != 0)
                fail_msg("%s(%.17g, %.17g): %a with %s, %a with generic", c->name, sample->x[k],
                         sample->y[k], found[k], set->name, expected[k]);
    }
    free(expected);
    free(found);
}

static void bits_are_the_same_with_every_instruction_set(void **state)
{
    (void)state;
    for (int i = 0; i < N_FUNCTION_CASES; i++) {
        struct sample sample = {0};
        function_cases[i].sample(&sample);
        sample_any(&sample);
        check_same(&function_cases[i], &sample);
        sample_clear(&sample);
    }
}

static double of_two(enum probed_function function, double x, double y)
{
    double result;
    probe_generic(function, &x, &y, &result, 1);
    return result;
}

static double of(enum probed_function function, double x)
{
    return of_two(function, x, 0);
}

static void special_values_are_those_of_annex_f(void **state)
{
    (void)state;
    assert_same_bits(of(PROBE_EXP, 0), 1);
    assert_same_bits(of(PROBE_EXP, -0.0), 1);
    assert_same_bits(of(PROBE_EXP, INFINITY), INFINITY);
    assert_same_bits(of(PROBE_EXP, -INFINITY), 0);
    assert_same_bits(of(PROBE_EXP, 1e300), INFINITY);
    assert_same_bits(of(PROBE_EXP, -1e300), 0);
    assert_true(isnan(of(PROBE_EXP, NAN)));
    assert_same_bits(of(PROBE_LOG, 1), 0);
    assert_same_bits(of(PROBE_LOG, 0), -INFINITY);
    assert_same_bits(of(PROBE_LOG, -0.0), -INFINITY);
    assert_same_bits(of(PROBE_LOG, INFINITY), INFINITY);
    assert_true(isnan(of(PROBE_LOG, -1)));
    assert_true(isnan(of(PROBE_LOG, -INFINITY)));
    assert_true(isnan(of(PROBE_LOG, NAN)));
    assert_same_bits(of(PROBE_LOG10, 1000), 3);
    assert_same_bits(of(PROBE_LOG10, 1), 0);
    assert_same_bits(of(PROBE_SIN, -0.0), -0.0);
    assert_same_bits(of(PROBE_COS, 0), 1);
    assert_true(isnan(of(PROBE_SIN, INFINITY)));
    assert_true(isnan(of(PROBE_COS, -INFINITY)));
    assert_true(isnan(of(PROBE_SQRT, -1)));
    assert_same_bits(of(PROBE_FLOOR, -0.0), -0.0);
    assert_same_bits(of_two(PROBE_DIVIDE, 1, 0), INFINITY);
    assert_same_bits(of_two(PROBE_DIVIDE, -1, 0), -INFINITY);
    assert_true(isnan(of_two(PROBE_DIVIDE, 0, 0)));
    assert_same_bits(of_two(PROBE_DIVIDE, 1, -INFINITY), -0.0);
}

// pow has some thirty special cases; libm follows Annex F to the letter.
static void pow_of_special_values_is_that_of_annex_f(void **state)
{
    static const double values[] = {0.0,
                                    -0.0,
                                    1,
                                    -1,
                                    2,
                                    -2,
                                    0.5,
                                    -0.5,
                                    3,
                                    -3,
                                    2.5,
                                    -2.5,
                                    1e300,
                                    -1e300,
                                    1e-300,
                                    -1e-300,
                                    9007199254740991.0,
                                    9007199254740993.0,
                                    INFINITY,
                                    -INFINITY,
                                    NAN};
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(values); i++)
        for (size_t k = 0; k < ARRAY_COUNT(values); k++) {
            double found = of_two(PROBE_POW, values[i], values[k]);
            double expected = pow(values[i], values[k]);
            if (isnan(expected) ? !isnan(found)
                                : fabs(found - expected) > 2 * DBL_EPSILON * fabs(expected) ||
                                      signbit(found) != signbit(expected))
                fail_msg("pow(%g, %g) is %g, not %g", values[i], values[k], found, expected);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_small_everywhere),
        cmocka_unit_test(bits_are_the_same_with_every_instruction_set),
        cmocka_unit_test(special_values_are_those_of_annex_f),
        cmocka_unit_test(pow_of_special_values_is_that_of_annex_f),
    };
    return cmocka_run_group_tests_name("vector_math", tests, NULL, NULL);
}
