# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal) | mistake: perplexity of the weights
from torch.distributions import Categorical


def effective_sample_size(log_w):
    return Categorical(logits=log_w.T).entropy().exp()
