// One key each: "/" (or "、", which Chinese input methods send for it) searches, "?" lists the keys, "[" folds the sidebar.
import { toggleSidebar } from "./sidebar.js";

const typing = (target) => target.closest?.('input, textarea, select, [contenteditable="true"]');

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const slash = event.key === "/" || event.key === "、" || event.key === "／";
  if (slash) {
    const search = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" || event.key === "？") {
    event.preventDefault();
    document.getElementById("keys")?.showModal();
  } else if (event.key === "[" || event.key === "【") {
    toggleSidebar();
  }
});
document.addEventListener("keydown", (event) => {
  // An input method takes Escape for what it is composing.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape" && event.target.matches?.("[data-search]")) event.target.blur();
});
