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
#     generated: 'from solutions/10_gans.py by `make course`: to change the course,
#       edit that file'
# ---

# %% [markdown]
# <small>[The course](README.md) · before: [09 Measuring what has no likelihood](09_measuring.ipynb) · next: [15 The forward process](15_diffusion_forward.ipynb)</small>

# %% [markdown]
# # 10 · Adversarial learning
#
# Every model so far was trained by asking how probable it finds the data. A generative adversarial network (GAN) is
# never asked. One network, the **generator**, turns noise into points; another, the **discriminator**, looks at points
# and says how sure it is that they are real. Each learns from the other's mistakes. No density is ever computed, and
# yet, as you will prove line by line, the generator is led to minimise a divergence between two densities.
#
# The proof is short and the practice is not. This chapter does both: the game and its optimum, the divergence that is
# hidden in it, why its gradient dies exactly when it is needed, why two players who both descend may circle for ever,
# and what one does about all that.
#
# You need: KL divergences (notebook 06), the change of variables (notebook 02), sampling as a push-forward. Time:
# about 5 hours; sections 1 to 8 are the core. Labels such as 001 P3b say where a question comes from; notebook 00 lists
# these sources.

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

# %% nbgrader={"schema_version": 3, "grade_id": "given-10-adversarial-learning-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "15edcbd5a48b43bd01858fe69353c891", "cell_type": "code"} deletable=false editable=false
import functools
import itertools
import math

import torch
import torch.nn.functional as F

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits, ring, two_moons
from pushforward.figures.gans import (
    draw_digits,
    draw_flows,
    draw_game,
    draw_gradients,
    draw_orbits,
    draw_ring,
    shift_explorer,
)
from pushforward.figures.style import show
from pushforward.flows import Flow
from pushforward.measuring.classifier import class_shares, confident_share
from pushforward.measuring.frechet import digit_frechet
from pushforward.measuring.neighbours import neighbour_ratio
from pushforward.measuring.shapes import log_p_moons, off_moons
from pushforward.measuring.sliced import sliced_wasserstein
from pushforward.train import budget, train
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_game([("far", -3.5, 0.5), ("nearer", -1.0, 0.8), ("as near as one hill gets", 0.1, 1.3)]),
    alt="Three models beside the same two-hilled data, and below each the best discriminator. Far from the data it is a "
    "cliff between 0 and 1 and the divergence is nearly log 2, 0.69. A model on one of the hills leaves a cliff at the "
    "other. A broad hill over both leaves gentle waves around one half, and a small divergence.",
)


# %% [markdown]
# ## The picture
#
# Above, the data (blue) and three models (dashed), each a single hill. Below, what the best possible discriminator
# says: the share of the data in all the points that it meets at $x$. Where it says $\frac12$ nobody can tell real from
# generated.
#
# Read the lower row as the generator does, to whom it is the only news. On the right every wave says where there is too
# little of it and where too much. On the left there is a cliff, and the model stands at its foot, where $D^*$ is nearly
# 0 and nearly flat: it is told next to nothing about where the data lie. And in the middle the model has one hill and
# leaves the other out: there $D^*$ is nearly 1, but few generated points ever land there to be told so. These three
# pictures are the theory, the trouble of vanishing gradients, and the trouble of lost modes.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 09) Two models have no likelihood. Why is it not enough to look at their best samples?
#
# <details><summary>Answer</summary>
#
# Quality and coverage are two things. A model that makes one perfect point for ever passes every look at its samples;
# what it leaves out shows only when its samples are compared with the data as a *distribution*.
#
# </details>
#
# **2.** (Notebook 07) $x = G_\theta(z)$ and $L = \mathbb E_z[h(G_\theta(z))]$. What is $\nabla_\theta L$, and what must
# be true of $h$?
#
# <details><summary>Answer</summary>
#
# $\mathbb E_z\big[\nabla h(G_\theta(z))\, \partial_\theta G_\theta(z)\big]$, the pathwise gradient. $h$ must be
# differentiable (here it is a network) and may not jump.
#
# </details>
#
# **3.** (Notebook 02) Why does a typical generator have no density that one could compute?
#
# <details><summary>Answer</summary>
#
# It need not be one-to-one, so the density at $x$ is a sum over all $z$ with $G(z) = x$, which nobody can list; and if
# there are fewer dimensions of noise than of data, the image is a thin sheet that has no density at all.
#
# </details>

# %% [markdown]
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $p^*(x)$ | `p_data`, `log_p_data` | the distribution of the data, known to us through samples only |
# | $z \sim p(z)$ | `z` | noise |
# | $G(z)$ | `G(z)` | the generator: noise in, a point out. 001 writes $f_\theta(z)$ |
# | $p_\theta(x)$ | `p_model`, `log_p_model` | the distribution of $G(z)$: noise, pushed forward |
# | $D(x) \in (0, 1)$ | `d_real`, `d_fake` | the discriminator: the probability that it gives to "$x$ is real" |
# | $l(x)$, with $D = \sigma(l)$ | `logits_real`, `logits_fake` | the same before the sigmoid $\sigma(l) = 1/(1 + e^{-l})$ |
# | $\pi$ | `pi` | the share of real points among those that $D$ is shown; $\frac12$ where nothing else is said |
#
# Logarithms are natural: values, losses and divergences are in nats.

# %% [markdown]
# ## 1 · The game
#
# Show the discriminator a real point half of the time, and a generated one the other half. It is paid $\log D(x)$ for a
# real point and $\log(1 - D(x))$ for a generated one: at most 0, and the less the more it believed in the wrong thing.
# On average (001 P3, 002 9-2c)
#
# $$V(D, G) = \tfrac12\, \mathbb E_{x \sim p^*}\big[\log D(x)\big] + \tfrac12\, \mathbb E_{z \sim p(z)}\big[\log\big(1 - D(G(z))\big)\big] .$$
#
# The discriminator makes the **value** $V$ as large as it can, the generator as small as it can:
# $\min_G \max_D V(D, G)$. The generator touches only the second expectation, and only through the points $G(z)$ that it
# hands over.
#
# Many texts (004 among them) leave out the two halves. That doubles the value and moves nobody: the players' best moves
# are the same. It does change constants that one likes to compare, so say which form you use.
#
# **In numbers.** Two real points with $D = 0.8$ and $0.5$, one generated point with $D = 0.25$. The averages are
# $\frac12(\log 0.8 + \log 0.5) = -0.4581$ and $\log 0.75 = -0.2877$. With the halves $V = -0.3729$, without them
# $-0.7458$.
#
# **Write** both forms. Each expectation is over *its own* points, and there may be different numbers of the two kinds.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-value-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "9395cc0e45f23727118b39b5ecff7dd4", "cell_type": "code"} deletable=false
def value_half(d_real, d_fake):
    """V = ½ E log D(x) + ½ E log(1 - D(G(z))).   (001 P3, 002 9-2c)

    d_real: (N,), D of real points, in (0, 1); d_fake: (M,), D of generated points, in (0, 1);
    returns one number, of the type of d_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def value_plain(d_real, d_fake):
    """V = E log D(x) + E log(1 - D(G(z))), the form without weights.   (004 GAN definition)

    d_real: (N,), D of real points, in (0, 1); d_fake: (M,), D of generated points, in (0, 1);
    returns one number, of the type of d_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-value", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "506ca829ff976c05c35ad3c8a3905712", "cell_type": "code"} deletable=false editable=false
check("gan.value")


# %% [markdown]
# **Question (4 points; 001 P3a, 002 9-2a and b).** In one sentence each: (a) what does the first expectation reward,
# (b) what does the second reward, and whom does it punish, (c) what is adversarial about the formula, (d) what do
# generator and discriminator do when the game has reached its equilibrium?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "gan-the_game", "grade": true, "solution": true, "locked": false, "task": false, "points": 4.0, "checksum": "dfbe666e64c143bb1f568b4639940b37", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ## 2 · The discriminator's loss
#
# The loss that the discriminator descends is $J^{(D)} = -V$ (002 9-2b):
#
# $$J^{(D)} = -\tfrac12\, \mathbb E_{p^*}[\log D(x)] - \tfrac12\, \mathbb E_{p(z)}[\log(1 - D(G(z)))] .$$
#
# It is the cross-entropy of a classifier with the labels *real* and *generated*. A classifier that knows nothing,
# $D = \frac12$, pays $\log 2 = 0.693$.
#
# On a computer the discriminator ends in a number $l$, the **logit**, and $D = \sigma(l)$. Now $-\log\sigma(l)$ has a
# trap. At $l = -200$ it is 200 (to many digits: $\log(1 + e^{200})$), but $\sigma(-200)$ is $10^{-87}$, an exact 0 in
# `float32`, and its logarithm is $-\infty$. A discriminator early in training *is* that sure. So never form $\sigma$:
#
# $$-\log\sigma(l) = \log(1 + e^{-l}), \qquad -\log(1 - \sigma(l)) = \log(1 + e^{l}) ,$$
#
# and torch has a function for $\log(1 + e^u)$ that is right for every $u$.
#
# **In numbers.** Real logits $(0, 2)$, one generated logit $-1$: $\log 2 = 0.6931$ and $\log(1 + e^{-2}) = 0.1269$,
# with the mean $0.4100$; $\log(1 + e^{-1}) = 0.3133$. The loss is $\frac12(0.4100 + 0.3133) = 0.3616$.
#
# **Write** it, for logits up to the thousands.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-discriminator_loss-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "73b3091253a984b1d8291798e285457a", "cell_type": "code"} deletable=false
def discriminator_loss(logits_real, logits_fake):
    """J^(D) = -½ E log σ(logits_real) - ½ E log(1 - σ(logits_fake)), a cross-entropy.   (002 9-2b)

    logits_real: (N,), of real points; logits_fake: (M,), of generated points;
    returns a tensor without axes, of the type of logits_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-discriminator_loss", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "3f8045aacbfd53dae5a84c3878b66039", "cell_type": "code"} deletable=false editable=false
check("gan.discriminator_loss")


# %% [markdown]
# ### Detective: whose loss is this?
#
# You get functions that claim to be `discriminator_loss`. Some are, written in their own way. Some mix up who is real,
# some average over all points at once (right as long as there are as many of one kind as of the other, which is what
# everybody tries), some are off by a factor, some break where the discriminator is sure. **Write** the test that tells
# them apart. It must let every right one pass.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-catch_loss-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "44da5acce375c0965f0124695366c791", "cell_type": "code"} deletable=false
def is_discriminator_loss(implementation):
    """True if the function is an implementation of discriminator_loss, False if it is not.

    implementation: takes logits_real, (N,), and logits_fake, (M,), and gives a tensor without axes; call it on tensors
    of your choice (values only: no gradient comes back);  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-catch_loss", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "232c76f56af9f0f73222eb6fb8cf8bb5", "cell_type": "code"} deletable=false editable=false
