# in log space, with numpy's tools; a truth value of numpy
import numpy as np
import torch


def is_alpha_bar(implementation):
    rng = np.random.default_rng(1)
    good = True
    for steps in (1, 3, 25, 250):
        for top in (0.01, 0.05, 0.5):
            beta = rng.uniform(0.0005, top, size=steps)
            got = implementation(torch.from_numpy(beta)).numpy()
            with np.errstate(all="ignore"):
                good = (
                    good and got.shape == (steps,) and np.allclose(np.log(got), np.cumsum(np.log1p(-beta)), atol=1e-5)
                )
    return np.bool_(good)
