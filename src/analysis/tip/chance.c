// Stage: analysis. Counts over draws -> shares, quantiles and differences with their intervals.
#include "analysis/tip/chance.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

static const double TAIL = 0.025;

void wilson_interval(double share, double n, double *lower, double *upper)
{
    const double z = 1.959963984540054; // 95 %
    double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    *lower = share > 0 ? fmax(0, middle - half) : 0;
    *upper = share < 1 ? fmin(1, middle + half) : 1;
}

struct estimate share_estimate(long n_yes, long n_unknown, long n)
{
    struct estimate share = {NAN, NAN, NAN};
    double ignored;
    if (n_unknown >= n)
        return share;
    share.value = (double)n_yes / (double)(n - n_unknown);
    wilson_interval((double)n_yes / (double)n, (double)n, &share.lower, &ignored);
    wilson_interval((double)(n_yes + n_unknown) / (double)n, (double)n, &ignored, &share.upper);
    return share;
}

// Value of rank `rank` (from 1); NaN where it is infinite or there is none.
static double of_rank(const double *sorted, long n, long rank)
{
    return rank >= 1 && rank <= n && isfinite(sorted[rank - 1]) ? sorted[rank - 1] : NAN;
}

// Fewer than `rank` of n draws below the quantile: the chance of it.
static double chance_below(long rank, long n, double share)
{
    return rank < 1 ? 0 : gsl_cdf_binomial_P((unsigned)(rank - 1), share, (unsigned)n);
}

struct estimate quantile_estimate(const double *sorted, long n_known, long n, double share)
{
    long low = 0, high = n, n_unknown = n - n_known;
    if (n_known < 1)
        return (struct estimate){NAN, NAN, NAN};
    for (long step = n; step > 0; step /= 2) // the largest rank that is below often enough
        while (low + step <= n && chance_below(low + step, n, share) <= TAIL)
            low += step;
    for (long step = n; step > 0; step /= 2) // the smallest that is above often enough
        while (high - step >= 1 && 1 - chance_below(high - step, n, share) <= TAIL)
            high -= step;
    bool has_upper = 1 - chance_below(high, n, share) <= TAIL;
    double lower = low > n_unknown ? of_rank(sorted, n_known, low - n_unknown) : 0;
    return (struct estimate){
        of_rank(sorted, n_known, (long)fmax(1, ceil(share * (double)n_known - 1e-9))), lower,
        has_upper ? of_rank(sorted, n_known, high) : NAN};
}

struct estimate paired_difference(long n_both, long n_first, long n_second, long n)
{
    double a = (double)n_both, b = (double)n_first, c = (double)n_second, all = (double)n;
    double d = all - a - b - c, l1, u1, l2, u2;
    if (n < 1)
        return (struct estimate){NAN, NAN, NAN};
    double first = (a + b) / all, second = (a + c) / all, difference = first - second;
    wilson_interval(first, all, &l1, &u1);
    wilson_interval(second, all, &l2, &u2);
    double excess = a * d - b * c, size = (a + b) * (c + d) * (a + c) * (b + d);
    if (excess > 0)
        excess = fmax(excess - all / 2, 0);
    double phi = size > 0 ? excess / sqrt(size) : 0;
    double down[] = {first - l1, u2 - second}, up[] = {u1 - first, second - l2};
    double below = sqrt(down[0] * down[0] - 2 * phi * down[0] * down[1] + down[1] * down[1]);
    double above = sqrt(up[0] * up[0] - 2 * phi * up[0] * up[1] + up[1] * up[1]);
    return (struct estimate){difference, difference - below, difference + above};
}
