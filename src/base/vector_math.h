/* Elementary functions of the batch engine on vectors of doubles: exp, log, log10, pow, sin, cos,
 * sqrt, floor, and helpers.
 *
 * The file is compiled for AVX-512, for AVX2 with FMA and for anything else (plain C, vectors of
 * 16 bytes). Every result, NaNs included, has the same bits in all three: the same operations are
 * done in the same order, multiply-adds are written out as such (where there is no instruction, the
 * C function fma() is called, which is exact by definition, and slow), and nothing is taken from
 * the C library whose bits depend on the processor. Compile with -ffp-contract=off and without
 * -ffast-math; rounding to nearest and gradual underflow are taken for granted.
 *
 * The lanes of a vector do not influence each other. Arguments that need extra care (NaN, zero,
 * infinite, very large or small) are found by one test for several vectors, and only then is a
 * slower function called, which gives ordinary lanes the same bits as the fast way.
 *
 * Largest errors found by test_vector_math.c against MPFR, in units of the last place:
 *     exp 0.74 (subnormal results 0.85)   log 0.75   log10 0.81   pow 1.12   sin, cos 1.48
 * sqrt and floor are exact. Special values are those of C's Annex F.
 *
 * How to use it. vec_exp(x) takes one vector. vec_exp_n(v, n) replaces n independent vectors by
 * their exponentials, n being a constant, best 8: it is much faster, as the instructions of several
 * vectors are interleaved. The array stays in registers if its address goes nowhere else.
 * scalar_exp(x) is for constants. All are inlined wherever they are used, but for the rare cases.
 *
 * The code works on groups: arrays of n vectors, for all of which each line does one step. */
#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

#include <math.h>

#if defined __AVX512F__ && defined __AVX512DQ__
#define VEC_AVX512 1
#define VEC_BYTES 64
#elif defined __AVX2__ && defined __FMA__
#define VEC_AVX2 1
#define VEC_BYTES 32
#else
#define VEC_BYTES 16
#endif
#define VEC_LANES (VEC_BYTES / 8)

#if VEC_AVX512 || VEC_AVX2
#include <immintrin.h>
#endif

typedef double vec __attribute__((vector_size(VEC_BYTES)));
typedef long long veci __attribute__((vector_size(VEC_BYTES)));
typedef unsigned long long vecu __attribute__((vector_size(VEC_BYTES)));
typedef unsigned int vec_halves __attribute__((vector_size(VEC_BYTES)));
__extension__ typedef unsigned __int128 wide_integer;

#include "base/vector_math_tables.h"

#define VEC_INLINE static inline __attribute__((always_inline, unused))
#define VEC_RARE static __attribute__((noinline, cold, unused))
#define RARELY(condition) __builtin_expect(!!(condition), 0)

/* Vectors in a group: enough to hide latencies, not too many for the registers. Found on Zen 4. */
#define VEC_GROUP 4
#if VEC_AVX512
#define VEC_POW_GROUP 8
#else
#define VEC_POW_GROUP 4
#endif
#define VEC_GROUP_MAX 8

/* For each of the n vectors of a group; n is a constant where the function is inlined. */
#define EACH _Pragma("GCC unroll 8") for (int i = 0; i < n; i++)
#define SMALLER(a, b) ((a) < (b) ? (a) : (b))

/* Calls a function that changes 'copy', a copy of the array x, which could not stay in registers if
 * its own address were given away. */
#define CALL_RARE(call)                                                                            \
    do {                                                                                           \
        vec copy[VEC_GROUP_MAX];                                                                   \
        EACH copy[i] = x[i];                                                                       \
        call;                                                                                      \
        EACH x[i] = copy[i];                                                                       \
    } while (0)

/* ------------------------------------------------------------------ operations on one vector */

VEC_INLINE vec vec_splat(double x)
{
    vec v;
    for (int i = 0; i < VEC_LANES; i++)
        v[i] = x;
    return v;
}

/* a b + c with one rounding. */
VEC_INLINE vec vec_fma(vec a, vec b, vec c)
{
#if VEC_AVX512
    return (vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif VEC_AVX2
    return (vec)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    for (int i = 0; i < VEC_LANES; i++)
        a[i] = fma(a[i], b[i], c[i]);
    return a;
#endif
}

/* Lanes of a where the mask is -1, of b where it is 0, as comparisons give it. gcc makes a blend of
 * the formula if the mask comes from a comparison. */
VEC_INLINE vec vec_select(veci mask, vec a, vec b)
{
#if VEC_AVX2
    return (vec)_mm256_blendv_pd((__m256d)b, (__m256d)a, (__m256d)mask);
#else
    return (vec)((mask & (veci)a) | (~mask & (veci)b));
#endif
}

/* Is any bit of the mask set? */
VEC_INLINE int vec_any(veci mask)
{
#if VEC_AVX512
    return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask) != 0;
#elif VEC_AVX2
    return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#else
    long long any = 0;
    for (int i = 0; i < VEC_LANES; i++)
        any |= mask[i];
    return any != 0;
#endif
}

VEC_INLINE vec vec_abs(vec x)
{
    return (vec)((veci)x & 0x7fffffffffffffffLL);
}

