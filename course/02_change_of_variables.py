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
#     generated: 'from solutions/02_change_of_variables.py by `make course`: to change
#       the course, edit that file'
# ---

# %% [markdown]
# <small>[The course](README.md) · before: [01 What makes a generative model](01_densities.ipynb) · next: [03 The layers of a flow](03_flow_layers.ipynb)</small>

# %% [markdown]
# # 02 · Change of variables
#
# Take noise whose density you know, and push it through a function. What comes out has a density too. If you can write
# it down, you can train the function by maximum likelihood, rank data by how likely they are, and compress them: that
# is a **normalising flow**. If you cannot, you have a generator and no likelihood: that is the fate of a GAN.
#
# This chapter is about the one formula that decides between the two, and about when it may be used. The formula takes
# ten minutes. Its conditions are what exams ask about, and what breaks models in practice; they take the rest.
#
# You need: derivatives, determinants, the normal distribution. Time: about 4 hours; sections 1 to 5 and 7 are the core.
# Labels such as 001 P1 say where a question comes from; notebook 00 lists these sources.

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

# %% nbgrader={"schema_version": 3, "grade_id": "given-02-change-of-variables-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "7415f09ae29f7567bc905583cd0e688f", "cell_type": "code"} deletable=false editable=false
import itertools
import math

import torch
from IPython.display import display
from scipy.optimize import brentq

from pushforward import check, hint, progress, restart, total
from pushforward.answering.maps import POOL, flow_map
from pushforward.figures.change_of_variables import (
    cells_in_words,
    draw_banana,
    draw_cells,
    draw_flow_verdicts,
    draw_image,
    draw_levels,
    draw_lognormals,
    draw_mass_stays,
    draw_square,
    draw_training,
    draw_zoom,
    stretch_explorer,
)
from pushforward.figures.style import show
from pushforward.train import budget, train
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_mass_stays(lambda z: z + 1.6 * torch.tanh(2 * (z - 0.3)) + 0.05 * z**3),
    alt="Below, a normal density of z cut into ten strips of equal mass. A curve x = f(z), steep in the middle, carries "
    "each strip to the left, where the density of x stands. Where the curve is steep the strips of x are wide and the "
    "density is low, where it is flat they are narrow and the density is high: two hills have grown from one.",
)


# %% [markdown]
# ## The picture
#
# Below lies a standard normal density, cut into ten strips. Each holds a tenth of the mass. The curve $x = f(z)$
# carries every strip to the left, colour by colour. **No strip loses or gains any mass on the way; only its width
# changes.** Where the curve is steep a strip becomes wide, so its mass lies thin; where the curve is flat it piles up.
# One hill has become two, without any mass appearing or vanishing.
#
# That is the whole theory. The rest is bookkeeping: how much does a strip widen (a derivative, a determinant), and what
# if strips land on top of each other, or nowhere?
#
# ### Before you begin
#
# Three things that you have met already; answer them on paper, then unfold.
#
# **1.** (Notebook 00) The column $(10, 30)$ is standardised to $(-1, 1)$. Write this as a map $z = g(x)$. What are its
# slope and its inverse?
#
# <details><summary>Answer</summary>
#
# $z = (x - 20)/10$: slope $\frac1{10}$, inverse $x = 20 + 10z$ with slope 10. This is a flow of the simplest kind, run
# backwards: data in, something like noise out.
#
# </details>
#
# **2.** (School) $g$ is the inverse of $f$. What is $g'(x)$, if you know $f'$?
#
# <details><summary>Answer</summary>
#
# Differentiate $f(g(x)) = x$: $f'(g(x))\, g'(x) = 1$, so $g'(x) = 1/f'(g(x))$. Mind the place: the slope of $f$ is
# taken at $g(x)$, not at $x$.
#
# </details>
#
# **3.** (School) What is the area of the parallelogram with the sides $(2, 1)$ and $(0, 1)$?
#
# <details><summary>Answer</summary>
#
# The size of the determinant: $|2 \cdot 1 - 1 \cdot 0| = 2$. That of $(0, 1)$ and $(2, 1)$ is the same, though the
# determinant is $-2$.
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $z$, $p_Z$ | `z`, `log_base` | the noise and its density, called the **base** |
# | $x$, $p_X$ | `x`, `log_p` | what comes out, and its density; always as a natural logarithm |
# | $x = f(z)$ | `f` | **forward** direction, from noise to data: it generates |
# | $z = g(x)$ | `g` | **reverse** direction, from data to noise: it normalises; $g = f^{-1}$ where both exist |
# | $J$ | | the Jacobian matrix of a map, $J_{ij} = \partial(\text{output } i) / \partial(\text{input } j)$ |
# | $\log \lvert\det J\rvert$ | `ladj` | *log absolute determinant of the Jacobian* |
#
# Source 001 works with the reverse direction throughout, 000 and 004 with the forward one. You will be asked for both,
# and half of all mistakes in this field are a mix-up of the two.

# %% [markdown]
# ## 1 · One dimension: mass stays
#
# Let $f$ be smooth, with $f' \ne 0$ everywhere, so that it only rises or only falls. Take a tiny interval of length $h$
# around $z$. Its mass is $p_Z(z)\,h$. Its image is a tiny interval around $x = f(z)$, of length $|f'(z)|\,h$, and with
# the same mass: a sample lands in the one exactly when it came from the other. Density is mass over length, hence
#
# $$\boxed{\;p_X(f(z)) = \frac{p_Z(z)}{|f'(z)|}\;} \qquad\text{or}\qquad \log p_X(f(z)) = \log p_Z(z) - \log|f'(z)| .$$
#
# Why the absolute value? A falling $f$ has a negative slope. It turns the interval around, but a length stays a length.
#
# Now the same from the other end. You are given a point $x$ and the reverse map $z = g(x)$. Take an interval of length
# $h$ around $x$. Its mass is that of the interval around $g(x)$, which is $|g'(x)|\,h$ long. So
#
# $$\boxed{\;p_X(x) = p_Z(g(x))\,|g'(x)|\;} \qquad\text{or}\qquad \log p_X(x) = \log p_Z(g(x)) + \log|g'(x)| .$$
#
# Both say the same, since $g'(x) = 1/f'(g(x))$. The sign in front of the logarithm is no convention to be memorised: it
# is minus if the slope is that of the map *into* $x$, and plus if it is that of the map *out of* $x$.
#
# **In numbers.** $f(z) = 2z + 1$, $z \sim \mathcal N(0, 1)$. At $z = 0$: $x = 1$ and
# $\log p_X(1) = -0.919 - \log 2 = -1.612$. Indeed $X \sim \mathcal N(1, 4)$, and its density at its mean is
# $1/\sqrt{8\pi} = 0.1995 = e^{-1.612}$.
#
# For the slopes, take this helper. It uses automatic differentiation; section 3 opens the lid.

# %% nbgrader={"schema_version": 3, "grade_id": "given-1-one-dimension-mass-stays-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8bbf803db252da0a5489e6d097207cb2", "cell_type": "code"} deletable=false editable=false
def slope(f, x):
    """f'(x), entry by entry, for a function f that acts on every entry by itself.   x: any shape; returns the same.

    If f is a network, its parameters can be trained through the result.
    """
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x, create_graph=isinstance(f, torch.nn.Module))[0]


# %% [markdown]
# **Write** both directions. The base may be any density on the line: it comes as a function `log_base`.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-log_density_1d-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "96d13cc9332cee293b5465e8e2098c99", "cell_type": "code"} deletable=false
def log_p_forward(z, f, log_base):
    """(x, log_p): the points x = f(z) and the log density of X = f(Z) there.   (000 Q1a, 004)

    z: any shape; f: acts entry by entry, increasing or decreasing; log_base: maps z to the log density of Z, entry by
    entry;  returns two tensors of the shape and type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def log_p_reverse(x, g, log_base):
    """The log density at x of the X for which g(X) = Z has the density of the base.   (001 P1, 004)

    x: any shape; g: acts entry by entry, increasing or decreasing; log_base: maps z to the log density of Z, entry by
    entry;  returns a tensor of the shape and type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-log_density_1d", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "142755e4702fc55258f7c937201d7928", "cell_type": "code"} deletable=false editable=false
