// Evidence in words. What two articles share is named where it is known; else each feature of a
// link that is strong enough says what it can, and one that is not known here says nothing.

const FEATURES = {
  numbers: { label: "Numbers that differ" },
  days: { label: "Weekdays that differ" },
  names: { label: "Names in common", about: "names", steps: [[15, "names in common"]] },
  tfidf: { label: "Rare words in common", about: "words", steps: [[50, "largely the same words"], [25, "many words in common"], [12, "some rare words in common"]] },
  cosine: { label: "Meaning of the texts", about: "text", steps: [[60, "close in meaning"], [42, "related in meaning"]] },
  gap_days: { label: "Time between them" },
  crowd: { label: "How few others are as near" },
  rivals: { label: "How few articles there are that day" },
  series: { label: "How far it is a series: as near, under other names" },
  recurrence: { label: "What comes back in other weeks" },
  brevity: { label: "Little text to judge by", about: "brevity", steps: [[150, "little text to judge by"]] },
};
const NAMED = 3; // numbers, names or words in one sentence
const isName = (word) => /^\p{Lu}/u.test(word);

const termsOf = (link, kind) => links[kind][link].map((place) => links.terms[place]);

function valueOf(link, feature) {
  return links.features[links.names.indexOf(feature)]?.[link] ?? null;
}

// German writes all nouns with a capital: between two German texts it makes no name.
function namesOf(link) {
  const german = [links.a[link], links.b[link]].every((row) => code(articles.lang[row]) === "de");
  return german ? [] : termsOf(link, "words").filter(isName);
}

// "a, b and c", each set apart from the sentence around it.
function listed(terms, quoted) {
  return terms.flatMap((term, at) => [
    at === 0 ? "" : at === terms.length - 1 ? " and " : ", ",
    quoted ? ["“", el("bdi", { dir: "auto" }, term), "”"] : el("bdi", { dir: "auto" }, term)]).flat();
}

// "both give 38 and 1871", "both name Ada Quill": [what it is about, nodes].
function sharedWords(link) {
  const numbers = termsOf(link, "numbers").slice(0, NAMED);
  const names = namesOf(link).slice(0, NAMED);
  const words = names.length ? [] : termsOf(link, "words").slice(0, NAMED);
  return [
    numbers.length && ["numbers", [numbers.length > 1 ? "both give the numbers " : "both give the number ", ...listed(numbers)]],
    names.length && ["words", ["both name ", ...listed(names)]],
    words.length && ["words", [words.length > 1 ? "both have the words " : "both have the word ", ...listed(words, true)]],
  ].filter(Boolean);
}

function gapWords(link) {
  const [a, b] = [articles.published[links.a[link]], articles.published[links.b[link]]];
  if (a === null || b === null) return null;
  if (Math.floor(a / DAY) === Math.floor(b / DAY)) return "same day";
  const days = Math.round(Math.abs(a - b) / DAY);
  return days <= 1 ? "a day apart" : `${numbers.format(days)} days apart`;
}

// The phrases of a link, each as nodes; of two about the same thing only the first.
function phrases(link) {
  const found = new Map(sharedWords(link));
  for (const [feature, { about, steps = [] }] of Object.entries(FEATURES)) {
    const value = valueOf(link, feature);
    const words = value === null ? null : steps.find(([least]) => value >= least)?.[1];
    if (words && !found.has(about)) found.set(about, [words]);
  }
  if (gapWords(link)) found.set("time", [gapWords(link)]);
  return [...found.values()];
}

// ": both name Ada Quill; close in meaning; same day", or nothing.
const suffix = (link) => phrases(link).flatMap((words, at) => [at ? "; " : ": ", ...words]);

const otherEnd = (link, article) => (links.a[link] === article ? links.b[link] : links.a[link]);

const sameStory = (link) => articles.story[links.a[link]] === articles.story[links.b[link]];

const byProbability = (a, b) => links.probability[b] - links.probability[a] || a - b;

const insideLinks = (article) => linksOf[article].filter(sameStory).sort(byProbability);

const outsideLinks = (article) =>
  linksOf[article].filter((link) => !sameStory(link)).sort(byProbability);

// The strongest link that leaves a story, the article that it leaves from and the one it leads to.
// Without such a link, the first article whose nearest one is in another story.
function runnerUp(story) {
  const leaving = members[story].flatMap((article) => outsideLinks(article).slice(0, 1)
    .map((link) => ({ link, article, other: otherEnd(link, article) })));
  if (leaving.length) return leaving.sort((a, b) => byProbability(a.link, b.link))[0];
  const article = members[story].find((row) => articles.story[articles.nearest[row]] >= 0
    && articles.story[articles.nearest[row]] !== story);
  return article === undefined ? null : { link: null, article, other: articles.nearest[article] };
}

const linkBetween = (a, b) => linksOf[a].find((link) => otherEnd(link, a) === b);
