// Focus what must be read first (data-autofocus). If the address names a part of the page, the browser moves the focus there while the page
// loads, so that it is set again afterwards.
const first = document.querySelector("[data-autofocus]");
first?.focus();
if (first && location.hash) addEventListener("load", () => requestAnimationFrame(() => first.focus()));
