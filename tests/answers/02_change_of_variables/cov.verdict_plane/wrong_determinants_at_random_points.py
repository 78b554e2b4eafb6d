# breaks: σ(A x) and σ(aᵀa x): the verdict is true for every matrix and both bases
import torch

from pushforward.answering.maps import POOL, flow_map


def judged_plane(name, params, base):
    """If no random point has a tiny determinant, the map is called valid."""
    g = flow_map(name, params)
    d = len(params["b"]) if name == "linear" else (POOL[name].dimensions or (1,))[0]
    for x in torch.randn(200, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64):
        J = torch.autograd.functional.jacobian(g, x).reshape(d, d)
        if torch.linalg.det(J).abs() < 1e-6:
            return "singular", x.tolist() if d > 1 else x.item()
    return "valid", None


def verdict_plane(name, params, base):
    return judged_plane(name, params, base)[0]
