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
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits
from pushforward.figures.style import show
from pushforward.figures.vae_theory import draw_linear_training, draw_spectrum
from pushforward.train import budget
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

    cov: (D, D), the covariance of the data, symmetric and positive definite; d: int, 1 … D - 1;
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

# %% tags=["given"]
total()
