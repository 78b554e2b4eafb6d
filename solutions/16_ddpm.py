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
# # 16 · Denoising diffusion
#
# Notebook 15 walked from the data to noise. Now we walk back. Nobody can write down the step back, for it depends on
# all the data at once. But each step is small, a small step back is nearly Gaussian, and all that is missing is its
# mean. A network learns that mean, and it turns out that it may as well learn to say which noise is in a picture.
#
# This chapter is about the mathematics of the way back: what is learnt, why squared distances are all that remains of
# a likelihood, and what the sampler does with it. We use *exact* denoisers, for data simple enough to have one, so that
# every chain that you write has a law in closed form, and a wrong variance cannot hide behind a network's errors. Only
# then, in section 9, a network takes their place.
#
# You need: notebook 15 (noising in one jump, the posterior, $\hat x_0$), the ELBO (notebook 06). Time: {{time}};
# sections 1, 2, 4, 8 and 9 are the core (of the others, run the given cells all the same; the demo on fewer steps in
# section 9 needs section 5). Labels such as 002 9-3c say where a question comes from; notebook 00 lists these sources.

# %% tags=["given"]
import functools
import itertools
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.data import pictures, two_moons
from pushforward.device import best_device
from pushforward.diffusion import alpha_bar, cosine_schedule, linear_schedule, per_item, q_sample
from pushforward.figures.ddpm import chain_explorer, draw_film, draw_steps, draw_way_back, film_explorer, film_of
from pushforward.figures.style import show
from pushforward.measuring.shapes import off_moons
from pushforward.measuring.sliced import sliced_wasserstein
from pushforward.train import budget, train
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_way_back(linear_schedule(60)),
    alt="Left, sixty steps of the way back: paths that begin in one broad cloud around zero at t = 60 and end, at t = 0, in "
    "two narrow bundles at minus one and plus one. Right, histograms of the values at t = 60, 30, 10 and 0: one hill, which "
    "widens, splits, and becomes two sharp hills under the dashed density of the data.",
)

# %% [markdown]
# ## The picture
#
# The data are two narrow hills, at $-1$ and $1$. The paths start at $t = 60$, on the left, as pure noise, and take
# sixty steps of the sampler that you will write in section 4; the colour of a path is that of the hill in which it
# ends. No network was trained: for two hills one can compute the best possible guess of the noise exactly, and the
# chain uses that.
#
# Follow a single path. For a long while it only jitters. Somewhere in the middle it has to decide, and near the end it
# is pulled into one hill and the jitter fades. The decision is not made by any one step: it is made by the noise, a
# little at each step.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 15) What does $\bar\alpha_t$ say in words, and how do you get $x_t$ from $x_0$ in one jump?
#
# <details><summary>Answer</summary>
#
# It is the share of the variance that is still signal after $t$ steps, for data of variance 1.
# $x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon$.
#
# </details>
#
# **2.** (Notebook 15) What are the mean and the variance of $q(x_{t-1} \mid x_t, x_0)$ at $t = 1$?
#
# <details><summary>Answer</summary>
#
# The mean is $x_0$ and the variance 0: one step before $x_1$ was $x_0$, and that is given.
#
# </details>
#
# **3.** (Notebook 06) $\log p(x) = \mathrm{ELBO} + {}$ what? When is the bound tight?
#
# <details><summary>Answer</summary>
#
# Plus $\mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x)) \ge 0$. It is tight if $q$ is the posterior of the model.
#
# </details>
#
# ### Notation
#
# As in notebook 15: $t = 1 \dots T$, and the entry for time $t$ stands at index `[t - 1]`. `alpha_bar`, `q_sample` and
# `per_item`, which you wrote or met there, now come from `pushforward.diffusion`. New are
#
# | in the text | in code | meaning |
# |---|---|---|
# | $\epsilon_\theta(x_t, t)$ | `model(xt, t)` | the denoiser's guess of the noise in $x_t$; `t` is a tensor with one time per item |
# | $\mu_\theta(x_t, t)$ | | the mean of the learnt step back |
# | $\sigma_t^2$ | `variance[t - 1]` | the variance of the step back: chosen, not learnt |
# | $\mathrm{SNR}_t = \bar\alpha_t / (1 - \bar\alpha_t)$ | | signal to noise |

# %% [markdown]
# ## 1 · Guess the noise
#
# Here is a game. I take a data point, choose a time, mix in noise, and show you the mixture $x_t$ and $t$. You guess
# the noise; you pay the squared distance. That is the whole training of a diffusion model (002 algorithm 1):
#
# $$L = \mathbb E_{x_0,\, t,\, \epsilon} \big\| \epsilon - \epsilon_\theta(x_t, t) \big\|^2, \qquad
# x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon .$$
#
# What is the best guess? A squared distance is least at the conditional mean, so the perfect player answers
# $\mathbb E[\epsilon \mid x_t]$. If the data are a *single* point $c$, the mixture betrays its noise entirely:
# $\epsilon = (x_t - \sqrt{\bar\alpha_t}\,c)/\sqrt{1 - \bar\alpha_t}$, and the perfect player pays nothing. As soon as
# two data points could lie behind one $x_t$, he pays something, and that is not his fault.
#
# **In numbers.** $x_0 = 2$, $\epsilon = -1$, $\bar\alpha_t = 0.64$: $x_t = 0.8 \cdot 2 - 0.6 = 1$. A model that says 0
# pays $(-1 - 0)^2 = 1$. One that believes in $c = 2$ says $(1 - 1.6)/0.6 = -1$ and pays 0; one that believes in $c = 0$
# says $1/0.6 = 1.667$ and pays $7.11$.
#
# **Write** the loss of a batch: the mean over *all* entries. (The square of a norm is a sum over the entries of one
# item. Dividing it by their number changes no best guess, and makes losses of small and large pictures comparable.)
# Time and noise are arguments, so that results can be repeated; a training loop draws them afresh for each step.


# %% tags=["solve:ddpm.loss"]
def ddpm_loss(model, x0, t, eps, alpha_bar):
    """L = mean over all entries of (eps - model(x_t, t))², x_t = √alpha_bar_t x0 + √(1 - alpha_bar_t) eps.   (002 algorithm 1)

    model: takes x_t (B, …) and t (B,), gives eps (B, …); x0, eps: (B, …), of the type of alpha_bar;
    t: (B,), int64, values 1 … T; alpha_bar: (T,), values in (0, 1);  returns one number, of the type of x0.
    """
    ### BEGIN SOLUTION
    xt = q_sample(x0, t, eps, alpha_bar)
    return ((eps - model(xt, t)) ** 2).mean()
    ### END SOLUTION


# %% tags=["check:ddpm.loss:2"]
check("ddpm.loss")

# %% [markdown]
# Two slips. Draw the noise a second time for the target, and the curve never gets below 1: the model learns to say 0,
# the best guess at a noise that it has never seen. That is easily noticed, if one knows the number. The other never
# shows: tell the model $t - 1$, and the curve is perfect, but the sampler, which tells it $t$, gets the answers of the
# wrong step.

# %% [markdown]
# ## 2 · From means to noises
#
# Why the noise? What the step back needs is a *mean*. Take notebook 15's posterior mean, and put in the $x_0$ that
# $x_t$ and $\epsilon$ make, $x_0 = (x_t - \sqrt{1 - \bar\alpha_t}\,\epsilon)/\sqrt{\bar\alpha_t}$. With
# $\sqrt{\bar\alpha_t} = \sqrt{\bar\alpha_{t-1}}\sqrt{\alpha_t}$ the factor before $x_t$ becomes
#
# $$\frac{\beta_t}{\sqrt{\alpha_t}\,(1 - \bar\alpha_t)} + \frac{\sqrt{\alpha_t}\,(1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t}
# = \frac{\beta_t + \alpha_t - \bar\alpha_t}{\sqrt{\alpha_t}\,(1 - \bar\alpha_t)} = \frac1{\sqrt{\alpha_t}},$$
#
# and so
#
# $$\boxed{\mu_t = \frac{1}{\sqrt{\alpha_t}} \left( x_t - \frac{\beta_t}{\sqrt{1 - \bar\alpha_t}}\, \epsilon \right) .}$$
#
# If the model builds its mean in the same way from its guess $\epsilon_\theta$, both means share their $x_t$, and all
# that is left of their distance is the distance of the noises. If the model's step back has the variance
# $\sigma_t^2 I$, then all of the divergence that depends on the model is $\|\mu_t - \mu_\theta\|^2 / (2\sigma_t^2)$
# (section 6 proves it; where both variances are equal it is all there is), hence, up to a constant that no model
# changes,
#
# $$\mathrm{KL} = w_t\, \|\epsilon - \epsilon_\theta\|^2, \qquad
# w_t = \frac{\beta_t^2}{2\,\sigma_t^2\,\alpha_t\,(1 - \bar\alpha_t)} .$$
#
# The loss of section 1 simply drops $w_t$. That is no longer the bound on $\log p(x_0)$, but it is the same game with
# other stakes: at small $t$, where $w_t$ is large and the noise too faint to see, one pays less. Pictures come out
# better.
#
# **In numbers.** $\beta = (0.1, 0.2)$, $t = 2$, $\bar\alpha_2 = 0.72$: the factor before $\epsilon$ is
# $0.2/(\sqrt{0.28}\sqrt{0.8}) = 0.4226$. With $x_2 = 0.5$, $\epsilon = -1$ the mean is $0.5590 + 0.4226 = 0.9816$. With
# $\sigma_2^2 = \beta_2$ the weight is $0.04/(2 \cdot 0.2 \cdot 0.8 \cdot 0.28) = 0.4464$, and $0.5556$ at $t = 1$.
#
# **Write** the mean, and the weights of all steps.


# %% tags=["solve:ddpm.weight"]
def mean_from_eps(xt, t, eps, beta):
    """mu = (x_t - beta_t / √(1 - alpha_bar_t) eps) / √(1 - beta_t).   (002 9-3e, algorithm 2)

    xt, eps: (B, …), of the type of beta; t: (B,), int64, values 1 … T; beta: (T,), values between 0.001 and 0.9;
    returns mu, of the shape and type of xt.
    """
    ### BEGIN SOLUTION
    on_eps = beta / (1 - alpha_bar(beta)).sqrt()
    return (xt - per_item(on_eps[t - 1], xt) * eps) / per_item((1 - beta[t - 1]).sqrt(), xt)
    ### END SOLUTION


def eps_weight(beta, variance):
    """w_t = beta_t² / (2 sigma_t² (1 - beta_t) (1 - alpha_bar_t)), so that w_t ‖eps - eps_theta‖² is what depends on the model in the KL.   (002 9-3 conclusion)

    beta: (T,), values between 0.001 and 0.9; variance: (T,), sigma_t², > 0;  returns (T,), of the type of beta.
    """
    ### BEGIN SOLUTION
    return beta**2 / (2 * variance * (1 - beta) * (1 - alpha_bar(beta)))
    ### END SOLUTION


# %% tags=["check:ddpm.weight:2"]
check("ddpm.weight")

