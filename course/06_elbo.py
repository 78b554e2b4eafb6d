# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: pushforward,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   pushforward:
#     generated: 'from solutions/06_elbo.py by `make course`: to change the course,
#       edit that file'
# ---

# %% [markdown]
# <small>[The course](README.md) · before: [05 One pixel at a time](05_autoregressive.ipynb) · next: [07 Gradients through samples](07_gradients_through_samples.ipynb)</small>

# %% [markdown]
# # 06 · The evidence lower bound
#
# Many models tell a story about a cause that nobody has seen: first a hidden $z$ is drawn, then $x$ comes out of it.
# Drawing from such a model is easy. Asking it how probable a *given* $x$ is means adding up all the causes that could
# have led to it, and as soon as a neural network stands between cause and effect, that sum is out of reach.
#
# This chapter is about the way out that made variational autoencoders, and later diffusion models, trainable: do not
# compute $\log p(x)$, bound it from below by something that can be computed, and know exactly what the bound loses.
# Everything happens in models so small that the truth is known, so every statement, and every answer of yours, can be
# checked against it. Notebook 07 learns to differentiate the bound, notebook 08 trains with it.
#
# You need: the density of a normal distribution, expectations, Bayes' rule. Time: about 4 hours; sections 2 to 5 are the
# core (of the others, run the given cells and the demos all the same). Labels such as 001 P2d say where a question
# comes from; notebook 00 lists these sources.

# %% nbgrader={"schema_version": 3, "grade_id": "given-package", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "571aa1d2836383b309d513874fc93c34", "cell_type": "code"} jupyter={"source_hidden": true} cellView="form" deletable=false editable=false
# @title The course's package: nothing happens here unless it is missing
import importlib.util
from pathlib import Path

if importlib.util.find_spec("pushforward") is None:
    beside = sorted(str(path) for path in Path().glob("pushforward*") if path.suffix in (".whl", ".zip"))
    raise SystemExit(
        f"The course's package is missing: run `%pip install {beside[-1]}` in a cell of its own, then this one again."
        if beside
        else "The course's package is missing: in a copy of the course `make wheel` builds it; "
        "put that file, or the copy as a zip named pushforward.zip, beside this notebook and run this cell again."
    )

# %% nbgrader={"schema_version": 3, "grade_id": "given-06-the-evidence-lower-bound-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "2f1d75a2e83653067784706c2063260c", "cell_type": "code"} deletable=false editable=false
import math

import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits
from pushforward.figures.elbo import (
    draw_ascent,
    draw_best_independent,
    draw_bounds,
    draw_masses,
    draw_rebuilt,
    draw_single_draws,
)
from pushforward.figures.explorer import elbo_explorer
from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, draw_split, figure, show
from pushforward.train import budget
from pushforward.waiting import waiting_for, with_bar

# %% tags=["demo"]
grid = torch.linspace(-3.5, 4, 1501, dtype=torch.float64)
cell = grid[1] - grid[0]
prior = Normal(0.0, 1.0).log_prob(grid).exp()
joint = prior * Normal(grid, 0.8).log_prob(torch.tensor(1.5)).exp()  # p(x, z) at x = 1.5, for every z of the grid
px = (joint * cell).sum()
guesses = {
    "$q$ is the prior": prior,
    "$q$ is too sure": Normal(0.4, 0.3).log_prob(grid).exp(),
    "$q$ is the posterior": joint / px,
}
bounds = [(title, q, float((q * torch.log(joint / q) * cell).sum())) for title, q in guesses.items()]
show(
    draw_split(grid, prior, joint / px, bounds, float(px.log())),
    alt="Three guesses at the posterior of one hidden number. Below each, a bar as long as its ELBO and a hatched gap "
    "that reaches up to the same line, log p(x) = −1.85. With the prior as q the gap is 1.38 nats, with a q that is too "
    "narrow and off centre 0.69, and with the posterior itself nought.",
)

# %% [markdown]
# ## The picture
#
# A hidden number $z$ comes from a standard normal **prior** $p(z)$ (dotted); $x$ is $z$ plus noise, and we have seen
# $x = 1.5$. Bayes' rule turns the prior into the **posterior** $p(z \mid x)$ (blue): what is now known about $z$. The
# dashed curve is a guess $q(z)$ at it.
#
# Below each guess stands one number, $\log p(x)$, the black line. It belongs to the model and to $x$, and does not
# care about $q$. Each $q$ splits it in two: a part that can be computed without knowing the posterior, the **ELBO**
# (solid), and a **gap** (hatched) that measures how far $q$ is from the posterior. The gap is never negative, so the
# ELBO is a lower bound; and a better guess is worth exactly what it adds to the bound. That is all of this chapter in
# one picture. What follows makes each part of it exact.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 02) $z \sim \mathcal N(0, 1)$ and $x = 2z + 1$. What is $\log p(x)$ at $x = 3$?
#
# <details><summary>Answer</summary>
#
# $x = 3$ comes from $z = 1$, and the map stretches by 2:
# $\log p(3) = -\frac12 - \frac12\log 2\pi - \log 2 = -2.1121$.
#
# </details>
#
# **2.** (Notebook 02) Two densities go through the same invertible map. What becomes of their ratio, at a point and at
# its image?
#
# <details><summary>Answer</summary>
#
# Nothing: both are divided by the same $|\det J|$, which cancels. (Section 9 needs this.)
#
# </details>
#
# **3.** (Notebook 00) A model pushes noise $\epsilon$ forward to $x = f(\epsilon)$. How do you estimate
# $\mathbb E[h(x)]$ without a formula for the density of $x$?
#
# <details><summary>Answer</summary>
#
# Draw noise, push it through $f$, and average $h$: $\mathbb E[h(x)] = \mathbb E_\epsilon[h(f(\epsilon))]$. No density
# comes in. (Section 4 lives on this.)
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x$ | `x` | what was seen: $D$ numbers |
# | $z$ | `z` | what is hidden, the *latent*: $d$ numbers |
# | $p(z),\ p(x \mid z)$ | `log_prior`, `log_likelihood` | the model: a prior, and how $x$ comes out of $z$ |
# | $p(x, z) = p(x \mid z)\,p(z)$ | `log_joint` | both at once |
# | $p(x) = \int p(x, z)\,dz$ | `log_px` | the *evidence*: how probable the model finds $x$ |
# | $p(z \mid x) = p(x, z)/p(x)$ | `log_posterior` | what $x$ tells about $z$ |
# | $q(z)$, or $q(z \mid x)$ | `log_q`, or `mu` and `sigma` | our guess at the posterior, normal where nothing else is said |
# | $\epsilon$ | `eps` | standard normal noise, always an *argument*, so that results can be repeated |
#
# All logarithms are natural: bounds and divergences are in **nats**. `sigma` and `s` are standard deviations: `sigma`
# is that of $q$, `s` that of $x$ given $z$. (Only section 6 writes $\sigma$ for the latter, as everybody does there.)
# In a batch there is one value per item: dimensions are *summed*, never averaged.

# %% [markdown]
# ## 1 · Why not just compute it?
#
# $p(x) = \int p(x \mid z)\,p(z)\,dz$ is an expectation, $\mathbb E_{p(z)}\,p(x \mid z)$. So draw $z_1, \dots, z_K$
# from the prior, average $p(x \mid z_k)$, and take the logarithm. With a thousand draws that should do?
#
# Try it where the answer is known. Let $z$ have $d$ dimensions and let $x = z + $ noise with standard deviation $0.5$
# in each; then $x$ is normal with variance $1.25$ in each, and $\log p(x)$ is a one-liner. Predict before you look: in
# thirty-two dimensions, is the estimate too small or too large, and by how many nats?

# %% tags=["demo"]
source = torch.Generator().manual_seed(3)
sizes, repeats, middles = [1, 2, 4, 8, 16, 32], budget(60, 60, 10), []
fig, ax = figure(1, 1, (6.8, 3.6))
for place, d in enumerate(sizes):
    seen = math.sqrt(1.25) * torch.randn(repeats, 1, d, generator=source, dtype=torch.float64)
    exact = Normal(0.0, math.sqrt(1.25)).log_prob(seen).sum((1, 2))
    causes = torch.randn(repeats, 1000, d, generator=source, dtype=torch.float64)
    likelihoods = Normal(causes, 0.5).log_prob(seen).sum(2).exp()  # (repeats, 1000): float64 can still hold them
    error = likelihoods.mean(1).log() - exact
    middles.append(f"{float(error.median()):.1f} at {d}")
    ax.plot(place + 0.25 * torch.rand(repeats, generator=source) - 0.12, error, ".", color=BLUE, markersize=4)
    ax.plot(place, error.median(), "_", color=VERMILION, markersize=26, markeredgewidth=2.5)
ax.axhline(0, color=GREY, linewidth=0.8)
ax.set(xticks=range(len(sizes)), xticklabels=sizes, xlabel="dimensions of $z$", ylabel="estimate − truth (nats)")
show(fig, alt=f"Error in nats of the plain estimate of log p(x) from a thousand prior draws, {repeats} times for each number "
     f"of latent dimensions. In the middle it is {', '.join(middles)} dimensions.")  # fmt: skip


# %% [markdown]
# In one dimension a thousand draws are plenty. In thirty-two, none of them comes near the causes that explain $x$: the
# average is decided by the luckiest draw, and it is *almost always too small*. (The mean of ever more such estimates of
# $p(x)$ would be right, but only thanks to a very few that are enormous.) The remedy is to draw where the action is,
# from some $q(z)$ that knows $x$. Then one needs a measure of how well $q$ fits, and that comes first.

