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

# %% tags=["given"]
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


# %% tags=["solve:gan.value"]
def value_half(d_real, d_fake):
    """V = ½ E log D(x) + ½ E log(1 - D(G(z))).   (001 P3, 002 9-2c)

    d_real: (N,), D of real points, in (0, 1); d_fake: (M,), D of generated points, in (0, 1);
    returns one number, of the type of d_real.
    """
    ### BEGIN SOLUTION
    return 0.5 * torch.log(d_real).mean() + 0.5 * torch.log(1 - d_fake).mean()
    ### END SOLUTION


def value_plain(d_real, d_fake):
    """V = E log D(x) + E log(1 - D(G(z))), the form without weights.   (004 GAN definition)

    d_real: (N,), D of real points, in (0, 1); d_fake: (M,), D of generated points, in (0, 1);
    returns one number, of the type of d_real.
    """
    ### BEGIN SOLUTION
    return torch.log(d_real).mean() + torch.log(1 - d_fake).mean()
    ### END SOLUTION


# %% tags=["check:gan.value:2"]
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


# %% tags=["solve:gan.discriminator_loss"]
def discriminator_loss(logits_real, logits_fake):
    """J^(D) = -½ E log σ(logits_real) - ½ E log(1 - σ(logits_fake)), a cross-entropy.   (002 9-2b)

    logits_real: (N,), of real points; logits_fake: (M,), of generated points;
    returns a tensor without axes, of the type of logits_real.
    """
    ### BEGIN SOLUTION
    return 0.5 * softplus(-logits_real).mean() + 0.5 * softplus(logits_fake).mean()
    ### END SOLUTION


# %% tags=["check:gan.discriminator_loss:2"]
check("gan.discriminator_loss")

# %% [markdown]
# ### Detective: whose loss is this?
#
# You get functions that claim to be `discriminator_loss`. Some are, written in their own way. Some mix up who is real,
# some average over all points at once (right as long as there are as many of one kind as of the other, which is what
# everybody tries), some are off by a factor, some break where the discriminator is sure. **Write** the test that tells
# them apart. It must let every right one pass.


# %% tags=["solve:gan.catch_loss"]
def is_discriminator_loss(implementation):
    """True if the function is an implementation of discriminator_loss, False if it is not.

    implementation: takes logits_real, (N,), and logits_fake, (M,), and gives a tensor without axes; call it on tensors
    of your choice (values only: no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    questions = (
        ([0.5, -1.0, 2.0], [1.0, 0.3]),
        ([0.7], [-2.0, 0.4, 1.5, -0.2]),
        ([-300.0, 2.0], [-1.0, 0.0, 500.0]),
        ([40.0, -1000.0, 800.0], [-60.0, 900.0]),
    )
    for real, fake in questions:
        real, fake = torch.tensor(real, dtype=torch.float64), torch.tensor(fake, dtype=torch.float64)
        wanted = 0.5 * softplus(-real).mean() + 0.5 * softplus(fake).mean()
        if not abs(float(implementation(real, fake)) - wanted) <= 1e-5 * wanted:  # NaN is not close to anything
            return False
    return True
    ### END SOLUTION


# %% tags=["check:gan.catch_loss:2"]
check("gan.catch_loss")

# %% [markdown]
# ## What you can now do
#
# - write the game's value in both weightings, and the discriminator's loss so that it survives a sure discriminator

# %% tags=["given"]
total()
