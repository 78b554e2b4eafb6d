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
# # 15 · Diffusion: the forward process
#
# Take a picture, fade it by a hair and sprinkle a hair of noise on it. Do that a thousand times, and nothing is left
# of the picture: what you hold is a draw from a standard normal distribution, whatever you began with. A diffusion
# model learns to walk this road backwards, and so turns noise into pictures.
#
# This chapter is about the road itself. Nothing here is learnt. Everything is Gaussian, so every statement can be
# worked out exactly, and every answer of yours can be checked exactly. What you build here (noising in one jump, the
# posterior of one step, a judge of schedules) is the whole machinery that notebook 16 trains on. And at the end you
# will turn noise into digits with it, without having trained anything.
#
# You need: mean and variance of sums, the density of a normal distribution, Bayes' rule. Time: {{time}} in all. The
# core is sections 1 to 3, 7, 8 and 10, about half of it; the rest can wait for a second evening. Labels such as 001 P4d
# say where a question comes from; notebook 00 lists these sources.

# %% tags=["given"]
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits, two_moons
from pushforward.diffusion import best_x0
from pushforward.figures.diffusion import (
    bridge_explorer,
    draw_bayes,
    draw_best_guesses,
    draw_generated,
    draw_heat,
    draw_left,
    draw_prior_gap,
    draw_temperaments,
    draw_ve_gaps,
    guesses_in_words,
    left_in_words,
    verdicts_in_words,
)
from pushforward.figures.explorer import schedule_explorer
from pushforward.figures.style import draw_forward, draw_verdicts, show
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
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 10) Data and generator share no point. What is the Jensen–Shannon divergence between them, and what
# follows for the generator's gradient?
#
# <details><summary>Answer</summary>
#
# $\log 2$, however far apart they are. So it does not change when the generator moves a little, and its gradient is 0.
#
# </details>
#
# **2.** (Notebook 07) How does one write a draw from $\mathcal N(\mu, \sigma^2)$ so that it can be differentiated with
# respect to $\mu$ and $\sigma$?
#
# <details><summary>Answer</summary>
#
# $\mu + \sigma\epsilon$ with $\epsilon \sim \mathcal N(0, 1)$ drawn on its own: reparameterisation.
#
# </details>
#
# **3.** (Notebook 06) What is $\mathrm{KL}\big(\mathcal N(m, vI) \,\|\, \mathcal N(0, I)\big)$ in $d$ dimensions?
#
# <details><summary>Answer</summary>
#
# $\frac12 \big(dv + \|m\|^2 - d - d\log v\big)$: trace, mean, dimension, log-determinant.
#
# </details>
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
# once and holds everywhere below. (`alpha_bar` is the name of a function that you write in section 2, and, in functions
# that are *given* its result, the name of that tensor.)
#
# In a batch each item has its own time. The next cell gives you a small tool for that.


# %% tags=["given"]
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
# There are three temperaments. If $|a| < 1$ the mean fades and the variance settles where $v = a^2 v + b^2$, at
# $v = b^2/(1 - a^2)$. That is 1 exactly if $b^2 = 1 - a^2$, and with a smaller $b$ less: for $a = 0.97$, $b = 0.05$
# it is $0.042$. If $|a| = 1$ nothing fades and the variance grows in proportion to $t$; if $|a| > 1$ both explode.
#
# **In numbers.** $a = 0.8$, $b = 0.6$, $t = 2$: scale $0.64$, variance $0.36\,(1 + 0.64) = 0.5904$.
#
# **Write** `noising_step`, one step with the noise given, and `marginal_after`, the scale and the variance after $t$
# steps.


# %% tags=["solve:diffusion.step"]
def noising_step(x_prev, eps, a, b):
    """x_t = a x_{t-1} + b eps, so that x_t | x_{t-1} ~ N(a x_{t-1}, b² I).   (002 9-3a)

    x_prev, eps: same shape; a: float, ≠ 0; b: float;  returns x_t, of the shape and type of x_prev.
    """
    ### BEGIN SOLUTION
    return a * x_prev + b * eps
    ### END SOLUTION


def marginal_after(t, a, b):
    """(scale, variance) of x_t | x_0 ~ N(scale · x_0, variance · I) after t such steps; a = 1 and a < 0 are allowed.

    t: int ≥ 1; a: float, ≠ 0; b: float;  returns two floats.
    """
    ### BEGIN SOLUTION
    if a * a == 1:  # t equal terms: the limit of the formula below
        return a**t, t * b**2
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2)
    ### END SOLUTION


# %% tags=["check:diffusion.step:2"]
check("diffusion.step")

# %% [markdown]
# Now let your two functions check each other. The thin lines walk step by step with `noising_step`, all from
# $x_0 = 3$; the shaded band is what `marginal_after` predicts for 95 % of them.

# %% tags=["demo"]
with waiting_for("noising_step", "marginal_after"):
    show(
        draw_temperaments(noising_step, marginal_after),
        alt="Three fans of random paths from the value 3 over 150 steps, each inside its predicted band. In the first all paths "
        "fade to near zero, in the second they settle around zero with a band that is four wide, in the third they stay around "
        "3 and spread ever wider.",
    )

# %% [markdown]
# The middle one is what diffusion models mostly use, under the name **variance preserving**: with
# $a = \sqrt{1 - \beta}$ and $b = \sqrt\beta$ the variance tends to 1, and data of variance 1 keep it all the way. The
# right one returns in section 9.

# %% [markdown]
# ## 2 · Schedules, and what is left of the signal
#
# There is no reason to use the same $\beta$ at every step. A **schedule** is a list $\beta_1, \dots, \beta_T$, and
# step $t$ is
#
# $$x_t = \sqrt{1 - \beta_t}\; x_{t-1} + \sqrt{\beta_t}\; \epsilon_t .$$
#
# Here are the six that will accompany us. The first four are those of 001 P4d, where you are to say which of them may
# be used at all (section 10). The other two are used in practice: *linear*, scaled so that its total stays the same
# for every length $N > 1$, and *cosine*, defined by what it leaves of the signal rather than by what it adds.


# %% tags=["given"]
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
    # −cos(πn/N), written as a sine: exact where the cosine of a rounded π is not
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
# $\bar\alpha_t$ is the most important number of the chapter: **the share of the signal's variance that is left at time
# $t$.** (The share of $x_t$'s *whole* variance, if the data have variance 1; the digits, from $-1$ to $1$, have a mean
# square of $0.72$.)
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


# %% tags=["solve:diffusion.alpha_bar"]
def alpha_bar(beta):
    """alpha_bar_t = (1 - beta_1)(1 - beta_2) … (1 - beta_t), for t = 1 … T.   (001 P4)

    beta: (T,), float32 or float64, values in [0, 1];  returns (T,), same type; entry t - 1 belongs to time t.
    """
    ### BEGIN SOLUTION
    return torch.cumprod(1 - beta, dim=0)
    ### END SOLUTION


def log_alpha_bar(beta):
    """log alpha_bar_t, finite also where alpha_bar_t itself is too small for its type.

    beta: (T,), values in (0, 1);  returns (T,), same type.
    """
    ### BEGIN SOLUTION
    return torch.cumsum(torch.log1p(-beta), dim=0)
    ### END SOLUTION


# %% tags=["check:diffusion.alpha_bar:2"]
check("diffusion.alpha_bar")

# %% [markdown]
# You can now read a schedule at a glance. The picture to look at is not $\beta$ but $\bar\alpha$. Predict before you
# run: *linear* adds its noise evenly from little to more, up to $\beta_{1000} = 0.02$. At which step is half of the
# signal gone? And which of *linear* and *cosine* has more left in the middle?

