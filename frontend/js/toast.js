// Short messages at the bottom right, announced to screen readers. Errors stay until closed.
const stay = (toast) => (toast.querySelector("form") ? 10000 : 6000); // what can be taken back waits longer

export function dismissSoon(toast) {
  toast.dataset.seen = "";
  // Said again it stands there once.
  for (const other of toast.parentElement?.children ?? []) {
    const isSame = other !== toast && !other.querySelector("form") && other.textContent === toast.textContent;
    if (isSame) other.remove();
  }
  if (toast.classList.contains("error")) return;
  let timer = setTimeout(() => toast.remove(), stay(toast));
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), stay(toast) / 2);
  });
}

export function showToast(message, level = "info") {
  const list = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!list || !template || !message) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.classList.add(level);
  toast.querySelector(".toast-text").textContent = message;
  const icon = { success: "circle-check", warning: "triangle-alert", error: "circle-alert" }[level] || "info";
  const use = toast.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
  list.append(toast);
  dismissSoon(toast);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast, .banner")?.remove();
});
const fresh = () => document.querySelectorAll("#toasts .toast:not([data-seen])").forEach(dismissSoon);
fresh();
// An answer may bring toasts along; one whose undo was asked for goes with the answer.
document.addEventListener("htmx:afterSettle", fresh);
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) event.detail.elt.closest(".toast")?.remove();
});

// A view may answer an htmx request with HX-Trigger: {"toast": {"text": "Saved", "level": "success"}}.
document.addEventListener("toast", (event) => showToast(event.detail.text ?? event.detail.value, event.detail.level));
