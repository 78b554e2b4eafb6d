# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: pushforward,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   pushforward:
#     generated: 'from solutions/15_diffusion_forward.py by `make course`: to change
#       the course, edit that file'
# ---

# %% [markdown]
# <small>[The course](README.md) · before: [10 Adversarial learning](10_gans.ipynb) · next: [16 Denoising diffusion](16_ddpm.ipynb)</small>

# %% [markdown]
# # 15 · Diffusion: the forward process
#
# Take a picture, fade it by a hair and sprinkle a hair of noise on it. Do that a thousand times, and nothing is left
# of the picture: what you hold is a draw from a standard normal distribution, whatever you began with. A diffusion
# model learns to walk this road backwards, and so turns noise into pictures.
#
# This chapter is about the road itself. Nothing here is learnt. Everything is Gaussian, so every statement can be
# worked out exactly, and every answer of yours can be checked exactly. What you build here (noising in one jump, the
# posterior of one step, a judge of schedules) is the whole machinery that notebook 16 trains on.
#
# You need: mean and variance of sums, the density of a normal distribution, Bayes' rule. Time: two to three hours.
# Labels such as 001 P4d say where a question comes from; notebook 00 lists these sources.

# %% nbgrader={"schema_version": 3, "grade_id": "given-package", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "571aa1d2836383b309d513874fc93c34", "cell_type": "code"} jupyter={"source_hidden": true} cellView="form" deletable=false editable=false
# @title The course's package: nothing happens here unless it is missing
import importlib.util
from pathlib import Path

if importlib.util.find_spec("pushforward") is None:
    beside = sorted(str(path) for path in Path().glob("pushforward*") if path.suffix in (".whl", ".zip"))
    raise SystemExit(
        f"The course's package is missing: run `%pip install {beside[-1]}` in a cell of its own, then this one again."
        if beside
        else "The course's package is missing: in a copy of the course `make wheel` builds it; "
        "put that file, or the copy as a zip named pushforward.zip, beside this notebook and run this cell again."
    )

# %% nbgrader={"schema_version": 3, "grade_id": "given-15-diffusion-the-forward-process-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "04fc46b58095bba8b165fab9f549f032", "cell_type": "code"} deletable=false editable=false
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits, two_moons
from pushforward.figures.explorer import schedule_explorer
from pushforward.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    draw_forward,
    draw_verdicts,
    figure,
    image,
    show,
)
from pushforward.train import budget
from pushforward.waiting import waiting_for, with_bar

# %% tags=["demo"]
pictures = digits()[0] / 8 - 1  # levels 0 … 16 become −1 … 1
source = torch.Generator().manual_seed(1)
moons = two_moons(800, noise=0.06, generator=source)
moons = (moons - moons.mean(0)) / moons.std(0)
show(
    draw_forward(pictures[3], moons, source),
    alt="Seven stages from signal to noise, left to right, for a handwritten 3 and for a cloud of two moons. The share "
    "of the signal falls from 100 to 0 per cent, the share of the noise grows as much; at the end the digit is a grey "
    "jumble and the moons are one round cloud.",
)


# %% [markdown]
# ## The picture
#
# Each column mixes a signal with noise. The bars show the *shares*: how much of the variance is signal (solid) and
# how much is noise (hatched). They always add up to one. From left to right is the **forward process**: fixed,
# without parameters, the subject of this chapter. From right to left is what notebook 16 learns.
#
# Look at the moons. Neighbouring colours stay neighbours for a while, at 50 % you can still guess from where a point
# came, at 7 % hardly, at 0 % not at all. That is the whole art: forget so slowly that each single step can be undone,
# and so thoroughly that in the end there is nothing left to know.
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x_0$ | `x0` | a data point: a number, a vector, a picture |
# | $x_t,\ t = 1 \dots T$ | `xt` | the same after $t$ noising steps (001 calls it $z_n$, and $T$ is its $N$) |
# | $\epsilon$ | `eps` | standard normal noise, of the shape of $x_0$; always an *argument*, so that results can be repeated |
# | $\beta_t$ | `beta[t - 1]` | variance of the noise that step $t$ brings |
# | $\alpha_t = 1 - \beta_t$ | | what step $t$ keeps of the variance |
# | $\bar\alpha_t = \alpha_1 \alpha_2 \cdots \alpha_t$ | `alpha_bar[t - 1]` | what the first $t$ steps keep; $\bar\alpha_0 = 1$ |
# | $\mu, \sigma$ | `mu`, `sigma` | a mean, a standard deviation |
#
# **Time runs $1 \dots T$ as in the papers, arrays start at 0: the entry for time $t$ is `[t - 1]`.** This is said
# once and holds everywhere below.
#
# In a batch each item has its own time. The next cell gives you a small tool for that.

# %% nbgrader={"schema_version": 3, "grade_id": "given-notation-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "037ee9ba7bf63eda073a0bda7bbd46de", "cell_type": "code"} deletable=false editable=false
def per_item(values, like):
    """(B,) → (B, 1, …, 1) with as many axes as `like` (B, …), so that item i is multiplied by values[i]."""
    return values.reshape(-1, *[1] * (like.dim() - 1))


# %% [markdown]
# ## 1 · One step, and then many
#
# The most general step that scales and adds Gaussian noise has two numbers (002 9-3a):
#
# $$x_t = a\,x_{t-1} + b\,\epsilon_t, \qquad \epsilon_t \sim \mathcal N(0, I)
# \qquad\text{that is}\qquad x_t \mid x_{t-1} \sim \mathcal N(a\,x_{t-1},\; b^2 I) .$$
#
# Writing a sample as *mean plus standard deviation times standard noise* is called **reparameterisation**. Mind the
# square: the noise is multiplied by $b$, and then its variance is $b^2$.
#
# What happens after $t$ such steps? Start from a fixed $x_0$. A linear function of Gaussians is Gaussian, so mean and
# variance say all. Write $x_t \mid x_0 \sim \mathcal N(s_t\,x_0,\, v_t I)$. One more step multiplies the mean by $a$
# and the variance by $a^2$, and the fresh noise, being independent, adds its variance:
#
# $$s_t = a\,s_{t-1}, \quad s_0 = 1, \qquad\qquad v_t = a^2 v_{t-1} + b^2, \quad v_0 = 0 .$$
#
# So $s_t = a^t$. For the variance insert the rule into itself: $v_1 = b^2$, $v_2 = b^2(1 + a^2)$, and so on,
#
# $$v_t = b^2 \left(1 + a^2 + a^4 + \dots + a^{2(t-1)}\right),$$
#
# a geometric series. Sum it (multiply by $1 - a^2$ and see what cancels), and ask what the series is when $a = 1$.
#
# There are three temperaments. If $|a| < 1$ the variance settles where $v = a^2 v + b^2$, at $v = b^2/(1 - a^2)$;
# this is 1 exactly if $b^2 = 1 - a^2$. If $b$ is smaller than that, everything fades; if $a = 1$, nothing fades and
# the variance grows for ever.
#
# **In numbers.** $a = 0.8$, $b = 0.6$, $t = 2$: scale $0.64$, variance $0.36\,(1 + 0.64) = 0.5904$.
#
# **Write** `noising_step`, one step with the noise given, and `marginal_after`, the scale and the variance after $t$
# steps.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-step-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "27e57dd34a2127a810ab7d15179de3bd", "cell_type": "code"} deletable=false
def noising_step(x_prev, eps, a, b):
    """x_t = a x_{t-1} + b eps, so that x_t | x_{t-1} ~ N(a x_{t-1}, b² I).   (002 9-3a)

    x_prev, eps: same shape; a: float, ≠ 0; b: float;  returns x_t, of the shape and type of x_prev.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def marginal_after(t, a, b):
    """(scale, variance) of x_t | x_0 ~ N(scale · x_0, variance · I) after t such steps; a = 1 and a < 0 are allowed.

    t: int ≥ 1; a: float, ≠ 0; b: float;  returns two floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-step", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "150be17da5ffd0c3277438ba4dd5d9c8", "cell_type": "code"} deletable=false editable=false
check("diffusion.step")

# %% [markdown]
# Now let your two functions check each other. The thin lines walk step by step with `noising_step`, all from
# $x_0 = 3$; the shaded band is what `marginal_after` predicts for 95 % of them.

