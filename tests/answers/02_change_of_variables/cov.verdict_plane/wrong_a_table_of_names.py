# breaks: A x + b: the verdict is true for every matrix
from scipy.special import ndtr

VALID = {"affine", "wave", "tanh", "leaky", "linear", "shear", "swirl", "planar", "coupling", "triangular"}


def judged_plane(name, params, base):
    if name in VALID:
        return "valid", None
    if name == "power":
        return "collision", (-1.0, 1.0)
    if name == "exam":
        return "collision", ([-1.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    if name == "rank_one":
        return "singular", [0.0, 0.0]
    if name == "spiral":
        return "collision", ([0.0, 0.0], [0.0, 6.283185307179586])
    if name == "softplus":
        return "mass", float(ndtr(params["c"]))
    low, high = params.get("low", 0.0), params.get("high", 1.0)
    lost = 1 - float(ndtr(high) - ndtr(low)) ** (2 if name == "sigmoid" else 1)
    return ("valid", None) if base == "uniform" else ("mass", lost)


def verdict_plane(name, params, base):
    return judged_plane(name, params, base)[0]
