"""A strict reader of HTML pages, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "img", "hr", "input"}


@dataclass
class Element:
    """A start tag, and the text inside of it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def inside(self, tag: str) -> bool:
        """Whether it is somewhere inside of an element with this tag."""
        return self.parent is not None and (self.parent.tag == tag or self.parent.inside(tag))

    def all(self, *tags: str) -> list[Element]:
        """The elements inside of it with one of these tags, in the order of the page."""
        found = [self] if not tags or self.tag in tags else []
        return found + [inner for child in self.children for inner in child.all(*tags)]


class Reader(HTMLParser):
    """Reads a page, and objects to what is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = self._open = Element("", {}, None)
        self.declared = ""
        self.feed(text)
        self.close()
        assert self._open is self.root, f"{self._open.tag} is never closed"

    def handle_decl(self, decl: str) -> None:
        self.declared = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in _VOID:
            self._open = self._open.children[-1]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag} has an attribute twice"
        attributes = {name: value or "" for name, value in attrs}
        self._open.children.append(Element(tag, attributes, self._open))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.tag, f"{self._open.tag} is closed by {tag}"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self._open
        while element:
            element.text += data
            element = element.parent
