// The forms of a list's filters: the first control has the focus, and long menus are narrowed by typing.
document.addEventListener(
  "toggle",
  (event) => {
    const box = event.target;
    if (!(box instanceof HTMLElement) || event.newState !== "open") return;
    if (!box.matches(".filter-editor, .menu:has([data-find])")) return;
    const values = box.querySelectorAll("[data-find], .filter-values input");
    const first = [...values, box.querySelector("select")].find((one) => one?.checkVisibility());
    first?.focus({ preventScroll: true });
  },
  true,
);

// What is looked for stands in the same popover; rows that do not have it are hidden.
function rows(field) {
  return [...field.closest("[popover]").querySelectorAll(field.dataset.find)];
}
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-find]")) return;
  const words = field.value.trim().toLowerCase();
  for (const row of rows(field)) row.hidden = !row.textContent.toLowerCase().includes(words);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing || !field.matches?.("[data-find]")) return;
  // Enter takes the first that is left: opens a field, or ticks a value and applies.
  event.preventDefault();
  const [row] = rows(field).filter((one) => !one.hidden);
  if (!row) return;
  const box = row.querySelector('input[type="checkbox"]');
  if (!box) return row.click();
  if (field.value.trim()) box.checked = true;
  field.form.requestSubmit();
});
