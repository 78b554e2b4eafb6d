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
#     generated: 'from solutions/09_measuring.py by `make course`: to change the course,
#       edit that file'
# ---

# %% [markdown]
# <small>[The course](README.md) · before: [08 Variational autoencoders](08_vae.ipynb) · next: [10 Adversarial learning](10_gans.ipynb)</small>

# %% [markdown]
# # 09 · Measuring what has no likelihood
#
# A flow tells you the density of every picture, and a held-out set tells you how good that density is. Some models of
# the next chapters tell you nothing of the kind, a GAN least of all: it hands you pictures, and that is all. Are they
# good? Are they all that there is to be had? Are they new? "Look at them" is the oldest answer, and the worst: the eye
# sees one picture at a time, and a model that has learnt a single perfect face will pass.
#
# This chapter builds the instruments by which all later models are judged, and breaks every one of them. For each
# number you will write the function, and then meet a model that has a perfect score and is worthless. What remains is
# not one number but a small set of them, each with its blind spot known, its sample size stated and its error bar
# drawn.
#
# You need: mean and covariance, eigenvalues, the idea of a hypothesis test. Time: about 3 hours; sections 1, 2, 4 and 6 are
# the core (and of section 3 the first exercise, which a demo of section 4 needs), and with them every later model can
# be judged. Labels such as 004 say where a topic comes from; notebook 00 lists these sources.

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

# %% nbgrader={"schema_version": 3, "grade_id": "given-09-measuring-what-has-no-likelihood-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "c7b80a669275257b7966f22aceb942d9", "cell_type": "code"} deletable=false editable=false
import math

import torch

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits, two_moons
from pushforward.figures.measuring import (
    draw_bandwidths,
    draw_bias,
    draw_impostors,
    draw_memoriser,
    impostor,
    measure_explorer,
)
from pushforward.figures.style import figure, show, strip
from pushforward.measuring import classifier, frechet, kernels, neighbours, two_sample
from pushforward.train import budget
from pushforward.waiting import waiting_for

# %% tags=["demo"]
dice = torch.Generator().manual_seed(9)
train, fresh = two_moons(500, generator=dice).double(), two_moons(500, generator=dice).double()
suspects = {
    "fresh data": two_moons(500, generator=dice).double(),
    "same moments": impostor("a Gaussian", 1.0, train, dice),
    "half the moons": impostor("a lost moon", 1.0, train, dice),
    "too wide": impostor("noise", 0.2, train, dice),
    "copies": train.clone(),
}
show(
    draw_impostors(train, fresh, suspects),
    alt="Five clouds of points, and below them a table of six measures. The first cloud, fresh data on two moons, raises "
    "no alarm. A Gaussian cloud of the same mean and covariance escapes the Fréchet distance and the maximum mean "
    "discrepancy. A single moon escapes precision and the ratio of neighbour distances. Moons that are too wide escape "
    "the Fréchet distance and the maximum mean discrepancy. Copies of the training set are perfect by every "
    "measure but the ratio of neighbour distances.",
)


# %% [markdown]
# ## The picture
#
# Five "models" of two moons; each shows 500 samples. Below them, six numbers that the literature would report. The
# first column is fresh data, and it is the yardstick: where a number in another column is worse than that in the first
# by more than five standard errors, it raises an alarm (a filled field). These other columns are all frauds, and **no
# row is filled for all of them**. Each measure is blind to something: the Fréchet distance to everything but mean and
# covariance, the MMD (at its usual bandwidth) to detail, precision to what is missing, and all but the last to theft.
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x_i$ | `x`, `real` | samples of the data, one to a row: (N, D) |
# | $y_j$ | `y`, `fake` | samples of a model, (M, D) |
# | $m, C$ | | mean and covariance of a set of samples |
# | $h$ | `h` | bandwidth of a kernel |
# | $k$ | `k` | which nearest neighbour a radius reaches to |
#
# All functions here take samples as rows of a tensor. Pictures are flattened first.
#
# ### Before you begin: three questions from earlier chapters
#
# Pencil first; then unfold.
#
# **From 07.** You have 100 draws of a quantity with standard deviation 3. What is the standard error of their mean,
# and how many draws make it ten times smaller?
#
# <details><summary>Answer</summary>
#
# $3/\sqrt{100} = 0.3$. Ten times smaller takes a hundred times as many: 10,000.
#
# </details>
#
# **From 06.** $\mathrm{KL}(p \,\|\, q)$ where $q$ gives no mass to a place where $p$ has some: what is it, and what
# does that mean for a model that is fitted by maximum likelihood?
#
# <details><summary>Answer</summary>
#
# Infinite. Maximum likelihood minimises $\mathrm{KL}(\text{data} \,\|\, \text{model})$, so a model may put mass where
# there are no data at little cost, but must never leave out any.
#
# </details>
#
# **From 02.** $A$ is an invertible matrix and $z \sim \mathcal N(0, I)$. Which law has $x = m + A z$?
#
# <details><summary>Answer</summary>
#
# $\mathcal N(m, A A^\top)$. Many $A$ give the same law: all that share $A A^\top$.
#
# </details>

