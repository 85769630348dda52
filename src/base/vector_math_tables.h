/* Tables and coefficients of vector_math.h. Written by make_tables.py: do not edit. */
#ifndef VECTOR_MATH_TABLES_H
#define VECTOR_MATH_TABLES_H

/* exp: t 2^(i/16), t = 1 + 204873336 2^-52; relative errors at most 2^-55.7 (0.12 ulp).
 * From the bits of entry i, i 2^48 is taken off. */
#define EXP_TABLE                                                                                  \
    {                                                                                              \
        0x1.000000c361e78p+0, 0x1.fb55879ba0f3dp-1, 0x1.f72b849ce6010p-1, 0x1.f387a7c5d5f5bp-1,    \
            0x1.f06fe18b75172p-1, 0x1.edea65b3c6623p-1, 0x1.ebfdae50c3d4dp-1,                      \
            0x1.eab07edd1e48dp-1, 0x1.ea09e77c43bc7p-1, 0x1.ea11485f3bd82p-1,                      \
            0x1.eace554ffc350p-1, 0x1.ec491964e862fp-1, 0x1.ee89fade44fb9p-1,                      \
            0x1.f199bf2f79373p-1, 0x1.f5818f360f862p-1, 0x1.fa4afba07babfp-1                       \
    }

/* e^r/t - 1 = sum of EXP_Cn r^n, |r| <= ln2/32; error relative to e^r/t 2^-57.0. */
#define EXP_C0 (-0x1.86c3cdd6ab45fp-25)
#define EXP_C1 0x1.fffffe793c337p-1
#define EXP_C2 0x1.fffffe793c2cdp-2
#define EXP_C3 0x1.5555544f80141p-3
#define EXP_C4 0x1.55555454101bep-5
#define EXP_C5 0x1.11126f6e7736ep-7
#define EXP_C6 0x1.6c156ff40c749p-10

/* ln2/16 in two parts, the first with few bits: k times it is exact, |k| < 2^15. */
#define LN2_16TH_HIGH 0x1.62e42fefa0000p-5
#define LN2_16TH_LOW 0x1.cf79abc9e3b3ap-44
#define SIXTEEN_OVER_LN2 0x1.71547652b82fep+4

/* Logarithms: x = 2^e m, c near 1/m, c m = 1 + r,
 * log x = e log 2 - log c + log(1 + r).
 * Entry i is for m within 1/32 of 1 + i/16. c has 6 bits at most: r is exact.
 * The functions take x apart into e + 512 and 2^-512 m, which the tables make up for:
 * they hold 2^512 c and -log c - 512 log 2, this in two parts, the first a multiple
 * of 2^-42. */
#define LOG_2_HIGH 0x1.62e42fefa3800p-1
#define LOG_2_LOW 0x1.ef35793c76730p-45
#define LOG_ENTRIES(X)                                                                             \
    X(0x1.0000000000000p+512, -0x1.62e42fefa3800p+8, -0x1.ef35793c76730p-36)                       \
    X(0x1.e000000000000p+511, -0x1.62d3aa56ede1cp+8, -0x1.ef9510b236994p-36)                       \
    X(0x1.c800000000000p+511, -0x1.62c688c83ffbcp+8, -0x1.eecb543bf7d6ap-36)                       \
    X(0x1.b000000000000p+511, -0x1.62b8b16eccd78p+8, -0x1.ef7f39cc24156p-36)                       \
    X(0x1.9800000000000p+511, -0x1.62aa0f7fbeb54p+8, -0x1.ef660e3961e0fp-36)                       \
    X(0x1.8800000000000p+511, -0x1.629fd1b59ae08p+8, -0x1.ee1681af93a28p-36)                       \
    X(0x1.7000000000000p+511, -0x1.628fa537869d8p+8, -0x1.ee3f85b86b4ccp-36)                       \
    X(0x1.6000000000000p+511, -0x1.62844406b41fcp+8, -0x1.edee7dc2b705bp-36)                       \
    X(0x1.5800000000000p+511, -0x1.627e61629732cp+8, -0x1.ed8a058b0a7e6p-36)                       \
    X(0x1.4800000000000p+511, -0x1.62723008866acp+8, -0x1.ee03302a81055p-36)                       \
    X(0x1.3800000000000p+511, -0x1.6265628ce596cp+8, -0x1.f1146d47fe467p-36)                       \
    X(0x1.3000000000000p+511, -0x1.625ebc388cfd4p+8, -0x1.f0b8578e54790p-36)                       \
    X(0x1.2800000000000p+511, -0x1.6257e87d9bee0p+8, -0x1.f0e2480093c5ep-36)                       \
    X(0x1.1800000000000p+511, -0x1.6249aeaa36938p+8, -0x1.f0f2983e21d36p-36)                       \
    X(0x1.1000000000000p+511, -0x1.624242f00bb70p+8, -0x1.ed53118bbe835p-36)                       \
    X(0x1.0800000000000p+511, -0x1.623a9e7e6f4c4p+8, -0x1.ef09dfb3bc281p-36)

