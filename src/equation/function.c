// Stage: parse. The table of built-ins. Letters of the unit rules, one an argument (the last one
// repeats), then ':' and the result:
//   x  one unit that all x share      t  the model's time unit       1  a pure number
//   q  a unit whose square root is the result (SQRT)                 .  not checked
//   results also: * x times t         / x per t                      f  1 per t
// SAFEDIV, IF_THEN_ELSE and LOOKUP follow rules of their own ("!").
#include "equation/function.h"

#include "base/array.h"

#include <ctype.h>
#include <stdio.h>

#define MATH "XMILE 3.5.1"
#define RANDOM "XMILE 3.5.2"
#define DELAYS "XMILE 3.5.3"
#define TEST "XMILE 3.5.4"
#define TIME_ "XMILE 3.5.5"
#define MISC "XMILE 3.5.6"
#define ARRAYS "XMILE 3.7.3"
#define VENDORS "vendors' form"

#define PURE(name, op, n, units, signature, summary)                                               \
    {                                                                                              \
        name, FUNCTION_OPERATION, op, n, n, units, false, signature, summary, MATH                 \
    }

const struct function functions[] = {
    PURE("ABS", OP_ABSOLUTE, 1, "x:x", "ABS(x)", "x without its sign"),
    PURE("ARCCOS", OP_ARC_COSINE, 1, "1:1", "ARCCOS(x)", "angle in radians whose cosine is x"),
    PURE("ARCSIN", OP_ARC_SINE, 1, "1:1", "ARCSIN(x)", "angle in radians whose sine is x"),
    PURE("ARCTAN", OP_ARC_TANGENT, 1, "1:1", "ARCTAN(x)", "angle in radians whose tangent is x"),
    PURE("COS", OP_COSINE, 1, "1:1", "COS(x)", "cosine of x radians"),
    PURE("EXP", OP_EXPONENTIAL, 1, "1:1", "EXP(x)", "e to the power x"),
    {"INF", FUNCTION_INF, 0, 0, 0, ":.", false, "INF", "infinity", MATH},
    PURE("INT", OP_FLOOR, 1, "x:x", "INT(x)", "largest whole number not above x"),
    PURE("LN", OP_LOGARITHM, 1, "1:1", "LN(x)", "natural logarithm of x"),
    PURE("LOG10", OP_LOGARITHM_10, 1, "1:1", "LOG10(x)", "logarithm of x to base 10"),
    {"MAX", FUNCTION_MAX, 0, 1, ANY_NUMBER, "x:x", true, "MAX(a, b)",
     "the larger one; of an array, the largest element", MATH},
    {"MIN", FUNCTION_MIN, 0, 1, ANY_NUMBER, "x:x", true, "MIN(a, b)",
     "the smaller one; of an array, the smallest element", MATH},
    {"PI", FUNCTION_PI, 0, 0, 0, ":1", false, "PI", "3.14159...", MATH},
    PURE("COSH", OP_HYPERBOLIC_COSINE, 1, "1:1", "COSH(x)", "hyperbolic cosine of x"),
    PURE("SINH", OP_HYPERBOLIC_SINE, 1, "1:1", "SINH(x)", "hyperbolic sine of x"),
    PURE("TANH", OP_HYPERBOLIC_TANGENT, 1, "1:1", "TANH(x)", "hyperbolic tangent of x"),
    PURE("SIN", OP_SINE, 1, "1:1", "SIN(x)", "sine of x radians"),
    PURE("SQRT", OP_SQUARE_ROOT, 1, "q:x", "SQRT(x)", "square root of x"),
    PURE("TAN", OP_TANGENT, 1, "1:1", "TAN(x)", "tangent of x radians"),
    PURE("MODULO", OP_MODULO, 2, "x:x", "MODULO(a, b)", "a MOD b, as a function"),
    {"ROUND", FUNCTION_ROUND, 0, 1, 1, "x:x", false, "ROUND(x)",
     "nearest whole number; halves go up", VENDORS},
    {"SAFEDIV", FUNCTION_SAFEDIV, 0, 2, 3, "!", false, "SAFEDIV(a, b[, otherwise])",
     "a / b; where b is 0, the third argument, or 0 without one", VENDORS},
    {"ZIDZ", FUNCTION_SAFEDIV, 0, 2, 2, "!", false, "ZIDZ(a, b)", "a / b; where b is 0, 0",
     VENDORS},
    {"XIDZ", FUNCTION_SAFEDIV, 0, 3, 3, "!", false, "XIDZ(a, b, otherwise)",
     "a / b; where b is 0, the third argument", VENDORS},
    {"IF_THEN_ELSE", FUNCTION_IF_THEN_ELSE, 0, 3, 3, "!", false, "IF_THEN_ELSE(condition, a, b)",
     "IF condition THEN a ELSE b, as a function", "XMILE 3.3.3"},

    {"EXPRND", FUNCTION_EXPRND, 0, 1, 2, "x1:x", false, "EXPRND(mean[, seed])",
     "exponentially distributed, drawn anew each DT", RANDOM},
    {"LOGNORMAL", FUNCTION_LOGNORMAL, 0, 2, 3, "xx1:x", false,
     "LOGNORMAL(mean, standard_deviation[, seed])",
     "lognormally distributed; mean and deviation are its own, not those of its logarithm", RANDOM},
    {"NORMAL", FUNCTION_NORMAL, 0, 2, 5, "xx1xx:x", false,
     "NORMAL(mean, standard_deviation[, seed[, min, max]])",
     "normally distributed; min and max, Stella's, bound it", RANDOM},
    {"POISSON", FUNCTION_POISSON, 0, 1, 2, "x1:x", false, "POISSON(mean[, seed])",
     "Poisson distributed; the mean is that of one number, whatever the DT", RANDOM},
    {"RANDOM", FUNCTION_RANDOM, 0, 2, 3, "xx1:x", false, "RANDOM(min, max[, seed])",
     "evenly distributed between min and max", RANDOM},

    {"DELAY", FUNCTION_DELAY, 0, 2, 3, "xtx:x", false, "DELAY(input, time[, initial])",
     "the input of `time` ago, in whole DT, at least one; before that, its initial value", DELAYS},
    {"DELAY1", FUNCTION_DELAY1, 0, 2, 3, "xtx:x", false, "DELAY1(input, time[, initial])",
     "first-order material delay", DELAYS},
    {"DELAY3", FUNCTION_DELAY3, 0, 2, 3, "xtx:x", false, "DELAY3(input, time[, initial])",
     "third-order material delay", DELAYS},
    {"DELAYN", FUNCTION_DELAYN, 0, 3, 4, "xt1x:x", false, "DELAYN(input, time, n[, initial])",
     "material delay of order n", DELAYS},
    {"FORCST", FUNCTION_FORCST, 0, 3, 4, "xttf:x", false,
     "FORCST(input, averaging_time, horizon[, initial_trend])",
     "the input carried on along its trend for the horizon", DELAYS},
    {"SMTH1", FUNCTION_SMTH1, 0, 2, 3, "xtx:x", false, "SMTH1(input, time[, initial])",
     "first-order exponential smoothing", DELAYS},
    {"SMTH3", FUNCTION_SMTH3, 0, 2, 3, "xtx:x", false, "SMTH3(input, time[, initial])",
     "third-order exponential smoothing", DELAYS},
    {"SMTHN", FUNCTION_SMTHN, 0, 3, 4, "xt1x:x", false, "SMTHN(input, time, n[, initial])",
     "exponential smoothing of order n", DELAYS},
    {"TREND", FUNCTION_TREND, 0, 2, 3, "xtf:f", false,
     "TREND(input, averaging_time[, initial_trend])", "fractional change of the input per time",
     DELAYS},

    {"PULSE", FUNCTION_PULSE, 0, 1, 3, "xt:/", false, "PULSE(magnitude[, first[, interval]])",
     "magnitude / DT for one DT at `first`, and again every interval", TEST},
    {"RAMP", FUNCTION_RAMP, 0, 1, 3, "xt:*", false, "RAMP(slope[, start[, end]])",
     "0 until start, then growing by slope (until end)", TEST},
    {"STEP", FUNCTION_STEP, 0, 1, 2, "xt:x", false, "STEP(height[, start])",
     "0 until start, then height", TEST},
    {"WINDOW", FUNCTION_WINDOW, 0, 2, 2, "tt:1", false, "WINDOW(from, until)",
     "the share of the present DT that lies in [from, until)", "own"},
    {"MIDWINDOW", FUNCTION_MIDWINDOW, 0, 2, 2, "tt:t", false, "MIDWINDOW(from, until)",
     "TIME where all of the present DT lies in there, else the middle of the part that does",
     "own"},

    {"DT", FUNCTION_DT, 0, 0, 0, ":t", false, "DT", "the time step", TIME_},
    {"STARTTIME", FUNCTION_STARTTIME, 0, 0, 0, ":t", false, "STARTTIME", "first time of the run",
     TIME_},
    {"STOPTIME", FUNCTION_STOPTIME, 0, 0, 0, ":t", false, "STOPTIME", "last time of the run",
     TIME_},
    {"TIME", FUNCTION_TIME, 0, 0, 0, ":t", false, "TIME", "the present time", TIME_},

    {"INIT", FUNCTION_INIT, 0, 1, 1, "x:x", false, "INIT(x)", "the value of x at the start", MISC},
    {"PREVIOUS", FUNCTION_PREVIOUS, 0, 1, 2, "x:x", false, "PREVIOUS(x[, initial])",
     "the value of x one DT ago; at the start, the initial value (default: that of x)", MISC},
    {"SELF", FUNCTION_SELF, 0, 0, 0, ":.", false, "SELF",
     "the variable whose equation this is, inside PREVIOUS or SIZE", MISC},
    {"LOOKUP", FUNCTION_LOOKUP, 0, 2, 2, "!", false, "LOOKUP(table, x)",
     "the graphical function `table` at x; the same as table(x)", VENDORS},
    {"LOOKUP_BACKWARD", FUNCTION_LOOKUP_BACKWARD, 0, 2, 2, "!", false, "LOOKUP_BACKWARD(table, x)",
     "the value of the point at or below x, without a line between points", VENDORS},
    {"LOOKUP_FORWARD", FUNCTION_LOOKUP_FORWARD, 0, 2, 2, "!", false, "LOOKUP_FORWARD(table, x)",
     "the value of the point at or above x, without a line between points", VENDORS},
    {"NPV", FUNCTION_NPV, 0, 2, 4, "xf*1:*", false, "NPV(stream, rate[, initial[, factor]])",
     "value at the start of the stream so far, discounted at the rate per time", VENDORS},

    {"MEAN", FUNCTION_MEAN, 0, 1, ANY_NUMBER, "x:x", true, "MEAN(array)",
     "mean of the elements, or of several values", ARRAYS},
    {"PROD", FUNCTION_PRODUCT, 0, 1, 1, "1:1", true, "PROD(array)", "product of the elements",
     VENDORS},
    {"RANK", FUNCTION_RANK, 0, 2, 3, ".1.:1", true, "RANK(array, k[, ties])",
     "index of the element that stands k-th in ascending order", ARRAYS},
    {"SIZE", FUNCTION_SIZE, 0, 1, 1, ".:1", true, "SIZE(array)", "number of elements", ARRAYS},
    {"STDDEV", FUNCTION_STDDEV, 0, 1, 1, "x:x", true, "STDDEV(array)",
     "standard deviation of the elements, with n - 1", ARRAYS},
    {"SUM", FUNCTION_SUM, 0, 1, 1, "x:x", true, "SUM(array)", "sum of the elements", ARRAYS},
};