# %% [markdown]
# ## 1 · The Fréchet distance
#
# The number that most papers on pictures report is the *FID*, the Fréchet inception distance (004). Two sets of samples
# are each summed up by a mean and a covariance, and the two normal distributions with these moments are compared.
# Between normals the Fréchet distance, which is also called the 2-Wasserstein distance, has a closed form, and its
# square is
#
# $$d^2 = \lVert m_x - m_y \rVert^2 + \operatorname{tr} C_x + \operatorname{tr} C_y - 2 \operatorname{tr}\,(C_x C_y)^{1/2} .$$
#
# (The FID is this $d^2$, without a root; from here on *Fréchet distance* means $d^2$.) Read it in one dimension:
# $(m_x - m_y)^2 + \sigma_x^2 + \sigma_y^2 - 2\sigma_x\sigma_y = (m_x - m_y)^2 + (\sigma_x - \sigma_y)^2$. The centres
# must agree, and so must the widths. In more dimensions the last term asks for the **root of a matrix**, *not* the
# matrix of the roots. For a covariance, $R = C^{1/2}$ is the matrix with $R R = C$ that is symmetric and has no
# negative eigenvalue: it has the axes of $C$, and the roots of its eigenvalues. $C_x C_y$ is not even symmetric, but it
# has the same eigenvalues as $C_x^{1/2} C_y C_x^{1/2}$, which is; they are $\ge 0$, and the trace of the root is the
# sum of their roots. (Rounding makes a few of them $-10^{-17}$.)
#
# **In numbers.** $x$: the corners $(0,0), (2,0), (0,2), (2,2)$ of a square. $y$: the points $(0,0), (2,2), (1,1)$.
# Both means are $(1, 1)$. With $n - 1$ below, $C_x = \frac43 I$ and
# $C_y = \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}$, the traces add up to $4.667$, the product has the
# eigenvalues $\frac83$ and $0$, so the root has trace $\sqrt{8/3} = 1.633$, and
# $d^2 = 0 + 4.667 - 2 \cdot 1.633 = 1.401$. (The root of each entry would give $2.309$, and $d^2 = 0.048$: nearly
# no difference between a square and a line.)
#
# **It is biased.** Even between two samples of the *same* law $d^2$ is above 0, by about $c/n$. Whoever reports it
# at $n = 1000$ and compares with another's $n = 50{,}000$ compares sample sizes. The cure: measure at several $n$,
# draw the line $d^2 = a + c \cdot \frac1n$ through the results by least squares, and report $a$, the value at
# $\frac1n = 0$. With $d^2 = 1.5$ at $n = 100$ and $1.25$ at $n = 200$ the line is $1 + 50 \cdot \frac1n$.
#
# **Write** `frechet_terms`, the parts of the distance, and `frechet_limit`, the value $a$.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-frechet-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "7d30f42ac07d7c53257b91db19a9daae", "cell_type": "code"} deletable=false
def frechet_terms(x, y):
    """The parts of ‖m_x − m_y‖² + (tr C_x + tr C_y) − 2 tr (C_x C_y)^½.   (004 FID)

    x: (N, D), N ≥ 2; y: (M, D), M ≥ 2; covariances with N − 1 and M − 1 below; returns a dict of three numbers:
    "means" for ‖m_x − m_y‖², "traces" for tr C_x + tr C_y, "root" for tr (C_x C_y)^½.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def frechet_limit(sizes, values):
    """a of the least-squares line value = a + c/n: the distance without its bias.

    sizes: (K,), K ≥ 2, int64, values ≥ 2; values: (K,); not all sizes equal; returns a, a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-frechet", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "3fc58e4ed15d9aac798c17614048f3b2", "cell_type": "code"} deletable=false editable=false
check("metric.frechet")

# %% [markdown]
# How strong is the bias? Pairs of independent samples of the same moons, at growing size. Each point is the mean over
# 40 pairs, with its standard error; the truth is 0.

# %% tags=["demo"]
with waiting_for("frechet_terms", "frechet_limit"):
    sizes = torch.tensor([20, 40, 80, 160, 320])
    runs = budget(40, 20, 4)
    found = torch.zeros(len(sizes), runs, dtype=torch.float64)
    for i, n in enumerate(sizes.tolist()):
        for r in range(runs):
            terms = frechet_terms(*(two_moons(n, generator=dice).double() for _ in range(2)))
            found[i, r] = terms["means"] + terms["traces"] - 2 * terms["root"]
    show(
        draw_bias(sizes, found, frechet_limit(sizes, found.mean(1))),
        alt="The Fréchet distance between two samples of the same law against one over the sample size: the points rise "
        "along a straight line, and the line meets the axis close to zero.",
    )


