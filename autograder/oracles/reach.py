"""Which output of a chain of couplings can depend on which input, found by walking."""

from __future__ import annotations

import numpy as np


def reached(keeps: np.ndarray) -> np.ndarray:
    """(D, D) of truth values: [i, j] where x_i can depend on z_j; keeps: (L, D), True where a layer keeps.

    From z_j every layer carries on to the coordinate itself and, if it is kept there, to all that are changed there.
    """
    found = np.zeros((keeps.shape[1],) * 2, dtype=bool)
    for j in range(len(found)):
        places = {j}
        for keep in keeps:
            places |= {i for i in range(len(keep)) if not keep[i]} if any(keep[place] for place in places) else set()
        found[sorted(places), j] = True
    return found