check("gan.catch_loss")


# %% [markdown]
# ## 3 · The best discriminator
#
# Hold the generator still. What is the best $D$? The value is a sum over points, and at each point $D(x)$ can be chosen
# by itself: maximise $a \log D + b \log(1 - D)$ with $a = \frac12 p^*(x)$ and $b = \frac12 p_\theta(x)$. The derivative
# $a/D - b/(1 - D)$ vanishes at $D = a/(a + b)$ and falls, so this is the maximum (001 P3b):
#
# $$D^*(x) = \frac{p^*(x)}{p^*(x) + p_\theta(x)} .$$
#
# It is Bayes' rule: of all the points that are shown at $x$, the share that is real. Where only the data have density
# it is 1, where only the model has, 0. Where neither has, nothing is ever shown, and any verdict will do.
#
# In many dimensions densities are tiny ($e^{-900}$ is 0 in floats), so they come as logarithms. Divide by $p^*$:
# $D^* = 1/(1 + e^{\log p_\theta - \log p^*})$, a sigmoid of a *difference* of logarithms.
#
# **In numbers.** $p^* = 0.3$ and $p_\theta = 0.1$ give $D^* = 0.75$; $\log p^* = -1000$ and $\log p_\theta = -1001$
# give $\sigma(1) = 0.731$, although both densities are 0 in floats.
#
# **Write** it.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-optimal_discriminator-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "9b98b93672df90123199b52ad0c81120", "cell_type": "code"} deletable=false
def optimal_discriminator(log_p_data, log_p_model):
    """D*(x) = p*(x) / (p*(x) + p_θ(x)), from log densities at some points.   (001 P3b)

    log_p_data: any shape, −∞ where there is no density; log_p_model: same shape, never −∞ where log_p_data is;
    returns the verdicts, of the shape and type of log_p_data.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-optimal_discriminator", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "417c43981744376049e29b2b7a2df4dc", "cell_type": "code"} deletable=false editable=false
check("gan.optimal_discriminator")


# %% [markdown]
# ### When the two are not shown equally often
#
# Let a share $\pi$ of the points that $D$ is shown be real. Then $a = \pi p^*$ and $b = (1 - \pi) p_\theta$, and
#
# $$V_\pi(D) = \pi\, \mathbb E_{p^*}[\log D] + (1 - \pi)\, \mathbb E_{p_\theta}[\log(1 - D)], \qquad
# D^*_\pi = \frac{\pi\, p^*}{\pi\, p^* + (1 - \pi)\, p_\theta} .$$
#
# On the scale of logits the prior is a mere shift: $l^*_\pi = \log p^* - \log p_\theta + \log\frac{\pi}{1 - \pi}$.
# When the model has become perfect, $D^*_\pi = \pi$ everywhere, and the value is
# $\pi \log\pi + (1 - \pi)\log(1 - \pi)$, minus the entropy of a coin: $-\log 2$ for $\pi = \frac12$, and more for
# every other $\pi$. Somebody who trains with four generated points for each real one and waits for $D = \frac12$ waits
# for ever.
#
# **In numbers.** $\pi = 0.2$, $p^* = 0.3$, $p_\theta = 0.1$: $D^* = 0.06/(0.06 + 0.08) = 0.4286$. With the verdicts of
# section 1, $0.2 \cdot (-0.4581) + 0.8 \cdot (-0.2877) = -0.3218$. The perfect model's value is
# $0.2 \log 0.2 + 0.8 \log 0.8 = -0.5004$.
#
# **Write** $W_1$ on the line, and both penalties.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-class_prior-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "49ef8e0ed3a8bdae381e762954b34b19", "cell_type": "code"} deletable=false
def discriminator_with_prior(log_p_data, log_p_model, pi):
    """D*(x) = π p* / (π p* + (1 - π) p_θ), from log densities.   (001 P3)

    log_p_data, log_p_model: same shape, finite; pi: float in (0, 1);
    returns the verdicts, of the shape and type of log_p_data.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def value_with_prior(d_real, d_fake, pi):
    """V = π E log D(x) + (1 - π) E log(1 - D(G(z))).   (001 P3)

    d_real: (N,), D of real points, in (0, 1); d_fake: (M,), D of generated points, in (0, 1); pi: float in (0, 1);
    returns one number, of the type of d_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def undecided_value(pi):
    """The largest value of V if p_θ = p*: π log π + (1 - π) log(1 - π), in nats.

    pi: float in (0, 1);  returns one number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-class_prior", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "50e988f3f5237d95a5c5c91338581faa", "cell_type": "code"} deletable=false editable=false
check("gan.class_prior")


# %% [markdown]
# ## 4 · What ½ proves, and what it does not
#
# If $p_\theta = p^*$, then $D^* = \frac12$ everywhere: the equilibrium of the game (002 9-2a). Is the reverse true? If
# training has come to rest with $D = \frac12$ and the value $-\log 2$, has the generator learnt the data?
#
# **For the best discriminator of all, yes.** If $p^*$ and $p_\theta$ differ anywhere, then some $D$ is worth more than
# $-\log 2$. A *witness* for two distributions on $n$ values is such a $D$: $n$ verdicts. You know a good one from
# section 3. Mind the values to which neither distribution gives mass.
#
# **For the best of a family, no.** Suppose that $D$ may only be $\sigma(a + bx)$, a straight line as logit. The value
# is concave in $(a, b)$, so it is largest where its derivatives vanish. At $a = b = 0$, where $D = \frac12$,
#
# $$\frac{\partial V}{\partial a} = \tfrac14\big(1 - 1\big) = 0, \qquad
# \frac{\partial V}{\partial b} = \tfrac14\big(\mathbb E_{p^*}[x] - \mathbb E_{p_\theta}[x]\big) .$$
#
# So there are pairs of quite different distributions that make this whole family say $\frac12$. Find one. A network is
# a richer family than the lines, but a family: $D = \frac12$ in a training log says that *this* discriminator, as it
# was trained, has given up.
#
# How different two distributions are is measured here by their *total variation* $\frac12 \sum |p_i - q_i|$, from 0
# (equal) to 1 (disjoint).
#
# **In numbers.** $p^* = (\frac12, \frac12)$ and $p_\theta = (\frac14, \frac34)$: the verdicts $(\frac23, \frac25)$ are
# worth $-0.6593$, and $-\log 2 = -0.6931$.
#
# **Write** `unmask`, and **find** a witness `blind_line`.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-optimal_is_half-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "b041e92541fc0491844745626b421479", "cell_type": "code"} deletable=false
def unmask(p_data, p_model):
    """A D with V(D) > -log 2, for distributions on n values; if they are equal, a D worth -log 2: ½ wherever there is mass.   (002 9-2a)

    p_data, p_model: (n,), no entry negative, the sum is 1;
    returns n verdicts from 0 to 1, of the type of p_data, also where both are 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def blind_line():
    """(x, p, q): distributions p and q on the points x that no D(x) = σ(a + b x) tells apart.

    returns three lists of the same length; p and q have no negative entry and the sum 1, and a total variation ≥ ¼.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-optimal_is_half", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "b5cad78a8e3d356568943cbc820ac6cf", "cell_type": "code"} deletable=false editable=false
check("gan.optimal_is_half")


