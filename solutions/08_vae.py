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
# Time: {{time}}.

# %% tags=["given"]
import functools
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits
from pushforward.figures.style import show
from pushforward.figures.vae_theory import (
    draw_aggregate,
    draw_ladder,
    draw_linear_training,
    draw_spectrum,
    draw_two_priors,
    holes,
)
from pushforward.train import budget, train
from pushforward.vae import LIKELIHOODS, Autoencoder
from pushforward.waiting import waiting_for, with_bar

# %% [markdown]
# ## 8 · A VAE whose optimum is known
#
# A trained VAE has three parts that may be to blame for a poor bound: a decoder that cannot do better, an encoder that
# misses the posterior, and an optimiser that got stuck. There is one VAE in which they can be told apart with a pencil.
# Decoder and encoder are linear,
#
# $$z \sim \mathcal N(0, I_d), \qquad x \mid z \sim \mathcal N(W z + b,\; s^2 I_D), \qquad
# q(z \mid x) = \mathcal N\big(V (x - b),\; \operatorname{diag}\sigma^2\big),$$
#
# and the same $\sigma$ serves all $x$. Notebook 06 had this model with one $x$; here it meets a whole data set. Its evidence is
# known, $x \sim \mathcal N(b, C)$ with $C = WW^\top + s^2 I$. That is **probabilistic PCA** (Tipping and Bishop 1999). Take
# $b$ to be the mean of the data. Then the average log-likelihood depends on the data through their covariance $S$ only,
#
# $$\frac1N \sum_n \log p(x_n) = -\tfrac12\Big( D \log 2\pi + \log\det C + \operatorname{tr}(C^{-1} S) \Big),$$
#
# and so does the average bound.
#
# **The best decoder.** Let $\lambda_1 \ge \lambda_2 \ge \dots$ be the eigenvalues of $S$ and $u_1, u_2, \dots$ its directions. If
# $C$ has the same directions, with variances $c_i$, the sum above falls apart into $\log c_i + \lambda_i / c_i$, and each is
# smallest at $c_i = \lambda_i$: the model should have, in every direction, the variance that the data have. But the noise brings
# $s^2$ into *every* direction, for nothing. Only the excess is left to be made from $z$, and only where there is one:
#
# $$w_j = \sqrt{\max(\lambda_j - s^2,\, 0)}\; u_j, \qquad j = 1, \dots, d.$$
#
# A latent whose direction varies less than the noise gets the column $w_j = 0$. It is **inactive**, and no failure of
# training made it so: the optimum itself has no use for it.
#
# **The best encoder.** The posterior has the precision $\Lambda = I + W^\top W / s^2$ and the mean
# $\Lambda^{-1} W^\top (x - b) / s^2$. The columns of $W$ are orthogonal, so $\Lambda$ is diagonal and $q$ can *be* the
# posterior: the bound is tight, for all $x$ at once. For an inactive latent the posterior is the prior.
#
# **And the rotation?** $W R$ with an orthogonal $R$ gives the same $C$, and so the same likelihood. It gives another
# posterior, with the precision $R^\top \Lambda R$, which is no longer diagonal. A $q$ with independent components then
# leaves, at best,
#
# $$\tfrac12\Big( \sum_j \log \Lambda_{jj} - \log\det\Lambda \Big)$$
#
# nats (in notebook 06 you had two latents; the argument is the same for any number). The likelihood cannot tell the rotations
# apart, the *bound* can. That is why a VAE's latents tend to line up with the principal directions although nobody asks them to.
#
# **And the noise?** With $s$ free as well, the $D - d$ directions that no latent serves share one variance, and the best
# is their mean: $s^2 = \frac{1}{D - d} \sum_{i > d} \lambda_i$.
#
# **In numbers.** $S = \operatorname{diag}(4, 1, 0.25)$, $d = 2$, $s = 0.8$: columns of length $1.8330$ and $0.6$,
# $\sigma = (0.4, 0.8)$, the rows of $V$ have lengths $0.4583$ and $0.6$, and bound and likelihood are both $-4.4221$ nats. Turn
# the two latents by 45°: $\Lambda = \operatorname{diag}(6.25, 1.5625)$ becomes $3.9063$ twice on the diagonal, and the gap is
# $0.2231$ nats. With $s = 1.5$ only the first latent is active. The best $s$ is $0.5$ for two latents and $0.7906$ for one.
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
# Now the digits, with grey values between 0 and 1. (Their pixels are treated as real numbers here: these nats are those of
# a density, and no number of bits for a picture.) Left, the variance in each principal direction, with the noise of three
# decoders as a line. Right, what turning the first two latents costs at $s = 0.3$. Where will the curve be highest?

