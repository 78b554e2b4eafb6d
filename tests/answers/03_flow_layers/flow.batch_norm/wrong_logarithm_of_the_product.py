# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: the scales multiplied first
import torch


def batch_norm_inverse(x, mean, var, eps):
    std = torch.sqrt(var + eps)
    return (x - mean) / std, -std.prod().log().expand(len(x))