# %% [markdown]
# ## 5 · A discriminator is half of a density
#
# Solve $D^* = p^*/(p^* + p_\theta)$ for the ratio of the densities:
#
# $$\frac{p^*(x)}{p_\theta(x)} = \frac{D^*(x)}{1 - D^*(x)}, \qquad
# \log p^*(x) - \log p_\theta(x) = \log D^*(x) - \log\big(1 - D^*(x)\big) = l^*(x) .$$
#
# A classifier between two sets of samples *is* an estimate of their log density ratio, without either density: an idea
# that returns in notebook 13, where one of the two is known and the other thereby becomes known as well.
#
# In a GAN neither is known. $\log p(x)$ is **not** $\log D(x)$, as an overview that puts the two side by side (004, key
# equations) may make one think. $\log D$ is at most 0, a log density need not be; and where the model equals the data,
# $\log D = -\log 2$ at every point, whether it is a common one or has never been seen.
#
# **In numbers.** $D = 0.75$: the log ratio is $\log 3 = 1.0986$. If $\log p_\theta = -2$ there, $\log p^* = -0.9014$.
#
# **Write** both, and **find** a witness that the verdict does not determine the density: for
# $p^* = \mathcal N((0, 0), I)$ and $p_\theta = \mathcal N((1, 0), I)$ in the plane, two points at which $D^*$ is the
# same and $\log p^*$ differs by 2 nats or more.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-density_ratio-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "ccfad878ab45a8a38845058f65357247", "cell_type": "code"} deletable=false
def log_ratio(d):
    """log p*(x) - log p_θ(x), from the best discriminator's verdicts d = D*(x).   (004 key equation: GAN)

    d: any shape, in (0, 1);  returns the shape and type of d.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def log_p_data_from(d, log_p_model):
    """log p*(x), from d = D*(x) and log p_θ(x).

    d: any shape, in (0, 1); log_p_model: same shape;  returns the shape and type of d.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def equal_verdicts():
    """Two points with the same D*, of which one is at least 2 nats denser under p* = N((0, 0), I); p_θ = N((1, 0), I).

    returns (a, b), each a list of two floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-density_ratio", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "52fe15bf2f381000304b535690e485c6", "cell_type": "code"} deletable=false editable=false
check("gan.density_ratio")


# %% [markdown]
# ## 6 · The Jensen–Shannon divergence
#
# The KL divergence is infinite as soon as $q$ gives no mass to something that $p$ has (recall notebook 06). The remedy:
# compare both with their mixture $m = \frac12(p + q)$, which has mass wherever one of them has (001 P3b),
#
# $$\mathrm{JSD}(p, q) = \tfrac12\, \mathrm{KL}(p \,\|\, m) + \tfrac12\, \mathrm{KL}(q \,\|\, m) .$$
#
# It is symmetric, 0 only for $p = q$, and never infinite: $p/m = 2p/(p + q) \le 2$, so each KL is at most $\log 2$, and
# so is their mean, with equality exactly if $p$ and $q$ have no place in common.
#
# **In numbers.** $p = (\frac12, \frac12)$, $q = (\frac14, \frac34)$, $m = (\frac38, \frac58)$:
# $\mathrm{KL}(p \| m) = \frac12\log\frac43 + \frac12\log\frac45 = 0.0323$,
# $\mathrm{KL}(q \| m) = \frac14\log\frac23 + \frac34\log\frac65 = 0.0354$, $\mathrm{JSD} = 0.0338$. Compare with
# section 4, where the same pair came up: the best $D$ was worth $-0.6593$, which is $0.0338 - \log 2$. Section 7 proves
# that this is no accident.
#
# **Write** it. In floats $0 \cdot \log 0$ is NaN; its limit is 0.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-jsd-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "4ef6b4fa3104401929e5332c668cd24f", "cell_type": "code"} deletable=false
def jsd(p, q):
    """JSD(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m), m = ½ (p + q), in nats, with 0 log 0 = 0.   (001 P3b)

    p, q: (n,), no entry negative, the sum is 1;  returns one number, of the type of p.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-jsd", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "559db174c758097aaa8d6a9e6deca4a3", "cell_type": "code"} deletable=false editable=false
check("gan.jsd")


# %% [markdown]
# ## 7 · What the generator minimises: a derivation of your own
#
# Now put the pieces together (001 P3b): show that $\max_D V$ is, up to a constant, the Jensen–Shannon divergence
# between the data and the model. Six lines, each a function that returns its *terms* by name. The check looks at every
# term, and says between which two lines equality was lost.
#
# So that nothing has to be approximated, $x$ takes $n$ values and $z$ takes $m$. The generator is a list: `image[j]` is
# the $x$ at which noise $j$ lands. The weight $w$ of each expectation is an argument: $w = \frac12$ is the game of 001,
# $w = 1$ the form without weights. One proof serves both.
#
# **Line 1** is the objective, for *any* $D$, before anything is added up: the terms $w\,p^*(x)\log D(x)$ at every $x$
# and $w\,p(z)\log(1 - D(G(z)))$ at every $z$.
#
# **Line 2** is the push-forward. All noises that land at the same $x$ make one generated point, whose probability
# $p_\theta(x)$ is the sum of theirs. For every function $h$, then,
#
# $$\mathbb E_{p(z)}\big[h(G(z))\big] = \sum_z p(z)\, h(G(z)) = \sum_x p_\theta(x)\, h(x) = \mathbb E_{p_\theta}\big[h(x)\big] ,$$
#
# which is the identity that gave this course its name. Both terms are now indexed by $x$.
#
# **In numbers**, for both lines: $p^* = (\frac12, \frac12)$, $D = (0.8, 0.25)$, $p(z) = (\frac14, \frac14, \frac12)$,
# `image` $= (0, 1, 1)$, $w = \frac12$. Then $p_\theta = (\frac14, \frac34)$, the real terms are
# $(-0.0558, -0.3466)$, the generated ones $(-0.2012, -0.0360, -0.0719)$ by $z$ and $(-0.2012, -0.1079)$ by $x$.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-jsd_derivation-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "a469430cf6cebffb9cda031fd3dfa135", "cell_type": "code"} deletable=false
def objective_terms(p_data, d, p_z, image, weight):
    """Line 1: "real", w p*(x) log D(x) at every x, and "fake", w p(z) log(1 - D(G(z))) at every z.   (001 P3b)

    p_data: (n,), no entry negative, the sum is 1; d: (n,), in (0, 1); p_z: (m,), no entry negative, the sum is 1;
    image: (m,), int64, entries 0 … n − 1; weight: float in (0, 1];
    returns {"real": (n,), "fake": (m,)}, of the type of p_data.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def pushed_terms(p_data, d, p_z, image, weight):
    """Line 2: "p_model", p_θ(x), and the terms "real", w p*(x) log D(x), and "fake", w p_θ(x) log(1 - D(x)).

    p_data: (n,), no entry negative, the sum is 1; d: (n,), in (0, 1); p_z: (m,), no entry negative, the sum is 1;
    image: (m,), int64, entries 0 … n − 1; weight: float in (0, 1];
    returns {"p_model": (n,), "real": (n,), "fake": (n,)}, of the type of p_data.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% [markdown]
# **Line 3** takes the maximum over $D$: put $D^*$ in. What is $1 - D^*$? (Here and below $0 \log 0 = 0$.)
#
# **Line 4** wants the mixture $m = \frac12(p^* + p_\theta)$ in the denominators. $\frac{p^*}{p^* + p_\theta} =
# \frac12 \cdot \frac{p^*}{m}$, and the $\frac12$ leaves both logarithms and is averaged. What is left of it is one
# constant.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-jsd_derivation-answer-2", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "922cf64dbcef62bf65e088d2be64353b", "cell_type": "code"} deletable=false
def optimum_terms(p_data, p_model, weight):
    """Line 3: "real", w p* log D*, and "fake", w p_θ log(1 - D*), at every x, with the best D put in.

    p_data, p_model: (n,), no entry negative, the sum is 1; weight: float in (0, 1];
    returns {"real": (n,), "fake": (n,)}, of the type of p_data.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def mixture_terms(p_data, p_model, weight):
    """Line 4: "real", w p* log(p*/m), and "fake", w p_θ log(p_θ/m), at every x, and the "constant" that this costs.

    p_data, p_model: (n,), no entry negative, the sum is 1; weight: float in (0, 1];
    returns {"real": (n,), "fake": (n,), "constant": number}, the tensors of the type of p_data.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% [markdown]
# **Line 5** adds up over $x$ and finds two KL divergences: the line is
# $w\,\mathrm{KL}_1 + w\,\mathrm{KL}_2 + \text{constant}$. Return the divergences themselves, without the weight.
#
# **Line 6** recognises their mean: $\text{factor} \cdot \mathrm{JSD}(p^*, p_\theta) + \text{constant}$.
#
# **In numbers**, for lines 3 to 6 with the same $p^*$, $p_\theta$ and $w = \frac12$: real terms $(-0.1014, -0.2291)$,
# generated ones $(-0.1373, -0.1916)$; with the mixture $(0.0719, -0.0558)$ and $(-0.0507, 0.0684)$ and the constant
# $-0.6931$; then $0.0323$ and $0.0354$; and at last $1 \cdot 0.0338 - 0.6931$. Every line adds up to $-0.6593$.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-jsd_derivation-answer-3", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "d9252ba6ce8f78b4fead8c8fceda3fd8", "cell_type": "code"} deletable=false
def divergence_terms(p_data, p_model, weight):
    """Line 5: "kl_data", KL(p* ‖ m), and "kl_model", KL(p_θ ‖ m), without their weight w, and the "constant".

    p_data, p_model: (n,), no entry negative, the sum is 1; weight: float in (0, 1];
    returns {"kl_data": number, "kl_model": number, "constant": number}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def jsd_terms(p_data, p_model, weight):
    """Line 6: the "factor" before the divergence, the "jsd" of p* and p_θ, and the "constant".

    p_data, p_model: (n,), no entry negative, the sum is 1; weight: float in (0, 1];
    returns {"factor": number, "jsd": number, "constant": number}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-jsd_derivation", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "d2fc39a79a5751fad12e056d33b68902", "cell_type": "code"} deletable=false editable=false
check("gan.jsd_derivation")