# %% [markdown]
# ### How sure is it?
#
# A distance without an error bar is a rumour. A second data set is rarely to be had, so the **bootstrap** makes
# some out of the first: from $N$ samples draw $N$ *with replacement* (some come twice, some not at all), do the
# same with the other set, independently, measure again, and repeat that $B$ times. The drawn sets are to your
# samples what your samples are to the law. So the *standard deviation* of the $B$ distances estimates the standard
# error, and the height of their *mean* above your distance estimates the bias.
#
# **In numbers.** Distance: the squared gap of the means. $x = (0, 2)$ and $y = (3, 5)$ have the means 1 and 4,
# distance 9. Draw the rows $(0, 0), (0, 1), (1, 1)$ of $x$ and $(0, 1), (1, 1), (0, 0)$ of $y$: the means are
# $0, 1, 2$ and $4, 5, 3$, the distances $16, 16, 1$. Their mean is 11, so the bias is estimated as 2, and the error
# as $\sqrt{(5^2 + 5^2 + 10^2)/2} = 8.66$.
#
# The draws come as arguments, so that the result can be repeated. **Write** `bootstrap`, for any distance.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-error_bar-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "ebf800b5e5785332a66ca65fe690a062", "cell_type": "code"} deletable=false
def bootstrap(distance, x, y, rows_x, rows_y):
    """Error and bias of distance(x, y), from the distances of x[rows_x[b]] and y[rows_y[b]] for b = 1 … B.

    distance: takes (N, D) and (M, D), gives a number; x: (N, D); y: (M, D); rows_x: (B, N), B ≥ 2, int64,
    values 0 … N − 1; rows_y: (B, M), int64, values 0 … M − 1; returns a dict of two numbers: "error", the standard
    deviation of the B distances, with B − 1 below; "bias", their mean minus distance(x, y).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-error_bar", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "80faefcf82bc98af3eed1f8096e1b770", "cell_type": "code"} deletable=false editable=false
check("metric.error_bar")

# %% [markdown]
# **What are the samples?** Pixels are a poor language: a picture shifted by one pixel is far from itself. So the FID
# first sends every picture through a network that was trained to recognise things, and compares *features*. The
# original uses a large network trained on photographs. Ours is small and fixed: 32 features of a classifier that was
# trained on the 1000 training digits (`pushforward.measuring.classifier`; its weights come with the course, so that
# everybody gets the same numbers). In these features training and test digits are $0.381$ apart, and that is
# the number which later chapters try to reach. How sure is it, and how much of it is bias?

# %% tags=["demo"]
with waiting_for("frechet_terms", "bootstrap"):

    def feature_distance(f, g):
        terms = frechet_terms(f, g)
        return terms["means"] + terms["traces"] - 2 * terms["root"]

    real, test = (classifier.features(digits(part)[0]) for part in ("train", "test"))
    B = budget(200, 100, 5)
    draws = [torch.randint(len(f), (B, len(f)), generator=dice) for f in (real, test)]
    found = bootstrap(feature_distance, real, test, *draws)
    print(f"distance {float(feature_distance(real, test)):.3f}, error {found['error']:.3f}, bias {found['bias']:.3f}")


# %% [markdown]
# About half of the $0.381$ is bias. And two models whose distances differ by less than two errors *of the difference*
# should share a place: with errors $e_1$ and $e_2$ that of the difference is $\sqrt{e_1^2 + e_2^2}$, if each was
# measured with samples of its own. (Against the same test set, repeat the draws of the difference itself.) The package
# states an error with every measure, but none of them by the bootstrap, since its samples that come twice would look
# like copies to the measures of sections 4 to 6. For the Fréchet distance it uses a cousin, the *jackknife*, which
# leaves out a tenth of the samples at a time.
#
# ## 2 · How to fool it
#
# The Fréchet distance looks at mean and covariance. So give it these, *exactly*, and nothing else. Take noise
# $z_1, \dots, z_M$, and make of it
#
# $$y_j = m_x + C_x^{1/2}\, C_z^{-1/2} (z_j - m_z),$$
#
# where $m_z$ and $C_z$ are the mean and the covariance of the noise *that you hold*, not those of the law it came
# from. The last factor makes mean 0 and covariance $I$ of it, to the last digit; the first gives it the covariance
# of the data. Any matrix $A$ with $A A^\top = C_x$ will do in place of the symmetric root, and likewise for $C_z$.
# But mind: some pixels are the same in every digit, so $C_x$ is singular, and `torch.linalg.cholesky` refuses it.
#
# **In numbers.** One dimension, $x = (0, 2, 4)$: $m_x = 2$, $C_x = 4$. Noise $z = (-1, 0, 1)$: $m_z = 0$,
# $C_z = 1$. Then $y = (0, 2, 4)$. Noise $z = (1, 1, 4)$: $m_z = 2$, $C_z = 3$,
# $y = 2 + \frac{2}{\sqrt 3}(-1, -1, 2) = (0.845,\, 0.845,\, 4.309)$, which has mean 2 and variance 4 as well.
#
# **Write** `fooling_gaussian`. It is a witness: the check verifies that your points are noise, moved and
# stretched, and that no Fréchet distance can tell them from the data.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-frechet_fooled-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "f7c7c8d5c644f64e747e37e5a099b8d2", "cell_type": "code"} deletable=false
def fooling_gaussian(x, z):
    """y_j = m_x + A (z_j − m_z), with A such that y has exactly the mean and the covariance of x.

    x: (N, D), N ≥ 2; z: (M, D), noise of invertible covariance, M ≥ 10; covariances with N − 1 and M − 1 below;
    the covariance of x may be singular; returns y, (M, D), of the type of z.
    """

    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-frechet_fooled", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "10a9c2234a65be6c58eb82ec7bf7bdcd", "cell_type": "code"} deletable=false editable=false
check("metric.frechet_fooled")

# %% [markdown]
# Here is your Gaussian beside the digits that it imitates.

# %% tags=["demo"]
with waiting_for("fooling_gaussian", "frechet_terms"):
    real, test = (digits(part)[0].double() for part in ("train", "test"))
    fooled = fooling_gaussian(real.reshape(-1, 64), torch.randn(1000, 64, generator=dice).double()).reshape(-1, 8, 8)
    fig, axes = figure(2, 1, (9, 2.6))
    for ax, name, pictures in zip(axes, ("training digits", "your Gaussian"), (real, fooled), strict=True):
        terms = frechet_terms(pictures.reshape(-1, 64), real.reshape(-1, 64))
        pixels = abs(float(terms["means"] + terms["traces"] - 2 * terms["root"]))
        deep = frechet.frechet(classifier.features(pictures), classifier.features(test))
        sure = classifier.confident_share(pictures)
        strip(
            ax, pictures[:12] / 8 - 1, f"{name}: {pixels:.3f} in pixels, {deep:.2f} in features; recognised {sure:.0%}"
        )
    show(fig, alt="Twelve digits, and below them twelve grey smears. Measured in pixels the smears are at distance zero from the "
         "digits; in features they are farther from the test digits than the training digits are, and few are recognised.")  # fmt: skip


# %% [markdown]
# In pixels the distance is 0, and most samples of the model are no digits, although the classifier, which knows nothing
# else, is sure of three in ten. In features the fraud is seen, but mildly: the
# distance is not even twice what it should be. And nothing forbids the trick there: whoever trains on the features, or
# picks among many models by them, moves towards whatever has the right moments *of the features*, digit or not. A
# measure that has become a target stops being a measure.

# %% [markdown]
# ## 3 · A kernel instead of moments
#
# Mean and covariance are two questions. Why not ask infinitely many at once? A **kernel** $k(x, y)$ is an inner
# product of features that nobody needs to write down. The *maximum mean discrepancy* is the distance between the mean
# feature of the data and the mean feature of the model. Multiplied out, it needs nothing but kernel values:
#
# $$\mathrm{MMD}^2 = \mathbb E\, k(x, x') + \mathbb E\, k(y, y') - 2\, \mathbb E\, k(x, y),$$
#
# with $x, x'$ two independent draws of the data and $y, y'$ two of the model. With the Gaussian kernel
# $k(x, y) = \exp(-\lVert x - y \rVert^2 / 2h^2)$ it is 0 *only* if both laws are equal: no Gaussian of the right
# moments will pass, if there are samples enough.
#
# **Estimating it without bias.** "Two independent draws" must not be one draw twice. A sample paired with itself has
# $k(x_i, x_i) = 1$, which no independent pair has, so these pairs stay out:
#
# $$\widehat{\mathrm{MMD}^2} = \frac{1}{n(n-1)} \sum_{i \ne i'} k(x_i, x_{i'}) + \frac{1}{m(m-1)} \sum_{j \ne j'} k(y_j, y_{j'}) -
# \frac{2}{nm} \sum_{i,\,j} k(x_i, y_j) .$$
#
# Between data and model no pair is left out: $x_1$ and $y_1$ are strangers. The estimate has the right mean for *every*
# sample size (there is no $c/n$ here), and so, when the truth is 0, it **must be negative again and again**. (More
# often than not, since its law leans to the right. At the usual bandwidth, six in ten pairs of samples of the moons
# give a negative number, and the other four are larger in return.) That is no error, and whoever cuts it off at 0
# brings the bias back.
#
# **In numbers.** One dimension, $h = 1$, $x = (0, 1)$, $y = (0, 2)$. Within: $k(0, 1) = e^{-1/2} = 0.6065$ and
# $k(0, 2) = e^{-2} = 0.1353$. Across: $1,\ 0.1353,\ 0.6065,\ 0.6065$, mean $0.5871$. The estimate is
# $0.6065 + 0.1353 - 2 \cdot 0.5871 = -0.4323$. With the pairs of a point with itself it would be $0.1967$.
#
# **Write** both. Let torch form all the pairs at once: the next figure asks for some 75 million of them, which takes a
# loop in Python half an hour.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-mmd-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "8e054586019d4f03793b86cebfec9175", "cell_type": "code"} deletable=false
def kernel(x, y, h):
    """k(x_i, y_j) = exp(−‖x_i − y_j‖² / 2h²).

    x: (N, D); y: (M, D); h: float, > 0;  returns (N, M), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def mmd_unbiased(x, y, h):
    """Σ_{i≠i'} k(x_i, x_i')/N(N−1) + Σ_{j≠j'} k(y_j, y_j')/M(M−1) − 2 Σ_ij k(x_i, y_j)/NM, with the kernel above.

    x: (N, D), N ≥ 2; y: (M, D), M ≥ 2; h: float, > 0;  returns a number, which may be negative.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-mmd", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "de36b4d877f98403096f10accc949de5", "cell_type": "code"} deletable=false editable=false
check("metric.mmd")

# %% [markdown]
# The bandwidth is the microscope's focus. The next cell measures three frauds and fresh data at many bandwidths, in
# units of the estimate's standard error: below 2 nobody should shout. Common practice takes $h$ to be the median
# distance between two samples (the upright line). Is that where the frauds show?

# %% tags=["demo"]
with waiting_for("kernel", "mmd_unbiased"):
    widths = torch.logspace(-1.7, 0.7, 25).tolist()
    signals = {
        name: [float(mmd_unbiased(fresh, cloud, h)) / kernels.mmd(fresh, cloud, h).error for h in widths]
        for name, cloud in suspects.items()
        if name != "copies"
    }
    fig = draw_bandwidths(widths, signals, kernels.median_distance(fresh, train))
    best = {name: max(range(len(widths)), key=signal.__getitem__) for name, signal in signals.items()}
    told = [f"{name}, at most {signals[name][i]:.1f} at bandwidth {widths[i]:.2f}" for name, i in best.items()]
    show(
        fig, alt=f"Signal over standard error against bandwidth, with a line at the median distance: {'; '.join(told)}."
    )


# %% [markdown]
# At the median distance the kernel is as wide as the picture, and the estimate sees little more than mean and
# covariance did. Fine details want a small $h$, but not so small that no two samples are neighbours any more. Report
# the bandwidth with the number.
#
# ### Detective: which of these is no unbiased MMD?
#
# You get functions that claim to compute your `mmd_unbiased`. Some do, in their own way. Others keep the pairs of a
# point with itself, confuse $h$ with $h^2$, are right only if both samples are equally large, or do not dare to be
# negative. Your test calls a suspect on samples of your choice and says whether it is right. Two right programs
# differ in their last digits, and one that calculates in single precision is right, too.
#
# What you know by heart: $x = (0, 1)$, $y = (0, 2)$, $h = 1$ gives $-0.4323$.
#
# **Write** the test.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-catch_mmd-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "c27b290789c33ce65366850a261a122d", "cell_type": "code"} deletable=false
def is_mmd_unbiased(implementation):
    """True if the function is an implementation of mmd_unbiased, False if it is not.

    implementation: takes x (N, D), y (M, D), both float64, and h, and gives a number, a float or a tensor; call it on samples of
    your choice (values only: no gradient comes back);  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-catch_mmd", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "623e89180518973d96df1b3afec103f0", "cell_type": "code"} deletable=false editable=false
