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
# notebook 07, since the bound is an expectation under a $q$ that is learnt as well. One thing is new, and it is what
# makes the whole affair practical: $q$ is not fitted anew for each picture. A second network, the **encoder**, looks at
# $x$ and *says* what $q(z \mid x)$ is. (The fitting is paid once, in training, for all pictures: such inference is
# called **amortised**.)
#
# In this chapter you train one on digits, and learn to read what it tells you: what its nats mean and what they do not,
# why its latents may fall silent, and what its pixels have to say. In section 6 your own model pays for digits that it
# has never seen. From section 7 on it is the turn of the pencil: a VAE whose optimum is known, what its prior is up
# against, whether that has to be normal, and what several layers of latents buy.
#
# You need: the ELBO and its KL (notebook 06), $z = \mu + \sigma\epsilon$ (notebook 07); for section 7 eigenvalues.
# Time: {{time}}; sections 1, 2, 4, 5, 6 and 8 are the core (of the others, run the given cells and the demos all the
# same). Labels such as 000 Q3b say where a question comes from; notebook 00 lists these sources.

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
from pushforward.figures.vae_theory import (
    draw_aggregate,
    draw_ladder,
    draw_linear_training,
    draw_spectrum,
    draw_two_priors,
    holes,
)
from pushforward.train import budget, descend, train
from pushforward.vae import LIKELIHOODS, Autoencoder
from pushforward.waiting import waiting_for, with_bar

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
# $q(z \mid x) = \mathcal N(\mu(x), \sigma(x)^2)$, the ellipse. The other dots are the centres of a thousand other
# digits; the dashed circles are the prior $\mathcal N(0, I)$ at one and at two standard deviations. Right, the
# **decoder** on its way back, from three points of the cloud and from three draws of the prior.
#
# Everything that a VAE is about can be seen here. The cloud must be small, or what is decoded is another digit. But all
# clouds together have to fill the circles, without holes, or a draw of the prior lands where the decoder has never
# been. The bound weighs one against the other, in nats. (In this picture both maps are linear and nothing was trained:
# for linear maps the optimum is known, as section 7 will show. The networks to come bend the plane.)
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 07) $z \sim \mathcal N(\mu, \sigma^2)$, and the gradient of $\mathbb E[f(z)]$ by $\sigma$ is wanted.
# How do you draw $z$, and what is $\partial z / \partial\sigma$ for a draw?
#
# <details><summary>Answer</summary>
#
# $z = \mu + \sigma\epsilon$ with $\epsilon \sim \mathcal N(0, 1)$ drawn before and held;
# $\partial z/\partial\sigma = \epsilon$.
#
# </details>
#
# **2.** (Notebook 05) A model gives each of 17 levels a probability, pixel by pixel. How do you turn a number $u$,
# uniform on $[0, 1)$, into a level?
#
# <details><summary>Answer</summary>
#
# Lay the 17 probabilities side by side on $[0, 1)$, from level 0 up; the level is the one in whose share $u$ falls.
#
# </details>
#
# **3.** (Notebook 02) $z \sim \mathcal N(0, I)$ in two dimensions and $x = Wz + b$ in 64. Why has $x$ no density, and
# what does adding noise of variance $s^2$ to each pixel change?
#
# <details><summary>Answer</summary>
#
# All $x$ lie on a plane, which has no volume in 64 dimensions. With noise $x \sim \mathcal N(b, WW^\top + s^2 I)$,
# whose covariance is invertible. (That is the model of the opening picture.)
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x$ | `levels` | a picture: $P$ pixels with whole levels 0 (paper) … 16 (ink); from section 7 on `x`, any $D$ real numbers |
# | $z$ | `z` | its code, $d$ latents; the prior is $\mathcal N(0, I)$ |
# | $q(z \mid x)$ | `mu`, `sigma` | what the encoder says: $\mathcal N(\mu, \operatorname{diag}\sigma^2)$; `sigma` is a standard deviation, as in notebook 06 |
# | $p(x \mid z) = \prod_i p(x_i \mid z)$ | `log_p`, `log_probs` | what the decoder says: given $z$ the pixels are independent |
# | $s$ | `s` | the standard deviation of $x$ given $z$, where $p(x \mid z)$ is normal, as in notebook 06 |
# | $\beta$ | `beta` | a weight before the divergence (here not notebook 15's) |
#
# All costs are in nats per picture, and low is good: **NELBO** $= -\mathcal L$, the negative of the bound.

# %% [markdown]
# ## 1 · The loss
#
# Recall notebook 06: $\log p(x) = \mathcal L + \mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))$ with
# $\mathcal L = \mathbb E_q[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, p(z))$, so that raising $\mathcal L$
# pulls up $\log p(x)$ or pushes the gap down. A VAE raises it by gradient, in the weights of both networks. One draw
# for each picture is enough, for its gradient is right on average (notebook 07):
#
# $$\text{nelbo}(x) = \underbrace{-\sum_{i=1}^{P} \log p(x_i \mid z)}_{\text{reconstruction}} \;+\; \beta\,\underbrace{\frac12\sum_{j=1}^{d}\big(\sigma_j^2 + \mu_j^2 - 1 - \log\sigma_j^2\big)}_{\mathrm{KL}(q \,\|\, \mathcal N(0, I))}, \qquad z = \mu + \sigma\,\epsilon .$$
#
# With $\beta = 1$ its mean over $\epsilon$ is minus the bound. (Section 4 says what other $\beta$ are good for.) Read
# it as two bills for sending $x$ to a friend: the code costs $\mathrm{KL}$ nats, the corrections that turn what is
# decoded into $x$ cost the reconstruction. Both are sums, over pixels and over latents: who averages one of them adds
# nats per pixel to nats.
#
# **In numbers.** Two pixels, one latent: $\mu = 1$, $\sigma = 0.5$, $\epsilon = -1$, so $z = 0.5$. Say the decoder
# gives the right levels the log probabilities $-1.2$ and $-0.3$ there: reconstruction $1.5$. The divergence is
# $0.8181$. With $\beta = 1$ the picture costs $2.3181$ nats, with $\beta = \frac12$ it is $1.9091$.
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
# Libraries and blogs are full of VAE losses, and most of them are no bound on anything. You get functions that claim to
# compute the NELBO (with $\beta = 1$) of pictures with levels $0 \dots 16$, for the smallest decoder that there is: one
# linear map,
#
# $$\log p(x_i = k \mid z) = \log\operatorname{softmax}_k\,(W_i z + b_i), \qquad W_i \in \mathbb R^{17 \times d} .$$
#
# Some do, each in its own way and with its own rounding. The others price the levels by something that is not their
# probability (the cross-entropy of grey values, a squared error), average where they ought to add up, have another
# divergence, do not draw from $q$ properly, or look up the wrong level. Each of these gives a curve that falls nicely
# during training.
#
# **Write** the test. It may call the function as often as it likes, on tensors of your choice, and has to let every
# right function pass.


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
# Here is the loop for the rest of the chapter. `Autoencoder` (in `pushforward/vae`) holds both networks, each with two
# hidden layers: `encode` gives $\mu$ and $\sigma$ of pictures, `log_p` the log probability of each pixel's level, and
# `log_probs` those of all 17 levels. The loop itself is your loss, fresh noise in each step, and Adam.
#
# One trick comes from need. A thousand pictures are few, so half of each batch is a little shifted, turned and scaled
# (`moved`), and both networks are *told* how, by five numbers that are 0 for an unmoved picture. Later they are asked
# about unmoved ones only, so what they say then is about the digits as they are.


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
        return descend(loss, optimiser, pace, most=50)

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
# After training, new pictures come cheap: draw $z$ from the prior, decode. But the decoder does not give a picture, it
# gives a *distribution* over pictures, and the last step of the story is a draw from it, pixel by pixel. Many papers
# leave it out and show the mean $\sum_k k\, p(k \mid z)$. It looks smoother. It is no sample: the noise that was left
# out is part of the model, and the bound was computed with it. Two things follow. Where the *means* look fine and the
# samples are speckled, the pixels of real pictures are not independent given $z$, whatever the model says. And who
# measures samples (notebook 09) has to measure samples.
#
# **In numbers.** One pixel with $p(0) = 0.5$, $p(1) = p(2) = 0.25$: $u = 0.6$ falls into the share of level 1, which
# reaches from $0.5$ to $0.75$; $u = 0.8$ gives level 2. The mean is $0.75$, which is no level at all.
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
# Now the first model of your own, with two latents only, so that they can be drawn. Some seconds of training; then
# means and samples, from the same eight draws of the prior. Predict: which row will look more like handwriting?

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
# The means are smooth and blurred, the draws as black as ink and speckled, and both say the same: with two latents much
# of what makes a digit is left to the pixels' own noise. Given $z$ the pixels are independent, so neighbours cannot
# agree on which of two strokes it is to be. (Section 6 has twenty latents.)
#
# ### Walk through the map
#
# The plane of codes under two sliders. Left, the centres $\mu(x)$ of the training digits, coloured by class, and the
# point $z$ where you stand; in the middle the decoder's mean there, right one draw. (The draw's $u$ are held, so that
# it changes with $z$ alone.)
#
# Things to try. Walk from one class into another: is there a border, or do digits melt into each other? Which classes
# overlap, and is that a fault of the model or of two dimensions? Go far out, to $z = (3, 3)$, where hardly any digit
# is. And find a place *between* the dots: does the decoder know what to draw there?

# %% tags=["demo"]
with waiting_for("nelbo", "sample_pictures", "mean_pictures"):
    with torch.no_grad():
        centres = map_run()[0].encode(DIGITS.flatten(1).long())[0]
    plane = copy.deepcopy(map_run()[0]).cpu()  # pictures are drawn there, wherever the model was trained
    display(map_explorer(centres, labels, plane.log_probs, mean_pictures, sample_pictures))

