// Keyboard shortcuts: / search, j k rows (data-row), Enter opens a row (data-row-open), x ticks it (data-row-tick), e edits it, or the page if no row is current (data-edit), Esc closes
// what is open in it (data-row-close), ? lists the shortcuts. Letters do nothing while somebody types or while the shortcuts are switched off, which
// this browser remembers.
const OFF = "shortcuts-off";
const stored = (action) => {
  try {
    return action(localStorage);
  } catch {
    return null; // a browser that stores nothing
  }
};
const isOff = () => Boolean(stored((storage) => storage.getItem(OFF)));

const isTyping = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit])");
const isShown = (element) => element.checkVisibility();
const rowHere = () => document.activeElement.closest("[data-row]");

const search = () => {
  const field = document.getElementById("site-search");
  if (isShown(field)) field.select();
  else document.querySelector(".search-link").click();
};

const move = (by) => {
  const rows = [...document.querySelectorAll("[data-row]")].filter(isShown);
  const at = rows.indexOf(rowHere());
  const row = at < 0 ? rows[0] : rows[at + by];
  if (!row) return;
  const target = row.querySelector("[data-row-open]") ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus();
};

const open = () => {
  if (document.activeElement.matches("a, button, summary, input[type=submit]")) return false;
  const link = rowHere()?.querySelector("[data-row-open]");
  link?.click();
  return Boolean(link);
};

const edit = () => {
  const row = rowHere();
  const link = row ? row.querySelector("[data-edit]") : [...document.querySelectorAll("[data-edit]")].find((each) => !each.closest("[data-row]"));
  link?.click();
};

const isChanged = (form) => [...form.elements].some((field) => field.matches("textarea, input[type=text]") && field.value !== field.defaultValue && field.value.trim());

// Ask before a row closes in which somebody typed (form[data-ask]), or another one opens. Capture, before htmx follows the link.
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-row-open], [data-row-close]") && document.querySelector("[data-row] form[data-ask]");
  if (!form || !isChanged(form) || confirm(form.dataset.ask)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// The list is a page of its own (data-shortcuts, the link to it), shown here in a dialog.
const list = async () => {
  const link = document.querySelector("[data-shortcuts]");
  const response = await fetch(link.href);
  const part = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-shortcut-list]");
  if (!response.ok || !part) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  dialog.className = "shortcuts-dialog";
  dialog.setAttribute("aria-labelledby", part.querySelector("h1").id);
  dialog.append(part);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  addSwitch(dialog);
  dialog.showModal();
};

const KEYS = { "/": search, j: () => move(1), k: () => move(-1), x: () => rowHere()?.querySelector("[data-row-tick]")?.click(), e: edit, "?": list };

// On the window, after what menus and suggestions do with the same key.
addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (key === "Escape") {
    const closing = (rowHere() ?? document).querySelector("[data-row-close]") ?? document.querySelector("[data-row-close]");
    if (!closing) return;
    closing.click();
  } else if (isOff() || isTyping(target)) return;
  else if (key === "Enter") {
    if (!open()) return;
  } else if (Object.hasOwn(KEYS, key)) KEYS[key]();
  else return;
  event.preventDefault();
});

// Show what only works with this script (data-shortcut-hint), and the switch (data-shortcut-switch) as this browser remembers it.
const showHints = () => document.querySelectorAll("[data-shortcut-hint]").forEach((hint) => (hint.hidden = isOff()));
const addSwitch = (part) => {
  const box = part.querySelector("[data-shortcut-switch]");
  if (!box) return;
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.checked = !isOff();
  box.addEventListener("change", () => {
    stored((storage) => (box.checked ? storage.removeItem(OFF) : storage.setItem(OFF, "1")));
    showHints();
  });
};
showHints();
addSwitch(document);
document.addEventListener("htmx:afterSwap", showHints);
