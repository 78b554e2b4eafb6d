# breaks: line 4 brings in the mixture and pays for it with the logarithm of 2 | mistake: log 2 whatever the weighting
import math

import torch


def objective_terms(p_data, d, p_z, image, weight):
    return {"real": weight * p_data * torch.log(d), "fake": weight * p_z * torch.log(1 - d[image])}


def pushed_terms(p_data, d, p_z, image, weight):
    p_model = torch.bincount(image, weights=p_z, minlength=len(p_data)).to(p_data)
    return {"p_model": p_model, "real": weight * p_data * d.log(), "fake": weight * p_model * (1 - d).log()}


def optimum_terms(p_data, p_model, weight):
    def term(p):
        share = p / (p_data + p_model)
        return weight * torch.where(p > 0, p * share.log(), 0)

    return {"real": term(p_data), "fake": term(p_model)}


def mixture_terms(p_data, p_model, weight):
    terms = optimum_terms(p_data, p_model, weight)
    real = terms["real"] + weight * p_data * math.log(2)
    return {"real": real, "fake": terms["fake"] + weight * p_model * math.log(2), "constant": -math.log(2)}


def divergence_terms(p_data, p_model, weight):
    terms = mixture_terms(p_data, p_model, 1)
    return {"kl_data": terms["real"].sum(), "kl_model": terms["fake"].sum(), "constant": -weight * math.log(4)}


def jsd_terms(p_data, p_model, weight):
    kl = divergence_terms(p_data, p_model, weight)
    return {"factor": 2 * weight, "jsd": (kl["kl_data"] + kl["kl_model"]) / 2, "constant": kl["constant"]}
