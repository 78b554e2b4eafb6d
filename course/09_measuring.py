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
# <small>This notebook is generated from `solutions/09_measuring.py` by `make course`: to change the course, edit that file.</small>

# %% nbgrader={"schema_version": 3, "grade_id": "given-colab", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "3ea7204359daaa6b3d7766042bbb7c0e", "cell_type": "code"} deletable=false editable=false
# On Colab this would install the helper package of the course; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    print(
        "This copy of the course names no public address to install from: "
        "set `repository:` in solutions/_toc.yml, then run `make course`."
    )

# %% [markdown]
# # 09 · Measuring what has no likelihood
#
# A flow tells you the density of every picture, and a held-out set tells you how good that density is. The models of
# the next chapters tell you nothing of the kind: a GAN hands you pictures, and that is all. Are they good? Are they
# all that there is to be had? Are they new? "Look at them" is the oldest answer, and the worst: the eye sees one
# picture at a time, and a model that has learnt a single perfect face will pass.
#
# This chapter builds the instruments by which all later models are judged, and breaks every one of them. For each
# number you will write the function, and then meet a model that has a perfect score and is worthless. What remains is
# not one number but a small set of them, each with its blind spot known, its sample size stated and its error bar
# drawn.
#
# You need: mean and covariance, eigenvalues, the idea of a hypothesis test. Time: two to three hours. Labels such as
# 004 say where a topic comes from; notebook 00 lists these sources.

# %% nbgrader={"schema_version": 3, "grade_id": "given-09-measuring-what-has-no-likelihood-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "81accc629d309106e89407bc0124b5b7", "cell_type": "code"} deletable=false editable=false
import math

import torch

from pushforward import check, hint, restart, total
from pushforward.data import digits, two_moons
from pushforward.figures.measuring import draw_bias, draw_impostors, impostor, measure_explorer
from pushforward.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, figure, show, strip
from pushforward.measuring import classifier, frechet, kernels, neighbours, two_sample
from pushforward.progress import waiting_for
from pushforward.train import budget

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
    "no alarm. A Gaussian cloud of the same mean and covariance escapes the Fréchet distance alone. A single moon escapes "
    "precision. Moons that are too wide escape the Fréchet distance and the maximum mean discrepancy. Copies of the "
    "training set are perfect by every measure but the ratio of neighbour distances.",
)


