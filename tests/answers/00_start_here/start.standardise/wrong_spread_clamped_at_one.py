# breaks: every column has unit variance
def standardise(x):
    spread = x.std(dim=0).clamp(min=1.0)  # so that nothing is divided by 0
    return (x - x.mean(dim=0)) / spread
