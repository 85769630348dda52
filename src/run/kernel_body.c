// Stage: run. Code over rows of lanes, eight vectors to a row. Compiled once for each kind of
// processor with KERNEL set to the name of the struct kernel and KERNEL_TEXT to that in quotes;
// and once more with KERNEL_NARROW, one vector to a row, for runs that have no company: seven
// of its eight registers then only pass by.
//
// Each instruction is a small function that gets the accumulator in eight vector registers and
// ends by calling the next instruction as a tail call, so a value that is used at once never goes
// through memory (direct threaded code, Bell 1973). Where the compiler cannot be trusted to make
// tail calls (sanitizers), KERNEL_LOOP keeps the accumulator in memory and returns to a loop.
#include "base/array.h"
#include "base/vector_math.h"
#include "run/kernel_rare.h"

#include <stddef.h>

#ifdef KERNEL_NARROW
#define VECTORS 1
#define EACH(set) set(0)
#define LIST(value) {value(0)}
#else
#define VECTORS 8
// Calls `set` for each of the eight vectors; lists a value of each.
#define EACH(set) set(0) set(1) set(2) set(3) set(4) set(5) set(6) set(7)
#define LIST(value)                                                                                \
    {                                                                                              \
        value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7)             \
    }
#endif
enum { LANES = VECTORS * VEC_LANES };

typedef struct bound const *(*loop_handler)(const struct bound *, struct frame *, vec *);

#ifdef KERNEL_LOOP

#define HANDLER(name)                                                                              \
    static const struct bound *name(const struct bound *ip, struct frame *frame, vec *acc)
#define BEGIN                                                                                      \
    vec v0 = acc[0], v1 = acc[1], v2 = acc[2], v3 = acc[3], v4 = acc[4], v5 = acc[5], v6 = acc[6], \
        v7 = acc[7];                                                                               \
    (void)frame, (void)v0, (void)v1, (void)v2, (void)v3, (void)v4, (void)v5, (void)v6, (void)v7;
#define NEXT                                                                                       \
    do {                                                                                           \
        acc[0] = v0, acc[1] = v1, acc[2] = v2, acc[3] = v3;                                        \
        acc[4] = v4, acc[5] = v5, acc[6] = v6, acc[7] = v7;                                        \
        return ip + 1;                                                                             \
    } while (0)
#define STOP                                                                                       \
    do {                                                                                           \
        (void)ip, (void)frame, (void)acc;                                                          \
        return NULL;                                                                               \
    } while (0)
typedef loop_handler handler;

#else

#define HANDLER(name)                                                                              \
    static void name(const struct bound *ip, struct frame *frame, vec v0, vec v1, vec v2, vec v3,  \
                     vec v4, vec v5, vec v6, vec v7)
#define BEGIN
#define NEXT                                                                                       \
    do {                                                                                           \
        ip[1].run(ip + 1, frame, v0, v1, v2, v3, v4, v5, v6, v7);                                  \
        return;                                                                                    \
    } while (0)
#define STOP                                                                                       \
    do {                                                                                           \
        (void)ip, (void)frame, (void)v0, (void)v1, (void)v2, (void)v3;                             \
        (void)v4, (void)v5, (void)v6, (void)v7;                                                    \
        return;                                                                                    \
    } while (0)
typedef void (*handler)(const struct bound *, struct frame *, vec, vec, vec, vec, vec, vec, vec,
                        vec);

#endif

struct bound {
    handler run;
    uint32_t a, b; // bytes from the start of rows or numbers, or a table or delay line
};

static inline const vec *row_at(const struct frame *frame, uint32_t offset)
{
    return (const vec *)((const char *)frame->rows + offset);
}

static inline vec number_at(const struct frame *frame, uint32_t offset)
{
    return vec_splat(*(const double *)((const char *)frame->numbers + offset));
}

static inline double reciprocal_at(const struct frame *frame, uint32_t offset)
{
    return *(const double *)((const char *)frame->reciprocals + offset);
}