# %% [markdown]
# ## 2 · How far is one distribution from another?
#
# The **Kullback–Leibler divergence** is the *extra* surprise, on average, of someone who expects $p$ while $q$ happens
# (001 P2d, 002 9-1):
#
# $$\mathrm{KL}(q \,\|\, p) \;=\; \mathbb E_q\!\left[\log\frac{q(z)}{p(z)}\right]
# \;=\; \underbrace{-\,\mathbb E_q[\log p(z)]}_{\text{cross-entropy}} \;-\; \underbrace{\big(-\mathbb E_q[\log q(z)]\big)}_{\text{entropy}} .$$
#
# Three facts carry the chapter.
#
# - **It is never negative, and 0 only if $q = p$.** Since $\log u \le u - 1$, with equality at $u = 1$ only,
#   $-\mathrm{KL} = \mathbb E_q \log\frac pq \le \mathbb E_q\big[\frac pq - 1\big] = \int_{q > 0} p\,dz - 1 \le 0$.
# - **It is not symmetric.** The expectation runs over the *first* argument. Where $q$ has mass and $p$ hardly any, the
#   price is high; where $p$ has mass and $q$ none, it costs nothing.
# - **It adds up** over independent dimensions, because the logarithm of a product is a sum.
#
# For two normals in one dimension, $q = \mathcal N(\mu, \sigma^2)$ and $p = \mathcal N(\mu_p, \sigma_p^2)$, the
# logarithm of the ratio is
#
# $$\log\frac{q(z)}{p(z)} = \frac12\left( \log\frac{\sigma_p^2}{\sigma^2} + \frac{(z - \mu_p)^2}{\sigma_p^2} - \frac{(z - \mu)^2}{\sigma^2} \right),$$
#
# and under $q$ both squares have a well-known mean: $\mathbb E_q (z - \mu)^2 = \sigma^2$, and
# $\mathbb E_q (z - \mu_p)^2 = \sigma^2 + (\mu - \mu_p)^2$. Put them in. In $d$ dimensions with covariance matrices
# $\Sigma$ and $\Sigma_p$ the same computation gives
#
# $$\mathrm{KL}(q \,\|\, p) = \tfrac12\Big( \underbrace{\operatorname{tr}(\Sigma_p^{-1}\Sigma)}_{\text{trace}}
# + \underbrace{(\mu - \mu_p)^{\!\top} \Sigma_p^{-1} (\mu - \mu_p)}_{\text{mean}} - d
# + \underbrace{\log\frac{\det\Sigma_p}{\det\Sigma}}_{\text{log det}} \Big) .$$
#
# **In numbers.** $q = \mathcal N(1, 0.5^2)$, $p = \mathcal N(0, 1)$: trace $0.25$, mean $1$, log det $1.386$, so
# $\mathrm{KL} = \frac12(0.25 + 1 - 1 + 1.386) = 0.818$ nats.
#
# **Write** the three parts and the whole, for a batch of diagonal $q$ and one diagonal prior. (What do trace and
# determinant of a diagonal matrix become?)

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-kl_gaussian-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "d67a978b0abdacc1d18d33c7e2427bc3", "cell_type": "code"} deletable=false
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    """KL(N(mu, diag sigma²) ‖ N(prior_mu, diag prior_sigma²)) = ½ (trace + mean - d + log_det) in nats.   (002 9-1)

    mu: (B, d); sigma: (B, d), > 0; prior_mu: (d,); prior_sigma: (d,), > 0; both sigmas are standard deviations;
    returns {"trace": (B,), "mean": (B,), "log_det": (B,), "kl": (B,)}, parts named as in the text, of the type of mu.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-kl_gaussian", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "85bc5a2c7a99f5c4ae5dc083f208ce58", "cell_type": "code"} deletable=false editable=false
check("elbo.kl_gaussian")

# %% [markdown]
# What does your function say about all normals at once? Left, $\mathrm{KL}(q \,\|\, p)$ from a standard normal $p$,
# for every mean and standard deviation of $q$; right, the other way round. Follow the column $\mu = 0$.

# %% tags=["demo"]
with waiting_for("kl_gaussian"):
    means, widths = torch.linspace(-3, 3, 121), torch.logspace(-1.6, 0.8, 101)
    mu, sigma = (a.reshape(-1, 1) for a in torch.meshgrid(means, widths, indexing="xy"))
    zero, one = torch.zeros(1), torch.ones(1)
    there = kl_gaussian(mu, sigma, zero, one)["kl"].reshape(101, 121)
    back = torch.cat([kl_gaussian(zero[None], one[None], m, s)["kl"] for m, s in zip(mu, sigma, strict=True)]).reshape(
        101, 121
    )
    fig, axes = figure(1, 2, (9, 3.8), sharey=True)
    for ax, values, title in ((axes[0], there, r"KL$(q\,\|\,p)$"), (axes[1], back, r"KL$(p\,\|\,q)$")):
        lines = ax.contour(means, widths, values, levels=[0.1, 0.3, 1, 3, 10, 30, 100], colors=BLUE, linewidths=1.2)
        ax.clabel(lines, fmt="%g", fontsize=9)
        ax.plot(0, 1, "o", color=VERMILION)
        ax.set(yscale="log", xlabel=r"mean $\mu$ of $q$", title=title)
    axes[0].set_ylabel(r"standard deviation $\sigma$ of $q$")
    show(fig, alt="Contour lines in nats over mean and standard deviation of q, around the dot where q is the standard normal. Left: narrow "
         "q are cheap, a standard deviation of 0.1 costs two nats, one of 5 costs ten. Right, the other direction: narrow q are "
         "ruinous, wide ones cheap.")  # fmt: skip


# %% [markdown]
# With the expectation over $q$, being too *narrow* costs $\log(1/\sigma)$ and being too *wide* costs $\sigma^2/2$. So
# a $q$ that is fitted this way rather stays inside $p$ than spills over. Turn the direction round and the opposite
# holds. Remember it when you see in section 5 what the ELBO chooses.

# %% [markdown]
# ### Detective: which of these is no divergence?
#
# Now judge others. You get functions that claim to compute
# $\mathrm{KL}\big(\mathcal N(\mu, \operatorname{diag}\sigma^2) \,\|\, \mathcal N(\mu_p, \operatorname{diag}\sigma_p^2)\big)$,
# one value for each item of a batch. Some do, each in its own way and with its own rounding. Others only look like it:
# a half too few or a half too many, $\sigma$ where $\sigma^2$ belongs, the divergence the other way round, a sum that
# runs over the wrong axis, or a formula that is right for the priors and the sizes that its author happened to try, and
# not for a $\sigma$ of $10^{-6}$, say, or in hundreds of dimensions.
#
# Your test may call the function as often as it likes, on tensors of your choice. Which inputs tell one divergence from
# the other? (With equal widths the two directions agree. With $\sigma = 1$ nobody can tell $\sigma$ from $\sigma^2$. In
# a batch of one, a sum over the batch does no harm.) Two right programs differ in their last digits, so ask for
# agreement relative to the size.
#
# **Write** the test. It has to let every right function pass; then each kind of impostor that it unmasks is worth
# points.

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-catch_kl-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "b4dc94407beeb581e018ee1b9e596d6c", "cell_type": "code"} deletable=false
def is_kl(implementation):
    """True if the function gives KL(N(mu, diag sigma²) ‖ N(prior_mu, diag prior_sigma²)) in nats, False if it does not.

    implementation: takes mu, (B, d), sigma, (B, d), prior_mu, (d,), and prior_sigma, (d,), and gives (B,), of the same
    type; call it on tensors of your choice (values only: no gradient comes back);  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-catch_kl", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "7f509874463ce2367aa79a708495d210", "cell_type": "code"} deletable=false editable=false
check("elbo.catch_kl")