# %% [markdown]
# ## 3 · What a pixel may say
#
# The bound is on $\log p(x)$, and $p(x \mid z)$ is yours to choose. Which choice matters most? Not the depth of the
# networks. Here the same two networks are trained four times for the same few steps; only what the decoder says of a
# pixel differs.
#
# - **Normal** with a fixed $s$, once of two levels and once of four (`wide`): one number for each pixel, its mean. A
#   density has no probabilities of levels, so each level gets the mass of its own cell, from half-way to the level
#   below to half-way to the level above, and the two ends get the tails. So squared error becomes a likelihood. It is
#   equally unsure of every pixel whose mean lies between the ends.
# - **Categorical**: 17 numbers, softmaxed. It can say anything, and has to learn from a thousand digits that level 7
#   lies between 6 and 8.
# - **Three logistics** (Salimans et al. 2017): a mixture of three bell curves with weights, places and widths of their
#   own, and again each level gets the mass of its cell: nine numbers. It knows that levels are in order, *and* can be
#   sure of paper or split between paper and ink.
#
# In all of them the 17 probabilities add up to one, so their nats are nats of the same pictures, and can be compared.
# The number of a cross-entropy on grey values cannot: it would be the best number in the table, and the
# question below asks why. Predict the order, and the distances in nats.


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
# Look at the two pixels within the stroke. After so little training nobody knows how dark they are, and the two
# flexible likelihoods say so: anything from paper to ink, with more weight at both ends. A normal cannot say that. It
# names one value, is sure of it up to its $s$, and pays the square of the distance where it is wrong. A wider $s$ pays
# less there, and is never sure of anything between the ends. (Of paper all of them can be sure, since the first cell
# reaches to $-\infty$.) The categorical likelihood can say anything, and still loses to nine numbers, and even to the
# single one of the wide normal: it learns each level by itself, from a thousand digits, and after so few steps that
# costs more than being vague everywhere. The networks are the same in every row, and so is the training; what lies
# between the best row and the worst is more than all that longer training will gain.
#
# **Question (4 points).** A colleague trains a VAE on grey pictures with `binary_cross_entropy(x_hat, x).sum(1) + kl`
# and gets 62 "nats" where your model has 97. (a) Why may the two numbers not be compared? (b) Of which data set would
# his be an honest bound? (c) He switches to the squared error, `((x_hat - x)**2).sum(1) + kl`, and gets 17. Which $s$
# has he chosen, and what is missing from his number? (d) What would you ask him to report?

# %% [markdown] tags=["written:vae.whose_nats:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) $e^{-\mathrm{BCE}}$ is no probability over the 17 levels: summed over them it gives up to 8.5
# per pixel, so the number is too small as a cost of grey pictures, by up to $64 \log 8.5 = 137$ nats in all.
#
# (b) Of pictures binarised at random, each pixel black with the probability that its grey level says: BCE is the
# *expected* cost of these, and the bound belongs to them.
#
# (c) The squared error with factor 1 is $\|x - \hat x\|^2/(2s^2)$ with $s^2 = \frac12$, $s = 0.71$ in whatever units
# the pixels have. Missing is the constant $\frac D2\log(2\pi s^2)$ (36.6 nats for 64 pixels); and with it the number is
# minus the logarithm of a *density*, not of a probability of levels: to compare, the mass of a cell of width
# $\frac1{16}$ (or $\frac18$, by the pixels' units) is needed.
#
# (d) The NELBO with a likelihood over the 17 levels whose probabilities add up to one (categorical, discretised), in
# nats per picture, on test digits, with the number of draws; better an importance-weighted bound as well.
#
# **Rubric**
# - (1) a: BCE of grey levels is not minus the logarithm of a probability; it does not add up to one over the levels
# - (1) b: pictures binarised at random with the grey levels as probabilities
# - (1) c: half: s² = ½; half: the constant is missing (or: a density and not the mass of a cell)
# - (1) d: a bound with a normalised likelihood over the levels, on test data
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## 4 · When the latents fall silent
#
# The divergence is the price of the code, latent by latent; what it buys is a better prediction of the pixels. A latent
# that is not worth its price is switched off: $q(z_j \mid x) = \mathcal N(0, 1)$ for every $x$, at no cost and with
# nothing said. For some latents that is as it should be, since the number $d$ was our choice and not the data's. If it
# happens to all of them it is called **posterior collapse**: the decoder has learnt to do without.
#
# How does one see it? Not by the loss, which may look fine. A latent (a **unit**, in the papers) that says something
# moves when the picture changes. Its mean is $\mathbb E_q[z_j] = \mu_j(x)$, so take the variance of that *over the
# pictures*,
#
# $$\text{spread}_j = \operatorname{Var}_x\, \mu_j(x), \qquad \text{unit } j \text{ is active if } \text{spread}_j > 0.01$$
#
# (Burda et al. 2016). A unit at the prior has spread 0, one that says all it can has spread near 1. That $\mu_j$ is not
# 0 says nothing: it may be the same for all pictures.
#
# **In numbers.** Two pictures, $\mu = (1, 0.25)$ and $(-1, 0.25)$: spreads $1$ and $0$; one unit is active. (With
# $n - 1$ below the line the first is $2$. Both conventions are right.)
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
# Why should the code of a model collapse that could use it? Because of how training begins. In the first steps the
# decoder knows nothing, a code buys nothing, and the divergence is the one part of the loss that can be lowered at
# once. By the time the decoder could make use of the latents, they say nothing any more. The remedy is to let them be
# cheap at first: the weight $\beta$ of the divergence begins at 0 and rises evenly to 1.
#
# May one do that? What is trained on the way is
#
# $$\mathcal L^{(\beta)} = \mathbb E_q[\log p(x \mid z)] - \beta\,\mathrm{KL}(q \,\|\, p(z)) = \mathcal L - (\beta - 1)\,\mathrm{KL}(q \,\|\, p(z)) .$$
#
# Is it still a bound, $\mathcal L^{(\beta)} \le \log p(x)$ for every model, every $q$ and every $x$? Look at the second
# form before you answer.
#
# **In numbers.** Steps 0, 1, 2, 4 and 9 with a warm-up of 4 steps: $\beta = 0$, $0.25$, $0.5$, $1$, $1$. And in the
# model $z \sim \mathcal N(0, 1)$, $x \mid z \sim \mathcal N(z, 1)$ at $x = 2$: the posterior is
# $\mathcal N(1, \frac12)$, $\mathrm{KL} = 0.5966$, $\log p(x) = -2.2655$. With the posterior as $q$,
# $\mathcal L^{(2)} = -2.8621$, and $\mathcal L^{(1/2)}$ is … ?
#
# **Write** the schedule and the verdict, and **find a witness**: an $x$ and a $q = \mathcal N(\mu, \sigma^2)$ in this
# model for which $\mathcal L^{(1/2)}$ lies at least one nat *above* $\log p(x)$.


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
# So a $\beta$ above 1 gives a bound, a looser one (some use it to force the code to be sparing), and a $\beta$ below 1
# gives none. What follows for practice: during the warm-up the number in the progress bar is no bound, and *whatever is
# reported has to be computed with $\beta = 1$*.
#
# ### Collapse, made and mended
#
# Collapse threatens where a decoder can do without its code. That of section 3 cannot: given $z$ its pixels are
# independent, so all that they have in common must come through $z$. Here is one that can. It *reads*: what it says of
# a pixel may also depend on the pixels before it, as in notebook 05, and so it is a good model of digits without any
# code at all. Three models, with the same loss: one that does not read, one that reads, and one that reads and was
# warmed up over most of its training. Predict, for each, what the code costs, and which has the lowest NELBO.


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
# The reading model has the lower NELBO, *and* hardly a code: as a model of pictures it is better, and as an encoder
# useless. With warm-up its code says more, and the sum is no worse. Both lessons are worth having. A silent latent need
# not be a failure, since the bound asks for nats and not for codes; whoever wants the codes has to ask for them: by a
# decoder that cannot do without, by warm-up, or by a price that is not charged below some nats ("free bits").
#
# And the threshold of $0.01$ is a convention. A unit with a spread of $0.02$ counts as active and says next to nothing:
# look at the spreads and at the nats as well.

# %% [markdown]
# ## 5 · What is the bound worth?
#
# A NELBO is an upper limit of the cost $-\log p(x)$, and nothing says how far above it lies. To put the number of a VAE
# beside the exact one of an autoregressive model (notebook 05) is to compare the most that a thing may cost with what
# another does cost. (Of a picture's levels the flow of notebook 04 gives only a bound, too.) Notebook 06 knows what
# helps: the importance-weighted bound, with $K$ draws from the encoder's $q$,
#
# $$\log p(x) \;\ge\; \mathcal L_K = \mathbb E\left[\log \frac1K\sum_{k=1}^K w_k\right], \qquad \log w_k = \underbrace{\sum_i \log p(x_i \mid z_k)}_{\text{all pixels}} + \log p(z_k) - \log q(z_k \mid x) .$$
#
# Two practical points. Everything in logarithms: the sum over the pixels alone is near $-90$ here, and near $-1000$ for
# larger pictures. And in parts: five hundred draws for each of the 447 test digits are $223{,}500$ codes, and the
# decoder says nine numbers for each of 64 pixels of each: half a gigabyte at once, in float32. So the draws go through
# the decoder a few at a time; what is kept is one log weight for each.
#
# **In numbers.** One pixel, one latent, $\mu = 0$, $\sigma = 0.5$, $\epsilon = 1$: $z = 0.5$, $\log p(z) = -1.0439$,
# $\log q(z \mid x) = -0.7258$. With $\log p(x \mid z) = -1.2$ the log weight is $-1.5181$. A second draw with $-2.5181$
# gives $\mathcal L_2$ an estimate of $-1.8980$. (The mean of the logarithms is $-2.0181$.)
#
# **Write** it. `log_p` takes $k$ draws for all pictures at once, and is to be shown at most `at_once` of them in a
# call.


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
# A gap of some two nats, paid for an encoder that can only say "independent normals" and says it in one pass. Mind what
# the curve shows and what it does not: it falls as long as there is something to gain, and where it looks flat it may
# only be slow (notebook 06, section 8).

