# each line calls the one before
import torch


def unroll_once(x_prev, eps_new, alpha):
    return {"signal": alpha**0.5 * x_prev, "new_noise": (1 - alpha) ** 0.5 * eps_new}


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    before = unroll_once(x_prev2, eps_old, alpha)
    after = {name: unroll_once(term, eps_new, alpha) for name, term in before.items()}
    return {
        "signal": after["signal"]["signal"],
        "old_noise": after["new_noise"]["signal"],
        "new_noise": after["signal"]["new_noise"],
    }


def unroll_all(x0, eps, alpha):
    signal, noise = x0, torch.zeros_like(eps)
    for k, e in enumerate(eps):
        step = unroll_once(signal, e, alpha)
        noise = alpha**0.5 * noise
        signal, noise[k] = step["signal"], step["new_noise"]
    return {"signal": signal, "noise": noise}


def variance_sum(t, alpha):
    powers, power = [], 1
    for _ in range(t):
        powers.append(power)
        power *= alpha
    return {"factor": 1 - alpha, "powers": powers}


def variance_closed(t, alpha):
    line = variance_sum(t, alpha)
    return {"variance": line["factor"] * sum(line["powers"])}