# %% [markdown]
# ## 3 · The bound, line by line
#
# Now the main act. Bring a density $q$ into the integral by multiplying and dividing, and use that the logarithm is
# concave (Jensen: the logarithm of a mean is at least the mean of the logarithms):
#
# $$\log p(x) = \log \mathbb E_q\!\left[\frac{p(x, z)}{q(z)}\right] \;\ge\; \mathbb E_q\!\left[\log\frac{p(x, z)}{q(z)}\right] \;=:\; \mathcal L(q) .$$
#
# (The equality needs a $q$ that is positive wherever $p(x, z)$ is. If $q$ leaves something out, the mean of the ratio
# is smaller than $p(x)$, and the bound holds all the more.) $\mathcal L$ is the **evidence lower bound**, ELBO. Jensen
# proves the bound in a line, but leaves two questions open. What is $\mathcal L$ made of? And how much was thrown away
# at the $\ge$? Each is answered by a short chain of equalities, and you will write both: every line is a function that
# returns its *terms* by name. The check looks at every term, and where one is wrong it says between which two lines
# equality was lost.
#
# **Integrals and sums.** All functions get their densities as logarithms at $n$ values of $z$, and `dz`, the width
# that belongs to each value. $\int f(z)\,dz$ is then `(dz * f).sum()`. If $z$ is discrete, `dz` is all ones and the
# sum is exact; if $z$ is a number, the values stand on a fine grid.
#
# **In numbers**, to check yourself on: $z$ takes two values, with $p(z) = (0.5, 0.5)$, $p(x \mid z) = (0.6, 0.3)$ and
# $q = (0.8, 0.2)$. Then $p(x) = 0.45$, $\log p(x) = -0.7985$, the posterior is $(\frac23, \frac13)$, and
# $\mathcal L = -0.8422$.
#
# ### First chain: what is the bound made of? (002 9-1a)
#
# **Line 1** is the definition, before it is integrated: $\mathcal L = \int q(z) \log\frac{p(x, z)}{q(z)}\,dz$. Return
# the integrand at every $z$. (In numbers: $-0.7847$ and $-0.0575$.)
#
# **Line 2** writes $p(x, z) = p(x \mid z)\,p(z)$ and takes the logarithm apart. There are now three terms under the
# integral: one with the likelihood, one with the prior, one with $q$ itself. Their sum is line 1, at every $z$.
#
# **Line 3** integrates and gathers: one of the terms becomes an expectation that we shall call *reconstruction*, the
# other two together are a divergence, so that $\mathcal L = \text{reconstruction} - \mathrm{KL}$. (In numbers:
# $-0.6495$ and $0.1927$.)

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-derivation-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "b6d774434cd44e5a4c0b9ea3d7be5c0b", "cell_type": "code"} deletable=false
def elbo_integrand(log_q, log_joint):
    """Line 1: the integrand of L = ∫ q(z) log(p(x, z) / q(z)) dz, at each z.   (002 9-1a)

    log_q: (n,); log_joint: (n,), near ±1000 at times;  returns {"integrand": (n,)}, of the type of log_q.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def elbo_split(log_q, log_likelihood, log_prior):
    """Line 2: the same integrand as the sum of three terms, "likelihood", "prior" and "entropy" (that of q).

    log_q, log_likelihood, log_prior: (n,);  returns a dict of three, each (n,), signed so that the three add up to line 1, of the type of log_q.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    """Line 3: L = reconstruction - kl, with kl a divergence between two distributions of z.

    dz: (n,), > 0; log_likelihood: (n,); log_q, log_prior: (n,), so that (dz * exp) adds up to 1;
    returns {"reconstruction": number, "kl": number}, 0-d tensors or floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% [markdown]
# Half-way: have these three lines judged before you build on them. (Lines 4 to 6 are shown as not reached, of course.)

# %% tags=["demo"]
check("elbo.derivation")  # lines 1 to 3


# %% [markdown]
# ### Second chain: what does the bound lose?
#
# **Line 4** starts from the joint alone: sum it over $z$ to get $\log p(x)$, and use Bayes' rule for the posterior. A
# warning: in real models $\log p(x, z)$ is a sum over hundreds of pixels, so values near $-1000$ are ordinary (and
# densities may be as large as $e^{1000}$). `exp` of that is 0 or infinite. There is a function in torch that takes
# the logarithm of a sum of exponentials safely.
#
# **Line 5** brings $q$ in. By Bayes' rule $\log p(x) = \log p(x, z) - \log p(z \mid x)$ at *every* $z$; the left side
# does not depend on $z$, so the right side cannot either. Write it as the sum of two logarithms of ratios: one of
# $p(x, z)$ over $q$, called `bound`, and one with the posterior, called `gap`. (In numbers: $-0.9808 + 0.1823$ at the
# first $z$, $-0.2877 - 0.5108$ at the second. At a single $z$ the gap may well be negative.)
#
# **Line 6** averages line 5 under $q$. A constant stays what it is; the two terms become the ELBO and a divergence.
# (In numbers: $-0.8422 + 0.0437 = -0.7985$.)

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-derivation-answer-2", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "24a43c3681713c8eb5259d7079750cc2", "cell_type": "code"} deletable=false
def evidence(dz, log_joint):
    """Line 4: log p(x) = log ∫ p(x, z) dz, and the posterior by Bayes' rule.

    dz: (n,), > 0; log_joint: (n,), near ±1000 at times;
    returns {"log_px": number, "log_posterior": (n,)}, the latter of the type of log_joint.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def evidence_split(log_q, log_joint, log_posterior):
    """Line 5: log p(x) = bound + gap at every z, "bound" with the joint and q, "gap" with q and the posterior.

    log_q, log_joint: (n,); log_posterior: (n,), log_joint less log p(x);
    returns {"bound": (n,), "gap": (n,)}, of the type of log_q.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def evidence_averaged(dz, log_q, log_joint, log_posterior):
    """Line 6: line 5 averaged under q, log p(x) = elbo + kl, with kl a divergence between two distributions of z.

    dz: (n,), > 0; log_joint: (n,); log_q, log_posterior: (n,), so that (dz * exp) adds up to 1;
    returns {"elbo": number, "kl": number}, 0-d tensors or floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-derivation", "grade": true, "solution": false, "locked": true, "task": false, "points": 6.0, "checksum": "af02e45df58cb1357ead81e8712c86a1", "cell_type": "code"} deletable=false editable=false
check("elbo.derivation")

# %% [markdown]
# Your six lines on the model of the opening picture, with a $q$ that is neither prior nor posterior:

# %% tags=["demo"]
with waiting_for("elbo_integrand", "elbo_split", "elbo_gathered", "evidence", "evidence_split", "evidence_averaged"):
    wide = torch.linspace(-8, 9, 1701, dtype=torch.float64)
    dz = torch.full_like(wide, 0.01)
    log_prior, log_likelihood = Normal(0.0, 1.0).log_prob(wide), Normal(wide, 0.8).log_prob(torch.tensor(1.5))
    log_joint, log_q = log_prior + log_likelihood, Normal(0.3, 0.9).log_prob(wide)
    found = evidence(dz, log_joint)
    line_3 = elbo_gathered(dz, log_q, log_likelihood, log_prior)
    line_5 = evidence_split(log_q, log_joint, found["log_posterior"])
    line_6 = evidence_averaged(dz, log_q, log_joint, found["log_posterior"])
    spread = line_5["bound"] + line_5["gap"]
    print(f"line 1   the integral                 {dz @ elbo_integrand(log_q, log_joint)['integrand']:9.5f}")
    print(
        f"line 2   three integrals              {sum(dz @ v for v in elbo_split(log_q, log_likelihood, log_prior).values()):9.5f}"
    )
    print(
        f"line 3   {line_3['reconstruction']:8.5f} − {line_3['kl']:.5f}           {line_3['reconstruction'] - line_3['kl']:9.5f}   the ELBO\n"
    )
    print(f"line 4   log of an integral           {found['log_px']:9.5f}")
    print(f"line 5   at all {len(wide)} values of z  {spread.min():9.5f} … {spread.max():.5f}")
    print(
        f"line 6   {line_6['elbo']:8.5f} + {line_6['kl']:.5f}           {line_6['elbo'] + line_6['kl']:9.5f}   log p(x)"
    )


# %% [markdown]
# Read the two results together:
#
# $$\boxed{\;\log p(x) \;=\; \underbrace{\mathbb E_q[\log p(x \mid z)] - \mathrm{KL}\big(q(z) \,\|\, p(z)\big)}_{\mathcal L,\ \text{computable}}
# \;+\; \underbrace{\mathrm{KL}\big(q(z) \,\|\, p(z \mid x)\big)}_{\text{gap},\ \ge\, 0}\;}$$
#
# Two divergences, and one must not confuse them. The first is between $q$ and the *prior*; it is part of the bound and
# easy to compute. The second is between $q$ and the *posterior*; it is what the bound loses and cannot be computed in
# earnest, because the posterior needs $p(x)$. But for a fixed model $\log p(x)$ is constant, so **raising the ELBO
# lowers the gap by the same amount**: one fits $q$ to the posterior without ever computing it.
#
# *On the sources.* 001 P2d and 002 write $q(z)$. That is right for a single $x$, as here. For a data set each $x$ has a
# posterior of its own, so $q$ must depend on it: $q(z \mid x)$, in a VAE by a network that maps $x$ to $\mu$ and
# $\sigma$, the **encoder**. (The **decoder** is the one that maps $z$ to the parameters of $p(x \mid z)$.) And 004
# prints the bound with $+\mathcal L_\text{recon}$ but later defines
# $\mathcal L_\text{recon} = -\mathbb E_q[\log p(x \mid z)]$: with that definition the bound is
# $-\mathcal L_\text{recon} - \mathrm{KL}$. Losses are minimised, bounds are raised; it pays to say which one is meant.