static inline vec truth(veci mask) // 1 where true, 0 where not
{
    return (vec)(mask & (veci)vec_splat(1));
}

static inline veci is_true(vec x)
{
    return x != 0;
}

// clang-format off
// The pure operations on one vector; names as in operation.def.
static inline vec f_ADD(vec a, vec b) { return a + b; }
static inline vec f_SUBTRACT(vec a, vec b) { return a - b; }
static inline vec f_MULTIPLY(vec a, vec b) { return a * b; }
static inline vec f_DIVIDE(vec a, vec b) { return a / b; }
static inline vec f_MODULO(vec a, vec b) { return a - b * vec_floor(a / b); }
static inline vec f_LESS(vec a, vec b) { return truth(a < b); }
static inline vec f_LESS_EQUAL(vec a, vec b) { return truth(a <= b); }
static inline vec f_GREATER(vec a, vec b) { return truth(a > b); }
static inline vec f_GREATER_EQUAL(vec a, vec b) { return truth(a >= b); }
static inline vec f_EQUAL(vec a, vec b) { return truth(a == b); }
static inline vec f_NOT_EQUAL(vec a, vec b) { return truth(a != b); }
static inline vec f_AND(vec a, vec b) { return truth(is_true(a) & is_true(b)); }
static inline vec f_OR(vec a, vec b) { return truth(is_true(a) | is_true(b)); }
static inline vec f_MINIMUM(vec a, vec b) { return vec_select(b < a, b, a); }
static inline vec f_MAXIMUM(vec a, vec b) { return vec_select(b > a, b, a); }
static inline vec f_NEGATE(vec a) { return -a; }
static inline vec f_NOT(vec a) { return truth(a == 0); }
static inline vec f_ABSOLUTE(vec a) { return vec_abs(a); }
static inline vec f_FLOOR(vec a) { return vec_floor(a); }
static inline vec f_SQUARE_ROOT(vec a) { return vec_sqrt(a); }

#define SET_AR(k) v##k = F(v##k, a[k]);
#define SET_AN(k) v##k = F(v##k, n);
#define SET_RA(k) v##k = F(a[k], v##k);
#define SET_NA(k) v##k = F(n, v##k);
#define SET_RR(k) v##k = F(a[k], b[k]);
#define SET_RN(k) v##k = F(a[k], n);
#define SET_NR(k) v##k = F(n, b[k]);

#define ROW_A const vec *a = row_at(frame, ip->a);
#define ROW_B const vec *b = row_at(frame, ip->b);
#define NUMBER_A vec n = number_at(frame, ip->a);
#define NUMBER_B vec n = number_at(frame, ip->b);

