"""Ways to write something that acts on a reader's page: in text, in what code prints, displays or raises."""

from __future__ import annotations

EVIL = "http://evil.invalid"

TEXTS = {
    "inline": f"[read]({EVIL}/inline)",
    "inline with a title": f'[read]({EVIL}/title "a title")',
    "inline in angles": f"[read](<{EVIL}/angles>)",
    "javascript": "[read](javascript:window.hit=1)",
    "javascript in capitals": "[read](JaVaScRiPt:window.hit=1)",
    "javascript by entity": "[read](&#106;avascript:window.hit=1)",
    "javascript by entity, no semicolon": "[read](&#106avascript:window.hit=1)",
    "javascript with a tab": "[read](<java\tscript:window.hit=1>)",
    "data": "[read](data:text/html,<script>window.hit=1</script>)",
    "relative": "[read](../../gradebook.db)",
    "from the root": "[read](/hub/logout)",
    "without a scheme": "[read](//evil.invalid/slashes)",
    "reference": f"[read][to]\n\n[to]: {EVIL}/reference",
    "reference of its own name": f"[read]\n\n[read]: {EVIL}/shortcut",
    "reference on two lines": f"[read\nme][]\n\n[read\nme]: {EVIL}/lines",
    "footnote": f"read[^1]\n\n[^1]: {EVIL}/footnote",
    "autolink": f"<{EVIL}/auto>",
    "autolink to javascript": "<javascript:window.hit=1>",
    "autolink to mail": "<a@evil.invalid>",
    "autolink to mail by a number": "<1@evil.invalid>",
    "bare": f"see {EVIL}/bare for more",
    "bare www": "see www.evil.invalid for more",
    "bare mail": "write to a@evil.invalid",
    "bare in code that is none": f"` see {EVIL}/tick for more",
    "picture": f"![see]({EVIL}/picture.png)",
    "picture by reference": f"![see][it]\n\n[it]: {EVIL}/referred.png",
    "picture in a link": f"[![see]({EVIL}/inner.png)]({EVIL}/outer)",
    "picture that is nowhere": "![see](attachment:nothing.png)",
    "anchor": f'<a href="{EVIL}/tag">read</a>',
    "tag": '<img src=x onerror="window.hit=1">',
    "tag in capitals": f'<IMG SRC="{EVIL}/tag.png">',
    "tag with a slash": "<svg/onload=window.hit=1>",
    "form": f'<form action="{EVIL}"><button>full marks</button></form>',
    "style": f"<style>body {{ background: url({EVIL}/style.png) }}</style>",
    "comment": f"<!-- -->[read]({EVIL}/comment)",
    "in a table": f"| a |\n|---|\n| [read]({EVIL}/cell) <a href='{EVIL}/html'>x</a> |",
    "in a list": f"- [read]({EVIL}/list)\n- [ ] <{EVIL}/task>",
    "in a quotation": f"> [read]({EVIL}/quoted)",
    "in a heading": f"# [read]({EVIL}/heading)",
    "formula": r"$\href{http://evil.invalid/formula}{x}$",
    "formula to javascript": r"$\href{javascript:window.hit=1}{x}$",
    "formula by entities": "&#36;\\h&#114;ef{http://evil.invalid/entities}{x}&#36;",
    "formula by escapes": "&#36;\\\\href{http://evil.invalid/escapes}{x}&#36;",
    "formula with a style": r"$\style{background:url(http://evil.invalid/style.png)}{x}$",
    "formula with a box": r"$\bbox[background:url(http://evil.invalid/box.png)]{x}$",
    "formula with a token": r'$\mmlToken{mtext}[href="http://evil.invalid/token"]{x}$',
    "formula in a macro": r"$\newcommand{\see}[1]{\href{#1}{x}} \see{http://evil.invalid/macro}$",
    "drawing": f'```mermaid\nflowchart LR\n  A --> B\n  click A href "{EVIL}/drawing"\n```',
}

PRINTED = {
    "address": f"see {EVIL}/printed",
    "www": "see www.evil.invalid/printed",
    "data": "see data:text/html,evil",
    "another scheme": "see vbscript://evil.invalid",
    "colours between": "see http:\x1b[31m//evil.invalid/colours",
    "colours within": "see ww\x1b[31mw.evil.invalid/within",
    "colours that hide one another": "see \x1b[<www\x1b[1m.evil.invalid/hidden",
    "overwritten": "see http:/_evil.invalid/over\rsee http://",
    "taken back": "see http:_\b//evil.invalid/back",
}

RAISED = (
    r"$\href{http://evil.invalid/raised}{x}$ $\href{javascript:window.hit=1}{x}$ "
    "<a href='http://evil.invalid/raised'>x</a> http://evil.invalid/raised"
)
