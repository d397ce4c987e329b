// Inline SVG in percent of its own width, so that nothing is drawn again when the window changes.

const HISTORY_HEIGHT = 80;
const LANE_HEIGHT = 26;
const HIGHEST_ARTICLE = 24; // pixels: few articles make a low chart
const BINS = 120;

const allAxis = axisOf(articles.published);

const LANE_TICKS = 4;

function tickLines(axis, height, most, above = 0) {
  return ticksOf(axis, most).map((tick) => place(axis, tick.time)).map((x) =>
    svg("line", { class: "tick", x1: `${x}%`, x2: `${x}%`, y1: -above, y2: height }));
}

function tickWords(axis, y, most) {
  return ticksOf(axis, most).filter((tick) => place(axis, tick.time) < 92).map((tick) =>
    svg("text", { class: "tick", x: `${place(axis, tick.time)}%`, y, dx: 3 }, tick.label));
}

const axisMarks = (axis, height, most) => [tickLines(axis, height, most), tickWords(axis, height + 14, most)];

// The words of the axis above a list of lanes.
function scale(axis) {
  return axis && svg("svg", { class: "chart", width: "100%", height: 18 },
    tickLines(axis, 18, LANE_TICKS), tickWords(axis, 12, LANE_TICKS));
}

// Articles over time, independent reports below and reprints on top, and what it shows in words;
// `choose` takes (from, to).
function historyChart(choose) {
  const [width, unit] = binWidth(allAxis, BINS);
  const bins = new Map();
  articles.published.forEach((time, row) => {
    if (!drawable(time) || time < allAxis.from || time > allAxis.to) return;
    const start = Math.floor(time / width) * width;
    const bin = bins.get(start) ?? [0, 0];
    bin[articles.reprint[row] < 0 ? 0 : 1] += 1;
    bins.set(start, bin);
  });
  const highest = [...bins.values()].reduce((most, [a, b]) => Math.max(most, a + b), 1);
  const scale = Math.min(HIGHEST_ARTICLE, (HISTORY_HEIGHT - 8) / highest);
  const bars = [...bins].map(([start, [reports, reprints]]) => {
    const x = place(allAxis, start);
    const wide = `${Math.max(0.3, place(allAxis, start + width) - x - 0.15)}%`;
    const words = `${day(start)}: ${count(reports, "independent report")}, ${count(reprints, "reprint")}`;
    return svg("g", { class: "bin", click: () => choose(start, start + width - 1) },
      svg("title", {}, words),
      svg("rect", { class: "hit", x: `${x}%`, y: 0, width: wide, height: HISTORY_HEIGHT }),
      svg("rect", { class: "bar", x: `${x}%`, width: wide, rx: 1, y: HISTORY_HEIGHT - reports * scale, height: reports * scale }),
      svg("rect", { class: "bar copy", x: `${x}%`, width: wide, rx: 1, y: HISTORY_HEIGHT - (reports + reprints) * scale, height: reprints * scale }));
  });
  const words = `Articles ${unit}, at most ${numbers.format(highest)}`;
  return { words, chart: svg("svg", { class: "chart", width: "100%", height: HISTORY_HEIGHT + 20, role: "img", "aria-label": words },
    axisMarks(allAxis, HISTORY_HEIGHT, 7), bars) };
}

// Dots of one line: articles that would cover each other become one larger dot.
function dots(axis, rows, y, filled = false) {
  const spots = new Map();
  for (const row of rows) {
    if (!drawable(articles.published[row])) continue;
    const copy = !filled && articles.reprint[row] >= 0;
    const x = Math.round(place(axis, articles.published[row]) * 1.5) / 1.5;
    const key = `${x} ${articles.lang[row]} ${copy}`;
    const spot = spots.get(key) ?? { x, language: articles.lang[row], copy, rows: [] };
    spot.rows.push(row);
    spots.set(key, spot);
  }
  const ordered = [...spots.values()].sort((a, b) => b.copy - a.copy || b.rows.length - a.rows.length);
  return ordered.map((spot) => svg("circle", {
    class: `${spot.copy ? "copy" : "report"} ${colour(spot.language)}`,
    cx: `${spot.x}%`, cy: y, r: Math.min(8, 2.6 + Math.sqrt(spot.rows.length)),
  }, svg("title", {}, dotWords(spot))));
}

function dotWords(spot) {
  const kind = spot.copy ? "reprint" : "report";
  if (spot.rows.length > 1) return `${count(spot.rows.length, kind)} in ${languageName(spot.language)}`;
  const row = spot.rows[0];
  return `${moment(row)} · ${sourceName(articles.source[row])} · ${articles.title[row]}`;
}

// One story on the axis of all stories: its first to last day and its articles.
function lane(story, axis = allAxis) {
  const { first, last } = facts[story];
  if (!axis || first === null) return null;
  const y = LANE_HEIGHT / 2;
  return svg("svg", { class: "chart lane", width: "100%", height: LANE_HEIGHT, "aria-hidden": "true" },
    tickLines(axis, 4 * LANE_HEIGHT, LANE_TICKS, 3 * LANE_HEIGHT), // the row cuts them to its height
    svg("line", { class: "rail", x1: 0, x2: "100%", y1: y, y2: y }),
    svg("line", { class: "stretch", x1: `${place(axis, first)}%`, x2: `${place(axis, last)}%`, y1: y, y2: y }),
    dots(axis, members[story], y, true)); // at this size a ring would be taken for a blot
}

// A story's own time line: one line a language, the language that came first on top.
function timeline(story) {
  const rows = members[story].filter((row) => drawable(articles.published[row]));
  if (rows.length < 2) return null;
  const axis = axisOf(rows.map((row) => articles.published[row]), DAY / 8);
  const inOrder = [...new Set(rows.map((row) => articles.lang[row]))];
  const height = inOrder.length * LANE_HEIGHT;
  const lines = inOrder.map((language, line) => {
    const y = line * LANE_HEIGHT + LANE_HEIGHT / 2;
    const own = rows.filter((row) => articles.lang[row] === language);
    return [svg("line", { class: "rail", x1: 0, x2: "100%", y1: y, y2: y }), ...dots(axis, own, y)];
  });
  const words = `${count(rows.length, "article")} in ${count(inOrder.length, "language")}, ${span(facts[story].first, facts[story].last)}`;
  return el("figure", { class: "timeline" },
    el("div", { class: "lines" },
      el("ul", { class: "names" }, inOrder.map((language) => el("li", {}, languageMark(language)))),
      svg("svg", { class: "chart", width: "100%", height: height + 20, role: "img", "aria-label": `Time line: ${words}` },
        axisMarks(axis, height, 5), lines)),
    el("figcaption", {}, el("span", { class: "key report" }, "independent report"), el("span", { class: "key copy" }, "reprint")));
}