check("metric.catch_mmd")


# %% [markdown]
# ## 4 · Two questions, not one
#
# One number cannot say *what* is wrong. A model can fail in two ways: its samples are no data, or it leaves some of
# the data out. **Precision** asks the first question and **recall** the second. Both need to know where "the data
# are", and all we have is points. So each point claims a ball: $B_k(x_i)$ reaches to the $k$-th nearest *other* point
# of its own set. Where points are dense the balls are small.
#
# | | counts | asks |
# |---|---|---|
# | precision | the share of fakes that lie in some ball of the data | is this a sample? |
# | recall | the share of the data that lies in some ball of the fakes | is all of it there? |
# | density | how many balls of the data hold a fake, on average, divided by $k$ | the same as precision, without "some" |
# | coverage | the share of the data's balls that hold some fake | the same as recall, with the data's own balls |
#
# A point on the rim of a ball lies in it. The first two are older (Kynkäänniemi et al. 2019), the last two mend
# them (Naeem et al. 2020): one outlier has a huge ball, and one huge ball swallows everything. Density lets it
# count for one of many, and coverage never uses the balls of the fakes, which a bad model makes as large as it
# likes.
#
# **In numbers.** On the line, $k = 1$. Data $0, 1, 3, 10$ have the radii $1, 1, 2, 7$; fakes $0.5,\ 4,\ 20$ have
# $3.5,\ 3.5,\ 16$. The first fake lies in the balls of 0 and 1, the second in those of 3 and 10, the third in none:
# precision $\frac23$, density $\frac{2 + 2 + 0}{3 \cdot 1} = \frac43$. Every ball of the data holds a fake:
# coverage 1. Every point of the data lies in a ball of a fake: recall 1, and the 10 owes that to the fake at 20,
# which is nowhere near.
#
# **Write** the radii and the four numbers.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-precision_coverage-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "04499c6958e24a64db3259a57ce22dbe", "cell_type": "code"} deletable=false
def radii(x, k):
    """The distance of each x_i to its k-th nearest other point of x.

    x: (N, D), N ≥ 2; k: int ≥ 1; k < N;  returns (N,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def precision_coverage(real, fake, k):
    """With B(x_i) the ball of radius radii(x, k)_i around x_i: precision, recall, density and coverage of fakes.   (004)

    real: (N, D), N ≥ 2; fake: (M, D), M ≥ 2; k: int ≥ 1; k < N and k < M; returns a dict of four numbers:
    "precision", the share of fakes in some B(real); "recall", the share of reals in some B(fake); "density", the mean
    number of B(real) that hold a fake, over k; "coverage", the share of B(real) that hold some fake.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-precision_coverage", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "dae192b855867c3e50ea3098ac0ef451", "cell_type": "code"} deletable=false editable=false