VEC_INLINE vec vec_floor(vec x)
{
#if VEC_AVX512
    return (vec)_mm512_floor_pd((__m512d)x);
#elif VEC_AVX2
    return (vec)_mm256_floor_pd((__m256d)x);
#else /* adding 2^52 rounds to an integer; the sign, that of -0 too, is put back */
    vec size = vec_abs(x), rounded = (size + 0x1p52) - 0x1p52;
    rounded = (vec)((veci)rounded | ((veci)x & (veci)vec_splat(-0.0)));
    rounded -= vec_select((veci)(rounded > x), vec_splat(1), vec_splat(0));
    vec not_a_fraction = vec_select((veci)(x != x), x + x, x);
    return vec_select((veci)(size < 0x1p52), rounded, not_a_fraction);
#endif
}

/* Of negative numbers, NaN with the sign the processor gives it. */
VEC_INLINE vec vec_sqrt(vec x)
{
#if VEC_AVX512
    return (vec)_mm512_sqrt_pd((__m512d)x);
#elif VEC_AVX2
    return (vec)_mm256_sqrt_pd((__m256d)x);
#else
    for (int i = 0; i < VEC_LANES; i++)
        x[i] = sqrt(x[i]);
    return x;
#endif
}

/* ------------------------------------------------------------------ tools of the functions */

/* The constants of a function, out of the optimiser's sight: it would broadcast them to registers
 * (which on Zen 4 takes the unit of the table look-ups) and spill others (where stores hold up
 * arithmetic). As whole vectors in memory they are operands of the instructions. */
VEC_INLINE const void *opaque(const void *constants)
{
    __asm__("" : "+r"(constants));
    return constants;
}

#if VEC_AVX512
#define SPLAT(x)                                                                                   \
    {                                                                                              \
        x, x, x, x, x, x, x, x                                                                     \
    }
#elif VEC_AVX2
#define SPLAT(x)                                                                                   \
    {                                                                                              \
        x, x, x, x                                                                                 \
    }
#else
#define SPLAT(x)                                                                                   \
    {                                                                                              \
        x, x                                                                                       \
    }
#endif

/* Entry (index mod 16) of a table of 16, for each lane. */
VEC_INLINE vec table_entry(const double *table, veci index)
{
#if VEC_AVX512
    return (vec)_mm512_permutex2var_pd(_mm512_load_pd(table), (__m512i)index,
                                       _mm512_load_pd(table + 8));
#else
    vec result;
    index &= 15;
    for (int i = 0; i < VEC_LANES; i++)
        result[i] = table[index[i]];
    return result;
#endif
}

/* Larger of the halves of the lanes, as unsigned integers of 32 bits. */
VEC_INLINE vec_halves larger_halves(vec_halves a, vec_halves b)
{
#if VEC_AVX512
    return (vec_halves)_mm512_max_epu32((__m512i)a, (__m512i)b);
#elif VEC_AVX2
    return (vec_halves)_mm256_max_epu32((__m256i)a, (__m256i)b);
#else
    vec_halves larger = (vec_halves)(a > b);
    return (larger & a) | (~larger & b);
#endif
}

/* Is any |x[i]| not below a bound (NaN included)? Given the upper half of the bound's bits. */
VEC_INLINE int any_from(const vec *x, long long bound, int n)
{
    vec_halves largest = (vec_halves)vec_abs(x[0]);
    EACH largest = larger_halves(largest, (vec_halves)vec_abs(x[i]));
    return vec_any((veci)((veci)((vecu)largest >> 32) >= bound));
}

/* p = c[0] + c[1] x + ... + c[degree] x^degree, by Horner's rule. */
VEC_INLINE void polynomial(vec *p, const vec *x, const vec *c, int degree, int n)
{
    EACH p[i] = vec_fma(x[i], c[degree], c[degree - 1]);
    _Pragma("GCC unroll 16") for (int k = degree - 2; k >= 0; k--) EACH p[i] =
        vec_fma(x[i], p[i], c[k]);
}

VEC_INLINE vec quiet_nan(void)
{
    return (vec)((veci){0} + 0x7ff8000000000000LL);
}

/* ------------------------------------------------------------------ exp
 *
 * x = k ln2/16 + r with integer k, |r| <= ln2/32; e^x = 2^(k/16) e^r, from a table of 16 powers
 * and a polynomial of degree 6. Method: P. T. P. Tang, Table-driven implementation of the
 * exponential function, ACM TOMS 15(2), 1989. The table is not of 2^(i/16) but of t 2^(i/16) with
 * a t near 1 that makes all entries close to doubles (accurate tables: S. Gal, B. Bachelis, ACM
 * TOMS 17(1), 1991); the polynomial is of e^r/t - 1.
 *
 * Error, in ulp: 0.5 of the last operation; 0.12 of the table; 0.03 of the polynomial; 0.03 of each
 * of the three roundings of r and p. Subnormal results are rounded once more. */

/* Adding this rounds to an integer, which is left in the low bits (two's complement). */
#define ROUNDING_SHIFT 0x1.8p52

struct exp_constants {
    vec steps, shift, step_high, step_low, c[7];
    double table[16];
};

static const struct exp_constants exp_constants = {SPLAT(SIXTEEN_OVER_LN2),
                                                   SPLAT(ROUNDING_SHIFT),
                                                   SPLAT(-LN2_16TH_HIGH),
                                                   SPLAT(-LN2_16TH_LOW),
                                                   {SPLAT(EXP_C0), SPLAT(EXP_C1), SPLAT(EXP_C2),
                                                    SPLAT(EXP_C3), SPLAT(EXP_C4), SPLAT(EXP_C5),
                                                    SPLAT(EXP_C6)},
                                                   EXP_TABLE};

