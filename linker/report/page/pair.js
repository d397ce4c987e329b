// Two articles side by side, the passages that both hold marked. A passage is a run of shared
// five-word shingles; two texts without one (translations) have their shared numbers marked.

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

function sharedNumbers(own, other) {
  const theirs = new Set(other.map(({ word }) => word));
  return own.map(({ word }) => /^\d{2,}$/.test(word) && theirs.has(word));
}

// The text as nodes, each marked run of words in one <mark>.
function marked(text, words, marks) {
  const nodes = [];
  let at = 0;
  for (let first = 0; first < words.length; first += 1) {
    if (!marks[first]) continue;
    let last = first;
    while (marks[last + 1]) last += 1;
    nodes.push(text.slice(at, words[first].start), el("mark", {}, text.slice(words[first].start, words[last].end)));
    at = words[last].end;
    first = last;
  }
  return [...nodes, text.slice(at)];
}

function drawPair(section, a, b) {
  const texts = [textOf(a), textOf(b)];
  const words = texts.map(wordsOf);
  let marks = [covered(words[0], words[1]), covered(words[1], words[0])];
  const passages = marks[0].includes(true);
  if (!passages) marks = [sharedNumbers(words[0], words[1]), sharedNumbers(words[1], words[0])];
  const story = articles.story[a];
  section.replaceChildren(
    back({ story: stories.id[story] }, "Back to the story"),
    el("header", { class: "head" }, el("h1", { tabindex: "-1" }, "Two articles compared"), verdict(a, b, passages, marks)),
    el("div", { class: "pair" }, [a, b].map((article, side) => el("article", { class: "side" },
      byline(article), el("h2", {}, headline(article)), el("p", { class: "actions" }, original(article)),
      texts[side]
        ? foreign("div", marked(texts[side], words[side], marks[side]), articles.lang[article], { class: "text whole" })
        : noText()))),
    linkBetween(a, b) === undefined ? "" : el("section", { class: "evidence" }, el("h2", {}, "Evidence"), bars(linkBetween(a, b))));
}

const COPY_WORDS = ["a reprint", "an exact copy", "an edited reprint", "an excerpt", "a later version"];

function verdict(a, b, passages, marks) {
  return el("ul", { class: "verdict" },
    [copyWords(a, b), linkWords(a, b), markWords(passages, marks)].filter(Boolean).map((words) => el("li", {}, words)));
}

function copyWords(a, b) {
  const copied = articles.reprint[b] === a ? b : articles.reprint[a] === b ? a : null;
  if (copied === null) return null;
  const [second, first] = copied === b ? ["right", "left"] : ["left", "right"];
  return `The article on the ${second} is ${COPY_WORDS[articles.kind[copied]]} of the one on the ${first}: ${percent(articles.jaccard[copied])} of all their passages in common.`;
}

function linkWords(a, b) {
  const link = linkBetween(a, b);
  if (link === undefined) return null;
  const where = articles.story[a] === articles.story[b] ? "In one story" : "In two stories";
  return `${where}. One event with a probability of ${percent(links.probability[link])}${suffix(link)}.`;
}

function markWords(passages, marks) {
  if (!marks[0].includes(true)) return "No passage is shared word for word.";
  if (!passages) return "No passage is shared word for word; the numbers that both give are marked.";
  const share = (side) => percent(1000 * marks[side].filter(Boolean).length / marks[side].length);
  return `Marked are passages of ${SHINGLE} words or more that both hold: ${share(0)} of the words shown on the left, ${share(1)} on the right.`;
}