# %% tags=["demo"]
with waiting_for("alpha_bar", "log_alpha_bar"):
    show(
        draw_left(SCHEDULES, alpha_bar, log_alpha_bar),
        alt=left_in_words(SCHEDULES, alpha_bar),
    )

# %% [markdown]
# *Linear* spends its last third on pictures that are 99 % noise. *Cosine* forgets at an even pace, which is why it
# was invented. *Sine* and *logarithm* have forgotten nearly everything after a tenth of the way.

# %% [markdown]
# ### Detective: which of these is no $\bar\alpha$?
#
# So far this notebook judged you. Now judge others. You get functions that claim to compute $\bar\alpha$; some do,
# in their own way and with their own rounding, and some only look like it: off by one step, another formula, wrong
# where hardly any signal is left ($\bar\alpha_t = 10^{-12}$, say), or right for the schedules that their author
# happened to try.
#
# Your test may call the function as often as it likes, on schedules of your choice. What you know by heart helps:
# for $\beta = (0.1,\, 0.2,\, 0.5)$ the result is $(0.9,\; 0.72,\; 0.36)$, and
# $\bar\alpha_t = (1 - \beta_t)\,\bar\alpha_{t-1}$ for every schedule there is. Two right programs differ in their last
# digits, so ask for agreement *relative to the size* of what is compared.
#
# **Write** the test. It has to let every right function pass; then each kind of impostor that it unmasks is worth
# points.


