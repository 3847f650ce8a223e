from __future__ import annotations

import contextlib
import io
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from roomtui.rooms.model import PHONE_PARTICIPANTS_MAX
from roomtui.rooms.personal import is_phone
from roomtui.rooms.twiml import (
    FALLBACK_SAY,
    IDENTITY_MAX,
    Hazard,
    HazardKind,
    Language,
    TwimlError,
    hazards,
    phones_in,
    snippet,
)
from tests.rooms.builders import ROOM_SID, after, completed, participant, room, roster

HARD_NAMES = [
    "DailyStandup",
    "Board & Co",
    "</Room><Hangup/>",
    "<![CDATA[x]]>",
    "a]]>b",
    "&amp;&lt;&#10;&quot;",
    "<?xml version='1.0'?><!-- -->",
    """it's "quoted" `both` ways""",
    "back\\slash\\n\\u0041",
    "${alert(1)}",
    "{name} %s %(x)s",
    "a\r\nb\rc\nd\te",
    "  spaces around  ",
    "no-break\xa0and\x85next\u2028line\u2029par",
    "\U0001f468\u200d\U0001f4bb\u2764\ufe0f",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u202eabc",
    "\u4f1a" * 128,
    "\U0001f600" * 128,
    "e\u0301 \xe9",
    "[@click=app.quit]",
]

# What XML 1.0 calls a Char, from its own section 2.2.
xml_text = st.text(
    st.characters(categories=[], include_characters="\t\n\r<>&\"'\\")
    | st.characters(min_codepoint=0x20, max_codepoint=0xD7FF)
    | st.characters(min_codepoint=0xE000, max_codepoint=0xFFFD)
    | st.characters(min_codepoint=0x10000),
    max_size=IDENTITY_MAX,
)
names = st.sampled_from(HARD_NAMES) | xml_text.filter(bool)
identities = st.just("") | names


class TestTheXml:
    def test_the_plain_snippet_is_the_documented_one(self) -> None:
        assert snippet("DailyStandup") == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            "<Response>\n"
            "  <Connect>\n"
            "    <Room>DailyStandup</Room>\n"
            "  </Connect>\n"
            "</Response>"
        )

    def test_the_snippet_with_an_identity_is_the_documented_one(self) -> None:
        assert snippet("DailyStandup", identity="alice") == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            "<Response>\n"
            "  <Connect>\n"
            '    <Room participantIdentity="alice">DailyStandup</Room>\n'
            "  </Connect>\n"
            "</Response>"
        )

    def test_what_is_said_if_the_room_is_not_there_stands_after_the_connect(self) -> None:
        assert snippet("DailyStandup", identity="alice", fallback_say="Sorry & bye.") == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            "<Response>\n"
            "  <Connect>\n"
            '    <Room participantIdentity="alice">DailyStandup</Room>\n'
            "  </Connect>\n"
            "  <Say>Sorry &amp; bye.</Say>\n"
            "</Response>"
        )

    def test_the_prolog_s_hyphens_are_the_ones_a_parser_takes(self) -> None:
        assert snippet("DailyStandup").splitlines()[0].isascii()

    @given(names, identities, st.just("") | names)
    def test_a_parser_reads_back_the_very_same_name_identity_and_words(
        self, name: str, identity: str, words: str
    ) -> None:
        written = snippet(name, identity=identity, fallback_say=words)
        assert not written.endswith("\n")
        for form in (written, written.encode()):
            response = ET.fromstring(form)  # noqa: S314  # written by this program
            assert response.tag == "Response"
            assert [verb.tag for verb in response] == ["Connect", "Say"] if words else ["Connect"]
            (noun,) = response[0]
            assert (noun.tag, list(noun)) == ("Room", [])
            assert noun.text == name
            assert noun.attrib == ({"participantIdentity": identity} if identity else {})
            if words:
                assert response[1].text == words

    @pytest.mark.parametrize("name", HARD_NAMES)
    def test_each_hard_name_survives_as_name_and_as_identity(self, name: str) -> None:
        (noun,) = ET.fromstring(snippet(name, identity=name))[0]  # noqa: S314  # written by this program
        assert (noun.text, noun.get("participantIdentity")) == (name, name)


