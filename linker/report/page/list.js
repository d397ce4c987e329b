// The list of stories: sorted, searched and filtered; drawn a slice at a time.

const SLICE = 60;
const LANGUAGES_SHOWN = 6;
const FEW = 10;
const SIZES = [2, 3, 5, 10, 25, 50, 100];
const down = (value) => (a, b) => value(b) - value(a);
const SORTS = {
  reports: ["Most independent reports", down((story) => facts[story].independent)],
  articles: ["Most articles", down((story) => facts[story].size)],
  latest: ["Latest first", down((story) => facts[story].last ?? -Infinity)],
  earliest: ["Earliest first", (a, b) => (facts[a].first ?? Infinity) - (facts[b].first ?? Infinity)],
  languages: ["Most languages", down((story) => facts[story].languages.length)],
  sources: ["Most sources", down((story) => facts[story].sources.size)],
  certain: ["Most certain", down((story) => stories.confidence[story])],
  uncertain: ["Least certain", (a, b) => stories.confidence[a] - stories.confidence[b]],
};
const FIELDS = ["query", "sort", "language", "source", "size", "from", "to"];

let found = [];
let drawn = 0;
const searchable = new Array(members.length);

// A story's headlines and key words, folded once.
function searchText(story) {
  searchable[story] ??= fold([...new Set([
    stories.title[story], ...stories.keywords[story], ...members[story].map((row) => articles.title[row]),
  ])].join("\n"));
  return searchable[story];
}

// Fold ahead while nothing else is to be done, so that the first search is as quick as the rest.
function foldAhead(story) {
  window.requestIdleCallback?.((deadline) => {
    while (story < members.length && deadline.timeRemaining() > 1) searchText(story++);
    if (story < members.length) foldAhead(story);
  });
}

function tests() {
  const words = fold(byId("query").value).split(/\s+/).filter(Boolean);
  const [language, source] = [byId("language").value, byId("source").value];
  const size = Number(byId("size").value);
  const from = Date.parse(byId("from").value) / 1000;
  const to = Date.parse(byId("to").value) / 1000 + DAY - 1;
  return [
    words.length && ((story) => words.every((word) => searchText(story).includes(word))),
    language && ((story) => facts[story].languages.includes(Number(language))),
    source && ((story) => facts[story].sources.has(Number(source))),
    size && ((story) => facts[story].size >= size),
    from && ((story) => facts[story].last !== null && facts[story].last >= from),
    to && ((story) => facts[story].first !== null && facts[story].first <= to),
  ].filter(Boolean);
}

function storyRow(story, axis = allAxis, note = null) {
  const fact = facts[story];
  const copied = fact.size - fact.independent;
  return el("li", {}, el("article", { class: "row" },
    el("p", { class: "size", title: `${count(fact.independent, "independent report")}, ${count(copied, "reprint")}` },
      el("b", {}, numbers.format(fact.independent)), el("span", {}, fact.independent === 1 ? "report" : "reports"),
      copied ? el("span", { class: "copied" }, `+ ${count(copied, "reprint")}`) : null),
    el("div", { class: "what" },
      el("h3", {}, el("a", { href: route({ story: stories.id[story] }) }, storyHeadline(story))),
      el("p", { class: "meta" }, note ? el("b", {}, note) : null, storyMeta(story))),
    el("div", { class: "when" }, lane(story, axis) ?? "")));
}

function scaleRow(axis) {
  return el("div", { class: "row scale", "aria-hidden": "true" }, el("div", { class: "when" }, scale(axis) ?? ""));
}

function storyMeta(story) {
  const fact = facts[story];
  const shown = fact.languages.slice(0, LANGUAGES_SHOWN);
  return [
    ...shown.map(languageMark),
    fact.languages.length > LANGUAGES_SHOWN
      ? el("span", {}, `+ ${count(fact.languages.length - LANGUAGES_SHOWN, "language")}`) : null,
    fact.sources.size ? el("span", {}, count(fact.sources.size, "source")) : null,
    el("span", {}, span(fact.first, fact.last)),
    fact.size > 1 ? el("span", {}, certainty(story)) : null,
  ];
}

// Copies of one report are no evidence of a story that several tell: there is nothing to be sure of.
const certainty = (story) =>
  stories.independent[story] === 1 ? "copies of one report" : `${percent(stories.confidence[story])} sure`;