check("metric.precision_coverage")

# %% [markdown]
# Now fool plain recall. Take the digits apart: give each of the 64 pixels a value of *some* digit, drawn for each
# pixel on its own. Nothing of a digit is left. These jumbles are far from each other, so their balls are huge.

# %% tags=["demo"]
with waiting_for("radii", "precision_coverage"):
    real, test = (digits(part)[0].double().reshape(-1, 64)[:447] for part in ("train", "test"))
    jumble = torch.stack([column[torch.randperm(447, generator=dice)] for column in real.T], dim=1)
    blob = real.mean(0) + 0.01 * torch.randn(447, 64, generator=dice)
    fig, axes = figure(3, 1, (9, 3.9))
    for ax, name, pictures in zip(
        axes, ("test digits", "independent pixels", "one grey blob"), (test, jumble, blob), strict=True
    ):
        numbers = ", ".join(f"{key} {float(value):.2f}" for key, value in precision_coverage(real, pictures, 5).items())
        strip(ax, pictures[:12].reshape(-1, 8, 8) / 8 - 1, f"{name}: {numbers}")
    show(fig, alt="Three rows of twelve pictures with their four numbers. Test digits have all four between 0.6 and 0.9. Pictures "
         "of independent pixels have a recall above 0.8 and the other three near zero. A single grey blob has precision 1, density "
         "above 2, recall and coverage near zero.")  # fmt: skip

# %% [markdown]
# The jumbles have more recall than the test digits! Of the two numbers that ask what is missing, only coverage tells.
# And the blob, the mean of all digits, has perfect precision and the best density of all: the middle of the cloud lies
# in everybody's ball, although no digit looks like it. (Why do the *test* digits not reach 1? They were written by
# other people than the training digits: shuffle both together, deal them out anew, and all four numbers are above 0.9.
# The yardstick is always what fresh data get, at the same $n$ and $k$.)
#
# Play with the faults, and watch which of your own functions notice.

# %% tags=["demo"]
with waiting_for("frechet_terms", "mmd_unbiased", "precision_coverage"):

    def readings(train, fake):
        terms = frechet_terms(train, fake)
        return {
            "Fréchet": terms["means"] + terms["traces"] - 2 * terms["root"],
            "MMD² × 10, h = 0.2": 10 * mmd_unbiased(train, fake, 0.2),
            **precision_coverage(train, fake, 5),
        }

    display(measure_explorer(readings))


