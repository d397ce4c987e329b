"""Which single line is page furniture, whatever stands around it."""

from __future__ import annotations

import re
from typing import Final

from linker.cleaning.lines import Line, ends_sentence, inner_ends, line_words, strip_decor
from linker.cleaning.phrases import load_names, load_phrases, load_words

_CREDIT_LONGEST, _DATE_LONGEST, _SHORT = 250, 110, 80
_DATE_WORDS, _LARGEST_NUMBER, _YEARS = 24, 59, range(1900, 2100)
_TIME: Final = re.compile(
    r"\b(?:\d{1,4}([./\-])\d{1,2}\1\d{2,4}|\d{1,2}\s?[:h]\s?\d{2})(?!\d)|\d{1,4}年|\d{1,2}月\d"
)
BUTTON_PARTS: Final = frozenset(("copy", "link", "on", "0"))
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NUMBERS: Final = re.compile(r"\d+")
PICTURES: Final = (
    "photo|foto|fotos|photos|image credit|photo credit|foto/video|fot|fot\\.|фото|fotograf|"
    "fotografia|anh|تصوير|عدسه|צילום|사진|摄影|写真"
)
FIGURES: Final = (
    "bild|image|images|credit|credits|credito|picture|pictures|imagen|beeld|الصوره|عكس|图|図"
)
_CREDIT: Final = re.compile(
    rf"(?:(?:^|[\s.|/(\[\-])(?:{PICTURES})|"
    rf"(?:^|[.!?|/)\](\[] ?|[-–—] )(?:{FIGURES}))"
    r"\s?[:=]\s?[^\s:\"“„«»?!][^:\"“„«»?!]{1,70}$"
)
_RIGHTS: Final = re.compile(
    r"[\[(][^\])]{0,12}(?:حقوق|copyright|©|credit|courtesy|cortesia)[^\])]*[\])]\.?$"
)
_COPYRIGHT: Final = re.compile(r"^(?:©|\(c\)|copyright)[^.]{0,120}\.?$")
_BRACKET_END: Final = re.compile(r"[\[(（]([^\])）(\[（]{1,60})[\])）]\s*$")
CONTACTS: Final = (
    "tel|telefon|telephone|phone|fax|mobil|mobile|e-mail|email|mail|correo|courriel|twitter|"
    "facebook|instagram|homepage|internet|web|website|telegram|whatsapp|hotline|тел|هاتف|"
    "البريد الالكتروني|电话|邮箱"
)
_CONTACT: Final = re.compile(rf"^(?:{CONTACTS})\b\.?\s?(?:[:/]|\d)")
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+")
_MAIL: Final = re.compile(r"\S+ ?(?:@|\(at\)) ?\S+\.\w{2,}|\[email protected\]")
_CODE: Final = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z0-9]{14,}$")
_INITIALS: Final = re.compile(
    r"^[(\[/\-–— ]*[^\W\d_]{1,5}(?:\s?[/,]\s?[^\W\d_]{1,5}){1,4}[)\]. ]*$|^[(\[][^\W\d_]{2,4}[)\]]$"
)
_COUNTER: Final = re.compile(r"(?:^|\s)(\d{3,5}) ?/ ?\1$")
AUTHORSHIP: Final = (
    "By|by|BY|Von|von|Por|por|POR|Par|par|Door|door|Di|di|Text|text|Texte|texte|Texto|texto|"
    "Autor|Autora|Author|Auteur|Автор|Редакция|Written by|Reported by|Compiled by|Story by"
)
_BYLINE: Final = re.compile(rf"^(?:{AUTHORSHIP})\s?:?\s+")
WRITERS: Final = ("كتب", "كتبت")
PARTICLES: Final = frozenset(
    [
        "a",
        "al",
        "and",
        "avec",
        "da",
        "dal",
        "das",
        "de",
        "dei",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "e",
        "el",
        "en",
        "et",
        "i",
        "la",
        "las",
        "le",
        "los",
        "mit",
        "of",
        "och",
        "on",
        "og",
        "staff",
        "ter",
        "the",
        "und",
        "van",
        "ve",
        "von",
        "with",
        "y",
        "za",
        "zu",
        "и",
    ]
)
ALLIES: Final = "und|and|y|et|e|ve|و"
_ALLIANCE: Final = re.compile(rf"\s?[/,&|+]\s?|\s[-–]\s|\s(?:{ALLIES})\s")


def furniture(line: Line) -> str | None:
    """The rule by which a line is cut, or None for body text."""
    return load_phrases().find(line) or _by_shape(line)


def _by_shape(line: Line) -> str | None:
    size = len(line.text)
    if size > _CREDIT_LONGEST:
        return None
    if size <= _DATE_LONGEST and (rule := _short_shape(line)):
        return rule
    if is_credit(line):
        return "caption"
    return "byline" if size <= _SHORT and is_byline(line.text) else None


def _short_shape(line: Line) -> str | None:
    if line.text.startswith((">>", "»»")) and not ends_sentence(line.text):
        return "related"
    if is_date(line):
        return "date"
    if "©" in line.text or line.numbered.startswith(("copyright", "(c)")):
        return "copyright" if _COPYRIGHT.match(line.folded) else None
    if is_share_row(line):
        return "share"
    return _address(line) or ("sign-off" if is_sign_off(line) else None)


def is_share_row(line: Line) -> bool:
    """Whether every word of the line is a button: "Share Tweet Email Copy Link"."""
    if not 2 <= len(line.tokens) <= 12:
        return False
    whole = load_phrases().whole
    return all(word in BUTTON_PARTS or whole.get(word) == "share" for word in line.words)