# %% [markdown]
# ## The picture
#
# Five "models" of two moons; each shows 500 samples. Below them, six numbers that the literature would report, each
# compared with what a fresh data set of the same size would get. Where a number is out of the ordinary by more than
# five standard errors, it raises an alarm (a filled field). The first column is data, and no field is filled. All the
# other columns are frauds, and **no row is filled everywhere**. Each measure is blind to something: the Fréchet
# distance to everything but mean and covariance, precision to what is missing, and all but the last to theft.
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
# The number that most papers on pictures report is the *FID*, the Fréchet inception distance (004). Two sets of
# samples are each summed up by a mean and a covariance, and the two normal distributions with these moments are
# compared. Between normals the Wasserstein distance has a closed form, and its square is
#
# $$d^2 = \lVert m_x - m_y \rVert^2 + \operatorname{tr} C_x + \operatorname{tr} C_y - 2 \operatorname{tr}\,(C_x C_y)^{1/2} .$$
#
# Read it in one dimension: $(m_x - m_y)^2 + \sigma_x^2 + \sigma_y^2 - 2\sigma_x\sigma_y = (m_x - m_y)^2 + (\sigma_x -
# \sigma_y)^2$. The centres must agree, and so must the widths. In more dimensions the last term asks for the **root of
# a matrix**: $R = C^{1/2}$ is the matrix with $R R = C$, *not* the matrix of the roots. $C_x C_y$ is not even
# symmetric, but it has the same eigenvalues as $C_x^{1/2} C_y C_x^{1/2}$, which is; they are $\ge 0$, and the trace
# of the root is the sum of their roots. (Rounding makes a few of them $-10^{-17}$.)
#
# **In numbers.** $x$: the corners $(0,0), (2,0), (0,2), (2,2)$ of a square. $y$: the points $(0,0), (2,2), (1,1)$.
# Both means are $(1, 1)$. With $n - 1$ below,
# $C_x = \frac43 I$ and $C_y = \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}$, the traces add up to $4.667$, the product
# has the eigenvalues $\frac83$ and $0$, so the root has trace $\sqrt{8/3} = 1.633$, and
# $d^2 = 0 + 4.667 - 2 \cdot 1.633 = 1.401$. (The root of each entry would give $2.309$, and $d^2 = 0.048$: nearly no
# difference between a square and a line.)
#
# **It is biased.** Even between two samples of the *same* law $d^2$ is above 0, by about $c/n$. Whoever reports it at
# $n = 1000$ and compares with another's $n = 50{,}000$ compares sample sizes. The cure: measure at several $n$, draw the line
# $d^2 = a + c \cdot \frac1n$ through the results by least squares, and report $a$, the value at $\frac1n = 0$. With
# $d^2 = 1.5$ at $n = 100$ and $1.25$ at $n = 200$ the line is $1 + 50 \cdot \frac1n$.
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
# How strong is the bias? Two halves of the same moons, at growing size. Each point is the mean over 40 pairs of samples, with
# its standard error; the truth is 0.

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
# **What are the samples?** Pixels are a poor language: a picture shifted by one pixel is far from itself. So the FID
# first sends every picture through a network that was trained to recognise things, and compares *features*. The
# original uses a large network trained on photographs. Ours is small and fixed: 32 features of a classifier that was
# trained on the 1000 training digits (`pushforward.measuring.classifier`; its weights come with the course, so that
# everybody gets the same numbers). In these features training and test digits are $0.381$ apart, and that is
# the number which later chapters try to reach.
#
# ## 2 · How to fool it
#
# The Fréchet distance looks at mean and covariance. So give it these, *exactly*, and nothing else. Take noise
# $z_1, \dots, z_M$, and make of it
#
# $$y_j = m_x + C_x^{1/2}\, C_z^{-1/2} (z_j - m_z),$$
#
# where $m_z$ and $C_z$ are the mean and the covariance of the noise *that you hold*, not those of the law it
# came from. The last factor makes mean 0 and covariance $I$ of it, to the last digit; the first gives it the covariance of the
# data. Any matrix $A$ with $A A^\top = C_x$ will do in place of the symmetric root, and likewise for $C_z$. But mind:
# some pixels are the same in every digit, so $C_x$ is singular, and a Cholesky factor of it does not exist.
#
# **In numbers.** One dimension, $x = (0, 2, 4)$: $m_x = 2$, $C_x = 4$. Noise $z = (-1, 0, 1)$: $m_z = 0$, $C_z = 1$.
# Then $y = (0, 2, 4)$. Noise $z = (1, 1, 4)$: $m_z = 2$, $C_z = 3$, $y = 2 + \frac{2}{\sqrt 3}(-1, -1, 2) = (0.845,\, 0.845,\,
# 4.309)$, which has mean 2 and variance 4 as well.
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
    for ax, name, pictures in zip(axes, ("digits", "your Gaussian"), (real, fooled), strict=True):
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
# In pixels the distance is 0, and no sample of the model is a digit. In features the fraud is seen, but mildly: the
# distance is about twice what it should be. And the trick works there as well: whoever trains on the features, or picks among
# models by them, finds the Gaussian *of the features* sooner or later. A measure that has become a target stops being a measure.

# %% nbgrader={"schema_version": 3, "grade_id": "given-2-how-to-fool-it-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "807dc3682d27691a53df755c65c758b7", "cell_type": "code"} deletable=false editable=false
total()