# %% tags=["demo"]
with waiting_for("noising_step", "marginal_after"):
    fig, axes = figure(1, 3, (9, 3.2), sharey=True)
    temperaments = {
        "fades: $a = 0.97,\\ b = 0.05$": (0.97, 0.05),
        "keeps: $b^2 = 1 - a^2$": (0.97, 0.243),
        "explodes: $a = 1$": (1.0, 0.243),
    }
    for ax, (name, (a, b)) in zip(axes, temperaments.items(), strict=True):
        walk = [torch.full((25,), 3.0)]
        for _ in range(150):
            walk.append(noising_step(walk[-1], torch.randn(25, generator=source), a, b))
        ax.plot(torch.stack(walk), color=GREY, linewidth=0.5)
        scale, variance = torch.tensor([(1.0, 0.0)] + [marginal_after(t, a, b) for t in range(1, 151)]).T
        ax.plot(3 * scale, color=BLUE)
        ax.fill_between(
            range(151), 3 * scale - 1.96 * variance.sqrt(), 3 * scale + 1.96 * variance.sqrt(), color=BLUE, alpha=0.25
        )
        ax.set(title=name, xlabel="time $t$")
    axes[0].set_ylabel("$x_t$, starting at 3")
    show(fig, alt="Three fans of random paths from the value 3 over 150 steps, each inside its predicted band. In the "
         "first all paths fade to zero, in the second they settle around zero with a constant width of about two, in "
         "the third they stay around 3 and spread ever wider.")  # fmt: skip


# %% [markdown]
# The middle one is what diffusion models mostly use, under the name **variance preserving**: with
# $a = \sqrt{1 - \beta}$ and $b = \sqrt\beta$ the variance tends to 1, and data of variance 1 keep it all the way. The
# right one returns in section 11.

# %% [markdown]
# ## 2 · Schedules, and what is left of the signal
#
# There is no reason to use the same $\beta$ at every step. A **schedule** is a list $\beta_1, \dots, \beta_T$, and
# step $t$ is
#
# $$x_t = \sqrt{1 - \beta_t}\; x_{t-1} + \sqrt{\beta_t}\; \epsilon_t .$$
#
# Here are the six that will accompany us. The first four are those of 001 P4d, where you are to say which of them may
# be used at all (section 7). The other two are used in practice: *linear*, scaled so that its total stays the same
# for every length $N$, and *cosine*, defined by what it leaves of the signal rather than by what it adds.

# %% nbgrader={"schema_version": 3, "grade_id": "given-2-schedules-and-what-is-left-of-the-sign-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8c1131a037d9413fae073f88bf5ca51a", "cell_type": "code"} deletable=false editable=false
def times(N):
    """n = 1, 2, …, N as float64."""
    return torch.arange(1, N + 1, dtype=torch.float64)


def cosine(N, s=0.008):
    """beta_n = 1 − f(n) / f(n − 1) with f(n) = cos²(π/2 · (n/N + s) / (1 + s)), not clipped."""
    f = torch.cos(torch.pi / 2 * (torch.arange(N + 1, dtype=torch.float64) / N + s) / (1 + s)) ** 2
    return 1 - f[1:] / f[:-1]


SCHEDULES = {  # name -> function of the length N that returns beta_1 … beta_N
    "sin(n/N)": lambda N: torch.sin(times(N) / N),
    "1 − 1/n": lambda N: 1 - 1 / times(N),
    "log(1 + n/N)": lambda N: torch.log1p(times(N) / N),
    # −cos(πn/N) = sin(π(2n − N)/2N): written so, it is exactly 0 where n/N is ½, which a cosine of a rounded π is not
    "−cos(πn/N)": lambda N: torch.sin(torch.pi * (2 * times(N) - N) / (2 * N)),
    "linear": lambda N: torch.linspace(1e-4, 0.02, N, dtype=torch.float64) * 1000 / N,
    "cosine": cosine,
}


# %% [markdown]
# How much of $x_0$ survives $t$ steps? Each step multiplies the mean by $\sqrt{1 - \beta_s}$, so after $t$ steps the
# factor is
#
# $$\sqrt{1 - \beta_1}\,\sqrt{1 - \beta_2} \cdots \sqrt{1 - \beta_t} = \sqrt{\bar\alpha_t}
# \qquad\text{with}\qquad \bar\alpha_t = \prod_{s=1}^{t} (1 - \beta_s) .$$
#
# $\bar\alpha_t$ is the most important number of the chapter: **the share of the signal that is left at time $t$.**
#
# A product of a thousand numbers below one is a delicate thing. With $\beta_n = \sin(n/N)$ and $N = 1000$ it ends
# near $10^{-321}$. In `float32` the product becomes an exact 0 at step 424; what is then $\log\bar\alpha_t$, or
# $1/\bar\alpha_t$? The cure is to live in **log space**: a product becomes a sum, and a sum of a thousand logarithms
# is nothing to worry about,
#
# $$\log\bar\alpha_t = \sum_{s=1}^t \log(1 - \beta_s) .$$
#
# (For small $\beta$ there is a second subtlety. In `float32`, $1 - 10^{-4}$ keeps only three or four digits of the
# $10^{-4}$. Your library has a function that computes $\log(1 + u)$ without ever forming $1 + u$.)
#
# **In numbers.** $\beta = (0.1,\, 0.2,\, 0.3)$ gives $\bar\alpha = (0.9,\; 0.72,\; 0.504)$ and
# $\log\bar\alpha = (-0.105,\; -0.329,\; -0.685)$.
#
# **Write** both, for a schedule `beta` of any length.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-alpha_bar-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "4d91d89b063396f2eb342c344be4cd2b", "cell_type": "code"} deletable=false
def alpha_bar(beta):
    """alpha_bar_t = (1 - beta_1)(1 - beta_2) … (1 - beta_t), for t = 1 … T.   (001 P4)

    beta: (T,), float32 or float64, values in [0, 1];  returns (T,), same type; entry t - 1 belongs to time t.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def log_alpha_bar(beta):
    """log alpha_bar_t, finite also where alpha_bar_t itself is too small for its type.

    beta: (T,), values in (0, 1);  returns (T,), same type.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-alpha_bar", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "dade9c598b93c13ea7d56dd422695d30", "cell_type": "code"} deletable=false editable=false
check("diffusion.alpha_bar")

# %% [markdown]
# You can now read a schedule at a glance. The picture to look at is not $\beta$ but $\bar\alpha$:

# %% tags=["demo"]
with waiting_for("alpha_bar", "log_alpha_bar"):
    fig, (left, right) = figure(1, 2, (9, 3.4))
    for name, colour, dash in (
        ("linear", BLUE, "-"),
        ("cosine", VERMILION, "--"),
        ("sin(n/N)", GREEN, "-."),
        ("log(1 + n/N)", ORANGE, ":"),
    ):
        beta = SCHEDULES[name](1000)
        left.plot(times(1000), alpha_bar(beta), dash, color=colour, label=name)
        right.plot(times(1000), log_alpha_bar(beta) / math.log(10), dash, color=colour, label=name)
    left.set(xlabel="time $t$", title=r"share of the signal left, $\bar\alpha_t$")
    right.set(xlabel="time $t$", title=r"the same in powers of ten, $\log_{10}\bar\alpha_t$", ylim=(-60, 2))
    right.axhline(-45, color=GREY, linewidth=0.8)
    right.text(1000, -46, "smallest float32", ha="right", va="top", color=GREY)
    left.legend()
    show(fig, alt="Left: the share of the signal over a thousand steps. Linear falls to one half at step 260 and flattens "
         "near zero from step 600; cosine falls almost along a straight line to zero at the end; sine and logarithm drop to "
         "zero within 150 steps. Right, in powers of ten: sine and logarithm pass below the smallest float32 number before "
         "step 460.")  # fmt: skip


# %% [markdown]
# *Linear* spends its last third on pictures that are 99 % noise. *Cosine* forgets at an even pace, which is why it
# was invented. *Sine* and *logarithm* have forgotten nearly everything after a tenth of the way: allowed, but
# wasteful.

