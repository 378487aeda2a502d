// Charts as pictures to send on: one with its title, and a whole page as a long one for a group chat. Made in the browser
// from what the page says, in its language; nothing is sent anywhere.
//   <button data-picture="chart-id" data-look="light"? data-copies-picture?>
//   <button data-long-picture="file-name" data-title="…" data-copies-picture?>
import * as echarts from "echarts/core";
import { save } from "../js/save.js";
import { dataOf, isCut, optionsOf } from "./options.js";
import { Paper } from "./paper.js";
import { lookOf } from "./tokens.js";

const CHART = { width: 960, scale: 2, edge: 28, height: 380 };
// 750 pixels are what chats show from edge to edge.
const LONG = { width: 375, scale: 2, edge: 16, height: 216 };

const words = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

function drawn(data, look, width, height) {
  const chart = echarts.init(document.createElement("div"), null, { renderer: "canvas", width, height, devicePixelRatio: 2 });
  chart.setOption(optionsOf(data, look, width));
  const canvas = chart.renderToCanvas({ pixelRatio: 2 });
  chart.dispose();
  return canvas;
}

// What the page says of its figures as a whole.
function pageWords() {
  const place = document.querySelector("[data-picture-of]");
  return { workspace: place?.dataset.pictureOf ?? "", slice: place?.dataset.slice ?? "", asOf: words(place?.querySelector("[data-as-of]")) };
}

const cardOf = (figure) => figure.closest(".card") ?? figure.parentElement;
const titleOf = (figure) => words(cardOf(figure).querySelector("h2, h3")) || figure.getAttribute("aria-label");

function legend(paper, figure, x, width) {
  const entries = [...cardOf(figure).querySelectorAll(".chart-legend li")];
  if (!entries.length) return;
  let at = x;
  for (const entry of entries) {
    const mark = entry.querySelector("i").className.split(" ")[0];
    const colour = { line: paper.look.accent, second: paper.look.second }[mark] ?? paper.look.role[mark] ?? paper.look.muted;
    paper.pen.font = paper.font(11);
    const wide = 14 + paper.pen.measureText(words(entry)).width + 14;
    if (at > x && at + wide - 14 > x + width) {
      at = x;
      paper.y += 18;
    }
    paper.box(at, paper.y + 2, 9, 9, { fill: colour, radius: 2 });
    paper.line(words(entry), at + 14, paper.y + 11, { size: 11, colour: paper.look.muted });
    at += wide;
  }
  paper.y += 22;
}

function chart(paper, figure, { x, width, height }) {
  const data = dataOf(figure);
  legend(paper, figure, x, width);
  paper.picture(drawn(data, paper.look, width, height), x, paper.y, width, height);
  paper.y += height + 6;
  const notes = [words(figure.querySelector(".chart-note > :not([data-cut-note])"))];
  if (isCut(data)) notes.push(words(figure.querySelector("[data-cut-note]")));
  paper.paragraph(notes.filter(Boolean).join(" "), { x, width, size: 11, colour: paper.look.faint });
}

async function chartPicture(figure, theme) {
  const look = lookOf(theme);
  const { width, scale, edge, height } = CHART;
  const paper = new Paper(width, scale, look);
  const inner = { x: edge, width: width - 2 * edge };
  const { workspace, slice, asOf } = pageWords();
  const label = figure.getAttribute("aria-label");
  paper.y = edge;
  paper.paragraph(titleOf(figure), { ...inner, size: 19, weight: 600 });
  paper.paragraph([label === titleOf(figure) ? "" : label, slice].filter(Boolean).join(" · "), { ...inner, size: 13, colour: look.muted });
  paper.y += 12;
  chart(paper, figure, { ...inner, height });
  if (workspace || asOf) {
    paper.y += 8;
    paper.rule(edge, paper.y, width - edge, paper.y);
    paper.line(asOf, edge, paper.y + 22, { colour: look.muted, width: inner.width * 0.72 });
    paper.line(workspace, width - edge, paper.y + 22, { colour: look.muted, align: "right", width: inner.width * 0.26 });
    paper.y += 22;
  }
  paper.y += edge - 8;
  return paper.png(look.panel);
}

