// Draws every <figure class="chart" data-chart="id">, where id is a JSON script tag; see templates/components/README.md
// for its shape. Colours come from the page's tokens and follow the theme. The table beside each chart says the same.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { bars } from "./bars.js";
import { lines } from "./lines.js";
import { movements } from "./movements.js";
import { tokens } from "./tokens.js";
import { baseline, waterfall } from "./waterfall.js";

echarts.use([BarChart, CustomChart, LineChart, AriaComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const kinds = { bars, waterfall, lines, movements };
const drawn = new Map();

function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const source = document.getElementById(figure.dataset.chart);
  const data = JSON.parse(source.textContent);
  const chart = drawn.get(canvas) ?? echarts.init(canvas, null, { renderer: "svg" });
  const look = tokens(document.documentElement);
  const width = canvas.clientWidth;
  const option = kinds[data.kind](data, look, width);
  chart.setOption(
    {
      animation: !drawn.has(canvas) && !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 320,
      textStyle: { fontFamily: look.font },
      aria: { enabled: false }, // the figure has its own name and a table with every number
      ...option,
    },
    { notMerge: true },
  );
  const note = figure.querySelector("[data-cut-note]");
  if (note) note.hidden = !(data.kind === "waterfall" && baseline(data.steps) > 0);
  if (!drawn.has(canvas)) {
    drawn.set(canvas, chart);
    chart.on("click", (event) => {
      const url = event.data?.url;
      if (url) location.assign(url);
    });
    let last = width;
    new ResizeObserver(() => {
      if (canvas.clientWidth === last || canvas.clientWidth === 0) return;
      last = canvas.clientWidth;
      chart.resize();
      draw(figure);
    }).observe(canvas);
  }
}

function drawAll(within = document) {
  for (const [canvas, chart] of drawn) {
    if (!canvas.isConnected) {
      chart.dispose();
      drawn.delete(canvas);
    }
  }
  for (const figure of within.querySelectorAll("figure.chart[data-chart]")) {
    try {
      draw(figure);
    } catch (error) {
      console.error(error);
      const note = document.createElement("div");
      note.className = "chart-failed";
      note.textContent = document.body.dataset.chartFailed ?? "";
      figure.querySelector(".chart-canvas").replaceChildren(note);
    }
  }
}

drawAll();
document.addEventListener("themechange", () => drawAll());
document.addEventListener("htmx:afterSettle", () => drawAll());
// Paper takes the light colours, whatever the screen shows.
addEventListener("beforeprint", () => drawAll());
addEventListener("afterprint", () => drawAll());
