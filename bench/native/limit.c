/*
 * What the machine can do: the three workloads of the bench by hand, in plain C that the compiler vectorises.
 *
 *   limit WORKLOAD LOG2_PATHS DIRECTIONS     WORKLOAD is w1p, w1s, w2p, w2s, w3p or w3s; DIRECTIONS a file of Sobol'
 *                                            direction numbers, 32 words a dimension
 *
 * prints CPU nanoseconds per path-step, then the price and its standard error. p draws Philox4x32-10 numbers, s Sobol' points
 * with a digital shift.
 *
 *   W1  Black-Scholes, a digital call, one step:                       price, delta, gamma, vega
 *   W2  Heston by Andersen's QE scheme, a digital call, 64 steps:      price, delta, gamma
 *   W3  Black-Scholes, 12 dates, Asian call and up-and-out call:       price, delta, gamma, vega of each
 *
 * Greeks by likelihood ratio; of every number the mean and the standard error. Paths go through in blocks that stay in the
 * first-level cache, a column per quantity. Rare lanes (tails of the normal, small variances) are listed and done apart.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

enum { BLOCK = 512, DIMENSIONS = 128, DIGITS = 32, MOST_ESTIMATES = 8 };

typedef double column[BLOCK] __attribute__((aligned(64)));

/* ---- elementary functions, inlined into loops ---- */

static inline uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  return bits;
}

static inline double double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, 8);
  return x;
}

/* exp x for |x| < 708: Cody and Waite's reduction, minimax polynomial. */
static inline double exponential(double x) {
  const double rounder = 6755399441055744.0; /* 1.5 * 2^52 */
  double t = x * 1.4426950408889634 + rounder;
  double n = t - rounder;
  double r = (x - n * 6.93147180369123816490e-1) - n * 1.90821492927058770002e-10;
  double p = 2.510037583265786e-8;
  p = p * r + 2.7620075880109014e-7;
  p = p * r + 2.755726848030982e-6;
  p = p * r + 2.4801521322368428e-5;
  p = p * r + 0.00019841269863040545;
  p = p * r + 0.0013888888917196719;
  p = p * r + 0.008333333333330065;
  p = p * r + 0.041666666666624164;
  p = p * r + 0.16666666666666669;
  p = p * r + 0.5;
  p = p * r * r + r + 1.0;
  return double_of(bits_of(p) + (bits_of(t) << 52));
}

