// Evidence in words and bars. A feature that is not known here keeps its own name; of two features
// about the same thing only the first that is strong enough is put in words.

const FEATURES = {
  cosine: { label: "Meaning", about: "text", steps: [[60, "close in meaning"], [42, "related in meaning"]] },
  title_tfidf: { label: "Headline words", about: "headline", steps: [[55, "nearly the same headline"], [25, "similar headlines"]] },
  title_cosine: { label: "Headline meaning", about: "headline", steps: [[50, "headlines that say the same"], [30, "headlines close in meaning"]] },
  tfidf: { label: "Words", about: "words", steps: [[50, "largely the same words"], [25, "many words in common"], [12, "some rare words in common"]] },
  numbers: { label: "Numbers", about: "numbers", steps: [[70, "the same numbers"], [25, "numbers in common"]] },
  names: { label: "Names", about: "names", steps: [[50, "the same names"], [15, "names in common"]] },
};
const FLAGS = {
  same_source: [50, "same source"],
  cross_language: [50, "across languages"],
  template: [50, "page template"],
  brevity: [150, "little text to judge by"],
};

const ORDER = [...Object.keys(FEATURES), ...links.names.filter((feature) => !(feature in FEATURES))]
  .filter((feature) => links.names.includes(feature));

// The features of a link that are known, the telling ones first: [name, value in hundredths].
function featuresOf(link) {
  return ORDER.map((feature) => [feature, links.features[links.names.indexOf(feature)][link]])
    .filter(([, value]) => value !== null);
}

function gapWords(hundredths) {
  const days = Math.abs(hundredths) / 100;
  if (days < 1) return "within a day";
  return `${count(Math.round(days), "day")} apart`;
}

function words(feature, value) {
  if (feature === "gap_days") return gapWords(value);
  const steps = feature in FLAGS ? [FLAGS[feature]] : FEATURES[feature]?.steps ?? [];
  return steps.find(([least]) => value >= least)?.[1];
}

// "close in meaning; the same numbers; within a day"
function phrases(link) {
  const found = new Map();
  for (const [feature, value] of featuresOf(link)) {
    const about = FEATURES[feature]?.about ?? feature;
    if (!found.has(about) && words(feature, value)) found.set(about, words(feature, value));
  }
  return [...found.values()].join("; ");
}

// The same after a figure: ": close in meaning; the same numbers", or nothing.
const suffix = (link) => (phrases(link) ? `: ${phrases(link)}` : "");

function bar(label, share, words) {
  return el("tr", {}, el("th", { scope: "row" }, label),
    el("td", { class: "share" }, svg("svg", { width: "100%", height: 8, "aria-hidden": "true" },
      svg("rect", { class: "track", width: "100%", height: 8, rx: 2 }),
      svg("rect", { class: "bar", width: `${Math.min(100, Math.max(0, share))}%`, height: 8, rx: 2 }))),
    el("td", { class: "number" }, words));
}

function bars(link) {
  const rows = featuresOf(link).map(([feature, value]) => {
    if (feature === "gap_days") return bar("Days apart", 100 * Math.exp(-Math.abs(value) / 300), (Math.abs(value) / 100).toFixed(1));
    if (feature in FLAGS) return null;
    const label = FEATURES[feature]?.label ?? feature.replaceAll("_", " ");
    return bar(label, value, (value / 100).toFixed(2));
  });
  return el("table", { class: "bars" }, el("caption", { class: "hidden" }, "Evidence, 0 to 1"),
    el("tbody", {}, bar("Same story", links.probability[link] / 10, percent(links.probability[link])), rows));
}

const otherEnd = (link, article) => (links.a[link] === article ? links.b[link] : links.a[link]);

const sameStory = (link) => articles.story[links.a[link]] === articles.story[links.b[link]];

const byProbability = (a, b) => links.probability[b] - links.probability[a] || a - b;

const insideLinks = (article) => linksOf[article].filter(sameStory).sort(byProbability);

// The strongest link that leaves a story, the article that it leaves from and the one it leads to.
// Without such a link, the first article whose nearest one is in another story.
function runnerUp(story) {
  const leaving = members[story].flatMap((article) => linksOf[article]
    .filter((link) => !sameStory(link))
    .map((link) => ({ link, article, other: otherEnd(link, article) })));
  if (leaving.length) return leaving.sort((a, b) => byProbability(a.link, b.link))[0];
  const article = members[story].find((row) => articles.story[articles.nearest[row]] >= 0
    && articles.story[articles.nearest[row]] !== story);
  return article === undefined ? null : { link: null, article, other: articles.nearest[article] };
}

const linkBetween = (a, b) => linksOf[a].find((link) => otherEnd(link, a) === b);
