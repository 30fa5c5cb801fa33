"""
Reference values for the tests of the statistics, from SciPy, statsmodels and R; none of it is packetwalk's own code.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0    # and R (Rscript) for wilcox.test
    python make_references.py > references.json && npx biome format --write references.json

Same seed, same values: a second run changes nothing.
"""

import itertools
import json
import math
import subprocess

import numpy as np
import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20260101)

# The levels that packetwalk tests at: one metric, or the strictest of 3 or 6 (Holm).
LEVELS = (0.05, 0.05 / 3, 0.05 / 6)


def r(expression):
    done = subprocess.run(["Rscript", "-e", f"cat(sprintf('%.17g', c({expression})))"], check=True, capture_output=True)
    return [float(number) for number in done.stdout.split()]


def r_vector(values):
    return f"c({','.join(repr(float(value)) for value in values)})"


def arms(n, m, shift=1.0):
    """Normal values without ties."""
    values = np.round(rng.standard_normal(n + m), 4)
    assert len(set(values)) == n + m
    return values[:n].tolist(), np.round(values[n:] + shift, 4).tolist()


# Mann-Whitney


def untied(n, m):
    a, b = arms(n, m)
    p = stats.mannwhitneyu(a, b, alternative="two-sided", method="exact").pvalue
    assert math.isclose(p, r(f"wilcox.test({r_vector(a)}, {r_vector(b)}, exact = TRUE)$p.value")[0], rel_tol=1e-12)
    return {"a": a, "b": b, "p": p}


def tied(n, m, mean):
    """
    By listing every split: the share whose rank sum is at least as far from the expected one. Not
    scipy.stats.permutation_test, which doubles the smaller tail: with ties the two tails need not be alike.
    """
    a, b = rng.poisson(mean, n).tolist(), rng.poisson(2 * mean, m).tolist()
    ranks = stats.rankdata(a + b)
    distance = np.abs(np.array([sum(split) for split in itertools.combinations(ranks, n)]) - n * (n + m + 1) / 2)
    return {"a": a, "b": b, "p": float(np.mean(distance >= abs(ranks[:n].sum() - n * (n + m + 1) / 2)))}


def large(n, m, decimals):
    """Corrected for ties and continuity."""
    a, b = (np.round(arm, decimals).tolist() for arm in arms(n, m, 0.5))
    p = stats.mannwhitneyu(a, b, alternative="two-sided", method="asymptotic", use_continuity=True).pvalue
    assert math.isclose(p, r(f"wilcox.test({r_vector(a)}, {r_vector(b)}, exact = FALSE)$p.value")[0], rel_tol=1e-9)
    return {"a": a, "b": b, "p": p}


def tail(n, m, u):
    return {"n": n, "m": m, "u": u, "p": r(f"pwilcox({u}, {n}, {m})")[0]}


def critical(n, m, alpha):
    """The largest U at which R's exact test rejects."""
    below = r(f"sum(2 * pwilcox(0:{n * m}, {n}, {m}) < {alpha!r})")[0]
    return {"n": n, "m": m, "alpha": alpha, "u": int(below) - 1}


# Holm and Hodges-Lehmann


def holm(ps):
    return {"ps": ps, "adjusted": multipletests(ps, method="holm")[1].tolist()}


def shift(n, m):
    """The estimate and the exact interval of wilcox.test; the interval's real level from the distribution of U."""
    baseline, tuned = arms(n, m)
    test = f"t <- wilcox.test({r_vector(tuned)}, {r_vector(baseline)}, conf.int = TRUE, exact = TRUE)"
    coverage = f"1 - 2 * pwilcox(max(qwilcox(0.025, {n}, {m}), 1) - 1, {n}, {m})"
    effect, low, high, covered = r(f"{{{test}; c(t$estimate, t$conf.int, {coverage})}}")
    return {"baseline": baseline, "tuned": tuned, "effect": effect, "ci": [low, high], "coverage": covered}


# Power


def deviations(cases, draws=200_000):
    """
    The shift, in deviations as a run estimates them, at which the rank test at R's critical value has 80 % power: each
    draw's own threshold, in units of the deviation estimated from another draw. By R's generator; to about 0.3 %.
    """
    one = f"""function(n, m, alpha) {{
    k <- n * m - max(-1, (0:(n * m))[2 * pwilcox(0:(n * m), n, m) < alpha])
    normal <- function(size) matrix(rnorm({draws} * size), {draws})
    x <- normal(n); y <- normal(m)
    threshold <- sapply(1:{draws}, function(i) sort(outer(x[i, ], y[i, ], '-'), partial = k)[k])
    u <- normal(n); v <- normal(m)
    pooled <- sqrt(((n - 1) * apply(u, 1, var) + (m - 1) * apply(v, 1, var)) / (n + m - 2))
    quantile(threshold / pooled, 0.8, names = FALSE)}}"""
    found = r(f"{{set.seed(20260101); one <- {one}; c({','.join(f'one({n}, {m}, {alpha!r})' for n, m, alpha in cases)})}}")
    return [
        {"n": n, "m": m, "alpha": alpha, "deviations": round(value, 3)} for (n, m, alpha), value in zip(cases, found)
    ]


def from_zero(n):
    mean = optimize.brentq(lambda mean: (1 - stats.poisson.pmf(0, mean)) ** n - 0.8, 1e-9, 50, xtol=1e-13)
    return {"n": n, "mean": mean}


SIZES = [(3, 3), (3, 5), (4, 4), (5, 5), (5, 8), (6, 4), (7, 9), (8, 8), (10, 3), (10, 10)]

print(
    json.dumps(
        {
            "madeWith": {
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "statsmodels": statsmodels.__version__,
                "R": ".".join(str(int(part)) for part in r("as.integer(unlist(getRversion()))")),
            },
            "mannWhitney": {
                "untied": [untied(*sizes) for sizes in SIZES],
                "tied": [tied(n, m, mean) for n, m in ((4, 4), (5, 5), (5, 8), (7, 6), (8, 8)) for mean in (0.7, 3)],
                "large": [large(n, m, decimals) for n, m in ((31, 31), (40, 45)) for decimals in (4, 0)],
                "tails": [tail(*case) for case in ((5, 5, 2), (8, 8, 13), (10, 7, 20), (30, 30, 317), (25, 12, 150))],
                "critical": [critical(n, m, alpha) for n, m in ((3, 3), (5, 5), (6, 9), (10, 10), (30, 30)) for alpha in LEVELS],
                "criticalLarge": [critical(n, m, alpha) for n, m in ((31, 31), (40, 30), (48, 48)) for alpha in LEVELS],
            },
            "holm": [
                holm([0.04, 0.01, 0.03]),
                holm([0.01, 0.01, 0.2, 0.01]),
                holm([0.0079, 0.9, 0.0317, 0.0159, 1, 0.4206]),
                holm(np.round(rng.uniform(0, 0.2, 12), 4).tolist()),
            ],
            "hodgesLehmann": [shift(*sizes) for sizes in SIZES],
            "power": {
                "deviations": deviations(
                    [
                        (4, 4, 0.05),
                        (5, 5, 0.05),
                        (5, 7, 0.05 / 3),
                        (6, 6, 0.05 / 3),
                        (8, 8, 0.05 / 3),
                        (8, 8, 0.05 / 6),
                        (12, 12, 0.05 / 6),
                    ]
                ),
                "fromZero": [from_zero(n) for n in (1, 3, 5, 10)],
            },
        }
    )
)
