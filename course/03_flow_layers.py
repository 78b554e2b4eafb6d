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
#     generated: 'from solutions/03_flow_layers.py by `make course`: to change the course,
#       edit that file'
# ---

# %% [markdown]
# <small>[The course](README.md) · before: [02 Change of variables](02_change_of_variables.ipynb) · next: [04 Flows that learn](04_trained_flows.ipynb)</small>

# %% [markdown]
# # 03 · The layers of a flow
#
# The last chapter ended with a bill. Any smooth, invertible map makes a density out of noise, but its log-determinant
# costs $D$ passes of automatic differentiation and $O(D^3)$ operations, at every point, in every step of training.
# Nobody pays that. Instead one builds the map from **layers**, each so made that three things are easy: to go forward,
# to come back, and to say by how much volumes change.
#
# This chapter takes the layers apart, one by one: couplings, normalisation, convolutions, planar and residual layers,
# and a triangular map that could replace them all if only one knew it. For each you write both directions and both
# log-determinants. And you will write the test that every layer has to pass, which catches more than the usual "there
# and back".
#
# You need: notebook 02, above all its sections 2 and 3; what a convolution is. Time: about 4½ hours; sections 1 to 4, 6, 7
# and 9 are the core. Labels such as 004 say where a topic comes from; notebook 00 lists these sources.

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

# %% nbgrader={"schema_version": 3, "grade_id": "given-03-the-layers-of-a-flow-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ef95e4bc05b17a75df69c923a95ddfb", "cell_type": "code"} deletable=false editable=false
import math

import torch
from IPython.display import display
from scipy.optimize import brentq
from torch.nn.functional import conv2d
from torch.special import ndtr, ndtri

from pushforward import check, hint, progress, restart, total
from pushforward.figures.flow_layers import (
    draw_jacobians,
    draw_series,
    draw_stages,
    draw_triangular,
    planar_explorer,
    table_of_layers,
)
from pushforward.figures.style import show
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_jacobians(table_of_layers()),
    alt="Eight square matrices of 18 rows, noughts in white. Additive and affine coupling: a diagonal and a block below it, "
    "the upper right corner is empty. Batch norm: a diagonal alone. Planar: a strong diagonal on stripes that repeat from "
    "row to row. One by one convolution: the same block of two rows nine times down the diagonal. Emerging convolution: "
    "full around the diagonal, below it and above. Residual: a strong diagonal on a pale ground. A network: full, without "
    "any order.",
)


# %% [markdown]
# ## The picture
#
# Eight maps of an 18-dimensional space, a picture of $3 \times 3$ pixels with two channels, and for each its Jacobian
# at one point: the entry in row $i$ and column $j$ says how fast output $i$ moves with input $j$. The last one is an
# ordinary network. Its Jacobian is full and has no order, and its determinant costs the $O(D^3)$ operations of any
# matrix. **Every other one has an order, which makes its determinant cheap**: a triangle or two, a diagonal, blocks,
# the identity and a little more.
#
# That is the whole art of building flows. A layer may be as clever as you like in what it computes *from* its inputs,
# as long as the Jacobian keeps its shape.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 02) $z \sim \mathcal N(0, I)$, $x = f(z)$, and you know $\log|\det J_f(z)| = 2$ at the $z$ from which
# $x$ comes. What is $\log|\det|$ of the Jacobian of $f^{-1}$ at $x$, and which of the two is added to $\log p_Z(z)$?
#
# <details><summary>Answer</summary>
#
# $-2$: the two Jacobians are inverse matrices. $\log p_X(x) = \log p_Z(z) + (-2)$. What belongs to the way *out of* $x$
# is added.
#
# </details>
#
# **2.** (Notebook 01) A density is 3 at some point. Is that an error?
#
# <details><summary>Answer</summary>
#
# No. A density is mass per volume, and only its integral is bound to 1. A layer that shrinks volumes makes densities
# large.
#
# </details>
#
# **3.** (Notebook 00) A column is standardised with its own mean and standard deviation. What does that do to a column
# that was multiplied by 2 before?
#
# <details><summary>Answer</summary>
#
# The result is the same: the factor is gone, for good. (Section 4 asks whether that may be a layer of a flow.)
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x = f(z)$ | `…_forward` | from noise to data: generates |
# | $z = f^{-1}(x)$ | `…_inverse` | from data to noise: normalises |
# | $\log\lvert\det \partial x/\partial z\rvert$ | second result of `…_forward` | by how much forward stretches, at $z$ |
# | $\log\lvert\det \partial z/\partial x\rvert$ | second result of `…_inverse` | the same for the way back, at $x$: with the sign turned |
# | $\odot$ | `*` | product entry by entry |
#
# Points are rows, $(B, D)$, or pictures, $(B, C, H, W)$, and every item of a batch has a log-determinant of its own:
# shape $(B,)$. The table in 004 writes its layers as $y$ of $x$ and leaves open which end is the noise. Here, forward
# always generates.

