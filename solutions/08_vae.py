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
# # 08 · Variational autoencoders
#
# A picture of a digit has 64 pixels, but nobody who writes a digit thinks of 64 numbers. There is an idea (a seven, a
# little slanted, in a hurry), and a hand that turns the idea into ink with a trembling of its own. A **variational
# autoencoder**, VAE, is just that story, with numbers for the idea: a latent $z$ is drawn from $\mathcal N(0, I)$, a
# network, the **decoder**, turns it into a distribution over pictures, and a picture is drawn from that.
#
# To be trained it needs the bound of notebook 06, since $\log p(x)$ is out of reach, and the reparameterised draws of
# notebook 07, since the bound is an expectation under a $q$ that is learnt as well. One thing is new, and it is what makes the
# whole affair practical: $q$ is not fitted anew for each picture. A second network, the **encoder**, looks at $x$ and *says*
# what $q(z \mid x)$ is.
#
# In this chapter you train one on digits, and learn to read what it tells you: what its nats mean and what they do not, why
# its latents may fall silent, and what its pixels have to say. At the end your own model pays for digits that it has never seen.
#
# You need: the ELBO and its KL (notebook 06), $z = \mu + \sigma\epsilon$ (notebook 07). Time: {{time}};
# sections 1, 2, 5 and 6 are the core. Labels such as 000 Q3b say where a question comes from; notebook 00 lists these sources.

# %% tags=["given"]
import copy
import functools
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.augment import moved
from pushforward.data import digits
from pushforward.figures.style import show
from pushforward.figures.vae import (
    draw_bound_by_draws,
    draw_collapse,
    draw_means_and_samples,
    draw_said,
    draw_two_ways,
    draw_your_digits,
    map_explorer,
)
from pushforward.train import budget, train
from pushforward.vae import LIKELIHOODS, Autoencoder
from pushforward.waiting import waiting_for

# %% tags=["demo"]
pictures, labels = digits("train")
show(
    draw_two_ways(pictures, labels, which=3),
    alt="From left to right: a digit; a plane in which each of a thousand digits is a dot, with two dashed circles around the "
    "centre for the prior and a small ellipse for the digit on the left; and six pictures, three decoded from points in the "
    "ellipse, which resemble the digit, and three from draws of the prior.",
)

# %% [markdown]
# ## The picture
#
# Left, a digit $x$. The **encoder** sends it into a plane of codes, and not to a point there, but to a little cloud:
# $q(z \mid x) = \mathcal N(\mu(x), \sigma(x)^2)$, the ellipse. The other dots are the centres of a thousand other digits; the
# dashed circles are the prior $\mathcal N(0, I)$ at one and at two standard deviations. Right, the **decoder** on its way back, from
# three points of the cloud and from three draws of the prior.
#
# Everything that a VAE is about can be seen here. The cloud must be small, or what is decoded is another digit. But all clouds
# together have to fill the circles, without holes, or a draw of the prior lands where the decoder has never been. The bound
# weighs one against the other, in nats. (In this picture both maps are linear and nothing was trained: with two latents and
# linear maps the optimum is known. The networks to come bend the plane.)
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 07) $z \sim \mathcal N(\mu, \sigma^2)$, and the gradient of $\mathbb E[f(z)]$ by $\sigma$ is wanted. How do you draw $z$, and
# what is $\partial z / \partial\sigma$ for a draw?
#
# <details><summary>Answer</summary>
#
# $z = \mu + \sigma\epsilon$ with $\epsilon \sim \mathcal N(0, 1)$ drawn before and held; $\partial z/\partial\sigma = \epsilon$.
#
# </details>
#
# **2.** (Notebook 05) A model gives each of 17 levels a probability, pixel by pixel. How do you turn a number $u$, even on $[0, 1)$, into a
# level?
#
# <details><summary>Answer</summary>
#
# Lay the 17 probabilities side by side on $[0, 1)$, from level 0 up; the level is the one in whose share $u$ falls.
#
# </details>
#
# **3.** (Notebook 02) $z \sim \mathcal N(0, I)$ in two dimensions and $x = Wz + b$ in 64. Why has $x$ no density, and what does adding
# noise of variance $s^2$ to each pixel change?
#
# <details><summary>Answer</summary>
#
# All $x$ lie on a plane, which has no volume in 64 dimensions. With noise $x \sim \mathcal N(b, WW^\top + s^2 I)$, whose
# covariance is invertible. (That is the model of the opening picture.)
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x$ | `levels` | a picture: $P$ pixels with whole levels 0 (paper) … 16 (ink) |
# | $z$ | `z` | its code, $d$ latents; the prior is $\mathcal N(0, I)$ |
# | $q(z \mid x)$ | `mu`, `sigma` | what the encoder says: $\mathcal N(\mu, \operatorname{diag}\sigma^2)$; `sigma` is a standard deviation, as in notebook 06 |
# | $p(x \mid z) = \prod_i p(x_i \mid z)$ | `log_p`, `log_probs` | what the decoder says: given $z$ the pixels are independent |
# | $\beta$ | `beta` | a weight before the divergence (here not notebook 15's) |
#
# All costs are in nats per picture, and low is good: **NELBO** $= -\mathcal L$, the negative of the bound.

