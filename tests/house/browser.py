"""A real browser in front of a JupyterLab over loopback."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.house.lab import PATIENCE, TOKEN, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
QUIET += ("--disable-component-update", "--disable-sync")


def opened(browser: Browser, server: Server, name: str, width: int = 1300) -> Page:
    """One file in a fresh workspace."""
    page = browser.new_page(viewport={"width": width, "height": 1000})
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"http://{server.address}/lab/tree/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook", state="attached")
    return page


def command(page: Page, name: str, **options: object) -> None:
    """One of JupyterLab's own commands, as its menus give it."""
    page.evaluate("([name, options]) => window.jupyterapp.commands.execute(name, options)", [name, options])
