/* The rest of a page (pages/support/screens.py): asked for once the first chart is on the screen.
   Until it has come, the rest of the view before stays in its place, faint and out of use, so that
   nothing jumps under a reader who changes a control. */
(() => {
  const LATEST = 1500; // ms after which the rest is asked for whatever the charts do
  const PATIENCE = 15000; // ms after which a rest that has not come is given up
  const drawn = () => document.querySelector("#main .plot .main-svg");
  const awaited = (rest) => rest.querySelector(":scope > .waiting");
  let rest = null, path = "", due = 0, asked = true, former = null;

  function begin(now) {
    const before = rest;
    [rest, due, asked] = [now, performance.now() + LATEST, false];
    former?.remove();
    former = null;
    if (before?.childElementCount && path === location.pathname) {
      former = document.createElement("div");
      former.className = "former";
      former.inert = true;
      former.append(...before.childNodes);
      rest.before(former);
    }
    path = location.pathname;
    setTimeout(look, LATEST);
  }

  function look() {
    const now = document.querySelector(".rest");
    if (now && now !== rest) begin(now);
    if (!now) return;
    if (!asked && (drawn() || performance.now() >= due)) {
      asked = true;
      const { asking, asked: data } = now.dataset;
      requestAnimationFrame(() => setTimeout(() => window.dash_clientside.set_props(asking, { data: JSON.parse(data) })));
      setTimeout(() => giveUp(now), PATIENCE);
    }
    if (!awaited(now)) {
      former?.remove();
      former = null;
      if (now.previousElementSibling?.matches(".late")) now.previousElementSibling.remove();
    }
    arrive();
  }

  /* The figures of the view before must not stay under the heading of this one. */
  function giveUp(now) {
    if (!now.isConnected || !awaited(now) || now.previousElementSibling?.matches(".late")) return;
    former?.remove();
    former = null;
    const words = "The rest of this page did not come. ";
    const late = Object.assign(document.createElement("p"), { className: "note bad late", textContent: words });
    late.append(Object.assign(document.createElement("a"), { href: location.pathname + location.search, textContent: "Load the page again" }));
    now.before(late);
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