/* e^x = 2^(k/16) t (1 + p); k is in the low bits of shifted. */
VEC_INLINE void exp_reduced(const struct exp_constants *c, const vec *x, vec *shifted, vec *p,
                            int n)
{
    vec r[VEC_GROUP_MAX];
    EACH shifted[i] = vec_fma(x[i], c->steps, c->shift);
    EACH r[i] = shifted[i] - c->shift;
    EACH p[i] = vec_fma(r[i], c->step_high, x[i]);
    EACH r[i] = vec_fma(r[i], c->step_low, p[i]);
    polynomial(p, r, c->c, 6, n);
}

/* 2^(k/16) t (1 + p) where that is a normal number. The bits of an entry of the table lack those
 * of its index, which k 2^48 brings along with the exponent. */
VEC_INLINE vec exp_result(const double *table, vec shifted, vec p)
{
    veci k = (veci)shifted;
    vec power = (vec)((veci)table_entry(table, k) + (k << 48));
    return vec_fma(power, p, power);
}

/* 2^n for integers |n| < 1022. */
VEC_INLINE vec power_of_two(vec n)
{
    return (vec)((veci)(n + (ROUNDING_SHIFT + 1023)) << 52);
}

/* The same with overflow and underflow, |k| < 32000. */
VEC_INLINE vec exp_result_any(const double *table, vec shifted, vec p)
{
    vec n = vec_floor((shifted - ROUNDING_SHIFT) * 0.0625), half = vec_floor(n * 0.5);
    vec mantissa = exp_result(table, (vec)((veci)shifted & 15), p);
    return mantissa * power_of_two(half) * power_of_two(n - half);
}

/* Any x. */
VEC_INLINE vec exp_special(vec x)
{
    vec shifted, p, bounded = vec_select((veci)(x < -746), vec_splat(-746), x);
    bounded = vec_select((veci)(x > 710), vec_splat(710), bounded);
    exp_reduced(&exp_constants, &bounded, &shifted, &p, 1);
    vec result = exp_result_any(exp_constants.table, shifted, p);
    return vec_select((veci)(x != x), x + x, result);
}

#define EXP_BOUND 0x40862000 /* upper half of 708: results from 2^-1021.5 to 2^1021.5 */

/* Replaces x by e^x and returns 1, or returns 0 if any lane needs more care. */
VEC_INLINE int exp_fast(vec *x, int n)
{
    const struct exp_constants *c = opaque(&exp_constants);
    vec shifted[VEC_GROUP_MAX], p[VEC_GROUP_MAX];
    if (RARELY(any_from(x, EXP_BOUND, n)))
        return 0;
    exp_reduced(c, x, shifted, p, n);
    EACH x[i] = exp_result(c->table, shifted[i], p[i]);
    return 1;
}

VEC_RARE void exp_each(vec *x, int count)
{
    for (int i = 0; i < count; i++)
        if (!exp_fast(x + i, 1))
            x[i] = exp_special(x[i]);
}

VEC_INLINE void exp_group(vec *x, int n)
{
    if (RARELY(!exp_fast(x, n)))
        CALL_RARE(exp_each(copy, n));
}

VEC_INLINE void vec_exp_n(vec *v, int n)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < n; i += VEC_GROUP)
        exp_group(v + i, SMALLER(n - i, VEC_GROUP));
}

VEC_INLINE vec vec_exp(vec x)
{
    exp_group(&x, 1);
    return x;
}

VEC_INLINE double scalar_exp(double x)
{
    return vec_exp(vec_splat(x))[0];
}

/* ------------------------------------------------------------------ log, log10
 *
 * x = 2^e m with m near one of the centres 1 + i/16, i = 0..15; c, near 1 / (1 + i/16), makes
 * m c = 1 + r with |r| < 1/29, and log x = e log 2 - log c + log(1 + r). Method: P. T. P. Tang,
 * Table-driven implementation of the logarithm function, ACM TOMS 16(4), 1990, with reciprocals in
 * place of the division. c has so few bits that r is exact; for x near 1, e and log c are 0 and
 * nothing is lost. log 2 and log c are in two parts, and e log 2 - log c is exact in the first.
 *
 * Error, in ulp: 0.5 of the last addition; 0.22 of the polynomial, at the ends of the intervals
 * next to 1; 0.03 of the low parts. log10 does without the exact sum of the high parts and so errs
 * by 0.1 more. */

/* The fast way is for x from 2^-512 up to 2^512. Adding this to the bits rounds the mantissa to an
 * interval and makes the exponent e + 512; the two highest bits are then 0 for just these x. The
 * tables make up for the 512. */
#define LOG_BIAS (0x0000800000000000LL - 0x1ff0000000000000LL)
#define EXPONENT_BITS ((long long)0xfff0000000000000ULL)
#define OUT_OF_RANGE_BITS ((long long)0xc000000000000000ULL)

/* A biased exponent, in the place it has in a double, as a multiple of EXPONENT_UNIT. */
#if VEC_AVX512
#define EXPONENT_UNIT 0x1p-52
VEC_INLINE vec exponent_value(veci e)
{
    return (vec)_mm512_cvtepi64_pd((__m512i)e);
}
#else
#define EXPONENT_UNIT 1
VEC_INLINE vec exponent_value(veci e)
{
    return (vec)(((vecu)e >> 52) | 0x4330000000000000ULL) - 0x1p52;
}
#endif