# %% [markdown]
# ## 1 · The loss
#
# Recall notebook 06: $\log p(x) = \mathcal L + \mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))$ with
# $\mathcal L = \mathbb E_q[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, p(z))$, so that raising $\mathcal L$ pulls up $\log p(x)$ or
# pushes the gap down. A VAE raises it by gradient, in the weights of both networks. One draw for each picture is enough, for its gradient is right on average
# (notebook 07):
#
# $$\text{nelbo}(x) = \underbrace{-\sum_{i=1}^{P} \log p(x_i \mid z)}_{\text{reconstruction}} \;+\; \beta\,\underbrace{\frac12\sum_{j=1}^{d}\big(\sigma_j^2 + \mu_j^2 - 1 - \log\sigma_j^2\big)}_{\mathrm{KL}(q \,\|\, \mathcal N(0, I))}, \qquad z = \mu + \sigma\,\epsilon .$$
#
# With $\beta = 1$ this is minus the bound. (Section 4 says what other $\beta$ are good for.) Read it as two bills for sending $x$ to a friend: the code costs
# $\mathrm{KL}$ nats, the corrections that turn what is decoded into $x$ cost the reconstruction. Both are sums, over pixels
# and over latents: who averages one of them adds nats per pixel to nats.
#
# **In numbers.** Two pixels, one latent: $\mu = 1$, $\sigma = 0.5$, $\epsilon = -1$, so $z = 0.5$. Say the decoder gives the right levels
# the log probabilities $-1.2$ and $-0.3$ there: reconstruction $1.5$. The divergence is $0.8181$. With $\beta = 1$ the picture costs $2.3181$ nats, with
# $\beta = \frac12$ it is $1.9091$.
#
# **Write** it. `log_p` is the decoder: it takes codes and levels, and says how probable the level of each pixel is.


# %% tags=["solve:vae.loss"]
def nelbo(levels, mu, sigma, eps, log_p, beta):
    """-Σ_i log p(level_i | z) + beta KL(N(mu, diag sigma²) ‖ N(0, I)), z = mu + sigma * eps, in nats per picture.   (002 9-1)

    levels: (B, P), int64, values 0 … 16; mu: (B, d); sigma: (B, d), > 0; eps: (B, d), of the type of mu;
    log_p: takes z (B, d) and levels (B, P), gives the log probability of each pixel's level, (B, P); beta: float ≥ 0;
    returns (B,), of the type of mu.
    """
    ### BEGIN SOLUTION
    reconstruction = -log_p(mu + sigma * eps, levels).sum(dim=1)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(dim=1)
    return reconstruction + beta * kl
    ### END SOLUTION


# %% tags=["check:vae.loss:3"]
check("vae.loss")

# %% [markdown]
# ### Detective: which of these is the bound?
#
# Libraries and blogs are full of VAE losses, and most of them are no bound on anything. You get functions that claim to compute the
# NELBO (with $\beta = 1$) of pictures with levels $0 \dots 16$, for the smallest decoder that there is: one linear map,
#
# $$\log p(x_i = k \mid z) = \log\operatorname{softmax}_k\,(W_i z + b_i), \qquad W_i \in \mathbb R^{17 \times d} .$$
#
# Some do, each in its own way and with its own rounding. The others price the levels by something that is not their probability (the
# cross-entropy of grey values, a squared error), average where they ought to add up, have another divergence, do not
# draw from $q$ properly, or look up the wrong level. Each of these gives a curve that falls nicely during training.
#
# **Write** the test. It may call the function as often as it likes, on tensors of your choice, and has to let every right function pass.


# %% tags=["solve:vae.catch_loss"]
def is_nelbo(implementation):
    """True if the function gives the NELBO of levels in nats, one number for each picture, False if it does not.

    implementation: takes levels, (B, P), int64, values 0 … 16, mu, sigma and eps, (B, d), W, (P, 17, d), and b, (P, 17), and
    gives (B,), of the type of mu; call it on tensors of your choice (values only: no gradient comes back);
    returns True or False.
    """
    ### BEGIN SOLUTION
    dice = torch.Generator().manual_seed(0)

    def noise(*shape):
        return torch.randn(*shape, generator=dice, dtype=torch.float64)

    def decoder(W, b):
        return lambda z, k: (torch.einsum("pld,nd->npl", W, z) + b).log_softmax(2).gather(2, k[:, :, None])[:, :, 0]

    for B, P, d in ((3, 5, 2), (2, 40, 3), (4, 2, 5)):
        levels = torch.randint(17, (B, P), generator=dice)
        levels[0, 0], levels[-1, -1] = 16, 0
        mu, sigma, eps, W, b = noise(B, d), noise(B, d).exp(), noise(B, d), noise(P, 17, d), noise(P, 17)
        got, right = implementation(levels, mu, sigma, eps, W, b), nelbo(levels, mu, sigma, eps, decoder(W, b), 1.0)
        if got.shape != right.shape or not torch.allclose(got, right, rtol=1e-6, atol=1e-9):
            return False
    return True
    ### END SOLUTION


# %% tags=["check:vae.catch_loss:3"]
check("vae.catch_loss")

# %% [markdown]
# ### A training loop
#
# Here is the loop for the rest of the chapter. `Autoencoder` (in `pushforward/vae`) holds both networks, each with two hidden layers: `encode` gives
# $\mu$ and $\sigma$ of pictures, `log_p` the log probability of each pixel's level, and `log_probs` those of all 17 levels. The loop itself
# is your loss, fresh noise in each step, and Adam.
#
# One trick comes from need. A thousand pictures are few, so half of each batch is a little shifted, turned and scaled
# (`moved`), and both networks are *told* how, by five numbers that are 0 for an unmoved picture. Later they are asked about unmoved
# ones only, so what they say then is about the digits as they are.


# %% tags=["given"]
DIGITS = digits("train")[0]


def always_one(step):
    """No warm-up: the bound itself from the first step on."""
    return 1.0


@torch.enable_grad()
def train_vae(model, steps, beta=always_one, seed=0, batch=128, rate=2e-3, average=0.95):
    """(model, history): trained with your nelbo on DIGITS; beta: the weight of the divergence, from the step."""
    torch.manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), rate)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min(1, (k + 1) / 100, 2 * (1 - k / steps)))

    def step(k):
        seen, how = moved(DIGITS[torch.randint(len(DIGITS), (batch,))], 0.5)
        levels = seen.flatten(1).long()
        mu, sigma = model.encode(levels, how)
        log_p = functools.partial(model.log_p, how=how)
        loss = nelbo(levels, mu, sigma, torch.randn_like(mu), log_p, beta(k)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 50)
        optimiser.step()
        pace.step()
        return loss

    history = train(step, model, steps, seed=seed, average=average, label="autoencoder")
    return model.eval(), history


