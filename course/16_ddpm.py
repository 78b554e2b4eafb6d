# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# <small>This notebook is generated from `solutions/16_ddpm.py` by `make course`: to change the course, edit that file.</small>

# %% nbgrader={"schema_version": 3, "grade_id": "given-colab", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "3ea7204359daaa6b3d7766042bbb7c0e", "cell_type": "code"} deletable=false editable=false
# On Colab this would install the helper package of the course; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    print(
        "This copy of the course names no public address to install from: "
        "set `repository:` in solutions/_toc.yml, then run `make course`."
    )

# %% [markdown]
# # 16 · Denoising diffusion
#
# Notebook 15 walked from the data to noise. Now we walk back. Nobody can write down the step back, for it depends on all
# the data at once. But each step is small, a small step back is nearly Gaussian, and all that is missing is its mean. A
# network learns that mean, and it turns out that it may as well learn to say which noise is in a picture.
#
# This chapter is about the mathematics of the way back: what is learnt, why squared distances are all that remains of
# a likelihood, and what the sampler does with it. We use *exact* denoisers, for data simple enough to have one, so that
# every chain that you write has a law in closed form, and a wrong variance cannot hide behind a network's errors.
#
# You need: notebook 15 (noising in one jump, the posterior, $\hat x_0$), the ELBO (notebook 06). Time: about two hours.
# Labels such as 002 9-3c say where a question comes from; notebook 00 lists these sources.

# %% nbgrader={"schema_version": 3, "grade_id": "given-16-denoising-diffusion-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "82d3dbcfca7ac7bc42c47fb121894f16", "cell_type": "code"} deletable=false editable=false
import math

import torch

from pushforward import check, hint, restart, total
from pushforward.diffusion import alpha_bar, linear_schedule, per_item, q_sample
from pushforward.figures.ddpm import chain_explorer, draw_way_back
from pushforward.figures.style import show
from pushforward.progress import waiting_for

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
# The data are two narrow hills, at $-1$ and $1$. The paths start at the right end of time, $t = 60$, as pure noise, and
# take sixty steps of the sampler that you will write in section 4. No network was trained: for two hills one can compute
# the best possible guess of the noise exactly, and the chain uses that.
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
# It is the share of the variance that is still signal after $t$ steps.
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
# Here is a game. I take a data point, choose a time, mix in noise, and show you the mixture $x_t$ and $t$. You guess the
# noise; you pay the squared distance. That is the whole training of a diffusion model (002 algorithm 1):
#
# $$L = \mathbb E_{x_0,\, t,\, \epsilon} \big\| \epsilon - \epsilon_\theta(x_t, t) \big\|^2, \qquad
# x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon .$$
#
# What is the best guess? A squared distance is least at the conditional mean, so the perfect player answers
# $\mathbb E[\epsilon \mid x_t]$. If the data are a *single* point $c$, the mixture betrays its noise entirely:
# $\epsilon = (x_t - \sqrt{\bar\alpha_t}\,c)/\sqrt{1 - \bar\alpha_t}$, and the perfect player pays nothing. As soon as two
# data points could lie behind one $x_t$, he pays something, and that is not his fault.
#
# **In numbers.** $x_0 = 2$, $\epsilon = -1$, $\bar\alpha_t = 0.64$: $x_t = 0.8 \cdot 2 - 0.6 = 1$. A model that says 0 pays
# $(-1 - 0)^2 = 1$. One that believes in $c = 2$ says $(1 - 1.6)/0.6 = -1$ and pays 0; one that believes in $c = 0$ says
# $1/0.6 = 1.667$ and pays $7.11$.
#
# **Write** the loss of a batch: the mean over *all* entries. Time and noise are arguments, so that results can be
# repeated; a training loop draws them afresh for each step.

