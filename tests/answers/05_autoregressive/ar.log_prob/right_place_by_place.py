import torch


def shift_right(x, start):
    rows = [[start, *row[:-1]] for row in x.tolist()]
    return torch.tensor(rows, dtype=torch.int64, device=x.device)


def next_log_p(logits, x):
    total = torch.logsumexp(logits, dim=-1)
    picked = (logits * torch.nn.functional.one_hot(x, logits.shape[-1]).to(logits)).sum(-1)
    return picked - total


def log_prob(net, x, K):
    total = 0
    for d in range(x.shape[1]):
        logits = net(shift_right(x[:, : d + 1], K))[:, -1]
        total = total + torch.log_softmax(logits, -1)[torch.arange(len(x)), x[:, d]]
    return total