# %% [markdown]
# You have proved that against its best opponent the generator minimises
#
# $$\max_D V = \mathrm{JSD}(p^*, p_\theta) - \log 2 \quad(w = \tfrac12), \qquad
# \max_D V = 2\,\mathrm{JSD}(p^*, p_\theta) - \log 4 \quad(w = 1) .$$
#
# The smallest value, $-\log 2$ or $-\log 4$, is reached exactly if $p_\theta = p^*$. Note what the proof used: the
# *best* $D$ for each $G$. A discriminator that lags behind bounds the divergence from below, and a generator that
# descends a lower bound has no guarantee of anything. The rest of the chapter is about that "against its best
# opponent".

# %% [markdown]
# ## 8 · A divergence that is flat
#
# JSD is finite for every pair of distributions. That sounds like a virtue. Look at what it costs: take two intervals of
# width $w$, the data on $(0, w)$ and the model, by mistake, on $(\delta, \delta + w)$.
#
# Where they overlap, both densities are $1/w$, so $p/m = 1$ and the logarithm is 0. Where one is alone, $p/m = 2$. So
#
# $$\mathrm{JSD} = \log 2 \cdot \min\!\big(|\delta|/w,\; 1\big) .$$
#
# As long as they overlap the divergence has a slope, and the model is pulled towards the data. From $|\delta| = w$ on
# it is $\log 2$, **flat**: a model that misses by a hair and one that misses by a mile are equally bad, and the
# gradient is exactly 0. The best discriminator is then perfect, $D^* = 1$ on the data and 0 on the model, and a perfect
# classifier has nothing to say about where to go.
#
# This is no odd case. Pictures lie on thin sheets in a space of thousands of dimensions, and two thin sheets hardly
# meet.
#
# The **Wasserstein distance** $W_1$ asks another question: how far must mass be carried, on average, to turn one
# distribution into the other? Here every point is carried by $|\delta|$:
#
# $$W_1 = |\delta| ,$$
#
# with slope 1 wherever the model stands. Notebook 11 is about such distances; section 11 below computes one.
#
# **In numbers.** $w = 2$: at $\delta = 0.5$, $\mathrm{JSD} = 0.1733$ with slope $0.3466$, and $W_1 = 0.5$. At
# $\delta = 3$, $\mathrm{JSD} = 0.6931$ with slope 0, and $W_1 = 3$ with slope 1.
#
# **Write** both, so that gradients reach `delta`, for shifts to either side.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-flat_jsd-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "5dd99302ba0a52314befc8a3141d3bf5", "cell_type": "code"} deletable=false
def jsd_of_shift(delta, width):
    """JSD of U(0, width) and U(δ, δ + width), in nats, differentiable in δ.

    delta: (N,); width: float > 0;  returns (N,), of the type of delta.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def w1_of_shift(delta, width):
    """W₁ of U(0, width) and U(δ, δ + width): the mean distance that mass is carried, differentiable in δ.

    delta: (N,); width: float > 0;  returns (N,), of the type of delta.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-flat_jsd", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "87f47a110b7723af7bae975d596c8a9a", "cell_type": "code"} deletable=false editable=false
check("gan.flat_jsd")

# %% [markdown]
# ### Play with it
#
# Move the model by the slider *shift*. The orange line is the slope that your functions send back. At which shift does
# JSD stop complaining? Does a wider interval help, and what would adding noise to both do?

# %% tags=["demo"]
with waiting_for("jsd_of_shift", "w1_of_shift"):
    display(shift_explorer(jsd_of_shift, w1_of_shift))


# %% [markdown]
# ## 9 · Which gradient reaches the generator?
#
# The generator descends $J^{(G)} = -J^{(D)}$; the part that it can move is $\frac12 \mathbb E \log(1 - D(G(z)))$. Its
# gradient goes through the logit $l$ of the generated point. With $\sigma' = \sigma(1 - \sigma)$,
#
# $$\frac{\partial}{\partial l}\, \tfrac12\log(1 - \sigma(l)) = -\tfrac12\, D, \qquad
# \frac{\partial}{\partial l}\big(-\log\sigma(l)\big) = -(1 - D) .$$
#
# At the beginning the generator is poor and the discriminator sees through it: $D$ is near 0. What do the two gradients
# make of that (002 9-2d)? The second is stronger by the factor
#
# $$\frac{1 - D}{\frac12 D} = 2 e^{-l} ,$$
#
# or $(1 - D)/D = e^{-l}$ if the first loss is written without its $\frac12$. (The sheet 002 writes the first loss with
# a $\frac12$ and the second without.)
#
# **In numbers.** $l = -2$: $D = 0.1192$, gradients $-0.0596$ and $-0.8808$, ratios $14.78$ and $7.389$.
#
# **The price.** In a *zero-sum* game the two losses add up to a constant, whatever happens. Show that with $-\log D$
# they do not: **find** two states, each a pair (logit of a real point, logit of a generated point), in which
# $J^{(D)} + J^{(G)}$, with $J^{(D)} = -\frac12\log\sigma(l_r) - \frac12\log(1 - \sigma(l_f))$ and
# $J^{(G)} = -\log\sigma(l_f)$, differs by at least 1 nat.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-saturation-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "0bb8083124fc8e782e08f9bead9bb1fc", "cell_type": "code"} deletable=false
def generator_gradients(logit):
    """∂/∂l of ½ log(1 - σ(l)), "saturating", and of -log σ(l), "non_saturating".   (002 9-2d)

    logit: any shape;  returns a dict of two tensors, of the shape and type of logit.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def gradient_ratios(logit):
    """The second gradient over the first: "with_half", (1 - D)/(½ D), and "plain", (1 - D)/D.   (002 9-2d)

    logit: any shape;  returns a dict of two tensors, of the shape and type of logit.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def two_states():
    """Two states ((l_real, l_fake), (l_real, l_fake)) in which J^(D) + J^(G) differs by 1 nat or more.

    returns two pairs of floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-saturation", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "b05369877a82b95dcbc807c01d80960e", "cell_type": "code"} deletable=false editable=false
check("gan.saturation")

# %% tags=["demo"]
with waiting_for("generator_gradients"):
    show(
        draw_gradients(generator_gradients),
        alt="The size of two gradients over the logit of a generated point. On the left, where the discriminator is sure "
        "that the point is generated, the first is nearly zero and the second nearly one; on the right the first rises "
        "to one half and the second falls to zero. They cross near a logit of 0.7.",
    )


# %% [markdown]
# **Question (3 points; 002 9-2d).** (a) Why does the generator learn slowly at first with the loss $-J^{(D)}$? Say
# which quantity is small, and with respect to what. (b) How does $-\log D(G(z))$ mend it? (c) Which theorem of
# this chapter no longer speaks of the game that is played, and why?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "gan-slow_start", "grade": true, "solution": true, "locked": false, "task": false, "points": 3.0, "checksum": "80672ffc6d651fa88f2f493656f5615c", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# One says that the first loss **saturates**. (The sheet 002 argues that a small gradient of $J^{(D)}$ *for the
# discriminator's weights* makes that of $J^{(G)}$ *for the generator's* small: these are different parameters. The
# reason is the factor $D$.)

# %% [markdown]
# ## 10 · Two players who both descend
#
# Suppose that all gradients are there and right. Do two players who each follow their own gradient arrive? Look at the
# smallest game: one number each, $\min_x \max_y\, xy$. Its equilibrium is $x = y = 0$. The gradients are $y$ for $x$
# and $x$ for $y$.
#
# **Simultaneous steps**: $x' = x - \eta y$ and $y' = y + \eta x$. The step stands at right angles to $(x, y)$, so by
# Pythagoras the distance from the equilibrium *grows* by $\sqrt{1 + \eta^2}$, in every step, for every $\eta$ (004,
# non-convergence). A smaller step size only makes the spiral slower.
#
# **Alternating steps**: $x' = x - \eta y$, then $y' = y + \eta x'$. The players circle for ever on an ellipse; the
# quantity $x^2 - \eta xy + y^2$ stays what it was. The usual training loop takes such steps: one reason why its losses
# may go up and down without end.
#
# **Extragradient steps** look ahead: go to where the simultaneous step would lead, take the gradients *there*, and make
# the step from the *old* point with them: $x' = x - \eta (y + \eta x)$ and $y' = y + \eta(x - \eta y)$. Collecting
# squares, $x'^2 + y'^2 = \big((1 - \eta^2)^2 + \eta^2\big)(x^2 + y^2)$, so the distance shrinks by
# $\sqrt{1 - \eta^2 + \eta^4}$.
#
# **In numbers.** $x = 1$, $y = 2$, $\eta = 0.5$: simultaneous $(0, 2.5)$; alternating $(0, 2)$, with the invariant $4$
# before and after; extragradient $(-0.25, 2)$. The factors are $1.1180$ and $0.9014$.
#
# **Write** the three steps, the two factors and the invariant.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-bilinear_game-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "4c3890b9ea81ba13929b81aa18fb50d5", "cell_type": "code"} deletable=false
def simultaneous_step(x, y, eta):
    """x' = x - η y and y' = y + η x, for V = x y.   (004 GAN non-convergence)

    x, y: same shape; eta: float in (0, 1);  returns (x', y'), of the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def alternating_step(x, y, eta):
    """x' = x - η y, then y' = y + η x'.

    x, y: same shape; eta: float in (0, 1);  returns (x', y'), of the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def extragradient_step(x, y, eta):
    """A step from (x, y) with the gradients at the point to which the simultaneous step would lead.

    x, y: same shape; eta: float in (0, 1);  returns (x', y'), of the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def radius_factors(eta):
    """By what √(x² + y²) is multiplied in a "simultaneous" and in an "extragradient" step.

    eta: float in (0, 1);  returns a dict of two numbers.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def invariant(x, y, eta):
    """What alternating steps leave as it is: x² plus y² and a mixed term.

    x, y: same shape; eta: float in (0, 1);  returns the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-bilinear_game", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "f5faf73ab420b0e4254c4a05f1585085", "cell_type": "code"} deletable=false editable=false
