// Two articles side by side. Of a reprint and what it copies, the words that differ are marked; of
// two others the passages that both hold: runs of shared five-word shingles. Two texts without one
// (translations) have the numbers and rare words marked that both give.

const SHINGLE = 5;

const shingle = (words, at) => words.slice(at, at + SHINGLE).map(({ word }) => word).join(" ");

// The words of `own` that lie in a shingle of `other`: one boolean a word.
function covered(own, other) {
  const theirs = new Set();
  for (let at = 0; at + SHINGLE <= other.length; at += 1) theirs.add(shingle(other, at));
  const marks = new Array(own.length).fill(false);
  for (let at = 0; at + SHINGLE <= own.length; at += 1) {
    if (theirs.has(shingle(own, at))) marks.fill(true, at, at + SHINGLE);
  }
  return marks;
}

// The words of `own` that are a number of `other`, or one of the rare words that both give.
function sharedTerms(own, other, terms) {
  const theirs = new Set(other.map(({ word }) => word));
  const marks = own.map(({ word }) => /^\d{2,}$/.test(word) && theirs.has(word));
  for (const term of terms.map((words) => wordsOf(words).map(({ word }) => word))) {
    for (let at = 0; term.length && at + term.length <= own.length; at += 1) {
      if (term.every((word, place) => own[at + place].word === word)) marks.fill(true, at, at + term.length);
    }
  }
  return marks;
}

// The words of both texts that stand in a longest common subsequence: one boolean a word.
function common(own, other) {
  const width = other.length + 1;
  const length = new Uint16Array((own.length + 1) * width);
  for (let i = own.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = own[i].word === other[j].word
        ? length[(i + 1) * width + j + 1] + 1
        : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  const kept = [new Array(own.length).fill(false), new Array(other.length).fill(false)];
  for (let i = 0, j = 0; i < own.length && j < other.length;) {
    if (own[i].word === other[j].word) [kept[0][i++], kept[1][j++]] = [true, true];
    else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return kept;
}

// The words that stand in one of two texts only. Where a text was cut for this page, what follows
// the last common word of the two is not known to differ.
function differing(texts, words) {
  const kept = common(...words);
  const cut = texts.some((text) => text.endsWith("…"));
  return kept.map((marks) => {
    const last = cut ? marks.lastIndexOf(true) : marks.length;
    return marks.map((mark, at) => !mark && at <= last);
  });
}

// The text as nodes, each marked run of words in one element.
function marked(text, words, marks, tag) {
  const nodes = [];
  let at = 0;
  for (let first = 0; first < words.length; first += 1) {
    if (!marks[first]) continue;
    let last = first;
    while (marks[last + 1]) last += 1;
    nodes.push(text.slice(at, words[first].start), el(tag, {}, text.slice(words[first].start, words[last].end)));
    at = words[last].end;
    first = last;
  }
  return [...nodes, text.slice(at)];
}

// Which words of each side are marked, with which element, and what the marks say.
function comparedBy(a, b, texts, words) {
  const copied = copyOf(a, b);
  if (copied !== null && texts.every(Boolean)) {
    const marks = differing(texts, words);
    const tags = copied === b ? ["del", "ins"] : ["ins", "del"];
    return { marks, tags, says: differenceWords(marks, tags) };
  }
  const passages = [covered(words[0], words[1]), covered(words[1], words[0])];
  if (passages[0].includes(true)) return { marks: passages, tags: ["mark", "mark"], says: passageWords(passages) };
  const link = linkBetween(a, b);
  const terms = link === undefined ? [] : termsOf(link, "words");
  const marks = [sharedTerms(words[0], words[1], terms), sharedTerms(words[1], words[0], terms)];
  return { marks, tags: ["mark", "mark"],
    says: `No passage is shared word for word${marks[0].includes(true) ? "; the numbers and rare words that both give are marked" : ""}.` };
}

function drawPair(section, a, b) {
  const texts = [textOf(a), textOf(b)];
  const words = texts.map(wordsOf);
  const { marks, tags, says } = comparedBy(a, b, texts, words);
  const link = linkBetween(a, b);
  const story = articles.story[a];
  redraw(section,
    back({ story: stories.id[story] }, "Back to the story"),
    el("header", { class: "head" }, el("h1", { tabindex: "-1" }, "Two articles compared"), verdict(a, b, says)),
    el("div", { class: "pair" }, [a, b].map((article, side) => el("article", { class: "side" },
      byline(article), el("h2", {}, headline(article)), el("p", { class: "actions" }, original(article)),
      texts[side]
        ? foreign("div", marked(texts[side], words[side], marks[side], tags[side]), articles.lang[article], { class: "text whole" })
        : noText()))),
    link === undefined ? "" : el("section", { class: "evidence" }, el("h2", {}, "Evidence"), bars(link), barsKey()));
}

const COPY_WORDS = ["a reprint", "an exact copy", "an edited reprint", "an excerpt", "a later version"];

// Which of two articles is a copy of the other, or null.
const copyOf = (a, b) => (articles.reprint[b] === a ? b : articles.reprint[a] === b ? a : null);

function verdict(a, b, says) {
  return el("ul", { class: "verdict" },
    [copyWords(a, b), linkWords(a, b), says].filter(Boolean).map((words) => el("li", {}, words)));
}

function copyWords(a, b) {
  const copied = copyOf(a, b);
  if (copied === null) return null;
  const [second, first] = copied === b ? ["right", "left"] : ["left", "right"];
  return `The article on the ${second} is ${COPY_WORDS[articles.kind[copied]]} of the one on the ${first}: ${percent(articles.jaccard[copied])} of all their passages in common.`;
}

function linkWords(a, b) {
  const link = linkBetween(a, b);
  const where = articles.story[a] === articles.story[b] ? "In one story" : "In two stories";
  if (link === undefined) return copyOf(a, b) === null ? `${where}.` : null;
  return [`${where}. One event with a probability of ${percent(links.probability[link])}`, suffix(link), "."].flat();
}

function differenceWords(marks, tags) {
  const number = (tag) => marks[tags.indexOf(tag)].filter(Boolean).length;
  const [out, added] = [number("del"), number("ins")];
  if (!out && !added) return "Word for word the same, as far as this page holds the texts.";
  return `Word for word: ${count(out, "word")} taken out, ${numbers.format(added)} put in.`;
}

function passageWords(marks) {
  const share = (side) => percent(1000 * marks[side].filter(Boolean).length / marks[side].length);
  return `Marked are passages of ${SHINGLE} words or more that both hold: ${share(0)} of the words shown on the left, ${share(1)} on the right.`;
}
