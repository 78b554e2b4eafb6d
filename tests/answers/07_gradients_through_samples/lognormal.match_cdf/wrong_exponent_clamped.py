# breaks: line 5 inverts line 4: T takes each noise to the sample at the same quantile
import torch


def solve_for_T(eps):
    return {"T": torch.exp(eps.clamp(-20, 20))}
