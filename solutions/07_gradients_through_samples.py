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
# # 07 · Gradients through samples
#
# A generative model throws dice, and training turns the screws of the dice. To turn them the right way you need
# the derivative of what came out with respect to a screw. But what came out is *random*: how does one
# differentiate a throw?
#
# There are two answers, and this chapter is about both. One asks how likely the throw was and never looks inside
# the outcome. The other finds the fixed noise behind the throw, and lets the outcome slide along as the screws
# turn. The second is what made variational autoencoders trainable, and notebook 08 rests on it. The log-normal
# distribution serves as the worked example, from the question "which function of normal noise has this
# distribution?" to a prior that a normal posterior can never satisfy.
#
# You need: the normal density, expectations, the chain rule, and what a KL divergence is (notebook 06). Time:
# {{time}}; sections 1, 2, 4 and 5 are the core. Labels such as 001 P2a say where a question comes from; notebook 00
# lists these sources.

# %% tags=["given"]
import math

import torch
from numpy.polynomial.hermite_e import hermegauss

from pushforward import check, hint, progress, restart, total
from pushforward.figures.explorer import estimator_explorer, slide_explorer
from pushforward.figures.gradients import draw_matching, draw_pulls, draw_two_ascents
from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, draw_paths, figure, show
from pushforward.train import budget
from pushforward.waiting import waiting_for, with_bar

# %% tags=["demo"]
dice = torch.Generator().manual_seed(7)
eps = torch.tensor([-1.8, -1.2, -0.75, -0.35, 0.0, 0.35, 0.75, 1.2, 1.8])
ranks = torch.distributions.Normal(0.0, 1.0).cdf(eps)  # the share of all draws that lies below each noise
show(
    draw_paths(eps, lambda mu, sigma: torch.distributions.LogNormal(mu, sigma).icdf(ranks), mu=0.0, sigma=0.5),
    alt="Left: nine values of normal noise beside a bell curve. Middle: the nine samples they become, as curves over mu; "
    "all rise, the upper ones faster. Right: the same over sigma; the curves fan out from one point, upper ones rise, the "
    "middle one stays, lower ones fall. Arrows mark the slope of each curve.",
)

# %% [markdown]
# ## The picture
#
# On the left, nine values of noise, drawn once and then held. In the middle and on the right, the nine samples of
# a log-normal distribution that they become, as its parameters $\mu$ and $\sigma$ move. Nothing is drawn anew
# while a parameter moves: **each sample slides along a path of its own**, and keeps its colour.
#
# A path has a slope, and the slope is a derivative of *this sample* with respect to *this parameter*. Turn $\mu$
# up and all samples rise, the large ones fastest. Turn $\sigma$ up and they spread: those above the middle rise,
# those below it fall. If a sample then goes through a network, the chain rule carries the slope along. That is all
# there is to "backpropagating through a sample". What the picture does not show is the formula of the paths: you
# will derive it.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 06) $q = \mathcal N(1, 0.5^2)$, $p = \mathcal N(0, 1)$. Compute $\mathrm{KL}(q \,\|\, p)$ from its
# three parts.
#
# <details><summary>Answer</summary>
#
# Trace $0.25$, mean $1$, log det $\log 4 = 1.3863$, so $\frac12(0.25 + 1 - 1 + 1.3863) = 0.8181$ nats.
#
# </details>
#
# **2.** (Notebook 06) By how much does the ELBO miss $\log p(x)$, and when by nothing?
#
# <details><summary>Answer</summary>
#
# By $\mathrm{KL}\big(q(z) \,\|\, p(z \mid x)\big)$, which is 0 only for the posterior itself. To climb the bound is to
# fit $q$: this chapter is about the gradient of that climb.
#
# </details>
#
# **3.** (Notebook 02) $x = T(\epsilon)$ with an increasing, smooth $T$ and $\epsilon \sim \mathcal N(0, 1)$. What is
# $\Pr(x \le a)$? And the density of $x$?
#
# <details><summary>Answer</summary>
#
# $x \le a$ happens when $\epsilon \le T^{-1}(a)$, so it is the normal distribution function at $T^{-1}(a)$. The density
# at $x = T(\epsilon)$ is $\mathcal N(\epsilon;\, 0, 1) / T'(\epsilon)$: the slope of $T$ divides. (Section 4 goes the
# way back: from the distribution to $T$.)
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $\epsilon$ | `eps` | standard normal noise; always an *argument*, never drawn inside a function |
# | $z$ | `z` | a sample, $z \sim q$ |
# | $\mu, \sigma$ | `mu`, `sigma` | parameters of $q$; $\sigma > 0$ is a standard deviation, its square a variance |
# | $\log\sigma^2$ | `log_var` | what many encoder networks return in place of $\sigma$, since it may be any real number |
# | $f$ | `f` | what is averaged: a reward, a loss, a log likelihood. It takes a batch of rows, (N, D), and gives one number for each, (N,) |
# | $F,\ Q$ | | distribution functions: $F$ of a normal, $Q$ of a log-normal |
# | $\mathbb E$ | | an expectation, over the noise or over $q$: the same thing said twice |
#
# Reports of the checks show some $f$ as `polynomial(c, cross)`: that is
# $f(z) = \sum_d \sum_k c_{kd}\, z_d^k + \text{cross} \cdot \prod_d z_d$.

# %% [markdown]
# ## 1 · How likely was it?
#
# We want the gradient of an average,
#
# $$J(\theta) = \mathbb E_{z \sim q_\theta}[f(z)] = \int f(z)\, q_\theta(z)\, dz ,$$
#
# and the parameters $\theta$ sit in the distribution that the average is taken over. Differentiate under the integral:
# $\nabla J = \int f(z)\, \nabla q_\theta(z)\, dz$. This is no longer an average over $q_\theta$, so it cannot be
# estimated from samples. (The swap of derivative and integral needs a $q_\theta$ whose support, the set where it is
# positive, stays where it is while $\theta$ moves, and $|f\, \nabla q_\theta|$ below something integrable. Section 3
# shows what happens otherwise.) One line makes it one. Since $\nabla \log q = \nabla q / q$, we have
# $\nabla q = q\, \nabla \log q$, and
#
# $$\boxed{\nabla J = \mathbb E_{z \sim q_\theta}\big[\, f(z)\; \nabla_\theta \log q_\theta(z) \,\big] .}$$
#
# This is the **score-function estimator** (also REINFORCE, or the likelihood-ratio estimator), and
# $\nabla_\theta \log q_\theta(z)$ is the score *with respect to the parameters*. (Notebooks 14 and 16 call the
# derivative by $z$ a score as well. For $\mu$ the two differ in their sign, so watch what you differentiate by.)
#
# Read it like this: throw, look at the result $f(z)$, and make throws like this one more likely in proportion to
# how good it was. $f$ itself is never differentiated. It may be a step, a game, a human being.
#
# **A baseline.** The score has mean zero, because (by the same swap)
# $\mathbb E[\nabla \log q] = \int \nabla q = \nabla \int q = \nabla 1 = 0$. So for any constant $b$
#
# $$\nabla J = \mathbb E\big[\, (f(z) - b)\; \nabla_\theta \log q_\theta(z) \,\big] ,$$
#
# with the same mean and, if $b$ is chosen well, much less noise: "better than usual" is a better signal than
# "good".
#
# In the picture, ten samples $z$ and the reward $f(z) = 2 + \sin z$. Each sample pulls at $\mu$ with its own term.

# %% tags=["demo"]
throws = 0.2 + 1.2 * torch.tensor([-1.6, -1.1, -0.7, -0.4, -0.1, 0.1, 0.4, 0.7, 1.1, 1.6])
show(
    draw_pulls(throws, lambda z: 2 + torch.sin(z[:, 0]), 0.2, 1.2, [0.0, 2.0]),
    alt="Ten samples under a bell curve, each with an arrow that says how its term would move mu. Left, without a baseline: "
    "all rewards are positive, every sample pulls towards itself, and long arrows to both sides nearly cancel. Right, with "
    "the baseline 2: good samples on the right pull, bad ones on the left push away, so nearly all arrows point to the right, "
    "and they are shorter. The mean of the terms is the same.",
)

# %% [markdown]
# Without a baseline (left) every sample says "come to me", the good ones a little louder, and what counts is the small
# difference of large pulls. With it (right) the good ones pull and the bad ones push, nearly all to the same side. The
# mean of the terms is the same; the scatter is not.
#
# Now make it concrete for $q = \mathcal N(\mu, \operatorname{diag} \sigma^2)$ in $D$ dimensions. Write down
# $\log q$ for one coordinate, differentiate it by $\mu_d$ and by $\sigma_d$. The second derivative has two parts,
# for $\sigma_d$ stands in the exponent *and* in the normaliser.
#
# **In numbers.** $f(z) = z$, $\mu = 0$, $\sigma = 2$, baseline $0.5$. For the sample $z = 3$ the term for $\mu$ is
# $1.875$ and that for $\sigma$ is $1.5625$.
#
# **Write** `score_terms`: the terms of the estimator, one row for each sample, not yet averaged.


