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
  section.replaceChildren(
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
    siblings(story) ?? "");
}

function keywords(story) {
  if (!stories.keywords[story].length) return null;
  return el("ul", { class: "keywords", "aria-label": "Key words" },
    stories.keywords[story].map((word) => el("li", {}, el("bdi", { dir: "auto" }, word))));
}

// A list whose first items are drawn at once and the rest a slice at a time on demand.
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
  return at < rows.length ? [list, el("p", { class: "more" }, button)] : list;
}

function byline(article) {
  return el("p", { class: "meta" }, languageMark(articles.lang[article]),
    el("span", {}, name(sourceName(articles.source[article]))), el("span", {}, moment(article)));
}

const original = (article) => outside(articles.url[article], "Original") ?? "";

// Something opened on demand: its content is made when it is opened for the first time.
function unfold(summary, content, attributes = {}) {
  const details = el("details", attributes, el("summary", {}, summary));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(...[content()].flat());
  });
  return details;
}

const noText = () => el("p", { class: "small" },
  byId("texts-0") ? "This article has no text." : "This page does not hold the texts.");

function passage(article) {
  const text = textOf(article);
  if (!text) return noText();
  return el("div", { class: "text" }, text.split(/\n+/).filter((line) => line.trim())
    .map((line) => foreign("p", line, articles.lang[article])));
}

function report(article) {
  const own = copies[article];
  return el("li", { class: "report", id: `article-${article}` },
    byline(article),
    el("h3", {}, headline(article)),
    reason(article),
    el("div", { class: "actions" }, original(article),
      unfold("Text", () => passage(article)),
      insideLinks(article).length ? unfold("Evidence", () => el("div", { class: "cards" },
        insideLinks(article).slice(0, LINKS_SHOWN).map((link) => evidence(link, article)))) : null,
      own.length ? unfold(count(own.length, "reprint"), () => sliced("ul", "copies", own, copy, COPIES_AT_ONCE)) : null));
}

// An article by its source, or by its headline when that is not known.
const named = (article) => (sources[articles.source[article]]
  ? name(sources[articles.source[article]]) : headline(article));

// "Closest to The Gazette (97%): close in meaning; the same numbers; within a day"
function reason(article) {
  const link = insideLinks(article)[0];
  if (link === undefined) return null;
  return el("p", { class: "why" }, "Closest to ", named(otherEnd(link, article)),
    ` (${percent(links.probability[link])})${suffix(link)}.`);
}

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
  return el("section", {}, el("h2", {}, "Nearest other story"),
    el("p", { class: "small" }, best.link === null ? "" : `Its strongest link to this one is ${percent(links.probability[best.link])}${suffix(best.link)}. `,
      comparison(best.article, best.other)),
    el("ol", { class: "stories" }, storyRow(articles.story[best.other])));
}

function siblings(story) {
  const others = storiesOf[stories.topic[story]].filter((row) => row !== story);
  if (!others.length) return null;
  return el("section", {}, el("h2", {}, "Other stories of the topic"),
    el("p", { class: "small" }, el("a", { href: route({ topic: topics[stories.topic[story]] }) }, "See the topic as a whole")),
    sliced("ol", "stories", others, (row) => storyRow(row), SLICE));
}
