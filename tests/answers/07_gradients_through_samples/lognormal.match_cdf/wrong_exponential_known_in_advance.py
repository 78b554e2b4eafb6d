# breaks: line 1 carries the inequality T(eps) ≤ a through the inverse of any increasing T | mistake: the answer is put in at the start
import torch


def event_in_eps(T_inverse, a):
    return {"threshold": torch.log1p(a - 1)}