check("cov.log_density_1d")

# %% [markdown]
# ### Play with it
#
# The map in the middle is piecewise linear, with three slopes: drag two of them, and drag the ends of the interval.
# What you see on the right is computed by *your* `log_p_forward`, and the two shaded masses are integrated from the two
# curves.
#
# Things to try. Double the middle slope: what happens to the height of the middle piece, what to its width? Make both
# slopes 0.1: the density rises to a tower, far above 1. Is that allowed? Is there any way to make the two masses
# differ?

# %% tags=["demo"]
with waiting_for("log_p_forward"):
    display(stretch_explorer(log_p_forward))


# %% [markdown]
# A density above 1 is no error: it is mass *per length*, and only its integral is bound to 1. The jumps at the kinks
# are no error either. At a kink the slope is not defined, but a single point has no mass, so any value of the density
# there will do. Section 7 will come back to this.

# %% [markdown]
# ## 2 · Many dimensions, one matrix
#
# Now $x = Az + b$ with an invertible matrix $A$. A small cube of volume $h^D$ around $z$ becomes a slanted box, and
# linear algebra says how large it is: $|\det A|\,h^D$. That is what a determinant *is*. Mass stays as before, so
#
# $$\log p_X(x) = \log p_Z\big(A^{-1}(x - b)\big) - \log|\det A| ,$$
#
# and from the other end, with $z = Wx + c$,
#
# $$\log p_X(x) = \log p_Z(Wx + c) + \log|\det W| .$$
#
# The base will be $\mathcal N(0, I)$ from here on: $\log p_Z(z) = -\tfrac12\|z\|^2 - \tfrac D2 \log 2\pi$.
#
# Two traps lie between the formula and the code.
#
# - *Rows and columns.* A batch holds its points as rows, $(B, D)$, while $A$ acts on columns. For a whole batch,
#   $Az$ becomes `z @ A.T`. Forget the transpose and everything still runs.
# - *Logarithms.* $\det A$ is a product of $D$ numbers. With $D = 250$ and a scale of $0.02$ it is $10^{-425}$, which is
#   0 in float64. Its *logarithm*, $-978$, is perfectly harmless. Never form the determinant.
#
# ### Which direction is cheap for what?
#
# | you have in code | a sample | density of a sample you just drew | density of a given data point |
# |---|---|---|---|
# | forward, $x = f(z)$ | one call of $f$ | $z$ is known: $\log\lvert\det J_f\rvert$ at $z$ is all that is left | needs $f^{-1}$: solve an equation first |
# | reverse, $z = g(x)$ | needs $g^{-1}$: solve an equation | one call of $g$, if its $z$ was not kept; and $\log\lvert\det J_g\rvert$ | one call of $g$, and $\log\lvert\det J_g\rvert$ |
#
# Maximum likelihood needs densities of *given* points, so it wants the reverse direction. Generating, and the
# expectations under the model that notebooks 06 and 07 need, want the forward one. Layers that are cheap both ways are
# worth a chapter of their own, which is the next one. For a dense matrix there is not much to choose: solving,
# inverting and the determinant all cost $O(D^3)$. For a triangular one, solving costs $O(D^2)$ and the determinant
# $O(D)$: it is the product of the diagonal. (Never invert in order to solve: that is $O(D^3)$ again.)
#
# Do not take the table on trust: count. `Counted` wraps a map and counts its calls; `solved` finds the $z$ with
# $f(z) = x$ by asking $f$ again and again. Put a rising map of your own into the cell after it, one whose inverse you
# cannot write down, and predict the six numbers.

