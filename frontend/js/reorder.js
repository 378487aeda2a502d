// A list that people put in order: [data-reorder] holds [data-reorder-item="name"]s, moved by dragging, by buttons with
// data-reorder-by (-1, 1), and with Alt and the arrow keys. Forms send their fields in the order of the page. With
// data-reorder="grid" the items stand in rows beside each other, and a select with data-resizes sets an item's data-size.
const items = (list) => [...list.querySelectorAll("[data-reorder-item]")];
const isGrid = (item) => item.closest("[data-reorder]").dataset.reorder === "grid";
let dragged = null;

function say(item) {
  const list = item.closest("[data-reorder]");
  list.closest("[data-dirty-guard]")?.setAttribute("data-dirty", "");
  const all = items(list);
  const words = { name: item.dataset.reorderItem, place: all.indexOf(item) + 1, count: all.length };
  const status = list.parentElement.querySelector("[data-reorder-said]");
  if (status) status.textContent = list.dataset.place.replace(/%\((\w+)\)s/g, (_match, key) => words[key]);
}

function move(item, by) {
  const all = items(item.closest("[data-reorder]"));
  const other = all[all.indexOf(item) + by];
  if (!other) return;
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  if (by < 0) other.before(item);
  else other.after(item);
  focused?.focus(); // some browsers drop it from what is moved
  item.scrollIntoView({ block: "nearest" });
  say(item);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reorder-by]");
  if (button) move(button.closest("[data-reorder-item]"), Number(button.dataset.reorderBy));
});

document.addEventListener("keydown", (event) => {
  const item = event.altKey ? event.target.closest?.("[data-reorder-item]") : null;
  const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
  if (!item || !by || (event.key.match(/Left|Right/) && !isGrid(item))) return;
  event.preventDefault();
  move(item, by);
});

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-reorder-item]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  dragged.setAttribute("data-dragged", "");
});
document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest?.("[data-reorder-item]");
  if (!over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height, left, width } = over.getBoundingClientRect();
  if (isGrid(over) ? event.clientX < left + width / 2 : event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});
document.addEventListener("drop", (event) => {
  if (dragged) event.preventDefault();
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.removeAttribute("data-dragged");
  say(dragged);
  dragged = null;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-resizes]")) event.target.closest("[data-reorder-item]").dataset.size = event.target.value;
});