# %% [markdown]
# ## 4 · Estimating the bound
#
# Grids end where $z$ has more than three or four dimensions. The ELBO is an expectation under $q$, and from $q$ we can
# draw. From here on, and in the checks, the model is **linear and Gaussian**:
#
# $$z \sim \mathcal N(0, I_d), \qquad x \mid z \sim \mathcal N(W z + b,\; s^2 I_D), \qquad q(z \mid x) = \mathcal N(\mu,\, \operatorname{diag}\sigma^2) .$$
#
# It is the smallest model in which nothing is trivial and all is known: $x \sim \mathcal N(b,\, W W^\top + s^2 I)$.
#
# A draw from $q$ is $z_k = \mu + \sigma\,\epsilon_k$ with standard normal $\epsilon_k$ (notebook 07 says why one
# writes it so). The two forms of the bound give two estimates, from the same draws:
#
# $$\text{(a)}\quad \frac1K \sum_k \log p(x \mid z_k) \;-\; \mathrm{KL}\big(q \,\|\, p(z)\big)
# \qquad\qquad \text{(b)}\quad \frac1K \sum_k \Big( \log p(x, z_k) - \log q(z_k) \Big)$$
#
# (a) uses the closed form of section 2 for the divergence and draws only for the reconstruction; (b) draws for
# everything. Both have the right mean. They must not be mixed: who subtracts the closed form *and* $\log q(z_k)$ pays
# for the divergence twice.
#
# **Mind the units.** $\log p(x \mid z)$ is a sum over $D$ dimensions with all constants,
# $-\frac{1}{2s^2}\|x - Wz - b\|^2 - \frac D2 \log(2\pi s^2)$, and the divergence is a sum over $d$. Averaging one of
# them over its dimensions, as many losses in libraries do by default, adds nats to nats-per-pixel. The result is a
# number, but no bound on this model's $\log p(x)$ (section 6 says whose bound it may be, up to a constant).
#
# **In numbers.** $D = d = K = 1$, $x = 1$, $\mu = \sigma = 0.5$, $\epsilon = 1$, $W = 1$, $b = 0$, $s = 1$: $z = 1$,
# reconstruction $-0.9189$, KL $0.4431$, so (a) $-1.3621$; (b) $-1.6121$. The truth is $\log p(x) = -1.5155$. A single
# draw may lie above it; the *mean* may not.
#
# **Write** both. Draws come first: `eps` has shape $(K, B, d)$, and `z @ W.T` acts on the last axis of anything.

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-estimate-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "9d2d4b53d9e2ee6ae9eae9e98d491071", "cell_type": "code"} deletable=false
def elbo_terms(x, mu, sigma, eps, W, b, s):
    """Estimate (a): reconstruction from draws, divergence in closed form; elbo = reconstruction - kl, in nats.

    x: (B, D); mu: (B, d); sigma: (B, d), > 0; eps: (K, B, d); W: (D, d); b: (D,);
    s: float > 0, the standard deviation of x given z;
    returns {"reconstruction": (B,), "kl": (B,), "elbo": (B,)}, kl from the prior N(0, I), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    """Estimate (b): the mean over the draws of log p(x, z_k) - log q(z_k), in nats.

    x: (B, D); mu: (B, d); sigma: (B, d), > 0; eps: (K, B, d); W: (D, d); b: (D,);
    s: float > 0, the standard deviation of x given z;  returns (B,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-estimate", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "5e4eeae6391d69970695376143165006", "cell_type": "code"} deletable=false editable=false
check("elbo.estimate")

# %% [markdown]
# One of the laws may have surprised you: *with $q$ the posterior, every single draw gives $\log p(x)$.* Line 5 says
# why. Here are two thousand single draws of each estimate, for three $q$:

# %% tags=["demo"]
with waiting_for("elbo_terms", "elbo_sampled"):
    ones = torch.ones(2000, 1, dtype=torch.float64)
    model = (torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64), 0.8)
    eps = torch.randn(1, 2000, 1, generator=source, dtype=torch.float64)
    mean, spread = float((grid * joint / px * cell).sum()), float((grid**2 * joint / px * cell).sum())
    shapes = {
        "$q$ is too sure": (0.4, 0.3),
        "$q$ is close": (0.7, 0.7),
        "$q$ is the posterior": (mean, math.sqrt(spread - mean**2)),
    }
    draws = {}
    for name, (m, v) in shapes.items():
        inputs = (1.5 * ones, m * ones, v * ones, eps, *model)
        draws[name] = (elbo_terms(*inputs)["elbo"], elbo_sampled(*inputs))
    show(draw_single_draws(draws, float(px.log())), alt="Histograms of single-draw estimates for three q, with log p(x) = −1.85 as a line; mean and standard deviation above each. For a q that "
         "is too sure both scatter around −2.5. For a close q, (b) is much narrower than (a). For the posterior, (b) is a single spike on "
         "the line while (a) still scatters by 0.76.")  # fmt: skip


# %% [markdown]
# Estimate (a) never becomes certain: even for the perfect $q$ its reconstruction term depends on the draw. Estimate (b)
# becomes exact as $q$ approaches the posterior, because there $\log p(x, z) - \log q(z)$ *is* $\log p(x)$, at every
# $z$. For a $q$ that is too sure, (a) is the steadier one, by a fifth (exactly $0.53$ against $0.67$): its draws hardly
# differ, and the divergence, a third of the matter there ($0.83$ of $2.54$ nats), comes without noise. Note also that
# many single draws lie *above* $\log p(x)$. The bound holds for the mean.

# %% [markdown]
# ## 5 · When is the bound tight?
#
# The gap is $\mathrm{KL}(q \,\|\, p(z \mid x))$, so it vanishes for one $q$ only. In a model with a single latent,
# $z \sim \mathcal N(0, 1)$ and $x \mid z \sim \mathcal N(w z + b,\, s^2 I)$ with a vector $w$, that $q$ can be written
# down: $\log p(z) + \log p(x \mid z)$ is quadratic in $z$, and a density whose logarithm is quadratic is normal.
# Complete the square; the coefficient of $-\frac12 z^2$ is the *precision*, one over the variance.
#
# **In numbers.** $x = 2$, $w = 1$, $b = 0$, $s = 1$ gives $\mathcal N(1, \frac12)$, standard deviation $0.7071$:
# half-way between what the prior says, 0, and what $x$ says, 2. With $x = (2, 1)$, $w = (1, 2)$, $b = 0$, $s = 0.5$ it
# is $\mu = 0.7619$, $\sigma = 0.2182$.
#
# And in a model with several latents? Completing the square now gives a precision *matrix*,
# $\Lambda = I + W^\top W / s^2$, while our $q$ has independent components. If $\Lambda$ is not diagonal, no such $q$ is
# the posterior, and **the gap cannot be closed by any choice of $\mu$ and $\sigma$**. For two latents the best it can
# do is to match the mean and the diagonal of $\Lambda$, and what remains is
#
# $$\min_{\mu, \sigma}\, \text{gap} \;=\; \tfrac12 \log\frac{\Lambda_{11}\Lambda_{22}}{\det\Lambda} \;=\; -\tfrac12\log(1 - \rho^2),$$
#
# with $\rho$ the correlation of $z_1$ and $z_2$ under the posterior (exam question 6 proves it). The prior has no such
# correlation. It appears when $x$ is seen and *either* latent could have caused it, which is called explaining away.
#
# **Find two witnesses.** `tight_q` returns the $\mu$ and $\sigma$ that leave no gap. `never_tight` returns a model,
# $W$ (two rows of two numbers) and $s$, for which every $q$ with independent components stays at least one nat below
# $\log p(x)$. The check evaluates both.

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-tight-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "294cc2c9faf53df4b3a8e64267b949dc", "cell_type": "code"} deletable=false
def tight_q(x, w, b, s):
    """(mu, sigma) of the q = N(mu, sigma²) whose ELBO is log p(x): z ~ N(0, 1), x | z ~ N(w z + b, s² I).

    x, w, b: (D,); s: float > 0;  returns two floats, sigma a standard deviation.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def never_tight():
    """(W, s): a model with two latents for which each q with independent components leaves a gap of at least 1 nat.

    returns ([[W11, W12], [W21, W22]], s), floats, s > 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-tight", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "f2115e69e3063c3a4f81ed01b469969c", "cell_type": "code"} deletable=false editable=false
check("elbo.tight")

# %% [markdown]
# Your model's posterior at $x = b$, seen from above, and the best $q$ with independent components:

# %% tags=["demo"]
with waiting_for("never_tight"):
    W, s = never_tight()
    W = torch.tensor(W, dtype=torch.float64)
    precision = torch.eye(2, dtype=torch.float64) + W.T @ W / s**2
    show(draw_best_independent(precision), alt="Contours at one and two standard deviations. The posterior is a long ellipse along the "
         f"{'falling' if precision[0, 1] > 0 else 'rising'} diagonal; the best q "
         "with independent components is a small circle or upright ellipse in its middle, about as wide as the posterior is thick.")  # fmt: skip

# %% [markdown]
# The best independent $q$ is as narrow as a *slice* through the posterior's centre, not as wide as its shadow on the
# axis: with the expectation over $q$, staying inside is cheap and spilling over is not (section 2). So the variances of
# a fitted $q$ are typically too small. When you read that a VAE's encoder is "overconfident", this is one reason.
#
# ### Let it find the posterior by itself
#
# Nobody has to complete a square: the bound is something to *climb*. Begin with the prior as $q$, draw noise, estimate
# the ELBO with your `elbo_terms`, let autograd turn $\mu$ and $\log\sigma$ uphill, and repeat. No step knows the
# posterior. Here $W = \begin{pmatrix}3 & 2\\ 0 & 1\end{pmatrix}$ and $s = 1$, so
# $\Lambda = \begin{pmatrix}10 & 6\\ 6 & 6\end{pmatrix}$ with determinant 24. Predict where the gap will stop, and at
# which $\sigma_1$ and $\sigma_2$, before you look.