# %% [markdown]
# ## 3 · Four ways to say the same
#
# $x_t$ is a mixture of two unknowns, $x_0$ and $\epsilon$, with known weights. Say anything about one of them and the
# other follows. So a network may predict the noise, the clean $x_0$, the **score** $\nabla_{x_t} \log q(x_t \mid x_0)$
# of the mixture (002 9-5), or the **velocity** $v$:
#
# $$\text{score} = -\frac{x_t - \sqrt{\bar\alpha_t}\,x_0}{1 - \bar\alpha_t} = -\frac{\epsilon}{\sqrt{1 - \bar\alpha_t}},
# \qquad v = \sqrt{\bar\alpha_t}\,\epsilon - \sqrt{1 - \bar\alpha_t}\,x_0 .$$
#
# Write $\sqrt{\bar\alpha_t} = \cos\varphi$ and $\sqrt{1 - \bar\alpha_t} = \sin\varphi$. Then
# $x_t = \cos\varphi\, x_0 + \sin\varphi\, \epsilon$, and $v = dx_t/d\varphi$ is how fast it changes as $\varphi$ goes
# from signal to noise. The pair $(x_t, v)$ is $(x_0, \epsilon)$ turned by the angle $\varphi$, and turning back gives
# $\epsilon = \sin\varphi\, x_t + \cos\varphi\, v$ and $x_0 = \cos\varphi\, x_t - \sin\varphi\, v$: no division
# anywhere. That is why $v$ is liked at both ends of time, where one of the other formulas divides by nearly nothing.
#
# A model's guesses are conditional means, and everything here is linear once $x_t$ is known. So the same formulas turn
# the best guess of one into the best guess of the others; only what counts as a *small* error differs.
#
# **In numbers.** $\bar\alpha_t = 0.64$, $x_0 = 2$, $\epsilon = -1$: $x_t = 1$, score $= 1/0.6 = 1.667$,
# $v = -0.8 - 1.2 = -2$; back: $\epsilon = 0.6 \cdot 1 + 0.8 \cdot (-2) = -1$.
#
# **Write** the translator: `kind` says what `value` is; all four come back.


# %% tags=["solve:ddpm.parametrisations"]
def parametrisations(kind, value, xt, t, alpha_bar):
    """All of eps, x0, score = -eps / √(1 - alpha_bar_t), v = √alpha_bar_t eps - √(1 - alpha_bar_t) x0, from one.   (002 9-5)

    kind: "eps", "x0", "score" or "v"; value, xt: (B, …), of the type of alpha_bar; t: (B,), int64, values 1 … T;
    alpha_bar: (T,), values between 0.01 and 0.99;
    returns {"eps": …, "x0": …, "score": …, "v": …}, each of the shape and type of xt.
    """
    ### BEGIN SOLUTION
    signal = per_item(alpha_bar[t - 1], xt).sqrt()
    noise = per_item(1 - alpha_bar[t - 1], xt).sqrt()
    if kind == "x0":
        eps = (xt - signal * value) / noise
    elif kind == "score":
        eps = -noise * value
    elif kind == "v":
        eps = noise * xt + signal * value
    else:
        eps = value
    x0 = (xt - noise * eps) / signal
    return {"eps": eps, "x0": x0, "score": -eps / noise, "v": signal * eps - noise * x0}
    ### END SOLUTION


# %% tags=["check:ddpm.parametrisations:2"]
check("ddpm.parametrisations")

# %% [markdown]
# ## 4 · The way back
#
# Now generate (002 algorithm 2, 000 Q2b). Start from $x_T \sim \mathcal N(0, I)$, and for $t = T, T - 1, \dots, 1$ take
#
# $$x_{t-1} = \mu_\theta(x_t, t) + \sigma_t\, z_t, \qquad z_t \sim \mathcal N(0, I), \text{ but } z_1 = 0,$$
#
# with the mean of section 2. The variances $\sigma_t^2$ are chosen; two choices are common, $\beta_t$ and
# $\tilde\beta_t$ (notebook 15's exam question 5 says for which data each is right). Why no noise in the last step? Its
# result *is* the picture, and whatever you add stays in it.
#
# The **variance-exploding** chain $x_t = x_{t-1} + \sigma\epsilon_t$ goes back in the same way, but from the wide start
# $x_T \sim \mathcal N(0, T\sigma^2 I)$. Put $\hat x_0 = x_t - \sqrt t\,\sigma\,\epsilon_\theta$ into its posterior mean
# $\big((t - 1)\,x_t + \hat x_0\big)/t$:
#
# $$x_{t-1} = x_t - \frac{\sigma}{\sqrt t}\,\epsilon_\theta(x_t, t) + \sigma\sqrt{\frac{t-1}{t}}\; z_t .$$
#
# Its last factor vanishes at $t = 1$ by itself.
#
# How does one check a sampler? Not by looking at pictures. If the data are $\mathcal N(m, s^2)$, the exact denoiser is
# linear, $\mathbb E[\epsilon \mid x_t] = \sqrt{1 - \bar\alpha_t}\,(x_t - \sqrt{\bar\alpha_t}\,m)/v_t$ with
# $v_t = \bar\alpha_t s^2 + 1 - \bar\alpha_t$. Then the whole chain is linear in its noises, and its result is normal
# with a mean and a variance that can be written down. The check does that: it answers your calls of `model`, sends one
# noise at a time through your chain, and adds up the squares.
#
# **In numbers.** $\beta = (0.1, 0.2)$, variances $\beta$, a model that always says 0, $x_2 = 1$, noises 1: $x_1 =
# 1/\sqrt{0.8} + \sqrt{0.2} = 1.5652$, $x_0 = 1.5652/\sqrt{0.9} = 1.6499$. Variance-exploding with $\sigma = 0.5$:
# $x_1 = 1 + 0.5\sqrt{1/2} = 1.3536 = x_0$.
#
# **Write** both chains. Noise is an argument again: `noise[t - 1]` is $z_t$. (That of $t = 1$ is there and not used.)


# %% tags=["solve:ddpm.sample"]
def ddpm_sample(model, xT, noise, beta, variance):
    """x_{t-1} = mu(x_t, model(x_t, t)) + √variance_t noise_t for t = T … 1, no noise at t = 1.   (002 algorithm 2)

    model: takes x_t (B, …) and t (B,), gives eps (B, …); xT: (B, …), of the type of beta; noise: (T, B, …);
    beta: (T,), values between 0.001 and 0.5; variance: (T,), values between 0 and 1;
    returns x_0, of the shape and type of xT.
    """
    ### BEGIN SOLUTION
    x = xT
    for t in range(len(beta), 0, -1):
        times = torch.full((len(x),), t, device=x.device)
        x = mean_from_eps(x, times, model(x, times), beta)
        if t > 1:
            x = x + variance[t - 1].sqrt() * noise[t - 1]
    return x
    ### END SOLUTION


def ve_chain(model, xT, noise, sigma):
    """x_{t-1} = x_t - sigma / √t model(x_t, t) + sigma √((t - 1) / t) noise_t for t = T … 1.   (000 Q2b)

    model: takes x_t (B, …) and t (B,), gives eps (B, …); xT: (B, …); noise: (T, B, …); sigma: float, > 0;
    returns x_0, of the shape and type of xT.
    """
    ### BEGIN SOLUTION
    x = xT
    for t in range(len(noise), 0, -1):
        guess = model(x, torch.full((len(x),), t, device=x.device))
        x = x - sigma / math.sqrt(t) * guess + sigma * math.sqrt((t - 1) / t) * noise[t - 1]
    return x
    ### END SOLUTION


# %% tags=["check:ddpm.sample:4"]
check("ddpm.sample")

# %% [markdown]
# Your chain now runs on the two hills of the opening picture, with their exact denoiser. Set the number of steps, and
# the variance of each step in units of $\beta_t$. Which matters more? Try the shares 0, 1 and 2, with twenty steps and
# with a hundred.

# %% tags=["demo"]
with waiting_for("ddpm_sample", "mean_from_eps"):
    display(chain_explorer(ddpm_sample))

# %% [markdown]
# At share 0 the chain is deterministic, and loses spread at each step: with twenty steps all paths end at 0, between
# the hills, where no data are, and with a hundred they end in two needles. At share 1 the hills are half as wide again
# as they should be with twenty steps, and hardly a tenth too wide with a hundred. At share 2 they are still half as
# wide again with a hundred. (No noise need not mean no spread: section 5 has a deterministic chain that keeps it.)
#
# ### The perfect player has learnt by heart
#
# For a training set we know the best guess, too: [notebook 15](15_diffusion_forward.ipynb), section 12, has it from
# Bayes' rule. It is $\hat x_0 = \sum_i w_i\, x^{(i)}$ with the *shares* $w$, the softmax of
# $-d_i = -\|x_t - \sqrt{\bar\alpha_t}\,x^{(i)}\|^2 / (2\,(1 - \bar\alpha_t))$.
#
# There `best_x0` was given; here you write it, in terms of this chapter's game. The best guess of the noise is what
# $\hat x_0$ leaves of $x_t$,
#
# $$\epsilon^*(x_t, t) = \frac{x_t - \sqrt{\bar\alpha_t}\,\hat x_0}{\sqrt{1 - \bar\alpha_t}} ,$$
#
# and no network, however large, has a smaller training loss. Put it into section 4's last step, where
# $1 - \bar\alpha_1 = \beta_1$: the mean is $(x_1 - \sqrt{\beta_1}\,\epsilon^*)/\sqrt{\alpha_1} = \hat x_0$, as in
# notebook 15's chain. So **the perfect player generates training points, and nothing else**, if $\beta_1$ is small.
#
# **In numbers.** Two points, $-1$ and $1$; $\bar\alpha_t = 0.64$, $x_t = 0.4$. $d = 1.2^2/0.72 = 2$ and
# $0.4^2/0.72 = 0.2222$, the shares are $0.1446$ and $0.8554$. $\hat x_0 = 0.7108$, which is none of the two, and
# $\epsilon^* = (0.4 - 0.8 \cdot 0.7108)/0.6 = -0.2811$.
#
# **Write** the shares, the guess, and the whole chain, with variance $\beta_t$. (What section 4's sampler wants is a
# `model` that takes $x_t$ and $t$; yours also knows the data.) Far from all points every $e^{-d_i}$ is 0 in floating
# point, and $0/0$ is no share: a softmax that takes the $-d_i$ themselves does not mind.


# %% tags=["solve:ddpm.memorises"]
def point_shares(xt, t, data, alpha_bar):
    """w_i = exp(-d_i) / Σ_j exp(-d_j), d_i = ‖x_t - √alpha_bar_t data_i‖² / (2 (1 - alpha_bar_t)).   (002 9-3 conclusion)

    xt: (B, d), of the type of alpha_bar; t: (B,), int64, values 1 … T; data: (n, d); alpha_bar: (T,), values between 0.01 and 0.99;
    returns (B, n), of the type of xt.
    """
    ### BEGIN SOLUTION
    kept = alpha_bar[t - 1][:, None]  # (B, 1)
    square = ((xt[:, None] - kept[:, :, None].sqrt() * data) ** 2).sum(2)  # (B, n)
    return (-square / (2 * (1 - kept))).softmax(1)
    ### END SOLUTION


def perfect_guess(xt, t, data, alpha_bar):
    """eps = (x_t - √alpha_bar_t Σ_i w_i data_i) / √(1 - alpha_bar_t), with the shares w of x_t.

    xt: (B, d), of the type of alpha_bar; t: (B,), int64, values 1 … T; data: (n, d); alpha_bar: (T,), values between 0.01 and 0.99;
    returns eps, of the shape and type of xt.
    """
    ### BEGIN SOLUTION
    kept = alpha_bar[t - 1][:, None]
    x0_hat = point_shares(xt, t, data, alpha_bar) @ data
    return (xt - kept.sqrt() * x0_hat) / (1 - kept).sqrt()
    ### END SOLUTION


