// What the address asks for: #story=ID, #topic=ID, #pair=ID&with=ID, #topics, #sources, #run or the list.

const VIEWS = ["overview", "story", "topics", "topic", "sources", "pair"];
const viewOf = (view) => byId(`view-${view}`);
let kept = 0; // how far the list was scrolled when it was left
let shownView = null;

function wanted() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const story = storyRows.get(asked.get("story"));
  const topic = topicRows.get(asked.get("topic"));
  const [a, b] = [articleRows.get(asked.get("pair")), articleRows.get(asked.get("with"))];
  if (story !== undefined) return ["story", story];
  if (topic !== undefined) return ["topic", topic];
  if (a !== undefined && b !== undefined) return ["pair", a, b];
  if (asked.has("topics")) return ["topics"];
  if (asked.has("sources")) return ["sources"];
  return ["overview", asked];
}

function useFilters(asked) {
  const before = JSON.stringify(filters());
  for (const field of FIELDS) byId(field).value = asked.get(field) ?? (field === "sort" ? "reports" : "");
  if (!byId("sort").value) byId("sort").value = "reports";
  for (const field of ["language", "source", "size"]) byId(field).value ||= "";
  if (!found.length || JSON.stringify(filters()) !== before) refresh();
}

const DRAW = {
  overview: (section, asked) => useFilters(asked),
  story: drawStory,
  topic: drawTopic,
  topics: drawTopics,
  sources: drawSources,
  pair: drawPair,
};

function show() {
  const [view, ...what] = wanted();
  if (shownView === "overview" && view !== "overview") kept = window.scrollY;
  const section = viewOf(view);
  DRAW[view](section, ...what);
  for (const other of VIEWS) viewOf(other).hidden = other !== view;
  byId("run").hidden = view !== "overview";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  arrive(view, section);
  shownView = view;
}

function arrive(view, section) {
  if (location.hash === "#run") {
    byId("run").scrollIntoView();
    byId("run-title").focus({ preventScroll: true });
  } else if (view === "overview") {
    if (shownView !== null && shownView !== "overview") window.scrollTo(0, kept);
  } else {
    window.scrollTo(0, 0);
    section.querySelector("h1").focus({ preventScroll: true });
  }
}

byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.querySelector("main > section:not([hidden]) h1").focus();
});
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("#view-story:not([hidden]) details")) fold.open = true;
});
window.addEventListener("hashchange", show);
// Texts stand behind this script: a view of them that was asked for at once is drawn again when
// they are in.
if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", () => { if (["story", "pair"].includes(shownView)) show(); });
}
startList();
show();
