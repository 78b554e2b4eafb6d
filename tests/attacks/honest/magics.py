%time 1 + 1
%matplotlib inline
!ls
files = !echo one two
%env LANGUAGE=en
import torch


def standardise(x):
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)


%timeit -n 2 -r 1 standardise(torch.ones(3, 2))
standardise?