def sample_by_heart(xT, noise, data, beta):
    """The chain of ddpm_sample with the perfect guess of the data as its model, and variance beta_t.

    xT: (B, d), of the type of beta; noise: (T, B, d); data: (n, d); beta: (T,), values between 0.01 and 0.3;
    returns x_0, of the shape and type of xT.
    """
    ### BEGIN SOLUTION
    kept = alpha_bar(beta)
    return ddpm_sample(lambda xt, t: perfect_guess(xt, t, data, kept), xT, noise, beta, beta)
    ### END SOLUTION


# %% tags=["check:ddpm.memorises:4"]
check("ddpm.memorises")

# %% tags=["given"]
from pushforward.data import digits
from pushforward.figures.ddpm_exact import draw_by_heart, draw_guesses

# %% [markdown]
# Five training points. Wherever you stand (at $x_t/\sqrt{\bar\alpha_t}$), an arrow leads to your $\hat x_0$:

# %% tags=["demo"]
with waiting_for("point_shares"):
    five = torch.tensor([[-1.0, -0.9], [-0.8, 0.9], [0.1, 0.2], [1.1, 0.7], [0.9, -1.0]], dtype=torch.float64)
    show(
        draw_guesses(point_shares, five, torch.tensor([0.1, 0.6, 0.95], dtype=torch.float64)),
        alt="Three squares with five training points and arrows to the best guess of the clean point. At alpha_bar 0.1 all "
        "arrows lead to the middle of the points; at 0.6 to places between them; at 0.95 the square has split into five "
        "cells, and in each all arrows lead to the cell's own point.",
    )

# %% [markdown]
# Under much noise there is nothing to know but the mean. As the noise goes, the guess makes up its mind, and in the end
# the square has fallen into cells, one for each point. Now the digits: your chain, with the thousand training pictures
# in its head, and what its guesses cost.

# %% tags=["demo"]
with waiting_for("perfect_guess", "sample_by_heart"):
    train_digits, test_digits = (digits(part)[0] / 8 - 1 for part in ("train", "test"))
    show(
        draw_by_heart(perfect_guess, sample_by_heart, train_digits, test_digits),
        alt="Left, six generated digits, and below each the nearest training picture: they are the same, pixel by pixel. "
        "Right, the loss over time. On training pictures it is nearly zero everywhere. On other pictures it is as small "
        "at late times, and rises without limit towards t = 1, far above the one that a guess of zero would pay.",
    )

# %% [markdown]
# The pictures are sharp and different from each other, as good as the training set, since they *are* the training set.
# The right half gives the player away: at $t = 2$ of 60 he pays $0.00$ on the pictures that he knows and $9.3$ on
# others, where a player who always says 0 pays 1. Under a little noise he is sure to recognise an old picture, and
# wrong.
#
# So nothing in the loss asks for new pictures. A network makes them because it *cannot* learn by heart: it is too
# small, it is stopped early, it is too smooth to jump at the borders of a thousand cells. Where it can, for small sets
# or pictures that occur a hundred times, diffusion models do give back their training data. That is why one looks at
# the loss on pictures kept back, and at the neighbours of the samples (notebook 09), before one believes in them.
#
# **A question for the pencil.** Every training picture occurs once, except for one, which occurs 50 times. What changes
# in the formula, and in the samples?
#
# <details><summary>Answer</summary>
#
# Its share is multiplied by 50 before the shares are made to add up to one: $-d_i$ becomes $-d_i + \log 50$. At late
# times $\hat x_0$ is drawn towards it, its cell is larger at every time, and the samples give it back about 50 times as
# often as any other.
#
# </details>

# %% [markdown]
# ### Two knobs and two errors
#
# The variance-exploding chain has two knobs, $\sigma$ and $T$. How does the quality depend on them (000 Q2c)? A perfect
# player can answer that without luck and without a network, on a grid. What is wrong with a chain whose steps have been
# learnt perfectly? Two things.
#
# **The steps are normal, the truth is not.** Let the data be hills, $q(x_0) = \sum_k \pi_k\, \mathcal N(m_k, s^2)$. At
# time $t - 1$ each hill has the variance $v = s^2 + (t - 1)\sigma^2$. Seen from $x_t = x$, Bayes' rule gives for each
# hill
#
# $$r_k \propto \pi_k\, \mathcal N(x;\, m_k,\, v + \sigma^2), \qquad \mu_k = m_k + \frac{v}{v + \sigma^2}\,(x - m_k), \qquad
# c = \frac{v\,\sigma^2}{v + \sigma^2} :$$
#
# with share $r_k$ we come from hill $k$, and then from $\mathcal N(\mu_k, c)$. That is a mixture again. A chain can
# only take a normal step, and the best that it can do (least KL) is to have the mixture's mean and variance:
#
# $$\text{mean} = \sum_k r_k\, \mu_k, \qquad
# \text{variance} = \underbrace{c}_{\text{within a hill}} + \underbrace{\textstyle\sum_k r_k\, (\mu_k - \text{mean})^2}_{\text{which hill?}} .$$
#
# **The start is not the end.** The chain starts from $\mathcal N(0, T\sigma^2)$, where the noising ends in
# $\sum_k \pi_k\, \mathcal N(m_k, s^2 + T\sigma^2)$.
#
# **In numbers.** Equal hills at $\pm 1$ with $s = 0.3$; $\sigma = 1$, $t = 1$, $x = 0$. $v = 0.09$, $\mu = \pm 0.9174$,
# $c = 0.0826$, and the step has mean 0 and variance $0.0826 + 0.8417 = 0.924$: it puts 32 % of its points between
# $-0.4$ and $0.4$, where the truth has 4 %.
#
# **Write** the two moments. `before` is the variance that was added before this step, $(t - 1)\sigma^2$.
#
# **Find two witnesses.** `missed(sigma, T, step_moments)` runs the chain by quadrature for hills at $\pm 1$ with
# weights $\frac13$ and $\frac23$ and $s = 0.3$, and returns by how many nats its end misses the data,
# $\mathrm{KL}(q \,\|\, p_\theta)$. Two things can be tried: *longer*, twice the steps at the same $\sigma$; or *finer*,
# half of $\sigma$ and four times the steps, at the same total variance. Give one pair $(\sigma, T)$ where longer is
# useless, it takes away less than 5 % of what is missed, while finer takes away more than half; and one pair where it
# is the other way round.


# %% tags=["given"]
from pushforward.figures.ddpm_exact import draw_two_knobs
from pushforward.hills import missed


# %% tags=["solve:ddpm.steps_and_noise"]
def step_moments(x, before, sigma, weights, means, s):
    """Mean and variance of x_{t-1} given x_t = x, x_0 ~ Σ_k weights_k N(means_k, s²), as in the two formulas above.   (000 Q2c)

    x: (N,), also far from all hills; before: float, ≥ 0, the variance (t - 1) sigma²; sigma: float, between 0.05 and 3; weights: (K,), > 0, of sum 1;
    means: (K,); s: float, between 0.1 and 2;  returns (mean, variance), both (N,), of the type of x.
    """
    ### BEGIN SOLUTION
    v = s**2 + before
    away = x[:, None] - means  # (N, K)
    share = (weights.log() - away**2 / (2 * (v + sigma**2))).softmax(1)
    mu = means + v / (v + sigma**2) * away
    mean = (share * mu).sum(1)
    which = (share * (mu - mean[:, None]) ** 2).sum(1)
    return mean, v * sigma**2 / (v + sigma**2) + which
    ### END SOLUTION


def longer_is_useless():
    """(sigma, T): twice the steps take away less than 5 % of what is missed; finer, half of sigma and 4 T steps, more than half.

    returns sigma, a float between 0.05 and 2, and T, an int between 1 and 32.
    """
    ### BEGIN SOLUTION
    return 0.7, 32  # there is hardly a gap left at the start, and the steps are coarse
    ### END SOLUTION


def finer_is_useless():
    """(sigma, T): half of sigma with 4 T steps takes away less than 5 % of what is missed; longer, 2 T steps, more than half.

    returns sigma, a float between 0.05 and 2, and T, an int between 1 and 32.
    """
    ### BEGIN SOLUTION
    return 0.15, 32  # the steps are fine, and the start is far too narrow
    ### END SOLUTION


# %% tags=["check:ddpm.steps_and_noise:4"]
check("ddpm.steps_and_noise")

# %% [markdown]
# Here is the whole landscape, from your moments. On the left $T$ grows at fixed $\sigma$, in the middle $\sigma$
# shrinks at fixed total variance, and on the right is where three chains end.

# %% tags=["demo"]
with waiting_for("step_moments"):
    show(
        draw_two_knobs(step_moments),
        alt="Left, what is missed against the number of steps for sigma 1, a half and a quarter: each curve falls and then "
        "stays at a floor of its own, 0.28, 0.05 and below 0.01. Middle, the same against sigma at total variances 1, 2 and 4: "
        "towards small sigma each curve flattens at a floor of its own, lower for more variance. Right, the two hills and the ends of "
        "chains of total variance 8: with sigma 1 a broad heap between the hills, with a half two blurred hills, with a "
        "quarter almost the data.",
    )

# %% [markdown]
# **Question (6 points; 000 Q2c).** How does the quality of the approximation depend (a) on $\sigma$, if $T$ is varied
# so that the total variance stays the same, and (b) on $T$, at constant $\sigma$? Give for each the reason, and say
# where it ends.

# %% [markdown] tags=["written:ddpm.two_knobs:6"]
# ### BEGIN SOLUTION
# **Model answer.** (a) A smaller $\sigma$ generally helps: the less noise a step adds, the more nearly normal is the
# true step back, and only normal steps can be taken. It ends at the error of the start, which depends on the total
# variance alone. (For normal data every step back is normal, and $\sigma$ does not matter if the variance of the steps
# is chosen well.)
#
# (b) A larger $T$ generally helps: $x_T$ is noisier, its signal-to-noise ratio lower, so it is closer to the normal
# distribution that sampling starts from. It ends at the floor that $\sigma$ sets. Beyond that, more steps cost time,
# and with a network that is not perfect the errors of the steps add up.
#
# **Rubric**
# - (1) a: smaller sigma is better
# - (1) a: since a step back is closer to a normal distribution
# - (1) a: until the error of the start remains, or: not for normal data, or: more steps cost time
# - (1) b: larger T is better
# - (1) b: since x_T is closer to the start of sampling, its signal-to-noise ratio lower
# - (1) b: until the floor that sigma sets, or: errors of the network add up, or: more steps cost time
# - (up to 6) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# So **$\sigma$ sets a floor**: $0.282$ nats for $\sigma = 1$, $0.049$ for $\frac12$, $0.003$ for $\frac14$, and no
# number of steps goes below it. **$T\sigma^2$ removes the gap of the start**: at total variance 1 it costs $0.016$
# nats, however fine the steps, and at 4 still $0.002$. More steps stop helping where the error that they mend is no
# longer the larger one.
#
# Why does a small $\sigma$ help? A step does harm where two hills could have led to $x_t$ *and* their $\mu_k$ lie far
# apart, compared with the noise of the step. Early on the way back both hills are possible, but for a narrow step the
# $\mu_k$ nearly agree; near the end they are apart, but after so little noise one $r_k$ is nearly 1. A wide last step
# has both at once. The price is time: each step is a run of the network, one after the other, and this is the main
# drawback of diffusion models (002 9-4a). Section 5 is about fewer of them.
#
# 000's own solution stops at the two halves "smaller is better" and "larger is better". Your two witnesses are places
# where one of them is no longer true.

