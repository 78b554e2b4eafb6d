# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: log K is forgotten


def iwae(log_w):
    top = log_w.max(dim=0, keepdim=True).values
    return (top + (log_w - top).exp().sum(dim=0, keepdim=True).log()).squeeze(0)
