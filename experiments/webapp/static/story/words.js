// What a page says of guesses, dials and firms.

import { make } from "/static/explore/dom.js";
import { fresh, write } from "/static/explore/state.js";

export const NEITHER = "neither";

const other = (firm) => (firm === "a" ? "b" : "a");

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const claim = ({ claim: said }, firm) => capital(fill(said, { higher: firm.toUpperCase() }));

// A number without more decimals than a step has.
export const plain = (x, step) => x.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));

// A guess on the slider in words: positive means more in the firm of which the difference is told.
export function guessed(question, value) {
  if (value === 0) return "No difference";
  const firm = value > 0 ? question.minuend : other(question.minuend);
  const amount = `${plain(Math.abs(value), question.step)} ${question.unit}`.trim();
  return capital(fill(question.says, { higher: firm.toUpperCase(), lower: other(firm).toUpperCase(), amount }));
}

// The claims at the two ends of a slider.
export const ends = (question) => [claim(question, other(question.minuend)), claim(question, question.minuend)];

// A sentence in which the letters of the firms have their colours. Only for sentences in which a
// single A is never an article.
export function lettered(text) {
  return text.split(/\b([AB])\b/).map((part, i) =>
    (i % 2 ? make("strong", { class: `firm-${part.toLowerCase()}` }, part) : part));
}

// The question of a chapter with some dials moved; with none moved it is the chapter's, to the letter,
// so that its answer is found again.
export function moved(asked, tries, values) {
  const question = structuredClone(asked);
  tries.forEach(({ where, key, start }, i) => {
    if (values[i] === start) return;
    if (where === "firm" && key === "years") question.years = values[i];
    else if (where === "firm") question.overrides[key] = values[i];
    else for (const firm of where === "both" ? ["a", "b"] : [where]) question.firms[firm === "a" ? 0 : 1].dials[key] = values[i];
  });
  return question;
}

// The same question as a link to explore.
export const link = (question) => `/explore#${write({ ...fresh(), ...question })}`;