# %% tags=["solve:grad.score_function"]
def score_terms(f, z, mu, sigma, baseline=0.0):
    """(f(z_n) - baseline) times the derivative of log q(z_n) by mu, and by sigma; q = N(mu, diag sigma²).

    f: takes (N, D), requires_grad or not, gives (N,), can be called but not differentiated; z: (N, D); mu: (D,);
    sigma: (D,), > 0, its fourth power fits into a float32; baseline: float;  returns (d_mu, d_sigma), both of the shape and type of z, one row per sample.
    """
    ### BEGIN SOLUTION
    u = (z - mu) / sigma
    gain = (f(z) - baseline).unsqueeze(1)  # (N, 1)
    return gain * u / sigma, gain * (u**2 - 1) / sigma
    ### END SOLUTION


# %% tags=["check:grad.score_function:3"]
check("grad.score_function")

# %% [markdown]
# Try it where nothing else works. A player throws $z \sim \mathcal N(\mu, 1.5^2)$ and wins if $z > 1$. How much
# does the chance of winning grow with $\mu$? The reward is a step, without a useful derivative anywhere. But the
# answer is known: it is the normal density at the edge.

# %% tags=["demo"]
with waiting_for("score_terms"):
    throws = budget(200_000, 200_000, 2_000)
    mu, sigma = torch.tensor([0.0]), torch.tensor([1.5])
    z = 1.5 * torch.randn(throws, 1, generator=dice)

    def won(z):
        return (z[:, 0] > 1).float()

    truth = math.exp(-0.5 * (1 / 1.5) ** 2) / (1.5 * math.sqrt(2 * math.pi))
    print(f"exact derivative of the chance of winning: {truth:.4f}")
    for b in (0.0, 0.25, 10.0):
        terms = score_terms(won, z, mu, sigma, b)[0]
        error = terms.std() / math.sqrt(throws)
        print(
            f"baseline {b:5.2f}: {terms.mean():7.4f} ± {error:.4f}   (standard deviation of one term {terms.std():.2f})"
        )

# %% [markdown]
# All three agree with the exact value within a few of their standard errors. A good baseline (a quarter is about
# the chance of winning) buys precision, a bad one throws it away, and none of them moves the mean.

# %% [markdown]
# ## 2 · Let the sample carry the gradient
#
# If $f$ *can* be differentiated, it seems a waste not to look at its slope. To use it, move the randomness out of
# the way: write the sample as a fixed function of parameters and noise,
#
# $$z = g_\theta(\epsilon), \qquad \epsilon \sim \mathcal N(0, I), \qquad\text{so that}\qquad
# \mathbb E_{z \sim q_\theta}[f(z)] = \mathbb E_{\epsilon}\big[f(g_\theta(\epsilon))\big] .$$
#
# Now the average is over something that does not depend on $\theta$, and the gradient goes inside:
#
# $$\boxed{\nabla J = \mathbb E_\epsilon\big[\, \nabla_\theta\, f(g_\theta(\epsilon)) \,\big] .}$$
#
# (Here the swap needs an $f(g_\theta(\epsilon))$ that changes by at most $L(\epsilon)\,\|\theta - \theta'\|$ between
# any two nearby $\theta$, with an $L$ of finite mean. Kinks are forgiven, jumps are not.)
#
# This is the **pathwise** or **reparameterised** estimator: each term is the slope of $f$ along the path that the
# sample takes (the arrows of the opening picture, followed by $f$).
#
# For a normal distribution $g$ is what you think it is: a mean, plus noise times a standard deviation. Encoders
# return the logarithm of the *variance*, so that any output of a network is allowed; you have to get from there to
# the standard deviation. Three things go wrong here more often than everything else:
#
# - *The noise is drawn inside.* Then the same noise cannot be used again with moved parameters, and nothing about
#   the function can be checked exactly. In this course noise comes in as an argument.
# - *The parameter leaves the graph.* `.detach()`, `.item()`, `float(…)` or `torch.tensor(…)` on the way, and no
#   gradient arrives, without any error message. For the same reason `torch.distributions` has two methods:
#   `sample()` cuts the graph, `rsample()` keeps it.
# - *One noise for a whole batch.* Each item needs its own, or all of them move together.
#
# **In numbers.** $\mu = 1$, $\log\sigma^2 = -1$, $\epsilon = 0.5$: $z = 1.3033$. For $f(z) = z^2$, $\mu = 1$,
# $\sigma = 0.5$ and $\epsilon = 2$ (so $z = 2$) the pathwise terms are $4$ for $\mu$ and $8$ for $\sigma$.
#
# **Write** `reparameterise`, which an encoder would use, and `pathwise_terms`, the terms of the estimator in the
# same form as `score_terms`. (For the second, autograd gives you the slopes of all rows at once: differentiate the
# *sum* of $f$ over the rows by $z$. Rows do not influence each other.)


# %% tags=["solve:grad.reparameterise"]
def reparameterise(mu, log_var, eps):
    """A sample of N(mu, exp(log_var)) made from the noise eps.   (001 P2d)

    mu, log_var, eps: tensors that broadcast, say (B, D) each, or eps (S, B, D);
    returns z of the broadcast shape, in the type of eps. Gradients reach mu and log_var (of any sign).
    """
    ### BEGIN SOLUTION
    return mu + torch.exp(0.5 * log_var) * eps
    ### END SOLUTION


def pathwise_terms(f, mu, sigma, eps):
    """The derivatives of f(z_n) by mu and by sigma, where z_n is the sample that the noise eps_n becomes.

    f: differentiable in torch, takes (N, D), gives (N,); mu: (D,); sigma: (D,), > 0; eps: (N, D);
    returns (d_mu, d_sigma), both of the shape and type of eps, one row per sample.
    """
    ### BEGIN SOLUTION
    z = (mu + sigma * eps).detach().requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    return slope, slope * eps
    ### END SOLUTION


# %% tags=["check:grad.reparameterise:3"]
check("grad.reparameterise")

# %% [markdown]
# Two estimators with nothing in common but their mean. See them agree on a smooth $f$:

# %% tags=["demo"]
with waiting_for("score_terms", "pathwise_terms"):
    draws = budget(200_000, 200_000, 2_000)
    mu, sigma = torch.tensor([0.3, -0.2]), torch.tensor([0.8, 1.2])
    eps = torch.randn(draws, 2, generator=dice)

    def f(z):
        return torch.sin(z[:, 0]) * z[:, 1] + z[:, 1] ** 2

    def averages(terms):
        pairs = zip(terms.mean(0), terms.std(0) / math.sqrt(draws), strict=True)
        return "  ".join(f"{mean:7.3f} ± {error:.3f}" for mean, error in pairs)

    for name, (d_mu, d_sigma) in {
        "score function": score_terms(f, mu + sigma * eps, mu, sigma),
        "pathwise": pathwise_terms(f, mu, sigma, eps),
    }.items():
        print(f"{name:15}  by mu: {averages(d_mu)}    by sigma: {averages(d_sigma)}")

# %% [markdown]
# The same numbers, within two or three of the standard errors beside them. But look at the errors themselves.

# %% [markdown]
# ## 3 · Which one is better?
#
# Both are unbiased, so what counts is the variance. Take the derivative by $\mu$ in one dimension, with
# $z = \mu + \sigma\epsilon$:
#
# | estimator | one term |
# |---|---|
# | score function | $f(z)\; \epsilon / \sigma$ |
# | with baseline $b$ | $(f(z) - b)\; \epsilon / \sigma$ |
# | pathwise | $f'(z)$ |
#
# Three things can be read off. As $\sigma \to 0$ the variance of the first blows up like $f(\mu)^2 / \sigma^2$ (unless
# $f(\mu) = 0$), while the last settles at the constant $f'(\mu)$, and its variance vanishes. Adding a constant to $f$
# changes the first and leaves the last alone. And a baseline near the mean of $f$ undoes that constant, but not the
# rest.
#
# **In numbers.** $f(z) = z$, $\mu = 3$, $\sigma = 1$. Score function: $z\,\epsilon = 3\epsilon + \epsilon^2$ has
# the variance $9 + 2 = 11$. With baseline 3: $\epsilon^2$, variance $2$. Pathwise: always $1$, variance $0$.
#
# Variances estimated from samples are noisy themselves, so let us be exact. For a polynomial $f$ the normal
# distribution may be replaced by a few points with weights (Gauss–Hermite quadrature): every average comes out
# exactly. The cell below gives you such points. Treat them as noise that takes the value `eps[n]` with probability
# `weights[n]`.


# %% tags=["given"]
def normal_points(n):
    """n values of noise, (n, 1), and their probabilities, (n,): averages of polynomials up to degree 2n − 1 are exact."""
    nodes, weights = hermegauss(n)
    return torch.tensor(nodes)[:, None], torch.tensor(weights / weights.sum())


