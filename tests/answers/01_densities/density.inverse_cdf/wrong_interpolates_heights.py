# breaks: the sample from the steps has the share u of the area below it
import numpy as np
import torch


def sample_steps(u, edges, heights):
    e, h = edges.double().cpu().numpy(), heights.double().cpu().numpy()
    F = np.concatenate([[0.0], np.cumsum(h)])
    return torch.tensor(np.interp(u.double().cpu().numpy(), F / F[-1], e)).to(u)
