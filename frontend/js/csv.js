// <button data-csv="table-id" data-csv-name="file.csv">: the table as a file. A cell's data-value is its plain number.
// The byte-order mark tells Excel that it is UTF-8.
// <form data-table="table-id">: sends the table along, as JSON in its field `table`, for the server to make the file.
import { save } from "./save.js";

const quote = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// A name that begins like a formula must not run as one in a spreadsheet; a plain negative number may.
const harmless = (text) => (/^[=+\-@\t\r＝＋－＠]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);

const cells = (id) =>
  [...document.getElementById(id).rows].map((row) =>
    [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim()),
  );

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-csv]");
  if (!button) return;
  button.closest("[popover]")?.hidePopover();
  const rows = cells(button.dataset.csv).map((row) => row.map((text) => quote(harmless(text))).join(","));
  save(`\ufeff${rows.join("\r\n")}\r\n`, { name: button.dataset.csvName, type: "text/csv" });
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-table]");
  if (!form) return;
  form.elements.table.value = JSON.stringify(cells(form.dataset.table));
  form.closest("[popover]")?.hidePopover();
});
