// A board (templates/components/board.html): cards are dragged by mouse. Dropping one presses the button of its menu that
// moves it there, so that by mouse and by keyboard the same form is sent; a card without such a button does not go there.
let dragged = null;
let origin = null;

const columnAt = (event) => event.target.closest?.("[data-board-column]");
const buttonTo = (card, column) => card.querySelector(`[data-board-to="${CSS.escape(column.dataset.boardColumn)}"]`);

function mark(column) {
  for (const each of document.querySelectorAll("[data-board-column][data-over]")) {
    if (each !== column) each.removeAttribute("data-over");
  }
  column?.setAttribute("data-over", "");
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-card]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector("a")?.href ?? "");
  dragged.setAttribute("data-dragged", "");
});
document.addEventListener("dragover", (event) => {
  const column = dragged && columnAt(event);
  if (!column || !buttonTo(dragged, column)) {
    if (dragged) mark(null);
    return;
  }
  event.preventDefault();
  mark(column);
});
document.addEventListener("drop", (event) => {
  const column = dragged && columnAt(event);
  const button = column && buttonTo(dragged, column);
  if (!button) return;
  event.preventDefault();
  // It stands there at once; the server's answer is the board anew, and a refusal puts it back.
  origin = { card: dragged, list: dragged.parentElement, next: dragged.nextElementSibling };
  column.querySelector("ul").prepend(dragged);
  button.click();
});
document.addEventListener("dragend", () => {
  dragged?.removeAttribute("data-dragged");
  dragged = null;
  mark(null);
});

function putBack() {
  if (!origin) return;
  origin.list.insertBefore(origin.card, origin.next);
  origin = null;
}
document.addEventListener("htmx:responseError", putBack);
document.addEventListener("htmx:sendError", putBack);

// The board came anew: each column is scrolled as before, and focus stays with the card that was moved.
const places = new Map();
const columns = () => document.querySelectorAll("[data-board] [data-board-column] > ul");
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.target?.matches?.("[data-board]")) return;
  places.set("board", event.detail.target.scrollLeft);
  // htmx carries attributes over from what had the same id, and the security policy refuses a style among them.
  for (const menu of event.detail.target.querySelectorAll("[popover][style]")) menu.removeAttribute("style");
  for (const list of columns()) places.set(list.parentElement.dataset.boardColumn, list.scrollTop);
});
document.addEventListener("htmx:afterSettle", () => {
  const board = document.querySelector("[data-board]");
  if (!board || !places.size) return;
  board.scrollLeft = places.get("board");
  for (const list of columns()) list.scrollTop = places.get(list.parentElement.dataset.boardColumn) ?? 0;
  places.clear();
  origin = null;
  const moved = board.querySelector("[data-moved]");
  (moved?.querySelector("button[popovertarget]") ?? moved?.querySelector("a"))?.focus({ preventScroll: true });
  moved?.scrollIntoView({ block: "nearest", inline: "nearest" });
});
