/* Pages that the server draws whole: links load, passwords can be shown, errors get the focus. */
(() => {
  const site = (window.haresign = window.haresign || {});
  site.go = (href) => {
    const url = new URL(href, location.href);
    if (url.origin === location.origin) location.assign(url);
  };
  site.set = () => {};

  for (const button of document.querySelectorAll("[data-show]")) {
    const field = document.getElementById(button.dataset.show);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      button.firstChild.textContent = shown ? "Hide" : "Show";
    });
    field.form?.addEventListener("submit", () => { field.type = "password"; });
  }
  document.querySelector("[data-problems]")?.focus();
})();