class TestTheBin:
    def test_an_ordinary_name_is_written_as_in_twiml(self) -> None:
        written = snippet("Board & Co", identity="alice", fallback_say=FALLBACK_SAY, language=Language.BIN)
        assert written == snippet("Board & Co", identity="alice", fallback_say=FALLBACK_SAY)

    @given(names | st.just("{{From}} {{{Body}}} {{#if To}}"), identities, st.just("") | names)
    def test_no_name_is_a_template_and_a_parser_reads_the_very_same(self, name: str, identity: str, words: str) -> None:
        written = snippet(name, identity=identity, fallback_say=words, language=Language.BIN)
        assert not set("{}") & set(written)
        response = ET.fromstring(written)  # noqa: S314  # written by this program
        (noun,) = response[0]
        assert noun.text == name
        assert noun.attrib == ({"participantIdentity": identity} if identity else {})
        assert [verb.text for verb in response[1:]] == ([words] if words else [])

    def test_a_template_in_a_name_is_put_into_references(self) -> None:
        written = snippet("{{From}}", identity="{{To}}", language=Language.BIN)
        assert 'participantIdentity="&#123;&#123;To&#125;&#125;">&#123;&#123;From&#125;&#125;<' in written


def test_the_languages_stand_in_the_order_in_which_they_are_offered() -> None:
    assert [language.value for language in Language] == ["xml", "python", "node", "bin"]


class TestTheRefusals:
    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize(
        ("bad", "shown"),
        [
            ("\x00", "^@"),
            ("\x07", "^G"),
            ("\x0b", "^K"),
            ("\x1b", "^["),
            ("\ud800", "<D800>"),
            ("\udfff", "<DFFF>"),
            ("\ufffe", "<FFFE>"),
            ("\uffff", "<FFFF>"),
        ],
    )
    def test_what_xml_cannot_write_is_refused_in_every_language_in_one_harmless_sentence(
        self, language: Language, bad: str, shown: str
    ) -> None:
        for given_, what in (
            ({"unique_name": f"a{bad}b"}, "room's name"),
            ({"unique_name": "a", "identity": f"a{bad}"}, "identity"),
            ({"unique_name": "a", "fallback_say": bad}, "spoken text"),
        ):
            with pytest.raises(TwimlError) as refusal:
                snippet(**given_, language=language)
            assert str(refusal.value) == f"The {what} holds {shown}, which XML cannot carry: TwiML cannot name it."

    @given(st.text(st.characters(max_codepoint=0x1F) | st.characters(categories=["Cs"]), min_size=1))
    @example("\ufffe")
    def test_every_control_character_but_tab_and_line_ends_is_refused(self, name: str) -> None:
        assume(set(name) - set("\t\n\r"))
        with pytest.raises(TwimlError) as refusal:
            snippet(name)
        assert str(refusal.value).isprintable()

    def test_an_identity_of_128_wide_characters_passes_and_of_129_does_not(self) -> None:
        assert "\U0001f600" * 128 in snippet("a", identity="\U0001f600" * 128)
        with pytest.raises(TwimlError) as refusal:
            snippet("a", identity="\U0001f600" * 129)
        assert str(refusal.value) == "An identity has at most 128 characters, this one has 129: choose a shorter one."

    def test_a_refusal_is_a_value_error(self) -> None:
        assert issubclass(TwimlError, ValueError)


def run(program: str) -> tuple[str, Any]:
    """What a Python snippet prints, and the response it made."""
    space: dict[str, Any] = {}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, space)  # noqa: S102  # the snippet is this program's own, and running it is the test
    return out.getvalue(), space["response"]


class TestThePython:
    def test_it_is_the_documented_program(self) -> None:
        assert snippet("DailyStandup", identity="alice", language=Language.PYTHON) == (
            "from twilio.twiml.voice_response import Connect, VoiceResponse\n"
            "\n"
            "response = VoiceResponse()\n"
            "connect = Connect()\n"
            "connect.room('DailyStandup', participant_identity='alice')\n"
            "response.append(connect)\n"
            "\n"
            "print(response)"
        )

    def test_run_with_twilio_s_sdk_it_prints_the_same_twiml(self) -> None:
        program = snippet("Board & Co", identity='"alice"', fallback_say="Bye.", language=Language.PYTHON)
        printed, _ = run(program)
        (noun,) = ET.fromstring(printed)[0]  # noqa: S314  # written by Twilio's SDK
        assert (noun.text, noun.attrib) == ("Board & Co", {"participantIdentity": '"alice"'})
        assert [verb.tag for verb in ET.fromstring(printed)] == ["Connect", "Say"]  # noqa: S314  # by the SDK

    @given(names, identities, st.just("") | names)
    def test_it_hands_the_sdk_the_very_same_name_identity_and_words(self, name: str, identity: str, words: str) -> None:
        program = snippet(name, identity=identity, fallback_say=words, language=Language.PYTHON)
        assert program.isascii()
        _, response = run(program)
        connect, *others = response.verbs
        (noun,) = connect.verbs
        assert noun.name == "Room"
        assert noun.value == name
        assert noun.attrs == ({"participantIdentity": identity} if identity else {})
        assert [(verb.name, verb.value) for verb in others] == ([("Say", words)] if words else [])

    @pytest.mark.parametrize("name", ["over\rwritten", "a\r\nb", "\r", "a\nb\tc"])
    def test_what_it_prints_names_the_very_same_room_to_whoever_reads_the_xml(self, name: str) -> None:
        printed, _ = run(snippet(name, identity=name, fallback_say=name, language=Language.PYTHON))
        connect, say = ET.fromstring(printed)  # noqa: S314  # written by Twilio's SDK
        assert (connect[0].text, connect[0].get("participantIdentity"), say.text) == (name, name, name)

    @given(names)
    def test_a_name_with_line_ends_adds_no_line(self, name: str) -> None:
        program = snippet(name, identity=name, fallback_say=name, language=Language.PYTHON)
        assert len(program.splitlines()) == 9


