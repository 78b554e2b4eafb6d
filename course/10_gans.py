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
# <small>This notebook is generated from `solutions/10_gans.py` by `make course`: to change the course, edit that file.</small>

# %% nbgrader={"schema_version": 3, "grade_id": "given-colab", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "3ea7204359daaa6b3d7766042bbb7c0e", "cell_type": "code"} deletable=false editable=false
# On Colab this would install the helper package of the course; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    print(
        "This copy of the course names no public address to install from: "
        "set `repository:` in solutions/_toc.yml, then run `make course`."
    )

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
# You need: KL divergences (notebook 06), the change of variables (notebook 02), sampling as a push-forward. Time: about
# three hours; sections 1 to 5 are the core. Labels such as 001 P3b say where a question comes from; notebook 00 lists
# these sources.

# %% nbgrader={"schema_version": 3, "grade_id": "given-10-adversarial-learning-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "7f21de3286a7012c92c750b26b2deff0", "cell_type": "code"} deletable=false editable=false
import math

import torch
from torch.nn.functional import softplus

from pushforward import check, hint, restart, total
from pushforward.progress import waiting_for


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
# Show the discriminator a real point half of the time, and a generated one the other half. It is paid $\log D(x)$ for
# a real point and $\log(1 - D(x))$ for a generated one: at most 0, and the less the more it believed in the wrong thing.
# On average (001 P3, 002 9-2c)
#
# $$V(D, G) = \tfrac12\, \mathbb E_{x \sim p^*}\big[\log D(x)\big] + \tfrac12\, \mathbb E_{z \sim p(z)}\big[\log\big(1 - D(G(z))\big)\big] .$$
#
# The discriminator makes the **value** $V$ as large as it can, the generator as small as it can:
# $\min_G \max_D V(D, G)$. They optimise *the same number in opposite directions*; that is what "adversarial" means.
# The generator touches only the second expectation, and only through the points $G(z)$ that it hands over.
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
# with the mean $0.4100$; $\log(1 + e^{-1}) = 0.3133$. The loss is $\frac12(0.4100 + 0.3133) = 0.3617$.
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
# ## What you can now do
#
# - write the game's value in both weightings, and the discriminator's loss so that it survives a sure discriminator

# %% nbgrader={"schema_version": 3, "grade_id": "given-what-you-can-now-do-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "9529257d83bca514941d57540a1ddedd", "cell_type": "code"} deletable=false editable=false
total()
