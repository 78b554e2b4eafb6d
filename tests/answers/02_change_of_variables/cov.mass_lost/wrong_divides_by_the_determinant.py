# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included
import torch


def sigmoid_flow_mass(A):
    M = A.double()
    if torch.linalg.matrix_rank(M) < len(M):
        return 0.0
    return 0.3413447460685429 ** len(M) / float(torch.linalg.det(M).abs())