# %% [markdown]
# ## 5 · Let a classifier decide
#
# If a classifier can tell fakes from data, they differ; if the best one cannot, they do not. This turns any
# classifier into a test. **It must be judged on samples that it was not trained on**: a classifier that remembers
# its training set is right about all of it, whatever the laws.
#
# The recipe: split both sets, train on the first halves, count the right verdicts on the second. If both laws are
# equal, a verdict knows nothing of the set that its sample came from: half of the verdicts are right on average, and
# the number of right ones among $n$ is at most as spread out as $\mathrm{Bin}(n, \frac12)$, the law of coins. The
# **p-value** is the probability that coins do as well *or better*:
#
# $$p = P\big(\mathrm{Bin}(n, \tfrac12) \ge \text{right}\big) .$$
#
# One-sided: being right *less* often than a coin is no evidence of a difference that the classifier has learnt.
#
# **In numbers.** 60 right of 100: $p = 0.0284$. (Without "or": $0.0176$. Two-sided: $0.0569$.) 600 right of 1000:
# $p = 1.4 \cdot 10^{-10}$. The accuracy says how different, the p-value how sure.
#
# Our classifier is the vote of the $k$ nearest training samples, $k$ odd.
#
# **Write** the test.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-two_sample-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "5402c27da4a1f5a897fcd804a30e2f3f", "cell_type": "code"} deletable=false
def two_sample_test(real, fake, k):
    """A vote of the k nearest neighbours, trained on the first N // 2 rows of each set, judged on the other rows.

    real, fake: (N, D), N ≥ 4; k: int ≥ 1, odd; k ≤ N // 2; returns a dict of two numbers: "accuracy", the share of
    right verdicts on the n = 2 (N − N // 2) held-out rows; "p_value", P(Bin(n, ½) ≥ number of right ones).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-two_sample", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "7ce3277dfa1a513606632447aee1ed95", "cell_type": "code"} deletable=false editable=false
check("metric.two_sample")

# %% [markdown]
# How many samples does it take to unmask your Gaussian of section 2, here with the moments of the moons? And is the
# test ever fooled?

# %% tags=["demo"]
with waiting_for("fooling_gaussian", "two_sample_test"):
    real, test = (digits(part)[0].double().reshape(-1, 64)[:447] for part in ("train", "test"))
    noisy = real[torch.randperm(447, generator=dice)] + 8 * torch.randn(447, 64, generator=dice)
    rivals = {
        "moments of the moons": (fresh, fooling_gaussian(train, torch.randn(500, 2, generator=dice).double())),
        "fresh moons": (fresh, suspects["fresh data"]),
        "digits buried in noise": (real, noisy),
        "independent pixels": (real, torch.stack([c[torch.randperm(447, generator=dice)] for c in real.T], dim=1)),
    }
    for name, (data, model) in rivals.items():
        for n in (20, 100, 440):
            found = two_sample_test(data[:n], model[:n], 5)
            print(f"{name:24} n = {n:4}   accuracy {found['accuracy']:.3f}   p = {found['p_value']:.1e}")


# %% [markdown]
# Look at the digits buried in noise. They are told from digits no better than *by a coin*: every noisy picture's
# nearest neighbours are digits, since the noisy ones are so far from each other, and so every verdict is "data". A test
# is as good as its classifier. A small p-value speaks for a difference; a large one speaks for nothing.
#
# ## 6 · Is it new?
#
# All measures so far compare a model with the *data*. The training set is data. A model that returns its training
# pictures is perfect by all of them. What gives it away are distances: how far is a fake from the nearest training
# sample? The number alone means nothing; divide it by what fresh, real samples get:
#
# $$\text{ratio} = \frac{\text{mean over fakes of } \min_i \lVert y_j - x_i \rVert}{\text{mean over test samples of } \min_i \lVert x'_j - x_i \rVert}, \qquad x_i \text{ from the training set.}$$
#
# Near 0: copies. Near 1: as far from the training set as data should be. Well above 1: farther from it than data are. A
# little below 1 is no proof of theft, since what is smooth has near neighbours: test digits, each averaged with the
# mean of its class, come to $0.84$. Note that the test samples must be *fresh*. Those of the training set find
# themselves, at distance 0.
#
# **In numbers.** Training set $0, 10$; fakes $0.5, 9$; test samples $2, 7$. Fakes: $0.5$ and $1$, mean $0.75$.
# Test: $2$ and $3$, mean $2.5$. Ratio $0.3$.
#
# **Write** it.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-nearest_neighbour-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "a67f4fc6ce98e4d38da8a0613a6bd83f", "cell_type": "code"} deletable=false
def neighbour_ratio(train, fake, test):
    """Mean distance of a fake to the nearest training sample, over the same for a fresh real sample.

    train: (N, D); fake: (M, D); test: (K, D), none of them in train; returns a dict of three numbers: "fake" and
    "real", the two mean distances; "ratio", the first over the second.
    """

    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-nearest_neighbour", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "c5b246610edddd718fd9a1aed97f05a8", "cell_type": "code"} deletable=false editable=false
check("metric.nearest_neighbour")


# %% [markdown]
# A model that blurs its copies a little, or returns copies for one sample in ten, hides well in a mean. Notebook 21
# looks closer, at single samples.
#
# **Question (3 points).** A report says: "Our model reaches a Fréchet distance of 12.4, measured with 5,000
# samples. The best published model has 13.1, measured with 50,000. Ours is better." (a) What does the difference in
# sample size do, and in whose favour? (b) Name two further things that must be equal or stated before these numbers
# may be compared. (c) Describe a model that reaches 0 and is worthless.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "metric-report", "grade": true, "solution": true, "locked": false, "task": false, "points": 3.0, "checksum": "3db97aa5ac068a4e42180d9417c52a1d", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ## 7 · A good likelihood is no good picture, and the reverse
#
# Would a likelihood spare us all this? Two models show that it would not (Theis et al. 2016).
#
# **Ninety-nine per cent noise.** Take a perfect model $p$, and a worthless one $q_0$. The mixture
# $q = 0.01\, p + 0.99\, q_0$ returns rubbish 99 times out of 100. Its likelihood? Since $q \ge 0.01\, p$
# everywhere,
#
# $$-\log q(x) \le -\log p(x) + \log 100, \qquad \log 100 = 4.605 \text{ nats},$$
#
# for every $x$ whatever. Of the 155 nats per digit of the best model in the next figure, that is three hundredths;
# of the thousands of nats of a photograph, next to nothing. The other way round: who can spare $c$ nats can hide a
# share of $1 - e^{-c}$ of noise.
#
# **A memoriser.** Put a narrow normal of width $\sigma$ on each training sample,
# $q(x) = \frac1N \sum_i \mathcal N(x;\, x_i, \sigma^2 I)$. With a small $\sigma$ its samples are training pictures, and
# flawless. But as $\sigma \to 0$ the negative log-likelihood of a *test* sample, which is none of the $x_i$, grows
# without bound.
#
# Both formulas are mixtures, and in both the terms may be far below the smallest float: $e^{-1000} = 0$ in every
# float type that you will meet here. The cure is the one of notebook 06: $\log \sum_i e^{a_i}$ is computed with the
# largest $a_i$ taken out (`torch.logsumexp`).
#
# **In numbers.** $\log p = -1$, $\log q_0 = -10$, share $0.99$: $q = 0.01 e^{-1} + 0.99 e^{-10} = 0.003724$,
# $\log q = -5.593$, $4.593$ nats below. One nat to spare hides $1 - e^{-1} = 63.2\,\%$. A memoriser of the single
# number 0, tested at 1: with $\sigma = 0.1$ it needs $\frac12 \log(2\pi \cdot 0.01) + 50 = 48.616$ nats, with
# $\sigma = 0.01$ already $4996.3$.
#
# **Write** the log density of the mixture, the share that can be hidden, and the memoriser's average negative
# log-likelihood.

# %% nbgrader={"schema_version": 3, "grade_id": "metric-nll_is_not_quality-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "80b4679a776a504ead513a8ff7e7f508", "cell_type": "code"} deletable=false
def diluted_log_p(log_p, log_noise, share):
    """log((1 − share) p + share q0) from the logs of p and q0, which may be far below the smallest float.

    log_p, log_noise: (B,); share: float, between 0.001 and 0.999;  returns (B,), of the type of log_p.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def hidden_share(nats):
    """The largest share of noise that costs at most so many nats per sample, whatever the data and the noise are.

    nats: float, ≥ 0;  returns a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def memoriser_nll(train, test, sigma):
    """Mean over test samples x of −log (1/N) Σ_i N(x; x_i, sigma² I), in nats per sample.

    train: (N, D); test: (M, D); sigma: float, > 0;  returns a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "metric-nll_is_not_quality", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "3633f2667678dec994ace11ac578377f", "cell_type": "code"} deletable=false editable=false
check("metric.nll_is_not_quality")

# %% [markdown]
# Both sides of the coin, for the memoriser of the digits: its likelihood on test digits, and how many of its
# samples the classifier recognises. Predict before you run: at which width is the likelihood best, and what do the
# samples look like there?

