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
# # 01 · What makes a generative model
#
# Look at a thousand handwritten digits, and you can write another one. What have you learnt? Not the thousand
# pictures: you will not repeat any of them. Not a rule either: nobody can say what makes a squiggle a three. You have
# learnt which pictures are *likely*. A generative model is that knowledge as a mathematical object: a **probability
# distribution** over everything that could be seen, fitted to the little that has been seen.
#
# This chapter is about that object. What must a function obey to be a density? Why is one single number, the integral
# that makes it 1, so hard to get that whole families of models exist only to go round it? What exactly is minimised
# when a model is fitted? How do you sample, and what else is a density good for? And what happens if you fit the
# simplest density of all to pictures?
#
# You need: integrals; the normal distribution, mean and covariance; determinant, inverse and eigenvectors of a matrix;
# of this course, nothing but notebook 00. Time: {{time}}; sections 1 to 6 and 8 are the core. Labels such as 003 say
# where a topic comes from; notebook 00 lists these sources.

# %% tags=["given"]
import math

import torch
from IPython.display import display

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits
from pushforward.figures.densities import (
    compete,
    draw_contest,
    draw_families,
    draw_lies,
    draw_pixel_gaussian,
    fit_explorer,
)
from pushforward.figures.style import show
from pushforward.train import budget
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_families(),
    alt="Four graphs side by side, each with the way its family writes a density. Autoregressive models: a chain x1, x2, x3, in "
    "which each variable has arrows from all before it. Flows: three variables z, joined with three variables x by "
    "arrows that lead both ways. Bayesian networks with latent variables: one z with arrows to x1, x2 and x3. Markov random fields: four variables in a "
    "square, joined by lines without direction. Below each graph stand its formula, whether the density is exact, bounded or known up to a "
    "constant, and the notebooks about it.",
)

# %% [markdown]
# ## The picture: four ways to write down a distribution
#
# Every dot is a random variable (a pixel $x_i$, or something that nobody observes, $z$), and a line says that two of
# them have something to do with each other directly. There are only a few ways to build a distribution of many
# variables out of small parts, and each has founded a family of models (003).
#
# - **Autoregressive**: any distribution is $p(x_1)\, p(x_2 \mid x_1)\, p(x_3 \mid x_1, x_2) \cdots$. Each factor is a
#   distribution of *one* variable, and those are easy. The price: you sample one pixel after the other.
# - **Flow**: push noise $z$ through an invertible map. The arrows lead both ways, so the density can be had back. The
#   price: the map must be invertible.
# - **Bayesian network with latent variables**: noise $z$ first, then everything else given $z$. Sampling is easy; the
#   density sums over all $z$ that could have been the cause. Unless these are few, or all is linear and normal, it can
#   only be bounded (VAEs, diffusion). If $x$ is a *function* of $z$ one can even give up on the density altogether
#   (GANs).
# - **Markov random field**: no arrows, just a number that says how well neighbours fit, $\exp(-E(x))$. You may write
#   down anything. The price: it is a density only after division by a constant that nobody can compute (energy-based
#   models), unless one learns a quantity in which the constant does not appear (score-based models).
#
# Rings that are not filled are variables that nobody observes. Read the line *density* under each graph. **What is
# exact in one family is a bound, or a mystery, in the next**, and this trade between *tractable* and *flexible* is the
# theme of the whole course. To see why there is a trade at all, we start with the thing that is traded: the constant.
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $\Omega$, $A$, $B$ | `P` | everything that can happen; events; the numbers $P(A)$ |
# | $p(x)$, $\log p(x)$ | `log_p` | a density, and its logarithm; always the natural one, so its unit is the *nat* |
# | $f(x) = e^{u(x)}$ | `u` | a positive function that is no density yet |
# | $Z = \int f(x)\, dx$ | `log_z` | its integral, the **normalising constant**: $p = f/Z$ |
# | $p^*$, $p_\theta$ | | the distribution of the data, and that of a model with parameters $\theta$ |
# | $D$, $d$ | `D`, `d` | number of dimensions |
#
# ### Before you begin
#
# Three things that you have met already; answer them on paper, then unfold.
#
# **1.** (Notebook 00) $z \sim \mathcal N(0, 1)$ and $x = 3 + 2z$. What are the mean and the variance of $x$?
#
# <details><summary>Answer</summary>
#
# The mean is 3, the variance $2^2 = 4$. Standardising, $(x - 3)/2$, takes you back to $z$.
#
# </details>
#
# **2.** (Notebook 00) Can you compute $\mathbb E[h(f(z))]$ without knowing the density of $f(z)$?
#
# <details><summary>Answer</summary>
#
# Yes: average $h(f(z))$ over draws of $z$. Averages under a push-forward need samples only. The density is another
# matter, and that is what this chapter is about.
#
# </details>
#
# **3.** (School) What is $\int_{-\infty}^{\infty} e^{-x^2/2}\,dx$?
#
# <details><summary>Answer</summary>
#
# $\sqrt{2\pi} = 2.5066$. That is why the density of $\mathcal N(0, 1)$ has $1/\sqrt{2\pi} = 0.3989$ in front.
#
# </details>

# %% [markdown]
# ## 1 · What a probability must obey
#
# Three rules are enough (Kolmogorov 1933). Let $\Omega$ be the set of everything that can happen, and let every event
# $A \subseteq \Omega$ have a number $P(A)$. The numbers are a probability if
#
# 1. $P(A) \ge 0$ for every event;
# 2. $P(\Omega) = 1$: something happens;
# 3. $P(A \cup B) = P(A) + P(B)$ whenever $A$ and $B$ are **disjoint**, that is, cannot both happen (and likewise for a
#    sequence of events, each two of which are disjoint).
#
# The word *disjoint* is missing from the third rule in 003, and without it no probability would obey: of a die,
# $P(\text{even}) + P(\text{at most } 4) = \frac12 + \frac23$ is more than 1, since 2 and 4 have been counted twice.
#
# **In numbers.** Two outcomes, so four events: $\varnothing$, $\{0\}$, $\{1\}$, $\Omega$. Numbering an event by the
# binary digits of the outcomes in it, these are $0, 1, 2, 3$. The numbers $P = (0,\ 0.5,\ 0.6,\ 1)$ break the third
# rule: $\{0\}$ and $\{1\}$ are disjoint, and $0.5 + 0.6 \ne 1$. $(0,\ 0.3,\ 0.3,\ 0.6)$ break the second one only, and
# $(0,\ {-0.1},\ 1.1,\ 1)$ only the first.
#
# ### A density is no probability
#
# On the line, or in the space of pictures, single points have probability 0, and one describes $P$ by a **density**:
# $P(A) = \int_A p(x)\,dx$. The three rules then ask just two things of $p$: that $p(x) \ge 0$, and that
# $\int p(x)\,dx = 1$; the third is a property of integrals. Nothing forbids $p(x) > 1$. The uniform density on
# $[0, 0.1]$ is 10 everywhere, and $\mathcal N(0, 0.01^2)$ reaches $39.89$. So the 0.83 that 003 gives for
# $p(x, y = \text{bicycle})$ is no probability of 83 %: $x$ is a picture with real-valued pixels, and in other units the
# number would be another one. **A log density above 0 is no error**, and it is no achievement either, until the unit is
# stated (section 7).
#
# ### Which functions can be made into one?
#
# Take any $f(x) \ge 0$ and divide by its integral, $p = f/Z$. "Just pick a family of functions that are positive", says
# 003, and names $x^2$ and $e^x$. On the whole line neither will do: **their $Z$ is infinite**. Positive is not enough;
# $f$ must also fall fast enough on both sides. How fast is fast enough? $\frac{1}{1 + x^2}$ falls fast enough
# ($Z = \pi$). And $\frac{1}{1 + |x|}$?
#
# The answers to this exercise are **witnesses**: not "yes" or "no", but an object that proves the claim, and the check
# verifies the proof.
#
# **Write** `broken_axiom`, which looks for events that break a rule, and `too_much`, which finds an interval that holds
# more than any given mass, where there is one. (`A & B` is the intersection of two events in this numbering, `A | B`
# the union, and `A & B == 0` says that they are disjoint; the empty event, 0, is disjoint from every event. Where $Z$
# is finite for one of the seven functions, it is less than 4.)


# %% tags=["solve:density.axioms"]
def broken_axiom(P):
    """Events that show which of Kolmogorov's axioms P breaks: a list of whole numbers.   (003 axioms)

    P: (M,), float64, one number for each event, M = 4, 8 or 16;  returns [] if P is a probability, else one of: [1, A] with
    P[A] < 0; [2], if P of the whole (the last event) is not 1; [3, A, B] with A and B disjoint and P[A | B] ≠ P[A] + P[B].
    Event A holds outcome k if bit k of A is 1. Numbers that differ by less than 1e-6 count as equal.
    """
    ### BEGIN SOLUTION
    events = range(len(P))
    for A in events:
        if P[A] < -1e-6:
            return [1, A]
    if abs(P[-1] - 1) > 1e-6:
        return [2]
    for A in events:
        for B in events:
            if A & B == 0 and abs(P[A | B] - P[A] - P[B]) > 1e-6:
                return [3, A, B]
    return []
    ### END SOLUTION