# %% [markdown]
# ## 1 · Links of a chain
#
# A layer owes you four things: $x$, $\log|\det \partial x/\partial z|$, and on the way back $z$ and
# $\log|\det \partial z/\partial x|$. Why would anybody accept so much regularity? Because layers can be *chained*, and
# the chain is a layer again. Let $x = f_K(\dots f_2(f_1(z)))$, with $z_0 = z$ and $z_k = f_k(z_{k-1})$. By the chain
# rule the Jacobians are multiplied, and so are their determinants:
#
# $$\log\Big|\det \frac{\partial x}{\partial z}\Big| = \sum_{k=1}^K \log\Big|\det\frac{\partial f_k}{\partial z_{k-1}}(z_{k-1})\Big| .$$
#
# Mind the place: each layer is asked at *its own* input, which is what the layers before have made of $z$. On the way
# back the order is reversed, $z = f_1^{-1}(\dots f_K^{-1}(x))$, socks after shoes. And with a base $\mathcal N(0, I)$
# the model has the density
#
# $$\log p(x) = \log \mathcal N\big(f^{-1}(x); 0, I\big) + \sum_{k=1}^K \log\Big|\det\frac{\partial f_k^{-1}}{\partial z_k}(z_k)\Big| .$$
#
# This is the sum that 004 writes down for normalising flows (its $p_\theta(\mathbf z)$ is the base).
#
# All of it is to be trained, so gradients must pass through your functions, to the points and to the numbers that a
# layer is made of: compute with torch's operations, and change no tensor in place. Only a direction that iterates, or
# solves equations one by one, need not be differentiable: back through the emerging convolution (section 5), the planar
# and the residual layer (7 and 8), and forward through the map of section 9.
#
# **In numbers.** $f_1(z) = 2z + 1$, $f_2(z) = 3z$, $z = 1$: first $3$, then $x = 9$, and the log-determinant is
# $\log 2 + \log 3 = 1.792$. The density: $\log p(9) = -1.419 - 1.792 = -3.211$.
#
# **Write** the chain. A layer comes as a pair of functions, and each of them returns a pair.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-compose-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "6e7645a6249648f9e95bc5130bbd0a5f", "cell_type": "code"} deletable=false
def compose_forward(z, layers):
    """x = f_K(… f_1(z)) and log |det ∂x/∂z|.   (003, 004)

    z: (B, D); layers: list of one or more pairs (forward, inverse), each of which takes (B, D) and gives points (B, D) and
    log-determinants (B,);  returns x, (B, D), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def compose_inverse(x, layers):
    """The z from which x comes, and log |det ∂z/∂x|.   (003, 004)

    x: (B, D); layers: list of one or more pairs (forward, inverse), each of which takes (B, D) and gives points (B, D) and
    log-determinants (B,);  returns z, (B, D), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def flow_log_p(x, layers):
    """log p(x) of the flow with base N(0, I).   (004)

    x: (B, D); layers: list of one or more pairs (forward, inverse), each of which takes (B, D) and gives points (B, D) and
    log-determinants (B,);  returns (B,), of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-compose", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "595187493596932c74e83f655ed828c5", "cell_type": "code"} deletable=false editable=false
check("flow.compose")


# %% [markdown]
# ## 2 · Couplings: keep a part, change the rest
#
# How can a layer contain a network, with all its folds, and still be inverted? By never inverting the network. Split
# the coordinates into two groups, the *kept* ones, $a$, and the others, $b$:
#
# $$x_a = z_a, \qquad x_b = z_b + t(z_a) .$$
#
# To come back, look at $x_a$. It *is* $z_a$, so $t(z_a)$ can be computed again, by the same network in the same
# direction, and subtracted. This is the **additive coupling**. Its Jacobian, if you write the kept coordinates first,
# is
#
# $$\frac{\partial x}{\partial z} = \begin{pmatrix} I & 0 \\ \partial t/\partial z_a & I \end{pmatrix},$$
#
# the first matrix of the opening picture. It is triangular, and a triangular matrix has the product of its diagonal as
# its determinant: 1, whatever $t$ is. The log-determinant is 0. (So it keeps volumes. You know from notebook 02 what
# that means: such a flow bends, and never makes a second mode.)
#
# In code the split is a mask: `keep` is a vector of truth values, one for each coordinate. It has two jobs that are
# easily confused. *What the network sees:* all $D$ places, with zeros where a coordinate is not kept, so `z * keep`.
# *What is changed:* the network gives $D$ numbers, of which only those count where `keep` is false.
#
# **In numbers.** $D = 2$, the first coordinate kept, $t_2(z) = 3z_1$. Then $(1, 2) \mapsto (1, 2 + 3) = (1, 5)$, and
# back $5 - 3 = 2$.
#
# **Write** both directions.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-additive_coupling-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "5b07cc1c4c990f3a2ead92ae570652cf", "cell_type": "code"} deletable=false
def additive_forward(z, keep, t):
    """x = z where keep, z + t(keep z) elsewhere, and log |det ∂x/∂z|.   (004)

    z: (B, D), D ≥ 2; keep: (D,), bool, some True and some False; t: takes (B, D), gives (B, D);
    returns x, (B, D), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def additive_inverse(x, keep, t):
    """The z from which x comes, and log |det ∂z/∂x|.   (004)

    x: (B, D), D ≥ 2; keep: (D,), bool, some True and some False; t: takes (B, D), gives (B, D);
    returns z, (B, D), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-additive_coupling", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "bd5097419709b39e1736a833e0728ec6", "cell_type": "code"} deletable=false editable=false
check("flow.additive_coupling")


# %% [markdown]
# ### With a scale
#
# A layer that stretches does more than one that only shifts. In the **affine coupling** the kept coordinates decide on
# a factor as well:
#
# $$x_a = z_a, \qquad x_b = e^{s(z_a)} \odot z_b + t(z_a), \qquad \log\Big|\det\frac{\partial x}{\partial z}\Big| = \sum_{i \in b} s_i(z_a) .$$
#
# Still triangular, with $1$ on the diagonal for a kept coordinate and $e^{s_i}$ for another; the logarithm of the
# product is the sum of the $s_i$, without an exponential (whose product would soon be too large for any float). Two
# details.
#
# - *Why $e^s$?* A factor must not be 0, and its logarithm is wanted. So let the network give the logarithm, which may
#   be anything.
# - *Over which coordinates?* Over the ones that are stretched. 004's table sums over the first $d$ coordinates, which
#   are those that it keeps; the sum must run over the $D - d$ others. With $D = 3$, the first kept, and
#   $s = (0.2, -0.5, 0.1)$, the log-determinant is $-0.4$, and not $0.2$.
#
# **In numbers.** $s_2(z) = z_1/2$ and $t_2(z) = 3z_1$: $(1, 2) \mapsto (1,\; 2e^{0.5} + 3) = (1, 6.297)$, and the
# log-determinant is $0.5$. On the way back it is $-0.5$.
#
# **Write** both directions.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-affine_coupling-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "2f59d6a8b9719657b2892c7ad954626a", "cell_type": "code"} deletable=false
def affine_forward(z, keep, s, t):
    """x = z where keep, e^s z + t elsewhere, with s = s(keep z) and t = t(keep z), and log |det ∂x/∂z|.   (004)

    z: (B, D), D ≥ 2; keep: (D,), bool, some True and some False; s, t: takes (B, D), gives (B, D);
    returns x, (B, D), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def affine_inverse(x, keep, s, t):
    """The z from which x comes, and log |det ∂z/∂x|.   (004)

    x: (B, D), D ≥ 2; keep: (D,), bool, some True and some False; s, t: takes (B, D), gives (B, D);
    returns z, (B, D), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-affine_coupling", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "8ddd93d4efab19e08017e21aceeb1428", "cell_type": "code"} deletable=false editable=false
check("flow.affine_coupling")


# %% [markdown]
# ### One is not enough
#
# **Question (3 points; 004).** (a) A flow consists of twenty affine couplings, all with the same mask. Show that some
# coordinates of $x$ have the same distribution as before training, whatever the networks learn. (b) What does one do
# about it, and how many layers are needed at least until every coordinate of $x$ can depend on every coordinate of $z$?
# Take two groups, $a$ and $b$, of two or more coordinates each. (c) The flow is to model pictures of $64 \times 64$
# pixels. Name another way to mix the coordinates between couplings, and say what it does to the log-determinant.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "flow-why_alternate", "grade": true, "solution": true, "locked": false, "task": false, "points": 3.0, "checksum": "11b994913efe8ef0a4639de3d6ed22c8", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# Four of your couplings, twice: above with the same mask throughout, below with masks that take turns. Every point
# keeps its colour, which goes by $z_1$.

# %% tags=["demo"]
def gentle(turn):
    """A small network for the demonstration: s and t as functions of the kept coordinate."""
    return lambda v: 0.7 * torch.tanh(2 * v.sum(1, keepdim=True) + turn) * torch.ones_like(v)


def bending(turn):
    return lambda v: torch.sin(1.6 * v.sum(1, keepdim=True) + turn) * torch.ones_like(v)


with waiting_for("affine_forward"):
    noise = torch.randn(1500, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    first = torch.tensor([True, False])
    for masks, words in (([first] * 4, "always the first"), ([first, ~first] * 2, "in turns")):
        stages = [noise]
        for k, keep in enumerate(masks):
            stages.append(affine_forward(stages[-1], keep, gentle(k), bending(1.3 * k))[0])
        names = ["noise", *(f"{k} layers" if k > 1 else "1 layer" for k in range(1, 5))]
        show(draw_stages(stages, names), alt=f"A round cloud and what one to four couplings make of it; the kept coordinate: {words}. "
             + ("The cloud is stretched and bent upwards and downwards, its width never changes." if words != "in turns" else "The cloud is bent in both directions, more with every layer."))  # fmt: skip


# %% [markdown]
# ## 3 · A test that every layer must pass
#
# You have written two layers, and will write six more. How would you find out, without this course's checks, that one
# of them is wrong? The usual test goes there and back, $f^{-1}(f(z)) = z$, and is content. It is blind to the
# log-determinant altogether, and a flow whose layers claim "0" trains happily, to a score that is no likelihood.
# Published code has had such bugs.
#
# **Predict before you read on.** Which of these slips survives the test of going there and back? (a) the
# log-determinant is always 0; (b) its sign is wrong, both ways; (c) it is added up over the batch; (d) the network sees
# the coordinates that it changes; (e) `inverse` calls `forward`.
#
# <details><summary>Answer</summary>
#
# (a), (b) and (c). The sum of both log-determinants is 0 in (a), (b) and (c) as well, so that is no help either. (d)
# and (e) are found.
#
# </details>
#
# What do you know of the truth, without knowing the layer? Its *map*. Move $z$ by a little $h$ in direction $e_j$ and
# see how $x$ moves: the **central difference**
#
# $$\frac{f(z + h e_j) - f(z - h e_j)}{2h} = \frac{\partial f}{\partial z_j} + O(h^2)$$
#
# is column $j$ of the Jacobian, and with $h = 10^{-5}$ in double precision it is right to about ten digits. That is too
# expensive to train with and just right for a test with $D = 3$.
#
# **In numbers.** $f(z) = z^3$ at $z = 2$ with $h = 0.01$: $(2.01^3 - 1.99^3)/0.02 = 12.0001$, and the slope is 12. A
# one-sided difference would give $12.0601$.
#
# **Write** the test. You get one function for both directions: `layer(z)` and `layer(x, inverse=True)`. Some of the
# layers are right, of seven different makes, one of which has a log-determinant that *is* 0. The others have a wrong
# log-determinant, let the items of a batch meet, have an inverse that does not undo forward, or are couplings with a
# wrong mask.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-catch_layer-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "09e686c031de05722b6a9a26153c2d5d", "cell_type": "code"} deletable=false
def is_a_layer(layer):
    """True if the layer keeps its promises: both directions, both log-determinants, every item by itself.

    layer: layer(z) gives x and log |det ∂x/∂z|, layer(x, inverse=True) gives z and log |det ∂z/∂x|; takes (B, 3), in
    float64, B ≥ 1, and gives (B, 3) and (B,) (values only: no gradient comes back);  returns True or False.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-catch_layer", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "66b840eab0cfd7f7dfb1c07bc89bee3d", "cell_type": "code"} deletable=false editable=false
