# breaks: chain_nelbo: each rung costs −log p(x_k | x_<k), and all pictures together have the probability one | mistake: A transposed
import torch


def chain_nelbo(x, A, b):
    logits = b + x @ torch.tril(A, -1)
    kl = torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return {"kl": kl, "nelbo": kl.sum(1)}