@torch.no_grad()
def costs(model, levels, draws=20, seed=0):
    """(reconstruction, KL), nats per picture, on average over the pictures and over so many draws."""
    mu, sigma = model.encode(levels)
    eps = torch.randn(draws, *mu.shape, generator=torch.Generator().manual_seed(seed))
    both, fit = (
        torch.stack([nelbo(levels, mu, sigma, e, model.log_p, beta) for e in eps]).mean() for beta in (1.0, 0.0)
    )
    return float(fit), float(both - fit)


@functools.cache  # trained once, when first asked for; run this cell again after changing nelbo
def map_run(seed=0):
    """Two latents, so that all of them can be drawn."""
    torch.manual_seed(seed)
    model = Autoencoder(LIKELIHOODS["three logistics"], latents=2)
    return train_vae(model, budget(full=300, graded=150, quick=10), seed=seed, batch=64, rate=4e-3)


# %% [markdown]
# ## 2 · A sample is not the mean
#
# After training, new pictures come cheap: draw $z$ from the prior, decode. But the decoder does not give a picture, it gives a
# *distribution* over pictures, and the last step of the story is a draw from it, pixel by pixel. Many papers leave it out and show the mean
# $\sum_k k\, p(k \mid z)$. It looks smoother. It is no sample: the noise that was left out is part of the model, and the bound was computed
# with it. Two things follow. A VAE whose *means* look fine while its samples are speckled has pixels that are not independent given $z$, whatever the
# model says. And who measures samples (notebook 09) has to measure samples.
#
# **In numbers.** One pixel with $p(0) = 0.5$, $p(1) = p(2) = 0.25$: $u = 0.6$ falls into the share of level 1, which reaches from $0.5$ to
# $0.75$; $u = 0.8$ gives level 2. The mean is $0.75$, which is no level at all.
#
# **Write** both, for a batch of codes. `log_probs` is the decoder's table.


# %% tags=["solve:vae.sample"]
def sample_pictures(z, u, log_probs):
    """Levels drawn from p(x | z): of each pixel the level whose share of [0, 1) its u falls into, from level 0 up.

    z: (N, d); u: (N, P), values in [0, 1); log_probs: takes z (N, d), gives the log probabilities of the levels, (N, P, 17);
    returns (N, P), int64, values 0 … 16.
    """
    ### BEGIN SOLUTION
    borders = log_probs(z).exp().cumsum(dim=2)[:, :, :-1]  # the last is 1, but for rounding
    return (u[:, :, None] >= borders).sum(dim=2)
    ### END SOLUTION


def mean_pictures(z, log_probs):
    """The mean level of each pixel under p(x | z), Σ_k k p(k | z).

    z: (N, d); log_probs: takes z (N, d), gives the log probabilities of the levels, (N, P, 17);
    returns (N, P), of the type of z.
    """
    ### BEGIN SOLUTION
    p = log_probs(z).exp()
    return p @ torch.arange(17, device=z.device).to(p)
    ### END SOLUTION


# %% tags=["check:vae.sample:2"]
check("vae.sample")

# %% [markdown]
# Now the first model of your own, with two latents only, so that they can be drawn. Some seconds of training; then means and samples, from
# the same eight draws of the prior. Predict: which row will look more like handwriting?

# %% tags=["demo"]
with waiting_for("nelbo", "sample_pictures", "mean_pictures"):
    model = map_run()[0]
    source = torch.Generator().manual_seed(5)
    z, u = torch.randn(8, 2, generator=source), torch.rand(8, 64, generator=source)
    with torch.no_grad():
        rows = mean_pictures(z, model.log_probs), sample_pictures(z, u, model.log_probs).float()
    fit, kl = costs(model, digits("valid")[0].flatten(1).long())
    print(f"a validation digit costs {fit:.1f} nats of pixels + {kl:.1f} of code = {fit + kl:.1f} nats")
    apart = float((rows[0] - rows[1]).abs().mean())
    show(
        draw_means_and_samples(*rows),
        alt="Two rows of eight pictures of 8 by 8 pixels. Above, the decoder's means; below, draws from the same eight "
        f"distributions. A pixel of the draw lies {apart:.1f} levels from the mean, on average.",
    )

# %% [markdown]
# The means are smooth and blurred, the draws as black as ink and speckled, and both say the same: with two latents much of what makes a digit is left to the
# pixels' own noise. Given $z$ the pixels are independent, so neighbours cannot agree on which of two strokes it is to be. (Section 6 has twenty latents.)
#
# ### Walk through the map
#
# The plane of codes under two sliders. Left, the centres $\mu(x)$ of the training digits, coloured by class, and the point $z$ where you stand;
# in the middle the decoder's mean there, right one draw. (The draw's $u$ are held, so that it changes with $z$ alone.)
#
# Things to try. Walk from one class into another: is there a border, or do digits melt into each other? Which classes overlap, and is
# that a fault of the model or of two dimensions? Go far out, to $z = (3, 3)$, where hardly any digit is. And find a place *between* the dots: does
# the decoder know what to draw there?

# %% tags=["demo"]
with waiting_for("nelbo", "sample_pictures", "mean_pictures"):
    with torch.no_grad():
        centres = map_run()[0].encode(DIGITS.flatten(1).long())[0]
    plane = copy.deepcopy(map_run()[0]).cpu()  # pictures are drawn there, wherever the model was trained
    display(map_explorer(centres, labels, plane.log_probs, mean_pictures, sample_pictures))

# %% [markdown]
# ## 3 · What a pixel may say
#
# The bound is on $\log p(x)$, and $p(x \mid z)$ is yours to choose. Which choice matters most? Not the depth of the networks.
# Here the same two networks are trained four times for the same few steps; only what the decoder says of a pixel differs.
#
# - **Normal** with a fixed $\sigma$, once $\frac14$ and once $\frac12$ of the two units from paper to ink (`wide`): one number for each pixel, its mean. A density has no
#   probabilities of levels, so each level gets the mass of its own cell, from half-way to the level below to half-way to the level above, and the
#   two ends get the tails. So squared
#   error becomes a likelihood. It is equally unsure of every pixel whose mean lies between the ends.
# - **Categorical**: 17 numbers, softmaxed. It can say anything, and has to learn from a thousand digits that level 7 lies between 6 and 8.
# - **Three logistics** (Salimans et al. 2017): a mixture of three bell curves with weights, places and widths of their own, and again each level gets
#   the mass of its cell: nine numbers. It knows that levels are in order, *and* can be sure of paper or split between paper and ink.
#
# In all of them the 17 probabilities add up to one, so their nats are nats of the same pictures, and can be compared. That of a cross-entropy on
# grey values cannot: notebook 06 has shown that it is no distribution over levels at all, and would be shown here with the best number of
# all. Predict the order, and the distances in nats.


