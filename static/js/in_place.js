// Forms that open in place (data-in-place: where the addresses of the page begin; data-not-sent: what to say if nothing arrives): htmx opens,
// sends and closes the form of a row (data-row), and the focus follows. Without this script every step is a page of its own. The keys are those of
// shortcuts.js.
const page = () => document.querySelector("[data-in-place]");
const open = () => document.querySelector("[data-in-place] form[data-ask]");

// A region that stays while the content is replaced, so that screen readers announce what changes in it.
const spoken = Object.assign(document.createElement("p"), { className: "visually-hidden" });
spoken.setAttribute("role", "status");
document.body.append(spoken);

let row; // the row that is open or acted on, which takes the focus afterwards

document.addEventListener("htmx:beforeRequest", (event) => (row = (open() ?? event.target).closest("[data-row]")?.id));

// Follow an answer that leads elsewhere, such as to the sign-in page, instead of showing it here.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isHere = detail.xhr.responseURL.startsWith(new URL(page().dataset.inPlace, location.href).href);
  if (isHere && detail.serverResponse.includes('id="content"')) return;
  detail.shouldSwap = false;
  if (isHere) notSent();
  else location.assign(detail.xhr.responseURL);
});

const notSent = () => {
  const message = document.createElement("p");
  message.className = "callout callout-error";
  message.setAttribute("role", "alert");
  message.dataset.failed = "";
  message.textContent = page().dataset.notSent;
  document.querySelector("[data-failed]")?.remove();
  (open() ?? page()).prepend(message);
};
document.addEventListener("htmx:sendError", notSent);

document.addEventListener("htmx:afterSettle", () => {
  const first = document.querySelector("[data-in-place] [data-autofocus]") ?? document.getElementById(row)?.querySelector("[data-row-open]");
  first?.focus();
  if (first?.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
  spoken.textContent = [...document.querySelectorAll("#content > .callout")].map((message) => message.textContent.trim()).join(" ");
});
