// The inbox (data-inbox): open, publish and close boxes in place, with htmx. Without this script every step is a page of its own. The keys are those of
// shortcuts.js.
const page = () => document.querySelector("[data-inbox]");
const box = () => document.querySelector("[data-inbox] [data-box]");

// A region that stays while the content is replaced, so that screen readers announce what changes in it.
const spoken = Object.assign(document.createElement("p"), { className: "visually-hidden" });
spoken.setAttribute("role", "status");
document.body.append(spoken);

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
  const first = document.querySelector("[data-inbox] [data-autofocus]") ?? document.getElementById(row)?.querySelector("[data-row-open]");
  first?.focus();
  spoken.textContent = [...document.querySelectorAll("#content > .callout")].map((message) => message.textContent.trim()).join(" ");
});