# %% tags=["given"]
@functools.cache  # run this cell again after changing nelbo
def said_run(likelihood):
    """The same networks and the same steps, with another likelihood of the levels."""
    torch.manual_seed(0)
    return train_vae(Autoencoder(LIKELIHOODS[likelihood]), budget(full=250, graded=150, quick=10), batch=64, rate=4e-3)


# %% tags=["demo"]
with waiting_for("nelbo"):
    valid, said = digits("valid")[0].flatten(1).long(), {}
    for name, likelihood in LIKELIHOODS.items():
        model = said_run(name)[0]
        fit, kl = costs(model, valid)
        print(
            f"{name:16} {likelihood.numbers:2} numbers a pixel   pixels {fit:6.1f} + code {kl:5.1f} = {fit + kl:6.1f} nats"
        )
        with torch.no_grad():
            said[f"{name}, {fit + kl:.1f} nats"] = model.log_probs(model.encode(valid[:1])[0])[0].exp()
    show(
        draw_said(valid[0].reshape(8, 8), said, pixels=(0, 19, 27)),
        alt="A digit with three of its pixels marked: one in the corner and two within a stroke. For each of them and each "
        f"likelihood ({'; '.join(said)}), bars show the probabilities of the 17 levels after the digit has been encoded and decoded.",
    )

# %% [markdown]
# Look at the two pixels within the stroke. After so little training nobody knows how dark they are, and the two flexible likelihoods say so: anything from paper to
# ink, with more weight at both ends. A normal cannot say that. It names one value, is sure of it up to its $\sigma$, and pays the square of the distance where it is wrong. A wider
# $\sigma$ pays less there, and is never sure of anything between the ends. (Of paper all of them can be sure, since the first cell reaches to $-\infty$.) The categorical likelihood can say
# anything, and still loses to nine numbers: it learns each level by itself, from a thousand digits. The networks are the same in every row, and so is the training; what lies
# between the best row and the worst is more than all that longer training will gain.
#
# **Question (4 points).** A colleague trains a VAE on grey pictures with `binary_cross_entropy(x_hat, x).sum(1) + kl` and gets 62 "nats" where
# your model has 97. (a) Why may the two numbers not be compared? (b) Of which data set would his be an honest bound? (c) He switches to the squared error,
# `((x_hat - x)**2).sum(1) + kl`, and gets 17. Which $\sigma$ has he chosen, and what is missing from his number? (d) What would you ask him to report?

# %% [markdown] tags=["written:vae.whose_nats:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) $e^{-\mathrm{BCE}}$ is no probability over the 17 levels: summed over them it gives up to 8.5 per pixel, so the number is
# too small as a cost of grey pictures, by up to $64 \log 8.5 = 137$ nats in all.
#
# (b) Of pictures binarised at random, each pixel black with the probability that its grey level says: BCE is the *expected* cost of these, and the bound belongs to
# them.
#
# (c) The squared error with factor 1 is $\|x - \hat x\|^2/(2\sigma^2)$ with $\sigma^2 = \frac12$, $\sigma = 0.71$ in whatever units the pixels have. Missing is the constant
# $\frac D2\log(2\pi\sigma^2)$ (36.6 nats for 64 pixels); and with it the number is minus the logarithm of a *density*, not of a probability of levels: to compare, the mass
# of a cell of width $\frac1{16}$ (or $\frac18$, by the pixels' units) is needed.
#
# (d) The NELBO with a likelihood over the 17 levels whose probabilities add up to one (categorical, discretised), in nats per picture, on test digits, with the
# number of draws; better an importance-weighted bound as well.
#
# **Rubric**
# - (1) a: BCE of grey levels is not minus the logarithm of a probability; it does not add up to one over the levels
# - (1) b: pictures binarised at random with the grey levels as probabilities
# - (1) c: half: sigma² = ½; half: the constant is missing (or: a density and not the mass of a cell)
# - (1) d: a bound with a normalised likelihood over the levels, on test data
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## 4 · When the latents fall silent
#
# The divergence is a price for each latent, pixel by pixel of improvement. A latent that is not worth its price is switched off:
# $q(z_j \mid x) = \mathcal N(0, 1)$ for every $x$, at no cost and with nothing said. For some latents that is as it should be, since the number $d$ was our choice and not the
# data's. If it happens to all of them it is called **posterior collapse**: the decoder has learnt to do without.
#
# How does one see it? Not by the loss, which may look fine. A latent that says something moves when the picture changes. Its mean is
# $\mathbb E_q[z_j] = \mu_j(x)$, so take the variance of that *over the pictures*,
#
# $$\text{spread}_j = \operatorname{Var}_x\, \mu_j(x), \qquad \text{unit } j \text{ is active if } \text{spread}_j > 0.01$$
#
# (Burda et al. 2016). A unit at the prior has spread 0, one that says all it can has spread near 1. That $\mu_j$ is not 0 says nothing: it may be the same
# for all pictures.
#
# **In numbers.** Two pictures, $\mu = (1, 0.25)$ and $(-1, 0.25)$: spreads $1$ and $0$; one unit is active. (With $n - 1$ below the line the first
# is $2$. Both conventions are right.)
#
# **Write** it.


