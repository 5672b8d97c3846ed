// Colours and marks. Teams are not the two firms: their colours are others, calm, and told apart by
// readers who see few colours; each has a mark of its own as well.
//
// A drawing carries its colours as attributes, for paper, so that it can be kept as a file. On a page
// the style sheet (debrief.css) has its say over them, and a dark page has dark drawings.

export const MOST_TEAMS = 8;

const PAPER = {
  ink: "#1c1d1f",
  quiet: "#5a5b5e",
  grid: "#d8d8d2",
  paper: "#ffffff",
  team1: "#332288",
  team2: "#2a8073",
  team3: "#a33a6b",
  team4: "#7a7318",
  team5: "#4a7ba6",
  team6: "#a8452c",
  team7: "#7b4fa0",
  team8: "#3d7a35",
};

/** Attributes that give an element and what is in it a colour. */
export const tone = (name) => ({ class: `tone-${name}`, color: PAPER[name] });

/** The colour of the team at a place among those that are shown, from 0. */
export const teamTone = (place) => (place < MOST_TEAMS ? `team${place + 1}` : "quiet");

const polygon = (...points) => `M${points.map((xy) => xy.join(" ")).join("L")}Z`;

const SHAPES = [
  "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0Z",
  polygon([-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]),
  polygon([0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]),
  polygon([0, -1.2], [1.15, 0.85], [-1.15, 0.85]),
  polygon([0, 1.2], [1.15, -0.85], [-1.15, -0.85]),
  polygon(...[0, 1, 2, 3, 4, 5].map((i) => [1.1 * Math.cos((i * Math.PI) / 3), 1.1 * Math.sin((i * Math.PI) / 3)])),
  polygon([-0.45, -1.2], [0.45, -1.2], [0.45, -0.45], [1.2, -0.45], [1.2, 0.45], [0.45, 0.45],
    [0.45, 1.2], [-0.45, 1.2], [-0.45, 0.45], [-1.2, 0.45], [-1.2, -0.45], [-0.45, -0.45]),
  polygon([-1.2, -0.6], [1.2, -0.6], [1.2, 0.6], [-1.2, 0.6]),
];

/** The outline of a mark of half the size 1, by the place of a team. */
export const shapeOf = (place) => SHAPES[place % SHAPES.length];
