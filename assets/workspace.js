/* Workspaces and presets on the pages of tools. */
(() => {
  const site = (window.haresign = window.haresign || {});
  const TOOL = /\/tools\/[a-z0-9-]+\/$/;

  /* A link to a tool that names no organisation leads to that of the workspace in use. */
  site.inWorkspace = (href) => {
    const code = document.querySelector("[data-workspace-code]")?.dataset.workspaceCode;
    const url = new URL(href, location.href);
    if (!code || url.origin !== location.origin || !TOOL.test(url.pathname) || url.searchParams.has("org")) return href;
    url.searchParams.set("org", code);
    return url.href;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.dataset.savePreset) return saved(link);
    if (link.target || link.hasAttribute("download") || !document.getElementById("_dash-config")) return;
    const href = site.inWorkspace(link.href);
    if (href === link.href) return;
    event.preventDefault();
    event.stopPropagation();
    site.go(href);
  }, true);

  /* The selections as they are now: some change the address without drawing the page again. */
  function saved(link) {
    const url = new URL(link.href);
    url.searchParams.set("query", location.search.replace(/^\?/, ""));
    link.href = url.href;
  }

  /* Back on the page whose selections were saved: said once, beside the page, until it is put away. */
  if (location.hash === "#preset-saved") {
    const note = document.createElement("p"), close = document.createElement("button"), all = document.createElement("a");
    history.replaceState(history.state, "", location.pathname + location.search);
    note.className = "note ok saved-note";
    note.setAttribute("role", "status");
    all.href = location.pathname.replace(/\/tools\/.*$/, "/accounts/presets/");
    all.textContent = "All presets";
    close.type = "button";
    close.className = "btn btn-link";
    close.textContent = "Close";
    close.addEventListener("click", () => note.remove());
    note.append("The preset is saved. ", all, close);
    document.body.append(note);
  }

  /* The menu asks for the presets when it is opened. */
  document.addEventListener("toggle", async (event) => {
    const menu = event.target.closest?.("details[data-presets]");
    if (!menu || !menu.open) return;
    const list = menu.querySelector("ul");
    for (const old of list.querySelectorAll("[data-preset]")) old.remove();
    try {
      const response = await fetch(menu.dataset.presets, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const found = await response.json();
      list.prepend(...found.items.map((item) => {
        const row = document.createElement("li"), link = document.createElement("a"), detail = document.createElement("span");
        row.dataset.preset = "1";
        link.href = item.href;
        detail.className = "muted";
        detail.textContent = [item.detail, item.shared ? "shared" : ""].filter(Boolean).join(" · ");
        link.append(item.name, detail);
        row.append(link);
        return row;
      }));
    } catch { /* offline: what the menu holds still works */ }
  }, true);
})();
