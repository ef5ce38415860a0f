// The note (data-note): open the form of a paragraph where it is read, save and close it in place with htmx; a click on a paragraph opens it, Alt
// with an arrow moves the one that has the focus, Ctrl+Enter saves, Esc closes. Without this script every step is a page of its own.
const page = () => document.querySelector("[data-note]");
const editor = () => document.querySelector("[data-editor]");

// A region that stays while the content is replaced, so that screen readers announce what changes in it.
const spoken = Object.assign(document.createElement("p"), { className: "visually-hidden" });
spoken.setAttribute("role", "status");
document.body.append(spoken);

const isChanged = (form) => [...form.elements].some((field) => field.matches("textarea") && field.value !== field.defaultValue && field.value.trim());

let row; // the paragraph that was open or moved, which takes the focus when it is closed

document.addEventListener("htmx:beforeRequest", (event) => (row = (editor() ?? event.target.closest("[data-row]"))?.id ?? row));

// Follow an answer that leads elsewhere, such as to the sign-in page, instead of showing it here.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isNote = detail.xhr.responseURL.startsWith(new URL(page().dataset.note, location.href).href);
  if (isNote && detail.serverResponse.includes('id="content"')) return;
  detail.shouldSwap = false;
  if (isNote) notSent();
  else location.assign(detail.xhr.responseURL);
});

const notSent = () => {
  const message = document.createElement("p");
  message.className = "callout callout-error";
  message.setAttribute("role", "alert");
  message.dataset.failed = "";
  message.textContent = page().dataset.notSent;
  document.querySelector("[data-failed]")?.remove();
  (editor() ?? page()).prepend(message);
};
document.addEventListener("htmx:sendError", notSent);

document.addEventListener("htmx:afterSettle", () => {
  const first = document.querySelector("[data-note] [data-autofocus]");
  const target = first ?? document.getElementById(row)?.querySelector("[data-row-open]");
  target?.focus();
  if (first?.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
  spoken.textContent = [...document.querySelectorAll("#content > .callout")].map((message) => message.textContent.trim()).join(" ");
});

// Ask before a form with changes in it closes, or another one opens. What was typed is kept by keep.js in either case.
document.addEventListener("htmx:confirm", (event) => {
  const form = editor();
  if (!event.target.matches("a") || !form || !isChanged(form) || confirm(form.dataset.ask)) return;
  event.preventDefault();
});

// A click on the text of a paragraph, unless it selected something or was meant for a link.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row] .note-item")?.closest("[data-row]").querySelector("[data-edit]");
  if (link && !event.target.closest("a, button, summary") && getSelection().isCollapsed) link.click();
});

const move = (paragraph, by) => {
  row = paragraph.id;
  const token = document.querySelector("[data-move] [name=csrfmiddlewaretoken]").value;
  const values = { csrfmiddlewaretoken: token, do: by, place: paragraph.dataset.row };
  const address = paragraph.querySelector("[data-edit]").pathname;
  htmx.ajax("POST", address, { target: "#content", select: "#content", swap: "outerHTML show:none", values });
};

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("[data-editor]");
  if (event.isComposing) return;
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    form.requestSubmit(form.querySelector(".btn-primary"));
  } else if (event.key === "Escape" && editor()) {
    document.querySelector("[data-close]").click();
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    const paragraph = event.target.closest("[data-row]");
    if (!paragraph || editor()) return;
    move(paragraph, event.key === "ArrowUp" ? "up" : "down");
  } else return;
  event.preventDefault();
});
