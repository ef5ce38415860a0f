// Where a page has something that must be read first (data-autofocus), the focus goes there.
document.querySelector("[data-autofocus]")?.focus();
