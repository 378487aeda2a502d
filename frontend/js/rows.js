// Repeated rows of a form: <div data-rows> holds [data-row]s and a <template data-row-template> in whose names "__n__"
// stands for the row's number; a [data-add-row] in the same form adds one, [data-remove-row] takes its row away.
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-row]");
  if (add) {
    const rows = add.form.querySelector("[data-rows]");
    const row = rows.querySelector(".spare[data-row]") ?? fresh(rows);
    row.classList.remove("spare");
    row.querySelector("input, select")?.focus();
    return;
  }
  const remove = event.target.closest("[data-remove-row]");
  if (!remove) return;
  const { form } = remove;
  const row = remove.closest("[data-row]");
  const near = row.previousElementSibling ?? row.nextElementSibling;
  row.remove();
  form.setAttribute("data-dirty", "");
  // Focus stays where the row was.
  (near?.matches("[data-row]:not(.spare)") ? near.querySelector("input") : form.querySelector("[data-add-row]"))?.focus();
});

function fresh(rows) {
  const template = rows.querySelector("[data-row-template]");
  const numbers = [...rows.querySelectorAll("[data-row] [name]")].map((field) => Number(field.name.split("-")[1]) || 0);
  const number = String(Math.max(-1, ...numbers) + 1);
  const row = template.content.firstElementChild.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replaceAll("__n__", number);
  }
  template.before(row);
  return row;
}