check("gan.bilinear_game")

# %% tags=["demo"]
with waiting_for("simultaneous_step", "alternating_step", "extragradient_step"):
    show(
        draw_orbits(
            {"simultaneous": simultaneous_step, "alternating": alternating_step, "extragradient": extragradient_step},
            0.15,
        ),
        alt="Sixty steps of two players from the point (1, 0). Simultaneous steps spiral outwards to a distance of about "
        "two, alternating ones go round and round near the distance one, extragradient ones spiral inwards.",
    )


# %% [markdown]
# ## 11 · Keep the slope in check
#
# A discriminator that may be as steep as it likes ends up as a cliff between data and model, flat on both sides. The
# remedies limit the slope. First, what a limited slope is good for; then two penalties.
#
# **A critic for $W_1$.** By duality (notebook 11), $W_1(p^*, p_\theta)$ is the largest difference
# $\mathbb E_{p^*}[f] - \mathbb E_{p_\theta}[f]$ over functions $f$ whose slope nowhere exceeds 1. A network that plays
# this $f$ is called a *critic*: it has no sigmoid, and it does not saturate. On the line one needs no critic: the
# cheapest plan never crosses, so sort both samples and match them in order.
#
# **Penalties.** Slope at most 1 cannot be imposed on a network exactly. The *gradient penalty* charges for slopes other
# than 1 at random points between a real and a generated one, $\hat x = u\,x + (1 - u)\,G(z)$:
#
# $$\mathbb E\big[(\lVert \nabla f(\hat x)\rVert - 1)^2\big] .$$
#
# *R1* charges for any slope of the logit at the data: $\mathbb E_{p^*}\big[\lVert\nabla l(x)\rVert^2\big]$. At the
# equilibrium $D = \frac12$, so $l = 0$ everywhere, and it should be flat there; R1 makes it come to rest there. It is
# what trains section 12's ring.
#
# Both are losses *of a gradient*, and are themselves descended. So the gradient has to stay in the graph:
# `torch.autograd.grad(critic(x).sum(), x, create_graph=True)`. (The sum over the batch is a trick: row $i$ of $x$
# enters only row $i$ of the result, so the gradient of the sum holds each row's own gradient.) The point $\hat x$ must
# require a gradient before the critic sees it; where it came without one, `x.detach().requires_grad_()` makes such a
# point.
#
# **In numbers.** $W_1$ of $(0, 3)$ and $(4, 1)$ is $\frac12(1 + 1) = 1$. For the critic $x^2$, a real point $1$, a
# generated one $3$ and $u = 0.25$: $\hat x = 2.5$, slope $5$, gradient penalty $16$; R1 is $2^2 = 4$.
#
# **Write** $W_1$ on the line, and both penalties.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-lipschitz-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "42ef14c8974a71f8c3589a270340101a", "cell_type": "code"} deletable=false
def w1_line(x, y):
    """W₁ of two samples of the same size on the line: mean |x_(i) - y_(i)|, both sorted.

    x, y: (N,);  returns one number, of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def gradient_penalty(critic, x_real, x_fake, u):
    """E (‖∇f(x̂)‖ - 1)² at x̂ = u x_real + (1 - u) x_fake, differentiable, in the points too.   (WGAN-GP)

    critic: takes (B, D), gives (B,), each from its own row; x_real, x_fake: (B, D); u: (B,), in [0, 1];
    returns a tensor without axes, of the type of x_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def r1_penalty(critic, x_real):
    """E ‖∇l(x)‖² at the real points, differentiable, in the points too.   (R1)

    critic: takes (B, D), gives (B,), each from its own row; x_real: (B, D);
    returns a tensor without axes, of the type of x_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-lipschitz", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "78274c388aceacc06993290a7e46ab91", "cell_type": "code"} deletable=false editable=false
check("gan.lipschitz")


# %% [markdown]
# ### Layer by layer
#
# **Spectral normalisation** limits the slope of each layer instead. A linear map $W$ stretches no vector by more than
# its largest singular value $\sigma$, so $W/\sigma$ stretches none by more than 1, and a chain of such layers with
# ReLUs between them has slope at most 1. The singular value comes from *power iteration*: carry a unit vector $u$ back
# and forth,
#
# $$v \leftarrow \frac{W^T u}{\lVert W^T u\rVert}, \qquad u \leftarrow \frac{W v}{\lVert W v\rVert}, \qquad
# \sigma \approx u^T W v ,$$
#
# and one such step per training step is enough, since $W$ changes slowly and $u$ is kept.
#
# A convolution is a linear map as well, but its matrix is large. It is tempting to take the norm of the kernel,
# reshaped to a matrix. That is *another* number. For a circular convolution in one dimension,
# $y_i = \sum_j k_j\, x_{i + j \bmod n}$, waves are mapped to multiples of themselves, so the operator's norm is the
# largest of the factors,
#
# $$\max_{f = 0 \dots n-1} \Big| \sum_j k_j\, e^{2\pi \mathrm i f j / n} \Big| .$$
#
# **In numbers.** $W = \begin{pmatrix} 3 & 0 \\ 4 & 5\end{pmatrix}$ from $u = (1, 0)$: after one step $v = (1, 0)$,
# $u = (0.6, 0.8)$ and $\sigma \approx 5$; the limit is $6.708$, while the Frobenius norm is $7.071$. The kernel
# $(1, 1)$ doubles a constant signal: norm 2, not $\sqrt 2$.
#
# **Write** both.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-spectral_norm-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "70c80b324b13ecaf83ba44136ff0549e", "cell_type": "code"} deletable=false
def power_iteration(W, u, steps):
    """(u, v, sigma) after `steps` times v = Wᵀu / ‖Wᵀu‖, u = Wv / ‖Wv‖; sigma = uᵀWv.   (spectral normalisation)

    W: (m, n); u: (m,), of length 1, with Wᵀu ≠ 0; steps: int ≥ 1;
    returns u (m,), v (n,) and a number, the vectors of the type of W.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def convolution_norm(kernel, n):
    """The largest stretch ‖y‖/‖x‖ of the circular convolution y_i = Σ_j kernel_j x_(i+j mod n) on signals of length n.

    kernel: (K,), K ≤ 7; n: int ≥ 7;  returns one number, of the type of kernel.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-spectral_norm", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "01c901545181adcb7de77e780de30bd0", "cell_type": "code"} deletable=false editable=false
check("gan.spectral_norm")


# %% [markdown]
# ## 12 · The ring
#
# Everything is there; now train. The data are a *ring*: eight narrow normals of equal weight, with standard deviation
# $0.05$, their centres evenly spread over the unit circle. It is the classic on which a GAN shows what it does to
# modes. The generator gets two standard normal numbers per point.
#
# First the two losses of a step, now with networks. The network `D` gives the logit $l$.
#
# - The discriminator descends section 2's loss plus half of $r_1$ times R1 at the real points. The generated points are
#   *held fast*: `detach()` cuts the way back to the generator, which must not be pushed towards being found out.
# - The generator descends section 9's second loss, $-\mathbb E\log\sigma(l(G(z)))$, and here the way back is the point.
#
# **In numbers.** $l(x) = 2x_1$, a real point $(1, 0)$, a generated one $(-1, 0)$, $r_1 = 0.1$: both cross-entropies are
# $\log(1 + e^{-2}) = 0.1269$, the slope is $2$, and $J^{(D)} = 0.1269 + 0.05 \cdot 4 = 0.3269$. The generator's loss is
# $\log(1 + e^2) = 2.1269$.
#
# **Write** both.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-players-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "f97e436127d5a52f0c67dd78d789a352", "cell_type": "code"} deletable=false
def loss_of_discriminator(D, x_real, x_fake, r1):
    """J^(D) + ½ r1 E ‖∇l(x)‖² at the real points; its gradient reaches D's weights, and none reaches x_fake.

    D: takes (N, 2), gives logits (N,); x_real: (N, 2); x_fake: (M, 2); r1: float in [0, 1];
    returns a tensor without axes, of the type of x_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def loss_of_generator(D, x_fake):
    """-E log σ(l(G(z))), the loss that does not saturate; its gradient reaches x_fake.   (002 9-2d)

    D: takes (N, 2), gives logits (N,); x_fake: (M, 2);
    returns a tensor without axes, of the type of x_fake.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-players", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "dd24c6f2cac1861c5d1d1320d117610c", "cell_type": "code"} deletable=false editable=false
check("gan.players")


# %% [markdown]
# ### The loop
#
# All training in this course goes through one small loop, `train` in `pushforward/train.py`. In essence it is
#
# ```python
# for k in with_bar(range(steps), label):         # a bar with the loss
#     history.losses.append(float(step(k)))       # NaN ends the run, with a sentence
#     blend(smooth, kept, average)                # moving average of the weights
#     if validate and (k + 1) % every == 0:       # a look at data that the training does not see:
#         ...                                     # keep the best state, stop after `patience` looks without a better one
# kept.load_state_dict(best or smooth)
# ```
#
# What a step is, the model says. Here it is one step of each player, in turn, with 1024 points of each kind. The
# generator that is kept is a moving average over its last fifty steps or so: two players who circle around a point are,
# on average, at the point (section 10).
#
# Settings matter. The steps shrink towards the end; $r_1$ starts at $0.01$, which tames the discriminator while the
# generator searches for the modes, and falls to a tenth, since a discriminator that may not be steep cannot see how
# wide a mode is. (Betas of 0.5 and 0.99 give Adam a short memory: the opponent changes all the time.)

# %% nbgrader={"schema_version": 3, "grade_id": "given-the-loop-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "4264e73611b01a22d60e7a9b24d26a06", "cell_type": "code"} deletable=false editable=false
def network(inputs, outputs, width=64):
    """Three hidden layers; a single output comes without its axis."""
    sizes = [inputs, width, width, width]
    layers = [part for a, b in itertools.pairwise(sizes) for part in (torch.nn.Linear(a, b), torch.nn.LeakyReLU(0.2))]
    last = [torch.nn.Linear(width, outputs)] + [torch.nn.Flatten(0)] * (outputs == 1)
    return torch.nn.Sequential(*layers, *last)


def players(nets, steps, rate=2e-3):
    """An optimiser for each network, and for each a schedule that lets its steps shrink towards the end."""
    optimisers = [torch.optim.Adam(net.parameters(), rate, betas=(0.5, 0.99)) for net in nets]
    return optimisers, [
        torch.optim.lr_scheduler.LambdaLR(one, lambda k: min(1, 2.5 * (1 - k / steps))) for one in optimisers
    ]


def descend(player, loss):
    """One step of a player down a loss, which comes back."""
    player.zero_grad()
    loss.backward()
    player.step()
    return loss


def train_ring(steps, seed=0, batch=1024, rate=2e-3, r1=0.01, average=0.98, turns=1, looks=5):
    """(G, history, stages): a generator trained on the ring with your two losses, and what it made on the way.

    turns: steps of the generator for each one of the discriminator.
    """
    torch.manual_seed(seed)
    G, D = network(2, 2), network(2, 1)
    (of_d, of_g), slower = players((D, G), steps, rate)
    shown, stages = torch.randn(1000, 2), {}

    def step(k):
        if k % max(1, steps // looks) == 0:
            with torch.no_grad():
                stages[f"step {k}"] = G(shown)
        now = r1 * max(1 - k / (0.7 * steps), 0.1)
        descend(of_d, loss_of_discriminator(D, ring(batch), G(torch.randn(batch, 2)), now))
        for _ in range(turns):
            loss = descend(of_g, loss_of_generator(D, G(torch.randn(batch, 2))))
        for schedule in slower:
            schedule.step()
        return loss

    history = train(step, G, steps, seed=seed, average=average, label="ring")
    stages["kept"] = G(shown).detach()
    return G, history, stages


@functools.cache  # trained once for each seed, when first asked for; run this cell again after changing a loss
def ring_run(seed=0):
    """The run that is judged."""
    return train_ring(budget(full=1400, graded=1400, quick=20), seed)


# %% [markdown]
# What is judged is the generator, not the run: the check sends *its own noise* through your `generate_ring`, and
# measures what comes out against the eight centres. How many modes are covered (2 % of the points or more within three
# standard deviations; the truth has $12.4$ %)? Which share of all points lies that near to some centre (the truth: 99
# %)? How wide are the modes (the truth: $0.05$)? Full marks need 8 modes, 80 %, and a width within 40 % of the truth; 4
# modes and 50 % pay in part. The budgets *full* and *graded* train and are judged alike; in the *quick* one, for tests,
# only the form of the answer counts.
#
# **Write** `generate_ring`, for any noise.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-train_ring-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "150671b0d8dd7cd394e94d06930132a9", "cell_type": "code"} deletable=false
def generate_ring(z):
    """x = G(z): points of the plane from noise, each from its own row, by the generator that ring_run() has trained.

    z: (N, 2);  returns (N, 2), without a graph.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% tags=["demo"]
