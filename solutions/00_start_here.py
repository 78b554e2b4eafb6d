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
# # 00 · Start here
#
# The models in this course have one thing in common: they **push simple noise forward** to something that looks like
# data. Flows, variational autoencoders, GANs and diffusion models do so in one go or step by step; an autoregressive
# model uses up its noise pixel by pixel, and an energy-based one stirs it until it has the right shape. They differ
# in how they push, in how they learn to, and in what you can compute afterwards. This first notebook takes {{time}},
# and half of that if you leave the questions at its end for later. You will see a picture that your computer has
# learnt to draw; then how the notebooks work, how an answer of yours is checked, and how you hand it in.

# %% tags=["given"]
import platform

import torch

from pushforward import best_device, check, hint, progress, restart, total
from pushforward.data import bend_to_moons
from pushforward.figures.explorer import push_explorer
from pushforward.figures.start import first_explorer
from pushforward.figures.style import draw_push_forward, show
from pushforward.first_model import learn_digits
from pushforward.train import budget
from pushforward.waiting import waiting_for

# %% tags=["demo"]
z = torch.randn(1500, 2, generator=torch.Generator().manual_seed(1))
show(
    draw_push_forward(z, bend_to_moons(z)),
    alt="A round cloud of points is bent in four stages into two interlocking half moons. Each point keeps its "
    "colour: the left half of the cloud becomes the upper moon, the right half the lower one.",
)

# %% [markdown]
# ## The picture
#
# On the left are 1500 draws from the standard normal distribution in the plane. On the right is what a function $f$
# made of them, point by point. Nobody trained this $f$: it was written by hand, and bends the left half of the plane
# into the upper moon and the right half into the lower one. The two pictures between show the points on their way.
#
# If $z$ is random, so is $x = f(z)$. Its distribution is called the **push-forward** of the distribution of $z$ by
# $f$. You can always *sample* it (draw $z$, apply $f$), and you can always compute averages under it, because
#
# $$\mathbb E_{x}\,[h(x)] = \mathbb E_{z}\,[h(f(z))] \qquad \text{for every } h \text{ that has an average at all.}$$
#
# What you cannot always do is write down its density: that is where the families of models part ways. Notebook 02
# does it for an $f$ with an inverse; notebook 06 finds a bound instead; notebook 10 does without.

# %% [markdown]
# ## A picture of your own
#
# That $f$ was written by hand. Nobody can write one by hand that turns noise into handwriting, so it has to be
# *learnt*. Run the next cell: for some seconds a network looks at a thousand handwritten digits, 8 × 8 pixels each,
# and learns in which direction to push each pixel of a noisy picture.

# %% tags=["demo"]
artist = learn_digits(budget(1500, 150, 20))

# %% [markdown]
# Now choose a digit (of your age, say), and some noise: the number behind *noise* picks one of a thousand squares of
# grey dust. From left to right, the dust is pushed until it is a picture. On the far right is the training picture
# that comes nearest to it.

# %% tags=["demo"]
first_explorer(artist)

# %% [markdown]
# Nobody has ever written this digit: it is *yours*, made by about a hundred thousand numbers that were random a
# moment ago. Change the noise, and another hand writes it; change the digit, and the same hand writes another one.
# That is the promise of this course: you will build such models yourself, from an empty file, each part of it proved
# and checked. By notebook 17 you will know every line of this one (it is called *flow matching*). And you will know
# what to ask of it. How probable does it find *your* handwriting? Does it leave something out? Did it merely copy,
# pixel by pixel? Those questions are harder than drawing, and they are what the course is about.

# %% [markdown]
# ## Where the questions come from
#
# The course is built around five documents, and marks each idea with the place
# that asks for it. `001 P4b` means document 001, problem 4, part b. The five are:
#
# | number | what it is | you will meet it as |
# |---|---|---|
# | 000 | a sample exam with solutions, 45 marks | `000 Q2a` |
# | 001 | a written exam with solutions, 28 credits in 60 minutes | `001 P4d` |
# | 002 | an exercise sheet with solutions, sheet 9 of a course | `002 9-3b` |
# | 003 | the slides of an introductory lecture | `003` |
# | 004 | the slides of an overview lecture, with a large table of models | `004` |
#
# You do not need them: each notebook is complete in itself. If you do have them at hand, you will find that here and
# there this course says something else. Then it says so, and why.

# %% [markdown]
# ## Your machine
#
# The next cell says what you are running on. A GPU is never needed: every notebook runs from top to bottom on one
# processor core in a few minutes at most. Where there is a GPU, long trainings use it, and the checks try your
# functions on it as well.

# %% tags=["demo"]
print(f"Python {platform.python_version()}, torch {torch.__version__}, computing on: {best_device()}")