# %% tags=["demo"]
with waiting_for("memoriser_nll"):
    real, test = (digits(part)[0].double() for part in ("train", "test"))
    widths = [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 8]
    copies = real[torch.randint(1000, (budget(1000, 500, 100),), generator=dice)]
    blur = torch.randn(copies.shape, generator=dice)
    nll = [float(memoriser_nll(real.reshape(-1, 64), test.reshape(-1, 64), width)) for width in widths]
    sure = [classifier.confident_share(copies + width * blur) for width in widths]
    fig = draw_memoriser(widths, nll, sure, classifier.confident_share(test))
    told = [f"{width:g}: {nats:.0f} nats, {share:.0%}" for width, nats, share in zip(widths, nll, sure, strict=True)]
    show(fig, alt="Left, the memoriser's negative log-likelihood against its width in grey levels, right, the share of its "
         f"samples that are recognised. {'; '.join(told)}.")  # fmt: skip


# %% [markdown]
# The likelihood wants a width of two or three grey levels; the eye wants none. At a quarter of a grey level the
# samples are perfect, and stolen, and the likelihood is worse by thousands of nats. No single number ranks the two
# ends.
#
# ## 8 · What a representation is worth
#
# Some models also give *codes*: the latent of a VAE, the features of a diffusion network. A common measure (003):
# how well can a **linear** classifier read the label off the code? It is called a linear probe. Keep it as simple
# as possible: ridge regression onto one-hot targets. With features $f_i \in \mathbb R^D$ and targets
# $t_i \in \{0, 1\}^K$, minimise
#
# $$\sum_i \lVert W^\top f_i + b - t_i \rVert^2 + \lambda \lVert W \rVert^2 .$$
#
# The offset $b$ is *not* penalised. So it takes care of the means, $b = \bar t - W^\top \bar f$. What remains is ridge
# regression without an offset: with the matrices $F$ and $T$, whose rows are the centred features $f_i - \bar f$ and
# targets $t_i - \bar t$, it gives $W = (F^\top F + \lambda I)^{-1} F^\top T$. The prediction is the class with the
# largest output.
#
# **In numbers.** One feature, $f = (-1, 1)$, labels $0, 1$, $\lambda = 2$: $F^\top F + \lambda = 4$,
# $F^\top T = (-1, 1)$ (from $-1 \cdot (\frac12, -\frac12) + 1 \cdot (-\frac12, \frac12)$), so
# $W = (-\frac14, \frac14)$, $b = (\frac12, \frac12)$.
#
# **Write** the probe and its accuracy.

# %% nbgrader={"schema_version": 3, "grade_id": "represent-linear_probe-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "4cef65ea6d456ea979675b54203d080e", "cell_type": "code"} deletable=false
def fit_probe(features, labels, classes, ridge):
    """(W, b) that minimise Σ_i ‖Wᵀ f_i + b − onehot(label_i)‖² + ridge ‖W‖²; b is not penalised.   (003 table 1.1)

    features: (N, D); labels: (N,), int64, values 0 … K − 1; classes: int, their number K; ridge: float, > 0;
    returns (W, b): (D, K) and (K,), of the type of features.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def probe_accuracy(features, labels, W, b):
    """The share of samples whose largest output Wᵀ f + b stands at their label.

    features: (N, D); labels: (N,), int64, values 0 … K − 1; W: (D, K); b: (K,);  returns a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "represent-linear_probe", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "e265f4c38bed828b8e55f28646213017", "cell_type": "code"} deletable=false editable=false
check("represent.linear_probe")

# %% [markdown]
# Four representations of digits, probed with few labels and with many. $\lambda$ is picked on the validation
# digits; the test digits are looked at once.

# %% tags=["demo"]
with waiting_for("fit_probe", "probe_accuracy"):
    parts = {part: (digits(part)[0].double().reshape(-1, 64), digits(part)[1]) for part in ("train", "valid", "test")}
    axes8 = torch.linalg.eigh(torch.cov(parts["train"][0].T))[1][:, -8:]
    mixer = torch.randn(64, 500, generator=dice).double() / 64
    codes = {
        "64 pixels": lambda x: x / 16,
        "8 principal axes": lambda x: x @ axes8 / 16,
        "500 random waves": lambda x: torch.cos(x @ mixer),
        "32 features of the classifier": classifier.features,
    }
    for name, code in codes.items():
        for n in (50, 1000):
            (f, y), (fv, yv), (ft, yt) = ((code(x), labels) for x, labels in parts.values())
            fits = [fit_probe(f[:n], y[:n], 10, ridge) for ridge in (0.1, 1.0, 10.0, 100.0)]
            W, b = max(fits, key=lambda fit: float(probe_accuracy(fv, yv, *fit)))
            print(f"{name:30} {n:5} labels   test accuracy {float(probe_accuracy(ft, yt, W, b)):.3f}")

# %% [markdown]
# Read it with care. The classifier's features win with 50 labels, but they have seen 1000 before: that is what a
# representation is *for*. Five hundred random waves hold nothing that the pixels do not, and beat them: a probe
# measures what is *linearly at hand*, not what is known, and more columns put more at hand. So a probe needs its
# number of columns, its number of labels and its split stated, and a random representation of the same size beside
# it.
#
# **Question (4 points; 004).** For each purpose name the measure of this chapter on which you would insist, and one
# that would mislead, with a reason. (a) Synthetic X-rays to train doctors: rare diseases must not be missing. (b)
# Invented faces for advertisements: no real person may appear. (c) A model whose only use is to compress pictures
# without loss. (d) A lecture says that a generative model can have two of *fast, diverse, good*. Which numbers of
# this chapter would you put on the axes "diverse" and "good"?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "metric-which_measure", "grade": true, "solution": true, "locked": false, "task": false, "points": 4.0, "checksum": "ca03abbbacac197bb7ecfef214e1dadb", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ## What later chapters use
#
# The measures now stand in the package, in `pushforward.measuring`, with the same formulas as yours, and a standard
# error for every value. Beside them stand two for laws that are
# known exactly: for a ring of Gaussians, how many modes were found and how wide they are, and for two moons, the
# share of samples off the manifold. And one that you will build in notebook 11: the *sliced Wasserstein distance*,
# which projects both sets on many lines and compares their sorted values.

