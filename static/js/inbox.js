// The inbox (data-inbox): open, publish and close boxes in place, with htmx; j and k move between rows, Esc closes, ? shows the keys. Without this
// script every step is a page of its own.
const page = () => document.querySelector("[data-inbox]");
const box = () => document.querySelector("[data-inbox] [data-box]");
const actions = () => [...document.querySelectorAll("[data-inbox] [data-row-action]")];

// A region that stays while the content is replaced, so that screen readers announce what changes in it.
const spoken = Object.assign(document.createElement("p"), { className: "visually-hidden" });
spoken.setAttribute("role", "status");
document.body.append(spoken);

const isChanged = (form) =>
  [...form.elements].some((field) => (field.matches("textarea, input[type=text]") && field.value !== field.defaultValue ? field.value.trim() : false));

let row; // the row whose box was open, which takes the focus when it closes

document.addEventListener("htmx:beforeRequest", () => (row = box()?.closest("li").id));

// Follow an answer that leads elsewhere, such as to the sign-in page, instead of showing it here.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isInbox = detail.xhr.responseURL.startsWith(new URL("/my/", location.href).href);
  if (isInbox && detail.serverResponse.includes('id="content"')) return;
  detail.shouldSwap = false;
  if (isInbox) notSent();
  else location.assign(detail.xhr.responseURL);
});

const notSent = () => {
  const form = box();
  const message = document.createElement("p");
  message.className = "callout callout-error";
  message.setAttribute("role", "alert");
  message.dataset.failed = "";
  message.textContent = page().dataset.notSent;
  form?.querySelector("[data-failed]")?.remove();
  (form ?? page()).prepend(message);
};
document.addEventListener("htmx:sendError", notSent);

document.addEventListener("htmx:afterSettle", () => {
  const first = document.querySelector("[data-inbox] [data-autofocus]") ?? document.getElementById(row)?.querySelector("[data-row-action]");
  first?.focus();
  spoken.textContent = [...document.querySelectorAll("#content > .callout")].map((message) => message.textContent.trim()).join(" ");
});

// Ask before a box with text in it closes, or another one opens. What was typed is kept by keep.js in either case.
document.addEventListener("htmx:confirm", (event) => {
  const form = box();
  if (!event.target.matches("a") || !form || !isChanged(form) || confirm(form.dataset.ask)) return;
  event.preventDefault();
});

const isTyping = ({ target }) => target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

const move = (by) => {
  const links = actions();
  const open = document.activeElement.closest("li")?.querySelector("[data-row-action]");
  const at = links.indexOf(open);
  (links[at + by] ?? (at < 0 ? links[0] : links[at]))?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") document.querySelector("[data-close-box]")?.click();
  else if (isTyping(event)) return;
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "?") {
    const list = document.getElementById("shortcuts");
    list.open = true;
    list.querySelector("summary").focus();
  } else return;
  event.preventDefault();
});
