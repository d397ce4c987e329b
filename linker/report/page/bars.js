// What each piece of evidence adds to the odds of a link: bars one after the other, from where two
// articles stand before any evidence to where all of it leads them.

const START = "intercept";
const FAINT = 5; // hundredths of log-odds: less is not worth a row
const BAR_HEIGHT = 12;
const SIMILARITIES = new Set(["cosine", "tfidf", "names"]); // from 0 to 1

const signed = (hundredths) => `${hundredths < 0 ? "−" : "+"}${(Math.abs(hundredths) / 100).toFixed(1)}`;

// The parts of a link's log-odds: [feature, hundredths], the start first, then the strongest.
function partsOf(link) {
  const parts = links.weighed.map((feature, at) => [feature, links.parts[at][link] ?? 0]);
  const rest = parts.filter(([feature, part]) => feature !== START && Math.abs(part) >= FAINT);
  return [...parts.filter(([feature]) => feature === START), ...rest.sort((a, b) => b[1] - a[1])];
}

// What stands behind a part, as nodes: the numbers, the words, the days, or the measure itself.
function detail(link, feature) {
  if (feature === "gap_days") return [gapWords(link) ?? ""];
  const numbersInCommon = termsOf(link, "numbers");
  if (feature === "numbers") return numbersInCommon.length ? ["in common: ", ...listed(numbersInCommon)] : [];
  const words = termsOf(link, "words");
  if (feature === "tfidf" && words.length) return listed(words);
  const value = valueOf(link, feature);
  return SIMILARITIES.has(feature) && value !== null ? [`similarity ${(value / 100).toFixed(2)}`] : [];
}

// The line of even odds runs through all rows: each draws it beyond itself, and the table clips it.
function barRow(label, words, place, from, to, figure) {
  const [left, right] = [place(Math.min(from, to)), place(Math.max(from, to))];
  return el("tr", {},
    el("th", { scope: "row" }, label, words.length ? el("span", { class: "detail" }, words) : null),
    el("td", { class: "share" }, svg("svg", { width: "100%", height: BAR_HEIGHT, "aria-hidden": "true" },
      svg("line", { class: "zero", x1: `${place(0)}%`, x2: `${place(0)}%`, y1: -60, y2: BAR_HEIGHT + 60 }),
      svg("rect", { class: to < from ? "bar against" : "bar", x: `${left}%`, y: 2, height: BAR_HEIGHT - 4, rx: 1, width: `${Math.max(0.6, right - left)}%` }))),
    el("td", { class: "number" }, figure));
}

function bars(link) {
  const parts = partsOf(link);
  const ends = parts.reduce((sums, [, part]) => [...sums, sums.at(-1) + part], [0]);
  const [low, high] = [Math.min(...ends) - 20, Math.max(...ends) + 20];
  const place = (value) => 100 * (value - low) / (high - low);
  const rows = parts.map(([feature, part], at) => barRow(
    feature === START ? "Before any evidence" : FEATURES[feature]?.label ?? feature.replaceAll("_", " "),
    detail(link, feature), place, ends[at], ends[at + 1], signed(part)));
  return el("table", { class: "bars" }, el("caption", { class: "hidden" }, "What each piece of evidence adds to the odds of one story"),
    el("tbody", {}, rows, barRow("One story", [], place, 0, ends.at(-1), percent(links.probability[link]))));
}

const barsKey = () => el("p", { class: "small" },
  "Each bar starts where the one above it ends. Right of the line one story is more likely than two; one point makes it 2.7 times as likely.");