/* log(1 + r) = r - r^2/2 + sum of LOG_Cn r^n, -0.0332 <= r <= 0.03125;
 * relative error 2^-55.3. */
#define LOG_C3 0x1.5555555554f3bp-2
#define LOG_C4 (-0x1.00000000786a1p-2)
#define LOG_C5 0x1.999999b312b27p-3
#define LOG_C6 (-0x1.555542cd10b8ep-3)
#define LOG_C7 0x1.24916dd3fa933p-3
#define LOG_C8 (-0x1.006e52d8610d6p-3)
#define LOG_C9 0x1.cb9fac1bef6f9p-4

/* The same for log10. */
#define LOG10_2_HIGH 0x1.34413509f8000p-2
#define LOG10_2_LOW (-0x1.80433b83b532ap-44)
#define LOG10_ENTRIES(X)                                                                           \
    X(0x1.0000000000000p+512, -0x1.34413509f8000p+7, 0x1.80433b83b532ap-35)                        \
    X(0x1.e000000000000p+511, -0x1.3432db4211938p+7, 0x1.7fc2f2568b853p-35)                        \
    X(0x1.c800000000000p+511, -0x1.342773724c100p+7, 0x1.807a9722300f3p-35)                        \
    X(0x1.b000000000000p+511, -0x1.341b6dbb76910p+7, 0x1.8043b025cab44p-35)                        \
    X(0x1.9800000000000p+511, -0x1.340eb80e36078p+7, 0x1.803737e215002p-35)                        \
    X(0x1.8800000000000p+511, -0x1.3405d2cc49328p+7, 0x1.7fa2dd1a97138p-35)                        \
    X(0x1.7000000000000p+511, -0x1.33f7c66972940p+7, 0x1.7fc2fd8a48d32p-35)                        \
    X(0x1.6000000000000p+511, -0x1.33ede40bee298p+7, 0x1.808b6e2a4025cp-35)                        \
    X(0x1.5800000000000p+511, -0x1.33e8c765119f0p+7, 0x1.7f47b4a067071p-35)                        \
    X(0x1.4800000000000p+511, -0x1.33de30391a5a8p+7, 0x1.7f965a370e983p-35)                        \
    X(0x1.3800000000000p+511, -0x1.33d31170041a0p+7, 0x1.7fdb349cc8f7ap-35)                        \
    X(0x1.3000000000000p+511, -0x1.33cd4ad01e8d0p+7, 0x1.7ffa59d852524p-35)                        \
    X(0x1.2800000000000p+511, -0x1.33c75cc0f6e50p+7, 0x1.7f826a9295422p-35)                        \
    X(0x1.1800000000000p+511, -0x1.33bb01810caa0p+7, 0x1.7ff285d81eb8bp-35)                        \
    X(0x1.1000000000000p+511, -0x1.33b48f6c08848p+7, 0x1.7fb6fa9837433p-35)                        \
    X(0x1.0800000000000p+511, -0x1.33adec1396b08p+7, 0x1.804b89d65c081p-35)

/* log10(1 + r) = r log10(e) + sum of LOG10_Cn r^n; relative error 2^-55.8. */
#define LOG10_E_HIGH 0x1.bcb7b1526e50ep-2
#define LOG10_E_LOW 0x1.95355baaafad3p-57
#define LOG10_C2 (-0x1.bcb7b1526e4d7p-3)
#define LOG10_C3 0x1.287a7636f3ba8p-3
#define LOG10_C4 (-0x1.bcb7b153e12ecp-4)
#define LOG10_C5 0x1.63c6278f182c9p-4
#define LOG10_C6 (-0x1.287a61f0cbeaap-4)
#define LOG10_C7 0x1.fc3e14e5e88bap-5
#define LOG10_C8 (-0x1.bd88000b26838p-5)
#define LOG10_C9 0x1.8f302b2ea5f53p-5

