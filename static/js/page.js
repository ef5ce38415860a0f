// What every page does, in one file because a first visit may take few requests: focus what must be read first, close menus, name printed pages, send forms once.

// Focus what must be read first (data-autofocus). If the address names a part of the page, the browser moves the focus there while the page
// loads, so that it is set again afterwards.
const first = document.querySelector("[data-autofocus]");
first?.focus();
if (first && location.hash) addEventListener("load", () => requestAnimationFrame(() => first.focus()));

// Close a menu (data-menu, a details element) on Escape and on a click outside it.
const close = (menu) => menu.removeAttribute("open");

document.addEventListener("click", (event) => {
  document.querySelectorAll("[data-menu][open]").forEach((menu) => menu.contains(event.target) || close(menu));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    close(menu);
    menu.querySelector("summary").focus();
    event.preventDefault();
  });
});

// Print the title of the page on every sheet (data-print-title).
addEventListener("beforeprint", () => {
  document.querySelector("[data-print-title]").textContent = document.title;
});

// Scroll a navigation that is wider than the screen until the current page is in its middle.
const here = document.querySelector(".site-nav [aria-current]");
const nav = here?.closest(".site-nav");
const middle = (element) => element.getBoundingClientRect().left + element.clientWidth / 2;
if (nav) nav.scrollLeft += middle(here) - middle(nav);

// Send a form with data-submit-once only once, however often its button is pressed. Returning to the page enables it again.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-submit-once]") || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.setAttribute("aria-disabled", "true");
});

addEventListener("pageshow", () => {
  document.querySelectorAll("[data-submit-once]").forEach((form) => {
    sent.delete(form);
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});
