// Rows that lead somewhere: click anywhere, arrows move between their links, shift-click picks a range.
const interactive = "a, button, input, select, textarea, label, summary, .pick, [popover]";

let opening;
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  clearTimeout(opening);
  if (!row || event.target.closest(interactive) || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
  // A second click on a cell that can be edited means the cell.
  else if (!event.target.closest("[data-edit]")) follow(row);
  else if (event.detail < 2) opening = setTimeout(follow, 260, row);
});
function follow(row) {
  // panel.js may show it beside the list instead.
  if (!row.dispatchEvent(new CustomEvent("rowopen", { bubbles: true, cancelable: true }))) return;
  const link = row.querySelector("a.row-link");
  if (link) link.click();
  else location.assign(row.dataset.href);
}
document.addEventListener("auxclick", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (event.button === 1 && row && !event.target.closest(interactive)) open(row.dataset.href, "_blank", "noopener");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const link = event.target.closest?.("a.row-link");
  if (!link) return;
  const links = [...link.closest("table").querySelectorAll("a.row-link")];
  const next = links[links.indexOf(link) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// Coming back keeps the place in a table that scrolls by itself, and the focus on the row that was opened; so does a form that
// leads back to where it was sent from. A shadow line shows that columns went under the first.
// Whichever row the side panel shows, it is the same list.
export const listAddress = () => {
  const url = new URL(location);
  url.searchParams.delete("open");
  return `${url.pathname}${url.search}`;
};
const here = listAddress();
const key = (wrap, index) => `scroll:${here}:${wrap.id || index}`;
const isSentBack = sessionStorage.getItem("sent-from") === here;
sessionStorage.removeItem("sent-from");
export function takeUpPlace() {
  if (!isSentBack && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
  document.querySelectorAll(".table-wrap").forEach((wrap, index) => {
    const saved = Number(sessionStorage.getItem(key(wrap, index)));
    if (saved) wrap.scrollTop = saved;
  });
  const down = Number(sessionStorage.getItem(`scroll:${here}`));
  if (down) scrollTo(0, down);
  const opened = sessionStorage.getItem(`opened:${here}`);
  if (opened) document.querySelector(`a.row-link[href="${CSS.escape(opened)}"]`)?.focus({ preventScroll: true });
}
takeUpPlace();
addEventListener("pageshow", takeUpPlace);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.row-link");
  if (link) sessionStorage.setItem(`opened:${here}`, link.getAttribute("href"));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.querySelector('[name="back"]')) return;
  sessionStorage.setItem("sent-from", here);
  const row = form.closest("tr") ?? [...form.elements].find((one) => one.matches("tbody .pick input:checked"))?.closest("tr");
  const link = row?.querySelector("a.row-link");
  if (link) sessionStorage.setItem(`opened:${here}`, link.getAttribute("href"));
});
document.addEventListener(
  "scroll",
  (event) => {
    const wrap = event.target;
    if (wrap.matches?.(".table-wrap")) wrap.toggleAttribute("data-scrolled", wrap.scrollLeft > 0);
  },
  { capture: true, passive: true },
);
addEventListener("pagehide", () => {
  if (scrollY) sessionStorage.setItem(`scroll:${here}`, String(scrollY));
  else sessionStorage.removeItem(`scroll:${here}`);
  document.querySelectorAll(".table-wrap").forEach((wrap, index) => {
    if (wrap.scrollTop) sessionStorage.setItem(key(wrap, index), String(wrap.scrollTop));
    else sessionStorage.removeItem(key(wrap, index));
  });
});

let lastPicked = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest('.pick input[type="checkbox"]');
  if (!box) return;
  const table = box.closest("table");
  const boxes = [...table.querySelectorAll('tbody .pick input[type="checkbox"]')];
  if (box.closest("thead")) {
    for (const each of boxes) each.checked = box.checked;
  } else {
    if (event.shiftKey && lastPicked && boxes.includes(lastPicked)) {
      const [from, to] = [boxes.indexOf(lastPicked), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
    }
    lastPicked = box;
  }
  const all = table.querySelector('thead .pick input[type="checkbox"]');
  const picked = boxes.filter((each) => each.checked).length;
  if (all) {
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
  table.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: { count: picked } }));
});
