// <input data-paste-down>: a column copied from a spreadsheet fills this field and those below it.
document.addEventListener("paste", (event) => {
  const field = event.target.closest?.("[data-paste-down]");
  if (!field) return;
  const lines = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n/);
  // A row that was copied is a column here.
  const values = lines.length === 1 ? lines[0].split("\t") : lines.map((line) => line.split("\t").at(-1));
  if (values.length < 2) return;
  event.preventDefault();
  const fields = [...field.form.querySelectorAll("[data-paste-down]")];
  const first = fields.indexOf(field);
  for (const [at, value] of values.entries()) {
    const target = fields[first + at];
    if (!target) break;
    target.value = value.trim();
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
  fields[Math.min(first + values.length, fields.length) - 1].focus();
});
