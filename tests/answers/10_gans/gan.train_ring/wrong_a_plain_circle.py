# breaks: at least half of the points lie within three standard deviations of a centre | mistake: between the modes
import torch


def generate_ring(z):
    return z / z.norm(dim=1, keepdim=True) * (1 + 0.05 * torch.tanh(z[:, :1]))
