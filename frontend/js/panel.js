// A row of a list, shown beside it. A click on a row opens it (Space on its link or cell does too), ↑ and ↓ walk the rows, Esc
// closes; Enter and "Open" lead to the full page. The address says which row is open, the way back closes it. On a phone, where
// nothing fits beside, rows lead to their page.
const panel = document.getElementById("side-panel");
const NIL = "00000000-0000-0000-0000-000000000000";
const fits = () => matchMedia("(min-width: 761px)").matches;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

if (panel) {
  const body = document.getElementById("side-panel-body");
  const link = panel.querySelector("[data-panel-link]");
  let shown = ""; // the id of the row that is open
  let current = null; // the row itself: others may show the same
  let entered = false; // whether opening made an entry in the browser's history, which closing takes back
  let waiting;

  // The row before is not what this one says.
  for (const refused of ["htmx:responseError", "htmx:sendError"]) {
    body.addEventListener(refused, (event) => event.target === body && body.replaceChildren());
  }

  const rowOf = (id) => {
    if (!id) return null;
    return current?.isConnected && current.dataset.id === id ? current : document.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
  };
  const stop = (row) => row?.querySelector("a.row-link");
  const asked = () => new URL(location).searchParams.get("open") ?? "";

  function address(id) {
    const url = new URL(location);
    if (id) url.searchParams.set("open", id);
    else url.searchParams.delete("open");
    return url;
  }

  async function show(id) {
    const path = panel.dataset.path.replace(NIL, id);
    shown = id;
    panel.hidden = false;
    link.href = rowOf(id)?.dataset.href ?? path;
    stand();
    body.setAttribute("aria-busy", "true");
    try {
      await window.htmx.ajax("GET", path, { source: body, target: body, swap: "innerHTML" });
    } catch {
      // No network: requests.js says so.
    } finally {
      if (shown === id) body.removeAttribute("aria-busy");
    }
    if (shown === id) body.scrollTop = 0;
  }

  function stand() {
    mark(shown);
    for (const button of panel.querySelectorAll("[data-panel-step]")) button.disabled = !beside(Number(button.dataset.panelStep));
  }

  function mark(id) {
    for (const row of document.querySelectorAll('tr[aria-current="true"]')) row.removeAttribute("aria-current");
    rowOf(id)?.setAttribute("aria-current", "true");
  }

  function hide() {
    const row = rowOf(shown);
    mark("");
    shown = "";
    entered = false;
    panel.hidden = true;
    body.replaceChildren();
    if (panel.contains(document.activeElement) || document.activeElement === document.body) stop(row)?.focus();
  }

  function open(row) {
    if (rowOf(shown) === row) return;
    const id = row.dataset.id;
    current = row;
    if (shown === id) {
      stand();
      return;
    }
    const isFirst = !shown;
    show(id);
    if (isFirst) {
      history.pushState(null, "", address(id));
      entered = true;
    } else history.replaceState(null, "", address(id));
  }

  function close() {
    if (entered) history.back(); // popstate hides
    else {
      history.replaceState(null, "", address(""));
      hide();
    }
  }

  addEventListener("popstate", () => {
    const id = asked();
    if (UUID.test(id)) {
      if (id !== shown) show(id);
    } else if (shown) hide();
  });

  // Rows that are open; those that a group hides are passed over.
  function beside(step) {
    const rows = [...document.querySelectorAll("tr[data-id]")].filter((row) => row.offsetParent);
    const at = rows.indexOf(rowOf(shown));
    return at === -1 ? null : rows[at + step];
  }

  function walk(step, { focus }) {
    const row = beside(step);
    if (!row) return;
    open(row);
    row.scrollIntoView({ block: "nearest" });
    if (focus) stop(row)?.focus({ preventScroll: true });
  }

  // table.js asks before it follows a row.
  document.addEventListener("rowopen", (event) => {
    const row = event.target;
    if (!row.dataset.id || !fits()) return;
    event.preventDefault();
    open(row);
    if (!row.contains(document.activeElement)) stop(row)?.focus({ preventScroll: true });
  });

  // The keys that move between rows and cells move the focus; what is open follows it.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("tr[data-id]");
    if (!shown || !row || row === rowOf(shown) || !fits()) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => shown && open(row), 80);
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { key, target } = event;
    const isTyping = target.closest("input:not([type=checkbox]), select, textarea, #editor");
    if (document.querySelector("dialog[open], [popover]:popover-open") || isTyping) return;
    if (key === "Escape" && shown) {
      event.preventDefault();
      close();
    } else if (key === " " && target.matches("a.row-link, td[data-edit]") && fits()) {
      const row = target.closest("tr[data-id]");
      if (!row) return;
      event.preventDefault();
      if (row === rowOf(shown)) close();
      else open(row);
    } else if (shown && (key === "ArrowDown" || key === "ArrowUp") && (target === document.body || target.closest(".side-panel-head"))) {
      event.preventDefault();
      walk(key === "ArrowDown" ? 1 : -1, { focus: target === document.body });
    }
  });

  panel.addEventListener("click", (event) => {
    const step = event.target.closest("[data-panel-step]");
    if (step) walk(Number(step.dataset.panelStep), { focus: false });
    else if (event.target.closest("[data-panel-close]")) close();
  });

  if (UUID.test(asked()) && fits()) show(asked());
}
