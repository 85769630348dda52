// Stage: sampling and random functions of models.
#include "base/random.h"

static void philox_round(uint32_t counter[4], const uint32_t key[2])
{
    uint64_t a = (uint64_t)0xD2511F53u * counter[0], b = (uint64_t)0xCD9E8D57u * counter[2];
    uint32_t next[4] = {(uint32_t)(b >> 32) ^ counter[1] ^ key[0], (uint32_t)b,
                        (uint32_t)(a >> 32) ^ counter[3] ^ key[1], (uint32_t)a};
    for (int i = 0; i < 4; i++)
        counter[i] = next[i];
}

static void philox(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw, uint32_t counter[4])
{
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    counter[0] = (uint32_t)run;
    counter[1] = (uint32_t)(run >> 32);
    counter[2] = stream;
    counter[3] = draw;
    for (int round = 0; round < 10; round++) {
        philox_round(counter, key);
        key[0] += 0x9E3779B9u; // golden ratio
        key[1] += 0xBB67AE85u; // square root of 3, less 1
    }
}

uint64_t random_bits(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw)
{
    uint32_t counter[4];
    philox(seed, run, stream, draw, counter);
    return (uint64_t)counter[1] << 32 | counter[0];
}

static double to_uniform(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) * 0x1p-53;
}

double random_uniform(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw)
{
    return to_uniform(random_bits(seed, run, stream, draw));
}

void random_uniform_pair(uint64_t seed, uint64_t run, uint32_t stream, uint32_t draw,
                         double pair[2])
{
    uint32_t counter[4];
    philox(seed, run, stream, draw, counter);
    pair[0] = to_uniform((uint64_t)counter[1] << 32 | counter[0]);
    pair[1] = to_uniform((uint64_t)counter[3] << 32 | counter[2]);
}

static uint64_t mix(uint64_t x) // the finalizer of SplitMix64 (Steele et al. 2014)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

// A Feistel network over the next power of 4, walked until it lands below n (Black & Rogaway 2002).
uint64_t random_permute(uint64_t index, uint64_t n, uint64_t key)
{
    int half = 1;
    while (half < 32 && (uint64_t)1 << 2 * half < n)
        half++;
    uint64_t mask = ((uint64_t)1 << half) - 1;
    do {
        uint64_t left = index >> half, right = index & mask;
        for (uint64_t round = 0; round < 6; round++) {
            uint64_t next = left ^ (mix(right ^ mix(key + round)) & mask);
            left = right;
            right = next;
        }
        index = left << half | right;
    } while (index >= n);
    return index;
}