# %% [markdown]
# ## 6 · Digits
#
# Now in earnest: twenty latents, three logistics for each pixel, warm-up over the first third of the steps. The judge
# asks your functions, with noise of its own: what the encoder says of the 447 test digits, which no training has seen,
# then what the decoder says at draws from these posteriors. From that it computes the NELBO itself (five draws for each
# digit); nothing that the training run wrote down counts. And it decodes draws of the prior, draws the pixels, and
# measures their Fréchet distance from the test digits, in units of the training digits' own. (Notebook 09 explains it;
# smaller is nearer. Pixels drawn one by one, each at its own frequencies, are some 6 units away.)
#
# | budget | full marks | half of them |
# |---|---|---|
# | full, 1500 steps | at most 89 nats per digit, five active units, a distance of at most 3 | 95 nats, the rest the same |
# | graded, 700 steps | 92 nats, five active units, 4.5 | 97 nats, the rest the same |
# | quick, 10 steps | only the form of the answers counts | |
#
# For comparison: with each pixel by itself, at the frequencies of its levels in the training set, a test digit costs
# 106 nats.


# %% tags=["given"]
@functools.cache  # trained once, when first asked for; run this cell again after changing nelbo or beta_at
def digits_run(seed=0):
    """The run that is judged."""
    torch.manual_seed(seed)
    steps = budget(full=1500, graded=700, quick=10)
    model = Autoencoder(LIKELIHOODS["three logistics"], latents=20)
    average = budget(full=0.995, graded=0.99, quick=0.0)
    return train_vae(model, steps, lambda k: beta_at(k, steps // 3), seed, rate=6e-3, average=average)


# %% [markdown]
# **Write** what the trained encoder and decoder say: of pictures, and of codes. (Both without a graph; `encode` and
# `log_probs` of the model do the work.)


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
# Digits of the validation set, encoded, decoded and drawn; new ones from the prior; and what the twenty units say. (The
# test digits are the judge's.)

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
# The bound is loose again, as in section 5. And the pixels cost several times what the code costs: most of what
# a digit's picture holds is not its idea but the trembling of the hand, and the pixels' own noise has to pay for it.

# %% [markdown]
# ## 7 · A VAE whose optimum is known
#
# A trained VAE has three parts that may be to blame for a poor bound: a decoder that cannot do better, an encoder that
# misses the posterior, and an optimiser that got stuck. There is one VAE in which they can be told apart with a pencil.
# Decoder and encoder are linear,
#
# $$z \sim \mathcal N(0, I_d), \qquad x \mid z \sim \mathcal N(W z + b,\; s^2 I_D), \qquad
# q(z \mid x) = \mathcal N\big(V (x - b),\; \operatorname{diag}\sigma^2\big),$$
#
# and the same $\sigma$ serves all $x$. Notebook 06 had this model with one $x$; here it meets a whole data set. Its
# evidence is known, $x \sim \mathcal N(b, C)$ with $C = WW^\top + s^2 I$. That is **probabilistic PCA** (Tipping and
# Bishop 1999). Take $b$ to be the mean of the data. Then the average log-likelihood depends on the data through their
# covariance $S$ only (with $N$ below the line),
#
# $$\frac1N \sum_n \log p(x_n) = -\tfrac12\Big( D \log 2\pi + \log\det C + \operatorname{tr}(C^{-1} S) \Big),$$
#
# and so does the average bound.
#
# **The best decoder.** Let $\lambda_1 \ge \lambda_2 \ge \dots$ be the eigenvalues of $S$ and $u_1, u_2, \dots$ its
# directions. If $C$ has the same directions (at the optimum it has), with variances $c_i$, the bracket falls apart into
# terms $\log c_i + \lambda_i / c_i$, and each is smallest at $c_i = \lambda_i$: the model should have, in every
# direction, the variance that the data have. But the noise brings $s^2$ into *every* direction, for nothing. Only the
# excess is left to be made from $z$, only where there is one, and with $d$ latents in $d$ directions only: those with
# the largest excess, where most is gained.
#
# $$w_j = \sqrt{\max(\lambda_j - s^2,\, 0)}\; u_j, \qquad j = 1, \dots, d.$$
#
# A latent whose direction varies less than the noise gets the column $w_j = 0$. It is **inactive**: its spread (section 4)
# is 0, and no failure of training made it so. The optimum itself has no use for it.
#
# **The best encoder.** The posterior has the precision $\Lambda = I + W^\top W / s^2$ and the mean
# $\Lambda^{-1} W^\top (x - b) / s^2$. The columns of $W$ are orthogonal, so $\Lambda$ is diagonal and $q$ can *be* the
# posterior: the bound is tight, for all $x$ at once. For an inactive latent the posterior is the prior.
#
# **And the rotation?** $W R$ with an orthogonal $R$ gives the same $C$, and so the same likelihood. It gives another
# posterior, with the precision $R^\top \Lambda R$, which as a rule is no longer diagonal. For any $\Lambda$, a $q$ with
# independent components leaves, at best,
#
# $$\tfrac12\Big( \sum_j \log \Lambda_{jj} - \log\det\Lambda \Big)$$
#
# nats (in section 5 of notebook 06 you had two latents; the argument is the same for any number). The likelihood cannot
# tell the rotations apart, the *bound* can. That is why a VAE's latents tend to line up with the principal directions
# although nobody asks them to.
#
# **And the noise?** With $s$ free as well, the $D - d$ directions that no latent serves share one variance, and the
# best is their mean: $s^2 = \frac{1}{D - d} \sum_{i > d} \lambda_i$.
#
# **In numbers.** $S = \operatorname{diag}(4, 1, 0.25)$, $d = 2$, $s = 0.8$: columns of length $1.8330$ and $0.6$,
# $\sigma = (0.4, 0.8)$, the rows of $V$ have lengths $0.4583$ and $0.6$, and bound and likelihood are both $-4.4221$
# nats. Turn the two latents by 45°: $\Lambda = \operatorname{diag}(6.25, 1.5625)$ becomes $3.9063$ twice on the
# diagonal, and the gap is $0.2231$ nats. With $s = 1.5$ only the first latent is active. The best $s$ is $0.5$ for two
# latents and $0.7906$ for one.
#
# **Write** all three. `torch.linalg.eigh` sorts eigenvalues from small to large.


# %% tags=["solve:vae.linear_is_ppca"]
def linear_vae(cov, d, s):
    """The optimum of the linear VAE: z ~ N(0, I), x | z ~ N(W z + b, s² I), q(z | x) = N(V (x - b), diag sigma²).

    cov: (D, D), the covariance of the data, symmetric and positive definite; d: int, 1 … D;
    s: float > 0, the standard deviation of x given z;
    returns {"W": (D, d), "V": (d, D), "sigma": (d,), "active": int}, of the type of cov; active: how many latents are used.
    """
    ### BEGIN SOLUTION
    variances, directions = torch.linalg.eigh(cov)
    variances, directions = variances.flip(0)[:d], directions.flip(1)[:, :d]
    lengths = (variances - s**2).clamp(min=0).sqrt()
    W = directions * lengths
    precision = 1 + lengths**2 / s**2
    V = W.T / s**2 / precision[:, None]
    return {"W": W, "V": V, "sigma": precision.rsqrt(), "active": int((variances > s**2).sum())}
    ### END SOLUTION


def independent_gap(W, s):
    """log p(x) less the bound of the best q with independent components: ½ (Σ_j log Λ_jj - log det Λ), Λ = I + WᵀW / s².

    W: (D, d); s: float > 0, the standard deviation of x given z;
    returns a number, a 0-d tensor or a float.
    """
    ### BEGIN SOLUTION
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / s**2
    return 0.5 * (precision.diagonal().log().sum() - torch.linalg.slogdet(precision)[1])
    ### END SOLUTION


def best_scale(cov, d):
    """The s of the linear VAE with the greatest likelihood: its square is the mean variance that no latent serves.

    cov: (D, D), D ≥ 2, the covariance of the data, symmetric and positive definite; d: int, 1 … D - 1;
    returns a number, a 0-d tensor or a float.
    """
    ### BEGIN SOLUTION
    return torch.linalg.eigvalsh(cov)[:-d].mean().sqrt()
    ### END SOLUTION


# %% tags=["check:vae.linear_is_ppca:4"]
check("vae.linear_is_ppca")

# %% [markdown]
# Now the digits, with grey values between 0 and 1. (Their pixels are treated as real numbers here: these nats are those
# of a density, and no cost of a picture.) Left, the variance in each principal direction, with the noise of three
# decoders as a line. Right, what turning the first and the eighth latent costs at $s = 0.3$. Where will the curve be
# highest?

# %% tags=["demo"]
with waiting_for("linear_vae", "independent_gap"):
    flat = digits("train")[0].flatten(1).double() / 16
    cov = torch.cov(flat.T)
    variances = torch.linalg.eigvalsh(cov).flip(0)
    scales = {s: linear_vae(cov, 32, s)["active"] for s in (0.15, 0.3, 0.7)}
    angles = torch.linspace(0, 180, 181)
    turned = [
        torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
        for a in (angles * math.pi / 180).tolist()
    ]
    unequal = linear_vae(cov, 8, 0.3)["W"][:, [0, 7]]
    gaps = [float(independent_gap(unequal @ R.to(unequal), 0.3)) for R in turned]
    show(draw_spectrum(variances[:32], scales, angles, gaps), alt="Left: bars on a logarithmic axis, the variances of the digits in their first 32 "
         "principal directions, falling from 0.66 to 0.02, with three dashed lines: above s = 0.15 are "
         f"{scales[0.15]}, above 0.3 {scales[0.3]}, above 0.7 {scales[0.7]} of them. Right: the gap after turning two latents by 0 to "
         f"180 degrees, {gaps[0]:.2f} nats at 0, {gaps[45]:.2f} at 45, {gaps[90]:.2f} at 90.")  # fmt: skip

# %% [markdown]
# The noise decides how many latents there are. At $s = 0.7$ it drowns all but three directions, and a VAE with 32
# latents would let 29 of them lie idle: the collapse of section 4, at the very optimum. (Lucas and others 2019 showed
# that here the bound has no local optima that the likelihood has not: it is not to blame.) If your latents collapse,
# look at the decoder's noise first.
#
# And turning costs most half-way, where each of the two latents is as much of the one direction as of the other. It
# costs the more, the more their variances differ: the first two latents, whose variances are almost alike, could be
# turned by 45° for $0.0004$ nats.
#
# ### Does training find it?
#
# Nobody diagonalises anything in a VAE. Here the average bound is climbed by gradient steps on $W$, $V$ and
# $\log\sigma$ from a random start, with 16 latents and $s = 0.3$. Two things can be missing: the decoder's likelihood
# may fall short of the optimum, and the bound may fall short of the decoder's likelihood.


# %% tags=["given"]
def average_bound(cov, W, V, log_sigma, s):
    """The ELBO of the linear VAE in nats, averaged over data whose covariance (around b) is cov."""
    D, sigma = len(cov), log_sigma.exp()
    missed = torch.eye(D).to(cov) - W @ V  # (I - W V)(x - b) is what reconstruction misses
    error = torch.trace(missed @ cov @ missed.T) + (sigma**2 * W.square().sum(0)).sum()
    kl = 0.5 * (sigma**2 + (V @ cov @ V.T).diagonal() - 1 - 2 * log_sigma).sum()
    return -D / 2 * math.log(2 * math.pi * s**2) - error / (2 * s**2) - kl


def average_log_likelihood(cov, W, s):
    """Of x ~ N(b, W Wᵀ + s² I), averaged over such data."""
    C = W @ W.T + s**2 * torch.eye(len(cov)).to(cov)
    return -0.5 * (len(cov) * math.log(2 * math.pi) + torch.logdet(C) + torch.trace(torch.linalg.solve(C, cov)))


# %% tags=["demo"]
with waiting_for("linear_vae"):
    d, s, dice = 16, 0.3, torch.Generator().manual_seed(0)
    W, V = (0.1 * torch.randn(*shape, generator=dice).double() for shape in ((64, d), (d, 64)))
    moving = [part.requires_grad_() for part in (W, V, torch.zeros(d).double())]
    optimiser, seen = torch.optim.Adam(moving, lr=0.02), []
    top = float(average_log_likelihood(cov, linear_vae(cov, d, s)["W"], s))
    for step in with_bar(range(budget(600, 600, 5)), "climbing the average bound"):
        optimiser.zero_grad()
        loss = -average_bound(cov, *moving, s)
        loss.backward()
        with torch.no_grad():
            own = float(average_log_likelihood(cov, W, s))
        seen.append((step, top - own, own + loss.item()))
        optimiser.step()
    steps, short, gap = zip(*seen, strict=True)
    columns = W.detach()[:, W.detach().norm(dim=0).argsort(descending=True)]
    axes = torch.linalg.eigh(cov)[1].flip(1)[:, :d]
    alike = (columns.T @ axes).abs() / columns.norm(dim=0).clamp(min=0.05)[:, None]
    parts = {"decoder's likelihood, short of the optimum": short, "bound, short of the decoder's likelihood": gap}
    print(f"at the end: {short[-1]:.4f} and {gap[-1]:.4f} nats; optimum {top:.3f} nats")
    used = int((columns.norm(dim=0) > 0.05).sum())
    print(f"columns longer than 0.05: {used} of {d}; latents that the optimum uses: {linear_vae(cov, d, s)['active']}")
    show(draw_linear_training(steps, parts, alike), alt=f"Left: both shortfalls over {len(steps)} steps on a logarithmic axis, falling from above 10 "
         f"to {short[-1]:.3f} and {gap[-1]:.3f} nats. Right: a chart of learnt columns against principal directions.")  # fmt: skip

# %% [markdown]
# It does: both shortfalls end near a thousandth of a nat, and three latents lie idle, as the optimum has it. Most
# columns have found their principal direction. Where variances are nearly alike, as the first three are, the columns
# are still a little mixed, and the bound hardly minds.

# %% [markdown]
# ## 8 · What the prior is up against
#
# To make a picture, a VAE draws $z$ from the prior. But what has the decoder been trained on? On draws from the
# *encoder*: take a picture $x_n$ of the data, then $z \sim q(z \mid x_n)$. Over the whole data set these codes have the
# density
#
# $$q(z) \;=\; \frac1N \sum_{n=1}^N q(z \mid x_n),$$
#
# the **aggregate posterior**, a mixture of $N$ encoders. Where $q(z)$ has no mass, the decoder was never asked for
# anything, and what it says there is anybody's guess. So the prior should be near $q(z)$. Is it? The bound has an
# opinion on that. Each code pays $\mathrm{KL}(q(z \mid x_n) \,\|\, p)$, where $p$ is the prior, and
#
# $$\log\frac{q(z \mid x_n)}{p(z)} \;=\; \log\frac{q(z \mid x_n)}{q(z)} + \log\frac{q(z)}{p(z)}$$
#
# at every $z$. Draw $n$ at random, then $z$ from encoder $n$, and average:
#
# $$\underbrace{\frac1N\sum_n \mathrm{KL}\big(q(z \mid x_n) \,\|\, p\big)}_{\text{rate}} \;=\;
# \underbrace{\frac1N\sum_n \mathrm{KL}\big(q(z \mid x_n) \,\|\, q(z)\big)}_{\text{information } I_q(x;\, z)} \;+\;
# \underbrace{\mathrm{KL}\big(q(z) \,\|\, p\big)}_{\text{marginal}}$$
#
# (Hoffman and Johnson 2016). The **information** is what a code tells about which picture it came from. It is worth its
# price, and it cannot exceed $\log N$: nobody needs more nats to say which of $N$ pictures it was. The **marginal**
# term is worth nothing to anybody. It is paid because the prior is the wrong one.
#
# **The second stage.** So keep encoder and decoder as they are, and fit another prior $r(z)$ to codes drawn from the
# encoder. The same identity holds with $r$ in place of $p$: the bound rises by
# $\mathrm{KL}(q(z) \,\|\, p) - \mathrm{KL}(q(z) \,\|\, r)$, and by $\mathrm{KL}(q(z) \,\|\, p)$ at most. And draws of
# $r$ are decoded where the decoder knows its way. That is the answer to 000 Q3b, in nats; notebook 18 makes $r$ a
# diffusion model. The simplest $r$ is a normal with independent components. By section 6 of notebook 01 the best one
# has the mean and the variance of $q(z)$ in each latent.
#
# *On the source.* 000 Q3 speaks of samples "from $q(z \mid x)$" for the second stage: $x$ is drawn from the data first,
# so what is fitted is $q(z)$.
#
# **In numbers.** Two encoders in one dimension, $\mathcal N(\pm 2, 0.5^2)$: the rate is $2.3181$ nats, the information
# $0.69305$ (just below $\log 2 = 0.69315$: the two hardly overlap), the marginal term $1.6251$. The best normal has
# mean 0 and standard deviation $\sqrt{0.25 + 4} = 2.0616$ (the variance of the two means is 4, with $N$ below the line:
# $q(z)$ is known, and not estimated), and $q(z)$ is still $0.7236$ nats away from it. At $z = 0$,
# $\log q(z) = -8.2258$.
#
# **Write** $\log q(z)$; the three terms, estimated from the *same* draws $z_{kn} = \mu_n + \sigma_n \epsilon_{kn}$, so
# that the identity holds, but for rounding (no closed form this time); and the best normal.


# %% tags=["solve:vae.aggregate_posterior"]
def aggregate_log_density(z, mu, sigma):
    """log q(z) = log 1/N Σ_n N(z; mu_n, diag sigma_n²), in nats.

    z: (M, d); mu: (N, d), the encoder's; sigma: (N, d), > 0;  returns (M,), of the type of mu.
    """
    ### BEGIN SOLUTION
    each = torch.distributions.Normal(mu, sigma).log_prob(z[:, None, :]).sum(dim=2)  # (M, N)
    return torch.logsumexp(each, dim=1) - math.log(len(mu))
    ### END SOLUTION


def rate_split(mu, sigma, eps):
    """Means over the draws z_kn = mu_n + sigma_n eps_kn of the three log ratios: rate = information + marginal, p = N(0, I).

    mu: (N, d), the encoder's; sigma: (N, d), > 0; eps: (K, N, d);
    returns {"rate": number, "information": number, "marginal": number}, 0-d tensors or floats, in nats.
    """
    ### BEGIN SOLUTION
    z = mu + sigma * eps  # (K, N, d)
    own = torch.distributions.Normal(mu, sigma).log_prob(z).sum(dim=2)
    prior = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(dim=2)
    mixed = aggregate_log_density(z.flatten(0, 1), mu, sigma).reshape(own.shape)
    return {"rate": (own - prior).mean(), "information": (own - mixed).mean(), "marginal": (mixed - prior).mean()}
    ### END SOLUTION


def best_normal(mu, sigma):
    """Mean and standard deviation of the normal r(z) with independent components that is nearest to q(z), min KL(q ‖ r).

    mu: (N, d), the encoder's; sigma: (N, d), > 0;  returns {"mean": (d,), "std": (d,)}, of the type of mu.
    """
    ### BEGIN SOLUTION
    return {"mean": mu.mean(dim=0), "std": (sigma.square().mean(dim=0) + mu.var(dim=0, correction=0)).sqrt()}
    ### END SOLUTION


# %% tags=["check:vae.aggregate_posterior:4"]
check("vae.aggregate_posterior")

# %% [markdown]
# A VAE with two latents is poor as a model, and good to look at. Here is one, trained on the digits for a few seconds,
# with a mixture of three discretised logistic distributions for each pixel. (`begins` is what its decoder does first:
# nothing, for now.)

# %% tags=["given"]
BEGINS = {"normal": lambda u: u, "log-normal": torch.exp}


def small_nelbo(model, levels, eps, begins):
    """Your nelbo in nats per picture, at one draw; the decoder is shown begins(mu + sigma eps)."""
    return nelbo(levels.long(), *model.encode(levels), eps, lambda z, levels: model.log_p(begins(z), levels), 1.0)


@functools.cache  # run this cell again after changing nelbo
@torch.enable_grad()
def small_run(prior, seed=0):
    """A VAE with two latents, trained on the digits, and what its training cost, step by step."""
    torch.manual_seed(seed)
    model, levels = (
        Autoencoder(LIKELIHOODS["three logistics"], latents=2, width=96, dropout=0.05),
        digits("train")[0].flatten(1),
    )
    steps = budget(450, 300, 5)
    optimiser = torch.optim.Adam(model.parameters())
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, total_steps=steps)

    def step(k):
        batch = levels[torch.randint(len(levels), (100,))]
        loss = small_nelbo(model, batch, torch.randn(100, 2), BEGINS[prior]).mean()
        return descend(loss, optimiser, rates)

    history = train(step, model, steps, label=f"two latents, {prior} prior")
    return model.eval(), history.losses


# %% [markdown]
# Left its prior, in the middle your $q(z)$ over the codes of all training digits, on the same scale. Crosses mark four
# places that the prior promises and $q$ avoids, rings four draws of $q$; right, what the decoder makes of them. Before
# you look: which of the two rows will look more like digits?

# %% tags=["demo"]
with waiting_for("nelbo", "aggregate_log_density", "rate_split", "best_normal"), torch.no_grad():
    model, dice = small_run("normal")[0], torch.Generator().manual_seed(1)
    mu, sigma = model.encode(digits("train")[0].flatten(1))
    ticks = torch.linspace(-3.2, 3.2, 81)
    plane = torch.stack(torch.meshgrid(ticks, ticks, indexing="xy"), -1).flatten(0, 1)
    log_p = torch.distributions.Normal(0.0, 1.0).log_prob(plane).sum(1).reshape(81, 81)
    log_q = aggregate_log_density(plane, mu, sigma).reshape(81, 81)
    some = torch.randint(len(mu), (4,), generator=dice)
    places = {
        "where the prior promises and $q$ avoids": holes(ticks, log_p, log_q, 4),
        "draws of $q(z)$": mu[some] + sigma[some] * torch.randn(4, 2, generator=dice),
    }
    levels = torch.arange(17.0) / 8 - 1
    decoded = {name: (z, (model.log_probs(z).exp() @ levels).reshape(-1, 8, 8)) for name, z in places.items()}
    show(draw_aggregate(ticks, log_p, log_q, decoded), alt="Two maps over the plane of codes. The prior is one round hill. The aggregate posterior has the "
         "same size, but lumps and valleys in it; crosses stand in the valleys, rings on the lumps. Right, a row of four pictures "
         "decoded at the crosses, and below it one of four decoded at the rings.")  # fmt: skip
    split = rate_split(mu, sigma, torch.randn(4, len(mu), 2, generator=dice))
    print("training digits: " + ", ".join(f"{name} {float(value):.2f}" for name, value in split.items()) + " nats")
    mu_new, sigma_new = model.encode(digits("valid")[0].flatten(1))
    z = mu_new + sigma_new * torch.randn(20, *mu_new.shape, generator=dice)
    own = torch.distributions.Normal(mu_new, sigma_new).log_prob(z).sum(2).mean()
    fitted = torch.distributions.Normal(*best_normal(mu, sigma).values())
    stages = {
        "the prior": torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(2),
        "the best normal": fitted.log_prob(z).sum(2),
        "q(z) of the training digits": aggregate_log_density(z.flatten(0, 1), mu, sigma),
    }
    for name, log_r in stages.items():
        print(f"codes of other digits cost {float(own - log_r.mean()):.2f} nats, if r(z) is {name}")

# %% [markdown]
# Three things to read off.
#
# - With two latents the marginal term is small, a fraction of a nat: every nat of it was paid in training, and training
#   has pressed $q(z)$ into the prior. In nats a second stage has little to win here. To the eye it has more: what
#   stands at the crosses is between two digits.
# - The best *normal* second stage wins next to nothing. $q(z)$ has nearly the prior's mean and width already; in the
#   linear VAE it has them exactly (each variance is $\frac{\lambda - s^2}{\lambda} + \frac{s^2}{\lambda} = 1$). What is
#   left is shape, lumps and valleys, and takes a flexible $r$: that is why second stages are flows or diffusions.
# - Mind which codes are counted. Say a VAE with many latents has a rate of 20 nats on $N = 1000$ training pictures. The
#   information is at most $\log 1000 = 6.91$, so the marginal term is at least $13.09$ nats, and the mixture of the $N$
#   encoders would win them all. It would be a model that knows the training set by heart. A second stage is judged on
#   codes of pictures that neither stage has seen (the last three lines).

# %% [markdown]
# ## 9 · Another prior, the same model
#
# Why a *normal* prior? 001 P2d puts a log-normal one in its place, $p(z) = \log\mathcal N(0, 1)$ in each latent, and
# asks for a $q$ that goes with it. Notebook 06 showed why a normal $q$ will not do, notebook 07 how to draw from a
# log-normal one and that
#
# $$\mathrm{KL}\big(\log\mathcal N(\mu, \sigma^2) \,\|\, \log\mathcal N(0, 1)\big) = \tfrac12\big(\sigma^2 + \mu^2 - 1 - \log\sigma^2\big),$$
#
# to the letter what two normals give. So now build that VAE: the encoder says $\mu$ and $\sigma$ as before, the code is
# $z = e^{\mu + \sigma\epsilon}$, the decoder sees only positive numbers, and the loss is
# $-\log p(x \mid z) + \mathrm{KL}$. Predict before you go on: will its bound be better or worse?
#
# Then look at the loss once more. $\mu$, $\sigma$ and $\epsilon$ come in as before, the divergence is the same, and the
# decoder is given $e^u$ where it was given $u = \mu + \sigma\epsilon$. That is all. **The log-normal VAE with the
# decoder $f$ is the normal VAE with the decoder $u \mapsto f(e^u)$**: not similar, the same distribution of $x$, the
# same bound, draw by draw. Conversely, to every normal VAE there is a log-normal one that is the same model. What must
# its decoder do first?
#
# **In numbers.** $\mu = 1$, $\sigma = 0.5$, $\epsilon = -1$: $z = e^{0.5} = 1.6487$, $\log q(z) = -1.2258$,
# $\log p(z) = -1.5439$. With the decoder $f(z) = 2z + 1$, $x = 3$ and $s = 1$ the loss is $1.76062 + 0.81815 = 2.5788$
# nats.
#
# **Write** the code with the log densities *of $z$* (mind what a change of variables does to them; `log_p` is the
# prior's here), the loss, and the decoder that turns the log-normal VAE back into the normal one.


# %% tags=["solve:vae.lognormal_prior"]
def lognormal_terms(mu, sigma, eps):
    """z = exp(mu + sigma eps), and its log densities under q = LogN(mu, diag sigma²) and p = LogN(0, I).   (001 P2d)

    mu: (B, d); sigma: (B, d), > 0; eps: (B, d);
    returns {"z": (B, d), "log_q": (B,), "log_p": (B,)}, in nats, of the type of mu.
    """
    ### BEGIN SOLUTION
    u = mu + sigma * eps
    log_q = torch.distributions.Normal(mu, sigma).log_prob(u) - u  # z = exp(u) stretches by z, and log z is u
    log_p = torch.distributions.Normal(0.0, 1.0).log_prob(u) - u
    return {"z": u.exp(), "log_q": log_q.sum(dim=1), "log_p": log_p.sum(dim=1)}
    ### END SOLUTION


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    """-log N(x; decoder(z), s² I) + KL(LogN(mu, diag sigma²) ‖ LogN(0, I)), the KL in closed form, in nats.   (001 P2d)

    x: (B, D); mu: (B, d); sigma: (B, d), > 0; eps: (B, d); decoder: takes (B, d), gives the mean of x, (B, D);
    s: float > 0, the standard deviation of x given z;  returns (B,), of the type of x.
    """
    ### BEGIN SOLUTION
    z = torch.exp(mu + sigma * eps)
    reconstruction = -torch.distributions.Normal(decoder(z), s).log_prob(x).sum(dim=1)
    return reconstruction + 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(dim=1)
    ### END SOLUTION


def same_decoder(decoder, z):
    """What the decoder of the log-normal VAE must give at z, for it to be the normal VAE with this decoder.

    decoder: of the normal VAE, takes (B, d), gives (B, D); z: (B, d), > 0;  returns (B, D), of the type of z.
    """
    ### BEGIN SOLUTION
    return decoder(z.log())
    ### END SOLUTION


# %% tags=["check:vae.lognormal_prior:4"]
check("vae.lognormal_prior")

# %% [markdown]
# The argument did not use the exponential. Let $T$ be any smooth invertible map of the latents. If prior *and* $q$ are
# pushed through $T$, the divergence stays (notebook 02: both densities are divided by the same $|\det J|$), and the
# decoder can begin with $T^{-1}$. A prior by itself is not a property of the model. What counts is the pair, the prior
# and the family of $q$, up to such maps; and the first layer of the decoder, which says how they meet the data.
#
# Believe your own functions. Any decoder, any noise: the normal loss and the log-normal one, side by side.

# %% tags=["demo"]
with waiting_for("lognormal_nelbo", "same_decoder"):
    dice = torch.Generator().manual_seed(2)
    sizes = ((16, 2), (16,), (64, 16), (64,))
    A, a, B, b = (torch.randn(*size, generator=dice).double() for size in sizes)
    decoder = lambda u: torch.tanh(u @ A.T + a) @ B.T + b  # noqa: E731
    x, mu, eps = (torch.randn(3, n, generator=dice).double() for n in (64, 2, 2))
    sigma = torch.rand(3, 2, generator=dice).double() + 0.1
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    normal = kl - torch.distributions.Normal(decoder(mu + sigma * eps), 0.7).log_prob(x).sum(1)
    lognormal = lognormal_nelbo(x, mu, sigma, eps, lambda z: same_decoder(decoder, z), 0.7)
    for one, other in zip(normal, lognormal, strict=True):
        print(f"normal prior {float(one):14.8f}     log-normal prior {float(other):14.8f}")

# %% [markdown]
# So nothing is different? One thing: a *network* is not any decoder. If it is shown $z = e^u$ it has to learn the
# logarithm, or do without. The same two-latent VAE as above, its decoder shown $e^u$; all else, the noise included, is
# the same.

# %% tags=["demo"]
with waiting_for("nelbo"):
    runs = {f"{prior} prior": small_run(prior) for prior in BEGINS}
    for name, (model, _) in runs.items():
        prior, dice = name.removesuffix(" prior"), torch.Generator().manual_seed(3)
        with torch.no_grad():
            nats = []
            for part in ("train", "valid"):
                seen = digits(part)[0].flatten(1)
                many = [
                    small_nelbo(model, seen, torch.randn(len(seen), 2, generator=dice), BEGINS[prior])
                    for _ in range(budget(10, 5, 2))
                ]
                nats.append(float(torch.stack(many).mean()))
        print(f"{name:16} NELBO of the training digits {nats[0]:6.2f}, of others {nats[1]:6.2f} nats")
    show(draw_two_priors({name: losses for name, (_, losses) in runs.items()}), alt="Left: a bell above, and below it, upside down, the log-normal with its "
         "peak near 0 and its long tail; thin lines join them, with the same mass between two lines above and below. Right: two loss curves "
         "over the steps, which fall together and stay close.")  # fmt: skip

# %% [markdown]
# What difference there is belongs to the first layer and to the random start, not to the prior. For the exam (001 P2d):
# a log-normal prior needs a log-normal $q$, its divergence and its reparameterisation are those of notebook 07, and it
# is the *same model* with another first layer. What a prior can do that no first layer undoes is to be of another
# family than $q$'s image: a mixture, say, while $q$ stays normal; then no $T$ makes both simple, and the divergence has
# no closed form.

# %% [markdown]
# ## 10 · Ladders of latents
#
# One layer of latents is told twice to be simple: the prior's components are independent, and so are $q$'s. Two
# **layers** lift both. First $z_2$ is drawn, then $z_1$ given $z_2$, then $x$:
#
# $$p(x, z_1, z_2) = p(z_2)\; p(z_1 \mid z_2)\; p(x \mid z_1, z_2), \qquad q(z_1, z_2 \mid x) = q(z_2 \mid x)\; q(z_1 \mid z_2, x).$$
#
# Both run **top-down**, in the same order, and that is the whole trick of the ladder (Sønderby and others 2016): at
# each rung, prior and $q$ have seen the same $z_2$ and speak of the same $z_1$. Put the products into the bound, and
# the logarithm sorts it by rungs,
#
# $$-\mathcal L = \underbrace{-\mathbb E_q \log p(x \mid z_1, z_2)}_{\text{reconstruction}}
# + \underbrace{\mathrm{KL}\big(q(z_2 \mid x) \,\|\, p(z_2)\big)}_{\text{kl\_2}}
# + \underbrace{\mathbb E_{q(z_2 \mid x)} \mathrm{KL}\big(q(z_1 \mid z_2, x) \,\|\, p(z_1 \mid z_2)\big)}_{\text{kl\_1}} .$$
#
# Each step may be a normal with independent components, and each divergence has its closed form. For the expectation
# over $z_2$ a draw will do. VD-VAE (004's table) has some seventy rungs of this kind.
#
# **What does the second rung buy?** Take the model of notebook 06 in which no $q$ with independent components was any
# good: two independent latents that explain each other away (its section 5), $x = W z + $ noise with two columns that
# are nearly parallel. Its posterior is a long thin ellipse with precision $\Lambda = I + W^\top W / s^2$. As a ladder,
# $q(z_2 \mid x)\,q(z_1 \mid z_2, x)$ says: first *how much of $z_2$*, then *given that, how much is left for $z_1$*.
# Every distribution on the plane is such a product, a correlated normal one too. The gap is gone. Write
# $h = W^\top x / s^2$. The exponent of the posterior is $-\frac12 z^\top \Lambda z + h^\top z$, and as a function of
# $z_1$ alone it is $-\frac12 \Lambda_{11} z_1^2 + (h_1 - \Lambda_{12} z_2)\, z_1$. Read off $q(z_1 \mid z_2, x)$, put
# its best $z_1$ back in, and what is left is a square in $z_2$. (Putting in the best $z_1$ does the same to a normal as
# integrating over it, up to a constant.)
#
# **In numbers.** $W = \begin{pmatrix}1 & 1\\ 1 & 2\end{pmatrix}$, $s = 1$, $x = (1, 2)$:
# $\Lambda = \begin{pmatrix}3 & 3\\ 3 & 6\end{pmatrix}$, $h = (3, 5)$, so
# $q(z_2 \mid x) = \mathcal N(\frac23, 0.5774^2)$ and $q(z_1 \mid z_2, x) = \mathcal N(1 - z_2,\, 0.5774^2)$. An
# independent $q$ would lose $\frac12\log\frac{3 \cdot 6}{9} = 0.3466$ nats.
#
# **And with very many rungs?** Give each pixel a rung of its own, with levels like the pixel's, and count from the top:
# rung 1 is drawn first. $q$ puts rung $k$ exactly where pixel $k$ is; the prior of rung $k$ looks at the rungs before
# it; the decoder just copies. Then the reconstruction costs nothing, and
#
# $$\mathrm{KL}\big(q(z_k \mid z_{<k}, x) \,\|\, p(z_k \mid z_{<k})\big) = -\log p(x_k \mid x_{<k}),$$
#
# since a distribution over levels that is certain has no entropy. The bound is $\sum_k \log p(x_k \mid x_{<k})$, and
# there is no gap. **An autoregressive model is a VAE** with as many rungs as pixels (Child 2021): in principle the deep
# VAE can do no worse. In practice it is hoped to need fewer rungs, each of them with many latents at once, so that
# drawing is fast.
#
# For binary pixels let $p(x_k = 1 \mid x_{<k}) = 1/(1 + e^{-l_k})$ with $l_k = b_k + \sum_{j < k} A_{kj} x_j$.
#
# **In numbers.** Two pixels, $b = (0, 1)$, $A_{21} = -2$, $x = (1, 0)$: $l = (0, -1)$, the rungs cost $0.6931$ and
# $0.3133$ nats.
#
# **Write** the ladder's loss for any networks (encoders and prior give $\mu$ and $\log\sigma$ side by side, the decoder
# the mean of $x$, around which $x$ is normal with the standard deviation $s$), the exact $q$ of the two latents, and
# the ladder that is an autoregressive model.


# %% tags=["solve:vae.ladder"]
def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    """NELBO of two rungs, top-down: z2 ~ q(z2 | x), z1 ~ q(z1 | z2, x); p(z2) = N(0, I), p(z1 | z2) by prior_1.   (004)

    x: (B, D); eps_2: (B, d); eps_1: (B, e), the noise of z2 and of z1; encode_2: takes x, gives mu and log sigma of z2, (B, 2d);
    encode_1: takes x and z2 side by side, gives mu and log sigma of z1, (B, 2e);
    prior_1: takes z2, gives mu and log sigma of z1, (B, 2e); decode: takes z1 and z2 side by side, gives the mean of x, (B, D);
    s: float > 0, the standard deviation of x given z1 and z2;
    returns {"reconstruction": (B,), "kl_2": (B,), "kl_1": (B,), "nelbo": (B,)}, in nats, the KLs in closed form, of the type of x;
    its gradient passes to the networks, to x and to the noise.
    """
    ### BEGIN SOLUTION
    Normal, kl = torch.distributions.Normal, torch.distributions.kl_divergence

    def normal(said):
        mu, log_sigma = said.chunk(2, dim=1)
        return Normal(mu, log_sigma.exp())

    q2 = normal(encode_2(x))
    z2 = q2.loc + q2.scale * eps_2
    q1, p1 = normal(encode_1(torch.cat([x, z2], dim=1))), normal(prior_1(z2))
    z1 = q1.loc + q1.scale * eps_1
    reconstruction = -Normal(decode(torch.cat([z1, z2], dim=1)), s).log_prob(x).sum(dim=1)
    kl_2 = kl(q2, Normal(torch.zeros_like(z2), torch.ones_like(z2))).sum(dim=1)
    kl_1 = kl(q1, p1).sum(dim=1)
    return {"reconstruction": reconstruction, "kl_2": kl_2, "kl_1": kl_1, "nelbo": reconstruction + kl_2 + kl_1}
    ### END SOLUTION


def top_down(x, W, s):
    """q(z2 | x) = N(mu_2, sigma_2²) and q(z1 | z2, x) = N(offset + slope z2, sigma_1²), together the posterior of x = W z + noise.

    x: (D,); W: (D, 2), its columns belong to z1 and z2, both N(0, 1); s: float > 0, the standard deviation of x given z;
    returns {"mu_2": number, "sigma_2": number, "offset": number, "slope": number, "sigma_1": number}, floats or 0-d tensors.
    """
    ### BEGIN SOLUTION
    (a, b), (_, c) = (torch.eye(2).to(W) + W.T @ W / s**2).tolist()
    h1, h2 = (W.T @ x / s**2).tolist()
    rest = c - b**2 / a  # what z2 still has of precision when z1 has made the best of it
    return {
        "mu_2": (h2 - b * h1 / a) / rest,
        "sigma_2": rest**-0.5,
        "offset": h1 / a,
        "slope": -b / a,
        "sigma_1": a**-0.5,
    }
    ### END SOLUTION


def chain_nelbo(x, A, b):
    """The ladder with a rung for each pixel: kl_k = -log p(x_k | x_<k), p(x_k = 1 | x_<k) = sigmoid(b_k + Σ_{j<k} A_kj x_j).

    x: (B, D), values 0 and 1; A: (D, D), of which only what stands below the diagonal counts; b: (D,);
    returns {"kl": (B, D), "nelbo": (B,)}, in nats, of the type of x.
    """
    ### BEGIN SOLUTION
    logits = b + x @ A.tril(-1).T
    kl = torch.nn.functional.softplus(torch.where(x == 1, -logits, logits))
    return {"kl": kl, "nelbo": kl.sum(dim=1)}
    ### END SOLUTION


# %% tags=["check:vae.ladder:5"]
check("vae.ladder")

# %% [markdown]
# Left, the posterior of two latents that explain each other away: draws of the best independent $q$, and draws made in
# your two steps. Right, two models trained on the digits (grey values between 0 and 1, $s = 0.15$, so these are nats of
# a density). They have the same networks, the same 2 + 14 latents, and your loss. In the flat one the rungs do not
# speak: `encode_1` is shown zeros for $z_2$, and the prior of $z_1$ is $\mathcal N(0, I)$. That is a plain VAE with 16
# latents. Predict which terms the ladder lowers.


# %% tags=["given"]
@functools.cache  # run this cell again after changing ladder_nelbo
@torch.enable_grad()
def ladder_run(rungs_speak, seed=0):
    """The nets of a ladder of 2 + 14 latents, trained with your loss; rungs that do not speak are one flat layer."""
    torch.manual_seed(seed)

    def layers(ins, outs, width=96):
        parts = [torch.nn.Linear(ins, width), torch.nn.SiLU(), torch.nn.Dropout(0.1), torch.nn.Linear(width, width)]
        return torch.nn.Sequential(*parts, torch.nn.SiLU(), torch.nn.Linear(width, outs))

    nets = torch.nn.ModuleList([layers(64, 4), layers(66, 28), layers(2, 28), layers(16, 64)])
    encode_2, encode_1, prior_1, decode = nets
    if not rungs_speak:
        encode_1, prior_1 = (lambda v: nets[1](v * (torch.arange(66) < 64))), (lambda z: z.new_zeros(len(z), 28))
    x, steps = digits("train")[0].flatten(1) / 16, budget(500, 300, 5)
    optimiser = torch.optim.AdamW(nets.parameters())
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)

    def terms(x, dice=None):
        noise = (torch.randn(len(x), n, generator=dice) for n in (2, 14))
        return ladder_nelbo(x, *noise, encode_2, encode_1, prior_1, decode, 0.15)

    def step(k):
        loss = terms(x[torch.randint(len(x), (100,))])["nelbo"].mean()
        return descend(loss, optimiser, rates)

    train(step, nets, steps, label="a ladder" if rungs_speak else "a flat layer")
    nets.eval()
    return terms


