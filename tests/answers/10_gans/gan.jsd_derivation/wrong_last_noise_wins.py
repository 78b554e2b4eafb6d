# breaks: line 2 turns the average over noise into one over generated points | mistake: one noise for each point
import math

import torch


def objective_terms(p_data, d, p_z, image, weight):
    return {"real": weight * p_data * torch.log(d), "fake": weight * p_z * torch.log(1 - d[image])}


def pushed_terms(p_data, d, p_z, image, weight):
    p_model = torch.zeros_like(p_data)
    p_model[image] = p_z
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
    terms = mixture_terms(p_data, p_model, 1)
    return {"kl_data": terms["real"].sum(), "kl_model": terms["fake"].sum(), "constant": -weight * math.log(4)}


def jsd_terms(p_data, p_model, weight):
    kl = divergence_terms(p_data, p_model, weight)
    return {"factor": 2 * weight, "jsd": (kl["kl_data"] + kl["kl_model"]) / 2, "constant": kl["constant"]}
