"""The WordPiece vocabulary, learned from a sample in which every language has about equal say.

The normaliser is context-free: the normal form of a text is that of its characters one by one
(NFKD, some marks off, lower case, single-character replacements), and words end at spaces, marks
and characters that each stand alone. That is what lets a table of code points reproduce the
tokenizer exactly.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tables import SOURCE_WEIGHTS, Source
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

# Characters of text a language contributes; Arabic and English are asked for most.
CHARACTERS = 4_000_000
SHARE = {"en": 2.0, "ar": 2.0, "ko": 1.5}
SPECIAL = ("[PAD]", "[UNK]")
ALPHABET = 5000  # letters
LONGEST_WORD = 400  # characters; a longer run of letters becomes one unknown token. Thai has none

# Marks that are taken off: those that writers leave out or that one language has and its neighbours
# have not. Vowel signs of Indic scripts, Thai and their kin are letters (U+0900 to U+109F, U+1700
# to U+1CFF), and so are the Japanese voicing marks and those of Vietnamese alone: hook, horn, dot.
MARKS = Regex(
    r"[\p{Mn}&&[^\u0309\u031B\u0323\u3099\u309A\u0900-\u109F\u1700-\u1CFF\uA800-\uAAFF\uABE0-\uABFF]]"
    r"|[\u093C\u09BC\u0A3C\u0ABC\u0B3C]"  # nukta
)

# What is not seen: soft hyphens, joiners of words, directions. The joiners within words of Persian
# and of Indic scripts (U+200C, U+200D) are spelling, and stay.
INVISIBLE = Regex(r"[\u00AD\u061C\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]")

# Arrows, boxes, emoji: in news they adorn, and two of them would outweigh the headline. Degrees and
# the like, before U+2100, do say something.
ORNAMENTS = Regex(r"[\p{So}&&[^\u0000-\u20FF]]")

# Scripts without a space between words, as a set of a pattern.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"

# Letters that Arabic-script spelling uses for one another, the tatweel that means nothing, Latin
# letters that neighbours write otherwise (Azerbaijani and Turkish, Polish, Nordic), digits.
REPLACEMENTS = {
    **{"ـ": "", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه"},
    **{"\u200b": " "},  # of no width; some write it where a Khmer or Thai word ends
    **{"ə": "e", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "ß": "ss"},
    **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
}


def new_tokenizer(vocabulary: dict[str, int] | None = None) -> Tokenizer:
    """A WordPiece tokenizer with the normaliser of this project.

    Without a vocabulary it is to be trained; with one, it ends a word at what that cannot spell.
    """
    tokenizer = Tokenizer(
        models.WordPiece(vocabulary or {}, unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(INVISIBLE, ""),
            normalizers.NFKD(),
            normalizers.Replace(ORNAMENTS, " "),
        ]
        + [normalizers.Replace(MARKS, ""), normalizers.Lowercase()]
        + [normalizers.Replace(old, new) for old, new in REPLACEMENTS.items()]
    )
    alone = [pre_tokenizers.Split(_alone(vocabulary), "isolated")] if vocabulary else []
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), *alone])
    return tokenizer


def _alone(vocabulary: Iterable[str]) -> Regex:
    """What is a word by itself: symbols, and in a script without spaces an unknown character.

    Else one rare character of a name, and all that is written up to the next mark is unknown.
    """
    known = sorted(set().union(*vocabulary))
    ends = [at for at, (a, b) in enumerate(pairwise(known), 1) if ord(b) > ord(a) + 1]
    runs = (known[start:end] for start, end in pairwise([0, *ends, len(known)]))
    ranges = "".join(f"\\x{{{ord(run[0]):x}}}-\\x{{{ord(run[-1]):x}}}" for run in runs)
    return Regex(rf"[{UNSPACED}&&[^{ranges}]]|[\p{{So}}]")


def learn_vocabulary(sources: Sequence[Source], size: int, seed: int) -> Tokenizer:
    """A tokenizer whose vocabulary comes from a sample of the sources, `size` tokens in all.

    The trainer numbers letters in the order of a hash map and breaks ties by those numbers; it is
    given all letters, in order, as tokens that are there beforehand, so that two runs agree.
    """
    letters = _letters(_sample(sources, random.Random(seed)), min(ALPHABET, size // 8))
    trained = new_tokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        special_tokens=[*SPECIAL, *letters, *("##" + letter for letter in letters)],
        min_frequency=3,
        limit_alphabet=len(letters),
        show_progress=False,
    )
    trained.train_from_iterator(_sample(sources, random.Random(seed)), trainer)
    tokenizer = new_tokenizer(trained.get_vocab())
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def _letters(texts: Iterator[str], most: int) -> list[str]:
    """The `most` commonest characters of the texts in normal form, in the order of Unicode."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    normalizer = new_tokenizer().normalizer
    normal: Counter[str] = Counter()
    for character, count in counts.items():
        for letter in normalizer.normalize_str(character):
            normal[letter] += count
    kept = sorted(
        (letter for letter in normal if not letter.isspace()), key=lambda c: (-normal[c], c)
    )
    return sorted(kept[:most])


def _sample(sources: Sequence[Source], rng: random.Random) -> Iterator[str]:
    columns: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        for language in source.languages:
            columns[_spoken(language)].append(source)
    for language in sorted(columns):
        yield from _sample_language(language, columns[language], rng)


def _sample_language(language: str, sources: Sequence[Source], rng: random.Random) -> Iterator[str]:
    """Texts of one language; each source gives at most its weighted part of the characters."""
    wanted = CHARACTERS * SHARE.get(language, 1.0)
    total = sum(SOURCE_WEIGHTS[source.name] for source in sources)
    for source in sources:
        names = [name for name in source.languages if _spoken(name) == language]
        left = wanted * SOURCE_WEIGHTS[source.name] / total / len(names)
        for name in names:
            yield from _some(source.column(name), left, rng)


def _some(texts: list[str], characters: float, rng: random.Random) -> Iterator[str]:
    texts = [text for text in texts if text]
    rng.shuffle(texts)
    for text in texts:
        if characters <= 0:
            return
        characters -= len(text)
        yield text


def _spoken(column: str) -> str:
    """The language of a column; the Arabic headlines and bodies have columns of their own."""
    return "ar" if column in ("title", "body") else column
