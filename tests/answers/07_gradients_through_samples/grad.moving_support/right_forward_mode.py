import torch
from torch.func import jvp


def support_terms(f, theta, u):
    value, path = jvp(lambda th: f(th * u), (torch.tensor(theta).to(u),), (torch.tensor(1.0).to(u),))
    score = torch.func.grad(lambda th: -torch.log(th))(torch.tensor(theta).to(u))
    return {"score": value * score, "boundary": (f(u.new_full((1, 1), theta)) / theta).item(), "path": path}


def repairing_baseline(f, theta):
    terms = support_terms(f, theta, torch.full((1, 1), 0.5, dtype=torch.float64))
    return theta * terms["boundary"]
