// Elements in one call. Text only ever becomes text, never markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

const SHORT = 2; // letters of an abbreviation, such as IT or HR

export const words = (name) => {
  const text = name.length > SHORT ? name.replaceAll("_", " ") : name.toUpperCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Names that are read in one line: one, two and three. */
export const listed = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
