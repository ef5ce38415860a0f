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

// Scroll a navigation that is wider than the screen until the current page is in its middle.
const here = document.querySelector(".site-nav [aria-current]");
const nav = here?.closest(".site-nav");
const middle = (element) => element.getBoundingClientRect().left + element.clientWidth / 2;
if (nav) nav.scrollLeft += middle(here) - middle(nav);