check("flow.catch_layer")


# %% nbgrader={"schema_version": 3, "grade_id": "given-3-a-test-that-every-layer-must-pass-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "7c11cfdb5616066d6894aa875f67df43", "cell_type": "code"} deletable=false editable=false
def as_layer(forward, inverse, *given, shape=()):
    """Two directions with their parameters as one function layer(points, inverse=False), for points (B, 3).

    shape: as what the three numbers are handed over, () for a row, (3, 1, 1) for a picture of one pixel.
    """

    ways = forward, inverse

    def layer(points, inverse=False):
        moved, ladj = ways[inverse](points.reshape(len(points), *shape) if shape else points, *given)
        return moved.reshape(points.shape).detach(), ladj.detach()

    return layer


# %% tags=["demo"]
with waiting_for("is_a_layer", "additive_forward", "additive_inverse", "affine_forward", "affine_inverse"):
    keep = torch.tensor([True, False, True])
    print("additive coupling:", is_a_layer(as_layer(additive_forward, additive_inverse, keep, bending(0.3))))
    print("affine coupling:  ", is_a_layer(as_layer(affine_forward, affine_inverse, keep, gentle(0.1), bending(0.3))))
    print("forgetful:        ", is_a_layer(as_layer(lambda *v: (affine_forward(*v)[0], 0 * v[0].sum(1)),
                                                    lambda *v: (affine_inverse(*v)[0], 0 * v[0].sum(1)), keep, gentle(0.1), bending(0.3))))  # fmt: skip


# %% [markdown]
# From here on you own an instrument. Before you ask a check about a layer, ask your test.
#
# ## 4 · Normalising inside
#
# Deep networks like their inputs centred and scaled, and so do the networks inside couplings. **Batch normalisation**
# as a layer of a flow does it with two vectors of statistics,
#
# $$z = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad \log\Big|\det\frac{\partial z}{\partial x}\Big| = -\frac12\sum_i \log(\sigma_i^2 + \epsilon) .$$
#
# This is how 004's table writes it, and here you see that its direction is that *from data to noise*: it is our
# `inverse`. Forward, $x = \mu + \sqrt{\sigma^2 + \epsilon}\, z$, has the opposite sign. (Of a table that does not say
# which end is the noise, believe nothing about signs.)
#
# **In numbers.** $\mu = 1$, $\sigma^2 = 3$, $\epsilon = 1$: $z = 1 \mapsto x = 3$, log-determinant
# $\frac12 \log 4 = 0.693$.
#
# ### Frozen or live?
#
# In an ordinary network the statistics are those of the batch at hand. As a layer of a flow that is not allowed, and
# the third question at the beginning says why: what the batch's own mean and standard deviation take away is lost. Two
# *different* batches may come out as *the same*, so there is no way back; and the image of one item depends on its
# neighbours, so it is no map of points at all, and $\log p(x)$ of an item would depend on who stands next to it.
# Therefore the statistics are frozen (a running average from training, or learnt numbers), and the layer is affine,
# entry by entry.
#
# **Write** both directions with frozen statistics, and a witness against live ones: for a given batch, another one that
# $(x - \text{mean})/\text{std}$, with the batch's own statistics, turns into the same.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-batch_norm-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "33b9e5c1496118744ed9e9a0c34d6bb7", "cell_type": "code"} deletable=false
def batch_norm_forward(z, mean, var, eps):
    """x = mean + √(var + eps) z, and log |det ∂x/∂z|.   (004)

    z: (B, D); mean: (D,); var: (D,), > 0; eps: float > 0;
    returns x, (B, D), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def batch_norm_inverse(x, mean, var, eps):
    """z = (x − mean) / √(var + eps), and log |det ∂z/∂x|.   (004)

    x: (B, D); mean: (D,); var: (D,), > 0; eps: float > 0;
    returns z, (B, D), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def twin_batch(x):
    """Another batch that (x − mean) / std, with the batch's own mean and std, turns into the same.

    x: (B, D), B ≥ 2, no column constant;  returns (B, D), of the type of x, 1 or more away from x in some entry.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-batch_norm", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "6c4d40c38c36470f4d230837f80c77d5", "cell_type": "code"} deletable=false editable=false
check("flow.batch_norm")


# %% [markdown]
# ## 5 · Mixing channels
#
# Between couplings somebody must mix the coordinates. A permutation does it for free. A learnt matrix does it better: a
# **$1 \times 1$ convolution** (of the model Glow, 2018) multiplies the $C$ channels at every pixel by one and the same
# invertible matrix,
#
# $$x_{\cdot ij} = A\, z_{\cdot ij} \quad\text{for all } i, j, \qquad \log\Big|\det\frac{\partial x}{\partial z}\Big| = H \cdot W \cdot \log|\det A| .$$
#
# Look at its Jacobian in the opening picture: one block for every pixel, all of them $A$. The determinant of a
# block-diagonal matrix is the product over the blocks, $(\det A)^{HW}$. Channels are few (3 to some dozens), so
# $O(C^3)$ is cheap, and it is the only cubic cost.
#
# **In numbers.** $A = \begin{pmatrix} 0 & 2 \\ 3 & 1\end{pmatrix}$ and one pixel $z = (1, 0.5)$: $x = (1, 3.5)$.
# $\det A = -6$, so each pixel gives $\log 6 = 1.792$, a picture of $3 \times 3$ pixels $9 \cdot 1.792 = 16.126$.
#
# **Write** both directions. `torch.einsum` says on paper what is summed; `torch.linalg.solve` wants the channels in
# front.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-conv1x1-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "07421d8ae00c2a555f26380587785174", "cell_type": "code"} deletable=false
def conv1x1_forward(z, A):
    """x[:, :, i, j] = A z[:, :, i, j] at every pixel (i, j), and log |det ∂x/∂z|.   (004)

    z: (B, C, H, W); A: (C, C), invertible;
    returns x, (B, C, H, W), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def conv1x1_inverse(x, A):
    """The z from which x comes, and log |det ∂z/∂x|.   (004)

    x: (B, C, H, W); A: (C, C), invertible;
    returns z, (B, C, H, W), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-conv1x1", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "6a9d2cd44ae9c30a4fdb5cec40d34011", "cell_type": "code"} deletable=false editable=false
check("flow.conv1x1")


# %% [markdown]
# ### Mixing pixels, too
#
# A $1 \times 1$ convolution never looks at a neighbour. A $3 \times 3$ convolution does, but its Jacobian is full
# around the diagonal, and inverting it means solving for all pixels at once. There is a way out, the same as in
# couplings: make it *triangular*.
#
# Read a picture as you read a page, line by line, and at each pixel channel by channel. A kernel is **causal** if every
# output looks only at what was read before it, and at itself:
#
# | tap of the kernel | may be looked at by channel $o$ |
# |---|---|
# | lines above the middle; left of the middle in its line | all channels $c$ |
# | the middle | channels $c \le o$ |
# | right of the middle; lines below | none |
#
# With such a mask the Jacobian of $k \star z$ is lower triangular. On its diagonal stands $k_{cc}$ of the middle tap,
# once for every pixel. (With zeros around the picture and steps of one pixel, so that it keeps its size.)
#
# A single causal kernel leaves the first pixel nearly alone: it sees itself only. So the **emerging convolution** takes
# two, one causal and one *anti-causal*, which reads the page from its end:
#
# $$x = k \star (g \star z), \quad k = w_1 \odot m, \quad g = w_2 \odot \bar m, \qquad \log\Big|\det\frac{\partial x}{\partial z}\Big| = H \cdot W \cdot \sum_c \log\big|k_{cc}\, g_{cc}\big|_\text{middle} ,$$
#
# where $\bar m$ is $m$ reversed in all four axes, pixels and channels. Lower times upper triangular is full: look at
# the picture once more. (004's table leaves out $H \cdot W$ and the absolute value. And two kernels of the *same* kind
# would make one more triangular matrix: nothing emerges.)
#
# The symbol $\star$ is what deep learning calls a convolution: the kernel is not turned round, and at pixel $(i, j)$
# tap $(a, b)$ of a $K \times K$ kernel, counted from 0, looks at pixel $(i + a - r, j + b - r)$, where $r = (K - 1)/2$
# is the middle.
#
# **In numbers.** One channel, a picture of $1 \times 2$ pixels, $z = (1, 2)$, both kernels $3 \times 3$ and full of
# ones but for the middle: 2 in $w_1$, $-3$ in $w_2$. First $g \star z$: the left pixel sees itself and its right
# neighbour, $-3 \cdot 1 + 2 = -1$, the right one only itself, $-6$. Then $k$: left $2 \cdot (-1) = -2$, right
# $2 \cdot (-6) + (-1) = -13$. The log-determinant is $2 \cdot \log|2 \cdot (-3)| = 3.584$.
#
# **Write** the mask and both directions. For the way back, pixel after pixel can be solved for (that is how it is done
# for large pictures). For small ones there is a shorter way: the layer is linear, so find out what it does to each of
# the $n = CHW$ unit pictures, and solve with that matrix.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-emerging_conv-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "24d95dc507ef38a82a4ec186d3ce6f79", "cell_type": "code"} deletable=false
def causal_mask(C, K):
    """1 where w[o, c, a, b] may stay: taps before the middle, and in the middle tap the channels c ≤ o; 0 elsewhere.   (004)

    C: int, 1 … 4; K: int, 1 … 5, odd;  returns (C, C, K, K).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def emerging_forward(z, w1, w2):
    """x = k ⋆ (g ⋆ z), with k = w1 ⊙ mask, g = w2 ⊙ (the mask reversed in all four axes), and log |det ∂x/∂z|.   (004)

    z: (B, C, H, W); w1, w2: (C, C, K, K), K odd, w[c, c] not 0 in the middle;
    returns x, (B, C, H, W), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def emerging_inverse(x, w1, w2):
    """The z from which x comes, and log |det ∂z/∂x|.   (004)

    x: (B, C, H, W); w1, w2: (C, C, K, K), K odd, w[c, c] not 0 in the middle;
    returns z, (B, C, H, W), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-emerging_conv", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "5da71a130e766fa36cf0f8eb15b55a4a", "cell_type": "code"} deletable=false editable=false
