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