# %% tags=["demo"]
with waiting_for("linear_vae", "independent_gap"):
    flat = digits("train")[0].flatten(1).double() / 16
    cov = torch.cov(flat.T)
    variances = torch.linalg.eigvalsh(cov).flip(0)
    scales = {s: linear_vae(cov, 32, s)["active"] for s in (0.15, 0.3, 0.7)}
    W, angles = linear_vae(cov, 2, 0.3)["W"], torch.linspace(0, 180, 91)
    turned = [
        torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
        for a in (angles * math.pi / 180).tolist()
    ]
    unequal = linear_vae(cov, 8, 0.3)["W"][:, [0, 7]]
    gaps = [float(independent_gap(unequal @ R.to(unequal), 0.3)) for R in turned]
    show(draw_spectrum(variances[:32], scales, angles, gaps), alt="Left: bars on a logarithmic axis, the variances of the digits in their first 32 "
         "principal directions, falling from 0.66 to 0.02, with three dashed lines: above s = 0.15 are "
         f"{scales[0.15]}, above 0.3 {scales[0.3]}, above 0.7 {scales[0.7]} of them. Right: the gap after turning two latents, "
         f"nought at 0, 90 and 180 degrees and largest, {max(gaps):.2f} nats, in between.")  # fmt: skip