# %% [markdown]
# ## How an exercise works
#
# An exercise is a cell with the head of a function and a blank where your answer goes:
#
# ```python
# def double(x):
#     """y = 2 x.   x: any shape;  returns the same shape."""
#     # YOUR CODE HERE
#     raise NotImplementedError()
# ```
#
# Replace the last two lines, run the cell, then run the check below it. The text between the triple quotes is your
# contract: the equation, the shapes, and what is returned. The check asks *your* function for its values on inputs
# that you have not seen (small and large, `float32` and `float64`) and compares them with an independent calculation.
# So any way that computes the right thing is right: a loop, a formula, a library call.
#
# Here is a real one, and a useful one: nearly every model in this course wants its data standardised.

# %% [markdown]
# ## Standardise
#
# Suppose one column of a data set holds metres, another one grams. Then their sizes say nothing about their
# importance, and yet a network sees only sizes. The cure is to shift and stretch each column so that it has mean 0
# and variance 1. For rows $x_1, \dots, x_N$ and each column $j$,
#
# $$m_j = \frac1N \sum_{i=1}^N x_{ij}, \qquad
# s_j^2 = \frac1N \sum_{i=1}^N (x_{ij} - m_j)^2, \qquad
# z_{ij} = \frac{x_{ij} - m_j}{s_j} .$$
#
# This does what it promises. The mean of column $j$ of $z$ is
# $\frac{1}{s_j}\big(\frac1N\sum_i x_{ij} - m_j\big) = 0$, and its variance is
# $\frac{1}{s_j^2} \cdot \frac1N\sum_i (x_{ij} - m_j)^2 = 1$. Some divide by $N - 1$ instead of $N$ in $s_j^2$, which
# makes the estimate of a variance unbiased; here both count as right.
#
# **In numbers.** The column $(1, 3)$ has $m = 2$ and $s = 1$, so it becomes $(-1, 1)$. The column $(10, 30)$ has
# $m = 20$ and $s = 10$, and becomes $(-1, 1)$ too: the units are gone. (With $N - 1$ both become $(-0.707, 0.707)$.)
#
# **One trap.** A column in which all values are equal has $s_j = 0$, and $0/0$ is not a number. Such a column
# carries no information, so let it become 0. (On a computer it may hide: the mean of seven numbers $0.1$ in
# `float32` is off by a rounding, so that $x_{ij} - m_j$ is about $10^{-8}$ and not 0. Ask whether all values are
# equal. How small $s_j$ is tells nothing: a column of wavelengths in metres has a spread of $10^{-7}$ and is as good
# as any other.)


# %% tags=["solve:start.standardise"]
def standardise(x):
    """z_ij = (x_ij - m_j) / s_j with the mean m_j and the standard deviation s_j of column j; 0 where s_j = 0.

    x: (N, D), N ≥ 2, float32 or float64, on any device;  returns z: (N, D), of the same type and on the same device.
    """
    ### BEGIN SOLUTION
    shifted = x - x[0]  # now a constant column is exactly 0, whatever rounding does to its mean
    centred = shifted - shifted.mean(dim=0)
    spread = centred.std(dim=0)
    return centred / torch.where(spread > 0, spread, 1.0)
    ### END SOLUTION


# %% tags=["check:start.standardise:2"]
check("start.standardise")

# %% [markdown]
# A full table of ✓ means that your function keeps every law on every input that was tried: you now own a function
# that you can trust. In each notebook the later cells use what you have written, and so do its figures, as below.

# %% [markdown]
# ## How a check reads
#
# Each row is a **law**: a sentence that a right answer cannot break. ✓ holds, ✗ is broken, – was not reached. Laws
# marked *must hold* (the right shape, say) earn nothing by themselves, but nothing else counts without them. The
# others carry the points, and each is paid separately: half right earns half.
#
# Suppose you had divided by the variance $s_j^2$ and not by its root. You would have read this:
#
# > **start.standardise: 0 of 2 points, not there yet**
# >
# > | | law | for | expected | got |
# > |---|---|---|---|---|
# > | ✓ | the result is a tensor of the shape of x (must hold) | | | |
# > | ✓ | every column has mean zero (must hold) | | | |
# > | ✗ | every column has unit variance | `standardise(x=[[1, 10], [3, 30]])` | `[[-1, -1], [1, 1]]` | `[[-0.5, -0.05], [0.5, 0.05]]` |
# > | ✗ | a constant column becomes zero and leaves the others as they should be | `standardise(x=[[1, 7], [3, 7]])` | `[[-1, 0], [1, 0]]` | `[[-0.5, 0], [0.5, 0]]` |
# > | – | the arguments come back as they were given | | | |
# > | – | the result is of the type that the docstring promises | | | |
# >
# > *Likely mistake, divides by the variance: The variance has the units of x squared. Dividing by its root, the
# > standard deviation, leaves a pure number.*
#
# Read it from the left. The shape is right and the columns are centred, so the mistake is in the scale. The third row
# gives you an input small enough to redo by hand: for $(1, 3)$ the answer is $(-1, 1)$, and dividing by $s^2$ (which
# is 2 with $N - 1$) gave $(-0.5, 0.5)$. For $(10, 30)$ it gave a twentieth. The larger the spread, the smaller the
# result: that smells of a square, and the last line says which. The two rows above it stand in most tables: they are
# worth a little, and are paid once something else holds.
#
# **The docstring is the contract.** A check asks for what it promises, at its corners too: a single row, the ends of a
# stated range, an empty batch where one is allowed. All tensors of one call are of one type and on one device. Where
# any number is allowed, its square still fits into a float32 (its exponential need not), unless the text says
# otherwise. What is right to single precision pays in full, unless the text says that more is at stake.
#
# Where the check recognises a mistake that many people make, it names it. Where it does not, the small input is your
# best friend. If your code raises an error, the table shows the error with the line of yours that raised it. A
# `print` of yours, a warning or a progress bar never changes a mark. And if your code does not come to an end, the
# check says in which line it is: ■ above stops it.

