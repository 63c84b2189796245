/* The rest of a page (pages/support/screens.py): asked for once the first charts are on the screen.
   Until it has come, the rest of the view before stays in its place, faint and out of use, so that
   nothing jumps under a reader who changes a control. */
(() => {
  const LATEST = 1500; // ms after which the rest is asked for whatever the charts do
  const drawn = () => [...document.querySelectorAll("#main .plot .gr")].every((plot) => plot.querySelector(".main-svg"));
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
    }
    if (former && !awaited(now)) {
      former.remove();
      former = null;
    }
    arrive();
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