# %% tags=["demo"]
with waiting_for("elbo_terms"):
    W, b, s = torch.tensor([[3.0, 2.0], [0.0, 1.0]]).double(), torch.zeros(2).double(), 1.0
    x, dice = torch.tensor([[3.0, 1.0]]).double(), torch.Generator().manual_seed(1)
    precision = torch.eye(2).double() + W.T @ W / s**2
    posterior = MultivariateNormal(torch.linalg.solve(precision, W.T @ (x[0] - b)) / s**2, precision_matrix=precision)
    mu, log_sigma = (torch.zeros(1, 2, dtype=torch.float64, requires_grad=True) for _ in range(2))
    optimiser, gaps, widths = torch.optim.Adam([mu, log_sigma], lr=0.03), [], []
    for _ in with_bar(range(budget(600, 600, 20)), "climbing the bound"):
        q = MultivariateNormal(mu.detach()[0], torch.diag(torch.exp(2 * log_sigma.detach()[0])))
        gaps.append(float(kl_divergence(q, posterior)))  # for the picture alone: the ascent never sees it
        widths.append(log_sigma.detach()[0].exp().tolist())
        eps = torch.randn(32, 1, 2, generator=dice).double()
        optimiser.zero_grad()
        (-elbo_terms(x, mu, log_sigma.exp(), eps, W, b, s)["elbo"].sum()).backward()
        optimiser.step()
    least = float(0.5 * torch.log(precision.diag().prod() / torch.det(precision)))
    print(
        f"the gap: {gaps[0]:.2f} nats at the start, {sum(gaps[-20:]) / 20:.3f} at the end; ½ log(Λ₁₁Λ₂₂/det Λ) = {least:.3f}"
    )
    show(draw_ascent(gaps, widths, least, precision.diag().rsqrt().tolist()), alt=f"Left: the gap over the steps, from {gaps[0]:.1f} to "
         f"{gaps[-1]:.2f} nats, and the least that an independent q can have, a dashed line. Right: the two standard deviations, from 1 to "
         f"{widths[-1][0]:.2f} and {widths[-1][1]:.2f}, with grey lines where the best ones are.")  # fmt: skip

# %% [markdown]
# The gap stops where the formula says, at $\frac12\log\frac{10 \cdot 6}{24} = 0.458$ nats, and each $\sigma_j$ at
# $1/\sqrt{\Lambda_{jj}}$. What is left cannot be climbed: it is the price of independence. What you have just done for
# one $x$ is what a VAE's encoder learns to do for all of them at once.
#
# ### Play with it
#
# One latent again, $x = 1.5$, $s = 0.8$. Drag $\mu$ and $\sigma$. Right, from top to bottom: the reconstruction, less
# the divergence from the prior, gives the ELBO (dashed); plus the gap gives $\log p(x)$ (black). Reconstruction, KL and
# gap are computed by *your* functions; the black line comes from a fine grid.
#
# Things to try. Make $\sigma$ very small: which of the two divergences grows, and how fast? Maximise the
# reconstruction alone, by eye: where is $\mu$ then, and what does the ELBO say to it? Set $q$ to the prior: what does
# the gap cost now, and which term is 0? Can you find the posterior by watching the ELBO only?

# %% tags=["demo"]
with waiting_for("elbo_terms", "kl_gaussian"):
    display(elbo_explorer(elbo_terms, kl_gaussian))


# %% [markdown]
# ## 6 · What the reconstruction term is
#
# The first term of the bound, $\mathbb E_q[\log p(x \mid z)]$, asks: draw a $z$ that fits $x$, decode it, and how
# probable is $x$ itself? What this means in code depends on the distribution that the decoder's output describes.
#
# **Normal.** The decoder gives a mean $\hat x(z)$, and each of the $D$ pixels has independent noise of standard
# deviation $\sigma$ (the $s$ of sections 4 and 5; $q$ and its `sigma` play no part in this section):
#
# $$-\log \mathcal N(x;\, \hat x,\, \sigma^2 I) \;=\; \underbrace{\frac{\|x - \hat x\|^2}{2\sigma^2}}_{\text{squared}} + \underbrace{\frac D2 \log(2\pi\sigma^2)}_{\text{constant}} .$$
#
# The squared error appears *because* the noise was assumed normal. And $\sigma$ is not a nuisance: it is the exchange
# rate between pixels and nats. Who writes "mean squared error + KL" has chosen a $\sigma$, knowingly or not. Which one?
# Compare the factors of $(x_i - \hat x_i)^2$. The constant depends on $\sigma$ only, and can be dropped as long as
# $\sigma$ is fixed; if $\sigma$ is learnt, dropping it is fatal.
#
# **Bernoulli.** The pixels are on or off, $x_i \in \{0, 1\}$, and the decoder gives the *logit* $l_i$ of the
# probability $p_i = 1/(1 + e^{-l_i})$ that pixel $i$ is on:
#
# $$-\log p(x \mid z) = \underbrace{-\sum_i x_i \log p_i}_{\text{ink}} \;\underbrace{-\sum_i (1 - x_i) \log(1 - p_i)}_{\text{paper}},$$
#
# the **binary cross-entropy**. Keep the logits: at $l = 200$ the probability is rounded to 1, its complement to 0, and
# $\log 0$ is what remains of a perfectly ordinary $-200$.
#
# **In numbers.** $x = (0, 1)$, $\hat x = (0.5, 0)$, $\sigma = 0.5$: squared $2.5$, constant $0.4516$. With logits
# $(1, 2)$ for the same $x$: ink $0.1269$, paper $1.3133$. For 64 pixels and weight 1 the implied $\sigma$ is $5.66$,
# with pixels between 0 and 1!
#
# **Write** the three functions.

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-reconstruction-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "4f2e243d6033e1cb7b23312060c76fed", "cell_type": "code"} deletable=false
def gaussian_reconstruction(x, x_hat, sigma):
    """-log N(x; x_hat, sigma² I) = squared + constant, one loss per picture, in nats.   (002 9-1b)

    x, x_hat: (B, P, …), all axes but the first are pixels; sigma: float > 0;
    returns {"squared": (B,), "constant": number, "loss": (B,)}, the losses of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def bernoulli_reconstruction(x, logits):
    """-log of independent Bernoullis, ink + paper, one loss per picture, in nats.   (002 9-1b)

    x: (B, P, …), between 0 and 1; logits: (B, P, …), of any size (±1000 too);
    returns {"ink": (B,), "paper": (B,), "loss": (B,)}, of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def implied_sigma(weight, D):
    """The sigma of a normal decoder for which weight · (mean over D pixels of (x_i - x_hat_i)²) is the squared term.

    weight: float > 0; D: int ≥ 1, the number of pixels;  returns a float.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-reconstruction", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "4be206054377c36108e545677ca50d81", "cell_type": "code"} deletable=false editable=false
check("elbo.reconstruction")

# %% [markdown]
# What is the right $\sigma$, then? Let the loss itself say. Here the digits are rebuilt from their first 8 or 30
# principal components, and the average loss is drawn over $\sigma$.

# %% tags=["demo"]
pictures = digits()[0] / 16  # levels 0 … 16 become 0 … 1
flat = pictures.flatten(start_dim=1)
directions = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)[2]
rebuilt = {k: flat.mean(0) + (flat - flat.mean(0)) @ directions[:k].T @ directions[:k] for k in (8, 30)}
with waiting_for("gaussian_reconstruction", "implied_sigma"):
    rows = {"digits": flat, "from 8": rebuilt[8], "from 30": rebuilt[30]}
    sigmas, losses, lowest = torch.logspace(-1.6, 1, 80).tolist(), {}, {}
    for k in (8, 30):
        name, rms = f"from {k} components", float((flat - rebuilt[k]).square().mean().sqrt())
        losses[name] = [float(gaussian_reconstruction(flat, rebuilt[k], v)["loss"].mean()) for v in sigmas]
        lowest[name] = rms, float(gaussian_reconstruction(flat, rebuilt[k], rms)["loss"].mean())
    shown = {name: row[:6].reshape(6, 8, 8) for name, row in rows.items()}
    show(draw_rebuilt(shown, sigmas, losses, lowest, implied_sigma(1.0, 64)), alt="Left: six digits, and what is left of them with 8 and with 30 principal components. Right: the Gaussian loss over sigma. Each "
         "curve has one minimum, marked, at the root mean square error of its reconstruction: near 0.15 for 8 components, near 0.05 and "
         "lower for 30. Both rise slowly to 170 nats at the sigma of 5.7 that plain mean squared error implies.")  # fmt: skip


# %% [markdown]
# The minimum (dots) sits where $\sigma$ equals the root mean square error: setting the derivative of
# $\frac{\|x - \hat x\|^2}{2\sigma^2} + D\log\sigma$ to zero gives $\sigma^2 = \|x - \hat x\|^2/D$. Plain mean squared
# error implies a $\sigma$ more than thirty times as large. With so blurred a view nothing in $x$ is worth a nat, and
# the cheapest $q$ is the prior: the latent is ignored. Weighting the KL down repairs it, and now you know by how much.
#
# (And the loss is *negative* at its minimum. A density may exceed 1, so a negative log density may be below 0.)
#
# **Question (3 points; 002 9-1b).** Explain in your own words why $-\mathbb E_{q(z)}[\log p(x \mid z)]$ is called
# *reconstruction loss*. What does it become for a normal and for a Bernoulli decoder, and what must be assumed for
# that? Why would minimising it *alone* be a bad idea?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "elbo-why_reconstruction", "grade": true, "solution": true, "locked": false, "task": false, "points": 3.0, "checksum": "adf1fc724da5a916ed24e06689588607", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ## 7 · Cross-entropy on grey levels
#
# The digits have grey pixels, and code all over the world feeds them to the binary cross-entropy all the same. As a
# *loss* that is defensible. As a log-likelihood *of the grey picture* it is not, and one integral shows it. With
# $p = 1/(1 + e^{-l})$,
#
# $$e^{-\mathrm{BCE}(x, l)} = p^{\,x} (1 - p)^{1 - x} = (1 - p)\, e^{x l}, \qquad 0 \le x \le 1 .$$
#
# On $\{0, 1\}$ this sums to $(1 - p) + p = 1$, as a probability should. Over the *interval* it integrates to
#
# $$M(l) = \int_0^1 p^{\,x}(1 - p)^{1 - x}\,dx ,$$
#
# and that is not 1 for any $l$. Find the closed form: integrate $e^{xl}$, and mind $l = 0$, where the form is $0/0$
# while the integral itself is perfectly harmless. Near 0 a difference such as $2p - 1$ has lost its digits; is there
# a function that gives the same without subtracting?
#
# A picture file holds neither two values nor a continuum, but *levels* $k/(m - 1)$, $k = 0, \dots, m - 1$. There the
# weights add up to yet another number. Only for $m = 2$ is it 1.
#
# What would be right? Divide by what it integrates to: $p(x \mid l) = e^{-\mathrm{BCE}(x, l)}/M(l)$ is a density on
# $[0, 1]$. It is called the **continuous Bernoulli**.
#
# **In numbers.** $M(0) = 0.5$, $M(2) = M(-2) = 0.3808$, $M(10) = 0.1$. On 2, 3, 17, 256 levels $l = 2$ gives
# $1$, $1.3240$, $6.6007$, $97.6038$. The continuous Bernoulli's log density at $x = 0.5$, $l = 2$ is $-0.1614$.
#
# **Write** all three, elementwise, for logits of any size.

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-bce_is_no_density-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "fe1ae47953adf4e32bafd17de896018a", "cell_type": "code"} deletable=false
def bce_mass(logits):
    """∫ exp(-BCE(x, l)) dx over x from 0 to 1, for each logit l in closed form; l = 0 and l near 0 too.

    logits: any shape;  returns the shape and type of logits.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def bce_mass_on_levels(logits, levels):
    """Sum of exp(-BCE(x, l)) over the grey levels x = k / (levels - 1), k = 0 … levels - 1, for each logit l.

    logits: any shape; levels: int ≥ 2;  returns the shape and type of logits.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def continuous_bernoulli(x, logits):
    """log density of the continuous Bernoulli: falls as -BCE(x, l) does, and its exponential integrates to 1 over [0, 1].

    x: any shape, between 0 and 1; logits: same shape;  returns the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-bce_is_no_density", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "98b4bd9a96828eed03aa2d690c1c26f0", "cell_type": "code"} deletable=false editable=false