# %% tags=["solve:vae.active_units"]
def active_units(mu, threshold):
    """{"spread": Var_x E_q[z_j], over the pictures, "active": spread > threshold}, unit by unit.   (Burda et al. 2016)

    mu: (N, d), N ≥ 2, the means that the encoder gives for N pictures; threshold: float ≥ 0, a variance;
    returns {"spread": (d,), "active": (d,), True or False}.
    """
    ### BEGIN SOLUTION
    spread = mu.var(dim=0)
    return {"spread": spread, "active": spread > threshold}
    ### END SOLUTION


# %% tags=["check:vae.active_units:2"]
check("vae.active_units")

# %% [markdown]
# ### Warm-up
#
# Why should the code of a model collapse that could use it? Because of how training begins. In the first steps the decoder knows nothing, a code buys
# nothing, and the divergence is the one part of the loss that can be lowered at once. By the time the decoder could make
# use of the latents, they say nothing any more. The remedy is to let them be cheap at first: the weight $\beta$ of the divergence begins at 0 and
# rises evenly to 1.
#
# May one do that? What is trained on the way is
#
# $$\mathcal L_\beta = \mathbb E_q[\log p(x \mid z)] - \beta\,\mathrm{KL}(q \,\|\, p(z)) = \mathcal L - (\beta - 1)\,\mathrm{KL}(q \,\|\, p(z)) .$$
#
# Is it still a bound, $\mathcal L_\beta \le \log p(x)$ for every model, every $q$ and every $x$? Look at the second form before you answer.
#
# **In numbers.** Steps 0, 1, 2, 4 and 9 with a warm-up of 4 steps: $\beta = 0$, $0.25$, $0.5$, $1$, $1$. And in the model $z \sim \mathcal N(0, 1)$, $x \mid z \sim
# \mathcal N(z, 1)$ at $x = 2$: the posterior is $\mathcal N(1, \frac12)$, $\mathrm{KL} = 0.5966$, $\log p(x) = -2.2655$. With the posterior as $q$, $\mathcal L_2 = -2.8621$, and
# $\mathcal L_{1/2}$ is … ?
#
# **Write** the schedule and the verdict, and **find a witness**: an $x$ and a $q = \mathcal N(\mu, \sigma^2)$ in this model for which $\mathcal L_{1/2}$ lies at least one nat
# *above* $\log p(x)$.


# %% tags=["solve:vae.beta_warmup"]
def beta_at(step, warm):
    """min(1, step / warm): 0 at step 0, 1 from step warm on, and 1 throughout if there is no warm-up, warm = 0.

    step: int ≥ 0; warm: int ≥ 0;  returns a float.
    """
    ### BEGIN SOLUTION
    return 1.0 if step >= warm else step / warm
    ### END SOLUTION


def is_bound(beta):
    """Is E_q[log p(x | z)] - beta KL(q ‖ p(z)) ≤ log p(x) for every model, every q and every x?

    beta: float ≥ 0;  returns True or False.
    """
    ### BEGIN SOLUTION
    return beta >= 1
    ### END SOLUTION


def above_log_p():
    """(x, mu, sigma): for z ~ N(0, 1), x | z ~ N(z, 1) and q = N(mu, sigma²), at beta = ½ at least 1 nat above log p(x).

    returns three floats, |x| and |mu| ≤ 100, 0.001 ≤ sigma ≤ 100.
    """
    ### BEGIN SOLUTION
    # the posterior N(x/2, ½): L is log p(x), and half of its KL, ¼ (x²/4 − ½ + log 2), is given as a present
    return 6.0, 3.0, math.sqrt(0.5)
    ### END SOLUTION


# %% tags=["check:vae.beta_warmup:3"]
check("vae.beta_warmup")

# %% [markdown]
# So a $\beta$ above 1 gives a bound, a looser one (some use it to force the code to be sparing), and a $\beta$ below 1 gives none. What follows for practice: during the warm-up
# the number in the progress bar is no bound, and *whatever is reported has to be computed with $\beta = 1$*.
#
# ### Collapse, made and mended
#
# Collapse threatens where a decoder can do without its code. That of section 3 cannot: given $z$ its pixels are independent, so all that they have in
# common must come through $z$. Here is one that can. It *reads*: what it says of a pixel may also depend on the pixels before it, as in
# notebook 05, and so it is a good model of digits without any code at all. Three models, with the same loss: one that does not read, one that reads, and
# one that reads and was warmed up over most of its training. Predict, for each, what the code costs, and which has the lowest NELBO.


# %% tags=["given"]
from pushforward.vae import ReadingAutoencoder


@functools.cache  # run this cell again after changing nelbo or beta_at
def reading_run(warm):
    """A decoder that reads; beta rises over this share of the steps."""
    torch.manual_seed(0)
    steps = budget(full=250, graded=150, quick=10)
    model = ReadingAutoencoder(LIKELIHOODS["three logistics"])
    return train_vae(model, steps, lambda k: beta_at(k, round(warm * steps)), batch=64, rate=4e-3)


# %% tags=["demo"]
with waiting_for("nelbo", "beta_at", "active_units"):
    spreads, codes = {}, {}
    for name, model in (
        ("does not read", said_run("three logistics")[0]),
        ("reads", reading_run(0.0)[0]),
        ("reads, warmed up", reading_run(0.8)[0]),
    ):
        fit, kl = costs(model, valid)
        with torch.no_grad():
            found = active_units(model.encode(valid)[0], 0.01)
        spreads[name], codes[name] = found["spread"], kl
        print(
            f"{name:17} pixels {fit:5.1f} + code {kl:5.1f} = {fit + kl:5.1f} nats   "
            f"active: {int(found['active'].sum())} of {len(found['active'])}"
        )
    show(
        draw_collapse(spreads, codes),
        alt="Left, the spreads of the units of three models, sorted, on a logarithmic axis with a line at 0.01; the largest are "
        f"{', '.join(f'{name} {float(spread.max()):.2g}' for name, spread in spreads.items())}. Right, what the code costs: "
        f"{', '.join(f'{name} {kl:.1f} nats' for name, kl in codes.items())}.",
    )

