// <button data-csv="table-id" data-csv-name="file.csv">: the table as a file. A cell's data-value is its plain number.
// The byte-order mark tells Excel that it is UTF-8.
import { save } from "./save.js";

const quote = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// A name that begins like a formula must not run as one in a spreadsheet; a plain negative number may.
const harmless = (text) => (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-csv]");
  if (!button) return;
  button.closest("[popover]")?.hidePopover();
  const rows = [...document.getElementById(button.dataset.csv).rows].map((row) =>
    [...row.cells].map((cell) => quote(harmless(cell.dataset.value ?? cell.textContent.trim()))).join(","),
  );
  save(`\ufeff${rows.join("\r\n")}\r\n`, { name: button.dataset.csvName, type: "text/csv" });
});
