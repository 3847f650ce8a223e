"""What strangers call rooms, themselves and their tracks: one table for every place where outside text is shown.

Each entry has what is wrong with it, the raw text, and what people are shown of it, written by hand. `names` makes more
of the kind, as many as somebody wants, the same ones each time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
SOMEBODYS_SID = "RM" + "0" * 31 + "1"


class Stranger(NamedTuple):
    """What it is, the text as it came, and as it is shown."""

    what: str
    raw: str
    shown: str


def _as_it_is(what: str, raw: str) -> Stranger:
    return Stranger(what, raw, raw)


_WITH_CONTROLS = [
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
    ("a flag", "\U0001f1e9\U0001f1ea", "<1F1E9><1F1EA>"),
    ("a colour of skin", "\U0001f44d\U0001f3fd", "\U0001f44d<1F3FD>"),
    ("a vowel of India without a letter", "\u093f", "<093F>"),
    ("too many vowels of India", "\u0915\u093f\u093f\u093f", "\u0915\u093f\u093f<093F>"),
    ("an old Korean syllable", "\u1112\u119e\u11ab", "\u1112\u119e\u11ab"),
    ("a Korean vowel without a syllable", "a \u1161", "a <1161>"),
    ("too many Korean vowels", "\uac00\u1161\u1161\u1161", "\uac00\u1161\u1161<1161>"),
    ("vowels of India", "\u0939\u093f\u0902\u0926\u0940 \u0995\u09be", "\u0939\u093f\u0902\u0926\u0940 \u0995\u09be"),
    ("wide for half of all terminals", "\u2630\u4dc0\u302e\u3248\U0001d360", "<2630><4DC0><302E><3248><1D360>"),
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

_ONLY_FUNNY = [
    ("Rich and Textual markup", "[@click=app.quit]free money[/]"),
    ("unbalanced markup", "[/b]unbalanced [link=http://e]x"),
    ("markup that is escaped", r"\[bold]x\[/bold] [[x]]"),
    ("an emoji's name", ":pile_of_poo: &amp; :warning:"),
    ("a colour", "[#ff0000 on black]x[/]"),
    ("XML specials", "<b>&amp;\"'</b>]]><!-- & --><?x?><![CDATA["),
    ("an XML entity", "&lol;&#x41;&#0;"),
    ("a TwiML verb", "</Room></Connect><Dial>+15005550006</Dial><Connect><Room>"),
    ("a template of a TwiML Bin", "{{From}} {{#e164}}{{To}}{{/e164}}"),
    ("shell specials", "$(reboot) `id` ; rm -rf ~ | tee > /dev/sda && x ! * ? # \\ ' \""),
    ("a shell's quotation marks", "';reboot;'"),
    ("a formula of a spreadsheet", "=HYPERLINK(\"http://e\",\"x\")"),
    ("another formula", "+cmd|' /C calc'!A0"),
    ("one with at", "@SUM(1+1)*cmd|x"),
    ("CSV", "a,b;c\"d\"\"e"),
    ("JSON in a text", '{"sid": "RM1", "a": [1, null]} \\u0041 \\n'),
    ("a way up", "../../../etc/passwd"),
    ("another way up", "..\\..\\boot.ini"),
    ("two dots", ".."),
    ("a way from the root", "/etc/passwd"),
    ("an address", "https://user:pass@e.example/?a=b&c=d#f"),
    ("percent-encoded", "%2e%2e%2f%00%0a%1b"),
    ("percent for printf", "%s%s%n%(sid)s %d %%"),
    ("braces for format", "{0} {sid.__class__} {} {{x}}"),
    ("a dollar for templates", "$sid ${sid} #{sid} <%= sid %>"),
    ("a room's SID", SOMEBODYS_SID),
    ("a participant's SID", "PA" + "f" * 32),
    ("a SID in capitals", "RM" + "A" * 32),
    ("nearly a SID", "RM" + "0" * 31),
    ("a column's title", "CLOSES IN"),
    ("another column's title", "ROOM"),
    ("what is said of a room", "nobody came yet"),
    ("what a program says", "Traceback (most recent call last):"),
    ("a minus", "-"),
    ("an option", "--yes"),
    ("an option with a value", "-rf=1"),
    ("two minuses", "--"),
    ("an at-file", "@/etc/passwd"),
    ("a home", "~root/.ssh"),
    ("only a space", " "),
    ("only spaces", "        "),
    ("spaces at both ends", "  x  "),
    ("true", "true"),
    ("null", "null"),
    ("a number", "007"),
    ("not a number", "NaN"),
    ("a phone number", "+16505550123"),
    ("a wide name", "\u6771" * 128),
    ("a wide name beginning odd", "x" + "\u6771" * 127),
    ("a long name", "n" * 128),
    ("a long word at the end", "a " + "n" * 126),
    ("wide for some terminals only", "\xb1\xd7\u2192\u2460\u25a0\u03b1\u0416"),
    ("half as wide", "\uff76\uff9e\uff76"),
    ("wide ASCII", "\uff32\uff2d\uff10\uff11"),
    ("Khmer", "\u1780\u17d2\u1798\u17c2\u179a"),
    ("Tamil", "\u0ba8\u0bbf"),
    ("a cuneiform sign as wide as a line", "\U0001242b\ufdfd"),
    ("letters that look like others", "p\u0430ypal \u0405\u0406D"),
]  # fmt: skip

STRANGERS = (*(Stranger(*each) for each in _WITH_CONTROLS), *(_as_it_is(*each) for each in _ONLY_FUNNY))

# What names are made of; a terminal, a parser or a program takes each for something else than a letter, or as wide.
_ALPHABET = (
    *(chr(point) for point in (*range(0x20), *range(0x7F, 0xA1))),
    *(f"{ESC}{letter}" for letter in "[]P^_XcDEHMNOZ78>=#%()*+\\nk"),
    *(f"{ESC}[{rest}" for rest in ("31m", "2J", "6n", "?1049l", "10;20H")), f"{ESC}]0;t{BEL}", f"{ESC}]52;c;QQ=={ST}",
    "\x9b2J", "\x9d0;t\x9c", "\x90q\x9c", "\x98x\x9c", f"{ESC}Ptmux;{ESC}{ESC}[31m{ST}",
    *(chr(point) for point in (*range(0x200B, 0x2010), *range(0x2028, 0x2030), *range(0x2060, 0x2070))),
    *("\xad\u034f\u061c\u115f\u1160\u17b4\u180e\u2800\u3164\ufeff\uffa0\ufff9"),
    *("\u0301\u0302\u0308\u0316\u0323\u0338\u0489\u20dd\u20e3\u0e31\u0e47\u05b0\u0651\u1ab0\u1dc0\ufe20\u093f\u0bbe"),
    *("\ufe00\ufe0e\ufe0f\u180b"), "\U000e0100", "\U000e0001", "\U000e0041", "\U000e007f",
    *("\ud800\udbff\udc00\udfff\ufdd0\ufffe\uffff\U0001fffe\U0010ffff\ue000\U000f0000\u0378"),
    *("\u6771\u4eac\uac00\u1100\u1161\u11a8\uff21\u3042\u30ab\u3099\u3000\u2fff\u303f\ua960\ud7b0"),
    *("\u05d0\u05e9\u0627\u0645\u0633\u0710\u07ca"), "\U00010900", "\U0001e900",
    *("\u0915\u094d\u0937\u0e17\u0e33\u0eb3\u1780\u17d2\u0f40\u0fb5\u1019\u103a"),
    *("\u2764\u2600\u00a9\u2122\u231a\u25b6\u2139\U0001f468\U0001f469\U0001f3fd\U0001f1e9\U0001f1ea"),
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "1\ufe0f\u20e3", "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    *("\xb1\xd7\u2192\u2460\u25a0\u03b1\u0416\u2500\u2588\ufdfd"), "\U0001242b",
    *("[]<>&\"'`$(){}\\/|;*?!#%~^=+-@,.: "), "[b]", "[/]", "[@click=quit]", "&#27;", "]]>", "%1b", "\\x1b", "${x}",
    "../", "RM0", "--",
    "a", "b", "Z", "0", "9", "\xe9", "\xdf", "\ufb01",
)  # fmt: skip
_ANYTHING = 0.1
_LONGEST = 128


def names(random: Random) -> Iterator[str]:
    """Names without end. Some are of one sort only, most of all sorts; no name is longer than Twilio takes."""
    while True:
        length = min(_LONGEST, int(random.paretovariate(0.7)))
        sort = random.sample(_ALPHABET, random.choice((1, 2, 8, len(_ALPHABET))))
        parts = (
            chr(random.randrange(0x110000)) if random.random() < _ANYTHING else random.choice(sort)
            for _ in range(length)
        )
        # Two halves of a pair, side by side, are to JSON the one letter that they make.
        yield str(json.loads(json.dumps("".join(parts)[:_LONGEST])))
