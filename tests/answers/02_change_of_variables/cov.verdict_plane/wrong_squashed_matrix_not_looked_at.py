# breaks: σ(A x) and σ(aᵀa x): the verdict is true for every matrix and both bases | mistake: a singular matrix is called valid
import torch


def verdict_plane(name, params, base):
    p = params
    if name == "linear":
        return "valid" if torch.det(torch.tensor(p["A"], dtype=torch.float64)).abs() > 1e-9 else "collision"
    if name == "rank_one":
        return "collision"
    if name == "sigmoid":
        return "mass" if base == "normal" else "valid"
    if name == "shear":
        return "valid"
    if name == "swirl":
        return "valid"
    if name == "planar":
        m = sum(u * w for u, w in zip(p["u"], p["w"]))
        return "valid" if m > -1 else "singular"
    if name == "coupling":
        return "valid" if p["c"] > 0 else "collision"
    if name == "spiral":
        return "collision"
    if name == "exam":
        return "collision"
    if name == "triangular":
        return "valid"
