/* The toolbar of each figure: Table, CSV, Copy link, Cite. Pictures are links to the server. */
(() => {
  const site = window.haresign;
  const frames = () => document.querySelectorAll("[data-fig]");
  const chosen = () => (new URLSearchParams(location.search).get("table") || "").split(",").filter(Boolean);
  const link = (frame) => `${location.origin}${location.pathname}${location.search}#${frame.dataset.fig}`;

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

  const save = (blob, name) => {
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
    site.say(`Saved ${name}`);
  };
  const fileName = (frame, end) =>
    `haresign-${frame.dataset.fig}-${frame.dataset.period}`.toLowerCase().replace(/[^a-z0-9]+/g, "-") + end;

  /* A cell that a spreadsheet would run as a formula is made text; numbers stay numbers. */
  const cell = (value) => {
    const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  function csv(frame) {
    const table = frame.querySelector("table");
    const head = [...table.tHead.rows[0].cells];
    const use = head.map((th, index) => (th.dataset.skip ? -1 : index)).filter((index) => index >= 0);
    const { source, licence, period } = frame.dataset;
    const lines = [["Source", "Licence", "Period", "Link", ...use.map((i) => head[i].textContent.trim())]];
    for (const row of table.tBodies[0].rows) {
      if (row.classList.contains("grp")) continue;
      const cells = use.map((i) => row.cells[i].dataset.v ?? row.cells[i].textContent.trim());
      lines.push([source, licence, period, link(frame), ...cells]);
    }
    const text = lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
    save(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }), fileName(frame, ".csv"));
  }

  const today = () => new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const cite = (frame) => `${frame.dataset.cite} ${frame.dataset.title}. Haresign, ${link(frame)}. Accessed ${today()}.`;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const frame = button?.closest("[data-fig]");
    if (!frame) return;
    if (button.dataset.do === "table") toggle(frame);
    else if (button.dataset.do === "csv") csv(frame);
    else if (button.dataset.do === "link") site.copy(link(frame), "Link copied", button);
    else if (button.dataset.do === "cite") site.copy(cite(frame), "Citation copied", button);
  });
})();