def too_much(f, mass):
    """An interval [a, b] on which f has an integral of more than `mass`; [] if f has a finite Z on the line.   (003 positive)

    f: one of the seven words "x^2", "exp(x)", "1", "exp(-x^2)", "exp(-|x|)", "1/(1+x^2)", "1/(1+|x|)"; mass: float
    in [10, 100];  returns [a, b] with a < b, or []; a and b are finite floats.
    """
    ### BEGIN SOLUTION
    ends = {
        "x^2": [0.0, (3 * mass) ** (1 / 3) + 1],
        "exp(x)": [-1.0, math.log(mass + 1) + 1],
        "1": [0.0, mass + 1],
        "1/(1+|x|)": [0.0, math.exp(mass + 1)],  # the integral from 0 to b is log(1 + b)
    }
    return ends.get(f, [])
    ### END SOLUTION


# %% tags=["check:density.axioms:3"]
check("density.axioms")

# %% [markdown]
# ## 2 · The constant on a grid
#
# In one dimension $Z$ is no mystery. Lay a grid over the line, with points $\Delta$ apart, and add up strips:
#
# $$Z = \int e^{u(x)}\,dx \approx \sum_{i=1}^N e^{u_i}\,\Delta, \qquad \log p_i = u_i - \log Z .$$
#
# Why $u = \log f$, and not $f$? Because the numbers are hopeless otherwise. The log density of a photograph is in the
# thousands, and $e^{-1000}$ is 0 in every float type that you will meet here, $e^{1000}$ infinite. So everything
# in this course happens in **log space**, and sums are formed by
#
# $$\log \sum_i e^{u_i} = m + \log \sum_i e^{u_i - m}, \qquad m = \max_i u_i .$$
#
# The largest term of the new sum is $e^0 = 1$. Nothing can overflow, and what underflows does not matter. (The trick is
# called *log-sum-exp*. You may write it or call it.)
#
# **In numbers.** $u = (1, 2, 3)$, $\Delta = 0.1$: $\sum e^{u_i} = 30.193$, so $\log Z = \log 3.0193 = 1.1050$ and
# $\log p = (-0.105, 0.895, 1.895)$. The densities are $0.900$, $2.447$ and $6.652$. They add up to 10, and times
# $\Delta$ to 1. With $u = (1001, 1002, 1003)$ the densities are *the same*, and $\log Z = 1001.105$: a constant added
# to $u$ changes $Z$, and nothing else.
#
# **Write** both.


# %% tags=["solve:density.log_normaliser"]
def log_normaliser(u, dx):
    """log Z = log Σ_i exp(u_i) dx, the logarithm of the integral of exp(u) over a grid.   (003 normalise)

    u: (N,); dx: float > 0, the distance of two points of the grid;  returns log Z, a number.
    """
    ### BEGIN SOLUTION
    return torch.logsumexp(u, dim=0) + math.log(dx)
    ### END SOLUTION


def log_density(u, dx):
    """log p_i = u_i − log Z: the log density at each point of the grid.

    u: (N,); dx: float > 0, the distance of two points of the grid;  returns (N,), of the type of u.
    """
    ### BEGIN SOLUTION
    return u - log_normaliser(u, dx)
    ### END SOLUTION


# %% tags=["check:density.log_normaliser:2"]
check("density.log_normaliser")

# %% [markdown]
# ## 3 · The curse of dimension
#
# A grid of 100 points per axis costs 100 evaluations on the line and $100^d$ in $d$ dimensions. The digits of this
# course have $d = 64$ pixels of 17 levels each: $17^{64} \approx 5.6 \cdot 10^{78}$ pictures, about as many as there
# are atoms in the visible universe. Nobody will ever visit them all. This is the **curse of dimension**, and the grid
# has it in its purest form.
#
# The usual way out is to draw points at random. An integral is a mean, $\int f(x)\,dx = \mathbb E_q[f(x)]$ for uniform
# $q$ on the unit cube, and the mean of $n$ independent draws has the standard error $\sigma_f/\sqrt n$. **There is no
# $d$ in that rate.** Four times the draws halve the error, in 2 dimensions as in 2000. Does Monte Carlo lift the curse,
# then?
#
# Look at the constant. Let $f(x) = \prod_{i=1}^d f_1(x_i)$ be a product of equal factors, with mean $m$ and relative
# variance $v = \operatorname{Var} f_1 / m^2$ each. The factors are independent, so means *and* second moments multiply:
#
# $$\frac{\operatorname{Var} f}{(\mathbb E f)^2} = \frac{\mathbb E f^2}{(\mathbb E f)^2} - 1 = (1 + v)^d - 1,
# \qquad \text{relative error}^2 = \frac{(1 + v)^d - 1}{n} .$$
#
# The rate has no $d$ in it. The constant grows exponentially in $d$. As $d$ grows, all of $f$ comes to sit in a tiny
# corner, and blind draws miss it.
#
# **In numbers.** $f_1(x) = 2x$ on $[0, 1]$ has $m = 1$, $\mathbb E f_1^2 = \frac43$, $v = \frac13$. One dimension:
# relative variance $0.3333$; ten: $(4/3)^{10} - 1 = 16.76$; a hundred: $3.1 \cdot 10^{12}$. An error of 1 % takes
# $3333$, $167{,}577$ and $3.1 \cdot 10^{16}$ draws. And the grid: a million evaluations at 10 points per axis pay for
# $d = 6$ exactly.
#
# **Write** the three. Mind two traps of floating point. The dimension of a grid is a question about whole numbers, and
# $\log 1000 / \log 10$ is $2.9999999999999996$. And $(1 + v)^d - 1$ loses its digits where $v$ is tiny, for the 1
# drowns them: `math.expm1` and `math.log1p` are there for that.


# %% tags=["solve:density.curse"]
def largest_dimension(per_axis, budget):
    """The largest d for which a grid of per_axis points along each axis has at most `budget` points: per_axis^d ≤ budget.

    per_axis: int ≥ 2; budget: int ≥ 1;  returns d, a whole number, 0 if not even one axis can be paid.
    """
    ### BEGIN SOLUTION
    d = 0
    while per_axis ** (d + 1) <= budget:
        d += 1
    return d
    ### END SOLUTION


def relative_variance(v, d):
    """Var f / (E f)² = (1 + v)^d − 1 for a product f of d independent factors with relative variance v each.

    v: float in [0, 4], as small as 1e-12; d: int, 1 … 400;  returns a number.
    """
    ### BEGIN SOLUTION
    return math.expm1(d * math.log1p(v))
    ### END SOLUTION


def draws_needed(v, d, error):
    """The n at which the mean of n draws of that f has the relative standard error `error` (as a real number).

    v: float in [0, 4], as small as 1e-12; d: int, 1 … 400; error: float in (0, 1];  returns n, a number.
    """
    ### BEGIN SOLUTION
    return relative_variance(v, d) / error**2
    ### END SOLUTION


# %% tags=["check:density.curse:2"]
check("density.curse")

# %% [markdown]
# ## 4 · Monte Carlo, aimed
#
# Blind draws miss the corner in which $f$ sits. So do not draw blindly: draw from a **proposal** $q$ that knows
# roughly where it is, and take back the preference by a weight:
#
# $$Z = \int f(x)\,dx = \int q(x)\, \frac{f(x)}{q(x)}\,dx = \mathbb E_q[w], \qquad w = \frac{f(x)}{q(x)}, \qquad
# \hat Z = \frac1N \sum_{i=1}^N w_i .$$
#
# This is **importance sampling**. If $q$ were exactly $f/Z$, each weight would be $Z$, and one draw would do. How far
# is the estimate off? From the same weights, with $\bar w = \hat Z$:
#
# $$\text{relative error} = \frac{1}{\bar w}\sqrt{\frac{1}{N}\cdot\frac{1}{N - 1} \sum_i (w_i - \bar w)^2} .$$
#
# The square root of $\frac1N$ times the variance: the *standard error* of the mean, which shrinks as you draw more.
# The standard deviation of the weights does not.
#
# **In numbers.** Three draws with weights $1, 2, 6$: $\hat Z = 3$, $\log \hat Z = 1.0986$. The squared deviations add
# up to $4 + 1 + 9 = 14$, the variance is $7$, the standard error $\sqrt{7/3} = 1.528$, relative to 3: $0.5092$.
#
# ### When the error bar lies
#
# The formula estimates the spread of the weights *from the weights that were drawn*. Suppose $q$ falls faster than $f$
# far out, "has lighter tails". There the weights are huge; but $q$ never draws there. Take $f(x) = e^{-x^2/2}$, whose
# $Z$ we know, and $q = \mathcal N(0, s^2)$. The mean square of the weights is
#
# $$\mathbb E_q[w^2] = \int \frac{f(x)^2}{q(x)}\,dx = s\sqrt{2\pi} \int e^{-c x^2} dx, \qquad c = 1 - \frac{1}{2 s^2} .$$
#
# If $c > 0$ the integral is $\sqrt{\pi/c}$. If $c \le 0$, that is, $s^2 \le \frac12$, the integrand does not fall, and
# the variance of the weights is **infinite**. An estimate $\hat Z$ is still right on average. Its error bar is
# computed without a complaint, from finitely many numbers, and means nothing.
#
# **In numbers.** $s = 2$: $c = \frac78$, $\mathbb E_q w^2 = 2\sqrt{2\pi}\sqrt{8\pi/7} = 9.499$; over $Z^2 = 2\pi$ it
# is $1.512$, so the relative variance is $0.512$. For $s = 1$ it is 0. For $s = 0.5$, $c = -1$: infinite.
#
# **Write** the estimate in log space (`u` is $\log f$ at the draws, `log_q` is $\log q$ there), the relative variance
# as a function of $s$, and a witness: a scale $s$ at which the error bar lies, so that in a run of 1000 draws the truth
# is more than two reported errors away in at least *six runs of ten*. (For an honest one that happens in one of
# twenty.)


