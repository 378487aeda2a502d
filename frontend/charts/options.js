// What ECharts is told to draw, by the kind of the data.
import { bars } from "./bars.js";
import { lines } from "./lines.js";
import { movements } from "./movements.js";
import { baseline, waterfall } from "./waterfall.js";

const kinds = { bars, waterfall, lines, movements };

export const dataOf = (figure) => JSON.parse(document.getElementById(figure.dataset.chart).textContent);

export function optionsOf(data, look, width) {
  return {
    animation: false,
    animationDuration: 320,
    textStyle: { fontFamily: look.font },
    aria: { enabled: false }, // the figure has its own name and a table with every number
    ...kinds[data.kind](data, look, width),
  };
}

export const isCut = (data) => data.kind === "waterfall" && baseline(data.steps) > 0;
