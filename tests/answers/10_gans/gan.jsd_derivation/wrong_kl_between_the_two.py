# breaks: line 5 gathers the terms into two divergences from the mixture | mistake: each from the other
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
    def term(p):
        ratio = p / ((p_data + p_model) / 2)
        return weight * torch.where(p > 0, p * ratio.log(), 0)

    return {"real": term(p_data), "fake": term(p_model), "constant": -2 * weight * math.log(2)}


def divergence_terms(p_data, p_model, weight):
    def kl(p, q):
        return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()

    return {
        "kl_data": kl(p_data, p_model),
        "kl_model": kl(p_model, p_data),
        "constant": -2 * weight * math.log(2),
    }


def jsd_terms(p_data, p_model, weight):
    terms = mixture_terms(p_data, p_model, 0.5)
    return {
        "factor": 2 * weight,
        "jsd": (terms["real"] + terms["fake"]).sum(),
        "constant": terms["constant"] * 2 * weight,
    }
