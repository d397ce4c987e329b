// Time axes: the stretch worth drawing, its ticks and its bins.

const DAY = 86400;
const EARLIEST = Date.UTC(1800, 0, 1) / 1000;
const LATEST = Date.UTC(2200, 0, 1) / 1000;
const STEPS = [3600, 3 * 3600, 6 * 3600, 12 * 3600, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
const monthNames = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const shortDays = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

const drawable = (time) => time !== null && time >= EARLIEST && time <= LATEST;

// An axis over the given times. A few stray dates far from the rest would press everything else
// into one pixel: when the middle 98 % fills less than a fifth, the axis covers that only. It is
// at least `least` seconds wide.
function axisOf(times, least = DAY) {
  const sorted = times.filter(drawable).sort((a, b) => a - b);
  if (!sorted.length) return null;
  let [from, to] = [sorted[0], sorted.at(-1)];
  const low = sorted[Math.floor(sorted.length * 0.01)];
  const high = sorted[Math.ceil(sorted.length * 0.99) - 1];
  if (sorted.length > 100 && (high - low) * 5 < to - from) [from, to] = [low, high];
  const margin = Math.max((least - (to - from)) / 2, (to - from) * 0.02);
  return { from: from - margin, to: to + margin };
}

const place = (axis, time) =>
  100 * Math.min(1, Math.max(0, (time - axis.from) / (axis.to - axis.from)));

function ticksOf(axis, most) {
  const width = axis.to - axis.from;
  const step = STEPS.find((seconds) => width / seconds <= most);
  return step ? evenTicks(axis, step) : monthTicks(axis, most);
}

function evenTicks(axis, step) {
  const ticks = [];
  for (let time = Math.ceil(axis.from / step) * step; time <= axis.to; time += step) {
    const date = new Date(time * 1000);
    const midnight = time % DAY === 0;
    ticks.push({ time, label: step < DAY && !midnight ? clock.format(date) : shortDays.format(date) });
  }
  return ticks;
}

function monthTicks(axis, most) {
  const months = (axis.to - axis.from) / (30.44 * DAY);
  const step = MONTH_STEPS.find((number) => months / number <= most) ?? MONTH_STEPS.at(-1);
  const start = new Date(axis.from * 1000);
  let month = start.getUTCFullYear() * 12 + start.getUTCMonth();
  month = Math.ceil((month + 1) / step) * step;
  const ticks = [];
  for (;; month += step) {
    const date = new Date(Date.UTC(2000, month % 12, 1));
    date.setUTCFullYear(Math.floor(month / 12));
    const time = date.getTime() / 1000;
    if (time > axis.to) return ticks;
    ticks.push({ time, label: step >= 12 ? String(date.getUTCFullYear()) : monthNames.format(date) });
  }
}

// The width of a histogram's bins and its name: the smallest that keeps them under `most`.
function binWidth(axis, most) {
  const widths = [[3600, "an hour"], [6 * 3600, "in six hours"], [DAY, "a day"], [7 * DAY, "a week"],
    [30 * DAY, "in 30 days"], [91 * DAY, "in three months"], [365 * DAY, "a year"], [3650 * DAY, "in ten years"]];
  return widths.find(([width]) => (axis.to - axis.from) / width <= most) ?? widths.at(-1);
}
