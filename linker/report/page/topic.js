// Topics: stories that belong to one wider subject, on one axis of time.

const topicSize = (topic) => storiesOf[topic].reduce((sum, story) => sum + facts[story].size, 0);

const lead = (topic) => storiesOf[topic].reduce((best, story) =>
  (facts[story].independent > facts[best].independent ? story : best));

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
  const own = [...storiesOf[topic]].sort((a, b) => (facts[a].first ?? Infinity) - (facts[b].first ?? Infinity) || a - b);
  const axis = topicAxis(topic);
  section.replaceChildren(
    back({ topics: "" }, "All topics"),
    el("header", { class: "head" },
      el("p", { class: "eyebrow" }, "Topic"),
      el("h1", { tabindex: "-1" }, storyHeadline(lead(topic))),
      el("p", { class: "meta" }, el("span", {}, count(own.length, "story", "stories")), el("span", {}, count(topicSize(topic), "article"))),
      el("ul", { class: "keywords", "aria-label": "Key words" }, topicWords(topic).map((word) => el("li", {}, el("bdi", { dir: "auto" }, word))))),
    el("h2", {}, "Stories, earliest first"),
    scaleRow(axis),
    sliced("ol", "stories", own, (story) => storyRow(story, axis), SLICE));
}

function drawTopics(section) {
  const wide = topics.map((_, topic) => topic).filter((topic) => storiesOf[topic].length > 1)
    .sort((a, b) => storiesOf[b].length - storiesOf[a].length || topicSize(b) - topicSize(a) || a - b);
  section.replaceChildren(
    el("h1", { tabindex: "-1" }, wide.length ? count(wide.length, "topic of several stories", "topics of several stories") : "No topic has several stories"),
    el("p", { class: "lead" }, `${count(topics.length - wide.length, "story", "stories")} without a wider topic.`),
    sliced("ol", "topics", wide, topicRow, SLICE));
}

function topicRow(topic) {
  const shown = [...storiesOf[topic]].sort((a, b) => facts[b].independent - facts[a].independent || a - b).slice(0, 4);
  return el("li", {}, el("article", { class: "topic" },
    el("h2", {}, el("a", { href: route({ topic: topics[topic] }) }, storyHeadline(lead(topic)))),
    el("p", { class: "meta" }, el("span", {}, count(storiesOf[topic].length, "story", "stories")), el("span", {}, count(topicSize(topic), "article"))),
    el("ul", {}, shown.filter((story) => story !== lead(topic)).map((story) => el("li", {},
      el("a", { href: route({ story: stories.id[story] }) }, storyHeadline(story)))))));
}
