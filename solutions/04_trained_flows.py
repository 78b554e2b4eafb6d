# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Flows that learn
#
# You own the layers, with both directions and both log-determinants. But for one curve in notebook 02 nothing has been
# learnt yet: the parameters came from dice or from us. This chapter turns a chain of layers into a model. There is one
# loss, and it is exact; there is one number at the end, in nats, and where the truth is known you will say how far from
# it you are, with an error bar.
#
# In the first half the data are two moons in the plane, where everything can be seen and the best possible number is
# known. In the second half they are pictures of digits, where a density of *whole numbers* has to be made first, and
# where one forgotten factor makes a model look better than any in the literature.
#
# You need: notebooks 01 to 03; how a network is trained in torch. Time: {{time}}; sections 1 to 4, 7 to 9 and 11 are
# the core (of the others, run the given cells and the demos all the same). Labels such as 000 say where a topic comes
# from; notebook 00 lists these sources.

# %% tags=["given"]
import functools
import math

import torch
from IPython.display import display

from pushforward import check, hint, progress, restart, total
from pushforward.data import two_moons
from pushforward.figures.style import show
from pushforward.figures.trained_flows import (
    best_normal,
    draw_depth,
    draw_found,
    draw_layers,
    draw_learning,
    draw_road,
    draw_walk,
    layers_explorer,
)
from pushforward.flows import AffineCoupling, Flow, SplineCoupling
from pushforward.measuring.shapes import log_p_moons, moon_distances, off_moons
from pushforward.train import budget, descend, train
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_road(two_moons(4000, generator=torch.Generator().manual_seed(1))),
    alt="Left: four thousand points on two interlocking half circles. Middle: the density of the best normal distribution, one "
    "broad oval over both. Right: the true density, two thin bright arcs. The titles give the nats per point of both "
    "densities.",
)

# %% [markdown]
# ## The picture
#
# The same points under two densities, and what a point costs on average under each, $-\log p$ in nats. The oval is the
# best that a normal distribution can do; one layer that shifts, turns and stretches noise makes it. On the right is the
# law from which the points were drawn. On average over fresh points no model on earth beats its number, which is the
# *entropy* of the data. Between the two lie 1.6 nats, and **the first half of this chapter is the way from the middle
# to the right**: more layers, a loss, an hour of honest measuring. The second half takes the same way with pictures,
# where nobody knows the number on the right.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 03) A layer's `inverse` returns $z$ and a log-determinant. Of which Jacobian, and what becomes of
# $\log \mathcal N(z; 0, I)$ if one adds it?
#
# <details><summary>Answer</summary>
#
# Of $\partial z/\partial x$, at $x$. The sum is the log density at $x$:
# $\log p(x) = \log \mathcal N(z; 0, I) + \log|\det \partial z/\partial x|$.
#
# </details>
#
# **2.** (Notebook 01) Maximising the mean log likelihood of data from $p^*$ minimises which divergence between $p^*$
# and $p_\theta$? What is left at the minimum if $p_\theta$ can be anything?
#
# <details><summary>Answer</summary>
#
# The forward one, $\mathrm{KL}(p^* \,\|\, p_\theta)$: the mean of $-\log p_\theta$ is the entropy of $p^*$ plus that
# divergence. The entropy is left.
#
# </details>
#
# **3.** (Notebook 00) What does pushing noise forward mean, in one line?
#
# <details><summary>Answer</summary>
#
# Draw $z$ from a simple distribution and put it through a map, $x = f(z)$; the distribution of $x$ is the push-forward.
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x = f(z)$ | `flow(z)` | noise to data; gives a pair: points and $\log\lvert\det \partial x/\partial z\rvert$ |
# | $z = f^{-1}(x)$ | `flow.inverse(x)` | data to noise; gives a pair: points and $\log\lvert\det \partial z/\partial x\rvert$ |
# | $\mathrm{ladj}$ | `ladj` | the log-determinant of the way just taken |
# | $\log p_Z$ | `base(z)` | log density of the noise, the *base*: one number per row |
# | $p$, $q$ | `log_p`, `log_q` | the truth, and a model of it; where no truth is known, $p$ is the model |
# | $\Phi$, $\Phi^{-1}$ | | distribution function of $\mathcal N(0, 1)$, and its inverse |
# | $k$, $u$ | `levels`, `u` | from section 8 on: the whole numbers of a picture's pixels; noise in $[0, 1)$ |
# | $K$ | `K` | number of levels of a pixel, 17 for the digits |
# | $P$ | | probability of whole numbers, where $p$ is a density of points |
#
# Points are rows, $(N, D)$, and so are pictures, with $D = 64$ pixels. Everything is in nats per point, or per picture,
# if nothing else is said.

# %% [markdown]
# ## 1 · The smallest flow
#
# Before a network, one layer with two numbers, on the line: $x = e^s z + t$ with $z \sim \mathcal N(0, 1)$. Its way
# back is $z = (x - t)\,e^{-s}$, with log-determinant $-s$. So the mean of $-\log p$ over points $x_1, \dots, x_N$ is
#
# $$\ell(s, t) = \underbrace{s}_{-\mathrm{ladj}} + \tfrac12\log 2\pi + \underbrace{\frac{1}{2N}\sum_i (x_i - t)^2\, e^{-2s}}_{\text{fit: } \frac12\,\text{mean } z^2} .$$
#
# Two forces act on the width. The *fit* wants all noises $z_i$ near 0, and gets that cheaply by a larger $s$: a wide
# flow maps any data to small noise. The *log-determinant* charges $s$ for it. Where do they balance? Differentiate:
#
# $$\frac{\partial \ell}{\partial s} = 1 - \frac1N\sum_i z_i^2, \qquad \frac{\partial \ell}{\partial t} = -e^{-s}\,\frac1N\sum_i z_i .$$
#
# Training is over when the noises have mean 0 and mean square 1: **a flow has learnt when the data, sent back, look
# like its noise.** Here that gives $t$ the mean of the points and $e^s$ their standard deviation, the estimates of
# notebook 01.
#
# **In numbers.** $x = (1, 5)$, $s = 0$, $t = 1$: $z = (0, 4)$, $\ell = 0 + 0.9189 + 4 = 4.9189$, and the gradient is
# $1 - 8 = -7$ in $s$ and $-2$ in $t$: wider, and to the right. The minimum is at $t = 3$, $s = \log 2 = 0.6931$, with
# $\ell = 0.6931 + 0.9189 + 0.5 = 2.1121$.
#
# And without the log-determinant, as in the last experiment of notebook 02? Then only the fit is left, and it falls as
# long as $s$ grows. At $s = 5$, $t = 3$ it is $\frac12 \cdot 4 \cdot e^{-10} = 0.0001$, and the training would report a
# splendid loss of $0.9190$. The true one is $5.9190$.
#
# **Write** the gradient, the place where it is 0, and a witness for the last paragraph: whatever the points, an $s$ and
# a $t$ that look splendid and are bad.


# %% tags=["solve:flow.smallest"]
def smallest_gradient(x, s, t):
    """∂/∂s and ∂/∂t of the mean of −log p(x), where x = e^s z + t and z ~ N(0, 1).

    x: (N,); s: number in [-3, 3]; t: number;  returns {"s", "t"}, tensors without axes, of the type of x.
    """
    ### BEGIN SOLUTION
    z = (x - t) * math.exp(-s)
    return {"s": 1 - (z**2).mean(), "t": -math.exp(-s) * z.mean()}
    ### END SOLUTION


def smallest_optimum(x):
    """The s and t at which that mean is least.

    x: (N,), N ≥ 2, not all the same;  returns {"s", "t"}, tensors without axes, of the type of x.
    """
    ### BEGIN SOLUTION
    return {"s": x.std(correction=0).log(), "t": x.mean()}
    ### END SOLUTION


def cheat(x, nats):
    """A witness: s and t with ½ mean z² ≤ 0.001, though the mean of −log p(x) is at least `nats`.

    x: (N,); nats: number in [5, 50];  returns {"s", "t"}, two numbers.
    """
    ### BEGIN SOLUTION
    return {"s": nats + math.log(1 + float(x.abs().max())), "t": 0.0}
    ### END SOLUTION


# %% tags=["check:flow.smallest:3"]
check("flow.smallest")

# %% [markdown]
# ## 2 · The loss of any flow
#
# Nothing changes when the map is a chain of networks and the line a space. A flow is asked for $z$ and for ladj; the
# base is asked for its log density *at z*; they are added, averaged over the batch, and the sign is turned:
#
# $$\mathrm{NLL} = -\frac1N\sum_{i=1}^N \Big[\log p_Z\big(f^{-1}(x_i)\big) + \log\Big|\det\frac{\partial f^{-1}}{\partial x}(x_i)\Big|\Big] .$$
#
# That is all there is: no bound, no adversary, no sampling. It is one of the few models whose loss *is* its score. (003
# counts flows among the families that satisfy the axioms by construction: whatever the parameters, the density is
# positive and has mass 1, so that there is nothing to normalise.)
#
# - *The base* is mostly $\mathcal N(0, I)$, but nothing depends on that; a base with parameters is trained like any
#   layer. Its constant, $-\frac D2\log 2\pi$, has no gradient, and whoever leaves it out sees the same training. But
#   the number is then no likelihood: at $D = 64$ it is off by 58.8 nats, in the flattering direction.
# - *Nats per point or per dimension?* The first is the loss, the second, divided by $D$, makes spaces of different size
#   comparable. (Bits are nats over $\log 2$: notebook 01.) It is a matter of the unit; but two numbers in different
#   units have been compared in print.
#
# **In numbers.** $x = (2, 1)$ and $(4, 1)$, and an inverse that halves $x_1$: $z = (1, 1)$ and $(2, 1)$, ladj
# $= -0.6931$ for both. The base gives $-2.8379$ and $-4.3379$, so $\log p = -3.5310$ and $-5.0310$: NLL $= 4.2810$
# nats, $2.1405$ per dimension.
#
# **Write** the normal base and the loss, for any flow and any base. Gradients have to pass.


# %% tags=["solve:flow.nll"]
def normal_base(z):
    """log N(z; 0, I), row by row.

    z: (N, D);  returns (N,), of the type of z.
    """
    ### BEGIN SOLUTION
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
    ### END SOLUTION


def flow_nll(x, inverse, base):
    """The mean of −log p(x) over the rows of x, in nats.   (003, 004)

    x: (N, D); inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂x| (N,); base: takes z (N, D), gives log
    densities (N,);  returns a tensor without axes, of the type of x.
    """
    ### BEGIN SOLUTION
    z, ladj = inverse(x)
    return -(base(z) + ladj).mean()
    ### END SOLUTION


def nll_per_dimension(x, inverse, base):
    """The same in nats per dimension.

    x: (N, D); inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂x| (N,); base: takes z (N, D), gives log
    densities (N,);  returns a tensor without axes, of the type of x.
    """
    ### BEGIN SOLUTION
    return flow_nll(x, inverse, base) / x.shape[1]
    ### END SOLUTION


# %% tags=["check:flow.nll:2"]
check("flow.nll")

