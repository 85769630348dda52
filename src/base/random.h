// Random numbers by counter: the number asked for depends on the key and the counters alone, not on
// what was drawn before, by whom, or in which order.
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

// Philox-4x32-10 (Salmon et al. 2011): 64 of its bits.
uint64_t random_bits(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw);

// A number strictly between 0 and 1, evenly spread, with 53 random bits.
double random_uniform(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw);

// Two such numbers for the price of one; the first is that of random_uniform().
void random_uniform_pair(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw,
                         double pair[2]);

// Where `index` goes in a random permutation of 0 .. n - 1 that `key` picks.
uint64_t random_permute(uint64_t index, uint64_t n, uint64_t key);

#endif
