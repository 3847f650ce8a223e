"""Strangers' names in snippets: whoever reads one gets the very same text, and people are shown the very snippet."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import unicodedata
from itertools import islice
from random import Random
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roomtui.rooms.twiml import IDENTITY_MAX, Language, TwimlError, snippet
from roomtui.rooms.untrusted import safe
from tests.strangers import STRANGERS, names

IN_XML = (Language.XML, Language.BIN)
MANY = [each.raw[:IDENTITY_MAX] for each in STRANGERS] + list(islice(names(Random(11)), 1500))  # noqa: S311 - the same ones
TELLING = [
    "\u0338", ">\u0338", "=\u0338<\u0338&\u0338", "e\u0301\u0316\u0317\u0318", "\u1100\u1161\u11a8", "\uac00\u11a8",
    "\u0958\u2126\u212b", "\U0001f1e9\U0001f1ea", "Q\u0316\u0317\u0318\u0319", "\u202e\u2066\u200b\ufeff", "]]>\u0301",
    "\t\n\r", " \t ", "\x7f\x85\u2028", "\ufffd\U0010ffff\U0001fffe", "a\u3000b", "\u3164\u115f", "\u0e17\u0e35\u0e48",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(MANY + TELLING),
    st.text(st.sampled_from("".join(TELLING)), max_size=IDENTITY_MAX),
    st.text(max_size=IDENTITY_MAX),
)


def xml_has_it(text: str) -> bool:
    """Whether all of it is what XML 1.0 calls a Char, as its section 2.2 lists them."""
    return all(
        each in "\t\n\r" or " " <= each <= "\ud7ff" or "\ue000" <= each <= "\ufffd" or each >= "\U00010000"
        for each in text
    )


def read_by_expat(document: str) -> list[tuple[str, dict[str, str], str]]:
    """Each element with its attributes and the text right in it, as the parser beneath all others tells it."""
    found: list[tuple[str, dict[str, str], list[str]]] = []
    stack: list[list[str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append((tag, attributes, []))
        stack.append(found[-1][2])

    def end(_tag: str) -> None:
        stack.pop()

    def data(part: str) -> None:
        stack[-1].append(part)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.Parse(document.encode(), True)  # noqa: FBT003 - it takes no keyword
    return [(tag, attributes, "".join(parts)) for tag, attributes, parts in found]


def written(name: str, identity: str, words: str, language: Language) -> str | None:
    """The snippet, or None where it was refused, and rightly so."""
    if all(map(xml_has_it, (name, identity, words))):
        return snippet(name, identity=identity, fallback_say=words, language=language)
    first = next(each for each in (name, identity, words) if not xml_has_it(each))
    bad = next(each for each in first if not xml_has_it(each))
    with pytest.raises(TwimlError) as refusal:
        snippet(name, identity=identity, fallback_say=words, language=language)
    assert f" holds {safe(bad)}, which XML cannot carry" in str(refusal.value)
    assert str(refusal.value).isprintable()
    return None


def same(name: str, identity: str, words: str, language: Language) -> None:
    """All parsers read from this snippet what went into it."""
    document = written(name, identity, words, language)
    if document is None:
        return
    attributes = {"participantIdentity": identity} if identity else {}
    wanted = [("Room", attributes, name)]
    if words:
        wanted.append(("Say", {}, words))
    response, connect, *told = read_by_expat(document)
    assert [response[:2], connect[:2]] == [("Response", {}), ("Connect", {})]
    assert told == wanted
    tree = ET.fromstring(document)  # noqa: S314 - our own XML
    assert [(each.tag, each.attrib, each.text or "") for each in (tree[0][0], *tree[1:])] == told


@pytest.mark.parametrize("language", IN_XML)
def test_every_stranger_s_name_comes_out_of_the_xml_as_it_went_in_or_is_refused(language: Language) -> None:
    for each in MANY + TELLING:
        same(each, each, each, language)


@given(texts, texts, texts, st.sampled_from(IN_XML))
@example("\t\n\r", "\t\n\r", "\t\n\r", Language.XML)
@example("\u0338", "\u0338", "\u0338", Language.XML)
def test_whatever_it_is_it_comes_out_of_the_xml_as_it_went_in_or_is_refused(
    name: str, identity: str, words: str, language: Language
) -> None:
    same(name, identity, words, language)


def test_at_least_as_many_names_are_written_as_are_refused() -> None:
    """So that the tests here are about something."""
    refused = sum(written(each, "", "", Language.XML) is None for each in MANY)
    assert 50 < refused < len(MANY) / 2


@pytest.mark.parametrize("space", ["\t", "\n", "\r"])
def test_white_space_that_a_parser_would_change_is_a_reference(space: str) -> None:
    document = snippet(f"a{space}b", identity=f"c{space}d")
    assert f'participantIdentity="c&#{ord(space)};d">a&#{ord(space)};b<' in document


@given(texts, texts, texts, st.sampled_from(Language))
def test_what_people_are_shown_of_a_snippet_is_the_snippet(
    name: str, identity: str, words: str, language: Language
) -> None:
    """So it can be selected by hand, and nothing that normalises text on the way makes something else of it."""
    text = written(name, identity, words, language)
    if text is None:
        return
    for row in text.split("\n"):
        assert safe(row) == row
    assert unicodedata.normalize("NFC", text) == text


def test_no_mark_of_a_stranger_s_stands_on_the_markup() -> None:
    document = snippet("\u0338a;\u0338", identity="\u0301&\u0338")
    assert 'participantIdentity="&#769;&amp;&#824;">&#824;a;&#824;</Room>' in document


def test_scripts_stay_legible() -> None:
    for name in (
        "\u0928\u092e\u0938\u094d\u0924\u0947",
        "\u0e17\u0e35\u0e48",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u4f1a\u8b70",
    ):
        assert f"<Room>{name}</Room>" in snippet(name)


def strings(program: str) -> dict[str, str]:
    """The literals that a Python snippet hands to Twilio's SDK, by what they are."""
    found = {}
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"room", "say"}:
            (argument,) = node.args
            found[node.func.attr] = ast.literal_eval(argument)
            found |= {str(each.arg): ast.literal_eval(each.value) for each in node.keywords}
    return found