# %% [markdown]
# The noise decides how many latents there are. At $s = 0.7$ it drowns all but three directions, and a VAE with 32 latents
# would let 29 of them lie idle: **posterior collapse** at the very optimum. (Lucas and others 2019 showed that here the
# bound has no local optima that the likelihood has not: it is not to blame.) If your latents collapse, look at the
# decoder's noise first.
#
# ### Does training find it?
#
# Nobody diagonalises anything in a VAE. Here the average bound is climbed by gradient steps on $W$, $V$ and $\log\sigma$
# from a random start, with 16 latents and $s = 0.3$. Two things can be missing: the decoder's likelihood may fall short of
# the optimum, and the bound may fall short of the decoder's likelihood.


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
# ## 9 · What the prior is up against
#
# To make a picture, a VAE draws $z$ from the prior. But what has the decoder been trained on? On draws from the *encoder*: take a
# picture $x_n$ of the data, then $z \sim q(z \mid x_n)$. Over the whole data set these codes have the density
#
# $$q(z) \;=\; \frac1N \sum_{n=1}^N q(z \mid x_n),$$
#
# the **aggregate posterior**, a mixture of $N$ encoders. Where $q(z)$ has no mass, the decoder was never asked for anything, and
# what it says there is anybody's guess. So the prior should be near $q(z)$. Is it? The bound has an opinion on that.
# Each code pays $\mathrm{KL}(q(z \mid x_n) \,\|\, p)$, and
#
# $$\log\frac{q(z \mid x_n)}{p(z)} \;=\; \log\frac{q(z \mid x_n)}{q(z)} + \log\frac{q(z)}{p(z)}$$
#
# at every $z$. Draw $n$ at random, then $z$ from encoder $n$, and average:
#
# $$\underbrace{\frac1N\sum_n \mathrm{KL}\big(q(z \mid x_n) \,\|\, p\big)}_{\text{rate}} \;=\;
# \underbrace{\frac1N\sum_n \mathrm{KL}\big(q(z \mid x_n) \,\|\, q(z)\big)}_{\text{information } I_q(x;\, z)} \;+\;
# \underbrace{\mathrm{KL}\big(q(z) \,\|\, p\big)}_{\text{marginal}}$$
#
# (Hoffman and Johnson 2016). The **information** is what a code tells about which picture it came from. It is worth its price, and
# it cannot exceed $\log N$: nobody needs more nats to say which of $N$ pictures it was. The **marginal** term is worth nothing to
# anybody. It is paid because the prior is the wrong one.
#
# **The second stage.** So keep encoder and decoder as they are, and fit another prior $r(z)$ to codes drawn from the encoder. The same
# identity holds with $r$ in place of $p$: the bound rises by $\mathrm{KL}(q(z) \,\|\, p) - \mathrm{KL}(q(z) \,\|\, r)$, and by
# $\mathrm{KL}(q(z) \,\|\, p)$ at most. And draws of $r$ are decoded where the decoder knows its way. That is the answer to 000 Q3b, in
# nats; notebook 18 makes $r$ a diffusion model. The simplest $r$ is a normal with independent components. By notebook 01 the best one
# has the moments of $q(z)$.
#
# *On the source.* 000 Q3 speaks of samples "from $q(z \mid x)$" for the second stage: $x$ is drawn from the data first, so what is
# fitted is $q(z)$.
#
# **In numbers.** Two encoders in one dimension, $\mathcal N(\pm 2, 0.5^2)$: the rate is $2.3181$ nats, the
# information $0.69305$ (just below $\log 2 = 0.69315$: the two hardly overlap), the marginal term $1.6251$. The best normal has mean 0 and standard deviation
# $\sqrt{0.25 + 4} = 2.0616$, and $q(z)$ is still $0.7236$ nats away from it. At $z = 0$, $\log q(z) = -8.2258$.
#
# **Write** $\log q(z)$; the three terms, estimated from the *same* draws $z_{kn} = \mu_n + \sigma_n \epsilon_{kn}$, so that the identity holds
# to the last digit (no closed form this time); and the best normal.


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
# A VAE with two latents is poor as a model, and good to look at. Here is one, trained on the digits for a few seconds, with a mixture of
# three discretised logistic distributions for each pixel. (`begins` is what its decoder does first: nothing, for now.)

# %% tags=["given"]
BEGINS = {"normal": lambda u: u, "log-normal": torch.exp}


def small_nelbo(model, levels, eps, begins):
    """NELBO in nats per picture, at one draw; the decoder is shown begins(mu + sigma eps)."""
    mu, sigma = model.encode(levels)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return kl - model.log_p(begins(mu + sigma * eps), levels).sum(1)


@functools.cache
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
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rates.step()
        return loss

    history = train(step, model, steps, label=f"two latents, {prior} prior")
    return model.eval(), history.losses


# %% [markdown]
# Left its prior, in the middle your $q(z)$ over the codes of all training digits, on the same scale. Crosses mark four places that the prior
# promises and $q$ avoids, rings four draws of $q$; right, what the decoder makes of them. Before you look: which of the two rows
# will look more like digits?

# %% tags=["demo"]
model, dice = small_run("normal")[0], torch.Generator().manual_seed(1)
with waiting_for("aggregate_log_density", "rate_split", "best_normal"), torch.no_grad():
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
# - With two latents the marginal term is small, a fraction of a nat: every nat of it was paid in training, and training has pressed $q(z)$ into
#   the prior. In nats a second stage has little to win here. To the eye it has more: what stands at the crosses is between two digits.
# - The best *normal* second stage wins nothing at all. $q(z)$ has the prior's mean and width already, as it has exactly in the linear VAE
#   (there each variance is $\frac{\lambda - s^2}{\lambda} + \frac{s^2}{\lambda} = 1$). What is left is shape, lumps and valleys, and takes a flexible $r$: that is why
#   second stages are flows or diffusions.
# - Mind which codes are counted. Say a VAE with many latents has a rate of 20 nats on $N = 1000$ training pictures. The information is at most
#   $\log 1000 = 6.91$, so the marginal term is at least $13.09$ nats, and the mixture of the $N$ encoders would win them all. It would be
#   a model that knows the training set by heart. A second stage is judged on codes of pictures that neither stage has seen (the last three lines).

