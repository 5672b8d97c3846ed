// Slides as files: all of them as one page that needs no server, one of them as a picture.

import { HEIGHT, WIDTH } from "./sheet.js";

const SCALE = 1.2; // 1920 by 1080

const STYLE = `
@page { size: 297mm 167.1mm; margin: 0; }
html { background: #2b2c2f; }
body { margin: 0; }
.sheet { position: relative; width: min(96vw, 165vh); margin: 2vh auto; }
.paper { display: block; width: 100%; height: auto; background: #fff; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print { html { background: none; } .sheet { width: 297mm; height: 167mm; margin: 0; overflow: hidden; break-after: page; } .sheet:last-child { break-after: auto; } }
`;

/** All slides as one HTML file, without scripts. */
export function asPage(sections, title) {
  const heading = document.createElement("title");
  heading.textContent = title;
  const sheets = sections.map((section) => {
    const copy = section.cloneNode(true);
    copy.hidden = false;
    return copy.outerHTML;
  });
  const head = `<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n${heading.outerHTML}\n<style>${STYLE}</style>`;
  const page = `<!DOCTYPE html>\n<html lang="en">\n<head>\n${head}\n</head>\n<body>\n<main>\n${sheets.join("\n")}\n</main>\n</body>\n</html>\n`;
  return new Blob([page], { type: "text/html" });
}

/** A slide as a PNG picture. */
export async function asPicture(section) {
  const drawn = section.querySelector("svg").cloneNode(true);
  drawn.setAttribute("width", WIDTH * SCALE);
  drawn.setAttribute("height", HEIGHT * SCALE);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * SCALE;
  canvas.height = HEIGHT * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (!blob) throw new Error("The browser made no picture of this slide.");
  return blob;
}

/** Hand a file to whoever looks at the page. */
export function keep(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
