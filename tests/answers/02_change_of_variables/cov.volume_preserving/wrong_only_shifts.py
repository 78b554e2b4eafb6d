# breaks: shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift | mistake: reflections forgotten
import torch


def shift_or_reflection(f):
    points = torch.linspace(0.0, 1.0, 5, dtype=torch.float64)
    return 1.0, float((f(points) - points)[0])