# %% [markdown]
# ## 10 · Another prior, the same model
#
# Why a *normal* prior? 001 P2d puts a log-normal one in its place, $p(z) = \log\mathcal N(0, 1)$ in each latent, and asks for a $q$ that
# goes with it. Notebook 06 showed why a normal $q$ will not do, notebook 07 how to draw from a log-normal one and that
#
# $$\mathrm{KL}\big(\log\mathcal N(\mu, \sigma^2) \,\|\, \log\mathcal N(0, 1)\big) = \tfrac12\big(\sigma^2 + \mu^2 - 1 - \log\sigma^2\big),$$
#
# to the letter what two normals give. So now build that VAE: the encoder says $\mu$ and $\sigma$ as before, the code is
# $z = e^{\mu + \sigma\epsilon}$, the decoder sees only positive numbers, and the loss is
# $-\log p(x \mid z) + \mathrm{KL}$. Predict before you go on: will its bound be better or worse?
#
# Then look at the loss once more. $\mu$, $\sigma$ and $\epsilon$ come in as before, the divergence is the same, and the decoder is given
# $e^u$ where it was given $u = \mu + \sigma\epsilon$. That is all. **The log-normal VAE with the decoder $f$ is the normal VAE with the
# decoder $u \mapsto f(e^u)$**: not similar, the same distribution of $x$, the same bound, draw by draw. Conversely, to every normal VAE
# there is a log-normal one that is the same model. What must its decoder do first?
#
# The argument did not use the exponential. Let $T$ be any invertible map of the latents. If prior *and* $q$ are pushed through $T$, the
# divergence stays (notebook 02: both densities are divided by the same $|\det J|$), and the decoder can begin with $T^{-1}$. A prior
# by itself is not a property of the model. What counts is the pair, the prior and the family of $q$, up to such maps; and the first layer
# of the decoder, which says how they meet the data.
#
# **In numbers.** $\mu = 1$, $\sigma = 0.5$, $\epsilon = -1$: $z = e^{0.5} = 1.6487$, $\log q(z) = -1.2258$,
# $\log p(z) = -1.5439$. With the decoder $f(z) = 2z + 1$, $x = 3$ and $s = 1$ the loss is $1.76062 + 0.81815 = 2.5788$ nats.
#
# **Write** the code with the log densities *of $z$* (mind what a change of variables does to them), the loss, and the decoder that turns the
# log-normal VAE back into the normal one.


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
# So nothing is different? One thing: a *network* is not any decoder. If it is shown $z = e^u$ it has to learn the logarithm, or do without. The same
# two-latent VAE as above, its decoder shown $e^u$; all else, the noise included, is the same.

# %% tags=["demo"]
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
# a log-normal prior needs a log-normal $q$, its divergence and its reparameterisation are those of notebook 07, and it is the *same model* with
# another first layer. What a prior can do that no first layer undoes is to be of another family than $q$'s image: a mixture, say,
# while $q$ stays normal; then no $T$ makes both simple, and the divergence has no closed form.