class TestTheNode:
    def test_it_is_the_documented_program(self) -> None:
        assert snippet("DailyStandup", language=Language.NODE) == (
            "const VoiceResponse = require('twilio').twiml.VoiceResponse;\n"
            "\n"
            "const response = new VoiceResponse();\n"
            "const connect = response.connect();\n"
            'connect.room("DailyStandup");\n'
            "\n"
            "console.log(response.toString());"
        )

    def test_the_identity_goes_before_the_name_and_the_words_after_the_connect(self) -> None:
        program = snippet("DailyStandup", identity="alice", fallback_say="Bye.", language=Language.NODE)
        assert program.splitlines()[4:6] == [
            'connect.room({ participantIdentity: "alice" }, "DailyStandup");',
            'response.say("Bye.");',
        ]

    @given(names, names, names)
    def test_its_strings_are_json_so_javascript_reads_the_very_same_texts(
        self, name: str, identity: str, words: str
    ) -> None:
        program = snippet(name, identity=identity, fallback_say=words, language=Language.NODE)
        assert program.isascii()
        lines = program.splitlines()
        assert len(lines) == 8
        literal = r'"(?:[^"\\]|\\.)*"'
        call = re.fullmatch(rf"connect\.room\(\{{ participantIdentity: ({literal}) \}}, ({literal})\);", lines[4])
        say = re.fullmatch(rf"response\.say\(({literal})\);", lines[5])
        assert call
        assert say
        assert (json.loads(call[1]), json.loads(call[2]), json.loads(say[1])) == (identity, name, words)


def kinds(found: tuple[Hazard, ...]) -> list[HazardKind]:
    return [hazard.kind for hazard in found]


def phones(count: int) -> list[str]:
    return [f"+1650955{n:04}-634a594e" for n in range(count)]