const int n_functions = (int)ARRAY_COUNT(functions);

static bool key_equals(const char *name, const char *key)
{
    while (*name && tolower((unsigned char)*name) == *key) {
        name++;
        key++;
    }
    return !*name && !*key;
}

const struct function *function_find(const char *key)
{
    for (int i = 0; i < n_functions; i++)
        if (key_equals(functions[i].name, key))
            return &functions[i];
    return NULL;
}

void function_consider(struct nearest *nearest)
{
    char key[32];
    for (int i = 0; i < n_functions; i++) {
        size_t n = 0;
        for (; functions[i].name[n] && n < sizeof key - 1; n++)
            key[n] = (char)tolower((unsigned char)functions[i].name[n]);
        key[n] = '\0';
        nearest_consider(nearest, key, functions[i].name);
    }
}

bool function_check_arity(const struct function *function, int n, struct position position,
                          struct diag *diag)
{
    int least = function->min_args, most = function->max_args;
    if (n >= least && (most == ANY_NUMBER || n <= most))
        return true;
    char wanted[40];
    if (least == most)
        snprintf(wanted, sizeof wanted, "%d", least);
    else if (most == ANY_NUMBER)
        snprintf(wanted, sizeof wanted, "at least %d", least);
    else
        snprintf(wanted, sizeof wanted, "%d to %d", least, most);
    bool is_single = most == 1 || (most == ANY_NUMBER && least == 1);
    diag_error(diag, position, "%s takes %s argument%s, not %d", function->name, wanted,
               is_single ? "" : "s", n);
    diag_hint(diag, "it is written %s", function->signature);
    return false;
}