# %% [markdown]
# ## 11 · Ladders of latents
#
# One layer of latents is told twice to be simple: the prior's components are independent, and so are $q$'s. Two **layers** lift both.
# First $z_2$ is drawn, then $z_1$ given $z_2$, then $x$:
#
# $$p(x, z_1, z_2) = p(z_2)\; p(z_1 \mid z_2)\; p(x \mid z_1, z_2), \qquad q(z_1, z_2 \mid x) = q(z_2 \mid x)\; q(z_1 \mid z_2, x).$$
#
# Both run **top-down**, in the same order, and that is the whole trick of the ladder (Sønderby and others 2016): at each rung,
# prior and $q$ have seen the same $z_2$ and speak of the same $z_1$. Put the products into the bound, and the logarithm sorts it by rungs,
#
# $$-\mathcal L = \underbrace{-\mathbb E_q \log p(x \mid z_1, z_2)}_{\text{reconstruction}}
# + \underbrace{\mathrm{KL}\big(q(z_2 \mid x) \,\|\, p(z_2)\big)}_{\text{kl\_2}}
# + \underbrace{\mathbb E_{q(z_2 \mid x)} \mathrm{KL}\big(q(z_1 \mid z_2, x) \,\|\, p(z_1 \mid z_2)\big)}_{\text{kl\_1}} .$$
#
# Each step may be a normal with independent components, and each divergence has its closed form. For the expectation over $z_2$ a draw will do.
# VD-VAE (004's table) has some seventy rungs of this kind.
#
# **What does the second rung buy?** Take the model of notebook 06 in which no $q$ with independent components was any good: two
# independent latents that explain each other away, $x = W z + $ noise with two columns that are nearly parallel. Its posterior is
# a long thin ellipse with precision $\Lambda = I + W^\top W / s^2$. As a ladder, $q(z_2 \mid x)\,q(z_1 \mid z_2, x)$ says: first *how much of
# $z_2$*, then *given that, how much is left for $z_1$*. Every distribution on the plane is such a product, a correlated normal one too. The gap
# is gone. Write $h = W^\top x / s^2$. The exponent of the posterior is $-\frac12 z^\top \Lambda z + h^\top z$, and as a function of $z_1$ alone
# it is $-\frac12 \Lambda_{11} z_1^2 + (h_1 - \Lambda_{12} z_2)\, z_1$. Read off $q(z_1 \mid z_2, x)$, put its best $z_1$ back in, and what is left is
# a square in $z_2$.
#
# **In numbers.** $W = \begin{pmatrix}1 & 1\\ 1 & 2\end{pmatrix}$, $s = 1$, $x = (1, 2)$: $\Lambda = \begin{pmatrix}3 & 3\\ 3 & 6\end{pmatrix}$, $h = (3, 5)$,
# so $q(z_2 \mid x) = \mathcal N(\frac23, 0.5774^2)$ and $q(z_1 \mid z_2, x) = \mathcal N(1 - z_2,\, 0.5774^2)$. An independent $q$ would lose
# $\frac12\log\frac{3 \cdot 6}{9} = 0.3466$ nats.
#
# **And with very many rungs?** Give each pixel a rung of its own. $q$ puts rung $k$ exactly where pixel $k$ is; the prior of rung $k$ looks at the rungs before
# it; the decoder just copies. Then the reconstruction costs nothing, and
#
# $$\mathrm{KL}\big(q(z_k \mid z_{<k}, x) \,\|\, p(z_k \mid z_{<k})\big) = -\log p(x_k \mid x_{<k}),$$
#
# since a distribution that is certain has no entropy. The bound is $\sum_k \log p(x_k \mid x_{<k})$, and there is no gap. **An autoregressive model is a
# VAE** with as many rungs as pixels (Child 2021): in principle the deep VAE can do no worse. In practice it is hoped to need fewer rungs,
# each of them with many latents at once, so that drawing is fast.
#
# For binary pixels let $p(x_k = 1 \mid x_{<k}) = 1/(1 + e^{-l_k})$ with $l_k = b_k + \sum_{j < k} A_{kj} x_j$.
#
# **In numbers.** Two pixels, $b = (0, 1)$, $A_{21} = -2$, $x = (1, 0)$: $l = (0, -1)$, the rungs cost $0.6931$ and $0.3133$ nats.
#
# **Write** the ladder's loss for any networks (encoders and prior give $\mu$ and $\log\sigma$ side by side), the exact $q$ of the
# two latents, and the ladder that is an autoregressive model.


