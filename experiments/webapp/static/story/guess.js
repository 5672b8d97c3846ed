// The guess, before anything runs: a choice between the firms, or a slider for the difference.

import { make } from "/static/explore/dom.js";
import { claim, ends, guessed, lettered, NEITHER } from "./words.js";

const BUTTON = "Keep my guess and run the model";

export function guessForm(chapter, guess) {
  const { question } = chapter;
  const form = make("form", { class: "card stack guess", "aria-labelledby": "guess-title" },
    make("h2", { id: "guess-title" }, "Your guess first"));
  const read = question.kind === "choice" ? choice(form, question) : slider(form, question);
  form.append(make("p", {}, make("button", { class: "button button-main" }, BUTTON)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = read();
    if (value !== null) guess(value);
  });
  return form;
}

function choice(form, question) {
  const options = [
    ["a", claim(question, "a")],
    ["b", claim(question, "b")],
    [NEITHER, "The two can hardly be told apart"],
  ];
  const hint = make("p", { class: "notice notice-wrong", role: "alert", hidden: true }, "Choose one of the three first.");
  form.append(make("fieldset", { class: "stack-tight" },
    make("legend", { class: "asks" }, question.asks),
    ...options.map(([value, text]) => make("label", { class: "option" },
      make("input", { type: "radio", name: "guess", value }), make("span", {}, ...lettered(text)))),
    make("p", { class: "quiet small" }, "The last is right if the 95 % interval of the difference reaches over zero.")), hint);
  return () => {
    const chosen = form.querySelector("input:checked");
    hint.hidden = chosen !== null;
    if (!chosen) form.querySelector("input").focus();
    return chosen?.value ?? null;
  };
}

function slider(form, question) {
  const [left, right] = ends(question);
  const said = make("output", { class: "answer", for: "guess", "aria-live": "off" });
  const input = make("input", {
    type: "range", id: "guess", min: -question.reach, max: question.reach, step: question.step, value: 0,
    "aria-describedby": "guess-ends",
  });
  const show = () => {
    const words = guessed(question, Number(input.value));
    said.replaceChildren(...lettered(words));
    input.setAttribute("aria-valuetext", words);
  };
  input.addEventListener("input", show);
  show();
  form.append(make("div", { class: "field" },
    make("label", { class: "asks", for: "guess" }, question.asks), said, input,
    make("p", { class: "ends small quiet", id: "guess-ends" }, make("span", {}, `← ${left}`), make("span", {}, `${right} →`))));
  return () => Number(input.value);
}

// What stands in the place of the form once the guess is kept.
export function guessKept(chapter, value) {
  const { question } = chapter;
  const said = question.kind === "slider" ? guessed(question, value)
    : value === NEITHER ? "The two can hardly be told apart" : claim(question, value);
  return make("section", { class: "card stack-tight", "aria-labelledby": "guess-title" },
    make("h2", { id: "guess-title" }, "Your guess"),
    make("p", { class: "asks" }, question.asks), make("p", { class: "answer" }, ...lettered(said)));
}
