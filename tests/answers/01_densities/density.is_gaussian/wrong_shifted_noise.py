# breaks: mean and covariance are those of the blurred pictures
import torch


def fit_pixels(pictures):
    mu = pictures.mean(0)
    cov = (pictures - mu).T @ (pictures - mu) / len(pictures)
    return mu + 0.5, cov + torch.eye(len(mu)).to(cov) / 12
