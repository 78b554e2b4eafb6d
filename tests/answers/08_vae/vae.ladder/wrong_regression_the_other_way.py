# breaks: the two steps of top_down multiply to the posterior: no gap is left
import torch


def top_down(x, W, s):
    C = torch.linalg.inv(torch.eye(2).to(W) + W.T @ W / s**2)
    m = C @ W.T @ x / s**2
    slope = C[0, 1] / C[0, 0]  # the regression of z2 on z1
    offset = m[0] - slope * m[1]
    return {
        "mu_2": m[1],
        "sigma_2": C[1, 1].sqrt(),
        "offset": offset,
        "slope": slope,
        "sigma_1": torch.linalg.inv(C)[0, 0] ** -0.5,
    }