# %% [markdown]
# ## 5 · Bigger steps, less noise
#
# The loss of section 1 knows only the marginals $q(x_t \mid x_0)$. Any chain with these marginals can use the same
# trained network. Here is a whole family (it is called DDIM). Estimate $\hat x_0$, and mix anew for an *earlier* time,
# with $\bar\alpha'$ in place of $\bar\alpha$. The noise that is needed there may be old, or new, or part of each:
#
# $$x' = \sqrt{\bar\alpha'}\;\hat x_0 + \sqrt{1 - \bar\alpha' - \sigma^2}\;\epsilon_\theta + \sigma z, \qquad
# \sigma = \eta\,\sqrt{\frac{1 - \bar\alpha'}{1 - \bar\alpha}\Big(1 - \frac{\bar\alpha}{\bar\alpha'}\Big)} .$$
#
# The squares of the factors before $\epsilon_\theta$ and $z$ add up to $1 - \bar\alpha'$, whatever $\sigma$ is. So if
# $\hat x_0$ and $\epsilon_\theta$ are those that made $x_t$, then $x'$ has the law $q(x' \mid x_0)$: the marginals
# stay. With $\eta = 1$ and neighbouring times, $\sigma^2$ is $\tilde\beta_t$, and this is the step of section 4. With
# $\eta = 0$ nothing is random but the start, so one noise always gives one picture. And nothing says that the earlier
# time must be $t - 1$: skip, and a network that was trained for a thousand steps samples in twenty.
#
# **In numbers.** $x_t = 1$, $\epsilon = -1$, $\bar\alpha = 0.64$, so $\hat x_0 = 2$. To $\bar\alpha' = 0.81$ with
# $\eta = 0$: $0.9 \cdot 2 - \sqrt{0.19} = 1.3641$. With $\eta = 1$:
# $\sigma^2 = \frac{0.19}{0.36}(1 - 0.7901) = 0.1108$.
#
# **Write** one step. `now` and `before` are the two $\bar\alpha$, of the present and of the earlier time.


# %% tags=["solve:ddpm.ddim"]
def ddim_step(xt, eps, noise, now, before, eta):
    """x' = √before x0_hat + √(1 - before - sigma²) eps + sigma noise, sigma = eta √((1 - before) / (1 - now) (1 - now / before)).

    xt, eps, noise: same shape; now: float, between 0.01 and 0.72; before: float, between 0.75 and 1; eta: float, between 0 and 1;
    returns x', of the shape and type of xt.
    """
    ### BEGIN SOLUTION
    x0_hat = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    sigma = eta * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    return math.sqrt(before) * x0_hat + math.sqrt(1 - before - sigma**2) * eps + sigma * noise
    ### END SOLUTION


# %% tags=["check:ddpm.ddim:2"]
check("ddpm.ddim")

# %% [markdown]
# ### Detective: which of these is no step back?
#
# A sampler with a slip still makes pictures, only worse ones, and nobody can say why. Judge others: you get functions
# that claim to take one step back with variance $\beta_t$, and no noise at $t = 1$. Some do, each in its own way and
# with its own rounding; some only look like it. Your test may call them as often as it likes.
#
# What you know by heart helps: with $\beta = (0.1, 0.2)$, $t = 2$, $x_2 = 0.5$, $\epsilon = -1$ the mean is $0.9816$
# (section 2), and a noise of 1 adds $\sqrt{0.2}$. The three tensors enter linearly, so each can be looked at alone.
#
# **Write** the test. It has to let every right function pass; then each kind of impostor that it unmasks is worth
# points.


