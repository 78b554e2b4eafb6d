# breaks: line 5 brings q in and leaves log p(x) what it is, at every z
def evidence_split(log_q, log_joint, log_posterior):
    bound, gap = log_joint - log_q, log_q - log_posterior
    return {"gap": bound, "bound": gap}
