// Native popovers (menus, definitions): placed beside the button that opened them, arrow keys inside menus.
const gap = 4;

function place(box, opener) {
  const anchor = opener.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const alignEnd = box.dataset.align === "end";
  // A menu of a menu opens beside it where there is room.
  const beside = opener.closest(".menu") && anchor.right + width + 8 < innerWidth;
  const left = beside ? anchor.right + 2 : alignEnd ? anchor.right - width : anchor.left;
  const below = beside ? anchor.top - 5 : anchor.bottom + gap;
  const above = anchor.top - gap - height;
  const top = below + height > innerHeight - 8 && above > 8 ? above : below;
  // Through the CSSOM: the content security policy forbids style attributes, not this.
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}

const openerOf = (box) => document.querySelector(`[popovertarget="${CSS.escape(box.id)}"]`);
// Not those of a menu that stands in it.
const items = (menu) =>
  [...menu.querySelectorAll("a[href], button:not(:disabled)")].filter((item) => item.closest(".menu") === menu);
const focusFirst = (box) => {
  if (box.matches(".menu") && box.dataset.focus !== "none") items(box)[0]?.focus({ preventScroll: true });
};

// A menu with data-load is read when its button is pointed at, at the latest when it opens; once, unless that failed.
async function load(box) {
  const path = box.dataset.load;
  if (!path || "loading" in box.dataset) return;
  box.dataset.loading = "";
  try {
    await window.htmx.ajax("GET", path, { source: box, target: box, swap: "innerHTML" });
  } catch {
    // No network: requests.js says so.
  }
  delete box.dataset.loading;
  if (box.querySelector(".skeleton")) return;
  delete box.dataset.load;
  if (!box.matches(":popover-open")) return;
  place(box, openerOf(box));
  if (box.contains(document.activeElement) || document.activeElement === openerOf(box)) focusFirst(box);
}
document.addEventListener("pointerover", (event) => {
  const opener = event.target.closest?.("[popovertarget]");
  const box = opener && document.getElementById(opener.getAttribute("popovertarget"));
  if (box) load(box);
});

// toggle does not bubble, so listen while it is captured.
document.addEventListener(
  "toggle",
  (event) => {
    const box = event.target;
    if (!(box instanceof HTMLElement) || !box.hasAttribute("popover")) return;
    const opener = openerOf(box);
    const open = event.newState === "open";
    opener?.setAttribute("aria-expanded", String(open));
    if (!open || !opener) return;
    stand(box, opener);
    focusFirst(box);
    load(box);
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu) return;
  const list = items(menu);
  const here = list.indexOf(document.activeElement);
  const active = document.activeElement;
  if (event.key === "ArrowRight" && active.hasAttribute("popovertarget")) {
    event.preventDefault();
    active.click();
    return;
  }
  const above = openerOf(menu);
  if (event.key === "ArrowLeft" && above?.closest(".menu")) {
    event.preventDefault();
    menu.hidePopover();
    above.focus();
    return;
  }
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: list.length - 1 }[event.key];
  if (to === undefined || !list.length) return;
  event.preventDefault();
  list[(to + list.length) % list.length].focus();
});

// A popover does not follow its button: when the page scrolls that away, it closes. In another window, or in what a phone's
// keyboard leaves of it, it stands beside its button again. What has no button places itself.
const openedAt = new WeakMap();
const opened = () =>
  [...document.querySelectorAll("[popover]:popover-open")].map((box) => [box, openerOf(box)]).filter(([, opener]) => opener);

addEventListener("resize", () => {
  for (const [box, opener] of opened()) {
    if (opener.checkVisibility()) stand(box, opener);
    else box.hidePopover();
  }
});
document.addEventListener(
  "scroll",
  (event) => {
    if (event.target.closest?.("[popover]")) return;
    for (const [box, opener] of opened()) {
      if (Math.abs(opener.getBoundingClientRect().top - openedAt.get(box)) > 8) box.hidePopover();
    }
  },
  { capture: true, passive: true },
);
function stand(box, opener) {
  place(box, opener);
  openedAt.set(box, opener.getBoundingClientRect().top);
}
