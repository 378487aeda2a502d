// Values edited where they stand. Around them an element has data-fields, the address of their fact's fields; each value
// stands in an element with data-edit, the name of its field. A double click, Enter or F2 opens the server's editor over it
// (templates/lists/editor.html). Enter saves, Esc leaves, Tab saves and goes on to the next; a click elsewhere saves too.
import { showToast } from "./toast.js";

const WIDTH = 240;
let box; // holds the editor
let aside; // takes answers that come when another editor has taken the place of theirs
let spot = null; // the element whose value is being edited
let typed = null; // what the editor held when it was opened
let onward = 0; // after saving: 1 on to the next value, -1 back, 0 stay; null: somebody clicked elsewhere

const shape = (element) => element.dataset.shape ?? "cell";
const address = (element) => element.closest("[data-fields]").dataset.fields;
const form = () => box?.querySelector("form.cell-editor");
const entries = () => JSON.stringify([...new FormData(form())]);
const isComposing = (event) => event.isComposing || event.keyCode === 229;

function editor() {
  if (box) return box;
  box = document.createElement("div");
  box.id = "editor";
  box.popover = "manual"; // before it is closed, what was typed is saved
  box.setAttribute("role", "group");
  box.addEventListener("keydown", keyInEditor);
  aside = document.createElement("div");
  aside.hidden = true;
  (document.querySelector("main") ?? document.body).append(box, aside);
  return box;
}

export async function open(element) {
  close();
  spot = element;
  onward = 0;
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  element.setAttribute("aria-busy", "true");
  editor().replaceChildren();
  const path = `${address(element)}?field=${encodeURIComponent(element.dataset.edit)}`;
  try {
    await window.htmx.ajax("GET", path, { source: element, target: box, swap: "innerHTML" });
  } catch {
    // No network: requests.js says so.
  }
  element.removeAttribute("aria-busy");
  if (spot !== element || !form()) {
    if (spot === element) spot = null;
    return;
  }
  // Before htmx gets to it by itself, which is some milliseconds after: Enter may come sooner.
  window.htmx.process(box);
  typed = entries();
  box.setAttribute("aria-label", form().querySelector("label, legend").firstChild.textContent.trim());
  box.showPopover();
  place();
  const field = first();
  field.focus({ preventScroll: true });
  if (field.select && field.type !== "date") field.select();
}

function first() {
  const fields = [...form().querySelectorAll("input:not([type=hidden]), select, textarea")];
  return fields.find((field) => field.checked) ?? fields[0];
}