# %% tags=["demo"]
with waiting_for("ladder_nelbo", "top_down"), torch.no_grad():
    models = {"one flat layer": ladder_run(False), "two rungs": ladder_run(True)}
    W, s, dice = torch.tensor([[5.0, 5.0], [0.0, 0.3]]).double(), 1.0, torch.Generator().manual_seed(4)
    precision = torch.eye(2).double() + W.T @ W / s**2
    steps, eps = top_down(torch.zeros(2).double(), W, s), torch.randn(150, 2, generator=dice).double()
    z2 = steps["mu_2"] + steps["sigma_2"] * eps[:, 1]
    z1 = steps["offset"] + steps["slope"] * z2 + steps["sigma_1"] * eps[:, 0]
    draws = {"independent $q$": eps * precision.diagonal().rsqrt(), "two steps": torch.stack([z1, z2], 1)}
    bills, fresh = {}, digits("valid")[0].flatten(1) / 16
    for name, terms in models.items():
        several = [terms(fresh, dice) for _ in range(budget(10, 5, 2))]
        bills[name] = {term: sum(float(found[term].mean()) for found in several) / len(several) for term in several[0]}
        print(f"{name:15}" + "".join(f"{term} {value:7.2f}   " for term, value in bills[name].items()))
    reach = ", ".join(
        f"{float(points.norm(dim=1).max()):.1f} for {name.replace('$', '')}" for name, points in draws.items()
    )
    totals = ", ".join(f"{bill['nelbo']:.1f} for {name}" for name, bill in bills.items())
    show(draw_ladder(torch.linalg.inv(precision), draws, bills), alt="Left: a long thin ellipse along the falling diagonal, and draws of two q; the farthest from its middle lie "
         f"at {reach}. Right: bars for reconstruction, kl_2, kl_1 and their sum, on digits that were not trained on; the sum is {totals}.")  # fmt: skip

