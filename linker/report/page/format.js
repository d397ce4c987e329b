// Values as words: numbers, times, languages, headlines in their own direction.

const numbers = new Intl.NumberFormat("en");
const dayNames = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const languageNames = new Intl.DisplayNames("en", { type: "language", fallback: "code" });
const RIGHT_TO_LEFT = new Set(["ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "ku-Arab", "syr", "arc"]);
const PRECISION_EXACT = 0;

const count = (value, one, many = `${one}s`) => `${numbers.format(value)} ${value === 1 ? one : many}`;

// Thousandths as a percentage that never rounds up to 100: a near copy is not a copy.
const percent = (thousandths) => `${thousandths >= 1000 ? 100 : Math.min(99, Math.round(thousandths / 10))}%`;

const day = (seconds) => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "undated" : dayNames.format(date);
};

function moment(article) {
  const seconds = articles.published[article];
  if (seconds === null) return "undated";
  if (articles.precision[article] !== PRECISION_EXACT) return day(seconds);
  return `${day(seconds)}, ${clock.format(new Date(seconds * 1000))}`;
}

function span(first, last) {
  if (first === null) return "undated";
  return dayNames.formatRange(new Date(first * 1000), new Date(last * 1000));
}

const code = (language) => languages[language] || "und";

const isTag = (tag) => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag) && tag !== "und";

function languageName(language) {
  const tag = code(language);
  if (tag === "und") return "language unknown";
  try {
    return isTag(tag) ? languageNames.of(tag) : tag;
  } catch {
    return tag;
  }
}

const colour = (language) => `lang-${Math.min(language, LANGUAGE_COLOURS)}`;

const sourceName = (source) => sources[source] || "source unknown";

// A run of foreign text: isolated from the line around it, its language and direction set. The
// language decides when it is known; text that starts with a Latin brand name stays Arabic.
function foreign(tag, text, language, attributes = {}) {
  const known = isTag(code(language)) ? code(language) : null;
  const direction = known === null ? "auto" : RIGHT_TO_LEFT.has(known) ? "rtl" : "auto";
  return el(tag, { ...attributes, lang: known, dir: direction }, text);
}

const headline = (article) =>
  foreign("bdi", articles.title[article] || "No headline", articles.lang[article]);

const storyHeadline = (story) =>
  foreign("bdi", stories.title[story] || articles.title[heads[story]] || "No headline",
    articles.lang[heads[story]]);

const name = (text) => el("bdi", {}, text);

function languageMark(language) {
  return el("span", { class: "language", title: languageName(language) },
    el("i", { class: `dot ${colour(language)}`, "aria-hidden": "true" }), code(language));
}

const route = (parameters) => `#${new URLSearchParams(parameters)}`;

// Only http(s) leaves the page; anything else in an address stays out of it.
function outside(address, ...children) {
  let target = null;
  try {
    target = new URL(address);
  } catch {
    return null;
  }
  if (target.protocol !== "http:" && target.protocol !== "https:") return null;
  return el("a", { href: target.href, rel: "noopener noreferrer", target: "_blank" }, ...children);
}
