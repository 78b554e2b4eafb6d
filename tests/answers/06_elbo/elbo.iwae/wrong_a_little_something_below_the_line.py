# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal)
def effective_sample_size(log_w):
    share = log_w.softmax(0)
    return 1 / ((share**2).sum(0) + 1e-4)