check("elbo.bce_is_no_density")

# %% tags=["demo"]
with waiting_for("bce_mass", "bce_mass_on_levels", "bernoulli_reconstruction"):
    x, logits = torch.linspace(0, 1, 101, dtype=torch.float64), torch.linspace(-12, 12, 241, dtype=torch.float64)
    heights = {}
    for logit in torch.tensor([0.0, 1.5, 4.0, 10.0], dtype=torch.float64):
        cost = bernoulli_reconstruction(x[:, None], logit.expand(101, 1))["loss"]  # one picture of one pixel for each x
        heights[f"$l = {float(logit):g}$, area {float(bce_mass(logit[None])[0]):.2f}"] = torch.exp(-cost)
    masses = {f"sum over {m} levels": bce_mass_on_levels(logits, m) for m in (17, 2)}
    show(draw_masses(x, heights, logits, masses | {"integral": bce_mass(logits)}), alt="Left: exp of minus the cross-entropy over the grey value for four logits; the areas below the curves are 0.50, 0.42, 0.24 and 0.10. "
         "Right: over the logit, the sum over two levels is 1 everywhere, the sum over 17 levels falls from 8.5 at logit 0 towards 1, the integral "
         "falls from one half towards 0.")  # fmt: skip
    grey = digits()[0].double() / 16
    own = torch.logit(grey.clamp(1e-9, 1 - 1e-9))
    print(
        f"BCE of the digits with themselves, a perfect reconstruction: {float(bernoulli_reconstruction(grey, own)['loss'].mean()):.2f} nats"
    )
    blurred = torch.logit(rebuilt[8].double().reshape(grey.shape).clamp(0.05, 0.95))
    tosses = [
        bernoulli_reconstruction(torch.bernoulli(grey, generator=source), blurred)["loss"].mean() for _ in range(20)
    ]
    print(f"BCE with a blurred picture: {float(bernoulli_reconstruction(grey, blurred)['loss'].mean()):.2f} nats; "
          f"with its pixels tossed to 0 or 1, on average over 20 tosses: {float(sum(tosses)) / 20:.2f}")  # fmt: skip
    library = torch.distributions.ContinuousBernoulli(logits=torch.tensor([18.0, 36.0]))
    print(
        "torch's log density at x = 1, for l = 18 and 36:",
        [round(v, 3) for v in library.log_prob(torch.ones(2)).tolist()],
    )


# %% [markdown]
# So BCE on grey pixels is no likelihood of the *grey* picture: read as a density it is too pessimistic by at least
# $\log 2$ nats per pixel, read as a probability of 17 levels too optimistic by up to $\log 8.5$.
#
# But it is a likelihood of something. Make each pixel black or white by a coin, $b_i \sim \text{Bernoulli}(x_i)$. BCE
# is linear in $x$, and $x$ is the mean of $b$, so
#
# $$\mathrm{BCE}(x, l) = \mathbb E_{b}\big[ -\log p(b \mid l) \big]$$
#
# exactly (the cell has tried it): BCE is the *expected* negative log-likelihood of the picture binarised at random, and
# an ELBO with it is an honest bound on $\mathbb E_b \log p(b)$, even if $q$ looks at the grey $x$. That is another data
# set. Nobody can save the entropy of its coins, $13.73$ nats, which is what the digits cost when compared with
# themselves. So use it to train if you like; in a table it belongs beside models of the same binarised pictures, and
# nowhere else. Notebook 08 trains a VAE with a likelihood of the grey levels themselves.
#
# (A trap in a good library: `torch.distributions.ContinuousBernoulli` clamps $p$. Where the last line of the cell shows
# twice the same, the truth goes on as $\log l$.)

# %% [markdown]
# ## 8 · More draws, a tighter bound
#
# Section 1 failed because the draws came from the prior. Draw from $q$ and *reweight*: with $w_k = p(x, z_k)/q(z_k)$
# the mean weight has expectation $p(x)$, for any $q$ that is positive wherever $p(x, z)$ is. That is importance
# sampling, and its logarithm is again a lower bound,
#
# $$\mathcal L_K = \mathbb E\left[\log \frac1K \sum_{k=1}^K w_k\right], \qquad \mathcal L_1 = \mathcal L \;\le\; \mathcal L_2 \;\le\; \dots \;\le\; \log p(x),$$
#
# known as **IWAE**, after the importance-weighted autoencoder. That it is a bound is Jensen once more. That it grows
# with $K$ is Jensen for another mean: the mean of $K + 1$ weights is the average, over the $K + 1$ ways to leave one
# out, of means of $K$. (And it tends to $\log p(x)$ if the weights are bounded, for instance.) Between $K = 1$, the
# ELBO, and $K = \infty$, the truth, there is a bound for every purse. Mind where the logarithm stands: the mean of the
# $\log w_k$ is the ELBO, for any $K$; the logarithm of the mean is $\mathcal L_K$.
#
# **In log space.** Weights come as logarithms, and $\log w$ near $\pm1000$ is ordinary. Taking the largest of them out
# of the sum changes nothing but the size of what is exponentiated.
#
# How many of the $K$ draws really count? If one weight is much larger than all others, one. The **effective sample
# size** $\big(\sum_k w_k\big)^2 \big/ \sum_k w_k^2$ is $K$ for equal weights and 1 if one draw rules, and it does not
# change when all weights are scaled, so it can be had from log weights of any size, too.
#
# **In numbers.** $\log w = (0, 1)$: $\log\frac{1 + e}{2} = 0.6201$ (the mean of the logarithms is $0.5$), effective
# size $1.648$.
#
# **Write** both. `log_w` has one column per item of the batch.

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-iwae-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "bbcd0f2a3931ec959cc126bf4f8aed9d", "cell_type": "code"} deletable=false
def iwae(log_w):
    """log of the mean weight, log (1/K) Σ_k w_k, for log weights of any size; differentiable.   (Burda et al. 2016)

    log_w: (K, B), near ±1000 at times, and -inf, though never for all draws of an item;
    returns (B,), of the type of log_w.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def effective_sample_size(log_w):
    """(Σ_k w_k)² / Σ_k w_k², for log weights of any size.

    log_w: (K, B), as for iwae;  returns (B,), between 1 and K, of the type of log_w.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-iwae", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "625287ad57c5019298f8ee0a15830593", "cell_type": "code"} deletable=false editable=false
check("elbo.iwae")

# %% [markdown]
# Watch the bounds climb. The model has 20 latents and 40 data dimensions; three $q$ leave gaps of different sizes, from
# the prior (section 1's mistake, now with weights) to the posterior with its correlations forgotten.