def is_date(line: Line) -> bool:
    """Whether the line is a date or a time and nothing else, perhaps with its agency."""
    if "0" not in line.numbered or line.text[-1] == ",":
        return False
    words = _LETTERS.findall(line.numbered)
    if len(words) > _DATE_WORDS:
        return False
    calendar, agencies = load_words("calendar"), load_names("agencies")
    if any(word not in calendar and word not in agencies for word in words):
        return False
    if _TIME.search(line.folded):
        return True
    numbers = [int(number) for number in _NUMBERS.findall(line.folded)]
    if any(number > _LARGEST_NUMBER and number not in _YEARS for number in numbers):
        return False
    return any(numbers) and any(len(word) > 2 and word in calendar for word in words)


def _address(line: Line) -> str | None:
    text, folded = line.text, line.folded
    link = "://" in text or "www." in text
    if link and len(line_words(_LINK.sub("", folded))) <= 3:
        return "link"
    mail = "@" in text or "(at)" in text or "[email" in text
    if mail and _MAIL.search(folded) and len(line_words(_MAIL.sub("", folded))) <= 4:
        return "contact"
    if (":" in text or "/" in text) and _CONTACT.match(folded) and not ends_sentence(text):
        return "contact"
    if not line_words(folded):
        return "counter"
    if len(line.tokens) == 1 and _CODE.match(text):
        return "code"
    return "comments" if "/" in text and _COUNTER.search(folded) else None


def is_sign_off(line: Line) -> bool:
    """Whether the line holds only names of agencies, or the initials of those who wrote."""
    if len(line.text) > _SHORT or len(line.tokens) > 8:
        return False
    agencies = load_names("agencies")
    if line.core in agencies:
        return line.text[-1] != "." or line.text[0] in "([-"
    if ("/" in line.text or line.text[0] in "([") and _INITIALS.match(line.text):
        return True
    parts = _ALLIANCE.split(line.core)
    if len(parts) > 1 and all(strip_decor(part) in agencies for part in parts if part):
        return True
    return len(line.text) <= 50 and line.text[-1] in ")）" and _agency_bracket(line, words=5)


def _agency_bracket(line: Line, words: int) -> bool:
    match = _BRACKET_END.search(line.folded)
    if match is None or strip_decor(match.group(1)) not in load_names("agencies"):
        return False
    return len(line_words(line.folded[: match.start()])) <= words and not inner_ends(line.text)


def is_credit(line: Line) -> bool:
    """Whether the line is a caption, known by the credit at its end."""
    text, folded = line.text, line.folded
    if "©" in text:
        return folded.rfind("©") >= len(folded) - 70
    if text[-1] in ")]）" and (_RIGHTS.search(folded) or _bracket_credit(folded)):
        return inner_ends(text) <= 1
    return (":" in text or "：" in text) and bool(_CREDIT.search(folded)) and inner_ends(text) <= 2


def _bracket_credit(folded: str) -> bool:
    """ "(Jane Roe/AP)", "(Photo: City Police)", "(AFP - Jane Roe)": an agency beside a name."""
    match = _BRACKET_END.search(folded)
    if match is None:
        return False
    inside = match.group(1)
    if _CREDIT.search(inside):
        return True
    parts = [strip_decor(part) for part in re.split(r"[/,|]| - | via ", inside)]
    return len(parts) > 1 and any(part in load_names("agencies") for part in parts)


def is_caption(line: Line) -> bool:
    """Whether a line of one open sentence ends with an agency in brackets: "... in June (Reuters)".

    Weaker than is_credit: short news end so too, hence only believed beside other paragraphs.
    """
    if len(line.text) > _CREDIT_LONGEST or line.text[-1] not in ")]）":
        return False
    match = _BRACKET_END.search(line.folded)
    if match is None or strip_decor(match.group(1)) not in load_names("agencies"):
        return False
    return not inner_ends(line.text) and not ends_sentence(line.folded[: match.start()])


def is_byline(text: str) -> bool:
    """ "By Jane Roe": a word for authorship and then only names."""
    match = _BYLINE.match(text)
    if match is None or ends_sentence(text):
        return False
    words = line_words(text[match.end() :])
    return 0 < len(words) <= 8 and all(_is_name_word(word) for word in words)


def is_name(text: str) -> bool:
    """Whether the line could be the name of a writer: two to four capitalised words, no more."""
    words = text.split()
    if not 2 <= len(words) <= 4 or len(text) > 40 or text[-1] == ".":
        return False
    if any(len(word) > 15 or not _is_letters(word) for word in words):
        return False
    if text == text.casefold() and text == text.upper():
        return len(text) <= 25  # a script without capitals
    first = words[0].casefold()
    return first not in PARTICLES and all(_is_name_word(word) for word in words)


def _is_letters(word: str) -> bool:
    bare = word.replace("-", "").replace("'", "").replace("’", "")
    return (bare[:-1] if len(bare) == 2 and bare[-1] == "." else bare).isalpha()


def _is_name_word(word: str) -> bool:
    return word[0].isupper() or word.casefold() in PARTICLES


def is_label(line: Line) -> bool:
    """Whether the line is a section label, a breadcrumb or a word or two on their own."""
    if is_section(line):
        return True
    text = line.text
    if len(text) <= 120 and any(mark in text for mark in (" > ", " » ", " › ")):
        return all(len(part.split()) <= 4 for part in re.split(" [>»›] ", text))
    words = 0 < len(line.words) <= 2 and "0" not in line.numbered
    return words and len(text) <= 20 and text[-1] not in ".!?:؟…,;"


def is_section(line: Line) -> bool:
    """Whether the line is the name of a section of a newspaper ("World", "Opinion")."""
    core = line.core
    return core in load_names("headlines", "label") or core in load_names("headlines", "prefix")