# %% [markdown]
# ## Hints, starting again, and your total
#
# - `hint("start.standardise")` shows the first of three hints, the next call the second, and so on. No hint is the
#   answer, and asking costs nothing. The same three wait, folded, under a check that is not yet right.
# - `restart("start.standardise")` puts the blank into a new cell below, so that you can begin once more. What you
#   wrote stays where it is; the cell that you run last counts.
# - `total()` at the end of each notebook adds up your points so far, earlier days included; `progress()` does so for
#   the whole course, draws it on the map and says what is next. Both read a small file beside your notebooks, which no
#   one else sees.
# - Some questions are answered in words, and no machine marks them. If you study alone, `reveal("start.units")` opens
#   the model answer and its rubric once you have written yours, and `mark("start.units", 1.5)` counts what you give
#   yourself (import both by `from pushforward import mark, reveal`). In a class your instructor does both.
# - A check asks you the same questions each time you run it, so you can work on one failing case. When your work is
#   graded, the numbers are fresh ones and the feedback names their *seed*: `check("start.standardise", seed=7)` shows
#   you that very case again.

# %% [markdown]
# ## Play with it
#
# Drag the slider from 0 to 1 and watch noise being pushed to the two moons. On the left, the black cross marks the
# mean and one standard deviation each way; both change on the way. On the right is what *your* `standardise` makes of
# the same points. The cross no longer moves, and yet noise and moons look nothing alike: **mean and variance are only
# two numbers per column, and a distribution is much more than that.** Everything that the right picture still shows
# is what a generative model has to learn.

# %% tags=["demo"]
with waiting_for("standardise"):
    display(push_explorer(standardise))

# %% [markdown]
# ## A question marked by hand
#
# Some questions want words. They are marked by a person, along a rubric that you get back with your mark; any other
# well-justified answer counts as well.
#
# **Question (2 points).** A table has a column of lengths and one of masses. You standardise it by columns; a colleague
# takes one mean and one standard deviation of the *whole* tensor. (a) The lengths were recorded in metres and are now
# recorded in centimetres. What changes in your result, and what in the colleague's? (b) What can you say of the mean
# and the variance of single columns in the colleague's result, and which column has the larger spread there? Three or
# four sentences are enough.

# %% [markdown] tags=["written:start.units:2"]
# ### BEGIN SOLUTION
# **Model answer.** (a) In mine nothing: $x_{ij} - m_j$ and $s_j$ are lengths both, so both become a hundred times as
# large, and the quotient is a pure number. In the colleague's everything: the one $m$ and the one $s$ are made of all
# the numbers, so the larger lengths move them, and with them the masses, although no mass has changed. (b) Only the
# whole has mean 0 and variance 1. The columns keep their different means, and their spreads keep their proportion to
# each other, so that no single column need have either, and the one with the larger numbers spreads the most and
# dominates.
#
# **Rubric**
# - (0.5) by columns nothing changes, since numerator and denominator carry the same units
# - (0.5) with the whole tensor both columns change
# - (1) single columns have neither mean 0 nor variance 1 (half), and keep the proportion of their spreads (half)
# - (up to 2) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## How to hand in
#
# Before you hand in, choose *Restart Kernel and Run All Cells*, scroll down once, and save. Your outputs do not
# count: your functions are run again, with fresh numbers. Only what stands in the answer cells is read, so please
# leave the check cells and the file's name as they are.
#
# - **JupyterLab with nbgrader** (your course has its own server): open *Nbgrader → Assignment List*, find the
#   assignment, press *Validate*, then *Submit*. You may submit as often as you like before the deadline; the last one
#   counts.
# - **JupyterLab on your own machine**: save, then upload the `.ipynb` file from the folder `work/` to where your
#   course collects it.
# - **Colab**: *File → Download → Download .ipynb*, then upload that file. (A link to your Colab page is not enough:
#   it can change after the deadline, and often only you can open it.)
# - **On your own, without a course**: there is nothing to hand in. The checks are the same ones that grade, and
#   `make solved NB=00_start_here` writes a notebook with the model answers beside yours.