# %% tags=["demo"]
with waiting_for("elbo_sampled", "iwae", "effective_sample_size"):
    D, d, batch, most = 40, 20, 50, budget(2000, 2000, 100)
    dice = torch.Generator().manual_seed(3)
    W, b, s = torch.randn(D, d, generator=dice).double() / 4, torch.zeros(D, dtype=torch.float64), 1.0
    x = torch.randn(batch, d, generator=dice).double() @ W.T + torch.randn(batch, D, generator=dice).double()
    exact = MultivariateNormal(b, W @ W.T + torch.eye(D, dtype=torch.float64)).log_prob(x).mean()
    precision = torch.eye(d, dtype=torch.float64) + W.T @ W
    centre = torch.linalg.solve(precision, (x @ W).T).T
    posterior = MultivariateNormal(centre, precision_matrix=precision.expand(batch, d, d))
    narrow = precision.diag().rsqrt().expand(batch, d)
    counts, climbed, sizes = [k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if k <= most], {}, {}
    for name, mu, sigma in (
        ("posterior, independent", centre, narrow),
        ("half-way", 0.5 * centre, (narrow + 1) / 2),
        ("prior", 0 * centre, narrow**0),
    ):
        eps = torch.randn(most, batch, d, generator=dice).double()
        log_w = torch.stack([elbo_sampled(x, mu, sigma, e[None], W, b, s) for e in eps])  # (K, B)
        climbed[name] = [float(iwae(log_w[:k]).mean() - exact) for k in counts]
        sizes[name] = [float(effective_sample_size(log_w[:k]).mean()) for k in counts]
        q = MultivariateNormal(mu, torch.diag_embed(sigma**2))
        gap, back = (float(kl_divergence(*pair).mean()) for pair in ((q, posterior), (posterior, q)))
        print(f"{name:23} KL(q ‖ posterior), the gap, {gap:5.1f}     KL(posterior ‖ q) {back:5.1f}")
    show(draw_bounds(counts, climbed, sizes), alt="Left: the importance-weighted bound against the number of draws, less the exact log p(x). It climbs from about −1 nat to 0 for "
         "the posterior without correlations, from −12 to almost 0 for a q half-way, and from −33 to −3 for the prior. Right: of two thousand draws "
         "about 200, 13 and 3 count effectively.")  # fmt: skip


# %% [markdown]
# Two lessons. **A better $q$ is worth more than many draws.** How many does a bad one take? The gap,
# $\mathrm{KL}(q \,\|\, p(z \mid x))$, is what a single draw loses; but what the number of draws has to fight is the
# *other* direction. About $e^{\mathrm{KL}(p(z \mid x) \,\|\, q)}$ are needed, and enough, before the mean weight
# settles (Chatterjee and Diaconis 2018). Compare the two columns: half-way, the gap is $10.4$ nats, and $e^{10.4}$
# would be $33{,}000$ draws. The other divergence is $4.8$, $e^{4.8} = 121$, and a hundred draws have indeed closed nine
# tenths of the gap. With the prior it is $11.1$, $e^{11.1} = 66{,}000$: two thousand are too few, $e^{37}$ is not
# needed.
#
# **The effective size gives an alarm, no all-clear.** A small one says on the spot, without knowing the truth, that the
# weights are in trouble. A large one says only that the draws agree with each other. If the posterior has two equal
# modes and $q$ sits on one of them, all weights are equal, the effective size is $K$, and the estimate of $\log p(x)$
# is short by $\log 2$: the other mode was never visited, and nobody can miss what nobody has seen.
#
# **Find two witnesses** that the gap of a single draw says little about the number of draws. Let the posterior be
# $\mathcal N(0, 1)$ and $q = \mathcal N(\mu, \sigma^2)$. `wide_q` leaves a gap of at least 10 nats, and yet
# $e^{\mathrm{KL}(p(z \mid x) \,\|\, q)}$ is at most 10. `sure_q` leaves at most 2 nats, and yet it is at least $10^6$.
# (Section 2 has what you need, and your `kl_gaussian` computes both directions.)

# %% nbgrader={"schema_version": 3, "grade_id": "elbo-gap_or_draws-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "7548981cf7eb8d508b836c0a30f33684", "cell_type": "code"} deletable=false
def wide_q():
    """(mu, sigma): KL(q ‖ N(0, 1)) ≥ 10 nats and exp KL(N(0, 1) ‖ q) ≤ 10, for q = N(mu, sigma²).

    returns two floats, |mu| ≤ 100, 0.001 ≤ sigma ≤ 1000.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def sure_q():
    """(mu, sigma): KL(q ‖ N(0, 1)) ≤ 2 nats and exp KL(N(0, 1) ‖ q) ≥ 10^6, for q = N(mu, sigma²).

    returns two floats, |mu| ≤ 100, 0.001 ≤ sigma ≤ 1000.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "elbo-gap_or_draws", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "0ee662d2aab53154e7ef40daa719ae15", "cell_type": "code"} deletable=false editable=false
check("elbo.gap_or_draws")


# %% [markdown]
# ## 9 · Is equal support enough?
#
# The **support** of a density is where it is positive. 001 P2d changes the prior to a log-normal and asks why a normal
# $q$ is then not a practical idea. The answer is right and worth remembering: the normal puts mass where the
# prior has none, so the divergence is infinite. The proposed remedy is a log-normal $q$, and the reason given for it is
# that both then have the same support, "ensuring finite values". Does equal support ensure that?
#
# Take the friendliest pair imaginable: both densities positive and smooth on all of $\mathbb R$. Let $p$ be the
# standard normal and $q = t_\nu$ Student's distribution with $\nu > 0$ degrees of freedom,
#
# $$t_\nu(z) = \frac{\Gamma\!\big(\frac{\nu + 1}2\big)}{\Gamma\!\big(\frac\nu2\big)\sqrt{\nu\pi}} \left(1 + \frac{z^2}\nu\right)^{-\frac{\nu + 1}2} .$$
#
# ($\nu = 1$ is the Cauchy distribution; $\nu \to \infty$ gives the normal itself.) The divergence is an integral over
# a line, so look at how it grows with a cut:
#
# $$\mathrm{KL}_c = \int_{-c}^{c} t_\nu(z) \log\frac{t_\nu(z)}{\mathcal N(z; 0, 1)}\,dz, \qquad \mathrm{KL}(t_\nu \,\|\, \mathcal N) = \lim_{c \to \infty} \mathrm{KL}_c .$$
#
# In the tail $-\log\mathcal N(z; 0, 1)$ grows like $\frac12 z^2$, and $t_\nu$ falls like a power of $|z|$. Which power,
# and for which $\nu$ does the product have a finite integral?
#
# **In numbers.** For the Cauchy distribution the integral up to 1 is $-0.155$ nats (a piece of it may be negative), up
# to 10 it is $1.537$. For $\nu = 10$ it is $0.023$ up to $10^6$.
#
# **Write** `truncated_kl`, to three digits for cuts up to $10^6$. This is a small lesson in quadrature: a grid of a
# million points over $(-10^6, 10^6)$ has *one* of them on the hill. Substitute something that spreads the tail over a
# few units. **Then find a witness**: `infinite_kl` returns a $\nu$ at which the divergence is infinite, and a finite
# cut at which the integral has already passed 100 nats. And `kl_is_finite` draws the line.