# %% tags=["solve:ddpm.catch_step"]
def is_step_back(implementation):
    """True if the function takes the step x_{t-1} = mean_from_eps(x_t, t, eps, beta) + √beta_t noise, no noise at t = 1.

    implementation: takes xt, eps, noise, all (D,), t, an int, and beta, (T,), and gives (D,); call it on tensors of your
    choice (values only: no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    beta = torch.tensor([0.1, 0.35, 0.2, 0.05], dtype=torch.float64)
    xt, eps, noise = torch.tensor([[1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [1.0, -0.7, 2.0]], dtype=torch.float64)
    for t in (1, 2, 3):
        times = torch.full((3,), t)
        wanted = mean_from_eps(xt, times, eps, beta) + (t > 1) * beta[t - 1].sqrt() * noise
        if not torch.allclose(implementation(xt, eps, noise, t, beta), wanted, rtol=1e-5, atol=1e-6):
            return False
    return True
    ### END SOLUTION


# %% tags=["check:ddpm.catch_step:2"]
check("ddpm.catch_step")

# %% [markdown]
# ## 6 · Why squared distances are all that is left
#
# Now the promise of section 2. One term of the bound compares the true step back, $q(x_{t-1} \mid x_t, x_0)$, with the
# learnt one. Both are normal, and the learnt one may have the *same* variance (002 9-3e). Four lines, each an exercise.
#
# **Line 1** is notebook 06's divergence between normals, here with one variance each for all $d$ dimensions:
#
# $$\mathrm{KL} = \tfrac12 \Big( d\,\tfrac{v_q}{v_p} + \tfrac{\|\mu_q - \mu_p\|^2}{v_p} - d - d \log \tfrac{v_q}{v_p} \Big) .$$
#
# **Line 2** makes the variances equal. What becomes of the trace, of $d$, of the log-determinant?
#
# **Line 3** puts in the two means: notebook 15's posterior mean, once with $x_0$ and once with the model's $\hat x_0$.
# Both have the same $x_t$, which drops out, and what stands before $x_0$ is
# $\sqrt{\bar\alpha_{t-1}}\,\beta_t/(1 - \bar\alpha_t)$.
#
# **Line 4** puts in $v = \tilde\beta_t$. Everything collapses into the signal-to-noise ratio
# $\mathrm{SNR} = \bar\alpha/(1 - \bar\alpha)$:
#
# $$\frac{1}{2\tilde\beta_t}\, \frac{\bar\alpha_{t-1}\,\beta_t^2}{(1 - \bar\alpha_t)^2}
# = \frac{\bar\alpha_{t-1}\,\beta_t}{2\,(1 - \bar\alpha_{t-1})(1 - \bar\alpha_t)}
# = \frac{\bar\alpha_{t-1} - \bar\alpha_t}{2\,(1 - \bar\alpha_{t-1})(1 - \bar\alpha_t)}
# = \tfrac12 \big( \mathrm{SNR}_{t-1} - \mathrm{SNR}_t \big) .$$
#
# For each unit of squared error in the picture you pay half of what the ratio drops in this step. If the guess is
# equally wrong at all times the sum over the steps telescopes, and only the two ends of the schedule count. A real
# guess gets better as the ratio grows; then the sum is that of a staircase over the SNR axis, and the shape of the
# schedule only decides where the stairs stand. With many steps they are too fine to matter: this is why the shape
# matters less than one fears.
#
# **In numbers.** $\mu_q = (1, 0)$, $\mu_p = (0, 2)$, $v_q = 0.5$, $v_p = 2$: trace $0.5$, mean $2.5$, $d = 2$,
# log-determinant $2.7726$, so KL $= 1.8863$. With $v = 0.5$ for both: mean $10$, KL $= 5$. With
# $\bar\alpha_{t-1} = 0.8$, $\bar\alpha_t = 0.5$: SNR $4$ and $1$, half of the drop is $1.5$.
#
# **Write** the named terms of each line. `before` and `now` are $\bar\alpha_{t-1}$ and $\bar\alpha_t$.


# %% tags=["solve:ddpm.consistency"]
def kl_terms(mu_q, var_q, mu_p, var_p):
    """Line 1: KL(N(mu_q, var_q I) ‖ N(mu_p, var_p I)) = ½ (trace + mean - dimension + log_det).   (002 9-3e)

    mu_q, mu_p: (d,); var_q, var_p: floats, > 0;
    returns {"trace": number, "mean": number, "dimension": number, "log_det": number}.
    """
    ### BEGIN SOLUTION
    d, ratio = len(mu_q), var_q / var_p
    mean = ((mu_q - mu_p) ** 2).sum() / var_p
    return {"trace": d * ratio, "mean": mean, "dimension": d, "log_det": -d * math.log(ratio)}
    ### END SOLUTION


def equal_terms(mu_q, mu_p, var):
    """Line 2: the same with equal variances, = ½ mean.

    mu_q, mu_p: (d,); var: float, > 0;  returns {"mean": number}.
    """
    ### BEGIN SOLUTION
    return {"mean": ((mu_q - mu_p) ** 2).sum() / var}
    ### END SOLUTION


def x0_terms(x0, x0_hat, before, now, var):
    """Line 3: the same with the posterior's means at x0 and at x0_hat, = factor · square, square = ‖x0 - x0_hat‖².

    x0, x0_hat: (d,); before: float, between 0.75 and 0.99; now: float, between 0.01 and 0.7; var: float, > 0;
    returns {"factor": number, "square": number}.
    """
    ### BEGIN SOLUTION
    on_x0 = math.sqrt(before) * (1 - now / before) / (1 - now)
    return {"factor": on_x0**2 / (2 * var), "square": ((x0 - x0_hat) ** 2).sum()}
    ### END SOLUTION


def snr_terms(x0, x0_hat, before, now):
    """Line 4: the same with var = beta_tilde, = half_drop · square, half_drop = ½ (SNR_{t-1} - SNR_t).

    x0, x0_hat: (d,); before: float, between 0.75 and 0.99; now: float, between 0.01 and 0.7;
    returns {"half_drop": number, "square": number}.
    """
    ### BEGIN SOLUTION
    drop = before / (1 - before) - now / (1 - now)
    return {"half_drop": drop / 2, "square": ((x0 - x0_hat) ** 2).sum()}
    ### END SOLUTION


# %% tags=["check:ddpm.consistency:3"]
check("ddpm.consistency")

# %% [markdown]
# **Question (3 points; 002 9-3e and f).** (a) Why does the consistency term reduce to a distance of means, and which
# property of the forward process allows the model to take the variance of $q(x_{t-1} \mid x_t, x_0)$ without learning
# it? (b) Would you train one network for all steps or one for each? Give one reason for each side.

# %% [markdown] tags=["written:ddpm.why_means:3"]
# ### BEGIN SOLUTION
# **Model answer.** (a) Both steps back are normal, and the model's gets the same covariance. In the divergence of two
# normals the trace then cancels the dimension, the log-determinant is 0, and $\|\mu_q - \mu_\theta\|^2/(2\sigma_q^2)$
# is left. The posterior's variance $\tilde\beta_t$ depends on the schedule only, not on $x_0$ or $x_t$, so it is known
# before any training.
#
# (b) One network that is told $t$: neighbouring steps solve nearly the same task and share what is learnt; one needs
# the memory of one network and not of $T$. Several: early and late steps differ (coarse shape against fine detail),
# each could specialise, and sampling costs no more, since only one of them runs at a time; large systems do use a few.
#
# **Rubric**
# - (1) a: equal covariances, so trace and dimension cancel and the log-determinant vanishes
# - (0.5) a: the posterior's variance is fixed by the schedule
# - (1) b: a reason for one network, such as shared statistics, memory, or t as an input
# - (0.5) b: a reason for several, such as specialisation at equal cost of sampling
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## 7 · The whole bound
#
# The ELBO of notebook 06, with the whole noisy chain $x_1 \dots x_T$ in the part of $z$, comes apart into three terms
# (002 9-3c):
#
# $$\log p_\theta(x_0) \ge \underbrace{\mathbb E \log p_\theta(x_0 \mid x_1)}_{\text{reconstruction}}
# - \underbrace{\mathrm{KL}\big(q(x_T \mid x_0) \,\|\, p(x_T)\big)}_{\text{prior matching}}
# - \sum_{t=2}^{T} \underbrace{\mathbb E\, \mathrm{KL}\big(q(x_{t-1} \mid x_t, x_0) \,\|\, p_\theta(x_{t-1} \mid x_t)\big)}_{\text{consistency}} .$$
#
# The prior term you know from notebook 15. A consistency term is line 4 above. The first term is the log
# density of the data point under the last step, $\mathcal N(\hat x_0, \sigma_1^2 I)$:
#
# $$\log p_\theta(x_0 \mid x_1) = -\frac{\|x_0 - \hat x_0\|^2}{2\sigma_1^2} - \frac d2 \log(2\pi\sigma_1^2) .$$
#
# **A trap.** Which $\sigma_1$? If all steps take the posterior's variance, then $\sigma_1^2 = \tilde\beta_1 = 0$, and
# the term is undefined. (002 writes it down with $\sigma_q^2(1)$ and passes over this.) Two ways out: take $\beta_1$ in
# the last step, as we do here, or, since pixels are whole numbers, replace the density by the probability of the right
# pixel value. The second is needed if the bound is to be compared with other models on pictures: a density of $x_0$ is
# not the probability of a picture.
#
# **In numbers.** $d = 1$, $x_0 = 2$, $\beta = (0.2, 0.5)$, both guesses 1: $\bar\alpha = (0.8, 0.4)$. Reconstruction
# $-1/0.4 - \frac12 \log(0.4\pi) = -2.6142$; prior $\frac12(0.6 + 1.6 - 1 - \log 0.6) = 0.8554$; consistency
# $\frac12(4 - 0.6667) \cdot 1 = 1.6667$; the bound is $-5.1363$.
#
# **Write** the terms, for one guess per time: `x0_hat[t - 1]` was made from some $x_t$.


# %% tags=["solve:ddpm.elbo"]
def elbo_terms(x0, x0_hat, beta):
    """elbo = reconstruction - prior - consistency, step 1 with variance beta_1, steps 2 … T with beta_tilde_t.   (002 9-3c)

    x0: (B, d); x0_hat: (T, B, d), T ≥ 2, the model's guesses at t = 1 … T; beta: (T,), values between 0.01 and 0.9;
    returns {"reconstruction": (B,), "prior": (B,), "consistency": (B,), "elbo": (B,)}, of the type of x0.
    """
    ### BEGIN SOLUTION
    kept, d = alpha_bar(beta), x0.shape[1]
    square = ((x0 - x0_hat) ** 2).sum(2)
    reconstruction = -square[0] / (2 * beta[0]) - d / 2 * torch.log(2 * math.pi * beta[0])
    last = kept[-1]
    prior = 0.5 * (last * (x0**2).sum(1) - d * last - d * torch.log1p(-last))
    snr = kept / (1 - kept)
    consistency = (0.5 * (snr[:-1] - snr[1:])[:, None] * square[1:]).sum(0)
    elbo = reconstruction - prior - consistency
    return {"reconstruction": reconstruction, "prior": prior, "consistency": consistency, "elbo": elbo}
    ### END SOLUTION


# %% tags=["check:ddpm.elbo:3"]
check("ddpm.elbo")

# %% [markdown]
# **Question (4 points; 001 P4a, 002 9-3c and d).** (a) Why does one optimise the ELBO and not $\log p_\theta(x_0)$? (b)
# What does the reconstruction term ask of the model, and what decides how large a part of the sum it is? (c) What does
# the prior matching term mean, and what does it cost to train?

# %% [markdown] tags=["written:ddpm.why_elbo:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) $p_\theta(x_0) = \int p_\theta(x_{0:T})\, dx_{1:T}$ is an integral over all chains, through a
# network at each step: it has no closed form, and a plain Monte Carlo average over chains from the prior hardly ever
# comes near $x_0$. The ELBO is an expectation under the known $q$, whose terms are closed up to one draw, and it bounds
# the log-likelihood from below. (That holds for the discrete chain. The same network also defines an ordinary
# differential equation, and *its* likelihood can be computed numerically: notebook 17.)
#
# (b) It asks that from $x_1$ the data point comes back: a squared error over $2\sigma_1^2$, and a constant (or the
# probability of the right pixel values). How much that costs depends on how much noise $x_1$ holds, on $\beta_1$: what
# the steps before have not decided is left to this one. It is one step of $T$, and not negligible: in section 10 it is
# nearly half of the bound.
#
# (c) How far the end of the forward process is from the noise that sampling starts with. It has no parameters, so
# nothing is trained; one pays when one chooses the schedule.
#
# **Rubric**
# - (1) a: the marginal is an intractable integral over the latent chain
# - (1) a: the ELBO is a lower bound whose terms can be computed or sampled
# - (1) b: half: recover x0 from x_1; half: the noise of x_1 (beta_1, the first SNR) decides how large it is
# - (1) c: distance of q(x_T given x_0) from the prior, no parameters
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# How loose is it? Data $\mathcal N(0, 1)$ with the exact denoiser and the 100 steps of `linear_schedule(100)`: on
# average over the data the bound lies $1.35$ nats below the log of their own density. Nothing was guessed wrongly; the
# price is paid for $\tilde\beta_t$, where $\beta_t$ would be right for these data, a divergence
# $\frac12\big(\beta_t/\tilde\beta_t - 1 - \log(\beta_t/\tilde\beta_t)\big)$ in each step $t \ge 2$.

# %% [markdown]
# ### The schedule only says where you pay
#
# Section 6 ended with a promise: in the end the schedule matters little. For a model that is equally wrong at all times
# that was easy, the sum telescopes. Real guesses are good under little noise and bad under much. Let
# $\mathrm{mse}_t = \mathbb E\,\|x_0 - \hat x_0(x_t)\|^2$ be the mean price at time $t$, and let a schedule begin at
# some $\mathrm{SNR}_0 < \infty$, with a trace of noise. Then the consistency terms are
#
# $$L_T = \tfrac12 \sum_{t=1}^{T} \big( \mathrm{SNR}_{t-1} - \mathrm{SNR}_t \big)\, \mathrm{mse}_t .$$
#
# Look at this as a drawing: rectangles, side by side, the drop as the width and the price as the height. And the price
# depends on $t$ through the SNR alone. For divide $x_t$ by $\sqrt{\bar\alpha_t}$: what you see is
# $x_0 + \epsilon / \sqrt{\mathrm{SNR}_t}$, and the best guess from that asks for nothing else. So $L_T$ is a Riemann
# sum, and with ever more steps
#
# $$L_T \;\to\; L = \tfrac12 \int_{\mathrm{SNR}_T}^{\mathrm{SNR}_0} \mathrm{mse}(v)\; dv ,$$
#
# where nothing is left of the schedule but its two ends. Linear or cosine, it decides how the integral is cut into
# pieces, not what it is. (Each rectangle takes the price at its *noisier* end, where it is higher. So with best guesses
# $L_T$ lies above $L$, and more steps only help.)
#
# For normal data $\mathcal N(0, s^2)$ the price is the variance that is left when $x_t$ is known. Precisions add,
# $1/s^2$ from the data and $v$ from what is seen, and the integral of $1/(1/s^2 + v)$ is a logarithm:
#
# $$\mathrm{mse}(v) = \frac{s^2}{1 + s^2 v}, \qquad
# L = \tfrac12 \log \frac{1 + s^2\, \mathrm{SNR}_0}{1 + s^2\, \mathrm{SNR}_T} .$$
#
# **In numbers.** $s = 1$, SNR $4, 1, 0$: the prices are $0.2$, $0.5$ and $1$, and
# $L_2 = \frac12 (3 \cdot 0.5 + 1 \cdot 1) = 1.25$. In a single step from $4$ to $0$ it is $2$. The limit is
# $\frac12 \log 5 = 0.8047$.
#
# **Write** the sum, the price for normal data, and the limit. The times are $0 \dots T$ here, so that, for once, time
# $t$ stands at index $t$.


# %% tags=["solve:vdm.invariance"]
def snr_sum(snr, mse):
    """L_T = ½ Σ_{t=1}^{T} (SNR_{t-1} - SNR_t) mse_t, with time t = 0 … T at index t.   (002 9-3 conclusion)

    snr, mse: (N,), N ≥ 2, values ≥ 0, N = T + 1;  returns one number, of the type of snr.
    """
    ### BEGIN SOLUTION
    return ((snr[:-1] - snr[1:]) * mse[1:]).sum() / 2
    ### END SOLUTION


def normal_mse(snr, s):
    """mse = s² / (1 + s² SNR), the least mean squared distance of a guess to x0 ~ N(0, s²) from x_t.

    snr: (N,), values ≥ 0; s: float, > 0;  returns (N,), of the type of snr.
    """
    ### BEGIN SOLUTION
    return s**2 / (1 + s**2 * snr)
    ### END SOLUTION


def normal_limit(snr_0, snr_T, s):
    """L = ½ log((1 + s² SNR_0) / (1 + s² SNR_T)), where the sum tends for x0 ~ N(0, s²) and ever more steps.

    snr_0, snr_T: floats, ≥ 0, snr_0 ≥ snr_T; s: float, > 0;  returns one number.
    """
    ### BEGIN SOLUTION
    return 0.5 * math.log((1 + s**2 * snr_0) / (1 + s**2 * snr_T))
    ### END SOLUTION


# %% tags=["check:vdm.invariance:3"]
check("vdm.invariance")

# %% tags=["given"]
from pushforward.figures.ddpm_exact import draw_invariance

# %% [markdown]
# Three schedules with the same ends, and two kinds of data: normal, and a coin, $x_0 = \pm 1$, for which the best guess
# is $\tanh(\sqrt{\bar\alpha_t}\,x_t / (1 - \bar\alpha_t))$ and the price an integral done by quadrature.

# %% tags=["demo"]
with waiting_for("snr_sum", "normal_mse", "normal_limit"):
    show(
        draw_invariance(snr_sum, normal_mse, normal_limit),
        alt="Left, the signal-to-noise ratio over time for three schedules from a hundred to a hundredth: evenly in its "
        "logarithm, a cosine's, and evenly in the ratio itself; only their ends are the same. Middle and right, the sum "
        "against the number of steps, for normal data and for a coin: all curves fall towards the same dotted line, and "
        "the even ratio's most slowly.",
    )

# %% [markdown]
# All roads lead to one number, but not equally fast. With a hundred steps the sums for normal data are $2.39$, $2.43$
# and $2.59$, with the limit at $2.30$; for the coin $0.72$, $0.71$ and $0.97$, with the limit at $0.69$. Steps that are
# even in the SNR spend 99 of their hundred where there is less noise than signal, and the last one, from SNR $1.01$ to
# $0.01$, costs half a nat by itself.
#
# What is this number? For the coin, between $\mathrm{SNR} = \infty$ and $0$, it is $\log 2 = 0.6931$: one bit, exactly
# what there is to know about a coin. In general $L$ is the information that $x_t$ has about $x_0$ at the first end,
# less what it has at the other. Whoever takes the noise away step by step pays once for each nat that he learns,
# whatever the order.
#
# **A question for the pencil.** A colleague trains the same network twice with $T = 1000$, once with a linear and once
# with a cosine schedule, and the bounds differ by $0.3$ nats. Does the limit forbid that?
#
# <details><summary>Answer</summary>
#
# No. First, the two schedules have other ends, and with them other reconstruction and prior terms. Second, the limit
# speaks of one function $\mathrm{mse}(v)$: two trainings that visit the times with other frequencies leave other errors
# behind. Third, a thousand steps are no limit, above all where the SNR falls by a factor in one of them.
#
# </details>

# %% [markdown]
# ## 8 · Telling a network the time
#
# One network serves all steps, so it has to be told $t$ (002 9-3f). A bare number between 1 and 1000 is a bad input: a
# network finds it hard to be sharp about it. Give it clock hands instead, $d/2$ of them, each slower than the last by
# the same factor:
#
# $$e(t) = \big( \sin \omega_0 t, \dots, \sin \omega_{d/2 - 1} t,\; \cos \omega_0 t, \dots, \cos \omega_{d/2 - 1} t \big),
# \qquad \omega_k = 10000^{-k/(d/2)} .$$
#
# The fast hands tell neighbours apart, the slow ones early from late. And since
# $\sin a \sin b + \cos a \cos b = \cos(a - b)$, the product of two rows is
# $\langle e(t), e(t') \rangle = \sum_k \cos \omega_k (t - t')$: it depends on the distance in time alone.
#
# **In numbers.** $d = 4$: frequencies $1$ and $0.01$. $e(0) = (0, 0, 1, 1)$ and
# $e(1) = (0.8415,\; 0.0100,\; 0.5403,\; 1.0000)$, to four digits.
#
# **Write** it for a batch of times.


# %% tags=["solve:ddpm.time_embedding"]
def time_embedding(t, d):
    """e(t) = (sin w_k t for all k, then cos w_k t for all k), w_k = 10000^(-k / (d/2)), k = 0 … d/2 - 1.   (002 9-3f)

    t: (B,), int64, ≥ 0; d: int ≥ 2, even;  returns (B, d), floating.
    """
    ### BEGIN SOLUTION
    k = torch.arange(d // 2, device=t.device)
    angle = t[:, None] * 10000 ** (-k / (d // 2))
    return torch.cat([angle.sin(), angle.cos()], dim=1)
    ### END SOLUTION


# %% tags=["check:ddpm.time_embedding:1"]
check("ddpm.time_embedding")

# %% [markdown]
# ## 9 · Two moons
#
# Now train. The data are 4000 points on two moons (notebook 00), blurred with a standard deviation of $0.05$, and the
# model below is small: it sees the point and the hands of your clock. Hands for the *place* help as well. A moon is
# $0.05$ wide in a picture of width 3, and a network finds it as hard to be sharp about a bare coordinate as about a
# bare time.
#
# What is left for you is algorithm 1 without its gradient step. Every item of the batch gets a time of its own, drawn
# evenly from $1, \dots, T$, and noise of its own, $\epsilon \sim \mathcal N(0, I)$. Then comes the loss of section 1.
# Both are drawn afresh in every step. (`torch.randint(a, b, …)` leaves $b$ out.)
#
# Which schedule? *Cosine* (notebook 15; clipped, so that every $\beta_t$ is between $0.001$ and $0.5$) forgets at an
# even pace. Of its hundred steps a fifth works on noise below a third of the data's size, where the width of the moons
# is decided; the linear one spends a tenth of them there.
#
# **In numbers.** A model that says 0 pays $\mathbb E\,\epsilon^2 = 1$ per entry, at every time. One that says $x_t$
# pays, on data of variance 1, $\mathbb E(\epsilon - x_t)^2 = \bar\alpha_t + (1 - \sqrt{1 - \bar\alpha_t})^2$, at
# $\bar\alpha_t = 0.64$ that is $0.64 + 0.16 = 0.8$.
#
# **Write** the loss of one step.


# %% tags=["solve:ddpm.draws"]
def training_loss(model, x0, beta):
    """ddpm_loss at times and noise of its own: for each item t ~ U{1 … T}, for each entry eps ~ N(0, 1).   (002 algorithm 1)

    model: takes x_t (B, …) and t (B,), gives eps (B, …); x0: (B, …), of the type of beta;
    beta: (T,), values between 0.001 and 0.9;
    returns one number, of the type of x0; both draws are new in each call, and the model is asked once about each item.
    """
    ### BEGIN SOLUTION
    t = torch.randint(1, len(beta) + 1, (len(x0),), device=x0.device)
    return ddpm_loss(model, x0, t, torch.randn_like(x0), alpha_bar(beta))
    ### END SOLUTION


# %% tags=["check:ddpm.draws:1"]
check("ddpm.draws")

# %% [markdown]
# The loop is the one of notebook 10, in `pushforward/train.py`: 512 points a step, Adam with steps that shrink towards
# the end, and what is kept is a moving average over the last hundred steps or so.


# %% tags=["given"]
class Denoiser(torch.nn.Module):
    """eps_theta(x_t, t) for points of the plane: three hidden layers, hands for the time and for both coordinates."""

    def __init__(self, width=96, hands=16, turns=4):
        super().__init__()
        self.hands, self.turns = hands, turns
        sizes = [2 + 4 * turns + hands, width, width, width]
        layers = [part for a, b in itertools.pairwise(sizes) for part in (torch.nn.Linear(a, b), torch.nn.ReLU())]
        self.layers = torch.nn.Sequential(*layers, torch.nn.Linear(width, 2))

    def forward(self, xt, t):
        angle = (xt[:, :, None] * 2.0 ** torch.arange(self.turns, device=xt.device)).flatten(1)  # x, 2x, 4x, 8x
        return self.layers(torch.cat([xt, angle.sin(), angle.cos(), time_embedding(t, self.hands).to(xt)], dim=1))


MOONS = two_moons(4000, generator=torch.Generator().manual_seed(0))
MOONS_BETA = cosine_schedule(100).float()


@torch.enable_grad()  # it may first be asked for by a sampler, which needs no gradient
def train_moons(steps, seed=0, batch=512, rate=5e-3, average=0.99):
    """(model, history): a denoiser trained on MOONS with your loss."""
    torch.manual_seed(seed)
    model = Denoiser()
    optimiser = torch.optim.Adam(model.parameters(), rate)
    slower = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min(1, 2.5 * (1 - k / steps)))

    def step(k):
        loss = training_loss(model, MOONS[torch.randint(len(MOONS), (batch,))], MOONS_BETA)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slower.step()
        return loss

    return model, train(step, model, steps, seed=seed, average=average, label="moons")


@functools.cache  # trained once, when first asked for; run this cell again after changing the loss
def moons_run(seed=0):
    """The run that is judged."""
    return train_moons(budget(full=2000, graded=1000, quick=20), seed)


# %% [markdown]
# And sample. Section 4 left the variance of a step back open. The points that may lie behind $x_1$ are all close to
# their mean; with $\beta_t$ the last steps add more noise than these are spread, and some points are shaken off the
# moons. The posterior's variance $\tilde\beta_t = \beta_t\,(1 - \bar\alpha_{t-1})/(1 - \bar\alpha_t)$, with
# $\bar\alpha_0 = 1$, is the one to take.
#
# **In numbers.** $\beta = (0.1, 0.2)$: $\tilde\beta_1 = 0$ and $\tilde\beta_2 = 0.2 \cdot 0.1/0.28 = 0.0714$.
#
# What is judged is where your sampler ends, not what the run wrote down. The check sends 5000 noises of *its own*
# through your `sample_moons`, and asks: How far are the points from fresh ones, in sliced Wasserstein distance
# (notebook 09), in units of what lies between two fresh sets of the same size? Which share lies farther than three
# standard deviations from both moons (of the data: $0.3$ %)? Are they new, or nearer to the training points than fresh
# points are?
#
# | budget | full marks | half of them |
# |---|---|---|
# | full, 2000 steps | at most 1.5 times the floor, half of the points on each moon (± 6 %), at most 3 % beside the moons | 2.5 times, 8 % |
# | graded, 1000 steps | 2 times, ± 10 %, 5 % | 3 times, 12 % |
# | quick, 20 steps | only the form of the answer counts | |
#
# (The distance is a mean over twenty sets of 250, since a single distance scatters so much that of fresh sets nearly
# one in ten would fail.)
#
# **Write** the sampler, for any noise.


# %% tags=["solve:ddpm.train_moons"]
def sample_moons(xT, noise):
    """x_0 = ddpm_sample with the model that moons_run() has trained, MOONS_BETA and the variances beta_tilde_t.   (002 algorithm 2)

    xT: (N, 2); noise: (100, N, 2), noise[t - 1] for the step from x_t;  returns (N, 2), each point from its own noise,
    without a graph.
    """
    ### BEGIN SOLUTION
    kept = alpha_bar(MOONS_BETA)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    variance = MOONS_BETA * (1 - before) / (1 - kept)
    with torch.no_grad():
        return ddpm_sample(moons_run()[0], xT, noise, MOONS_BETA, variance)
    ### END SOLUTION


# %% tags=["check:ddpm.train_moons:3"]
check("ddpm.train_moons")

# %% [markdown]
# ### Watch it happen
#
# The strip shows your chain: a thousand points at eight of its hundred steps, coloured by where they end. Underneath,
# the same film in full: press play, or pull the slider. For a long while the cloud only shrinks; the moons stand out in
# the last few frames.


# %% tags=["demo"]
with waiting_for("sample_moons", "training_loss", "ddpm_sample", "time_embedding"):
    source = torch.Generator().manual_seed(1)
    start, noise = torch.randn(1000, 2, generator=source), torch.randn(100, 1000, 2, generator=source)
    film = film_of(lambda: sample_moons(start, noise), moons_run()[0])
    show(
        draw_film(film),
        alt="Eight stages of a thousand points on their way back. At t = 100 a round cloud, in which the colours (blue for the "
        "left end, vermilion for the right one) are mixed. By t = 26 the colours have parted and the cloud has shrunk; at "
        "t = 4 two broad arcs stand out, and at t = 0 two thin moons.",
    )
    display(film_explorer(film))

# %% [markdown]
# ### How few steps will do?
#
# Section 5's bigger steps need no new training. Below, your `ddim_step` runs down the same model in 2 to 100 steps,
# once with $\eta = 1$, the noise of section 4, and once with $\eta = 0$, none but that of $x_T$. Each chain begins with
# the same 2000 noises; measured are the distance from 2000 fresh points, over its floor, and the share beside the
# moons.


# %% tags=["given"]
@torch.no_grad()
def skipping_chain(steps, eta, xT, noise):
    """x_0 from x_T by `steps` DDIM steps, evenly spread over the hundred times; noise: (100, N, 2)."""
    kept = [1.0, *alpha_bar(MOONS_BETA).tolist()]  # kept[t] is alpha_bar_t
    times = torch.linspace(100, 0, steps + 1).round().int().tolist()
    x, model = xT, moons_run()[0]
    for t, earlier in itertools.pairwise(times):
        eps = model(x, xT.new_full(xT.shape[:1], t).long())
        x = ddim_step(x, eps, noise[t - 1], kept[t], kept[earlier], eta)
    return x


# %% tags=["demo"]
with waiting_for("ddim_step", "training_loss", "ddpm_loss", "time_embedding"):
    source = torch.Generator().manual_seed(2)
    start, noise = torch.randn(2000, 2, generator=source), torch.randn(100, 2000, 2, generator=source)
    fresh = [two_moons(2000, generator=source) for _ in range(6)]
    floor = sum(sliced_wasserstein(a, b) for a, b in itertools.combinations(fresh, 2)) / 15
    found = {f"$\\eta = {eta}$": {} for eta in (1, 0)}
    print("steps  eta  distance/floor  beside the moons")
    for steps, (eta, name) in itertools.product((2, 5, 10, 20, 50, 100), zip((1, 0), found, strict=True)):
        x = skipping_chain(steps, eta, start, noise)
        found[name][steps] = sum(sliced_wasserstein(x, y) for y in fresh) / 6 / floor, off_moons(x)
        print(f"{steps:5}{eta:5}{found[name][steps][0]:16.2f}{100 * found[name][steps][1]:16.1f} %")
    show(
        draw_steps(found),
        alt="Two curves over the number of steps, from 2 to 100, on logarithmic scales: the distance over its floor and the share "
        "of points beside the moons, for eta = 1 and eta = 0. All fall steeply up to about twenty steps and slowly after "
        "that; in the distance, those with noise end lower.",
    )

# %% [markdown]
# Up to twenty steps every doubling helps much, from there on less. A single big step fails because what it needs,
# $\hat x_0$, is a mean over all points that are still possible, and the mean of two moons lies on neither. And the
# noise does good: it makes a chain forget what earlier steps got wrong, while with $\eta = 0$ every
# error is carried to the end. (Of large models of pictures the opposite is told, for few steps. Measure, then choose.)

# %% [markdown]
# ## 10 · Digits
#
# Now pictures: the digits of notebook 09, $8 \times 8$ pixels with the levels $0, 1, \dots, 16$, scaled to
# $u_k = k/8 - 1$. Three things are harder than with the moons, and each has its answer.
#
# **We want nats.** The bound of section 7 has to be one on the *probability* of a picture, or it could not be compared
# with other models (that was the second way out of the trap). So the network does not guess a number for each pixel but
# has a vote for each of its 17 levels. It looks at all pixels; what a pixel tells about itself, Bayes' rule knows
# better:
#
# $$\log p(k \mid x_t) = \text{vote}_k - \frac{(x_t - \sqrt{\bar\alpha_t}\,u_k)^2}{2\,(1 - \bar\alpha_t)} - \text{const},$$
#
# and the constant makes the 17 probabilities add up to one. Without noise the evidence decides, whatever the votes are;
# under much noise only the votes count. The guess of the clean picture is the mean,
# $\hat x_0 = \sum_k p(k \mid x_t)\, u_k$, and at $t = 1$ the first term of the bound is $\log p(k \mid x_1)$ at the
# right level: no density, no $\sigma_1$.
#
# **One training, every $T$.** Section 7 ended with an integral over the SNR in which no schedule is left. With
# $\lambda = \log \mathrm{SNR}$ it is $\frac12 \int \mathrm{mse}\; \mathrm{SNR}\; d\lambda$. So draw $\lambda$ evenly
# from its $9.5$ units, from $-5$ to $4.5$, and let each item pay $\frac{9.5}{2}\, \mathrm{SNR}\, \|x_0 - \hat x_0\|^2$:
# its mean is the integral itself. The network is told $\bar\alpha_t$ and no $t$, and any chain between these ends can
# use it. Why stop at $4.5$? There a pixel's noise is $e^{-2.25} = 0.105$, less than the $0.125$ between two levels, and
# the term of $t = 1$ says the rest.
#
# **A thousand pictures are few.** A network of this size learns them by heart: its bound gets better on them and soon
# worse on others. Against that help dropout, a decay of the weights, and pictures that were never taken: half of each
# batch is a little shifted, turned and scaled. Such pictures are blurred, and no reader of digits writes like that; so
# the network is *told* how a picture was moved, and later asked about unmoved ones.
#
# **In numbers.** $\bar\alpha_t = 0.5$, $x_t = 0$, all votes $0$: level 8, whose $u$ is $0$, has the probability
# $0.0700$, the paper's level 0 has $e^{-1/2}$ times that, $0.0425$. A vote of $1$ for level 0 makes it $0.1076$.


# %% tags=["given"]
from pushforward.augment import moved
from pushforward.diffusion import even_snr
from pushforward.measuring.bound import level_bound
from pushforward.measuring.frechet import digit_frechet
from pushforward.measuring.neighbours import neighbour_ratio

DIGITS = digits("train")[0]


class Votes(torch.nn.Module):
    """votes (B, 64, 17) from all pixels of x_t (B, 64), from alpha_bar_t (B,), and from how the picture was moved."""

    def __init__(self, width=384, layers=2, dropout=0.2, hands=16):
        super().__init__()
        self.hands = hands

        def after(size):
            return torch.nn.Sequential(
                *(torch.nn.LayerNorm(width), torch.nn.SiLU(), torch.nn.Dropout(dropout), torch.nn.Linear(width, size))
            )

        self.first = torch.nn.Linear(64 + hands + 5, width)
        self.middle = torch.nn.ModuleList(after(width) for _ in range(layers))
        self.last = after(64 * 4)
        torch.nn.init.zeros_(self.last[-1].weight)

    def forward(self, xt, kept, how=None):
        clock = (20 * (torch.logit(kept) + 5)).round().long()  # 0 … 190: how clear the picture is
        how = xt.new_zeros(len(xt), 5) if how is None else how
        h = self.first(torch.cat([xt, time_embedding(clock, self.hands).to(xt), how], dim=1))
        for layer in self.middle:
            h = h + layer(h)
        place, narrow, paper, ink = self.last(h).reshape(len(xt), 64, 4, 1).unbind(2)
        u = torch.arange(17, device=xt.device) / 8 - 1
        hill = -4 * torch.nn.functional.softplus(narrow) * (u - place.tanh()) ** 2  # one hill over the levels
        return hill + paper * (u == -1) + ink * (u == 1)  # and a say of their own for both ends


@torch.enable_grad()
def train_levels(steps, seed=0, batch=128, rate=2e-3, average=0.995):
    """(model, history): a network that votes, trained on DIGITS with the bound's own loss and your Bayes' rule."""
    torch.manual_seed(seed)
    model = Votes()
    optimiser = torch.optim.AdamW(model.parameters(), rate)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min(1, (k + 1) / 100, 2 * (1 - k / steps)))

    def step(k):
        pictures, how = moved(DIGITS[torch.randint(len(DIGITS), (batch,))], 0.5)
        x0 = pictures.flatten(1) / 8 - 1
        snr = (9.5 * (torch.randperm(batch) + torch.rand(batch)) / batch - 5).exp()  # one from each part of the range
        kept = snr / (1 + snr)
        xt = kept.sqrt()[:, None] * x0 + (1 - kept).sqrt()[:, None] * torch.randn_like(x0)
        x0_hat = level_log_p(model(xt, kept, how), xt, kept).exp() @ (torch.arange(17) / 8 - 1)
        loss = 9.5 / 2 * (snr * ((x0 - x0_hat) ** 2).sum(1)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 50)
        optimiser.step()
        pace.step()
        return loss

    history = train(step, model, steps, seed=seed, average=average, label="digits")
    return model.eval(), history


@functools.cache  # trained once, when first asked for; run this cell again after changing level_log_p
def levels_run(seed=0):
    """The run that is judged."""
    return train_levels(budget(full=3000, graded=1000, quick=20), seed)


# %% [markdown]
# The sampler is section 5's, with $\eta = 0$: one noise, one picture. For these $\bar\alpha$ take `even_snr(50)`, which
# falls evenly on the scale of $\lambda$; index `[t - 1]` as ever. What comes out of $t = 1$ is $\hat x_0$ itself.
#
# The check asks your functions, with noise of its own. It computes the bound of `even_snr(100)` on the 447 test digits,
# which no training has seen, from your `digit_levels`: the probabilities of the right levels at $t = 1$, the squared
# distances at the others. And it draws 4000 pictures (with less training, fewer) from your `sample_digits` and measures
# their Fréchet distance (notebook 09) from the test digits, in units of the training digits' own, and how near they
# come to training digits, which gives away who learnt by heart.
#
# | budget | full marks | half of them |
# |---|---|---|
# | full, 3000 steps | at most 89 nats per picture, at most 1.3 times the training digits' distance | 95 nats, 2 times |
# | graded, 1000 steps | 95 nats, 2 times | 102 nats, 3 times |
# | quick, 20 steps | only the form of the answers counts | |
#
# (In the full budget the distance may be 0.2 larger, for the luck of the draw: over draws of 4000 it scatters by 0.06.)
#
# For comparison: with each pixel by itself, at the frequencies of its levels in the training set, a test digit costs
# 106 nats.
#
# **Write** Bayes' rule, which the training needs, then what the trained network says, and the sampler.


# %% tags=["solve:ddpm.train_digits"]
def level_log_p(votes, xt, kept):
    """log p(k | x_t) = votes_k - (x_t - √kept u_k)² / (2 (1 - kept)) - const, for the levels u_k = k / 8 - 1 of each pixel.

    votes: (B, D, 17), of the type of xt; xt: (B, D); kept: (B,), of the type of xt, values between 0.006 and 0.99, alpha_bar_t of each item;
    returns (B, D, 17), of the type of xt; over the levels the probabilities add up to one.
    """
    ### BEGIN SOLUTION
    kept = kept[:, None, None]
    u = torch.arange(17, device=xt.device).to(xt) / 8 - 1
    away = (xt[:, :, None] - kept.sqrt() * u) ** 2
    return (votes - away / (2 * (1 - kept))).log_softmax(2)
    ### END SOLUTION


def digit_levels(xt, kept):
    """log p(k | x_t) as level_log_p has it from the votes of the model that levels_run() has trained.

    xt: (N, 64); kept: (N,), values between 0.007 and 0.989;  returns (N, 64, 17), without a graph.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        return level_log_p(levels_run()[0](xt, kept), xt, kept)
    ### END SOLUTION


