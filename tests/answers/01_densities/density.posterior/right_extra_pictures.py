import torch


def log_posterior(log_lik, log_prior):
    return torch.log_softmax(log_lik + log_prior[None], dim=-1)


def fit_naive_bayes(x, y, classes):
    D = x.shape[1]
    log_prior = torch.bincount(y, minlength=classes).to(x).div(len(y)).log()
    white, black = torch.zeros(classes, D).to(x), torch.ones(classes, D).to(x)
    every = torch.arange(classes, device=y.device)
    pictures, labels = torch.cat([x, white, black]), torch.cat([y, every, every])
    return log_prior, torch.stack([pictures[labels == k].mean(0) for k in range(classes)])