# %% [markdown]
# The reading model has the lower NELBO, *and* hardly a code: as a model of pictures it is better, and as an encoder useless. With warm-up its code says more, and
# the sum is no worse. Both lessons are worth having. A silent latent need not be a failure, since the bound asks for nats and not for codes; whoever wants the
# codes has to ask for them: by a decoder that cannot do without, by warm-up, or by a price that is not charged below some nats ("free bits").
#
# And the threshold of $0.01$ is a convention. A unit with a spread of $0.02$ counts as active and says next to nothing: look at the spreads and at the nats as well.

# %% [markdown]
# ## 5 · What is the bound worth?
#
# A NELBO is an upper limit of the cost $-\log p(x)$, and nothing says how far above it lies. To put the number of a VAE beside the exact one of an autoregressive
# model (notebook 05) or of a flow is to compare a ceiling with a floor plan. Notebook 06 knows what helps: the importance-weighted bound, with
# $K$ draws from the encoder's $q$,
#
# $$\log p(x) \;\ge\; \mathcal L_K = \mathbb E\left[\log \frac1K\sum_{k=1}^K w_k\right], \qquad \log w_k = \underbrace{\sum_i \log p(x_i \mid z_k)}_{\text{all pixels}} + \log p(z_k) - \log q(z_k \mid x) .$$
#
# Two practical points. Everything in logarithms: the sum over the pixels alone is near $-80$ here, and near $-1000$ for larger
# pictures. And in parts: five hundred draws for each of 447 digits are $223{,}500$ codes, and the decoder says nine numbers for each of 64 pixels of each: half
# a gigabyte at once, in float32. So the draws go through the decoder a few at a time; what is kept is one log weight for each.
#
# **In numbers.** One pixel, one latent, $\mu = 0$, $\sigma = 0.5$, $\epsilon = 1$: $z = 0.5$, $\log p(z) = -1.0439$,
# $\log q(z \mid x) = -0.7258$. With $\log p(x \mid z) = -1.2$ the log weight is $-1.5181$. A second draw with $-2.5181$ gives
# $\mathcal L_2$ an estimate of $-1.8980$. (The mean of the logarithms is $-2.0181$.)
#
# **Write** it. `log_p` takes $k$ draws for all pictures at once, and is to be shown at most `at_once` of them in a call.


# %% tags=["solve:vae.log_likelihood"]
def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    """log (1/K) Σ_k p(x | z_k) p(z_k) / q(z_k | x), z_k = mu + sigma * eps_k, of each picture, in nats.   (Burda et al. 2016)

    levels: (B, P), int64, values 0 … 16; mu: (B, d); sigma: (B, d), > 0; eps: (K, B, d), of the type of mu;
    log_p: takes z (k, B, d), k draws, and levels (B, P), gives (k, B, P), of the type of z; at_once: int ≥ 1, the largest k;
    returns (B,), of the type of mu.
    """
    ### BEGIN SOLUTION
    parts = []
    for e in eps.split(at_once):
        z = mu + sigma * e
        # log p(z) − log q(z | x): the constants ½ log 2π cancel
        log_ratio = (0.5 * e**2 + sigma.log() - 0.5 * z**2).sum(dim=2)
        parts.append(log_p(z, levels).sum(dim=2) + log_ratio)
    return torch.cat(parts).logsumexp(dim=0) - math.log(len(eps))
    ### END SOLUTION


# %% tags=["check:vae.log_likelihood:3"]
check("vae.log_likelihood")

# %% [markdown]
# How much does it tighten? On the validation digits, the model of section 3 with three logistics:

