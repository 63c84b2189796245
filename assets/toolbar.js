/* The menu of each figure: Table, Copy link, Cite. Its files are links to the server. */
(() => {
  const site = window.haresign;
  const frames = () => document.querySelectorAll("[data-fig]");
  const chosen = () => (new URLSearchParams(location.search).get("table") || "").split(",").filter(Boolean);

  /* The permanent address of a figure or, without one, of its page; tables that are shown stay shown. */
  site.permanent = (frame) => {
    const url = new URL((frame?.dataset.link || document.getElementById("page-state")?.dataset.link) ?? location.href, location.href);
    const tables = chosen();
    if (tables.length) url.searchParams.set("table", tables.join(","));
    return url.href.replaceAll("%2C", ",");
  };

  function showTables() {
    const ids = chosen();
    for (const frame of frames()) {
      const button = frame.querySelector("[data-do=table]");
      if (!button) continue;
      const on = String(ids.includes(frame.dataset.fig));
      if (frame.dataset.table !== on) frame.dataset.table = on;
      if (button.getAttribute("aria-pressed") !== on) button.setAttribute("aria-pressed", on);
    }
  }
  new MutationObserver(showTables).observe(document.body, { childList: true, subtree: true });
  for (const name of ["popstate", "_dashprivate_pushstate"]) window.addEventListener(name, showTables);
  showTables();

  function toggle(frame) {
    const id = frame.dataset.fig, ids = chosen();
    const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
    site.keep("table", next.join(","));
    showTables();
    site.say(next.includes(id) ? "Table shown instead of the chart" : "Chart shown");
  }

  const today = () => new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const cite = (frame) => `${frame.dataset.cite} Accessed ${today()}.`;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-cites]"), menu = button?.closest(".fmenu");
    const frame = button?.closest("[data-fig]");
    if (!frame) return;
    if (button.dataset.cites) {
      if (!button.parentElement.open) site.copy(cite(frame), "Citation copied", button);
    } else if (button.dataset.do === "link") site.copy(site.permanent(frame), "Link copied", button);
    else {
      toggle(frame);
      menu.open = false;
      menu.firstElementChild.focus();
    }
  });
})();