# %% [markdown]
# **Write** `gradient_variances`: the variance of *one* term for $\mu$, coordinate by coordinate, for the three
# estimators. The baseline is the mean of $f(z)$ under the same weights. You have the terms already.
#
# Then predict, before you run the cell after the check: for $f(z) = z^2$, for $z^2 + 10$ and for $\sin 5z$, which of
# the three is the best at $\sigma = 0.05$, and which at $\sigma = 1$?


# %% tags=["solve:grad.variance"]
def gradient_variances(f, mu, sigma, eps, weights):
    """Variances of one term of the derivative by mu, when the noise is eps[n] with probability weights[n].

    f: as in pathwise_terms; mu: (D,); sigma: (D,), > 0; eps: (N, D); weights: (N,), ≥ 0, adding up to 1;
    returns {"score_function": …, "with_baseline": …, "reparameterise": …}, each of the shape and type of mu,
    as precise as a mean square less a squared mean.
    """

    ### BEGIN SOLUTION
    def spread(terms):
        return weights @ (terms - weights @ terms) ** 2

    z = mu + sigma * eps
    usual = float(weights @ f(z))
    return {
        "score_function": spread(score_terms(f, z, mu, sigma)[0]),
        "with_baseline": spread(score_terms(f, z, mu, sigma, usual)[0]),
        "reparameterise": spread(pathwise_terms(f, mu, sigma, eps)[0]),
    }
    ### END SOLUTION


# %% tags=["check:grad.variance:2"]
check("grad.variance")

# %% tags=["demo"]
with waiting_for("score_terms", "pathwise_terms", "gradient_variances"):
    points, weights = normal_points(150)  # enough for the wiggles of the third function
    spreads = torch.logspace(-1.5, 0.15, 40, dtype=torch.float64)
    fig, axes = figure(1, 3, (9.6, 3.6), sharey=True)
    shapes = {
        "$f(z) = z^2$": lambda z: z[:, 0] ** 2,
        "$f(z) = z^2 + 10$": lambda z: z[:, 0] ** 2 + 10,
        r"$f(z) = \sin 5z$": lambda z: torch.sin(5 * z[:, 0]),
    }
    lines = (("score_function", VERMILION, "-"), ("with_baseline", ORANGE, "--"), ("reparameterise", BLUE, "-."))
    for ax, (name, f) in zip(axes, shapes.items(), strict=True):
        found = [gradient_variances(f, torch.ones(1).double(), s.reshape(1), points, weights) for s in spreads]
        for key, colour, dash in lines:
            ax.loglog(spreads, [float(row[key]) for row in found], dash, color=colour, label=key.replace("_", " "))
        ax.set(title=name, xlabel=r"$\sigma$")
    axes[0].set(ylabel="variance of one term", ylim=(1e-3, 1e6))
    axes[0].legend()
    told = []
    for ax in axes:
        ends = [f"{line.get_label()} from {line.get_ydata()[0]:.2g} to {line.get_ydata()[-1]:.2g}" for line in ax.lines]
        told.append(f"{ax.get_title().replace('$', '')}: {', '.join(ends)}")
    show(
        fig,
        alt=f"Variance of one term at mu = 1, as sigma grows from 0.03 to 1.4, on logarithmic axes. {'; '.join(told)}.",
    )

# %% [markdown]
# The first two panels are the textbook story: pathwise wins by orders of magnitude when $\sigma$ is small, and
# does not care for constants. The third is the one to remember. A function that wiggles faster than $q$ is wide
# has steep slopes that say little about where the average goes: **there the pathwise estimator is the worse of the
# two.** It is better for smooth $f$, not by law.
#
# ### Play with it
#
# Each histogram shows 400 estimates of the same gradient, each a mean over so many samples. The black line is the
# truth.
#
# Things to try. For $z^2$: how many samples does the score function need to be as good as the pathwise estimator
# with one? Switch to $z^2 + 10$: which of the three histograms change? And for $\sin 5z$: at which $\sigma$ do the
# two change places?

# %% tags=["demo"]
with waiting_for("score_terms", "pathwise_terms"):
    objectives = {
        "z²": lambda z: z[:, 0] ** 2,
        "z² + 10": lambda z: z[:, 0] ** 2 + 10,
        "sin 5z": lambda z: torch.sin(5 * z[:, 0]),
    }
    display(estimator_explorer(objectives, score_terms, pathwise_terms))

# %% [markdown]
# ### When the support moves
#
# Both boxes swapped a derivative and an integral. Here is the plainest case in which one of them may not. Let
# $z \sim U(0, \theta)$, with the density $q_\theta(z) = 1/\theta$ for $0 < z < \theta$ and 0 elsewhere, so that
# $J(\theta) = \int_0^\theta f(z)\, q_\theta(z)\, dz$. Now $\theta$ stands in the density *and* at the end of the
# integral, and whoever differentiates such an integral has to do both:
#
# $$J'(\theta) \;=\; \underbrace{\mathbb E\big[ f(z)\; \partial_\theta \log q_\theta(z) \big]}_{\text{score}}
# \;+\; \underbrace{f(\theta)\; q_\theta(\theta)}_{\text{boundary}} .$$
#
# The score-function estimator averages to the first term alone. It never sees the second, because no sample lies beyond
# $\theta$ to report what would come in there. Its score does not even have mean zero: work it out, it is the same
# number for every sample. The pathwise estimator has no such trouble: with $z = \theta u$ and $u \sim U(0, 1)$ all that
# moves is the sample, and the ends of $u$ stay where they are.
#
# "Then take a baseline", says somebody. Subtract $b$, and since the score does not have mean zero, the mean of the
# estimator *changes* with $b$. So there is one $b$ that makes it right. Is it the usual baseline, the mean of $f$? And
# what does one have to know to use it?
#
# **In numbers.** $f(z) = z$ and $\theta = 2$: $J(\theta) = \theta/2$, so $J' = 0.5$. The samples $z = 0.5$ and $1.5$
# (that is $u = 0.25$ and $0.75$) have the score terms $-0.25$ and $-0.75$, with mean $-0.5$: not even the sign is
# right. The boundary is $1$. The pathwise terms are $0.25$ and $0.75$, with mean $0.5$.
#
# **Write** the terms, and the baseline.


# %% tags=["solve:grad.moving_support"]
def support_terms(f, theta, u):
    """The two terms of the derivative of E f(z), z = theta u ~ U(0, theta), and the pathwise one, sample by sample.

    f: differentiable in torch, takes (N, 1), gives (N,); theta: float > 0; u: (N, 1), in (0, 1);
    returns {"score": (N,), "boundary": number, "path": (N,)}, so that the means of score + boundary and of path agree;
    score and path are of the type of u.
    """
    ### BEGIN SOLUTION
    z = (theta * u).detach().requires_grad_()
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    end = torch.full_like(u[:1], theta)
    return {"score": -f(z).detach() / theta, "boundary": f(end)[0] / theta, "path": (slope * u)[:, 0]}
    ### END SOLUTION


def repairing_baseline(f, theta):
    """The constant b for which the mean of (f(z) - b) times the score of U(0, theta) is the derivative of E f(z).

    f: differentiable in torch, takes (N, 1), gives (N,); theta: float > 0;  returns one number.
    """
    ### BEGIN SOLUTION
    return float(f(torch.tensor([[theta]], dtype=torch.float64))[0])  # the boundary term in disguise
    ### END SOLUTION


# %% tags=["check:grad.moving_support:2"]
check("grad.moving_support")

# %% [markdown]
# ### Detective: which of these is biased?
#
# You get functions that claim to be *unbiased estimators*. Each takes the coefficients of a polynomial
# $f(z) = \sum_k c_k z^k$, the parameters $\mu$ and $\sigma$ of a normal $q$ in one dimension, and noise, and returns
# estimates of $\partial_\mu \mathbb E f$ and $\partial_\sigma \mathbb E f$: **one estimate for each row of `eps`**,
# made from all the noise of that row. Some work with the score, some with paths; some use baselines. Of others the mean
# is wrong: a path that has lost a parameter, a slip in the score, a baseline that looks at the sample itself or
# subtracts more than a constant, or a formula that holds for some $f$ only.
#
# Values are all that you get, but they are enough, for the average over the noise can be exact: with `normal_points`
# the noise takes few values with known probabilities, and for a polynomial the weighted mean of the estimates *is* the
# expectation. A row with two noises has pairs of points as its values, with the product of their probabilities. And the
# truth for a polynomial you know: $\mathbb E f = \sum_k c_k\, \mathbb E z^k$, or let the pathwise formula give it.
#
# Which bias shows with one noise per row, which only with two? Which $\sigma$, $\mu$ and $c$ hide nothing?
#
# **Write** the test. It has to let every unbiased estimator pass, however much it scatters; then each kind of bias that
# it unmasks is worth points.


