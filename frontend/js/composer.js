// The composer on top of a timeline: one line until it is wanted. What is typed stays in this browser until it is saved or
// discarded, for the one who typed it; signing out forgets it. Ctrl+Enter saves, Enter alone never does.
const PREFIX = "draft:";
const KEPT_DAYS = 30;
const BLANK = ["csrfmiddlewaretoken", "happened_on", "assignee", "kind", "mention"];
const composerOf = (target) => target.closest?.("[data-composer]");
const keyOf = (form) => PREFIX + form.dataset.draft;
const textOf = (form) => form.querySelector("[data-composer-text]");
let waiting = 0;
let isQuiet = false; // the focus that comes back after saving opens nothing

function entries(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}
const isBlank = (form) =>
  entries(form).every(([name, value]) => BLANK.includes(name) || !value.trim()) && !form.elements.attachments?.files.length;

// Storage may be full or forbidden; the form works without it.
function keep(form) {
  try {
    if (isBlank(form)) localStorage.removeItem(keyOf(form));
    else localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields: entries(form) }));
    tell(form, !isBlank(form));
  } catch {
    tell(form, false);
  }
}
function forget(form) {
  clearTimeout(waiting);
  try {
    localStorage.removeItem(keyOf(form));
  } catch {
    // Nothing was kept then.
  }
}
function tell(form, isKept) {
  const note = form.querySelector("[data-draft-kept]");
  if (note) note.hidden = !isKept;
}

function fill(form, fields) {
  for (const box of form.querySelectorAll('input[type="checkbox"], input[type="radio"]')) {
    box.checked = fields.some(([name, value]) => name === box.name && value === box.value);
  }
  for (const old of form.querySelectorAll('input[name="mention"]')) old.remove();
  for (const [name, value] of fields) {
    if (name === "mention") {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name, value });
      form.append(hidden);
      continue;
    }
    const field = form.elements[name];
    if (field instanceof HTMLElement && !["checkbox", "radio", "file"].includes(field.type)) field.value = value;
  }
}

function restore(form) {
  if (form.classList.contains("open")) return; // It came back with its errors and what was typed.
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
    if (!kept) return;
    if (Date.now() - kept.at > KEPT_DAYS * 86400000) return forget(form);
    fill(form, kept.fields);
    if (form.querySelector(".composer-details :is(textarea, input):not(:placeholder-shown)")) unfoldDetails(form);
    open(form);
    tell(form, true);
  } catch {
    forget(form);
  }
}
function unfoldDetails(form) {
  const details = form.querySelector(".composer-details");
  if ([...details.querySelectorAll("textarea, input")].some((field) => field.value)) details.open = true;
}
const open = (form) => form.classList.add("open");

function clear(form) {
  for (const field of form.querySelectorAll("textarea, input, select")) {
    if (field.type === "checkbox") field.checked = false;
    else if (field.type === "radio") field.checked = field.value === "note";
    else if (field.name === "mention") field.remove();
    else if (!BLANK.includes(field.name)) field.value = "";
    field.removeAttribute("aria-invalid");
  }
  for (const errors of form.querySelectorAll(".errors, .banner")) errors.remove();
  chosen(form);
}
function chosen(form) {
  const said = form.querySelector("[data-files-chosen]");
  const names = [...(form.elements.attachments?.files ?? [])].map((file) => file.name);
  said.textContent = names.join(", ") || said.dataset.none;
}

// "/" alone, or what a Chinese input method sends for it, goes to the kinds.
function toKinds(target) {
  const form = composerOf(target);
  if (!form || !target.matches("[data-composer-text]") || !["/", "、", "／"].includes(target.value)) return;
  target.value = "";
  open(form);
  form.querySelector('input[name="kind"]:checked')?.focus();
}

function quiet() {
  isQuiet = true;
  setTimeout(() => (isQuiet = false), 400);
}
document.addEventListener("focusin", (event) => {
  const form = composerOf(event.target);
  if (form && !isQuiet) open(form);
});
document.addEventListener("pointerdown", (event) => {
  const form = composerOf(event.target);
  if (form && event.target === textOf(form)) open(form);
});
document.addEventListener("input", (event) => {
  const form = composerOf(event.target);
  if (!form) return;
  open(form);
  if (!event.isComposing) toKinds(event.target);
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(form), 250);
});
document.addEventListener("compositionend", (event) => toKinds(event.target));
document.addEventListener("change", (event) => {
  const form = composerOf(event.target);
  if (form && event.target.type === "file") chosen(form);
});
addEventListener("pagehide", () => document.querySelectorAll("[data-composer].open").forEach(keep));

document.addEventListener("keydown", (event) => {
  const form = composerOf(event.target);
  if (!form || event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) {
    event.preventDefault();
    if (event.target.name === "kind") textOf(form).focus();
  } else if (event.key === "Escape" && isBlank(form)) {
    form.classList.remove("open");
    event.target.blur();
  }
});
document.addEventListener("click", (event) => {
  const discard = event.target.closest?.("[data-discard]");
  const form = discard && composerOf(discard);
  if (!form) return;
  clear(form);
  forget(form);
  tell(form, false);
  form.classList.remove("open");
  quiet();
  textOf(form).focus();
});
// The answer puts a fresh composer in this one's place: what was typed into it meanwhile would go with it.
function hold(form, isHeld) {
  for (const field of form.querySelectorAll("textarea, input")) field.readOnly = isHeld;
}
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.matches("[data-composer]")) hold(event.detail.elt, true);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.matches("[data-composer]")) hold(event.detail.elt, false);
});
// The answer's event comes before the fresh composer takes the old one's place.
document.addEventListener("composed", (event) => {
  const form = composerOf(event.target);
  if (!form) return;
  forget(form);
  form.classList.remove("open");
  quiet();
});
document.addEventListener("submit", (event) => {
  if (!event.target.action?.includes("/logout/")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
});
document.querySelectorAll("[data-composer]").forEach(restore);
