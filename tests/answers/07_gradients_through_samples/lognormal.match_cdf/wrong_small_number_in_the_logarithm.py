# breaks: line 4 matches the two arguments of erf and gives the inverse of T
import torch


def match_arguments(a):
    return {"T_inverse": torch.log(a + 1e-8)}