# %% [markdown]
# ## 3 · How far from the truth?
#
# For the moons the true density is known, so a model $q$ can be told how many nats it wastes:
#
# $$\text{gap} = \mathbb E_{x \sim p}\big[\log p(x) - \log q(x)\big] = \mathrm{KL}(p \,\|\, q) \ge 0 .$$
#
# One draws fresh points and averages. How exactly? Here a habit pays that costs nothing. Some points are easy, some
# hard: at a point in the thin tail of a moon *every* good model has a low density, the truth as well. Averages of
# $\log p$ and of $\log q$ each scatter by all of that. Their difference, taken **point by point**, does not: what is
# hard about the point cancels. So average $d_i = \log p(x_i) - \log q(x_i)$, and give the standard error of *these*,
#
# $$\text{error} = \frac{\mathrm{sd}(d)}{\sqrt n}, \qquad \mathrm{sd}(d)^2 = \frac{1}{n-1}\sum_i (d_i - \bar d)^2 .$$
#
# The same holds for two models without any truth, $d_i = \log q_a(x_i) - \log q_b(x_i)$, on the same points. A lead of
# less than two of its standard errors is no lead: the points may have decided it. (And a gap to the truth that is
# clearly *negative* is no triumph but a bug: $q$ is then no density, or the points are not fresh.)
#
# **In numbers.** $\log p = (0, -1, -20, 1)$ and $\log q = (-0.5, -1, -21.5, 1)$. The differences are
# $(0.5, 0, 1.5, 0)$: a gap of $0.5$ with error $0.7071/2 = 0.3536$. As if each model had points of its own, the error
# would be $7.334$, twenty times larger, because of the one hard point that is hard for both. And is $p$ better than
# $q$? The lead, $0.5$, is less than two errors, $0.7071$: four points cannot tell.
#
# **Write** the gap with its error, and the referee.


# %% tags=["solve:flow.gap"]
def paired_gap(log_p, log_q):
    """mean(log_p − log_q) and the standard error of that mean, both from the differences.

    log_p, log_q: (N,), N ≥ 2, of the same points;  returns {"gap", "error"}, tensors without axes, of the type of log_p.
    """
    ### BEGIN SOLUTION
    d = log_p - log_q
    return {"gap": d.mean(), "error": d.std() / math.sqrt(len(d))}
    ### END SOLUTION


def better(log_a, log_b):
    """1 if model a leads by more than two standard errors of the paired difference, −1 if b does, else 0.

    log_a, log_b: (N,), N ≥ 2, of the same points;  returns the int 1, 0 or −1.
    """
    ### BEGIN SOLUTION
    lead = paired_gap(log_a, log_b)
    if lead["gap"].abs() <= 2 * lead["error"]:
        return 0
    return 1 if lead["gap"] > 0 else -1
    ### END SOLUTION


# %% tags=["check:flow.gap:3"]
check("flow.gap")

# %% [markdown]
# ## 4 · Two moons
#
# Now train. The model is made of the affine couplings of notebook 03: ten of them, whose halves take turns, each with a
# network of two hidden layers that gives $s$ and $t$ (published as *RealNVP*). Four things make it work, and each
# answers a failure that you may provoke later:
#
# - **A fresh layer is the identity.** The last weights of each network start at 0, so training begins at
#   $\mathcal N(0, I)$ and not at some wild tangle.
# - **The log-scale is clamped**, $s = b\tanh(v)$ with $v$ from the network, and $b = 2$ here. Without a clamp, one bad
#   step can multiply a coordinate by $e^{20}$, and the next batch gives an infinite loss. The clamp is also a
#   *promise*: each coupling in the plane stretches or squeezes one coordinate by $e^b$ at most, so after ten of them
#   $|\mathrm{ladj}| \le 10b$: the density at $x$ is that of its noise $z$ times a factor between $e^{-10b}$ and
#   $e^{10b}$, and nowhere above $e^{10b}/2\pi$. (It must not be too tight: with $b = 1$ and eight layers one of seven
#   seeds ended at a gap of $0.04$, the others between $0.010$ and $0.016$.)
# - **Gradients are clipped** to length 1, for the same reason: now and then a batch has a point far out.
# - **Step sizes rise and then shrink**, and what is kept is a moving average of the parameters. Without that the loss
#   keeps jumping at the end.
#
# The data never end: each step draws 512 fresh points. So there is no training set to learn by heart (section 5 brings
# one).


# %% tags=["given"]
def moons_flow(layers=10, hidden=64, kind=AffineCoupling):
    """A chain of couplings in the plane, fresh: the identity."""
    flow = Flow(2, layers, hidden, kind)
    for layer in flow.layers:  # steeper features to begin with: networks of one number learn wiggles slowly
        layer.net[0].weight.data *= 3
        layer.net[0].bias.data *= 3
    return flow