def sample_digits(xT):
    """x0_hat at t = 1 of the chain of ddim_step with eta = 0 through even_snr(50), x0_hat = Σ_k p(k | x_t) u_k.

    xT: (N, 64);  returns (N, 64), values between -1 and 1, each picture from its own noise, without a graph.
    """
    ### BEGIN SOLUTION
    u, kept = torch.arange(17) / 8 - 1, even_snr(50).tolist()
    x = xT
    for t in range(50, 0, -1):
        now = kept[t - 1]
        x0_hat = digit_levels(x, x.new_full(x.shape[:1], now)).exp() @ u
        if t > 1:
            eps = (x - math.sqrt(now) * x0_hat) / math.sqrt(1 - now)
            x = ddim_step(x, eps, 0 * x, now, kept[t - 2], 0.0)
    return x0_hat
    ### END SOLUTION


# %% tags=["check:ddpm.train_digits:4"]
check("ddpm.train_digits")

# %% [markdown]
# ### Your own digits
#
# Six of your digits on their way, at eight of the fifty times, then the film in full; below that, what they come to on
# the *validation* digits. (The test digits are the judge's.)


# %% tags=["demo"]
with waiting_for("level_log_p", "digit_levels", "sample_digits", "ddim_step", "time_embedding"):
    source = torch.Generator().manual_seed(3)
    start = torch.randn(6, 64, generator=source)
    film = [x.reshape(-1, 8, 8) for x in film_of(lambda: sample_digits(start), levels_run()[0])]
    show(
        draw_film(film),
        alt="Six pictures of 8 by 8 pixels, one below the other, at eight times of the way back: grey noise at t = 50, a dim "
        "stroke from the middle on, and at t = 0 digits on white paper, most of which can be read.",
    )
    display(film_explorer(film))
    made = (8 * (sample_digits(torch.randn(budget(1000, 500, 50), 64, generator=source)) + 1)).round().reshape(-1, 8, 8)
    others = digits("valid")[0]
    nats = level_bound(digit_levels, others, even_snr(100), looks=budget(99, 30, 5))
    print(f"bound on the validation digits: {float(nats.mean()):.1f} nats per picture")
    print(
        f"Fréchet distance from them: {digit_frechet(made, others)}; of the training digits: {digit_frechet(DIGITS, others)}"
    )
    print(f"nearest training digit, over that of fresh ones: {neighbour_ratio(DIGITS, made, others)}")