# %% tags=["solve:density.monte_carlo_z"]
def importance_z(u, log_q):
    """log of Z = mean of w = exp(u − log_q), and the standard error of that mean, over the mean.   (003 Z)

    u: (N,), N ≥ 2; log_q: (N,);  returns a dict of two numbers: "log_z" and "relative_error" (N − 1 below the variance).
    """
    ### BEGIN SOLUTION
    log_w = u - log_q
    w = (log_w - log_w.max()).exp()
    return {
        "log_z": torch.logsumexp(log_w, dim=0) - math.log(len(log_w)),
        "relative_error": w.std() / math.sqrt(len(w)) / w.mean(),
    }
    ### END SOLUTION


def weight_variance(s):
    """Var_q[w] / (E_q w)² for f = exp(−x²/2) and q = N(0, s²): infinite if 2 s² ≤ 1.

    s: float > 0;  returns a number ≥ 0, or infinity.
    """
    ### BEGIN SOLUTION
    return s**2 / math.sqrt(2 * s**2 - 1) - 1 if 2 * s**2 > 1 else math.inf
    ### END SOLUTION


def lying_scale():
    """A scale s at which Z of exp(−x²/2), from 1000 draws of N(0, s²), is more than two reported errors off in 6 runs of 10.

    returns s, a number between 0.05 and 20.
    """
    ### BEGIN SOLUTION
    return 0.2
    ### END SOLUTION


# %% tags=["check:density.monte_carlo_z:4"]
check("density.monte_carlo_z")

# %% [markdown]
# Thirty runs of 1000 draws each, for each of three proposals: yours, which lies; one a little wider than $f$; and one
# that is much too wide. Predict before you run: which error bars are the longest, and which ones hold the truth?

# %% tags=["demo"]
with waiting_for("importance_z", "lying_scale"):
    dice = torch.Generator().manual_seed(1)
    runs = {}
    for s in (float(lying_scale()), 1.3, 5.0):
        found = []
        for _ in range(30):
            x = s * torch.randn(1000, generator=dice, dtype=torch.float64)
            parts = importance_z(-(x**2) / 2, -(x**2) / (2 * s**2) - math.log(s * math.sqrt(2 * math.pi)))
            found.append((math.exp(float(parts["log_z"])), float(parts["relative_error"])))
        runs[s] = found
    truth = math.sqrt(2 * math.pi)
    missed = {s: sum(abs(z - truth) > 2 * z * error for z, error in found) for s, found in runs.items()}
    words = ", ".join(f"{n} with s = {s:.2g}" for s, n in missed.items())
    show(
        draw_lies(runs, truth),
        alt="Three panels of thirty estimates with error bars of two standard errors, and a line at the truth, the root of two pi. "
        f"So many of the thirty miss the line: {words}.",
    )

# %% [markdown]
# The wide proposal wastes draws, and says so. The narrow one is *biased in practice*: nearly every run comes out too
# low, and the mean is mended by a rare run that comes out absurdly high. Wasteful is safe; narrow is not. Whoever
# proposes should have **heavier** tails than what is proposed for. And no number computed from the draws alone can warn
# you of what was never drawn.
#
# ### Detective: which of these is no error bar?
#
# You get functions that claim to compute the relative error of `importance_z`, from `u` and `log_q`. Some do, each in
# its own way; one of them in single precision. Others confuse $N$, $\sqrt N$ and $N - 1$, or weigh otherwise, or
# forget what the error is relative to, or break where numbers are large. Your test calls a suspect on draws of your
# choice and says whether it is right.
#
# What you know by heart: `u` $= (\log 1, \log 2, \log 6)$ and `log_q` $= 0$ give $0.5092$.
#
# **Write** the test.


