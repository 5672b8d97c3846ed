// Where things stand in the picture of a firm, in pixels.

const SAMPLES = 28; // points of a curve
const BEND = 0.14;
const BEND_UPRIGHT = 0.34; // between two of one column
const WORDS = 30; // height of what is written below a department
const EDGE = 12;
const LARGEST = 56; // radius of a department with all that waits there
const BODY = 0.58; // of it, the radius of the largest department
const SMALLEST = 8;
const BESIDE = 0.46; // of the distance of two columns
const PEOPLE = [26, 0.75]; // radius of the customers: at least, and as a part of the largest
const NEEDED = 54; // height that a department takes with its words

const HEAD = 5; // length of the finest arrow's head, and what it is wider than its line

/** Places, radii and curves for a panel of this size. */
export function arrange(data, firm, width, height) {
  const { departments, customers, flows } = data.firms[firm];
  const all = [...departments, { ...customers, name: "customers" }];
  const limit = roomOf(all, width, height - 2 * EDGE - WORDS);
  const top = EDGE + limit;
  const tall = height - top - EDGE - WORDS - limit * BODY;
  const places = {};
  for (const { name, x, y } of all) {
    places[name] = [x * width, top + y * tall];
  }
  const radii = { customers: Math.max(PEOPLE[0], PEOPLE[1] * limit) };
  for (const { name } of departments) {
    const most = Math.max(...data.firms.flatMap((f) => f.seats[name].map(([, n]) => n)), 0);
    radii[name] = Math.max(SMALLEST, limit * BODY * Math.sqrt(most / data.most.seats));
  }
  const column = columnOf(all) * width;
  const curves = flows.map(({ source, target }) => {
    const upright = Math.abs(places[source][0] - places[target][0]) < column / 2;
    const whole = curve(places[source], places[target], upright ? BEND_UPRIGHT : BEND);
    return trimmed(whole, places[source], radii[source] + 1, places[target], radii[target] + 3);
  });
  return { places, radii, curves, hour: hourOf(data, radii, limit) };
}

/** Height that keeps the words of one department clear of the next. */
export function leastHeight(data) {
  return NEEDED / apartOf(data.departments) + 2 * (EDGE + WORDS);
}

/** Pixels (of area over pi) that an hour waiting takes: the longest queues just find room. */
function hourOf(data, radii, limit) {
  const fits = Object.entries(data.most.hours)
    .filter(([, hours]) => hours > 0)
    .map(([name, hours]) => (limit ** 2 - radii[name] ** 2) / hours);
  return Math.min(...fits, LARGEST ** 2);
}

/** The largest radius with which neighbours keep clear of each other. */
function roomOf(all, width, tall) {
  const across = BESIDE * columnOf(all) * width;
  const most = Math.min(LARGEST, across, (tall * apartOf(all) - WORDS / 2) / 2);
  return Math.max(most, 2 * SMALLEST);
}

/** Least distance of two in one column, as a share of the height. */
function apartOf(all) {
  const gaps = all.flatMap((a) =>
    all.filter((b) => b !== a && b.x === a.x).map((b) => Math.abs(a.y - b.y)),
  );
  return Math.min(...gaps, 1);
}

/** Distance of the nearest columns, as a share of the width. */
function columnOf(all) {
  const columns = [...new Set(all.map(({ x }) => x))].sort((x, y) => x - y);
  return Math.min(...columns.slice(1).map((x, i) => x - columns[i]), 1);
}

function curve([x, y], [u, v], bend) {
  const control = [(x + u) / 2 + bend * (v - y), (y + v) / 2 - bend * (u - x)];
  return Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const t = i / SAMPLES;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [a * x + b * control[0] + c * u, a * y + b * control[1] + c * v];
  });
}

/** The part of a curve outside of the circles at its ends. */
function trimmed(points, start, near, end, far) {
  const outside = points.filter(
    ([x, y]) =>
      Math.hypot(x - start[0], y - start[1]) > near && Math.hypot(x - end[0], y - end[1]) > far,
  );
  return outside.length > 1 ? outside : [start, end];
}

/** A line along points, up to the foot of its head. */
export function shaft(points, wide) {
  const end = points.at(-1);
  const long = headLength(wide);
  const kept = points.filter(([x, y]) => Math.hypot(x - end[0], y - end[1]) > long);
  return `M${[...kept, footOf(points, long).foot].map(spot).join("L")}`;
}

/** A triangle at the end of points. */
export function arrowhead(points, wide) {
  const half = (wide + HEAD) / 2;
  const { foot: [x, y], ahead: [dx, dy] } = footOf(points, headLength(wide));
  const corners = [points.at(-1), [x - dy * half, y + dx * half], [x + dy * half, y - dx * half]];
  return `M${corners.map(spot).join("L")}Z`;
}

function headLength(wide) {
  return HEAD + wide / 3;
}

/** Where the head of an arrow begins, and the way that it points. */
function footOf(points, long) {
  const [x, y] = points.at(-1);
  const [u, v] = points.findLast(([a, b]) => Math.hypot(x - a, y - b) > long) ?? points[0];
  const length = Math.hypot(x - u, y - v) || 1;
  const ahead = [(x - u) / length, (y - v) / length];
  return { foot: [x - ahead[0] * long, y - ahead[1] * long], ahead };
}

function spot([x, y]) {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