# %% [markdown]
# ### Detective: which of these is no $\bar\alpha$?
#
# So far this notebook judged you. Now judge others. You get functions that claim to compute $\bar\alpha$; some do, in
# their own way and with their own rounding, and some only look like it: off by one step, another formula, wrong where
# hardly any signal is left ($\bar\alpha_t = 10^{-12}$, say), or right for the schedules that their author happened to try.
#
# Your test may call the function as often as it likes, on schedules of your choice. What you know by heart helps:
# for $\beta = (0.1,\, 0.2,\, 0.5)$ the result is $(0.9,\; 0.72,\; 0.36)$, and
# $\bar\alpha_t = (1 - \beta_t)\,\bar\alpha_{t-1}$ for every schedule there is. Two right programs differ in their last
# digits, so ask for agreement *relative to the size* of what is compared.
#
# **Write** the test. It has to let every right function pass; then each kind of impostor that it unmasks is worth points.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-catch_alpha_bar-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "c4fc3b70e443a0f96135aad8c0d5f6a8", "cell_type": "code"} deletable=false
def is_alpha_bar(implementation):
    """True if the function is an implementation of alpha_bar, False if it is not.

    implementation: takes beta, (T,), and gives (T,), of the same type; call it on tensors of your choice (values only:
    no gradient comes back);  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-catch_alpha_bar", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "dce60d7a4595b20ef7669898ddd8cbff", "cell_type": "code"} deletable=false editable=false
check("diffusion.catch_alpha_bar")


# %% [markdown]
# ## 3 · Any time in one jump
#
# To train on a noisy picture at time 700 you need not walk 700 steps. **Claim:** for every $t$
#
# $$x_t \mid x_0 \sim \mathcal N\!\big(\sqrt{\bar\alpha_t}\; x_0,\; (1 - \bar\alpha_t)\, I\big)
# \qquad\text{so}\qquad \boxed{x_t = \sqrt{\bar\alpha_t}\; x_0 + \sqrt{1 - \bar\alpha_t}\; \epsilon .}$$
#
# *Proof by induction.* At $t = 1$ this is the step itself, as $\bar\alpha_1 = 1 - \beta_1$. Suppose it holds at
# $t - 1$. One more step multiplies mean and standard deviation by $\sqrt{\alpha_t}$ and adds independent noise of
# variance $\beta_t = 1 - \alpha_t$. The mean becomes
# $\sqrt{\alpha_t}\sqrt{\bar\alpha_{t-1}}\,x_0 = \sqrt{\bar\alpha_t}\,x_0$, and the variance
#
# $$\alpha_t\,(1 - \bar\alpha_{t-1}) + (1 - \alpha_t) \;=\; \alpha_t - \bar\alpha_t + 1 - \alpha_t \;=\; 1 - \bar\alpha_t . \qquad\blacksquare$$
#
# Note what the step from the second to the third expression used: the $\alpha_t$ that was added is the same that was
# taken away. That is the meaning of *variance preserving*.
#
# The quotient $\mathrm{SNR}_t = \bar\alpha_t / (1 - \bar\alpha_t)$ is the **signal-to-noise ratio**. It tells how
# hard it is to see $x_0$ in $x_t$, falls from nearly $\infty$ to nearly 0, and is 1 where $\bar\alpha_t = \frac12$.
#
# **In numbers.** $x_0 = 2$, $\epsilon = -1$, $\bar\alpha_t = 0.64$: $x_t = 0.8 \cdot 2 + 0.6 \cdot (-1) = 1$.
#
# **Write** `q_sample` for a whole batch in which every item has its own time. `alpha_bar[…]` takes a tensor of
# indices, and `per_item` from above gives the result its trailing axes.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-q_sample-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "5c1176d1d6f65c341799a5607cab2ee1", "cell_type": "code"} deletable=false
def q_sample(x0, t, eps, alpha_bar):
    """x_t = √alpha_bar_t x0 + √(1 - alpha_bar_t) eps, a draw from q(x_t | x_0).   (001 P4, 002 9-3b)

    x0, eps: (B, …), of the type of alpha_bar; t: (B,), int64, values 1 … T; alpha_bar: (T,), values in [0, 1];
    returns x_t, of the shape and type of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-q_sample", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "538857154fc63e8de638e047f0603821", "cell_type": "code"} deletable=false editable=false
check("diffusion.q_sample")

# %% [markdown]
# A thousand steps now cost as much as one. Do not take the induction on trust: walk the steps and compare.

# %% tags=["demo"]
with waiting_for("noising_step", "alpha_bar", "q_sample"):
    walkers = budget(20_000, 20_000, 200)
    beta = SCHEDULES["linear"](100)
    kept = alpha_bar(beta)
    x = start = torch.full((walkers,), 2.0)
    print("  t   step by step: mean, variance   in one jump: mean, variance")
    for t, b in enumerate(beta.tolist(), start=1):
        x = noising_step(x, torch.randn(walkers, generator=source), math.sqrt(1 - b), math.sqrt(b))
        if t in (1, 10, 25, 50, 100):
            jump = q_sample(start, torch.full((walkers,), t), torch.randn(walkers, generator=source), kept)
            print(f"{t:3}          {x.mean():7.3f}  {x.var():7.3f}              {jump.mean():7.3f}  {jump.var():7.3f}")

# %% [markdown]
# ### Play with it
#
# Choose a schedule, its length $T$ and a time $t$. Above: the variance that each step adds. Below: the
# signal-to-noise ratio in decibels ($10 \log_{10} \mathrm{SNR}$; 0 dB means equal shares). Right: four digits and
# what is left of them at time $t$.
#
# Things to try. At how many decibels do *you* stop recognising the digits, and is it the same for all four? Set
# *linear* to $T = 100$: does the picture at $t = T/2$ change? And choose $-\cos(\pi n/N)$: the vermilion squares are
# not a number. Section 7 will say what went wrong.

# %% tags=["demo"]
with waiting_for("alpha_bar", "q_sample"):
    display(schedule_explorer(SCHEDULES, alpha_bar, q_sample, pictures[[3, 0, 14, 7]]))


# %% [markdown]
# ## 4 · The same by unrolling: a derivation of your own
#
# The induction above is quick, but you had to know the answer beforehand. Source 002 (9-3b) finds it by unrolling,
# for a constant $\alpha$, and asks where the road ends. Do it yourself, line by line. Each line is a function that
# returns its *terms*, by name; the check looks at every term and says between which two lines equality was lost.
#
# As in the source, the noise that enters in step $k + 1$ is called $\epsilon_k$, so $\epsilon_0$ enters first:
# $\;x_t = \sqrt\alpha\,x_{t-1} + \sqrt{1 - \alpha}\,\epsilon_{t-1}$.
#
# **Line 1** writes this step as two terms, what comes from $x_{t-1}$ and what comes from the new noise.
#
# **Line 2** inserts the same rule for $x_{t-1}$. Now there are three terms: from $x_{t-2}$, from the old noise
# $\epsilon_{t-2}$, and from the new noise $\epsilon_{t-1}$. The old noise has been through a step that the new one
# has not.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-geometric_series-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "8c9c74f9d051b3fb87dab79360ee0f53", "cell_type": "code"} deletable=false
def unroll_once(x_prev, eps_new, alpha):
    """Line 1: x_t as the sum of "signal" (from x_{t-1}) and "new_noise" (from eps_{t-1}).   (002 9-3b)

    x_prev, eps_new: same shape; alpha: float in (0, 1);
    returns {"signal": …, "new_noise": …}, each of the shape and type of x_prev.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    """Line 2: x_t as the sum of "signal" (from x_{t-2}), "old_noise" (from eps_{t-2}), "new_noise" (from eps_{t-1}).

    x_prev2, eps_old, eps_new: same shape; alpha: float in (0, 1);
    returns a dict of the three, each of the shape and type of x_prev2.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% [markdown]
