# breaks: line 4 matches the two arguments of erf and gives the inverse of T | mistake: a root of two is left over
import torch


def match_arguments(a):
    q = torch.special.ndtr(torch.log(a).double())
    return {"T_inverse": torch.erfinv(2 * q - 1)}
