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
# # 05 · One pixel at a time
#
# You have read half of this sentence, and you have a good idea of how it will go on. That is a generative model: one
# that never sees the whole, only what came before, and says how probable each next word is. Multiply its answers along
# the sentence, and you have the probability of the sentence itself. Nothing has to be invertible, no integral has to be
# solved, nothing is a bound. The probability is exact, and it adds up to one because every single answer does.
#
# The language models that everybody talks to are made in this way (004 names the most famous of them). This chapter
# does it for pictures, pixel by pixel. Two things have to be right. The network **must not look ahead**: a single
# connection too many, and it is told what it should guess. And it **should see everything behind it**: a connection too
# few, and it guesses worse than it could. You will prove both for three kinds of networks, find a famous design that
# failed in the second, train a model of digits whose likelihood is exact, and turn it into a program that compresses
# them far better than zip and PNG.
#
# You need: logarithms of probabilities (notebook 01), triangular Jacobians (notebook 02). Time: {{time}}; sections 1, 3
# and 5 to 9 are the core (of the others, run the given cells and the demos all the same). Labels such as 004 say where
# a question comes from; notebook 00 lists these sources.

# %% tags=["given"]
import io
import itertools
import lzma
import math
import zlib

import torch
from IPython.display import display

from pushforward import check, hint, progress, restart, total
from pushforward.data import digits
from pushforward.figures.autoregressive import draw_next_pixel, reach_explorer
from pushforward.figures.style import show
from pushforward.waiting import waiting_for

# %% tags=["demo"]
show(
    draw_next_pixel(digits("train")[0], digits("test")[0][15], [22, 30, 38]),
    alt="Three times the same handwritten digit, of which the first 22, 30 and 38 pixels are uncovered and the next one is "
    "framed. Below each, two histograms of the next pixel's level: over all digits it is most often 0, plain paper; over the "
    "digits that began alike it has most of its mass near the true level, which a small triangle marks.",
)

# %% [markdown]
# ## The picture
#
# Above, a digit of which only the first pixels are uncovered, row by row from the top left. Below, how the level of the
# framed pixel is spread: in grey over all thousand training digits, in blue over the sixty among them that began most
# alike. The triangle is the truth.
#
# Looking back pays: the blue histogram has far more of its mass near the truth than the grey one. That is all an
# autoregressive model has to learn, 64 times over: *given what is uncovered, how is the next level spread?* The sixty
# nearest digits are a poor man's answer, and a network's will be better.
#
# ### Before you begin
#
# Three questions from earlier notebooks; answer them on paper, then unfold.
#
# **1.** (Notebook 02) What is the determinant of a triangular matrix, and what does it cost to compute?
#
# <details><summary>Answer</summary>
#
# The product of its diagonal: $D$ multiplications, where a general matrix takes $O(D^3)$. Section 7 lives on this.
#
# </details>
#
# **2.** (Notebook 02) A flow is trained by maximum likelihood. Which direction must be cheap, from noise to data or
# from data to noise?
#
# <details><summary>Answer</summary>
#
# From data to noise: the density of a *given* point is $p_Z(g(x))\,|\det J_g(x)|$. Sampling wants the other direction.
#
# </details>
#
# **3.** (Notebook 00) Standardising makes every column's mean 0 and variance 1. Over which axis are the statistics
# taken, and what goes wrong over the other one?
#
# <details><summary>Answer</summary>
#
# Over the batch, one mean and variance per column. Over the columns, each row would be scaled by itself. Whoever mixes
# up axes gets numbers all the same, and no error. In this chapter the axes are three: batch, place, value.
#
# </details>
#
# ### Notation
#
# | in the text | in code | meaning |
# |---|---|---|
# | $x = (x_1, \dots, x_D)$ | `x` $(B, D)$ | a row of whole numbers, the pixels in raster order: row by row, from left to right |
# | $x_{<d}$ | | all that comes before place $d$: $(x_1, \dots, x_{d-1})$ |
# | $K$ | `K` | how many values a place can have, $0 \dots K-1$; $K$ itself stands for the **start** |
# | $p(x_d \mid x_{<d})$ | | a **conditional**: the distribution of the next value, after what came before |
# | | `logits` $(B, D, K)$ | what a network says at each place; their softmax over $K$ are the conditionals |
# | $\mathrm{ladj}$ | `ladj` | $\log \lvert\det J\rvert$, in section 7 |

# %% [markdown]
# ## 1 · The chain rule
#
# Take any distribution over rows of $D$ values. Split off the first value, then the second, and so on:
#
# $$\boxed{\;p(x_1, \dots, x_D) = p(x_1)\, p(x_2 \mid x_1) \cdots p(x_D \mid x_{<D}) = \prod_{d=1}^{D} p(x_d \mid x_{<d})\;}$$
#
# This is no model and no approximation: it is what "given" means, used $D - 1$ times. It holds in any order of the
# places. The modelling comes after: a network with parameters $\theta$ plays all conditionals at once. And now notice
# what one gets for nothing. Whatever the network says, as long as each of its answers is a distribution over $K$
# values, the product is one over all $K^D$ rows. To see it, sum over $x_D$ first: the last factor sums to 1 and is
# gone. Then over $x_{D-1}$, and so on. The axioms hold *by construction* (003): no normaliser, no volume to keep.
#
# How does one network answer $D$ questions in one pass? It gets the row and returns logits of shape $(B, D, K)$, those
# at place $d$ for $x_d$. It must be **causal**: its output at place $d$ may depend on its input at places up to $d$.
# Then one shows it not the row itself, or place $d$ would see $x_d$, but the row moved by one place:
#
# $$\text{shown: } (\text{start}, x_1, x_2, \dots, x_{D-1}) \qquad\text{asked about: } (x_1, x_2, x_3, \dots, x_D) .$$
#
# The **start** is one more value, $K$, which no pixel has. At place 1 there is nothing to know, but something has to be
# shown.
#
# **In numbers.** $D = K = 2$. At place 1 the logits are $(0, \log 3)$, so $p(x_1 = 1) = \frac34$. At place 2, after a
# 1, they are $(0, \log 4)$, so $p(x_2 = 1 \mid x_1 = 1) = \frac45$, and after a 0 they are equal. Then
# $p(1, 1) = \frac34 \cdot \frac45 = 0.6$, with $\log p = -0.511$; $p(1, 0) = 0.15$, $p(0, 0) = p(0, 1) = 0.125$, and
# together that is 1.
#
# **Write** the moved row, the log-conditionals of a row, and the log-probability of a row under any causal net.


# %% tags=["solve:ar.log_prob"]
def shift_right(x, start):
    """(start, x_1, …, x_{D−1}): what a causal net may be shown when it is asked about x_1, …, x_D.   (004)

    x: (B, D), int64, ≥ 0; start: int ≥ 0;  returns (B, D), int64.
    """
    ### BEGIN SOLUTION
    return torch.cat([torch.full_like(x[:, :1], start), x[:, :-1]], dim=1)
    ### END SOLUTION


def next_log_p(logits, x):
    """log p(x_d | x_<d) at every place, where p is the softmax of the logits there.

    logits: (B, D, K), K ≥ 2; x: (B, D), int64, values 0 … K − 1;  returns (B, D), of the type of logits.
    """
    ### BEGIN SOLUTION
    return logits.log_softmax(dim=2).gather(2, x[:, :, None])[:, :, 0]
    ### END SOLUTION


def log_prob(net, x, K):
    """log p(x) = Σ_d log p(x_d | x_<d), with the row moved by one place, start K, shown to the net.   (003, 004)

    net: takes (B, D), int64, values 0 … K, gives logits (B, D, K), causal, K ≥ 2; x: (B, D), int64, values 0 … K − 1; K: int ≥ 2;
    returns (B,).
    """
    ### BEGIN SOLUTION
    return next_log_p(net(shift_right(x, K)), x).sum(dim=1)
    ### END SOLUTION


# %% tags=["check:ar.log_prob:3"]
check("ar.log_prob")

# %% [markdown]
# The check has listed every row there is, for small $D$ and $K$, and added up your probabilities. A leak can show here:
# a net that sees $x_d$ can call *every* row probable, and the total comes out above 1. Any total but 1 proves a leak,
# whatever the net; a total of 1 does not prove that there is none, and section 6 has a sharper test.
#
# Put a number on it before there is any network. Three models of the digits' 64 pixels with 17 levels, made by
# counting. **Predict** which of the last two is better:

# %% tags=["demo"]
with waiting_for("next_log_p"):
    train_rows, test_rows = (digits(part)[0].flatten(1).long() for part in ("train", "test"))
    counts = (train_rows[:, :, None] == torch.arange(17)).float().sum(0) + 1
    before = torch.stack([train_rows[:, :-1], train_rows[:, 1:]], 2).reshape(-1, 2)
    pairs = torch.zeros(17, 17).index_put_((before[:, 0], before[:, 1]), torch.ones(len(before)), accumulate=True) + 1
    models = {
        "all levels alike": torch.zeros(447, 64, 17),
        "each pixel by itself": counts.log().expand(447, 64, 17),
        "from the pixel before": torch.cat([counts[:1].log().expand(447, 1, 17), pairs.log()[test_rows[:, :-1]]], 1),
    }
    for name, logits in models.items():
        nats = -next_log_p(logits, test_rows).sum(1).mean()
        print(f"{name:24}{nats:6.1f} nats per digit, {nats / (64 * math.log(2)):5.2f} bits per pixel")

# %% [markdown]
# Nats per picture is the mean of $-\log p(x)$ over test digits; divided by $64 \log 2$ it is bits per pixel. The first
# line is $64 \log 17 = 181.3$ nats, the price of knowing nothing. The third model looks at a neighbour, which should
# help, and yet it is worse than the second: it has one table for all places, so it does not know *where* it is. A good
# conditional needs both, the place and what came before.

# %% [markdown]
# ## 2 · Masks in a network
#
# How is a network made causal? Begin with the plainest one: layers of weights, all units of a layer connected to all of
# the next. Now cut connections, by multiplying each weight matrix with a **mask** of zeros and ones. Which to cut? Give
# every unit a **degree**: a number that says how far it may look.
#
# - The input $x_d$ has degree $d$.
# - A hidden unit gets any degree $m$ from $1$ to $D - 1$. It may know $x_1, \dots, x_m$ and no more.
# - The output that stands for $p(x_d \mid x_{<d})$ has degree $d$. It may know $x_1, \dots, x_{d-1}$: one less.
#
# So a hidden unit of degree $m$ may read inputs, and hidden units below it, of degree **at most** $m$; an output of
# degree $d$ may read hidden units of degree **less than** $d$:
#
# $$\text{hidden: } m \ge m_{\text{below}} \qquad\qquad \text{output: } d > m .$$
#
# Along each path degrees never fall, and at the last step they must rise. One strict sign, and one only: without it
# output $d$ sees input $d$. With two, degrees rise by two or more, and $x_{d-1}$, the most telling neighbour of all, is
# lost. That does not crash and does not leak. It is only worse, for ever. (Here the row is shown unmoved: the strict
# sign takes the part of section 1's move.) (The name of this network is MADE: Germain et al., 2015.)
#
# **In numbers.** $D = 3$, one hidden layer with degrees $(1, 2)$:
#
# $$M_1 = \begin{pmatrix} 1&0&0\\ 1&1&0 \end{pmatrix} \qquad M_2 = \begin{pmatrix} 0&0\\ 1&0\\ 1&1 \end{pmatrix} \qquad
# M_2 M_1 = \begin{pmatrix} 0&0&0\\ 1&0&0\\ 2&1&0 \end{pmatrix} .$$
#
# The product counts paths from inputs to outputs. It is *strictly* lower triangular, so nothing leaks, and below the
# diagonal nothing is 0, so nothing is lost. (Whether a path is *used* the weights decide.) Output 1 reads nothing at
# all; it is its bias.
#
# The order need not be the natural one: let the input and the output number $i$ have the degree `order[i]`.
#
# Masks are a promise; a **Jacobian** is the proof. If the derivative of output $i$ with respect to input $j$ is not 0
# at some point, then $i$ reads $j$. If it is 0, $i$ most likely does not: look at several points, for at a single one a
# derivative can vanish by chance.
#
# **Write** the masks, and the tool that shows who reads whom.


# %% tags=["solve:ar.degree_masks"]
def made_masks(order, degrees):
    """Masks for all layers of weights, each (units above, units below): above ≥ below for hidden units, > for outputs.

    order: (D,), int64, a permutation of 1 … D, D ≥ 2, the degrees of inputs and outputs; degrees: a list of one or more (H,), int64,
    values 1 … D − 1, those of the hidden layers from below;  returns a list of float tensors with entries 0 and 1.
    """
    ### BEGIN SOLUTION
    layers = [order, *degrees]
    hidden = [above[:, None] >= below for below, above in itertools.pairwise(layers)]
    return [mask.float() for mask in (*hidden, order[:, None] > layers[-1])]
    ### END SOLUTION


def reads(f, x):
    """Whether output i has a derivative other than 0 for input j, at one of the points x at least.

    f: takes (B, D) and gives (B, M), each row from its own; x: (B, D), D ≥ 2;  returns (M, D), bool.
    """
    ### BEGIN SOLUTION
    J = torch.autograd.functional.jacobian(lambda y: f(y).sum(dim=0), x)  # (M, B, D)
    return (J != 0).any(dim=1)
    ### END SOLUTION


# %% tags=["check:ar.degree_masks:3"]
check("ar.degree_masks")

# %% tags=["demo"]
with waiting_for("made_masks", "reads"):
    torch.manual_seed(0)
    order = torch.tensor([2, 4, 1, 3])
    masks = made_masks(order, [torch.tensor([1, 2, 3, 1, 2, 3])] * 2)
    weights = [mask * torch.randn_like(mask) for mask in masks]

    def masked_net(x):
        for weight in weights[:-1]:
            x = torch.tanh(x @ weight.T)
        return x @ weights[-1].T

    print("order:", order.tolist())
    for degree, row in zip(order.tolist(), reads(masked_net, torch.randn(5, 4)).long().tolist(), strict=True):
        print(f"the output of degree {degree} reads", row)

# %% [markdown]
# Sort rows and columns by degree and it is a triangle. So an autoregressive network has a Jacobian with forced zeros,
# and 004's column "free-form Jacobian" says no in its row. It is the price of a determinant that one can read off.

# %% [markdown]
# ## 3 · Masks in a convolution
#
# For pictures one would like to keep what makes convolutions good: the same small kernel everywhere. Raster order
# helps, for in a $k \times k$ neighbourhood the earlier pixels are always the same: all rows above the middle one, and
# in the middle row what stands to the left. So a mask on the kernel does it, in two types (003's "causal
# convolutions"):
#
# $$A = \begin{pmatrix} 1&1&1\\ 1&0&0\\ 0&0&0 \end{pmatrix} \qquad\qquad B = \begin{pmatrix} 1&1&1\\ 1&1&0\\ 0&0&0 \end{pmatrix} .$$
#
# **Type A** stands in the first layer: a pixel must not be shown to itself. **Type B** stands in all others: what the
# first layer knows at this place comes from earlier pixels only, so it may and should be passed on. Strict exactly
# once, as before. (Here the picture is shown unmoved, and type A takes the part of the move.)
#
# Outside the picture stand zeros: pad by $k // 2$ on all sides, so that height and width stay.
#
# **In numbers.** $k = 3$: type A has 4 living taps, B has 5. $k = 5$: 12 and 13. With all weights 1 and a picture of
# ones, a pixel in the middle of the picture gets 4 from type A, the top left pixel gets 0, and the one to its right
# gets 1.
#
# **Write** the mask and the convolution. Channels are not masked: at an earlier pixel all of them may be seen.


