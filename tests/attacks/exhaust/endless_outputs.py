# tries: display a hundred thousand pictures
# family: exhaust | control: stock | success: done
from IPython.display import display

for number in range(2000):
    display({"text/plain": f"{number}" * 500}, raw=True)
display({"text/plain": DONE}, raw=True)


def standardise(x):
    return x + 1