check("flow.emerging_conv")


# %% [markdown]
# ## 6 · Halving
#
# Not every layer has an inverse that one can write down. For those that rise along a line there is a method that cannot
# fail. Let $r$ be increasing, and let the solution of $r(a) = y$ lie between *low* and *high*. Ask about the middle. Is
# $r(\text{middle}) < y$? Then the solution lies above, and the middle is the new *low*; otherwise it is the new *high*.
# Each question halves the interval: 10 questions give three decimal digits, 52 exhaust a float64 if you begin with
# $[1, 2]$, and an interval a thousand times as wide takes 10 more.
#
# **In numbers.** $a^3 = 2$ between 1 and 2. Middle $1.5$: $3.375$, too large. $1.25$: $1.953$, too small. $1.375$:
# $2.600$, too large. So the solution lies between $1.25$ and $1.375$; it is $1.2599$.
#
# **Write** it for a whole batch at once. Every entry has an interval of its own, and `torch.where` decides for each.
# You will need it twice.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-bisection-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "6571adac6b1ce97d2ea51f13fba4b630", "cell_type": "code"} deletable=false
def bisect(rising, y, low, high):
    """The a with rising(a) = y, at every entry by itself.

    rising: takes (B, D), gives (B, D), rises in every entry; y: (B, D); low: (B, D), below the solution or there; high:
    (B, D), above it or there;  returns (B, D), of the type of y, as exact as its type allows.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-bisection", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "ed6bf50423642b68a869c514066c7144", "cell_type": "code"} deletable=false editable=false
check("flow.bisection")


# %% [markdown]
# ## 7 · Planar layers: a push along one direction
#
# Take a direction $w$, look at where a point stands along it, and push it by $u$, more or less strongly:
#
# $$x = z + u\, h(w \cdot z + b), \qquad h = \tanh .$$
#
# Every coordinate moves, and every one depends on all others, so the Jacobian is full. But look at it:
# $\partial x/\partial z = I + u\,\psi^\top$ with $\psi = h'(w \cdot z + b)\, w$, the identity plus a matrix of **rank
# one**. All rows of $u \psi^\top$ are multiples of one row; that is what the stripes in the picture are. For such
# matrices,
#
# $$\det(I + u\psi^\top) = 1 + u \cdot \psi .$$
#
# (What is orthogonal to $\psi$ stays as it is, so $D - 1$ eigenvalues are 1. All $D$ of them add up to the trace,
# $D + u \cdot \psi$, so the last one is $1 + u \cdot \psi$.) So the log-determinant costs one dot product,
# $\log|1 + u \cdot w\,(1 - \tanh^2(w \cdot z + b))|$. Mind that $h'$ stands there, not $h$. (004's row writes $z$ and
# $x$ for the same thing.)
#
# ### The way back
#
# $u$ may point anywhere, but take the product with $w$ on both sides: with $a = w \cdot z$ and $c = u \cdot w$,
#
# $$w \cdot x = a + c \tanh(a + b) .$$
#
# One equation for one number. If $c > -1$ the right side rises in $a$, and since $|\tanh| < 1$, $a$ lies between
# $w \cdot x - |c|$ and $w \cdot x + |c|$. Halve. With $a$ known, $z = x - u \tanh(a + b)$. There is no formula for it:
# this layer is cheap in one direction only.
#
# **In numbers.** $D = 1$, $w = 1$, $u = 2$, $b = 0$. At $z = 0$: $x = 0$, slope $1 + 2 = 3$, log-determinant $1.099$.
# At $z = 1$: $x = 1 + 2 \cdot 0.7616 = 2.523$, slope $1 + 2 \cdot 0.4200 = 1.840$, log-determinant $0.610$.
#
# **Write** both directions.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-planar-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "f5995f386cd86bd461b0311204732253", "cell_type": "code"} deletable=false
def planar_forward(z, w, u, b):
    """x = z + u tanh(w·z + b), and log |det ∂x/∂z|.   (004)

    z: (B, D); w: (D,), not 0; u: (D,), with u·w > −1; b: float;
    returns x, (B, D), and log |det ∂x/∂z|, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def planar_inverse(x, w, u, b):
    """The z from which x comes, by bisection on a = w·z, and log |det ∂z/∂x|.   (004)

    x: (B, D); w: (D,), not 0; u: (D,), with u·w > −1; b: float;
    returns z, (B, D), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-planar", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "a0dca47aa69f077543c8fa17452200b5", "cell_type": "code"} deletable=false editable=false
check("flow.planar")

# %% [markdown]
# ### Play with it
#
# The grid is moved by *your* `planar_forward`, with $w = (1, 0)$; on the right, $w \cdot x$ over $w \cdot z$. Falling
# pieces are thick.
#
# Things to try. Turn $u$ against $w$: what changes on the left, and does anything change on the right? From which
# $u \cdot w$ on do cells of the grid cover each other? Does $b$ matter for that?

# %% tags=["demo"]
with waiting_for("planar_forward"):
    display(planar_explorer(planar_forward))


# %% [markdown]
# ### When does it fold?
#
# Along $w$ the layer is $a \mapsto a + c\tanh(a + b)$, with slope $1 + c\,(1 - \tanh^2(a + b))$. The bracket runs
# through all of $(0, 1]$, and takes the value 1 where $a = -b$. So:
#
# - If the slope is positive everywhere, the layer is a **diffeomorphism**: one-to-one, onto, and smooth both ways.
# - If it is positive but for a single point, where it is 0, the layer is still a **bijection**. But there $\det = 0$,
#   and the inverse has no derivative. You met such a map in notebook 02: $x^3$.
# - If it is negative somewhere, the layer **folds**: two points have the same image, and no density can be computed by
#   the formula.
#
# To prove a fold, show the two points. Let $z_1$ and $z_2$ have the same image. Then
# $z_1 - z_2 = u\,(\tanh(a_2 + b) - \tanh(a_1 + b))$: they differ by a multiple of $u$. Choose them symmetric about the
# fold, $a_1 = -b + d$ and $a_2 = -b - d$. Taking the product with $w$, $2d = -2c\tanh d$, that is
#
# $$d + c \tanh d = 0, \qquad d > 0 .$$
#
# **In numbers.** $D = 1$, $w = 1$, $u = -2$, $b = 0$: $d = 2\tanh d$ has the solution $d = 1.9150$. Both $1.9150$ and
# $-1.9150$ are sent to 0.
#
# **Write** the verdict and the witness. You may compare $u \cdot w$ with $-1$ by `==`: the check's $w$ and $u$ are such
# that their product is exact. It evaluates your points with fifty digits.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-planar_fold-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "e3fedd80ca19d2ad1779aa0a9f0b8250", "cell_type": "code"} deletable=false
def planar_kind(w, u):
    """What x = z + u tanh(w·z + b) is on all of R^D, for any b: "diffeomorphism", "bijection" (but no more) or "fold".   (004)

    w: (D,), not 0; u: (D,), such that u·w is exact;  returns one of the three words.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def planar_pair(w, u, b):
    """Two points that x = z + u tanh(w·z + b) sends to the same place.   (004)

    w: (D,), halves between −2 and 2, not all 0; u: (D,), with u·w < −1.2; b: float;
    returns two tensors (D,), 0.1 or more apart, in float64 also for a w in float32: the images must agree to nine digits.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-planar_fold", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "6e815abef146fc8bcd1523100698cfbc", "cell_type": "code"} deletable=false editable=false
check("flow.planar_fold")


# %% [markdown]
# What is the price of $c > -1$ in practice? One trains with a free $u$ and replaces its part along $w$:
# $\hat u = u + (m(u \cdot w) - u \cdot w)\, w/\|w\|^2$ with $m(c) = -1 + \log(1 + e^c)$, so that
# $\hat u \cdot w = m(u \cdot w) > -1$ for every $u$.
#
# ## 8 · Residual layers: a small change, of any kind
#
# The planar layer adds a push with one direction. Why not add anything, as residual networks do?
#
# $$x = z + f(z) .$$
#
# If $f$ is a **contraction**, $\|f(z) - f(z')\| \le L\,\|z - z'\|$ with $L < 1$, the sum is invertible: two points
# cannot come together, since $f$ changes their difference by less than its length; and the iteration below finds a $z$
# for every $x$. (One enforces $L < 1$ by dividing each weight matrix by its largest singular value, which makes it 1,
# and multiplying by 0.9, say, between activations that are no steeper than 1. The division is the *spectral
# normalisation* that notebook 10 uses for another purpose.) Then $J = \partial f/\partial z$ has only eigenvalues of
# size $\le L$, and the Jacobian of the layer is $I + J$, the identity plus something small.
#
# **The way back.** $x = z + f(z)$ says $z = x - f(z)$. Put in a guess on the right, take what comes out as the next
# guess. Begun at $z = x$, the error is multiplied by $L$ or less in every step: after $n$ of them it is at most
# $L^n \|f(z)\|$.
#
# **The log-determinant.** $\log(1 + j) = j - \frac{j^2}2 + \frac{j^3}3 - \dots$ for $|j| < 1$, and a determinant is the
# product of the eigenvalues. So $\log\det(I + J)$ is the sum of the series over all of them, and a sum over eigenvalues
# to the power of $k$ is a trace:
#
# $$\log\det(I + J) = \sum_{k=1}^\infty \frac{(-1)^{k+1}}{k} \operatorname{tr} J^k .$$
#
# No absolute value is needed: $\det(I + J) > 0$ here.
#
# **In numbers.** $f(z) = z/2$ at $z = 1$: $x = 1.5$, $J = \frac12$; one term $0.5$, two $0.375$, three $0.4167$, and
# the truth is $\log 1.5 = 0.4055$. Back from $x = 1.5$ in three steps: $0.75$, $1.125$, $0.9375$.
#
# The Jacobian comes from this helper; it is notebook 02's, without the determinant.

# %% nbgrader={"schema_version": 3, "grade_id": "given-8-residual-layers-a-small-change-of-any-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "f082e996534c42f678702f00823a530a", "cell_type": "code"} deletable=false editable=false
def jacobian_of(f, z):
    """∂f/∂z at every row of z, (B, D, D), in the graph of z: row i of each matrix is the gradient of output i."""
    z = z if z.requires_grad else z.detach().requires_grad_()
    rows = [torch.autograd.grad(out.sum(), z, create_graph=True)[0] for out in f(z).unbind(1)]
    return torch.stack(rows, dim=1)


# %% [markdown]
# **Write** both directions, with $n$ terms and $n$ steps.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-residual-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "671c0a0d58bf1339849577d27c324a25", "cell_type": "code"} deletable=false
def residual_forward(z, f, n):
    """x = z + f(z), and the first n terms of log |det ∂x/∂z| = Σ (−1)^{k+1} tr(J^k) / k, J = ∂f/∂z.   (004)

    z: (B, D); f: takes (B, D), gives (B, D), ‖f(z) − f(z′)‖ ≤ 0.7 ‖z − z′‖; n: int, 1 … 100;
    returns x, (B, D), and the sum, (B,), both of the type of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def residual_inverse(x, f, n):
    """n steps of z ← x − f(z), begun at z = x, and minus the log-determinant of forward at the z that was found.   (004)

    x: (B, D); f: takes (B, D), gives (B, D), ‖f(z) − f(z′)‖ ≤ 0.7 ‖z − z′‖; n: int, 1 … 100;
    returns z, (B, D), and log |det ∂z/∂x|, (B,), by n terms, both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-residual", "grade": true, "solution": false, "locked": true, "task": false, "points": 3.0, "checksum": "ac3c1564d7de79929076127b4ba8c78d", "cell_type": "code"} deletable=false editable=false
check("flow.residual")


# %% [markdown]
# ### What is left out
#
# A series must be cut off somewhere. How much is lost? The trace of $J^k$ is a sum of $D$ powers, each of size
# $\le L^k$. So after $n$ terms at most
#
# $$D \sum_{k=n+1}^\infty \frac{L^k}{k} = D\Big(-\log(1 - L) - \sum_{k=1}^n \frac{L^k}k\Big)$$
#
# is missing. Read the two sides as a programmer. The right one is a closed form, and useless where it matters: two
# nearly equal numbers are subtracted, and if the rest is $10^{-20}$ nothing is left of it. The left one adds up
# positive numbers that shrink.
#
# **In numbers.** $L = \frac12$, $D = 1$, $n = 2$: $0.6931 - 0.5 - 0.125 = 0.0681$. With $D = 64$ and $L = \frac12$, 10
# terms leave at most $0.0053$ nats; with $L = 0.95$ it takes 142 terms to leave no more than that.
#
# **Write** the rest, the number of terms that a tolerance needs, and a witness that few terms may not do: a slope $j$
# between $-1$ and $1$, that of a layer which is allowed in one dimension, for which the first $n$ terms of
# $\log(1 + j)$ are off by 0.1 or more.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-series_rest-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "36a7c8869d77addf190ebdabe6c17a68", "cell_type": "code"} deletable=false
def series_rest(L, D, n):
    """D Σ_{k>n} L^k / k: no more than this is left out by n terms of log det(I + J), if no eigenvalue of J is above L in size.

    L: float, in [0.05, 0.95]; D: int, 1 … 64; n: int, 1 … 60;  returns a float, right to six digits.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def terms_needed(L, D, tolerance):
    """The least n ≥ 1 with series_rest(L, D, n) ≤ tolerance.

    L: float, in [0.05, 0.95]; D: int, 1 … 64; tolerance: float, in [0.00000001, 0.1];  returns an int.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def slow_slope(n):
    """A slope j, −1 < j < 1, for which the first n terms of log(1 + j) are off by 0.1 or more.

    n: int, 1 … 40;  returns a float.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-series_rest", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "3c1b5237779215ee039f9761a75b3f25", "cell_type": "code"} deletable=false editable=false
