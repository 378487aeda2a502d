// Draws every <figure class="chart" data-chart="id">, where id is a JSON script tag; see templates/components/README.md
// for its shape. Colours come from the page's tokens and follow the theme. The table beside each chart says the same.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { writeOnDoubleClick } from "./notes.js";
import { dataOf, isCut, optionsOf } from "./options.js";
import "./pictures.js";
import { lookOf } from "./tokens.js";

// SVG on the page, where it stays sharp and prints; a canvas for pictures.
echarts.use([BarChart, CustomChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, LabelLayout, SVGRenderer, CanvasRenderer]);

const drawn = new Map();

function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const data = dataOf(figure);
  const chart = drawn.get(canvas) ?? echarts.init(canvas, null, { renderer: "svg" });
  const width = canvas.clientWidth;
  const options = optionsOf(data, lookOf(document.documentElement.hasAttribute("data-paper") ? "light" : ""), width);
  options.animation = !drawn.has(canvas) && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption(options, { notMerge: true });
  const note = figure.querySelector("[data-cut-note]");
  if (note) note.hidden = !isCut(data);
  if (!drawn.has(canvas)) {
    drawn.set(canvas, chart);
    chart.on("click", (event) => {
      const url = event.data?.url;
      if (url) location.assign(url);
    });
    writeOnDoubleClick(chart, () => dataOf(figure));
    let last = [width, canvas.clientHeight];
    new ResizeObserver(() => {
      const now = [canvas.clientWidth, canvas.clientHeight];
      if (now.every((length, i) => length === last[i]) || now[0] === 0) return;
      last = now;
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
// Paper takes the light colours, whatever the screen shows, and its own width, for which charts are drawn before it is laid out.
function drawFor(paper) {
  document.documentElement.toggleAttribute("data-paper", paper);
  for (const chart of drawn.values()) chart.resize();
  drawAll();
}
addEventListener("beforeprint", () => drawFor(true));
addEventListener("afterprint", () => drawFor(false));
