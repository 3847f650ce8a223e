from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roomtui.rooms.untrusted import Untrusted, letter_for_letter, safe
from tests.strangers import STRANGERS

# Unicode's own list of what is drawn as nothing (DerivedCoreProperties, Default_Ignorable_Code_Point).
IGNORABLE = [
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip

anything = st.text(
    st.characters() | st.sampled_from("\x1b\x07\x9b\u202e\u200b\u200d\ufe0f\u0301\u0338\u0323\ud800<>a \n")
)


@pytest.mark.parametrize(("raw", "shown"), [case[1:] for case in STRANGERS], ids=[case.what for case in STRANGERS])
def test_hostile_text_is_shown_as_one_harmless_line(raw: str, shown: str) -> None:
    assert safe(raw) == shown
    assert Untrusted(raw).safe == shown


def is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"} and (
        character in " \u3000" or character.isprintable()
    )


@settings(max_examples=500)
@given(anything)
@example("a\u0301\u0302\u0303\u0304")
@example("\u202e\u0301")
def test_in_a_field_every_character_keeps_its_place_and_none_is_obeyed(raw: str) -> None:
    shown = letter_for_letter(raw)
    assert len(shown) == len(raw)
    assert all(each in {"?", was} and is_harmless(each) for each, was in zip(shown, raw, strict=True))
    assert letter_for_letter(shown) == shown
    assert all(each == was for each, was in zip(shown, raw, strict=True)) or safe(raw) != unicodedata.normalize(
        "NFC", raw
    )


@settings(max_examples=500)
@given(anything)
@example("<\u0338")
@example("a\u0301\u0302\u0303\u0304")
def test_safe_text_is_printable_on_one_line_and_safe_again(raw: str) -> None:
    shown = safe(raw)
    assert all(is_harmless(character) for character in shown)
    assert len(shown.splitlines()) <= 1
    assert safe(shown) == shown
    shown.encode()  # a lone surrogate would not go out to any terminal


def test_no_character_of_unicode_gets_through_unless_it_is_harmless() -> None:
    planes = [*range(0x40000), *range(0xE0000, 0xE1000), 0xF0000, 0xFFFFF, 0x100000, 0x10FFFF]
    leaks = [point for point in planes if not all(map(is_harmless, safe(f"a{chr(point)}z")))]
    assert leaks == []


def test_what_is_drawn_as_nothing_is_made_visible() -> None:
    unseen = [
        point
        for first, last in IGNORABLE
        for point in range(first, last + 1)
        if safe(f"a{chr(point)}") != f"a<{point:04X}>"
    ]
    assert [hex(point) for point in unseen] == []


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_is_untouched(raw: str) -> None:
    assert safe(raw) == raw


@given(anything)
def test_nothing_is_lost(raw: str) -> None:
    """Every character of the (composed) text is there or stands for itself by its number."""
    rest = safe(raw)
    for character in unicodedata.normalize("NFC", raw):
        point = ord(character)
        forms = [character, f"<{point:04X}>", *([f"^{chr(point ^ 0x40)}"] if point < 0x80 else [])]
        form = next(form for form in forms if rest.startswith(form))
        rest = rest[len(form) :]
    assert rest == ""


@given(st.text(st.characters(categories=["Mn", "Me"]), max_size=40))
def test_never_more_than_two_marks_stand_on_a_letter(marks: str) -> None:
    run = 0
    for character in safe("a" + marks + "b"):
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        assert run <= 2


@given(anything)
def test_no_way_of_writing_it_out_leaks_the_raw_text(raw: str) -> None:
    text = Untrusted(raw)
    shown = text.safe
    assert str(text) == shown
    assert f"{text}" == shown
    assert f"{text:>30}" == shown.rjust(30)
    assert "%s" % text == shown  # noqa: UP031  # the old way of writing is one of the ways
    assert "{}".format(text) == shown  # noqa: UP032  # and so is this one
    assert repr(text) == f"Untrusted({shown!r})"
    for written in (repr(text), f"{text!r}", f"{text!a}", repr([text]), repr({text: text})):
        assert all(is_harmless(character) for character in written)


def test_it_is_no_string_so_nothing_shows_it_by_mistake() -> None:
    text = Untrusted("\x1b[2J")
    assert not issubclass(Untrusted, str)
    with pytest.raises(TypeError):
        "".join(["name: ", text])  # type: ignore[list-item]  # the point of the test
    with pytest.raises(TypeError):
        json.dumps(text)


@given(anything)
def test_the_raw_text_is_kept_as_it_came(raw: str) -> None:
    assert Untrusted(raw).raw == raw


@given(anything, anything)
def test_two_are_equal_and_in_order_exactly_as_their_raw_texts(one: str, other: str) -> None:
    assert (Untrusted(one) == Untrusted(other)) == (one == other)
    assert (Untrusted(one) < Untrusted(other)) == (one < other)
    assert hash(Untrusted(one)) == hash(Untrusted(one))


def test_names_that_are_shown_alike_are_still_two_names() -> None:
    composed, decomposed = Untrusted("\xe9"), Untrusted("e\u0301")
    assert composed.safe == decomposed.safe
    assert composed != decomposed
    assert len({composed, decomposed, Untrusted("\xe9")}) == 2
    assert Untrusted("^[") != Untrusted("\x1b")


def test_it_equals_no_plain_string() -> None:
    assert Untrusted("alice") != "alice"
    assert "alice" not in {Untrusted("alice"): 1, Untrusted("bob"): 2}


def test_an_order_with_something_else_is_refused() -> None:
    with pytest.raises(TypeError):
        sorted([Untrusted("a"), "b"])  # type: ignore[type-var]  # the point of the test


@pytest.mark.parametrize(("raw", "something"), [("", False), ("\x00", True), ("a", True), ("0", True)])
def test_it_is_true_when_there_is_any_text(raw: str, something: bool) -> None:  # noqa: FBT001  # a column
    assert bool(Untrusted(raw)) is something
