"""What somebody may be called, write or print who means no good, or only has a long name. And pages held against it."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</pre></details></section><h1>full marks</h1>",
    "</title></style><style>*{display:none}</style>",
    "<!-- ", "]]>", "&lt;script&gt;", "{{ 7 * 7 }}{% raw %}",
    '=HYPERLINK("https://example.org","marks")', "+1+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1",
    "javascript:alert(1)", "https://example.org/x.png",
    "mark \u202egnp.exe", "\u2066isolated", "line\u2028separator", "nul\x00bell\x07",
    "half \ud800 a character", "🎓👩‍🏫 emoji", "`code` and a ` mark", "two\nlines\r\nand\rthree", "n" * 200,
)  # fmt: skip

VOID = {"meta", "link", "img", "br", "wbr", "input", "hr"}
MAY = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "nav", "h1", "h2", "h3",
    "p", "ul", "li", "div", "span", "bdi", "strong", "em", "small", "code", "pre", "br", "wbr", "a", "details",
    "summary", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "input",
    "label", "img", "svg", "desc", "rect", "text",
}  # fmt: skip


class Page(HTMLParser):
    """A page taken apart: its tags and texts, once it has been found well nested and harmless."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        text.encode("utf-8")
        assert not set(text) & {"\u202e", "\u2066", "\u2028", "\x00", "\x07"}
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        assert tag in MAY, tag
        assert len(found) == len(attrs), f"an attribute twice: {attrs}"
        for name, value in attrs:
            assert not name.startswith("on"), (tag, attrs)
            if tag == "img" and name == "src" and value.startswith("data:image/"):
                continue
            assert name not in ("src", "srcset", "action", "formaction", "data", "poster", "xlink:href"), (tag, attrs)
            assert name != "href" or value.startswith("#"), (tag, attrs)
            assert name != "style" or "url" not in value, (tag, attrs)
        self.tags.append((tag, found))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def check_accessible(page: Page) -> None:
    """Language, headings in steps, captions, scopes, titles of figures, ids that lead somewhere, a strict policy."""
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert all(figure.get("role") == "img" for figure in page.all("svg"))
    assert len(page.all("desc")) == len(page.all("svg"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = {a[k] for _, a in page.tags for k in ("aria-labelledby", "for") if k in a}
    assert labels | {link["href"][1:] for link in page.all("a")} <= set(ids)
    (policy,) = (meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "script" not in policy
