# a product of signs; whole numbers; numpy's truth values
import numpy as np


def first_bad_root(beta):
    signs = np.cumprod(np.sign(1 - beta.cpu().numpy()))
    negative = np.flatnonzero(signs < 0)
    return negative[0] + 1 if negative.size else None


def positive_again():
    return [2, 2]


def still_works(beta, t):
    b = beta.cpu().numpy()[:t]
    recovered, never = b[-1] != 1, np.all(b != 1)
    return {"eps_loss": np.True_, "x0_hat": never, "sampler": recovered, "elbo_weight": recovered}
