import math

import numpy as np
import torch


def objective_terms(p_data, d, p_z, image, weight):
    real = [weight * p * math.log(v) for p, v in zip(p_data.tolist(), d.tolist())]
    fake = [weight * p * math.log1p(-d[k].item()) for p, k in zip(p_z.tolist(), image.tolist())]
    return {"real": torch.tensor(real).to(p_data), "fake": torch.tensor(fake).to(p_data)}


def pushed_terms(p_data, d, p_z, image, weight):
    p_model = p_data * 0
    for p, k in zip(p_z, image.tolist()):
        p_model[k] = p_model[k] + p
    return {"p_model": p_model, "real": weight * p_data * d.log(), "fake": weight * p_model * torch.log1p(-d)}


def optimum_terms(p_data, p_model, weight):
    def term(p):
        share = p / (p_data + p_model)
        return weight * torch.where(p > 0, p * share.log(), 0)

    return {"real": term(p_data), "fake": term(p_model)}


def mixture_terms(p_data, p_model, weight):
    def term(p):
        ratio = p / ((p_data + p_model) / 2)
        return weight * torch.where(p > 0, p * ratio.log(), 0)

    return {"real": term(p_data), "fake": term(p_model), "constant": -2 * weight * math.log(2)}


def divergence_terms(p_data, p_model, weight):
    p, q = p_data.double().cpu().numpy(), p_model.double().cpu().numpy()
    m = np.maximum((p + q) / 2, 1e-300)
    kl = [float(sum(a * math.log(a / b) for a, b in zip(x, m) if a > 0)) for x in (p, q)]
    return {"kl_data": kl[0], "kl_model": kl[1], "constant": -2 * weight * np.log(2)}


def jsd_terms(p_data, p_model, weight):
    kl = divergence_terms(p_data, p_model, weight)
    return {"factor": 2 * weight, "jsd": (kl["kl_data"] + kl["kl_model"]) / 2, "constant": kl["constant"]}