def calls(name: str, identity: str, words: str) -> dict[str, str]:
    """What `strings` is to find."""
    more = {"participant_identity": identity, "say": words}
    return {"room": name, **{each: text for each, text in more.items() if text}}


@given(texts, texts, texts)
def test_the_literals_of_the_python_are_the_very_texts(name: str, identity: str, words: str) -> None:
    program = written(name, identity, words, Language.PYTHON)
    if program is not None:
        assert program.isascii()
        assert strings(program) == calls(name, identity, words)


_RUN = """
const programs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(programs.map((program) => {
  const told = [];
  class VoiceResponse {
    connect() { return { room: (...given) => told.push(['room', ...given]) }; }
    say(words) { told.push(['say', words]); }
  }
  const library = (name) => name === 'twilio' ? { twiml: { VoiceResponse } } : undefined;
  new Function('require', 'console', program)(library, { log() {} });
  return told;
})).replace(/[^ -~]/g, (each) => '\\\\u' + each.charCodeAt(0).toString(16).padStart(4, '0')));
"""


def told_to_the_library(name: str, identity: str, words: str) -> list[list[Any]]:
    room: list[Any] = ["room", {"participantIdentity": identity}, name] if identity else ["room", name]
    return [room, ["say", words]] if words else [room]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_node_itself_reads_the_very_texts() -> None:
    given_ = [each for each in MANY + TELLING if xml_has_it(each)]
    programs = [snippet(each, identity=each, fallback_say=each, language=Language.NODE) for each in given_]
    done = subprocess.run(
        ["node", "-e", _RUN], input=json.dumps(programs), capture_output=True, text=True, check=True, timeout=60
    )  # fmt: skip
    assert json.loads(done.stdout) == [told_to_the_library(each, each, each) for each in given_]
