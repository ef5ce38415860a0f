// Keep what a person types into a form with data-keep in this browser until the server has stored it, each tab for itself. Fill it in when the
// person opens the same form with the same stored content again: first what this tab kept, else the newest that another tab left. A message
// tagged keep-clear:<address> means that the form that this tab sent there is stored, one tagged keep-forget:<person> that the person signed
// out: everything that they typed is removed, and their other tabs keep nothing more.
const prefix = `keep:${document.body.dataset.person}:`;

const isBox = (field) => field.type === "checkbox" || field.type === "radio";

const typed = (form) =>
  JSON.stringify(
    [...form.elements]
      .filter((field) => field.name && field.type !== "hidden" && field.type !== "submit" && field.type !== "password")
      .map((field) => [
        field.name,
        field.value,
        isBox(field) ? field.checked : null,
        field.multiple ? [...field.selectedOptions].map((option) => option.value) : null,
        field.closest("[data-chosen]") ? field.labels[0].textContent : null,
      ]),
  );

// Add the box of a person whom somebody chose while typing (people.js): the page does not have it.
const addChosen = (form, name, value, text) => {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name, value });
  const label = document.createElement("label");
  label.append(box, text);
  form.querySelector(`[data-chosen="${CSS.escape(name)}"]`)?.append(label);
};

const restore = (form, content) => {
  for (const [name, value, checked, selected, chosen] of JSON.parse(content)) {
    const isSame = (field) => field.name === name && isBox(field) === (checked !== null) && (!isBox(field) || field.value === value);
    if (chosen !== null && ![...form.elements].some(isSame)) addChosen(form, name, value, chosen);
    for (const field of [...form.elements].filter(isSame)) {
      if (isBox(field)) {
        field.checked = checked;
      } else if (selected) {
        [...field.options].forEach((option) => (option.selected = selected.includes(option.value)));
      } else {
        field.value = value;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  form.querySelectorAll("details").forEach((more) => {
    if ([...more.querySelectorAll("input, textarea")].some((field) => field.checked || field.value !== field.defaultValue)) more.open = true;
  });
};

// What the tabs kept of the form at an address: pairs of a name and { rendered, typed, at, isOpen }. One that a tab has filled in and not
// changed since is open: other tabs take it last.
const MAX_COPIES = 10;
const readCopies = (path) => Object.entries(JSON.parse(localStorage.getItem(prefix + path) ?? "{}")).filter(([, copy]) => typeof copy?.at === "number");
const newestFirst = (copies) => copies.sort(([, one], [, other]) => Boolean(one.isOpen) - Boolean(other.isOpen) || other.at - one.at);
const writeCopy = (path, name, copy) => {
  const others = readCopies(path).filter(([other]) => other !== name);
  const copies = copy ? newestFirst([...others, [name, copy]]).slice(0, MAX_COPIES) : others;
  if (copies.length) localStorage.setItem(prefix + path, JSON.stringify(Object.fromEntries(copies)));
  else localStorage.removeItem(prefix + path);
};

// The form that this tab sent last, until it is stored: its address, the name of its copy and where it was sent to.
const readSent = () => JSON.parse(sessionStorage.getItem(`${prefix}sent`) ?? "{}");

const pathOf = (address) => new URL(address, location.href).pathname;

const SIGNED_OUT = "keep-signed-out";
const forget = (person) => {
  for (const storage of [localStorage, sessionStorage]) {
    Object.keys(storage).filter((key) => key.startsWith(`keep:${person}:`)).forEach((key) => storage.removeItem(key));
  }
  localStorage.setItem(SIGNED_OUT, `${person} ${Date.now()}`);
};
let isSignedOut = false;
addEventListener("storage", (event) => {
  if (event.key === SIGNED_OUT && event.newValue?.split(" ")[0] === document.body.dataset.person) isSignedOut = true;
});

const tagged = (name) =>
  [...document.querySelectorAll(`[data-tags*='${name}:']`)].map((message) =>
    message.dataset.tags.split(" ").find((tag) => tag.startsWith(`${name}:`)).slice(name.length + 1),
  );

const keepForm = (form) => {
  const path = form.dataset.keep;
  const sent = readSent();
  const rendered = typed(form);
  const copies = readCopies(path);
  const copyOf = (name) => copies.find(([other]) => other === name);
  // A form that comes back with what was sent is the same one: it is compared with what it was before.
  const returned = sent.path === path ? copyOf(sent.name) : undefined;
  const fitting = newestFirst(copies.filter(([, copy]) => copy.rendered === rendered));
  const found = [returned, copyOf(sessionStorage.getItem(prefix + path)), fitting[0]].find((each) => fitting.includes(each));
  const name = returned ? returned[0] : `${Date.now()}-${Math.random()}`;
  const before = returned ? returned[1].rendered : rendered;
  sessionStorage.setItem(prefix + path, name);
  let timer;
  const keep = (isOpen) => {
    clearTimeout(timer);
    if (isSignedOut) return;
    const current = typed(form);
    writeCopy(path, name, current === before ? null : { rendered: before, typed: current, at: Date.now(), isOpen });
  };
  if (found) {
    restore(form, found[1].typed);
    if (found[0] !== name) writeCopy(path, found[0], null);
    keep(true);
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keepIfHere, 400);
  });
  // Before the page goes, or htmx replaces the form.
  const keepIfHere = () => form.isConnected && keep(false);
  addEventListener("pagehide", keepIfHere);
  document.addEventListener("htmx:beforeSwap", keepIfHere);
  form.addEventListener("submit", (event) => {
    keep(false);
    const target = pathOf(event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action);
    sessionStorage.setItem(`${prefix}sent`, JSON.stringify({ path, name, target }));
  });
};

const start = () => {
  try {
    tagged("keep-forget").forEach(forget);
    tagged("keep-clear").forEach((stored) => {
      const { path, name, target } = readSent();
      if (target !== pathOf(stored)) return;
      writeCopy(path, name, null);
      sessionStorage.removeItem(`${prefix}sent`);
    });
    document.querySelectorAll("form[data-keep]").forEach(keepForm);
  } catch {
    // A browser that stores nothing (a private window, a full disk) still sends the form.
  }
};

start();
document.addEventListener("htmx:afterSwap", ({ target }) => target.id === "content" && start());
