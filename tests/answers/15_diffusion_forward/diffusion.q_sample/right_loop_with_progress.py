# item by item with a progress bar and prints
import torch
from tqdm import tqdm


def q_sample(x0, t, eps, alpha_bar):
    items = []
    for x, step, e in tqdm(list(zip(x0, t, eps)), desc="noising"):
        a = alpha_bar[step - 1]
        print("step", int(step), "alpha_bar", float(a))
        items.append(a.sqrt() * x + (1 - a).sqrt() * e)
    return torch.stack(items)
