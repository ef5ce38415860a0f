// Where a page has something that must be read first (data-autofocus), the focus goes there. A browser that goes to the part of the page that
// the address names takes the focus away again, at the latest when everything is loaded.
const first = document.querySelector("[data-autofocus]");
first?.focus();
if (first && location.hash) addEventListener("load", () => requestAnimationFrame(() => first.focus()));
