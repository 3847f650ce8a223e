"""Reading TwiML, whatever it is that a server sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.sandbox.voice.twiml import LARGEST_BYTES, TwimlError, parse


def test_verbs_come_in_order_with_attributes_and_text() -> None:
    document = parse("<Response><Say loop='2'> Hello &amp; <w>good</w> day </Say><Pause length='3'/></Response>")
    say, pause = document.verbs
    assert (say.name, say.attributes, say.content) == ("Say", {"loop": "2"}, "Hello &  day")
    assert (say.children[0].name, pause.attributes["length"]) == ("w", "3")
    assert document.warnings == []


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0" encoding="UTF\u20108"?><Response/>',  # as the documentation's own sample is printed
        "",
        "   ",
        ' <?xml version="1.0" encoding="UTF-8"?><Response/>',
        "Hello",
        "<Response>",
        "<Response><Say>A & B</Say></Response>",
        "<Response><Say loop=1>A</Say></Response>",
        "<response/>",
        "<html><body/></html>",
        "<Response/><Response/>",
        "<Response>\x00</Response>",
        "<Response>\ud800</Response>",
        "<Response>&nbsp;</Response>",
        "<Response>" + "<Say>" * 30 + "</Say>" * 30 + "</Response>",
        '<!DOCTYPE Response SYSTEM "http://127.0.0.1/x.dtd"><Response/>',
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Response>&b;</Response>',
    ],
)
def test_what_is_no_twiml_is_a_document_parse_failure(text: str) -> None:
    with pytest.raises(TwimlError) as failure:
        parse(text)
    assert failure.value.code == 12100
    assert failure.value.message.startswith("Document parse failure")


def test_64_kilobytes_are_the_bound() -> None:
    frame = "<Response></Response>"
    assert parse(frame.replace("><", f">{' ' * (LARGEST_BYTES - len(frame))}<")).verbs == []
    with pytest.raises(TwimlError) as failure:
        parse(frame.replace("><", f">{' ' * (LARGEST_BYTES - len(frame) + 1)}<"))
    assert failure.value.code == 11750


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        ("<say>hi</say>", "<say> is not allowed in <Response>"),
        ("<Room>daily</Room>", "<Room> is not allowed in <Response>"),
        ("<Connect><Say>hi</Say></Connect>", "<Say> is not allowed in <Connect>"),
        ("<Connect><Room identity='a'>x</Room></Connect>", "attribute identity is not allowed in <Room>"),
        ("words", "text is not allowed in <Response>"),
    ],
)
def test_what_the_schema_does_not_know_is_warned_of_and_no_failure(inside: str, complaint: str) -> None:
    (warning,) = parse(f"<Response>{inside}</Response>").warnings
    assert complaint in warning


def test_a_declared_encoding_does_not_matter_for_text_that_was_read_already() -> None:
    (say,) = parse('<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>é</Say></Response>').verbs
    assert say.content == "é"


@given(st.text(max_size=200) | st.text(alphabet="<>/&;!'\" ResponSay[]", max_size=200))
def test_any_text_is_a_document_or_a_twiml_error(text: str) -> None:
    assert _outcome(text) in {None, 12100, 11750}


def _outcome(text: str) -> int | None:
    try:
        parse(text)
    except TwimlError as error:
        return error.code
    return None