def slowing(flow, steps, rate=1e-2):
    """Adam for the flow's parameters, and a schedule: the rate rises over 15 % of the steps, then falls to 0 as a cosine."""
    home = all(p.device.type == "cpu" for p in flow.parameters())
    optimiser = torch.optim.Adam(flow.parameters(), rate, fused=home)
    up = 0.15 * steps

    def share(k):
        return min((k + 1) / (up + 1), 0.5 + 0.5 * math.cos(math.pi * max(k - up, 0) / (steps - up)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, share)


# %% [markdown]
# **Write** the training: `steps` times a fresh batch, the loss of section 2, and a step of the optimiser. `slowing`
# gives the optimiser and its schedule. The loop is in `train` (`pushforward/train.py`): give it your `step`, the flow,
# `steps`, `seed=seed`, `average=0.99` (without it no average is kept) and `looks`. It calls `step(k)`, shows a bar, and
# leaves in the flow what is to be kept. A step empties the gradients, sends the loss backward, clips with
# `torch.nn.utils.clip_grad_norm_`, moves optimiser and schedule, and returns the loss. And then the density of what you
# have trained, which is what the check asks for.
#
# Not the run is judged but its result. The check sends 50,000 fresh points through your `moons_log_p`, and a grid as
# well: the mass on it must not exceed 1, so that no slip in a sign can win. Then it computes the gap as in section 3,
# with an error below $0.001$. (A full run takes about a minute.)
#
# | budget | a third of the marks | two thirds | full marks | the largest gap of the seeds that we tried |
# |---|---|---|---|---|
# | full, 3500 steps | at most 0.3 nats | 0.06 | 0.03 | 0.015 |
# | graded, 1400 steps | 0.4 | 0.2 | 0.12 | 0.030 |
# | quick, 20 steps | only the form counts | | | |
#
# (For comparison: a published RealNVP stands 0.021 nats above the truth, the best normal distribution 1.6.)


# %% tags=["solve:flow.train_moons"]
@torch.enable_grad()  # it may first be asked for by a function that needs no gradient
def fit_moons(flow, steps, seed=0, batch=lambda: two_moons(512), **looks):
    """Train the flow, in place, on `steps` batches of points; returns the history of `train`.

    flow: has parameters and `inverse`; steps: whole number; seed: of all that is drawn; batch: gives the points of one step,
    (N, 2), each time it is called; looks: handed on to `train`.
    """
    ### BEGIN SOLUTION
    optimiser, schedule = slowing(flow, steps)

    def step(k):
        loss = flow_nll(batch(), flow.inverse, normal_base)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(flow.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        return loss

    return train(step, flow, steps, seed=seed, average=0.99, label="moons", **looks)
    ### END SOLUTION


@functools.cache  # trained once for each seed, when first asked for; run this cell again after changing a loss
def moons_run(seed=0):
    """(flow, history) of the run that is judged."""
    torch.manual_seed(seed)
    flow = moons_flow()
    return flow, fit_moons(flow, budget(full=3500, graded=1400, quick=20), seed)


def moons_log_p(x):
    """log p(x) under the flow that moons_run() has trained, in nats.

    x: (N, 2);  returns (N,), each number from its own row, without a graph.
    """
    ### BEGIN SOLUTION
    z, ladj = moons_run()[0].inverse(x)
    return (normal_base(z) + ladj).detach()
    ### END SOLUTION


# %% tags=["demo"]
with waiting_for("fit_moons", "flow_nll", "normal_base", "paired_gap"):
    flow, history = moons_run()
    fresh = two_moons(20_000, generator=torch.Generator().manual_seed(5))
    truth = log_p_moons(fresh).to(fresh.device)
    found = paired_gap(truth, moons_log_p(fresh))
    print(f"entropy {float(-truth.mean()):.3f}, gap {float(found['gap']):.3f} ± {float(found['error']):.4f} nats")
    show(
        draw_learning({"loss of each batch": list(enumerate(history.losses))}, float(-truth.mean())),
        alt="The loss of each batch falls from 2.5 nats steeply at first, then slowly, and scatters less and less above the "
        "line of the entropy, which it nearly reaches.",
    )

# %% tags=["check:flow.train_moons:4"]
check("flow.train_moons")

# %% [markdown]
# ### What it does to the plane
#
# Drag `layer` from 0 to 10. Every line of the noise's grid keeps its colour, and so does every point. Couplings that
# keep $z_1$ move points up and down only, the others left and right only; ten such moves bend a disc into two moons.
# Where is the grid stretched most: on the moons, or elsewhere? (Section 7 explains what you find.)

# %% tags=["demo"]
with waiting_for("fit_moons", "flow_nll", "normal_base"):
    display(layers_explorer(moons_run()[0]))

# %% [markdown]
# ### A temperature
#
# The second slider multiplies the noise by $T$ before the flow sees it. With a small $T$ the outer parts of the noise
# are not used, and samples look cleaner; many published pictures were drawn so. From which distribution? $Tz$ is normal
# with standard deviation $T$, and the flow is the same, so with $z = f^{-1}(x)$
#
# $$\log p_T(x) = \log \mathcal N\big(z; 0, T^2 I\big) + \underbrace{\log\Big|\det\frac{\partial z}{\partial x}\Big|}_{\mathrm{ladj}(x)} .$$
#
# One reads that this "sharpens the density", as if it were $p^{1/T^2}$, normalised. Take two points $a$ and $b$ and
# compare log ratios, where the normaliser cancels:
#
# $$\big[\log p_T(a) - \log p_T(b)\big] - \frac{1}{T^2}\big[\log p(a) - \log p(b)\big] = \Big(1 - \frac1{T^2}\Big)\,\big[\mathrm{ladj}(a) - \mathrm{ladj}(b)\big] .$$
#
# Only a flow that changes volumes alike everywhere is sharpened. Any other is drawn to the middle of its *noise*,
# whatever lies there, and here the middle of the noise lies on the way between the moons.
#
# **In numbers.** $f(z) = 2z$ on the line, $x = 2$, $T = \frac12$: $z = 1$,
# $\log \mathcal N(1; 0, \frac14) = -2 + 0.6931 - 0.9189 = -2.2258$, and with ladj $= -0.6931$ the density is $-2.9189$.
#
# **Write** both: the tempered log density, and the difference on the right.


# %% tags=["solve:flow.temperature"]
def tempered_log_p(x, inverse, T):
    """log density of f(T z), z ~ N(0, I), at x.

    x: (N, D); inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂x| (N,); T: float > 0;
    returns (N,), of the type of x.
    """
    ### BEGIN SOLUTION
    z, ladj = inverse(x)
    return normal_base(z / T) - x.shape[1] * math.log(T) + ladj
    ### END SOLUTION


def apart_from_power(a, b, inverse, T):
    """How much larger log p_T(a) − log p_T(b) is than (log p(a) − log p(b)) / T², row by row.

    a, b: (N, D); inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂x| (N,); T: float > 0;
    returns (N,), of the type of a.
    """
    ### BEGIN SOLUTION
    return (1 - T**-2) * (inverse(a)[1] - inverse(b)[1])
    ### END SOLUTION


# %% tags=["check:flow.temperature:2"]
check("flow.temperature")

# %% [markdown]
# What does cooling cost, and what does it buy? Below, for some temperatures: the nats that fresh data cost under $p_T$,
# and the share of its samples that lies more than three standard deviations beside the moons (of the data: $0.3$ %).

# %% tags=["demo"]
with waiting_for("tempered_log_p", "fit_moons", "flow_nll", "normal_base"), torch.no_grad():
    flow, noise = moons_run()[0], torch.randn(10_000, 2, generator=torch.Generator().manual_seed(6))
    print(f"{'T':>5}{'nats':>9}{'off the moons':>16}")
    for T in (0.5, 0.7, 0.85, 1.0, 1.15):
        nats = -float(tempered_log_p(fresh, flow.inverse, T).mean())
        print(f"{T:5.2f}{nats:9.3f}{100 * off_moons(flow(T * noise)[0]):14.1f} %")

# %% [markdown]
# The likelihood is best near $T = 1$, as it must be for a model that was trained there, and every cooling costs, at
# $T = 0.5$ more than a nat. What it buys is little: the share beside the moons falls at first, but it does not go to 0,
# since a cooled model keeps what comes from the middle of the noise, the bridge included. Samples from a cooled model,
# and a likelihood from the warm one, are the work of two models. A paper should say so.

# %% [markdown]
# ## 5 · A bend of its own for every coordinate
#
# An affine coupling does one thing to a coordinate: stretch and shift. While the kept coordinates stand still that is a
# straight line, and ten straight lines have to conspire to make two moons. Why not let each coupling apply a *curve*?
# Any rising curve of one variable is invertible, and its log-determinant is the logarithm of its slope. A **spline
# coupling** cuts an interval into bins and draws the curve through their ends, the *knots*, whose places and slopes
# come from the network; in each bin it is a quotient of two quadratics, chosen so that it rises, that slopes fit at the
# knots, and that its inverse solves a quadratic equation: a *monotone rational-quadratic spline* (Durkan et al., 2019).
# Beyond the outer knots it is the identity. (Section 11 will need the curve for itself; you find it in
# `pushforward/flows/splines.py`, the layer in `couplings.py`.)
#
# With it four layers come about as near in 1000 steps as ten straight ones in 3500. And since your training takes any
# flow, nothing new is to be written.


# %% tags=["given"]
def at_home(log_p):
    """The same log density for points of any device: they go where new tensors are made, and the result comes back."""
    return lambda x: log_p(x.to(torch.empty(0).device)).to(x.device)


@functools.cache
def spline_run(seed=0):
    """(flow, history) of four spline couplings with 16 bins."""
    torch.manual_seed(seed)
    flow = moons_flow(layers=4, hidden=32, kind=SplineCoupling)
    return flow, fit_moons(flow, budget(full=2500, graded=200, quick=20), seed)


# %% tags=["demo"]
with waiting_for("fit_moons", "moons_log_p", "flow_nll", "normal_base", "paired_gap", "better"), torch.no_grad():
    spline_flow = spline_run()[0]
    of_splines, of_affine = spline_flow.log_p(fresh), moons_log_p(fresh)
    for name, log_q in (("10 affine couplings", of_affine), ("4 spline couplings", of_splines)):
        found = paired_gap(truth, log_q)
        print(f"{name}: gap {float(found['gap']):.3f} ± {float(found['error']):.4f} nats")
    print(f"the referee between splines (1) and affine couplings (−1): {better(of_splines, of_affine)}")
    show(
        draw_found(
            {"the truth": log_p_moons, "affine": at_home(moons_log_p), "splines": at_home(spline_flow.log_p)},
            fresh,
        ),
        alt="Three densities of two moons side by side. Both models follow the arcs of the truth; between the moons "
        "each of them leaves something, a thread from tip to tip or a pale veil.",
    )

# %% [markdown]
# With less than half as many layers, splines come within a hundredth of a nat of the truth. ([The table of all
# models](../docs/models.md) has both, over five seeds.)
#
# ### When the data end
#
# Until now each batch was new. Give two spline couplings 200 points instead, and train on all of them in every step. A
# flow can put a narrow hill on every single point; nothing in its loss is against it. The red curve is what held-out
# points cost. **Predict** before you run: where does the loss on the 200 points go, relative to the entropy of the
# data, and where do held-out points go?


# %% tags=["given"]
def fit_few(points, held_out, steps, seed=0):
    """(flow, history): splines on the same few points in every step; kept is what held-out points like best."""
    torch.manual_seed(seed)
    flow = moons_flow(layers=2, hidden=32, kind=SplineCoupling)

    def of_held_out(now):
        return flow_nll(held_out, now.inverse, normal_base)

    looks = {"validate": of_held_out, "every": max(1, steps // 30), "patience": 99}
    return flow, fit_moons(flow, steps, seed, lambda: points, **looks)


# %% tags=["demo"]
with waiting_for("fit_moons", "flow_nll", "normal_base"):
    few, held_out = two_moons(200, generator=torch.Generator().manual_seed(7)), two_moons(500)
    flow_of_few, history = fit_few(few, held_out, budget(450, 150, 20))
    best = min(history.valid, key=lambda look: look[1])
    curves = {"the 200 points": list(enumerate(history.losses, 1)), "held-out points": history.valid}
    last = history.losses[-1], history.valid[-1][1]
    show(
        draw_learning(curves, float(-log_p_moons(fresh).mean()), best[0]),
        alt=f"Two losses over the steps. They fall together at first; at the end the 200 points cost {last[0]:.2f} nats and "
        f"held-out points {last[1]:.2f}. The best look at held-out points, {best[1]:.2f} nats, was at step {best[0]}.",
    )

# %% [markdown]
# **Question (3 points).** (a) At the end of that run the loss on its 200 points lies below the entropy of the data. Is
# that a contradiction to section 3? (b) `train` looks at held-out points every so often and keeps the parameters of the
# best look. Why is the number of that best look not the one to report, and which one is? (c) The run on fresh batches
# kept its last average, without any validation. Why was that right there?

# %% [markdown] tags=["written:flow.why_validate:3"]
# ### BEGIN SOLUTION
# **Model answer.** (a) No. The gap is non-negative on average over points *fresh from the data's law*. These 200 were
# used to fit: the mean over them is that of another distribution, the one of the 200 points, whose entropy as a density
# is $-\infty$, so nothing bounds it from below.
#
# (b) It is the smallest of some thirty numbers, each with an error of its own, so it was picked partly for its luck: a
# minimum over noisy looks is too small on average. What is reported is the NLL of a third set that decided nothing,
# looked at once.
#
# (c) No point came twice, so the loss of a batch is already an estimate on fresh points, and there is nothing to learn
# by heart: more training can only be noise, which the average and the shrinking steps take away.
#
# **Rubric**
# - (1) a: no contradiction, because the expectation is over fresh points (or: the training points are not independent
#   of the model)
# - (1) b: picked among several noisy numbers, hence too good (½); a test set used once (½)
# - (1) c: every batch is fresh, so training loss and held-out loss agree on average
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## 6 · How many layers?
#
# 004 says that a flow needs a lot of layers. Two questions hide in that.
#
# **What can depend on what?** A coupling passes what it keeps and lets the rest depend on it. So follow the arrows:
# after the layer with mask `keep`, a kept $x_i$ depends on what $x_i$ depended on; a changed one on what *it and all
# the kept ones* depended on. As a matrix of truth values, entry $(i, j)$ true where $x_i$ can depend on $z_j$, one
# layer is
#
# $$M_{ij} = \begin{cases}\text{true} & i = j, \text{ or } i \text{ changed and } j \text{ kept} \\ \text{false} & \text{otherwise,}\end{cases}$$
#
# and a chain is the product $\cdots M_3 M_2 M_1$, the first layer on the right, where "and" multiplies and "or" adds.
# It is the pattern of the Jacobian: where it is false, $\partial x_i/\partial z_j$ is 0 for all weights.
#
# **In numbers.** In the plane, first $z_1$ kept, then $z_2$: after one layer $\begin{pmatrix}1&0\\1&1\end{pmatrix}$,
# after two all four entries are true. With four coordinates in two halves, two layers leave false what lies between the
# two coordinates that were changed first, and a third is needed (your answer in notebook 03); with masks of other sizes
# it may take more, and with masks that never swap it never happens.
#
# **Write** the pattern, and the least number of layers for which it is full.


# %% tags=["solve:flow.depth"]
def dependence(keeps):
    """Entry (i, j): can x_i depend on z_j after all these couplings?

    keeps: (L, D), D ≥ 2, bool, layer after layer from the noise on, True where kept, some True and some False in each row;
    returns (D, D), bool.
    """
    ### BEGIN SOLUTION
    found = torch.eye(keeps.shape[1], dtype=torch.bool, device=keeps.device)
    for keep in keeps:
        taken_in = found[keep].any(0)  # what the kept ones depend on, together
        found = found | (~keep[:, None] & taken_in)
    return found
    ### END SOLUTION


def least_layers(keeps):
    """The least n for which every x_i can depend on every z_j after the first n couplings, 0 if there is none.

    keeps: (L, D), D ≥ 2, bool, layer after layer from the noise on, True where kept, some True and some False in each row;
    returns a whole number.
    """
    ### BEGIN SOLUTION
    for n in range(1, len(keeps) + 1):
        if dependence(keeps[:n]).all():
            return n
    return 0
    ### END SOLUTION


# %% tags=["check:flow.depth:3"]
check("flow.depth")

# %% [markdown]
# **And what is it worth?** In the plane two layers are enough for the pattern. Are they enough for the moons? Here are
# flows of 1, 2, 4 and 8 affine couplings, all trained by your loop for the same number of steps, and measured on the
# same fresh points; the referee of section 3 compares each with the one before. **Predict** where the largest step will
# be.

# %% tags=["demo"]
with waiting_for("fit_moons", "flow_nll", "normal_base", "paired_gap", "better"), torch.no_grad():
    gaps, before = {}, None
    for layers in (1, 2, 4, 8):
        torch.manual_seed(0)
        shorter = moons_flow(layers, hidden=32)
        fit_moons(shorter, budget(700, 100, 10))
        log_q = shorter.log_p(fresh)
        found = paired_gap(truth, log_q)
        gaps[layers] = float(found["gap"]), float(found["error"])
        verdict = "" if before is None else f"   against the one before: {better(log_q, before):+d}"
        print(f"{layers} couplings: gap {gaps[layers][0]:.3f} ± {gaps[layers][1]:.3f}{verdict}")
        before = log_q
    show(
        draw_depth(gaps),
        alt="The gap over the number of couplings, with error bars smaller than the marks: "
        + ", ".join(f"{gap:.2f} nats with {layers}" for layers, (gap, _) in gaps.items()) + ".",
    )  # fmt: skip

# %% [markdown]
# One coupling leaves a coordinate of $x$ standard normal, for ever. Two can let each depend on each, but with straight
# lines: given $z_1$, what the first layer makes of the other coordinate is *normal*, with a mean and a width, and the
# second layer in its turn can only shift and stretch $z_1$. Depth buys shapes. (So much for "a lot": four curved layers
# do what ten straight ones do. A triangular map of one layer could do it all, notebook 03, if its curves were free
# enough.)

# %% [markdown]
# ## 7 · The bridge
#
# Look once more at the densities of section 5. Between the moons something is left, a pale veil or a thread from tip to
# tip. Train longer, and it gets thinner; it does not go away. Is that the optimiser's fault?
#
# How much is left, perhaps; that something is left, no. The noise is one connected cloud, a flow is continuous, and a
# continuous map cannot tear. *How much* must be left on the way? Let the generator stretch by a factor of $L$ at most:
# $\|f(z) - f(z')\| \le L\,\|z - z'\|$ (such a map is called *Lipschitz*). Let $A$ and $B$ be two sets of the plane at
# distance $\delta$. The noises that land in $A$ and those that land in $B$ are then at least $\delta/L$ apart. And
# normal noise has a beautiful property, *Gaussian isoperimetry*: among all sets of the same mass, a half-space has the
# least mass within a given distance of it. So the cheapest way to keep two sets of noise $\delta/L$ apart are two
# half-spaces that face each other, in any dimension, and everything is reduced to the line. If the generator gives both
# parts the same mass, the gap between the half-lines lies around 0:
#
# $$\text{mass on the bridge} \;\ge\; \Phi\Big(\frac{\delta}{2L}\Big) - \Phi\Big(-\frac{\delta}{2L}\Big) = 2\Phi\Big(\frac{\delta}{2L}\Big) - 1 .$$
#
# If what is *not* on the bridge, $1 - m$, is to be divided in the ratio $a : 1 - a$, the left half-line ends at
# $\Phi^{-1}(a(1-m))$, the right one begins at $-\Phi^{-1}((1-a)(1-m))$, and the least $m$ is the one for which they are
# just $\delta/L$ apart:
#
# $$\Phi^{-1}\big(a(1-m)\big) + \Phi^{-1}\big((1-a)(1-m)\big) = -\frac{\delta}{L} .$$
#
# Nothing here asks how $f$ was trained, whether it is invertible, or how many dimensions its noise has. **It is true of
# every Lipschitz push-forward of normal noise: of a flow, of a GAN's generator, of a decoder.** Read from right to left
# it is a demand: between equal parts a bridge as light as $m$ needs a map that stretches by
# $L \ge \delta / \big(2\Phi^{-1}(\tfrac{1+m}{2})\big)$ somewhere.
#
# What does a bridge cost in nats? If the data have no mass there, the model's density where they *are* integrates to
# $1 - m$ only, and so $\mathrm{KL}(p\,\|\,q) \ge -\log(1-m)$. (Could a model save by giving equal parts unequal masses,
# since its bridge is then lighter? No: the wrong shares cost more than that saves, because $\log\Phi$ is concave.)
#
# **In numbers.** $\delta = 1$, $L = 10$: $2\Phi(0.05) - 1 = 0.0399$, a bridge of 4 %, at least $0.0407$ nats. With
# $a = 0.2$, $\delta = 1$, $L = 1$: $m = 0.3241$, where halves would have to leave $0.3829$. (A small part lies far out,
# where noise is thin.) And a bridge of 4 % over $\delta = 1$ needs $L \ge 9.969$.
#
# **Write** the bounds ($\Phi$ and $\Phi^{-1}$: `cdf` and `inv_cdf` of Python's `statistics.NormalDist()`), and a
# witness that they cannot be improved: a straight map of the line, $x = \text{slope}\cdot z + \text{shift}$, that
# stretches by no more than $L$, divides what lies outside of $(-\frac\delta2, \frac\delta2)$ in the ratio $a : 1 - a$,
# left to right, and leaves no more inside than it must.


# %% tags=["solve:flow.bridge"]
def bridge_between_halves(delta, L):
    """The least mass between two parts of equal mass at distance delta, for a push-forward of N(0, I) that stretches by L at most.   (000)

    delta, L: floats > 0;  returns a float.
    """
    ### BEGIN SOLUTION
    return math.erf(delta / (2 * L) / math.sqrt(2))
    ### END SOLUTION


def bridge_between(a, delta, L):
    """The least mass m between parts with a (1 − m) and (1 − a)(1 − m) of it, delta apart, for such a push-forward.   (000)

    a: float in (0, 1); delta, L: floats > 0;  returns a float.
    """
    ### BEGIN SOLUTION
    level = lambda p: math.sqrt(2) * float(torch.erfinv(torch.tensor(2 * p - 1, dtype=torch.float64)))  # noqa: E731
    low, high = 0.0, 1.0
    for _ in range(100):
        m = (low + high) / 2
        apart = -level(a * (1 - m)) - level((1 - a) * (1 - m))
        low, high = (m, high) if apart < delta / L else (low, m)
    return (low + high) / 2
    ### END SOLUTION


def least_steepness(m, delta):
    """The least L with which no more than m need lie between two parts of equal mass at distance delta.

    m: float in (0, 1); delta: float > 0;  returns a float.
    """
    ### BEGIN SOLUTION
    half = math.sqrt(2) * float(torch.erfinv(torch.tensor(m, dtype=torch.float64)))  # Φ⁻¹((1 + m) / 2)
    return delta / (2 * half)
    ### END SOLUTION


def shortest_bridge(a, delta, L):
    """A witness: x = slope z + shift, |slope| ≤ L, with the share a of what is outside (−delta/2, delta/2) on the left, least inside.

    a: float in (0, 1); delta, L: floats > 0;
    returns {"slope", "shift"}, two numbers.
    """
    ### BEGIN SOLUTION
    left = a * (1 - bridge_between(a, delta, L))
    end = math.sqrt(2) * float(torch.erfinv(torch.tensor(2 * left - 1, dtype=torch.float64)))
    return {"slope": L, "shift": -delta / 2 - L * end}
    ### END SOLUTION


def nats_on_the_bridge(m):
    """The least KL(p ‖ q) of a model q that has mass m where the data p have none.

    m: float in [0, 1);  returns a float.
    """
    ### BEGIN SOLUTION
    return -math.log1p(-m)
    ### END SOLUTION


# %% tags=["check:flow.bridge:4"]
check("flow.bridge")

# %% [markdown]
# ### Measured
#
# Now your trained flow. The sets are the moons, each with everything up to $0.2$, four standard deviations, from its
# arc (beyond it lie 7 of 100,000 data points). The arcs come as near to each other as $0.5$, so the sets are
# $\delta = 0.1$ apart. Measured: the mass of the flow's samples outside of both sets, and its price in nats; the
# largest stretch met by 4000 samples (the largest singular value of the Jacobian; the true $L$ can only be larger); and
# the mass that $\delta$ demands of such an $L$. The rest of what lies outside is no bridge, but carelessness. The
# picture follows a straight way through the noise from the middle of one moon to the middle of the other: on the left
# where it leads in the plane, on the right the parts of $\log p$ along it.


# %% tags=["given"]
def stretches(flow, z):
    """The singular values of ∂x/∂z at each z (N, 2), the largest first: (N, 2)."""
    jacobians = torch.func.vmap(torch.func.jacrev(lambda one: flow(one[None])[0][0]))(z)
    return torch.linalg.svdvals(jacobians)


def walk_of(flow, start, end, steps=1000):
    """What is met on the straight way through the noise that begins and ends at the noises of two points of the plane."""
    (a, b), _ = flow.inverse(torch.stack([start, end]))
    z = a + torch.linspace(0, 1, steps)[:, None] * (b - a)
    x, ladj = flow(z)
    log_base = -0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
    parts = {"x": x, "log_base": log_base, "ladj": ladj, "steepest": stretches(flow, z)[:, 0].log()}
    return {name: part.cpu() for name, part in parts.items()}


# %% tags=["demo"]
with (
    waiting_for("fit_moons", "flow_nll", "normal_base", "bridge_between_halves", "nats_on_the_bridge"),
    torch.no_grad(),
):
    flow, noise = moons_run()[0], torch.randn(40_000, 2, generator=torch.Generator().manual_seed(8))
    made = flow(noise)[0]
    outside, L = off_moons(made, reach=4), float(stretches(flow, noise[:4000])[:, 0].max())
    print(f"outside of both sets {100 * outside:.2f} %, at least {nats_on_the_bridge(outside):.4f} nats")
    print(f"largest stretch met {L:.1f}; a bridge over 0.1 needs {100 * bridge_between_halves(0.1, L):.3f} % at least")
    walk = walk_of(flow, torch.tensor([0.0, 1.0]), torch.tensor([1.0, -0.5]))
    there = moon_distances(walk["x"]).amin(1) > 0.15
    for name, where in (("up to 0.15 away", ~there), ("further away", there)):
        if where.any():
            print(
                f"{name:16}"
                + "".join(f"  {part} {float(walk[part][where].mean()):6.2f}" for part in ("log_base", "ladj"))
            )
    show(
        draw_walk(walk, at_home(moons_log_p)),
        alt="Left: the image of a straight way through the noise, from the upper moon over the gap to the lower one. Right: the "
        "terms along it. The log density of the noise changes gently. In the gap the largest stretch has a sharp peak; the "
        "log-determinant rises by less, and the log density of the model falls by just as much.",
    )

# %% [markdown]
# Here is the second half of the story, which belongs to flows alone (000 Q1b). On the way from moon to moon the noise's
# density hardly changes, and if anything it rises: a straight way between two typical noises leads through the middle
# of the cloud. So $\log p(x) = \log \mathcal N(z; 0, I) - \log|\det \partial x/\partial z|$ leaves **one** place for
# whatever the bridge lacks in density: the log-determinant, nat for nat. Look at the curves on the right. The largest
# stretch has a peak, as the bound demands. The log-determinant rises by less: along the way the flow stretches,
# *across* it, it squeezes, and the volume changes by the product. If it squeezes hardly at all, what is left is a wide
# and pale veil; if it squeezes nearly as much as it stretches, a thread, thin and almost as dense as a moon. (Which of
# the two you see depends on the seed and on the kind of layer.) And the dip begins *before* the bridge: a network that
# is steep in the gap is steep on its shores, where data are, and they pay for it in likelihood.
#
# A generator without a density has to be steep in one direction too; that was the bound. But no term of its loss counts
# volumes, and nothing asks it to be invertible. A flow's layers have to undo behind the bridge what they did on it, and
# every factor stands in its log-determinant, which the clamp limits to $10b = 20$ nats.
#
# **Question (4 points; 000 Q1b).** Two generators are trained on data in two far islands: a flow by maximum likelihood,
# and a GAN's generator with noise of the same dimension. (a) Both leave samples on the water. Give the reason that they
# share. (b) How strongly does each *training* act against these samples? (c) Name one more thing that a free generator
# may do about the bridge and a flow may not.

# %% [markdown] tags=["written:flow.islands:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) Both are continuous images of one connected cloud of noise. If the map stretches by $L$ at most,
# the noises of the two islands are $\delta/L$ apart, and by Gaussian isoperimetry at least $2\Phi(\delta/2L) - 1$ of
# the noise lies between (for islands of equal mass). Who trained it does not matter.
#
# (b) Maximum likelihood acts weakly: no data point lies on the water, so nothing is said about it directly; mass $m$
# there is missing on the islands and costs about $-\log(1 - m)$, a few hundredths of a nat for a few per cent. (And
# steepness costs, through the log-determinant, at the islands' shores.) An adversarial loss acts directly: each such
# sample is easily recognised, and its gradient points away from the water.
#
# (c) It may be steep without a price in volume: squeeze other directions, fold (several noises for one point), lie on a
# curve of lower dimension; it may also draw from discrete noise. (A mixture as the source is open to a flow as well:
# exam-style question 13.) A flow must stay invertible and smooth, and every stretch enters its log-determinant.
#
# **Rubric**
# - (1) a: continuity and a limit to steepness, whatever the training
# - (2) b: likelihood only weakly, because mass elsewhere is merely missing (1); an adversary directly (1)
# - (1) c: folding, squeezing, fewer dimensions, or discrete noise
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## 8 · Pictures as points: dequantisation
#
# The pixels of a digit are whole numbers, $0 \dots 16$, and a flow is a density on $\mathbb R^D$. What happens if one
# trains it on whole numbers as if they were points? The likelihood grows without end, and nothing is learnt: a density
# may pile up on the levels, as high and as narrow as it likes, since all the space between them is never asked about.
# Here is one pixel with five levels, of which one never occurs, and a density with a hill on each of the others, in the
# middle of its bin. **Predict** what the three curves on the right do when you make the hills narrow: the price of the
# *sharp* levels, $-\log q$ in the middle of each bin; of levels that are *spread* evenly over their bins; and the
# *honest* price, $-\log$ of the mass in the whole bin.

# %% tags=["given"]
from pushforward.figures.flow_digits import draw_made, draw_rungs, spikes_explorer

# %% tags=["demo"]
display(spikes_explorer())

# %% [markdown]
# The sharp price falls for ever, by $\log 10 = 2.3$ nats for every factor of ten in the width; a negative price for a
# message that takes $1.16$ nats at least (the entropy of these levels). The spread one does not fall for it: hills
# narrower than a bin leave most of the bin without density, and the mean of $-\log q$ over the bin shoots up. And it
# never lies below the honest one.
#
# That is the whole trick, and its proof takes one line. Give every level a bin of width 1 and let the model's
# *probability* of a picture $k \in \{0, \dots, 16\}^D$ be what lies in its box,
#
# $$P(k) = \int_{[0,1)^D} p(k + u)\,du = \mathbb E_u\, p(k + u), \qquad u \sim U[0,1)^D .$$
#
# The boxes fill $[0, 17)^D$ without overlap, so these probabilities add up to one (at most): an honest model of whole
# numbers. We cannot compute the integral. But the logarithm is concave, so by Jensen's inequality
#
# $$-\log P(k) = -\log \mathbb E_u\, p(k + u) \;\le\; \mathbb E_u\big[ -\log p(k + u) \big] .$$
#
# So: **add noise that is uniform over the bin, train on what results, and the loss is an upper bound on the nats of the
# sharp pictures.** This is called *uniform dequantisation*. The gap is the divergence of the noise from what the model
# has in the bin, $\mathrm{KL}\big(U \,\|\, p(\cdot)/P(k)\big)$: nothing, if the density is flat there. (Notebook 01
# blurred the digits by $\pm\frac12$ around each level. That is the same bin with another name for its middle.)
#
# Nothing in the proof asks what the model was trained *on*. It asks three things of the test: the noise fills the whole
# bin, boxes do not overlap, and $p$ is a density *per unit of level*. Published code breaks the first and the last, as
# you will see.
#
# ### Through a logit
#
# Between the spread levels and the flow stands one more map. Pixels end at 0 and at 17, and half of them sit at the
# lower end, on white paper. A flow that comes from normal noise has no ends, and would have to build a cliff. So one
# squeezes the range a little and stretches it over the whole line, pixel by pixel:
#
# $$x = k + u, \qquad p = \text{edge} + (1 - 2\,\text{edge})\,\frac{x}{K}, \qquad y = \operatorname{logit} p = \log\frac{p}{1 - p},$$
#
# with $K$ levels and a small edge. (This $p$ is a squeezed pixel, between 0 and 1; densities are written with their
# argument, $p_x(x)$.) A density of $y$ becomes one of $x$ by the rule of notebook 02: the log-determinant is added, of
# the scaling *and* of the logit, once for each pixel,
#
# $$\log p_x(x) = \log p_y(y) + \mathrm{ladj}, \qquad
# \mathrm{ladj} = \log\Big|\det\frac{\partial y}{\partial x}\Big| = \sum_{d=1}^{D} \Big[ \log \frac{1 - 2\,\text{edge}}{K} - \log p_d - \log(1 - p_d) \Big] .$$
#
# **In numbers.** One pixel, $K = 17$, edge $0.05$, level $0$ and $u = 0.5$: $p = 0.05 + 0.9 \cdot 0.0294 = 0.0765$,
# $y = -2.4913$ and $\mathrm{ladj} = -2.9386 + 2.5709 + 0.0796 = -0.2882$. If the density of $y$ is a standard normal,
# the level costs $\frac12 y^2 + \frac12 \log 2\pi - \mathrm{ladj} = 3.1033 + 0.9189 + 0.2882 = 4.3104$ nats at this
# $u$.
#
# ### One number, three ways to say it
#
# Nats per picture in unit bins; **bits per dimension**, divided by $D \log 2$; and the density itself, in whatever unit
# $x$ was fed to the model. Where the levels are $w$ apart, a box has the volume $w^D$ and $P \approx p\,w^D$, so
# $-\log p = \text{nats} + D \log w$.
#
# **In numbers.** $100$ nats, $D = 64$: $2.2542$ bits per dimension. If the 17 boxes fill $[0, 1]$, $w = \frac1{17}$ and
# the density says $100 - 181.3257 = -81.3257$; if they fill $[-1, 1]$ it says $-36.9642$. The same model, and the same
# digits. So a number without its unit says nothing, and a *negative* one is no cause for joy.
#
# **Write** four functions: the noise, from a seed of its own, so that each epoch can have fresh noise, and each test
# noise that does not depend on what was drawn before; the way to the line; the bound, for a model of which you know
# $\log p_y$, averaged over the draws of $u$ that you are given; and the units.


# %% tags=["solve:flow.dequantise"]
def spread_levels(levels, seed):
    """x = levels + u, u ~ U[0, 1) for each entry by itself: other noise for another seed, the same for the same one.

    levels: (N, D), float32 or float64, values 0 … 16 that are whole; seed: int ≥ 0;  returns (N, D), of the type of levels.
    """
    ### BEGIN SOLUTION
    u = torch.rand(levels.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return levels + u.to(levels)
    ### END SOLUTION


def to_line(x, K, edge):
    """y = log(p / (1 - p)) with p = edge + (1 - 2 edge) x / K, and ladj = log |det ∂y/∂x| of each row.

    x: (N, D), values 0 … K, K ≥ 2; K: int ≥ 2; edge: float, between 0.001 and 0.3;  returns y (N, D) and ladj (N,), of the type of x.
    """
    ### BEGIN SOLUTION
    p = edge + (1 - 2 * edge) * x / K
    ladj = math.log((1 - 2 * edge) / K) - p.log() - torch.log1p(-p)
    return torch.logit(p), ladj.sum(1)
    ### END SOLUTION


def nats_of_levels(log_p, levels, u, K, edge):
    """The bound E_u[-log p_x(levels + u)] in nats of each picture: the mean over R draws of u, p_x by to_line from p_y.

    log_p: takes y (N, D), gives log p_y (N,); levels: (N, D), float32 or float64, values 0 … K - 1 that are whole, K ≥ 2; u: (R, N, D), values 0 … 1;
    K: int ≥ 2; edge: float, between 0.001 and 0.3;  returns (N,), of the type of levels.
    """
    ### BEGIN SOLUTION
    costs = []
    for noise in u:
        y, ladj = to_line(levels + noise, K, edge)
        costs.append(-log_p(y) - ladj)
    return torch.stack(costs).mean(0)
    ### END SOLUTION


def in_units(nats, D, width):
    """{"bits": bits per dimension, "density": -log p where the levels are width apart} of nats per picture in unit bins.

    nats: (N,); D: int ≥ 1; width: float, > 0;  returns {"bits": (N,), "density": (N,)}, both of the type of nats.
    """
    ### BEGIN SOLUTION
    return {"bits": nats / (D * math.log(2)), "density": nats + D * math.log(width)}
    ### END SOLUTION


# %% tags=["check:flow.dequantise:4"]
check("flow.dequantise")

# %% [markdown]
# ### Detective: whose bins are too narrow?
#
# A published flow for these very digits reports $117.1$ nats. It adds noise to each level as it should, but the noise
# reaches over half of the bin. What does that do? The flow notices: on the other half it is never asked, so it leaves
# it empty and is twice as high on the first, in every pixel. Its price falls by $64 \log 2 = 44.4$ nats, and nothing
# was learnt; the bound that holds is $161.4$. The proof above shows where it breaks: the boxes no longer
# fill the space, and the "probabilities" of all pictures add up to as much as $2^{64}$. Another program, a tutorial
# that thousands have read, forgot the log-determinant of its pre-processing, and many asked in vain why they got other
# numbers. Neither crashes, and neither looks wrong: the losses fall, the samples are fine.
#
# Such a slip is found by asking a question whose answer one knows. You get functions that claim to give what stands in
# the bound, $-\log p(k + u)$ for given $k$ and $u$, of a model that is simple enough: every pixel is normal by itself,
# $x_d \sim \mathcal N(\text{mean}_d, \text{std}_d^2)$ in units of levels, and a level's bin is $[k, k + 1)$. Some work
# on $[0, 1]$ or through a logit on the way, and pay for it; some have a slip.
#
# **In numbers.** One pixel, level 3, $u = 0.5$, mean $2$, std $1.5$:
# $\frac12 \cdot 1^2 + \log 1.5 + \frac12 \log 2\pi = 0.5 + 0.4055 + 0.9189 = 1.8244$ nats. (With half a bin,
# $x = 3.25$: $0.3472 + 0.4055 + 0.9189 = 1.6716$.)
#
# **Write** the test. It has to let every right function pass; then each kind of slip that it unmasks is worth points.


# %% tags=["solve:flow.catch_bins"]
def is_bound(implementation):
    """True if the function gives -Σ_d log N(levels_d + u_d; mean_d, std_d²) in nats, of each picture, up to rounding.

    implementation: takes levels, u, both (N, D), mean, std, both (D,), in units of levels, and gives (N,); call it on tensors of your
    choice (values only: no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    levels = torch.tensor([[0.0, 3.0, 16.0], [7.0, 1.0, 9.0]], dtype=torch.float64)
    u = torch.tensor([[0.1, 0.9, 0.4], [0.7, 0.2, 0.6]], dtype=torch.float64)
    mean, std = torch.tensor([[2.0, 5.0, 11.0], [1.5, 3.0, 2.0]], dtype=torch.float64)
    each = 0.5 * ((levels + u - mean) / std) ** 2 + std.log() + 0.5 * math.log(2 * math.pi)
    return torch.allclose(implementation(levels, u, mean, std).double(), each.sum(1), rtol=1e-4)
    ### END SOLUTION


# %% tags=["check:flow.catch_bins:3"]
check("flow.catch_bins")

# %% [markdown]
# ## 9 · A ladder of simple models
#
# What is a good number? Before a flow is trained one should know what simple models reach, or one is proud of what a
# table could do. Each rung but the second is an *exact* $-\log P$ of a model of whole numbers, so it stands in the same
# unit as the bound: nats per picture.
#
# - *All levels alike*: $64 \log 17 = 181.3$ nats. Whoever reports more has a slip, or a model that is worse than none.
# - *One normal distribution* of the blurred digits: notebook 01. (A density, so its number is a bound as in section 8.)
# - *Each pixel by itself*: count how often pixel $d$ has level $k$. A level that was never seen must not get
#   probability 0 (one test digit would cost infinitely much), so a little is added to every count:
#   $p_d(k) = (\text{count}_{dk} + s)/(N + K s)$.
# - *A mixture of such tables*: there are kinds of pictures, and *given* the kind pixels are independent,
#   $P(k) = \sum_c w_c \prod_d p_{cd}(k_d)$. Nobody tells the kinds. **EM** finds them in turns: how much is each kind
#   responsible for each picture,
#
# $$r_{nc} = \frac{w_c \prod_d p_{cd}(k_{nd})}{\sum_{c'} w_{c'} \prod_d p_{c'd}(k_{nd})}, \qquad\text{then count anew:}\qquad
# w_c = \frac{\sum_n r_{nc} + s}{N + C s}, \quad p_{cd}(k) = \frac{\sum_n r_{nc}\,[k_{nd} = k] + s}{\sum_n r_{nc} + K s} .$$
#
# (The bracket is 1 where it is true, else 0.) A picture counts in every kind, by its responsibility. The products have
# 64 factors and more: stay with logarithms throughout.
#
# **In numbers.** One pixel, $K = 3$, levels $0, 0, 2$ and $s = 0.5$: probabilities $2.5/4.5$, $0.5/4.5$,
# $1.5/4.5 = 0.5556, 0.1111, 0.3333$. Two kinds of weight $\frac12$ that give level 0 the probabilities $0.9$ and $0.3$:
# a picture of level 0 costs $-\log 0.6 = 0.5108$ nats, and the first kind is responsible for $0.75$ of it.
#
# **Write** the table, the nats of a mixture, and one step of EM. (`joint_log_p`, the logarithm of
# $w_c \prod_d p_{cd}(k_{nd})$, is a step on the way that no check asks for; with it the last two are short.)


# %% tags=["solve:flow.ladder"]
def pixel_log_p(levels, K, smoothing):
    """log of (count_dk + smoothing) / (N + K smoothing), the smoothed share of level k in pixel d.

    levels: (N, D), int64, values 0 … K − 1, K ≥ 2; K: int ≥ 2; smoothing: float, > 0;  returns (D, K).
    """
    ### BEGIN SOLUTION
    counts = torch.nn.functional.one_hot(levels, K).sum(0)
    return ((counts + smoothing) / (len(levels) + K * smoothing)).log()
    ### END SOLUTION


def joint_log_p(levels, log_w, log_p):
    """log w_c + Σ_d log p_cd(levels_nd): (N, C), of levels (N, D), log_w (C,) and log_p (C, D, K)."""
    ### BEGIN SOLUTION
    hot = torch.nn.functional.one_hot(levels, log_p.shape[2]).to(log_p)
    return log_w + torch.einsum("ndk,cdk->nc", hot, log_p)
    ### END SOLUTION


def mixture_nats(levels, log_w, log_p):
    """-log Σ_c w_c ∏_d p_cd(levels_d) of each picture.

    levels: (N, D), int64, values 0 … K − 1; log_w: (C,); log_p: (C, D, K), K ≥ 2;  returns (N,), of the type of log_p.
    """
    ### BEGIN SOLUTION
    return -joint_log_p(levels, log_w, log_p).logsumexp(1)
    ### END SOLUTION


def em_step(levels, log_w, log_p, smoothing):
    """New log weights and tables from the responsibilities, all smoothed as above.

    levels: (N, D), int64, values 0 … K − 1; log_w: (C,); log_p: (C, D, K), K ≥ 2; smoothing: float, > 0;
    returns log_w (C,) and log_p (C, D, K), of the type of log_p.
    """
    ### BEGIN SOLUTION
    r = joint_log_p(levels, log_w, log_p).softmax(1)
    hot = torch.nn.functional.one_hot(levels, log_p.shape[2]).to(log_p)
    mass, counts = r.sum(0), torch.einsum("nc,ndk->cdk", r, hot)
    weights = (mass + smoothing) / (len(levels) + len(mass) * smoothing)
    tables = (counts + smoothing) / (mass[:, None, None] + log_p.shape[2] * smoothing)
    return weights.log(), tables.log()
    ### END SOLUTION


# %% tags=["check:flow.ladder:3"]
check("flow.ladder")

# %% [markdown]
# Now climb. The number of kinds, the smoothing and the start of EM were picked on the validation digits; the test
# digits are looked at once. **Predict**: ten kinds, as there are ten digits. Will the tables that EM finds without
# labels be as good as those of the ten classes, counted *with* labels?

# %% tags=["given"]
from pushforward.data import digits

TRAIN, VALID, TEST = (digits(part)[0].flatten(1) for part in ("train", "valid", "test"))


def ten_kinds(seed=0, kinds=10, smoothing=0.5, steps=40):
    """(log_w, log_p): EM on the training digits from one table for all, shaken a little for each kind."""
    dice = torch.Generator().manual_seed(seed)
    shaken = 0.3 * torch.randn(kinds, 64, 17, generator=dice).to(TRAIN)
    log_p = (pixel_log_p(TRAIN.long(), 17, smoothing).to(TRAIN) + shaken).log_softmax(2)
    log_w = torch.full((kinds,), -math.log(kinds)).to(TRAIN)
    for _ in range(steps):
        log_w, log_p = em_step(TRAIN.long(), log_w, log_p, smoothing)
    return log_w, log_p


def told_kinds(smoothing=0.5):
    """(log_w, log_p) of the ten classes: a table for each, counted with labels."""
    labels = digits("train")[1]
    tables = [pixel_log_p(TRAIN[labels == c].long(), 17, smoothing) for c in range(10)]
    return (torch.bincount(labels).to(TRAIN) / len(labels)).log(), torch.stack(tables).to(TRAIN)


# %% tags=["demo"]
RUNGS = {"all levels alike": 64 * math.log(17)}
with waiting_for("pixel_log_p", "mixture_nats", "em_step", "in_units"):
    blurred = torch.cov(TRAIN.double().T, correction=0) + torch.eye(64).to(TRAIN.double()) / 12
    bell = torch.distributions.MultivariateNormal(TRAIN.double().mean(0), blurred)
    noise = bell.precision_matrix.trace() / 24  # what the blur adds on average: notebook 01
    RUNGS["one normal (notebook 01)"] = float(noise - bell.log_prob(TEST.double()).mean())
    alone = pixel_log_p(TRAIN.long(), 17, 0.5).to(TRAIN)[None]
    RUNGS["each pixel by itself"] = float(mixture_nats(TEST.long(), torch.zeros(1).to(TRAIN), alone).mean())
    RUNGS["ten kinds, by EM"] = float(mixture_nats(TEST.long(), *ten_kinds()).mean())
    RUNGS["ten kinds, by label"] = float(mixture_nats(TEST.long(), *told_kinds()).mean())
    for name, nats in RUNGS.items():
        print(
            f"{name:26}{nats:6.1f} nats, {float(in_units(torch.tensor([nats]), 64, 1.0)['bits']):5.2f} bits per dimension"
        )

# %% [markdown]
# Independent pixels beat the normal distribution by 25 nats: *which* levels a pixel has (mostly plain paper, or full
# ink) is worth more than how pixels go together. And the kinds that EM finds by itself do as well as the labels, $99.5$
# against $99.8$ nats.
#
# (And the detective's bound? With half bins the table of single pixels would be reported as $106.4 - 44.4 = 62.0$ nats,
# and beat every model in this course.)

# %% [markdown]
# ## 10 · Couplings on the digits
#
# First the plain way: the digits go to the line, are brought to mean 0 and standard deviation 1, and affine couplings
# do the rest, six of them, in which the upper half of the picture moves the lower half and the other way round. The
# loss is your `nats_of_levels`, with fresh noise in every step; `descend` makes the steps of the optimiser, as you
# wrote them in section 4. A thousand pictures are few, so half of each batch is shifted, turned and scaled a little
# first.
#
# Is the number still valid, if the flow has been trained on pictures that are no digits of the data set? Yes. A density
# is a density whatever it was trained on, and the bound asks only about the test digits. The worst that may happen is
# that it spends its mass on blurred pictures that never come. (Below, the network is *told* how a picture was moved,
# and asked about unmoved ones. That gives the mass back.)

# %% tags=["given"]
from pushforward.augment import moved

EDGE = 0.02


class PlainCouplings(torch.nn.Module):
    """Couplings on the pixels of the line, which are brought to the mean and spread of y (N, 64) first."""

    def __init__(self, y, layers=6, hidden=256):
        super().__init__()
        self.flow = Flow(D=64, layers=layers, hidden=hidden)
        self.register_buffer("mean", y.mean(0))
        self.register_buffer("std", y.std(0))

    def log_p(self, y):
        return self.flow.log_p((y - self.mean) / self.std) - self.std.log().sum()

    def draw(self, z):
        """Levels (N, 64), from noise."""
        p = torch.sigmoid(self.flow(z)[0] * self.std + self.mean)
        return (17 * (p - EDGE) / (1 - 2 * EDGE)).clamp(0, 16.99).floor()


@torch.enable_grad()
def train_plain(steps, seed=0, batch=100, rate=2e-3, average=0.99):
    """(model, history): trained on the training digits and on moved ones, by your nats_of_levels."""
    torch.manual_seed(seed)
    model = PlainCouplings(to_line(spread_levels(TRAIN, 0), 17, EDGE)[0])
    optimiser = torch.optim.AdamW(model.parameters(), rate)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min((k + 1) / 20, 0.5 + 0.5 * math.cos(math.pi * k / steps))
    )

    def turn(_):
        levels = moved(TRAIN[torch.randint(len(TRAIN), (batch,))].reshape(-1, 8, 8), 0.5)[0].flatten(1)
        loss = nats_of_levels(model.log_p, levels, torch.rand(1, *levels.shape), 17, EDGE).mean()
        return descend(loss, optimiser, pace, most=100)

    history = train(turn, model, steps, seed=seed, average=average, label="plain couplings")
    return model.requires_grad_(False), history


@functools.cache  # trained once, when first asked for; run this cell again after changing to_line or nats_of_levels
def plain_run(seed=0):
    return train_plain(budget(full=600, graded=200, quick=5), seed)


# %% tags=["demo"]
with waiting_for("spread_levels", "to_line", "nats_of_levels"):
    plain = plain_run()[0]
    noise = torch.stack([spread_levels(0 * TEST, seed) for seed in range(4)])
    RUNGS["affine couplings ≤"] = float(nats_of_levels(plain.log_p, TEST, noise, 17, EDGE).mean())
    print(f"affine couplings: at most {RUNGS['affine couplings ≤']:.1f} nats per test digit")

# %% [markdown]
# All this work, and hardly better than ten tables. What is hard for it? An affine coupling moves and stretches a bell,
# and hardly any pixel is a bell: a spike of paper, a spike of ink, something in between. Each pixel is changed by three
# of the six couplings, and three stretches and shifts do not make these out of normal noise. But a table can, at once.

# %% [markdown]
# ## 11 · A curve for each pixel
#
# So give the flow the table. Any rising curve from $[0, 1]$ onto $[0, 1]$ is an invertible map, and the pixel's own
# distribution function $F_d$ makes its spread levels *even*. After it $\Phi^{-1}$ makes them normal, and a flow of just
# these curves *is* the model of independent pixels (notebook 03's triangular map without its conditions). The couplings
# then only have to learn how pixels go together.
#
# The curve must rise, be inverted and have a slope, all quickly: a case for the spline of section 5. Here each pixel
# has one of its own from $[0, 1]$ onto $[0, 1]$, with $K$ bins, and its knots and slopes are parameters themselves,
# given by no network. They are started from the training digits, with $x$ fed as $x/K$:
#
# - bin $k$ is the bin of level $k$, of width $\frac1K$, and the curve rises in it by the level's share $p_k$;
# - so the density in the bin is $K p_k$. At a knot between two bins the slope is the mean of both densities; at the two
#   ends it is the density of the bin there.
#
# From there widths, rises and slopes are learnt with the rest. (At the start the mass of every bin is that of the
# table, here with $s = 0.2$: $106.3$ nats on the test digits; the bound charges $107.8$, for inside a bin the density
# is not quite level.)
#
# **In numbers.** $K = 3$, shares $0.5, 0.3, 0.2$: densities $1.5, 0.9, 0.6$, slopes $1.5, 1.2, 0.75, 0.6$.
#
# The loss is the bound of section 8 again, at one draw of $u$, for a flow that takes $x/K$ and has the base
# $\mathcal N(0, I)$: with $z$ and $\mathrm{ladj}$ from its `inverse`,
#
# $$-\log p(x) = \tfrac12 \|z\|^2 + \tfrac D2 \log 2\pi - \mathrm{ladj} + D \log K .$$
#
# **In numbers.** $D = 1$, $K = 17$, $x = 8.5$, a flow $z = 2 \cdot \frac{x}{17}$: $z = 1$, $\mathrm{ladj} = \log 2$, so
# $0.5 + 0.9189 - 0.6931 + 2.8332 = 3.5590$ nats.


# %% tags=["given"]
from pushforward.flows.pixels import PixelCoupling, PixelSplines

CHESS = (torch.arange(8)[:, None] + torch.arange(8)).flatten() % 2 == 0  # the white fields of a board


class CurvesAndCouplings(torch.nn.Module):
    """x (N, 64), values 0 … 1, to noise and back: a curve for each pixel; then white fields move black ones, and in turn."""

    def __init__(self, rises, slopes, couplings=4, width=256, dropout=0.2):
        super().__init__()
        self.curves = PixelSplines.through(rises, slopes)
        known = [CHESS if k % 2 == 0 else ~CHESS for k in range(couplings)]
        self.couplings = torch.nn.ModuleList(PixelCoupling(where, width, 5, dropout) for where in known)

    def inverse(self, x, how=None):
        """z and log |det ∂z/∂x|; how: as `moved` tells it, zeros for pictures as they are."""
        how = x.new_zeros(len(x), 5) if how is None else how
        z, total = self.curves.inverse(x)
        for layer in self.couplings:
            z, ladj = layer.inverse(z, how)
            total = total + ladj
        return z, total

    def forward(self, z):
        """x and log |det ∂x/∂z|, of pictures as they are."""
        total, how = 0, z.new_zeros(len(z), 5)
        for layer in reversed(self.couplings):
            z, ladj = layer(z, how)
            total = total + ladj
        x, ladj = self.curves(z)
        return x, total + ladj


@torch.enable_grad()
def train_curves(steps, seed=0, batch=100, rate=1e-2, average=0.99):
    """(flow, history): curves from the training digits, then all of it by your start_of_curves and flow_nats."""
    torch.manual_seed(seed)
    flow = CurvesAndCouplings(*start_of_curves(pixel_log_p(TRAIN.long(), 17, 0.2).to(TRAIN)))
    optimiser = torch.optim.AdamW(flow.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.0)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min((k + 1) / 20, 0.5 + 0.5 * math.cos(math.pi * k / steps))
    )

    def turn(_):
        pictures, how = moved(TRAIN[torch.randint(len(TRAIN), (batch,))].reshape(-1, 8, 8), 0.5)
        levels = pictures.flatten(1)
        loss = flow_nats(lambda x: flow.inverse(x, how), levels + torch.rand_like(levels), 17).mean()
        return descend(loss, optimiser, pace)

    history = train(turn, flow, steps, seed=seed, average=average, label="curves and couplings")
    return flow.eval().requires_grad_(False), history


@functools.cache  # trained once, when first asked for; run this cell again after changing start_of_curves or flow_nats
def curves_run(seed=0):
    """The run that is judged."""
    return train_curves(budget(full=1500, graded=400, quick=10), seed)


# %% [markdown]
# The check asks your functions. It takes the 447 test digits, which no training has seen, adds noise of its own over
# whole bins, and works out the bound from your `digit_to_noise`. It does not take your log-determinant on trust: it
# compares it with the Jacobian of the map, and goes there and back with `digit_from_noise`.
#
# | budget | all marks for the number | a quarter of them |
# |---|---|---|
# | full, 1500 steps | at most 91 nats per test digit | 97 nats |
# | graded, 400 steps | 95 nats | 101 nats |
# | quick, 10 steps | only the form of the answers counts | |
#
# **Write** the start of the curves, the loss that the training needs, and both ways of the trained flow, in units of
# levels.


# %% tags=["solve:flow.train_digits"]
def start_of_curves(log_p):
    """rises, the shares p_dk, and slopes at the K + 1 knots: K p_d0, then K (p_d,k-1 + p_dk) / 2, at the end K p_d,K-1.

    log_p: (D, K), log shares of each pixel, K ≥ 2;  returns rises (D, K) and slopes (D, K + 1), of the type of log_p.
    """
    ### BEGIN SOLUTION
    p = log_p.exp()
    density = p.shape[1] * p
    return p, torch.cat([density[:, :1], (density[:, :-1] + density[:, 1:]) / 2, density[:, -1:]], dim=1)
    ### END SOLUTION


def flow_nats(inverse, x, K):
    """-log p(x) per unit of level, ½ ‖z‖² + D/2 log 2π - ladj + D log K, with z and ladj from inverse(x / K).

    inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂input| (N,); x: (N, D), values 0 … K, K ≥ 2; K: int ≥ 2;
    returns (N,), of the type of x.
    """
    ### BEGIN SOLUTION
    z, ladj = inverse(x / K)
    D = x.shape[1]
    return 0.5 * (z**2).sum(1) + 0.5 * D * math.log(2 * math.pi) - ladj + D * math.log(K)
    ### END SOLUTION


def digit_to_noise(x):
    """z and log |det ∂z/∂x| by the flow that curves_run() has trained, x = level + u with 17 levels.

    x: (N, 64), values between 0 and 17;  returns z (N, 64) and ladj (N,), with its graph.
    """
    ### BEGIN SOLUTION
    z, ladj = curves_run()[0].inverse(x / 17)
    return z, ladj - 64 * math.log(17)
    ### END SOLUTION


def digit_from_noise(z):
    """The way back: x with digit_to_noise(x) = z.

    z: (N, 64);  returns (N, 64), values 0 … 17; rounded down they are the picture's levels (17 itself counts as 16).
    """
    ### BEGIN SOLUTION
    return 17 * curves_run()[0](z)[0]
    ### END SOLUTION


# %% tags=["check:flow.train_digits:5"]
check("flow.train_digits")

# %% [markdown]
# ### The ladder, whole
#
# One more rung, which needs no training by steps at all: the curves alone, and then *one* normal distribution of their
# $z$, with a covariance of $64 \times 64$ as in notebook 01. **Predict** where it stands.

# %% tags=["demo"]
with waiting_for("start_of_curves", "flow_nats", "pixel_log_p", "spread_levels"):
    curves = CurvesAndCouplings(*start_of_curves(pixel_log_p(TRAIN.long(), 17, 0.2).to(TRAIN)))
    curves = curves.requires_grad_(False).eval()  # not trained: its couplings are still the identity
    z = torch.cat([curves.inverse(spread_levels(TRAIN, seed) / 17)[0] for seed in range(5)])
    bell = torch.distributions.MultivariateNormal(torch.zeros(64).to(z), z.T @ z / len(z))
    x = torch.cat([spread_levels(TEST, seed) for seed in range(4)])
    z, ladj = curves.inverse(x / 17)
    RUNGS["curves, then one normal ≤"] = float((64 * math.log(17) - ladj - bell.log_prob(z)).mean())
    RUNGS["curves and couplings ≤"] = float(flow_nats(curves_run()[0].inverse, x, 17).mean())
    told = ", ".join(f"{name.removesuffix(' ≤')} {nats:.1f}" for name, nats in RUNGS.items())
    show(draw_rungs(RUNGS, 3), alt=f"A bar for each model, in nats per picture and bits per dimension: {told}.")

# %% [markdown]
# Curves and a covariance, both read off the training digits, already beat all that the plain couplings learnt: the
# right *marginals* and straight ties between them are worth more than six layers without. And the trained flow goes
# nearly nine nats below that; it is the best model of digits so far. Notebooks 05, 08 and 16 will go lower still, the
# first with exact probabilities of every level, the others with bounds of another kind. What all have in common is the
# unit.
#
# How do they look? A likelihood is one thing, samples another (notebook 09):

# %% tags=["demo"]
with waiting_for("digit_from_noise", "to_line", "nats_of_levels"):
    start = torch.randn(14, 64, generator=torch.Generator().manual_seed(5)).to(TEST)
    rows = {
        "test digits": TEST[:14],
        "affine couplings": plain_run()[0].draw(start),
        "curves and couplings": digit_from_noise(start).floor().clamp(max=16),
    }
    show(
        draw_made({name: levels.reshape(-1, 8, 8) for name, levels in rows.items()}),
        alt="Three rows of fourteen pictures. Test digits; samples of the plain couplings, smears with grey speckles on the paper; "
        "samples of curves and couplings, on clean paper, some of them digits and many of them broken strokes.",
    )

# %% [markdown]
# **Question (3 points).** Three programs report on the same test digits: (a) "$-85.1$ nats, pixels on $[0, 1]$, full
# bins"; (b) "$2.2$ bits per dimension, bound"; (c) "$61$ nats, uniform noise on $[0, \frac12)$ added to levels
# $0, 1, \dots, 16$". Which is the best model, and what can be said of each?

# %% [markdown] tags=["written:flow.comparable:3"]
# ### BEGIN SOLUTION
# **Model answer.** Bring all to nats per picture in unit bins. (a) $-85.1 + 64 \log 17 = 96.2$ nats. (b)
# $2.2 \cdot 64 \cdot \log 2 = 97.6$ nats; the model may be better than that, since it is a bound (so is (a), if noise
# was added to the test digits). (c) The noise fills half a bin: a valid bound is $61 + 64 \log 2 = 105.4$ nats. So (a)
# is best as reported, hardly ahead of (b), and (c), which looks best, comes last.
#
# **Rubric**
# - (1) a: the change of units, 96.2
# - (0.5) b: 97.6
# - (1) c: half bins, add 64 log 2
# - (0.5) the order, and that a bound may be beaten by the model itself
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## What you can now do
#
# - write the loss of any flow, with any base, and say what each of its parts pushes against
# - tell a model's distance from the truth in nats, paired and with an error, and refuse a victory that is none
# - train couplings on points of the plane to within a few hundredths of a nat of the truth, and know what each trick of
#   the recipe is for
# - say what a temperature does to a flow's density, and what it does not
# - read off from the masks what can depend on what, and how many layers that takes
# - prove how much mass any push-forward of normal noise must leave between two sets, with a witness that it can be no
#   less
# - say what a bridge costs a flow, and where the price stands
# - turn whole numbers into points, and say what a density then promises about them
# - read a likelihood in nats, in bits per dimension or as a density, and find the slip in one that is too good
# - climb a ladder of simple models before training a large one
# - train a flow of curves and couplings on pictures, and prove what it is worth on pictures that it has not seen
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** A flow on the line has $z = f^{-1}(x) = x/2$ and the base $\mathcal N(0, 1)$. Give its mean negative log
# likelihood on the points $x = 2$ and $x = -2$.
#
# <details><summary>Answer</summary>
#
# $z = \pm 1$, ladj $= -\log 2$. $-\log p = \frac12 + 0.9189 + 0.6931 = 2.1121$ for both, so $2.1121$ nats.
#
# </details>
#
# **2.** On 10,000 points, $\log p - \log q$ has the mean $0.02$ and the standard deviation $0.5$. Is the gap different
# from 0? How many points would make its error $0.001$?
#
# <details><summary>Answer</summary>
#
# The error is $0.5/100 = 0.005$: four of them, so yes. $(0.5/0.001)^2 = 250{,}000$ points.
#
# </details>
#
# **3.** A generator pushes normal noise forward and stretches distances by a factor of 5 at most. Two parts of the data
# are 2 apart, and it gives both the same mass. How much of its mass lies between them at least?
#
# <details><summary>Answer</summary>
#
# $2\Phi(0.2) - 1 = 0.1585$: 16 %.
#
# </details>
#
# **4.** Six couplings in the plane, log-scales clamped at $|s| \le 2$, base $\mathcal N(0, I)$. Between which bounds
# does the flow's density at the image of $z = 0$ lie?
#
# <details><summary>Answer</summary>
#
# Each coupling changes one coordinate, so $|\mathrm{ladj}| \le 12$. $\log p = -1.8379 \pm 12$ at most: from
# $e^{-13.84}$ to $e^{10.16}$.
#
# </details>
#
# **5.** A flow of colour pictures, $32 \times 32 \times 3$ pixels with 256 levels, reports $-\log p = -12{,}000$ nats
# on $[0, 1]$. How many bits per dimension are that?
#
# <details><summary>Answer</summary>
#
# In unit bins $-12{,}000 + 3072 \log 256 = 5034.8$ nats; over $3072 \log 2$ that is $2.364$ bits.
#
# </details>
#
# **6.** One pixel; in the bin of level 0 a density is $1.5$ on the first half and $0.5$ on the second. What does the
# level cost honestly, and what does uniform dequantisation charge?
#
# <details><summary>Answer</summary>
#
# $P = \frac12 \cdot 1.5 + \frac12 \cdot 0.5 = 1$: nothing. The bound is $-\frac12 (\log 1.5 + \log 0.5) = 0.1438$ nats.
#
# </details>
#
# **7.** What is the log-determinant of $y = \operatorname{logit}(x/17)$ at $x = 8.5$, for one pixel?
#
# <details><summary>Answer</summary>
#
# $\log\frac1{17} - \log\frac12 - \log\frac12 = -2.8332 + 1.3863 = -1.4469$.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **8.** A colleague drops the log-determinant from the loss "because it only regularises". Her loss falls below that of
# any published model. What has her flow learnt to do, and which two numbers of a single run would have shown it?
#
# <details><summary>Answer</summary>
#
# To press all data onto the mode of the noise: without the price of stretching, the loss tends to $\frac D2\log 2\pi$,
# that of $z = 0$. It shows in the mean square of the noises of the data, which goes to 0 instead of 1, and in the mass
# of $e^{\log p}$ on a grid, which is not 1. (Or in samples: noise of size 1 lands far from all data.)
#
# </details>
#
# **9.** Two flows are compared on the same 1000 test points. Flow $a$ has $1.30 \pm 0.05$ nats, flow $b$
# $1.34 \pm 0.05$. "The intervals overlap, so nothing can be said." Right or wrong?
#
# <details><summary>Answer</summary>
#
# Wrong. These errors are those of each mean alone, and most of them is the difference between easy and hard points,
# which both flows share. What counts is the standard error of the 1000 differences. It may be $0.005$ (then $a$ leads
# by eight of them) or $0.05$; it has to be computed.
#
# </details>
#
# **10.** Couplings on three coordinates keep one each: first coordinate 1, then 2, then 3, then 1, … How many layers
# are needed until everything can depend on everything?
#
# <details><summary>Answer</summary>
#
# Layer 1 keeps 1: $x_2$ and $x_3$ take in $z_1$. Layer 2 keeps 2: $x_1$ and $x_3$ take in $\{1, 2\}$, so $x_1$ has
# $\{1, 2\}$, $x_3$ all, $x_2$ $\{1, 2\}$. Layer 3 keeps 3, which has all: now $x_1$ and $x_2$ have all. Three.
#
# </details>
#
# **11.** A flow is trained on digits that were shifted by up to two pixels, and tested on digits as they are. Is its
# bound valid? Why does it get better if the flow is told the shift, and asked with shift 0?
#
# <details><summary>Answer</summary>
#
# Valid: the bound holds for any density, whatever it was fitted to, as long as the test digits get noise over whole
# bins. Untold, the flow describes the mixture over all shifts, and a digit in its place gets only part of the mass.
# Told, it has a density for each shift, of which the one for shift 0 is used; the others still teach it what strokes
# look like.
#
# </details>
#
# **12.** Uniform noise leaves a gap. Let the noise come from a density $q(u \mid k)$ on the box instead. Which bound
# holds then, for which $q$ is it tight, and which $q$ gives back the bound of this chapter?
#
# <details><summary>Answer</summary>
#
# $\log P(k) = \log \mathbb E_q \frac{p(k + u)}{q(u \mid k)} \ge \mathbb E_q[\log p(k + u) - \log q(u \mid k)]$. The gap
# is $\mathrm{KL}(q \,\|\, p(\cdot)/P(k))$, so it is tight for $q(u \mid k) = p(k + u)/P(k)$. The uniform $q = 1$ gives
# back ours. (A second flow may learn $q$: variational dequantisation.)
#
# </details>
#
# **13.** (6 points) *Two islands.* Data lie in two parts of mass $\frac12$ each, at distance $\delta = 4$. A flow with
# base $\mathcal N(0, I)$ is trained on them. (a) At least which mass lies between them if the flow gives both the same
# mass and stretches by $L = 4$ at most, and at least how many nats does it lose by that? (b) Somebody wants less than 1
# % there. How steep must the map be somewhere? (c) She replaces the base by a mixture of two normals at distance $c$,
# both with covariance $I$. Why does that help, and which problem does it leave?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) $2\Phi(0.5) - 1 = 0.3829$, and $-\log(1 - 0.3829) = 0.4828$ nats.
#
# (b) (2 points) $\Phi^{-1}(0.505) = 0.01253$, so $L \ge 4/(2 \cdot 0.01253) = 159.6$.
#
# (c) (2 points) The noise itself has now little mass in the middle: of each normal only $\Phi(-c/2)$ lies beyond the
# middle, so a flow of small $L$ can map one hill to each island. But one has to know the number of islands and their
# shares beforehand, or learn them with the base; with three islands the problem is back.
#
# </details>
#
# **14.** (8 points) A program adds noise uniform on $[0, w)^D$, $w < 1$, to whole numbers, and reports
# $L = \mathbb E[-\log p(k + u)]$ after training. (a) By how much can the best reported $L$ lie below that of an honest
# program with the same kind of model? (b) Which valid bound follows from $L$? (c) You may call the trained density $p$
# at points of your choice. How do you find out that $w < 1$, and which $w$ it was?
#
# <details><summary>Answer</summary>
#
# (a) (3 points) A density can leave the rest of every box empty and be $w^{-D}$ times as high on the part that is asked
# about. Then $L$ is lower by $D \log \frac1w$. Not by more, if the models are free enough to be level within each box:
# by (b) such a model has an honest number of at most $L + D \log \frac1w$.
#
# (b) (3 points) $P(k) \ge \int_{[0,w)^D} p(k + u)\,du = w^D\,\mathbb E\,p(k + u)$, so by Jensen's inequality
# $-\log P(k) \le L + D \log \frac1w$.
#
# (c) (2 points) Compare $\log p(k + u)$ for $u$ in several parts of the box, around frequent pictures: it is high below
# $w$ and falls off sharply above, in each coordinate. Honest training leaves it about level over the box.
#
# </details>
#
# ## An open question
#
# A flow is one map for all. Every trick of this chapter fights its two constraints: it must be invertible, and as wide
# at the end as at the beginning. What if the layers were allowed to *add noise*, each a little? Then nothing has to be
# inverted, a bridge can be crossed by jumping, and no determinant is left; but the exact likelihood is gone as well,
# and only a bound remains. Notebooks 15 and 16 go that way, and notebook 17 finds, at its end, a flow again.

# %% tags=["given"]
total()