# %% [markdown]
# A hundred steps cost about one and a half nats more than a thousand would, with the same network: each rectangle of
# section 7's drawing takes its price at the noisier end. (Put `even_snr(1000)` into the cell to see it.)

# %% [markdown]
# ### On a GPU: MNIST
#
# Neither your loss of section 9 nor your sampler of section 4 asks how many axes a data point has. Where there is a
# GPU, the cell below trains them on MNIST, with $28 \times 28$ pixels (fetched once into a cache). Without a GPU, or
# without a connection, the small digits take its place, for a few steps only, and in the second case a sentence says
# so. This network says a velocity (section 3), from which
# $\epsilon = \sqrt{1 - \bar\alpha_t}\,x_t + \sqrt{\bar\alpha_t}\,v$ follows without a division.


# %% tags=["given"]
class PictureDenoiser(torch.nn.Module):
    """eps_theta(x_t, t) for pictures of any size: three hidden layers that see all pixels and the hands of the clock."""

    def __init__(self, pixels, beta, hands=32):
        super().__init__()
        self.hands, self.kept = hands, alpha_bar(beta)
        width = max(256, pixels)
        sizes = [pixels + hands, width, width, width]
        layers = [part for a, b in itertools.pairwise(sizes) for part in (torch.nn.Linear(a, b), torch.nn.SiLU())]
        self.layers = torch.nn.Sequential(*layers, torch.nn.Linear(width, pixels))

    def forward(self, xt, t):
        seen = torch.cat([xt.flatten(1), time_embedding(t, self.hands).to(xt)], dim=1)
        kept = per_item(self.kept[t - 1], xt)
        return (1 - kept).sqrt() * xt + kept.sqrt() * self.layers(seen).reshape(xt.shape)


