// <form data-stays>, and a field that sends its form when it changes, lead back to the page they were sent from: it is scrolled
// as far as before then, and what was used has the focus.
const KEY = "stays";

function selectorOf(used) {
  if (used.id) return `#${CSS.escape(used.id)}`;
  const action = used.form.getAttribute("action");
  const form = action === null ? "form[data-stays]" : `form[action="${CSS.escape(action)}"]`;
  return used.name ? `${form} [name="${CSS.escape(used.name)}"][value="${CSS.escape(used.value)}"]` : `${form} [type="submit"]`;
}
export function stayAt(used) {
  sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, at: selectorOf(used), down: scrollY }));
}

document.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-stays") && event.submitter) stayAt(event.submitter);
});

const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
sessionStorage.removeItem(KEY);
if (kept?.path === location.pathname) {
  scrollTo(0, kept.down);
  const used = document.querySelector(kept.at);
  // What cannot be pressed once more (the first cannot go up) has its neighbour pressed.
  (used?.disabled ? used.form.querySelector("button:enabled") : used)?.focus({ preventScroll: true });
}