# %% nbgrader={"schema_version": 3, "grade_id": "kl-support-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "91ce458b03daa0418730a7a50fd8d8d6", "cell_type": "code"} deletable=false
def truncated_kl(nu, cut):
    """∫ t_nu(z) log(t_nu(z) / N(z; 0, 1)) dz for z from -cut to cut, in nats, to within 0.001 (1 + |value|).   (001 P2d)

    nu: float, 0.5 … 10; cut: float, 1 … 10^6;  returns a float.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def infinite_kl():
    """(nu, cut): KL(t_nu ‖ N(0, 1)) is infinite, and truncated at the finite cut it has passed 100 nats.

    returns two floats, 0.1 ≤ nu ≤ 100.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def kl_is_finite(nu):
    """Is KL(t_nu ‖ N(0, 1)) finite?

    nu: float > 0;  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "kl-support", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "b77e051007dde200ecd80164804691f6", "cell_type": "code"} deletable=false editable=false
check("kl.support")

# %% tags=["demo"]
with waiting_for("truncated_kl"):
    fig, ax = figure(1, 1, (6.6, 3.6))
    cuts = torch.logspace(0.7, 6, 30).tolist()
    for nu, colour, dash in ((1.0, VERMILION, "-"), (1.5, ORANGE, "-."), (2.0, BLUE, "--"), (3.0, GREEN, ":")):
        ax.loglog(cuts, [truncated_kl(nu, c) for c in cuts], dash, color=colour, label=rf"$\nu = {nu:g}$")
    ax.set(xlabel="cut $c$", ylabel="KL up to the cut (nats)", ylim=(0.1, 1e6))
    ax.legend()
    show(fig, alt="The divergence of Student's t from the normal, integrated up to a cut, on logarithmic axes. For one degree of freedom it grows in "
         "proportion to the cut, for 1.5 like its root, for 2 slowly but without end, for 3 it levels off at 0.65 nats.")  # fmt: skip

# %% [markdown]
# At $\nu = 1$ the divergence grows like the cut, at $\nu = 2$ like its logarithm (try to *see* that it is infinite!),
# at $\nu = 3$ it has a limit.
#
# **Question (4 points; 001 P2d).** A fellow student writes: "With a log-normal $q_\phi$ and a log-normal prior both
# densities have the same support, which ensures that the KL divergence is finite." (a) Is the conclusion right? Is the
# reason? Give a counterexample to the reason. (b) Give an argument that does show that
# $\mathrm{KL}(\log\mathcal N(\mu, \sigma^2) \,\|\, \log\mathcal N(0, 1))$ is finite. (c) The same student tries a
# *normal* $q$ with that prior, estimates the ELBO with draws, and sees neither $\infty$ nor a large number. What do
# they see, and why? (Put a $z \le 0$ into the formula of the log density; and think of the draws that are not.)

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "kl-same_support", "grade": true, "solution": true, "locked": false, "task": false, "points": 4.0, "checksum": "62644b482d6b7dce04a4729776b4176b", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# To keep in mind:
#
# - if $q$ has mass where $p$ has none, $\mathrm{KL}(q \,\|\, p) = \infty$: the support of $q$ must lie within that of
#   $p$;
# - equality of the supports is not needed for a finite value, and it is not enough.

# %% [markdown]
# ## What you can now do
#
# - split $\log p(x)$ into bound and gap, prove both identities, and say which of the two divergences is which
# - compute a KL divergence of two normals from its parts, and know which way round it runs
# - estimate an ELBO in two ways, in nats, and know when each is the steadier
# - say when the bound is tight, and build a model in which it cannot be
# - read a squared error or a cross-entropy as a log-likelihood, with its $\sigma$, its constant and its limits
# - tighten the bound by weights, in log space, say what the number of draws depends on, and what the effective size
#   tells and what it does not
# - tell a divergence of two normals from its imitations, by a test
# - tell what support has to do with a finite divergence, and what it has not
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** $z \in \{0, 1\}$ with $p(z = 1) = \frac14$, and $p(x \mid z) = (0.2, 0.8)$ for the $x$ at hand. Compute
# $p(x)$, the posterior, and the ELBO for $q = p(z)$. How large is the gap, and what is it a divergence of?
#
# <details><summary>Answer</summary>
#
# $p(x) = \frac34 \cdot 0.2 + \frac14 \cdot 0.8 = 0.35$, $\log p(x) = -1.0498$. The posterior is
# $(0.15, 0.2)/0.35 = (0.4286, 0.5714)$. For $q = p(z)$ the KL from the prior is 0, so
# $\mathcal L = \frac34\log 0.2 + \frac14\log 0.8 = -1.2629$. The gap is $0.2130$, and that is
# $\mathrm{KL}(p(z) \,\|\, p(z \mid x)) = 0.75\log\frac{0.75}{0.4286} + 0.25\log\frac{0.25}{0.5714}$.
#
# </details>
#
# **2.** True or false, with a reason: (a) "Of two $q$ for the same model and $x$, the one with the larger ELBO is
# closer to the posterior." (b) "Of two *models*, the one with the larger ELBO has the larger $\log p(x)$."
#
# <details><summary>Answer</summary>
#
# (a) True, if closeness is $\mathrm{KL}(q \,\|\, p(z \mid x))$: $\log p(x)$ is the same for both, so the ELBOs differ
# by minus the difference of the gaps. (b) False. The gaps may differ: a model with a simple posterior can have the
# larger bound and the smaller evidence. Only intervals can be compared, $\mathcal L \le \log p(x)$.
#
# </details>
#
# **3.** A training loop uses `F.mse_loss(x_hat, x) + kl.sum(1).mean()` on $28 \times 28$ pictures, with the default
# mean reduction. Which decoder variance has been chosen? What will happen to the latents, and what is the remedy?
#
# <details><summary>Answer</summary>
#
# Weight 1 on the mean over $D = 784$ pixels: $\sigma^2 = D/2 = 392$, $\sigma = 19.8$, for pixels between 0 and 1. To be
# wrong by the full range, 1, in *every* pixel costs 1 nat in all, so almost no use of $z$ is worth its KL: $q$
# collapses to the prior. Remedy: sum over the pixels and divide by $2\sigma^2$ with a reasonable or learnt $\sigma$
# (then with the constant).
#
# </details>
#
# **4.** Someone subtracts in the loss: `loss = reconstruction_loss - kl`. What does the optimiser do?
#
# <details><summary>Answer</summary>
#
# It is rewarded for a large divergence from the prior, which has no upper limit: $\mu \to \pm\infty$ or $\sigma \to 0$
# (where the reconstruction is best as well). The loss falls without bound; codes no longer have to do with the prior,
# and draws from it decode to nonsense.
#
# </details>
#
# **5.** Can an IWAE estimate exceed $\log p(x)$? Can $\mathcal L_K$? Can a single-draw ELBO estimate?
#
# <details><summary>Answer</summary>
#
# An estimate, yes: the mean weight fluctuates around $p(x)$, and can be above. $\mathcal L_K$ is the expectation of its
# logarithm and cannot, by Jensen. A single draw of $\log w$, yes; its expectation is the ELBO.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **6.** The posterior is $\mathcal N(0, \Sigma)$ in two dimensions with precision $\Lambda = \Sigma^{-1}$, and $q$ has
# independent components with mean 0 and variances $v_1, v_2$. Find the best $v$ and the remaining gap.
#
# <details><summary>Answer</summary>
#
# $\mathrm{KL}(q \,\|\, p) = \frac12\big(v_1\Lambda_{11} + v_2\Lambda_{22} - 2 - \log(v_1 v_2) - \log\det\Lambda\big)$.
# The derivative by $v_j$ vanishes at $v_j = 1/\Lambda_{jj}$, and what is left is
# $\frac12\log\frac{\Lambda_{11}\Lambda_{22}}{\det\Lambda}$. With
# $\Lambda = \frac{1}{\det\Sigma}\begin{pmatrix}\Sigma_{22} & -\Sigma_{12} \\ -\Sigma_{12} & \Sigma_{11}\end{pmatrix}$
# that is $\frac12\log\frac{\Sigma_{11}\Sigma_{22}}{\det\Sigma} = -\frac12\log(1 - \rho^2)$. Note
# $1/\Lambda_{jj} < \Sigma_{jj}$: the best $q$ is narrower than the marginals.
#
# </details>
#
# **7.** Prior Student-$t_1$, $q$ normal. Is the KL in the ELBO finite? And with the roles exchanged?
#
# <details><summary>Answer</summary>
#
# The KL in the ELBO is $\mathrm{KL}(q \,\|\, p)$ with $q$ normal: $-\log t_1(z)$ grows like $2\log|z|$, whose
# expectation under a normal is finite. A heavy-tailed *prior* is harmless. With $q = t_1$ and a normal prior it is
# infinite: in the ELBO it is the tails of $q$ that must not be heavier than the prior can bear.
#
# </details>
#
# **8.** A table lists "NLL 78 nats" for a VAE trained with BCE on grey digits and "NLL 87 nats" for an autoregressive
# model with 17 levels per pixel. Which is the better model?
#
# <details><summary>Answer</summary>
#
# It cannot be said: the two numbers are about different data. The 78 is the expected cost of pictures *binarised at
# random*, with two values per pixel; the 87 is the cost of the grey pictures, with 17. Read as a probability of the
# levels, the VAE's would sum to more than 1 (up to 8.5 for each pixel). Besides, one is a bound and the other exact.
# Evaluate the VAE with a likelihood over the 17 levels.
#
# </details>
#
# **9.** (6 points) A model has a class $y \in \{0, 1\}$ as well: $p(x, y, z) = p(y)\, p(z)\, p(x \mid y, z)$, with
# $q(z \mid x, y)$ for what is hidden. (a) Give a bound $\mathcal L(x, y)$ on $\log p(x, y)$, and its gap. (b) For most
# $x$ the class was not noted. With a classifier $q(y \mid x)$, show that
# $\mathcal U(x) = \sum_y q(y \mid x)\, \mathcal L(x, y) - \sum_y q(y \mid x) \log q(y \mid x) \le \log p(x)$, and name
# both parts of the gap. (c) $\mathcal L(x, 0) = -3$ and $\mathcal L(x, 1) = -2$: which $q(y \mid x)$ makes $\mathcal U$
# largest, and how large?
#
# <details><summary>Answer</summary>
#
# (a) (1 point) $\mathcal L(x, y) = \mathbb E_{q(z \mid x, y)}[\log p(x, y, z) - \log q(z \mid x, y)]$; the gap is
# $\mathrm{KL}(q(z \mid x, y) \,\|\, p(z \mid x, y))$.
#
# (b) (3 points) It is the ELBO with the pair $(y, z)$ as what is hidden and $q(y \mid x)\, q(z \mid x, y)$ as $q$, so
# its gap is the divergence of the two pairs. By the chain rule this is $\mathrm{KL}(q(y \mid x) \,\|\, p(y \mid x))$,
# how wrong the classifier is, plus $\sum_y q(y \mid x)\, \mathrm{KL}(q(z \mid x, y) \,\|\, p(z \mid x, y))$, the mean
# of the gaps of (a).
#
# (c) (2 points) Write $\mathcal U$ as $\log S - \mathrm{KL}(q(y \mid x) \,\|\, e^{\mathcal L(x, y)}/S)$ with $S =
# \sum_y e^{\mathcal L(x, y)}$. So $q$ is the softmax of the two bounds, $q(1 \mid x) = 1/(1 + e^{-1}) = 0.7311$, and
# $\mathcal U = \log(e^{-3} + e^{-2}) = -1.6867$.
#
# </details>
#
# ## An open question
#
# $\mathcal L_K$ is tighter than $\mathcal L$, and tighter sounds better. But what is the bound *for*? If $q$ is to be
# learnt through it, ask what happens to the gradient with respect to $q$ as $K$ grows: at $K = \infty$ the bound is
# $\log p(x)$ whatever $q$ is. Can a bound be too tight to learn from? How would you measure it in the model of section
# 8, where everything is known?

# %% nbgrader={"schema_version": 3, "grade_id": "given-an-open-question-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ec65f47563e3f253c424c91024f7288", "cell_type": "code"} deletable=false editable=false
total()

# %% [markdown]
# Go on with **[07 Gradients through samples](07_gradients_through_samples.ipynb)**, or back to [the course](README.md).
