"use strict";
// The run's data and the two ways to make elements. Headlines, names, ids and addresses are
// hostile: they reach the page as text nodes or checked http(s) links, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const { articles, stories, topics, languages, sources, links } = data;
const KINDS = ["", "exact copy", "edited reprint", "excerpt", "later version"];
const EXACT = 1;
const TEXTS_A_BLOCK = 256;
const LANGUAGE_COLOURS = 12;

const byId = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== ""));
  return node;
}

function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// Children may be null, '' or lists, which the browser's own replaceChildren would print.
function redraw(node, ...children) {
  node.replaceChildren();
  return fill(node, {}, children);
}

function group(count, keys) {
  const rows = Array.from({ length: count }, () => []);
  keys.forEach((key, row) => { if (key >= 0) rows[key].push(row); });
  return rows;
}

const members = group(stories.id.length, articles.story);
const copies = group(articles.id.length, articles.reprint);
const storiesOf = group(topics.length, stories.topic);
const linksOf = Array.from(articles.id, () => []);
links.a.forEach((a, row) => { linksOf[a].push(row); linksOf[links.b[row]].push(row); });

const rowsById = (ids) => new Map(ids.map((id, row) => [id, row]).reverse());
const storyRows = rowsById(stories.id);
const articleRows = rowsById(articles.id);
const topicRows = rowsById(topics);

// Counts that the list sorts and filters by, worked out once.
const facts = members.map((rows, story) => {
  const times = rows.map((row) => articles.published[row]).filter((time) => time !== null);
  return {
    size: stories.articles[story],
    independent: stories.independent[story],
    languages: [...new Set(rows.map((row) => articles.lang[row]))].sort((a, b) => a - b),
    sources: new Set(rows.map((row) => articles.source[row]).filter((source) => sources[source])),
    first: times.length ? times.reduce((a, b) => Math.min(a, b)) : null,
    last: times.length ? times.reduce((a, b) => Math.max(a, b)) : null,
  };
});

// The article whose headline names the story: its language sets the headline's direction.
const heads = members.map((rows, story) =>
  rows.find((row) => articles.title[row] === stories.title[story]) ?? rows[0]);

const blocks = new Map();
function textOf(article) {
  if (articles.kind[article] === EXACT && articles.reprint[article] >= 0
      && articles.reprint[article] !== article) return textOf(articles.reprint[article]);
  const number = Math.floor(article / TEXTS_A_BLOCK);
  if (!blocks.has(number)) {
    const block = byId(`texts-${number}`);
    if (!block) return "";
    blocks.set(number, JSON.parse(block.textContent));
  }
  return blocks.get(number)[article % TEXTS_A_BLOCK] ?? "";
}
