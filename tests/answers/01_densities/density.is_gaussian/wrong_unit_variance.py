# breaks: fitted to the training digits it costs at most 131.7 nats on the test digits | mistake: the width of the noise for its variance
import torch


def fit_pixels(pictures):
    mu = pictures.mean(0)
    cov = (pictures - mu).T @ (pictures - mu) / len(pictures)
    return mu, cov + torch.eye(len(mu)).to(cov)