with waiting_for("loss_of_discriminator", "loss_of_generator", "discriminator_loss", "r1_penalty"):
    G, history, stages = ring_run()
    show(
        draw_ring(ring(1000), stages),
        alt="What the generator makes at five times and in the end, over the ring's eight grey spots. At first a small "
        "blob in the middle; then a closed band through the spots, which gathers into them until thin bridges are left.",
    )

# %% nbgrader={"schema_version": 3, "grade_id": "gan-train_ring", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "375762c172e27998da434ddd59e0be63", "cell_type": "code"} deletable=false editable=false
check("gan.train_ring")

# %% [markdown]
# The thin bridges do not go away: a continuous map of the plane cannot tear (notebook 04 says how much mass has to stay
# on the way). And the modes come out somewhat too narrow, about three quarters of the truth: the discriminator's slope
# is still punished a little.
#
# ### A run that loses its way
#
# Take the penalty away, let the generator make ten steps for each one of the discriminator, and keep no average (and,
# to save time, take fewer steps and smaller batches). Watch where the points are, and when.

# %% tags=["demo"]
with waiting_for("loss_of_discriminator", "loss_of_generator", "discriminator_loss", "r1_penalty"):
    lost = train_ring(budget(400, 400, 20), seed=1, batch=128, r1=0.0, average=0.0, turns=10)
    show(
        draw_ring(ring(1000), lost[2]),
        alt="The same picture for a run without penalty, with a generator that moves ten times as often. At each stage "
        "nearly all points lie together in one small place, each time in another one.",
    )


# %% [markdown]
# No rule says that the generator has to serve all modes *at once*. If the discriminator has learnt that one spot is
# over-full, the generator moves on as a whole to where it is not yet expected, the discriminator follows, and round it
# goes: section 10's circle, with places in place of two numbers (004, mode collapse). Let `generate_ring` return
# `lost[0](z).detach()` and ask the check: it counts the modes, and calls it by its name.

