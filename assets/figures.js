/* Plots: the narrow arrangement of each figure, redraw for print, sortable tables. */
(() => {
  const NARROW = 520; // px of plot width, as in components/charts/scales.py
  const plots = () => [...document.querySelectorAll(".plot .js-plotly-plot")];

  function arrange(plot) {
    const meta = plot.layout?.meta;
    if (!meta?.wide || !plot.clientWidth) return;
    const at = plot.clientWidth < NARROW ? "narrow" : "wide";
    if (meta.at !== at) window.Plotly.relayout(plot, { ...meta[at], "meta.at": at });
  }

  const sizes = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const plot = entry.target.querySelector(".js-plotly-plot");
      if (plot?.layout) arrange(plot);
    }
  });

  function watch() {
    for (const plot of plots()) {
      if (plot.dataset.watched || !plot.on) continue;
      plot.dataset.watched = "1";
      plot.on("plotly_afterplot", () => arrange(plot));
      sizes.observe(plot.closest(".plot"));
      arrange(plot);
    }
  }
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  watch();

  /* Print: a plot drawn at screen width would shrink its text on paper. */
  const PAPER = { whole: 660, half: 304 }; // px inside the margins of A4, as phone.css sets them
  const screen = new WeakMap(); // heights as they were
  window.addEventListener("beforeprint", () => {
    for (const plot of plots()) {
      const pair = plot.closest(".g2");
      const width = pair?.children.length > 1 ? PAPER.half : PAPER.whole;
      const name = width === PAPER.half ? "--hn" : "--h"; // heights of the arrangements
      const height = parseFloat(getComputedStyle(plot.closest(".plot")).getPropertyValue(name));
      screen.set(plot, plot.layout.height ?? null);
      const at = width < NARROW ? "narrow" : "wide";
      window.Plotly.relayout(plot, { ...plot.layout.meta?.[at], "meta.at": at, width, height, autosize: false });
    }
  });
  window.addEventListener("afterprint", () => {
    for (const plot of plots()) window.Plotly.relayout(plot, { width: null, height: screen.get(plot) ?? null, autosize: true });
  });

  /* Tables sort by what a cell exports, so that 9.8% comes before 10.1%; dashes stay last. */
  const worth = (row, index) => row.cells[index].dataset.v ?? row.cells[index].textContent;
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".sortable .sortb");
    if (!button) return;
    const head = button.closest("th"), table = head.closest("table"), body = table.tBodies[0];
    const index = head.cellIndex;
    const first = index ? "descending" : "ascending";
    const order = head.ariaSort === first ? (index ? "ascending" : "descending") : first;
    for (const other of table.tHead.rows[0].cells) if (other.ariaSort) other.ariaSort = "none";
    head.ariaSort = order;
    const sign = order === "ascending" ? 1 : -1;
    const rows = [...body.rows].sort((one, two) => {
      const a = worth(one, index), b = worth(two, index);
      if (a === "" || b === "") return (a === "") - (b === "");
      return sign * (index ? Number(a) - Number(b) : a.localeCompare(b, "en-GB"));
    });
    body.append(...rows);
    window.haresign?.say(`Sorted by ${button.textContent.trim()}, ${order}`);
  });
})();