/* The three tables of a logarithm, from a list of entries (X macro): one after another for AVX-512;
 * otherwise a row for each index, as all of the row is needed at once. */
#if VEC_AVX2
#define ROW(reciprocal, high, low) reciprocal, high, low, 0,
#define LOG_TABLES(entries)                                                                        \
    {                                                                                              \
        entries(ROW)                                                                               \
    }
enum { LOG_TABLES_SIZE = 64 };
#else
#define RECIPROCAL(reciprocal, high, low) reciprocal,
#define HIGH(reciprocal, high, low) high,
#define LOW(reciprocal, high, low) low,
#define LOG_TABLES(entries)                                                                        \
    {                                                                                              \
        entries(RECIPROCAL) entries(HIGH) entries(LOW)                                             \
    }
enum { LOG_TABLES_SIZE = 48 };
#endif

#if VEC_AVX2
VEC_INLINE __m256d two_halves(const double *low, const double *high)
{
    __m256d first = _mm256_castpd128_pd256(_mm_load_pd(low));
    return _mm256_insertf128_pd(first, _mm_load_pd(high), 1);
}
#endif

/* Entry (index mod 16) of table 0, 1 or 2. */
VEC_INLINE vec log_table_entry(const double *tables, veci index, int table)
{
#if VEC_AVX2
    const double *rows = tables + (table & 2);
    index = (index & 15) << 2;
    __m256d even = two_halves(rows + index[0], rows + index[2]);
    __m256d odd = two_halves(rows + index[1], rows + index[3]);
    return (vec)(table & 1 ? _mm256_unpackhi_pd(even, odd) : _mm256_unpacklo_pd(even, odd));
#else
    return table_entry(tables + 16 * table, index);
#endif
}

struct log_constants {
    veci bias, exponent_bits;
    vec ln2_high, ln2_low, minus_one, c[9], log10_e;
    double tables[LOG_TABLES_SIZE];
};

static const struct log_constants log_constants = {SPLAT(LOG_BIAS),
                                                   SPLAT(EXPONENT_BITS),
                                                   SPLAT(LOG_2_HIGH *EXPONENT_UNIT),
                                                   SPLAT(LOG_2_LOW *EXPONENT_UNIT),
                                                   SPLAT(-1),
                                                   {SPLAT(-0.5), SPLAT(LOG_C3), SPLAT(LOG_C4),
                                                    SPLAT(LOG_C5), SPLAT(LOG_C6), SPLAT(LOG_C7),
                                                    SPLAT(LOG_C8), SPLAT(LOG_C9)},
                                                   SPLAT(1),
                                                   LOG_TABLES(LOG_ENTRIES)};

static const struct log_constants log10_constants = {
    SPLAT(LOG_BIAS),
    SPLAT(EXPONENT_BITS),
    SPLAT(LOG10_2_HIGH *EXPONENT_UNIT),
    SPLAT(LOG10_2_LOW *EXPONENT_UNIT),
    SPLAT(-1),
    {SPLAT(LOG10_E_LOW), SPLAT(LOG10_C2), SPLAT(LOG10_C3), SPLAT(LOG10_C4), SPLAT(LOG10_C5),
     SPLAT(LOG10_C6), SPLAT(LOG10_C7), SPLAT(LOG10_C8), SPLAT(LOG10_C9)},
    SPLAT(LOG10_E_HIGH),
    LOG_TABLES(LOG10_ENTRIES)};

/* The bits of the x with the bias, by which they are taken apart; is any x out of range? */
VEC_INLINE int biased_bits(const vec *x, veci bias, veci *bits, int n)
{
    veci any = {0};
    EACH any |= bits[i] = (veci)x[i] + bias;
    return vec_any(any & OUT_OF_RANGE_BITS);
}

/* e + 512 in units, the mantissa divided by 2^512, and in bits the index of its interval. */
VEC_INLINE void take_apart(const vec *x, veci exponent_bits, veci *bits, vec *exponent,
                           vec *mantissa, int n)
{
    EACH
    {
        veci e = bits[i] & exponent_bits;
        mantissa[i] = (vec)((veci)x[i] - e);
        exponent[i] = exponent_value(e);
    }
    EACH bits[i] = (veci)((vecu)bits[i] >> 48);
}

/* The logarithm of x (out of range: of something), plus 'offset' exponents. */
VEC_INLINE void log_in_range(const struct log_constants *c, vec *x, veci *bits, const vec *offset,
                             int base_10, int n)
{
    vec e[VEC_GROUP_MAX], m[VEC_GROUP_MAX], r[VEC_GROUP_MAX], p[VEC_GROUP_MAX];
    vec high[VEC_GROUP_MAX], low[VEC_GROUP_MAX];
    take_apart(x, c->exponent_bits, bits, e, m, n);
    if (offset)
        EACH e[i] += offset[i];
    EACH r[i] = vec_fma(m[i], log_table_entry(c->tables, bits[i], 0), c->minus_one);
    EACH high[i] = vec_fma(e[i], c->ln2_high, log_table_entry(c->tables, bits[i], 1));
    EACH low[i] = vec_fma(e[i], c->ln2_low, log_table_entry(c->tables, bits[i], 2));
    polynomial(p, r, c->c, base_10 ? 8 : 7, n);
    if (base_10) {
        EACH low[i] = vec_fma(r[i], p[i], low[i]);
        EACH x[i] = high[i] + vec_fma(r[i], c->log10_e, low[i]);
    } else {
        EACH low[i] = vec_fma(r[i] * r[i], p[i], low[i]);
        EACH
        {
            vec sum = high[i] + r[i];
            x[i] = sum + (((high[i] - sum) + r[i]) + low[i]);
        }
    }
}

