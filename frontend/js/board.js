// A board (templates/components/board.html): cards are dragged by mouse. Dropping one presses the button of its menu that
// moves it there, so that by mouse and by keyboard the same form is sent; a card without such a button does not go there.
// A move that is made while another is on its way is sent after it, from the board that its answer brings.
let dragged = ""; // the id of a card: the board may come anew under the hand
let moved = []; // where the cards stood whose moves are not answered yet
let later = []; // [card, column] of the moves that wait

const columnAt = (event) => event.target.closest?.("[data-board-column]");
const columnOf = (key) => document.querySelector(`[data-board-column="${CSS.escape(key)}"]`);
const cardOf = (id) => document.querySelector(`[data-card="${CSS.escape(id)}"]`);
const buttonTo = (card, column) => card?.querySelector(`[data-board-to="${CSS.escape(column.dataset.boardColumn)}"]`);

function mark(column) {
  for (const each of document.querySelectorAll("[data-board-column][data-over]")) {
    if (each !== column) each.removeAttribute("data-over");
  }
  column?.setAttribute("data-over", "");
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-card]");
  dragged = card?.dataset.card ?? "";
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector("a")?.href ?? "");
  card.setAttribute("data-dragged", "");
});
document.addEventListener("dragover", (event) => {
  const column = dragged && columnAt(event);
  if (!column || !buttonTo(cardOf(dragged), column)) {
    if (dragged) mark(null);
    return;
  }
  event.preventDefault();
  mark(column);
});
document.addEventListener("drop", (event) => {
  const column = dragged && columnAt(event);
  if (!column || !buttonTo(cardOf(dragged), column)) return;
  event.preventDefault();
  press(cardOf(dragged), column);
});
document.addEventListener("dragend", () => {
  cardOf(dragged)?.removeAttribute("data-dragged");
  dragged = "";
  mark(null);
});

// It stands there at once; the server's answer is the board anew, and a refusal puts it back.
function press(card, column) {
  const button = buttonTo(card, column);
  moved.push({ card, list: card.parentElement, next: card.nextElementSibling });
  column.querySelector("ul").prepend(card);
  button.click();
}
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("[data-board-to]");
    if (!button?.closest("[data-board].htmx-request")) return;
    event.preventDefault();
    button.closest("[popover]").hidePopover();
    later.push([button.closest("[data-card]").dataset.card, button.dataset.boardTo]);
  },
  true,
);

function putBack() {
  for (const { card, list, next } of moved.reverse()) list.insertBefore(card, next);
  moved = [];
  later = [];
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
  moved = [];
  const card = board.querySelector("[data-moved]");
  (card?.querySelector("button[popovertarget]") ?? card?.querySelector("a"))?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const [id, key] = later.shift() ?? [];
  if (id && buttonTo(cardOf(id), columnOf(key))) press(cardOf(id), columnOf(key));
});