/* log x for positive normal x: fdlibm's form. */
static inline double logarithm(double x) {
  uint64_t shifted = bits_of(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  double k = double_of((shifted >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
  double f = double_of((shifted & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  double s = f / (f + 2.0), z = s * s, half = 0.5 * f * f;
  double r = 1.479819860511658591e-1;
  r = r * z + 1.531383769920937332e-1;
  r = r * z + 1.818357216161805012e-1;
  r = r * z + 2.222219843214978396e-1;
  r = r * z + 2.857142874366239149e-1;
  r = r * z + 3.999999999940941908e-1;
  r = r * z + 6.666666666666735130e-1;
  r = r * z;
  return k * 6.93147180369123816490e-1 + (f - (half - (s * (half + r) + k * 1.90821492927058770002e-10)));
}

/* fmax without its care for NaN, which would keep loops from being vectorised. */
static inline double larger(double x, double y) { return x > y ? x : y; }

static inline double horner(const double c[8], double x) {
  return ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

/* The inverse normal distribution function: Wichura, AS241. */
static inline double inverse_normal_centre(double u) {
  static const double above[8] = {3.3871328727963666080,    1.3314166789178437745e2, 1.9715909503065514427e3,
                                  1.3731693765509461125e4,  4.5921953931549871457e4, 6.7265770927008700853e4,
                                  3.3430575583588128105e4,  2.5090809287301226727e3};
  static const double below[8] = {1.0,                      4.2313330701600911252e1, 6.8718700749205790830e2,
                                  5.3941960214247511077e3,  2.1213794301586595867e4, 3.9307895800092710610e4,
                                  2.8729085735721942674e4,  5.2264952788528545610e3};
  double q = u - 0.5, r = 0.180625 - q * q;
  return q * horner(above, r) / horner(below, r);
}

static inline double inverse_normal_tail(double u) {
  static const double above[8] = {1.42343711074968357734,   4.63033784615654529590,   5.76949722146069140550,
                                  3.64784832476320460504,   1.27045825245236838258,   2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double below[8] = {1.0,                      2.05319162663775882187,   1.67638483018380384940,
                                  6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
                                  5.47593808499534494600e-4, 1.05075007164441684324e-9};
  /* Beyond 5 (probabilities below 1.4e-11) this loses digits; AS241 has a third formula there, which no run here needs. */
  double r = sqrt(-logarithm(u < 0.5 ? u : 1.0 - u)) - 1.6;
  double z = horner(above, r) / horner(below, r);
  return copysign(z, u - 0.5);
}

/* ---- lists of rare lanes ---- */

/* Appends to `list` the numbers i < n with x[i] > limit; returns how many. */
static inline int list_above(int32_t *list, const double *x, double limit, int n) {
  int count = 0;
#ifdef __AVX512F__
  __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (int i = 0; i < n; i += 16) {
    __m512d edge = _mm512_set1_pd(limit);
    unsigned low = _mm512_cmp_pd_mask(_mm512_load_pd(x + i), edge, _CMP_GT_OQ);
    unsigned high = _mm512_cmp_pd_mask(_mm512_load_pd(x + i + 8), edge, _CMP_GT_OQ);
    __mmask16 mask = (__mmask16)(low | high << 8);
    _mm512_storeu_si512(list + count, _mm512_maskz_compress_epi32(mask, lanes));
    count += __builtin_popcount(mask);
    lanes = _mm512_add_epi32(lanes, _mm512_set1_epi32(16));
  }
#else
  for (int i = 0; i < n; i++) {
    list[count] = i;
    count += x[i] > limit;
  }
#endif
  return count;
}

static void inverse_normal(double *restrict z, const double *restrict u) {
  static column distance, tail_u;
  static int32_t list[BLOCK + 16];
  for (int i = 0; i < BLOCK; i++) {
    z[i] = inverse_normal_centre(u[i]);
    distance[i] = fabs(u[i] - 0.5);
  }
  int tails = list_above(list, distance, 0.425, BLOCK);
  for (int j = 0; j < tails; j++) tail_u[j] = u[list[j]];
  for (int j = 0; j < tails; j++) tail_u[j] = inverse_normal_tail(tail_u[j]);
  for (int j = 0; j < tails; j++) z[list[j]] = tail_u[j];
}

/* ---- random numbers ---- */

/* The 52 high bits of a random word as a uniform strictly between 0 and 1. */
static inline double uniform_of(uint64_t word) {
  return double_of(word >> 12 | 0x3ff0000000000000u) - 0.99999999999999988898;
}

enum { KEY = 0x12345678, MULTIPLIER_0 = (int)0xd2511f53, MULTIPLIER_1 = (int)0xcd9e8d57 };
enum { WEYL_0 = (int)0x9e3779b9, WEYL_1 = (int)0xbb67ae85 };

/* Two columns of uniforms (or the halves of one) from Philox4x32-10 of the counters (first + i, draw). */
#ifdef __AVX512F__
/* A word in the low half of each 64-bit lane: the upper halves hold what the multiplication ignores. */
static inline void philox_eight(double *a, double *b, __m512i x0, uint32_t draw, uint32_t seed) {
  __m512i x1 = _mm512_setzero_si512(), x2 = _mm512_set1_epi64(draw), x3 = x1;
  uint32_t key0 = KEY, key1 = seed;
#pragma GCC unroll 10
  for (int round = 0; round < 10; round++) {
    __m512i p0 = _mm512_mul_epu32(x0, _mm512_set1_epi64(MULTIPLIER_0));
    __m512i p1 = _mm512_mul_epu32(x2, _mm512_set1_epi64(MULTIPLIER_1));
    x0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), x1, _mm512_set1_epi64(key0), 0x96);
    x2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), x3, _mm512_set1_epi64(key1), 0x96);
    x1 = p1;
    x3 = p0;
    key0 += (uint32_t)WEYL_0;
    key1 += (uint32_t)WEYL_1;
  }
  const __m512i low = _mm512_set1_epi64(0xffffffff), one = _mm512_set1_epi64(0x3ff0000000000000);
  const __m512d least = _mm512_set1_pd(0.99999999999999988898);
  __m512i even = _mm512_or_si512(_mm512_slli_epi64(x0, 32), _mm512_and_si512(x1, low));
  __m512i odd = _mm512_or_si512(_mm512_slli_epi64(x2, 32), _mm512_and_si512(x3, low));
  even = _mm512_or_si512(_mm512_srli_epi64(even, 12), one);
  odd = _mm512_or_si512(_mm512_srli_epi64(odd, 12), one);
  _mm512_store_pd(a, _mm512_sub_pd(_mm512_castsi512_pd(even), least));
  _mm512_store_pd(b, _mm512_sub_pd(_mm512_castsi512_pd(odd), least));
}

static void philox(double *restrict a, double *restrict b, int n, uint32_t first, uint32_t draw, uint32_t seed) {
  const __m512i lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
  for (int i = 0; i < n; i += 16) {
    philox_eight(a + i, b + i, _mm512_add_epi64(lanes, _mm512_set1_epi64(first + i)), draw, seed);
    philox_eight(a + i + 8, b + i + 8, _mm512_add_epi64(lanes, _mm512_set1_epi64(first + i + 8)), draw, seed);
  }
}
#else
static void philox(double *restrict a, double *restrict b, int n, uint32_t first, uint32_t draw, uint32_t seed) {
  for (int i = 0; i < n; i++) {
    uint32_t x0 = first + (uint32_t)i, x1 = 0, x2 = draw, x3 = 0, key0 = KEY, key1 = seed;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
      uint64_t p0 = (uint64_t)x0 * (uint32_t)MULTIPLIER_0, p1 = (uint64_t)x2 * (uint32_t)MULTIPLIER_1;
      x0 = (uint32_t)(p1 >> 32) ^ x1 ^ key0;
      x2 = (uint32_t)(p0 >> 32) ^ x3 ^ key1;
      x1 = (uint32_t)p1;
      x3 = (uint32_t)p0;
      key0 += (uint32_t)WEYL_0;
      key1 += (uint32_t)WEYL_1;
    }
    a[i] = uniform_of((uint64_t)x0 << 32 | x1);
    b[i] = uniform_of((uint64_t)x2 << 32 | x3);
  }
}
#endif

static uint32_t directions[DIMENSIONS][DIGITS];
static uint32_t shifts[DIMENSIONS];
/* The first BLOCK points of every dimension: any aligned block is these, xored with one word. */
static uint32_t first_points[DIMENSIONS][BLOCK];

static void prepare_sobol(uint32_t seed) {
  uint64_t state = seed;
  for (int d = 0; d < DIMENSIONS; d++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    shifts[d] = (uint32_t)(state >> 32);
    for (int i = 0; i < BLOCK; i++) {
      uint32_t point = 0;
      for (int bit = 0; bit < DIGITS; bit++)
        if ((unsigned)i >> bit & 1) point ^= directions[d][bit];
      first_points[d][i] = point;
    }
  }
}

static void sobol(double *restrict u, int dimension, uint32_t first) {
  uint32_t origin = shifts[dimension];
  for (int bit = 0; bit < DIGITS; bit++)
    if (first >> bit & 1) origin ^= directions[dimension][bit];
  const uint32_t *restrict points = first_points[dimension];
  for (int i = 0; i < BLOCK; i++) u[i] = ((double)(points[i] ^ origin) + 0.5) * 0x1p-32;
}

struct source {
  int is_sobol;
  uint32_t seed;
};

/* Uniforms of dimensions 2k and 2k + 1 for the block of paths that begins at `first`. */
static void two_columns(double *a, double *b, struct source source, int k, uint32_t first) {
  if (source.is_sobol) {
    sobol(a, 2 * k, first);
    sobol(b, 2 * k + 1, first);
  } else {
    philox(a, b, BLOCK, first, (uint32_t)k, source.seed);
  }
}

/* ---- estimates ---- */

struct estimates {
  double sum[MOST_ESTIMATES], square[MOST_ESTIMATES];
};

static inline void add(struct estimates *estimates, int which, const double *restrict x) {
  double sum = 0, square = 0;
#pragma omp simd reduction(+ : sum, square)
  for (int i = 0; i < BLOCK; i++) {
    sum += x[i];
    square += x[i] * x[i];
  }
  estimates->sum[which] += sum;
  estimates->square[which] += square;
}

static const double SPOT = 100, STRIKE = 100, BARRIER = 130, RATE = 0.03, YIELD = 0.01, VOLATILITY = 0.2, YEARS = 1;

/* ---- W1 ---- */

static void digital(struct estimates *out, struct source source, uint32_t paths) {
  static column u, z;
  static column value, delta, gamma, vega;
  const double root = sqrt(YEARS), s = VOLATILITY * root;
  const double m = (RATE - YIELD - 0.5 * VOLATILITY * VOLATILITY) * YEARS;
  const double discount = exp(-RATE * YEARS);
  const double by_spot = 1 / (SPOT * s), by_spot_twice = by_spot * by_spot, by_spot_once = by_spot / SPOT;
  for (uint32_t first = 0; first < paths; first += BLOCK) {
    if (source.is_sobol) sobol(u, 0, first);
    else philox(u, u + BLOCK / 2, BLOCK / 2, first / 2, 0, source.seed);
    inverse_normal(z, u);
    for (int i = 0; i < BLOCK; i++) {
      double price = SPOT * exponential(m + s * z[i]);
      double payoff = price > STRIKE ? discount : 0.0;
      double curve = z[i] * z[i] - 1;
      value[i] = payoff;
      delta[i] = payoff * z[i] * by_spot;
      gamma[i] = payoff * (curve * by_spot_twice - z[i] * by_spot_once);
      vega[i] = payoff * (curve * (1 / VOLATILITY) - z[i] * root);
    }
    add(out, 0, value);
    add(out, 1, delta);
    add(out, 2, gamma);
    add(out, 3, vega);
  }
}

/* ---- W2 ---- */

static void heston(struct estimates *out, struct source source, uint32_t paths) {
  enum { STEPS = 64 };
  static column u, unused, z, w, v, psi, mean, next, log_price, noise, variance;
  static column rarity, rare_u, rare_psi, rare_mean;
  static int32_t list[BLOCK + 16];
  const double v0 = 0.04, kappa = 1.5, theta = 0.04, xi = 0.5, rho = -0.7, dt = YEARS / STEPS;
  const double decay = exp(-kappa * dt), gain = theta * (1 - decay);
  const double s1 = xi * xi * decay / kappa * (1 - decay);
  const double s0 = theta * xi * xi / (2 * kappa) * (1 - decay) * (1 - decay);
  const double half = 0.5 * dt * (kappa * rho / xi - 0.5);
  const double k0 = (RATE - YIELD) * dt - rho * kappa * theta / xi * dt;
  const double k1 = half - rho / xi, k2 = half + rho / xi, k3 = 0.5 * dt * (1 - rho * rho);
  const double discount = exp(-RATE * YEARS), log_strike = log(STRIKE / SPOT), switch_over = 1.5;
  for (uint32_t first = 0; first < paths; first += BLOCK) {
    for (int i = 0; i < BLOCK; i++) {
      v[i] = v0;
      log_price[i] = noise[i] = variance[i] = 0;
    }
    for (int k = 0; k < STEPS; k++) {
      two_columns(u, unused, source, k, first);
      inverse_normal(z, u);
      inverse_normal(w, unused);
      /* Common case: a squared normal. 2/psi is kept, which is small where the variance is. */
      for (int i = 0; i < BLOCK; i++) {
        mean[i] = v[i] * decay + gain;
        psi[i] = 2 * mean[i] * mean[i] / (v[i] * s1 + s0);
        double less = larger(psi[i] - 1, 0);
        double b = less + sqrt(psi[i] * less);
        double shifted = sqrt(b) + z[i];
        next[i] = mean[i] * shifted * shifted / (1 + b);
        rarity[i] = -psi[i];
      }
      /* Rare case: an atom at 0 and an exponential. */
      int rare = list_above(list, rarity, -2 / switch_over, BLOCK);
      for (int j = 0; j < rare; j++) {
        rare_u[j] = u[list[j]];
        rare_psi[j] = psi[list[j]];
        rare_mean[j] = mean[list[j]];
      }
      for (int j = 0; j < rare; j++) {
        double outside = rare_psi[j] / (0.5 * rare_psi[j] + 1);
        double drawn = logarithm(outside / (1 - rare_u[j])) * rare_mean[j] / outside;
        rare_u[j] = larger(drawn, 0);
      }
      for (int j = 0; j < rare; j++) next[list[j]] = rare_u[j];
      for (int i = 0; i < BLOCK; i++) {
        double square = k3 * (v[i] + next[i]);
        double step = sqrt(square) * w[i];
        noise[i] += step;
        variance[i] += square;
        log_price[i] += k0 + k1 * v[i] + k2 * next[i] + step;
        v[i] = next[i];
      }
    }
    for (int i = 0; i < BLOCK; i++) {
      double payoff = log_price[i] > log_strike ? discount : 0.0;
      double inverse = 1 / variance[i], score = noise[i] * inverse;
      u[i] = payoff;
      z[i] = payoff * score / SPOT;
      w[i] = payoff * (score * score - inverse - score) / (SPOT * SPOT);
    }
    add(out, 0, u);
    add(out, 1, z);
    add(out, 2, w);
  }
}

/* ---- W3 ---- */

static void path_dependent(struct estimates *out, struct source source, uint32_t paths) {
  enum { DATES = 12 };
  static column u0, u1, z0, z1, first_z, price, sum, highest, total, squares;
  static column asian[4], barrier[4];
  const double dt = YEARS / DATES, root = sqrt(dt), s = VOLATILITY * root;
  const double m = (RATE - YIELD - 0.5 * VOLATILITY * VOLATILITY) * dt, discount = exp(-RATE * YEARS);
  const double by_spot = 1 / (SPOT * s), by_spot_twice = by_spot * by_spot, by_spot_once = by_spot / SPOT;
  for (uint32_t first = 0; first < paths; first += BLOCK) {
    for (int i = 0; i < BLOCK; i++) {
      price[i] = SPOT;
      sum[i] = highest[i] = total[i] = squares[i] = 0;
    }
    for (int k = 0; k < DATES / 2; k++) {
      two_columns(u0, u1, source, k, first);
      inverse_normal(z0, u0);
      inverse_normal(z1, u1);
      if (k == 0) memcpy(first_z, z0, sizeof first_z);
      for (int i = 0; i < BLOCK; i++) {
        double one = price[i] * exponential(m + s * z0[i]);
        double two = one * exponential(m + s * z1[i]);
        price[i] = two;
        sum[i] += one + two;
        highest[i] = larger(highest[i], larger(one, two));
        total[i] += z0[i] + z1[i];
        squares[i] += z0[i] * z0[i] + z1[i] * z1[i];
      }
    }
    for (int i = 0; i < BLOCK; i++) {
      double z = first_z[i];
      double delta = z * by_spot, gamma = (z * z - 1) * by_spot_twice - z * by_spot_once;
      double vega = (squares[i] - DATES) * (1 / VOLATILITY) - total[i] * root;
      double average = discount * larger(sum[i] / DATES - STRIKE, 0);
      double alive = highest[i] < BARRIER ? discount * larger(price[i] - STRIKE, 0) : 0.0;
      asian[0][i] = average;
      asian[1][i] = average * delta;
      asian[2][i] = average * gamma;
      asian[3][i] = average * vega;
      barrier[0][i] = alive;
      barrier[1][i] = alive * delta;
      barrier[2][i] = alive * gamma;
      barrier[3][i] = alive * vega;
    }
    for (int g = 0; g < 4; g++) {
      add(out, g, asian[g]);
      add(out, 4 + g, barrier[g]);
    }
  }
}

static double cpu_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    void (*run)(struct estimates *, struct source, uint32_t);
    int steps;
  } workloads[] = {{"w1", digital, 1}, {"w2", heston, 64}, {"w3", path_dependent, 12}};
  if (count != 4) {
    fprintf(stderr, "usage: limit w1p|w1s|w2p|w2s|w3p|w3s LOG2_PATHS DIRECTIONS\n");
    return 2;
  }
  FILE *file = fopen(arguments[3], "rb");
  if (file == NULL || fread(directions, sizeof directions, 1, file) != 1) {
    fprintf(stderr, "%s must hold %d direction numbers\n", arguments[3], DIMENSIONS * DIGITS);
    return 2;
  }
  fclose(file);
  uint32_t paths = 1u << atoi(arguments[2]);
  struct source source = {.is_sobol = arguments[1][2] == 's', .seed = 1};
  prepare_sobol(source.seed);
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
    if (strncmp(arguments[1], workloads[i].name, 2) != 0) continue;
    struct estimates warm = {{0}, {0}}, out = {{0}, {0}};
    workloads[i].run(&warm, source, paths / 8);
    double start = cpu_nanoseconds();
    workloads[i].run(&out, source, paths);
    double each = (cpu_nanoseconds() - start) / paths / workloads[i].steps;
    double mean = out.sum[0] / paths;
    printf("%.4f %.9f %.3e\n", each, mean, sqrt((out.square[0] / paths - mean * mean) / paths));
    return 0;
  }
  fprintf(stderr, "unknown workload %s\n", arguments[1]);
  return 2;
}
