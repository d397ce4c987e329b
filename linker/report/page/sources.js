// Sources: who reports, who reprints, and who was first.

const SOURCES_AT_ONCE = 100;

// Of each source with a name: its articles, those of its own, and the stories that it opened.
function sourceFacts() {
  const rows = sources.map((_, source) => ({ source, articles: 0, own: 0, stories: new Set(), first: 0 }));
  articles.source.forEach((source, row) => {
    rows[source].articles += 1;
    if (articles.reprint[row] < 0) rows[source].own += 1;
    rows[source].stories.add(articles.story[row]);
  });
  for (const story of members.keys()) {
    if (facts[story].sources.size < 2 || facts[story].first === null) continue;
    const opening = members[story].find((row) => articles.published[row] === facts[story].first);
    rows[articles.source[opening]].first += 1;
  }
  return rows.filter(({ source }) => sources[source]).sort((a, b) => b.own - a.own || b.articles - a.articles || a.source - b.source);
}

function drawSources(section) {
  const rows = sourceFacts();
  const most = rows.reduce((highest, row) => Math.max(highest, row.articles), 1);
  const [body, more] = sliced("tbody", null, rows, (row) => sourceRow(row, most), SOURCES_AT_ONCE);
  const heading = (words) => el("th", { scope: "col", class: "number" }, words);
  redraw(section,
    el("header", { class: "head" },
      el("h1", { tabindex: "-1" }, rows.length ? count(rows.length, "source") : "No article names its source"),
      rows.length ? el("p", { class: "lead" }, "Those with the most reports of their own come first. “First” counts the stories of two sources or more that it opened.") : null),
    rows.length ? el("table", { class: "sources" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Source"),
        el("th", { scope: "col", class: "share" }, el("span", { class: "key report" }, "own reports"), " ", el("span", { class: "key copy" }, "reprints")),
        ["Own", "Reprints", "Stories", "First"].map(heading))),
      body) : "",
    more);
}

function sourceRow({ source, articles: all, own, stories: told, first }, most) {
  const share = (number) => `${100 * number / most}%`;
  return el("tr", {},
    el("th", { scope: "row" }, el("a", { href: route({ source }) }, name(sources[source]))),
    el("td", { class: "share" }, svg("svg", { width: "100%", height: 8, "aria-hidden": "true" },
      svg("rect", { class: "bar", width: share(own), height: 8 }),
      svg("rect", { class: "bar copy", x: share(own), width: share(all - own), height: 8 }))),
    [own, all - own, told.size, first].map((number) => el("td", { class: "number" }, number ? numbers.format(number) : "–")));
}
