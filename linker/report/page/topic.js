// Topics: stories that belong to one wider subject, on one axis of time.

const topicSize = (topic) => storiesOf[topic].reduce((sum, story) => sum + facts[story].size, 0);

const lead = (topic) => storiesOf[topic].reduce((best, story) =>
  (facts[story].independent > facts[best].independent ? story : best));

// Earliest first, the undated at the end.
const byBeginning = (a, b) => (facts[a].first ?? Infinity) - (facts[b].first ?? Infinity) || a - b;

// The first and last moment of a topic, null when no article has one.
function topicSpan(topic) {
  const dated = storiesOf[topic].filter((story) => facts[story].first !== null);
  if (!dated.length) return [null, null];
  return [Math.min(...dated.map((story) => facts[story].first)), Math.max(...dated.map((story) => facts[story].last))];
}

function topicAxis(topic) {
  return axisOf(storiesOf[topic].flatMap((story) => members[story].map((row) => articles.published[row])));
}

// Key words of a topic: those that most of its stories share, then those of the largest.
function topicWords(topic) {
  const counts = new Map();
  for (const story of storiesOf[topic]) {
    for (const word of stories.keywords[story]) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([word]) => word);
}

function drawTopic(section, topic) {
  const own = [...storiesOf[topic]].sort(byBeginning);
  const axis = topicAxis(topic);
  redraw(section,
    back({ topics: "" }, "All topics"),
    el("header", { class: "head" },
      el("p", { class: "eyebrow" }, "Topic"),
      el("h1", { tabindex: "-1" }, storyHeadline(lead(topic))),
      el("p", { class: "meta" }, el("span", {}, count(own.length, "story", "stories")), el("span", {}, count(topicSize(topic), "article")), el("span", {}, span(...topicSpan(topic)))),
      el("ul", { class: "keywords", "aria-label": "Key words" }, topicWords(topic).map((word) => el("li", {}, el("bdi", { dir: "auto" }, word))))),
    el("h2", {}, "Stories, earliest first"),
    scaleRow(axis),
    sliced("ol", "stories", own, (story) => storyRow(story, axis), SLICE));
}

function drawTopics(section) {
  const wide = topics.map((_, topic) => topic).filter((topic) => storiesOf[topic].length > 1)
    .sort((a, b) => storiesOf[b].length - storiesOf[a].length || topicSize(b) - topicSize(a) || a - b);
  redraw(section,
    el("h1", { tabindex: "-1" }, wide.length ? count(wide.length, "topic of several stories", "topics of several stories") : "No topic has several stories"),
    el("p", { class: "lead" }, `${count(topics.length - wide.length, "story", "stories")} without a wider topic.`),
    sliced("ol", "topics", wide, topicRow, SLICE));
}

function topicRow(topic) {
  const others = storiesOf[topic].filter((story) => story !== lead(topic));
  const shown = others.sort((a, b) => facts[b].independent - facts[a].independent || a - b).slice(0, 4).sort(byBeginning);
  return el("li", {}, el("article", { class: "topic" },
    el("h2", {}, el("a", { href: route({ topic: topics[topic] }) }, storyHeadline(lead(topic)))),
    el("p", { class: "meta" }, el("span", {}, count(storiesOf[topic].length, "story", "stories")), el("span", {}, count(topicSize(topic), "article")), el("span", {}, span(...topicSpan(topic)))),
    el("ul", {}, shown.map((story) => el("li", {}, el("span", {}, span(facts[story].first, facts[story].first)),
      el("a", { href: route({ story: stories.id[story] }) }, storyHeadline(story))))),
    others.length > shown.length ? el("p", { class: "small" }, `and ${count(others.length - shown.length, "story", "stories")} more`) : null));
}