# %% tags=["solve:density.catch_error_bar"]
def is_relative_error(implementation):
    """True if the function computes the relative standard error of importance_z, False if it does not.

    implementation: takes u (N,) and log_q (N,), both float64, and gives a number, a float or a tensor; call it on draws of your
    choice (values only: no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    dice = torch.Generator().manual_seed(0)
    for n, height in ((2, 0.0), (5, 1.0), (9, -2.0), (6, 1000.0), (6, -1000.0), (40, 0.5)):
        u = height + torch.randn(n, generator=dice, dtype=torch.float64)
        log_q = torch.randn(n, generator=dice, dtype=torch.float64)
        for a, b in ((u, log_q), (log_q, u)):
            if not abs(float(implementation(a, b)) - float(importance_z(a, b)["relative_error"])) < 1e-5:
                return False
    return True
    ### END SOLUTION


# %% tags=["check:density.catch_error_bar:2"]
check("density.catch_error_bar")

# %% [markdown]
# ## 5 · Fitting: the normal distribution by maximum likelihood
#
# So far $f$ was given. Now it is to be *learnt*: there are samples $x_1, \dots, x_N$ and a family $p_\theta$. **Maximum
# likelihood** takes the $\theta$ under which the samples are least surprising,
#
# $$\hat\theta = \arg\max_\theta \frac1N \sum_{i=1}^N \log p_\theta(x_i) .$$
#
# Of the families in many dimensions that let the coordinates depend on each other, few have a $Z$ in closed form. The
# best-known of them is the normal distribution, so start there:
#
# $$\log \mathcal N(x;\, \mu, C) = -\tfrac12 (x - \mu)^\top C^{-1} (x - \mu) - \tfrac12 \log\det C - \tfrac D2 \log 2\pi .$$
#
# Setting the derivative with respect to $\mu$ to zero gives $C^{-1}\sum_i (x_i - \mu) = 0$, so $\hat\mu$ is the mean.
# With that, as a function of the precision $C^{-1}$ the mean log-likelihood is
# $-\frac12 \operatorname{tr}(C^{-1}\hat C) + \frac12\log\det C^{-1}$ plus a constant, where
#
# $$\hat C = \frac1N \sum_{i=1}^N (x_i - \hat\mu)(x_i - \hat\mu)^\top,$$
#
# and its derivative, $\frac12(C - \hat C)$, vanishes at $C = \hat C$. **With $N$ below**: the version with $N - 1$ is
# unbiased, and not the most likely one. For the log density use a Cholesky factor $L$ of $C = LL^\top$, or `slogdet`:
# in 64 dimensions of width $0.001$ the determinant is $10^{-384}$, which is 0 in every float type of torch.
#
# **In numbers.** $x = (0,0), (2,0), (1,3)$: $\hat\mu = (1, 1)$ and
# $\hat C = \begin{pmatrix} 2/3 & 0 \\ 0 & 2 \end{pmatrix}$ (with $N - 1$: 1 and 3). And
# $C = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}$, $x = (2, 1)$, $\mu = 0$: the determinant is 3,
# $C^{-1} = \frac13\begin{pmatrix} 2 & -1 \\ -1 & 2\end{pmatrix}$, the quadratic term $x^\top C^{-1} x = 2$, and
# $\log p = -1 - \frac12\log 3 - \log 2\pi = -3.387$.
#
# **Write** the fit and the log density.


# %% tags=["solve:density.gaussian_mle"]
def gaussian_mle(x):
    """(mu, C): the normal distribution of maximum likelihood, C with N below.   (003 Gaussian)

    x: (N, D);  returns mu (D,) and C (D, D), both of the type of x.
    """
    ### BEGIN SOLUTION
    mu = x.mean(0)
    return mu, (x - mu).T @ (x - mu) / len(x)
    ### END SOLUTION


def gaussian_log_p(x, mu, cov):
    """log N(x; mu, cov) = −½ (x − mu)ᵀ cov⁻¹ (x − mu) − ½ log det cov − D/2 log 2π, for each row of x.

    x: (B, D); mu: (D,); cov: (D, D), symmetric, its eigenvalues are positive;  returns (B,), of the type of x.
    """
    ### BEGIN SOLUTION
    L = torch.linalg.cholesky(cov)
    white = torch.linalg.solve_triangular(L, (x - mu).T, upper=False)  # (D, B)
    half_log_det = L.diagonal().log().sum()
    return -0.5 * white.pow(2).sum(0) - half_log_det - 0.5 * len(mu) * math.log(2 * math.pi)
    ### END SOLUTION


# %% tags=["check:density.gaussian_mle:2"]
check("density.gaussian_mle")

# %% [markdown]
# ### With a prior: maximum a posteriori
#
# With few samples the likelihood alone is reckless: from one sample it concludes $\hat\sigma = 0$. A **prior** on the
# parameters holds it back, and the mode of prior times likelihood is the *maximum a posteriori*, MAP (003). For one
# dimension the customary prior is normal–inverse-gamma,
#
# $$\mu \mid \sigma^2 \sim \mathcal N(m_0, \sigma^2/\kappa_0), \qquad p(\sigma^2) \propto (\sigma^2)^{-\alpha_0 - 1} e^{-\beta_0/\sigma^2} .$$
#
# Take logarithms and collect. As a function of $\mu$ everything is a sum of squares, as if there were $\kappa_0$
# further samples at $m_0$. With $S = \sum_i (x_i - \bar x)^2$, the best $\mu$ and what is left there are
#
# $$\hat\mu = \frac{\kappa_0 m_0 + n \bar x}{\kappa_0 + n}, \qquad
# E = 2\beta_0 + S + \frac{\kappa_0 n}{\kappa_0 + n} (\bar x - m_0)^2 .$$
#
# The rest is $-a \log\sigma^2 - E/(2\sigma^2)$, with its top at $\sigma^2 = E/(2a)$. Now count the powers of $\sigma^2$
# *carefully*: $n/2$ from the likelihood, $\frac12$ from the prior of $\mu$ (its width has a $\sigma$ in it),
# $\alpha_0 + 1$ from that of $\sigma^2$. Together $2a = 2\alpha_0 + n + 3$:
#
# $$\hat\sigma^2 = \frac{E}{2\alpha_0 + n + 3} .$$
#
# **And now the catch.** A colleague writes the same model in terms of $\log\sigma$, since then nothing must be kept
# positive. It is the same prior, the same likelihood, the same posterior *distribution*. But the density of
# $\log\sigma$ has a factor more, $d\sigma^2/d\log\sigma = 2\sigma^2$ (mass stays; notebook 02 is about nothing else).
# Its power of $\sigma^2$ is one less, and its top is at $E/(2\alpha_0 + n + 1)$. **A MAP estimate depends on the
# parametrisation.** Maximum likelihood does not: a likelihood is no density of $\theta$, and nothing is multiplied.
#
# **In numbers.** $x = (1, 3)$, $m_0 = 0$, $\kappa_0 = \alpha_0 = \beta_0 = 1$: $\hat\mu = \frac43$,
# $E = 2 + 2 + \frac23 \cdot 4 = 6.667$. In $(\mu, \sigma^2)$: $6.667/7 = 0.952$. In $(\mu, \log\sigma)$:
# $6.667/5 = 1.333$. (Maximum likelihood: mean 2, variance 1.)
#
# **Write** both modes. Your answer is the witness that they differ.


# %% tags=["solve:density.gaussian_map"]
def gaussian_map(x, m0, kappa0, alpha0, beta0):
    """The mode of the posterior of a normal with a normal–inverse-gamma prior, in two parametrisations.   (003 MAP)

    x: (N,); m0: float; kappa0, alpha0, beta0: floats > 0;  returns a dict of three numbers: "mu"; "variance", σ² at
    the mode of the density of (mu, σ²); "variance_log_sigma", σ² at the mode of the density of (mu, log σ).
    """
    ### BEGIN SOLUTION
    n, mean = len(x), x.mean()
    E = 2 * beta0 + (x - mean).pow(2).sum() + kappa0 * n / (kappa0 + n) * (mean - m0) ** 2
    return {
        "mu": (kappa0 * m0 + n * mean) / (kappa0 + n),
        "variance": E / (2 * alpha0 + n + 3),
        "variance_log_sigma": E / (2 * alpha0 + n + 1),
    }
    ### END SOLUTION


# %% tags=["check:density.gaussian_map:2"]
check("density.gaussian_map")

# %% [markdown]
# ## 6 · What does maximum likelihood minimise?
#
# A picture to keep in mind (003): the data live in one space, as a cloud of points; models live in another, each of
# them a *single* point there. The truth $p^*$ is a point, too, most likely outside of the family that we can reach.
# Fitting means to go to the model that lies *nearest* to $p^*$. Nearest in what sense?
#
# The **Kullback–Leibler divergence** compares two densities by the mean of a log ratio,
#
# $$\mathrm{KL}(p \,\|\, q) = \mathbb E_p\left[\log \frac{p(x)}{q(x)}\right] \ge 0, \qquad = 0 \text{ only if } p = q .$$
#
# It is not symmetric: the average is taken under the first one. Put the truth there, and look at what depends on
# $\theta$:
#
# $$\mathrm{KL}(p^* \,\|\, p_\theta) = \underbrace{\mathbb E_{p^*}[\log p^*(x)]}_{\text{no } \theta} - \mathbb E_{p^*}[\log p_\theta(x)]
# \approx \text{const} - \frac1N\sum_i \log p_\theta(x_i) .$$
#
# **Maximum likelihood minimises $\mathrm{KL}(p^* \,\|\, p_\theta)$**, the *forward* divergence, and needs no more of
# the truth than samples. The *reverse* one, $\mathrm{KL}(p_\theta \,\|\, p^*)$, needs samples of the model and the
# *density* of the truth. We do not have that for data. We do have it for a posterior, which is why notebook 06 uses the
# reverse one.
#
# ### One hill on two
#
# The two part ways when the model cannot reach the truth. Let $p$ be a mixture of normals,
# $\sum_k w_k\, \mathcal N(m_k, s_k^2)$, and $q = \mathcal N(\mu, \sigma^2)$ a single one.
#
# **Forward.** $-\mathbb E_p[\log q] = \frac12 \log(2\pi\sigma^2) + \mathbb E_p[(x - \mu)^2]/2\sigma^2$, so the best $q$
# has the mean and the variance of $p$:
#
# $$\mu = \sum_k w_k m_k, \qquad \sigma^2 = \sum_k w_k s_k^2 + \sum_k w_k (m_k - \mu)^2 .$$
#
# It covers both hills, and puts its own top into the valley between them. Wherever $p$ has mass and $q$ none, the log
# ratio is large: forward *covers*.
#
# **Reverse.** $\mathbb E_q[\log q - \log p]$ is large where $q$ has mass and $p$ none: reverse *avoids* the valley, and
# prefers one hill. There is no closed form, but with $x = \mu + \sigma t$ it is an integral over a normal $t$, which a
# grid does perfectly well:
#
# $$\mathrm{KL}(q \,\|\, p) = -\log\sigma - \tfrac12\log 2\pi - \tfrac12 - \mathbb E_t\big[\log p(\mu + \sigma t)\big] .$$
#
# **In numbers.** Hills of width 1 at $\pm 2$, equal weights. Forward: $\mu = 0$, $\sigma^2 = 1 + 4 = 5$,
# $\sigma = 2.236$. Reverse, for $q = \mathcal N(2, 1)$, right on one hill: $0.6327$ nats. If the hills stand at $\pm 4$
# it is $0.6931$, as good as $\log 2$: half of the mass is missing, and that is all it costs.
#
# **How many best points are there?** Forward always one. Reverse, for hills at $\pm m$ of width 1: up to $m = 2$ one,
# and from $m = 2.5$ on **three**: one near each hill, and one in the middle, wide enough to reach both. For $m = 2.5$
# the middle is still the lowest ($0.481$ nats, against $0.666$); for $m = 3$ it is the hills ($0.689$, against
# $0.841$). Where a descent ends depends on where it starts.
#
# **Write** the forward fit, the reverse divergence, and a witness: all three minima, for $m$ between 3 and 6.
# (`reverse_kl` gets $\mu$ and $\sigma$ as tensors, so that you can descend by its gradient: make `mu` and `log_sigma`
# with `requires_grad=True`, and `torch.autograd.grad(loss, (mu, log_sigma))` gives both slopes. Stepping along
# $\log\sigma$ keeps $\sigma$ positive. Start the one in the middle with a *wide* $q$: a narrow one stands on a ridge
# there, and the least rounding sends it down to one of the sides.)


# %% tags=["solve:kl.forward_reverse"]
def forward_fit(weights, mus, sigmas):
    """argmin over q = N(mu, sigma²) of KL(p ‖ q), p = Σ_k weights_k N(mus_k, sigmas_k²): what maximum likelihood finds.

    weights: (K,), positive, their sum is 1; mus: (K,); sigmas: (K,), positive;  returns a dict of two numbers: "mu", "sigma".
    """
    ### BEGIN SOLUTION
    mu = (weights * mus).sum()
    variance = (weights * sigmas**2).sum() + (weights * (mus - mu) ** 2).sum()
    return {"mu": mu, "sigma": variance.sqrt()}
    ### END SOLUTION


def reverse_kl(mu, sigma, weights, mus, sigmas):
    """KL(q ‖ p) in nats for q = N(mu, sigma²) and p = Σ_k weights_k N(mus_k, sigmas_k²), to three digits.

    mu: (), without axes; sigma: (), without axes, positive; weights: (K,), positive, their sum is 1; mus: (K,); sigmas: (K,),
    positive;  returns a number.
    """
    ### BEGIN SOLUTION
    t = torch.linspace(-7, 7, 701).to(mu)
    q = torch.softmax(-(t**2) / 2, dim=0)  # the weights of a standard normal on the grid
    x = mu + sigma * t
    hills = weights.log() - ((x[:, None] - mus) / sigmas) ** 2 / 2 - sigmas.log()  # (T, K), without log 2π / 2
    return -sigma.log() - 0.5 - (q * torch.logsumexp(hills, dim=1)).sum()
    ### END SOLUTION


def reverse_minima(m):
    """The three minima (mu, sigma) of KL(N(mu, sigma²) ‖ p) for p = ½ N(−m, 1) + ½ N(m, 1), in any order.

    m: float in [3, 6];  returns three pairs of numbers, at which both slopes, by mu and by log sigma, are below 0.01.
    """

    ### BEGIN SOLUTION
    def descend(mu, sigma):
        mu, log_sigma = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (mu, math.log(sigma)))
        step = 0.3 / sigma**2  # a wide hill is steep in log sigma
        half, hills = torch.tensor([0.5, 0.5]).double(), torch.tensor([-m, m]).double()
        for _ in range(60):
            loss = reverse_kl(mu, log_sigma.exp(), half, hills, torch.ones(2).double())
            for value, slope in zip((mu, log_sigma), torch.autograd.grad(loss, (mu, log_sigma)), strict=True):
                value.data -= step * slope
        return mu.item(), log_sigma.exp().item()

    return [descend(*start) for start in ((-m, 1.0), (0.0, m), (m, 1.0))]
    ### END SOLUTION


# %% tags=["check:kl.forward_reverse:4"]
check("kl.forward_reverse")

# %% [markdown]
# Fit it by hand. Drag $\mu$ and $\sigma$ of your one hill; the bars show both divergences in nats, and the mark on each
# bar is the least that can be had. Try to make the forward bar short, then the reverse one. Then pull the hills apart,
# and try again.

# %% tags=["demo"]
with waiting_for("forward_fit", "reverse_kl"):
    display(fit_explorer(forward_fit, reverse_kl))

# %% [markdown]
# Which one is "right"? A model of data that must not leave anything out, a compressor say, wants the forward one: what
# it has left out costs it dearly. A model that must show one good picture, and never a bad one, wants the reverse one.
# Neither of them makes a single hill into two: **the better cure is a better family.**

# %% [markdown]
# ## 7 · Are pictures normal?
#
# For exam marks and body heights, "compute mean and variance, then sample" is a fine generative model (003). Are
# pictures normal, too? We shall fit a normal distribution to the digits, the whole of it: 64 means, and a covariance of
# $64 \times 64$. But first: in which unit do we measure how good it is?
#
# ### Nats, bits, and the width of a bin
#
# The pixels of a picture are whole numbers, $0, 1, \dots, L - 1$. So a picture has a *probability*, and $-\log_2$ of it
# is the number of bits that it costs in the best code for that model. A density knows no probabilities of single
# pictures. Give each level a bin of its own, of width $w$; then the probability of a level is about $p\,w$, and that of
# a picture of $D$ pixels $p(x)\,w^D$:
#
# $$\text{bits per dimension} = \frac{1}{\log 2}\left(\frac{-\log p(x)}{D} - \log w\right), \qquad
# w = \frac{\text{high} - \text{low}}{L} .$$
#
# Here $[\text{low}, \text{high}]$ is what all the bins together fill. Keep the levels as they are, $0 \dots 16$, each
# the centre of a bin of width 1: then they fill $[-\frac12, 16\frac12]$, $\log w = 0$, and nats can be read off
# directly. Scale until these bins fill $[0, 1]$, and $w = \frac1{17}$: the density is $17^{64}$ times as large, the log
# density $64 \log 17 = 181.3$ nats larger, *for the same model*. Here is a density far above 1, and nobody has learnt
# anything. ($\frac1{17}$, not $\frac1{16}$: 17 levels fill 17 bins. If the *levels* end at 0 and 1 instead, they are
# $\frac1{16}$ apart, so that is $w$, and the bins reach from $-\frac1{32}$ to $1\frac1{32}$. And $[-1, 1]$ is two wide:
# if the bins fill it, $w = \frac2{17}$, and whoever forgets the 2 makes every pixel look one bit dearer than it is.)
#
# **In numbers.** $131.5$ nats in unit bins, $D = 64$: $131.5/64/0.6931 = 2.964$ bits. The same model on $[0, 1]$
# reports $131.5 - 181.3 = -49.8$ nats, and $(-49.8/64 + 2.833)/0.6931 = 2.964$ bits again. Knowing nothing costs
# $\log_2 17 = 4.087$ bits.
#
# **Write** the conversion.


# %% tags=["solve:density.bits_per_dim"]
def bits_per_dim(nats, dims, levels, low, high):
    """(nats / dims − log w) / log 2: bits per dimension, where w is the width of one of the bins that fill [low, high].

    nats: (B,), −log density of each picture; dims: int ≥ 1; levels: int ≥ 2, the number of bins; low, high: floats,
    high > low;  returns (B,), of the type of nats.
    """
    ### BEGIN SOLUTION
    width = (high - low) / levels
    return (nats / dims - math.log(width)) / math.log(2)
    ### END SOLUTION


# %% tags=["check:density.bits_per_dim:2"]
check("density.bits_per_dim")

# %% [markdown]
# ### The normal distribution of the digits
#
# A density on whole numbers can be made as high as one likes, by spikes on the levels: a normal with variance 0 in a
# pixel that is always 0 has an infinite likelihood. The cure is to *blur*: add noise, uniform on $(-\frac12, \frac12)$,
# to each pixel, so that each level fills its bin. (Notebook 04 shows that a density fitted to blurred pictures gives a
# bound on the probability of the sharp ones: the nats stated here are never too good.) Blurring leaves the means as
# they are and adds the variance of the noise,
#
# $$\int_{-1/2}^{1/2} t^2\,dt = \frac1{12}, \qquad\text{so}\qquad \mu = \hat\mu, \quad C = \hat C + \tfrac1{12} I .$$
#
# What does a picture then cost on average, over the noise $t$? The noise enters a quadratic form, and
# $\mathbb E[t^\top C^{-1} t] = \frac1{12}\operatorname{tr} C^{-1}$. So without drawing any,
#
# $$\mathbb E_t\big[-\log p(x + t)\big] = -\log \mathcal N(x; \mu, C) + \tfrac1{24} \operatorname{tr} C^{-1} .$$
#
# **In numbers.** One pixel, levels $0$ and $2$: $\mu = 1$, $C = 1 + \frac1{12} = 1.0833$. Each costs
# $\frac12 \cdot \frac{1}{1.0833} + \frac12\log(2\pi \cdot 1.0833) + \frac{1}{24 \cdot 1.0833} = 0.4615 + 0.9590 + 0.0385 = 1.459$
# nats. (It should be $\log 2 = 0.693$; but a bell is not two spikes.)
#
# ### How to see that something is not normal
#
# If $x$ is normal, so is *every* projection $v \cdot x$. And a normal number $y$ has
# $\mathbb E[(y - m)^4] = 3\,\big(\mathbb E[(y - m)^2]\big)^2$. The **excess kurtosis**
#
# $$\frac{\frac1N\sum_i (y_i - \bar y)^4}{\big(\frac1N\sum_i (y_i - \bar y)^2\big)^2} - 3$$
#
# is about 0 for normal data (give or take $\sqrt{24/N}$), large for spiky ones and down to $-2$ for two equal spikes.
# One direction in which it is far from 0 shows that the data are not normal. **In numbers.** $y = (0, 0, 0, 4)$: mean
# 1, fourth powers $1 + 1 + 1 + 81$, mean $21$; squares $1 + 1 + 1 + 9$, mean 3: $21/9 - 3 = -0.67$. For $0$ and $2$ in
# equal parts: $1/1 - 3 = -2$.
#
# **Write** the fit, the cost, and a witness: a direction in which given data are not normal. (Columns and principal
# axes, the eigenvectors of $\hat C$, are where to look. Mind a column that is constant.)


# %% tags=["solve:density.is_gaussian"]
def fit_pixels(pictures):
    """(mu, C) of maximum likelihood for pictures blurred by uniform noise on (−½, ½): mean, and covariance + I/12.

    pictures: (N, D), N ≥ 2;  returns mu (D,) and C (D, D), both of the type of pictures. (The covariance may have N or
    N − 1 below.)
    """
    ### BEGIN SOLUTION
    mu, cov = gaussian_mle(pictures)
    return mu, cov + torch.eye(len(mu)).to(cov) / 12
    ### END SOLUTION


def pixel_nats(pictures, mu, cov):
    """−log N(x + t; mu, cov) in nats for each picture x, averaged over the noise t, uniform on (−½, ½) in each pixel.

    pictures: (B, D); mu: (D,); cov: (D, D), symmetric, its eigenvalues are positive;  returns (B,), of the type of pictures.
    """
    ### BEGIN SOLUTION
    return -gaussian_log_p(pictures, mu, cov) + torch.linalg.inv(cov).trace() / 24
    ### END SOLUTION


def telling_direction(x):
    """A direction v in which x is not normal: the excess kurtosis of x·v is below −1 or above 1.   (003 non-canonical)

    x: (N, D), float64, N ≥ 100, where a column or a principal axis is such a direction;  returns v (D,), not 0.
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(0)
    axes = torch.cat([torch.eye(x.shape[1]).to(x), torch.linalg.eigh(centred.T @ centred)[1]], dim=1)
    y = centred @ axes
    variance = y.pow(2).mean(0)
    excess = torch.where(variance > 1e-9 * variance.max(), y.pow(4).mean(0) / variance**2 - 3, 0.0)
    return axes[:, excess.argmin() if excess.min() < -1 else excess.argmax()]
    ### END SOLUTION


