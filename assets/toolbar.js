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
  const dataUrl = (blob) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
  /* The plot as an image. An image cannot see the page's font, so the font goes in with it. */
  async function picture(plot, width, height) {
    const url = await window.Plotly.toImage(plot, { format: "svg", width, height });
    const font = await (await fetch(document.querySelector("link[as=font]").href)).blob();
    const face = `<style>@font-face{font-family:"Source Sans 3 Variable";font-weight:200 900;src:url(${await dataUrl(font)})}</style>`;
    const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replace(/<svg[^>]*>/, (open) => open + face);
    const image = new Image();
    image.src = await dataUrl(new Blob([svg], { type: "image/svg+xml" }));
    await image.decode();
    return image;
  }
  /* Always light, with title, key, source and date drawn in. */
  async function png(frame) {
    const plot = frame.querySelector(".js-plotly-plot");
    const scale = 2, { gap } = SIZE, inner = Math.max(plot.clientWidth, 320), width = inner + 2 * gap;
    const image = await picture(plot, inner, plot.clientHeight);
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    const family = getComputedStyle(document.body).fontFamily;
    const block = (text, size, weight, colour) => {
      pen.font = `${weight} ${size}px ${family}`;
      return { font: pen.font, colour, step: size * SIZE.line, lines: wrap(pen, text, inner) };
    };
    const tall = (one) => one.lines.length * one.step;
    const { title, sub, source, period, licence } = frame.dataset;
    const head = [block(title, SIZE.title, 650, INK), block(frame.querySelector(".sub")?.textContent || sub, SIZE.text, 400, META)];
    const foot = block(`${source}, ${period}. ${licence}. Haresign, ${today()}. ${link(frame)}`, 13, 400, META);
    pen.font = `400 14px ${family}`;
    let across = 0, down = 0;
    const keys = [...frame.querySelectorAll(".legend li")].map((li) => {
      const wide = 34 + pen.measureText(li.textContent).width;
      if (across && across + wide > inner) { across = 0; down += 22; }
      const key = { text: li.textContent, hex: li.firstElementChild.dataset.hex, x: gap + across, y: down };
      across += wide;
      return key;
    });
    const top = gap + head.reduce((sum, one) => sum + tall(one), 0) + 8, plotTop = top + (keys.length ? down + 30 : 0);
    const height = plotTop + plot.clientHeight + gap / 2 + tall(foot) + gap;
    canvas.width = width * scale; canvas.height = height * scale;
    pen.scale(scale, scale);
    pen.fillStyle = "#FFFFFF"; pen.fillRect(0, 0, width, height);
    pen.textBaseline = "top";
    let y = gap;
    const write = (one) => {
      pen.font = one.font; pen.fillStyle = one.colour;
      for (const line of one.lines) { pen.fillText(line, gap, y); y += one.step; }
    };
    head.forEach(write);
    pen.font = `400 14px ${family}`;
    for (const key of keys) {
      pen.fillStyle = key.hex; pen.fillRect(key.x, top + key.y + 2, 12, 12);
      pen.fillStyle = INK; pen.fillText(key.text, key.x + 18, top + key.y);
    }
    pen.drawImage(image, gap, plotTop, inner, plot.clientHeight);
    y = plotTop + plot.clientHeight + gap / 2;
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
