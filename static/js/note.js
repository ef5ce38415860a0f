// The note: a click on a paragraph (data-row) opens its form, Alt with an arrow moves the one that has the focus, Ctrl+Enter saves the open form.

// A click on the text, unless it selected something or was meant for a link.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row] .note-item")?.closest("[data-row]").querySelector("[data-edit]");
  if (link && !event.target.closest("a, button, summary") && getSelection().isCollapsed) link.click();
});

const move = (paragraph, by) => {
  const token = document.querySelector("[data-move] [name=csrfmiddlewaretoken]").value;
  const link = paragraph.querySelector("[data-edit]");
  const values = { csrfmiddlewaretoken: token, do: by, place: paragraph.dataset.row };
  htmx.ajax("POST", link.pathname, { source: link, target: "#content", select: "#content", swap: "outerHTML show:none", values });
};

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[data-ask]");
  const paragraph = event.target.closest("[data-row]:has([data-edit])");
  if (event.isComposing) return;
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".btn-primary"));
  else if (paragraph && event.altKey && event.key === "ArrowUp") move(paragraph, "up");
  else if (paragraph && event.altKey && event.key === "ArrowDown") move(paragraph, "down");
  else return;
  event.preventDefault();
});