# **Line 3** goes on down to $x_0$: one signal term, and $t$ noise terms, one for each $\epsilon_k$. How many later
# steps has $\epsilon_k$ been through?

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-geometric_series-answer-2", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "8fc96b75fa305ffbd02c4eb7f098d28b", "cell_type": "code"} deletable=false
def unroll_all(x0, eps, alpha):
    """Line 3: x_t as the sum of "signal" (from x_0) and of the t rows of "noise", row k from eps_k.

    x0: any shape; eps: (t, …), eps[k] like x0, eps[0] entered first; alpha: float in (0, 1);
    returns {"signal": …, "noise": …}, of the shape and type of x0 and of eps.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% [markdown]
# **Line 4** takes the variance. The $\epsilon_k$ are independent with variance 1, so the variance of their sum is the
# sum of the squared coefficients. Take out the common factor, and order the rest from the newest noise to the oldest.
#
# **Line 5** sums the series. Then let $t \to \infty$: what becomes of the mean, what of the variance?

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-geometric_series-answer-3", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "72735db51c1abf11e337f0f64d01dcae", "cell_type": "code"} deletable=false
def variance_sum(t, alpha):
    """Line 4: the variance of x_t | x_0 as "factor" times the sum of "powers", newest noise first.

    t: int ≥ 1; alpha: float in (0, 1);  returns {"factor": float, "powers": t numbers, as a list or tensor}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def variance_closed(t, alpha):
    """Line 5: the same "variance", summed to a closed form.

    t: int ≥ 1; alpha: float in (0, 1);  returns {"variance": float}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-geometric_series", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "dbedb6228c8834f923951b1915764e74", "cell_type": "code"} deletable=false editable=false
check("diffusion.geometric_series")


# %% [markdown]
# You have proved it: $x_t \mid x_0$ has mean $\sqrt\alpha^{\,t} x_0 \to 0$ and a variance that tends to 1, so it
# converges to $\mathcal N(0, I)$ whatever $x_0$ was. For constant $\alpha$, that is.

# %% [markdown]
# ## 5 · Does it always forget?
#
# The source adds that $\alpha$ may just as well depend on $t$, without much of a change. Mostly so, but with one
# condition, which is worth knowing because it is so easily lost: **the $\beta_t$ must add up to infinity.**
#
# Why? Since $\log(1 - u) \le -u$, we have $\log\bar\alpha_t \le -\sum_{s \le t} \beta_s$. If the sum grows without
# bound, $\bar\alpha_t \to 0$ and all is forgotten. Now suppose that $\sum \beta_s$ is finite. Then
# $\beta_s \le \frac12$ from some $s$ on, and there $\log(1 - u) \ge -2u$, so $\log\bar\alpha_t$ stays above some
# finite number: $\bar\alpha_t$ falls, as ever, but to a *positive* limit. A ghost of the picture remains for all
# time.
#
# **In numbers.** $\beta_t = 1/(t + 1)$ tends to 0, and yet it forgets: $1 - \beta_t = t/(t+1)$, and in the product
#
# $$\bar\alpha_t = \frac12 \cdot \frac23 \cdot \frac34 \cdots \frac{t}{t+1} = \frac1{t+1} \;\to\; 0$$
#
# all but two numbers cancel. So $\beta_t \to 0$ is not the point; *how fast* is.
#
# **Find a witness.** Among the schedules $\beta_t = c\,(t + 1)^{-p}$, $t = 1, 2, 3, \dots$, choose numbers $c$ and
# $p$ for which every $\beta_t$ lies strictly between 0 and 1 and $\bar\alpha_t$ does *not* tend to 0, and give the
# limit to three digits. A proof needs nothing but these three numbers; the check decides exactly, without trusting
# any finite product. (For one choice of whole numbers the product cancels again.)

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-never_forgets-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "de2d75d598b3355c9ed1d6bdea47baec", "cell_type": "code"} deletable=false
def never_forgets():
    """(c, p, limit): beta_t = c (t + 1)^(-p) lies in (0, 1) for all t ≥ 1, and alpha_bar_t → limit > 0.   (002 9-3b)

    returns three floats, the limit right to three digits.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-never_forgets", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "ad14063ea7e25ba7dad691bf0332726d", "cell_type": "code"} deletable=false editable=false
check("diffusion.never_forgets")


# %% [markdown]
# You hold a counterexample, and know the exact condition under which the source's remark is true. A schedule on a
# computer is finite, of course, and never reaches its limit. How much that costs is the next question.

# %% [markdown]
# ## 6 · How far from the prior?
#
# In practice $T$ is finite, so something always remains. Generation starts from $x_T \sim \mathcal N(0, I)$, the
# **prior**, while the forward process really ends in $q(x_T \mid x_0)$. Their Kullback–Leibler divergence is the
# *prior matching* term of the bound that notebook 16 trains (002 9-3c, term 2). It has no parameters: you pay for it
# when you choose the schedule, and never again.
#
# Derive it. Let $q = \mathcal N(m, vI)$ in $d$ dimensions and $p = \mathcal N(0, I)$. Then
#
# $$\mathbb E_q[\log q] = -\tfrac d2 \log(2\pi v) - \tfrac d2, \qquad
# \mathbb E_q[\log p] = -\tfrac d2 \log(2\pi) - \tfrac12\, \mathbb E_q\|x\|^2 = -\tfrac d2\log(2\pi) - \tfrac12\left(dv + \|m\|^2\right),$$
#
# since $\mathbb E_q \|x\|^2$ is the sum of the variances plus the squared length of the mean. The difference is
#
# $$\mathrm{KL}(q \,\|\, p) = \tfrac12\Big(\underbrace{dv}_{\text{trace}} + \underbrace{\|m\|^2}_{\text{mean}} - d - \underbrace{d \log v}_{\text{log det}}\Big) .$$
#
# Here $m = \sqrt{\bar\alpha_T}\,x_0$ and $v = 1 - \bar\alpha_T$. As $\bar\alpha_T \to 0$ the trace, the
# log-determinant and $d$ cancel up to a term of order $d\,\bar\alpha_T^2$, and what is left is
# $\frac12 \bar\alpha_T \|x_0\|^2$: the gap is what the prior overlooks of the mean.
#
# **In numbers.** $d = 1$, $x_0 = 2$, $\bar\alpha_T = 0.1$: trace $0.9$, mean $0.4$, log det $-0.1054$, so KL
# $= \frac12(0.9 + 0.4 - 1 + 0.1054) = 0.2027$ nats.
#
# **Write** the three terms and their sum. `x0` holds a batch of vectors, so `mean` and `kl` have one entry for each.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-prior_gap-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "dda2d6cd771848a42381b644d245622a", "cell_type": "code"} deletable=false
def prior_gap(x0, alpha_bar_T):
    """KL(q(x_T | x_0) ‖ N(0, I)) = ½ (trace + mean - d - log_det) in nats, term by term.   (002 9-3c, d)

    x0: (B, d); alpha_bar_T: float in (0, 1);
    returns {"trace": number, "mean": (B,), "log_det": number, "kl": (B,)}, the tensors of the type of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-prior_gap", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "7db594445787df60bc9b001e2cc96eec", "cell_type": "code"} deletable=false editable=false
check("diffusion.prior_gap")

# %% [markdown]
# Put it to use. A popular way to ruin a diffusion model is to shorten it: someone takes $\beta$ from $10^{-4}$
# to $0.02$, made for $T = 1000$, and runs it with $T = 100$ to save time. What does that cost?

# %% tags=["demo"]
with waiting_for("alpha_bar", "prior_gap"):
    flat = pictures[:200].reshape(200, 64)
    lengths = [30, 50, 100, 200, 300, 500, 700, 1000, 1400, 2000]
    fixed = [prior_gap(flat, float(alpha_bar(SCHEDULES["linear"](T) * T / 1000)[-1]))["kl"].mean() for T in lengths]
    scaled = [prior_gap(flat, float(alpha_bar(SCHEDULES["linear"](T))[-1]))["kl"].mean() for T in lengths]
    fig, ax = figure(1, 1, (6.4, 3.6))
    ax.loglog(lengths, fixed, "o-", color=VERMILION, label=r"$\beta$ from $10^{-4}$ to $0.02$, whatever $T$")
    ax.loglog(lengths, scaled, "s-", color=BLUE, label=r"$\beta$ scaled by $1000/T$")
    ax.set(xlabel="number of steps $T$", ylabel="KL to the prior (nats per digit)", ylim=(1e-6, 100))
    ax.legend()
    show(fig, alt="Divergence from the prior against the number of steps, both on logarithmic axes. With fixed betas it is above "
         "ten nats for a hundred steps, falls steeply, and meets the scaled schedule at a thousand steps, where both are near "
         "a thousandth of a nat. The scaled schedule is nearly flat.")  # fmt: skip
    print(f"T = 100, not scaled: {fixed[2]:.1f} nats per digit; scaled: {scaled[2]:.4f}")


# %% [markdown]
# With a hundred unscaled steps more than a third of the signal is still there when the model believes it is looking
# at pure noise: it would start to generate from a distribution that it never saw.

# %% [markdown]
# ## 7 · Which schedules are allowed?
#
# Everything so far needs $\sqrt{\beta_t}$ and $\sqrt{1 - \beta_t}$, and section 9 will divide by $1 - \bar\alpha_t$
# and by $\alpha_t$. So what must a schedule satisfy? Go through the possibilities for a single $\beta_n$:
#
# - $\beta_n < 0$: a variance cannot be negative, and $\sqrt{\beta_n}$ is not real.
# - $\beta_n = 0$: step $n$ adds no noise. At $n = 1$ this leaves $\bar\alpha_1 = 1$, so $q(x_1 \mid x_0)$ is a single
#   point without a density, and every formula that divides by $1 - \bar\alpha_1$ breaks.
# - $\beta_n = 1$: the step throws everything away, $\bar\alpha_n = 0$ from here on. Section 8 looks closely at what
#   breaks.
# - $\beta_n > 1$: $1 - \beta_n$ is negative and has no real root.
# - $\beta_n$ is not a number: nothing works, but *comparisons do not complain*. `nan > 1` is false, and `nan < 0` is
#   false too.
#
# **So a schedule is valid if $0 < \beta_n < 1$, strictly, for every $n = 1, \dots, N$.** Two things are *not* part of
# this. It need not increase. And it does not matter whether $\bar\alpha_N$ underflows: a schedule that forgets
# wastefully fast is unwise, not invalid.
#
# ### By hand first
#
# **Question (4 points; 001 P4d, for general $N$).** Which of these are *invalid*? Justify each of the four verdicts.
#
# 1. $\beta_n = \sin(n/N)$
# 2. $\beta_n = 1 - 1/n$
# 3. $\beta_n = \log_e(1 + n/N)$
# 4. $\beta_n = -\cos(\pi n/N)$
#
# As in the exam, a verdict without its reason earns nothing, and calling a valid schedule invalid costs a point. For
# the invalid ones name the first $n$ that fails; for one of them the reason depends on $N$.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "diffusion-which_schedules", "grade": true, "solution": true, "locked": false, "task": false, "points": 4.0, "checksum": "013d5a2d712cc8b0c81d2fa9c9714d57", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ### Then by machine
#
# **Write** `validate_schedule`. It returns `None` for a valid schedule, otherwise the *first* bad $n$, where the first
# step is $n = 1$, and the reason as one of five words.
#
# **In numbers.** For `beta = (0.2, 0.0, 1.5)` it returns `(2, "zero")`; for `(0.2, 0.999)` it returns `None`; for
# `(nan, 0.1)` it returns `(1, "nan")`.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-validate_schedule-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "450c0739f9fd7866faee6d8f74147ee2", "cell_type": "code"} deletable=false
def validate_schedule(beta):
    """None if 0 < beta_n < 1 for every n = 1 … N, else (n, reason) for the first bad n.   (001 P4d)

    beta: (N,), N ≥ 1, float32 or float64, with ∞, −∞ and NaN among its values;
    reason: "negative" (below 0), "zero", "one", "above one" or "nan".
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-validate_schedule", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "90d5b599effd9044c6c537f19dc331aa", "cell_type": "code"} deletable=false editable=false
check("diffusion.validate_schedule")

