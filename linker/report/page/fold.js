// Words for search and comparison: case, diacritics and spelling variants folded, as `linker` does.

const MARKS = /[\p{M}\u0640\u200c\u200d]/gu;
const LETTERS = { "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe" };
const VARIANTS = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
const DIGITS = /[٠-٩۰-۹०-९০-৯๐-๙０-９]/gu;
const SINGLE = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const WORD = new RegExp(`[${SINGLE}]\\p{M}*|(?:(?![${SINGLE}])[\\p{L}\\p{N}\\p{M}\\u0640])+`, "gu");

function digit(mark) {
  const point = mark.codePointAt(0);
  const zero = ZEROS.find((first) => point >= first && point < first + 10);
  return String(point - zero);
}

function fold(text) {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.toLowerCase().normalize("NFKD").replace(MARKS, "")
    .replace(VARIANTS, (letter) => LETTERS[letter]).replace(DIGITS, digit);
}

// The words of a text with their places in it: [{ word, start, end }].
function wordsOf(text) {
  return Array.from(text.matchAll(WORD), (match) => ({
    word: fold(match[0]), start: match.index, end: match.index + match[0].length,
  }));
}
