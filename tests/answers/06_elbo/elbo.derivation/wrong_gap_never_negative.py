# breaks: line 5 brings q in and leaves log p(x) what it is, at every z
def evidence_split(log_q, log_joint, log_posterior):
    return {"bound": log_joint - log_q, "gap": (log_q - log_posterior).clamp(min=0)}
