// Tables whose cells can be edited are grids for the keyboard: → and ← move between those cells, ↑ and ↓ keep the column.
// edit.js opens the cell that has the focus.
for (const table of document.querySelectorAll("table:has([data-edit])")) table.setAttribute("role", "grid");

// The row's link stands for its first cell.
const stops = (row) => [row.querySelector("a.row-link"), ...row.querySelectorAll("td[data-edit]")].filter(Boolean);

function go(stop) {
  if (!stop) return false;
  if (stop.matches("td")) stop.tabIndex = -1;
  stop.focus();
  stop.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  const here = event.target;
  const row = here.closest?.("tbody tr");
  if (!row?.closest('[role="grid"]') || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const all = stops(row);
  const at = all.indexOf(here);
  if (at === -1) return;
  // past the heads of groups, which have no cells
  const beside = (side) => {
    let sibling = row[side];
    while (sibling && !stops(sibling).length) sibling = sibling[side];
    return sibling && stops(sibling)[at];
  };
  const to = {
    ArrowRight: () => all[at + 1],
    ArrowLeft: () => all[at - 1],
    Home: () => all[0],
    End: () => all.at(-1),
    // between links table.js moves
    ArrowDown: () => at && beside("nextElementSibling"),
    ArrowUp: () => at && beside("previousElementSibling"),
  }[event.key];
  if (to && go(to())) event.preventDefault();
});

// A click puts the focus into the cell, so that F2 and the arrows go on from there.
document.addEventListener("click", (event) => {
  const cell = event.target.closest('[role="grid"] td[data-edit]');
  if (!cell || event.target.closest("a, button, input")) return;
  cell.tabIndex = -1;
  cell.focus({ preventScroll: true });
});