/* Brings a positive finite x into range by a power of two, the exponent of which is returned. */
VEC_INLINE vec into_range(vec *x)
{
    veci small = (veci)(*x < 0x1p-511), large = (veci)(*x >= 0x1p511);
    vec up = *x * 0x1p600, down = *x * 0x1p-600;
    *x = vec_select(small, up, vec_select(large, down, *x));
    return vec_select(small, vec_splat(-600), vec_select(large, vec_splat(600), vec_splat(0)));
}

/* The logarithm of any x. */
VEC_INLINE vec log_special(const struct log_constants *c, vec x, int base_10)
{
    veci bits, usual = (veci)(x > 0) & (veci)(x < INFINITY);
    vec result = vec_select(usual, x, vec_splat(1));
    vec offset = into_range(&result) * (1 / EXPONENT_UNIT);
    biased_bits(&result, c->bias, &bits, 1);
    log_in_range(c, &result, &bits, &offset, base_10, 1);
    result = vec_select((veci)(x == INFINITY), x, result);
    result = vec_select((veci)(x == 0), vec_splat(-INFINITY), result);
    result = vec_select((veci)(x < 0), quiet_nan(), result);
    return vec_select((veci)(x != x), x + x, result);
}

/* Replaces x by its logarithm and returns 1, or returns 0 if any lane needs more care. */
VEC_INLINE int log_fast(const struct log_constants *constants, vec *x, int base_10, int n)
{
    const struct log_constants *c = opaque(constants);
    veci bits[VEC_GROUP_MAX];
    if (RARELY(biased_bits(x, c->bias, bits, n)))
        return 0;
    log_in_range(c, x, bits, 0, base_10, n);
    return 1;
}

VEC_RARE void log_each(const struct log_constants *constants, vec *x, int base_10, int count)
{
    for (int i = 0; i < count; i++)
        if (!log_fast(constants, x + i, base_10, 1))
            x[i] = log_special(constants, x[i], base_10);
}

VEC_INLINE void log_group(const struct log_constants *constants, vec *x, int base_10, int n)
{
    if (RARELY(!log_fast(constants, x, base_10, n)))
        CALL_RARE(log_each(constants, copy, base_10, n));
}

VEC_INLINE void vec_log_n(vec *v, int n)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < n; i += VEC_GROUP)
        log_group(&log_constants, v + i, 0, SMALLER(n - i, VEC_GROUP));
}

VEC_INLINE void vec_log10_n(vec *v, int n)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < n; i += VEC_GROUP)
        log_group(&log10_constants, v + i, 1, SMALLER(n - i, VEC_GROUP));
}

VEC_INLINE vec vec_log(vec x)
{
    log_group(&log_constants, &x, 0, 1);
    return x;
}

VEC_INLINE vec vec_log10(vec x)
{
    log_group(&log10_constants, &x, 1, 1);
    return x;
}

VEC_INLINE double scalar_log(double x)
{
    return vec_log(vec_splat(x))[0];
}

VEC_INLINE double scalar_log10(double x)
{
    return vec_log10(vec_splat(x))[0];
}

/* ------------------------------------------------------------------ pow
 *
 * x^y = e^(y log x), with log x as the sum of two doubles, head and tail, so that the error of y
 * log x is less than 2^-55 even where that is near 709. x is taken apart as for log; then
 *     log(1 + r) = 2 (s + s^3/3 + s^5/5 + ...), s = r / (2 + r),
 * where the quotient is corrected by its remainder, which fused multiply-adds give exactly
 * (J.-M. Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., section 4.7). Sums of two
 * parts: T. J. Dekker, Numer. Math. 18, 1971. To save the doubling, everything is done with halves,
 * h = r/2 and log(x)/2, up to the exponential, whose constants make up for it.
 *
 * Error, in ulp: 0.5 of the last operation; 0.12 of exp's table; 0.4 of the tail of log, with a
 * relative error of 2^-64, for x near 1.03 and extreme y, else less; 0.2 of y tail and the rest of
 * exp. */

struct pow_constants {
    veci bias, exponent_bits;
    vec ln2_high, ln2_low, minus_half, minus_one, c[4];
    double tables[LOG_TABLES_SIZE];
    struct exp_constants exp;
};

static const struct pow_constants pow_constants = {
    SPLAT(LOG_BIAS),
    SPLAT(EXPONENT_BITS),
    SPLAT(POW_2_HIGH *EXPONENT_UNIT),
    SPLAT(POW_2_LOW *EXPONENT_UNIT),
    SPLAT(-0.5),
    SPLAT(-1),
    {SPLAT(-POW_C3), SPLAT(-POW_C5), SPLAT(-POW_C7), SPLAT(-POW_C9)},
    LOG_TABLES(POW_ENTRIES),
    {SPLAT(2 * SIXTEEN_OVER_LN2),
     SPLAT(ROUNDING_SHIFT),
     SPLAT(-0.5 * LN2_16TH_HIGH),
     SPLAT(-0.5 * LN2_16TH_LOW),
     {SPLAT(EXP_C0), SPLAT(2 * EXP_C1), SPLAT(4 * EXP_C2), SPLAT(8 * EXP_C3), SPLAT(16 * EXP_C4),
      SPLAT(32 * EXP_C5), SPLAT(64 * EXP_C6)},
     EXP_TABLE}};

