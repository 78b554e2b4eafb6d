# breaks: the result is of the type that the docstring promises
import torch


def solve_for_T(eps):
    return {"T": torch.exp(eps.double())}


def match_arguments(a):
    return {"T_inverse": torch.log(a.double())}
