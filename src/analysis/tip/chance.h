// Shares of independent draws, quantiles of them and differences between pairs, with what they are
// known to within: all intervals are for 95 %.
#ifndef ANALYSIS_TIP_CHANCE_H
#define ANALYSIS_TIP_CHANCE_H

// A number with its interval. NaN: not known, no bound.
struct estimate {
    double value, lower, upper;
};

// The interval of a share that was found in n draws (Wilson 1927).
void wilson_interval(double share, double n, double *lower, double *upper);

// The share of `n` draws of which `n_yes` are so, and of `n_unknown` nobody knows: these are left
// out of the value; the interval allows for all of them being so, or none.
struct estimate share_estimate(long n_yes, long n_unknown, long n);

// The quantile `share` of `n` values, none below 0, of which `sorted` [n_known] are known, in
// rising order and perhaps infinite. The interval is one of order statistics, which supposes
// nothing about the distribution (David & Nagaraja 2003, 7.1); unknown values are 0 in its lower
// end and infinite in its upper. NaN where it is infinite.
struct estimate quantile_estimate(const double *sorted, long n_known, long n, double share);

// Share of the first less share of the second of `n` pairs: in `n_first` the first alone is so, in
// `n_second` the second alone, in `n_both` both (Newcombe 1998, method 10).
struct estimate paired_difference(long n_both, long n_first, long n_second, long n);

#endif
