"""A course of two small notebooks with everything that a source can hold. The tests break it in many ways."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.0.0
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

"""

FLOW = (
    HEADER
    + '''\
# %% [markdown]
# # Change of variables
# A line of prose with a formula, $p(x) = p(z)\\,|dz/dx|$.
#
# ```python
# # this is no heading
# ```

# %% tags=["given"]
import math

from pushforward import check, hint, restart, total

# %% [markdown]
# ## Stretch

# %% tags=["solve:cov.stretch"]
def stretch(z, scale):
    """x = scale z.   z: float;  returns float.

# %% tags=["given"]  (inside a string this starts no cell)
    """
    ### BEGIN SOLUTION
    stretched = scale * z
    return stretched
    ### END SOLUTION

# %% tags=["solve:cov.stretch"]
class Stretch:
    """x = scale z and its log |dx/dz|."""

    def __init__(self, scale):
        self.scale = scale

    def forward(self, z):
        ### BEGIN SOLUTION
        return stretch(z, self.scale)
        ### END SOLUTION

    def ladj(self, z):
        ### BEGIN SOLUTION
        return math.log(abs(self.scale))
        ### END SOLUTION

# %% tags=["check:cov.stretch:2"]
# Run me.
check("cov.stretch")

# %% tags=["demo"]
print("a picture of", Stretch)

# %% [markdown]
# ## Why a determinant?
# Say why.

# %% [markdown] tags=["written:cov.why:3"]
# ### BEGIN SOLUTION
# **Model answer.** It is the local change of volume.
#
# **Rubric**
# - (1) names the Jacobian
# - (2) says that mass is kept
# - (up to 3) any other well-justified answer
# ### END SOLUTION

# %% [markdown]
# ## Stretch
# The same heading again.

# %% tags=["given"]
helper = math.pi

# %% tags=["solve:cov.half"]
def half(z):
    """z / 2, in a café."""
    ### BEGIN SOLUTION
    return z / 2
    ### END SOLUTION

# %% tags=["check:cov.half:0.5"]
check("cov.half")

# %% tags=["given"]
total()
'''
)

START = (
    HEADER
    + '''\
# %% [markdown]
# # Start here

# %% tags=["given"]
from pushforward import check, hint, restart, total

# %% tags=["solve:start.one"]
def one():
    """1.   returns int."""
    ### BEGIN SOLUTION
    return 3 - 2
    ### END SOLUTION

# %% tags=["check:start.one:1"]
check("start.one")

# %% tags=["given"]
total()
'''
)

TOC = """\
repository: "https://github.com/someone/pushforward"
tag: v0.1.0
notebooks:
  - {name: 00_start_here, title: Start here, minutes: 20, part: first steps}
  - {name: 02_change_of_variables, title: Change of variables, minutes: 120}
  - {name: 03_flow_layers, title: "Layers | of a flow", minutes: 150, part: flows, plan: [flow.planar]}
seeds:
  - {id: 001 P1, asks: "is p(x|z) a flow?", where: [cov.stretch, cov.half, flow.planar, gan.value]}
  - {id: 001 P2, asks: start, where: [00_start_here]}
  - {id: 001 P3, asks: layers, where: [03_flow_layers]}
  - {id: 001 P4, asks: nothing yet, where: []}
"""

JUDGES = {
    "start.one": SimpleNamespace(kind="code", names=("one",)),
    "cov.stretch": SimpleNamespace(kind="code", names=("stretch", "Stretch")),
    "cov.half": SimpleNamespace(kind="witness", names=("half",)),
}


@pytest.fixture
def judges() -> Callable[[str], SimpleNamespace | None]:
    """Who judges what in this course."""
    return JUDGES.get


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The files that somebody wrote by hand; nothing is built yet."""
    files = {
        "solutions/_toc.yml": TOC,
        "solutions/00_start_here.py": START,
        "solutions/02_change_of_variables.py": FLOW,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8", newline="\n")
    return tmp_path