# %% [markdown]
# The nats that the latents cost are much the same, but they buy more: a prior that has read $z_2$ need not be told
# again what $z_2$ has said, and the better reconstruction is paid from what that saves. (One run each, and short ones:
# the size of the lead differs from seed to seed.) And the chain at the other end of the ladder? Your `chain_nelbo` is
# exact, its probabilities add up to one, and it draws pixel by pixel. Between one rung and as many as there are pixels
# lies every trade between speed and exactness that a VAE can make.

# %% [markdown]
# ## Questions on paper
#
# **Question (5 points; 002 9-1).** (a) Sketch the data flow of a VAE in training, from $x$ to the loss, with everything
# that is random in it. (b) Through which nodes do gradients reach the encoder's weights, and what would happen without
# the reparameterisation? (c) What changes when new pictures are drawn after training? (d) What is amortised in
# "amortised inference", and what does it cost?

# %% [markdown] tags=["written:vae.data_flow:5"]
# ### BEGIN SOLUTION
# **Model answer.** (a) $x \to$ encoder $\to (\mu, \sigma)$; noise $\epsilon \sim \mathcal N(0, I)$ comes in from
# outside; $z = \mu + \sigma\epsilon \to$ decoder $\to$ the parameters of $p(x \mid z)$; the loss has two parts,
# $-\log p(x \mid z)$, which looks at $x$ again, and $\mathrm{KL}(q \,\|\, p)$ straight from $\mu$ and $\sigma$. The
# only random node is $\epsilon$ (and the choice of the batch); the pixels are *not* drawn in training.
#
# (b) By two ways: from the KL directly into $\mu$ and $\sigma$, and from the reconstruction through the decoder, $z$,
# and $z = \mu + \sigma\epsilon$. If $z$ were drawn as a black box, the second way would be cut (the encoder would learn
# from the KL alone, and collapse), or one would need the score-function estimator with its larger variance.
#
# (c) The encoder is not needed: $z \sim p(z)$, decoder, and then a draw from $p(x \mid z)$.
#
# (d) The optimisation of $q$ for each $x$: one network says it for all. The cost is an *amortisation gap*: what it says
# is not the best $q$ of the family for that $x$, so the bound is looser than it could be.
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
# **Question (4 points; 000 Q3b).** A VAE has been trained. Instead of drawing $z$ from its prior $\mathcal N(0, I)$,
# somebody fits a second model to the codes of the training pictures and draws from that. Answer in your own words, for
# somebody who has not read section 8. (a) What is the distribution of these codes called, and how is it defined? (b)
# Why may it differ from the prior, although the loss contains a divergence from it? (c) What goes wrong when $z$ is
# drawn from the prior and the two differ? (d) Name one thing that the second stage cannot mend.

