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
# # 04 · Flows that learn
#
# A flow is trained by maximum likelihood. This part of the chapter is about pictures: how whole numbers become points, what
# a flow of couplings makes of the digits, and how its price compares with that of simpler models.
#
# You need: notebooks 02 and 03. Time: {{time}}. Labels such as 004 say where a topic comes from; notebook 00 lists these sources.

# %% tags=["given"]
import functools
import math

import torch
from IPython.display import display

from pushforward import check, hint, progress, restart, total

# %% [markdown]
# ## Pictures as points: dequantisation
#
# The pixels of a digit are whole numbers, $0 \dots 16$, and a flow is a density on $\mathbb R^D$. What happens if one trains
# it on whole numbers as if they were points? The likelihood grows without end, and nothing is learnt: a density may pile up on
# the levels, as high and as narrow as it likes, since all the space between them is never asked about. Here is one pixel with five levels, and a
# density with a hill on each. **Predict** what the three curves on the right do when you make the hills narrow: the price of the
# *sharp* levels, $-\log q$ in the middle of each bin; of levels that are *spread* evenly over their bins; and the *honest* price of what lies in the whole bin.
# %% tags=["given"]
from pushforward.figures.flow_digits import draw_made, draw_rungs, spikes_explorer
from pushforward.figures.style import show
from pushforward.train import budget, train
from pushforward.waiting import waiting_for

# %% tags=["demo"]
display(spikes_explorer())

# %% [markdown]
# The sharp price falls for ever, by $\log 10 = 2.3$ nats for every factor of ten in the width; a negative price for a message that takes
# $1.16$ nats at least (the entropy of these levels). The spread one does not fall for it: hills narrower than a bin leave most of the bin
# without density, and the mean of $-\log q$ over the bin shoots up. And it never lies below the honest one.
#
# That is the whole trick, and its proof takes one line. Give every level a bin of width 1 and let the model's *probability* of a picture
# $k \in \{0, \dots, 16\}^D$ be what lies in its box,
#
# $$P(k) = \int_{[0,1)^D} p(k + u)\,du = \mathbb E_u\, p(k + u), \qquad u \sim U[0,1)^D .$$
#
# The boxes fill the space without overlap, so these probabilities add up to one (at most): an honest model of whole numbers. We cannot
# compute the integral. But the logarithm is concave, so by Jensen's inequality
#
# $$-\log P(k) = -\log \mathbb E_u\, p(k + u) \;\le\; \mathbb E_u\big[ -\log p(k + u) \big] .$$
#
# So: **add noise that is uniform over the bin, train on what results, and the loss is a bound on the nats of the sharp pictures.** This is
# called *uniform dequantisation*. The gap is the divergence of the noise from what the model has in the bin,
# $\mathrm{KL}\big(U \,\|\, p(\cdot)/P(k)\big)$: nothing, if the density is flat there. (Notebook 01 blurred the digits by $\pm\frac12$ around each
# level. That is the same bin with another name for its middle.)
#
# Nothing in the proof asks what the model was trained *on*. It asks three things of the test: the noise fills the whole bin, boxes do not overlap,
# and $p$ is a density *per unit of level*. Each is broken in published code.
#
# ### Through a logit
#
# Between the levels and the flow stands a second map. Pixels end at 0 and at 17, and most of them sit at the end, on white paper. A
# flow that comes from normal noise has no ends, and would have to build a cliff. So one squeezes the range a little and stretches it over the whole line:
#
# $$x = k + u, \qquad p = e + (1 - 2e)\,\frac{x}{K}, \qquad y = \log\frac{p}{1 - p},$$
#
# with $K$ levels and a small edge $e$. A density of $y$ becomes one of $x$ by the rule of notebook 02: its log-determinant is added, of the scaling *and* of
# the logit, once for each pixel,
#
# $$\log p_x(x) = \log p_y(y) + \mathrm{ladj}, \qquad
# \mathrm{ladj} = \sum_{d=1}^{D} \Big[ \log \frac{1 - 2e}{K} - \log p_d - \log(1 - p_d) \Big] .$$
#
# **In numbers.** One pixel, $K = 17$, $e = 0.05$, level $0$ and $u = 0.5$: $p = 0.05 + 0.9 \cdot 0.0294 = 0.0765$, $y = -2.4913$ and
# $\mathrm{ladj} = -2.9386 + 2.5709 + 0.0796 = -0.2882$. If the density of $y$ is a standard normal, the level costs
# $\frac12 y^2 + \frac12 \log 2\pi - \mathrm{ladj} = 3.1033 + 0.9189 + 0.2882 = 4.3104$ nats at this $u$.
#
# ### One number, three ways to say it
#
# Nats per picture in unit bins; **bits per dimension**, divided by $D \log 2$; and the density itself, in whatever unit $x$ was fed to the model. Where the
# levels are $w$ apart, a box has the volume $w^D$ and $P \approx p\,w^D$, so $-\log p = \text{nats} + D \log w$.
#
# **In numbers.** $100$ nats, $D = 64$: $2.2542$ bits per dimension. On $[0, 1]$, where 17 levels are $\frac1{17}$ apart, the density says $100 - 181.3257 = -81.3257$; on
# $[-1, 1]$ it says $-36.9642$. The same model, and the same digits. So a number without its unit says nothing, and a *negative* one is no cause for joy.
#
# **Write** four functions: the noise, from a seed of its own, so that each epoch can have fresh noise and each test its own that does not hang on what was
# drawn before; the way to the line; the bound, for a model of which you know $\log p_y$; and the units.