# %% tags=["check:density.is_gaussian:4"]
check("density.is_gaussian")

# %% [markdown]
# Now look at what you have fitted, and at what it costs on pictures that it has not seen.

# %% tags=["demo"]
with waiting_for("fit_pixels", "pixel_nats", "bits_per_dim", "telling_direction"):
    train, test = (digits(part)[0].double().reshape(-1, 64) for part in ("train", "test"))
    mu, cov = fit_pixels(train)
    nats = pixel_nats(test, mu, cov)
    bits = bits_per_dim(nats, 64, 17, -0.5, 16.5)
    print(f"test digits: {float(nats.mean()):.1f} nats per picture, {float(bits.mean()):.2f} bits per pixel")
    dice = torch.Generator().manual_seed(3)
    samples = mu + torch.randn(12, 64, generator=dice).double() @ torch.linalg.cholesky(cov).T
    show(
        draw_pixel_gaussian(test[:12], samples, train, telling_direction(train)),
        alt="Twelve test digits; below them twelve samples of the normal distribution, grey smears in the middle of the picture with "
        "now and then the shadow of a stroke, and pixels below paper white and above full ink. On the right the histogram of the training digits "
        "along the telling direction: two tall spikes with little between them, nothing like the bell of the same mean and variance drawn over it.",
    )