function more(focus) {
  const rows = found.slice(drawn, drawn + SLICE).map((story) => storyRow(story));
  byId("list").append(...rows);
  drawn += rows.length;
  const left = found.length - drawn;
  byId("more").hidden = left === 0;
  byId("more").textContent = `Show ${numbers.format(Math.min(SLICE, left))} more of ${numbers.format(left)}`;
  if (focus) rows[0]?.querySelector("a").focus();
}

function refresh() {
  const checks = tests();
  const order = SORTS[byId("sort").value][1];
  found = members.map((_, story) => story).filter((story) => checks.every((check) => check(story)));
  found.sort((a, b) => order(a, b) || facts[b].size - facts[a].size || a - b);
  drawn = 0;
  byId("list").replaceChildren();
  more(false);
  const shown = found.reduce((sum, story) => sum + facts[story].size, 0);
  byId("found").textContent = found.length
    ? `${count(found.length, "story", "stories")}, ${count(shown, "article")}`
    : "No story matches.";
  document.querySelector("#view-overview .scale").hidden = found.length === 0;
  byId("reset").hidden = checks.length === 0;
  for (const button of byId("languages").children) {
    button.setAttribute("aria-pressed", String(button.dataset.language === byId("language").value));
  }
}

const filters = () => Object.fromEntries(FIELDS.map((field) => [field, byId(field).value])
  .filter(([field, value]) => value && !(field === "sort" && value === "reports")));

// Filters live in the address, so that a view can be kept and the back button returns to it.
function filterChanged() {
  keepAddress(route(filters()));
  refresh();
}

function keepAddress(hash) {
  window.history.replaceState(null, "", hash);
}

function reset() {
  for (const field of FIELDS) if (field !== "sort") byId(field).value = "";
  filterChanged();
  byId("query").focus();
}

// A choice of one is none: its field is left out.
function options(id, none, pairs) {
  byId(id).parentNode.hidden = pairs.length < 2;
  byId(id).append(...(none ? [el("option", { value: "" }, none)] : []),
    ...pairs.map(([value, words]) => el("option", { value: String(value) }, words)));
}

function languageButtons() {
  const totals = group(languages.length, articles.lang).map((rows) => rows.length);
  byId("languages").append(...languages.map((_, language) => el("button", {
    type: "button", "data-language": String(language), "aria-pressed": "false",
    click: () => {
      byId("language").value = byId("language").value === String(language) ? "" : String(language);
      filterChanged();
    },
  }, el("i", { class: `dot ${colour(language)}`, "aria-hidden": "true" }),
  languageName(language), el("span", { class: "total" }, numbers.format(totals[language])))).slice(0, 24));
}

// With few articles the time line beside each story says as much.
function drawHistory() {
  if (articles.published.filter(drawable).length < FEW) return;
  const { words, chart } = historyChart((from, to) => {
    byId("from").value = new Date(from * 1000).toISOString().slice(0, 10);
    byId("to").value = new Date(to * 1000).toISOString().slice(0, 10);
    filterChanged();
  });
  const figure = byId("history");
  figure.hidden = false;
  figure.querySelector("figcaption").append(el("span", {}, words),
    el("span", { class: "key report" }, "independent report"), el("span", { class: "key copy" }, "reprint"));
  figure.querySelector(".plot").append(chart);
}

// "/" goes to the search field, as in many a reader.
function searchKey(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (shownView !== "overview" || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  byId("query").focus();
}

function startList() {
  options("sort", null, Object.entries(SORTS).map(([key, [words]]) => [key, words]));
  options("language", "Any", languages.map((_, row) => [row, languageName(row)]));
  options("source", "Any", sources.map((source, row) => [row, source]).filter(([, source]) => source));
  const largest = facts.reduce((most, { size }) => Math.max(most, size), 0);
  options("size", "Any", SIZES.filter((size) => size <= largest).map((size) => [size, `${size} articles or more`]));
  if (languages.length > 1) languageButtons();
  drawHistory();
  byId("scale").replaceWith(scaleRow(allAxis));
  byId("filters").open = matchMedia("(min-width: 46.01rem)").matches;
  let waiting = 0;
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("controls").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(filterChanged, event.target.id === "query" ? 120 : 0);
  });
  byId("more").addEventListener("click", () => more(true));
  byId("reset").addEventListener("click", reset);
  document.addEventListener("keydown", searchKey);
  foldAhead(0);
}
