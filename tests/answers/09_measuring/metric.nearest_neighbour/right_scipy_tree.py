# a tree from scipy
from scipy.spatial import KDTree


def neighbour_ratio(train, fake, test):
    tree = KDTree(train.double().cpu().numpy())
    a, b = (float(tree.query(x.double().cpu().numpy())[0].mean()) for x in (fake, test))
    return {"fake": a, "real": b, "ratio": a / b}