function place() {
  if (!spot || !box?.matches(":popover-open")) return;
  const at = spot.getBoundingClientRect();
  box.style.width = `${Math.min(Math.max(at.width, WIDTH), innerWidth - 16)}px`;
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(at.top, innerHeight - height - 8))}px`;
}
addEventListener("resize", place);
document.addEventListener("scroll", place, { capture: true, passive: true });

function close() {
  if (box?.matches(":popover-open")) box.hidePopover();
  box?.replaceChildren();
  spot = null;
}

function focus(element) {
  if (!element?.isConnected) return;
  const target = element.parentElement.querySelector(":scope > [data-edit-beside]") ?? element.querySelector("a.row-link") ?? element;
  if (target === element) element.tabIndex = -1;
  target.focus({ preventScroll: true });
}

// The next value to edit after `element`, in its table or list of properties.
function neighbour(element, step) {
  const all = [...element.closest("table, dl, [data-fields]").querySelectorAll("[data-edit]")];
  return all[all.indexOf(element) + step];
}

function leave() {
  const element = spot;
  const step = onward;
  close();
  if (step === null) return;
  const next = step && neighbour(element, step);
  if (next) open(next);
  else focus(element);
}

function send(step) {
  onward = step;
  if (typed !== null && entries() === typed) leave();
  else form().requestSubmit();
}

function keyInEditor(event) {
  if (isComposing(event)) return;
  const { key, target } = event;
  if (key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    onward = 0;
    leave();
  } else if (key === "Enter" && !(target.matches("textarea") && event.shiftKey)) {
    event.preventDefault();
    send(0);
  } else if (key === "Tab") {
    const fields = [...form().querySelectorAll("input:not([type=hidden]), select, textarea")];
    const end = event.shiftKey ? fields[0] : fields.at(-1);
    if (target !== end && fields.length > 1) return; // among the boxes of one choice
    event.preventDefault();
    send(event.shiftKey ? -1 : 1);
  }
}

document.addEventListener(
  "pointerdown",
  (event) => {
    if (!spot || !form() || box.contains(event.target)) return;
    send(null);
    // This click ends the editing; it does not open the row that it happens to fall on.
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 600);
  },
  true,
);
function swallow(event) {
  if (!event.target.closest("a, button, input, select, textarea, label, summary")) event.stopPropagation();
}

// Over a slow line somebody is at the next value before the last one is answered. What is typed there stays: a late editor is
// not shown, a late answer is read beside it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== box) return;
  const { elt, verb } = event.detail.requestConfig;
  if (verb === "get") {
    if (elt !== spot) event.detail.shouldSwap = false;
  } else if (spot && !box.contains(elt)) {
    event.detail.target = aside;
  }
});

// What was saved is put wherever the page shows it, in each place in its own shape. An editor that comes back instead was
// refused: it keeps what was typed, and the next save is sent whatever it holds.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (!box || (target !== box && target !== aside)) return;
  const saved = [...target.querySelectorAll("template[data-of]")];
  for (const one of saved) {
    for (const around of document.querySelectorAll(`[data-fields="${CSS.escape(one.dataset.of)}"]`)) {
      for (const element of around.querySelectorAll(`[data-edit="${CSS.escape(one.dataset.field)}"]`)) {
        if (shape(element) !== one.dataset.as) continue;
        element.replaceChildren(one.content.cloneNode(true));
        element.classList.add("just-saved");
        setTimeout(() => element.classList.remove("just-saved"), 1200);
      }
    }
  }
  if (target === aside) {
    if (!saved.length) showToast(document.body.dataset.failed, "error");
    aside.replaceChildren();
  } else if (!saved.length) {
    window.htmx.process(box);
    if (box.matches(":popover-open")) {
      typed = null;
      place();
    }
  } else if (spot) leave();
  else {
    // taken back from a message, which goes
    box.replaceChildren();
    const { of, field } = saved[0].dataset;
    focus(document.querySelector(`[data-fields="${CSS.escape(of)}"] [data-edit="${CSS.escape(field)}"]`));
  }
});

// A value that cannot be saved because the server is gone stays in its editor; requests.js says so.
document.addEventListener("htmx:sendError", () => {
  if (spot && form()) typed = null;
});

// Ways in.
const editable = (event) => {
  const element = event.target.closest?.("[data-edit]");
  return element && !event.target.closest("input, select, textarea, #editor") ? element : null;
};

document.addEventListener("dblclick", (event) => {
  const element = editable(event);
  if (!element || event.target.closest("a, button")) return;
  getSelection().removeAllRanges();
  open(element);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-edit-beside]");
  if (button) {
    open(button.parentElement.querySelector("[data-edit]"));
    return;
  }
  // A property of a page leads nowhere else, so that one click is enough.
  const element = editable(event);
  if (element && shape(element) === "property" && !event.target.closest("a") && !String(getSelection())) open(element);
});

document.addEventListener("keydown", (event) => {
  if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const element = event.target.closest?.("[data-edit]");
  if (!element || event.target.closest("#editor")) return;
  // Enter on a link follows it.
  if (event.key === "F2" || (event.key === "Enter" && event.target === element)) {
    event.preventDefault();
    open(element);
  }
});

// With a mouse: a pencil in the cell under it.
const pencil = document.getElementById("edit-pencil")?.content.firstElementChild;
if (pencil) {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const cell = event.target.closest?.(":is(td, th)[data-edit]");
    if (cell && cell !== pencil.parentElement) cell.append(pencil);
    else if (!cell && !pencil.contains(event.target)) pencil.remove();
  });
  pencil.addEventListener("click", (event) => {
    event.stopPropagation();
    open(pencil.parentElement);
  });
}