# %% [markdown]
# Now the show-piece: all six schedules, every length $N$ from 1 to 1000, judged by *your* function. Each length is
# one mark. A blue tick at the bottom means that the schedule of this length is valid; any other mark sits at the
# first bad step $n$ and shows the reason by its shape. The grey triangle is where a mark can be, $1 \le n \le N$.

# %% tags=["demo"]
with waiting_for("validate_schedule"):
    verdicts = {}
    for name, schedule in with_bar(SCHEDULES.items(), "judging"):
        verdicts[name] = {N: validate_schedule(schedule(N)) for N in range(1, budget(1000, 100, 50) + 1)}
    show(
        draw_verdicts(verdicts),
        alt="Six panels, one for each schedule, with the first bad step against the length. Sine and logarithm are valid for every "
        "length. One minus one over n is zero at step 1 for every length. Minus cosine fails at step 1 for every length: by one "
        "at length 1, by zero at length 2, by a negative value from length 3 on. Linear is above one for lengths 2 to 19, one at "
        "length 20, and valid for length 1 and from 21 on. Cosine is one at its very last step for every length.",
    )


# %% [markdown]
# Compare with your written answer, and read the two panels that the exam did not ask for.
#
# - $-\cos(\pi n/N)$: the solution in 001 gives $\beta_n \le 0$ as its fault. That is so for $n \le N/2$ (and enough
#   to reject it); the second half is positive, and at $n = N$ it fails once more, by being 1. Whoever looks only at
#   the end, or only for negative values, misses half of the story.
# - *Linear*, scaled by $1000/N$, is fine for long schedules, and breaks for short ones: at $N = 20$ its last step is
#   $0.02 \cdot 50 = 1$ exactly, below that it exceeds 1. A formula that is safe at $N = 1000$ need not be safe at
#   $N = 10$.
# - *Cosine* always ends in $\beta_N = 1$, since it aims at $\bar\alpha_N = 0$. Every implementation that you will
#   meet clips it, usually at 0.999, and now you know why.

# %% [markdown]
# ## 8 · Breaking it on purpose
#
# **Question (2 points; 001 P4b and c).** Somebody trains with a schedule in which (b) one $\beta_n$ is greater than
# 1, or (c) one $\beta_n$ equals 1. Say for each what goes wrong, and *where*: which formula, in training or in
# sampling, at which steps?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "diffusion-why_training_fails", "grade": true, "solution": true, "locked": false, "task": false, "points": 2.0, "checksum": "2a2d5df8b6204ccc7b5b7011ebe5f72e", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ### Evidence
#
# Statements like these are best shown by an example that breaks, so build some.
#
# **(i)** `first_bad_root(beta)`: the first $n$ at which `q_sample` would take the root of a negative number. There
# are two roots, of $\bar\alpha_n$ and of $1 - \bar\alpha_n$, but you need to watch only one: $\bar\alpha_n$ can
# exceed 1 only after it has been negative, because it takes two negative factors to get there. (In a long product,
# mind what you know about underflow: only the *sign* matters.)
#
# **(ii)** `positive_again()`: the solution in 001 says that $\bar\alpha_n$ oscillates. It changes its sign at each
# $\beta_n > 1$, so after an even number of such steps it is positive *again*, and the code runs on as if nothing had
# happened. Give a schedule that shows it.
#
# **(iii)** `still_works(beta, t)`: what precisely fails at $\beta_n = 1$? The solution in 001 speaks of training and
# then gives an example from sampling; let us keep the two apart. Here are four expressions from notebook 16, all at
# step $t$:
#
# | name | where | expression |
# |---|---|---|
# | `eps_loss` | training | $\lVert \epsilon - \epsilon_\theta(\sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon,\; t) \rVert^2$ |
# | `x0_hat` | estimate of the data | $\big(x_t - \sqrt{1 - \bar\alpha_t}\,\epsilon\big) \,/\, \sqrt{\bar\alpha_t}$ |
# | `sampler` | generation | $\big(x_t - \beta_t\,\epsilon / \sqrt{1 - \bar\alpha_t}\big) \,/\, \sqrt{\alpha_t}$ |
# | `elbo_weight` | training, weighted | $\beta_t^2 \,/\, \big(2\sigma_t^2\,\alpha_t\,(1 - \bar\alpha_t)\big)$ with $\sigma_t^2 = \beta_t$ |
#
# For a schedule with values in $(0, 1]$ and a step $t$: which of them is free of a division by zero? Look at each
# denominator, and ask whether it belongs to the single step or to all steps so far.
#
# **In numbers.** For $\beta = (0.5, 1.5)$: $\bar\alpha = (0.5, -0.25)$, so the first bad root is at $n = 2$.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-break_it-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "d191cd76f931bc0acc20235f5c0aad6b", "cell_type": "code"} deletable=false
def first_bad_root(beta):
    """The first n with alpha_bar_n < 0, or None.   (001 P4b)

    beta: (T,), values > 0, some perhaps above 1;  returns an int from 1 to T, or None.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def positive_again():
    """A list of beta_n > 0 for which alpha_bar_n is negative at some n and positive at a later one."""
    # YOUR CODE HERE
    raise NotImplementedError()


def still_works(beta, t):
    """Is the expression free of a division by zero at step t?   (001 P4c)

    beta: (T,), values in (0, 1]; t: int, 1 … T; alpha_bar_t is 0 or large enough for its type;
    returns {"eps_loss": bool, "x0_hat": bool, "sampler": bool, "elbo_weight": bool}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-break_it", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "9d8a4f99108b82cb2f262d21d66408d9", "cell_type": "code"} deletable=false editable=false
check("diffusion.break_it")


# %% [markdown]
# The most dangerous entry of your table is the first: with $\beta_n = 1$ **the training loss never complains.** It
# falls nicely, and the trouble shows only when you sample. That is what a validator is for.