#define FORM(op, form, operands)                                                                \
    HANDLER(op##_##form) { BEGIN operands EACH(SET_##form) NEXT; }

#define BINARY(op)                                                                              \
    FORM(op, AR, ROW_A)                                                                         \
    FORM(op, AN, NUMBER_A)                                                                      \
    FORM(op, RA, ROW_A)                                                                         \
    FORM(op, NA, NUMBER_A)                                                                      \
    FORM(op, RR, ROW_A ROW_B)                                                                   \
    FORM(op, RN, ROW_A NUMBER_B)                                                                \
    FORM(op, NR, NUMBER_A ROW_B)

#define F f_ADD
BINARY(ADD)
#undef F
#define F f_SUBTRACT
BINARY(SUBTRACT)
#undef F
#define F f_MULTIPLY
BINARY(MULTIPLY)
#undef F
#define F f_DIVIDE
BINARY(DIVIDE)
#undef F
#define F f_MODULO
BINARY(MODULO)
#undef F
#define F f_LESS
BINARY(LESS)
#undef F
#define F f_LESS_EQUAL
BINARY(LESS_EQUAL)
#undef F
#define F f_GREATER
BINARY(GREATER)
#undef F
#define F f_GREATER_EQUAL
BINARY(GREATER_EQUAL)
#undef F
#define F f_EQUAL
BINARY(EQUAL)
#undef F
#define F f_NOT_EQUAL
BINARY(NOT_EQUAL)
#undef F
#define F f_AND
BINARY(AND)
#undef F
#define F f_OR
BINARY(OR)
#undef F
#define F f_MINIMUM
BINARY(MINIMUM)
#undef F
#define F f_MAXIMUM
BINARY(MAXIMUM)
#undef F

#define SET_UNARY(k) v##k = F(v##k);
#define UNARY(op)                                                                               \
    HANDLER(op) { BEGIN EACH(SET_UNARY) NEXT; }

#define F f_NEGATE
UNARY(NEGATE)
#undef F
#define F f_NOT
UNARY(NOT)
#undef F
#define F f_ABSOLUTE
UNARY(ABSOLUTE)
#undef F
#define F f_FLOOR
UNARY(FLOOR)
#undef F
#define F f_SQUARE_ROOT
UNARY(SQUARE_ROOT)
#undef F
// Functions that work on all eight vectors together.
#define COPY_OUT(k) lanes[k] = v##k;
#define COPY_IN(k) v##k = lanes[k];
#define GROUP(op, function)                                                                     \
    HANDLER(op)                                                                                 \
    {                                                                                           \
        BEGIN vec lanes[VECTORS];                                                               \
        EACH(COPY_OUT)                                                                          \
        function(lanes, VECTORS);                                                               \
        EACH(COPY_IN)                                                                           \
        NEXT;                                                                                   \
    }
GROUP(EXPONENTIAL, vec_exp_n)
GROUP(LOGARITHM, vec_log_n)
GROUP(LOGARITHM_10, vec_log10_n)
GROUP(SINE, vec_sin_n)
GROUP(COSINE, vec_cos_n)

// base ^ exponent, each from the accumulator, a row or a number.
#define ACC_VALUE(k) v##k
#define ROW_A_VALUE(k) a[k]
#define ROW_B_VALUE(k) b[k]
#define NUMBER_VALUE(k) n
#define POWER_FORM(form, operands, base_value, exponent_value)                                  \
    HANDLER(POWER_##form)                                                                       \
    {                                                                                           \
        BEGIN operands vec lanes[VECTORS] = LIST(base_value);                                   \
        const vec exponents[VECTORS] = LIST(exponent_value);                                    \
        vec_pow_n(lanes, exponents, VECTORS);                                                   \
        EACH(COPY_IN)                                                                           \
        NEXT;                                                                                   \
    }
POWER_FORM(AR, ROW_A, ACC_VALUE, ROW_A_VALUE)
POWER_FORM(AN, NUMBER_A, ACC_VALUE, NUMBER_VALUE)
POWER_FORM(RA, ROW_A, ROW_A_VALUE, ACC_VALUE)
POWER_FORM(NA, NUMBER_A, NUMBER_VALUE, ACC_VALUE)
POWER_FORM(RR, ROW_A ROW_B, ROW_A_VALUE, ROW_B_VALUE)
POWER_FORM(RN, ROW_A NUMBER_B, ROW_A_VALUE, NUMBER_VALUE)
POWER_FORM(NR, NUMBER_A ROW_B, NUMBER_VALUE, ROW_B_VALUE)

#if VEC_AVX512 || VEC_AVX2
// Division without the processor's slow instruction for it. With y = 1/b correctly rounded, a
// quotient q within one unit of the last place becomes the correctly rounded one by q + (a - b q) y,
// the remainder being exact (Markstein 1990, theorem 6; Muller et al., Handbook of Floating-Point
// Arithmetic, 4.7). a y may be a little further off, so it is corrected twice. All this where
// nothing under- or overflows: for sizes from 2^-512 up to 2^512; zeros, for their sign, and others
// are left to the processor.
#define TAME_BIAS (-0x1ff0000000000000LL)
#define TAME_SIZE(x) (((veci)(x) & 0x7fffffffffffffffLL) + TAME_BIAS)
#define IS_TAME(any) (!vec_any((any) & (long long)0xc000000000000000ULL))
static inline vec divide_by(vec x, vec divisor, vec reciprocal)
{
    vec quotient = x * reciprocal;
    quotient = vec_fma(vec_fma(-quotient, divisor, x), reciprocal, quotient);
    return vec_fma(vec_fma(-quotient, divisor, x), reciprocal, quotient);
}

#define ADD_SIZE_ACC(k) any |= TAME_SIZE(v##k);
#define ADD_SIZE_ROW(k) any |= TAME_SIZE(a[k]);
#define SET_BY_ACC(k) v##k = divide_by(v##k, n, reciprocal);
#define SET_BY_ROW(k) v##k = divide_by(a[k], n, reciprocal);
#define SET_PLAIN_ACC(k) v##k = v##k / n;
#define SET_PLAIN_ROW(k) v##k = a[k] / n;
#define DIVIDE_BY(name, operands, number, where)                                                \
    HANDLER(name)                                                                               \
    {                                                                                           \
        BEGIN operands vec reciprocal = vec_splat(reciprocal_at(frame, ip->number));            \
        veci any = {0};                                                                         \
        EACH(ADD_SIZE_##where)                                                                  \
        if (__builtin_expect(IS_TAME(any), 1)) {                                                \
            EACH(SET_BY_##where)                                                                \
        } else {                                                                                \
            EACH(SET_PLAIN_##where)                                                             \
        }                                                                                       \
        NEXT;                                                                                   \
    }
DIVIDE_BY(DIVIDE_BY_AN, NUMBER_A, a, ACC)
DIVIDE_BY(DIVIDE_BY_RN, ROW_A NUMBER_B, b, ROW)
#else
#define DIVIDE_BY_AN DIVIDE_AN
#define DIVIDE_BY_RN DIVIDE_RN
#endif

// What is done lane by lane, on a copy of the accumulator in memory.
#define RARE(name, call)                                                                        \
    HANDLER(name)                                                                               \
    {                                                                                           \
        BEGIN vec lanes[VECTORS];                                                               \
        double *acc_lanes = (double *)lanes;                                                    \
        EACH(COPY_OUT)                                                                          \
        call;                                                                                   \
        EACH(COPY_IN)                                                                           \
        NEXT;                                                                                   \
    }
RARE(TANGENT, rare_unary(OP_TANGENT, acc_lanes, LANES))
RARE(HYPERBOLIC_SINE, rare_unary(OP_HYPERBOLIC_SINE, acc_lanes, LANES))
RARE(HYPERBOLIC_COSINE, rare_unary(OP_HYPERBOLIC_COSINE, acc_lanes, LANES))
RARE(HYPERBOLIC_TANGENT, rare_unary(OP_HYPERBOLIC_TANGENT, acc_lanes, LANES))
RARE(ARC_SINE, rare_unary(OP_ARC_SINE, acc_lanes, LANES))
RARE(ARC_COSINE, rare_unary(OP_ARC_COSINE, acc_lanes, LANES))
RARE(ARC_TANGENT, rare_unary(OP_ARC_TANGENT, acc_lanes, LANES))
RARE(LARGE_LOOKUP, rare_lookup(frame->lookups[ip->a], acc_lanes, LANES))
RARE(DRAW, rare_draw(frame, &frame->draws[ip->a], frame->step, acc_lanes, LANES))
RARE(FIRST_DRAW, rare_draw(frame, &frame->draws[ip->a], 0, acc_lanes, LANES))
RARE(DELAY, rare_delay(frame, &frame->delays[ip->a], acc_lanes, LANES))

// x between low and high; a NaN stays one.
static inline vec keep_between(vec x, double low, double high)
{
    vec l = vec_splat(low), h = vec_splat(high);
#if VEC_AVX512 // these return the second operand where one is not a number
    return (vec)_mm512_min_pd((__m512d)h, _mm512_max_pd((__m512d)l, (__m512d)x));
#else
    x = vec_select(x < l, l, x);
    return vec_select(x > h, h, x);
#endif
}

#if VEC_AVX512
// Binary search and picking by permutations within one or two registers.
static inline __m512d pick(const double *table, __m512i index, bool is_wide)
{
    if (!is_wide)
        return _mm512_permutexvar_pd(index, _mm512_load_pd(table));
    return _mm512_permutex2var_pd(_mm512_load_pd(table), index, _mm512_load_pd(table + 8));
}

static inline __m512i descend(__m512d x, __m512i index, __m512i next, __m512d knots)
{
    return _mm512_mask_mov_epi64(index, _mm512_cmp_pd_mask(x, knots, _CMP_GE_OQ), next);
}

static inline vec pick_lookup(const struct lookup *lookup, vec value, bool is_wide)
{
    __m512d x = (__m512d)keep_between(value, lookup->low, lookup->high);
    int half = is_wide ? 8 : 4;
    __m512i index = descend(x, _mm512_setzero_si512(), _mm512_set1_epi64(half),
                            _mm512_set1_pd(lookup->small_search[half]));
    for (int step = half / 2; step > 0; step /= 2) {
        __m512i next = _mm512_add_epi64(index, _mm512_set1_epi64(step));
        index = descend(x, index, next, pick(lookup->small_search, next, is_wide));
    }
    __m512d run = _mm512_mul_pd(_mm512_sub_pd(x, pick(lookup->small_x, index, is_wide)),
                                pick(lookup->small_slope, index, is_wide));
    __m512d y = _mm512_add_pd(pick(lookup->small_y, index, is_wide), run);
    __mmask8 is_top = _mm512_cmp_pd_mask(x, _mm512_set1_pd(lookup->top), _CMP_GE_OQ);
    return (vec)_mm512_mask_mov_pd(y, is_top, _mm512_set1_pd(lookup->y[lookup->n_points - 1]));
}

static inline vec tiny_lookup(const struct lookup *lookup, vec value)
{
    return pick_lookup(lookup, value, false);
}

static inline vec small_lookup(const struct lookup *lookup, vec value)
{
    return pick_lookup(lookup, value, true);
}
#else
// Counts the points at or below x, then fetches lane by lane.
static inline vec small_lookup(const struct lookup *lookup, vec value)
{
    vec x = keep_between(value, lookup->low, lookup->high), y, from, slope;
    veci index = {0};
    for (int i = 1; i < lookup->n_segments; i++)
        index -= x >= vec_splat(lookup->small_search[i]);
    for (int lane = 0; lane < VEC_LANES; lane++) {
        y[lane] = lookup->small_y[index[lane]];
        from[lane] = lookup->small_x[index[lane]];
        slope[lane] = lookup->small_slope[index[lane]];
    }
    y += (x - from) * slope;
    return vec_select(x >= vec_splat(lookup->top), vec_splat(lookup->y[lookup->n_points - 1]), y);
}
#define tiny_lookup small_lookup
#endif

#define SET_LOOKUP(k) v##k = small_lookup(lookup, v##k);
HANDLER(LOOKUP)
{
    BEGIN const struct lookup *lookup = frame->lookups[ip->a];
    EACH(SET_LOOKUP)
    NEXT;
}

#define SET_TINY_LOOKUP(k) v##k = tiny_lookup(lookup, v##k);
HANDLER(TINY_LOOKUP) // at most 8 segments
{
    BEGIN const struct lookup *lookup = frame->lookups[ip->a];
    EACH(SET_TINY_LOOKUP)
    NEXT;
}

HANDLER(END)
{
    STOP;
}

#define SET_LOAD(k) v##k = a[k];
HANDLER(LOAD_ROW) { BEGIN ROW_A EACH(SET_LOAD) NEXT; }

#define SET_NUMBER(k) v##k = n;
HANDLER(LOAD_NUMBER) { BEGIN NUMBER_A EACH(SET_NUMBER) NEXT; }

#define SET_STORE(k) to[k] = v##k;
HANDLER(STORE)
{
    BEGIN vec *to = (vec *)((char *)frame->rows + ip->a);
    EACH(SET_STORE)
    NEXT;
}

#define SET_SELECT_RR(k) v##k = vec_select(is_true(v##k), a[k], b[k]);
#define SET_SELECT_RN(k) v##k = vec_select(is_true(v##k), a[k], n);
#define SET_SELECT_NR(k) v##k = vec_select(is_true(v##k), n, b[k]);
#define SET_SELECT_NN(k) v##k = vec_select(is_true(v##k), n, m);
HANDLER(SELECT_RR) { BEGIN ROW_A ROW_B EACH(SET_SELECT_RR) NEXT; }
HANDLER(SELECT_RN) { BEGIN ROW_A NUMBER_B EACH(SET_SELECT_RN) NEXT; }
HANDLER(SELECT_NR) { BEGIN NUMBER_A ROW_B EACH(SET_SELECT_NR) NEXT; }
HANDLER(SELECT_NN)
{
    BEGIN NUMBER_A vec m = number_at(frame, ip->b);
    EACH(SET_SELECT_NN)
    NEXT;
}

// What becomes of rates: see enum rate_use.
#define STAGE                                                                                   \
    const vec *start = row_at(frame, ip->a);                                                    \
    vec *written = (vec *)((char *)start + frame->stage.to_written);                            \
    vec *sum = (vec *)((char *)start + frame->stage.to_sum);                                    \
    vec factor = vec_splat(frame->stage.factor), weight = vec_splat(frame->stage.weight);       \
    (void)sum, (void)factor, (void)weight;
#define SET_RATE_STORE(k) written[k] = v##k;
#define SET_RATE_ONLY(k) written[k] = start[k] + factor * v##k;
#define SET_RATE_FIRST(k) sum[k] = weight * v##k; written[k] = start[k] + factor * v##k;
#define SET_RATE_MIDDLE(k) sum[k] += weight * v##k; written[k] = start[k] + factor * v##k;
#define SET_RATE_LAST(k) written[k] = start[k] + factor * (sum[k] + weight * v##k);
HANDLER(RATE_TO_ROW) { BEGIN STAGE EACH(SET_RATE_STORE) NEXT; }
HANDLER(RATE_IN_ONLY) { BEGIN STAGE EACH(SET_RATE_ONLY) NEXT; }
HANDLER(RATE_IN_FIRST) { BEGIN STAGE EACH(SET_RATE_FIRST) NEXT; }
HANDLER(RATE_IN_MIDDLE) { BEGIN STAGE EACH(SET_RATE_MIDDLE) NEXT; }
HANDLER(RATE_IN_LAST) { BEGIN STAGE EACH(SET_RATE_LAST) NEXT; }

// clang-format on

#define BINARY_HANDLERS(op)                                                                        \
    {                                                                                              \
        op##_AR, op##_AN, op##_RA, op##_NA, op##_RR, op##_RN, op##_NR                              \
    }

static const handler pure_handlers[N_OPERATIONS][N_BINARY_FORMS] = {
    [OP_ADD] = BINARY_HANDLERS(ADD),
    [OP_SUBTRACT] = BINARY_HANDLERS(SUBTRACT),
    [OP_MULTIPLY] = BINARY_HANDLERS(MULTIPLY),
    [OP_DIVIDE] = BINARY_HANDLERS(DIVIDE),
    [OP_POWER] = BINARY_HANDLERS(POWER),
    [OP_MODULO] = BINARY_HANDLERS(MODULO),
    [OP_NEGATE] = {NEGATE},
    [OP_LESS] = BINARY_HANDLERS(LESS),
    [OP_LESS_EQUAL] = BINARY_HANDLERS(LESS_EQUAL),
    [OP_GREATER] = BINARY_HANDLERS(GREATER),
    [OP_GREATER_EQUAL] = BINARY_HANDLERS(GREATER_EQUAL),
    [OP_EQUAL] = BINARY_HANDLERS(EQUAL),
    [OP_NOT_EQUAL] = BINARY_HANDLERS(NOT_EQUAL),
    [OP_AND] = BINARY_HANDLERS(AND),
    [OP_OR] = BINARY_HANDLERS(OR),
    [OP_NOT] = {NOT},
    [OP_MINIMUM] = BINARY_HANDLERS(MINIMUM),
    [OP_MAXIMUM] = BINARY_HANDLERS(MAXIMUM),
    [OP_ABSOLUTE] = {ABSOLUTE},
    [OP_FLOOR] = {FLOOR},
    [OP_SQUARE_ROOT] = {SQUARE_ROOT},
    [OP_EXPONENTIAL] = {EXPONENTIAL},
    [OP_LOGARITHM] = {LOGARITHM},
    [OP_LOGARITHM_10] = {LOGARITHM_10},
    [OP_SINE] = {SINE},
    [OP_COSINE] = {COSINE},
    [OP_TANGENT] = {TANGENT},
    [OP_HYPERBOLIC_SINE] = {HYPERBOLIC_SINE},
    [OP_HYPERBOLIC_COSINE] = {HYPERBOLIC_COSINE},
    [OP_HYPERBOLIC_TANGENT] = {HYPERBOLIC_TANGENT},
    [OP_ARC_SINE] = {ARC_SINE},
    [OP_ARC_COSINE] = {ARC_COSINE},
    [OP_ARC_TANGENT] = {ARC_TANGENT},
};

#define RATE RATE_TO_ROW
static const handler special_handlers[] = {
#define OPCODE(name, algebra) name,
#include "program/opcodes.def"
#undef OPCODE
};

static const handler rate_handlers[] = {[RATE_STORE] = RATE_TO_ROW,
                                        [RATE_ONLY] = RATE_IN_ONLY,
                                        [RATE_FIRST] = RATE_IN_FIRST,
                                        [RATE_MIDDLE] = RATE_IN_MIDDLE,
                                        [RATE_LAST] = RATE_IN_LAST};

// One code in the binding.
struct binder {
    const struct program *program;
    struct stage_rows rows;
};

static uint32_t row_offset(int row)
{
    return (uint32_t)row * (uint32_t)(LANES * sizeof(double));
}

static uint32_t number_offset(int number)
{
    return (uint32_t)number * (uint32_t)sizeof(double);
}

// A row as the code means it: states stand where the stage has them.
static uint32_t operand_offset(const struct binder *binder, int row)
{
    return row_offset(row < binder->program->n_states ? binder->rows.read + row : row);
}

// Division by a constant of a size that leaves room on both sides.
static handler division_handler(const struct binder *binder, int form, int number)
{
    double size = number < N_FIXED_NUMBERS ? 0 : fabs(binder->program->numbers[number]);
    if (!(size >= 0x1p-100 && size <= 0x1p100))
        return pure_handlers[OP_DIVIDE][form];
    return form == FORM_AN ? DIVIDE_BY_AN : DIVIDE_BY_RN;
}

static struct bound bind_pure(const struct binder *binder, struct instruction instruction)
{
    int form = instruction.opcode % N_BINARY_FORMS;
    bool a_is_number = form == FORM_AN || form == FORM_NA || form == FORM_NR;
    bool b_is_number = form == FORM_RN;
    struct bound bound = {.run = pure_handlers[instruction.opcode / N_BINARY_FORMS][form]};
    bound.a = a_is_number ? number_offset(instruction.a) : operand_offset(binder, instruction.a);
    bound.b = b_is_number ? number_offset(instruction.b) : operand_offset(binder, instruction.b);
    if (instruction.opcode / N_BINARY_FORMS == OP_DIVIDE && (form == FORM_AN || form == FORM_RN))
        bound.run = division_handler(binder, form, form == FORM_AN ? instruction.a : instruction.b);
    return bound;
}

static struct bound bind_rate(const struct binder *binder, int state)
{
    return (struct bound){.run = rate_handlers[binder->rows.use],
                          .a = row_offset(binder->rows.start + state)};
}

static struct bound bind_lookup(const struct binder *binder, int table)
{
    int n_points = binder->program->tables[table]->n_points;
    struct bound bound = {.run = LOOKUP, .a = (uint32_t)table};
    if (n_points > LOOKUP_SMALL + 1)
        bound.run = LARGE_LOOKUP;
    else if (n_points <= LOOKUP_SMALL / 2 + 1)
        bound.run = TINY_LOOKUP;
    return bound;
}

static struct bound bind_instruction(const struct binder *binder, struct instruction instruction)
{
    int opcode = instruction.opcode;
    if (opcode <= OPCODE_FIRST_SPECIAL)
        return bind_pure(binder, instruction);
    struct bound bound = {.run = special_handlers[opcode - OPCODE_FIRST_SPECIAL - 1]};
    bool a_is_number =
        opcode == OPCODE_LOAD_NUMBER || opcode == OPCODE_SELECT_NR || opcode == OPCODE_SELECT_NN;
    bool b_is_number = opcode == OPCODE_SELECT_RN || opcode == OPCODE_SELECT_NN;
    switch (opcode) {
    case OPCODE_RATE:
        return bind_rate(binder, instruction.a);
    case OPCODE_LOOKUP:
        return bind_lookup(binder, instruction.a);
    case OPCODE_DELAY:
    case OPCODE_DRAW:
    case OPCODE_FIRST_DRAW:
        bound.a = (uint32_t)instruction.a;
        return bound;
    default:
        break;
    }
    bound.a = a_is_number ? number_offset(instruction.a) : operand_offset(binder, instruction.a);
    bound.b = b_is_number ? number_offset(instruction.b) : operand_offset(binder, instruction.b);
    return bound;
}

static struct bound *bind(struct arena *arena, const struct program *program,
                          const struct code *code, struct stage_rows rows)
{
    const struct binder binder = {program, rows};
    struct bound *bound = ARENA_NEW_ARRAY(arena, struct bound, code->count);
    for (size_t i = 0; i < code->count; i++)
        bound[i] = bind_instruction(&binder, code->items[i]);
    return bound;
}

static void execute(const struct bound *code, struct frame *frame)
{
#ifdef KERNEL_LOOP
    vec acc[8] = {0};
    while (code)
        code = code->run(code, frame, acc);
#else
    vec z = {0};
    code->run(code, frame, z, z, z, z, z, z, z, z);
#endif
}

// Not 0 where `taint` is not or where x is an infinity or NaN: x * 0 is NaN for these.
static inline vec add_taint(vec taint, vec x)
{
#if VEC_AVX512 || VEC_AVX2
    return vec_fma(x, vec_splat(0), taint);
#else // without an instruction for it, vec_fma() is slow
    return taint + x * 0;
#endif
}

static uint64_t find_nonfinite(const double *rows, int n)
{
    vec taint[VECTORS] = {{0}};
    uint64_t found = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < VECTORS; k++)
            taint[k] = add_taint(taint[k], ((const vec *)(rows + (size_t)i * LANES))[k]);
    for (int k = 0; k < VECTORS; k++)
        if (vec_any(taint[k] != 0))
            for (int lane = 0; lane < VEC_LANES; lane++)
                if (taint[k][lane] != 0)
                    found |= (uint64_t)1 << (k * VEC_LANES + lane);
    return found;
}

static bool is_usable(void)
{
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
#else
    return true;
#endif
}

const struct kernel KERNEL = {
    .name = KERNEL_TEXT,
    .lanes = LANES,
    .is_usable = is_usable,
    .bind = bind,
    .execute = execute,
    .find_nonfinite = find_nonfinite,
};
