// What a team is about to decide: where its dials would stand, and what that costs.
//
// As in the game's rules, positions are whole thousandths and a point moves one dial by ten of them;
// the three measures always add up to a thousand, and weight that moves between them counts once.

export const STEPS = 1000;
export const STEPS_A_POINT = 10;
export const MEASURES = ["customer_metric", "local_metric", "manager_metric"];

const STANDING = ["marketing", "hire_for_willingness"];

const inSteps = (share) => Math.round(STEPS * share);
const steps = (dials) => Object.fromEntries(Object.entries(dials).map(([dial, share]) => [dial, inSteps(share)]));

export const points = (number) => Math.ceil(number / STEPS_A_POINT);

export class Draft {
  /** From where the dials stand (shares), with so many points; the office costs a fixed number. */
  constructor(dials, capital, office) {
    this.base = steps(dials);
    this.capital = capital;
    this.officePrice = office;
    this.take(null);
  }

  /** Take over a decision, as it is sent to the server or comes from there. */
  take(decision) {
    this.now = { ...this.base, ...steps(decision?.dials ?? {}) };
    this.cut = decision?.cut ?? null;
    this.opening = { office: false, marketing: 0, hire_for_willingness: 0, ...decision?.opening };
    this.leading = null;
  }

  /** Move a dial to a position; a measure takes its weight from the other two. */
  move(dial, to) {
    const position = Math.min(STEPS, Math.max(0, to));
    if (MEASURES.includes(dial)) this.weigh(dial, position);
    else this.now[dial] = position;
  }

  // The other two share what is left as they did when this measure was taken in hand, so that
  // moving it there and back leaves everything as it was.
  weigh(dial, position) {
    if (this.leading !== dial) {
      this.leading = dial;
      this.shared = { ...this.now };
    }
    const [first, second] = MEASURES.filter((other) => other !== dial);
    const rest = STEPS - position;
    const both = this.shared[first] + this.shared[second];
    this.now[dial] = position;
    const part = both ? (rest * this.shared[first]) / both : rest / 2;
    this.now[first] = Math.min(rest, STEPS_A_POINT * Math.round(part / STEPS_A_POINT)); // whole points
    this.now[second] = rest - this.now[first];
  }

  distance(dial) {
    return Math.abs(this.now[dial] - this.base[dial]);
  }

  /** Points for the measures together. */
  get weighing() {
    return points(MEASURES.reduce((sum, dial) => sum + this.distance(dial), 0) / 2);
  }

  get price() {
    let moved = 0;
    for (const dial of Object.keys(this.base)) moved += this.distance(dial) / (MEASURES.includes(dial) ? 2 : 1);
    if (this.cut) moved += inSteps(this.cut.share);
    for (const choice of STANDING) moved += inSteps(this.opening[choice]);
    return points(Math.round(moved)) + (this.opening.office ? this.officePrice : 0);
  }

  get left() {
    return this.capital - this.price;
  }

  /** Whether it is this decision, or without one, whether nothing was moved. */
  says(decision) {
    return same(this.decision, decision);
  }

  /** As the server takes it. */
  get decision() {
    const moved = Object.keys(this.base).filter((dial) => this.distance(dial));
    const weighed = moved.some((dial) => MEASURES.includes(dial));
    const named = Object.keys(this.base).filter((dial) => moved.includes(dial) || (weighed && MEASURES.includes(dial)));
    const chosen = this.opening.office || STANDING.some((choice) => this.opening[choice]);
    return {
      dials: Object.fromEntries(named.map((dial) => [dial, this.now[dial] / STEPS])),
      cut: this.cut,
      opening: chosen ? { ...this.opening } : null,
    };
  }
}

/** Whether two decisions say the same; none says that nothing changes. */
export function same(one, other) {
  return written(one) === written(other);
}

function written(decision) {
  const { dials = {}, cut = null, opening = null } = decision ?? {};
  const moved = Object.entries(dials).map(([dial, share]) => [dial, inSteps(share)]).sort();
  const lost = cut && [cut.department, inSteps(cut.share)];
  const chosen = opening && [opening.office, ...STANDING.map((choice) => inSteps(opening[choice]))];
  return JSON.stringify([moved, lost, chosen]);
}
