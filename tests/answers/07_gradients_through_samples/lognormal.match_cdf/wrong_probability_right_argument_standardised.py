# breaks: line 2 is the probability of that event, by the error function
import torch


def normal_cdf(threshold):
    return {"argument": threshold, "probability": torch.special.ndtr(threshold)}