# %% [markdown]
# ## 13 · Few pictures
#
# The ring never runs out of points. Where there are only a few thousand pictures, the discriminator learns them by
# heart, and then calls everything new generated. The remedy is to let it see every picture *changed*, each time in
# another way: a little shifted, a little paler (004, differentiable augmentation). Two things must be heeded. The
# **generated** pictures go through the same changes as the **real** ones. And the gradient must pass through the
# change, back to the generator.
#
# For a picture $x$ with mean $\bar x$, a shift by rows and columns and a contrast $c$:
# $T(x) = \bar x + c\,(\text{shifted } x - \bar x)$. What leaves the frame is lost, and zeros come in.
#
# **In numbers.** A $3 \times 3$ picture with a 9 in the upper left corner and zeros elsewhere has the mean 1. Shifted
# by $(1, 2)$ with $c = 1$, the 9 stands at the right end of the middle row. Not shifted, with $c = 2$, it becomes $17$
# and the zeros $-1$.
#
# **Write** it for a batch, each picture with a shift and a contrast of its own. `torch.nn.functional.pad` makes room.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-augment-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "9e25842ac9111d1db7f59aabbdfd705b", "cell_type": "code"} deletable=false
def augment(x, shift, contrast):
    """T(x) = x̄ + contrast (shifted x - x̄), x̄ the mean of each picture as it came; zeros come in; differentiable.

    x: (B, H, W), H ≥ 3, W ≥ 3; shift: (B, 2), int64, entries −2 … 2, rows down and columns right; contrast: (B,), > 0;
    returns the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-augment", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "51281d51d0cbd66c570acac0df0bd097", "cell_type": "code"} deletable=false editable=false
check("gan.augment")


# %% [markdown]
# **Question (2 points).** Why must the generated pictures go through the same changes as the real ones? What would the
# generator learn if only the real ones did?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "gan-both_changed", "grade": true, "solution": true, "locked": false, "task": false, "points": 2.0, "checksum": "85dc3ebce37b72e293e5c7544d6575e4", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ### A thousand digits
#
# With all of this a GAN can learn the course's digits: 8 × 8 pixels with the levels 0 to 16, a thousand pictures to
# learn from. Both players are plain networks of width 256, the noise has 32 numbers, and everything that the
# discriminator sees, real or generated, goes through your `augment` half of the time. R1 costs a second way through the
# network, so it is asked for in every fourth step only, four times as strong.
#
# The levels are whole numbers, which a generator cannot hit: a discriminator could tell the two kinds apart by that
# alone. So the real ones are blurred by uniform noise of one level, and the generated ones are rounded when all is
# done.

# %% nbgrader={"schema_version": 3, "grade_id": "given-a-thousand-digits-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "7e3126e0897e8390c39b5b3c0e770d53", "cell_type": "code"} deletable=false editable=false
def as_levels(x):
    """Pictures (N, 8, 8) with the levels 0 … 16, from numbers between −1 and 1, (N, 64)."""
    return (8 * (x + 1)).round().clamp(0, 16).reshape(-1, 8, 8)


def seen(x):
    """What the discriminator is shown of x (N, 64): half of it shifted by a pixel or less, and paler or darker."""
    changed = torch.rand(len(x)) < 0.5
    shift = torch.randint(-1, 2, (len(x), 2)) * changed[:, None]
    contrast = 1 + (0.4 * torch.rand(len(x)) - 0.2) * changed
    return augment((x + 1).reshape(-1, 8, 8), shift, contrast).reshape(-1, 64) - 1  # paper is 0 where zeros come in


def train_digits(steps, seed=0, batch=64, r1=0.1, every=4, average=0.995):
    """(G, history): a generator of digits, from noise (N, 32) to (N, 64), trained with your losses and `augment`."""
    torch.manual_seed(seed)
    G, D = torch.nn.Sequential(network(32, 64, 256), torch.nn.Tanh()), network(64, 1, 256)
    (of_d, of_g), slower = players((D, G), steps)
    pictures = digits("train")[0].reshape(-1, 64)

    def step(k):
        real = pictures[torch.randint(len(pictures), (batch,))] + torch.rand(batch, 64) - 0.5
        real, fake = seen(real / 8 - 1), seen(G(torch.randn(batch, 32)))
        if k % every == 0:
            descend(of_d, loss_of_discriminator(D, real, fake, every * r1))
        else:
            descend(of_d, discriminator_loss(D(real), D(fake.detach())))
        loss = descend(of_g, loss_of_generator(D, seen(G(torch.randn(batch, 32)))))
        for schedule in slower:
            schedule.step()
        return loss

    return G, train(step, G, steps, seed=seed, average=average, label="digits")


@functools.cache
def digits_run(seed=0):
    """The run that is shown."""
    return train_digits(budget(full=2400, graded=400, quick=5), seed)


# %% tags=["demo"]
with waiting_for("loss_of_discriminator", "loss_of_generator", "discriminator_loss", "r1_penalty", "augment"):
    G, history = digits_run()
    known, test, made = digits("train")[0], digits("test")[0], as_levels(G(torch.randn(1000, 32)).detach())
    nearest = known[torch.cdist(made[:12].flatten(1), known.flatten(1)).argmin(1)]
    show(
        draw_digits(
            {"twelve training digits": known[:12], "generated": made[:12], "the nearest training digits": nearest}
        ),
        alt="Three rows of twelve small digits: from the training set, from the generator, and the training digits nearest "
        "to the generated ones. Most generated digits can be read; they resemble their neighbours without equalling them.",
    )
    print(f"Fréchet distance to the test digits: {digit_frechet(made, test)}")
    print(f"the same for the training digits:    {digit_frechet(known, test)}")
    shares = class_shares(made)
    print(f"confidently classified: {confident_share(made):.2f} (test digits {confident_share(test):.2f})")
    print(f"the rarest digit has {float(shares.min()):.3f} of all samples, the commonest {float(shares.max()):.3f}")
    print(f"distance to the nearest training digit, over that of test digits: {neighbour_ratio(known, made, test)}")


# %% [markdown]
# Read it as notebook 09 taught. The Fréchet distance stands beside its floor, that of training against test digits, and
# with its standard error. No class is lost. And the last line, near 1, says that this is no store of copies, which
# would have 0 there. (It is a mean: a few copies among a thousand would hide in it, as notebook 09 shows.) Five seeds
# stand in [the table of all models](../docs/models.md), beside what others reach.
#
# What you cannot read anywhere is a likelihood. Is a test digit probable under this model? Nobody knows, and recall 3
# said why.

# %% [markdown]
# ## 14 · A generator that has a density
#
# Build the generator of invertible layers (notebook 02), with as many noises as coordinates, and the question has an
# answer (000 Q1a):
#
# $$\log p_\theta(x) = \log \mathcal N(z; 0, I) + \log\left|\det \frac{\partial z}{\partial x}\right| , \qquad
# z = G^{-1}(x) .$$
#
# Now *one and the same network* can be trained in two ways (000 Q1b). By **maximum likelihood**: make
# $-\mathbb E_{p^*}[\log p_\theta(x)]$ small; no opponent, no samples. Or **adversarially**, as above; no likelihood. Or
# by both, the likelihood with a weight $\lambda \ge 0$:
#
# $$L = -\,\mathbb E_{p(z)}\big[\log \sigma\big(l(G(z))\big)\big] \;-\; \lambda\, \mathbb E_{p^*}\big[\log p_\theta(x)\big] .$$
#
# Whichever way it was trained, samples and exact likelihood stand side by side afterwards. No other GAN can do
# that: here you can *see* which likelihood may hide behind good samples.
#
# **In numbers.** $G(z) = (2z_1, z_2)$ and $x = (2, 0)$: $z = (1, 0)$, $\log\mathcal N(z; 0, I) = -\frac12 - \log 2\pi =
# -2.3379$, the way back shrinks by 2, so $\log p_\theta(x) = -2.3379 - 0.6931 = -3.0310$. With $l(x) = 2x_1$, the noise
# $(0, 0)$ and $\lambda = 0.1$, $L = \log 2 + 0.1 \cdot 3.0310 = 0.9962$.
#
# ### Thin
#
# Before the experiment, guess its outcome by a *witness*. The data are
# $\mathcal N\big(0, \mathrm{diag}(1, 0.05^2)\big)$, a thin streak in the plane. A generator $G(z) = (a z_1, b z_2)$
# makes another one. How far apart they are for somebody who looks at samples, and by how many nats the generator's
# likelihood is worse than the best possible, are
#
# $$W_2 = \sqrt{(1 - |a|)^2 + (0.05 - |b|)^2}, \qquad
# \mathrm{KL} = \sum_{(s, \sigma)} \Big( \log\frac{s}{\sigma} + \frac{\sigma^2}{2s^2} - \frac12 \Big)
# \quad\text{over } (s, \sigma) = (|a|, 1), (|b|, 0.05) .$$
#
# **In numbers.** $(a, b) = (1, 0.1)$, twice too wide: $W_2 = 0.05$, and $0.318$ nats. **Find** $(a, b)$ that is no
# farther away, $W_2 \le 0.05$, and costs 50 nats or more.
#
# **Write** the density and the loss. Both maps return pairs.

# %% nbgrader={"schema_version": 3, "grade_id": "gan-flow_generator-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "4886d794ea1ecc75b4d8070873824cf0", "cell_type": "code"} deletable=false
def log_p_generated(x, inverse):
    """log p_θ(x) = log N(z; 0, I) + log |det ∂z/∂x| at z = G⁻¹(x), for a flow as generator.   (000 Q1a, Q1b)

    x: (N, D); inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂x| (N,);
    returns (N,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    """-E log σ(D(G(z))) - weight · E log p_θ(x_real): adversarial, with as much likelihood as you like.   (000 Q1b)

    D: takes (M, 2), gives logits (M,); z: (M, 2); x_real: (N, 2);
    generate: takes (M, 2), gives x (M, 2) and log |det ∂x/∂z| (M,);
    inverse: takes (N, 2), gives z (N, 2) and log |det ∂z/∂x| (N,); weight: float ≥ 0;
    returns a tensor without axes, of the type of x_real.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def thin_generator():
    """(a, b): G(z) = (a z_1, b z_2) with W₂ ≤ 0.05 from N(0, diag(1, 0.05²)), and a likelihood 50 nats too low or more.

    returns two floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "gan-flow_generator", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "a59daf26bf74769ea3cc8a97098d701c", "cell_type": "code"} deletable=false editable=false
check("gan.flow_generator")


# %% [markdown]
# ### Before the experiment
#
# **Question (6 points; 000 Q1b).** A normalising flow is trained as the generator of a GAN. (a) Suppose that training
# succeeds. What is gained over a flow trained by maximum likelihood, and what over a typical GAN? (b) Which
# difficulties in training would you expect, compared with each of the two? Write it down first; the experiment below
# will show some of it.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "gan-flow_as_generator", "grade": true, "solution": true, "locked": false, "task": false, "points": 6.0, "checksum": "c2ea8b0c59a7a9379ed393b0a0b62332", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ### The experiment
#
# The data are notebook 04's two moons, thin as well: noise $0.05$. The generator is a small flow, `Flow` in
# `pushforward/flows/couplings.py`: three *affine couplings*, each of which leaves one coordinate as it is and stretches
# and shifts the other by amounts that depend on the first, $x_b = e^{s(z_a)} z_b + t(z_a)$, so that the log-determinant
# is $s$ (notebook 03 takes them apart). It is too small to fit the moons exactly, as models of pictures are. Three
# times the same flow, with the same number of steps: by likelihood, by your adversarial loss, and with $\lambda = 0.1$.

# %% nbgrader={"schema_version": 3, "grade_id": "given-the-experiment-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "3a8c02854913850c827ccf9d65a833e0", "cell_type": "code"} deletable=false editable=false
def train_flow(weight, steps, seed=0, batch=256, r1=0.01, average=0.98):
    """(flow, history): a flow on the moons, trained with loss_of_flow; by likelihood alone if weight is infinite."""
    torch.manual_seed(seed)
    flow, D = Flow(D=2, layers=3, hidden=32), network(2, 1)
    adversarial = weight < math.inf
    (of_flow, *of_d), slower = players((flow, D), steps) if adversarial else players((flow,), steps, rate=5e-3)

    def step(k):
        real = two_moons(batch)
        if adversarial:
            now = r1 * max(1 - k / (0.7 * steps), 0.1)
            descend(*of_d, loss_of_discriminator(D, real, flow(torch.randn(batch, 2))[0], now))
            loss = descend(of_flow, loss_of_flow(D, torch.randn(batch, 2), real, flow, flow.inverse, weight))
        else:
            loss = descend(of_flow, -log_p_generated(real, flow.inverse).mean())
        for schedule in slower:
            schedule.step()
        return loss

    return flow, train(step, flow, steps, seed=seed, average=average, label="flow")