# %% [markdown]
# $131.5$ nats, $2.96$ bits per pixel. That is far better than the $4.09$ bits of knowing nothing, and the number to
# beat for every later chapter. (They are measured alike from here on: 17 levels in unit bins, the 447 test digits, nats
# per picture. Notebook 16 asks for 89 or less, and gets there.)
#
# And the samples? Smears. A covariance knows that neighbouring pixels go together, but a normal distribution is *one*
# hill. Half-way between a 0 and a 1, where there is nothing, it is never lower than at the lower of the two; and it
# puts ink below 0 and above 16, since a bell has no edge. A likelihood that is not bad, and samples that fool nobody:
# keep that in mind for notebook 09.
#
# ## 8 · Where the samples are
#
# In one dimension the samples of a bell lie around its top. Carry that picture to 64 dimensions, and it is wrong. Let
# $z \sim \mathcal N(0, I_d)$. Its squared length is a sum of $d$ independent squares, each of mean 1 and variance 2:
#
# $$\lVert z \rVert^2 \text{ has mean } d \text{ and standard deviation } \sqrt{2d}, \qquad \lVert z \rVert \approx \sqrt d \pm \tfrac{1}{\sqrt 2} .$$
#
# So the samples lie in a **thin shell** of radius $\sqrt d$. Its thickness does not grow with $d$ at all. The top of
# the density is at 0, and nobody is there: the density is highest at 0, but there is next to no *room* near 0, and
# probability is density times volume. The shell is called the *typical set*. **The most probable point is no sample.**
#
# How odd is a point? Its log density is $-\frac12\lVert z\rVert^2$ up to a constant, with mean $-\frac d2$ and standard
# deviation $\sqrt{d/2}$ under the model itself. In these units a point stands at
#
# $$s(z) = \frac{d - \lVert z \rVert^2}{\sqrt{2d}} .$$
#
# A sample has an $s$ between $-3$ and $3$ or so. The origin has $s = \sqrt{d/2}$, which is $5.66$ for $d = 64$: *too*
# probable to be a sample.
#
# It matters when you **blend** two samples $a$ and $b$. Half-way on the straight line, $\frac12(a + b)$ has variance
# $\frac14 + \frac14 = \frac12$ per coordinate: it has left the shell. The cure is to divide by the root of what the
# variance has become:
#
# $$y_t = \frac{(1 - t)\,a + t\,b}{\sqrt{(1 - t)^2 + t^2}} .$$
#
# If $a$ and $b$ are independent draws of $\mathcal N(0, I)$, so is each $y_t$.
#
# **In numbers.** $d = 2$, $z = (1, 1)$: $s = (2 - 2)/2 = 0$. $z = 0$: $s = 1$. $a = (1, 0)$, $b = (0, 1)$,
# $t = \frac12$: $y = (0.707, 0.707)$, and not $(0.5, 0.5)$.
#
# **Write** the three. `typical_shell` is a witness: radii that are at most 6 apart, *whatever the dimension*, and
# between which at least 99 % of the mass lies.


# %% tags=["solve:density.typical_set"]
def oddness(z):
    """s = (d − ‖z‖²) / √(2d): by how many standard deviations log N(z; 0, I) lies above its mean.   (003 dimension)

    z: (B, d);  returns (B,), of the type of z.
    """
    ### BEGIN SOLUTION
    d = z.shape[1]
    return (d - z.pow(2).sum(1)) / math.sqrt(2 * d)
    ### END SOLUTION


def typical_shell(d):
    """Radii r < R with R − r ≤ 6 and P(r ≤ ‖z‖ ≤ R) ≥ 0.99 for z ~ N(0, I) in d dimensions.

    d: int, 1 … 1000000;  returns (r, R), two numbers, r ≥ 0.
    """
    ### BEGIN SOLUTION
    middle = math.sqrt(d)
    return max(0.0, middle - 2.9), middle + 2.9
    ### END SOLUTION


def blend(a, b, t):
    """y = ((1 − t) a + t b) / √((1 − t)² + t²): again N(0, I) if a and b are independent draws of it.

    a, b: (B, d); t: float in [0, 1];  returns (B, d), of the type of a.
    """
    ### BEGIN SOLUTION
    return ((1 - t) * a + t * b) / math.hypot(1 - t, t)
    ### END SOLUTION


# %% tags=["check:density.typical_set:2"]
check("density.typical_set")

# %% [markdown]
# The shell is no trick of the normal distribution. Among all texts of a thousand words there is a most probable
# one, and nobody would write it.
#
# ## 9 · Sampling: from a probability to a place
#
# Once $p(x)$ is known one can draw from it, says 003. On the line that is even easy, and the recipe is the seed of
# notebooks 02 and 07. Let $F(x) = \int_{-\infty}^x p$ be the *distribution function*: how much mass lies to the left.
# If $u$ is uniform on $(0, 1)$, then
#
# $$x = F^{-1}(u) \quad\text{has the density } p, \qquad\text{since}\quad P(x \le a) = P(u \le F(a)) = F(a) .$$
#
# Uniform noise in, samples out: a push-forward of which you know *everything*, for any density on the line. Two
# examples.
#
# - **Waiting times**, $p(x) = \lambda e^{-\lambda x}$ for $x > 0$: $F(x) = 1 - e^{-\lambda x}$, so
#   $x = -\log(1 - u)/\lambda$. ($-\log(u)/\lambda$ has the same distribution, and is a *decreasing* map: not $F^{-1}$.)
# - **Steps**: heights $h_1, \dots, h_{K-1} \ge 0$ between edges $e_1 < \dots < e_K$, as in a histogram. The mass of a
#   step is height *times width*. Walk along until the running mass reaches the share $u$ of the whole, and go on inside
#   that step by the share of *its* mass that is still missing.
#
# **In numbers.** $\lambda = 2$, $u = 0.5$: $x = 0.3466$. Edges $0, 1, 3, 4$, heights $2, 0, 6$: masses $2, 0, 6$, whole
# $8$. $u = 0.1$: $0.8$ of the first $2$, so $x = 0.4$. $u = 0.5$: $4$ of $8$, two of which are the first step's; two of
# the six of the last one, $x = 3 + \frac13$.
#
# In many dimensions there is no "left of", and this recipe takes a factor at a time: $x_1$ from $p(x_1)$, then $x_2$
# from $p(x_2 \mid x_1)$ and so on. That *is* the autoregressive sampler.
#
# **Write** both. (For tiny $u$, $\log(1 - u)$ loses its digits; `torch.log1p` does not. Steps of height 0 are skipped.)


# %% tags=["solve:density.inverse_cdf"]
def sample_exponential(u, rate):
    """x = F⁻¹(u) with F(x) = 1 − exp(−rate x): increasing in u, precise for tiny u, too.   (003 generative)

    u: (N,), values in (0, 1); rate: float > 0;  returns (N,), of the type of u.
    """
    ### BEGIN SOLUTION
    return -torch.log1p(-u) / rate
    ### END SOLUTION


