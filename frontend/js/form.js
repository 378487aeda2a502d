// Forms: the first error gets the focus, a form is sent once, and not while there is no network; typing an input method's
// Enter sends nothing, and leaving a half-filled long form asks first.
import { stayAt } from "./stay.js";
import { showToast } from "./toast.js";

function focusFirstError(within) {
  const wrong = within.querySelector('[aria-invalid="true"]');
  if (!wrong) return;
  wrong.focus();
  wrong.scrollIntoView({ block: "center" });
}
focusFirstError(document);
document.addEventListener("htmx:afterSettle", (event) => focusFirstError(event.detail.elt));

// Enter that confirms a candidate of a Chinese input method belongs to the input method.
// Safari ends the composition before the key event and marks it only by code 229.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  },
  true,
);

// A form that unfolds waits for its first field to be filled. Being there already when the page comes is no unfolding.
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("summary")?.closest("details.quick-add");
  if (box && !box.open) setTimeout(() => box.querySelector("input:not([type=hidden]), textarea")?.focus());
});

const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-resend")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || form.target === "_blank") return;
  // The browser's own error page would stand where the filled-in form was.
  if (!navigator.onLine) {
    event.preventDefault();
    showToast(document.body.dataset.offlineForm, "error");
    return;
  }
  sent.add(form);
  const isDownload = form.hasAttribute("data-download") || event.submitter?.hasAttribute("data-download");
  if (!isDownload) document.documentElement.toggleAttribute("data-loading", true);
  form.removeAttribute("data-dirty");
  const button = event.submitter ?? form.querySelector("[type=submit]");
  button?.setAttribute("aria-busy", "true");
  // A download answers without leaving the page.
  if (isDownload) setTimeout(() => release(form), 3000);
});
function release(form) {
  sent.delete(form);
  for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
}
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  // A field that asks for suggestions meanwhile does not end the sending of its form.
  if (!elt.matches?.("form")) return;
  release(elt);
  // What could not be sent can be chosen again: the same file would be no change.
  if (!successful && elt.querySelector('input[type="file"][data-submit]')) elt.reset();
});
// The answer to a change may be the form anew (jobs/import_map.html). What was typed or chosen since then stays, and is asked
// next; nor is a button taken away that is being pressed.
let pressing = null;
document.addEventListener("pointerdown", (event) => (pressing = event.target));
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressing = null));
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target } = event.detail;
  if (target !== requestConfig.elt || requestConfig.triggeringEvent?.type !== "change") return;
  const isNew = held(new FormData(target)) !== held(requestConfig.formData);
  if (isNew || target.contains(pressing)) event.detail.shouldSwap = false;
});
const held = (data) => JSON.stringify([...data].sort());
// Back from the next page, possibly out of the browser's memory.
addEventListener("pageshow", () => {
  document.documentElement.removeAttribute("data-loading");
  document.querySelectorAll("form").forEach(release);
});

document.addEventListener("input", (event) => {
  event.target.form?.closest("[data-dirty-guard]")?.setAttribute("data-dirty", "");
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// <select data-submit> (period pickers, language) sends its form when it changes. A date that is typed changes with every digit
// of its year: it is sent by Enter, or when the field is left.
let typing = null;
const isDate = (target) => target.matches?.('input[type="date"][data-submit]');
document.addEventListener("keydown", (event) => {
  if (!isDate(event.target)) return;
  typing = event.key === "Enter" ? null : event.target;
  if (typing) return;
  event.preventDefault();
  send(event.target);
});
document.addEventListener("pointerdown", (event) => {
  if (isDate(event.target)) typing = null;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]") && event.target !== typing) send(event.target);
});
document.addEventListener("focusout", (event) => {
  if (event.target !== typing) return;
  typing = null;
  if (event.target.value !== event.target.defaultValue) send(event.target);
});
function send(field) {
  if (field.form.method === "get") stayAt(field);
  field.form.requestSubmit();
}

// "5万" is read by the server; here only the full-width digits and punctuation of an input method become plain ones.
document.addEventListener("change", (event) => {
  if (!event.target.matches('input[inputmode="decimal"], input[inputmode="numeric"]')) return;
  event.target.value = event.target.value.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
});
