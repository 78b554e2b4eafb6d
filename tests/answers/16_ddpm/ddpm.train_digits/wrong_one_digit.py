# breaks: the pictures come near the digits in the features of a classifier | mistake: one digit only
import torch

from pushforward.data import digits

PICTURES, LABELS = digits("train")
OFTEN = ((PICTURES.flatten(1).long()[:, :, None] == torch.arange(17)).float().mean(0) + 1e-3).log()


def level_log_p(votes, xt, kept):
    kept, u = kept[:, None, None], torch.arange(17, device=xt.device).to(xt) / 8 - 1
    return (votes - (xt[:, :, None] - kept.sqrt() * u) ** 2 / (2 * (1 - kept))).log_softmax(2)


def digit_levels(xt, kept):
    """Each pixel by itself, at its frequencies."""
    return level_log_p(OFTEN.expand(len(xt), 64, 17), xt, kept)


def sample_digits(xT):
    """Threes, from the mean and the covariance of all threes: new, unlike each other, and of one mode only."""
    x = PICTURES[LABELS == 3].flatten(1) / 8 - 1
    square = torch.cov(x.T) + 1e-4 * torch.eye(64)
    return (x.mean(0) + xT @ torch.linalg.cholesky(square).T).clamp(-1, 1)