WEIGHTS = {"likelihood": math.inf, "adversarial": 0.0, "both": 0.1}


@functools.cache
def flow_run(way, seed=0):
    """The run that is shown, one of WEIGHTS."""
    return train_flow(WEIGHTS[way], budget(full=1500, graded=400, quick=5), seed)


# %% tags=["demo"]
with waiting_for("loss_of_discriminator", "discriminator_loss", "r1_penalty", "log_p_generated", "loss_of_flow"):
    flows, unseen = {way: flow_run(way)[0] for way in WEIGHTS}, two_moons(4000)
    floor, truth = sliced_wasserstein(two_moons(4000), unseen), log_p_moons(unseen).to(unseen.device)
    made, excess = {}, {}
    print(f"{'':12}{'nats':>10}{'of which too many':>20}{'sliced W / floor':>18}{'off the moons':>15}")
    for way, flow in flows.items():
        with torch.no_grad():
            log_p, made[way] = log_p_generated(unseen, flow.inverse), flow(torch.randn(4000, 2))[0]
        excess[way] = truth - log_p
        print(
            f"{way:12}{float(-log_p.mean()):10.2f}{float(excess[way].mean()):20.2f}"
            f"{sliced_wasserstein(made[way], unseen) / floor:18.1f}{100 * off_moons(made[way]):13.1f} %"
        )
    show(
        draw_flows(made, excess),
        alt="Samples of three flows. By likelihood: both moons, with a broad halo. Adversarial: one moon thinned to threads, "
        "hardly a point beside the moons. Both: between the two. On the right, the share of unseen points that cost more "
        "than so many nats: two curves end near ten or a hundred, that of the adversarial flow beyond a thousand.",
    )

# %% [markdown]
# Two verdicts on the same networks, and they disagree.
#
# **The adversarial flow samples better and has a terrible likelihood.** Fewer of its points lie off the moons, yet an
# unseen data point costs it tens or hundreds of nats on average, where the flow by likelihood is within a nat of the
# truth. The curve on the right shows how: it is your thin witness. In places the flow makes the moons thinner than they
# are, which costs next to nothing in $W_2$, and no discriminator of limited slope sees it; but a data point that stands
# ten of *its* standard deviations away costs 50 nats, and one that stands a hundred away 5000. A bug in
# `log_p_generated`? You can exclude it: the same function serves all three flows.
#
# **The flow by likelihood has no such holes, but a halo.** A missing place is punished without bound, so a flow that
# cannot fit the moons covers them generously; a point put where no data are costs only the mass that it takes from
# elsewhere, so it is punished weakly. (Weakly, not never: the source's "not penalised" goes too far.)
#
# **A little likelihood closes the holes.** With $\lambda = 0.1$ the likelihood is back within a nat of the truth, and
# most of the halo is back with it. Five seeds of each stand in [the table of all models](../docs/models.md).
#
# The *bridge* between the moons belongs to none of the losses. It is a matter of steepness: a generator that nowhere
# stretches by more than a factor $L$ leaves at least $2\Phi(\delta/2L) - 1$ of its mass between two halves that stand
# $\delta$ apart, whoever trains it. For $\delta = 1$ and $L = 10$ that is 4 %. Where the likelihood counts, a flow pays
# for steepness in its log-determinant as well.

# %% [markdown]
# ## What you can now do
#
# - write the game's value in both weightings, and the discriminator's loss so that it survives a sure discriminator
# - derive the best discriminator, for any class prior, and read a density ratio off it
# - prove line by line that the generator minimises a Jensen–Shannon divergence, and say what the proof assumes
# - say what $D = \frac12$ proves about a model and what it does not
# - explain why gradients vanish (a flat divergence, a saturating loss), why players circle, and what limits a slope
# - train a GAN that keeps its modes, and name the way in which another one fails
# - judge a GAN on pictures by a distance with its floor and its error, and tell it from a store of copies
# - give a generator a density, and show that good samples do not mean a good likelihood
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** (001 P3b) What changes in the derivation of section 7 if the objective has no weights $\frac12$? State the
# result, and its smallest value.
#
# <details><summary>Answer</summary>
#
# $w = 1$ in every line: $2\,\mathrm{JSD}(p^*, p_\theta) - 2\log 2$. The smallest value is $-\log 4 = -1.386$.
#
# </details>
#
# **2.** $p^* = (0.5, 0.3, 0.2)$ and $p_\theta$ is the same with the last two values exchanged. Give $D^*$,
# and the value of the game with the halves.
#
# <details><summary>Answer</summary>
#
# $p_\theta = (0.5, 0.2, 0.3)$, so $D^* = (0.5, 0.6, 0.4)$. $V = \frac12(0.5\log 0.5 + 0.3\log 0.6 + 0.2\log 0.4) +
# \frac12(0.5\log 0.5 + 0.2\log 0.4 + 0.3\log 0.6) = -0.6831$, and $\mathrm{JSD} = 0.0101$.
#
# </details>
#
# **3.** A discriminator was trained with three generated points for each real one. It says $D(x) = 0.4$. Which of the
# two densities is larger at $x$, and by which factor, if $D$ is the best there is?
#
# <details><summary>Answer</summary>
#
# $\pi = \frac14$. $\frac{D}{1 - D} = \frac{\pi}{1 - \pi}\cdot\frac{p^*}{p_\theta}$, so $\frac{p^*}{p_\theta} =
# \frac{0.4}{0.6}\cdot 3 = 2$: the data are twice as dense.
#
# </details>
#
# **4.** In the game $\min_x\max_y xy$ somebody takes simultaneous steps with $\eta = 0.1$. After how many steps has the
# distance from the equilibrium doubled?
#
# <details><summary>Answer</summary>
#
# The factor is $\sqrt{1.01}$ per step, so $n = \log 2 / \log\sqrt{1.01} = 0.6931/0.004975 = 139.3$: after 140 steps.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **5.** True or false, with a reason: "JSD is a better loss than KL, because it is never infinite."
#
# <details><summary>Answer</summary>
#
# False as it stands. Finite is not useful: for disjoint supports JSD is $\log 2$ wherever the model is, and its
# gradient is
# 0. What helps is a slope that points to the data, as that of $W_1$ does.
#
# </details>
#
# **6.** A flow that was trained as a GAN shows $100$ nats on held-out data, and fine samples. A colleague suspects a
# bug in the log density. Name two checks that decide, in the plane, and what you expect if there is no bug.
#
# <details><summary>Answer</summary>
#
# Add up $e^{\log p_\theta}$ over a fine grid: a density has mass 1 whatever it was trained for. And compare the
# log-determinant with that of the Jacobian by automatic differentiation, at a few points, after checking that
# $G^{-1}(G(z)) = z$. If both hold, the number is right: the flow is much thinner than the data in some places, and
# there held-out points are ten or more of its standard deviations away.
#
# </details>
#
# **7.** A student's training log shows a discriminator loss of $0.693$ for a thousand steps. Give two explanations, one
# happy and one not, and a test that tells them apart.
#
# <details><summary>Answer</summary>
#
# The model equals the data, or the discriminator has stopped learning (a dead network, a step size of 0, a family too
# poor). Hold the generator fast and train a fresh, larger discriminator: if its loss falls below $\log 2$ on points
# that it has not seen, there was something to find.
#
# </details>
#
# **8.** (6 points) *Label smoothing*: the discriminator is told that a real point is real with probability $0.9$ only.
# It maximises $\frac12\, \mathbb E_{p^*}[0.9 \log D + 0.1 \log(1 - D)] + \frac12\, \mathbb E_{p_\theta}[\log(1 - D)]$.
# (a) Find the best $D$. (b) What does it say where the model has no density, and which logit is that? Which trouble of
# section 8 does this mend, and which does it leave? (c) How is the density ratio read off now? What is it for
# $D = 0.6$? (d) When the model is perfect, what does $D$ say, and is $p_\theta = p^*$ still the only model at which $D$
# is the same everywhere?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) At each point maximise $0.9\, p^* \log D + (0.1\, p^* + p_\theta) \log(1 - D)$ (halves left out):
# $D^* = 0.9\, p^*/(p^* + p_\theta)$.
#
# (b) (2 points) $0.9$, the logit $\log 9 = 2.197$: on the data it is no longer sure beyond all bounds. But where only
# the model has density $D^*$ is still 0, and it is flat on both: for disjoint supports the best discriminator still
# has nothing to say about where to go.
#
# (c) (1 point) $p^*/p_\theta = D/(0.9 - D)$: for $0.6$ it is 2.
#
# (d) (1 point) $0.45$. Yes: $D^*$ is a one-to-one function of the ratio $p^*/p_\theta$; if it is the same everywhere
# so is the ratio, and two densities in a constant ratio are equal.
#
# </details>
#
# ## An open question
#
# The derivation needs the best discriminator, and section 8 says that the best discriminator teaches nothing. In
# practice one trains with a discriminator that is good but not too good, and that is regularised. *What*, then, does a
# GAN minimise? Is there a divergence for which a discriminator of limited slope is exactly the right opponent? Notebook
# 11 has one answer.

# %% nbgrader={"schema_version": 3, "grade_id": "given-an-open-question-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ec65f47563e3f253c424c91024f7288", "cell_type": "code"} deletable=false editable=false
total()

# %% [markdown]
# Go on with **[15 The forward process](15_diffusion_forward.ipynb)**, or back to [the course](README.md).
