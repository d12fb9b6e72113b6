"""
Effective density and weights of a skewed target
================================================

Label distribution smoothing (LDS) weighs a row by the inverse of the *effective* density at its
target: the histogram of the training targets, smoothed with a kernel. This example shows what the
bandwidth of the kernel and the exponent of the weights do.
"""

# %%
# A skewed target
# ---------------
# 2,000 log-normal targets: most lie between 0 and 3, a few above 6. The histogram is ragged in the
# tail: empty bins stand next to bins with one row, although the rows there have much to say about
# their neighbours.

import matplotlib.pyplot as plt
import numpy as np

from skdir.density import TargetDensity, select_bandwidth
from skdir.weighting import InverseFrequencyWeighter, LDSWeighter

rng = np.random.default_rng(0)
y = rng.lognormal(mean=0.3, sigma=0.7, size=2_000)
print(f"targets from {y.min():.2f} to {y.max():.2f}, {(y > 6).sum()} of {len(y)} above 6")

# %%
# Empirical and effective density
# -------------------------------
# The default bandwidth is Silverman's rule, in units of the target. A smaller one follows the
# histogram, a larger one treats distant targets as neighbours.

rule = select_bandwidth(y)
bandwidths = {f"h = {rule:.2f} (Silverman)": rule, "h = 0.50": 0.5, "h = 1.50": 1.5}
styles = dict(zip(bandwidths, [("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", "-.")]))
grid = np.linspace(y.min(), y.max(), 500)

fig, (top, bottom) = plt.subplots(
    2, 1, figsize=(7.5, 7), sharex=True, layout="constrained", height_ratios=[1, 1]
)
binned = TargetDensity(kernel=None, bins=60).fit(y)
top.stairs(
    binned.empirical_density((binned.bin_edges_[1:] + binned.bin_edges_[:-1]) / 2),
    binned.bin_edges_,
    fill=True,
    color="0.85",
    label="empirical, 60 bins",
)
for label, bandwidth in bandwidths.items():
    color, style = styles[label]
    density = TargetDensity(bandwidth=bandwidth).fit(y)
    top.plot(grid, density.density(grid), style, color=color, label=f"effective, {label}")
    weight = LDSWeighter(bandwidth=bandwidth, reweight="inverse").fit(y).transform(grid)
    bottom.plot(grid, weight, style, color=color, label=f"inverse, {label}")

root = LDSWeighter().fit(y).transform(grid)
bottom.plot(grid, root, ":", color="black", lw=2, label="inverse square root (default)")
top.set(ylabel="density per unit of y", yscale="log", ylim=(1e-4, 1))
top.set_title("Density of the target", loc="left")
bottom.axhline(1, color="0.6", lw=0.8)
bottom.set(xlabel="target y", ylabel="weight (mean 1 over the rows)", yscale="log")
bottom.set_title("Weights", loc="left")
for axes in (top, bottom):
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
plt.show()

# %%
# Both heights are logarithmic. The gaps in the histogram are bins without a row, where an inverse
# frequency is not defined. The weights have flat tops: a target that the training rows do not reach
# weighs as much as the rarest training row, never more. With the small bandwidth the weights in the
# tail follow single rows; with a larger one they rise smoothly.
#
# How much the weights cost
# -------------------------
# Weights that differ a lot make a fit noisy. The effective sample size says how many rows of equal
# weight carry as much information.

weighters = {
    "INV (no smoothing)": InverseFrequencyWeighter(reweight="inverse"),
    "SQINV (no smoothing)": InverseFrequencyWeighter(),
    **{
        f"LDS inverse, {k}": LDSWeighter(bandwidth=h, reweight="inverse")
        for k, h in bandwidths.items()
    },
    "LDS inverse square root": LDSWeighter(),
    "LDS inverse, clip=(0.1, 10)": LDSWeighter(reweight="inverse", clip=(0.1, 10)),
}
print(f"{'weights':38}{'largest':>9}{'effective rows':>16}")
for name, weighter in weighters.items():
    w = weighter.fit_transform(y)
    print(f"{name:38}{w.max():9.1f}{weighter.effective_sample_size_:16.0f}")

# %%
# The inverse weights leave this sample of 2,000 rows worth fewer than 150 of equal weight, with or
# without smoothing: a few rows in the tail carry the fit. A wider kernel does not change that here,
# as an isolated row is then less dense than with a narrow one, not more. The square root, which is
# the default, and `clip` are what tames the weights.
