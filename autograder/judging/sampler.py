"""What every trained sampler is asked first: does each of the judge's noises give one sample, its own, unlike others?

Nothing that a training run wrote down counts: a sampler gets noise, and what it makes of that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from autograder.judging.compare import has_shape, show, values
from autograder.judging.exercise import Case, Exercise, Finding, gate

BATCH = 7  # of the samples, the last ones, are asked for once more, alone


class Sampler(Exercise):
    """The base of these exercises. A case has `shape`, that of all samples; its answers are all, and BATCH of them.

    drawn: so many samples are judged; fewer, as in the cases of the domain, are asked for their form only.
    """

    again = False
    drawn: ClassVar[int]
    points = gate("every noise gives one sample of the promised shape, all of it finite")
    own = gate("a sample depends on its own noise only, and is the same whenever it is asked for")
    varied = gate("different noise gives different samples")

    def quality(self, case: Case, x: np.ndarray) -> Iterator[Finding]:
        """What is found about samples (drawn, …) of the right form."""
        raise NotImplementedError

    def judge(self, case: Case, answer: Any, few: Any = None) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.shape))
        x = values(answer) if shape.ok else None
        finite = x is not None and bool(np.isfinite(x).all())
        lost = 0 if x is None else int((~np.isfinite(x.reshape(len(x), -1))).any(axis=1).sum())
        got = f"{lost} samples that are no numbers" if lost else shape.got
        yield self.points(finite, f"a tensor of shape {tuple(case.shape)}, all finite", got)
        if not finite or len(x) < self.drawn:
            return
        own = self._own(x, values(few))
        yield own
        if own.ok:
            yield from self.quality(case, x)

    def _own(self, x: np.ndarray, few: np.ndarray | None) -> Finding:
        fits = few is not None and few.shape == x[-BATCH:].shape
        same = fits and bool(np.allclose(few, x[-BATCH:], rtol=1e-3, atol=1e-3))
        got = f"{show(x[-1])}, then {show(few[-1])}" if fits else "another shape"
        why = "" if same else "Is there noise of its own in it, or a layer that looks at the whole batch?"
        return self.own(same, f"the same samples among {len(x)} and among {BATCH}", got, why=why)

    def differing(self, x: np.ndarray, least: float) -> Finding:
        """At least this share of the samples is unlike all others."""
        distinct = len(np.unique(x.reshape(len(x), -1).round(6), axis=0))
        varied = distinct > least * len(x)
        copies = "a constant" if distinct < 3 else "a store of points"
        return self.varied(varied, f"{len(x)} different samples", str(distinct), mistake=None if varied else copies)
