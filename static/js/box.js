// The box (data-box): begin the text with one of the quick choices, publish with Ctrl+Enter. Listens on the document, since boxes come and go.
const start = (link) => {
  const form = link.closest("[data-box]");
  const text = form.querySelector("textarea");
  const status = form.querySelector(`input[name="status"][value="${link.dataset.status}"]`);
  status.checked = true;
  if (!text.value.startsWith(link.dataset.start.trim())) text.value = link.dataset.start + text.value.trimStart();
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
  const end = text.value.length;
  text.setSelectionRange(end, end);
};

// Capture, before htmx follows the link: it is what the page does without scripts.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-box] [data-start]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  start(link);
}, true);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("[data-box]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[value='publish']"));
});

// What only works with this script is hidden without it.
const show = () => document.querySelectorAll("[data-needs-script]").forEach((part) => (part.hidden = false));
show();
document.addEventListener("htmx:afterSwap", show);
