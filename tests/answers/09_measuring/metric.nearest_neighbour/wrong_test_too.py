# breaks: the first number is the mean distance of a fake to the nearest training sample | mistake: nearest of training and test together
import torch


def neighbour_ratio(train, fake, test):
    def nearest(s, known):
        return (s[:, None] - known).norm(dim=-1).amin(1).mean()

    a, b = nearest(fake, torch.cat([train, test])), nearest(test, train)
    return {"fake": a, "real": b, "ratio": a / b}