# %% tags=["demo"]
with waiting_for("nelbo", "log_likelihood"):
    model, some = said_run("three logistics")[0], valid[:100]
    counts, eps = [1, 2, 5, 10, 20, 50, 100, 200], torch.randn(200, 100, 20, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        q = model.encode(some)
        # K draws of the 200, as often as they fit in (ten times at most)
        bounds = {
            k: torch.stack(
                [log_likelihood(some, *q, part, model.log_p, 20).mean() for part in eps.split(k)[:10]]
            ).mean()
            for k in counts
        }
    show(
        draw_bound_by_draws({k: -float(value) for k, value in bounds.items()}),
        alt=f"The cost in nats of a validation digit, by the bound with 1 to 200 draws on a logarithmic axis. It falls from {-bounds[1]:.1f} at one draw to "
        f"{-bounds[200]:.1f} at 200, ever more slowly.",
    )
    print(
        f"one draw {-bounds[1]:.2f}, two hundred {-bounds[200]:.2f} nats: the gap of the ELBO is at least {bounds[200] - bounds[1]:.2f} nats"
    )

# %% [markdown]
# A gap of a few nats, paid for an encoder that can only say "independent normals" and says it in one pass. Mind what the curve shows and what it does not: it falls
# as long as there is something to gain, and where it looks flat it may only be slow (notebook 06, section 8).

# %% [markdown]
# ## 6 · Digits
#
# Now in earnest: twenty latents, three logistics for each pixel, warm-up over the first third of the steps. The judge asks your functions, with noise
# of its own: what the encoder says of the 447 test digits, which no training has seen, then what the decoder says at draws from these posteriors. From that it computes the NELBO itself (five draws
# for each digit); nothing that the training run wrote down counts. And it decodes draws of the prior, draws the pixels, and measures their Fréchet distance (notebook 09) from the test
# digits, in units of the training digits' own. (Pixels drawn one by one, each at its own frequencies, are 7 to 8 units away.)
#
# | budget | full marks | half of them |
# |---|---|---|
# | full, 1500 steps | at most 89 nats per digit, five active units, a distance of at most 3 | 95 nats |
# | graded, 700 steps | 94 nats, five active units, 4.5 | 98 nats |
# | quick, 10 steps | only the form of the answers counts | |
#
# For comparison: with each pixel by itself, at the frequencies of its levels in the training set, a test digit costs 106 nats.


# %% tags=["given"]
@functools.cache  # trained once, when first asked for; run this cell again after changing nelbo or beta_at
def digits_run(seed=0):
    """The run that is judged."""
    torch.manual_seed(seed)
    steps = budget(full=1500, graded=700, quick=10)
    model = Autoencoder(LIKELIHOODS["three logistics"], latents=20)
    return train_vae(model, steps, lambda k: beta_at(k, steps // 3), seed, average=budget(0.995, 0.99, 0.0))


# %% [markdown]
# **Write** what the trained encoder and decoder say: of pictures, and of codes. (Both without a graph; `encode` and `log_probs` of the model do the work.)


# %% tags=["solve:vae.train_digits"]
def digit_posterior(levels):
    """(mu, sigma) of q(z | x) as the model of digits_run() has it.

    levels: (N, 64), int64, values 0 … 16;  returns two tensors (N, 20), without a graph.
    """
    ### BEGIN SOLUTION
    mu, sigma = digits_run()[0].encode(levels)
    return mu.detach(), sigma.detach()
    ### END SOLUTION


def digit_table(z):
    """log p(k | z) of all levels of all pixels as the model of digits_run() has it.

    z: (N, 20);  returns (N, 64, 17), without a graph.
    """
    ### BEGIN SOLUTION
    return digits_run()[0].log_probs(z).detach()
    ### END SOLUTION


# %% tags=["check:vae.train_digits:4"]
check("vae.train_digits")

# %% [markdown]
# ### Your own digits
#
# Digits of the validation set, encoded, decoded and drawn; new ones from the prior; and what the twenty units say. (The test digits are the judge's.)

# %% tags=["demo"]
with waiting_for(
    "nelbo",
    "beta_at",
    "digit_posterior",
    "digit_table",
    "sample_pictures",
    "mean_pictures",
    "log_likelihood",
    "active_units",
):
    model, source = digits_run()[0], torch.Generator().manual_seed(2)
    mu, sigma = digit_posterior(valid)
    z = mu[:8] + sigma[:8] * torch.randn(8, 20, generator=source)
    fresh, u = torch.randn(8, 20, generator=source), torch.rand(8, 64, generator=source)
    rows = {
        "validation digits": valid[:8],
        "encoded and decoded: the mean": mean_pictures(z, digit_table),
        "encoded and decoded: a draw": sample_pictures(z, u, digit_table),
        "new: draws of the prior, decoded and drawn": sample_pictures(fresh, u, digit_table),
    }
    show(
        draw_your_digits(rows, active_units(mu, 0.01)["spread"]),
        alt="Left, four rows of eight pictures: validation digits; what comes back when they are encoded and decoded, as means and "
        "as draws, close to the first row; and new digits from draws of the prior, most of which can be read. Right, the spread of the "
        "twenty units, sorted, on a logarithmic axis with a line at 0.01.",
    )
    fit, kl = costs(model, valid)
    draws = budget(200, 100, 5)
    eps = torch.randn(draws, *mu.shape, generator=source)
    with torch.no_grad():
        tighter = -float(log_likelihood(valid, mu, sigma, eps, model.log_p, 10).mean())
    print(
        f"validation digits: pixels {fit:.1f} + code {kl:.1f} = {fit + kl:.1f} nats, with {draws} draws at most {tighter:.1f}"
    )

# %% [markdown]
# The bound lies some nats above the truth, the price of an encoder that guesses in one pass. And the pixels cost several times what the code costs: most of what
# a digit's picture holds is not its idea but the trembling of the hand, and the pixels' own noise has to pay for it.

# %% [markdown]
# <!-- place for: linear VAE and probabilistic PCA, aggregate posterior, log-normal prior, ladder -->

# %% [markdown]
# ## Questions on paper
#
# **Question (5 points; 002 9-1).** (a) Sketch the data flow of a VAE in training, from $x$ to the loss, with everything that is random in it. (b) Through which nodes do
# gradients reach the encoder's weights, and what would happen without the reparameterisation? (c) What changes when new pictures are drawn after training? (d) What is amortised in
# "amortised inference", and what does it cost?

# %% [markdown] tags=["written:vae.data_flow:5"]
# ### BEGIN SOLUTION
# **Model answer.** (a) $x \to$ encoder $\to (\mu, \sigma)$; noise $\epsilon \sim \mathcal N(0, I)$ comes in from outside; $z = \mu + \sigma\epsilon \to$ decoder
# $\to$ the parameters of $p(x \mid z)$; the loss has two parts, $-\log p(x \mid z)$, which looks at $x$ again, and $\mathrm{KL}(q \,\|\, p)$ straight from $\mu$ and $\sigma$.
# The only random node is $\epsilon$ (and the choice of the batch); the pixels are *not* drawn in training.
#
# (b) By two ways: from the KL directly into $\mu$ and $\sigma$, and from the reconstruction through the decoder, $z$, and $z = \mu + \sigma\epsilon$. If $z$ were drawn as a
# black box, the second way would be cut (the encoder would learn from the KL alone, and collapse), or one would need the score-function estimator with its larger
# variance.
#
# (c) The encoder is not needed: $z \sim p(z)$, decoder, and then a draw from $p(x \mid z)$.
#
# (d) The optimisation of $q$ for each $x$: one network says it for all. The cost is an *amortisation gap*: what it says is not the best $q$ of the family for that $x$, so the
# bound is looser than it could be.
#
# **Rubric**
# - (1) a: both parts of the loss at the right places, z = mu + sigma eps with eps from outside
# - (1) b: the two ways of the gradient
# - (1) b: without it no gradient through the draw (or a score-function estimator, with more variance)
# - (1) c: prior, decoder, draw; no encoder
# - (1) d: half: one network in place of an optimisation for each x; half: the looser bound
# - (up to 5) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# **Question (4 points; 000 Q3b).** A VAE has been trained. Instead of drawing $z$ from its prior $\mathcal N(0, I)$, somebody fits a second model to the codes of the training
# pictures and draws from that. (a) What is the distribution of these codes called, and how is it defined? (b) Why may it differ from the prior, although the
# loss contains a divergence from it? (c) What goes wrong when $z$ is drawn from the prior and the two differ? (d) Name one thing that the second stage cannot mend.

# %% [markdown] tags=["written:vae.second_stage:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) The aggregate posterior, $q(z) = \frac1N\sum_n q(z \mid x_n)$: draw a picture of the data, then its code.
#
# (b) The divergence in the loss is taken picture by picture. Its mean is $I_q(x; z) + \mathrm{KL}(q(z) \,\|\, p(z))$: it does not only ask that the mixture be the prior, and it is weighed against the
# reconstruction, which wants the $q(z \mid x_n)$ narrow and apart. So a remainder $\mathrm{KL}(q(z) \,\|\, p(z)) > 0$ is left: holes between the codes, or regions that are too full.
#
# (c) The prior puts draws into regions where $q(z)$ has hardly any mass. There the decoder was never trained, and what it makes resembles no data.
#
# (d) The decoder: blurred or speckled pictures, pixels that are not independent given $z$, what the code has lost of $x$. (Or: with too few data the second stage learns the training codes by heart.)
#
# **Rubric**
# - (1) a: aggregate posterior, mean of the q(z | x) over the data
# - (1) b: a mean of divergences is not the divergence of the mean (mutual information), or: the reconstruction pulls against it
# - (1) c: draws of the prior fall where no codes are, the decoder was never trained there
# - (1) d: anything that lies with the decoder or is lost in the code
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## What you can now do
#
# - write the loss of a VAE in nats, with each sum where it belongs, and tell it from what is often put in its place
# - draw from a VAE, and say why its means are no samples
# - choose what the decoder says of a pixel, compare such choices fairly, and refuse a number that is no likelihood
# - see whether latents are in use, let them warm up, and say when the objective on the way is a bound
# - put an importance-weighted bound on a trained model, in log space and within the memory that there is
# - train a VAE on digits and have it judged on digits that it has never seen
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** $d = 2$, $\mu = (0, 2)$, $\sigma = (1, 0.5)$. Which latent says something about this $x$, and what does the code cost?
#
# <details><summary>Answer</summary>
#
# The first is at the prior: 0 nats, and nothing said. The second costs $\frac12(0.25 + 4 - 1 + 1.3863) = 2.3181$ nats, and so does the whole code.
#
# </details>
#
# **2.** In a trained VAE the mean KL is $13.5$ nats and the reconstruction $73$. How many bits does the code of a picture hold at most on average, and how many bits per pixel does
# the model need for 64 pixels?
#
# <details><summary>Answer</summary>
#
# $13.5/\log 2 = 19.5$ bits (the mean KL bounds the mutual information of code and picture from above). In all $86.5$ nats are at most $124.8$ bits, $1.95$ bits per
# pixel.
#
# </details>
#
# **3.** True or false, with a reason: "A latent with $\mu_j(x) = 3$ for every $x$ is active."
#
# <details><summary>Answer</summary>
#
# False: it says the same of every picture, so its spread is 0. (It even costs $4.5$ nats for nothing, and training would move it to 0.)
#
# </details>
#
# **4.** Someone trains with $\beta = 4$ and reports the value of the loss as a bound on $-\log p(x)$. Right or wrong? And with $\beta = 0.25$?
#
# <details><summary>Answer</summary>
#
# With 4 it is a bound, needlessly loose by $3\,\mathrm{KL}$. With $0.25$ it is none: it may lie below $-\log p(x)$, by up to $0.75\,\mathrm{KL}$ if $q$ is the posterior.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **5.** A decoder ignores $z$ for good. What is the best encoder, what does the bound become, and why does no gradient lead away from there at first?
#
# <details><summary>Answer</summary>
#
# The reconstruction does not depend on $q$, so only the KL is left: $q(z \mid x) = p(z)$, at 0 nats, and the bound is $\log p(x)$ of a model without latents, even tight. At that point the
# encoder sends pure noise; a decoder that began to use it would get worse, and an encoder that began to speak would pay without being heard. Each waits for the other: a saddle that training leaves slowly, if at all.
#
# </details>
#
# **6.** Two VAEs have the same NELBO of 87. One has KL 3, the other KL 20. Which one would you take for (a) compressing pictures, (b) a search for similar pictures by their codes, (c) drawing new ones?
#
# <details><summary>Answer</summary>
#
# (a) It does not matter: the cost is the sum. (b) The second, as its codes hold far more of the pictures. (c) Look at samples: with KL 3 the pixels' independent noise has to make up almost the
# whole picture, if the decoder is one of independent pixels; with KL 20 the code carries it, provided that the aggregate posterior fills the prior.
#
# </details>
#
# **7.** (6 points) The decoder is $p(x \mid z) = \mathcal N(x;\, \hat x(z), s^2 I)$ in $D$ dimensions, and $s$ is learnt as well. (a) For given networks write the part of the NELBO that depends on $s$, with $e = \mathbb E\|x - \hat x(z)\|^2$
# over data and draws, and minimise it. (b) Put the minimiser in: what does the loss become as a function of $e$? (c) With $D = 64$: by how much may the KL rise, in nats, for a halving of $e$ to be worth while? (d) What happens to the bound when the networks can
# make $e \to 0$, and why does it not happen with levels?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) $\frac{e}{2s^2} + D\log s + \frac D2\log 2\pi$; the derivative by $s$ vanishes at $s^2 = e/D$.
#
# (b) (1 point) $\frac D2\big(1 + \log(2\pi e/D)\big) + \mathrm{KL}$: the *logarithm* of the squared error.
#
# (c) (1 point) Halving $e$ lowers it by $\frac D2\log 2 = 22.2$ nats, whatever $e$ is; so much more KL may be paid.
#
# (d) (2 points) The density at the data grows without bound, and the loss falls to $-\infty$: a density of numbers that are really discrete can be as large as one likes. A level's probability is at most 1, so a bound with levels
# cannot fall below 0.
#
# </details>
#
# ## An open question
#
# The encoder is used in training, and thrown away for sampling. But it was trained together with the decoder, and the bound rewards a decoder whose posterior is easy to say, with independent normals. How much of a
# VAE's final cost is the model's, and how much its encoder's? Train the decoder further with the encoder held, or the encoder with the decoder held: which of the two closes the gap of section 5, and what
# does that do to $\log p(x)$ on test digits?

# %% tags=["given"]
total()
