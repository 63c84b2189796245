/* What a plot says where it is pointed at: outside the plot, so that it covers none of it. */
(() => {
  const reading = document.createElement("div");
  reading.className = "reading";
  reading.ariaHidden = "true"; // the table twin is for those who do not point
  let shown = null;

  const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  function written(html) {
    return html.split("<br>").map((text) => {
      const line = document.createElement("div");
      for (const part of text.split(/(<b>.*?<\/b>)/)) {
        const bold = part.match(/^<b>(.*)<\/b>$/);
        const node = document.createElement(bold ? "b" : "span");
        node.textContent = plain(bold ? bold[1] : part);
        if (node.textContent) line.append(node);
      }
      return line;
    });
  }

  /* The period in words: months by the axis's own format, years by their tick. */
  function period(axis, x) {
    if (axis.hoverformat) {
      return new Date(x).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
    }
    const at = (axis.tickvals || []).findIndex((tick) => Date.parse(tick) === Date.parse(x));
    return axis.ticktext?.[at] || String(x).slice(0, 4);
  }

  function said(plot, points) {
    const lines = [];
    if (plot.layout.hovermode === "x unified") {
      const title = document.createElement("b");
      title.textContent = period(points[0].xaxis, points[0].x);
      lines.push(title);
    }
    for (const point of points) {
      const html = (point.data.hovertemplate || "").replace(/%\{(\w+)\}/, (_, key) => point[key] ?? "");
      lines.push(...written(html.replace(/<extra>.*/, "")));
    }
    return lines;
  }

  /* Above the plot, below it where that is out of sight, else at the foot of the window. */
  function place(plot, pointer) {
    const frame = plot.closest(".plot").getBoundingClientRect();
    const { width, height } = reading.getBoundingClientRect();
    const free = document.documentElement;
    let top = frame.top - height;
    if (top < 0) top = frame.bottom + height <= free.clientHeight ? frame.bottom : free.clientHeight - height;
    const left = Math.max(0, Math.min(pointer - width / 2, free.clientWidth - width));
    reading.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function hide() {
    reading.remove();
    shown = null;
  }

  function watch() {
    for (const plot of document.querySelectorAll(".plot .js-plotly-plot")) {
      if (plot.dataset.read || !plot.on) continue;
      plot.dataset.read = "1";
      plot.on("plotly_hover", ({ points, event }) => {
        reading.replaceChildren(...said(plot, points));
        document.body.append(reading);
        shown = plot;
        place(plot, event.clientX);
      });
      plot.on("plotly_unhover", hide);
    }
    if (shown && !shown.isConnected) hide();
  }
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("pointerdown", (event) => {
    if (shown && !shown.contains(event.target)) hide();
  });
  watch();
})();