check("flow.series_rest")


# %% [markdown]
# ### A trace without the matrix
#
# $J$ has $D^2$ entries, and $\operatorname{tr} J^k$ needs its powers. But automatic differentiation gives $w^\top J$,
# for any vector $w$, at the price of *one* pass backwards. **Hutchinson's estimator** makes a trace of that. Draw $v$
# with independent entries of mean 0 and variance 1, so that $\mathbb E\, v v^\top = I$:
#
# $$\mathbb E\, v^\top M v = \mathbb E \operatorname{tr}(M v v^\top) = \operatorname{tr} M .$$
#
# With $M = J^k$: start with $v^\top$, multiply by $J$ again and again, and after each pass take the product with $v$.
#
# **In numbers.** $J = \begin{pmatrix} 0.2 & 0.5 \\ 0.1 & 0 \end{pmatrix}$, trace $0.2$. $v = (1, 1)$ gives $0.8$,
# $v = (1, -1)$ gives $-0.4$; with the two opposite ones, all four vectors of signs, the average is $0.2$.
#
# **Write** the estimate of the first $n$ terms from one $v$ for every row. It will be trained with, so keep the graph.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-hutchinson-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "41a05c6eb3bdd5e98f65b265d57a8462", "cell_type": "code"} deletable=false
def hutchinson_ladj(f, z, v, n):
    """Σ_{k≤n} (−1)^{k+1} vᵀJ^k v / k with J = ∂f/∂z at every row, by products of vectors with J only.   (004)

    f: takes (B, D), gives (B, D), ‖f(z) − f(z′)‖ ≤ 0.7 ‖z − z′‖; z: (B, D); v: (B, D); n: int, 1 … 10;
    returns (B,), of the type of z, differentiable with respect to z.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-hutchinson", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "b23d5fc1d14cba490255f61c8117b511", "cell_type": "code"} deletable=false editable=false
check("flow.hutchinson")


# %% [markdown]
# ### Cut off, and yet unbiased
#
# Hutchinson's noise is harmless: on average it vanishes. The cut is not: every estimate lacks the same terms, on
# average as well. The model's likelihood would be wrong in the same direction for all data, and training would learn to
# exploit it.
#
# The way out is a **Russian roulette**. Draw the number of terms $N$ at random, and divide each term by the probability
# that it is reached:
#
# $$\sum_{k=1}^N \frac{(-1)^{k+1}}{k}\,\frac{v^\top J^k v}{P(N \ge k)} .$$
#
# Term $k$ is there with probability $P(N \ge k)$ and then counts $1/P(N \ge k)$ times: on average once. All of the
# infinite series is summed, by finitely many terms. The price is variance; and do not stop too soon: what is rarely
# reached is multiplied by a large number, and if $J$ has an eigenvalue $j$ with $j^2 > 1 - p$ the variance is infinite.
# (The squares of the sums then grow like $(j/(1 - p))^{2N}/N^2$, and the probabilities of so many terms fall like
# $(1 - p)^N$ only.)
#
# Here $N$ is geometric. After each term one stops with probability $p$, so $P(N \ge k) = (1 - p)^{k-1}$. From a uniform
# $u$: $N \ge k$ exactly if $u < (1 - p)^{k-1}$ (or the same with $1 - u$).
#
# **In numbers.** $v^\top J v = \frac12$ and $v^\top J^2 v = \frac14$, no more terms, $p = \frac12$. With $N = 1$ the
# estimate is $\frac12$, with $N \ge 2$ it is $\frac12 - \frac14/(2 \cdot \frac12) = \frac14$. Both happen equally
# often: on average $0.375 = \frac12 - \frac18$, the whole sum. $u = 0.3$ gives $N = 2$.
#
# **Write** the draw and the estimate.

# %% nbgrader={"schema_version": 3, "grade_id": "flow-roulette-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "02d9abfb88d5014fdadb801a093a6c0d", "cell_type": "code"} deletable=false
def draw_terms(u, p):
    """N = 1, 2, … with P(N ≥ k) = (1 − p)^(k − 1), if u is uniform on (0, 1).

    u: (B,), in (0, 1); p: float, in [0.05, 0.9];  returns (B,), whole numbers.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def roulette_ladj(powers, N, p):
    """Σ_{k≤N} (−1)^{k+1} powers[k − 1] / (k P(N ≥ k)).   (004, made unbiased)

    powers: (K, B), the numbers vᵀJ^k v; N: int, 1 … K; p: float, in [0.05, 0.9];
    returns (B,), of the type of powers.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-roulette", "grade": true, "solution": false, "locked": true, "task": false, "points": 2.0, "checksum": "757d9d5932b7878f5f9b201ed63a9da8", "cell_type": "code"} deletable=false editable=false
check("flow.roulette")

# %% [markdown]
# A layer whose $J$ has six eigenvalues, from $-0.90$ to $0.84$, and a roulette that stops with $p = 0.15$:
# $0.9^2 = 0.81 < 0.85$. On the left, how the sum of the first $n$ terms nears the truth. On the right, twenty thousand
# estimates by the first four terms, and as many by roulette. **Predict before you run:** on which side of the truth
# does the mean of four terms lie, and is the histogram of roulette a little wider or ten times as wide?

# %% tags=["demo"]
with waiting_for("draw_terms", "roulette_ladj"):
    dice = torch.Generator().manual_seed(2)
    J = torch.randn(6, 6, generator=dice, dtype=torch.float64)
    J = 0.45 * (J + J.T) / torch.linalg.matrix_norm(J, 2)
    J = 0.9 * J / torch.linalg.matrix_norm(J, 2)
    truth = float(torch.linalg.slogdet(torch.eye(6, dtype=torch.float64) + J).logabsdet)
    sums = torch.cumsum(
        torch.stack([-((-1.0) ** k) * torch.trace(torch.linalg.matrix_power(J, k)) / k for k in range(1, 31)]), 0
    )
    v = torch.randint(0, 2, (20_000, 6), generator=dice).double() * 2 - 1
    powers, w = [], v
    for _ in range(60):
        w = w @ J
        powers.append((w * v).sum(1))
    powers = torch.stack(powers)
    N = draw_terms(torch.rand(len(v), generator=dice, dtype=torch.float64), 0.15).long().clamp(max=60)
    roulette = torch.zeros(len(v), dtype=torch.float64)
    for n in N.unique():
        roulette[n == N] = roulette_ladj(powers[:, n == N], int(n), 0.15)
    cut = sum((-1) ** (k + 1) * powers[k - 1] / k for k in range(1, 5))
    show(draw_series(sums, truth, {"four terms": cut, "roulette": roulette}, ("the first $n$ terms", "estimates")),
         alt=f"Left: partial sums over n from 1 to 30 come down in steps to the line of the truth at {truth:.2f}. Right: two histograms of estimates. "
         f"That of four terms has its mean at {float(cut.mean()):.2f}, beside the truth; that of roulette is wider, and its mean {float(roulette.mean()):.2f} is on it.")  # fmt: skip
    print(f"truth {truth:.3f}; four terms: mean {cut.mean():.3f}, standard deviation {cut.std():.2f}; "
          f"roulette: mean {roulette.mean():.3f} ± {roulette.std() / len(v) ** 0.5:.3f}, standard deviation {roulette.std():.2f}")  # fmt: skip


# %% [markdown]
# ## 9 · One map for everything
#
# Can layers like these make *every* density? Here is a map that can. Take any density on the plane. Its first
# coordinate has a distribution function $F_1$, and once $x_1$ is known, the second one has $F_2(\,\cdot \mid x_1)$.
# Send
#
# $$z_1 = \Phi^{-1}\big(F_1(x_1)\big), \qquad z_2 = \Phi^{-1}\big(F_2(x_2 \mid x_1)\big) .$$
#
# Here $\Phi$ is the distribution function of $\mathcal N(0, 1)$. $F_1(x_1)$ is uniform on $(0, 1)$, whatever the
# density; $\Phi^{-1}$ makes it normal. Then $F_2(x_2 \mid x_1)$ is uniform as well, *for every* $x_1$, so $z_2$ is
# normal and independent of $z_1$. This is the **Rosenblatt map** (or Knothe–Rosenblatt rearrangement): triangular,
# since $z_1$ does not know of $x_2$; increasing, each $z_i$ in its own $x_i$; and $z \sim \mathcal N(0, I)$ exactly.
# Read backwards, it is a flow from normal noise to any density that is smooth and positive everywhere. With more
# coordinates one goes on in the same way. That is the reason why flows are called **universal**: a class of layers that
# can approximate triangular, increasing maps can approximate every density.
#
# (Autoregressive models, notebook 05, are this map, learnt. And "in principle" is a strong word: nothing is said here
# about how many layers it takes.)
#
# Its log-determinant needs no derivatives. Densities obey $p(x) = \mathcal N(z; 0, I)\,|\det \partial z/\partial x|$,
# so
#
# $$\log\Big|\det\frac{\partial z}{\partial x}\Big| = \log p(x) - \log\mathcal N(z; 0, I) .$$
#
# For a mixture of normals everything can be written down. Component $k$ has weight $\pi_k$ and, in coordinate $i$, mean
# $\mu_{ki}$ and standard deviation $\sigma_{ki}$. So
# $F_1(x_1) = \sum_k \pi_k\,\Phi\big((x_1 - \mu_{k1})/\sigma_{k1}\big)$. And given $x_1$? By Bayes' rule the component
# is $k$ with probability $\propto \pi_k\, \mathcal N(x_1; \mu_{k1}, \sigma_{k1}^2)$: with these *new* weights, $F_2$ is
# again a mixture of $\Phi$'s. With the old ones you would have two marginal distributions, and a $z$ whose coordinates
# know of each other.
#
# **In numbers.** Two components of weight ½ at $(-1, -1)$ and $(1, 1)$, all $\sigma = \frac12$. At $x = (0, 0)$
# symmetry gives $z = (0, 0)$; $p(x) = 0.01166$, so the log-determinant is $-4.452 + 1.838 = -2.614$: between the hills,
# where data are rare, inverse squeezes and forward stretches. At $x_1 = 1$ the weight of the second component has risen
# from $0.5$ to $0.9997$.
#
# **Write** both directions. `ndtr` is $\Phi$, `ndtri` is $\Phi^{-1}$, and this is the logarithm of the normal density.
# Forward has no formula: halve, first for $x_1$, then for $x_2$.

# %% nbgrader={"schema_version": 3, "grade_id": "given-9-one-map-for-everything-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "60829a867a2924c030ea4a126bd906a6", "cell_type": "code"} deletable=false editable=false
def log_normal(x, mu, sigma):
    """log N(x; mu, sigma²), entry by entry."""
    return -0.5 * ((x - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)


# %% nbgrader={"schema_version": 3, "grade_id": "flow-rosenblatt-answer", "grade": false, "solution": true, "locked": false, "task": false, "checksum": "338a785ad378afb901517f5a29b616b0", "cell_type": "code"} deletable=false
def rosenblatt_inverse(x, weights, mu, sigma):
    """z_1 = Φ⁻¹(F_1(x_1)), z_2 = Φ⁻¹(F_2(x_2 given x_1)) for the mixture Σ_k weights_k N(mu_k, diag(sigma_k²)), and log |det ∂z/∂x|.

    x: (B, 2), the image of a z in [-2.5, 2.5]; weights: (K,), add up to 1; mu: (K, 2), in [-10, 10]; sigma: (K, 2), in [0.4, 1.2];
    returns z, (B, 2), and log |det ∂z/∂x|, (B,), both of the type of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def rosenblatt_forward(z, weights, mu, sigma):
    """The x with rosenblatt_inverse(x) = z, by bisection, and log |det ∂x/∂z|.

    z: (B, 2), in [-2.5, 2.5]; weights: (K,), add up to 1; mu: (K, 2), in [-10, 10]; sigma: (K, 2), in [0.4, 1.2];
    returns x, (B, 2), and log |det ∂x/∂z|, (B,), both of the type of z.
    """

    # YOUR CODE HERE
    raise NotImplementedError()