# %% tags=["solve:flow.dequantise"]
def spread_levels(levels, seed):
    """x = levels + u, u ~ U[0, 1) for each entry by itself: other noise for another seed, the same for the same one.

    levels: (N, D), values 0 … 16 that are whole; seed: int ≥ 0;  returns (N, D), of the type of levels.
    """
    ### BEGIN SOLUTION
    u = torch.rand(levels.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return levels + u.to(levels)
    ### END SOLUTION


def to_line(x, K, edge):
    """y = log(p / (1 - p)) with p = edge + (1 - 2 edge) x / K, and ladj = log |det ∂y/∂x| of each row.

    x: (N, D), values 0 … K, K ≥ 2; K: int ≥ 2; edge: float, between 0.001 and 0.3;  returns y (N, D) and ladj (N,), of the type of x.
    """
    ### BEGIN SOLUTION
    p = edge + (1 - 2 * edge) * x / K
    ladj = math.log((1 - 2 * edge) / K) - p.log() - torch.log1p(-p)
    return torch.logit(p), ladj.sum(1)
    ### END SOLUTION


def nats_of_levels(log_p, levels, u, K, edge):
    """The bound E_u[-log p_x(levels + u)] in nats of each picture: the mean over R draws of u, p_x by to_line from p_y.

    log_p: takes y (N, D), gives log p_y (N,); levels: (N, D), values 0 … K - 1 that are whole, K ≥ 2; u: (R, N, D), values 0 … 1;
    K: int ≥ 2; edge: float, between 0.001 and 0.3;  returns (N,), of the type of levels.
    """
    ### BEGIN SOLUTION
    costs = []
    for noise in u:
        y, ladj = to_line(levels + noise, K, edge)
        costs.append(-log_p(y) - ladj)
    return torch.stack(costs).mean(0)
    ### END SOLUTION


def in_units(nats, D, width):
    """{"bits": bits per dimension, "density": -log p where the levels are width apart} of nats per picture in unit bins.

    nats: (N,); D: int ≥ 1; width: float, > 0;  returns {"bits": (N,), "density": (N,)}, both of the type of nats.
    """
    ### BEGIN SOLUTION
    return {"bits": nats / (D * math.log(2)), "density": nats + D * math.log(width)}
    ### END SOLUTION


# %% tags=["check:flow.dequantise:4"]
check("flow.dequantise")

# %% [markdown]
# ### Detective: whose bins are too narrow?
#
# A published flow for these very digits reports $117.1$ nats. It adds noise to each level as it should, but the noise reaches over
# half of the bin. What does that do? The flow notices: on the other half it is never asked, so it leaves it empty and is twice
# as high on the first, in every pixel. Its price falls by $64 \log 2 = 44.4$ nats, and nothing was learnt; the honest number is near $161$. The proof
# above shows where it breaks: the boxes no longer fill the space, and the "probabilities" of all pictures add up to as much as $2^{64}$.
# Another program, a tutorial that thousands have read, forgot the log-determinant of its pre-processing, and many asked in vain why they got
# other numbers. Neither crashes, and neither looks wrong: the losses fall, the samples are fine.
#
# Such a slip is found by asking a question whose answer one knows. You get functions that claim to be the negative bound of a
# model that is simple enough: every pixel is normal by itself, $x_d \sim \mathcal N(\text{mean}_d, \text{std}_d^2)$ in units of levels, and a level's bin is
# $[k, k + 1)$. Some work on $[0, 1]$ or through a logit on the way, and pay for it; some have a slip.
#
# **In numbers.** One pixel, level 3, $u = 0.5$, mean $2$, std $1.5$: $\frac12 \cdot 1^2 + \log 1.5 + \frac12 \log 2\pi = 0.5 + 0.4055 + 0.9189 = 1.8244$ nats. (With half a bin, $x = 3.25$:
# $0.3472 + 0.4055 + 0.9189 = 1.6716$.)
#
# **Write** the test. It has to let every right function pass; then each kind of slip that it unmasks is worth points.


# %% tags=["solve:flow.catch_bins"]
def is_bound(implementation):
    """True if the function gives -Σ_d log N(levels_d + u_d; mean_d, std_d²) in nats, of each picture, up to rounding.

    implementation: takes levels, u, both (N, D), mean, std, both (D,), in units of levels, and gives (N,); call it on tensors of your
    choice (values only: no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    levels = torch.tensor([[0.0, 3.0, 16.0], [7.0, 1.0, 9.0]], dtype=torch.float64)
    u = torch.tensor([[0.1, 0.9, 0.4], [0.7, 0.2, 0.6]], dtype=torch.float64)
    mean, std = torch.tensor([[2.0, 5.0, 11.0], [1.5, 3.0, 2.0]], dtype=torch.float64)
    each = 0.5 * ((levels + u - mean) / std) ** 2 + std.log() + 0.5 * math.log(2 * math.pi)
    return torch.allclose(implementation(levels, u, mean, std).double(), each.sum(1), rtol=1e-4)
    ### END SOLUTION


# %% tags=["check:flow.catch_bins:3"]
check("flow.catch_bins")

# %% [markdown]
# ## A ladder of simple models
#
# What is a good number? Before a flow is trained one should know what simple models reach, or one is proud of what a table could do. Each rung is an *exact* $-\log P$
# of a model of whole numbers, so it stands in the same unit as the bound: nats per picture.
#
# - *All levels alike*: $64 \log 17 = 181.3$ nats. Whoever reports more has a slip.
# - *One normal distribution* of the blurred digits: notebook 01.
# - *Each pixel by itself*: count how often pixel $d$ has level $k$. A level that was never seen must not get probability 0 (one test digit
#   would cost infinitely much), so a little is added to every count: $p_d(k) = (\text{count}_{dk} + s)/(N + K s)$.
# - *A mixture of such tables*: there are kinds of pictures, and *given* the kind pixels are independent, $P(k) = \sum_c w_c \prod_d p_{cd}(k_d)$. Nobody tells the kinds. **EM** finds them in turns:
#   how much is each kind responsible for each picture,
#
# $$r_{nc} = \frac{w_c \prod_d p_{cd}(k_{nd})}{\sum_{c'} w_{c'} \prod_d p_{c'd}(k_{nd})}, \qquad\text{then count anew:}\qquad
# w_c = \frac{\sum_n r_{nc} + s}{N + C s}, \quad p_{cd}(k) = \frac{\sum_n r_{nc}\,[k_{nd} = k] + s}{\sum_n r_{nc} + K s} .$$
#
# A picture counts in every kind, by its responsibility. The products have 64 factors and more: stay with logarithms throughout.
#
# **In numbers.** One pixel, $K = 3$, levels $0, 0, 2$ and $s = 0.5$: probabilities $2.5/4.5$, $0.5/4.5$, $1.5/4.5 = 0.5556, 0.1111, 0.3333$. Two kinds of weight $\frac12$ that give level 0 the probabilities $0.9$
# and $0.3$: a picture of level 0 costs $-\log 0.6 = 0.5108$ nats, and the first kind is responsible for $0.75$ of it.
#
# **Write** the table, the nats of a mixture, and one step of EM.


# %% tags=["solve:flow.ladder"]
def pixel_log_p(levels, K, smoothing):
    """log of (count_dk + smoothing) / (N + K smoothing), the smoothed share of level k in pixel d.

    levels: (N, D), int64, values 0 … K − 1, K ≥ 2; K: int ≥ 2; smoothing: float, > 0;  returns (D, K).
    """
    ### BEGIN SOLUTION
    counts = torch.nn.functional.one_hot(levels, K).sum(0)
    return ((counts + smoothing) / (len(levels) + K * smoothing)).log()
    ### END SOLUTION


def joint_log_p(levels, log_w, log_p):
    """log w_c + Σ_d log p_cd(levels_nd): (N, C), of levels (N, D), log_w (C,) and log_p (C, D, K)."""
    ### BEGIN SOLUTION
    hot = torch.nn.functional.one_hot(levels, log_p.shape[2]).to(log_p)
    return log_w + torch.einsum("ndk,cdk->nc", hot, log_p)
    ### END SOLUTION


def mixture_nats(levels, log_w, log_p):
    """-log Σ_c w_c ∏_d p_cd(levels_d) of each picture.

    levels: (N, D), int64, values 0 … K − 1; log_w: (C,); log_p: (C, D, K), K ≥ 2;  returns (N,), of the type of log_p.
    """
    ### BEGIN SOLUTION
    return -joint_log_p(levels, log_w, log_p).logsumexp(1)
    ### END SOLUTION


def em_step(levels, log_w, log_p, smoothing):
    """New log weights and tables from the responsibilities, all smoothed as above.

    levels: (N, D), int64, values 0 … K − 1; log_w: (C,); log_p: (C, D, K), K ≥ 2; smoothing: float, > 0;
    returns log_w (C,) and log_p (C, D, K), of the type of log_p.
    """
    ### BEGIN SOLUTION
    r = joint_log_p(levels, log_w, log_p).softmax(1)
    hot = torch.nn.functional.one_hot(levels, log_p.shape[2]).to(log_p)
    mass, counts = r.sum(0), torch.einsum("nc,ndk->cdk", r, hot)
    weights = (mass + smoothing) / (len(levels) + len(mass) * smoothing)
    tables = (counts + smoothing) / (mass[:, None, None] + log_p.shape[2] * smoothing)
    return weights.log(), tables.log()
    ### END SOLUTION


# %% tags=["check:flow.ladder:3"]
check("flow.ladder")

# %% [markdown]
# Now climb. The number of kinds, the smoothing and the start of EM were picked on the validation digits; the test digits are looked at once. **Predict**: ten kinds,
# as there are ten digits. Will the tables that EM finds without labels be as good as those of the ten classes, counted *with* labels?

# %% tags=["given"]
from pushforward.data import digits

TRAIN, VALID, TEST = (digits(part)[0].flatten(1) for part in ("train", "valid", "test"))


def ten_kinds(seed=0, kinds=10, smoothing=0.5, steps=40):
    """(log_w, log_p): EM on the training digits from one table for all, shaken a little for each kind."""
    dice = torch.Generator().manual_seed(seed)
    shaken = 0.3 * torch.randn(kinds, 64, 17, generator=dice).to(TRAIN)
    log_p = (pixel_log_p(TRAIN.long(), 17, smoothing).to(TRAIN) + shaken).log_softmax(2)
    log_w = torch.full((kinds,), -math.log(kinds)).to(TRAIN)
    for _ in range(steps):
        log_w, log_p = em_step(TRAIN.long(), log_w, log_p, smoothing)
    return log_w, log_p


def told_kinds(smoothing=0.5):
    """(log_w, log_p) of the ten classes: a table for each, counted with labels."""
    labels = digits("train")[1]
    tables = [pixel_log_p(TRAIN[labels == c].long(), 17, smoothing) for c in range(10)]
    return (torch.bincount(labels).to(TRAIN) / len(labels)).log(), torch.stack(tables).to(TRAIN)


# %% tags=["demo"]
RUNGS = {"all levels alike": 64 * math.log(17), "one normal (notebook 01)": 131.5}
with waiting_for("pixel_log_p", "mixture_nats", "em_step", "in_units"):
    alone = pixel_log_p(TRAIN.long(), 17, 0.5).to(TRAIN)[None]
    RUNGS["each pixel by itself"] = float(mixture_nats(TEST.long(), torch.zeros(1).to(TRAIN), alone).mean())
    RUNGS["ten kinds, by EM"] = float(mixture_nats(TEST.long(), *ten_kinds()).mean())
    RUNGS["ten kinds, by label"] = float(mixture_nats(TEST.long(), *told_kinds()).mean())
    for name, nats in RUNGS.items():
        print(
            f"{name:26}{nats:6.1f} nats, {float(in_units(torch.tensor([nats]), 64, 1.0)['bits']):5.2f} bits per dimension"
        )

# %% [markdown]
# Independent pixels beat the normal distribution by 25 nats: *which* levels a pixel has (mostly plain paper, or full ink) is worth more than how pixels go together. And the kinds that EM
# finds by itself do as well as the labels, $99.5$ against $99.8$ nats.
#
# (And the detective's bound? With half bins the table of single pixels would be reported as $106.4 - 44.4 = 62.0$ nats, and beat every model in this course.)

# %% [markdown]
# ## Couplings on the digits
#
# First the plain way: the digits go to the line, are brought to mean 0 and spread 1, and couplings do the rest, six of them, in which the upper half of the picture moves the lower half and the other way
# round. The loss is your `nats_of_levels`, with fresh noise in every step. A thousand pictures are few, so half of each batch is shifted, turned and scaled a little first.
#
# Is the number still valid, if the flow has been trained on pictures that are no digits of the data set? Yes. A density is a density whatever it was trained on, and the bound asks only about the test
# digits. The worst that may happen is that it spends its mass on blurred pictures that never come. (Below, the network is *told* how a picture was moved, and
# asked about unmoved ones. That gives the mass back.)

# %% tags=["given"]
from pushforward.augment import moved
from pushforward.flows import Flow

EDGE = 0.02


class PlainCouplings(torch.nn.Module):
    """Couplings on the pixels of the line, which are brought to the mean and spread of y (N, 64) first."""

    def __init__(self, y, layers=6, hidden=256):
        super().__init__()
        self.flow = Flow(D=64, layers=layers, hidden=hidden)
        self.register_buffer("mean", y.mean(0))
        self.register_buffer("std", y.std(0))

    def log_p(self, y):
        return self.flow.log_p((y - self.mean) / self.std) - self.std.log().sum()

    def draw(self, z):
        """Levels (N, 64), from noise."""
        p = torch.sigmoid(self.flow(z)[0] * self.std + self.mean)
        return (17 * (p - EDGE) / (1 - 2 * EDGE)).clamp(0, 16.99).floor()


@torch.enable_grad()
def train_plain(steps, seed=0, batch=100, rate=2e-3, average=0.99):
    """(model, history): trained on the training digits and on moved ones, by your nats_of_levels."""
    torch.manual_seed(seed)
    model = PlainCouplings(to_line(spread_levels(TRAIN, 0), 17, EDGE)[0])
    optimiser = torch.optim.AdamW(model.parameters(), rate)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min((k + 1) / 20, 0.5 + 0.5 * math.cos(math.pi * k / steps))
    )

    def step(k):
        levels = moved(TRAIN[torch.randint(len(TRAIN), (batch,))].reshape(-1, 8, 8), 0.5)[0].flatten(1)
        loss = nats_of_levels(model.log_p, levels, torch.rand(1, *levels.shape), 17, EDGE).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 100)
        optimiser.step()
        pace.step()
        return loss

    history = train(step, model, steps, seed=seed, average=average, label="plain couplings")
    return model.requires_grad_(False), history


@functools.cache  # trained once, when first asked for; run this cell again after changing to_line or nats_of_levels
def plain_run(seed=0):
    return train_plain(budget(full=600, graded=200, quick=5), seed)


# %% tags=["demo"]
with waiting_for("spread_levels", "to_line", "nats_of_levels"):
    plain = plain_run()[0]
    noise = torch.stack([spread_levels(0 * TEST, seed) for seed in range(4)])
    RUNGS["affine couplings ≤"] = float(nats_of_levels(plain.log_p, TEST, noise, 17, EDGE).mean())
    print(f"affine couplings: at most {RUNGS['affine couplings ≤']:.1f} nats per test digit")

# %% [markdown]
# All this work, and hardly better than ten tables. What is hard for it? An affine coupling moves and stretches a bell, and hardly any pixel is a bell: a spike
# of paper, a spike of ink, something in between. Twelve scales and shifts cannot make these out of normal noise. But a table can, at once.

# %% [markdown]
# ## A curve for each pixel
#
# So give the flow the table. Any rising curve from $[0, 1]$ onto $[0, 1]$ is an invertible map, and the pixel's own distribution function $F_d$ makes its levels *even*. After it $\Phi^{-1}$ makes them
# normal, and a flow of just these curves *is* the model of independent pixels (notebook 03's triangular map without its conditions). The couplings then only have to learn how pixels go together.
#
# The curve must rise, be inverted and have a slope, all quickly. The **monotone rational-quadratic spline** does that: $K$ bins, in each a quotient of two quadratic
# functions that rises by a given amount, with given slopes at both ends; one more quadratic equation inverts it. (Durkan et al., 2019. `pushforward.flows.splines` has it in some thirty lines.) It is started from the training digits:
#
# - bin $k$ is the bin of level $k$, of width $\frac1K$, and the curve rises in it by the level's share $p_k$;
# - so the density in the bin is $K p_k$. At a knot between two bins the slope is the mean of both densities; at the two ends it is the density of the bin there.
#
# From there its widths, rises and slopes are learnt with the rest.
#
# **In numbers.** $K = 3$, shares $0.5, 0.3, 0.2$: densities $1.5, 0.9, 0.6$, slopes $1.5, 1.2, 0.75, 0.6$.
#
# The loss is the bound again, written for a flow that takes $x/K$: with $z$ and $\mathrm{ladj}$ from its `inverse`,
#
# $$-\log p(x) = \tfrac12 \|z\|^2 + \tfrac D2 \log 2\pi - \mathrm{ladj} + D \log K .$$
#
# **In numbers.** $D = 1$, $K = 17$, $x = 8.5$, a flow $z = 2 \cdot \frac{x}{17}$: $z = 1$, $\mathrm{ladj} = \log 2$, so $0.5 + 0.9189 - 0.6931 + 2.8332 = 3.5590$ nats.


# %% tags=["given"]
from pushforward.flows.pixels import PixelCoupling, PixelSplines

CHESS = (torch.arange(8)[:, None] + torch.arange(8)).flatten() % 2 == 0  # the white fields of a board


class CurvesAndCouplings(torch.nn.Module):
    """x (N, 64), values 0 … 1, to noise and back: a curve for each pixel; then white fields move black ones, and in turn."""

    def __init__(self, rises, slopes, couplings=4, width=256, dropout=0.2):
        super().__init__()
        self.curves = PixelSplines.through(rises, slopes)
        known = [CHESS if k % 2 == 0 else ~CHESS for k in range(couplings)]
        self.couplings = torch.nn.ModuleList(PixelCoupling(where, width, 5, dropout) for where in known)

    def inverse(self, x, how=None):
        """z and log |det ∂z/∂x|; how: as `moved` tells it, zeros for pictures as they are."""
        how = x.new_zeros(len(x), 5) if how is None else how
        z, total = self.curves.inverse(x)
        for layer in self.couplings:
            z, ladj = layer.inverse(z, how)
            total = total + ladj
        return z, total

    def forward(self, z):
        """x and log |det ∂x/∂z|, of pictures as they are."""
        total, how = 0, z.new_zeros(len(z), 5)
        for layer in reversed(self.couplings):
            z, ladj = layer(z, how)
            total = total + ladj
        x, ladj = self.curves(z)
        return x, total + ladj


@torch.enable_grad()
def train_curves(steps, seed=0, batch=100, rate=4e-3, average=0.99):
    """(flow, history): curves from the training digits, then all of it by your start_of_curves and flow_nats."""
    torch.manual_seed(seed)
    flow = CurvesAndCouplings(*start_of_curves(pixel_log_p(TRAIN.long(), 17, 0.2).to(TRAIN)))
    optimiser = torch.optim.AdamW(flow.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.0)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min((k + 1) / 20, 0.5 + 0.5 * math.cos(math.pi * k / steps))
    )

    def step(k):
        pictures, how = moved(TRAIN[torch.randint(len(TRAIN), (batch,))].reshape(-1, 8, 8), 0.5)
        levels = pictures.flatten(1)
        loss = flow_nats(lambda x: flow.inverse(x, how), levels + torch.rand_like(levels), 17).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        pace.step()
        return loss

    history = train(step, flow, steps, seed=seed, average=average, label="curves and couplings")
    return flow.eval().requires_grad_(False), history


@functools.cache  # trained once, when first asked for; run this cell again after changing start_of_curves or flow_nats
def curves_run(seed=0):
    """The run that is judged."""
    return train_curves(budget(full=1200, graded=400, quick=10), seed)


# %% [markdown]
# The check asks your functions. It takes the 447 test digits, which no training has seen, adds noise of its own over whole bins, and works out the bound from your `digit_to_noise`. It does not take
# your log-determinant on trust: it compares it with the Jacobian of the map, and goes there and back with `digit_from_noise`.
#
# | budget | full marks | half of them |
# |---|---|---|
# | full, 1200 steps | at most 91 nats per test digit | 97 nats |
# | graded, 400 steps | 98 nats | 104 nats |
# | quick, 10 steps | only the form of the answers counts | |
#
# **Write** the start of the curves, the loss that the training needs, and both ways of the trained flow, in units of levels.


# %% tags=["solve:flow.train_digits"]
def start_of_curves(log_p):
    """rises, the shares p_dk, and slopes at the K + 1 knots: K p_d0, then K (p_d,k-1 + p_dk) / 2, at the end K p_d,K-1.

    log_p: (D, K), log shares of each pixel, K ≥ 2;  returns rises (D, K) and slopes (D, K + 1), of the type of log_p.
    """
    ### BEGIN SOLUTION
    p = log_p.exp()
    density = p.shape[1] * p
    return p, torch.cat([density[:, :1], (density[:, :-1] + density[:, 1:]) / 2, density[:, -1:]], dim=1)
    ### END SOLUTION


def flow_nats(inverse, x, K):
    """-log p(x) per unit of level, ½ ‖z‖² + D/2 log 2π - ladj + D log K, with z and ladj from inverse(x / K).

    inverse: takes (N, D), gives z (N, D) and log |det ∂z/∂input| (N,); x: (N, D), values 0 … K, K ≥ 2; K: int ≥ 2;
    returns (N,), of the type of x.
    """
    ### BEGIN SOLUTION
    z, ladj = inverse(x / K)
    D = x.shape[1]
    return 0.5 * (z**2).sum(1) + 0.5 * D * math.log(2 * math.pi) - ladj + D * math.log(K)
    ### END SOLUTION


def digit_to_noise(x):
    """z and log |det ∂z/∂x| by the flow that curves_run() has trained, x = level + u with 17 levels.

    x: (N, 64), values between 0 and 17;  returns z (N, 64) and ladj (N,), with its graph.
    """
    ### BEGIN SOLUTION
    z, ladj = curves_run()[0].inverse(x / 17)
    return z, ladj - 64 * math.log(17)
    ### END SOLUTION


def digit_from_noise(z):
    """The way back: x with digit_to_noise(x) = z.

    z: (N, 64);  returns (N, 64), values 0 … 17; the picture's levels are what is left after rounding down.
    """
    ### BEGIN SOLUTION
    return 17 * curves_run()[0](z)[0]
    ### END SOLUTION


# %% tags=["check:flow.train_digits:5"]
check("flow.train_digits")

# %% [markdown]
# ### The ladder, whole
#
# One more rung, which needs no training at all: the curves alone, and then *one* normal distribution of their $z$, with a covariance of $64 \times 64$ as in notebook 01. **Predict** where it stands.

# %% tags=["demo"]
with waiting_for("start_of_curves", "flow_nats", "digit_to_noise", "digit_from_noise", "pixel_log_p", "spread_levels"):
    fresh = (
        CurvesAndCouplings(*start_of_curves(pixel_log_p(TRAIN.long(), 17, 0.2).to(TRAIN))).requires_grad_(False).eval()
    )
    z = torch.cat([fresh.inverse(spread_levels(TRAIN, seed) / 17)[0] for seed in range(5)])
    bell = torch.distributions.MultivariateNormal(torch.zeros(64).to(z), z.T @ z / len(z))
    x = torch.cat([spread_levels(TEST, seed) for seed in range(4)])
    z, ladj = fresh.inverse(x / 17)
    RUNGS["curves, then one normal ≤"] = float((64 * math.log(17) - ladj - bell.log_prob(z)).mean())
    RUNGS["curves and couplings ≤"] = float(flow_nats(curves_run()[0].inverse, x, 17).mean())
    told = ", ".join(f"{name.removesuffix(' ≤')} {nats:.1f}" for name, nats in RUNGS.items())
    show(draw_rungs(RUNGS, 3), alt=f"A bar for each model, in nats per picture and bits per dimension: {told}.")

# %% [markdown]
# Curves and a covariance, both read off the training digits, already beat all that the plain couplings learnt: the right *marginals* are worth more than depth. And the
# trained flow goes some seven nats below that; it is the best model of digits so far. Notebooks 05 and 16 will go lower still, the one with exact probabilities of every
# level, the other with a bound of another kind. What all have in common is the unit.
#
# How do they look? A likelihood is one thing, samples another (notebook 09):

# %% tags=["demo"]
with waiting_for("digit_from_noise", "to_line", "nats_of_levels"):
    start = torch.randn(14, 64, generator=torch.Generator().manual_seed(5)).to(TEST)
    rows = {
        "test digits": TEST[:14],
        "affine couplings": plain_run()[0].draw(start),
        "curves and couplings": digit_from_noise(start).floor(),
    }
    show(
        draw_made({name: levels.reshape(-1, 8, 8) for name, levels in rows.items()}),
        alt="Three rows of fourteen pictures. Test digits; samples of the plain couplings, smears with grey speckles on the paper; "
        "samples of curves and couplings, on clean paper, some of them digits and many of them broken strokes.",
    )

# %% [markdown]
# **Question (3 points).** Three programs report on the same test digits: (a) "$-85.1$ nats, pixels on $[0, 1]$, full bins"; (b) "$2.2$ bits per dimension, bound"; (c) "$61$ nats, uniform noise on $[0, \frac12)$ added to levels
# $0, 1, \dots, 16$". Which is the best model, and what can be said of each?

# %% [markdown] tags=["written:flow.comparable:3"]
# ### BEGIN SOLUTION
# **Model answer.** Bring all to nats per picture in unit bins. (a) $-85.1 + 64 \log 17 = 96.2$ nats. (b) $2.2 \cdot 64 \cdot \log 2 = 97.6$ nats; the model may be better than that, since it is a bound (so is (a), if noise was added to
# the test digits). (c) The noise fills half a bin: a valid bound is $61 + 64 \log 2 = 105.4$ nats. So (a) is best as reported, hardly ahead of (b), and (c), which looks best, comes last.
#
# **Rubric**
# - (1) a: the change of units, 96.2
# - (0.5) b: 97.6
# - (1) c: half bins, add 64 log 2
# - (0.5) the order, and that a bound may be beaten by the model itself
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## What you can now do
#
# - turn whole numbers into points, and say what a density then promises about them;
# - read a likelihood in nats, in bits per dimension or as a density, and find the slip in one that is too good;
# - climb a ladder of simple models before training a large one;
# - train a flow of curves and couplings on pictures, and prove what it is worth on pictures that it has not seen.

# %% [markdown]
# ## Exam-style questions
#
# ### Short: recall and compute
#
# **1.** A flow of colour pictures, $32 \times 32 \times 3$ pixels with 256 levels, reports $-\log p = -12{,}000$ nats on $[0, 1]$. How many bits per dimension are that?
#
# <details><summary>Answer</summary>
#
# In unit bins $-12{,}000 + 3072 \log 256 = 5034.8$ nats; over $3072 \log 2$ that is $2.364$ bits.
#
# </details>
#
# **2.** One pixel; in the bin of level 0 a density is $1.5$ on the first half and $0.5$ on the second. What does the level cost honestly, and what does uniform dequantisation charge?
#
# <details><summary>Answer</summary>
#
# $P = \frac12 \cdot 1.5 + \frac12 \cdot 0.5 = 1$: nothing. The bound is $-\frac12 (\log 1.5 + \log 0.5) = 0.1438$ nats.
#
# </details>
#
# **3.** What is the log-determinant of $y = \operatorname{logit}(x/17)$ at $x = 8.5$, for one pixel?
#
# <details><summary>Answer</summary>
#
# $\log\frac1{17} - \log\frac12 - \log\frac12 = -2.8332 + 1.3863 = -1.4469$.
#
# </details>
#
# ### Longer: transfer
#
# **4.** A flow is trained on digits that were shifted by up to two pixels, and tested on digits as they are. Is its bound valid? Why does it get better if the flow is told the shift, and asked with shift 0?
#
# <details><summary>Answer</summary>
#
# Valid: the bound holds for any density, whatever it was fitted to, as long as the test digits get noise over whole bins. Untold, the flow describes the mixture over all shifts, and a digit in its place gets only
# part of the mass. Told, it has a density for each shift, of which the one for shift 0 is used; the others still teach it what strokes look like.
#
# </details>
#
# **5.** Uniform noise leaves a gap. Let the noise come from a density $q(u \mid k)$ on the box instead. Which bound holds then, for which $q$ is it tight, and which $q$ gives back the bound of this chapter?
#
# <details><summary>Answer</summary>
#
# $\log P(k) = \log \mathbb E_q \frac{p(k + u)}{q(u \mid k)} \ge \mathbb E_q[\log p(k + u) - \log q(u \mid k)]$. The gap is $\mathrm{KL}(q \,\|\, p(\cdot)/P(k))$, so it is tight for $q(u \mid k) = p(k + u)/P(k)$. The uniform
# $q = 1$ gives back ours. (A second flow may learn $q$: variational dequantisation.)
#
# </details>
#
# **6.** (8 points) A program adds noise uniform on $[0, w)^D$, $w < 1$, to whole numbers, and reports $L = \mathbb E[-\log p(k + u)]$ after training. (a) By how much can the best reported $L$ lie below that of an honest
# program with the same kind of model? (b) Which valid bound follows from $L$? (c) You may call the trained density $p$ at points of your choice. How do you find out that $w < 1$, and which $w$ it was?
#
# <details><summary>Answer</summary>
#
# (a) (3 points) A density can leave the rest of every box empty and be $w^{-D}$ times as high on the part that is asked about. Then $L$ is lower by $D \log \frac1w$, and not by more: see (b).
#
# (b) (3 points) $P(k) \ge \int_{[0,w)^D} p(k + u)\,du = w^D\,\mathbb E\,p(k + u)$, so by Jensen's inequality $-\log P(k) \le L + D \log \frac1w$.
#
# (c) (2 points) Compare $\log p(k + u)$ for $u$ in several parts of the box, around frequent pictures: it is high below $w$ and falls off sharply above, in each coordinate. Honest training leaves it about level over the box.
#
# </details>

# %% [markdown]
# ## An open question
#
# A flow has to move noise that nobody asked for: three quarters of the pixels are plain paper, and their place within the bin is pure chance. Integer flows map whole numbers to whole numbers and need no noise, but they
# have to round, and learn badly through it. Is there a flow for whole numbers that is as easy to train as one for points?

# %% tags=["given"]
total()
