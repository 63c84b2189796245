/* Refreshes that run now, on the status page. Numbers move quietly; only beginning and end are said. */
(() => {
  const BUSY = 2000, IDLE = 15000;
  const el = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  let known = new Map();

  function row(one) {
    const box = el("div", "run");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", `Refresh of ${one.title}`);
    box.append(el("b", "", one.title), el("span", "run-step"), bar, el("span", "run-more"));
    return box;
  }

  function show(box, found) {
    const now = new Map(found.map((one) => [one.dataset, one]));
    for (const [id, one] of now) {
      if (!known.has(id)) window.haresign.say?.(`A refresh of ${one.title} has begun.`);
    }
    for (const [id, one] of known) {
      if (!now.has(id)) window.haresign.say?.(`The refresh of ${one.title} has ended. Reload the page to see the result.`);
    }
    known = now;
    for (const old of [...box.children]) if (!now.has(old.dataset.of)) old.remove();
    for (const one of found) {
      let shown = [...box.children].find((child) => child.dataset.of === one.dataset);
      if (!shown) {
        shown = row(one);
        shown.dataset.of = one.dataset;
        box.append(shown);
      }
      shown.querySelector(".run-step").textContent = one.step;
      shown.querySelector("progress").value = one.percent;
      shown.querySelector(".run-more").textContent = [`${one.percent}%`, one.amounts].filter(Boolean).join(", ");
    }
    box.hidden = !found.length;
  }

  async function look() {
    const box = document.getElementById("running");
    let wait = IDLE;
    if (!box) {
      known = new Map();
    } else if (!document.hidden) {
      try {
        const answer = await fetch(box.dataset.url, { headers: { Accept: "application/json" } });
        if (answer.ok) {
          const found = await answer.json();
          show(box, found);
          if (found.length) wait = BUSY;
        }
      } catch { /* the server is away: asked again later */ }
    }
    setTimeout(look, box ? wait : BUSY);
  }
  look();
})();
