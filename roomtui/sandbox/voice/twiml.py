"""TwiML documents, parsed with care: whatever a stranger's server sends is read without harm or refused.

Codes are those of Twilio's debugger: 12100 document parse failure, 12200 schema validation warning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from roomtui.sandbox.voice.schema import ATTRIBUTES, NOUNS

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_BYTES = 64 * 1024
"""A larger response is refused (11750)."""

_DEEPEST = 20
"""No TwiML nests deeper than five; what does is no TwiML."""


class TwimlError(Exception):
    """A document that cannot be followed.

    Attributes:
        code: 12100 for what is no TwiML, 11750 for what is too large.
        message: as Twilio's debugger says it.
    """

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


@dataclass(slots=True)
class Element:
    """A verb or a noun. `text` is its own character data, without that of its children."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    line: int = 0

    @property
    def content(self) -> str:
        """The text without the white space around it."""
        return self.text.strip()


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs of a document in order, and what Twilio warns of in it (12200)."""

    verbs: list[Element]
    warnings: list[str]


def parse(text: str) -> Document:
    """The document of a text.

    A document type is refused, and with it every entity: TwiML has no use for either.

    Raises:
        TwimlError: 11750 or 12100.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise TwimlError(12100, "Document parse failure: not valid UTF-8") from None
    if size > LARGEST_BYTES:
        raise TwimlError(11750, "TwiML response body too large")
    root = _Builder().build(text)
    if root.name != "Response":
        raise TwimlError(12100, f"Document parse failure: the root element is <{root.name[:40]}>, not <Response>")
    warnings: list[str] = []
    _check(root, warnings)
    return Document(root.children, warnings)


class _Builder:
    """Builds elements from expat's events."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def build(self, text: str) -> Element:
        try:
            self._parser.Parse(text, True)  # noqa: FBT003 - expat takes it by position only
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise TwimlError(
                12100, f"Document parse failure: {reason} (line {error.lineno}, column {error.offset + 1})"
            ) from None
        if self._root is None:
            raise TwimlError(12100, "Document parse failure: no element found")
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise TwimlError(12100, "Document parse failure: elements are nested too deep")
        element = Element(name, attributes, line=self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _doctype(self, *_declaration: object) -> None:
        raise TwimlError(12100, "Document parse failure: a document type is not allowed")


def _check(element: Element, warnings: list[str]) -> None:
    """Warn of what the schema does not know. It is case-sensitive (12200: "<say> will not")."""
    allowed = NOUNS.get(element.name, frozenset())
    if element.name == "Response" and element.content:
        warnings.append(f"Schema validation warning: text is not allowed in <Response> (line {element.line})")
    for child in element.children:
        if child.name not in allowed:
            warnings.append(
                f"Schema validation warning: <{child.name[:40]}> is not allowed in <{element.name}> (line {child.line})"
            )
            continue
        known = ATTRIBUTES.get(child.name)
        warnings += [
            f"Schema validation warning: attribute {name[:40]} is not allowed in <{child.name}> (line {child.line})"
            for name in child.attributes
            if known is not None and name not in known and not name.startswith("xml:")
        ]
        _check(child, warnings)