/* log(x)/2 = head + tail, plus 'offset' exponents. */
VEC_INLINE void half_log(const struct pow_constants *c, const vec *x, veci *bits, const vec *offset,
                         vec *head, vec *tail, int n)
{
    vec e[VEC_GROUP_MAX], h[VEC_GROUP_MAX], s[VEC_GROUP_MAX], square[VEC_GROUP_MAX];
    vec p[VEC_GROUP_MAX], base[VEC_GROUP_MAX];
    take_apart(x, c->exponent_bits, bits, e, h, n);
    if (offset)
        EACH e[i] += offset[i];
    EACH h[i] = vec_fma(h[i], log_table_entry(c->tables, bits[i], 0), c->minus_half);
    EACH s[i] = h[i] / (c->minus_one - h[i]); /* this is -s */
    EACH base[i] = vec_fma(e[i], c->ln2_high, log_table_entry(c->tables, bits[i], 1));
    EACH tail[i] = vec_fma(e[i], c->ln2_low, log_table_entry(c->tables, bits[i], 2));
    EACH h[i] = vec_fma(s[i], h[i], h[i] + s[i]); /* remainder h - s (1 + h) */
    EACH
    {
        head[i] = base[i] - s[i];
        base[i] = (base[i] - head[i]) - s[i]; /* what head lacks */
    }
    EACH tail[i] = base[i] + (h[i] + tail[i]);
    EACH square[i] = s[i] * s[i];
    polynomial(p, square, c->c, 3, n);
    EACH p[i] = vec_fma(square[i], p[i], h[i]); /* h/(1 + h) = s + remainder (1 - s) */
    EACH tail[i] = vec_fma(s[i], p[i], tail[i]);
}

/* y (head + tail) = head + tail. */
VEC_INLINE void scale_two_parts(const vec *y, vec *head, vec *tail, int n)
{
    EACH
    {
        vec product = y[i] * head[i];
        head[i] = vec_fma(y[i], head[i], -product);
        tail[i] = vec_fma(y[i], tail[i], head[i]);
        head[i] = product;
    }
}

/* e^(2 (head + tail)) = 2^(k/16) t (1 + p), as exp_reduced; sum is head + tail in one. */
VEC_INLINE void exp_reduced_two(const struct exp_constants *c, const vec *sum, const vec *head,
                                const vec *tail, vec *shifted, vec *p, int n)
{
    vec k[VEC_GROUP_MAX], r[VEC_GROUP_MAX];
    EACH shifted[i] = vec_fma(sum[i], c->steps, c->shift);
    EACH k[i] = shifted[i] - c->shift;
    EACH r[i] = vec_fma(k[i], c->step_high, head[i]) + vec_fma(k[i], c->step_low, tail[i]);
    polynomial(p, r, c->c, 6, n);
}

/* |x|^y for finite x, not 0; y is not NaN. */
VEC_INLINE vec pow_any(vec x, vec y)
{
    const struct pow_constants *c = &pow_constants;
    vec head, tail, sum, shifted, p, offset = into_range(&x) * (1 / EXPONENT_UNIT);
    veci bits;
    y = vec_select((veci)(y > 0x1p65), vec_splat(0x1p65), y); /* enough for any x but 1 */
    y = vec_select((veci)(y < -0x1p65), vec_splat(-0x1p65), y);
    biased_bits(&x, c->bias, &bits, 1);
    half_log(c, &x, &bits, &offset, &head, &tail, 1);
    scale_two_parts(&y, &head, &tail, 1);
    sum = head + tail;
    veci above = (veci)(sum > 600), below = (veci)(sum < -600);
    head = vec_select(above, vec_splat(600), vec_select(below, vec_splat(-600), head));
    tail = vec_select(above | below, vec_splat(0), tail);
    sum = head + tail;
    exp_reduced_two(&c->exp, &sum, &head, &tail, &shifted, &p, 1);
    return exp_result_any(c->exp.table, shifted, p);
}

/* Everything that C's Annex F says about pow. */
VEC_INLINE vec pow_special(vec x, vec y)
{
    veci is_integer = (veci)(vec_floor(y) == y);
    veci is_odd = is_integer & (veci)(vec_floor(y * 0.5) != y * 0.5);
    veci zero_or_infinite = (veci)(x == 0) | (veci)(vec_abs(x) == INFINITY);
    veci is_nan = (veci)(x != x) | (veci)(y != y);
    vec result = pow_any(vec_select(zero_or_infinite | is_nan, vec_splat(1), vec_abs(x)),
                         vec_select(is_nan, vec_splat(1), y));
    veci to_infinity = (veci)(x == 0) ^ (veci)(y > 0);
    vec limit = vec_select(to_infinity, vec_splat(INFINITY), vec_splat(0));
    result = vec_select(zero_or_infinite, limit, result);
    result = (vec)((veci)result | ((veci)x & is_odd & (veci)vec_splat(-0.0)));
    result = vec_select((veci)(x < 0) & ~is_integer & ~zero_or_infinite, quiet_nan(), result);
    result = vec_select(is_nan, vec_select((veci)(x != x), x + x, y + y), result);
    return vec_select((veci)(y == 0) | (veci)(x == 1), vec_splat(1), result);
}

