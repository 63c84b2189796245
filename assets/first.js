/* What the server drew stands until Dash has drawn the page (components/shell.py). Its first chart
   then stands in the place of Plotly's until that is drawn as well, so that nothing goes blank. */
(() => {
  const LATEST = 4000; // ms after which the place is left to whatever Plotly makes of it
  const before = document.querySelector(".meanwhile");

  function take(picture) {
    const place = document.querySelector("#main .plot");
    if (!picture || !place || place.querySelector(".main-svg")) return;
    picture.className = "stand-in";
    place.append(picture);
    const gone = () => { drawn.disconnect(); picture.remove(); };
    const drawn = new MutationObserver(() => { if (place.querySelector(".main-svg")) gone(); });
    drawn.observe(place, { childList: true, subtree: true });
    setTimeout(gone, LATEST);
  }

  function look() {
    if (!document.querySelector("#react-entry-point #main")) return;
    mounted.disconnect();
    take(before.querySelector(".picture"));
    before.remove();
  }
  const mounted = new MutationObserver(look);
  if (!before) return;
  mounted.observe(document.body, { childList: true, subtree: true });
  look();
})();