# %% nbgrader={"schema_version": 3, "grade_id": "given-which-direction-is-cheap-for-what-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "d7e001b553cdabffcb144e2bd75bcdd4", "cell_type": "code"} deletable=false editable=false
class Counted:
    """The same map, and how often it was called."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, x):
        self.calls += 1
        return self.f(x)


def solved(f, x):
    """The z with f(z) = x, between −50 and 50, for a rising map f of the line.   x: (1,); returns the same."""
    z = brentq(lambda z: (f(x.new_full((1,), z)) - x).item(), -50, 50)
    return x.new_full((1,), z)


# %% tags=["demo"]
def my_map(x):
    return x + 0.9 * torch.tanh(2 * x)


with waiting_for("log_p_forward", "log_p_reverse"):
    log_base, here = torch.distributions.Normal(0.0, 1.0).log_prob, torch.tensor([0.7], dtype=torch.float64)
    tasks = {  # with f in code, and with g in code
        "a sample": (lambda f: f(here), lambda g: solved(g, here)),
        "a sample and its density": (
            lambda f: log_p_forward(here, f, log_base),
            lambda g: log_p_reverse(solved(g, here), g, log_base),
        ),
        "the density of a data point": (
            lambda f: log_p_forward(solved(f, here), f, log_base),
            lambda g: log_p_reverse(here, g, log_base),
        ),
    }
    print(f"{'':30}{'calls of f':>12}{'calls of g':>12}")
    for task, ways in tasks.items():
        maps = [Counted(my_map) for _ in ways]
        for way, counted in zip(ways, maps, strict=True):
            way(counted)
        print(f"{task:30}{maps[0].calls:12}{maps[1].calls:12}")


# %% [markdown]
# With $f$ in code only the density of a given point takes a search; with $g$, every sample does. (Two calls where one
# would do? That is `slope`, which runs the map once more for itself.) And this search was for a single number: with $D$
# coordinates it is for $D$ of them at once.
#
# **In numbers.** $A = \begin{pmatrix}2&0\\1&1\end{pmatrix}$, $b = (1, 0)$, $x = (1, 3)$: $z = (0, 3)$, so
# $\log p_X(x) = -4.5 - 1.838 - \log 2 = -7.031$.
#
# **Write** both, without ever forming a determinant.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-log_density_affine-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "ebef2d2bf30d81fa20eee98d4bd02429", "cell_type": "code"} deletable=false
def affine_forward(x, A, b):
    """Log density at x of X = A z + b with z ~ N(0, I).   (000 Q1a, 004)

    x: (B, D), the points are rows; A: (D, D), invertible, acts on columns; b: (D,);
    returns (B,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def affine_reverse(x, W, c):
    """Log density at x of the X for which z = W X + c is N(0, I).   (001 P1, 004)

    x: (B, D), the points are rows; W: (D, D), invertible, acts on columns; c: (D,);
    returns (B,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-log_density_affine", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "55d37f336e2e5cc1e53c4e2ec29cde37", "cell_type": "code"} deletable=false editable=false
check("cov.log_density_affine")

# %% [markdown]
# You have just derived the density of every multivariate normal distribution that has one (its covariance must be
# invertible). $X = Az + b$ has mean $b$ and covariance $\Sigma = AA^\top$; since $\det\Sigma = (\det A)^2$ and
# $\|A^{-1}(x-b)\|^2 = (x-b)^\top\Sigma^{-1}(x-b)$, your formula is the familiar one. See it agree with itself both
# ways, and with the library:

# %% tags=["demo"]
with waiting_for("affine_forward", "affine_reverse"):
    A, b = torch.tensor([[2.0, 0.0], [1.0, 1.0]]), torch.tensor([1.0, 0.0])
    points, W = torch.tensor([[1.0, 3.0], [0.0, 0.0]]), torch.linalg.inv(A)
    print("forward:", affine_forward(points, A, b))
    print("reverse:", affine_reverse(points, W, -W @ b))
    print("library:", torch.distributions.MultivariateNormal(b, A @ A.T).log_prob(points))


# %% [markdown]
# ### Be the examiner
#
# Half of all mistakes in this field are silent: the code runs, the loss falls, and the number is no log density. So
# turn the tables. You get a function that claims to be `affine_forward`, and say whether it is. Some of them are right,
# written in five different ways; the others go the wrong way between $x$ and $z$, lose the absolute value or the sign
# of the log-determinant, are off by a constant, or are right for tame inputs only.
#
# What do you know about the right answer, without trusting any implementation? That $X \sim \mathcal N(b, AA^\top)$,
# whose log density the library has; that a density integrates to 1 (but so does that of *another* $X$); that $A = 2I$
# and $b = 0$ tell nearly nothing apart. And one thing about floating-point numbers: `nan > 0.1` is false, so a test
# that looks for a *difference* lets every NaN pass.
#
# **In numbers.** $A = \begin{pmatrix}0 & 2\\ 1 & 0\end{pmatrix}$, $b = 0$, $x = (2, 1)$: $z = (1, 1)$ and
# $\log p_X(x) = -1 - 1.838 - 0.693 = -3.531$. With the transposed $A$ one gets $z = (\frac12, 2)$ and $-4.656$, without
# the absolute value $\log(-2)$, which is NaN.
#
# **Write** the test. You may call the implementation as often as you like.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-catch_density-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "08f1076213cda02f0e9e2feb1f22b131", "cell_type": "code"} deletable=false
def is_affine_density(implementation):
    """True if the function gives the log density at x of X = A z + b with z ~ N(0, I), False if it does not.

    implementation: takes x, (B, D), A, (D, D), invertible, and b, (D,), and gives (B,), as affine_forward does; call it on
    tensors of your choice (values only: no gradient comes back);  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-catch_density", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "3496278bdb7acd3c3abb7dc31f34d396", "cell_type": "code"} deletable=false editable=false
check("cov.catch_density")

# %% [markdown]
# ## 3 · Any smooth map: the Jacobian
#
# Look at a smooth map closely enough, and it is affine: near $x$, $g(x + h) \approx g(x) + J(x)\,h$, where
# $J_{ij} = \partial g_i/\partial x_j$. A tiny cube becomes a tiny slanted box, now with a different factor at every
# point:
#
# $$\log p_X(x) = \log p_Z(g(x)) + \log|\det J_g(x)| , \qquad \log p_X(f(z)) = \log p_Z(z) - \log|\det J_f(z)| .$$
#
# This is the **change of variables** theorem, for maps that are one-to-one with $\det J \ne 0$.

# %% tags=["demo"]
show(draw_zoom(), alt="Left: the unit square and the parallelogram that the matrix with rows 2 0 and 1 1 makes of it, of area 2. Middle: a "
     "grid bent by a smooth map, one of its cells marked. Right: that cell magnified: its bent outline hardly differs from the parallelogram of the Jacobian in its middle.")  # fmt: skip


# %% [markdown]
# On the left a matrix, one factor for all areas; in the middle a smooth map; on the right one of its cells, magnified.
# What is left of the bending is smaller the smaller the cell.
#
# How do you get $J$? Automatic differentiation gives the gradient of *one* number at a time. Output $i$ is one number,
# and its gradient is row $i$ of $J$. For a batch of $B$ points that seems to make $B \cdot D$ gradients. But the points
# do not interact: $\sum_b g_i(x_b)$ depends on $x_b$ through its own term only. So the gradient of this *sum* holds row
# $i$ of the Jacobians of all points at once, and $D$ gradients are enough.
#
# One thing more. Training will differentiate your result with respect to the parameters of $g$. So the gradients that
# you take must themselves be part of the graph: look for the argument `create_graph`. The check tests this by asking
# for the gradient of your result with respect to $x$.
#
# **In numbers.** $g(x) = (x_1,\; x_2 + 2x_1^2)$ has $J = \begin{pmatrix}1&0\\4x_1&1\end{pmatrix}$, $\log|\det J| = 0$
# everywhere. For $g(x) = (2x_2,\; 3x_1 + x_2)$ it is $\log|0 \cdot 1 - 2 \cdot 3| = \log 6 = 1.792$: the diagonal alone
# would say $-\infty$.
#
# **Write** it, for any map and any batch.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-log_abs_det_jacobian-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "6afbc023e6da53efbd1539b384111553", "cell_type": "code"} deletable=false
def log_abs_det_jacobian(f, x):
    """log |det ∂f/∂x| at every row of x, differentiable in its turn.   (000 Q1a, 004)

    f: maps (…, D) to (…, D), every row by itself, with det ≠ 0; x: (B, D);  returns (B,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-log_abs_det_jacobian", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "d4a02a5e411745173ce60326aa257fc8", "cell_type": "code"} deletable=false editable=false
check("cov.log_abs_det_jacobian")

# %% [markdown]
# Three maps of a chequered square, every cell coloured by your $\log|\det J|$ at its centre: an affine one,
# $x + u \tanh(w \cdot x)$, and a turn whose angle grows with $\|x\|$. **Predict before you run:** which of the three
# keeps every area?

# %% tags=["demo"]
with waiting_for("log_abs_det_jacobian"):
    maps = {
        "affine": flow_map("linear", {"A": [[1.2, 0.5], [-0.3, 0.6]], "b": [0.0, 0.0]}),
        "x + u tanh(w·x)": flow_map("planar", {"u": [0.8, 0.6], "w": [1.2, 0.4]}),
        "a turn that grows with ‖x‖": flow_map("swirl", {"c": 0.0, "k": 0.5}),
    }
    show(draw_cells(maps, log_abs_det_jacobian), alt=cells_in_words(maps, log_abs_det_jacobian))


# %% [markdown]
# The affine map changes all areas by one factor, the second by one that differs from place to place, and the third
# bends the square beyond recognition *without changing a single area*. Section 8 is about maps like that.
#
# What does it cost? $D$ backward passes and a determinant of $O(D^3)$, for every point and every step of training. For
# a picture of $64 \times 64$ pixels that is 4096 passes and $7 \cdot 10^{10}$ operations. No flow is trained like this.
# Notebook 03 builds layers whose Jacobian is triangular, or low-rank, or otherwise easy. What you have written is what
# such a layer's claim about its own $\log|\det J|$ can be compared with.

# %% [markdown]
# ## 4 · Two roads to the same place
#
# Now to the conditions. First: what if $f$ is *not* one-to-one?
#
# Take $z \sim \mathcal N(0, 1)$ and $x = (z - c)^2$. Then $x = 1$ is reached from $z = c + 1$ and from $z = c - 1$. A
# small interval around $x$ collects the mass of *two* small intervals of $z$, each stretched by its own slope:
#
# $$p_X(x) = \sum_{z:\, f(z) = x} \frac{p_Z(z)}{|f'(z)|}, \qquad\text{in many dimensions}\qquad
# p_X(x) = \sum_{z:\, f(z) = x} \frac{p_Z(z)}{|\det J_f(z)|} .$$
#
# The formula is not hard. *Finding all the preimages* is. For the square there are two. For $x = |Wz|$ (here $W$ acts
# on the noise), the absolute value taken entry by entry, the sign of every entry of $Wz$ is lost, so there are $2^D$ of
# them. Each layer of such a kind multiplies the number. A network with ReLUs is worse: there, whole pieces of space
# share one image.
#
# Two practical points. Where no $z$ leads to $x$ the sum is empty, the density 0, and its logarithm $-\infty$: your
# code must say so, for the formula would happily take the root of a negative number. And far from the bulk *all* terms
# of the sum underflow, so add them in log space: $\log\sum_i e^{a_i} = m + \log\sum_i e^{a_i - m}$ with
# $m = \max_i a_i$, which `torch.logsumexp` does for you.
#
# **In numbers.** $c = 1$, $x = 1$: preimages $2$ and $0$, both with slope $2$ in size, so
# $p_X(1) = (0.0540 + 0.3989)/2 = 0.2265$, $\log p_X(1) = -1.485$.
#
# **Write** both densities. For the second, `itertools.product((1, -1), repeat=D)` runs through all patterns of signs.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-many_to_one-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "e5cb5bb0091957456d1b44be9ca190ed", "cell_type": "code"} deletable=false
def log_p_square(x, c):
    """Log density at x of X = (z − c)² with z ~ N(0, 1).   (000 Q1a)

    x: any shape, x ≠ 0; c: float;  returns the shape and type of x, −inf where x < 0, finite wherever x > 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def log_p_folded(x, W):
    """Log density at x of X = |W z|, entry by entry, with z ~ N(0, I).   (000 Q1a)

    x: (B, D), D ≤ 6, entries ≠ 0; W: (D, D), invertible;
    returns (B,), of the type of x, −inf where an entry of x is negative.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-many_to_one", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "6cedfd79932e47303d87db54f998741d", "cell_type": "code"} deletable=false editable=false
check("cov.many_to_one")

# %% tags=["demo"]
with waiting_for("log_p_square"):
    samples = torch.randn(20_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    show(draw_square(samples, 1.0, log_p_square), alt="Left: a parabola over z. A slice of x between 1 and 1.6 is reached from two "
         "slices of z, a green one near 0 where the base is dense and a vermilion one near 2 where it is thin. Right: a histogram of samples "
         "of x, met by the density with both preimages; the density with one preimage only runs far below it.")  # fmt: skip

# %% [markdown]
# ### So why has a GAN no density?
#
# **Question (4 points; 000 Q1a).** Samples are made by $z \sim \mathcal N(0, I_{d_\text{latent}})$,
# $x = f(z) \in \mathbb R^{d_\text{data}}$. For each of two models, explain briefly how to compute $p(x)$ for a given
# $x$, or why this cannot be done in general: (i) $f$ is the generator of a typical GAN; (ii) $f$ is a normalising flow.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "cov-gan_density", "grade": true, "solution": true, "locked": false, "task": false, "points": 4.0, "checksum": "d09a98bf019dbad336decb94db29e1a6", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ## 5 · Mass that never arrives
#
# Second condition: what if $g$ is one-to-one, but does not reach everything?
#
# In the reverse direction we *declare* $z = g(x)$ to be distributed like the base, and read off a density of $x$:
# $p_X(x) = p_Z(g(x))\,|\det J_g(x)|$. Does it integrate to 1? Substitute $z = g(x)$:
#
# $$\int p_X(x)\,dx = \int p_Z(g(x))\,|\det J_g(x)|\,dx = \int_{g(\mathbb R^D)} p_Z(z)\,dz = P\big(Z \in \text{image of } g\big) .$$
#
# So it integrates to 1 only if the image of $g$ holds all of the base's mass. Take $z = \sigma(Ax)$ with the sigmoid
# $\sigma(u) = 1/(1 + e^{-u})$ entry by entry: a smooth, injective map if $A$ is invertible, and its image is the open
# unit square $(0, 1)^2$. But a base $\mathcal N(0, I)$ lives on the whole plane. Nearly everything is lost:

# %% tags=["demo"]
show(
    draw_image(torch.tensor([[1.0, 0.5], [-0.4, 0.8]], dtype=torch.float64)),
    alt="Where the points σ(A x) lie among the circles that hold 10, 50, 90 and 99 per cent of a standard normal base. For an "
    "invertible A they fill the unit square, a small corner near the centre. For a matrix of rank one they lie on a curve.",
)


# %% [markdown]
# On the right $A$ has rank one, so $\det A = 0$: all points land on a curve, and a curve has no area.
# The formula notices too, for $\det J_g = 0$ at every $x$: it gives $p_X = 0$ everywhere.
#
# What would mend the left one? Not another $A$: every invertible $A$ has the same image. Either the base must live
# where the map goes (take $z$ uniform on $(0, 1)^2$), or the map must go where the base lives.
#
# **In numbers.** For one dimension and the image $(0, 1)$: $\Phi(1) - \Phi(0) = 0.3413$, where $\Phi$ is the
# distribution function of $\mathcal N(0, 1)$.
#
# **Write** what is left: for a map onto any box, and for $z = \sigma(Ax)$ with any square matrix. (How do you find out
# whether a matrix in floating point is singular? Its computed determinant is rarely an exact 0, and a small determinant
# need not mean anything: $10^{-3} I$ is as invertible as $I$. `torch.linalg` can tell the rank.)

# %% nbgrader={"schema_version": 3, "grade_id": "cov-mass_lost-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "a26cc0ca232cd5b9a23d5191f5ff8d56", "cell_type": "code"} deletable=false
def mass_kept(low, high):
    """∫ p_X for a reverse map that is one-to-one from R^D onto the box of all z with low < z < high; base N(0, I).

    low: (D,), −inf allowed; high: (D,), inf allowed, low < high entry by entry;
    returns a float between 0 and 1.   (001 P1a)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def sigmoid_flow_mass(A):
    """∫ p_X dx of p_X(x) = N(g(x); 0, I) |det J_g(x)| with g(x) = σ(A x).   (001 P1a)

    A: (D, D), singular or not;  returns a float between 0 and 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-mass_lost", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "8a7c66e12669bf113ced93bebe056cb6", "cell_type": "code"} deletable=false editable=false
check("cov.mass_lost")

# %% [markdown]
# Do not take the substitution on trust: add up $p_X$ over a fine grid of $x$, with your own Jacobian.

# %% tags=["demo"]
with waiting_for("log_abs_det_jacobian", "sigmoid_flow_mass"):
    side = torch.linspace(-12, 12, 161, dtype=torch.float64)
    grid = torch.cartesian_prod(side, side)
    for A in ([[1.0, 0.5], [-0.4, 0.8]], [[2.0, 0.0], [1.0, 3.0]], [[1.0, 2.0], [2.0, 4.0]]):
        g = flow_map("sigmoid", {"A": A})
        z = g(grid)
        log_p = -0.5 * (z**2).sum(1) - math.log(2 * math.pi) + log_abs_det_jacobian(g, grid).detach()
        summed = float(log_p.exp().sum() * (side[1] - side[0]) ** 2)
        print(f"A = {A}: summed {summed:.4f}, yours {sigmoid_flow_mass(torch.tensor(A)):.4f}")


# %% [markdown]
# ## 6 · A density with an edge
#
# A map that reaches half of the line only is no accident but a tool where data are positive. Let
# $\epsilon \sim \mathcal N(0, 1)$ and $z = e^{\mu + \sigma\epsilon}$, where $\sigma > 0$ is a number again and no
# sigmoid. Then $\log z \sim \mathcal N(\mu, \sigma^2)$: this is the **log-normal** distribution of 001 P2. (There it is
# the distribution of a latent, hence the letter $z$. Here it is what comes out.)
#
# Density: the reverse map is $g(z) = \log z$, with slope $1/z$. Distribution function: $z$ rises with $\epsilon$, so
# probabilities carry over directly, $P(Z \le a) = P(\log Z \le \log a)$. For a normal distribution this is
# $\Phi(u) = \frac12\big[1 + \mathrm{erf}(u/\sqrt2)\big]$ at the standardised value $u$. And for $a \le 0$? The
# logarithm does not exist, but the probability does: a log-normal number is never negative. So the density is 0 there,
# its logarithm $-\infty$, and the distribution function 0.
#
# Write that into code with care. `torch.where(z > 0, formula, -inf)` computes the formula *everywhere* and then
# selects; where $z \le 0$ the formula is NaN. The value is selected away, but the gradient is not: backwards, the
# discarded branch receives the gradient 0, and $0 \cdot \mathrm{NaN} = \mathrm{NaN}$. One negative number in a batch
# then ruins a whole step of training. The cure is to feed the formula something harmless *before* the logarithm is
# taken.
#
# **In numbers.** $\mu = 0$, $\sigma = \frac12$: $\log q(1) = -0.919 - \log\frac12 - \log 1 = -0.226$;
# $P(Z \le 2) = \Phi(2 \ln 2) = 0.917$.
#
# **Write** both. $\mu$ and $\sigma$ are numbers or tensors, and everything broadcasts.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-lognormal_density-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "d4ac2d33b1fe519759b229ffd6c9b6f6", "cell_type": "code"} deletable=false
def lognormal_log_pdf(z, mu, sigma):
    """Log density of z = exp(mu + sigma eps), eps ~ N(0, 1).   (001 P2)

    z: tensor of any shape; mu: float or tensor that broadcasts with z; sigma: float or tensor that broadcasts with z, > 0;
    returns the broadcast shape in the type of z, −inf where z ≤ 0; gradients in mu and sigma are finite everywhere.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def lognormal_cdf(z, mu, sigma):
    """P(Z ≤ z) for Z = exp(mu + sigma eps), eps ~ N(0, 1).   (001 P2)

    z: tensor of any shape; mu: float or tensor that broadcasts with z; sigma: float or tensor that broadcasts with z, > 0;
    returns the broadcast shape in the type of z, 0 where z ≤ 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-lognormal_density", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "028111156854dc9ce53f184fef312e40", "cell_type": "code"} deletable=false editable=false
check("cov.lognormal_density")

# %% [markdown]
# The two belong together: the slope of the distribution function is the density. And look at what $\mu$ and $\sigma$
# do: $e^\mu$ is the *median*, not the mean and not the highest point.

# %% tags=["demo"]
with waiting_for("lognormal_log_pdf", "lognormal_cdf"):
    show(draw_lognormals(lognormal_log_pdf, lognormal_cdf), alt="Densities and distribution functions of three log-normal distributions. All are zero for negative z, rise "
         "steeply and have a long right tail. The distribution functions cross one half at e to the mu.")  # fmt: skip

# %% [markdown]
# ## 7 · Is it a flow?
#
# Collect what we have met. For a reverse map $z = g(x)$, defined on all of $\mathbb R^d$, the formula
# $p_X(x) = p_Z(g(x))\,|\det J_g(x)|$ makes a **valid flow** if $g$ is
#
# 1. **one-to-one** (section 4): two inputs with the same image, and mass is counted wrongly,
# 2. **smooth both ways**: $\det J \ne 0$ everywhere. At a point with $\det J = 0$ the inverse has no derivative,
# 3. **onto what carries the base's mass** (section 5): an image that leaves out a set of positive probability loses it.
#
# The set where a density is positive is called its **support**, so the third condition says that the image covers the
# support, up to a set of probability 0. It may be larger, and it may miss single points.
#
# On the line, for maps without kinks, the second condition implies the first, since a slope that is continuous and
# never vanishes keeps its sign. Otherwise none of them implies another. $\sigma(x)$ has 1 and 2 but not 3, *if* the
# base is normal; with a uniform base on $(0, 1)$ it has all three. And $(e^{x_1}\cos x_2,\; e^{x_1}\sin x_2)$, which
# wraps the plane around the origin, has $\det J = e^{2x_1} > 0$ everywhere and is still not one-to-one: from two
# dimensions on, $\det J \ne 0$ is a statement about *small* neighbourhoods only. (It misses the origin. A single point
# carries no mass: nothing is lost by that.)
#
# And $x^3$? It is one-to-one and onto, but its slope is 0 at the origin. Mass is not miscounted: $3x^2 \phi(x^3)$, with
# $\phi$ the density of $\mathcal N(0, 1)$, is the density of $X$, and it integrates to 1. It is not valid *by
# definition*: a flow is to be a diffeomorphism, smooth in both directions. Here the log-determinant is $-\infty$ at 0,
# the forward map $\sqrt[3]{z}$ has an infinite slope there, and a sum of log densities, which is what one trains with,
# is ruined by one data point that comes near.
#
# What of leaky ReLU, which has a kink? It is one-to-one and onto. At the kink the derivative jumps between two numbers,
# neither of them 0. The density jumps there, at a set of volume zero, and its logarithm stays finite on both sides. So
# **kinks are allowed** here, as they are in practice, as long as the slopes on both sides are not 0 and have the same
# sign. (With opposite signs the map turns back, as $|x|$ does.)
#
# What does *not* matter: whether the determinant is negative (mirrors are invertible), whether it is constant, or
# whether it is 1.
#
# ### By hand first
#
# **Question (6 points; 001 P1).** A flow in reverse parametrisation, $z = g(x)$, with a normal base. Justify each
# answer: a verdict without a reason earns nothing, and a claim that would make valid flows invalid costs a point.
#
# (a) $x \in \mathbb R^2$, $A = a^\top a$ with $a \in \mathbb R_{>0}^{1\times 2}$, and $z = \sigma(Ax)$. Is this a valid
# flow?
#
# (b) $x \in \mathbb R^3$, $z_1 = (x_3 + x_2)^3$, $z_2 = x_1^4 x_2 + x_3$, $z_3 = e^{x_3}$. Is this a valid flow?
#
# (c) Of a flow $f : \mathbb R \to \mathbb R$ you know that the Jacobian determinant of its inverse is 1 everywhere.
# What does this mean for the flow? Use the formula, and give such an $f^{-1}$. Is your conclusion still true in two
# dimensions?

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "cov-exam_flows", "grade": true, "solution": true, "locked": false, "task": false, "points": 6.0, "checksum": "a58051ffbcd72f52d69f386d3fa5e4d0", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# ### Then by machine
#
# Here is a pool of maps. Each comes with fresh parameters, and for most of them *the parameters decide*.

# %% tags=["demo"]
for name, entry in POOL.items():
    print(f"{name:10} {entry.formula}")


# %% [markdown]
# In every map of the pool $n \ge 1$ is a whole number, even or odd, and $a$ in *wave*, *softplus* and *logistic*, $k$
# in *spiral*, *exam* and *triangular* are not 0. Parameters on a border line (such as $|a| = |b|$) are exact. `base` is
# `"normal"` ($z \sim \mathcal N(0, I)$) or `"uniform"` (uniform on $(0, 1)^d$).
#
# First the verdict alone, in one word:
#
# | word | what it claims |
# |---|---|
# | `"valid"` | all three conditions hold |
# | `"collision"` | not one-to-one: two inputs share an image |
# | `"singular"` | no smooth inverse: $\det J = 0$ at some point |
# | `"mass"` | not onto: a share of the base's mass is reached by no $x$ |
#
# Where several things are wrong with a map, any word that is true is right. Calling a valid map invalid costs as much
# as the reverse.
#
# ### The line
#
# On the line there are two questions. Is the slope never 0, and of one sign throughout (at a kink it may jump)? Then
# the map is one-to-one and smooth both ways. And where do its images end? For the first, find the smallest and the
# largest slope: that of *wave* is $a + b\cos x$, which runs through everything between $a - |b|$ and $a + |b|$; that of
# *tanh* is $a + \frac b2 \big(1 - \tanh^2\frac x2\big)$, which lies between $a$, far out, and $a + \frac b2$, at 0.
#
# **In numbers.** $x + 0.75 \sin x$: slopes from $0.25$ to $1.75$, images without end, valid. $x - 3\tanh\frac x2$:
# slope $-\frac12$ at 0 and nearly 1 far out, so somewhere it is 0: not valid.
#
# **Write** the verdict for every map of the line: *affine*, *power*, *wave*, *tanh*, *leaky*, *softplus*, *logistic*.
# The report has a row for each.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-verdict_line-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "765f7f44fe1319b906052edde50bff2c", "cell_type": "code"} deletable=false
def verdict_line(name, params, base):
    """Is z = g(x) a valid flow onto this base, for a map g of the line? One word of the table above.   (001 P1)

    name: a key of POOL; params: dict of its parameters (numbers, lists, lists of lists); base: "normal" or "uniform";
    returns "valid", or a true one of "collision", "singular" and "mass".
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-verdict_line", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "80071955adb6ba99f36b482db77a1fbc", "cell_type": "code"} deletable=false editable=false
check("cov.verdict_line")


# %% [markdown]
# ### The plane, and space
#
# Here a determinant that never vanishes is not enough, and algebra does the work: on what does the map depend? If only
# on a combination of the coordinates, inputs that agree in it cannot be told apart. *planar* moves a point along $u$
# only; so look at $t = w \cdot x$ alone: it becomes $t + (u \cdot w)\tanh t$, a map of the line.
#
# **In numbers.** $u = (1, 0)$, $w = (-2, 1)$: $u \cdot w = -2$, and $t - 2\tanh t$ has the slope $-1$ at 0 and 1 far
# out. Not valid. Its determinant, $1 + (u \cdot w)(1 - \tanh^2 t)$, is that slope.
#
# **Write** the verdict for the others: *linear*, *rank_one* (question (a) above), *sigmoid*, *shear*, *swirl*,
# *planar*, *coupling*, *spiral*, and in space *exam* (question (b) for $n = 4$, $k = 1$) and *triangular*; *linear* may
# have two or three dimensions.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-verdict_plane-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "f0051c48bb1b911d34e307bce30e2b49", "cell_type": "code"} deletable=false
def verdict_plane(name, params, base):
    """Is z = g(x) a valid flow onto this base, for a map g of the plane or of space? One word, as above.   (001 P1)

    name: a key of POOL; params: dict of its parameters (numbers, lists, lists of lists); base: "normal" or "uniform";
    returns "valid", or a true one of "collision", "singular" and "mass".
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-verdict_plane", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "6dc1b417fffbb55e7a08f7f247815ad2", "cell_type": "code"} deletable=false editable=false
check("cov.verdict_plane")

# %% [markdown]
# ### The witness
#
# In a proof that a map is *not* a valid flow, a claim is worth nothing and a **witness** everything:
#
# | claim | witness |
# |---|---|
# | `"collision"` | `(x, y)`: two inputs with the same image, $\lVert x - y\rVert \ge 0.1$, $\lVert x\rVert, \lVert y\rVert \le 10$ |
# | `"singular"` | `x` with $\det J(x) = 0$, $\lVert x\rVert \le 10$ |
# | `"mass"` | the share of the base that no $x$ reaches, to six digits |
#
# Points are lists of $d$ floats (a single float if $d = 1$). Any witness that stands is right; some maps have several.
#
# Here is one, found step by step: $g(x) = x - 3\tanh\frac x2$. It falls at 0 and rises far out, so it takes some values
# twice; but which two inputs? *Use a symmetry:* $g$ is odd, $g(-x) = -g(x)$. So if $g(t) = 0$ then $g(-t) = 0$ as well,
# and $t$ and $-t$ are the pair. *Find it:* $g(1) < 0 < g(10)$, so there is a root between 1 and 10. No formula gives
# it. A bracketing solver does: `brentq(h, a, b, xtol=1e-15)` finds a zero of `h` between `a` and `b` if `h` has
# different signs there. *Test it* before you hand it in, with `flow_map(name, params)`, which gives any map of the pool
# as a function:

# %% tags=["demo"]
t = brentq(lambda t: t - 3 * math.tanh(t / 2), 1, 10, xtol=1e-15)
g = flow_map("tanh", {"a": 1.0, "b": -3.0})
print(f"t = {t:.6f}, images of t and −t:", g(torch.tensor([t, -t], dtype=torch.float64)).tolist())

# %% [markdown]
# The check evaluates your witness with **fifty digits**, starting from the exact values of your floats. That is
# necessary. In floating point `sigmoid(40.0) == sigmoid(38.0)` is true, as both are rounded to 1; it proves nothing,
# since the sigmoid *is* one-to-one. What only rounding, saturation or underflow makes equal is not accepted; what your
# floats cannot hit exactly (the printed zeros above are rounded, too) is, up to $10^{-9}$.

# %% tags=["demo"]
g = flow_map("exam", {"n": 4, "k": 1.0})
print("b of the exam:", g(torch.tensor([[1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])).tolist())
flat = flow_map("logistic", {"low": 0.0, "high": 1.0, "a": 1.0})
print("saturation:   ", flat(torch.tensor([40.0, 38.0], dtype=torch.float64)).tolist(), "a collision that is none")


# %% [markdown]
# **Write** a witness for every map that is no valid flow. Algebra is enough for most; you will be asked about invalid
# ones only.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-witness-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "cae3fbb7d1c2993974179656c1c20634", "cell_type": "code"} deletable=false
def witness(name, params, base):
    """What proves that z = g(x) is no valid flow onto this base: a claim with its witness, as in the table.   (001 P1)

    name: a key of POOL; params: dict of its parameters (numbers, lists, lists of lists), for which it is no valid flow onto the base;
    base: "normal" or "uniform";  returns ("collision", (x, y)), ("singular", x) or ("mass", lost).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-witness", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "82c15c537e0d248a921fe50d99231f65", "cell_type": "code"} deletable=false editable=false
check("cov.witness")

# %% [markdown]
# Your verdicts on six maps of the line, with your witnesses drawn in:

# %% tags=["demo"]
with waiting_for("verdict_line", "witness"):
    six = [
        ("wave", {"a": 1.0, "b": 0.75}, "normal"),
        ("wave", {"a": 0.5, "b": 1.5}, "normal"),
        ("power", {"n": 3}, "normal"),
        ("tanh", {"a": 0.0, "b": 2.0}, "normal"),
        ("softplus", {"a": 1.0, "c": -1.0}, "normal"),
        ("leaky", {"s": 0.25}, "normal"),
    ]
    show(draw_flow_verdicts(verdict_line, witness, six), alt="Six maps of the line. x + 0.75 sin x: valid. 0.5 x + 1.5 sin x: two points at one "
         "height, joined. x cubed: a flat point at the origin. 2 tanh(x/2): hatched bands above 2 and below −2 that no x "
         "reaches. −1 + softplus: a hatched band below −1. Leaky ReLU: valid.")  # fmt: skip


# %% [markdown]
# ## 8 · Flows that keep volumes
#
# Question (c) deserves a closer look, because the answer in the source stops too early. Suppose $|\det J| = 1$
# everywhere. Then $\log p_X(f(z)) = \log p_Z(z)$: every point keeps its density and takes it along. What can such a
# flow do?
#
# **On the line, next to nothing.** $|f'| = 1$ and continuous means $f' = 1$ or $f' = -1$ throughout, so $f(z) = z + b$
# or $f(z) = b - z$.
#
# **In the plane, a great deal.** You can push one coordinate by an amount that depends on the other. Think of a pack of
# cards: slide every card by a different distance, and the pack leans and bends, but no card changes its size. This is
# the idea of the *additive coupling layer* that opens the table in 004.
#
# **What stays?** Everything that depends only on the *values* of the density and not on where they are taken: the
# maximum of $p$; the volume of every set $\{p > c\}$; and the **differential entropy** $h = -\mathbb E[\log p]$,
# because $-\log p_X(X)$ and $-\log p_Z(Z)$ are the same number for $X = f(Z)$. So the *distribution* of log densities
# is the same before and after. (The source speaks of distributions with "the same volume". That is not a notion; these
# three are what is meant.) And the shape in the sense of topology: the set $\{p_X > c\}$ is the image of $\{p_Z > c\}$,
# for the normal base a bent ball, in one piece and without a hole.
#
# If $\log|\det J_f|$ is not 0 but some other constant, all three change in a way that you can work out in your head. Do
# so for the last function below.
#
# **In numbers.** A standard normal in the plane has $h = 1 + \log 2\pi = 2.838$ nats. Twice as wide, $f(z) = 2z$,
# $\log|\det J_f| = \log 4 = 1.386$, and $h = 4.224$.
#
# **Write** a banana: your own bijection of the plane with $|\det J| = 1$ such that $X_2$ goes with the *square* of
# $X_1$, $|\mathrm{corr}(X_1^2, X_2)| \ge 0.5$; its inverse; the density of $X$. Then read a volume-preserving map of
# the line off its values. Then say what a constant $\log|\det J_f|$ does.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-volume_preserving-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "917520775012ab41177c66b3f59c04bc", "cell_type": "code"} deletable=false
def bend(z):
    """x = f(z): a bijection of the plane with |det J| = 1 everywhere; for z ~ N(0, I), |corr(x_1², x_2)| ≥ 0.5.

    z: (B, 2);  returns (B, 2), of the type of z.   (001 P1c)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def unbend(x):
    """z with bend(z) = x.

    x: (B, 2);  returns (B, 2), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def log_p_bent(x):
    """Log density at x of X = bend(z), z ~ N(0, I).

    x: (B, 2);  returns (B,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def shift_or_reflection(f):
    """(s, b) with f(z) = s z + b and s = 1 or −1, for a differentiable f: R → R with |f'| = 1 everywhere.   (001 P1c)

    f: maps tensors to tensors, entry by entry, |b| up to 10^10;  returns two floats.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def what_changes(entropy, log_max, volume, ladj):
    """The same three for x = f(z), where log |det J_f| = ladj is constant.   (001 P1c)

    entropy: float, −E log p_Z in nats; log_max: float, the maximum of log p_Z; volume: float > 0, that of {log p_Z > l}
    (return that of {log p_X > l − ladj} in its place); ladj: float;  returns {"entropy": …, "log_max": …, "volume": …}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-volume_preserving", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "9cb4451e4a2cbcda0b7d0f2d0405bfc7", "cell_type": "code"} deletable=false editable=false
check("cov.volume_preserving")

# %% tags=["demo"]
with waiting_for("bend", "unbend", "log_p_bent"):
    z = torch.randn(3000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x = bend(z)
    show(draw_banana(z, x, log_p_bent), alt="A round normal cloud with its level lines, the same cloud bent to a banana with bent level lines, and "
         "the share of points below each log density for both, which coincide.")  # fmt: skip
    correlation = float(torch.corrcoef(torch.stack([x[:, 0] ** 2, x[:, 1]]))[0, 1])
    print(f"corr(x1², x2) = {correlation:.2f}; for a Gaussian centred at 0 it would be 0")
    print(
        f"entropy: {float(-log_p_bent(x).mean()):.3f} nats, before: {float(0.5 * (z**2).sum(1).mean() + math.log(2 * math.pi)):.3f} nats"
    )


# %% [markdown]
# The two curves on the right are the same curve, not only similar: point by point,
# $\log p_X(\text{bend}(z)) = \log p_Z(z)$. The check uses exactly this. (A statistical test of the two samples,
# Kolmogorov and Smirnov's for instance, would look only at the curves, and would sometimes fail by chance.)
#
# So is "volume preserving" a weakness? It fixes the *list of density values*: no base can become data of another
# entropy. A layer that scales, with a constant $\log|\det J|$, mends that, and it mends no more than that.

# %% [markdown]
# ### One mode for ever
#
# Where can the hills of such a density be? Differentiate $\log p_X(x) = \log p_Z(g(x)) + \text{const}$ with
# $p_Z = \mathcal N(0, I)$:
#
# $$\nabla \log p_X(x) = J_g(x)^\top\, \nabla \log p_Z\big(g(x)\big) = -J_g(x)^\top g(x) .$$
#
# $J_g$ is invertible, so this is 0 exactly where $g(x) = 0$, and that is a single point, $f(0)$. **From a normal base,
# a flow with constant $|\det J|$ makes a density with exactly one mode, in any dimension**, however deep it is and
# however it bends. It has no other peak, and no dip or saddle either. The two hills of this chapter's opening picture
# are out of its reach: it can send most samples of one half to the left and of the other to the right, but a bridge as
# high as the hills will join them. (Draxler et al., *On the Universality of Volume-Preserving and Coupling-Based
# Normalizing Flows*, ICML 2024, say which distribution is learnt instead.)
#
# A flow whose $\mathrm{ladj}(x) = \log|\det J_g(x)|$ *does* change is free of this. On the line,
# $\log p_X = \log p_Z(g) + \mathrm{ladj}$ has the slope
#
# $$(\log p_X)'(x) = -g(x)\, g'(x) + \frac{g''(x)}{g'(x)} .$$
#
# **In numbers.** $g(x) = x + \frac12 \sin x$ is a valid flow with slopes from $\frac12$ to $\frac32$. At $x = 0$ the
# slope of $\log p_X$ is 0, at $x = 1$ it is $-1.421 \cdot 1.270 - 0.421 / 1.270 = -2.136$: $\log p_X$ *falls* as one
# leaves the base's mode, which is a mode of $X$ as well. What would $g$ have to do near 0 for $\log p_X$ to *rise*?
#
# **Predict before you write:** where do two hills stand, where $g$ is steepest? Where $g(x) = \pm 1$?
#
# **Write** the mode of any flow with constant $|\det J|$, and a witness that others may have two: a smooth map of the
# pool that is a valid flow onto a normal base, with the two modes. The check looks at the slope of $\log p_X$ on both
# sides of your points, with fifty digits.

# %% nbgrader={"schema_version": 3, "grade_id": "cov-one_mode-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "383f7d791b7d2f7d10d5e957ac5fb697", "cell_type": "code"} deletable=false
def mode(f, D):
    """The mode of X = f(Z), Z ~ N(0, I).   (001 P1c)

    f: one-to-one and smooth on tensors (…, D), with the same |det J| everywhere; D: int, 1 … 3;  returns (D,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def two_modes():
    """A valid flow z = g(x) of the line whose density, with base N(0, 1), has two modes.   (001 P1c)

    returns (name, params, (x1, x2)): a smooth map of POOL, a dict of its parameters, and two modes of p_X to six digits,
    at least 0.1 apart and within |x| ≤ 10.
    """

    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "cov-one_mode", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "25dfe2f0c2827805ef635b4db843f325", "cell_type": "code"} deletable=false editable=false
check("cov.one_mode")

# %% [markdown]
# Your banana beside a density that no volume-preserving flow makes. Every line around the banana's mode is one closed
# curve, a bent circle; on the right, beyond a certain height, it falls apart into two:

# %% tags=["demo"]
with waiting_for("log_p_bent", "log_p_reverse"):
    show(draw_levels(log_p_bent, log_p_reverse), alt="Left: the level lines of the bent normal density, each of them a single closed curve around one "
         "mode, the higher inside the lower. Right: level lines of a density with two hills side by side: low lines enclose both, high lines consist of two closed curves.")  # fmt: skip


# %% [markdown]
# ## 9 · Let it learn
#
# One formula, one use. Take points with two hills, a map that rises whatever its parameters are, and turn the knobs
# until the points are as likely as possible: **maximum likelihood**, with your own `log_p_reverse`. The map is a
# straight line plus six soft steps,
#
# $$g(x) = c + \alpha x + \sum_{k=1}^6 h_k \tanh\big(s_k (x - m_k)\big), \qquad \alpha, h_k, s_k > 0,$$
#
# a valid flow for all parameters: every slope is at least $\alpha$, and the line reaches everything.
#
# **Predict before you run.** A second map is trained on $\log p_Z(g(x))$ alone: the log-determinant is dropped. It is a
# shorter formula, and a better score is in reach. What will that $g$ look like?

# %% tags=["demo"]
class Rising(torch.nn.Module):
    """g(x) = c + alpha x + sum of h_k tanh(s_k (x − m_k)), rising; x: any shape, returns the same."""

    def __init__(self, steps: int = 6) -> None:
        super().__init__()
        self.c, self.alpha = (torch.nn.Parameter(torch.tensor(value)) for value in (0.0, 0.5))
        self.h, self.s = (torch.nn.Parameter(torch.full((steps,), value)) for value in (-1.0, 1.0))
        self.m = torch.nn.Parameter(torch.linspace(-3, 3, steps))

    def forward(self, x):
        positive = torch.nn.functional.softplus
        steps = positive(self.h) * torch.tanh(positive(self.s) * (x[..., None] - self.m))
        return self.c + positive(self.alpha) * x + steps.sum(-1)


def log_base(z):
    return -0.5 * z**2 - 0.5 * math.log(2 * math.pi)


def learn(score, data, seed=0):
    """A rising map with the largest mean score(x, g) that was found."""
    g = Rising()
    optimiser = torch.optim.Adam(g.parameters(), lr=0.05)

    def step(k):
        loss = -score(data[torch.randint(len(data), (256,))], g).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss

    train(step, g, steps=budget(full=400, graded=400, quick=20), seed=seed)
    return g


# %% tags=["demo"]
with waiting_for("log_p_reverse"):
    generator = torch.Generator().manual_seed(0)
    noise, coin = torch.randn(2000, generator=generator), torch.rand(2000, generator=generator)
    data = torch.where(coin < 0.35, -1.5 + 0.4 * noise, 1.2 + 0.7 * noise)
    honest = learn(lambda x, g: log_p_reverse(x, g, log_base), data)
    cheat = learn(lambda x, g: log_base(g(x)), data)
    rise = [f"{(g(torch.tensor(2.0)) - g(torch.tensor(-2.0))).item():.1f}" for g in (honest, cheat)]
    show(draw_training(data, {"with the log-determinant": honest, "without it": cheat}, log_p_reverse), alt="Left: the two maps. From −2 to 2 the one that was trained "
         f"with the log-determinant rises by {rise[0]}, the other by {rise[1]}. Right: a histogram of the data with two hills, the density of the first map, and what the second one is scored by.")  # fmt: skip
    scores = log_p_reverse(data, honest, log_base).mean().item(), log_base(cheat(data)).mean().item()
    print(f"mean score of the data: {scores[0]:.2f} nats with the log-determinant, {scores[1]:.2f} without it")
    spreads = honest(data).std().item(), cheat(data).std().item()
    print(f"spread of g(data): {spreads[0]:.2f} with it, {spreads[1]:.2f} without it (the base's is 1)")

# %% [markdown]
# The cheat has the better score, and has learnt nothing: it sends all of the data to the mode of the base. Its score is
# no log density: the level line on the right stays at $1/\sqrt{2\pi} = 0.40$ as far as $g$ is flat, and the area below
# it is several times 1. The log-determinant is the term that pays for squeezing: halve the spread of $g$ and it charges
# $\log 2$.
#
# (Both maps the same? Then your `log_p_reverse` takes its slope without keeping the graph, and the optimiser never
# hears of the log-determinant: `slope` keeps it if it is given a network.)

# %% [markdown]
# ## What you can now do
#
# - turn "mass stays" into a density, in both directions, in one dimension or many, without a sign error
# - say which direction is cheap for what, and why training wants the reverse one
# - get $\log|\det J|$ of any map by automatic differentiation, differentiable, and know what it costs
# - add up several preimages, and explain why a GAN has no tractable density
# - compute how much mass a map that is not onto loses, and mend it by the base
# - write a density with an edge that returns $-\infty$ and never NaN, gradients included
# - decide whether a map is a valid flow, and prove it by a witness that survives fifty digits
# - train a map by maximum likelihood, and say what the log-determinant pays for
# - say what a constant determinant leaves unchanged, why that is nearly everything on the line, and why even in the
#   plane one mode stays one mode
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** $Z$ is uniform on $(0, 1)$ and $X = -\log Z$. What is the density of $X$?
#
# <details><summary>Answer</summary>
#
# $f(z) = -\log z$ falls, with $|f'(z)| = 1/z$. So $p_X(x) = 1/(1/z) = z = e^{-x}$ for $x > 0$: the exponential
# distribution. With the slope's sign kept, one would get a negative density.
#
# </details>
#
# **2.** $g(x) = \Phi(x)$, the normal distribution function, base uniform on $(0, 1)$. Valid flow? What is $p_X$? And
# the same $g$ with a normal base?
#
# <details><summary>Answer</summary>
#
# Valid: increasing, slope $\phi(x) > 0$, onto $(0, 1)$. $p_X(x) = 1 \cdot \phi(x)$, so $X$ is standard normal. (This is
# sampling by the inverse distribution function, read backwards.) With a normal base it reaches only $(0, 1)$ and keeps
# $\Phi(1) - \Phi(0) = 34\,\%$ of the mass: not valid.
#
# </details>
#
# **3.** A colleague trains $z = g(x)$ by maximum likelihood and forgets the log-determinant. To what will $g$ converge?
#
# <details><summary>Answer</summary>
#
# To a constant: $\log p_Z(g(x))$ is largest if every $x$ is sent to the mode of the base, $g(x) = 0$. The
# log-determinant, which tends to $-\infty$ on the way there, is the term that forbids it.
#
# </details>
#
# **4.** For which $c$ is $z = x^3 + cx$ a valid flow with a normal base? Give a witness for every other $c$.
#
# <details><summary>Answer</summary>
#
# $g' = 3x^2 + c$. For $c > 0$ valid. For $c = 0$ a bijection with $g'(0) = 0$: not smooth both ways, witness $x = 0$.
# For $c < 0$ not one-to-one: $g(\sqrt{-c}) = 0 = g(0)$.
#
# </details>
#
# **5.** A flow for pictures with $D = 3072$ has $\log|\det J_g| = -2000$ at every data point. Its data are scaled by
# $\frac1{255}$ before they enter. What must be added to the log density to compare with a model of the unscaled data?
#
# <details><summary>Answer</summary>
#
# Scaling is a layer of the reverse map with $\log|\det| = 3072 \cdot \log\frac1{255} = -17{,}023$. It must be added to
# $\log p$ like every other layer's. Forgetting it makes a model look $17{,}023$ nats better than it is.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **6.** In 001 P1a, replace $A = a^\top a$ by $A = a^\top a + \lambda I$ with $\lambda > 0$. Is $z = \sigma(Ax)$ now a
# valid flow with a normal base? With which base?
#
# <details><summary>Answer</summary>
#
# $A$ is positive definite, so the map is injective with $\det J \ne 0$. It is onto $(0, 1)^2$ only, so with
# $\mathcal N(0, I)$ the share $1 - 0.3413^2 = 0.8835$ is lost: not valid. With any base whose support is the unit
# square, the uniform one say, it is valid.
#
# </details>
#
# **7.** True or false, with a reason: "If $\det J(x) > 0$ for all $x \in \mathbb R^d$, the map is one-to-one." For
# $d = 1$? For $d = 2$?
#
# <details><summary>Answer</summary>
#
# True for $d = 1$: a positive derivative means increasing. False for $d = 2$: $(e^{x_1}\cos x_2, e^{x_1}\sin x_2)$ has
# $\det J = e^{2x_1} > 0$ and period $2\pi$ in $x_2$.
#
# </details>
#
# **8.** $Z \sim \mathcal N(0, 1)$. Is there a volume-preserving flow on the line that turns it into the uniform
# distribution on $(0, 1)$? Is there one in the plane that turns $\mathcal N(0, I)$ into the uniform distribution on a
# square of any size?
#
# <details><summary>Answer</summary>
#
# No and no. The density of a volume-preserving flow takes the same values as the base's, on sets of the same volume. A
# uniform density takes one value only, a normal one takes all values between 0 and its maximum.
#
# </details>
#
# **9.** (6 points) A layer on the line is cheap one way. Its inverse is found by bisection, 40 calls for a whole batch;
# slopes come by autograd with the call. A flow stacks ten such layers. Count calls of layers (all ten, forwards or
# backwards) for a batch of any size. (a) The cheap way is $z = g(x)$: how many calls does it take to evaluate a batch
# of data, and how many to draw a batch of samples with their densities? (b) The cheap way is $x = f(z)$: the same two.
# (c) Which one for compressing pictures, and which as $q$ in $\mathbb E_q[\log p(x, z) - \log q(z)]$, where samples
# and their own densities are wanted? (d) How could somebody who owns only a slow sampler with densities train a fast
# one?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) Data: 10. Samples: each layer is undone by 40 calls, from the last to the first, 400; one more call
# for each at the point found gives its slope, 410 in all (or 400, if the search keeps it).
#
# (b) (1 point) The other way round: data 410, samples with densities 10, since the $z$ of each layer is known.
#
# (c) (2 points) Compression needs densities of given data: $g$ cheap. For $q$ nobody asks for the density of a foreign
# point: $f$ cheap.
#
# (d) (1 point) Let a student with a cheap $f$ draw samples and be scored by the teacher's densities, $\mathbb E_{x
# \sim \text{student}}[\log p_\text{student}(x) - \log p_\text{teacher}(x)]$: it needs the density of the student at
# its own samples, which is cheap, and of the teacher at given points, which is cheap for *it*. (Parallel WaveNet did
# so for speech.)
#
# </details>
#
# ## An open question
#
# A flow must be one-to-one, and so it cannot change the *shape of the support*: a connected plane stays connected, and
# a hole cannot be cut into it. Real data seem to come in separate clusters, or on thin sheets. How well can a smooth,
# invertible map imitate a gap? What happens to $\log|\det J|$ along the bridge between two clusters? Notebook 04
# measures it for two separated modes, in the exercise called `flow.bridge`. Before you get there: what would you give
# up, the inverse, the smoothness, or the equal dimensions?

# %% nbgrader={"schema_version": 3, "grade_id": "given-an-open-question-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ec65f47563e3f253c424c91024f7288", "cell_type": "code"} deletable=false editable=false
total()

# %% [markdown]
# Go on with **[03 The layers of a flow](03_flow_layers.ipynb)**, or back to [the course](README.md).
