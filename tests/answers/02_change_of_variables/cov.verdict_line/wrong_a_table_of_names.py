# breaks: a x + b: the verdict is true for every a | mistake: a map that turns back is called valid
from scipy.special import ndtr

VALID = {"affine", "wave", "tanh", "leaky", "linear", "shear", "swirl", "planar", "coupling", "triangular"}


def judged_line(name, params, base):
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


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
