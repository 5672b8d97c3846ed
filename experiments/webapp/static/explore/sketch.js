// A small drawing of an organisation: departments as large as their seats, and the edges of the one
// that is chosen. What it shows can all be read and changed in the form beside it.

import { words } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 400;
const HEIGHT = 230;
const EDGE = { x: 34, y: 20 };
const LARGEST = 17; // radius
const SMALLEST = 5;

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export class Sketch {
  constructor(element, choose) {
    this.choose = choose;
    this.picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "sketch", "aria-hidden": "true" });
    element.append(this.picture);
  }

  show(departments, customers, { serves, reports_to: lines, touches }, chosen) {
    const spot = ([x, y]) => [EDGE.x + x * (WIDTH - 2 * EDGE.x), EDGE.y + y * (HEIGHT - 2 * EDGE.y - 12)];
    const most = Math.max(...departments.map(({ seats }) => seats));
    const places = Object.fromEntries(departments.map(({ name, place }) => [name, spot(place)]));
    const centre = spot(customers);
    const line = (from, to, kind, lit) => svg("path", { d: bent(from, to), class: `sketch-${kind}${lit ? " lit" : ""}` });
    const own = ({ source, target }) => source === chosen || target === chosen;
    const edges = [
      ...serves.filter((edge) => places[edge.source] && places[edge.target]).map((edge) => line(places[edge.target], places[edge.source], "serves", own(edge))),
      ...lines.filter((edge) => places[edge.source] && places[edge.target]).map((edge) => line(places[edge.source], places[edge.target], "reports", own(edge))),
      ...[...new Set(touches.map(({ source }) => source))].filter((source) => places[source]).map((source) => line(centre, places[source], "touches", source === chosen)),
    ];
    edges.sort((x, y) => x.classList.contains("lit") - y.classList.contains("lit"));
    this.picture.replaceChildren(...edges,
      svg("g", { class: "sketch-people", transform: `translate(${centre})` }, svg("circle", { r: LARGEST }), svg("text", { y: LARGEST + 12 }, "customers")),
      ...departments.map(({ name, seats }) => {
        const r = Math.max(SMALLEST, LARGEST * Math.sqrt(seats / most));
        const node = svg("g", { class: `sketch-node${name === chosen ? " lit" : ""}`, transform: `translate(${places[name]})` },
          svg("circle", { r }), svg("text", { y: r + 11 }, words(name)));
        node.addEventListener("click", () => this.choose(name));
        return node;
      }));
  }
}

// A line that leaves room for the one that goes the other way.
function bent([x, y], [u, v]) {
  const [dx, dy] = [u - x, v - y];
  return `M${x} ${y}Q${(x + u) / 2 - dy * 0.12} ${(y + v) / 2 + dx * 0.12} ${u} ${v}`;
}