# %% nbgrader={"schema_version": 3, "grade_id": "flow-rosenblatt", "grade": true, "solution": false, "locked": true, "task": false, "points": 4.0, "checksum": "05d8de473f7c5a6903dc7ec229853ec8", "cell_type": "code"} deletable=false editable=false
check("flow.rosenblatt")

# %% [markdown]
# A mixture of three hills. Vertical lines, $z_1$ constant, stay vertical: $x_1$ depends on $z_1$ alone. Horizontal
# lines bend to where the mass is.

# %% tags=["demo"]
with waiting_for("rosenblatt_forward", "rosenblatt_inverse"):
    hills = (
        torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64),
        torch.tensor([[-1.2, -0.8], [1.2, 0.9], [0.9, -1.2]], dtype=torch.float64),
        torch.tensor([[0.5, 0.6], [0.6, 0.5], [0.5, 0.4]], dtype=torch.float64),
    )

    def log_p_hills(x):
        z, ladj = rosenblatt_inverse(x, *hills)
        return log_normal(z, torch.zeros(()), torch.ones(())).sum(1) + ladj

    show(draw_triangular(lambda z: rosenblatt_forward(z, *hills), log_p_hills), alt="Left: a square grid. Right: its image over the level sets of three hills. Lines of equal first noise coordinate "
         "remain vertical and gather over the hills; lines of equal second coordinate climb and fall between them.")  # fmt: skip