function tile(paper, one, x, y, width) {
  const { look } = paper;
  const inner = width - 20;
  paper.line(words(one.querySelector(".tile-label .truncate")), x + 10, y + 20, { colour: look.muted, width: inner });
  const value = one.querySelector(".tile-value");
  const isNone = value.classList.contains("none");
  paper.line(words(value), x + 10, y + 45, { size: 20, weight: isNone ? 400 : 600, colour: isNone ? look.faint : look.text, width: inner });
  let below = y + 63;
  const delta = one.querySelector(".delta");
  if (delta) {
    const colour = delta.classList.contains("good") ? look.good : delta.classList.contains("bad") ? look.bad : look.muted;
    const direction = delta.dataset.direction;
    const start = x + 10 + (direction === "flat" ? 0 : 12);
    if (direction !== "flat") paper.triangle(x + 10, below, direction === "up", colour);
    const wide = paper.line(words(delta), start, below, { size: 11, weight: 500, colour });
    const against = words(delta.nextElementSibling?.matches(".muted") ? delta.nextElementSibling : null);
    const beside = start + wide + 6;
    const fits = beside + paper.pen.measureText(against).width <= x + width - 8;
    if (!fits) below += 16;
    paper.line(against, fits ? beside : x + 10, below, { size: 11, colour: look.muted, width: inner });
    below += 16;
  }
  const notes = [...one.querySelectorAll(".tile-sample, .tile-goal-words")].map(words);
  if (isNone) notes.unshift(words(one.querySelector(".tile-note")));
  for (const note of notes.filter(Boolean)) {
    paper.line(note, x + 10, below, { size: 11, colour: look.muted, width: inner });
    below += 16;
  }
  return below - y;
}

function tiles(paper, list, { x, width }) {
  const half = width / 2;
  const top = paper.y;
  const place = paper.marks.length;
  let y = top;
  for (let at = 0; at < list.length; at += 2) {
    const pair = list.slice(at, at + 2);
    const height = Math.max(...pair.map((one, column) => tile(paper, one, x + column * half, y, half)));
    if (at) paper.rule(x, y, x + width, y);
    y += Math.max(height, 66);
  }
  paper.box(x, top, width, y - top, { stroke: paper.look.line });
  paper.rule(x + half, top, x + half, y);
  // The panel lies under what was written.
  const late = paper.marks.length;
  paper.box(x, top, width, y - top, { fill: paper.look.panel });
  paper.marks.splice(place, 0, ...paper.marks.splice(late));
  paper.y = y + 12;
}

function card(paper, figure, { x, width }) {
  const top = paper.y;
  const place = paper.marks.length;
  const inner = { x: x + 12, width: width - 24 };
  paper.y += 12;
  paper.paragraph(titleOf(figure), { ...inner, size: 14, weight: 600 });
  paper.y += 4;
  const why = words(cardOf(figure).querySelector(".why"));
  if (why) {
    paper.paragraph(why, { ...inner, size: 12, colour: paper.look.muted });
    paper.y += 6;
  }
  chart(paper, figure, { ...inner, height: LONG.height });
  paper.y += 8;
  const late = paper.marks.length;
  paper.box(x, top, width, paper.y - top, { fill: paper.look.panel, stroke: paper.look.line });
  paper.marks.splice(place, 0, ...paper.marks.splice(late));
  paper.y += 12;
}

async function longPicture(title) {
  const look = lookOf();
  const paper = new Paper(LONG.width, LONG.scale, look);
  const inner = { x: LONG.edge, width: LONG.width - 2 * LONG.edge };
  const { workspace, slice, asOf } = pageWords();
  paper.y = 18;
  paper.paragraph(workspace, { ...inner, size: 12, colour: look.muted });
  paper.paragraph(title, { ...inner, size: 18, weight: 600 });
  paper.paragraph(slice, { ...inner, size: 12, colour: look.text });
  paper.paragraph(asOf, { ...inner, size: 11, colour: look.muted });
  paper.y += 10;
  const page = document.querySelector("#content .page");
  let row = [];
  for (const part of page.querySelectorAll(".tile, figure.chart[data-chart]")) {
    if (part.matches(".tile")) {
      row.push(part);
      continue;
    }
    if (row.length) tiles(paper, row, inner);
    row = [];
    card(paper, part, inner);
  }
  if (row.length) tiles(paper, row, inner);
  paper.line("B2BOps", LONG.width / 2, paper.y + 10, { size: 11, colour: look.faint, align: "center" });
  paper.y += 24;
  return paper.png(look.background);
}

const tell = (text, level) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
const copies = Boolean(globalThis.ClipboardItem && navigator.clipboard?.write && isSecureContext);

async function give(button, name, made) {
  try {
    if (button.hasAttribute("data-copies-picture")) {
      // The promise itself: Safari wants the clipboard asked for while the click lasts.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": made })]);
      tell(button.dataset.done, "success");
    } else {
      save(await made, { name: `${name}.png`, type: "image/png" });
    }
  } catch (error) {
    console.warn(error);
    tell(document.body.dataset.failed, "error");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-picture], [data-long-picture]");
  if (!button) return;
  button.closest("[popover]")?.hidePopover();
  await document.fonts.ready;
  if (button.dataset.picture) {
    const figure = document.querySelector(`figure[data-chart="${CSS.escape(button.dataset.picture)}"]`);
    give(button, button.dataset.picture, chartPicture(figure, button.dataset.look));
  } else {
    give(button, button.dataset.longPicture, longPicture(button.dataset.title));
  }
});

// A browser without such a clipboard, as any over plain http, is not offered it.
function offer() {
  for (const button of document.querySelectorAll("[data-copies-picture]")) button.hidden = !copies;
}
offer();
document.addEventListener("htmx:afterSettle", offer);
