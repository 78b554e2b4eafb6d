"""Pictures of notebooks 00 and 15 as a student sees them: light, dark and narrow.

    python -m tests.house.screens

runs their model answers in JupyterLab and writes docs/screens/NOTEBOOK-HOW.png, for reviewers.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from autograder.building.workspace import solved
from tests.house.browser import CHROMIUM, QUIET, command, opened
from tests.house.lab import ROOT, Server, free_port, own_settings

NOTEBOOKS = ("00_start_here", "15_diffusion_forward")
LOOKS = {"light": ("JupyterLab Light", 1200), "dark": ("JupyterLab Dark", 1200), "narrow": ("JupyterLab Light", 600)}
KERNEL = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"


def take(page: Page, name: str) -> None:
    """Run the notebook, then one picture for each look, of its last figure with controls and what stands around it."""
    page.wait_for_function(f"{KERNEL}?.status === 'idle'")
    command(page, "notebook:run-all-cells")
    page.wait_for_timeout(3000)
    page.wait_for_function(f"{KERNEL}?.status === 'idle'")
    for look, (theme, width) in LOOKS.items():
        command(page, "apputils:change-theme", theme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(1500)
        page.locator(".widget-slider").last.scroll_into_view_if_needed()
        page.wait_for_timeout(1500)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128)
        shot.save(ROOT / "docs" / "screens" / f"{name}-{look}.png", optimize=True)


def main() -> None:
    (ROOT / "docs" / "screens").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as started:
        home = Path(scratch)
        for folder in ("course", "solutions"):
            (home / folder).symlink_to(ROOT / folder)
        for name in NOTEBOOKS:
            solved(home, name)
        server = Server(home / "work", free_port(), own_settings(home), "--LabApp.expose_app_in_browser=True")
        try:
            server.wait()
            browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            for name in NOTEBOOKS:
                take(opened(browser, server, f"{name}.solved.ipynb"), name)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
