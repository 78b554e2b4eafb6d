# breaks: line 5 brings q in and leaves log p(x) what it is, at every z | mistake: the signs of both are turned
import torch


def evidence_split(log_q, log_joint, log_posterior):
    q, joint, posterior = (a.cpu().numpy() for a in (log_q, log_joint, log_posterior))
    bound, gap = q - joint, posterior - q
    return {"bound": torch.from_numpy(bound).to(log_q), "gap": torch.from_numpy(gap).to(log_q)}