# %% [markdown] tags=["written:vae.second_stage:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) The aggregate posterior, $q(z) = \frac1N\sum_n q(z \mid x_n)$: draw a picture of the data, then
# its code.
#
# (b) The divergence in the loss is taken picture by picture. Its mean is $I_q(x; z) + \mathrm{KL}(q(z) \,\|\, p(z))$:
# it does not only ask that the mixture be the prior, and it is weighed against the reconstruction, which wants the
# $q(z \mid x_n)$ narrow and apart. So a remainder $\mathrm{KL}(q(z) \,\|\, p(z)) > 0$ is left: holes between the codes,
# or regions that are too full.
#
# (c) The prior puts draws into regions where $q(z)$ has hardly any mass. There the decoder was never trained, and what
# it makes resembles no data.
#
# (d) The decoder: blurred or speckled pictures, pixels that are not independent given $z$, what the code has lost of
# $x$. (Or: with too few data the second stage learns the training codes by heart.)
#
# **Rubric**
# - (1) a: aggregate posterior, mean of the q(z | x) over the data
# - (1) b: a mean of divergences is not the divergence of the mean (mutual information), or: the reconstruction pulls
#   against it
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
# - say what the best linear VAE is, which of its latents are idle, and why its latents line up with the principal
#   directions
# - split what the codes cost into what they tell of the picture and what a wrong prior costs, and say what a second
#   stage can gain
# - change the prior together with $q$, and say when the model stays the same
# - write the loss of a ladder of latents, and see an autoregressive model as the longest ladder
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** $d = 2$, $\mu = (0, 2)$, $\sigma = (1, 0.5)$. Which latent says something about this $x$, and what does the
# code cost?
#
# <details><summary>Answer</summary>
#
# The first is at the prior: 0 nats, and nothing said. The second costs $\frac12(0.25 + 4 - 1 + 1.3863) = 2.3181$ nats,
# and so does the whole code.
#
# </details>
#
# **2.** In a trained VAE the mean KL is $13.5$ nats and the reconstruction $73$. How many bits does the code of a
# picture hold at most on average, and how many bits per pixel does the model need for 64 pixels?
#
# <details><summary>Answer</summary>
#
# $13.5/\log 2 = 19.5$ bits (the mean KL bounds the mutual information of code and picture from above). In all $86.5$
# nats are at most $124.8$ bits, $1.95$ bits per pixel.
#
# </details>
#
# **3.** True or false, with a reason: "A latent with $\mu_j(x) = 3$ for every $x$ is active."
#
# <details><summary>Answer</summary>
#
# False: it says the same of every picture, so its spread is 0. (It even costs $4.5$ nats for nothing, and training
# would move it to 0.)
#
# </details>
#
# **4.** Someone trains with $\beta = 4$ and reports the value of the loss as a bound on $-\log p(x)$. Right or wrong?
# And with $\beta = 0.25$?
#
# <details><summary>Answer</summary>
#
# With 4 it is a bound, needlessly loose by $3\,\mathrm{KL}$. With $0.25$ it is none: it lies below $-\log p(x)$ by
# $0.75\,\mathrm{KL}$ if $q$ is the posterior. If not, the gap makes up for a part of that, or for all and more, and
# nobody knows which.
#
# </details>
#
# **5.** The data's covariance has the eigenvalues $2, 0.5, 0.1, 0.1$. A linear VAE has three latents and $s = 0.4$. How
# many are active at the optimum, and how long are the columns of $W$? What is the best $s$, and how many latents are
# active then?
#
# <details><summary>Answer</summary>
#
# $s^2 = 0.16$: two are active, with columns of length $\sqrt{1.84} = 1.3565$ and $\sqrt{0.34} = 0.5831$; the third
# column is 0. The best $s^2$ is the one variance that is left, $0.1$, so $s = 0.3162$; the third direction varies just
# as much as the noise, its column has length 0, and still two are active.
#
# </details>
#
# **6.** The linear VAE of section 7 is at its optimum, with $\lambda = (4, 1)$, two latents and $s = \frac12$. What
# spread (section 4) has each latent, and what does it cost on average? And at $s = 1.5$?
#
# <details><summary>Answer</summary>
#
# $\sigma_j^2 = s^2/\lambda_j$, that is $\frac1{16}$ and $\frac14$. Data and model have the same variance in these
# directions, so $q(z)$ has the prior's variance, 1, and the spreads are what $\sigma_j^2$ leaves of it: $\frac{15}{16}$
# and $\frac34$. In the mean of $\frac12(\sigma_j^2 + \mu_j^2 - 1 - \log\sigma_j^2)$ only the logarithm is left,
# $\frac12\log(\lambda_j/s^2)$: $1.3863$ and $0.6931$ nats. At $s = 1.5$ the first has spread $0.4375$ and costs
# $0.2877$ nats; the second is idle, at no cost.
#
# </details>
#
# **7.** A hundred encoders in one latent. What are rate, information and marginal term if all of them say
# $\mathcal N(0, 1)$? If all say $\mathcal N(1, 1)$?
#
# <details><summary>Answer</summary>
#
# All 0: the latent has collapsed. In the second case the rate is $\frac12$, the information 0 (a code does not tell
# which picture it came from), and the marginal term $\frac12$: the nats are paid for nothing, and moving the prior to
# $\mathcal N(1, 1)$ saves them all.
#
# </details>
#
# **8.** With a log-normal prior and $q$, somebody adds $\mathbb E_q[\log z]$ to the divergence of the two normals, "for
# the Jacobian". Right?
#
# <details><summary>Answer</summary>
#
# No. Both log densities contain $-\log z$, and the divergence is made of their difference: it cancels. Only if one of
# the two is written in $z$ and the other in $u$ does it matter, and then the difference is meaningless anyway.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **9.** A decoder ignores $z$ for good. What is the best encoder, what does the bound become, and why does no gradient
# lead away from there at first?
#
# <details><summary>Answer</summary>
#
# The reconstruction does not depend on $q$, so only the KL is left: $q(z \mid x) = p(z)$, at 0 nats, and the bound is
# $\log p(x)$ of a model without latents, even tight. At that point the encoder sends pure noise; a decoder that began
# to use it would get worse, and an encoder that began to speak would pay without being heard. Each waits for the other:
# a saddle that training leaves slowly, if at all.
#
# </details>
#
# **10.** Two VAEs have the same NELBO of 87. One has KL 3, the other KL 20. Which one would you take for (a)
# compressing pictures, (b) a search for similar pictures by their codes, (c) drawing new ones?
#
# <details><summary>Answer</summary>
#
# (a) It does not matter: the cost is the sum. (b) The second, as its codes hold far more of the pictures. (c) Look at
# samples: with KL 3 the pixels' independent noise has to make up almost the whole picture, if the decoder is one of
# independent pixels; with KL 20 the code carries it, provided that the aggregate posterior fills the prior.
#
# </details>
#
# **11.** A VAE was trained on $N = 1000$ pictures. On average their codes cost 12 nats, and the clouds $q(z \mid x_n)$
# hardly overlap. (a) What are, nearly, the information and the marginal term? (b) Somebody takes for his new prior the
# mixture of these thousand encoders itself, $r(z) = q(z)$. What do the training pictures' codes cost now? (c) Why is it
# a bad second stage all the same?
#
# <details><summary>Answer</summary>
#
# (a) Without overlap a code tells which of the thousand pictures it is: the information is near $\log 1000 = 6.91$
# nats, its largest value, and $12 - 6.91 = 5.09$ nats are left for the marginal term.
#
# (b) The information alone, $6.91$ nats: the bound has risen by $5.09$, which is all that any prior could save.
#
# (c) It knows the training pictures by heart. A draw of $r$ is a code of one of them, and is decoded to that picture
# again; and the code of a new picture lies between the clouds, where $r$ is tiny, so that it may cost far more than
# under $p$. What is wanted is $q(z)$ over *all* pictures that the data may hold: fit $r$ to the codes, and choose it by
# pictures that were kept back.
#
# </details>
#
# **12.** A linear VAE at its optimum has $\Lambda = \operatorname{diag}(a, b)$. Its two latents are turned by 45°.
# Which gap does the best independent $q$ leave? When is it 0? What becomes of the argument if $q$ may have a full
# covariance?
#
# <details><summary>Answer</summary>
#
# Both diagonal entries become $\frac{a + b}2$, the determinant stays $ab$: the gap is
# $\frac12\log\frac{(a + b)^2}{4ab}$. It is 0 for $a = b$ only, two directions with the same variance, which have no
# axes of their own. With a full covariance $q$ is the posterior for every rotation, the bound equals the likelihood
# everywhere, and nothing lines the latents up any more.
#
# </details>
#
# **13.** Show that the information is at most $\log N$. A paper estimates the information of its codes within
# minibatches of 64, with $q(z)$ made of these 64 encoders, and reports $4.15$ nats for a large VAE. What do you say?
#
# <details><summary>Answer</summary>
#
# $q(z) = \frac1N\sum_m q(z \mid x_m) \ge \frac1N q(z \mid x_n)$, so $\log\frac{q(z \mid x_n)}{q(z)} \le \log N$ at
# every $z$, and so on average. With 64 encoders the estimate cannot exceed $\log 64 = 4.1589$. A value that touches the
# ceiling says only that the codes of 64 pictures hardly overlap; the information about the whole data set may be far
# more.
#
# </details>
#
# **14.** (6 points) *Where do the nats go?* (a) Write the NELBO of a ladder of $K$ rungs, top-down, as a sum of $K + 1$
# terms. (b) A VAE with one layer has an autoregressive decoder $p(x \mid z) = \prod_i p(x_i \mid x_{<i}, z)$ that can
# represent the data's distribution $p^*$ without $z$. Show that it has an optimum with rate 0. (c) The chain with a
# rung for each pixel represents the same $p^*$. What are its rate and its reconstruction there? What does the NELBO say
# about how much the latents know?
#
# <details><summary>Answer</summary>
#
# (a) (2 points)
# $-\mathbb E_q\log p(x \mid z_1, \dots, z_K) + \sum_k \mathbb E_q\, \mathrm{KL}\big(q(z_k \mid z_{>k}, x) \,\|\, p(z_k \mid z_{>k})\big)$,
# with $z_K$ drawn first, from $q(z_K \mid x)$ with the prior $p(z_K)$.
#
# (b) (2 points) NELBO $\ge -\log p(x)$, and on average over the data that is at least the entropy $H$ of $p^*$. With
# $q = p(z)$ and the decoder $p^*$ the rate is 0 and the reconstruction is $H$: nothing can be lower. Whatever a code
# would save, it costs at least as much.
#
# (c) (2 points) There the reconstruction is 0 and the rate is $H$. Both have the same NELBO, one with silent latents
# and one whose latents know everything: the sum does not tell how it is split. Look at the terms.
#
# </details>
#
# **15.** (6 points) The decoder is $p(x \mid z) = \mathcal N(x;\, \hat x(z), s^2 I)$ in $D$ dimensions, and $s$ is
# learnt as well. (a) For given networks write the part of the NELBO that depends on $s$, with
# $m = \mathbb E\|x - \hat x(z)\|^2$ over data and draws, and minimise it. (b) Put the minimiser in: what does the loss
# become as a function of $m$? (c) With $D = 64$: by how much may the KL rise, in nats, for a halving of $m$ to be worth
# while? (d) What happens to the bound when the networks can make $m \to 0$, and why does it not happen with levels?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) $\frac{m}{2s^2} + D\log s + \frac D2\log 2\pi$; the derivative by $s$ vanishes at $s^2 = m/D$, and
# there the loss is least.
#
# (b) (1 point) $\frac D2\big(1 + \log(2\pi m/D)\big) + \mathrm{KL}$: the *logarithm* of the squared error.
#
# (c) (1 point) Halving $m$ lowers it by $\frac D2\log 2 = 22.2$ nats, whatever $m$ is; up to so much more KL may be
# paid.
#
# (d) (2 points) The density at the data grows without bound, and the loss falls to $-\infty$: a density of numbers that
# are really discrete can be as large as one likes. A level's probability is at most 1, so a bound with levels cannot
# fall below 0.
#
# </details>
#
# ## An open question
#
# The encoder is used in training, and thrown away for sampling. But it was trained together with the decoder, and the
# bound rewards a decoder whose posterior is easy to say, with independent normals. How much of a VAE's final cost is
# the model's, and how much its encoder's? Train the decoder further with the encoder held, or the encoder with the
# decoder held: which of the two closes the gap of section 5, and what does that do to $\log p(x)$ on test digits?

# %% tags=["given"]
total()
