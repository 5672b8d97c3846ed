// Making elements without markup in strings: names in a trace can never become markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children (elements or text). */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element with attributes and children. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Set several attributes at once. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
}

/** Write text, but only where it changes. */
export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function filled(element, attributes, children) {
  set(element, attributes);
  element.append(...children);
  return element;
}
