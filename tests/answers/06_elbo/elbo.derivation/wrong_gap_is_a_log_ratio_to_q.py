# breaks: line 5 brings q in and leaves log p(x) what it is, at every z | mistake: the second ratio upside down
import torch


def evidence_split(log_q, log_joint, log_posterior):
    return {"bound": torch.sub(log_joint, log_q), "gap": torch.sub(log_posterior, log_q)}
