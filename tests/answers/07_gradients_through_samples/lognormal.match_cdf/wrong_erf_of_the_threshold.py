# breaks: line 2 is the probability of that event, by the error function | mistake: the root of two is missing
import torch


def normal_cdf(threshold):
    argument = threshold.clone()
    return {"argument": argument, "probability": torch.erfc(-argument) / 2}