#define POW_BOUND 0x40762000 /* upper half of 354: half the bound of exp */

/* Replaces x by x^y and returns 1, or returns 0 if any lane needs more care. */
VEC_INLINE int pow_fast(vec *x, const vec *y, int n)
{
    const struct pow_constants *c = opaque(&pow_constants);
    vec head[VEC_GROUP_MAX], tail[VEC_GROUP_MAX], sum[VEC_GROUP_MAX];
    vec shifted[VEC_GROUP_MAX], p[VEC_GROUP_MAX];
    veci bits[VEC_GROUP_MAX];
    int out_of_range = biased_bits(x, c->bias, bits, n);
    half_log(c, x, bits, 0, head, tail, n);
    scale_two_parts(y, head, tail, n);
    EACH sum[i] = head[i] + tail[i];
    if (RARELY(out_of_range | any_from(sum, POW_BOUND, n)))
        return 0;
    exp_reduced_two(&c->exp, sum, head, tail, shifted, p, n);
    EACH x[i] = exp_result(c->exp.table, shifted[i], p[i]);
    return 1;
}

VEC_RARE void pow_each(vec *x, const vec *y, int count)
{
    for (int i = 0; i < count; i++)
        if (!pow_fast(x + i, y + i, 1))
            x[i] = pow_special(x[i], y[i]);
}

VEC_INLINE void pow_group(vec *x, const vec *y, int n)
{
    if (RARELY(!pow_fast(x, y, n))) {
        vec exponents[VEC_GROUP_MAX];
        EACH exponents[i] = y[i];
        CALL_RARE(pow_each(copy, exponents, n));
    }
}

/* v[i] = v[i]^y[i]. */
VEC_INLINE void vec_pow_n(vec *v, const vec *y, int n)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < n; i += VEC_POW_GROUP)
        pow_group(v + i, y + i, SMALLER(n - i, VEC_POW_GROUP));
}

VEC_INLINE vec vec_pow(vec x, vec y)
{
    pow_group(&x, &y, 1);
    return x;
}

VEC_INLINE double scalar_pow(double x, double y)
{
    return vec_pow(vec_splat(x), vec_splat(y))[0];
}

/* ------------------------------------------------------------------ sin, cos
 *
 * |x| = k pi/2 + r, |r| <= pi/4; then a polynomial for the sine or the cosine of r, as k is even or
 * odd, the coefficients being chosen lane by lane. For |x| < 2^20, k pi/2 is subtracted in three
 * parts (W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980); beyond that,
 * the bits of 2/pi that matter are multiplied by x (M. Payne, R. Hanek, ACM SIGNUM Newsletter
 * 18(1), 1983), which is slow.
 *
 * Error, in ulp: 0.5 of the last operation; r is rounded once, by up to half of its own last place,
 * which can be twice that of the result; 0.1 to 0.4 of the polynomial. */

struct circle_constants {
    vec steps, shift, first, second, third, one, sine[7], cosine[7];
};

static const struct circle_constants circle_constants = {
    SPLAT(TWO_OVER_PI),
    SPLAT(ROUNDING_SHIFT),
    SPLAT(-HALF_PI_FIRST),
    SPLAT(-HALF_PI_SECOND),
    SPLAT(-HALF_PI_THIRD),
    SPLAT(1),
    {SPLAT(SIN_C3), SPLAT(SIN_C5), SPLAT(SIN_C7), SPLAT(SIN_C9), SPLAT(SIN_C11), SPLAT(SIN_C13),
     SPLAT(SIN_C15)},
    {SPLAT(-0.5), SPLAT(COS_C4), SPLAT(COS_C6), SPLAT(COS_C8), SPLAT(COS_C10), SPLAT(COS_C12),
     SPLAT(COS_C14)}};

#define CIRCLE_BOUND 0x41300000 /* upper half of 2^20 */

/* |x| = k pi/2 + r for |x| < 2^20; k in the low bits of 'turns'. */
VEC_INLINE void circle_reduced(const struct circle_constants *c, const vec *x, veci *turns, vec *r,
                               int n)
{
    vec k[VEC_GROUP_MAX];
    EACH r[i] = vec_fma(vec_abs(x[i]), c->steps, c->shift);
    EACH turns[i] = (veci)r[i];
    EACH k[i] = r[i] - c->shift;
    EACH r[i] = vec_fma(k[i], c->first, vec_abs(x[i]));
    EACH r[i] = vec_fma(k[i], c->second, r[i]);
    EACH r[i] = vec_fma(k[i], c->third, r[i]);
}

/* Sine of turns pi/2 + r, with the sign turned by that bit of 'sign'. */
VEC_INLINE void circle_result(const struct circle_constants *c, const veci *turns, const vec *r,
                              const vec *sign, vec *result, int n)
{
    vec square[VEC_GROUP_MAX], p[VEC_GROUP_MAX];
    veci odd[VEC_GROUP_MAX];
    EACH odd[i] = (veci)((turns[i] & 1) != 0);
    EACH square[i] = r[i] * r[i];
    EACH p[i] = vec_select(odd[i], c->cosine[6], c->sine[6]);
    _Pragma("GCC unroll 8") for (int k = 5; k >= 0; k--) EACH p[i] =
        vec_fma(square[i], p[i], vec_select(odd[i], c->cosine[k], c->sine[k]));
    EACH
    {
        vec first = vec_select(odd[i], c->one, r[i]);
        vec value = vec_fma(first * square[i], p[i], first);
        veci turned = (turns[i] << 62) ^ (veci)sign[i];
        result[i] = (vec)((veci)value ^ (turned & (veci)vec_splat(-0.0)));
    }
}

