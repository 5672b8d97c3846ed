// Guesses and results, kept in this browser and nowhere else.
//
// One record a chapter, by its key: { asked, guess, told, rows, over }. `asked` is the question as
// it was run, so that an answer to another one (after an update of raison, say) is not taken for
// this one's. Where a browser keeps nothing, the story lasts as long as the page.

const PLACE = "raison.story.1";

let records = {};

export function open(chapters) {
  records = {};
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(PLACE));
  } catch {
    return;
  }
  for (const { key, asked } of chapters) {
    const record = kept?.[key];
    if (record?.asked === JSON.stringify(asked) && whole(record)) records[key] = record;
  }
}

const whole = ({ guess, rows, told, over }) => guess != null && Array.isArray(rows) && (over ? Array.isArray(told?.because) : told === null);

export const recall = (key) => records[key] ?? null;

export function keep(chapter, record) {
  records[chapter.key] = { asked: JSON.stringify(chapter.asked), ...record };
  save();
}

export function forget() {
  records = {};
  save();
}

function save() {
  try {
    localStorage.setItem(PLACE, JSON.stringify(records));
  } catch {
    // full, or not allowed: the records of this page are still there
  }
}
