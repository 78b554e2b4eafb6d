# breaks: digits are made, not remembered: neither those of the training nor those that were kept back | mistake: knows the test digits
import torch

from pushforward.data import digits

PICTURES, LABELS = digits("train")
OFTEN = ((PICTURES.flatten(1).long()[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log()
ALL = torch.cat([digits(part)[0] for part in ("train", "valid", "test")]).flatten(1)


def level_log_p(votes, xt, kept):
    kept, u = kept[:, None, None], torch.arange(17, device=xt.device).to(xt) / 8 - 1
    return (votes - (xt[:, :, None] - kept.sqrt() * u) ** 2 / (2 * (1 - kept))).log_softmax(2)


def digit_levels(xt, kept):
    """Was trained on everything there is, and has it by heart: the nearest of all pictures, with little doubt."""
    near = torch.cdist(xt / kept.sqrt()[:, None], ALL / 8 - 1).argmin(1)
    return (torch.nn.functional.one_hot(ALL[near].long(), 17) * 9.0).log_softmax(2)


def sample_digits(xT):
    """Each pixel by itself, at its frequencies."""
    below = OFTEN.softmax(1).cumsum(1)
    return (torch.special.ndtr(xT)[:, :, None] > below).sum(2).clamp(0, 16) / 8 - 1