/* x = k pi/2 + r for finite x >= 2^20; returns k mod 4. The integer mantissa is multiplied by those
 * 192 bits of 2/pi before which all products are multiples of 4, and after which they are too small
 * to matter. */
VEC_RARE long long large_reduced(double x, double *r)
{
    static const unsigned long long two_over_pi[] = TWO_OVER_PI_BITS;
    unsigned long long bits = (unsigned long long)((veci)vec_splat(x))[0], part[3];
    unsigned long long mantissa = (bits & 0xfffffffffffffULL) | 0x10000000000000ULL;
    int offset = (int)(bits >> 52) - 1075 + 62, word = offset / 64, shift = offset % 64;
    for (int i = 0; i < 3; i++)
        part[i] = two_over_pi[word + i] << shift | (two_over_pi[word + i + 1] >> 1) >> (63 - shift);
    wide_integer low = (wide_integer)mantissa * part[2];
    wide_integer middle = (wide_integer)mantissa * part[1] + (low >> 64);
    unsigned long long high = mantissa * part[0] + (unsigned long long)(middle >> 64);
    /* x 2/pi mod 4 is high, middle, low, with the point after two bits. */
    long long turns = (long long)(high >> 62);
    wide_integer fraction = (wide_integer)high << 66 |
                            (wide_integer)(unsigned long long)middle << 2 |
                            (unsigned long long)low >> 62;
    int negative = (int)(fraction >> 127);
    if (negative)
        fraction = ~fraction; /* 1 - fraction, but for the last bit */
    double scale = 0x1p-53;
    while (!(fraction >> 127)) { /* some 60 times at most: no double is nearer to a multiple */
        fraction <<= 1;
        scale *= 0.5;
    }
    double first = (double)(unsigned long long)(fraction >> 75) * scale;
    double second =
        (double)((unsigned long long)(fraction >> 22) & 0x1fffffffffffffULL) * (scale * 0x1p-53);
    double product = first * HALF_PI_FIRST, error = fma(first, HALF_PI_FIRST, -product);
    error = fma(first, HALF_PI_REST, fma(second, HALF_PI_FIRST, error));
    *r = negative ? -(product + error) : product + error;
    return turns + negative;
}

/* Any x. */
VEC_INLINE vec circle_special(vec x, int quarter)
{
    const struct circle_constants *c = &circle_constants;
    vec r, sign = quarter ? vec_splat(0) : x, result;
    veci turns;
    circle_reduced(c, &x, &turns, &r, 1);
    for (int lane = 0; lane < VEC_LANES; lane++) {
        double size = fabs(x[lane]), rest;
        if (size >= 0x1p20 && size < INFINITY) {
            turns[lane] = large_reduced(size, &rest);
            r[lane] = rest;
        }
    }
    turns += quarter;
    circle_result(c, &turns, &r, &sign, &result, 1);
    result = vec_select((veci)(vec_abs(x) == INFINITY), quiet_nan(), result);
    return vec_select((veci)(x != x), x + x, result);
}

/* Replaces x by its sine, or with quarter = 1 its cosine, and returns 1, or returns 0 if any lane
 * needs more care. */
VEC_INLINE int circle_fast(vec *x, int quarter, int n)
{
    const struct circle_constants *c = opaque(&circle_constants);
    vec r[VEC_GROUP_MAX], sign[VEC_GROUP_MAX];
    veci turns[VEC_GROUP_MAX];
    if (RARELY(any_from(x, CIRCLE_BOUND, n)))
        return 0;
    circle_reduced(c, x, turns, r, n);
    EACH turns[i] += quarter;
    EACH sign[i] = quarter ? vec_splat(0) : x[i];
    circle_result(c, turns, r, sign, x, n);
    return 1;
}

VEC_RARE void circle_each(vec *x, int quarter, int count)
{
    for (int i = 0; i < count; i++)
        if (!circle_fast(x + i, quarter, 1))
            x[i] = circle_special(x[i], quarter);
}

VEC_INLINE void circle_group(vec *x, int quarter, int n)
{
    if (RARELY(!circle_fast(x, quarter, n)))
        CALL_RARE(circle_each(copy, quarter, n));
}

VEC_INLINE void vec_sin_n(vec *v, int n)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < n; i += VEC_GROUP)
        circle_group(v + i, 0, SMALLER(n - i, VEC_GROUP));
}

VEC_INLINE void vec_cos_n(vec *v, int n)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < n; i += VEC_GROUP)
        circle_group(v + i, 1, SMALLER(n - i, VEC_GROUP));
}

VEC_INLINE vec vec_sin(vec x)
{
    circle_group(&x, 0, 1);
    return x;
}

VEC_INLINE vec vec_cos(vec x)
{
    circle_group(&x, 1, 1);
    return x;
}

VEC_INLINE double scalar_sin(double x)
{
    return vec_sin(vec_splat(x))[0];
}

VEC_INLINE double scalar_cos(double x)
{
    return vec_cos(vec_splat(x))[0];
}

#undef EACH
#undef SMALLER
#undef CALL_RARE
#undef RARELY
#undef SPLAT
#undef ROW
#undef RECIPROCAL
#undef HIGH
#undef LOW

#endif
