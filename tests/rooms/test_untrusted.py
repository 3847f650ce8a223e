from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roomtui.rooms.untrusted import Untrusted, safe

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"

CORPUS = [
    ("plain", "DailyStandup", "DailyStandup"),
    ("empty", "", ""),
    ("spaces", "  Board & Co  ", "  Board & Co  "),
    ("ESC", "a\x1bb", "a^[b"),
    ("CSI clears the screen", "\x1b[2J\x1b[H", "^[[2J^[[H"),
    ("SGR colours", "\x1b[31mred\x1b[0m", "^[[31mred^[[0m"),
    ("OSC 52 ended by BEL", f"{ESC}]52;c;QUFB{BEL}", "^[]52;c;QUFB^G"),
    ("OSC 52 ended by ST", f"{ESC}]52;c;QUFB{ST}", "^[]52;c;QUFB^[\\"),
    ("OSC 52 in C1", "\x9d52;c;QUFB\x9c", "<009D>52;c;QUFB<009C>"),
    ("OSC 8 link", f"{ESC}]8;;http://x{ST}go{ESC}]8;;{ST}", "^[]8;;http://x^[\\go^[]8;;^[\\"),
    ("DCS", f"{ESC}P+q544e{ST}", "^[P+q544e^[\\"),
    ("DCS in C1", "\x90q\x9c", "<0090>q<009C>"),
    ("tmux pass-through", f"{ESC}Ptmux;{ESC}{ESC}]52;c;QQ=={BEL}{ST}", "^[Ptmux;^[^[]52;c;QQ==^G^[\\"),
    ("APC and PM", f"{ESC}_x{ST}{ESC}^y{ST}", "^[_x^[\\^[^y^[\\"),
    ("CSI in C1", "\x9b2J", "<009B>2J"),
    ("NUL", "a\x00b", "a^@b"),
    ("DEL", "a\x7fb", "a^?b"),
    ("backspaces", "evil\x08\x08\x08\x08good", "evil^H^H^H^Hgood"),
    ("line feed", "two\nlines", "two^Jlines"),
    ("carriage return", "over\rwritten", "over^Mwritten"),
    ("CR LF", "a\r\nb", "a^M^Jb"),
    ("tab", "a\tb", "a^Ib"),
    ("vertical tab and form feed", "a\x0bb\x0cc", "a^Kb^Lc"),
    ("NEL", "a\x85b", "a<0085>b"),
    ("line separator", "a\u2028b", "a<2028>b"),
    ("paragraph separator", "a\u2029b", "a<2029>b"),
    ("bidi override", "\u202egpj.exe", "<202E>gpj.exe"),
    ("bidi embeddings and isolates", "\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069",
     "<202A><202B><202C><202D><2066><2067><2068><2069>"),
    ("bidi marks", "a\u200e\u200f\u061cb", "a<200E><200F><061C>b"),
    ("zero width", "al\u200bi\u200cc\u2060e\ufeff", "al<200B>i<200C>c<2060>e<FEFF>"),
    ("soft hyphen", "a\xadb", "a<00AD>b"),
    ("invisible operators", "a\u2061\u2062\u2063\u2064b", "a<2061><2062><2063><2064>b"),
    ("ZWJ emoji", "\U0001f468\u200d\U0001f4bb", "\U0001f468<200D>\U0001f4bb"),
    ("emoji", "\U0001f600", "\U0001f600"),
    ("variation selector", "\u2764\ufe0f", "\u2764<FE0F>"),
    ("ideographic variation selector", "\u8fbb\U000e0101", "\u8fbb<E0101>"),
    ("Mongolian variation selectors", "a\u180b\u180c\u180d\u180e\u180f", "a<180B><180C><180D><180E><180F>"),
    ("tag characters", "\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4<E0067><E007F>"),
    ("combining storm", "Q\u0316\u0317\u0318\u0319", "Q\u0316\u0317<0318><0319>"),
    ("a mark without a letter", "\u0301", "<0301>"),
    ("a mark on a space", "a \u0301", "a <0301>"),
    ("a mark on something made visible", "\x1b\u0301", "^[<0301>"),
    ("an enclosing mark", "a\u20dd", "a\u20dd"),
    ("lone surrogates", "a\ud800b\udfff", "a<D800>b<DFFF>"),
    ("unassigned", "a\u0378b", "a<0378>b"),
    ("noncharacters", "\ufffe\uffff\U0010ffff", "<FFFE><FFFF><10FFFF>"),
    ("private use", "\ue000\U000f0000", "<E000><F0000>"),
    ("no-break space", "a\xa0b", "a<00A0>b"),
    ("other spaces", "a\u2003\u2009\u1680b", "a<2003><2009><1680>b"),
    ("ideographic space", "\u4f1a\u3000\u8b70", "\u4f1a\u3000\u8b70"),
    ("blank letters", "\u3164\u115f\u1160\uffa0\u2800\u034f", "<3164><115F><1160><FFA0><2800><034F>"),
    ("a musical blank", "\U0001d159", "<1D159>"),
    ("a hieroglyphic and a Khitan blank", "\U00013441\U00016fe4", "<13441><16FE4>"),
    ("composed by NFC", "e\u0301", "\xe9"),
    ("not made compatible", "\ufb01\u2460\uff21", "\ufb01\u2460\uff21"),
    ("German", "Gr\xf6\xdfe", "Gr\xf6\xdfe"),
    ("Hebrew", "\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
    ("Arabic", "\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"),
    ("Hindi", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u092e\u0938\u094d\u0924\u0947"),
    ("Thai", "\u0e17\u0e35\u0e48", "\u0e17\u0e35\u0e48"),
    ("Japanese", "\u4f1a\u8b70", "\u4f1a\u8b70"),
    ("markup stays as it is", "[@click=app.quit]a[/b]<b>", "[@click=app.quit]a[/b]<b>"),
]  # fmt: skip

# Unicode's own list of what is drawn as nothing (DerivedCoreProperties, Default_Ignorable_Code_Point).
IGNORABLE = [
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip

anything = st.text(
    st.characters() | st.sampled_from("\x1b\x07\x9b\u202e\u200b\u200d\ufe0f\u0301\u0338\u0323\ud800<>a \n")
)


@pytest.mark.parametrize(("raw", "shown"), [case[1:] for case in CORPUS], ids=[case[0] for case in CORPUS])
def test_hostile_text_is_shown_as_one_harmless_line(raw: str, shown: str) -> None:
    assert safe(raw) == shown
    assert Untrusted(raw).safe == shown


def is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"} and (
        character in " \u3000" or character.isprintable()
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
