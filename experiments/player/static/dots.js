// Dots that travel: work along its ways, customers coming and going.

const SPEED = 46; // pixels a second
const DENSEST = 13; // pixels between the dots of the busiest way
const RADIUS = 2.3;
const LONGEST_STEP = 0.1; // seconds; a page that was hidden does not catch up

export class Dots {
  /** Dots on a canvas that lies over a picture. */
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.ways = [];
  }

  /** Fit the canvas to the picture, in CSS pixels. */
  resize(width, height) {
    const density = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
    this.pen.setTransform(density, 0, 0, density, 0, 0);
    this.width = width;
    this.height = height;
  }

  /**
   * Name the ways that dots take.
   * Each has `points` (pairs, from start to end), `share` (of the busiest, 0 to 1), `hollow`.
   */
  along(ways) {
    this.ways = ways.map((way) => ({ ...way, ...measured(way.points), dots: [], due: Math.random() }));
  }

  /** Change how busy a way is. */
  busy(index, share) {
    this.ways[index].share = share;
  }

  /** Let some seconds pass. */
  move(seconds) {
    const step = Math.min(seconds, LONGEST_STEP);
    for (const way of this.ways) {
      way.due += (way.share * step * SPEED) / DENSEST;
      for (; way.due >= 1; way.due -= 1) {
        way.dots.push(0);
      }
      way.dots = way.dots.map((at) => at + step * SPEED).filter((at) => at < way.length);
    }
  }

  /** Draw all dots in a colour. */
  draw(colour) {
    this.clear();
    this.pen.fillStyle = colour;
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = 1.2;
    for (const way of this.ways) {
      for (const at of way.dots) {
        const [x, y] = place(way, at);
        this.pen.beginPath();
        this.pen.arc(x, y, RADIUS, 0, 2 * Math.PI);
        way.hollow ? this.pen.stroke() : this.pen.fill();
      }
    }
  }

  clear() {
    this.pen.clearRect(0, 0, this.width, this.height);
  }
}

function measured(points) {
  const lengths = [0];
  for (let i = 1; i < points.length; i += 1) {
    const [[x, y], [u, v]] = [points[i - 1], points[i]];
    lengths.push(lengths[i - 1] + Math.hypot(u - x, v - y));
  }
  return { lengths, length: lengths.at(-1) };
}

function place({ points, lengths }, at) {
  const i = Math.max(lengths.findIndex((length) => length > at), 1);
  const part = (at - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
  const [[x, y], [u, v]] = [points[i - 1], points[i]];
  return [x + part * (u - x), y + part * (v - y)];
}
