/* The toolbar of each figure: Table, CSV, PNG, Copy link, Cite. */
(() => {
  const SIZE = { title: 22, text: 16, gap: 24, line: 1.3 };
  const INK = "#16201E", META = "#596763";
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

  function wrap(pen, text, width) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }
  /* Always light, with title, key, source and date drawn in. */
  async function png(frame) {
    const plot = frame.querySelector(".js-plotly-plot");
    const scale = 2, { gap } = SIZE, inner = Math.max(plot.clientWidth, 320), width = inner + 2 * gap;
    const image = new Image();
    image.src = await window.Plotly.toImage(plot, { format: "png", width: inner, height: plot.clientHeight, scale });
    await image.decode();
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    const family = getComputedStyle(document.body).fontFamily;
    const blocks = [
      { text: frame.dataset.title, font: `650 ${SIZE.title}px ${family}`, size: SIZE.title, colour: INK },
      { text: frame.querySelector(".sub")?.textContent || frame.dataset.sub, font: `400 ${SIZE.text}px ${family}`, size: SIZE.text, colour: META },
    ];
    const foot = { text: `${frame.dataset.source}, ${frame.dataset.period}. ${frame.dataset.licence}. Haresign, ${today()}. ${link(frame)}`, font: `400 13px ${family}`, size: 13, colour: META };
    const keys = [...frame.querySelectorAll(".legend li")].map((li) => [li.textContent, li.firstElementChild.dataset.hex]);
    for (const block of [...blocks, foot]) { pen.font = block.font; block.lines = wrap(pen, block.text, inner); }
    const tall = (block) => block.lines.length * block.size * SIZE.line;
    const height = gap * 3 + blocks.reduce((sum, block) => sum + tall(block), 0) + (keys.length ? 30 : 0) + plot.clientHeight + tall(foot);
    canvas.width = width * scale; canvas.height = height * scale;
    pen.scale(scale, scale);
    pen.fillStyle = "#FFFFFF"; pen.fillRect(0, 0, width, height);
    pen.textBaseline = "top";
    let y = gap;
    const write = (block) => { pen.font = block.font; pen.fillStyle = block.colour; for (const line of block.lines) { pen.fillText(line, gap, y); y += block.size * SIZE.line; } };
    blocks.forEach(write);
    if (keys.length) {
      let x = gap; y += 8; pen.font = `400 14px ${family}`;
      for (const [label, colour] of keys) { pen.fillStyle = colour; pen.fillRect(x, y + 2, 12, 12); pen.fillStyle = INK; pen.fillText(label, x + 18, y); x += 34 + pen.measureText(label).width; }
      y += 22;
    }
    pen.drawImage(image, gap, y + 8, inner, plot.clientHeight);
    y += plot.clientHeight + gap - 8;
    write(foot);
    canvas.toBlob((blob) => save(blob, fileName(frame, ".png")), "image/png");
  }

  const today = () => new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const cite = (frame) => `${frame.dataset.cite} ${frame.dataset.title}. Haresign, ${link(frame)}. Accessed ${today()}.`;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const frame = button?.closest("[data-fig]");
    if (!frame) return;
    if (button.dataset.do === "table") toggle(frame);
    else if (button.dataset.do === "csv") csv(frame);
    else if (button.dataset.do === "png") png(frame);
    else if (button.dataset.do === "link") site.copy(link(frame), "Link copied", button);
    else if (button.dataset.do === "cite") site.copy(cite(frame), "Citation copied", button);
  });
})();