class TestTheHazards:
    def test_an_ordinary_room_has_none(self) -> None:
        assert hazards(room(), roster(participant("alice")), identity="bob") == ()
        assert hazards(room(), None, identity="bob") == ()

    @pytest.mark.parametrize("status", ["paused", ""])
    def test_a_room_whose_status_is_not_known_may_well_take_a_call(self, status: str) -> None:
        assert hazards(room(status=status), None) == ()

    @pytest.mark.parametrize("status", ["completed", "failed"])
    def test_a_room_that_has_ended_takes_no_call(self, status: str) -> None:
        (hazard,) = hazards(room(status=status), None)
        assert hazard == Hazard(
            HazardKind.NOT_IN_PROGRESS,
            "The room is not in progress: a call goes on to the next verb, or is hung up if there is none.",
        )

    @pytest.mark.parametrize("kind", ["peer-to-peer", "group-small", "go"])
    def test_only_group_rooms_take_phones(self, kind: str) -> None:
        (hazard,) = hazards(room(kind=kind), None)
        assert hazard.kind is HazardKind.NOT_GROUP
        assert hazard.sentence == f"The room's type is {kind}: only group rooms take phone calls."

    def test_a_type_that_is_not_told_is_no_hazard(self) -> None:
        assert hazards(room(kind=None), None) == ()

    def test_a_full_room_takes_nobody(self) -> None:
        who = roster(participant("alice"), participant("bob", status="reconnecting"))
        (hazard,) = hazards(room(seats=2), who)
        assert hazard == Hazard(HazardKind.ROOM_FULL, "The room is full (2 of 2): a call cannot join.")
        assert hazards(room(seats=3), who) == ()
        assert hazards(room(seats=None), who) == ()

    def test_those_who_left_take_no_seat(self) -> None:
        assert hazards(room(seats=1), roster(participant(left=after(60)))) == ()

    def test_the_thirty_sixth_phone_finds_no_place(self) -> None:
        full = roster(*(participant(identity) for identity in phones(PHONE_PARTICIPANTS_MAX)))
        (hazard,) = hazards(room(), full)
        assert hazard.kind is HazardKind.PHONES_FULL
        assert hazard.sentence == "35 phone participants are in the room; it takes 35."
        assert hazards(room(), roster(*(participant(identity) for identity in phones(34)))) == ()

    @pytest.mark.parametrize("status", ["connected", "reconnecting"])
    def test_an_identity_that_is_in_the_room_is_put_out_by_the_call(self, status: str) -> None:
        (hazard,) = hazards(room(), roster(participant("alice", status=status)), identity="alice")
        assert hazard.kind is HazardKind.IDENTITY_TAKEN
        assert hazard.sentence == "alice is in the room already: the call would put them out (error 53205)."

    def test_an_identity_that_has_left_is_free(self) -> None:
        assert hazards(room(), roster(participant("alice", left=after(60))), identity="alice") == ()

    def test_identities_are_compared_as_twilio_has_them_and_not_as_they_look(self) -> None:
        who = roster(participant("\xe9"))
        assert hazards(room(), who, identity="e\u0301") == ()
        assert hazards(room(), who, identity="\xc9") == ()

    def test_without_an_identity_nobody_is_put_out(self) -> None:
        assert hazards(room(), roster(participant("", sid="PA1"))) == ()

    @pytest.mark.parametrize("name", [ROOM_SID, ""])
    def test_a_nameless_room_is_named_by_its_sid(self, name: str) -> None:
        (hazard,) = hazards(room(name), None)
        assert hazard.kind is HazardKind.NAMELESS

    def test_the_worst_comes_first(self) -> None:
        who = roster(*(participant(identity) for identity in phones(35)))
        worst = completed(after(60), room(ROOM_SID, kind="go", seats=35))
        assert kinds(hazards(worst, who, identity=phones(1)[0])) == [
            HazardKind.NOT_IN_PROGRESS,
            HazardKind.NOT_GROUP,
            HazardKind.ROOM_FULL,
            HazardKind.PHONES_FULL,
            HazardKind.IDENTITY_TAKEN,
            HazardKind.NAMELESS,
        ]

    def test_the_sentences_are_safe_to_show(self) -> None:
        evil = "\x1b]52;c;QUFB\x07\u202e"
        found = hazards(room(kind=evil), roster(participant(evil)), identity=evil)
        assert kinds(found) == [HazardKind.NOT_GROUP, HazardKind.IDENTITY_TAKEN]
        assert all(hazard.sentence.isprintable() for hazard in found)
        assert all(hazard.sentence.endswith(".") for hazard in found)


@pytest.mark.parametrize(
    ("identity", "phone"),
    [
        ("+16509554780-634a594e", True),
        ("+4915112345678-00000000", True),
        ("+16509554780", False),
        ("16509554780-634a594e", False),
        ("+16509554780-634a594", False),
        ("+16509554780-634a594e0", False),
        ("+16509554780-634A594E", False),
        ("+06509554780-634a594e", False),
        ("+1234567890123456-634a594e", False),
        ("+16509554780-634a594e\n", False),
        ("x+16509554780-634a594e", False),
        ("+1\u0666\u0665\u0660-634a594e", False),
        ("alice", False),
        ("", False),
    ],
)
def test_a_phone_is_known_by_the_identity_that_twilio_makes_up(identity: str, phone: bool) -> None:  # noqa: FBT001  # a column
    assert is_phone(identity) is phone


def test_phones_are_counted_as_far_as_they_are_known() -> None:
    who = roster(
        *(participant(identity) for identity in phones(3)),
        participant("+16509554780-634a594e", left=after(60)),
        participant("a-phone-with-an-identity"),
    )
    assert phones_in(who) == 3
    assert phones_in(roster()) == 0


@given(st.text(max_size=40))
def test_the_xml_holds_nothing_that_a_terminal_obeys(name: str) -> None:
    try:
        text = snippet(name, identity=name, fallback_say=name)
    except TwimlError:
        return
    assert all(line.isprintable() for line in text.split("\n"))
