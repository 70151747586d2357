"""The workloads of the bench in numpy, vectorised over blocks of paths.

numpy_paths.py WORKLOAD LOG2_PATHS prints CPU nanoseconds per path-step and the price; WORKLOAD is w1, w2 or w3 (limit.c).
"""
import math
import sys
import time

import numpy as np

SPOT, STRIKE, BARRIER, RATE, YIELD, VOLATILITY, YEARS = 100.0, 100.0, 130.0, 0.03, 0.01, 0.2, 1.0
BLOCK = 16384  # columns of 128 KB: a second-level cache holds a few
DISCOUNT = math.exp(-RATE * YEARS)


def digital(random):
    root = math.sqrt(YEARS)
    s = VOLATILITY * root
    z = random.standard_normal(BLOCK)
    price = SPOT * np.exp((RATE - YIELD - 0.5 * VOLATILITY**2) * YEARS + s * z)
    payoff = np.where(price > STRIKE, DISCOUNT, 0.0)
    curve = z * z - 1
    by_spot = 1 / (SPOT * s)
    return [payoff, payoff * z * by_spot, payoff * (curve * by_spot**2 - z * (by_spot / SPOT)), payoff * (curve / VOLATILITY - z * root)]


def heston(random):
    steps, v0, kappa, theta, xi, rho = 64, 0.04, 1.5, 0.04, 0.5, -0.7
    dt = YEARS / steps
    decay = math.exp(-kappa * dt)
    s1 = xi * xi * decay / kappa * (1 - decay)
    s0 = theta * xi * xi / (2 * kappa) * (1 - decay) ** 2
    half = 0.5 * dt * (kappa * rho / xi - 0.5)
    k0, k1, k2, k3 = (RATE - YIELD) * dt - rho * kappa * theta / xi * dt, half - rho / xi, half + rho / xi, 0.5 * dt * (1 - rho * rho)
    v = np.full(BLOCK, v0)
    log_price, noise, variance = np.zeros(BLOCK), np.zeros(BLOCK), np.zeros(BLOCK)
    for _ in range(steps):
        mean = v * decay + theta * (1 - decay)
        psi = (v * s1 + s0) / (mean * mean)
        root = np.sqrt(np.maximum(2 / psi - 1, 0))
        b = 2 / psi - 1 + np.sqrt(2 / psi) * root
        following = mean / (1 + b) * (np.sqrt(np.maximum(b, 0)) + random.standard_normal(BLOCK)) ** 2
        rare = np.flatnonzero(psi > 1.5)
        outside = 2 / (psi[rare] + 1)
        drawn = np.log(outside / (1 - random.random(rare.size))) * mean[rare] / outside
        following[rare] = np.maximum(drawn, 0)
        square = k3 * (v + following)
        step = np.sqrt(square) * random.standard_normal(BLOCK)
        noise += step
        variance += square
        log_price += k0 + k1 * v + k2 * following + step
        v = following
    payoff = np.where(log_price > math.log(STRIKE / SPOT), DISCOUNT, 0.0)
    score = noise / variance
    return [payoff, payoff * score / SPOT, payoff * (score * score - 1 / variance - score) / SPOT**2]


def path_dependent(random):
    dates = 12
    dt = YEARS / dates
    root = math.sqrt(dt)
    s = VOLATILITY * root
    z = random.standard_normal((dates, BLOCK))
    prices = SPOT * np.exp(np.cumsum((RATE - YIELD - 0.5 * VOLATILITY**2) * dt + s * z, axis=0))
    by_spot = 1 / (SPOT * s)
    delta = z[0] * by_spot
    gamma = (z[0] * z[0] - 1) * by_spot**2 - z[0] * (by_spot / SPOT)
    vega = ((z * z).sum(axis=0) - dates) / VOLATILITY - z.sum(axis=0) * root
    asian = DISCOUNT * np.maximum(prices.mean(axis=0) - STRIKE, 0)
    barrier = np.where(prices.max(axis=0) < BARRIER, DISCOUNT * np.maximum(prices[-1] - STRIKE, 0), 0.0)
    return [payoff * weight for payoff in (asian, barrier) for weight in (1.0, delta, gamma, vega)]


workload, steps = {"w1": (digital, 1), "w2": (heston, 64), "w3": (path_dependent, 12)}[sys.argv[1]]
paths = 2 ** int(sys.argv[2])
random = np.random.Generator(np.random.Philox(1))
workload(random)
sums, squares = 0.0, 0.0
start = time.process_time()
for _ in range(paths // BLOCK):
    columns = workload(random)
    sums = sums + np.array([column.sum() for column in columns])
    squares = squares + np.array([column @ column for column in columns])
seconds = time.process_time() - start
print(f"{seconds * 1e9 / paths / steps:.4f} {sums[0] / paths:.9f}")