@torch.enable_grad()
def train_pictures(x0, steps, seed=0, batch=128, rate=2e-3, average=0.99):
    """(model, history, beta): a denoiser trained with your loss on pictures x0 (n, height, width), where they are."""
    torch.manual_seed(seed)
    beta = MOONS_BETA.to(x0.device)
    model = PictureDenoiser(x0[0].numel(), beta).to(x0.device)
    optimiser = torch.optim.Adam(model.parameters(), rate)
    slower = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min(1, 2.5 * (1 - k / steps)))

    def step(k):
        loss = training_loss(model, x0[torch.randint(len(x0), (batch,), device=x0.device)], beta)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slower.step()
        return loss

    return model, train(step, model, steps, seed=seed, average=average, label="pictures"), beta


# %% tags=["demo"]
with waiting_for("training_loss", "ddpm_loss", "ddpm_sample", "mean_from_eps", "time_embedding"):
    x0, name = pictures(large=torch.cuda.is_available())
    x0 = x0.to(best_device())
    long = budget(full=20000, graded=2000, quick=20) if name == "MNIST" else budget(full=300, graded=100, quick=20)
    model, history, beta = train_pictures(x0, long)
    start, noise = torch.randn_like(x0[:6]), torch.randn(100, *x0[:6].shape, device=x0.device)
    film = film_of(lambda: ddpm_sample(model, start, noise, beta, beta), model)
    show(
        draw_film(film),
        alt="Six pictures, one below the other, at eight times of the way back: grey noise at t = 100, faint shapes from the "
        "middle on, and at t = 0 strokes on paper as of handwritten digits.",
    )
    display(film_explorer(film))

# %% [markdown]
# ## What you can now do
#
# - write the training loss of a diffusion model, and say which slips its curve will not show
# - turn a guess of the noise into a mean, a clean point, a score or a velocity, and back
# - sample from both kinds of chain, and prove a sampler right by its law and not by its looks
# - write down what the loss really asks for, see that it is the training set, and tell a memory from a model
# - say what $\sigma$ and $T$ each mend, and where more steps stop helping
# - skip steps, with as much fresh noise as you like, without leaving the marginals
# - prove that a divergence of steps is a squared error times a drop of the signal-to-noise ratio
# - add up a valid bound, without falling into $\sigma_1 = 0$
# - compare schedules by their two ends, and explain why nothing else counts in the limit
# - tell a network the time in a way that it can read
# - train a diffusion model, and have its samples judged by measures that no training run can write down
# - train one on pictures of few kinds without its learning them by heart, and say in nats what a picture costs it
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** Data are $\mathcal N(0, 1)$. What is the exact denoiser, and what is its loss at time $t$?
#
# <details><summary>Answer</summary>
#
# $x_t$ and $\epsilon$ are jointly normal with variances 1 and covariance $\sqrt{1 - \bar\alpha_t}$, so
# $\mathbb E[\epsilon \mid x_t] = \sqrt{1 - \bar\alpha_t}\, x_t$, and the loss is
# $1 - (1 - \bar\alpha_t) = \bar\alpha_t$.
#
# </details>
#
# **2.** A colleague's samples are all a little grainy. His loop ends with
# `x = mean + sigma[t - 1] * torch.randn_like(x)` for every $t$. Which line is missing, and how grainy are the samples
# if $\beta_1 = 10^{-4}$?
#
# <details><summary>Answer</summary>
#
# No noise at $t = 1$. With $\sigma_1^2 = \beta_1$ the grain has standard deviation $0.01$: on pixels from $-1$ to $1$
# hardly visible, but a classifier's features see it.
#
# </details>
#
# **3.** With DDIM and $\eta = 0$, where has the randomness of the samples gone?
#
# <details><summary>Answer</summary>
#
# All of it is in $x_T$. The chain is a deterministic map of noise to data, like a flow, and one noise gives one
# picture.
#
# </details>
#
# **4.** True or false, with a reason: "With a perfect network the training loss is 0."
#
# <details><summary>Answer</summary>
#
# False, unless the data are a single point. The best guess is $\mathbb E[\epsilon \mid x_t]$, and the loss is the
# variance of the noise that is left once $x_t$ is known.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **5.** Sum the consistency terms for a model that always guesses $\hat x_0 = c$. What does the sum depend on?
#
# <details><summary>Answer</summary>
#
# $\frac12 \sum_{t=2}^T (\mathrm{SNR}_{t-1} - \mathrm{SNR}_t)\,\|x_0 - c\|^2 = \frac12 (\mathrm{SNR}_1 - \mathrm{SNR}_T)\,\|x_0 - c\|^2$:
# on the two ends of the schedule only, not on its length or shape.
#
# </details>
#
# **6.** A network predicts $v$ and is trained on $\|v - v_\theta\|^2$, without weights. Which weight does an error of
# $\hat x_0$ get in that loss, and which in the loss on the noise, in terms of the SNR? Compare the two at both ends of
# time.
#
# <details><summary>Answer</summary>
#
# $\epsilon - \epsilon_\theta = -\sqrt{\bar\alpha_t/(1 - \bar\alpha_t)}\,(x_0 - \hat x_0)$, as both make the same
# $x_t$: the weight is $\mathrm{SNR}_t$. And $v - v_\theta = \sqrt{\bar\alpha_t}\,(\epsilon - \epsilon_\theta) -
# \sqrt{1 - \bar\alpha_t}\,(x_0 - \hat x_0) = -(x_0 - \hat x_0)/\sqrt{1 - \bar\alpha_t}$: the weight is $1/(1 -
# \bar\alpha_t) = 1 + \mathrm{SNR}_t$. At $\bar\alpha_t = 0.64$ they are $1.7778$ and $2.7778$. Early on they hardly
# differ. Late, the loss on the noise no longer asks for $x_0$ at all, while that on $v$ asks for it with weight 1.
#
# </details>
#
# **7.** (6 points) Which variance of a step back is the best one for a *given* model? Let
# $\mathrm{mse}_t = \mathbb E \|x_0 - \hat x_0\|^2$ in $d$ dimensions, and
# $c_t = \sqrt{\bar\alpha_{t-1}}\,\beta_t/(1 - \bar\alpha_t)$, which stands before $x_0$ in the posterior's mean. (a)
# Write the mean consistency term as a function of $\sigma_t^2$, and minimise it. (b) What comes out if the data are a
# single point and the model is perfect? (c) And for $\mathcal N(0, I)$ with the exact denoiser, where
# $\mathrm{mse}_t = d\,(1 - \bar\alpha_t)$? (d) Compute it for $\beta = (0.1, 0.2)$ and $t = 2$. What follows for real
# data?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) By line 1 of section 6, with $v_q = \tilde\beta_t$, $v_p = \sigma_t^2$ and the means $c_t (x_0 - \hat
# x_0)$ apart, $\frac12\big(d\,\tilde\beta_t/\sigma_t^2 + c_t^2\, \mathrm{mse}_t/\sigma_t^2 - d - d
# \log(\tilde\beta_t/\sigma_t^2)\big)$. The derivative by $\sigma_t^2$ vanishes at $\sigma_t^2 = \tilde\beta_t +
# c_t^2\, \mathrm{mse}_t/d$: the variance that would be left if $x_0$ were known, and what is not known of $x_0$.
#
# (b) (1 point) $\mathrm{mse}_t = 0$, so $\tilde\beta_t$.
#
# (c) (2 points) $\tilde\beta_t + \bar\alpha_{t-1} \beta_t^2/(1 - \bar\alpha_t) = \beta_t\,(1 - \bar\alpha_{t-1} +
# \bar\alpha_{t-1}\beta_t)/(1 - \bar\alpha_t) = \beta_t\,(1 - \bar\alpha_t)/(1 - \bar\alpha_t) = \beta_t$.
#
# (d) (1 point) $0.0714 + 0.4592 \cdot 0.28 = 0.2$, which is $\beta_2$. For real data of variance 1 and a good model it
# lies between, nearer to $\tilde\beta_t$ the better $x_0$ can be guessed, and it can be measured: $\mathrm{mse}_t/d$
# is the mean loss on the noise at time $t$ over $\mathrm{SNR}_t$.
#
# </details>
#
# ## An open question
#
# The loss drops the weights $w_t$, and samples look better for it although the likelihood is worse. Nobody has derived
# the best weights for *looking good* from a principle. Which principle would you try?

# %% tags=["given"]
total()