# %% [markdown]
# ## 9 · One step back, if you knew where you came from
#
# To generate we need $q(x_{t-1} \mid x_t)$: given a noisy picture, what was it one step earlier? In general nobody
# can write that down, for it depends on the whole data distribution. But *given $x_0$ as well*, everything is
# Gaussian, and Bayes' rule gives it exactly. This posterior is what notebook 16's network is trained to imitate.
#
# Two opinions on $x_{t-1}$ meet. Coming from $x_0$, by section 3: $x_{t-1} \sim \mathcal
# N(\sqrt{\bar\alpha_{t-1}}\,x_0,\, 1 -
# \bar\alpha_{t-1})$. Looking from $x_t$: it is $\sqrt{\alpha_t}\,x_{t-1}$ plus noise of variance $\beta_t$. (All
# coordinates are independent, so one will do.) By Bayes' rule, as a function of $x_{t-1}$,
#
# $$\log q(x_{t-1} \mid x_t, x_0) = -\frac12 \left[ \frac{(x_t - \sqrt{\alpha_t}\,x_{t-1})^2}{\beta_t}
# + \frac{(x_{t-1} - \sqrt{\bar\alpha_{t-1}}\,x_0)^2}{1 - \bar\alpha_{t-1}} \right] + \text{const} .$$
#
# This is a parabola, so the posterior is Gaussian. The coefficient of $x_{t-1}^2$ in the bracket is its precision,
# the inverse of its variance:
#
# $$\frac1{\tilde\beta_t} = \frac{\alpha_t}{\beta_t} + \frac{1}{1 - \bar\alpha_{t-1}}
# = \frac{\alpha_t - \bar\alpha_t + \beta_t}{\beta_t\,(1 - \bar\alpha_{t-1})} = \frac{1 - \bar\alpha_t}{\beta_t\,(1 - \bar\alpha_{t-1})}
# \qquad\Longrightarrow\qquad \boxed{\tilde\beta_t = \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}\,\beta_t .}$$
#
# At $t = 1$ we have $\bar\alpha_0 = 1$, and $\tilde\beta_1 = 0$: one step before $x_1$ was $x_0$, and that is known.
# Since $\bar\alpha_t < \bar\alpha_{t-1}$, always $\tilde\beta_t < \beta_t$: knowing $x_0$ helps.
#
# **In numbers.** $\beta = (0.1, 0.2, 0.3)$: $\tilde\beta = \big(0,\; \tfrac{0.1}{0.28} \cdot 0.2,\;
# \tfrac{0.28}{0.496} \cdot 0.3\big) = (0,\; 0.0714,\; 0.1694)$.
#
# **Write** `posterior_variance`. (A remark for the careful: at small $t$ both $1 - \bar\alpha$ are tiny differences
# of numbers near 1. In `float32` with $\beta_1 = 10^{-4}$ the difference is wrong in the fourth digit. You already
# own $\log\bar\alpha$, and $1 - e^{u}$ has a function of its own, `expm1` with a sign. The check accepts the plain
# way too.)

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-posterior_variance-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "3af52f6dc99a9dd177f1841e5c44baf4", "cell_type": "code"} deletable=false
def posterior_variance(beta):
    """beta_tilde_t = (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) · beta_t, with alpha_bar_0 = 1.   (001 P4)

    beta: (T,), values in (0, 1);  returns (T,), same type; entry t - 1 belongs to time t, the first is 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-posterior_variance", "grade": true, "solution": false, "locked": true, "task": false, "points": 1.0, "checksum": "057e22c1353257791c7db21400be0b59", "cell_type": "code"} deletable=false editable=false
check("diffusion.posterior_variance")


# %% [markdown]
# ### Its mean
#
# The mean of a Gaussian is its variance times the linear coefficient: the bracket above contains
# $-2x_{t-1}\big(\sqrt{\alpha_t}\,x_t/\beta_t + \sqrt{\bar\alpha_{t-1}}\,x_0/(1 - \bar\alpha_{t-1})\big)$, so
#
# $$\tilde\mu_t = \tilde\beta_t \left( \frac{\sqrt{\alpha_t}}{\beta_t}\,x_t + \frac{\sqrt{\bar\alpha_{t-1}}}{1 - \bar\alpha_{t-1}}\,x_0 \right)
# \qquad\Longrightarrow\qquad
# \boxed{\tilde\mu_t = \frac{\sqrt{\bar\alpha_{t-1}}\;\beta_t}{1 - \bar\alpha_t}\,x_0 + \frac{\sqrt{\alpha_t}\,(1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t}\,x_t .}$$
#
# **If you have 001 at hand**: there (or in the copy of it that we have) the factor on $x_t$ is printed with
# $\sqrt{\bar\alpha_n}$ where $\sqrt{\alpha_n}$ belongs. It is only a bar, and easily copied, so see for yourself
# which one is right. Take ten steps with $\beta$ evenly spaced from $0.01$ to $0.3$, and $n = 7$. Bayes' rule gives
# the factor $0.7093$; with $\sqrt{\alpha_n}$ the formula gives $0.7093$; as printed it gives $0.5306$. The derivation
# says why: $x_t$ and $x_{t-1}$ are *one* step apart, so only one $\alpha$ can stand between them.
#
# **In numbers.** $\beta = (0.1, 0.2)$, $t = 2$: the factor on $x_0$ is $\sqrt{0.9} \cdot 0.2/0.28 = 0.6776$, that on
# $x_t$ is $\sqrt{0.8} \cdot 0.1/0.28 = 0.3194$. For $x_0 = 1$, $x_2 = 0.5$ the mean is $0.8373$.
#
# **Write** `posterior`, with the mean and the variance for each item of a batch. At $t = 1$ it must return $x_0$
# itself, with variance 0.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-posterior-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "f8b190c6997478889a6898dc1d140635", "cell_type": "code"} deletable=false
def posterior(x0, xt, t, beta):
    """Mean and variance of q(x_{t-1} | x_t, x_0) = N(mean, variance · I).   (001 P4, with √alpha_t put right)

    x0, xt: (B, …), of the type of beta; t: (B,), int64, values 1 … T; beta: (T,), values in (0, 1);
    returns (mean, variance): mean of the shape of x0, variance (B,), both of the type of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-posterior", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "7c9ff1570ffad03314079ed71a4bab0d", "cell_type": "code"} deletable=false editable=false
check("diffusion.posterior")

# %% [markdown]
# Here is Bayes' rule as a picture, with the numbers from above: the two opinions, multiplied point by point on a grid
# and normalised by brute force (grey area), and your formula (line). The dashed mark is where the misprint would put
# the mean.

# %% tags=["demo"]
with waiting_for("alpha_bar", "log_alpha_bar", "posterior", "posterior_variance"):
    beta = torch.linspace(0.01, 0.3, 10, dtype=torch.float64)
    x0, xt, t = torch.ones(1), torch.full((1,), 1.6), torch.tensor([7])
    before, alpha = alpha_bar(beta)[5], 1 - beta[6]
    x = torch.linspace(-1.5, 4, 2000, dtype=torch.float64)
    from_x0 = torch.exp(-((x - before.sqrt() * x0) ** 2) / (2 * (1 - before)))
    from_xt = torch.exp(-((xt - alpha.sqrt() * x) ** 2) / (2 * beta[6]))
    mean, variance = (float(part) for part in posterior(x0.double(), xt.double(), t, beta))
    density = torch.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    product = from_x0 * from_xt
    fig, ax = figure(1, 1, (7.5, 3.6))
    ax.fill_between(x, product / torch.trapezoid(product, x), color="#D0D0D0", label="product of the two, on a grid")
    ax.plot(x, from_x0 / torch.trapezoid(from_x0, x), ":", color=ORANGE, label="from $x_0 = 1$")
    ax.plot(x, from_xt / torch.trapezoid(from_xt, x), "-.", color=GREEN, label="from $x_7 = 1.6$")
    ax.plot(x, density, color=BLUE, label="your posterior")
    ax.axvline(
        mean - 1.6 * (0.7093 - 0.5306), color=VERMILION, linestyle="--", linewidth=1.2, label="mean as misprinted"
    )
    ax.set(xlabel="$x_6$", ylabel="density", yticks=[], ylim=(0, None))
    ax.legend()
    show(fig, alt="Two bell curves over the value at time 6, one centred at 0.75 from the starting point, one at 1.8 from the noisy value. "
         "Their product is a narrower bell between them, and the posterior from the formula lies exactly on it. The misprinted mean "
         "lies clearly to its left.")  # fmt: skip