# %% tags=["solve:ar.masked_conv"]
def conv_mask(k, kind):
    """Ones where a pixel of the k × k neighbourhood comes earlier in raster order; for kind B also in the middle.   (003)

    k: int ≥ 1, odd; kind: "A" or "B";  returns (k, k), entries 0 and 1.
    """
    ### BEGIN SOLUTION
    mask = torch.zeros(k, k)
    mask[: k // 2] = 1
    mask[k // 2, : k // 2 + (kind == "B")] = 1
    return mask
    ### END SOLUTION


def masked_conv(x, weight, bias, kind):
    """The convolution of x with the masked weight, zeros outside, plus the bias.   (003)

    x: (B, C, H, W); weight: (O, C, k, k), k odd; bias: (O,); kind: "A" or "B";  returns (B, O, H, W), of the type of x.
    """
    ### BEGIN SOLUTION
    k = weight.shape[-1]
    return torch.nn.functional.conv2d(x, weight * conv_mask(k, kind).to(weight), bias, padding=k // 2)
    ### END SOLUTION


# %% tags=["check:ar.masked_conv:3"]
check("ar.masked_conv")

# %% [markdown]
# ## 4 · The blind spot
#
# One layer sees a small neighbourhood. Stack layers, and it grows: what this pixel's neighbour has seen, it sees too.
# After enough layers every earlier pixel should have been seen. So one would think, and so the first PixelCNN was
# built. Nothing leaked, the samples were good, and yet it was not so: its authors found out some months later.
#
# Follow a path backwards, from a pixel to what it sees. Each layer takes a step: to the left in the same row, or up by
# at least one row (or, after the first layer, none at all). **To the right one comes only by going up**, and then by at
# most $k // 2$ columns a layer. With $k = 3$: $n$ rows above, at most $n$ columns to the right. Beyond that diagonal
# lies the **blind spot**, and no number of layers helps, since a further step to the right is one further up.
#
# **In numbers.** A picture of $8 \times 8$, $k = 3$, the pixel in row 5, column 1 (counted from 0). Before it come 41
# pixels. In row 4 it sees the columns 0 to 2, in row 3 up to 3, and so on: 25 in all, and one in its own row. 15 of 41
# are never seen.
#
# **A witness.** Name a pixel that comes earlier and is never seen, for each $k$.
#
# **The repair** (van den Oord et al., 2016: the Gated PixelCNN of 004's table) is two stacks with a picture each.
#
# - The **vertical** one, $v$, sees the rows above, in their full width. Its first layer takes the rows strictly above
#   the middle one. What $v$ knows at a pixel comes from above only; so its later layers may take the middle row too, to
#   the right as well: what stands there knows of rows above and of nothing else.
# - The **horizontal** one, $h$, sees its own row: in its first layer strictly to the left, later the middle too. In
#   every layer it is given what $v$ knows here. Never the other way: $h$ knows pixels of its own row, and $v$, which
#   looks to the right as well, would hand them to places that come before them.
#
# $$v_1 = \text{rows above} \star x \qquad h_1 = \text{left} \star x + v_1 \qquad
# v_l = \text{rows above and own} \star \tanh v_{l-1} \qquad h_l = \text{left and middle} \star \tanh h_{l-1} + v_l$$
#
# (The words name the part of layer $l$'s weights that is used, and $\star$ is the convolution. What comes out is $h_L$,
# without a last $\tanh$.)
#
# **Write** the witness and the two stacks, with one channel, to keep the shapes simple. (All weights come as
# $k \times k$: of the vertical ones the rows below the middle are never used, of the horizontal ones only the middle
# row is.)


# %% tags=["solve:ar.blind_spot"]
def blind_pixel(k):
    """A pixel, so many rows up and columns to the right, that comes earlier but that no stack of masked k × k convolutions sees.

    k: int ≥ 3, odd;  returns (up, right), two ints.
    """
    ### BEGIN SOLUTION
    return 1, k // 2 + 1
    ### END SOLUTION


def two_stacks(x, vertical, horizontal):
    """h_L of the vertical and the horizontal stack, L layers each, with zeros outside and no bias.   (004)

    x: (B, 1, H, W); vertical: (L, k, k), k odd; horizontal: (L, k, k), k odd;  returns (B, 1, H, W), of the type of x.
    """
    ### BEGIN SOLUTION
    half = vertical.shape[-1] // 2
    v = h = x
    for layer, (down, along) in enumerate(zip(vertical, horizontal, strict=True)):
        later = int(layer > 0)
        if later:
            v, h = torch.tanh(v), torch.tanh(h)
        down, row = down.clone(), along[half : half + 1].clone()
        down[half + later :] = 0
        row[:, half + later :] = 0
        v = torch.nn.functional.conv2d(v, down[None, None], padding=half)
        h = torch.nn.functional.conv2d(h, row[None, None], padding=(0, half)) + v
    return h
    ### END SOLUTION


# %% tags=["check:ar.blind_spot:4"]
check("ar.blind_spot")

# %% [markdown]
# ### Play with it
#
# Below, your own two functions: each pixel of a $9 \times 9$ picture is brightened in turn, and the marked one either
# notices (light blue) or not (red). Predict first: with one stack and $k = 3$, how many layers does it take until the
# red does not shrink any more? What is the shape of what remains? Where would you put the pixel to see no red at all?
# And with two stacks, how many layers until all of it is gone?

# %% tags=["demo"]
with waiting_for("masked_conv", "two_stacks"):
    display(reach_explorer(masked_conv, two_stacks))

# %% [markdown]
# With layers enough the red is a wedge, and no further layer makes it smaller. A wider kernel moves its edge and does
# not remove it. A test of "no leak" would have passed this network at any time, and did: *the absence of a fault on one
# side says nothing of the other*. In section 6 you write the test that looks at both.

# %% [markdown]
# ## 5 · Attention: far and near alike
#
# A convolution hears of far pixels by hearsay only, through many layers. **Attention** asks everybody directly. Each
# place $i$ sends out a question, the query $q_i$; each place $j$ has a key $k_j$ and a value $v_j$, all of them vectors
# that were computed from what the layer gets there. How well question and key fit is a score, a softmax makes weights
# of the scores, and the answer is the weighted mean of the values. To be causal, place $i$ may ask the places $j \le i$
# only:
#
# $$w_{ij} = \frac{\exp(q_i \cdot k_j/\sqrt E)}{\sum_{j' \le i} \exp(q_i \cdot k_{j'}/\sqrt E)} \quad (j \le i), \qquad w_{ij} = 0 \quad (j > i), \qquad o_i = \sum_{j \le i} w_{ij} v_j .$$
#
# $E$ is the length of queries and keys; with the root, scores stay of one size whatever it is. **A place sees itself**:
# we are behind the move by one place of section 1, so what stands at place $i$ is $x_{i-1}$.
#
# The mask comes *before* the softmax: a score of $-\infty$ becomes the weight $e^{-\infty} = 0$. Cut the weights
# afterwards, and two things go wrong: they do not add up to 1 any more, and the denominator still knows the later keys.
# That is a leak, a faint one that no picture shows.
#
# **The cache.** When a row is *made*, places come one by one. The keys and values of the places before have been
# computed already, and nothing that comes later changes them (they are causal). So keep them: a new place brings its
# $q$, $k$ and $v$, joins $k$ and $v$ to the store, and asks once. The $n$-th place then costs $n$ scores, not $n^2$.
# All chatbots run on this.
#
# **In numbers.** $E = 1$, $q = (1, 2)$, $k = (0, 1)$, $v = (1, 3)$. Place 1 sees only itself: weight 1, result 1. Place
# 2 has the scores $(0, 2)$, the weights $(0.119, 0.881)$ and the result $2.762$.
#
# **Write** the whole table at once, and one place with a cache.


# %% tags=["solve:ar.causal_attention"]
def causal_attention(q, k, v):
    """(o, w): weights w_ij = softmax over j ≤ i of q_i · k_j / √E, exactly 0 for j > i, and results o_i = Σ_j w_ij v_j.

    q: (B, D, E); k: (B, D, E); v: (B, D, F);  returns o (B, D, F) and w (B, D, D), of the type of v.
    """
    ### BEGIN SOLUTION
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
    later = torch.ones_like(scores[0], dtype=torch.bool).triu(1)
    w = scores.masked_fill(later, -math.inf).softmax(dim=2)
    return w @ v, w
    ### END SOLUTION


def attend_next(q, k, v, keys, values):
    """(o, keys, values): what a new place (q, k, v) finds, given N ≥ 0 before it, and the cache with it at the end.

    q: (B, E); k: (B, E); v: (B, F); keys: (B, N, E); values: (B, N, F);
    returns o (B, F), keys (B, N + 1, E) and values (B, N + 1, F), of the type of v.
    """
    ### BEGIN SOLUTION
    keys = torch.cat([keys, k[:, None]], dim=1)
    values = torch.cat([values, v[:, None]], dim=1)
    w = (keys @ q[:, :, None] / math.sqrt(q.shape[1])).softmax(dim=1)  # (B, N + 1, 1)
    return (w * values).sum(dim=1), keys, values
    ### END SOLUTION


# %% tags=["check:ar.causal_attention:3"]
check("ar.causal_attention")

# %% [markdown]
# Attention has no blind spot: place $i$ reaches all before it in one step. What it has lost is the order: a weighted
# mean over the places before does not change if they change theirs. So the places' numbers must be part of what it is
# given.

# %% tags=["demo"]
with waiting_for("causal_attention", "attend_next", "reads"):
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 5, 4, dtype=torch.float64)
    full, keys, values = causal_attention(q, k, v)[0], k[:, :0], v[:, :0]
    for d in range(5):
        o, keys, values = attend_next(q[:, d], k[:, d], v[:, d], keys, values)
        print(f"place {d + 1}: cache and full pass differ by {(o - full[:, d]).abs().max():.1e}")

    def attends(x):  # (B, 5), one number a place
        y = torch.stack([x, x.sin(), x.cos()], dim=2)
        return causal_attention(y, y, y)[0][:, :, 0]

    print("who reads whom:", reads(attends, torch.randn(3, 5)).long().tolist())

# %% [markdown]
# ## 6 · Be the examiner
#
# Turn the tables. You get functions that claim to be autoregressive: they take rows $(B, D)$ of real numbers, for any
# $B$ and $D$, and entry $d$ of the result depends on $x_1, \dots, x_{d-1}$ of the same row, on each of them, and on
# nothing else. Some are right, each in its own way and with its own rounding. Others leak, or are blind to something,
# or let the rows of a batch hear of each other (a normalisation over the batch is enough; then the probability of one
# picture depends on which others it is tested with).
#
# Only values come back, no gradients, so `reads` is of no use; but one can change an entry and look what else changes.
# Think of where a leak could hide: at one place only, behind a ramp that opens on one side, with a weight of 0.002. In
# float64, a difference of $10^{-15}$ is rounding.
#
# **Write** the test. It must let every right function pass; then each kind of impostor that it unmasks is worth points.


# %% tags=["solve:ar.catch_leak"]
def is_autoregressive(implementation):
    """True if entry d of the result depends on the entries 1 … d − 1 of the same row, on each of them, and on nothing else.

    implementation: takes (B, D) and gives (B, D), for any B and D; call it on tensors of your choice (values only: no
    gradient comes back);  returns True or False.
    """
    ### BEGIN SOLUTION
    x = torch.sin(2 + 3 * torch.arange(15, dtype=torch.float64)).reshape(3, 5)
    before = implementation(x)
    for row in range(3):
        for j in range(5):
            heard = torch.zeros(5, dtype=torch.bool)
            for change in (-3.0, 3.0):
                other = x.clone()
                other[row, j] += change
                moved = (implementation(other) - before).abs() > 1e-6
                heard |= moved[row]
                moved[row, j + 1 :] = False
                if moved.any():
                    return False
            if not heard[j + 1 :].all():
                return False
    return True
    ### END SOLUTION


# %% tags=["check:ar.catch_leak:2"]
check("ar.catch_leak")

# %% [markdown]
# ## 7 · Sampling, and which direction is one pass
#
# To **score** a row, one pass is enough. To **make** a row the net is called $D$ times, and of each pass one row of
# logits is used. For our digits that is 64 calls, for a colour picture of $256 \times 256$ it is $196{,}608$.
#
# How does one draw a value from $K$ probabilities, with the noise given? Lay the $K$ values side by side as pieces of
# $[0, 1)$, value 0 first, each as long as it is probable. A number $u$, uniform on $[0, 1)$, falls into one of them.
# (This is the inverse distribution function; in section 8 the same pieces will be used to compress.)
#
# **In numbers.** Probabilities $(0.5, 0.3, 0.2)$: the pieces are $[0, 0.5)$, $[0.5, 0.8)$ and $[0.8, 1)$. $u = 0.3$
# gives 0, $u = 0.5$ and $u = 0.79$ give 1, $u = 0.8$ gives 2.
#
# **Write** the sampler. All rows of the batch go through the net together, so a batch costs as many calls as one row.


# %% tags=["solve:ar.sample"]
def sample(net, u, K):
    """x_d = the value whose piece of [0, 1) holds u_d, with the pieces p(0 | x_<d), …, p(K − 1 | x_<d) laid out in this order.

    net: takes (B, D), int64, values 0 … K, gives logits (B, D, K), causal, K ≥ 2; u: (B, D), in [0, 1); K: int ≥ 2;
    returns (B, D), int64, after at most D calls of the net.
    """
    ### BEGIN SOLUTION
    x = torch.zeros(u.shape, dtype=torch.int64, device=u.device)
    for d in range(u.shape[1]):
        p = net(shift_right(x, K))[:, d].softmax(dim=1)
        borders = p.cumsum(dim=1)[:, :-1]  # the last one is 1, but for rounding
        x[:, d] = (u[:, d : d + 1] >= borders).sum(dim=1)
    return x
    ### END SOLUTION


# %% tags=["check:ar.sample:2"]
check("ar.sample")

# %% [markdown]
# **A question to think through** (003 step 7). Your answer is marked by hand.
#
# (a) Why does drawing one row take $D$ calls of the net, though scoring it takes one? (b) A cache (section 5) makes
# each call cheaper. Does it make the calls fewer? (c) Somebody wants to be fast, and draws all pixels of a row of the
# picture at once, each given the rows above only. What is gained, and what is lost? (d) Name one use in which slow
# sampling does not matter at all.

# %% [markdown] tags=["written:ar.slow_sampling:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) When a row is scored all its values are there, so every conditional can be asked at once, in one
# pass. When it is drawn, the $d$-th question cannot be put before the answers to the first $d - 1$ are known: they are
# its input. The calls form a chain, and no computer with more cores shortens a chain.
#
# (b) No. Each call then computes one new place and not all of them over again, so the work falls from $D$ full passes
# to about one; but there are still $D$ steps, one after the other.
#
# (c) Eight steps and not 64. The model now says that the pixels of a row are independent of each other *given the rows
# above*. It is still a normalised distribution, with an exact likelihood, but of a poorer family: strokes that run
# along a row come out ragged, and the likelihood falls.
#
# (d) Scoring, compressing (the encoder), detecting strange pictures, comparing models: whatever needs $p(x)$ of given
# rows and no draws.
#
# **Rubric**
# - (1) a: a conditional needs the values before it as its input, so the calls come one after the other
# - (1) b: cheaper calls, not fewer
# - (0.5) c: fewer steps
# - (0.5) c: pixels of a row become independent given what is above, a weaker model
# - (1) d: a use of likelihoods of given data, with its reason
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ### Real numbers: two flows
#
# For real numbers let each conditional be a normal distribution, with a mean and a scale that a causal net computes
# from what comes before. Drawn with noise $z_d \sim \mathcal N(0, 1)$ this is a flow, and its Jacobian is triangular:
#
# $$\textbf{MAF:}\quad x_d = \mu_d(x_{<d}) + e^{s_d(x_{<d})}\, z_d \qquad\qquad \textbf{IAF:}\quad x_d = \mu_d(z_{<d}) + e^{s_d(z_{<d})}\, z_d .$$
#
# One letter is different: the net of a *masked autoregressive flow* reads the **data** before $d$, that of an *inverse
# autoregressive flow* reads the **noise** before $d$. Both have the diagonal $e^{s_d}$, so from noise to data
# $\mathrm{ladj} = \sum_d s_d$. And yet they are good for opposite things. The rule: **the direction in which all that
# the net reads is known from the start is one pass; the other is one call for each place.** **Predict** before you read
# on: in each of the two, how many calls does a density take, and how many a draw?
#
# - MAF, $x$ given: $z_d = (x_d - \mu_d)\, e^{-s_d}$ for all $d$ at once. One call; so densities, and training by
#   likelihood, are cheap. Drawing takes $D$ calls: begin with zeros, and fill in place after place.
# - IAF, $z$ given: one call, and one has a sample with its density. The density of a *given* $x$ takes $D$ calls.
#
# **In numbers.** $D = 2$: $\mu_1 = 1$, $s_1 = 0$; $\mu_2$ is the first entry that the net reads, $s_2 = \log 2$. From
# $z = (1, 1)$ MAF makes $x_1 = 2$ and $x_2 = 2 + 2 = 4$; IAF makes $x_1 = 2$ and $x_2 = 1 + 2 = 3$. For both, from
# noise to data, $\mathrm{ladj} = 0.693$.
#
# **Write** the four functions; the check counts their calls.


# %% tags=["solve:ar.one_pass"]
def maf_to_noise(net, x):
    """(z, ladj) of MAF: z = (x − mu) exp(−s), with mu and s from the x before; ladj from data to noise.   (004)

    net: takes (B, D), gives mu and s, both (B, D), at place d from the entries before it; x: (B, D);
    returns z (B, D) and ladj (B,), of the type of x.
    """
    ### BEGIN SOLUTION
    mu, s = net(x)
    return (x - mu) * torch.exp(-s), -s.sum(dim=1)
    ### END SOLUTION


def maf_to_data(net, z):
    """x of MAF: x = mu + exp(s) z, with mu and s from the x before.

    net: takes (B, D), gives mu and s, both (B, D), at place d from the entries before it; z: (B, D);
    returns x (B, D), of the type of z, after at most D calls.
    """
    ### BEGIN SOLUTION
    x = torch.zeros_like(z)
    for d in range(z.shape[1]):
        mu, s = net(x)
        x[:, d] = mu[:, d] + torch.exp(s[:, d]) * z[:, d]
    return x
    ### END SOLUTION


def iaf_to_data(net, z):
    """(x, ladj) of IAF: x = mu + exp(s) z, with mu and s from the z before; ladj from noise to data.

    net: takes (B, D), gives mu and s, both (B, D), at place d from the entries before it; z: (B, D);
    returns x (B, D) and ladj (B,), of the type of z.
    """
    ### BEGIN SOLUTION
    mu, s = net(z)
    return mu + torch.exp(s) * z, s.sum(dim=1)
    ### END SOLUTION


def iaf_to_noise(net, x):
    """z of IAF: z = (x − mu) exp(−s), with mu and s from the z before.

    net: takes (B, D), gives mu and s, both (B, D), at place d from the entries before it; x: (B, D);
    returns z (B, D), of the type of x, after at most D calls.
    """
    ### BEGIN SOLUTION
    z = torch.zeros_like(x)
    for d in range(x.shape[1]):
        mu, s = net(z)
        z[:, d] = (x[:, d] - mu[:, d]) * torch.exp(-s[:, d])
    return z
    ### END SOLUTION


# %% tags=["check:ar.one_pass:3"]
check("ar.one_pass")

# %% [markdown]
# ## 8 · Compressing with probabilities
#
# An old theorem: whoever knows that $x$ comes with probability $p(x)$ can write it down in about $-\log_2 p(x)$ bits,
# and on average nobody who knows no more can do better. So a likelihood in bits *is* a file size, and a better
# likelihood a smaller file (003's column "Compression": lossless). But how does one get there, with 64 pixels of 17
# levels, when there are $17^{64}$ pictures to be given names? By the chain rule, and this is the loveliest use of an
# autoregressive model.
#
# **Arithmetic coding.** Every row owns a piece of $[0, 1)$, as long as it is probable. Lay out the values of the first
# place side by side, as in section 7. Keep the piece of $x_1$ and lay out the second place's values in *it*, with the
# probabilities *given* $x_1$. Keep the piece of $x_2$, and so on. At the end one has a tiny interval of length $p(x)$,
# and any number in it says which row it was: the decoder lays out the same pieces and looks where the number falls.
# The decoder is a sampler with *one* $u$ for the whole row in place of one for each place, and the encoder is its
# inverse: it finds such a $u$ for a given $x$.
#
# **Whole numbers, or it breaks.** A float64 has 53 bits, and the interval of one digit is about $2^{-171}$ long under
# the third model of section 1, whose digits cost 118.5 nats. So probabilities become whole numbers
# $f_0, \dots, f_{K-1}$ with a fixed total $T$, and the interval is kept as three whole numbers, exactly:
#
# $$\Big[\frac{\text{low}}{\text{whole}}, \frac{\text{low} + \text{width}}{\text{whole}}\Big)
# \qquad
# \begin{aligned} \text{low} &\leftarrow \text{low} \cdot T + \text{width} \cdot (f_0 + \dots + f_{x_d - 1}) \\ \text{width} &\leftarrow \text{width} \cdot f_{x_d} \\ \text{whole} &\leftarrow \text{whole} \cdot T \end{aligned}$$
#
# from $[\frac01, \frac11)$ on. Python's whole numbers are as long as one likes.
#
# **The bits.** $L$ bits $b_1 \dots b_L$ are read as the number $0.b_1 \dots b_L = m/2^L$. Rows are to stand one after
# the other in a file, so the decoder must not be misled by what follows: *every* continuation, all of
# $[\frac{m}{2^L}, \frac{m+1}{2^L})$, has to lie in the interval. Take the shortest such string. If $2^{-L}$ is at most
# half the interval's length, a whole step of the grid fits in; so $L < -\log_2 p + 2$. Two bits is all that is lost,
# for a whole row.
#
# **In numbers.** Frequencies $(1, 3)$, then $(2, 2)$. The row $(1)$ alone: $[\frac14, 1)$, and `1` will do, since
# $[\frac12, 1)$ lies inside: one bit, where $-\log_2 \frac34 = 0.415$. The row $(1, 0)$: $[\frac14, \frac58)$. One bit
# is too few ($[\frac12, 1)$ sticks out). Two: `01`, which is $[\frac14, \frac12)$; $-\log_2 \frac38 = 1.415$.
#
# First the **frequencies**. Each must be at least 1 (a value with frequency 0 has no piece, and cannot be written down
# when it comes all the same), and they must add up to $T$ exactly. Within $K$ of $p_k T$ there is freedom; a simple way
# is $1 + \lfloor p_k (T - K) \rfloor$, with the rest to the most probable value.


# %% tags=["solve:compress.frequencies"]
def integer_frequencies(p, total):
    """Whole numbers f ≥ 1, near p · total (within K), that add up to the total over the last axis.

    p: (…, K), ≥ 0, adding up to 1, K ≥ 2, K ≤ 20; total: int, 64 … 65536;  returns (…, K), int64.
    """
    ### BEGIN SOLUTION
    f = 1 + (p.double() * (total - p.shape[-1])).floor().long().clamp_min(0)
    missing = total - f.sum(dim=-1, keepdim=True)
    return f.scatter_add(-1, f.argmax(dim=-1, keepdim=True), missing)
    ### END SOLUTION


# %% tags=["check:compress.frequencies:2"]
check("compress.frequencies")

# %% [markdown]
# **Write** the encoder: the shortest string of bits all of whose continuations lie in the row's interval. (Any other
# string will do that keeps the promise of 2 bits.)


# %% tags=["solve:compress.encode"]
def encode(x, freq):
    """For each row the bits, "0110…", all of whose continuations lie in the row's interval; less than −log2 p + 2 of them.   (003)

    x: (N, D), int64, values 0 … K − 1; freq: (N, D, K), int64, ≥ 1, adding up to the same total at each place, K ≥ 2;
    returns a list of N strings of 0 and 1.
    """

    ### BEGIN SOLUTION
    def bits_of(row, frequencies):
        low, width, whole = 0, 1, 1
        for value, f in zip(row, frequencies, strict=True):
            low, width, whole = low * sum(f) + width * sum(f[:value]), width * f[value], whole * sum(f)
        length = max(0, whole.bit_length() - width.bit_length() - 1)
        while True:
            m = -(-(low << length) // whole)  # the first m with m / 2^length ≥ low / whole
            if (m + 1) * whole <= (low + width) << length:
                return format(m, f"0{length}b") if length else ""
            length += 1

    return [bits_of(*pair) for pair in zip(x.tolist(), freq.tolist(), strict=True)]
    ### END SOLUTION


# %% tags=["check:compress.encode:3"]
check("compress.encode")

# %% [markdown]
# And what you have written, as a picture: three places, each with frequencies of its own, and the bits that name the
# last interval.

# %% tags=["given"]
from pushforward.figures.autoregressive import draw_intervals

# %% tags=["demo"]
with waiting_for("encode"):
    row, table = [1, 0, 2], [[3, 4, 1], [2, 5, 1], [1, 4, 3]]
    (bits,) = encode(torch.tensor([row]), torch.tensor([table]))
    show(
        draw_intervals(row, table, bits),
        alt="Four bars below each other. The first is the unit interval, cut into the pieces of 0, 1 and 2; that of 1 is blue. "
        "Below, only this piece is cut again, in the shares of the second place, and the piece of 0 is blue; then once "
        "more. At the bottom, in orange and inside the last blue piece, the interval of all numbers that begin with the bits.",
    )

# %% [markdown]
# The **decoder** has the bits and the model. It does not know $x_1$, but it can ask the model for the frequencies of
# the first place, which depend on nothing. It looks into whose piece the number falls: that is $x_1$. Now it can ask
# for the frequencies of the second place. Like the sampler, it goes place by place.
#
# Compare without dividing: $\frac{m}{2^L}$ lies in the piece of value $k$ if, after multiplying crosswise, the whole
# number
#
# $$\Big\lfloor \frac{(m \cdot \text{whole} - \text{low} \cdot 2^L)\; T}{\text{width} \cdot 2^L} \Big\rfloor$$
#
# is at least $f_0 + \dots + f_{k-1}$ and less than $f_0 + \dots + f_k$. Pieces contain their lower end.
#
# **Write** it, for many rows at once: the model is asked once for each place, about all rows together.


# %% tags=["solve:compress.decode"]
def decode(model, bits, D):
    """The rows x that `encode` has turned into these bits, whatever bits may follow the row's own.   (003)

    model: takes (N, d), int64, the values so far, d = 0 … D − 1, gives (N, K), int64, ≥ 1; bits: a list of N strings of 0 and 1; D: int ≥ 1;
    returns (N, D), int64, after at most D calls of the model.
    """
    ### BEGIN SOLUTION
    x = torch.zeros(len(bits), D, dtype=torch.int64)
    number = [(int(b or "0", 2), 1 << len(b)) for b in bits]
    interval = [(0, 1, 1)] * len(bits)
    for d in range(D):
        for n, f in enumerate(model(x[:, :d]).tolist()):
            (m, one), (low, width, whole), total = number[n], interval[n], sum(f)
            share = (m * whole - low * one) * total // (width * one)
            value, below = 0, 0
            while share >= below + f[value]:
                below, value = below + f[value], value + 1
            x[n, d] = value
            interval[n] = low * total + width * below, width * f[value], whole * total
    return x
    ### END SOLUTION


# %% tags=["check:compress.decode:3"]
check("compress.decode")

# %% [markdown]
# Now a file. The model is the humble third one of section 1: each pixel from the one before, by counting in the
# training digits. Against it stand three programs that you have used a thousand times, on the same 447 test digits:
# zlib (the heart of zip), lzma (of xz), and PNG, all at their hardest setting, and each given all the digits as one
# block. Our own file is the rows' bits one after the other. (Where a row's bits end need not be written down: the
# decoder encodes the row that it has found, and counts.)


# %% tags=["given"]
def bytes_of_others(rows):
    """The size in bytes of levels (N, 64) in other programs' hands, by name."""
    from PIL import Image

    raw = rows.to(torch.uint8).numpy()
    png = io.BytesIO()
    Image.fromarray(15 * raw.reshape(-1, 8)).save(png, "PNG", optimize=True)
    block = raw.tobytes()
    return {
        "a byte for each pixel": len(block),
        "PNG": len(png.getvalue()),
        "zlib": len(zlib.compress(block, 9)),
        "lzma": len(lzma.compress(block, preset=9 | lzma.PRESET_EXTREME)),
    }


def file_of(strings):
    """The bits of all rows one after the other, filled up to whole bytes."""
    bits = "".join(strings)
    return int("1" + bits + "0" * (-len(bits) % 8), 2).to_bytes(len(bits) // 8 + 2, "big")[1:]


# %% tags=["demo"]
with waiting_for("integer_frequencies", "encode", "decode"):
    after = [
        counts[0].expand(18, 17),
        *[torch.cat([pairs, counts[:1]])] * 63,
    ]  # frequencies of a place, by the value before
    tables = [integer_frequencies(table / table.sum(1, keepdim=True), 2**16) for table in after]

    def table_model(known):
        return tables[known.shape[1]][known[:, -1] if known.shape[1] else torch.full((len(known),), 17)]

    freq = torch.stack([table_model(test_rows[:, :d]) for d in range(64)], 1)
    strings = encode(test_rows, freq)
    print("bit for bit the same:", torch.equal(decode(table_model, strings, 64), test_rows))
    own = -(freq.double() / 2**16).log2().gather(2, test_rows[:, :, None]).sum()
    length = sum(map(len, strings))
    print(
        f"{length} bits; −log2 p by the whole numbers: {own:.1f}, so {(length - own) / 447:.2f} bits more for each digit"
    )
    for name, size in {**bytes_of_others(test_rows), "your coder": len(file_of(strings))}.items():
        print(f"{name:24}{size:7} bytes")

# %% [markdown]
# A table of $17 \times 17$ counts already beats all three. Is the comparison fair? The others know nothing of digits,
# while our table has seen a thousand of them. It must be at hand when the file is opened, just like the program itself.
# If it had to be sent along, it would have to be added; for one file of 447 small pictures that would not pay, for a
# million of them it would.
#
# One catch, if a network stands in the table's place. The decoder must get the *very same* whole numbers as the
# encoder: one frequency off by one, and all that follows is noise. Floats add up differently on another machine, or
# with another batch size. Programs for the world make their model of whole numbers.

# %% [markdown]
# ## 9 · A model of digits
#
# What does it take to put the pieces to work? Embed the moved row of section 1: each value, and each place, becomes a
# vector of 32 numbers, the **features**. Then let places and features mix in turns, four times. Between features an
# ordinary small network will do, applied at each place by itself: it cannot leak. Between **places** stands a matrix
# $W$ of $64 \times 64$ weights, of which only the lower triangle counts:
#
# $$h'_i = \sum_{j \le i} W_{ij}\, h_j + b_i .$$
#
# That is a masked layer as in section 2 with places for units, and no strict sign, since the row has been moved
# already. Or, if you like, an attention whose weights do not depend on the picture. For pictures as small as these it
# will do, and it is cheap: one product of matrices for all features of all pictures. A gate multiplies its result, a
# number between 0 and 1 for each place and feature, computed from what stands at that place.
#
# **In numbers.** Two places, $W = \begin{pmatrix} 2 & 7\\ 3 & 1 \end{pmatrix}$, $b = (0, 1)$, $h = (1, 10)$. Then
# $h'_1 = 2 \cdot 1 + 0 = 2$ and $h'_2 = 3 \cdot 1 + 1 \cdot 10 + 1 = 14$. The 7 is never used: it would tell place 1 of
# the future.
#
# The **loss** is the exact negative log-likelihood of a picture, the mean of it over the batch. No bound, no adversary,
# nothing to balance: that is why 003's table says "stable". With two values and two places, the logits $(0, \log 3)$ at
# both: the row $(1, 0)$ costs $-\log\frac34 - \log\frac14 = 0.288 + 1.386 = 1.674$ nats.
#
# Four things that help, and are given. A thousand digits are few, so each batch shows them a little shifted, turned and
# scaled (`moved`), and the net is told how: five numbers, which are zeros for a picture as it is. So it may learn from
# pictures that are blurred by the turning, and need not make any: at test time the five are zeros. In each step, each
# of the 32 numbers of an embedded value is set to 0 with probability 0.1 (**dropout**), so that no place can lean on
# one earlier pixel alone; at test time nothing is. What the counting model of section 1 knows, how often each pixel has
# each level, is where the logits begin. And what is kept is a moving average of the weights, while the step size falls
# along a cosine.


# %% tags=["given"]
import functools

from pushforward.augment import moved
from pushforward.figures.autoregressive import draw_bits
from pushforward.figures.gans import draw_digits
from pushforward.train import budget, train


class Mixer(torch.nn.Module):
    """One turn: places mix by your causal_mix, behind a gate; then features do, at each place by itself."""

    def __init__(self, places, width):
        super().__init__()
        self.before, self.between = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.W = torch.nn.Parameter(0.02 * torch.randn(places, places))
        self.b = torch.nn.Parameter(torch.zeros(places))
        self.gate = torch.nn.Linear(width, width)
        self.up, self.down = torch.nn.Linear(width, 2 * width), torch.nn.Linear(2 * width, width)

    def forward(self, h):  # (64, B, width), places first: a place is a row of the matrix that is multiplied
        a = self.before(h)
        mixed = causal_mix(a.flatten(1), self.W, self.b).reshape(h.shape)
        h = h + mixed * torch.sigmoid(self.gate(a))
        return h + self.down(torch.nn.functional.silu(self.up(self.between(h))))


class PixelNet(torch.nn.Module):
    """Logits (B, 64, 17) from a moved row (B, 64), values 0 … 17, and from how the picture was moved (B, 5)."""

    def __init__(self, start, width=32, turns=4):
        super().__init__()
        self.value, self.how = torch.nn.Embedding(18, width), torch.nn.Linear(5, width)
        self.place = torch.nn.Parameter(0.1 * torch.randn(64, 1, width))
        self.drop = torch.nn.Dropout(0.1)
        self.turns = torch.nn.Sequential(*(Mixer(64, width) for _ in range(turns)))
        self.last = torch.nn.Sequential(torch.nn.LayerNorm(width), torch.nn.Linear(width, 17))
        self.start = torch.nn.Parameter(start[:, None].clone())  # (64, 1, 17)

    def forward(self, shown, how=None):
        how = self.place.new_zeros(len(shown), 5) if how is None else how
        h = self.drop(self.value(shown.T)) + self.place + self.how(how)
        return (self.last(self.turns(h)) + self.start).transpose(0, 1)


@torch.enable_grad()
def train_pixels(steps, seed=0, batch=64, rate=0.012):
    """(net, history): a PixelNet trained on the training digits with your own loss."""
    torch.manual_seed(seed)
    pictures = digits("train")[0]
    often = (pictures.flatten(1)[:, :, None] == torch.arange(17)).float().mean(0)
    net = PixelNet((often + 0.003).log())
    optimiser = torch.optim.AdamW(net.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.05, fused=True)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min(1, (k + 1) / 50) * 0.5 * (1 + math.cos(math.pi * k / steps))
    )

    def step(k):
        shown, how = moved(pictures[torch.randint(len(pictures), (batch,))], 0.7)
        x = shown.flatten(1).long()
        loss = mean_nats(net(shift_right(x, 17), how), x)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 64)
        optimiser.step()
        pace.step()
        return loss

    history = train(step, net, steps, seed=seed, average=1 - 7.5 / steps, label="digits")
    return net.eval(), history


@functools.cache  # trained once, when first asked for; run this cell again after changing causal_mix or mean_nats
def pixels_run(seed=0):
    """The run that is judged."""
    return train_pixels(budget(full=1500, graded=500, quick=20), seed)


# %% [markdown]
# The check computes the nats of the 447 test digits, which no training has seen, from your `digit_log_p` and from
# nothing else: it adds up your own conditionals, so first of all they have to be honest. In each test digit it changes
# everything from some pixel on, and looks whether anything moved that should not have. Who leaks is not paid for nats.
# Then it replays your draws, pixel by pixel, with the same conditionals.
#
# | budget | full marks | some of them |
# |---|---|---|
# | full, 1500 steps | at most 83 nats per digit | 88 nats |
# | graded, 500 steps | 88 nats | 94 nats |
# | quick, 20 steps | only the form of the answers counts | |
#
# (Five seeds of the full run came to $79.7 \pm 0.3$ nats; the limit leaves room for yours.)
#
# **Write** the mixing of places and the loss, which the training needs; then what the trained net says of a row, and
# the sampler.


# %% tags=["solve:ar.train_digits"]
def causal_mix(h, W, b):
    """h'_i = Σ_{j ≤ i} W_ij h_j + b_i at every place i, one row of h, in each column alike.

    h: (D, M); W: (D, D); b: (D,);  returns (D, M), of the type of h.
    """
    ### BEGIN SOLUTION
    return torch.tril(W) @ h + b[:, None]
    ### END SOLUTION


def mean_nats(logits, x):
    """The mean over the batch of −log p(x), where log p(x) = Σ_d log p(x_d | x_<d) by the softmax of the logits.   (003)

    logits: (B, D, 17); x: (B, D), int64, values 0 … 16;  returns a tensor with one number, of the type of logits.
    """
    ### BEGIN SOLUTION
    return -next_log_p(logits, x).sum(dim=1).mean()
    ### END SOLUTION


def digit_log_p(x):
    """log p(k | x_<d) for each of the 17 levels k at all 64 pixels, by the net that pixels_run() has trained.

    x: (N, 64), int64, values 0 … 16;  returns (N, 64, 17), each row from its own, without a graph.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        return pixels_run()[0](shift_right(x, 17)).log_softmax(dim=2)
    ### END SOLUTION


def sample_digits(u):
    """Digits drawn with the net that pixels_run() has trained: pixel d is the level whose piece of [0, 1) holds u_d.

    u: (N, 64), in [0, 1);  returns (N, 64), int64, values 0 … 16, without a graph.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        return sample(pixels_run()[0], u, 17)
    ### END SOLUTION


# %% tags=["check:ar.train_digits:5"]
check("ar.train_digits")

# %% [markdown]
# Where do the nats go? Under each test digit stands what each of its pixels cost, in bits: the darker, the dearer.
# **Predict before you look:** which pixels are cheap, and which are dear? Is it ink that costs, or paper, or what lies
# between?

# %% tags=["demo"]
with waiting_for("causal_mix", "mean_nats", "digit_log_p"):
    bits = -next_log_p(digit_log_p(test_rows), test_rows) / math.log(2)
    print(f"{float(bits.sum(1).mean()) * math.log(2):.1f} nats per test digit, {float(bits.mean()):.2f} bits per pixel")
    kinds = {"paper (level 0)": test_rows == 0, "grey (1 … 15)": test_rows % 16 > 0, "ink (16)": test_rows == 16}
    costs = ", ".join(f"{kind} {float(bits[where].mean()):.2f}" for kind, where in kinds.items())
    show(
        draw_bits(test_rows[:12].reshape(-1, 8, 8), bits[:12].reshape(-1, 8, 8)),
        alt=f"A strip of twelve test digits, and under each a map of its pixels' bits. Mean bits of a pixel: {costs}.",
    )
    print("mean bits of a pixel:", costs)

# %% [markdown]
# Paper is nearly free where it is expected. Grey is what costs: a pixel on the edge of a stroke can have any of fifteen
# levels, and how hard the pen was pressed nobody can know in advance. Most of the bits of a digit do not say *which*
# digit it is (that is at most $\log_2 10 = 3.3$ bits), but how its edges came out. This is worth remembering whenever
# two models are compared by their likelihood: they are compared by edges.
#
# And what does it draw? The pictures in the upper strip took 64 calls of the net, one after the other, all twelve
# together.

# %% tags=["demo"]
with waiting_for("causal_mix", "mean_nats", "sample_digits"):
    drawn = sample_digits(torch.rand(12, 64, generator=torch.Generator().manual_seed(0)))
    show(
        draw_digits({"drawn": drawn.reshape(-1, 8, 8), "test digits": test_rows[:12].reshape(-1, 8, 8)}),
        alt="Two strips of twelve pictures: above those that the model has drawn, below test digits.",
    )

# %% [markdown]
# And now the file. The same coder as in section 8, with the network in the table's place. The encoder asks it once,
# about all digits and all pixels together. The decoder asks it 64 times, and fills what it does not know yet with
# zeros: since the net is causal, nobody who is asked sees them. (Section 8's catch is heeded: both ask on one machine,
# in batches of the same size.)

# %% tags=["demo"]
with waiting_for("causal_mix", "mean_nats", "digit_log_p", "integer_frequencies", "encode", "decode"):
    some = test_rows[: budget(447, 60, 20)]

    def pixel_model(known):
        """Whole frequencies of the next pixel, after the pixels known so far."""
        d = known.shape[1]
        padded = torch.nn.functional.pad(known, (0, 64 - d))
        return integer_frequencies(digit_log_p(padded)[:, d].exp(), 2**16)

    freq = integer_frequencies(digit_log_p(some).exp(), 2**16)
    strings = encode(some, freq)
    print(f"{len(some)} digits, bit for bit the same:", torch.equal(decode(pixel_model, strings, 64), some))
    length, whole = sum(map(len, strings)), -(freq.double() / 2**16).log2().gather(2, some[:, :, None]).sum()
    nats = -next_log_p(digit_log_p(some).double(), some).sum()
    told = (length / len(some), whole / len(some), nats / math.log(2) / len(some))
    print("{:.1f} bits a digit; −log2 p by the whole numbers {:.1f}, by the network {:.1f}".format(*told))
    for name, size in {**bytes_of_others(some), "your coder, with your network": len(file_of(strings))}.items():
        print(f"{name:30}{size:7} bytes, {8 * size / len(some):6.1f} bits a digit")

# %% [markdown]
# The likelihood has become a file: its length is the model's nats in bits, and about one bit more for each digit, where
# two were allowed. The table of section 8 is left well behind. (The network's own 42,673 numbers are not in the file.
# As 32-bit floats they would take six times as much room as all 447 digits at a byte for each pixel: whoever sends one
# small file should not send a network along.)
#
# What can such a model not be expected to do? That follows from its loss alone.
#
# **A question to think through** (004, and 003's table). Your answer is marked by hand.
#
# (a) 004 gives this family good marks for **coverage**: it rarely leaves out a part of the data. Why does maximum
# likelihood see to that? What would it cost to give a test digit probability 0? (b) The same loss hardly punishes bad
# *samples*. Explain why, with a model that draws from the data with probability $0.9$ and draws plain noise with
# probability $0.1$: by how many nats is it worse? (c) 003's table says "no" under *representation*. What is meant, and
# would you agree?

# %% [markdown] tags=["written:ar.good_coverage:4"]
# ### BEGIN SOLUTION
# **Model answer.** (a) The loss is the mean of $-\log p_\theta(x)$ over data. A point of the data with $p_\theta = 0$
# makes it infinite; one with very small $p_\theta$ makes it large. So mass must be put wherever there are data:
# minimising the forward divergence $\mathrm{KL}(p^* \| p_\theta)$ covers all modes. And since the likelihood is exact,
# nothing is hidden in a gap.
#
# (b) $p = 0.9\, p_{\text{good}} + 0.1\, p_{\text{noise}} \ge 0.9\, p_{\text{good}}$, so
# $-\log p \le -\log p_{\text{good}} - \log 0.9$: at most $0.105$ nats worse, whatever a picture costs. Yet one sample
# in ten is rubbish. The loss asks about data only; what the model makes where there are no data costs just the mass
# that goes there.
#
# (c) There is no latent vector that stands for the whole picture, none to move in, or to compare pictures by, as a VAE
# or a flow has. One may disagree: the features inside the network are representations of the prefix, and language
# models show how useful such features are. What is missing is one *given* by the model's definition.
#
# **Rubric**
# - (1) a: the loss grows without bound where data have little probability, so all modes are covered
# - (0.5) a: the forward divergence, or: infinite loss at probability 0
# - (1) b: at most −log 0.9, about 0.105 nats
# - (0.5) b: the loss looks at data only, never at samples
# - (1) c: no latent variable for the whole, with or without the objection about inner features
# - (up to 4) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## What you can now do
#
# - write any distribution as a product of conditionals, and say why it adds up to one whatever the network says
# - move a row by one place, and recognise a leak by a total over all rows that is not 1
# - mask a network by degrees and a convolution by type, with one strict sign and no more
# - prove by a Jacobian, or by changing entries, that nothing leaks *and* that nothing is lost
# - show the blind spot of stacked convolutions with a witness, and repair it
# - write causal attention and its cache
# - say for MAF and IAF which direction is one pass, and what each is therefore good for
# - draw rows place by place, and say why no cache makes the calls fewer
# - turn a likelihood into a file, with whole numbers, to within two bits
# - train a model of pictures by its exact likelihood, and say which pixels the nats are spent on
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** Three binary pixels. How many numbers describe a distribution over all eight pictures without any assumption?
# How many do the conditionals of the chain rule need, place by place?
#
# <details><summary>Answer</summary>
#
# $2^3 - 1 = 7$ either way: one for $p(x_1)$, two for $p(x_2 \mid x_1)$, four for $p(x_3 \mid x_1, x_2)$. The chain rule
# assumes nothing, so it saves nothing; the network does, by sharing.
#
# </details>
#
# **2.** $D = 4$, one hidden layer whose degrees are all 2, natural order. Which outputs read which inputs? What is
# lost?
#
# <details><summary>Answer</summary>
#
# Hidden units read inputs 1 and 2. Outputs 3 and 4 read the hidden units, outputs 1 and 2 read nothing. So output 2
# does not hear of input 1, and output 4 not of input 3. Nothing leaks.
#
# </details>
#
# **3.** A PixelCNN with $k = 5$ and twenty layers. Does pixel (row 10, column 10) see (row 8, column 14)? And (row 9,
# column 13)?
#
# <details><summary>Answer</summary>
#
# Two rows up it comes four columns to the right: column 14 is just seen. One row up, two columns: column 13 is in the
# blind spot, in spite of the twenty layers.
#
# </details>
#
# **4.** A model of pictures with $8 \times 8$ pixels has 88.7 nats per picture. How many bits per pixel is that, and
# how many bytes will a thousand pictures take at least, on average?
#
# <details><summary>Answer</summary>
#
# $88.7/\log 2 = 128.0$ bits per picture, $2.0$ per pixel. A thousand pictures: $128{,}000$ bits, $16{,}000$ bytes (and
# up to 250 bytes more, if each ends on its own).
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **5.** True or false, with a reason: "The order of the pixels does not matter, since the chain rule holds in any
# order."
#
# <details><summary>Answer</summary>
#
# For the true conditionals it does not matter: the product is the same. For learnt ones it does. Some orders have
# conditionals that are easier to learn (a pixel after its neighbours), so likelihoods differ; and which half of a
# picture can be completed when the other is given depends on the order, too.
#
# </details>
#
# **6.** Somebody trains with the right masks but puts a batch normalisation between the layers. The training likelihood
# is excellent. Name two things that are wrong with it.
#
# <details><summary>Answer</summary>
#
# In training a picture's conditionals depend on the other pictures of the batch, so $\prod p(x_d \mid x_{<d})$ is no
# distribution over pictures: sums over all pictures need not be 1. And if the statistics run over the places as well
# (as they do for convolutions), later pixels enter through the mean and the variance: a leak. Frozen statistics cure
# both.
#
# </details>
#
# **7.** Temperature: divide all logits by $\tau < 1$ when sampling. Is the result a sample of *some* autoregressive
# model? Is its density $\propto p(x)^{1/\tau}$?
#
# <details><summary>Answer</summary>
#
# Yes to the first: each conditional is still a distribution, so the product is one. No to the second: $p(x)^{1/\tau}$
# has to be normalised once, over whole rows, while here each place is normalised by itself, with a constant that
# depends on what came before. (For $D = 1$, or independent places, they agree.)
#
# </details>
#
# **8.** (6 points) *Parallel WaveNet.* Speech has 16,000 samples a second, and a good autoregressive model (the
# teacher) is there. (a) How many calls does a second of speech take, drawn from the teacher? How many does it take to
# score a second of recorded speech? (b) A student network is an IAF. How many calls does it take to draw a second, with
# its log density? How many to score recorded speech? (c) Why is the student not simply trained by maximum likelihood on
# recorded speech? (d) It is trained to minimise $\mathrm{KL}(\text{student} \,\|\, \text{teacher})$ instead. Which
# calls does one draw of the loss take? What does this direction of the divergence risk?
#
# <details><summary>Answer</summary>
#
# (a) (1 point) Drawing: 16,000, one after the other. Scoring: one.
#
# (b) (2 points) Drawing with its log density: one, since the net reads the noise, and $\mathrm{ladj} = \sum s$ comes
# along. Scoring a given recording: 16,000, since the noise before each sample must be found first.
#
# (c) (1 point) Maximum likelihood scores recordings, which is the student's dear direction: 16,000 calls for each step
# of the training, and gradients through all of them.
#
# (d) (2 points) $\mathbb E_{x \sim \text{student}}[\log p_{\text{student}}(x) - \log p_{\text{teacher}}(x)]$: one call
# of the student (sample and density together) and one of the teacher (scoring). The risk: this is the reverse
# divergence, which punishes samples where the teacher has no mass, and does not punish leaving modes out.
#
# </details>
#
# ## An open question
#
# The calls of a sampler form a chain, and a picture has no natural order. Could one draw several pixels at once where
# they hardly depend on each other, and one by one where they do? Who decides which? Notebook 16's models draw *all*
# pixels at once, many times over, each time a little better, and notebook 18 has one that uncovers pixels in any order.
# Is there a model with an exact likelihood, a few calls per sample, and no blind spot of any kind? Notebook 20 lists
# who pays where.

# %% tags=["given"]
total()
