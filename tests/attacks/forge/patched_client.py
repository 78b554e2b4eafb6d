# tries: judge another function than the student's, by way of the client that the check calls
# family: forge | control: stock | success: mark
import sys

import torch

import pushforward


def right(x):
    s = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(s > 0, s, 1.0)


client = sys.modules["pushforward.check"]
client._namespace = lambda *args: {"standardise": right}
sys.modules["pushforward.answering.elsewhere"]._elsewhere = False


def standardise(x):
    return x + 1
