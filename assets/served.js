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
  /* A file that is too large is refused in the words of the server, and the form stays as it is. */
  for (const box of document.querySelectorAll("[data-largest]")) {
    const most = Number(box.dataset.largest), mb = 1024 * 1024;
    const refused = () => {
      const size = box.files[0]?.size ?? 0, id = `e-${box.name}`;
      document.getElementById(id)?.remove();
      box.classList.toggle("is-invalid", size > most);
      if (size <= most) { box.removeAttribute("aria-invalid"); return false; }
      const error = Object.assign(document.createElement("p"), { id, className: "error" });
      error.setAttribute("role", "alert");
      error.textContent = `Up to ${most / mb} MB; this file has ${Math.ceil(size / mb * 10) / 10} MB.`;
      box.setAttribute("aria-invalid", "true");
      box.after(error);
      return true;
    };
    box.addEventListener("change", refused);
    box.form.addEventListener("submit", (event) => { if (refused()) { event.preventDefault(); box.focus(); } });
  }
  document.querySelector("[data-problems]")?.focus();
})();