def sample_steps(u, edges, heights):
    """x = F⁻¹(u) for the density that is proportional to heights[k] between edges[k] and edges[k + 1].

    u: (N,), values in (0, 1); edges: (K,), rising, K ≥ 2; heights: (K − 1,), ≥ 0, not all 0, their area need not be 1;  returns (N,), of the
    type of u.
    """
    ### BEGIN SOLUTION
    mass = heights * edges.diff()
    total = mass.cumsum(0)
    target = u * total[-1]
    k = torch.searchsorted(total, target).clamp(max=len(mass) - 1)
    missing = target - (total[k] - mass[k])
    return edges[k] + missing / heights[k]
    ### END SOLUTION


# %% tags=["check:density.inverse_cdf:2"]
check("density.inverse_cdf")

# %% [markdown]
# ## 10 · From generative to discriminative
#
# A **discriminative** model learns only $p(y \mid x)$: which class, given the picture. A **generative** one learns the
# joint, $p(x, y) = p(y)\, p(x \mid y)$, and can do the other's job by Bayes' rule:
#
# $$\log p(y \mid x) = \log p(x \mid y) + \log p(y) - \log \sum_{y'} p(x \mid y')\, p(y') .$$
#
# The last term is $\log p(x)$: what the discriminative model never learns. (003 calls it "prior"; the word belongs to
# $p(y)$.) Since $\log p(x \mid y)$ may be $-1000$ for every class, this is another sum to be formed in log space.
#
# The simplest $p(x \mid y)$ for black-and-white pixels takes them as independent, given the class: **naive Bayes**.
# Fitting is counting. For the pixels, two pictures more are counted in every class, one all white and one all black, so
# that no pixel is impossible:
#
# $$p(y = k) = \frac{N_k}{N}, \qquad P(x_j = 1 \mid y = k) = \frac{1 + \#\{\text{ones of pixel } j \text{ in class } k\}}{2 + N_k} .$$
#
# **In numbers.** Likelihoods $0.2$ and $0.6$, priors $\frac34$ and $\frac14$: products $0.15$ and $0.15$, so the
# posterior is $(\frac12, \frac12)$. The evidence says "second class, three to one", and the prior takes it back.
# Counting: class 0 has the pictures $(1, 0)$ and $(1, 1)$: $P = (\frac34, \frac24)$.
#
# **Write** both.


# %% tags=["solve:density.posterior"]
def log_posterior(log_lik, log_prior):
    """log p(y | x) = log p(x | y) + log p(y) − log Σ_y' p(x | y') p(y').   (003 discriminative)

    log_lik: (B, K), K ≥ 2; log_prior: (K,);  returns (B, K), of the type of log_lik.
    """
    ### BEGIN SOLUTION
    joint = log_lik + log_prior
    return joint - torch.logsumexp(joint, dim=1, keepdim=True)
    ### END SOLUTION


def fit_naive_bayes(x, y, classes):
    """(log_prior, p): log of each class's share (−∞ if it has none), and P(pixel = 1 | class) = (1 + ones) / (2 + pictures).

    x: (N, D), entries 0 and 1; y: (N,), int64, values 0 … K − 1; classes: int, their number K, from 3 to 10;  returns log_prior (K,)
    and p (K, D), of the type of x.
    """
    ### BEGIN SOLUTION
    member = torch.nn.functional.one_hot(y, classes).to(x)  # (N, K)
    pictures = member.sum(0)
    return (pictures / len(y)).log(), (1 + member.T @ x) / (2 + pictures[:, None])
    ### END SOLUTION


# %% tags=["check:density.posterior:2"]
check("density.posterior")

# %% [markdown]
# Now let it compete with a discriminative model, logistic regression, by number of training pictures. What counts is
# what the right class of a test picture costs, $-\log p(y \mid x)$ in nats: the whole posterior is judged, and not only
# which class comes first. Once on pictures that were drawn from a naive Bayes model, once on the real digits. Predict
# before you run: who wins where?

# %% tags=["demo"]
with waiting_for("log_posterior", "fit_naive_bayes"):
    found = compete(log_posterior, fit_naive_bayes, repeats=budget(3, 2, 1))
    ahead = {kind: min(both, key=lambda who: sum(both[who][0])) for kind, both in found.items()}
    show(
        draw_contest(found),
        alt="Two panels: nats per test picture against the number of training pictures, for naive Bayes and for logistic regression. "
        f"With the fewest training pictures, {' and '.join(f'{who} is ahead on {kind}' for kind, who in ahead.items())}.",
    )

# %% [markdown]
# On the left the generative model needs fewer pictures: at 200 it is already better than the other will be at 1000. On
# the right more pictures soon stop helping it. That is **Vapnik's objection** (quoted in 003): solve the problem at
# hand directly, and never a more general, harder one on the way.
#
# **Question (2 points; 003).** (a) Why does the objection hit naive Bayes on the real digits, but not on the pictures
# with independent pixels? (b) Name two tasks in which one needs $p(x)$ or $p(x, y)$ and a classifier $p(y \mid x)$,
# however good, cannot help, with a reason each.

# %% [markdown] tags=["written:density.vapnik:2"]
# ### BEGIN SOLUTION
# **Model answer.** (a) On the real digits naive Bayes has to describe how pixels depend on each other, cannot, and its
# errors there spoil the classes' odds (it counts the evidence of a stroke once per pixel). Logistic regression never
# models $x$. On independent pixels the detour costs nothing: the model is true, so its counts converge to the best
# classifier, and each class's counts need few pictures. (b) For instance: drawing new pictures, since $p(y \mid x)$
# says nothing about which $x$ exist; noticing that an input is unlike all training data, since a classifier spreads its
# probabilities over the known classes whatever it is shown; filling in missing pixels; learning from pictures without
# labels; compression.
#
# **Rubric**
# - (0.5) a: on real digits the assumption about $x$ is false, and the classifier inherits the error (or: the harder
#   problem is solved badly)
# - (0.5) a: where the assumption is true the detour is no loss, or saves data
# - (0.5) b: one task with the reason that it needs the density or samples of $x$
# - (0.5) b: another one
# - (up to 2) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## 11 · What it is good for, and how to build one
#
# 003 lists six uses of generative models: statistical inference, sampling, learning representations, pre-training,
# generalisation, and simulation.
#
# **Question (3 points; 003).** Give a concrete example for each of the six, and say for each which of the two is
# needed: to *evaluate* $p(x)$ (or a bound), or to *sample* from it.

# %% [markdown] tags=["written:density.six_uses:3"]
# ### BEGIN SOLUTION
# **Model answer.** *Inference*: how probable is this transaction under normal behaviour? Evaluate. *Sampling*:
# pictures, speech, text. Sample. *Representations*: the latent $z$ of a picture as input for another task. Neither
# strictly: it needs the latent given $x$, which is trained through the likelihood (evaluate). *Pre-training*: fit
# $p(x)$ to many unlabelled texts, then fine-tune on few labelled ones. Evaluate, since the training loss is the
# likelihood. *Generalisation*: with the joint $p(x, y)$ unlabelled data improve a classifier, or artificial samples
# extend a small set. Evaluate, or sample. *Simulation*: draw possible futures of the weather or of particle collisions,
# and average over them. Sample.
#
# **Rubric**
# - (1.5) an example that fits, a quarter for each of the six
# - (1.5) evaluate or sample, with a reason that fits the example, a quarter for each of the six
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ### Tractable or flexible
#
# Two forces pull at every model. *Tractable*: what you want to know can be computed, and the fit is easy. *Flexible*:
# any structure in the data can be represented. The normal distribution of section 7 is the most tractable of all;
# everything was a formula, and the samples were smears. $e^{-E(x)}/Z$ with a network for $E$ is the most flexible; and
# nothing can be computed. Each family in the opening picture is a compromise that buys tractability with one
# **assumption**.
#
# | family | training | likelihood | sampling | compression | representation |
# |---|---|---|---|---|---|
# | autoregressive | stable | exact | slow | lossless | no |
# | flows | stable | exact | fast or slow | lossless | yes |
# | implicit (GANs) | unstable | none | fast | no | no |
# | prescribed (VAEs, diffusion) | stable | a bound | fast (diffusion: slow) | lossy | yes |
# | energy-based | delicate | up to $Z$ | slow | hardly | yes |
#
# (003 prints this table from a textbook, with "stable" for energy-based models, which is generous. And a bound over
# levels can be turned into a code without loss, which is as long as the bound says. Notebook 20 measures each entry.)
#
# **Question (3 points; 003).** For each of the four graphs of the opening picture: what is the assumption that makes it
# tractable, and for which data, or which use, is just this assumption a bad one? Give a concrete example each, with the
# reason.