# %% [markdown]
# ## 10 · Which layer, which way?
#
# Your test, once more, on everything that you have written. It knows nothing of any of these layers.

# %% tags=["demo"]
with waiting_for(
    "is_a_layer", "batch_norm_forward", "conv1x1_forward", "emerging_forward", "planar_forward", "residual_forward"
):
    dice = torch.Generator().manual_seed(5)
    w, u, mean = (torch.randn(3, generator=dice, dtype=torch.float64) for _ in range(3))
    A, w1, w2 = (
        torch.randn(shape, generator=dice, dtype=torch.float64) for shape in ((3, 3), (1, 1, 3, 3), (1, 1, 3, 3))
    )
    for name, layer in {
        "batch norm": as_layer(batch_norm_forward, batch_norm_inverse, mean, mean.exp(), 0.1),
        "1×1 convolution": as_layer(conv1x1_forward, conv1x1_inverse, A, shape=(3, 1, 1)),
        "emerging convolution": as_layer(emerging_forward, emerging_inverse, w1, w2, shape=(1, 1, 3)),
        "planar": as_layer(planar_forward, planar_inverse, w, u * torch.sign(u @ w), 0.2),
        "residual": as_layer(residual_forward, residual_inverse, lambda z: 0.5 * torch.tanh(z.flip(1)), 60),
    }.items():
        print(f"{name:22}", is_a_layer(layer))


# %% [markdown]
# And what does a direction cost? Here is a network that counts how often it is called: inside a coupling, which needs
# $s$ and $t$, and inside a residual layer with 60 steps. (Passes backwards are not counted. A residual layer that
# computes $f(z)$ once for $x$ and once more for the Jacobian has 2 where 1 would do.)

