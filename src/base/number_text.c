// Stage: every stage. A double x = m 2^e as the shortest of its 15 or 17 digits that reads back to
// it, by exact arithmetic: for usual sizes x 10^k is a product of m and a power of five that fits
// into 128 bits. The others, and large whole numbers, are left to printf. Millions of such numbers
// are written by a sweep, and printf takes longer for one than the engine for a year of a run.
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MAX_POWER = 27 }; // 5^27 is the last below 2^63

static const uint64_t powers_of_five[MAX_POWER + 1] = {1u,
                                                       5u,
                                                       25u,
                                                       125u,
                                                       625u,
                                                       3125u,
                                                       15625u,
                                                       78125u,
                                                       390625u,
                                                       1953125u,
                                                       9765625u,
                                                       48828125u,
                                                       244140625u,
                                                       1220703125u,
                                                       6103515625u,
                                                       30517578125u,
                                                       152587890625u,
                                                       762939453125u,
                                                       3814697265625u,
                                                       19073486328125u,
                                                       95367431640625u,
                                                       476837158203125u,
                                                       2384185791015625u,
                                                       11920928955078125u,
                                                       59604644775390625u,
                                                       298023223876953125u,
                                                       1490116119384765625u,
                                                       7450580596923828125u};

static const uint64_t powers_of_ten[] = {100000000000000u, 1000000000000000u, 10000000000000000u,
                                         100000000000000000u}; // from 10^14

static uint64_t power_of_ten(int power)
{
    return powers_of_ten[power - 14];
}

// |x| in parts: x = mantissa 2^-shift, with 0 < shift.
struct parts {
    uint64_t mantissa;
    int shift;
};

// x in `n` significant decimal digits: digits 10^(exponent - n + 1).
struct decimal {
    uint64_t digits;
    int n, exponent;
};

static bool take_apart(double x, struct parts *parts)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int biased = (int)(bits >> 52 & 0x7FF);
    parts->mantissa = (bits & 0xFFFFFFFFFFFFFu) | (uint64_t)1 << 52;
    parts->shift = 1075 - biased;
    return biased > 0 && parts->shift > 0;
}

// Rounds to n digits, ties to even; false where that takes more than 128 bits.
static bool round_to(const struct parts *parts, int n, struct decimal *decimal)
{
    // floor(log10 x), one too small at most
    int exponent = (int)floor((52 - parts->shift) * 0.30102999566398120);
    for (;; exponent++) {
        int power = n - 1 - exponent, shift = parts->shift - power;
        if (power < 0 || power > MAX_POWER || shift <= 0 || shift >= 126)
            return false;
        wide scaled = (wide)parts->mantissa * powers_of_five[power];
        wide rest = scaled & (((wide)1 << shift) - 1), half = (wide)1 << (shift - 1);
        uint64_t digits = (uint64_t)(scaled >> shift);
        digits += rest > half || (rest == half && digits & 1);
        if (digits < power_of_ten(n)) {
            *decimal = (struct decimal){digits, n, exponent};
            return digits >= power_of_ten(n - 1);
        }
    }
}

// Whether the nearest double of `decimal` is x: it lies within half a unit of the last place of x.
static bool reads_back(const struct parts *parts, const struct decimal *decimal)
{
    int power = decimal->n - 1 - decimal->exponent, shift = parts->shift - power;
    wide exact = (wide)parts->mantissa * powers_of_five[power];
    wide rounded = (wide)decimal->digits << shift;
    wide distance = exact > rounded ? exact - rounded : rounded - exact;
    return 2 * distance < powers_of_five[power];
}

// Writes the last `n` digits of `number`.
static void write_digits(uint32_t number, int n, char *digits)
{
    for (int i = n - 1; i >= 0; i--, number /= 10)
        digits[i] = (char)('0' + number % 10);
}

// Writes the digits as printf's %g does.
static void lay_out(const struct decimal *decimal, bool is_negative, char *buffer)
{
    enum { HALF = 8, HALF_POWER = 100000000 };
    char digits[24];
    int n = decimal->n, exponent = decimal->exponent;
    write_digits((uint32_t)(decimal->digits % HALF_POWER), HALF, digits + n - HALF);
    write_digits((uint32_t)(decimal->digits / HALF_POWER), n - HALF, digits);
    bool is_plain = exponent >= -4 && exponent < n;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    if (is_negative)
        *buffer++ = '-';
    int n_before = is_plain ? exponent + 1 : 1; // digits before the point
    if (n_before <= 0)
        *buffer++ = '0';
    for (int i = 0; i < n_before; i++)
        *buffer++ = i < n ? digits[i] : '0';
    if (n_before < n)
        *buffer++ = '.';
    for (int i = n_before; i < 0; i++)
        *buffer++ = '0';
    for (int i = n_before < 0 ? 0 : n_before; i < n; i++)
        *buffer++ = digits[i];
    *buffer = '\0';
    if (!is_plain)
        sprintf(buffer, "e%+03d", exponent);
}

static const char *print_by_library(double value, char *buffer)
{
    char shorter[NUMBER_TEXT_SIZE];
    snprintf(buffer, NUMBER_TEXT_SIZE, "%.17g", value);
    snprintf(shorter, sizeof shorter, "%.15g", value);
    if (strtod(shorter, NULL) == value)
        strcpy(buffer, shorter);
    return buffer;
}

const char *number_text(double value, char *buffer)
{
    struct parts parts;
    struct decimal decimal;
    if (isnan(value))
        return strcpy(buffer, "nan");
    if (isinf(value))
        return strcpy(buffer, value > 0 ? "inf" : "-inf");
    if (!take_apart(fabs(value), &parts) || !round_to(&parts, 15, &decimal))
        return print_by_library(value, buffer);
    if (!reads_back(&parts, &decimal) && !round_to(&parts, 17, &decimal))
        return print_by_library(value, buffer);
    lay_out(&decimal, value < 0, buffer);
    return buffer;
}