# %% nbgrader={"schema_version": 3, "grade_id": "ddpm-loss-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "ed20fbb0ee9de6a24f6acd63a5a6c77a", "cell_type": "code"} deletable=false
def ddpm_loss(model, x0, t, eps, alpha_bar):
    """L = mean over all entries of (eps - model(x_t, t))², x_t = √alpha_bar_t x0 + √(1 - alpha_bar_t) eps.   (002 algorithm 1)

    model: takes x_t (B, …) and t (B,), gives eps (B, …); x0, eps: (B, …), of the type of alpha_bar;
    t: (B,), int64, values 1 … T; alpha_bar: (T,), values in [0, 1];  returns one number, of the type of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "ddpm-loss", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "0c0c294db678144844ae5a50b73b6eea", "cell_type": "code"} deletable=false editable=false
check("ddpm.loss")


# %% [markdown]
# Two slips here never show in the loss curve. Draw the noise a second time for the target, and the curve falls to 1 and
# stays: the model has learnt to say 0, the best guess at a noise that it has never seen. Tell the model $t - 1$, and the
# curve is perfect, but the sampler, which tells it $t$, gets the answers of the wrong step.

# %% [markdown]
# ## 2 · From means to noises
#
# Why the noise? What the step back needs is a *mean*. Take notebook 15's posterior mean, and put in the $x_0$ that $x_t$
# and $\epsilon$ make, $x_0 = (x_t - \sqrt{1 - \bar\alpha_t}\,\epsilon)/\sqrt{\bar\alpha_t}$. With
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
# that is left of their distance is the distance of the noises. For two steps back of equal variance $\sigma_t^2 I$ the
# divergence is $\|\mu_t - \mu_\theta\|^2 / (2\sigma_t^2)$ (section 6 proves it), hence
#
# $$\mathrm{KL} = w_t\, \|\epsilon - \epsilon_\theta\|^2, \qquad
# w_t = \frac{\beta_t^2}{2\,\sigma_t^2\,\alpha_t\,(1 - \bar\alpha_t)} .$$
#
# The loss of section 1 simply drops $w_t$. That is no longer a bound on any likelihood, but it is the same game with
# other stakes: at small $t$, where $w_t$ is large and the noise too faint to see, one pays less. Pictures come out better.
#
# **In numbers.** $\beta = (0.1, 0.2)$, $t = 2$, $\bar\alpha_2 = 0.72$: the factor before $\epsilon$ is
# $0.2/(\sqrt{0.28}\sqrt{0.8}) = 0.4226$. With $x_2 = 0.5$, $\epsilon = -1$ the mean is $0.5590 + 0.4226 = 0.9816$. With
# $\sigma_2^2 = \beta_2$ the weight is $0.04/(2 \cdot 0.2 \cdot 0.8 \cdot 0.28) = 0.4464$, and $0.5556$ at $t = 1$.
#
# **Write** the mean, and the weights of all steps.

# %% nbgrader={"schema_version": 3, "grade_id": "ddpm-weight-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "a7de4f87764acd2d5bb6bc185f24996c", "cell_type": "code"} deletable=false
def mean_from_eps(xt, t, eps, beta):
    """mu = (x_t - beta_t / √(1 - alpha_bar_t) eps) / √(1 - beta_t).   (002 9-3e, algorithm 2)

    xt, eps: (B, …), of the type of beta; t: (B,), int64, values 1 … T; beta: (T,), values between 0.001 and 0.9;
    returns mu, of the shape and type of xt.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def eps_weight(beta, variance):
    """w_t = beta_t² / (2 sigma_t² (1 - beta_t) (1 - alpha_bar_t)), so that KL = w_t ‖eps - eps_theta‖².   (002 9-3 conclusion)

    beta: (T,), values between 0.001 and 0.9; variance: (T,), sigma_t², > 0;  returns (T,), of the type of beta.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "ddpm-weight", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "c07d62efac047e8a4ee0713298c81885", "cell_type": "code"} deletable=false editable=false
check("ddpm.weight")

# %% nbgrader={"schema_version": 3, "grade_id": "given-2-from-means-to-noises-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "24859351e2c98201874175ae537a7b1d", "cell_type": "code"} deletable=false editable=false
total()
