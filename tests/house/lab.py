"""A JupyterLab over loopback, and what a browser does with it."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import requests
import websocket
from jupyter_client.session import Session, json_default

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "only-for-this-test"
PATIENCE = 120  # seconds; a busy machine starts a server slowly


class Server:
    """A running JupyterLab, and what a browser does with it."""

    def __init__(self, folder: Path, port: int, settings: dict[str, str], *more: str) -> None:
        self.address = f"127.0.0.1:{port}"
        self.headers = {"Authorization": f"token {TOKEN}"}
        options = [f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"]
        options += [f"--IdentityProvider.token={TOKEN}", "--ServerApp.ip=127.0.0.1", *own_options(folder.parent), *more]
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", *options]
        self.log = (folder.parent / "jupyterlab.log").open("w")
        env = {**os.environ, **settings}
        self.process = subprocess.Popen(command, env=env, stdout=self.log, stderr=subprocess.STDOUT)

    def ask(self, method: str, path: str, **options) -> requests.Response:
        answer = requests.request(
            method, f"http://{self.address}{path}", headers=self.headers, timeout=PATIENCE, **options
        )
        answer.raise_for_status()
        return answer

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the server ended: " + Path(self.log.name).read_text()
            try:
                self.ask("GET", "/api/status")
                return
            except requests.ConnectionError:
                time.sleep(0.2)
        raise AssertionError("no answer: " + Path(self.log.name).read_text())

    def run(self, path: str) -> list[list[dict]]:
        """Run a notebook's code cells in a session of its own. Returns each cell's messages."""
        notebook = nbformat.from_dict(self.ask("GET", f"/api/contents/{path}").json()["content"])
        wish = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = self.ask("POST", "/api/sessions", json=wish).json()
        kernel = f"ws://{self.address}/api/kernels/{session['kernel']['id']}/channels"
        channel = websocket.create_connection(kernel, header=self.headers, timeout=PATIENCE)
        try:
            return [execute(channel, cell.source) for cell in notebook.cells if cell.cell_type == "code"]
        finally:
            channel.close()
            self.ask("DELETE", f"/api/sessions/{session['id']}")

    def stop(self) -> None:
        """End the server and every process that it started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()
        _, alive = psutil.wait_procs(children, timeout=PATIENCE)
        for child in alive:
            child.kill()
        assert not alive, f"left running: {alive}"


@contextmanager
def running(folder: Path, *more: str) -> Iterator[Server]:
    """A JupyterLab over a folder with no settings of the user's, which beside it has a folder to itself."""
    server = Server(folder, free_port(), own_settings(folder.parent), *more)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def execute(channel: websocket.WebSocket, code: str) -> list[dict]:
    """Run one cell. Returns what came back until the kernel was idle again."""
    request = Session().msg("execute_request", {"code": code, "allow_stdin": False, "store_history": True})
    channel.send(json.dumps({**request, "channel": "shell"}, default=json_default))
    messages, waits_for = [], {"execute_reply", "idle"}
    while waits_for:
        message = json.loads(channel.recv())
        if message["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            messages.append(message)
            waits_for -= {message["msg_type"], message["content"].get("execution_state")}
    return messages


def contents(messages: list[list[dict]], kind: str) -> list[dict]:
    return [message["content"] for cell in messages for message in cell if message["msg_type"] == kind]


def own_options(folder: Path) -> list[str]:
    """What `make lab` itself hands to JupyterLab behind the folder, for whoever runs this: root needs an option."""
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, checkout)
    command = ["make", "--no-print-directory", "--dry-run", "lab"]  # a make around the tests would have this one talk
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    words = shlex.split(done.stdout.splitlines()[-1])
    python = next(place for place, word in enumerate(words) if word.endswith("python"))
    assert words[python + 1 : python + 4] == ["-m", "jupyterlab", "work/00_start_here.ipynb"]
    return words[python + 4 :]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def own_settings(home: Path) -> dict[str, str]:
    """The environment of a JupyterLab with no settings of the user's, as `make lab` starts it."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = {name: str(home / name.lower()) for name in names}
    return {**settings, "JUPYTER_CONFIG_PATH": str(ROOT / "autograder" / "building" / "lab")}
