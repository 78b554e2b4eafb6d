# looks for zeros of det J: on a grid of the line, on lines between random points of space; images and the spiral by hand
import torch
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr

from pushforward.answering.maps import POOL, flow_map


def zero_of_slope(g):
    def slope(v):
        x = torch.as_tensor(v, dtype=torch.float64).clone().requires_grad_()
        return torch.autograd.grad(g(x).sum(), x)[0]

    x = torch.linspace(-9, 9, 181, dtype=torch.float64)
    y = slope(x)
    for i in range(len(x)):
        if y[i] == 0:
            return x[i].item()
        if i and y[i] * y[i - 1] < 0:
            return brentq(lambda v: slope(v).item(), x[i - 1].item(), x[i].item(), xtol=1e-15)
    near = x[y.abs().argmin()].item()  # perhaps the slope touches 0
    best = minimize_scalar(lambda v: abs(slope(v).item()), bounds=(near - 0.1, near + 0.1), options={"xatol": 1e-12})
    return best.x if best.fun < 1e-10 else None


def zero_of_det(g, d):
    def det(x):
        J = torch.autograd.functional.jacobian(g, x)
        value = torch.linalg.det(J).item()
        return value if abs(value) > 1e-13 * torch.linalg.matrix_norm(J) ** d else 0.0

    points = [torch.zeros(d).double(), *(3 * torch.randn(40, d, generator=torch.Generator().manual_seed(1)).double())]
    x = points[0] if det(points[0]) == 0 else points[1]
    if det(x) == 0:
        return x.tolist()
    for y in points[2:]:
        if det(x) * det(y) < 0:
            t = brentq(lambda t: det(x + t * (y - x)), 0, 1, xtol=1e-16)
            return (x + t * (y - x)).tolist()


def image(name, p):
    if name in ("logistic", "sigmoid"):
        return sorted((p.get("low", 0.0), p.get("high", 1.0)))
    if name == "softplus":
        return p["c"], float("inf")
    if name == "tanh" and p["a"] == 0:
        return -abs(p["b"]), abs(p["b"])
    return -float("inf"), float("inf")


def judged_line(name, params, base):
    d = len(params["b"]) if name == "linear" else (POOL[name].dimensions or (1,))[0]
    if name == "spiral":
        return "collision", ([-0.5, 3.0], [-0.5, 3.0 - 2 * torch.pi])
    if name == "leaky" and params["s"] <= 0:
        return "collision", (-1.0, -params["s"])
    g = flow_map(name, params)
    x = zero_of_slope(g) if d == 1 else zero_of_det(g, d)
    if x is not None:
        return "singular", x
    cdf = ndtr if base == "normal" else lambda v: min(max(v, 0), 1)
    low, high = image(name, params)
    missing = 1 - (cdf(high) - cdf(low)) ** d
    return ("mass", float(missing)) if missing > 1e-12 else ("valid", None)


def verdict_line(name, params, base):
    return judged_line(name, params, base)[0]