# %% tags=["demo"]
real, test = (digits(part)[0] for part in ("train", "test"))
print("Fréchet distance in features, training against test digits:", frechet.digit_frechet(real, test))
print("MMD² of the moons against fresh ones, h = 0.2:             ", kernels.mmd(train, fresh, 0.2))
print(
    "neighbour ratio of the validation digits:                  ",
    neighbours.neighbour_ratio(real, digits("valid")[0], test),
)
print("a vote of neighbours on fresh moons:                       ", two_sample.two_sample(train, fresh))

# %% [markdown]
# ## What you can now do
#
# - compute a Fréchet distance, take out its bias, and build the model that it cannot see
# - estimate an MMD without bias, and explain why it is sometimes negative
# - say *what* is wrong with a model: precision for quality, coverage for what is missing, and where each of them lies
# - turn a classifier into a test, with held-out samples and an honest p-value
# - expose copies
# - explain why a likelihood is no measure of samples, and samples none of likelihood
# - probe a representation, and know what a probe does not say
#
# ## Misconceptions
#
# - *"An FID of 0 means that the model is perfect."* It means that two means and two covariances agree.
# - *"A negative MMD² is a bug."* The unbiased estimate of 0 is negative more often than not.
# - *"High recall means that nothing is missing."* Outliers among the fakes have large balls, and large balls recall
#   everything.
# - *"p = 0.4, so the two laws are equal."* Only this classifier, with so many samples, did not tell them apart.
# - *"A model with a better likelihood makes better pictures."* 4.6 nats buy 99 % of noise.
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** In one dimension the data have mean 0 and variance 4, the model mean 1 and variance 1. What is the
# Fréchet distance? Name a law with distance 0 to the data that is not normal.
#
# <details><summary>Answer</summary>
#
# $(0 - 1)^2 + (2 - 1)^2 = 2$. Any law of mean 0 and variance 4: a fair coin between $-2$ and $2$, for instance.
#
# </details>
#
# **2.** Distances of 9.0, 6.0 and 4.5 were measured with 100, 200 and 400 samples. What is the distance without bias?
#
# <details><summary>Answer</summary>
#
# The points lie on $3 + 600 \cdot \frac1n$: the limit is 3.
#
# </details>
#
# **3.** Why does the biased MMD², with the diagonal, never come out negative?
#
# <details><summary>Answer</summary>
#
# With the diagonal it is the squared length of a difference of two mean feature vectors, those of the samples.
#
# </details>
#
# **4.** A classifier tells fakes from data with accuracy 1.0 on the samples that it was trained on. What have you
# learnt?
#
# <details><summary>Answer</summary>
#
# Nothing about the model. One nearest neighbour always achieves that.
#
# </details>
#
# **5.** A model needs 3000 nats for a photograph. What share of its samples may be noise, if it is to be worse by
# no more than 0.1 %?
#
# <details><summary>Answer</summary>
#
# 3 nats: $1 - e^{-3} = 95\,\%$.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **6.** A model of the ring of eight Gaussians finds four modes and is perfect there. Estimate precision, density
# and coverage at $k = 5$, for many samples.
#
# <details><summary>Answer</summary>
#
# Precision near 1: every fake lies among data. Density near 1: it is a mean over the fakes, each lies in about $k$
# balls of the data around it, and that there are twice as many fakes there does not change it. Coverage near
# $\frac12$: the balls of the other four modes are empty.
#
# </details>
#
# **7.** A neighbour ratio of 0.98. May one conclude that nothing was memorised?
#
# <details><summary>Answer</summary>
#
# No. It is a mean: if one sample in ten is a copy and the others are nine hundredths too far, the ratio is
# $0.1 \cdot 0 + 0.9 \cdot 1.09 = 0.98$. Look at the smallest distances, too.
#
# </details>
#
# **8.** (6 points) Two models of the same data are to be ranked. The Fréchet distances of A are $0.70$ with 500 samples
# and $0.52$ with 1000; those of B are $0.66$ with 1000 and $0.60$ with 2000. (a) A report says "0.52 against 0.60".
# What do you say, and what are the distances without bias? (b) With independent errors of $0.04$ at every size, what is
# the error of each extrapolated value, and of their difference? (c) A third model C returns a copy of a training sample
# with probability $0.05$, and is perfect otherwise. You have 400 of its samples. What is its neighbour ratio, and is it
# noticed, if distances to the nearest neighbour scatter by half of their mean? Give a measure that does notice.
#
# <details><summary>Answer</summary>
#
# (a) (2 points) The sizes differ, and the bias falls like $1/n$. Where the second size is twice the first, the line
# meets $\frac1n = 0$ at $2 d_{2n} - d_n$: $2 \cdot 0.52 - 0.70 = 0.34$ for A and $2 \cdot 0.60 - 0.66 = 0.54$ for B.
# At the same size, 1000, it is $0.52$ against $0.66$.
#
# (b) (2 points) $\sqrt{2^2 + 1^2} \cdot 0.04 = 0.089$ for each, $\sqrt 2 \cdot 0.089 = 0.126$ for the difference of
# $0.20$: hardly more than one and a half errors. Both should be measured again, with more samples.
#
# (c) (2 points) The ratio is $0.95$. Its error is about $0.5/\sqrt{400} = 0.025$ (and that of the test samples comes
# on top), so $0.95$ is two errors from 1, and no proof. Count instead the samples that are nearer to the training set
# than, say, a tenth of the usual distance: about 20 of 400, with a spread of $4.4$, where fresh data show none or
# hardly any.
#
# </details>
#
# ## An open question
#
# Every measure here needs a notion of distance, in pixels or in the features of some network that was trained for
# something else. What would be a fair distance between two poems, two molecules, two pieces of music? And who may
# choose it, once models are trained to do well by it?

# %% nbgrader={"schema_version": 3, "grade_id": "given-an-open-question-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ec65f47563e3f253c424c91024f7288", "cell_type": "code"} deletable=false editable=false
total()

# %% [markdown]
# Go on with **[10 Adversarial learning](10_gans.ipynb)**, or back to [the course](README.md).
