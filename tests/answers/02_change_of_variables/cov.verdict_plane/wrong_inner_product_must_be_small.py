# breaks: x + u tanh(w·x): the verdict is true for all u and w | mistake: a large u·w is refused
import torch


def verdict_plane(name, params, base):
    p = params
    if name == "linear":
        return "valid" if torch.det(torch.tensor(p["A"], dtype=torch.float64)).abs() > 1e-9 else "collision"
    if name == "rank_one":
        return "collision"
    if name == "sigmoid":
        if torch.det(torch.tensor(p["A"], dtype=torch.float64)).abs() < 1e-9:
            return "collision"
        return "valid" if base == "uniform" else "mass"
    if name == "shear":
        return "valid"
    if name == "swirl":
        return "valid"
    if name == "planar":
        m = sum(u * w for u, w in zip(p["u"], p["w"]))
        return "valid" if abs(m) < 1 else "singular"
    if name == "coupling":
        return "valid" if p["c"] > 0 else "collision"
    if name == "spiral":
        return "collision"
    if name == "exam":
        return "collision"
    if name == "triangular":
        return "valid"
