// One story: its headline, key words, time line, its reports with their reprints folded under
// them, why each is in, the nearest other story and what else belongs to the topic.

const COPIES_AT_ONCE = 200;
const REPORTS_AT_ONCE = 100;
const LINKS_SHOWN = 6;

function back(parameters, words) {
  return el("p", { class: "back" }, el("a", { href: route(parameters) }, words));
}

function drawStory(section, story) {
  const fact = facts[story];
  const reports = members[story].filter((row) => articles.reprint[row] < 0);
  redraw(section,
    back(filters(), "All stories"),
    el("header", { class: "head" },
      el("h1", { tabindex: "-1" }, storyHeadline(story)),
      el("p", { class: "meta" }, storyMeta(story)),
      keywords(story)),
    timeline(story) ?? "",
    el("h2", {}, count(fact.independent, "independent report"),
      fact.size > fact.independent ? el("span", { class: "aside" }, ` and ${count(fact.size - fact.independent, "reprint")}`) : null),
    fact.size > members[story].length ? el("p", { class: "small" }, `This page shows the first ${numbers.format(members[story].length)} of them.`) : "",
    sliced("ol", "reports", reports, report, REPORTS_AT_ONCE),
    nearest(story) ?? "",
    relatives(story));
}

function keywords(story) {
  if (!stories.keywords[story].length) return null;
  return el("ul", { class: "keywords", "aria-label": "Key words" },
    stories.keywords[story].map((word) => el("li", {}, el("bdi", { dir: "auto" }, word))));
}

// A list whose first items are drawn at once and the rest a slice at a time on demand: the list,
// and the button for more where there are more.
function sliced(tag, className, rows, draw, most) {
  const list = el(tag, { class: className });
  const button = el("button", { type: "button" });
  let at = 0;
  const next = () => {
    list.append(...rows.slice(at, at + most).map((row) => draw(row)));
    at = Math.min(rows.length, at + most);
    button.textContent = `Show ${numbers.format(Math.min(most, rows.length - at))} more`;
    if (at === rows.length) button.remove();
  };
  button.addEventListener("click", next);
  next();
  return [list, at < rows.length ? el("p", { class: "more" }, button) : null];
}

function byline(article) {
  return el("p", { class: "meta" }, languageMark(articles.lang[article]),
    sources[articles.source[article]] ? el("span", {}, name(sources[articles.source[article]])) : null,
    el("span", {}, moment(article)));
}

const original = (article) => outside(articles.url[article], "Original") ?? "";

// Something opened on demand: its content is made when it is opened for the first time.
function unfold(summary, content, attributes = {}) {
  const details = el("details", attributes, el("summary", {}, summary));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) fill(details, {}, [content()]);
  });
  return details;
}

const noText = () => el("p", { class: "small" },
  byId("texts-0") ? "This article has no text." : "This page does not hold the texts.");

function passage(article) {
  return el("div", { class: "text" }, textOf(article).split(/\n+/).filter((line) => line.trim())
    .map((line) => foreign("p", line, articles.lang[article])));
}

function report(article) {
  const own = copies[article];
  return el("li", { class: "report", id: `article-${article}` },
    byline(article),
    el("h3", {}, headline(article)),
    reason(article),
    el("div", { class: "actions" }, original(article),
      textOf(article) ? unfold("Text", () => passage(article)) : null,
      insideLinks(article).length ? unfold("Evidence", () => why(article)) : null,
      own.length ? unfold(count(own.length, "reprint"), () => sliced("ul", "copies", own, copy, COPIES_AT_ONCE)) : null));
}

// An article by its source, or by its headline when that is not known.
const named = (article) => (sources[articles.source[article]]
  ? name(sources[articles.source[article]]) : headline(article));

// "Closest to The Gazette (97%): both name Ada Quill; close in meaning; same day."
function reason(article) {
  const link = insideLinks(article)[0];
  if (link === undefined) return null;
  return el("p", { class: "why" }, "Closest to ", named(otherEnd(link, article)),
    ` (${percent(links.probability[link])})`, suffix(link), ".");
}

function why(article) {
  return [barsKey(),
    el("div", { class: "cards" }, insideLinks(article).slice(0, LINKS_SHOWN).map((link) => evidence(link, article))),
    articleMargin(article)];
}

