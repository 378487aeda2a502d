// The forms of a list's filters: the first control has the focus, and long menus are narrowed by typing.
import { isMeant } from "./letters.js";

document.addEventListener(
  "toggle",
  (event) => {
    const box = event.target;
    if (!(box instanceof HTMLElement) || event.newState !== "open") return;
    if (!box.matches(".filter-editor, .menu:has([data-find])")) return;
    const values = box.querySelectorAll("[data-find], .filter-values input");
    const first = [...values, box.querySelector("select")].find((one) => one?.checkVisibility());
    first?.focus({ preventScroll: true });
  },
  true,
);

// What is looked for stands in the same popover; rows that do not have it are hidden.
function rows(field) {
  return [...field.closest("[popover]").querySelectorAll(field.dataset.find)];
}
document.addEventListener("input", (event) => {
  const field = event.target;
  // Where choices are found by the server, it decides what stands there.
  if (!field.matches?.("[data-find]:not([hx-get])")) return;
  const words = field.value.trim();
  for (const row of rows(field)) row.hidden = !isMeant(row.textContent, row.dataset.letters, words);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  // Code 229: an Enter that confirms a candidate of an input method, as Safari tells it.
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || !field.matches?.("[data-find]")) return;
  event.preventDefault();
  const isBehind = field.hasAttribute("hx-get") && (field.dataset.found ?? "") !== field.value;
  if (isBehind) field.dataset.waits = "";
  else takeFirst(field);
});
// Enter takes the first that is left: opens a field, or ticks a value and applies.
function takeFirst(field) {
  const left = rows(field).filter((one) => !one.hidden);
  const row = left.find((one) => !one.closest(".filter-ticked"));
  const box = row?.querySelector('input[type="checkbox"]');
  if (row && !box) return row.click();
  if (field.value.trim()) {
    if (!row) return;
    box.checked = true;
  }
  field.closest("form")?.requestSubmit();
}

// What is ticked stays when others are found, above them.
const found = (event) => (event.target.matches?.("[data-found]") ? event.target : null);
document.addEventListener("htmx:beforeSwap", (event) => {
  const box = found(event);
  if (!box) return;
  const kept = box.previousElementSibling;
  for (const one of box.querySelectorAll("input:checked")) kept.append(one.closest(".filter-choice"));
});
document.addEventListener("htmx:afterSwap", (event) => {
  const box = found(event);
  if (!box) return;
  const kept = new Set([...box.previousElementSibling.querySelectorAll("input")].map((one) => one.value));
  for (const one of box.querySelectorAll("input")) if (kept.has(one.value)) one.closest(".filter-choice").remove();
  const field = box.parentElement.querySelector("[data-find]");
  field.dataset.found = event.detail.requestConfig.parameters.words ?? "";
  if (!("waits" in field.dataset) || field.dataset.found !== field.value) return;
  delete field.dataset.waits;
  takeFirst(field);
});
