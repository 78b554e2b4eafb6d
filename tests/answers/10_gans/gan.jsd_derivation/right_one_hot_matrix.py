import math

import torch


def objective_terms(p_data, d, p_z, image, weight):
    return {"real": weight * p_data * torch.log(d), "fake": weight * p_z * torch.log(1 - d[image])}


def pushed_terms(p_data, d, p_z, image, weight):
    lands = (image[:, None] == torch.arange(len(p_data), device=image.device)).to(p_data)  # (m, n)
    p_model = p_z @ lands
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
    terms = mixture_terms(p_data, p_model, 1)
    return {"kl_data": terms["real"].sum(), "kl_model": terms["fake"].sum(), "constant": -weight * math.log(4)}


def jsd_terms(p_data, p_model, weight):
    def entropy(p):
        return torch.special.entr(p).sum()

    mean = (entropy(p_data) + entropy(p_model)) / 2
    gap = entropy((p_data + p_model) / 2) - mean
    return {"factor": 2 * weight, "jsd": gap, "constant": -torch.tensor(2.0).log() * 2 * weight}