# %% [markdown] tags=["written:density.tractable:3"]
# ### BEGIN SOLUTION
# **Model answer.** *Autoregressive*: an order of the variables, and a normalised one-dimensional distribution for each
# given those before it. Bad where samples must come fast, as one high-resolution picture or a second of sound takes as
# many steps as it has values; or where nothing has an order, a set of atoms, say. *Flow*: an invertible map with a
# cheap determinant, so $x$ and $z$ have the same dimension, and the map cannot tear. Bad for data in separate clusters
# (a bridge remains), on thin sheets, or for discrete data such as text. *Bayesian network with latents*: a simple
# $p(x \mid z)$ and a guess at the posterior of $z$. Bad where exact likelihoods matter (lossless compression, comparing
# models by nats), or where pixels depend on each other in ways that $z$ does not carry: blurred pictures. *Markov
# field*: only the energy is modelled, and $Z$ is left out. Bad where likelihoods of new inputs are wanted in absolute
# numbers, or many independent samples soon: chains between distant modes take for ever.
#
# **Rubric**
# - (1.5) the assumption, three eighths for each of the four
# - (1.5) an example that it does not fit, with the reason, three eighths for each of the four
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ### Seven steps
#
# 003 closes with a recipe, a "minimum viable definition". (It has two steps of the number 6; here they are seven, with
# both in their place.)
#
# 1. **Family**: which of the graphs, given what you want to do with the model?
# 2. **Function**: which network, and which distribution does it put out (normal, 17 levels, yes or no)?
# 3. **Loss**: which distance between $p^*$ and $p_\theta$, and how can it be estimated from samples of $p^*$?
# 4. **Optimiser**: begin with a simple one (Adam, its usual settings).
# 5. **Train**, and watch data that are held out; choose the hyper-parameters by these, and by nothing else.
# 6. **Evaluate**: likelihoods of new inputs, in a stated unit.
# 7. **Sample**, and ask what it costs.
#
# **Question (3.5 points; 003).** Go through the seven steps for a problem of your choice (not digits), a sentence or
# two each. State the unit in step 6 and what could go wrong in one of the steps.

# %% [markdown] tags=["written:density.seven_steps:3.5"]
# ### BEGIN SOLUTION
# **Model answer.** (One of many.) Electricity use of a household, 24 hourly values, to simulate a street. 1. A flow:
# values are real, simulation wants fast samples, planning wants densities. 2. Coupling layers with small networks; base
# $\mathcal N(0, I)$; inputs are logs of the use. 3. Maximum likelihood: forward KL, a mean over days. 4. Adam,
# $10^{-3}$. 5. Held out are whole households, not days, or neighbouring days leak; the depth is chosen there. 6. Nats
# per day in units of log kWh, beside a normal distribution as baseline; the Jacobian of the logarithm if anybody
# compares in kWh. 7. One pass per day; check peaks and totals of simulated streets against real ones. What could go
# wrong: zeros in the data, whose logarithm is $-\infty$.
#
# **Rubric**
# - (3) a choice that fits the problem, with a reason, half a point for each of steps 1 to 4, 6 and 7 (step 6: with its
#   unit)
# - (0.5) step 5 holds data out, or something that could go wrong is named
# - (up to 3.5) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## What you can now do
#
# - test numbers against the three axioms, and prove with two disjoint events that they fail
# - normalise a function on a grid in log space, and say when there is no $Z$
# - say what the curse of dimension does to a grid, and what it does to Monte Carlo although its rate knows no dimension
# - estimate $Z$ with an error bar, and say when the error bar lies
# - fit a normal distribution by maximum likelihood and by MAP, and explain why one of the two depends on the
#   parametrisation
# - say which divergence maximum likelihood minimises, and what the other one would do
# - convert nats to bits per dimension, with the width of a bin in its place
# - show that data are not normal, and explain why the mode of a model is no sample
# - sample by the inverse distribution function, and turn a generative model into a classifier
#
# ## Misconceptions
#
# - *"The density is above 1, so there is a bug."* A density is per unit of $x$. In other units it is another number.
# - *"Any positive function can be normalised."* Only one whose integral is finite: $x^2$, $e^x$ and $\frac1{1 + |x|}$
#   have none on the line.
# - *"Monte Carlo does not suffer from the dimension."* Its rate does not. Its constant may grow like $(1 + v)^d$.
# - *"A small standard error means a good estimate."* Not if the proposal's tails are lighter than the integrand's.
# - *"MAP is maximum likelihood with a prior, so it too is the same in every parametrisation."* A prior is a density,
#   and its mode moves.
# - *"Maximum likelihood goes for one hill."* It is the reverse divergence that may settle on one: on the heaviest, if
#   they stand far apart, or on that where the descent began. Maximum likelihood covers all hills.
# - *"The most probable picture is a typical picture."* In many dimensions the mode has no room around it.
# - *"A lower number of nats is a better model."* Only in the same units, with the same bins, on the same data.
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** State Kolmogorov's three axioms. Which word is essential in the third?
#
# <details><summary>Answer</summary>
#
# $P(A) \ge 0$; $P(\Omega) = 1$; $P(A \cup B) = P(A) + P(B)$ for **disjoint** $A$, $B$ (and for sequences of events that
# are disjoint in pairs).
#
# </details>
#
# **2.** For which $a > 0$ can $f(x) = (1 + |x|)^{-a}$ be normalised on the line, and what is $Z$?
#
# <details><summary>Answer</summary>
#
# $\int_0^\infty (1 + x)^{-a} dx = \frac{1}{a - 1}$ for $a > 1$, so $Z = \frac{2}{a - 1}$; for $a \le 1$ it is infinite.
#
# </details>
#
# **3.** Show that maximum likelihood minimises a divergence. Which one, and in which order?
#
# <details><summary>Answer</summary>
#
# $\mathrm{KL}(p^* \| p_\theta) = \mathbb E_{p^*} \log p^* - \mathbb E_{p^*} \log p_\theta$. The first term does not
# depend on $\theta$, the second is estimated by the mean log-likelihood. So it is the forward one, with the truth
# first.
#
# </details>
#
# **4.** What are the four graphs of a distribution, and what is the status of the density in each: exact, bounded, up
# to a constant?
#
# <details><summary>Answer</summary>
#
# Autoregressive (exact), flow (exact), Bayesian network with latents (a bound; for a GAN nothing), Markov random field
# (up to the constant $Z$).
#
# </details>
#
# ### Longer: transfer
#
# **5.** A model of $32 \times 32 \times 3$ pictures with 256 levels, whose bins fill $[0, 1]$, reports
# $-\log p = -8000$ nats. How many bits per dimension are that? Is it better than a uniform model?
#
# <details><summary>Answer</summary>
#
# $D = 3072$. $(-8000/3072 + \log 256)/\log 2 = (-2.604 + 5.545)/0.693 = 4.243$ bits. The uniform model needs 8. A
# negative number of nats is no miracle: the unit is small.
#
# </details>
#
# **6.** Plain Monte Carlo estimates the mean of $f(x) = \prod_{i=1}^{20} 2x_i$ on the unit cube. How many draws for 5
# %? And if somebody draws each $x_i$ from the density $2x$?
#
# <details><summary>Answer</summary>
#
# $v = \frac13$, $(4/3)^{20} - 1 = 314.3$, over $0.05^2$: about $125{,}700$ draws. With the proposal $\prod 2x_i$ every
# weight is 1: one draw, no error.
#
# </details>
#
# **7.** $x = (0, 4)$, prior as in section 5 with $m_0 = 0$, $\kappa_0 = 2$, $\alpha_0 = 1$, $\beta_0 = 1$. Find the MAP
# in $(\mu, \sigma^2)$. What would a colleague who optimises over $\log\sigma$ report, and who is right?
#
# <details><summary>Answer</summary>
#
# $\hat\mu = \frac{2 \cdot 0 + 2 \cdot 2}{4} = 1$. $E = 2 + 8 + \frac{2 \cdot 2}{4} \cdot 4 = 14$.
# $\hat\sigma^2 = 14/(2 + 2 + 3) = 2$; the colleague has $14/5 = 2.8$. Both are: they maximise two different functions
# that describe the same posterior. If the difference matters, report the posterior and no single point.
#
# </details>
#
# **8.** (6 points) The noise of a trained model has 100 independent standard normal coordinates. Somebody averages ten
# such noises and decodes the mean. (a) What is the distribution of the mean, and what is $\lVert z \rVert^2$ about? (b)
# What does $s$ of section 8 say about that point? (c) What should have been done, and why is that right?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) Each coordinate is $\mathcal N(0, \frac1{10})$, so
# $\lVert z \rVert^2 \approx 100 \cdot \frac1{10} = 10$.
#
# (b) (2 points) $s = (100 - 10)/\sqrt{200} = 6.36$: far outside of what samples have. The model has never been asked
# about such a point.
#
# (c) (2 points) Multiply the mean by $\sqrt{10}$: then its coordinates are standard normal again.
#
# </details>
#
# ## An open question
#
# Everything here took for granted that the data *have* a density. Pictures, though, may lie on a thin sheet in the
# space of pixels, where the truth has no density at all, and where the likelihood of a good model grows without bound
# as it finds the sheet. What does "the best model" mean then? Blurring is one answer, and you used it in section 7.
# Notebooks 10, 14 and 21 have others.

# %% tags=["given"]
total()