# %% [markdown]
# The line lies on the grey area: you have an exact formula for one step back, the target of all that notebook 16
# trains.

# %% [markdown]
# ## 10 · From the noise to the picture
#
# The posterior wants $x_0$, which a generator does not have. But if somebody told us the noise $\epsilon$ in $x_t$,
# we could solve $x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon$ for it:
#
# $$x_0 = \frac{x_t - \sqrt{1 - \bar\alpha_t}\;\epsilon}{\sqrt{\bar\alpha_t}} .$$
#
# With the true $\epsilon$ this is an identity. With a network's guess $\epsilon_\theta(x_t, t)$ it is an *estimate*,
# better written $\hat x_0$ (001 writes $x_0$, with an equals sign). How good an estimate? If the guess is off by
# $\delta$, then $\hat x_0$ is off by
#
# $$\hat x_0 - x_0 = -\frac{\sqrt{1 - \bar\alpha_t}}{\sqrt{\bar\alpha_t}}\;\delta = -\frac{\delta}{\sqrt{\mathrm{SNR}_t}} .$$
#
# Early on the error shrinks, late it explodes.
#
# **In numbers.** $x_t = 1$, $\epsilon = -1$, $\bar\alpha_t = 0.64$: $x_0 = (1 + 0.6)/0.8 = 2$, the start of section
# 3's example.
#
# **Write** `predict_x0`.

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-predict_x0-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "c53b5d3d4518e6ded44ac54e65599212", "cell_type": "code"} deletable=false
def predict_x0(xt, t, eps, alpha_bar):
    """x0 = (x_t - √(1 - alpha_bar_t) eps) / √alpha_bar_t, q_sample solved for x0.   (001 P4)

    xt, eps: (B, …), of the type of alpha_bar; t: (B,), int64, values 1 … T; alpha_bar: (T,), values in (0, 1];
    returns x0, of the shape and type of xt.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-predict_x0", "grade": true, "solution": false, "locked": true, "task": false, "points": 1.0, "checksum": "eee32898f43c697afad86bbd9876024a", "cell_type": "code"} deletable=false editable=false
check("diffusion.predict_x0")

# %% [markdown]
# Suppose a network guessed the noise with a root mean square error of 10 %, equally good at all times. What would the
# pictures be that it believes in?

# %% tags=["demo"]
with waiting_for("alpha_bar", "q_sample", "predict_x0"):
    kept = alpha_bar(SCHEDULES["linear"](1000)).float()
    t = torch.tensor([50, 200, 400, 600, 800, 1000])
    x0 = pictures[14].expand(6, 8, 8)
    eps, slip = torch.randn(2, 1, 8, 8, generator=source)
    xt = q_sample(x0, t, eps.expand(6, 8, 8), kept)
    x0_hat = predict_x0(xt, t, (math.sqrt(0.99) * eps + 0.1 * slip).expand(6, 8, 8), kept)
    fig, axes = figure(2, 6, (9, 3.6))
    for column, time, noisy, guess in zip(axes.T, t.tolist(), xt, x0_hat, strict=True):
        image(column[0], noisy, f"$t = {time}$")
        image(column[1], guess, f"error {(guess - pictures[14]).pow(2).mean().sqrt():.2f}")
    axes[0, 0].set_ylabel("$x_t$")
    axes[1, 0].set_ylabel(r"$\hat x_0$")
    show(fig, alt="A digit 4 at six times. Above, ever noisier until nothing can be seen. Below, the estimate of the clean digit from a "
         "noise guess with ten per cent error: nearly perfect at t = 50 to 400, blotchy at 600, and a wild pattern at 800 and 1000.")  # fmt: skip


# %% [markdown]
# The same 10 % are harmless at $t = 200$ and ruinous at $t = 1000$. That is why one does not jump from noise to
# picture in a single step, and why notebook 16 discusses *what* a network should predict.

# %% [markdown]
# ## 11 · Without fading: the variance-exploding process
#
# The third temperament of section 1, $a = 1$ and $b = \sigma$, is a model in its own right (000 Q2):
#
# $$x_t = x_{t-1} + \sigma\,\epsilon_t, \qquad q(x_t \mid x_{t-1}) = \mathcal N(x_{t-1},\, \sigma^2 I) .$$
#
# **A jump.** $t$ independent noises of variance $\sigma^2$ add up to one of variance $t\sigma^2$, so
# $x_t = x_0 + \sqrt t\,\sigma\,\epsilon$. Variances add; standard deviations do not.
#
# **One step back.** By Bayes as before: the precision is $\frac{1}{\sigma^2} + \frac{1}{(t-1)\sigma^2} =
# \frac{t}{(t-1)\,\sigma^2}$, and the mean is the variance times $\frac{x_t}{\sigma^2} + \frac{x_0}{(t-1)\sigma^2}$:
#
# $$q(x_{t-1} \mid x_t, x_0) = \mathcal N\!\left( \frac{(t-1)\,x_t + x_0}{t},\;\; \frac{t-1}{t}\,\sigma^2 I \right) .$$
#
# Picture a random walk pinned at both ends: one step before the end it stands, on average, one $t$-th of the way back
# towards the start. At $t = 1$ it *is* at the start.
#
# **A prior.** Nothing fades, so $x_T$ remembers the data's mean and spread for ever; it is only drowned out. If the
# data have mean $m$ and variance $s^2$, then $x_T$ has mean $m$ and variance $s^2 + T\sigma^2$. Where should
# generation start? Four candidates: the noise alone, $\mathcal N(0, T\sigma^2)$; with the data's mean,
# $\mathcal N(m, T\sigma^2)$; with the data's spread, $\mathcal N(0, s^2 + T\sigma^2)$; with both. For data that are
# normal themselves $x_T$ is normal too, and the loss is a KL divergence between two normals. With section 6's
# argument, now for two general ones,
#
# $$\mathrm{KL}\big(\mathcal N(m_1, v_1) \,\|\, \mathcal N(m_2, v_2)\big) = \frac12 \left( \frac{v_1}{v_2} + \frac{(m_1 - m_2)^2}{v_2} - 1 - \log\frac{v_1}{v_2} \right) .$$
#
# **In numbers.** $x_0 = 1$, $t = 4$, $\sigma = 0.5$, $\epsilon = 2$: $x_4 = 1 + 2 \cdot 0.5 \cdot 2 = 3$; posterior
# mean $(3 \cdot 3 + 1)/4 = 2.5$, variance $\frac34 \cdot 0.25 = 0.1875$. With $m = s^2 = \sigma = 1$ and $T = 4$,
# $x_4 \sim \mathcal N(1, 5)$, and the four gaps are $0.1384$, $0.0134$, $0.1$ and $0$.
#
# **Write** all three. (Good to know: the root of an integer tensor is `float32`, whatever the type of `x0`. The check
# forgives the lost digits; bringing `t` to the type of `x0` first keeps them.)

# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-variance_exploding-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "e500b8f1998c682b4649ac45e857a9d7", "cell_type": "code"} deletable=false
def ve_sample(x0, t, eps, sigma):
    """x_t = x0 + √t sigma eps.   (000 Q2a)

    x0, eps: (B, …); t: (B,), int64, values ≥ 1; sigma: float, > 0;  returns x_t, of the shape and type of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def ve_posterior(x0, xt, t, sigma):
    """Mean ((t - 1) x_t + x0) / t and variance sigma² (t - 1) / t of q(x_{t-1} | x_t, x_0).

    x0, xt: (B, …); t: (B,), int64, values ≥ 1; sigma: float, > 0;
    returns (mean, variance): of the shape and type of x0, and (B,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def ve_prior_gaps(mean, var, T, sigma):
    """KL in nats of x_T ~ N(mean, var + T sigma²) to four priors, in one dimension.   (000 Q2b)

    mean, var: of the data, floats; var: > 0; T: int ≥ 1; sigma: float, > 0;  returns a dict of four floats: "noise" for N(0, T sigma²),
    "mean" for N(mean, T sigma²), "spread" for N(0, var + T sigma²), "both" for N(mean, var + T sigma²).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "diffusion-variance_exploding", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "5fc553ea73894f19f2926d2758867e1f", "cell_type": "code"} deletable=false editable=false
check("diffusion.variance_exploding")

# %% [markdown]
# Which half of the repair matters more, mean or spread? Let your function say, for data with mean 2 and variance 1:

# %% tags=["demo"]
with waiting_for("ve_prior_gaps"):
    steps = torch.logspace(0, 4, 60).round().int().unique().tolist()
    gaps = [ve_prior_gaps(2.0, 1.0, T, 0.5) for T in steps]
    fig, ax = figure(1, 1, (6.8, 3.6))
    for name, label, colour, dash in (
        ("noise", r"$\mathcal{N}(0, T\sigma^2)$", VERMILION, "-"),
        ("spread", r"$\mathcal{N}(0, s^2 + T\sigma^2)$", ORANGE, "--"),
        ("mean", r"$\mathcal{N}(m, T\sigma^2)$", BLUE, "-."),
    ):
        ax.loglog(steps, [gap[name] for gap in gaps], dash, color=colour, label=label)
    ax.set(xlabel=r"number of steps $T$, with $\sigma = 0.5$", ylabel="KL to the prior (nats)", ylim=(1e-8, 30))
    ax.legend(title=r"prior (the fourth, $\mathcal{N}(m, s^2 + T\sigma^2)$, is exact)", alignment="left")
    show(fig, alt="Divergence from three priors against the number of steps on logarithmic axes. The two priors with mean zero fall in "
         "proportion to one over T and run together from about a hundred steps on; the prior with the data's mean but not its spread falls twice as steeply.")  # fmt: skip

# %% [markdown]
# A wrong mean costs $m^2 / (2T\sigma^2)$ and so fades like $1/T$; a wrong spread costs about
# $\frac14 (s^2/T\sigma^2)^2$ and fades like $1/T^2$. If you may repair one thing only, repair the mean: in practice,
# centre the data.
#
# **Question (3 points; 000 Q2a and b).** (a) How do you sample from $q(x_t \mid x_0)$ efficiently? (b) You are given
# trained reverse steps $p_\theta(x_{t-1} \mid x_t)$. How do you generate, and which distribution do you take for
# $x_T$, and why? Name at least one alternative and what it would gain.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "diffusion-which_prior", "grade": true, "solution": true, "locked": false, "task": false, "points": 3.0, "checksum": "7907281750d12865d007465b83c01ba5", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# A word on the solution in 000, if you have it at hand. It says that the procedure samples approximately from
# $p_\theta(x_0)$. It samples from it *exactly*: $p_\theta(x_0)$ is defined by this procedure, prior included. What
# $p_\theta$ approximates is the data distribution $q(x_0)$. (And in its figure of the chain the last two arrows carry
# the same labels; those of the first of the two should be $p_\theta(x_1 \mid x_2)$ and $q(x_2 \mid x_1)$.)

# %% [markdown]
# ## What you can now do
#
# - say where $t$ noising steps lead, for any $a$ and $b$, and prove it in two ways
# - noise a batch to any times in one jump, in log space where it matters
# - judge a schedule, name its first fault, and know which faults training will *not* show you
# - compute what a finite $T$ costs, in nats
# - take one step back given $x_0$, from Bayes' rule and not from memory, and spot a misprint in a formula by its
#   numbers
# - do all of that for the variance-exploding process, and choose its prior
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# **1.** $\beta_t = 0.02$ for all $t$. How many steps until less than a thousandth of the signal's variance is left?
#
# <details><summary>Answer</summary>
#
# $\bar\alpha_t = 0.98^t < 10^{-3}$ if $t > \ln 1000 / (-\ln 0.98) = 6.908 / 0.0202 = 341.9$, so $t = 342$.
#
# </details>
#
# **2.** A colleague writes `x = math.sqrt(1 - b) * x + b * eps` with $b = \beta = 0.02$. To what does the variance
# converge? What do the pictures look like in the end?
#
# <details><summary>Answer</summary>
#
# $v = (1 - \beta)\,v + \beta^2$ gives $v = \beta = 0.02$, standard deviation $0.14$. The noise was added with the
# variance as its standard deviation. The pictures fade to an almost even grey and not to $\mathcal N(0, I)$.
#
# </details>
#
# **3.** Valid or not, for every $N$? (a) $\beta_n = \tan(n/N)$, (b) $\beta_n = \frac{n}{N+1}$, (c)
# $\beta_n = e^{-n/N}$, (d) $\beta_n = \frac{n}{N}$. Give the first bad $n$ where there is one.
#
# <details><summary>Answer</summary>
#
# (a) Invalid: $\tan(n/N) \ge 1$ if $n/N \ge \pi/4$; the first bad $n$ is $\lceil N\pi/4 \rceil$ (never exactly 1, as
# $\pi$ is irrational), and it is at most $N$. (b) Valid: $0 < \frac1{N+1} \le \beta_n \le \frac N{N+1} < 1$. (c)
# Valid: $e^{-1} \le \beta_n \le e^{-1/N} < 1$; that it decreases does not matter. (d) Invalid: $\beta_N = 1$ at
# $n = N$, and at no earlier step.
#
# </details>
#
# **4.** Data have mean 0 and variance $s^2 \ne 1$ in each coordinate. What is the variance of $x_t$ under the
# variance-preserving process? When is "variance preserving" the right name?
#
# <details><summary>Answer</summary>
#
# $\operatorname{Var} x_t = \bar\alpha_t s^2 + 1 - \bar\alpha_t = 1 + \bar\alpha_t (s^2 -
# 1)$. It moves from $s^2$ to 1, and stays put only if $s^2 = 1$: one more reason to standardise.
#
# </details>
#
# **5.** Two choices for the variance of a learnt reverse step are common, $\beta_t$ and $\tilde\beta_t$. Show that
# $\beta_t$ is exactly right if $x_0 \sim \mathcal N(0, I)$, and $\tilde\beta_t$ if the data are a single point.
#
# <details><summary>Answer</summary>
#
# If $x_0 \sim \mathcal N(0, I)$ then $x_{t-1}$ and $x_t$ are standard normal with correlation $\sqrt{\alpha_t}$, and
# the variance of one given the other is $1 - \alpha_t = \beta_t$. If the data are one point $x_0$, then
# $q(x_{t-1} \mid x_t) = q(x_{t-1} \mid x_t, x_0)$, with variance $\tilde\beta_t$. Real data lie between.
#
# </details>
#
# **6.** A network predicts $\epsilon$ with root mean square error $0.05$. What is the error of $\hat x_0$ at
# $\bar\alpha_t = 0.5$, and at $\bar\alpha_t = 10^{-4}$? The pixels lie between $-1$ and $1$: is the second estimate
# worth anything?
#
# <details><summary>Answer</summary>
#
# The factor is $\sqrt{(1 - \bar\alpha_t)/\bar\alpha_t}$: 1 in the first case, so $0.05$; about 100 in the second, so
# 5. That is much more than the range of the pixels: guessing "all grey" would be better.
#
# </details>
#
# **7.** True or false, with a reason: "If $\beta_n = 1$ for one $n$, the loss
# $\lVert \epsilon - \epsilon_\theta \rVert^2$ becomes infinite."
#
# <details><summary>Answer</summary>
#
# False. Nothing is divided in it: from step $n$ on $x_t = \epsilon$, so the network can return its own input and
# reach a loss of 0 there. It learns nothing about data at these steps, and the failure shows in $\hat x_0$ or in
# sampling.
#
# </details>
#
# **8.** For the variance-exploding process with the right mean but the wrong spread, $\mathcal N(m, T\sigma^2)$, how
# large must $T\sigma^2$ be in units of the data's variance $s^2$ for a gap below $0.01$ nats per dimension?
#
# <details><summary>Answer</summary>
#
# With $\delta = s^2/(T\sigma^2)$ the gap is $\frac12(\delta - \log(1 + \delta)) \approx \delta^2/4$ for small
# $\delta$. It is $0.01$ at $\delta \approx 0.2$ (a little above: exactly $0.0088$ at $0.2$), so
# $T\sigma^2 \approx 5\,s^2$ is enough.
#
# </details>
#
# ## An open question
#
# Nothing in this chapter needed the corruption to be *noise*. What a diffusion model needs is a road to a known
# distribution, with a jump to any point of it and a single step back given $x_0$. Which other corruptions have all
# three: blurring, masking pixels one by one, replacing words by a blank? What would play the part of $\bar\alpha_t$?
# Notebook 18 takes one of them up; the others are yours.

# %% nbgrader={"schema_version": 3, "grade_id": "given-an-open-question-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ec65f47563e3f253c424c91024f7288", "cell_type": "code"} deletable=false editable=false
total()

# %% [markdown]
# Go on with **[16 Denoising diffusion](16_ddpm.ipynb)**, or back to [the course](README.md).