# %% tags=["solve:grad.catch_bias"]
def is_unbiased(implementation):
    """True if the function is an unbiased estimator of the derivatives of E f(z), z ~ N(mu, sigma²), False if it is not.

    implementation: takes c, (K + 1,), the coefficients of f; mu and sigma, floats; eps, (M, N); and gives (M, 2), one
    estimate of the derivatives by mu and by sigma for each row of eps; c, eps and result are float64; call it on tensors
    of your choice (values only: no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    points, weights = normal_points(8)
    i, j = (v.reshape(-1) for v in torch.meshgrid(torch.arange(8), torch.arange(8), indexing="ij"))
    noises = {1: (points, weights), 2: (torch.stack([points[i, 0], points[j, 0]], dim=1), weights[i] * weights[j])}
    for mu, sigma in ((0.7, 1.5), (-1.2, 0.4)):
        for c in ([0.5, -1.0, 0.3, 0.4, -0.2], [3.0, 2.0], [0.0, 0.0, 1.0]):
            c = torch.tensor(c, dtype=torch.float64)
            slope = torch.stack([k * c[k] * (mu + sigma * points[:, 0]) ** (k - 1) for k in range(1, len(c))]).sum(0)
            truth = torch.stack([weights @ slope, weights @ (slope * points[:, 0])])
            for eps, chance in noises.values():
                mean = chance @ implementation(c, mu, sigma, eps)
                if mean.shape != (2,) or not torch.allclose(mean, truth, rtol=1e-6, atol=1e-6):
                    return False
    return True
    ### END SOLUTION


# %% tags=["check:grad.catch_bias:2"]
check("grad.catch_bias")

# %% [markdown]
# **Question (3 points).** For each of these, say whether the score-function estimator can be used, whether the
# pathwise one can, and which you would take. Give the reason.
#
# 1. $z$ is one of ten words, drawn with probabilities that are softmax outputs; $f(z)$ is a rating by a reader.
# 2. $z \sim \mathcal N(\mu, \sigma^2)$ with $\mu$ and $\sigma$ from an encoder; $f(z)$ is the log likelihood of a
#    picture under a smooth decoder network.
# 3. $z \sim \mathcal N(\mu, \sigma^2)$ and $f(z) = 1$ if $z > 2$, else 0. A colleague reports that the pathwise
#    estimator "converges at once, with variance zero".

# %% [markdown] tags=["written:grad.which_estimator:3"]
# ### BEGIN SOLUTION
# **Model answer.**
#
# 1. *Score function, with a baseline.* $\log q$ is differentiable in the probabilities, and $f$ only has to be
#    evaluated. The pathwise estimator cannot be used: a word does not slide when a probability moves (it jumps), and
#    the rating has no derivative by the word. (Notebook 12 shows relaxations that trade bias for a path.) If ten
#    ratings can be had, better still is no estimate at all: the average is a sum over ten words, with an exact
#    gradient.
# 2. *Both can be used; pathwise is the choice.* $f$ and $z = \mu + \sigma\epsilon$ are smooth, so its terms are
#    unbiased, and their variance stays bounded as $\sigma$ becomes small, while that of the score function grows
#    like $1/\sigma^2$ and with the size of $f$, which for pictures is hundreds of nats.
# 3. *Score function.* The derivative of the step is 0 wherever it exists, so every pathwise term is 0: no
#    variance, and the wrong mean. Exchanging derivative and expectation is not allowed here, for $f$ jumps. The
#    true derivative is the density of $z$ at 2, which the score-function estimator finds.
#
# **Rubric**
# - (1) 1: score function, because z is discrete (or f is a black box), so there is no path or slope; or the exact sum
#   over ten words, if ten ratings can be had
# - (1) 2: pathwise, because f is smooth and the variance is much lower (both are possible)
# - (1) 3: pathwise gives 0, which is biased, because f jumps; so score function
# - (up to 3) any other well-justified answer
#
# Half a point for a right choice with a reason that is only half of it.
# ### END SOLUTION

# %% [markdown]
# ## 4 · Matching distribution functions
#
# For the normal distribution the map from noise to sample was easy to guess. How does one *find* such a map? The
# exam 001 asks for it, and the way it takes works for every distribution on the line whose distribution function is
# continuous and strictly increasing: **let the distribution functions agree.**
#
# $z$ is **log-normal**, $z \sim \log\mathcal N(\mu, \sigma^2)$, if its logarithm is $\mathcal N(\mu, \sigma^2)$.
# So $z$ is always positive, and its density is
#
# $$q_{\mu,\sigma^2}(z) = \frac{1}{z\,\sigma\sqrt{2\pi}} \exp\left(-\frac{(\log z - \mu)^2}{2\sigma^2}\right) \quad\text{for } z > 0,
# \qquad q_{\mu,\sigma^2}(z) = 0 \quad\text{for } z \le 0 .$$
#
# (Incomes, file sizes and the brightness of stars look like this.) We shall need the **error function**
#
# $$\operatorname{erf}(x) = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2} dt ,$$
#
# which increases strictly from $-1$ to $1$ and therefore takes no value twice. With it the distribution function
# of a normal $u \sim \mathcal N(\mu, \sigma^2)$ is
#
# $$F_{\mu,\sigma^2}(a) = \Pr(u \le a) = \frac12\left[1 + \operatorname{erf}\left(\frac{a - \mu}{\sigma\sqrt2}\right)\right] .$$
#
# What "let them agree" means is a matter of ranks. If 16 % of all noise lies below $\epsilon$, then the sample that
# $\epsilon$ becomes has to have 16 % of all samples below it:

# %% tags=["demo"]
show(
    draw_matching(torch.tensor([-1.0, 0.0, 1.3]), mu=0.0, sigma=0.7),
    alt="Two rising curves side by side, the distribution functions of the normal and of a log-normal. For three values of "
    "the noise a line goes up to the left curve, across at the same height to the right curve, and down to the sample. The "
    "middle noise, with half of the mass below it, ends at the sample with half of the mass below it.",
)

# %% [markdown]
# Up to $F$, across at the height $u$, down from $Q$: that is the map, drawn with a ruler. Now as a formula.
#
# **The task** (001 P2a, b). Somebody gives you standard normal noise $\epsilon$. Find an *increasing* map
# $T: \mathbb R \to \mathbb R_{>0}$ such that $T(\epsilon) \sim \log\mathcal N(0, 1)$. Then, from samples
# $z \sim \log\mathcal N(0, 1)$, find an increasing map $M$ such that $M(z) \sim \log\mathcal N(\mu, \sigma^2)$.
# (Notebook 02 wrote such a map down; here the way to it is what counts.)
#
# The problem is worth more than any other in the exam (nine of 28 credits), and nine of its fifteen ticks go to
# these two parts, nearly all for the *way*. So walk it line by line. Each line is a function that returns its
# terms by name, and each term is checked by itself. The aim is $\Pr(T(\epsilon) \le a) = Q_{0,1}(a)$ for every
# $a > 0$, where $Q$ is the distribution function of the log-normal.
#
# **Line 1, the event.** Turn the condition $T(\epsilon) \le a$ into one on $\epsilon$. You do not know $T$ yet;
# you know only that it increases and has an inverse, which the function is given.
#
# **Line 2, its probability.** $\epsilon$ is standard normal, so the probability that it stays below a threshold is
# a value of $F_{0,1}$. Return the argument of erf, and the probability.
#
# **Line 3, the other side.** $Q_{\mu,\sigma^2}(a) = \Pr(z \le a)$, for the log-normal with any $\mu$ and $\sigma$.
# The event $z \le a$ is the event $\log z \le \log a$, and $\log z$ is normal. Again the argument of erf, and the
# probability. And what if $a \le 0$? Nothing lies below 0, so the probability must be exactly 0, with the argument
# $-\infty$. (001 prints the formula without saying that it holds for $a > 0$ only; a computer answers NaN to
# $\log(-1)$.)


# %% tags=["solve:lognormal.match_cdf"]
def event_in_eps(T_inverse, a):
    """Line 1: the "threshold" for which {T(eps) ≤ a} is {eps ≤ threshold}, for any increasing T.   (001 P2a)

    T_inverse: a function, tensor to tensor; a: tensor of any shape, > 0;
    returns {"threshold": …}, of the shape and type of a.
    """
    ### BEGIN SOLUTION
    return {"threshold": T_inverse(a)}
    ### END SOLUTION


def normal_cdf(threshold):
    """Line 2: the "probability" that eps ~ N(0, 1) is at most threshold, and the "argument" of erf in it.

    threshold: tensor of any shape;  returns {"argument": …, "probability": …}, both of its shape and type.
    """
    ### BEGIN SOLUTION
    argument = threshold / math.sqrt(2)
    return {"argument": argument, "probability": 0.5 * (1 + torch.erf(argument))}
    ### END SOLUTION


def lognormal_cdf(a, mu, sigma):
    """Line 3: the "probability" Q(a) that z ~ LogN(mu, sigma²) is at most a, and the "argument" of erf in it.

    a: tensor of any shape, of any sign; mu: number or tensor without axes; sigma: number or tensor without axes, > 0;
    returns {"argument": …, "probability": …}, of the shape and type of a; for a ≤ 0 they are -inf and 0.
    """
    ### BEGIN SOLUTION
    log_a = torch.log(a.clamp(min=0))  # the logarithm of 0 is -inf, that of a negative number NaN
    argument = (log_a - mu) / (sigma * math.sqrt(2))
    return {"argument": argument, "probability": 0.5 * (1 + torch.erf(argument))}
    ### END SOLUTION


# %% [markdown]
# **Line 4, match.** Line 2 at the threshold of line 1 must equal line 3 with $\mu = 0$ and $\sigma = 1$. erf takes
# no value twice. So what must $T^{-1}(a)$ be?
#
# **Line 5, solve.** Line 4 holds for every $a > 0$, so it holds for $a = T(\epsilon)$. Solve for $T(\epsilon)$.


# %% tags=["solve:lognormal.match_cdf"]
def match_arguments(a):
    """Line 4: "T_inverse", the value of the inverse of T at a, from equal arguments of erf.   (001 P2a)

    a: tensor of any shape, > 0;  returns {"T_inverse": …}, of the shape and type of a.
    """
    ### BEGIN SOLUTION
    return {"T_inverse": torch.log(a)}
    ### END SOLUTION


def solve_for_T(eps):
    """Line 5: "T", the sample of LogN(0, 1) that the noise eps becomes.   (001 P2a)

    eps: tensor of any shape;  returns {"T": …}, of the shape and type of eps.
    """
    ### BEGIN SOLUTION
    return {"T": torch.exp(eps)}
    ### END SOLUTION


# %% [markdown]
# Once more, for $M$, from $z \sim \log\mathcal N(0, 1)$ to $\log\mathcal N(\mu, \sigma^2)$:
#
# $$\Pr(M(z) \le a) = \Pr\big(z \le M^{-1}(a)\big) = Q_{0,1}\big(M^{-1}(a)\big) \overset{!}{=} Q_{\mu,\sigma^2}(a) .$$
#
# (In the solution of 001 a second Pr has slipped into the middle, around $M^{-1}(a)$; it does not belong there.)
#
# **Line 6, match.** Both sides are line 3 now, with different parameters. Compare the arguments of erf, first for
# $\log M^{-1}(a)$, then for $M^{-1}(a)$ itself.
#
# **Line 7, solve.** Turn line 6 round: given $z$, which $a$ has $M^{-1}(a) = z$? It comes out as a product, of a
# power of $z$ that knows only $\sigma$, and of a factor that knows only $\mu$.


# %% tags=["solve:lognormal.match_cdf"]
def match_arguments_of_M(a, mu, sigma):
    """Line 6: "log_M_inverse" and "M_inverse", the inverse of M at a, and before it its logarithm.   (001 P2b)

    a: tensor of any shape, > 0; mu: number or tensor without axes; sigma: number or tensor without axes, > 0;
    returns {"log_M_inverse": …, "M_inverse": …}, both of the shape and type of a.
    """
    ### BEGIN SOLUTION
    log_m = (torch.log(a) - mu) / sigma
    return {"log_M_inverse": log_m, "M_inverse": torch.exp(log_m)}
    ### END SOLUTION


def solve_for_M(z, mu, sigma):
    """Line 7: "M" as the product of "power" (of z, by sigma alone) and "factor" (by mu alone).   (001 P2b)

    z: tensor of any shape, > 0; mu: number or tensor without axes; sigma: number or tensor without axes, > 0;
    returns {"power": …, "factor": one number, "M": …}, power and M of the shape and type of z.
    """
    ### BEGIN SOLUTION
    power, factor = z**sigma, torch.exp(torch.as_tensor(mu, dtype=z.dtype, device=z.device))
    return {"power": power, "factor": factor, "M": power * factor}
    ### END SOLUTION


# %% tags=["check:lognormal.match_cdf:7"]
check("lognormal.match_cdf")

# %% [markdown]
# That was the derivation with the most marks in the exam. Two remarks on what it says.
#
# *Is the map unique?* Among increasing maps, yes: line 4 left no choice. Without "increasing" it is not.
# $-\epsilon$ is just as normal as $\epsilon$, so $T(-\epsilon)$ has the same distribution as $T(\epsilon)$: the
# **decreasing twin**. For a decreasing map line 1 reads $\{\epsilon \ge T^{-1}(a)\}$, the probability is $1 - F$,
# and the rest goes through. 001 does not ask for an increasing map, but silently uses one in its first line.
#
# *Which parameters?* 001 says $\mu, \sigma \in \mathbb R$. Take $\sigma > 0$: for $\sigma = 0$ there is no
# density, and for $\sigma < 0$ the printed one is negative.
#
# (And a name: notebook 02 had a `lognormal_cdf` that returned the probability alone. The one of line 3 returns two
# terms.)
#
# **Question (4 points; 001 P2a).** In the exam there is no computer. Cover the lines above and write the derivation of
# $T$ out by hand, in sentences and formulas: $\epsilon \sim \mathcal N(0, 1)$ is given, $T$ is to be increasing, and
# $T(\epsilon) \sim \log\mathcal N(0, 1)$. Say what must hold for the distribution functions, write both of them out,
# match them, and solve for $T$. Name the property of erf that the matching needs.

# %% [markdown] tags=["written:lognormal.by_hand:4"]
# ### BEGIN SOLUTION
# **Model answer.** *What must hold.* For every $a > 0$ the distribution functions have to agree:
# $\Pr(T(\epsilon) \le a) = Q_{0,1}(a)$, with $Q_{0,1}(a) = \Pr(z \le a)$ for $z \sim \log\mathcal N(0, 1)$.
#
# *Both written out.* $T$ increases, so it has an inverse that does as well, and $T(\epsilon) \le a$ exactly if
# $\epsilon \le T^{-1}(a)$. Hence
# $\Pr(T(\epsilon) \le a) = F_{0,1}\big(T^{-1}(a)\big) = \frac12\big[1 + \operatorname{erf}\big(T^{-1}(a)/\sqrt2\big)\big]$.
# And $z \le a$ exactly if $\log z \le \log a$, where $\log z \sim \mathcal N(0, 1)$, so
# $Q_{0,1}(a) = F_{0,1}(\log a) = \frac12\big[1 + \operatorname{erf}\big(\log a/\sqrt2\big)\big]$.
#
# *Match.* erf increases strictly and so takes no value twice: the two are equal only if the arguments are,
# $T^{-1}(a) = \log a$ for all $a > 0$.
#
# *Solve.* Put $a = T(\epsilon)$: $\epsilon = \log T(\epsilon)$, so $T(\epsilon) = e^\epsilon$. It increases and is
# positive, as was asked.
#
# **Rubric**
# - (1) the condition: the distribution functions of T(eps) and of the log-normal agree for every a > 0
# - (1) both written out: the event turned round by the increasing inverse, and F at T⁻¹(a); F at log a (half for one of
#   them)
# - (1) matched: equal arguments, T⁻¹(a) = log a, because erf (or F) is strictly increasing or one to one (half without
#   the reason)
# - (1) solved: T(eps) = exp(eps)
# - (up to 4) any other well-justified answer (the density of e^eps by change of variables, say, with the remark that
#   the map is increasing)
# ### END SOLUTION

# %% [markdown]
# ## 5 · Three maps to sample with
#
# A derivation is not yet something that one can train with. Write the three maps as functions of tensors: $T$ from
# noise to a standard log-normal, $M$ from there to any log-normal, and their composition
#
# $$C_{\mu,\sigma^2} = M_{\mu,\sigma^2} \circ T ,$$
#
# which goes all the way (001 P2c). **All three increase.** They take `eps` or `z` of any shape, `float32` or
# `float64`, on any device. `mu` and `sigma` may be Python numbers or tensors, each for itself, and everything
# broadcasts. Gradients must reach every tensor that goes in, and nothing may break far out in the tails: noise of
# $\pm 80$ is tested, where $e^\mu$ and $e^{\sigma\epsilon}$ fit into a `float32`, each by itself. (Going through the
# distribution functions, $Q^{-1}(F(\epsilon))$, is right on paper; but in `float32` $F(6)$ is exactly 1. That the two
# functions cancel is what you gained by matching arguments.)
#
# **In numbers.** $T(1) = 2.7183$; with $\mu = 0.5$ and $\sigma = 2$, $M(0.5) = 0.4122$; with $\mu = 1$ and
# $\sigma = 0.5$, $C(2) = 7.3891$.


# %% tags=["solve:lognormal.standard"]
def standard_lognormal(eps):
    """T(eps), increasing, with T(eps) ~ LogN(0, 1) if eps ~ N(0, 1).   (001 P2a)

    eps: any shape;  returns z > 0 of the shape and type of eps. Gradients reach eps.
    """
    ### BEGIN SOLUTION
    return torch.exp(eps)
    ### END SOLUTION


# %% tags=["check:lognormal.standard:1"]
check("lognormal.standard")


# %% tags=["solve:lognormal.rescale"]
def rescale_lognormal(z, mu, sigma):
    """M(z), increasing, with M(z) ~ LogN(mu, sigma²) if z ~ LogN(0, 1).   (001 P2b)

    z: any shape, > 0; mu: number or tensor that broadcasts; sigma: number or tensor that broadcasts, > 0;
    returns the broadcast shape, in the type of z. Gradients reach all three.
    """
    ### BEGIN SOLUTION
    return torch.exp(mu + sigma * torch.log(z))  # z**sigma * e**mu, and mu may be a plain number
    ### END SOLUTION


# %% tags=["check:lognormal.rescale:2"]
check("lognormal.rescale")


# %% tags=["solve:lognormal.reparameterise"]
def reparameterise_lognormal(eps, mu, sigma):
    """C(eps), increasing, with C(eps) ~ LogN(mu, sigma²) if eps ~ N(0, 1).   (001 P2c)

    eps: any shape; mu: number or tensor that broadcasts; sigma: number or tensor that broadcasts, > 0;
    returns the broadcast shape, in the type of eps. Gradients reach all three.
    """
    ### BEGIN SOLUTION
    return torch.exp(mu + sigma * eps)
    ### END SOLUTION


# %% tags=["check:lognormal.reparameterise:2"]
check("lognormal.reparameterise")

# %% [markdown]
# ### Play with it
#
# The opening picture, now with your own map and your own gradients. Above, seven values of noise that never move.
# Below, the samples that they become, one on each line, over the density of the log-normal. Blue arrows show where
# a sample goes when $\mu$ grows, vermilion ones when $\sigma$ grows.
#
# Things to try. Which sample does not care for $\sigma$, and where does it sit in the density? Make $\sigma$ tiny:
# which arrows shrink, which do not, and why? At equal $\epsilon$, when is the vermilion arrow longer than the blue
# one?

# %% tags=["demo"]
with waiting_for("reparameterise_lognormal"):
    display(slide_explorer(reparameterise_lognormal))

# %% [markdown]
# (The sample at $\epsilon = 0$ is the median, and $\sigma$ does not move it. The blue arrow is as long as $z$
# itself; the vermilion one is $\epsilon$ times that, so it is longer where $|\epsilon| > 1$. Neither vanishes with
# $\sigma$.)

# %% [markdown]
# ## 6 · A prior that says never
#
# Now to what log-normals are for in a generative model. A variational autoencoder has a prior $p(z)$ for its
# latent and a posterior $q_\phi(z \mid x)$ from an encoder, and it is trained by the bound
#
# $$\mathcal L = \mathbb E_{q_\phi(z \mid x)}\big[\log p_\theta(x \mid z)\big] - \mathrm{KL}\big(q_\phi(z \mid x) \,\|\, p(z)\big) .$$
#
# (001 writes $q_\phi(z)$; for an encoder it depends on $x$.) Suppose that the latent is a size, a rate or a price,
# so that you choose the prior $p = \log\mathcal N(0, 1)$. And out of habit you keep the normal posterior
# $q = \mathcal N(\mu, \sigma^2)$.
#
# Then there is an event that $q$ thinks possible and $p$ excludes. On it the integrand $q \log(q/p)$ of the
# divergence is $q \log(q/0) = \infty$, and since the event has positive probability, **the divergence is infinite,
# for every $\mu$ and every $\sigma$.** There is nothing to optimise. Which event? (Notebook 06 left it to you.)
#
# **Find the witness**: `impossible_event(mu, sigma)` returns an interval $[a, b]$ that the prior gives probability
# 0, and the *logarithm* of $q$'s probability of it. Why the logarithm? For $\mu = 9$ and $\sigma = 0.2$ the
# probability is about $10^{-442}$. It is positive, which is all that the argument needs, but no float can hold it:
# a computer would tell you that the event is impossible for $q$ too. (`torch.special` has the logarithm of the
# normal distribution function as a function of its own.) Either end of the interval may be infinite.
#
# **And what would the computer say?** Training never sees the divergence itself, only an estimate from samples,
#
# $$\frac1N \sum_{n=1}^N \big[\log q(z_n) - \log p(z_n)\big] , \qquad z_n = \mu + \sigma\epsilon_n .$$
#
# As soon as one $z_n$ lies in your event, its $\log p(z_n)$ is $-\infty$ and the estimate is $+\infty$. But whoever
# types the formula of the log-normal density gets NaN there. **Write** `sampled_kl` such that it is right in both
# cases: the finite mean where the prior allows all samples, and $+\infty$ otherwise.
#
# **In numbers.** $\mu = 1$, $\sigma = 0.5$: the logarithm of $q$'s probability of $[2, \infty)$, from two standard
# deviations above the mean on, is $-3.7832$. With $\mu = 3$, $\sigma = 0.5$ and the two noises $\epsilon = \mp 1$:
# $z = 2.5$ and $3.5$, and the estimate is $1.8799$.


# %% tags=["solve:lognormal.support"]
def impossible_event(mu, sigma):
    """(a, b, log_q): [a, b] has probability 0 under LogN(0, 1) and probability exp(log_q) > 0 under N(mu, sigma²).   (001 P2d)

    mu: float; sigma: float > 0;  returns three floats, a < b, log_q finite; a or b may be infinite.
    """
    ### BEGIN SOLUTION
    log_q = torch.special.log_ndtr(torch.tensor(-mu / sigma, dtype=torch.float64))
    return -math.inf, 0.0, log_q.item()
    ### END SOLUTION


def sampled_kl(mu, sigma, eps):
    """The mean of log q(z_n) - log p(z_n) over z_n = mu + sigma eps_n, q = N(mu, sigma²), p = LogN(0, 1).   (001 P2d)

    mu: float; sigma: float > 0; eps: (N,);  returns one number, +inf (not NaN) if p excludes some z_n.
    """
    ### BEGIN SOLUTION
    z = mu + sigma * eps
    if (z <= 0).any():
        return math.inf
    log_q = -0.5 * eps**2 - math.log(sigma)
    log_p = -0.5 * torch.log(z) ** 2 - torch.log(z)  # both without their −½ log 2π
    return (log_q - log_p).mean()
    ### END SOLUTION


# %% tags=["check:lognormal.support:3"]
check("lognormal.support")

# %% [markdown]
# Three ways in which this looks in practice: your function; the library, which checks its arguments; and the
# formula as one types it.

# %% tags=["demo"]
with waiting_for("sampled_kl"):
    noise = torch.tensor([0.3, -0.8, 1.1, -2.5])
    z = 1.0 + 0.5 * noise  # the last one is −0.25
    print("sampled_kl:           ", sampled_kl(1.0, 0.5, noise))
    print("without the last one: ", round(float(sampled_kl(1.0, 0.5, noise[:3])), 4))
    try:
        torch.distributions.LogNormal(0.0, 1.0).log_prob(z)
    except ValueError as error:
        print("the library:          ", str(error).splitlines()[0][:78], "…")
    mu = torch.tensor(1.0, requires_grad=True)
    by_hand = (-0.5 * torch.log(mu + 0.5 * noise) ** 2 - torch.log(mu + 0.5 * noise)).mean()
    by_hand.backward()
    print("the formula as typed: ", by_hand.item(), "with the gradient", mu.grad.item())

# %% [markdown]
# One bad sample in a batch, and every weight of the network is NaN after the next step. That is what "the
# divergence is infinite" looks like on a screen. Worse is the second line: as long as no negative sample turns up,
# the estimate is finite and looks innocent. **No number of samples can prove that a divergence is finite.**
#
# ### Equal support is not enough
#
# The solution in 001 goes on: with a log-normal $q$ both distributions have the same support, and so the divergence is
# finite. The conclusion is right here, the reason is not sufficient. If $q$ has mass where $p$ has none, the divergence
# is infinite. (The other way round it costs nothing: $\mathrm{KL}\big(U(0, 1) \,\|\, U(0, 2)\big) = \log 2$.) But equal
# supports do not make it finite: Cauchy against normal is infinite, for the tails of $q$ are heavier than $p$ can bear
# ([notebook 06](06_elbo.ipynb), section 9). For two log-normals the divergence *is* finite, for a better reason, which
# comes next.

# %% [markdown]
# ## 7 · What the right posterior costs
#
# Let both be log-normal, $q = \log\mathcal N(\mu, \sigma^2)$ and $p = \log\mathcal N(m, s^2)$. In the quotient
# $q(z)/p(z)$ both densities carry the same factor $1/z$, and it cancels. What is left depends on $u = \log z$ alone,
# and under $q$ that is $\mathcal N(\mu, \sigma^2)$. **So it is the divergence of the two normals**, and finite for that
# reason: an invertible map, here the logarithm, changes both densities by the same factor and no divergence at all. The
# divergence of two normals you know from [notebook 06](06_elbo.ipynb), section 2, with the same names for its parts;
# here, in one dimension,
#
# $$\mathrm{KL}(q \,\|\, p) = \tfrac12\Big( \underbrace{\frac{\sigma^2}{s^2}}_{\text{trace}}
# + \underbrace{\frac{(\mu - m)^2}{s^2}}_{\text{mean}} - 1 + \underbrace{\log\frac{s^2}{\sigma^2}}_{\text{log det}} \Big) .$$
#
# **In numbers**, those of recall question 1: $\mu = 1$, $\sigma = 0.5$, $m = 0$, $s = 1$ gives trace $0.25$, mean $1$,
# log det $1.3863$, divergence $0.8181$ nats. (The logarithm may be negative, the divergence never is.)
#
# **Write** the terms and the divergence, element by element (no sum over dimensions), for numbers or tensors that
# broadcast. The divergence is a loss: gradients must reach $\mu$ and $\sigma$, through *every* term. (`math.log`
# of a tensor gives a plain number, and cuts that term from the graph without a word.)


# %% tags=["solve:lognormal.kl"]
def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    """The three terms of KL(LogN(mu, sigma²) ‖ LogN(prior_mu, prior_sigma²)), element by element.   (001 P2d)

    mu, prior_mu: numbers or tensors that broadcast; sigma, prior_sigma: numbers or tensors that broadcast, > 0;
    returns {"trace": …, "mean": …, "log_det": …}, parts named as in notebook 06, the ½ outside; each of the broadcast
    shape or one that broadcasts to it.
    """
    ### BEGIN SOLUTION
    ratio = sigma / prior_sigma
    return {
        "trace": ratio**2,
        "mean": ((mu - prior_mu) / prior_sigma) ** 2,
        "log_det": -2 * torch.log(torch.as_tensor(ratio)),
    }
    ### END SOLUTION


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    """KL(LogN(mu, sigma²) ‖ LogN(prior_mu, prior_sigma²)) = ½ (trace + mean - 1 + log_det) in nats, element by element.

    mu, prior_mu: numbers or tensors that broadcast; sigma, prior_sigma: numbers or tensors that broadcast, > 0;
    returns the broadcast shape, in the type of mu where that is a tensor. Gradients reach mu and sigma.
    """
    ### BEGIN SOLUTION
    return 0.5 * (sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values()) - 1)
    ### END SOLUTION


# %% tags=["check:lognormal.kl:2"]
check("lognormal.kl")

# %% [markdown]
# **Question (4 points; 001 P2d).** Cover the lines above. A colleague trains a variational autoencoder with one latent
# number and the prior $p(z) = \log\mathcal N(0, 1)$. Her encoder returns $\mu$ and $\sigma$ of a normal
# $q_\phi(z \mid x)$.
#
# (a) Why can this not work? Name the event, and say what the divergence is and what she will see on her screen.
# (b) Propose another parametrisation. Why is its divergence finite? (c) How does the gradient of the
# reconstruction term $\mathbb E_q[\log p_\theta(x \mid z)]$ get back to the encoder?

# %% [markdown] tags=["written:lognormal.which_posterior:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) A normal distribution gives $z \le 0$ a positive probability, $\Phi(-\mu/\sigma)$, for
# every $\mu$ and $\sigma$; the log-normal prior gives it 0. On this event $q \log(q/p) = \infty$, so the
# divergence is infinite whatever the encoder returns, and there is no gradient to follow. In code the divergence
# is estimated from samples. As long as they are positive the estimate is finite (and meaningless); the first
# negative one puts a negative number into a logarithm: NaN, and with the next step in all weights.
#
# (b) $q_\phi(z \mid x) = \log\mathcal N(\mu(x), \sigma(x)^2)$. It lives on the same positive numbers. That alone would
# not make the divergence finite (Cauchy against normal: same support, infinite), though 001 has full marks for it: in
# that exam add what follows, do not replace. It is finite because taking logarithms of $z$ turns it into the divergence
# of $\mathcal N(\mu, \sigma^2)$ and $\mathcal N(0, 1)$, which is $\frac12(\mu^2 + \sigma^2 - 1) - \log\sigma$.
#
# (c) Draw $\epsilon \sim \mathcal N(0, 1)$ and set $z = \exp(\mu + \sigma\epsilon)$. The noise does not depend on
# the parameters, so the gradient goes inside the expectation: $\nabla_\phi \log p_\theta(x \mid z)$ by the chain
# rule, with $\partial z/\partial\mu = z$ and $\partial z/\partial\sigma = z\,\epsilon$, and on through the encoder
# to $\phi$. The divergence has a closed form and needs no samples.
#
# **Rubric**
# - (1) a: different supports, z ≤ 0 has positive probability under q and 0 under p
# - (1) a: therefore the divergence is infinite (or: NaN in code), for every mu and sigma, so nothing can be optimised
# - (1) b: a log-normal q; its divergence is that of two normals (half for "equal support" alone, which is not
#   sufficient)
# - (1) c: reparameterise, z = exp(mu + sigma eps) with eps independent of the parameters (naming the map of P2c is
#   enough)
# - (up to 4) any other well-justified answer
#
# Another distribution on the positive numbers with a reparameterisation (a softplus of a normal, a Weibull) is
# right too, with its own reason for a finite divergence: the mean of $\log^2 z$ under it is finite.
# ### END SOLUTION

# %% [markdown]
# ## 8 · All of it together
#
# The smallest model that needs everything above: the latent is a size $z > 0$ with the prior
# $\log\mathcal N(0, 1)$, and what you observe is $x = z + \text{noise}$, $p(x \mid z) = \mathcal N(z, 0.5^2)$. You
# observed $x = 2$. Fit $q = \log\mathcal N(\mu, \sigma^2)$ by climbing the bound with noisy gradients, ten samples
# a step: once with your `reparameterise_lognormal`, once with the score function. Both use your `lognormal_kl`.
#
# In one dimension everything can be computed by brute force as well, so both can be measured against the truth:
# the evidence $\log p(x)$, which no bound exceeds, and the exact posterior.

# %% tags=["demo"]
with waiting_for("reparameterise_lognormal", "kl_terms", "lognormal_kl"):
    x, width, steps = 2.0, 0.5, budget(800, 800, 20)
    points, weights = normal_points(60)

    def log_likelihood(z):
        return -0.5 * ((x - z) / width) ** 2 - math.log(width * math.sqrt(2 * math.pi))

    def exact_bound(mu, sigma):
        return float(
            weights @ log_likelihood(reparameterise_lognormal(points[:, 0], mu, sigma)) - lognormal_kl(mu, sigma)
        )

    def by_path(eps, mu, sigma):
        return log_likelihood(reparameterise_lognormal(eps, mu, sigma)).mean()

    def by_score(eps, mu, sigma):  # its gradient is the mean of f(z) ∇ log q(z), and f is never differentiated
        z = reparameterise_lognormal(eps, mu, sigma).detach()
        return (log_likelihood(z) * torch.distributions.LogNormal(mu, sigma).log_prob(z)).mean()

    def climb(reconstruction):
        mu, log_sigma = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
        optimiser, bounds = torch.optim.Adam([mu, log_sigma], lr=0.03), []
        for _ in with_bar(range(steps), reconstruction.__name__):
            bounds.append(exact_bound(mu.item(), math.exp(log_sigma.item())))
            eps = torch.randn(10, generator=dice, dtype=torch.float64)
            loss = lognormal_kl(mu, log_sigma.exp()) - reconstruction(eps, mu, log_sigma.exp())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return bounds, mu.item(), math.exp(log_sigma.item())

    sizes = torch.linspace(0.01, 4, 2000, dtype=torch.float64)
    joint = (torch.distributions.LogNormal(0.0, 1.0).log_prob(sizes) + log_likelihood(sizes)).exp()
    evidence = torch.trapezoid(joint, sizes)
    runs, curves = {}, {}
    for reconstruction, name in ((by_score, "score function"), (by_path, "pathwise")):
        runs[name], mu, sigma = climb(reconstruction)
        curves[f"q, {name}"] = torch.distributions.LogNormal(mu, sigma).log_prob(sizes).exp()
        print(f"{name:15}  mu {mu:6.3f}   sigma {sigma:6.3f}   bound {exact_bound(mu, sigma):8.4f}")
    print(f"log p(x) = {evidence.log():.4f}")
    curves["prior"] = torch.distributions.LogNormal(0.0, 1.0).log_prob(sizes).exp()
    show(draw_two_ascents(runs, float(evidence.log()), sizes, joint / evidence, curves), alt="Left: the exact bound over the steps. The pathwise run climbs to just below the evidence and stays there; the "
         "score-function run reaches the same height, but again and again drops below it. Right: the exact posterior of the size, "
         "a hump near 1.8, the prior, which is far wider, and both fitted log-normals close to the hump.")  # fmt: skip

# %% [markdown]
# Same samples per step, same optimiser, same mean of the gradient. The best log-normal reaches $-1.793$; what is left
# to $\log p(x) = -1.739$, $0.054$ nats, is the price of the family, for the posterior is not exactly log-normal. By how
# much a run falls short of $-1.793$ is a matter of the noise in its last steps, and what is left between the two curves
# is variance.

# %% [markdown]
# ## What you can now do
#
# - differentiate an average over samples in two ways, and say when each is allowed
# - compute their variances exactly, choose a baseline, and know a case in which the popular estimator is the worse
#   one
# - say when derivative and integral may not be swapped, and what is missing then
# - test a stranger's estimator for bias, with values alone
# - derive a sampling map by matching distribution functions, line by line, and say what "increasing" was needed
#   for
# - write reparameterised samplers that work for numbers and tensors, and keep every gradient
# - prove that a divergence is infinite with one event, and know why a sample cannot prove that it is finite
# - compute the divergence of two log-normals term by term, and say why it equals that of two normals
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** $z \sim \log\mathcal N(1, 4)$. What are the distributions of $1/z$, of $z^3$, of $5z$, and of $zw$ with an
# independent $w \sim \log\mathcal N(0, 1)$?
#
# <details><summary>Answer</summary>
#
# Think in logarithms: $\log\mathcal N(-1, 4)$; $\log\mathcal N(3, 36)$; $\log\mathcal N(1 + \log 5, 4)$;
# $\log\mathcal N(1, 5)$.
#
# </details>
#
# **2.** Compute $\mathrm{KL}\big(\log\mathcal N(0, 1) \,\|\, \log\mathcal N(1, 4)\big)$ term by term.
#
# <details><summary>Answer</summary>
#
# $s = 2$. Trace: $1/4$. Mean: $1/4$. Log det: $\log 4 = 1.3863$. Together
# $\frac12(0.25 + 0.25 - 1 + 1.3863) = 0.4431$ nats.
#
# </details>
#
# **3.** $f(z) = z^2$ and $q = \mathcal N(\mu, 1)$ at $\mu = 0$. Compute the variance of one term of the derivative
# by $\mu$: score function, score function with the baseline $\mathbb E f$, pathwise. ($\mathbb E\,\epsilon^2 = 1$,
# $\mathbb E\,\epsilon^4 = 3$, $\mathbb E\,\epsilon^6 = 15$.)
#
# <details><summary>Answer</summary>
#
# All means are 0, so variances are mean squares. $\mathbb E\,\epsilon^6 = 15$. With $b = 1$:
# $\mathbb E(\epsilon^2 - 1)^2 \epsilon^2 = 15 - 6 + 1 = 10$. Pathwise: $\mathbb E(2\epsilon)^2 = 4$.
#
# </details>
#
# **4.** What does this loop learn, and why does nothing complain?
#
# ```python
# z = torch.distributions.LogNormal(mu, sigma).sample()
# loss = -log_likelihood(x, z) + lognormal_kl(mu, sigma)
# loss.backward()
# ```
#
# <details><summary>Answer</summary>
#
# `sample()` cuts the graph, so the reconstruction term sends no gradient to $\mu$ and $\sigma$. Only the
# divergence does: $q$ becomes the prior, for every $x$. The loss is a number with a gradient, so there is nothing
# to complain about. `rsample()` is what was meant.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **5.** Which constant baseline is the best one for the derivative of question 3, and what does it reach there?
#
# <details><summary>Answer</summary>
#
# With $g$ the score, minimise $\mathbb E[(f - b)^2 g^2]$ over $b$ (the mean does not depend on $b$):
# $b = \mathbb E[f g^2] / \mathbb E[g^2]$. Here $b = \mathbb E\,\epsilon^4 / \mathbb E\,\epsilon^2 = 3$, and the
# variance is $15 - 2 \cdot 3 \cdot 3 + 9 = 6$. The mean of $f$ is a good baseline, not the best.
#
# </details>
#
# **6.** $\epsilon \sim \mathcal N(0, 1)$. Find the increasing map to the exponential distribution,
# $Q(a) = 1 - e^{-\lambda a}$ for $a > 0$. Does anything cancel, as it did for the log-normal?
#
# <details><summary>Answer</summary>
#
# $F(\epsilon) = 1 - e^{-\lambda T(\epsilon)}$, so $T(\epsilon) = -\log(1 - F(\epsilon))/\lambda$. Nothing cancels:
# $F$ stays. In code use the logarithm of the upper tail, $\log(1 - F(\epsilon)) = \log F(-\epsilon)$, which has a
# function of its own; $1 - F$ is exactly 0 from $\epsilon \approx 8.3$ on in `float64`.
#
# </details>
#
# **7.** True or false, with a reason: "With the decreasing twin $z = \exp(\mu - \sigma\epsilon)$ the gradient of
# $\mathbb E f(z)$ by $\sigma$ gets the wrong sign."
#
# <details><summary>Answer</summary>
#
# False. $\mathbb E f(z)$ depends on the distribution of $z$ alone, and that is the same, so the derivative is the
# same. In a single term $\partial z/\partial\sigma = -z\,\epsilon$ has the other sign, but at the mirrored noise:
# on average both agree.
#
# </details>
#
# **8.** $q = \mathcal N(10, 1)$, $p = \log\mathcal N(0, 1)$. The chance of a negative sample is about $10^{-23}$;
# training draws a billion. Somebody says: "For all practical purposes the divergence is finite." What do you
# answer?
#
# <details><summary>Answer</summary>
#
# It is infinite, and the estimate does not converge to it: with probability almost 1 the billion samples give a
# finite number, namely about the divergence of $q$ *cut off at 0*. One may decide to optimise that, but then one
# should say so (and use a $q$ that is cut off). And the optimiser is free to move: nothing that it sees keeps
# $\mu/\sigma$ away from 0, until the first negative sample arrives and brings NaN.
#
# </details>
#
# **9.** (6 points) $q$ is a mixture, $\mathcal N(\mu_1, 1)$ with probability $\pi$, else $\mathcal N(\mu_2, 1)$. A
# sample is made in two draws: first which of the two, then $z = \mu_k + \epsilon$. (a) The pathwise term for $\mu_1$:
# when is it 0, and is its mean right? (b) Why does no path lead to $\pi$? Give the score-function term for $\pi$ (two
# cases). (c) Give an estimator for $\pi$ that uses one $\epsilon$ for *both* components and draws no coin, and show
# that it is unbiased. (d) For $f(z) = z^2$, $\mu_1 = 1$, $\mu_2 = -2$, $\pi = 0.3$: both exact derivatives, and the
# standard deviation of the term of (c).
#
# <details><summary>Answer</summary>
#
# (a) (1 point) $f'(z)$ if the first component was drawn, else 0. Its mean, $\pi\, \mathbb E f'(\mu_1 + \epsilon)$, is
# the derivative: the probabilities of the coin do not depend on $\mu_1$.
#
# (b) (2 points) The coin is discrete: it does not move as $\pi$ does, it jumps. For the first component the term is
# $f(z)/\pi$, for the second $-f(z)/(1 - \pi)$. (Or, without a coin: $f(z)\, (q_1(z) - q_2(z))/q(z)$, by the density of
# the mixture.)
#
# (c) (1 point) $J = \pi\, \mathbb E f(\mu_1 + \epsilon) + (1 - \pi)\, \mathbb E f(\mu_2 + \epsilon)$, so the
# derivative is the mean of $f(\mu_1 + \epsilon) - f(\mu_2 + \epsilon)$.
#
# (d) (2 points) $\partial_\pi J = (1 + 1) - (4 + 1) = -3$ and $\partial_{\mu_1} J = 0.3 \cdot 2 = 0.6$. The term of
# (c) is $(1 + \epsilon)^2 - (\epsilon - 2)^2 = 6\epsilon - 3$, with standard deviation 6.
#
# </details>
#
# ## An open question
#
# Line 1 to line 7 need an inverse that can be written down. A Gamma or a Beta distribution has none. But look at
# the equation itself, $F(\epsilon) = Q_\theta(z)$: differentiate both sides by $\theta$ while $\epsilon$ stays,
# $0 = \partial_\theta Q_\theta(z) + q_\theta(z)\, \partial_\theta z$, and you have $\partial_\theta z$ *without
# ever knowing the map*. (The judge of this notebook checks your gradients in just this way.) What do you need to
# draw $z$, then? What about distributions in more than one dimension, where there is no single $Q$? And what, if
# anything, slides when $z$ is a word?

# %% tags=["given"]
total()