# %% [markdown]
# ## What you can now do
#
# - say what a push-forward is, and what can always be computed under it
# - answer an exercise, read its table of laws and use the small failing input
# - standardise data, constant columns included, and say why the units vanish
# - hand in
#
# ## Exam-style questions
#
# Pencil first; then unfold.
#
# ### Short: recall and compute
#
# **1.** Let $z \sim \mathcal N(0, 1)$ and $f(z) = 3z + 1$. What is the push-forward of $z$ by $f$? And by
# $g(z) = z^2$: is every point of the line reached, and by how many $z$?
#
# <details><summary>Answer</summary>
#
# By $f$ it is $\mathcal N(1, 9)$: mean $3 \cdot 0 + 1$, variance $3^2 \cdot 1$. By $g$ it is the chi-squared
# distribution with one degree of freedom. Negative numbers are never reached, 0 by one $z$, and each $x > 0$ by two,
# $\pm\sqrt x$: a density formula must add up both (notebook 02).
#
# </details>
#
# **2.** Two clouds of points are both standardised. Must they look alike? Give an example.
#
# <details><summary>Answer</summary>
#
# No. Standard normal noise and the standardised two moons agree in every column's mean and variance, and look nothing
# alike. Even the full covariance matrix would not tell the moons from a suitable Gaussian.
#
# </details>
#
# **3.** Show that standardising twice is the same as standardising once, and that $10x + 3$ gives the same result as
# $x$.
#
# <details><summary>Answer</summary>
#
# After the first time $m_j = 0$ and $s_j = 1$ (or all of the column is 0), so the second time changes nothing. For
# $y = 10x + 3$ the mean is $10 m_j + 3$ and the standard deviation $10 s_j$, so
# $(10x + 3 - 10m_j - 3)/(10 s_j) = (x - m_j)/s_j$.
#
# </details>
#
# ### Longer: transfer
#
# Here a step of your own is wanted. The last one is as long as a problem of a real exam, with its points.
#
# **4.** Does standardising each column remove the correlation between two columns?
#
# <details><summary>Answer</summary>
#
# No. The correlation coefficient is unchanged by shifting and positive scaling of single columns: the covariance of
# the standardised columns *is* that coefficient. Removing it takes a matrix that mixes columns (whitening).
#
# </details>
#
# **5.** You standardise training and test data, each with its own mean and standard deviation. What is wrong with
# that?
#
# <details><summary>Answer</summary>
#
# The two sets are then transformed by different functions: the same raw value gets different meanings, and a real
# shift between training and test data is hidden. Keep the training set's $m_j$ and $s_j$ and use them everywhere.
#
# </details>
#
# **6.** (6 points) A column of $N$ numbers holds $N - 1$ zeros and one number $h > 0$; divide by $N$ in $s^2$. (a)
# Standardise $(0, 0, 0, 0, 10)$. (b) And $(0, 0, 0, 0, 1000)$? Show what the outlier becomes for any $N$ and $h$. (c)
# So what does a network see of such a column, and what would you do before standardising, if it must be possible to
# undo it?
#
# <details><summary>Answer</summary>
#
# (a) (2 points) $m = 2$ and $s^2 = \frac15(4 \cdot 4 + 64) = 16$, so $(-\frac12, -\frac12, -\frac12, -\frac12, 2)$.
#
# (b) (2 points) The same. In general $m = h/N$ and $s^2 = \frac1N h^2 - m^2 = h^2 (N - 1)/N^2$, so the outlier becomes
# $(h - h/N)/s = \sqrt{N - 1}$, whatever $h$ is.
#
# (c) (2 points) That there is one outlier, and nothing of how far out it is. The other values have moved together into
# a narrow place, so that differences among *them* vanish as well. Take first a map with an inverse that pulls large
# values in, such as $\log(1 + x)$ for $x \ge 0$, and standardise the result; samples go back through both inverses.
#
# </details>
#
# ## An open question
#
# The map in the opening picture tears the plane apart along a line: neighbours on either side of it end up in
# different moons. Could a *continuous* map push the round cloud to two moons with empty space between them? If not,
# how nearly, and what would you see between the moons? Notebook 04 measures it.

# %% tags=["given"]
total()