# %% tags=["solve:vae.ladder"]
def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    """NELBO of two rungs, top-down: z2 ~ q(z2 | x), z1 ~ q(z1 | z2, x); p(z2) = N(0, I), p(z1 | z2) by prior_1.   (004)

    x: (B, D); eps_2: (B, d); eps_1: (B, e), the noise of z2 and of z1; encode_2: takes x, gives mu and log sigma of z2, (B, 2d);
    encode_1: takes x and z2 side by side, gives mu and log sigma of z1, (B, 2e);
    prior_1: takes z2, gives mu and log sigma of z1, (B, 2e); decode: takes z1 and z2 side by side, gives the mean of x, (B, D);
    s: float > 0, the standard deviation of x given z1 and z2;
    returns {"reconstruction": (B,), "kl_2": (B,), "kl_1": (B,), "nelbo": (B,)}, in nats, the KLs in closed form, of the type of x.
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
# Left, the posterior of two latents that explain each other away: draws of the best independent $q$, and draws made in your two steps. Right,
# two models trained on the digits (grey values between 0 and 1, $s = 0.15$, so these are nats of a density). They have the same networks, the same
# 2 + 14 latents, and your loss. In the flat one the rungs do not speak: `encode_1` is shown zeros for $z_2$, and the prior of $z_1$ is $\mathcal N(0, I)$. That is a
# plain VAE with 16 latents. Predict which terms the ladder lowers.


# %% tags=["given"]
@functools.cache
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
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rates.step()
        return loss

    train(step, nets, steps, label="a ladder" if rungs_speak else "a flat layer")
    nets.eval()
    return terms


# %% tags=["demo"]
with waiting_for("ladder_nelbo", "top_down"):
    models = {"one flat layer": ladder_run(False), "two rungs": ladder_run(True)}
with waiting_for("ladder_nelbo", "top_down", "models"), torch.no_grad():
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
    reach = ", ".join(f"{float(points.norm(dim=1).max()):.1f} for {name}" for name, points in draws.items())
    totals = ", ".join(f"{bill['nelbo']:.1f} for {name}" for name, bill in bills.items())
    show(draw_ladder(torch.linalg.inv(precision), draws, bills), alt="Left: a long thin ellipse along the falling diagonal, and draws of two q; the farthest from its middle lie "
         f"at {reach}. Right: bars for reconstruction, kl_2, kl_1 and their sum, on digits that were not trained on; the sum is {totals}.")  # fmt: skip

# %% [markdown]
# The nats that the latents cost are much the same, but they buy more: a prior that has read $z_2$ need not be told again what $z_2$ has said, and the better
# reconstruction is paid from what that saves. (One run each, and short ones: the size of the lead differs from seed to seed.) And the chain at the other end of the ladder? Your `chain_nelbo` is exact, its probabilities add up to one, and
# it draws pixel by pixel. Between one rung and as many as there are pixels lies every trade between speed and exactness that a VAE can make.

# %% [markdown]
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** The data's covariance has the eigenvalues $2, 0.5, 0.1, 0.1$. A linear VAE has three latents and $s = 0.4$. How many are active at the optimum,
# and how long are the columns of $W$? What is the best $s$, and how many latents are active then?
#
# <details><summary>Answer</summary>
#
# $s^2 = 0.16$: two are active, with columns of length $\sqrt{1.84} = 1.3565$ and $\sqrt{0.34} = 0.5831$; the third column is 0. The best $s^2$ is the one variance
# that is left, $0.1$, so $s = 0.3162$; the third direction varies just as much as the noise, its column has length 0, and still two are active.
#
# </details>
#
# **2.** A hundred encoders in one latent. What are rate, information and marginal term if all of them say $\mathcal N(0, 1)$? If all say $\mathcal N(1, 1)$?
#
# <details><summary>Answer</summary>
#
# All 0: the latent has collapsed. In the second case the rate is $\frac12$, the information 0 (a code does not tell which picture it came from), and the marginal term $\frac12$:
# the nats are paid for nothing, and moving the prior to $\mathcal N(1, 1)$ saves them all.
#
# </details>
#
# **3.** With a log-normal prior and $q$, somebody adds $\mathbb E_q[\log z]$ to the divergence of the two normals, "for the Jacobian". Right?
#
# <details><summary>Answer</summary>
#
# No. Both log densities contain $-\log z$, and the divergence is made of their difference: it cancels. Only if one of the two is written in $z$ and the other in $u$ does it matter, and then
# the difference is meaningless anyway.
#
# </details>
#
# ### Longer: transfer
#
# **4.** A linear VAE at its optimum has $\Lambda = \operatorname{diag}(a, b)$. Its two latents are turned by 45°. Which gap does the best independent $q$ leave? When is it 0? What
# becomes of the argument if $q$ may have a full covariance?
#
# <details><summary>Answer</summary>
#
# Both diagonal entries become $\frac{a + b}2$, the determinant stays $ab$: the gap is $\frac12\log\frac{(a + b)^2}{4ab}$. It is 0 for $a = b$ only, two directions with the same variance, which
# have no axes of their own. With a full covariance $q$ is the posterior for every rotation, the bound equals the likelihood everywhere, and nothing lines the latents up any more.
#
# </details>
#
# **5.** Show that the information is at most $\log N$. A paper estimates the information of its codes within minibatches of 64, with $q(z)$ made of these 64
# encoders, and reports $4.15$ nats for a large VAE. What do you say?
#
# <details><summary>Answer</summary>
#
# $q(z) = \frac1N\sum_m q(z \mid x_m) \ge \frac1N q(z \mid x_n)$, so $\log\frac{q(z \mid x_n)}{q(z)} \le \log N$ at every $z$, and so on average. With 64 encoders the estimate cannot
# exceed $\log 64 = 4.1589$. A value that touches the ceiling says only that the codes of 64 pictures hardly overlap; the information about the whole data set may be far more.
#
# </details>
#
# **6.** (6 points) *Where do the nats go?* (a) Write the NELBO of a ladder of $K$ rungs, top-down, as a sum of $K + 1$ terms. (b) A VAE with one layer has an autoregressive decoder
# $p(x \mid z) = \prod_i p(x_i \mid x_{<i}, z)$ that can represent the data's distribution $p^*$ without $z$. Show that it has an optimum with rate 0. (c) The chain with a rung for each pixel represents
# the same $p^*$. What are its rate and its reconstruction there? What does the NELBO say about how much the latents know?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) $-\mathbb E_q\log p(x \mid z_1, \dots, z_K) + \sum_k \mathbb E_q\, \mathrm{KL}\big(q(z_k \mid z_{>k}, x) \,\|\, p(z_k \mid z_{>k})\big)$, with $z_K$ drawn first, from $q(z_K \mid x)$ with the prior $p(z_K)$.
#
# (b) (2 points) NELBO $\ge -\log p(x)$, and on average over the data that is at least the entropy $H$ of $p^*$. With $q = p(z)$ and the decoder $p^*$ the rate is 0 and the reconstruction is $H$:
# nothing can be lower. Whatever a code would save, it costs at least as much.
#
# (c) (2 points) There the reconstruction is 0 and the rate is $H$. Both have the same NELBO, one with silent latents and one whose latents know everything: the sum does not tell how it is split.
# Look at the terms.
#
# </details>
#
# ## An open question
#
# A second stage is fitted to codes that the first stage has made. Could the first stage know that a second will come, and make codes that are easy for it? Trained together, the pair is one VAE with a learnt
# prior, and the bound is right for both. Yet the best systems train one after the other, and stop the gradient between them. What is gained, if not nats?

# %% tags=["given"]
total()