// The story that this article would be in otherwise, and how far behind it is.
function articleMargin(article) {
  const [best] = insideLinks(article);
  const [out] = outsideLinks(article);
  if (out === undefined) return el("p", { class: "small" }, "No article of another story comes near.");
  const other = articles.story[otherEnd(out, article)];
  const words = best === undefined ? "" : marginWords(links.probability[best], links.probability[out]);
  return el("p", { class: "small" }, "Runner-up: ",
    el("a", { href: route({ story: stories.id[other] }) }, storyHeadline(other)),
    `, ${percent(links.probability[out])}${words}. `, comparison(article, otherEnd(out, article)), ".");
}

// Between two probabilities as they are shown: 94% and 46% are 48 points apart.
const points = (more, less) => parseInt(percent(more), 10) - parseInt(percent(less), 10);

const marginWords = (own, other) => (points(own, other) > 0
  ? `, ${count(points(own, other), "point")} behind` : ", as near as its own story: look twice");

function evidence(link, article) {
  const other = otherEnd(link, article);
  return el("section", { class: "evidence" },
    el("p", {}, headline(other)), byline(other), bars(link),
    el("p", {}, comparison(article, other)));
}

function comparison(a, b) {
  return el("a", { href: route({ pair: articles.id[a], with: articles.id[b] }) }, "Compare the two texts");
}

function copy(article) {
  const same = articles.title[article] === articles.title[articles.reprint[article]];
  return el("li", { class: "copy" },
    byline(article),
    el("p", {}, el("span", { class: "kind" }, KINDS[articles.kind[article]] || "reprint"), " ", same ? null : headline(article)),
    el("p", { class: "small" },
      `${percent(articles.jaccard[article])} of all passages in common, ${percent(articles.containment[article])} of the shorter text is in the longer`),
    el("div", { class: "actions" }, original(article), comparison(articles.reprint[article], article)));
}

function nearest(story) {
  const best = runnerUp(story);
  if (!best) return null;
  return el("section", {}, el("h2", {}, "Runner-up story"),
    el("p", { class: "why" }, best.link === null ? "The nearest article elsewhere is in this one." : storyMargin(story, best.link)),
    el("ol", { class: "stories" }, storyRow(articles.story[best.other])),
    el("div", { class: "actions" }, comparison(best.article, best.other),
      best.link === null ? null : unfold("Evidence", () => [barsKey(),
        el("div", { class: "cards" }, evidence(best.link, best.article))])));
}

// How far the strongest link out of a story is behind what holds the story together.
function storyMargin(story, link) {
  const [own, out] = [stories.confidence[story], links.probability[link]];
  const margin = points(own, out) > 0 ? `a margin of ${count(points(own, out), "point")}` : "which is no less: look twice";
  return [facts[story].size === 1
    ? `The nearest article elsewhere tells the same event with a probability of ${percent(out)}. `
    : stories.independent[story] === 1
      ? `This story is one report and its copies; the strongest link out of it stands at ${percent(out)}. `
      : `This story holds together at ${percent(own)}; the strongest link out of it stands at ${percent(out)}, ${margin}. `,
  "Between the two", suffix(link), "."];
}

// What else belongs to the topic: what came before this story and what followed it.
function relatives(story) {
  const others = storiesOf[stories.topic[story]].filter((row) => row !== story);
  if (!others.length) return "";
  const begin = facts[story].first;
  const gap = (row) => (begin === null || facts[row].first === null ? null : facts[row].first - begin);
  const part = (words, test) => relativePart(words, others.filter((row) => test(gap(row))).sort(byBeginning), gap, topicAxis(stories.topic[story]));
  return el("section", {},
    part("Follow-up stories", (seconds) => seconds !== null && seconds >= 0),
    part("Earlier in this topic", (seconds) => seconds !== null && seconds < 0),
    part("Also in this topic", (seconds) => seconds === null),
    el("p", { class: "actions" }, el("a", { href: route({ topic: topics[stories.topic[story]] }) }, "See the topic as a whole")));
}

function relativePart(words, rows, gap, axis) {
  if (!rows.length) return null;
  return [el("h2", {}, words),
    sliced("ol", "stories", rows, (row) => storyRow(row, axis, laterWords(gap(row))), SLICE)];
}

function laterWords(seconds) {
  if (seconds === null) return null;
  const days = Math.round(Math.abs(seconds) / DAY);
  if (days === 0) return "the same day";
  return `${count(days, "day")} ${seconds < 0 ? "earlier" : "later"}`;
}
