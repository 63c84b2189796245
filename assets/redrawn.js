/* A new view replaces the controls of the one before: the control that was just used keeps the
   focus, and what the reader had opened stays open. */
(() => {
  let used = "";
  document.addEventListener("focusin", (event) => { used = event.target.id; });
  document.addEventListener("pointerdown", () => { used = ""; });

  const kept = {
    "details.jump": (before, now) => { now.open = before.open; },
    ".selbar": (before, now) => {
      const on = before.classList.contains("open");
      now.classList.toggle("open", on);
      now.querySelector("[data-toggle-view]")?.setAttribute("aria-expanded", String(on));
    },
  };
  const seen = {};
  function keepOpen() {
    const path = location.pathname;
    for (const [selector, copy] of Object.entries(kept)) {
      const now = document.querySelector(selector), before = seen[selector];
      if (!now || before?.element === now) continue;
      if (before?.path === path) copy(before.element, now);
      seen[selector] = { element: now, path };
    }
  }

  /* Sections that are gone to, and the rail, stand below the controls, however high these are.
     Measured when the browser has laid them out: asking at each change would have it do so. */
  let bar = null;
  const room = new ResizeObserver(() => {
    const sticks = bar && getComputedStyle(bar).position === "sticky";
    document.documentElement.style.setProperty("--bar", `${sticks ? bar.offsetHeight : 0}px`);
  });
  function leaveRoom() {
    const now = document.querySelector(".selbar");
    if (now === bar) return;
    bar = now;
    room.disconnect();
    room.observe(bar ?? document.body); // a page without controls leaves none
  }

  new MutationObserver(() => {
    keepOpen();
    leaveRoom();
    if (!used || document.activeElement !== document.body) return;
    document.getElementById(used)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
})();
