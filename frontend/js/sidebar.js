// Wide or icons only (remembered), and a drawer on a phone.
import { setCookie } from "./theme.js";

const root = document.documentElement;
const side = document.getElementById("side");
const main = document.getElementById("main-column");

function drawer(open) {
  if (!side || !main) return;
  root.dataset.drawer = open ? "open" : "closed";
  main.inert = open;
  for (const button of document.querySelectorAll("[data-open-drawer]")) button.setAttribute("aria-expanded", String(open));
  if (open) side.querySelector("a, button")?.focus();
  else document.querySelector("[data-open-drawer]")?.focus({ preventScroll: true });
}

export function toggleSidebar() {
  const narrow = root.dataset.sidebar !== "narrow";
  root.dataset.sidebar = narrow ? "narrow" : "wide";
  setCookie("sidebar", narrow ? "narrow" : "");
  const button = document.querySelector("[data-collapse]");
  button?.setAttribute("aria-expanded", String(!narrow));
  root.dispatchEvent(new Event("sidebarchange", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-collapse]")) toggleSidebar();
  else if (event.target.closest("[data-open-drawer]")) drawer(true);
  else if (event.target.closest("[data-close-drawer]")) drawer(false);
});
// Folded, there is no room to type: the search unfolds the sidebar first.
document.addEventListener("click", (event) => {
  if (root.dataset.sidebar === "narrow") event.target.closest(".side-search")?.querySelector("input").focus();
});
document.addEventListener("focusin", (event) => {
  if (root.dataset.sidebar === "narrow" && event.target.closest(".side-search")) toggleSidebar();
});
// The checklist stays as open as it was left.
document.querySelector("[data-guide]")?.addEventListener("toggle", (event) => setCookie("guide", event.target.open ? "open" : ""));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.dataset.drawer === "open") drawer(false);
});
matchMedia("(min-width: 761px)").addEventListener("change", ({ matches }) => {
  if (matches && root.dataset.drawer === "open") drawer(false);
});
