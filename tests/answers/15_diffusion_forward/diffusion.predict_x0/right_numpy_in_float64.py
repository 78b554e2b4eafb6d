# numpy in float64 and cast back, the batch axis last
import numpy as np
import torch


def predict_x0(xt, t, eps, alpha_bar):
    a = alpha_bar.double().cpu().numpy()[t.cpu().numpy() - 1]
    z, e = xt.double().cpu().numpy().T, eps.double().cpu().numpy().T
    return torch.tensor(((z - np.sqrt(1 - a) * e) / np.sqrt(a)).T).to(xt)
