# breaks: line 2 is the probability of that event, by the error function | mistake: the upper tail
import torch


def normal_cdf(threshold):
    argument = threshold / 2**0.5
    return {"argument": argument, "probability": 1 - (torch.erf(argument) + 1) / 2}
