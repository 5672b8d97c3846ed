// A trace (experiments/player/trace.py), read week by week.

export const SMOOTH_WEEKS = 13; // as in the figures of the report
export const RECENT_WEEKS = 4; // over which joins, losses and flows are averaged
export const WEEKS_A_YEAR = 52;

const VERSION = 1;
const USUAL = 0.99; // of all queues are at most as long as the scale's

export class Data {
  constructor(trace) {
    if (trace.version !== VERSION) {
      throw new Error(`trace of version ${trace.version}, allowed ${VERSION}`);
    }
    this.weeks = trace.weeks;
    this.period = trace.period;
    this.firms = trace.firms;
    this.events = trace.events;
    this.customers = trace.customers;
    this.metrics = trace.metrics;
    this.departments = trace.firms[0].departments;
    this.last = Math.max(this.weeks - 1, 0);
    this.courses = new Map();
    this.most = this.scale();
  }

  /** Week by week, a measure: its mean over the last weeks, or a state as it is. */
  course(firm, key) {
    const name = `${firm} ${key}`;
    if (!this.courses.has(name)) {
      const weekly = this.firms[firm].series[key];
      this.courses.set(name, this.metrics[key].level ? weekly : trailing(weekly, SMOOTH_WEEKS));
    }
    return this.courses.get(name);
  }

  /** The same without the first weeks, whose means are of few weeks; but a short run has all. */
  settled(firm, key) {
    const course = this.course(firm, key);
    const whole = this.metrics[key].level || this.weeks <= 2 * SMOOTH_WEEKS;
    return whole ? course : course.map((x, week) => (week < SMOOTH_WEEKS - 1 ? null : x));
  }

  /** Week by week, the hours that wait at a department. */
  waitingCourse(firm, department) {
    const { linked, internal } = this.firms[firm].queues[department];
    return linked.map((hours, week) => hours + internal[week]);
  }

  /** Hours that wait at a time between weeks: those linked to a customer, and the others. */
  waiting(firm, department, time) {
    const { linked, internal } = this.firms[firm].queues[department];
    return [between(linked, time), between(internal, time)];
  }

  /** Seats filled in a week. */
  seats(firm, department, week) {
    const changes = this.firms[firm].seats[department];
    return changes.findLast(([from]) => from <= week)?.[1] ?? 0;
  }

  /** Per cent of its hours that a department works in a week; null without hours. */
  utilisation(firm, department, week) {
    return this.firms[firm].utilisation[department][week] ?? null;
  }

  /** Items a week of a flow in the period of a week. */
  rate(flow, week) {
    const rates = flow.items_per_week;
    return rates[Math.min(Math.floor(week / this.period), rates.length - 1)] ?? 0;
  }

  /** Customers a week who joined or were lost over the last weeks. */
  recent(firm, what, week) {
    const values = this.firms[firm][what].slice(Math.max(week - RECENT_WEEKS + 1, 0), week + 1);
    return values.reduce((sum, x) => sum + x, 0) / Math.max(values.length, 1);
  }

  /** Customers at a time between weeks; null if the trace does not say. */
  active(firm, time) {
    const weekly = this.firms[firm].series.active;
    return weekly ? between(weekly, time) : null;
  }

  /** What is largest in either firm, so that both are drawn alike. */
  scale() {
    const firms = this.firms.map((_, i) => i);
    const seats = firms.flatMap((i) =>
      Object.values(this.firms[i].seats).flatMap((changes) => changes.map(([, n]) => n)),
    );
    const items = this.firms.flatMap((firm) => firm.flows.flatMap((f) => f.items_per_week));
    const hours = {};
    for (const { name } of this.departments) {
      const all = firms.flatMap((i) => this.waitingCourse(i, name)).sort((x, y) => x - y);
      hours[name] = all[Math.floor(USUAL * (all.length - 1))] ?? 0;
    }
    const moving = this.firms.flatMap((firm) => [...firm.joined, ...firm.lost]);
    const active = this.firms.flatMap((firm) => firm.series.active ?? []);
    return {
      seats: largest(seats),
      items: largest(items),
      hours,
      moving: largest(trailing(moving, RECENT_WEEKS)),
      active: largest(active),
    };
  }
}

/** Means of the last weeks, of as many as there are; null where there is none. */
export function trailing(values, weeks) {
  return values.map((_, week) => {
    const some = values.slice(Math.max(week - weeks + 1, 0), week + 1).filter((x) => x !== null);
    return some.length ? some.reduce((sum, x) => sum + x, 0) / some.length : null;
  });
}

/** The value at a time between two weeks. */
export function between(values, time) {
  const week = Math.floor(time);
  const here = values[week] ?? 0;
  const next = values[week + 1] ?? here;
  return here + (next - here) * (time - week);
}

function largest(values) {
  return values.reduce((most, x) => Math.max(most, x ?? 0), 1e-9);
}
