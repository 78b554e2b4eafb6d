"""Stock nbgrader, for the controls: its own Execute, a real IPython kernel, its own marks. Only the start is quicker.

A kernel that imports torch and the judge takes three seconds to start. Here every kernel is forked from a process
that has imported them already; `python -m tests.attacks.stock FOLDER` is that process.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode

# What Jupyter starts in place of a kernel: it has one forked, and lives as long as that one.
DOOR = """
import json, os, signal, socket, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
door = socket.socket(socket.AF_UNIX)
door.connect(sys.argv[1])
door.sendall(json.dumps([sys.argv[2], os.getcwd(), dict(os.environ)]).encode() + b"\\n")
while door.recv(100):
    pass
"""


class Stock:
    """A context manager; `marks` grades a notebook as `nbgrader autograde` does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Stock:
        root = Path(__file__).resolve().parents[2]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "NBGRADER_EXECUTION": "autograde"}
        self.before, os.environ["JUPYTER_PATH"] = os.environ.get("JUPYTER_PATH"), str(self.folder)
        spec = self.folder / "kernels" / "forked"
        spec.mkdir(parents=True)
        (spec / "door.py").write_text(DOOR)
        argv = [sys.executable, "-SE", str(spec / "door.py"), str(self.folder / "door"), "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "forked", "language": "python"}))
        command = [sys.executable, "-m", "tests.attacks.stock", str(self.folder)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=root, env=environment, start_new_session=True
        )
        assert self.process.stdout.readline() == b"ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        os.environ.pop("JUPYTER_PATH") if self.before is None else os.environ.update(JUPYTER_PATH=self.before)

    def run(self, notebook: NotebookNode, seconds: int = 20) -> NotebookNode:
        """The notebook after nbgrader's own Execute. Raises what that raises, e.g. for a kernel that died."""
        from nbgrader.preprocessors import Execute

        run = deepcopy(notebook)
        run.metadata.kernelspec = {"name": "forked", "display_name": "forked", "language": "python"}
        return Execute(timeout=seconds).preprocess(run, {"metadata": {"path": str(self.folder)}})[0]


def marks(notebook: NotebookNode) -> dict[str, float]:
    """nbgrader's id → the points that nbgrader reads from a notebook that has run."""
    from nbgrader.utils import determine_grade, is_grade

    found = {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in notebook.cells if is_grade(c)}
    return {id: points or 0.0 for id, points in found.items()}


def serve(folder: Path) -> None:
    """Import what kernels and checks import, then fork a kernel for each caller."""
    import matplotlib.pyplot  # noqa: F401
    from ipykernel.kernelapp import IPKernelApp

    from autograder.judging.exercise import all_exercises

    all_exercises()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "door"))
        door.listen(100)
        print("ready", flush=True)
        while True:
            caller, _ = door.accept()
            if os.fork() == 0:
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                file, place, environment = json.loads(caller.makefile().readline())
                os.chdir(place)
                os.environ.update(environment)
                IPKernelApp.launch_instance(argv=["-f", file, "--HistoryManager.hist_file=:memory:", "--log-level=40"])
                os._exit(0)
            caller.close()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