/* pow works with halves, h = r/2 and log(x)/2: c, log c and log 2 are halved. */
#define POW_2_HIGH 0x1.62e42fefa3800p-2
#define POW_2_LOW 0x1.ef35793c76730p-46
#define POW_ENTRIES(X)                                                                             \
    X(0x1.0000000000000p+511, -0x1.62e42fefa3800p+7, -0x1.ef35793c76730p-37)                       \
    X(0x1.e000000000000p+510, -0x1.62d3aa56ede1cp+7, -0x1.ef9510b236994p-37)                       \
    X(0x1.c800000000000p+510, -0x1.62c688c83ffbcp+7, -0x1.eecb543bf7d6ap-37)                       \
    X(0x1.b000000000000p+510, -0x1.62b8b16eccd78p+7, -0x1.ef7f39cc24156p-37)                       \
    X(0x1.9800000000000p+510, -0x1.62aa0f7fbeb54p+7, -0x1.ef660e3961e0fp-37)                       \
    X(0x1.8800000000000p+510, -0x1.629fd1b59ae08p+7, -0x1.ee1681af93a28p-37)                       \
    X(0x1.7000000000000p+510, -0x1.628fa537869d8p+7, -0x1.ee3f85b86b4ccp-37)                       \
    X(0x1.6000000000000p+510, -0x1.62844406b41fcp+7, -0x1.edee7dc2b705bp-37)                       \
    X(0x1.5800000000000p+510, -0x1.627e61629732cp+7, -0x1.ed8a058b0a7e6p-37)                       \
    X(0x1.4800000000000p+510, -0x1.62723008866acp+7, -0x1.ee03302a81055p-37)                       \
    X(0x1.3800000000000p+510, -0x1.6265628ce596cp+7, -0x1.f1146d47fe467p-37)                       \
    X(0x1.3000000000000p+510, -0x1.625ebc388cfd4p+7, -0x1.f0b8578e54790p-37)                       \
    X(0x1.2800000000000p+510, -0x1.6257e87d9bee0p+7, -0x1.f0e2480093c5ep-37)                       \
    X(0x1.1800000000000p+510, -0x1.6249aeaa36938p+7, -0x1.f0f2983e21d36p-37)                       \
    X(0x1.1000000000000p+510, -0x1.624242f00bb70p+7, -0x1.ed53118bbe835p-37)                       \
    X(0x1.0800000000000p+510, -0x1.623a9e7e6f4c4p+7, -0x1.ef09dfb3bc281p-37)

/* log((1 + s)/(1 - s))/2 = s + sum of POW_Cn s^n, |s| <= 0.01739; relative error 2^-70.1. */
#define POW_C3 0x1.5555555555554p-2
#define POW_C5 0x1.99999999acd97p-3
#define POW_C7 0x1.2492467188978p-3
#define POW_C9 0x1.c768d22eee5ccp-4

/* sin r = r + sum of SIN_Cn r^n, cos r = 1 - r^2/2 + sum of COS_Cn r^n, |r| <= pi/4;
 * relative errors 2^-63.2, 2^-63.9. */
#define SIN_C3 (-0x1.5555555555555p-3)
#define SIN_C5 0x1.1111111111069p-7
#define SIN_C7 (-0x1.a01a019ffe523p-13)
#define SIN_C9 0x1.71de3a33a57e2p-19
#define SIN_C11 (-0x1.ae642c51abbc8p-26)
#define SIN_C13 0x1.6109bd71ec908p-33
#define SIN_C15 (-0x1.9ffd766bbcd10p-41)

#define COS_C4 0x1.555555555554bp-5
#define COS_C6 (-0x1.6c16c16c15013p-10)
#define COS_C8 0x1.a01a019c8ed06p-16
#define COS_C10 (-0x1.27e4f7f140f9ep-22)
#define COS_C12 0x1.1ee9db8e202ddp-29
#define COS_C14 (-0x1.8fa65e8b0f952p-37)

/* pi/2 in three parts. x - k first is exact; the difference less k second is, too, or
 * nearly all of k third is lost on it. HALF_PI_REST: the second and third together. */
#define HALF_PI_FIRST 0x1.921fb54442d18p+0
#define HALF_PI_SECOND 0x1.1a62633180000p-54
#define HALF_PI_THIRD (-0x1.d1fc8f8cbb5bfp-89)
#define HALF_PI_REST 0x1.1a62633145c07p-54
#define TWO_OVER_PI 0x1.45f306dc9c883p-1

/* A word 0 and the bits of 2/pi after the point. */
#define TWO_OVER_PI_BITS                                                                           \
    {                                                                                              \
        0x0000000000000000ULL, 0xa2f9836e4e441529ULL, 0xfc2757d1f534ddc0ULL,                       \
            0xdb6295993c439041ULL, 0xfe5163abdebbc561ULL, 0xb7246e3a424dd2e0ULL,                   \
            0x06492eea09d1921cULL, 0xfe1deb1cb129a73eULL, 0xe88235f52ebb4484ULL,                   \
            0xe99c7026b45f7e41ULL, 0x3991d639835339f4ULL, 0x9c845f8bbdf9283bULL,                   \
            0x1ff897ffde05980fULL, 0xef2f118b5a0a6d1fULL, 0x6d367ecf27cb09b7ULL,                   \
            0x4f463f669e5fea2dULL, 0x7527bac7ebe5f17bULL, 0x3d0739f78a5292eaULL,                   \
            0x6bfb5fb11f8d5d08ULL, 0x56033046fc7b6babULL                                           \
    }

#endif
