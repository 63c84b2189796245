/* A new view replaces the control that was just used: the focus goes to its successor. */
(() => {
  let used = "";
  document.addEventListener("focusin", (event) => { used = event.target.id; });
  document.addEventListener("pointerdown", () => { used = ""; });
  new MutationObserver(() => {
    if (!used || document.activeElement !== document.body) return;
    document.getElementById(used)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
})();
