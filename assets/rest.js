/* The rest of a page (pages/dashboard/steps.py): asked for one section after the other, once the
   first chart is on the screen. Until a section has come, that of the view before stays below its
   place, faint and out of use, so that nothing jumps under a reader who changes a control. It has
   no ids: these belong to the place, so that each is in the page once at every moment. */
(() => {
  const LATEST = 1500; // ms after which the rest is asked for whatever the charts do
  const PATIENCE = 15000; // ms after which a section that has not come is given up
  const drawn = () => document.querySelector("#main .plot .main-svg");
  const awaited = () => rest.querySelector(":scope:not(:has(.renewed)) > .later:has(> .waiting)");
  const formerOf = (place) => (place.nextElementSibling?.matches(".former") ? place.nextElementSibling : null);
  let rest = null, path = "", due = 0, asked = null;

  function begin(now) {
    const before = rest;
    [rest, due, asked] = [now, performance.now() + LATEST, null];
    if (before && path === location.pathname) keep(before.children);
    path = location.pathname;
    setTimeout(look, LATEST);
  }

  function keep(before) {
    for (const place of [...before].filter((one) => one.matches(".later"))) {
      const now = rest.querySelector(`:scope > [data-section="${place.dataset.section}"]`);
      const former = now && shown(place);
      if (former) now.after(former);
    }
  }

  /* What a place shows, which may itself be of an earlier view. */
  function shown(place) {
    if (place.querySelector(":scope > .waiting")) return formerOf(place);
    const former = Object.assign(document.createElement("div"), { className: "former", inert: true });
    former.append(...place.childNodes);
    for (const one of former.querySelectorAll("[id]:not(svg *)")) one.removeAttribute("id"); // a drawing refers to its own
    return former;
  }

  function look() {
    const now = document.querySelector(".rest");
    if (!now) return;
    if (now !== rest) begin(now);
    for (const place of rest.querySelectorAll(":scope > .later:not(:has(> .waiting)):has(+ .former)")) formerOf(place).remove();
    const next = awaited();
    if (!next) late()?.remove();
    else if (next !== asked && (drawn() || performance.now() >= due)) ask(next);
    arrive();
  }

  function ask(place) {
    asked = place;
    const { asking, section } = place.dataset, data = { ...JSON.parse(rest.dataset.asked), section };
    const send = () => place.isConnected && window.dash_clientside.set_props(JSON.parse(asking), { data });
    requestAnimationFrame(() => setTimeout(send));
    setTimeout(() => giveUp(place), PATIENCE);
  }

  /* The figures of the view before must not stay under the heading of this one. */
  const late = () => (rest.previousElementSibling?.matches(".late") ? rest.previousElementSibling : null);
  function giveUp(place) {
    if (!place.isConnected || awaited() !== place || late()) return;
    for (const former of rest.querySelectorAll(":scope > .former")) former.remove();
    const words = "The rest of this page could not be loaded. ";
    const said = Object.assign(document.createElement("p"), { className: "note bad late", textContent: words });
    said.append(Object.assign(document.createElement("a"), { href: location.pathname + location.search, textContent: "Load the page again" }));
    rest.before(said);
    window.haresign?.say?.(words);
  }

  /* The browser looks for the anchor of an address before there is a page. */
  let anchor = location.hash.slice(1);
  function arrive() {
    const target = anchor && document.getElementById(anchor);
    if (!target || target.matches(".waiting")) return;
    anchor = "";
    requestAnimationFrame(() => target.scrollIntoView({ behavior: "instant" })); // once it is built
  }
  for (const gesture of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    window.addEventListener(gesture, () => { anchor = ""; }, { passive: true });
  }

  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
})();
