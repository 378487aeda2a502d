// Colleagues behind an @: a field with data-mentions, in a form that names its colleagues' address. The text keeps "@name";
// the ids of those that were picked go along as hidden fields, because names repeat.
const people = new Map();
const box = document.createElement("ul");
box.className = "mention-list";
box.id = "mention-list";
box.setAttribute("role", "listbox");
box.popover = "manual";
let field = null; // whose list is open
let found = [];
let here = 0;

export function colleagues(url) {
  if (!people.has(url)) {
    const asked = fetch(url, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((answer) => answer.colleagues);
    asked.catch(() => people.delete(url));
    people.set(url, asked);
  }
  return people.get(url);
}

// What stands between an @ and the caret; an @ within a mail address begins nothing.
function typed(target) {
  const before = target.value.slice(0, target.selectionStart ?? 0);
  const match = /(^|[^A-Za-z0-9._%+-])[@＠]([^\s@＠]{0,30})$/.exec(before);
  return match && { at: before.length - match[2].length - 1, words: match[2].toLowerCase() };
}

function rank(person, words) {
  const name = person.name.toLowerCase();
  if (name.startsWith(words)) return 0;
  if (person.letters.startsWith(words) || person.sounds.some((sound) => sound.startsWith(words))) return 1;
  if (name.includes(words)) return 2;
  return person.mail.toLowerCase().startsWith(words) ? 3 : 9;
}

function close() {
  if (!field) return;
  if (box.matches(":popover-open")) box.hidePopover();
  field.removeAttribute("aria-controls");
  field.removeAttribute("aria-activedescendant");
  field = null;
}

function mark() {
  [...box.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === here)));
  field.setAttribute("aria-activedescendant", `mention-${here}`);
  box.children[here]?.scrollIntoView({ block: "nearest" });
}

async function offer(target) {
  const begun = typed(target);
  const url = target.form?.dataset.colleagues;
  if (!begun || !url) return close();
  const all = await colleagues(url).catch(() => []);
  const now = typed(target);
  if (!now || document.activeElement !== target) return close();
  found = all
    .map((person) => ({ person, place: rank(person, now.words) }))
    .filter((one) => one.place < 9)
    .sort((one, other) => one.place - other.place)
    .slice(0, 8)
    .map((one) => one.person);
  if (!found.length) return close();
  field = target;
  here = 0;
  box.replaceChildren(...found.map(option));
  box.setAttribute("aria-label", target.form.dataset.colleaguesLabel ?? "@");
  target.form.append(box); // within the page's main part, where readers of screens look
  if (!box.matches(":popover-open")) box.showPopover();
  const edge = target.getBoundingClientRect();
  const height = box.getBoundingClientRect().height;
  const below = edge.bottom + 4;
  box.style.left = `${Math.max(8, Math.min(edge.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${below + height > innerHeight - 8 && edge.top > height + 12 ? edge.top - height - 4 : below}px`;
  target.setAttribute("aria-controls", box.id);
  mark();
}

function option(person, place) {
  const item = document.createElement("li");
  item.id = `mention-${place}`;
  item.setAttribute("role", "option");
  const name = document.createElement("span");
  name.className = "strong";
  name.textContent = person.name;
  const mail = document.createElement("span");
  mail.className = "faint small";
  mail.textContent = person.mail;
  item.append(name, mail);
  item.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    pick(place);
  });
  return item;
}

function pick(place) {
  const target = field;
  const person = found[place];
  const { at } = typed(target);
  target.setRangeText(`@${person.name} `, at, target.selectionStart, "end");
  const known = [...target.form.querySelectorAll('input[name="mention"]')].some((one) => one.value === person.id);
  if (!known) {
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: "mention", value: person.id });
    target.form.append(hidden);
  }
  close();
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-mentions]")) offer(event.target);
});
document.addEventListener("compositionend", (event) => {
  if (event.target.matches?.("[data-mentions]")) offer(event.target);
});
// The caret may be put elsewhere by a click or a key that types nothing.
document.addEventListener("selectionchange", () => {
  if (field && document.activeElement === field && !typed(field)) close();
});
document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});
addEventListener("resize", close);
addEventListener("scroll", (event) => {
  if (field && event.target !== box) close();
}, { capture: true, passive: true });

document.addEventListener(
  "keydown",
  (event) => {
    if (!field || event.target !== field || event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) here = (here + step + found.length) % found.length;
    else if (event.key === "Enter" || event.key === "Tab") {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    } else if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (step) mark();
    else if (event.key === "Escape") close();
    else pick(here);
  },
  true,
);
