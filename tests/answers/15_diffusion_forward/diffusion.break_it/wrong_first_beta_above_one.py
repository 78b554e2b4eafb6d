# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: the first beta above 1
import torch


def first_bad_root(beta):
    above = torch.nonzero(beta > 1)  # but after a beta of exactly 1 alpha_bar is 0 for good
    return None if len(above) == 0 else above[0].item() + 1