# %% tags=["demo"]
class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, v):
        self.calls += 1
        return self.function(v)


with waiting_for("affine_forward", "affine_inverse", "residual_forward", "residual_inverse"):
    points, first = torch.randn(5, 2, generator=torch.Generator().manual_seed(0)), torch.tensor([True, False])
    print(f"{'calls of the network':24}{'forward':>10}{'inverse':>10}")
    for name, ways, given in (
        ("affine coupling", (affine_forward, affine_inverse), lambda net: (points, first, net, net)),
        ("residual", (residual_forward, residual_inverse), lambda net: (points, net, 60)),
    ):
        counts = []
        for way in ways:
            net = Counted(lambda v: 0.5 * torch.tanh(v))
            way(*given(net))
            counts.append(net.calls)
        print(f"{name:24}{counts[0]:>10}{counts[1]:>10}")

# %% [markdown]
# **Question (4 points; 004).** A layer comes with one direction that is cheap by itself; training and sampling may want
# the other one.
#
# (a) A flow is to be trained by maximum likelihood on given pictures, and later to draw a picture in one pass. Which of
# these layers serve, and why: affine couplings, planar layers ($x = z + u\tanh(\dots)$, from noise to data), residual
# layers? (b) A flow is to be the approximate posterior of a latent variable: one draws from it, and needs the log
# density *of these draws* only. Which of the three serve now? (c) A residual layer may be built the other way round,
# $z = x + f(x)$, so that the direction from data to noise is the cheap one. What does that make cheap, and what dear?
# (d) 004 says that a flow needs a lot of layers. Give a reason from this chapter.

# %% [markdown] nbgrader={"schema_version": 3, "grade_id": "flow-which_way", "grade": true, "solution": true, "locked": false, "task": false, "points": 4.0, "checksum": "e9287884d383afdf80319164148b65ca", "cell_type": "markdown"} deletable=false
# YOUR ANSWER HERE

# %% [markdown]
# The layers of this chapter, for later use:
#
# | layer | forward | inverse | log-determinant |
# |---|---|---|---|
# | additive coupling | one network | one network | 0 |
# | affine coupling | two networks | two networks | sum of $D - d$ numbers |
# | batch norm, frozen | $O(D)$ | $O(D)$ | sum of $D$ numbers |
# | $1 \times 1$ convolution | $O(HWC^2)$ | the same after $O(C^3)$ | $O(C^3)$ |
# | emerging convolution | two convolutions | substitution, pixel after pixel | sum of $2C$ numbers |
# | planar | $O(D)$ | bisection | one dot product |
# | residual | one network | $n$ networks | a series of traces, or an estimate |
# | triangular (Rosenblatt) | coordinate after coordinate | all at once | sum of $D$ numbers |
#
# They stand ready in `pushforward/flows/`, as modules with `forward` and `inverse`. Notebook 04 trains chains of them.

# %% [markdown]
# ## What you can now do
#
# - say what a layer owes: two directions and two log-determinants, item by item, and chain layers in the right order
# - write additive and affine couplings, and say which coordinates the sum runs over and why masks take turns
# - test a layer that you did not write, by central differences, and name what "there and back" does not see
# - say why batch normalisation must be frozen in a flow, with a witness
# - count pixels and channels right in the log-determinants of convolutions, and make a convolution triangular
# - invert what has no formula: by halving, or by a fixed point, with the number of steps it takes
# - decide when a planar layer folds, and prove it
# - estimate a log-determinant by products of vectors with a Jacobian, and without the bias of a cut series
# - write down the map that makes any density of the plane out of normal noise
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** A flow on $\mathbb R^2$ is $f_1$: affine coupling that keeps $z_1$, with $s = z_1$ and $t = 0$; then $f_2$:
# multiplication by 2. Give $x$ and the log-determinant at $z = (1, 1)$, and $\log p(x)$ there.
#
# <details><summary>Answer</summary>
#
# $f_1(z) = (1, e)$, $x = (2, 2e) = (2, 5.437)$. Log-determinant $1 + 2\log 2 = 2.386$.
# $\log p(x) = -1 - 1.838 - 2.386 = -5.224$.
#
# </details>
#
# **2.** Write down the log-determinant of a $1 \times 1$ convolution with $A = 2I$, 3 channels, on pictures of
# $8 \times 8$ pixels.
#
# <details><summary>Answer</summary>
#
# $64 \cdot \log 2^3 = 192 \log 2 = 133.1$: every one of the 192 numbers is doubled.
#
# </details>
#
# **3.** For which $u$ is $x = z + u\tanh(3z)$ on the line a diffeomorphism? What happens at the border?
#
# <details><summary>Answer</summary>
#
# $w = 3$, so $3u > -1$: $u > -\frac13$. At $u = -\frac13$ the slope at $z = 0$ is $1 - \frac13 \cdot 3 = 0$: a
# bijection whose inverse has no derivative at 0.
#
# </details>
#
# **4.** State the inverse of $x = z + f(z)$ as an iteration, and how many steps make an error of 1 smaller than
# $10^{-6}$ if $L = 0.5$.
#
# <details><summary>Answer</summary>
#
# $z \leftarrow x - f(z)$. $0.5^n \le 10^{-6}$ for $n \ge 6\log 10/\log 2 = 19.93$: 20 steps.
#
# </details>
#
# ### Longer: transfer
#
# **5.** A colleague's flow reaches a mean log-likelihood far above *minus* the entropy of the data, which no density
# can. Her layers pass $f^{-1}(f(z)) = z$, and both log-determinants add up to 0. Give two bugs that would explain all
# this, and a test that finds both.
#
# <details><summary>Answer</summary>
#
# The log-determinant of inverse has the wrong sign or is too large (say, summed over the batch, or over all $D$ outputs
# of $s$), and forward has minus the same. Compare it with the logarithm of $|\det|$ of a Jacobian from central
# differences at a few points, in a batch of several. Or in the plane: sum $e^{\log p}$ over a grid; a density has mass 1.
#
# </details>
#
# **6.** "A permutation of coordinates has log-determinant 0, so it can be left out." Right or wrong?
#
# <details><summary>Answer</summary>
#
# Its log-determinant is 0, and it adds nothing to the sum. But it changes which coordinates the next coupling keeps.
# Left out, the kept ones would stay as they are for ever (section 2).
#
# </details>
#
# **7.** Somebody estimates $\log\det(I + J)$ with Hutchinson's $v$ and the first five terms, and averages a million
# draws. What does he get?
#
# <details><summary>Answer</summary>
#
# The sum of the first five terms, very exactly. Averaging removes noise and no bias: the rest of the series is missing
# in every draw. Roulette's average has no such error.
#
# </details>
#
# **8.** (6 points) A mixture has the components $(-1, -1)$ and $(1, 1)$. The Rosenblatt map is computed with marginal
# distribution functions by mistake. (a) Are $z_1$ and $z_2$ each standard normal? (b) Is $z \sim \mathcal N(0, I)$? (c)
# Which picture would not show the mistake, and which would?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) Yes, each: $F_1(x_1)$ and $F_2(x_2)$ are uniform.
#
# (b) (2 points) No. A positive $x_1$ makes a positive $x_2$ probable, so $z_1$ and $z_2$ go together.
#
# (c) (2 points) Histograms of the coordinates would not show it; a scatter plot of both would.
#
# </details>
#
# ## An open question
#
# Every layer here buys its cheap determinant by giving up something: a part stays, a direction is fixed, a change is
# small, an order is imposed. Are there maps that give up nothing, and still have a log-determinant that one can
# compute? If a residual layer makes a small step, what do infinitely many infinitely small ones make, and what becomes
# of $\log\det(I + J)$ when $J$ shrinks to nothing? Only the trace survives. Notebook 17 follows that thought.

# %% nbgrader={"schema_version": 3, "grade_id": "given-an-open-question-1", "grade": false, "solution": false, "locked": true, "task": false, "checksum": "8ec65f47563e3f253c424c91024f7288", "cell_type": "code"} deletable=false editable=false
total()

# %% [markdown]
# Go on with **[04 Flows that learn](04_trained_flows.ipynb)**, or back to [the course](README.md).
