# step by step
import torch


def beta_at(step, warm):
    return torch.tensor(1.0 if warm == 0 else step / warm, dtype=torch.float64).clamp(max=1).item()


def is_bound(beta):
    return beta - 1 >= 0


def above_log_p():
    return torch.tensor(5.0), torch.tensor(2.6), torch.tensor(0.6)
