# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal)
def effective_sample_size(log_w):
    return log_w.sum(0) ** 2 / (log_w**2).sum(0)