# %% tags=["solve:diffusion.catch_alpha_bar"]
def is_alpha_bar(implementation):
    """True if the function is an implementation of alpha_bar, False if it is not.

    implementation: takes beta, (T,), and gives (T,), of the same type; call it on tensors of your choice (values only:
    no gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    for steps in (1, 3, 30, 1000):
        for spread in (0.01, 0.2):
            beta = spread * (1 + torch.sin(5 * torch.arange(steps, dtype=torch.float64))) / 2 + 1e-3  # up and down
            product = torch.cumprod(1 - beta, dim=0)
            got = implementation(beta)
            if got.shape != beta.shape or not torch.allclose(got, product, rtol=1e-4, atol=0):
                return False
    return True
    ### END SOLUTION


# %% tags=["check:diffusion.catch_alpha_bar:2"]
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
# The quotient $\mathrm{SNR}_t = \bar\alpha_t / (1 - \bar\alpha_t)$ is the **signal-to-noise ratio** (for data of
# variance 1). It tells how hard it is to see $x_0$ in $x_t$, falls from nearly $\infty$ to nearly 0, and is 1 where
# $\bar\alpha_t = \frac12$.
#
# **In numbers.** $x_0 = 2$, $\epsilon = -1$, $\bar\alpha_t = 0.64$: $x_t = 0.8 \cdot 2 + 0.6 \cdot (-1) = 1$.
#
# **Write** `q_sample` for a whole batch in which every item has its own time. `alpha_bar[…]` takes a tensor of
# indices, and `per_item` from above gives the result its trailing axes.


# %% tags=["solve:diffusion.q_sample"]
def q_sample(x0, t, eps, alpha_bar):
    """x_t = √alpha_bar_t x0 + √(1 - alpha_bar_t) eps, a draw from q(x_t | x_0).   (001 P4, 002 9-3b)

    x0, eps: (B, …), of the type of alpha_bar; t: (B,), int64, values 1 … T; alpha_bar: (T,), values in [0, 1];
    returns x_t, of the shape and type of x0.
    """
    ### BEGIN SOLUTION
    kept = per_item(alpha_bar[t - 1], x0)
    return kept.sqrt() * x0 + (1 - kept).sqrt() * eps
    ### END SOLUTION


# %% tags=["check:diffusion.q_sample:2"]
check("diffusion.q_sample")

# %% [markdown]
# A thousand steps now cost as much as one. Do not take the induction on trust. Suppose that there are just two data
# points, $-1$ and $1$. The shades are the density of $x_t$, by your `alpha_bar`: two normals, each with weight one
# half. The paths walk, step by step, with your `noising_step`.

# %% tags=["demo"]
with waiting_for("noising_step", "alpha_bar"):
    show(
        draw_heat(noising_step, alpha_bar, SCHEDULES["linear"](100)),
        alt="A heat map over a hundred steps. At first the density is two thin bands at minus one and plus one; they widen, drift "
        "together, have merged into one broad band around zero by step 40, and the band keeps its width to the end. Eight paths, "
        "four from each point, jitter within it; by the end the two kinds are mixed.",
    )

# %% [markdown]
# Follow a path from the left, and its origin is plain; start on the right, and nobody can say where it came from.
# And now in numbers: mean and variance, by walking and by jumping.

# %% tags=["demo"]
with waiting_for("noising_step", "alpha_bar", "q_sample"):
    walkers = budget(20_000, 20_000, 200)
    beta = SCHEDULES["linear"](100)
    kept = alpha_bar(beta).float()
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
# *linear* to $T = 100$: does the picture at $t = T/2$ change? And try all six: a vermilion square is not a number.
# Where do you meet one, and can you say why? Section 10 comes back to it.

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


# %% tags=["solve:diffusion.geometric_series"]
def unroll_once(x_prev, eps_new, alpha):
    """Line 1: x_t as the sum of "signal" (from x_{t-1}) and "new_noise" (from eps_{t-1}).   (002 9-3b)

    x_prev, eps_new: same shape; alpha: float in (0, 1);
    returns {"signal": …, "new_noise": …}, each of the shape and type of x_prev.
    """
    ### BEGIN SOLUTION
    return {"signal": math.sqrt(alpha) * x_prev, "new_noise": math.sqrt(1 - alpha) * eps_new}
    ### END SOLUTION


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    """Line 2: x_t as the sum of "signal" (from x_{t-2}), "old_noise" (from eps_{t-2}), "new_noise" (from eps_{t-1}).

    x_prev2, eps_old, eps_new: same shape; alpha: float in (0, 1);
    returns a dict of the three, each of the shape and type of x_prev2.
    """
    ### BEGIN SOLUTION
    return {
        "signal": alpha * x_prev2,
        "old_noise": math.sqrt(alpha) * math.sqrt(1 - alpha) * eps_old,
        "new_noise": math.sqrt(1 - alpha) * eps_new,
    }
    ### END SOLUTION


# %% [markdown]
# **Line 3** goes on down to $x_0$: one signal term, and $t$ noise terms, one for each $\epsilon_k$. How many later
# steps has $\epsilon_k$ been through?


# %% tags=["solve:diffusion.geometric_series"]
def unroll_all(x0, eps, alpha):
    """Line 3: x_t as the sum of "signal" (from x_0) and of the t rows of "noise", row k from eps_k.

    x0: any shape; eps: (t, …), eps[k] like x0, eps[0] entered first; alpha: float in (0, 1);
    returns {"signal": …, "noise": …}, of the shape and type of x0 and of eps.
    """
    ### BEGIN SOLUTION
    t = len(eps)
    later_steps = torch.arange(t - 1, -1, -1, dtype=eps.dtype, device=eps.device)
    shrunk = per_item(math.sqrt(alpha) ** later_steps, eps)
    return {"signal": math.sqrt(alpha) ** t * x0, "noise": math.sqrt(1 - alpha) * shrunk * eps}
    ### END SOLUTION


# %% [markdown]
# **Line 4** takes the variance. The $\epsilon_k$ are independent with variance 1, so the variance of their sum is the
# sum of the squared coefficients. Take out the common factor, and order the rest from the newest noise to the oldest.
#
# **Line 5** sums the series. Then let $t \to \infty$: what becomes of the mean, what of the variance?


# %% tags=["solve:diffusion.geometric_series"]
def variance_sum(t, alpha):
    """Line 4: the variance of x_t | x_0 as "factor" times the sum of "powers", newest noise first.

    t: int ≥ 1; alpha: float in (0, 1);  returns {"factor": float, "powers": t numbers, as a list or tensor}.
    """
    ### BEGIN SOLUTION
    return {"factor": 1 - alpha, "powers": [alpha**k for k in range(t)]}
    ### END SOLUTION


def variance_closed(t, alpha):
    """Line 5: the same "variance", summed to a closed form.

    t: int ≥ 1; alpha: float in (0, 1);  returns {"variance": float}.
    """
    ### BEGIN SOLUTION
    return {"variance": 1 - alpha**t}
    ### END SOLUTION


# %% tags=["check:diffusion.geometric_series:3"]
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
#
# **And a second one, where nothing cancels**: `never_forgets_either` gives a witness whose $p$ is *no whole number*.
# You will multiply until the factors no longer matter, and so you have to know when they don't: the steps after $t$
# can take no more than about
# $\sum_{s > t} \beta_s \approx \int_{t + 1}^\infty c\,u^{-p}\,du = c\,(t + 1)^{1 - p}/(p - 1)$ of the logarithm.
# (For $c = 1$ and $p = 1.5$ that is still $0.002$ after a million steps; choose $p$ with care, or add the rest.)


# %% tags=["solve:diffusion.never_forgets"]
def never_forgets():
    """(c, p, limit): beta_t = c (t + 1)^(-p) lies in (0, 1) for all t ≥ 1, and alpha_bar_t → limit > 0.   (002 9-3b)

    returns three floats, the limit right to three significant digits.
    """
    ### BEGIN SOLUTION
    # 1 − 1/(t + 1)² = t (t + 2) / (t + 1)². In the product up to T everything cancels but (T + 2) / (2 (T + 1)).
    return 1.0, 2.0, 0.5
    ### END SOLUTION


def never_forgets_either():
    """The same, with a p that is no whole number.

    returns three floats, the limit right to three significant digits.
    """
    ### BEGIN SOLUTION
    t = torch.arange(1, 100_001, dtype=torch.float64)  # what comes after takes 2e-8 of the logarithm
    return 1.0, 2.5, float(torch.log1p(-((t + 1) ** -2.5)).sum().exp())
    ### END SOLUTION


# %% tags=["check:diffusion.never_forgets:3"]
check("diffusion.never_forgets")

# %% [markdown]
# You hold two counterexamples, and know the exact condition under which the source's remark is true. A schedule on a
# computer is finite, of course, and never reaches its limit. How much that costs is the next question.

# %% [markdown]
# ## 6 · How far from the prior?
#
# In practice $T$ is finite, so something always remains. Generation starts from $x_T \sim \mathcal N(0, I)$, the
# **prior**, while the forward process really ends in $q(x_T \mid x_0)$. Their Kullback–Leibler divergence is the
# *prior matching* term of the bound that notebook 16 trains (002 9-3c, term 2). It has no parameters: you pay for it
# when you choose the schedule, and never again.
#
# Notebook 06 derived it: with $q = \mathcal N(m, vI)$ in $d$ dimensions and $p = \mathcal N(0, I)$,
#
# $$\mathrm{KL}(q \,\|\, p) = \tfrac12\Big(\underbrace{dv}_{\text{trace}} + \underbrace{\|m\|^2}_{\text{mean}} - d + \underbrace{(-d \log v)}_{\text{log det}}\Big) ,$$
#
# the log-determinant being that of $p$ over $q$, as there.
#
# Here $m = \sqrt{\bar\alpha_T}\,x_0$ and $v = 1 - \bar\alpha_T$. As $\bar\alpha_T \to 0$ the trace, the
# log-determinant and $d$ cancel up to a term of order $d\,\bar\alpha_T^2$, and what is left is
# $\frac12 \bar\alpha_T \|x_0\|^2$: the gap is what the prior overlooks of the mean.
#
# **In numbers.** $d = 1$, $x_0 = 2$, $\bar\alpha_T = 0.1$: trace $0.9$, mean $0.4$, log det $0.1054$, so KL
# $= \frac12(0.9 + 0.4 - 1 + 0.1054) = 0.2027$ nats.
#
# **Write** the three terms and their sum. `x0` holds a batch of vectors, so `mean` and `kl` have one entry for each.


# %% tags=["solve:diffusion.prior_gap"]
def prior_gap(x0, alpha_bar_T):
    """KL(q(x_T | x_0) ‖ N(0, I)) = ½ (trace + mean - d + log_det) in nats, term by term.   (002 9-3c, d)

    x0: (B, d); alpha_bar_T: float in (0, 1);
    returns {"trace": number, "mean": (B,), "log_det": number, "kl": (B,)}, the tensors of the type of x0.
    """
    ### BEGIN SOLUTION
    d = x0.shape[1]
    trace = d * (1 - alpha_bar_T)
    mean = alpha_bar_T * (x0**2).sum(dim=1)
    log_det = -d * math.log1p(-alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (mean + (trace - d + log_det))}
    ### END SOLUTION


# %% tags=["check:diffusion.prior_gap:2"]
check("diffusion.prior_gap")

# %% [markdown]
# Put it to use. A popular way to ruin a diffusion model is to shorten it: someone takes $\beta$ from $10^{-4}$
# to $0.02$, made for $T = 1000$, and runs it with $T = 100$ to save time. What does that cost?

# %% tags=["demo"]
with waiting_for("alpha_bar", "prior_gap"):
    flat, lengths = pictures.reshape(-1, 64), [30, 50, 100, 200, 300, 500, 700, 1000, 1400, 2000]
    hundred = {"not scaled": SCHEDULES["linear"](100) / 10, "scaled": SCHEDULES["linear"](100)}
    prices = {name: prior_gap(flat, float(alpha_bar(beta)[-1]))["kl"].mean() for name, beta in hundred.items()}
    told = [f"{nats:.4f} nats per digit {name}" for name, nats in prices.items()]
    show(
        draw_prior_gap(prior_gap, alpha_bar, SCHEDULES["linear"], flat, lengths),
        alt="Divergence from the prior against the number of steps, both on logarithmic axes, with fixed betas and with the "
        f"scaled schedule. They meet at a thousand steps; at a hundred they are {' and '.join(told)}.",
    )
    print("T = 100:", ", ".join(told))

# %% [markdown]
# With a hundred unscaled steps more than a third of the signal's variance is still there when the model believes it is
# looking at pure noise. The bound pays 11.2 nats for each digit.
#
# Not all of that is harm to the samples. Averaged over the data, the price has two parts:
#
# $$\mathbb E_{x_0}\,\mathrm{KL}\big(q(x_T \mid x_0) \,\|\, p\big) = \underbrace{I(x_0; x_T)}_{\text{what } x_T \text{ still knows}} +
# \underbrace{\mathrm{KL}\big(q(x_T) \,\|\, p\big)}_{\text{where the sampler starts wrongly}} .$$
#
# Only the second concerns the sampler. Take data that are $\mathcal N(0, 1)$ themselves: then $x_T$ is
# $\mathcal N(0, 1)$ *exactly*, at every $T$, and the sampler starts right; yet with $\bar\alpha_T = 0.364$ the bound
# pays $-\frac12\log(1 - 0.364) = 0.226$ nats, all of it information. For the digits the second part cannot be had in
# closed form, but it is at least the divergence of the normal with $x_T$'s mean and covariance:

# %% tags=["demo"]
with waiting_for("alpha_bar", "prior_gap"):
    data, share = flat.double(), float(alpha_bar(SCHEDULES["linear"](100) / 10)[-1])
    mean, covariance = data.mean(0), torch.cov(data.T, correction=0)
    end = torch.distributions.MultivariateNormal(
        math.sqrt(share) * mean, share * covariance + (1 - share) * torch.eye(64, dtype=data.dtype)
    )
    noise = torch.distributions.MultivariateNormal(torch.zeros(64, dtype=data.dtype), torch.eye(64, dtype=data.dtype))
    print(f"the whole price:                          {prior_gap(data, share)['kl'].mean():5.2f} nats per digit")
    print(f"from the normal with the moments of x_T:  {torch.distributions.kl_divergence(end, noise):5.2f}")
    print(f"of this, because its mean is not 0:       {share * mean.square().sum() / 2:5.2f}")

# %% [markdown]
# At least seven of the eleven nats are a wrong start, and five of these seven would go if one subtracted the mean
# picture before training.

# %% [markdown]
# ## 7 · One step back, if you knew where you came from
#
# To generate we need $q(x_{t-1} \mid x_t)$: given a noisy picture, what was it one step earlier? In general nobody
# can write that down, for it depends on the whole data distribution. But *given $x_0$ as well*, everything is
# Gaussian, and Bayes' rule gives it exactly. This posterior is what notebook 16's network is trained to imitate.
#
# Two opinions on $x_{t-1}$ meet. Coming from $x_0$, by section 3:
# $x_{t-1} \sim \mathcal N(\sqrt{\bar\alpha_{t-1}}\,x_0,\, 1 - \bar\alpha_{t-1})$. Looking from $x_t$: it is
# $\sqrt{\alpha_t}\,x_{t-1}$ plus noise of variance $\beta_t$. (All coordinates are independent, so one will do.) By
# Bayes' rule, as a function of $x_{t-1}$,
#
# $$\log q(x_{t-1} \mid x_t, x_0) = -\frac12 \left[ \frac{(x_t - \sqrt{\alpha_t}\,x_{t-1})^2}{\beta_t}
# + \frac{(x_{t-1} - \sqrt{\bar\alpha_{t-1}}\,x_0)^2}{1 - \bar\alpha_{t-1}} \right] + \text{const} .$$
#
# This is a parabola, so the posterior is Gaussian. The coefficient of $x_{t-1}^2$ in the bracket is its precision,
# the inverse of its variance:
#
# $$\frac1{\tilde\beta_t} = \frac{\alpha_t}{\beta_t} + \frac{1}{1 - \bar\alpha_{t-1}}
# = \frac{\alpha_t - \bar\alpha_t + \beta_t}{\beta_t\,(1 - \bar\alpha_{t-1})} = \frac{1 - \bar\alpha_t}{\beta_t\,(1 -
# \bar\alpha_{t-1})}
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


# %% tags=["solve:diffusion.posterior_variance"]
def posterior_variance(beta):
    """beta_tilde_t = (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) · beta_t, with alpha_bar_0 = 1.   (001 P4)

    beta: (T,), values in (0, 1);  returns (T,), same type; entry t - 1 belongs to time t, the first is 0.
    """
    ### BEGIN SOLUTION
    noise = -torch.expm1(log_alpha_bar(beta))  # 1 − alpha_bar_t without the loss of digits
    noise_before = torch.cat([torch.zeros_like(noise[:1]), noise[:-1]])
    return noise_before / noise * beta
    ### END SOLUTION


# %% tags=["check:diffusion.posterior_variance:1"]
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
# $x_t$ is $\sqrt{0.8} \cdot 0.1/0.28 = 0.3194$. For $x_0 = 1$, $x_2 = 0.5$ the mean is $0.8374$.
#
# **Write** `posterior`, with the mean and the variance for each item of a batch. At $t = 1$ it must return $x_0$
# itself, with variance 0.


# %% tags=["solve:diffusion.posterior"]
def posterior(x0, xt, t, beta):
    """Mean and variance of q(x_{t-1} | x_t, x_0) = N(mean, variance · I).   (001 P4, with √alpha_t put right)

    x0, xt: (B, …), of the type of beta; t: (B,), int64, values 1 … T; beta: (T,), values in (0, 1);
    returns (mean, variance): mean of the shape of x0, variance (B,), both of the type of x0.
    """
    ### BEGIN SOLUTION
    log_kept = log_alpha_bar(beta)
    log_kept_before = torch.cat([torch.zeros_like(log_kept[:1]), log_kept[:-1]])  # log alpha_bar_0 = 0
    noise, noise_before = -torch.expm1(log_kept), -torch.expm1(log_kept_before)
    on_x0 = torch.exp(log_kept_before / 2) * beta / noise
    on_xt = torch.sqrt(1 - beta) * noise_before / noise
    mean = per_item(on_x0[t - 1], x0) * x0 + per_item(on_xt[t - 1], xt) * xt
    return mean, posterior_variance(beta)[t - 1]
    ### END SOLUTION


# %% tags=["check:diffusion.posterior:3"]
check("diffusion.posterior")

# %% [markdown]
# Here is Bayes' rule as a picture, with the numbers from above: the two opinions, multiplied point by point on a grid
# and normalised by brute force (grey area), and your formula (line). The dashed mark is where the misprint would put
# the mean.

# %% tags=["demo"]
with waiting_for("alpha_bar", "log_alpha_bar", "posterior", "posterior_variance"):
    show(
        draw_bayes(alpha_bar, posterior, torch.linspace(0.01, 0.3, 10, dtype=torch.float64), t=7, x0=1.0, xt=1.6),
        alt="Two bell curves over the value at time 6, one centred at 0.75 from the starting point, one at 1.8 from the noisy value. "
        "Their product is a narrower bell between them, and the posterior from the formula lies exactly on it. The misprinted mean "
        "lies clearly to its left.",
    )

# %% [markdown]
# The line lies on the grey area: you have an exact formula for one step back, the target of all that notebook 16
# trains.
#
# ### Play with it
#
# One step back, and another, down to $x_0$, each drawn with your `posterior`. The paths hang between $x_0 = 1$ and
# $x_t$ like ropes between two nails; the band is twice the standard deviation, worked out from your means and
# variances. Where is it widest? Move $t$ to 100: near which end does a path do most of its wandering? Move $x_t$:
# what of the band changes, and what does not?

# %% tags=["demo"]
with waiting_for("log_alpha_bar", "posterior", "posterior_variance"):
    display(bridge_explorer(posterior, SCHEDULES["linear"](100)))

# %% [markdown]
# $x_t$ moves the middle of the band and leaves its width alone: a variance that is known beforehand is what makes these
# steps so easy to learn.

# %% [markdown]
# ## 8 · From the noise to the picture
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


# %% tags=["solve:diffusion.predict_x0"]
def predict_x0(xt, t, eps, alpha_bar):
    """x0 = (x_t - √(1 - alpha_bar_t) eps) / √alpha_bar_t, q_sample solved for x0.   (001 P4)

    xt, eps: (B, …), of the type of alpha_bar; t: (B,), int64, values 1 … T; alpha_bar: (T,), values in (0, 1];
    returns x0, of the shape and type of xt.
    """
    ### BEGIN SOLUTION
    kept = per_item(alpha_bar[t - 1], xt)
    return (xt - (1 - kept).sqrt() * eps) / kept.sqrt()
    ### END SOLUTION


# %% tags=["check:diffusion.predict_x0:1"]
check("diffusion.predict_x0")

# %% [markdown]
# So at the end of the road a guess of the noise has to be very good indeed. Whoever answers with $x_t$ itself is
# wrong by only 0.0054 on average at $t = 1000$ (*linear*, digits), and knows nothing about the picture: $x_t$ *is*
# nearly all noise. Multiply by $1/\sqrt{\mathrm{SNR}_{1000}} = 157$, and that is an error of $0.85$ in $\hat x_0$,
# as much as answering "all grey". A good loss on $\epsilon$ says little about the picture here, and that is a reason
# to let a network predict something else (notebook 16).
#
# Why not jump from noise to picture in one step, with a *perfect* guess? Suppose that you know all thousand training
# digits, and that $x_0$ is one of them. The best guess in the mean square is $\mathbb E[x_0 \mid x_t]$; section 12
# works it out. Predict before you run: what does it look like at $t = 1000$?

# %% tags=["demo"]
with waiting_for("alpha_bar", "q_sample"):
    stops = [50, 200, 400, 600, 800, 1000]
    fig = draw_best_guesses(alpha_bar, q_sample, SCHEDULES["linear"](1000), pictures, which=14, times=stops)
    show(fig, alt=guesses_in_words(fig))

# %% [markdown]
# No guess is better, and at $t = 1000$ it is the mean picture: no digit at all, and off by $0.54$ on average. From
# there no jump leads to a picture. What a *small* step needs is only the direction, and the small step makes the
# next guess better: that is why one goes step by step.
#
# ### What a guess is good for
#
# This is what notebook 16 will do with a network $\epsilon_\theta(x_t, t)$ that guesses noise. It works all of this
# out; here you only need to see where a schedule stands in it.
#
# **Sampling.** Put $\hat x_0$ for $x_0$ into the posterior's mean. With $\beta_t + \alpha_t(1 - \bar\alpha_{t-1}) =
# 1 - \bar\alpha_t$ the two terms in $x_t$ join, and what is left is the *sampler's line*
#
# $$\mu_\theta(x_t, t) = \frac{1}{\sqrt{\alpha_t}} \left( x_t - \frac{\beta_t}{\sqrt{1 - \bar\alpha_t}}\,\epsilon_\theta(x_t, t) \right),
# \qquad x_{t-1} = \mu_\theta(x_t, t) + \sigma_t\,\epsilon' .$$
#
# The variance $\sigma_t^2$ of the step is chosen; $\beta_t$ and $\tilde\beta_t$ are the usual choices.
#
# **Training.** The model is the chain $p_\theta(x_{0:T}) = p(x_T) \prod_t p_\theta(x_{t-1} \mid x_t)$ with
# $p_\theta(x_{t-1} \mid x_t) = \mathcal N(\mu_\theta(x_t, t), \sigma_t^2 I)$. As in notebook 06 one does not train
# $\log p_\theta(x_0)$ itself (the question below asks why) but a lower bound. The latent is now
# $z = (x_1, \dots, x_T)$, and its approximate posterior is $q(x_{1:T} \mid x_0)$, your forward process: nothing in it
# has to be learnt. One term of the bound is section 6's gap, one asks how well $x_0$ comes back from $x_1$. The others
# compare, for each $t > 1$, two normals, $q(x_{t-1} \mid x_t, x_0)$ and $p_\theta(x_{t-1} \mid x_t)$. What depends on
# $\theta$ in them is the distance of the means, $\|\tilde\mu_t - \mu_\theta\|^2/(2\sigma_t^2)$, and since the two means
# differ by $\frac{\beta_t}{\sqrt{\alpha_t}\sqrt{1 - \bar\alpha_t}}(\epsilon - \epsilon_\theta)$ up to the sign, it is a
# weighted loss on the noise:
#
# $$\underbrace{\frac{\beta_t^2}{2\sigma_t^2\,\alpha_t\,(1 - \bar\alpha_t)}}_{\text{ELBO weight}}\;
# \big\| \epsilon - \epsilon_\theta\big(\sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon,\; t\big) \big\|^2 .$$
#
# In practice most people drop the weight, and train on the squared distance alone.
#
# **In numbers.** $\beta = (0.1, 0.2)$, $t = 2$, $x_2 = 0.5$, $\epsilon_\theta = -1$:
# $\hat x_0 = (0.5 + \sqrt{0.28})/\sqrt{0.72} = 1.2129$, so the mean is
# $0.6776 \cdot 1.2129 + 0.3194 \cdot 0.5 = 0.9816$. The sampler's line says
# $(0.5 + 0.2/\sqrt{0.28})/\sqrt{0.8} = 0.9816$ as well. With $\sigma_2^2 = \beta_2$ the weight is
# $0.04/(2 \cdot 0.2 \cdot 0.8 \cdot 0.28) = 0.4464$.
#
# **Question (2 points; 001 P4a).** Why does one optimise the ELBO and not the log-likelihood $\log p_\theta(x_0)$ of
# the data? What would have to be done to compute the latter, and why does one not just average over sampled chains?

# %% [markdown] tags=["written:diffusion.reason_for_elbo:2"]
# ### BEGIN SOLUTION
# **Model answer.** The log-likelihood is intractable: $p_\theta(x_0)$ is a marginal, and to get it one has to
# integrate out the latent variables $x_1, \dots, x_T$ ($z_1, \dots, z_N$ in 001). The integrand runs through a
# network at each step, so there is no closed form, and $Td$ dimensions are far too many for a grid. An average of
# $p_\theta(x_0 \mid x_1)$ over chains drawn from the model is unbiased, but hardly any of these chains comes near
# the given $x_0$, so the average is 0 for all practical purposes, and its logarithm useless. The ELBO is an
# expectation under the known $q$, whose draws all lead to $x_0$; its terms are closed up to one draw of $x_t$, and
# it bounds the log-likelihood from below.
#
# **Rubric**
# - (0.5) the log-likelihood of the data is intractable
# - (1) the reason: the latents x_1 … x_T have to be marginalised (integrated) out
# - (0.5) sampled chains almost never end near x_0, or: the bound's terms can be computed with draws from q
# - (up to 2) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# (There *is* a number that can be computed: the same network also defines a differential equation, whose own
# likelihood is within reach. Notebook 17 does that.)

# %% [markdown]
# ## 9 · Without fading: the variance-exploding process
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
# normal themselves $x_T$ is normal too, and the loss is a KL divergence between two normals; in one dimension, from
# notebook 06,
#
# $$\mathrm{KL}\big(\mathcal N(m_1, v_1) \,\|\, \mathcal N(m_2, v_2)\big) = \frac12 \left( \frac{v_1}{v_2} + \frac{(m_1 - m_2)^2}{v_2} - 1 - \log\frac{v_1}{v_2} \right) .$$
#
# **In numbers.** $x_0 = 1$, $t = 4$, $\sigma = 0.5$, $\epsilon = 2$: $x_4 = 1 + 2 \cdot 0.5 \cdot 2 = 3$; posterior
# mean $(3 \cdot 3 + 1)/4 = 2.5$, variance $\frac34 \cdot 0.25 = 0.1875$. With $m = s^2 = \sigma = 1$ and $T = 4$,
# $x_4 \sim \mathcal N(1, 5)$, and the four gaps are $0.1384$, $0.0134$, $0.1$ and $0$.
#
# **Write** all three. (Good to know: the root of an integer tensor is `float32`, whatever the type of `x0`. The check
# forgives the lost digits; bringing `t` to the type of `x0` first keeps them.)


# %% tags=["solve:diffusion.variance_exploding"]
def ve_sample(x0, t, eps, sigma):
    """x_t = x0 + √t sigma eps.   (000 Q2a)

    x0, eps: (B, …); t: (B,), int64, values ≥ 1; sigma: float, > 0;  returns x_t, of the shape and type of x0.
    """
    ### BEGIN SOLUTION
    spread = sigma * t.to(x0).sqrt()
    return x0 + per_item(spread, x0) * eps
    ### END SOLUTION


def ve_posterior(x0, xt, t, sigma):
    """Mean ((t - 1) x_t + x0) / t and variance sigma² (t - 1) / t of q(x_{t-1} | x_t, x_0).

    x0, xt: (B, …); t: (B,), int64, values ≥ 1; sigma: float, > 0;
    returns (mean, variance): of the shape and type of x0, and (B,).
    """
    ### BEGIN SOLUTION
    back = 1 / t.to(x0)  # the share of the way back to x0
    mean = xt + per_item(back, x0) * (x0 - xt)
    return mean, sigma**2 * (1 - back)
    ### END SOLUTION


def ve_prior_gaps(mean, var, T, sigma):
    """KL in nats of x_T ~ N(mean, var + T sigma²) to four priors, in one dimension.   (000 Q2b)

    mean, var: of the data, floats; var: > 0; T: int ≥ 1; sigma: float, > 0;  returns a dict of four floats: "noise" for N(0, T sigma²),
    "mean" for N(mean, T sigma²), "spread" for N(0, var + T sigma²), "both" for N(mean, var + T sigma²).
    """
    ### BEGIN SOLUTION
    noise, whole = T * sigma**2, var + T * sigma**2

    def gap(prior_mean, prior_var):
        ratio = whole / prior_var
        return 0.5 * (ratio - 1 - math.log(ratio) + (mean - prior_mean) ** 2 / prior_var)

    return {"noise": gap(0, noise), "mean": gap(mean, noise), "spread": gap(0, whole), "both": gap(mean, whole)}
    ### END SOLUTION


# %% tags=["check:diffusion.variance_exploding:3"]
check("diffusion.variance_exploding")

# %% [markdown]
# Which half of the repair matters more, mean or spread? Let your function say, for data with mean 2 and variance 1:

# %% tags=["demo"]
with waiting_for("ve_prior_gaps"):
    late = ve_prior_gaps(2.0, 1.0, 1000, 0.5)
    told = ", ".join(f"{late[name]:.1e} for '{name}'" for name in ("noise", "mean", "spread"))
    show(
        draw_ve_gaps(ve_prior_gaps, mean=2.0, var=1.0, sigma=0.5),
        alt="Divergence from three priors against the number of steps, all falling lines on logarithmic axes. In nats, at "
        f"a thousand steps: {told}.",
    )

# %% [markdown]
# **Question (3 points; 000 Q2a and b).** (a) How do you sample from $q(x_t \mid x_0)$ efficiently? (b) You are given
# trained reverse steps $p_\theta(x_{t-1} \mid x_t)$. How do you generate, and which distribution do you take for
# $x_T$, and why? Name at least one alternative and what it would gain.

# %% [markdown] tags=["written:diffusion.which_prior:3"]
# ### BEGIN SOLUTION
# **Model answer.** (a) The sum of $t$ independent $\mathcal N(0, \sigma^2 I)$ is $\mathcal N(0, t\sigma^2 I)$, so one
# draw is enough: $x_t = x_0 + \sqrt t\,\sigma\,\epsilon$.
#
# (b) Draw $x_T$ from the prior, then for $t = T, T-1, \dots, 1$ draw $x_{t-1} \sim p_\theta(x_{t-1} \mid x_t)$;
# return $x_0$. The prior should be as close as possible to the true distribution of $x_T$, which has the mean $m$ of
# the data and their variance plus $T\sigma^2$. $\mathcal N(0, T\sigma^2 I)$ is good enough if $T\sigma^2$ is much
# larger than $\|m\|^2$ and the variance of the data. Better is $\mathcal N(m, T\sigma^2 I)$ (the error then falls
# like $1/T^2$ and not $1/T$) or $\mathcal N(m, (s^2 + T\sigma^2) I)$, whose first two moments are right; one can also
# learn it.
#
# **Rubric**
# - (1) a: one Gaussian draw with variance t sigma², as independent variances add
# - (1) b: draw x_T, then x_{t−1} given x_t for t = T … 1
# - (1) b: a prior with variance about T sigma², justified as close to the true x_T, and an alternative (mean,
#   spread, learnt) with its gain
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# A wrong mean costs $m^2 / (2T\sigma^2)$ and so fades like $1/T$; a wrong spread costs about
# $\frac14 (s^2/T\sigma^2)^2$ and fades like $1/T^2$. If you may repair one thing only, repair the mean: in practice,
# centre the data.
#
# A word on the solution in 000, if you have it at hand. It says that the procedure samples approximately from
# $p_\theta(x_0)$. It samples from it *exactly*: $p_\theta(x_0)$ is defined by this procedure, prior included. What
# $p_\theta$ approximates is the data distribution $q(x_0)$. (And in its figure of the chain the last two arrows carry
# the same labels; those of the first of the two should be $p_\theta(x_1 \mid x_2)$ and $q(x_2 \mid x_1)$.)

# %% [markdown]
# ## 10 · Which schedules are allowed?
#
# Back to the variance-preserving process. It needs $\sqrt{\beta_t}$ and $\sqrt{\alpha_t}$; the posterior divides by
# $1 - \bar\alpha_t$, the estimate $\hat x_0$ by $\sqrt{\bar\alpha_t}$, the sampler's line by $\sqrt{\alpha_t}$. So
# what must a schedule satisfy? Go through the possibilities for a single $\beta_n$:
#
# - $\beta_n < 0$: a variance cannot be negative, and $\sqrt{\beta_n}$ is not real.
# - $\beta_n = 0$: step $n$ adds no noise. At $n = 1$ this leaves $\bar\alpha_1 = 1$, so $q(x_1 \mid x_0)$ is a single
#   point without a density, and every formula that divides by $1 - \bar\alpha_1$ breaks. At a later step only the ELBO
#   weight does ($0/0$, with $\sigma_n^2 = \beta_n$); refusing it there too is a convention, and keeps the rule short.
# - $\beta_n = 1$: $\alpha_n = 0$. Section 11 looks closely at what this breaks and what it does not.
# - $\beta_n > 1$: $1 - \beta_n$ is negative and has no real root.
# - $\beta_n$ is not a number: nothing works, but *comparisons do not complain*.

# %% tags=["given"]
doubtful = torch.tensor([-0.1, 0.0, 1.0, 1.5, math.nan])
{
    "√beta": doubtful.sqrt(),
    "√(1 − beta)": (1 - doubtful).sqrt(),
    "beta < 0": doubtful < 0,
    "beta > 1": doubtful > 1,
}

# %% [markdown]
# The last entry slips through both comparisons.
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

# %% [markdown] tags=["written:diffusion.which_schedules:4"]
# ### BEGIN SOLUTION
# **Model answer.** Schedules 2 and 4 are invalid, 1 and 3 are valid, for every $N$.
#
# 1. *Valid.* $n/N$ lies in $(0, 1]$ and $1 < \pi/2$, where the sine increases:
#    $0 < \sin(n/N) \le \sin 1 \approx 0.841 < 1$.
# 2. *Invalid.* At $n = 1$: $\beta_1 = 1 - 1 = 0$. The first step adds no noise, $1 - \bar\alpha_1 = 0$, and the
#    posterior divides by it.
# 3. *Valid.* The logarithm increases: $0 < \log(1 + 1/N) \le \log(1 + n/N) \le \log 2 \approx 0.693 < 1$.
# 4. *Invalid*, at $n = 1$ already. For $N \ge 3$, $\pi/N < \pi/2$, so $\beta_1 = -\cos(\pi/N) < 0$, a negative
#    variance. For $N = 2$, $\beta_1 = -\cos(\pi/2) = 0$. For $N = 1$, $\beta_1 = -\cos\pi = 1$.
#
# Later on 4 is positive, for $n > N/2$, and fails once more at $n = N$, where $\beta_N = 1$.
#
# **Rubric**
# - (1) schedule 1 valid, with 0 < sin(n/N) ≤ sin 1 < 1
# - (1) schedule 2 invalid, because beta_1 = 0
# - (1) schedule 3 valid, with 0 < log(1 + n/N) ≤ log 2 < 1
# - (1) schedule 4 invalid, because beta_1 = −cos(π/N) is not positive for N ≥ 2 and 1 for N = 1 (half for "negative"
#   without n)
# - (up to 4) any other well-justified answer
#
# Take off one point for each valid schedule that is called invalid, but never below zero. A verdict without a reason
# earns nothing.
# ### END SOLUTION

# %% [markdown]
# ### Then by machine
#
# **Write** `validate_schedule`. It returns `None` for a valid schedule, otherwise the *first* bad $n$, where the first
# step is $n = 1$, and the reason as one of five words.
#
# **In numbers.** For `beta = (0.2, 0.0, 1.5)` it returns `(2, "zero")`; for `(0.2, 0.999)` it returns `None`; for
# `(nan, 0.1)` it returns `(1, "nan")`.


# %% tags=["solve:diffusion.validate_schedule"]
def validate_schedule(beta):
    """None if 0 < beta_n < 1 for every n = 1 … N, else (n, reason) for the first bad n.   (001 P4d)

    beta: (N,), N ≥ 1, float32 or float64, with ∞, −∞ and NaN among its values;
    reason: "negative" (below 0), "zero", "one", "above one" or "nan".
    """
    ### BEGIN SOLUTION
    bad = ~((beta > 0) & (beta < 1))  # asked this way round, NaN is bad: every comparison with it is false
    if not bad.any():
        return None
    first = int(bad.nonzero()[0])
    value = float(beta[first])
    if math.isnan(value):
        return first + 1, "nan"
    if value <= 0:
        return first + 1, "zero" if value == 0 else "negative"
    return first + 1, "one" if value == 1 else "above one"
    ### END SOLUTION


# %% tags=["check:diffusion.validate_schedule:4"]
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
        alt=verdicts_in_words(verdicts),
    )

# %% [markdown]
# Compare with your written answer, and read the two panels that the exam did not ask for.
#
# - $-\cos(\pi n/N)$: the solution in 001 gives $\beta_n \le 0$ as its fault. That is so for $n \le N/2$ (and enough
#   to reject it); the second half is positive, and at $n = N$ it fails once more, by being 1. Whoever looks only at
#   the end, or only for negative values, misses half of the story.
# - *Linear*, scaled by $1000/N$, is fine for long schedules, and breaks for short ones: at $N = 20$ its last step is
#   $0.02 \cdot 50 = 1$ exactly, and for $N$ from 2 to 19 it exceeds 1. A formula that is safe at $N = 1000$ need not
#   be safe at $N = 10$.
# - *Cosine* always ends in $\beta_N = 1$, since it aims at $\bar\alpha_N = 0$. Every implementation that you will
#   meet clips it, usually at 0.999 (notebook 16's at 0.5), and now you know why.

# %% [markdown]
# ## 11 · Breaking it on purpose
#
# **Question (2 points; 001 P4b and c).** Somebody trains with a schedule in which (b) one $\beta_n$ is greater than
# 1, or (c) one $\beta_n$ equals 1. Say for each what goes wrong, and *where*: which formula, in training or in
# sampling, at which steps?

# %% [markdown] tags=["written:diffusion.why_training_fails:2"]
# ### BEGIN SOLUTION
# **Model answer.** (b) $\alpha_n = 1 - \beta_n < 0$, so $\bar\alpha_n < 0$. Training draws
# $x_n = \sqrt{\bar\alpha_n}\,x_0 + \sqrt{1 - \bar\alpha_n}\,\epsilon$ and needs the root of a negative number: in
# code NaN, in the loss and from there in every weight. It stays so until a second such step makes the product
# positive again.
#
# (c) $\alpha_n = 0$, so $\bar\alpha_{n'} = 0$ for all $n' \ge n$: from step $n$ on $x_{n'}$ is pure noise and holds
# nothing of $x_0$. The $\epsilon$-loss can still be computed, but at these steps it teaches nothing about the data.
# Where one divides, it breaks: $\hat x_0$ divides by $\sqrt{\bar\alpha_{n'}} = 0$ at every $n' \ge n$, and the
# sampler (and the weight of the ELBO's terms) by $\sqrt{\alpha_n} = 0$ (or $\alpha_n$) at step $n$.
#
# **Rubric**
# - (0.5) b: alpha_n, and with it alpha_bar_n, is negative
# - (0.5) b: the root in sampling x_n from q(x_n given x_0), that is in training, is not real
# - (0.5) c: alpha_bar is 0 from step n on, all information about x_0 is lost
# - (0.5) c: a division by zero is named with its place: x_0 hat from step n on, or the sampler or ELBO weight at step n
# - (up to 2) any other well-justified answer
# ### END SOLUTION

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
# then gives an example from sampling; let us keep the two apart. Here are the four expressions of section 8, all at
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


# %% tags=["solve:diffusion.break_it"]
def first_bad_root(beta):
    """The first n with alpha_bar_n < 0, or None.   (001 P4b)

    beta: (T,), values > 0, some perhaps above 1;  returns an int from 1 to T, or None.
    """
    ### BEGIN SOLUTION
    sign = torch.cumprod(torch.sign(1 - beta), dim=0)  # the product of the signs cannot underflow
    negative = (sign < 0).nonzero()
    return int(negative[0]) + 1 if len(negative) else None
    ### END SOLUTION


def positive_again():
    """A list of beta_n > 0 for which alpha_bar_n is negative at some n and positive at a later one."""
    ### BEGIN SOLUTION
    return [0.5, 1.5, 1.5]  # alpha_bar: 0.5, −0.25, 0.125
    ### END SOLUTION


def still_works(beta, t):
    """Is the expression free of a division by zero at step t?   (001 P4c)

    beta: (T,), values in (0, 1]; t: int, 1 … T; alpha_bar_t is 0 or large enough for its type;
    returns {"eps_loss": bool, "x0_hat": bool, "sampler": bool, "elbo_weight": bool}.
    """
    ### BEGIN SOLUTION
    erased = bool((beta[:t] == 1).any())  # then alpha_bar_t = 0
    erases = bool(beta[t - 1] == 1)  # then alpha_t = 0
    return {"eps_loss": True, "x0_hat": not erased, "sampler": not erases, "elbo_weight": not erases}
    ### END SOLUTION


# %% tags=["check:diffusion.break_it:3"]
check("diffusion.break_it")

# %% [markdown]
# The most dangerous entry of your table is the first: with $\beta_n = 1$ **the training loss never complains.** It
# falls nicely, and the trouble shows only when you sample. That is what a validator is for.

# %% [markdown]
# ## 12 · Generating without training
#
# You own a step back *given $x_0$*. What if you put a guess of $x_0$ in its place, take the step, guess again, and
# so on down to $t = 1$? That is a sampler, and it needs no network if somebody else can guess.
#
# For a training set $x^{(1)}, \dots, x^{(n)}$ the best guess is known. Whoever sees $x_t$ asks by Bayes' rule which
# of the points lies behind it: each is as likely as any other beforehand, and $q(x_t \mid x_0)$ is a normal density.
# So the points have the weights
#
# $$w_i = \frac{e^{-d_i}}{\sum_j e^{-d_j}}, \qquad d_i = \frac{\|x_t - \sqrt{\bar\alpha_t}\,x^{(i)}\|^2}{2\,(1 - \bar\alpha_t)},
# \qquad\text{and}\qquad \mathbb E[x_0 \mid x_t] = \sum_i w_i\, x^{(i)} ,$$
#
# a softmax over the training set. A mean square error is least at the conditional mean, so no network, however
# large, guesses $x_0$ (or, which is the same, $\epsilon$) better *on the training set*. `best_x0` computes it; you
# saw it in section 8, and will write it yourself in notebook 16.
#
# **In numbers.** $\beta = (0.1, 0.2)$, $x_2 = 0.5$, all noises 1, and a guess that always says 1. At $t = 2$ the mean
# is $0.8374$ (section 7) and the variance $0.0714$, so $x_1 = 0.8374 + 0.2673 \approx 1.1046$. At $t = 1$ the mean is
# the guess and the variance 0: $x_0 = 1$.
#
# **Write** `generate`, the whole chain, with your `posterior`. (The check answers `guess` itself: no network, no data.)


# %% tags=["solve:diffusion.generate"]
def generate(guess, xT, noise, beta):
    """x_{t-1} = mean + √variance · noise[t - 1] of q(x_{t-1} | x_t, x0 = guess(x_t, t)), for t = T … 1; the last one.

    guess: takes x_t (B, …) and t (B,), gives x0 (B, …); xT: (B, …), of the type of beta; noise: (T, B, …);
    beta: (T,), values between 0.001 and 0.5;  returns x_0, of the shape and type of xT.
    """
    ### BEGIN SOLUTION
    x = xT
    for step in range(len(beta), 0, -1):
        t = torch.full((len(x),), step, device=x.device)
        mean, variance = posterior(guess(x, t), x, t, beta)
        x = mean + per_item(variance.sqrt(), x) * noise[step - 1]
    return x
    ### END SOLUTION


# %% tags=["check:diffusion.generate:2"]
check("diffusion.generate")

# %% [markdown]
# Noise into digits, by nothing but your own functions and the thousand training pictures:

# %% tags=["demo"]
with waiting_for("alpha_bar", "log_alpha_bar", "posterior", "posterior_variance", "generate"):
    beta, points, states = SCHEDULES["linear"](budget(200, 200, 20)).float(), pictures.reshape(-1, 64), []
    kept, spirit = alpha_bar(beta), torch.Generator().manual_seed(1)

    def all_knowing(xt, t):
        states.append(xt)
        return best_x0(xt, t, points, kept)

    xT, noise = torch.randn(8, 64, generator=spirit), torch.randn(len(beta), 8, 64, generator=spirit)
    made = generate(all_knowing, xT, noise, beta)
    farthest = torch.cdist(made, points).amin(1).max()
    show(
        draw_generated([*states, made], pictures),
        alt="Eight rows, each from a square of noise on the left by five stages to a clear handwritten digit, and beside it the nearest "
        f"training picture, at a distance of at most {farthest:.1e}.",
    )
    print(f"The largest distance to a training picture: {farthest:.1e}")

# %% [markdown]
# Eight digits, sharp, of several kinds, from pure noise, and nobody trained anything! Then look at the last two
# columns. **Every one of them is a training picture, pixel by pixel.** At $t = 1$ your chain returns the guess
# itself, a mean of training pictures, and with so little noise left one of them has all the weight. The best
# possible player of this game has learnt nothing that was not in the data, and generates nothing new.
#
# So why does anyone train a network? Because it *cannot* play so well. It is too small and too smooth to tell a
# thousand pictures apart, and what it does instead, between the pictures, is what we call generalising. Notebook 16
# trains one, and measures that its digits are new; notebook 21 asks what happens when a network is large enough to
# come close to the best player, and how to find out whether your picture is in there.

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
# - say why one optimises the ELBO, and why the best possible denoiser only repeats the training set
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** $\beta_t = 0.02$ for all $t$. How many steps until less than a thousandth of the signal's variance is left?
#
# <details><summary>Answer</summary>
#
# $\bar\alpha_t = 0.98^t < 10^{-3}$ if $t > \log 1000 / (-\log 0.98) = 6.908 / 0.0202 = 341.9$, so $t = 342$.
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
# $\operatorname{Var} x_t = \bar\alpha_t s^2 + 1 - \bar\alpha_t = 1 + \bar\alpha_t (s^2 - 1)$. It moves from $s^2$ to
# 1, and stays put only if $s^2 = 1$: one more reason to standardise.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
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
# 5. That is much more than the range of the pixels: "all grey" would be better. In $\epsilon$, too: at
# $\bar\alpha_t = 10^{-4}$ whoever says $x_t$ for $\epsilon$ is off by only about $\sqrt{\bar\alpha_t} = 0.01$ times
# the size of a pixel. A network with an error of $0.05$ is worse there than this answer; and even a small error in $\epsilon$ says nothing about the picture.
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
# $\delta$, which is $0.01$ at $\delta = 0.2$. (The exact root is $\delta = 0.214$.) So $T\sigma^2 \approx 5\,s^2$ is
# enough.
#
# </details>
#
# **9.** The chain of section 12, with the best guess for a training set of two points, $-1$ and $1$, and a single
# step, $T = 1$ with $\beta_1 = 0.99$. What does it return for $x_1 = 0$? Is that a training point? What must a
# schedule do so that every sample is one?
#
# <details><summary>Answer</summary>
#
# Both points are equally far from $x_1 = 0$, so the guess is $0$, and at $t = 1$ the chain returns it: no training
# point. The weights at $t = 1$ have $2(1 - \bar\alpha_1) = 2\beta_1$ in the denominator. If $\beta_1$ is small
# against the squared distances between the points, one of them has all the weight, wherever $x_1$ comes to lie (but
# for a set of tiny probability).
#
# </details>
#
# **10.** (6 points) A schedule was tuned on small pictures. It is now used for pictures with $k$ times as many pixels
# on each side that show the same things: the average over a block of $k \times k$ pixels is what the pixel was. (a)
# Take $x_t$ of a large picture and average its blocks. What is the signal-to-noise ratio of the result, in terms of
# that of $x_t$? (b) So at equal $\bar\alpha_t$, which of the two pictures is easier to recognise? Give the
# $\bar\alpha'_t$ at which the large picture is as hard as the small one at $\bar\alpha_t$. (c) $k = 2$ and
# $\bar\alpha_t = \frac12$: what is $\bar\alpha'_t$? (d) Is $\bar\alpha'$ that of a valid schedule whenever $\bar\alpha$
# is? What becomes of the prior gap, if one keeps the old schedule?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) The average of $k^2$ independent noises has $\frac1{k^2}$ of their variance, the signal stays: $k^2\,
# \mathrm{SNR}_t$.
#
# (b) (2 points) The large one, since whoever looks at it can average. Equally hard means $k^2\, \mathrm{SNR}'_t =
# \mathrm{SNR}_t$, and solved for the share: $\bar\alpha'_t = \bar\alpha_t / (\bar\alpha_t + k^2 (1 - \bar\alpha_t))$.
# (In decibels every time is shifted by $20 \log_{10} k$.)
#
# (c) (1 point) $\frac12/(\frac12 + 4 \cdot \frac12) = 0.2$.
#
# (d) (1 point) Yes: $\bar\alpha'$ grows with $\bar\alpha$ and maps $(0, 1]$ to itself, 1 to 1, so it falls in every
# step and stays positive, and $\beta'_t = 1 - \bar\alpha'_t/\bar\alpha'_{t-1}$ lies in $(0, 1)$. With the old one the
# gap, about $\frac12 \bar\alpha_T \|x_0\|^2$, is $k^2$ times as large.
#
# </details>
#
# ## An open question
#
# Nothing in this chapter needed the corruption to be *noise*. What a diffusion model needs is a road to a known
# distribution, with a jump to any point of it and a single step back given $x_0$. Which other corruptions have all
# three: blurring, masking pixels one by one, replacing words by a blank? What would play the part of $\bar\alpha_t$?
# Notebook 18 takes one of them up; the others are yours.

# %% tags=["given"]
total()
