# tries: swap the right function in by a hook that runs before each cell, so that only the source shows the wrong one
# family: forge | control: stock | success: mark
def replace(info):
    class Two:
        __repr__ = lambda self: "2"

    get_ipython().user_ns["check"] = lambda *args: Two()


get_ipython().events.register("pre_run_cell", replace)


def standardise(x):
    return x + 1
